"""Rank vectors within a budget: which are feasible, which maximal, how many, and the list of them.

Block i may have rank 0..caps[i] and each of its ranks costs weights[i] of the real rank.  The irreducible components
of the rank-bounded variety are the maximal vectors; those of the talk's proposition use the budget up exactly.
A vector of sum s is maximal iff every block below its cap costs more than the slack ``rank - s``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from equivariety.varieties.ranks.rank_counts import count_with_sum

__all__ = ["RankBudget", "vectors_with_sum"]


@dataclass(frozen=True, slots=True)
class RankBudget:
    """The rank vectors with ``0 <= r_i <= caps[i]`` and ``sum weights[i] * r_i <= rank``.

    Attributes:
        weights: real dimension of each block's irreducible.
        caps: largest rank of each block.
        rank: the bound, at most ``max_rank``.

    >>> cycle3 = RankBudget(weights=(1, 2), caps=(1, 1), rank=2)
    >>> cycle3.count(exact=False), cycle3.count(exact=True), list(cycle3.maximal_vectors())
    (2, 1, [(0, 1), (1, 0)])
    """

    weights: tuple[int, ...]
    caps: tuple[int, ...]
    rank: int

    @property
    def max_rank(self) -> int:
        """The largest possible real rank."""
        return sum(w * c for w, c in zip(self.weights, self.caps, strict=True))

    def cost(self, ranks: Sequence[int]) -> int:
        """The real rank of a generic matrix with these block ranks."""
        return sum(w * r for w, r in zip(self.weights, ranks, strict=True))

    def is_maximal(self, ranks: Sequence[int]) -> bool:
        """Whether no rank of a feasible vector can be raised."""
        slack = self.rank - self.cost(ranks)
        return slack >= 0 and all(r == c or w > slack for r, w, c in zip(ranks, self.weights, self.caps, strict=True))

    def above(self, ranks: Sequence[int]) -> RankBudget:
        """The budget of what can be added to a feasible vector; its maximal vectors are those above it, less it."""
        caps = tuple(c - r for c, r in zip(self.caps, ranks, strict=True))
        rest = RankBudget(self.weights, caps, self.rank - self.cost(ranks))
        return RankBudget(self.weights, caps, min(rest.rank, rest.max_rank))

    def extended(self, ranks: Sequence[int]) -> tuple[int, ...]:
        """A maximal vector above a feasible one: the slack is spent on the blocks in order."""
        slack = self.rank - self.cost(ranks)
        out = []
        for r, w, c in zip(ranks, self.weights, self.caps, strict=True):
            more = min(c - r, slack // w)
            out.append(r + more)
            slack -= w * more
        return tuple(out)

    def count(self, *, exact: bool) -> int:
        """Number of maximal vectors; with ``exact`` only of those that use the whole budget."""
        return sum(
            count_with_sum(weights, caps, self.rank - slack - fixed)
            for slack, fixed, weights, caps in self.slack_levels(exact=exact)
        )

    def maximal_vectors(self, *, exact: bool = False) -> Iterator[tuple[int, ...]]:
        """Yield the maximal vectors lazily, each once.

        First those of rank exactly ``rank``, then by growing slack; within one slack lexicographically descending.
        """
        for slack, fixed, _, caps in self.slack_levels(exact=exact):
            full = [w <= slack for w in self.weights]
            free = iter(caps)
            upper = tuple(0 if f else next(free) for f in full)
            for vector in vectors_with_sum(self.weights, upper, self.rank - slack - fixed):
                yield tuple(c if f else v for v, c, f in zip(vector, self.caps, full, strict=True))

    @property
    def num_feasible(self) -> int:
        """Number of feasible vectors, maximal or not, an exact int."""
        # What a vector leaves of the budget is the rank of one more block.
        return count_with_sum((*self.weights, 1), (*self.caps, self.rank), self.rank)

    def feasible_vectors(self) -> Iterator[tuple[int, ...]]:
        """Yield all feasible vectors lazily, lexicographically ascending."""
        vector, left, size = [0] * len(self.caps), self.rank, len(self.caps)
        while True:
            yield tuple(vector)
            for i in reversed(range(size)):
                if vector[i] < self.caps[i] and self.weights[i] <= left:
                    vector[i] += 1
                    left -= self.weights[i]
                    break
                left += self.weights[i] * vector[i]
                vector[i] = 0
            else:
                return

    def slack_levels(self, *, exact: bool) -> Iterator[tuple[int, int, tuple[int, ...], tuple[int, ...]]]:
        """Yield each slack, the cost of the blocks that must be full there, and weights and caps of the free ones."""
        largest = 1 if exact else max((w for w, c in zip(self.weights, self.caps, strict=True) if c > 0), default=1)
        for slack in range(min(largest, self.rank + 1)):
            free = [(w, c) for w, c in zip(self.weights, self.caps, strict=True) if w > slack]
            fixed = self.max_rank - sum(w * c for w, c in free)
            yield slack, fixed, tuple(w for w, _ in free), tuple(c for _, c in free)


def vectors_with_sum(weights: Sequence[int], caps: Sequence[int], total: int) -> Iterator[tuple[int, ...]]:
    """Yield all vectors of the given cost, lexicographically descending, without a dead end.

    ``reach[i]`` has bit s set iff the blocks from i on can cost exactly s, so that each step is known to lead on.

    >>> list(vectors_with_sum((1, 2), (2, 1), 2))
    [(2, 0), (0, 1)]
    """
    if total < 0:
        return
    size = len(weights)
    mask = (1 << (total + 1)) - 1
    reach = [1] * (size + 1)
    for i in range(size - 1, -1, -1):
        bits, left, step = reach[i + 1], caps[i], 1
        while left > 0:
            step = min(step, left)
            bits |= (bits << (weights[i] * step)) & mask
            left -= step
            step *= 2
        reach[i] = bits
    if not reach[0] >> total & 1:
        return
    values = [0] * size
    rest = [total] + [0] * size
    i = 0
    candidate = min(caps[0], total // weights[0]) if size else 0
    while True:
        if i == size:
            yield tuple(values)
            candidate = -1
        else:
            while candidate >= 0 and not reach[i + 1] >> (rest[i] - weights[i] * candidate) & 1:
                candidate -= 1
        if candidate < 0:
            i -= 1
            if i < 0:
                return
            candidate = values[i] - 1
            continue
        values[i] = candidate
        rest[i + 1] = rest[i] - weights[i] * candidate
        i += 1
        if i < size:
            candidate = min(caps[i], rest[i] // weights[i])
