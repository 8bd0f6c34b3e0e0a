"""The best distribution of a real rank over blocks: an exact knapsack.

The k-th rank of block i gains ``gains[i][k]``, descending in k, and costs ``weights[i]``.  Among blocks of one weight
the best c ranks are simply the c largest gains (descending gains make every prefix feasible), so the dynamic
programme runs over the few distinct weights, not over the blocks.  Picking the largest gains regardless of weight
("greedy") is wrong in general.

The programme minimizes what is left over instead of maximizing what is gained: sums of the small gains that are not
taken keep their digits, while next to a large gain they would be lost to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

import numpy as np

from equivariety._typing import FloatArray, IntArray
from equivariety.errors import as_nonnegative_int, invalid
from equivariety.varieties.ranks.rank_budget import vectors_with_sum

__all__ = ["Allocation", "Ties", "allocate", "combined"]

_MOST_ALTERNATIVES = 8


@dataclass(frozen=True, slots=True)
class _WeightClass:
    """The positive gains of all blocks of one weight, descending; equal gains keep the order of the blocks."""

    weight: int
    gains: FloatArray
    blocks: IntArray
    left: FloatArray  # left[c]: the sum of all but the c largest gains, for every c within the budget

    def ranks(self, count: int, size: int) -> IntArray:
        return np.bincount(self.blocks[:count], minlength=size)

    def is_tied(self, count: int, tie: float) -> bool:
        return 0 < count < len(self.gains) and bool(self.gains[count - 1] - self.gains[count] <= tie)

    def tied_ranks(self, count: int, size: int, tie: float) -> Iterator[IntArray]:
        """The ranks of the ``count`` largest gains, then those with some gains exchanged for equal ones."""
        chosen = self.ranks(count, size)
        yield chosen
        if not self.is_tied(count, tie):
            return
        boundary = self.gains[count - 1]
        first = int(np.searchsorted(-self.gains, -(boundary + tie)))
        last = int(np.searchsorted(-self.gains, -(boundary - tie), side="right"))
        # Any of the equal gains may be taken, in each block those before the others.
        tied = np.bincount(self.blocks[first:last], minlength=size)
        among = np.flatnonzero(tied)
        for shares in vectors_with_sum((1,) * len(among), tuple(tied[among].tolist()), count - first):
            out = self.ranks(first, size)
            out[among] += np.array(shares)
            if (out != chosen).any():
                yield out


@dataclass(frozen=True, slots=True)
class Ties:
    """What else is as good as an optimal allocation.

    Attributes:
        is_unique: whether nothing is.
        alternatives: other rank vectors that are, at most eight.
    """

    is_unique: bool
    alternatives: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Allocation:
    """An optimal distribution of ranks over blocks.

    Attributes:
        ranks: rank of each block; ranks without gain are not spent.
        left: the sum of the gains that are not taken.
        best_left: ``best_left[b]`` is the smallest such sum at cost at most b, for b = 0..budget.

    >>> tied = allocate([np.array([2.0]), np.array([2.0])], weights=[1, 1], budget=1)
    >>> tied.ranks, tied.ties()
    ((1, 0), Ties(is_unique=False, alternatives=((0, 1),)))
    """

    ranks: tuple[int, ...]
    left: float
    best_left: FloatArray
    _classes: tuple[_WeightClass, ...]
    _tables: tuple[FloatArray, ...]
    _counts: tuple[int, ...]

    def ranks_at(self, budget: int) -> tuple[int, ...]:
        """Return the optimal ranks at a smaller budget, read off the same tables; they leave ``best_left[budget]``.

        The same vector as ``allocate`` finds with that budget, ties included.  Raises ValueError unless ``budget`` is
        an integer from 0 to the budget of this allocation.

        >>> best = allocate([np.array([5.0, 3.0]), np.array([9.0])], weights=[1, 2], budget=3)
        >>> [best.ranks_at(b) for b in range(4)]
        [(0, 0), (1, 0), (0, 1), (1, 1)]
        """
        largest = len(self.best_left) - 1
        if as_nonnegative_int("budget", budget) > largest:
            raise invalid("budget", f"at most {largest}", budget, "allocate with a larger budget")
        return _ranks(self._classes, _best_counts(self._classes, self._tables, budget), len(self.ranks))

    def ties(self, tie: float = 0.0) -> Ties:
        """Return what else leaves as little over, up to ``tie``."""
        size = len(self.ranks)
        # To leave out a gain that is below the tie is no other optimum: what is taken then lies within this one.
        others = (
            c
            for c in _optimal_counts(self._classes, self._tables, tie)
            if any(mine < its for mine, its in zip(self._counts, c, strict=True))
        )
        optima = [self._counts, *islice(others, _MOST_ALTERNATIVES)]
        unique = len(optima) == 1 and not any(
            c.is_tied(k, tie) for c, k in zip(self._classes, self._counts, strict=True)
        )

        def vectors() -> Iterator[tuple[int, ...]]:
            for counts in optima:
                choices = [
                    list(islice(c.tied_ranks(k, size, tie), _MOST_ALTERNATIVES + 1))
                    for c, k in zip(self._classes, counts, strict=True)
                ]
                for combination in product(*choices):
                    yield tuple(sum(combination, np.zeros(size, dtype=np.int64)).tolist())

        found = dict.fromkeys(v for v in islice(vectors(), 4 * _MOST_ALTERNATIVES) if v != self.ranks)
        return Ties(unique, tuple(found)[:_MOST_ALTERNATIVES])


def allocate(gains: Sequence[FloatArray], weights: Sequence[int], budget: int, *, zero: float = 0.0) -> Allocation:
    """Return a best allocation of at most ``budget``; on ties the earlier blocks and the lower cost.

    Args:
        gains: per block its nonnegative gains, descending.
        weights: per block the cost of one rank.
        budget: the real rank to spend.
        zero: gains up to this number count as zero: they are never taken, and never left over.

    >>> best = allocate([np.array([5.0, 3.0]), np.array([9.0])], weights=[1, 2], budget=2)
    >>> best.ranks, best.left, best.best_left.tolist()
    ((0, 1), 8.0, [17.0, 12.0, 8.0])
    """
    classes = tuple(_weight_class(gains, weights, w, budget, zero) for w in sorted(set(weights)))
    tables = [np.full(budget + 1, np.inf)]
    tables[0][0] = 0.0
    for c in classes:
        tables.append(combined(tables[-1], c.weight, c.left))
    final = tables[-1]
    counts = _best_counts(classes, tables, budget)
    ranks = _ranks(classes, counts, len(gains))
    return Allocation(ranks, float(final.min()), np.minimum.accumulate(final), classes, tuple(tables), counts)


def combined(before: FloatArray, weight: int, left: FloatArray) -> FloatArray:
    """Return the least that is left over at each exact cost, once a weight class joins.

    Args:
        before: the same without the class, one entry per cost; infinite where no choice costs that.
        weight: cost of one rank of the class.
        left: ``left[c]`` is the least that the class leaves over with c ranks; not longer than the costs allow.

    >>> combined(np.array([4.0, np.inf, 1.0, np.inf]), 1, np.array([3.0, 0.0])).tolist()
    [7.0, 4.0, 4.0, 1.0]
    """
    after = np.full(len(before), np.inf)
    reached = np.flatnonzero(np.isfinite(before))
    if len(reached) < len(left):  # loops over the fewer terms
        for cost in reached.tolist():
            window = after[cost::weight]
            size = min(len(window), len(left))
            np.minimum(window[:size], before[cost] + left[:size], out=window[:size])
    else:
        for count, rest in enumerate(left.tolist()):
            shift = weight * count
            np.minimum(after[shift:], before[: len(before) - shift] + rest, out=after[shift:])
    return after


def _ranks(classes: Sequence[_WeightClass], counts: Sequence[int], size: int) -> tuple[int, ...]:
    ranks = sum((c.ranks(k, size) for c, k in zip(classes, counts, strict=True)), np.zeros(size, dtype=np.int64))
    return tuple(ranks.tolist())


def _best_counts(classes: Sequence[_WeightClass], tables: Sequence[FloatArray], budget: int) -> tuple[int, ...]:
    """The first of :func:`_optimal_counts` within a budget, without its loop over all numbers of ranks."""
    cost = int(np.argmin(tables[-1][: budget + 1]))
    counts: list[int] = []
    for level in range(len(classes), 0, -1):
        c, before = classes[level - 1], tables[level - 1]
        most = min(len(c.left) - 1, cost // c.weight)
        # The same sums that made the table, so that its entry is met exactly.
        sums = before[cost - c.weight * np.arange(most, -1, -1)] + c.left[most::-1]
        counts.append(most - int(np.argmax(sums <= tables[level][cost])))
        cost -= c.weight * counts[-1]
    return tuple(reversed(counts))


def _weight_class(
    gains: Sequence[FloatArray], weights: Sequence[int], weight: int, budget: int, zero: float
) -> _WeightClass:
    members = [i for i, w in enumerate(weights) if w == weight]
    kept = [gains[i][: np.searchsorted(-gains[i], -zero)].astype(np.float64) for i in members]
    values = np.concatenate([*kept, np.zeros(0)])
    blocks = np.repeat(np.asarray(members, dtype=np.int64), [len(k) for k in kept])
    order = np.argsort(-values, kind="stable")
    values, blocks = values[order], blocks[order]
    left = np.concatenate([np.cumsum(values[::-1])[::-1], [0.0]])  # summed from the smallest gain up
    return _WeightClass(weight, values, blocks, left[: budget // weight + 1])


def _optimal_counts(
    classes: tuple[_WeightClass, ...], tables: Sequence[FloatArray], tie: float
) -> Iterator[tuple[int, ...]]:
    """All numbers of ranks per class that leave the least over, up to ``tie``."""

    def back(level: int, cost: int, spare: float) -> Iterator[tuple[int, ...]]:
        if level == 0:
            yield ()
            return
        c, before = classes[level - 1], tables[level - 1]
        for count in range(min(len(c.left) - 1, cost // c.weight), -1, -1):
            rest = cost - c.weight * count
            # The same sum that made the table, so that its minimum is met exactly even with no tolerance.
            lost = before[rest] + c.left[count] - tables[level][cost]
            if lost <= spare:
                for head in back(level - 1, rest, spare - lost):
                    yield (*head, count)

    final = tables[-1]
    least = final.min()
    for cost in sorted(np.flatnonzero(final <= least + tie).tolist(), key=lambda b: (final[b], b)):
        yield from back(len(classes), cost, tie - float(final[cost] - least))
