"""Invertible matrices over the fields of the blocks: the group GL that moves along a fiber of (A, B) -> A B."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import invalid
from equivariety.linalg import DivisionAlgebra, algebra, as_real_array, check_finite, frobenius_norm
from equivariety.representations import HomSpace, RankVector
from equivariety.representations.blocks import label_index
from equivariety.tolerances import equivariance_tolerance, rank_tolerance

__all__ = ["check_transforms", "random_transform", "random_transforms"]

#: Random transforms stretch by factors from 1/2 to 2, so that a moved factorization loses no digits.
_LARGEST_STRETCH = 2.0


def check_transforms(transforms: object, hom: HomSpace, ranks: RankVector) -> dict[int, AnyArray]:
    """Return invertible matrices by block position; blocks of rank 0 are checked and left out.

    A matrix over H comes as its complex adjoint (2r, 2r) or as its real components (r, r, 4).  Raises ValueError for
    unknown or repeated labels, other shapes, entries that are not finite, complex entries in a real block, arrays that
    are no adjoint and matrices that are singular up to rounding, TypeError for other types.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.cyclic(2), rank=1).component([1, 0])
    >>> check_transforms({"(1,1)": [[0.0]]}, C.space.hom, C.ranks)
    Traceback (most recent call last):
    ValueError: transforms[(1,1)] must be invertible; got a matrix of rank 0. Fix: choose another matrix.
    """
    if not isinstance(transforms, Mapping):
        raise invalid("transforms", "a mapping from block label to matrix", transforms, "pass a dict", TypeError)
    out: dict[int, AnyArray] = {}
    for key, value in transforms.items():
        i = label_index(hom.labels, key, "transforms")
        if i in out:
            raise invalid("transforms", "a mapping that names each block once", f"{hom.labels[i]} twice", "drop one")
        out[i] = _invertible(f"transforms[{hom.labels[i]}]", value, ranks[i], algebra(hom.blocks[i].field))
    return {i: matrix for i, matrix in out.items() if ranks[i]}


def random_transforms(hom: HomSpace, ranks: RankVector, rng: np.random.Generator) -> dict[object, AnyArray]:
    """Return a random invertible matrix of condition number at most 4 for each block of positive rank, by label.

    Orthogonal (unitary) times diagonal times orthogonal (unitary), the diagonal from 1/2 to 2 up to sign; over R both
    signs of the determinant occur.  Raises TypeError if ``rng`` is no Generator.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.cyclic(2), rank=1).component([1, 0])
    >>> list(random_transforms(C.space.hom, C.ranks, np.random.default_rng(0)))
    ['(1,1)']
    """
    if not isinstance(rng, np.random.Generator):
        raise invalid("rng", "a numpy.random.Generator", rng, "pass numpy.random.default_rng(0)", TypeError)
    return {
        block.label: random_transform(algebra(block.field), r, rng)
        for block, r in zip(hom.blocks, ranks, strict=True)
        if r
    }


def random_transform(over: DivisionAlgebra, size: int, rng: np.random.Generator) -> AnyArray:
    """Return one random invertible matrix of this size over a field, as :func:`random_transforms` draws them.

    >>> bool(np.linalg.cond(random_transform(algebra("R"), 5, np.random.default_rng(0))) < 4)
    True
    """
    before, after = (over.qr(over.gaussian(rng, size, size))[0] for _ in range(2))
    # Signs, since over R LAPACK fixes the determinants of both factors: that of the product would be positive.
    stretch = rng.choice((-1.0, 1.0), size) * _LARGEST_STRETCH ** rng.uniform(-1.0, 1.0, size)
    return (before * over.spread(stretch)) @ after


def _invertible(name: str, value: object, rank: int, over: DivisionAlgebra) -> AnyArray:
    matrix = np.asarray(as_real_array(name, value, kinds="iufb" if over.name == "R" else "iufbc"))
    check_finite(name, matrix)
    if over.order > 1 and matrix.shape == (rank, rank, over.dim) and matrix.dtype.kind != "c":
        matrix = over.from_real(np.swapaxes(matrix.astype(np.float64), -1, -2))
    size = over.order * rank
    if matrix.shape != (size, size):
        required = f"of shape ({size}, {size})" + (f" or ({rank}, {rank}, {over.dim})" if over.order > 1 else "")
        raise invalid(name, required, f"shape {matrix.shape}", "see .ranks")
    matrix = matrix.astype(over.dtype(np.float64))
    gap = frobenius_norm(matrix - over.from_real(over.to_real(matrix)))
    if gap > equivariance_tolerance(np.float64) * frobenius_norm(matrix):
        required = "a quaternionic matrix, of cells [[p, q], [-conj(q), conj(p)]]"
        raise invalid(name, required, f"a distance of {gap:.3g} from them", "see linalg.algebra")
    values = over.svd(matrix)[1]
    found = int(np.count_nonzero(values > rank_tolerance(np.float64, rank) * values.max(initial=0.0)))
    if found < rank:
        raise invalid(name, "invertible", f"a matrix of rank {found}", "choose another matrix")
    return matrix
