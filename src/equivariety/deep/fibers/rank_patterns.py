"""Ranks of all partial products of the layers of a linear network: the strata of the fibers of multiplication.

Matrices W_i of size (d_i, d_(i-1)), i = 1..H, are a representation of the linear quiver with nodes 0..H.  Up to base
changes at all nodes it is a sum of intervals [a, b] (the identity along the nodes a..b, zero elsewhere), and the ranks

    r_ab = rank W_b ... W_(a+1),  r_aa = d_a,

are the numbers of intervals that contain [a, b].  So the ranks determine the multiplicities w_ab of the intervals and
conversely (Gabriel; Abeasis and Del Fra, Degenerations for the representations of an equioriented quiver of type A_m,
1980):

    w_ab = r_ab - r_(a-1,b) - r_(a,b+1) + r_(a-1,b+1).

The stratum.  Over a matrix M of rank e = r_0H, the weights with these ranks are one orbit of GL at the inner nodes and
the stabilizer of M at the two ends, hence a manifold.  An interval [a, b] has a nonzero map to [c, d] iff
c <= a <= d <= b, so the stabilizer of the weights in GL at all nodes has dimension sum_ab w_ab (d_a - r_(a,b+1)), and

    dim = sum_i d_i^2 - sum_ab w_ab (d_a - r_(a,b+1)) - e (d_0 + d_H - e).

The differential of the multiplication maps (X_i) to sum_i W_H..W_(i+1) X_i W_(i-1)..W_1.  The images of the left
factors increase with i, the kernels of the right factors too, so that its rank is
sum_i (r_iH - r_(i-1,H)) r_(0,i-1), with 0 for r_0H.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from equivariety.errors import as_nonnegative_int, brief, invalid

__all__ = ["Interval", "RankPattern"]

#: The nodes a <= b of an interval, or of the product W_b ... W_(a+1).
Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RankPattern:
    """The ranks of all partial products of layers W_1, ..., W_H.

    Attributes:
        rows: for every node a the ranks (r_aa, r_(a,a+1), ..., r_aH), where r_ab is the rank of W_b ... W_(a+1) and
            r_aa the width d_a.

    Raises ValueError for numbers that are no such ranks: not integers >= 0, or with a negative multiplicity.

    >>> small = RankPattern.of_multiplicities(2, {(0, 2): 1, (1, 1): 1})
    >>> small.widths, small.layer_ranks, small.rank, small.dim
    ((1, 2, 1), (1, 1), 1, 3)
    >>> RankPattern([[2, 2, 2], [2, 1], [2]])
    Traceback (most recent call last):
    ValueError: rows must be ranks of products of matrices; got -1 intervals [1, 2]. Fix: see of_multiplicities().
    """

    rows: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if not isinstance(self.rows, Sequence) or not all(isinstance(row, Sequence) for row in self.rows):
            raise invalid("rows", "a sequence of sequences of ranks", self.rows, "pass tuples", TypeError)
        rows = tuple(tuple(as_nonnegative_int("a rank", value) for value in row) for row in self.rows)
        if len(rows) < 2 or any(len(row) != len(rows) - a for a, row in enumerate(rows)):
            required = "two or more rows, of lengths H + 1, H, ..., 1"
            raise invalid("rows", required, f"lengths {[len(row) for row in rows]}", "give r_ab for a <= b")
        object.__setattr__(self, "rows", rows)
        for (a, b), count in self._all_multiplicities():
            if count < 0:
                got = f"{count} intervals [{a}, {b}]"
                raise invalid("rows", "ranks of products of matrices", got, "see of_multiplicities()")

    @classmethod
    def of_multiplicities(cls, depth: int, multiplicities: Mapping[Interval, int]) -> RankPattern:
        """Return the pattern with given numbers of intervals.

        Args:
            depth: the number of layers H >= 1.
            multiplicities: by interval (a, b), 0 <= a <= b <= H; missing ones are 0.

        Raises ValueError for other intervals and numbers.

        >>> RankPattern.of_multiplicities(1, {(0, 1): 2, (0, 0): 1}).rows
        ((3, 2), (2,))
        """
        depth = as_nonnegative_int("depth", depth)
        ranks = [[0] * (depth + 1 - a) for a in range(depth + 1)]
        for (a, b), count in multiplicities.items():
            if not 0 <= a <= b <= depth:
                raise invalid("multiplicities", f"of intervals in 0..{depth}", brief((a, b)), "drop it")
            number = as_nonnegative_int(f"the number of intervals {a, b}", count)
            for c in range(a, b + 1):
                for d in range(c, b + 1):
                    ranks[c][d - c] += number
        return cls(tuple(tuple(row) for row in ranks))

    def rank_between(self, a: int, b: int) -> int:
        """Return r_ab, the rank of W_b ... W_(a+1), or the width d_a for a = b.

        Raises ValueError unless 0 <= a <= b <= H.

        >>> RankPattern.of_multiplicities(2, {(0, 1): 1, (1, 2): 1}).rank_between(0, 2)
        0
        """
        if not 0 <= a <= b <= self.depth:
            raise invalid("(a, b)", f"nodes 0 <= a <= b <= {self.depth}", brief((a, b)), "node i is behind layer i")
        return self.rows[a][b - a]

    @property
    def depth(self) -> int:
        """The number of layers H."""
        return len(self.rows) - 1

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths (d_0, ..., d_H), input first."""
        return tuple(row[0] for row in self.rows)

    @property
    def layer_ranks(self) -> tuple[int, ...]:
        """The ranks of the layers W_1, ..., W_H."""
        return tuple(row[1] for row in self.rows[:-1])

    @property
    def rank(self) -> int:
        """The rank e of the whole product."""
        return self.rows[0][-1]

    @property
    def multiplicities(self) -> dict[Interval, int]:
        """The numbers w_ab of intervals [a, b], those that are not 0."""
        return {interval: count for interval, count in self._all_multiplicities() if count}

    @property
    def dim(self) -> int:
        """Dimension of the stratum in the fiber over a matrix, real of real weights or complex of complex ones."""
        widths, e = self.widths, self.rank
        stabilizer = sum(count * (widths[a] - self._at(a, b + 1)) for (a, b), count in self._all_multiplicities())
        return sum(d * d for d in widths) - stabilizer - e * (widths[0] + widths[-1] - e)

    @property
    def differential_rank(self) -> int:
        """Rank of the differential of the multiplication, the same at all points of the stratum."""
        last = self.depth
        left = [0, *(self._at(i, last) for i in range(1, last + 1))]
        return sum((after - before) * self._at(0, i) for i, (before, after) in enumerate(pairwise(left)))

    @property
    def tangent_dim(self) -> int:
        """Dimension of the kernel of the differential of the multiplication, the Zariski tangent space of the fiber.

        A point of the stratum is a smooth point of the fiber if this is the dimension of a component through it.
        """
        return sum(a * b for a, b in pairwise(self.widths)) - self.differential_rank

    @property
    def is_component(self) -> bool:
        """Whether the closure of the stratum is an irreducible component of the fiber, proved in ``rank_sequences``."""
        return self.tangent_dim == self.dim

    def is_in_closure_of(self, other: RankPattern) -> bool:
        """Whether the stratum lies in the closure of another one of the same fiber.

        It does iff none of its ranks is larger (Abeasis and Del Fra): the degenerations of intervals replace two of
        them by two that are apart, and change no rank of the whole product here.  Raises ValueError for another fiber.

        >>> zero = RankPattern.of_multiplicities(2, {(0, 0): 1, (1, 1): 1, (2, 2): 1})
        >>> zero.is_in_closure_of(RankPattern.of_multiplicities(2, {(0, 1): 1, (2, 2): 1}))
        True
        """
        if not isinstance(other, RankPattern):
            raise invalid("other", "a RankPattern", other, "take one from strata()", TypeError)
        if (self.widths, self.rank) != (other.widths, other.rank):
            required = f"of widths {self.widths} and rank {self.rank}"
            raise invalid("other", required, f"{other.widths} and {other.rank}", "compare strata of one fiber")
        pairs = zip(self.rows, other.rows, strict=True)
        return all(mine <= theirs for row, their in pairs for mine, theirs in zip(row, their, strict=True))

    def _at(self, a: int, b: int) -> int:
        """r_ab, and 0 where a or b is no node."""
        return self.rows[a][b - a] if a >= 0 and b <= self.depth else 0

    def _all_multiplicities(self) -> list[tuple[Interval, int]]:
        nodes = range(self.depth + 1)
        at = self._at
        return [((a, b), at(a, b) - at(a - 1, b) - at(a, b + 1) + at(a - 1, b + 1)) for a in nodes for b in nodes[a:]]
