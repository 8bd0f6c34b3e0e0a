"""The weights (W_1, ..., W_H) of a linear network with a given product: dimension, strata, components, random points.

The front of ``rank_patterns`` and ``rank_sequences``, which have the mathematics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equivariety._typing import AnyArray, read_only
from equivariety.deep.fibers.fiber_points import random_layers
from equivariety.deep.fibers.numerical_patterns import numerical_pattern
from equivariety.deep.fibers.pattern_lists import all_patterns, count_patterns
from equivariety.deep.fibers.rank_patterns import Interval, RankPattern
from equivariety.deep.fibers.rank_sequences import RankSequences, generic_pattern
from equivariety.deep.layers import as_widths
from equivariety.errors import as_nonnegative_int, brief, invalid
from equivariety.linalg import as_float_array, numerical_rank, singular_triples
from equivariety.parameterizations import BlockFiber
from equivariety.tolerances import DENSE_ENTRIES_BUDGET, rank_tolerance

__all__ = ["DeepFiber", "fiber_dim"]


@dataclass(frozen=True)
class DeepFiber:
    """The fiber over a matrix M of rank e: all W_i of size (d_i, d_(i-1)), i = 1..H, with W_H ... W_1 = M.

    Everything but the points depends on widths and rank alone, not on M.  For two layers it is ``BlockFiber(d_2, d_0,
    inner=d_1, rank=e)``.

    Attributes:
        widths: (d_0, ..., d_H), input first, H >= 1.
        rank: rank e of M.

    Raises ValueError for fewer than two widths, widths that are not integers >= 1, a rank that is none >= 0, and one
    above the size of M.

    >>> F = DeepFiber((2, 2, 2, 2), 1)
    >>> F.dim, F.num_strata, F.num_components, sorted(pattern.dim for pattern in F.strata())
    (8, 7, 3, [6, 7, 7, 7, 8, 8, 8])
    >>> DeepFiber((3, 1, 3), 2).dim, DeepFiber((3, 4), 2).dim
    (-1, 0)
    """

    widths: tuple[int, ...]
    rank: int

    def __post_init__(self) -> None:
        widths = as_widths(self.widths)
        object.__setattr__(self, "widths", widths)
        object.__setattr__(self, "rank", as_nonnegative_int("rank", self.rank))
        top = min(widths[0], widths[-1])
        if self.rank > top:
            raise invalid("rank", f"at most {top}", self.rank, "lower it to the size of the matrix")

    @property
    def depth(self) -> int:
        """The number of layers H."""
        return len(self.widths) - 1

    @property
    def is_empty(self) -> bool:
        """Whether some layer is narrower than the rank of M."""
        return min(self.widths) < self.rank

    @property
    def dim(self) -> int:
        """Dimension, the largest of a stratum; -1 if empty."""
        return -1 if self.is_empty else self._sequences.dim

    @property
    def num_strata(self) -> int:
        """Number of strata, counted without a list.  Raises BudgetError for many wide layers."""
        if self.depth == 2:
            return BlockFiber(self.widths[2], self.widths[0], inner=self.widths[1], rank=self.rank).num_strata
        return count_patterns(self.widths, self.rank)

    @property
    def num_components(self) -> int:
        """Number of irreducible components, of the real points as well as of the complex ones; 0 if empty."""
        return 0 if self.is_empty else self._sequences.num_components

    @property
    def num_largest(self) -> int:
        """Number of strata, and of irreducible components, of largest dimension; 0 if empty."""
        return 0 if self.is_empty else self._sequences.num_largest

    @property
    def num_connected_components(self) -> int:
        """Number of connected components of the real points; 0 if empty.

        2^b if e is the width of b inner layers, so 1 if all are wider (Trager, Kohn and Bruna, Pure and spurious
        critical points, arXiv 1910.01671).
        """
        if self.is_empty:
            return 0
        return 1 << self.widths[1:-1].count(self.rank)

    def strata(self) -> Iterator[RankPattern]:
        """Yield the strata, by the rank of W_H, then of W_(H-1), W_H W_(H-1), then of W_(H-2), and so on."""
        return all_patterns(self.widths, self.rank)

    def components(self) -> Iterator[RankPattern]:
        """Yield the strata whose closures are the irreducible components.

        By the rank of W_(H-1) ... W_1, then of W_(H-2) ... W_1, and so on, the largest first.
        """
        if not self.is_empty:
            for sequence in self._sequences.components():
                yield generic_pattern(self.widths, sequence)

    def largest(self) -> RankPattern:
        """Return the stratum of largest dimension, of several that of the largest rank of W_1, then of W_2 W_1, ...

        Raises ValueError if the fiber is empty.

        >>> DeepFiber((3, 2, 3), 1).largest().layer_ranks
        (2, 1)
        """
        self._check_not_empty()
        return generic_pattern(self.widths, self._sequences.largest)

    def stratum(self, ranks: Mapping[Interval, int]) -> RankPattern:
        """Return the stratum with given ranks.

        Args:
            ranks: by (a, b), 0 <= a < b <= H, the rank of W_b ... W_(a+1); that of the whole product may be left out.

        Raises ValueError for missing and unknown ones, and if no weights in the fiber have these ranks.

        >>> DeepFiber((2, 2, 2), 1).stratum({(0, 1): 1, (1, 2): 2}).dim
        4
        """
        self._check_not_empty()
        nodes = range(self.depth + 1)
        wanted = {(a, b): -1 for a in nodes for b in nodes[a + 1 :]}
        given = {**wanted, (0, self.depth): self.rank, **ranks}
        if len(given) > len(wanted) or -1 in given.values() or given[0, self.depth] != self.rank:
            required = f"given for all (a, b), 0 <= a < b <= {self.depth}, and {self.rank} for (0, {self.depth})"
            raise invalid("ranks", required, brief(dict(ranks)), "give the rank of W_b ... W_(a+1)")
        return RankPattern(tuple((self.widths[a], *(given[a, b] for b in nodes[a + 1 :])) for a in nodes))

    def pattern_of(self, weights: object, tolerance: float | None = None) -> RankPattern:
        """Return the stratum of weights with a product of rank e, by the singular values of all partial products.

        Args:
            weights: (W_1, ..., W_H), shapes (d_i, d_(i-1)).
            tolerance: as for :func:`equivariety.deep.numerical_pattern`.

        Raises ValueError if the singular values leave no clear gap and if the product has another rank.

        >>> DeepFiber((2, 2, 2), 1).pattern_of([np.diag([1.0, 0.0]), np.eye(2)]).layer_ranks
        (1, 2)
        """
        found = numerical_pattern(weights, tolerance, widths=self.widths)
        if found.pattern is None:
            raise invalid("weights", "of clear ranks", found.reason, "give a tolerance, or more accurate weights")
        if found.pattern.rank != self.rank:
            raise invalid("weights", f"of a product of rank {self.rank}", f"rank {found.pattern.rank}", "see .rank")
        return found.pattern

    def tangent_dim(self, weights: object, tolerance: float | None = None) -> int:
        """Return the dimension of the kernel of the differential of the multiplication at weights.

        It depends only on the stratum, and is larger than the dimension of the fiber near the weights at points where
        the differential does not see that.  Arguments and errors are those of :meth:`pattern_of`.
        """
        return self.pattern_of(weights, tolerance).tangent_dim

    def sample(
        self, matrix: object, rng: np.random.Generator, stratum: RankPattern | None = None
    ) -> tuple[AnyArray, ...]:
        """Return random weights (W_1, ..., W_H) with a given product, about as well conditioned as it allows.

        Args:
            matrix: M, shape (d_H, d_0), of rank e up to rounding.  float32 gives float32.
            rng: the source of randomness.
            stratum: from ``strata()`` or ``stratum()``; None takes ``largest()``.

        Raises ValueError if the fiber is empty, for another matrix or stratum and for weights over the dense budget;
        TypeError for other types.

        >>> F = DeepFiber((2, 3, 3, 2), 1)
        >>> M = np.array([[1.0, 2.0], [2.0, 4.0]])
        >>> first, second, third = F.sample(M, np.random.default_rng(0))
        >>> bool(np.allclose(third @ second @ first, M)), F.pattern_of([first, second, third]) == F.largest()
        (True, True)
        """
        self._check_not_empty()
        if not isinstance(rng, np.random.Generator):
            raise invalid("rng", "a numpy.random.Generator", rng, "pass numpy.random.default_rng(0)", TypeError)
        if stratum is not None and not isinstance(stratum, RankPattern):
            raise invalid("stratum", "a RankPattern, or None", stratum, "take one from strata()", TypeError)
        pattern = self.largest() if stratum is None else stratum
        if (pattern.widths, pattern.rank) != (self.widths, self.rank):
            got = f"{pattern.widths} and {pattern.rank}"
            raise invalid("stratum", f"of widths {self.widths} and rank {self.rank}", got, "take one from strata()")
        entries = sum(d * d for d in self.widths)
        if entries > DENSE_ENTRIES_BUDGET:
            required = f"of squares that sum to at most {DENSE_ENTRIES_BUDGET}"
            raise invalid("widths", required, f"{entries}", "lower them")
        given = as_float_array("matrix", matrix)
        shape = self.widths[-1], self.widths[0]
        if given.shape != shape:
            raise invalid("matrix", f"of shape {shape}", f"shape {given.shape}", "the last width has the rows")
        u, s, vh = singular_triples(given.astype(np.float64))
        found = numerical_rank(s, rank_tolerance(given.dtype, max(shape)) * s.max(initial=0.0))
        if found != self.rank:
            raise invalid("matrix", f"of rank {self.rank}", f"rank {found}", "take the fiber of its rank")
        if self.depth == 1:
            return (read_only(given.copy()),)
        layers = random_layers((u[:, :found], s[:found], vh[:found].T), pattern, rng)
        return tuple(read_only(layer.astype(given.dtype)) for layer in layers)

    @cached_property
    def _sequences(self) -> RankSequences:
        return RankSequences(self.widths, self.rank)

    def _check_not_empty(self) -> None:
        if self.is_empty:
            required = f"at least {self.rank}, the rank of M, or the fiber is empty"
            raise invalid("widths", required, brief(self.widths), "widen the layers, or lower the rank")


def fiber_dim(widths: Sequence[int], rank: int) -> int:
    """Return the dimension of all weights of a linear network with one product of a given rank; -1 if there are none.

    Args:
        widths: (d_0, ..., d_H), input first.
        rank: the rank of the product.

    Raises ValueError as :class:`DeepFiber` does.

    >>> [fiber_dim((3, 2, 4), rank) for rank in range(3)], fiber_dim((784, 64, 32, 64, 10), 10)
    ([8, 6, 4], 47072)
    """
    return DeepFiber(tuple(widths), rank).dim
