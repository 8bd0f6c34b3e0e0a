"""Ranks of the derivative of the map from filters to the end-to-end filter: exact over Q, or by singular values."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray, read_only
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.filters import AnyFilter, as_filters, filter_jacobian, is_exact, product_of
from equivariety.tolerances import vanishing_range
from equivariety.varieties.points.membership import check_tolerance

__all__ = [
    "JacobianRank",
    "block_filters",
    "block_jacobian",
    "jacobian_rank",
    "merged_architecture",
    "merged_jacobian",
]


@dataclass(frozen=True, eq=False)
class JacobianRank:
    """Rank of the Jacobian matrix of the end-to-end filter at given filters.

    Attributes:
        rank: the rank; for floats the number of singular values that are not zero, which may be wrong if
            ``is_regular`` is None.
        dim: the largest possible rank, the dimension of the function space.
        is_regular: whether the rank is ``dim``; None if no gap separates zero from the other singular values.
        gap: the smallest singular value that counts as not zero over the next one, inf where that is rounding;
            None for exact filters.
        singular_values: the ``dim`` largest ones (dim,), relative to the first, of filters scaled to norm one; None for
            exact filters.

    >>> jacobian_rank(Architecture((2, 2), (1, 1)), [[1, 2], [2, 4]])
    JacobianRank(rank=2, dim=3, is_regular=False)
    """

    rank: int
    dim: int
    is_regular: bool | None
    gap: float | None = None
    singular_values: FloatArray | None = None

    def __repr__(self) -> str:
        return f"JacobianRank(rank={self.rank}, dim={self.dim}, is_regular={self.is_regular})"

    @property
    def corank(self) -> int:
        """``dim - rank``."""
        return self.dim - self.rank

    @property
    def is_exact(self) -> bool:
        """Whether the filters were exact numbers, and so the rank is."""
        return self.singular_values is None


def jacobian_rank(architecture: Architecture, filters: object, tolerance: float | None = None) -> JacobianRank:
    """Return the rank of the derivative of the map from filters to the end-to-end filter.

    The rank is at most the dimension of the function space, and is it at regular points.  For exact filters (ints,
    Fractions, SymPy numbers) it is exact.  For floats each filter is scaled to norm one first, which does not change
    the rank; zero filters stay.

    Args:
        architecture: of the network.
        filters: one filter per layer; real or complex.
        tolerance: singular values up to this times the largest count as zero; None for the library's
            two bounds, between which ``is_regular`` is None.

    Raises ValueError or TypeError for other filters and tolerances.

    >>> net = Architecture((3, 2, 2), (2, 2, 1))
    >>> jacobian_rank(net, [[-1, 0, 1], [1, 1], [-1, 1]]).rank, net.dim
    (4, 5)
    >>> jacobian_rank(net, [[-1.0, 0.5, 1.0], [1.0, 1.0], [-1.0, 1.0]]).is_regular
    True
    """
    check_tolerance(tolerance)
    checked = as_filters(architecture, filters)
    if all(is_exact(w) for w in checked):
        rank = _exact_rank(filter_jacobian(architecture, checked))
        return JacobianRank(rank, architecture.dim, rank == architecture.dim)
    jacobian = filter_jacobian(architecture, [_unit(np.asarray(w)) for w in checked])
    return _numerical(jacobian, architecture.dim, tolerance)


def _unit(values: AnyArray) -> AnyArray:
    largest = np.abs(values).max(initial=0.0)  # first, since squares may overflow or underflow
    if not largest:
        return values
    scaled = values / largest
    return np.asarray(scaled / np.linalg.norm(scaled))


def _numerical(jacobian: AnyArray, dim: int, tolerance: float | None) -> JacobianRank:
    sizes = np.linalg.svd(jacobian, compute_uv=False)
    rounding = max(jacobian.shape) * float(np.finfo(np.float64).eps)
    relative = sizes / sizes[0] if sizes[0] else sizes
    zero, nonzero = vanishing_range() if tolerance is None else (tolerance, tolerance)
    kept = relative[:dim]
    rank = int((kept > zero).sum())
    unclear = bool(((kept > zero) & (kept < nonzero)).any())
    is_regular = False if rank < dim else (None if unclear else True)
    below = float(relative[rank]) if rank < len(relative) else 0.0
    above = float(relative[rank - 1]) if rank else 0.0
    gap = float("inf") if below <= rounding else above / below
    return JacobianRank(rank, dim, is_regular, gap, read_only(kept.copy()))


def _exact_rank(jacobian: AnyArray) -> int:
    from sympy import Rational, construct_domain
    from sympy.polys.matrices import DomainMatrix

    rational = int | Fraction
    entries = [Rational(x.numerator, x.denominator) if isinstance(x, rational) else x for x in jacobian.ravel()]
    domain, elements = construct_domain(entries, field=True, extension=True)
    m, n = jacobian.shape
    rows = [elements[i * n : (i + 1) * n] for i in range(m)]
    return int(DomainMatrix(rows, (m, n), domain).rank())


def block_filters(architecture: Architecture, filters: object) -> tuple[AnyFilter, ...]:
    """Return, for each block, the product of its layers' filters; the first one takes the filters of size 1 along.

    These compose to the same end-to-end filter in the architecture whose layers of equal scale are merged.  A single
    filter of size 1 is returned if there are no blocks.

    >>> block_filters(Architecture((2, 2, 1, 2), (1, 2, 1, 1)), [[1, 1], [1, 2], [3], [1, 5]])
    ([3, 9, 6], [1, 5])
    """
    checked = as_filters(architecture, filters)
    constants = [w for w in checked if len(w) == 1]
    groups = [[checked[i] for i in block.layers] for block in architecture.blocks] or [[]]
    groups[0] += constants
    return tuple(product_of(group, [1] * len(group)) for group in groups)


def merged_jacobian(architecture: Architecture, filters: object) -> AnyArray:
    """Return the Jacobian matrix of the merged parametrization at the products of the layers of each block.

    Its parameters are one filter of size D_b + 1 for each block.  At a smooth point of the closure of the function
    space its columns span the tangent space; those of the Jacobian of all layers may span less.

    Args:
        architecture: of the network.
        filters: one filter per layer.

    Returns an array (k, sum_b (D_b + 1)), of dtype object for exact filters.

    >>> merged_jacobian(Architecture((2, 2), (1, 1)), [[1, 2], [3, 4]])
    array([[1, 0, 0],
           [0, 1, 0],
           [0, 0, 1]], dtype=object)
    """
    return block_jacobian(architecture, block_filters(architecture, filters))


def block_jacobian(architecture: Architecture, factors: tuple[AnyFilter, ...]) -> AnyArray:
    """Return the Jacobian matrix of the product of the forms of blocks, as :func:`merged_jacobian` does.

    >>> block_jacobian(Architecture((2, 2), (2, 1)), ([1, 2], [3, 4])).shape
    (4, 4)
    """
    first: list[Any] = [1]  # a filter of size 1 with the stride that leads to the first scale
    merged = merged_architecture(architecture)
    return filter_jacobian(merged, [first, *factors])[:, 1:]


def merged_architecture(architecture: Architecture) -> Architecture:
    """Return the architecture with one layer for each block, after one of filter size 1.

    >>> merged_architecture(Architecture((1, 2, 2, 3), (5, 1, 2, 7)))
    Architecture(filter_sizes=(1, 3, 3), strides=(5, 2, 1))
    """
    strides = [block.ratio or 1 for block in architecture.blocks] or [1]
    return Architecture((1, *architecture.merged_filter_sizes), (architecture.step, *strides))
