"""Ranks s_i = r_0i of the first i layers together: dimension and irreducible components of a fiber without its strata.

Fix s_0 = d_0 >= s_1 >= ... >= s_H = e with s_i <= d_i.  Given the layers before it, W_i is any matrix of size
(d_i, d_(i-1)) that has rank s_i on a subspace of dimension s_(i-1): an irreducible family of dimension
d_i d_(i-1) - (d_i - s_i)(s_(i-1) - s_i).  So the points of the fiber over a matrix of rank e with these ranks are
irreducible of dimension

    sum_i d_i d_(i-1) - sum_i (d_i - s_i)(s_(i-1) - s_i) - e (d_0 + d_H - e),

and the fiber is the union of finitely many such families.  A generic W_i has rank min(d_i, s_i + r - s_(i-1)) on a
subspace of dimension r that contains the given one, so the densest stratum of the family has the ranks

    r_ab = s_b + min (d_j - s_j : a <= j <= b).

Components.  Each one is the closure of such a stratum.  There the kernel of the differential of the multiplication is
larger than the stratum by

    sum_(i<H) f_i (s_(i-1) - s_i),   f_i = d_i - s_i - r_iH + e,

f_i the number of intervals [a, b] at node i with a > 0 and b < H, and s_(i-1) - s_i that of intervals [0, i-1].  If
this is 0, the stratum is open in the fiber.  If not, some [0, i-1] and [a, b] with 0 < a <= i <= b < H may be replaced
by [0, b] and [a, i-1] (nothing if a = i), which are more generic and keep e.  So the stratum gives a component iff
the sum is 0, that is, iff

    for all i < H:  s_(i-1) = s_i,  or  d_i - s_i <= d_j - s_j for all j > i,

and along every component the fiber is reduced at generic points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from equivariety._typing import IntArray
from equivariety.deep.fibers.rank_patterns import RankPattern
from equivariety.errors import BudgetError, brief
from equivariety.tolerances import RANK_PAIRS_BUDGET

__all__ = ["RankSequences", "generic_pattern"]

#: The time for one call of NumPy, in numbers that it adds.
_OVERHEAD = 1000


def generic_pattern(widths: Sequence[int], sequence: Sequence[int]) -> RankPattern:
    """Return the ranks of generic layers of which the first i together have rank ``sequence[i]``.

    Args:
        widths: (d_0, ..., d_H).
        sequence: (s_0, ..., s_H), not increasing, s_0 = d_0 and s_i <= d_i.

    >>> generic_pattern((2, 3, 2), (2, 1, 1)).rows
    ((2, 1, 1), (3, 2), (2,))
    """
    spare = [d - s for d, s in zip(widths, sequence, strict=True)]
    nodes = range(len(widths))
    return RankPattern(tuple(tuple(sequence[b] + min(spare[a : b + 1]) for b in nodes[a:]) for a in nodes))


@dataclass(frozen=True)
class RankSequences:
    """All sequences of ranks for given widths and a given rank of the product, by dynamic programming.

    Attributes:
        widths: (d_0, ..., d_H), all at least ``rank``.
        rank: rank e of the product.

    >>> sequences = RankSequences((2, 2, 2, 2), 0)
    >>> sequences.dim, sequences.num_largest, sequences.num_components, list(sequences.components())
    (9, 3, 6, [(2, 2, 2, 0), (2, 2, 1, 0), (2, 1, 1, 0), (2, 2, 0, 0), (2, 1, 0, 0), (2, 0, 0, 0)])
    """

    widths: tuple[int, ...]
    rank: int

    @cached_property
    def dim(self) -> int:
        """The largest dimension of a family, which is that of the fiber."""
        widths, e = self.widths, self.rank
        parameters = sum(a * b for a, b in pairwise(widths))
        return parameters - int(self._losses[0][0]) - e * (widths[0] + widths[-1] - e)

    @cached_property
    def num_largest(self) -> int:
        """The number of families of largest dimension."""
        counts = [1]
        for i in range(len(self.widths) - 1, 0, -1):
            totals = (self._totals(i, int(before), self._losses[i]) for before in self._ranks(i - 1))
            counts = [sum(counts[j] for j in np.flatnonzero(total == total.min())) for total in totals]
        return counts[0]

    @cached_property
    def largest(self) -> tuple[int, ...]:
        """The sequence of a family of largest dimension; of several the one with the largest s_1, then s_2, ..."""
        sequence = [self.widths[0]]
        for i in range(1, len(self.widths)):
            total = self._totals(i, sequence[-1], self._losses[i])
            sequence.append(int(self._ranks(i)[np.flatnonzero(total == total.min())[-1]]))
        return tuple(sequence)

    @cached_property
    def num_components(self) -> int:
        """The number of irreducible components of the fiber."""
        # By s_i and the least d_j - s_j of j >= i, from the last node to the first.
        counts = {(self.rank, self.widths[-1] - self.rank): 1}
        for i in range(len(self.widths) - 1, 0, -1):
            found: dict[tuple[int, int], int] = {}
            for (s, spare), number in counts.items():
                for before in self._before(i, s, spare):
                    state = before, min(spare, self.widths[i - 1] - before)
                    found[state] = found.get(state, 0) + number
            counts = found
        return sum(counts.values())

    def components(self) -> Iterator[tuple[int, ...]]:
        """Yield the sequence of every irreducible component, by s_(H-1), then s_(H-2), ..., the largest first."""

        def extended(i: int, tail: tuple[int, ...], spare: int) -> Iterator[tuple[int, ...]]:
            if i == 0:
                yield tail
                return
            for before in self._before(i, tail[0], spare):
                yield from extended(i - 1, (before, *tail), min(spare, self.widths[i - 1] - before))

        return extended(len(self.widths) - 1, (self.rank,), self.widths[-1] - self.rank)

    def _before(self, i: int, s: int, spare: int) -> Sequence[int]:
        """The s_(i-1) of components, the largest first, by s_i and the least d_j - s_j of j >= i."""
        top, free = min(self.widths[:i]), self.widths[i] - s == spare
        if i == 1:
            return [top] if free or s == top else []
        return range(top, s - 1, -1) if free else [s]

    def _ranks(self, i: int) -> IntArray:
        """The possible s_i, ascending."""
        if i == 0 or i == len(self.widths) - 1:
            return np.array([self.widths[0] if i == 0 else self.rank])
        return np.arange(self.rank, min(self.widths[: i + 1]) + 1)

    def _totals(self, i: int, before: int, behind: IntArray) -> IntArray:
        """By s_i <= s_(i-1), ascending, (d_i - s_i)(s_(i-1) - s_i) plus the least sum ``behind`` node i."""
        after = self._ranks(i)
        after = after[after <= before]
        return (self.widths[i] - after) * (before - after) + behind[: len(after)]

    @cached_property
    def _losses(self) -> dict[int, IntArray]:
        """For every node i the least sum of the losses behind it, by s_i."""
        sizes = [len(self._ranks(i)) for i in range(len(self.widths))]
        pairs = sum(before * (after + _OVERHEAD) for before, after in pairwise(sizes))
        if pairs > RANK_PAIRS_BUDGET:
            raise BudgetError(
                f"the fibers of widths {brief(self.widths)} over rank {self.rank} take {pairs} steps with pairs of "
                f"ranks, more than {RANK_PAIRS_BUDGET}. Fix: take narrower layers."
            )
        losses: dict[int, IntArray] = {len(self.widths) - 1: np.zeros(1, dtype=np.int64)}
        for i in range(len(self.widths) - 1, 0, -1):
            losses[i - 1] = np.array([self._totals(i, int(s), losses[i]).min() for s in self._ranks(i - 1)])
        return losses
