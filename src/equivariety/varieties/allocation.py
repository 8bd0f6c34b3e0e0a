"""The best distribution of a real rank over blocks: an exact knapsack.

The k-th rank of block i gains ``gains[i][k]``, descending in k, and costs ``weights[i]``.  Among blocks of one weight
the best c ranks are simply the c largest gains (descending gains make every prefix feasible), so the dynamic
programme runs over the few distinct weights, not over the blocks.  Picking the largest gains regardless of weight
("greedy") is wrong in general.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product

import numpy as np

from equivariety._typing import FloatArray, IntArray

__all__ = ["Allocation", "allocate"]

_MOST_ALTERNATIVES = 8


@dataclass(frozen=True, slots=True)
class _WeightClass:
    """The positive gains of all blocks of one weight, descending; equal gains keep the order of the blocks."""

    weight: int
    gains: FloatArray
    blocks: IntArray
    prefix: FloatArray  # prefix[c]: the sum of the c largest gains

    def ranks(self, count: int, size: int) -> IntArray:
        return np.bincount(self.blocks[:count], minlength=size)

    def is_tied(self, count: int, tie: float) -> bool:
        return 0 < count < len(self.gains) and bool(self.gains[count - 1] - self.gains[count] <= tie)

    def tied_ranks(self, count: int, size: int, tie: float) -> Iterator[IntArray]:
        """The ranks of the ``count`` largest gains, then those with one gain exchanged for an equal one."""
        chosen = self.ranks(count, size)
        yield chosen
        if not self.is_tied(count, tie):
            return
        boundary = self.gains[count - 1]
        first = int(np.searchsorted(-self.gains, -(boundary + tie)))
        last = int(np.searchsorted(-self.gains, -(boundary - tie), side="right"))
        for taken, spare in product(np.unique(self.blocks[first:count]), np.unique(self.blocks[count:last])):
            if taken != spare:
                out = chosen.copy()
                out[taken] -= 1
                out[spare] += 1
                yield out


@dataclass(frozen=True)
class Allocation:
    """An optimal distribution of ranks over blocks.

    Attributes:
        ranks: rank of each block; ranks without gain are not spent.
        value: the sum of the gains.
        best_values: ``best_values[b]`` is the largest value at cost at most b, for b = 0..budget.

    >>> tied = allocate([np.array([2.0]), np.array([2.0])], weights=[1, 1], budget=1)
    >>> tied.ranks, tied.is_unique, tied.alternatives
    ((1, 0), False, ((0, 1),))
    """

    ranks: tuple[int, ...]
    value: float
    best_values: FloatArray
    _classes: tuple[_WeightClass, ...]
    _counts: tuple[tuple[int, ...], ...]
    _tie: float

    @cached_property
    def is_unique(self) -> bool:
        """Whether no other choice of gains has the same value, up to the tie tolerance."""
        return len(self._counts) == 1 and not any(
            c.is_tied(count, self._tie) for c, count in zip(self._classes, self._counts[0], strict=True)
        )

    @cached_property
    def alternatives(self) -> tuple[tuple[int, ...], ...]:
        """Other rank vectors of the same value, at most eight of them."""
        size = len(self.ranks)

        def vectors() -> Iterator[tuple[int, ...]]:
            for counts in self._counts:
                choices = [
                    list(islice(c.tied_ranks(k, size, self._tie), _MOST_ALTERNATIVES + 1))
                    for c, k in zip(self._classes, counts, strict=True)
                ]
                for combination in product(*choices):
                    yield tuple(sum(combination, np.zeros(size, dtype=np.int64)).tolist())

        others = dict.fromkeys(v for v in islice(vectors(), 4 * _MOST_ALTERNATIVES) if v != self.ranks)
        return tuple(others)[:_MOST_ALTERNATIVES]


def allocate(
    gains: Sequence[FloatArray], weights: Sequence[int], budget: int, *, zero: float = 0.0, tie: float = 0.0
) -> Allocation:
    """Return a best allocation of at most ``budget``.

    Args:
        gains: per block its nonnegative gains, descending.
        weights: per block the cost of one rank.
        budget: the real rank to spend.
        zero: gains up to this number count as zero and are never taken.
        tie: gains and values closer than this count as equal when ties are reported.

    >>> best = allocate([np.array([5.0, 3.0]), np.array([9.0])], weights=[1, 2], budget=2)
    >>> best.ranks, best.value, best.best_values.tolist()
    ((0, 1), 9.0, [0.0, 5.0, 9.0])
    """
    classes = tuple(_weight_class(gains, weights, w, budget, zero) for w in sorted(set(weights)))
    tables = [np.full(budget + 1, -np.inf)]
    tables[0][0] = 0.0
    for c in classes:
        before = tables[-1]
        after = np.full(budget + 1, -np.inf)
        for count, value in enumerate(c.prefix.tolist()):
            shift = c.weight * count
            np.maximum(after[shift:], before[: budget + 1 - shift] + value, out=after[shift:])
        tables.append(after)
    final = tables[-1]
    value = float(final.max())
    counts = tuple(islice(_optimal_counts(classes, tables, tie), _MOST_ALTERNATIVES))
    size = len(gains)
    ranks = sum((c.ranks(k, size) for c, k in zip(classes, counts[0], strict=True)), np.zeros(size, dtype=np.int64))
    return Allocation(tuple(ranks.tolist()), value, np.maximum.accumulate(final), classes, counts, tie)


def _weight_class(
    gains: Sequence[FloatArray], weights: Sequence[int], weight: int, budget: int, zero: float
) -> _WeightClass:
    members = [i for i, w in enumerate(weights) if w == weight]
    kept = [gains[i][: np.searchsorted(-gains[i], -zero)].astype(np.float64) for i in members]
    values = np.concatenate([*kept, np.zeros(0)])
    blocks = np.repeat(np.asarray(members, dtype=np.int64), [len(k) for k in kept])
    order = np.argsort(-values, kind="stable")
    values, blocks = values[order], blocks[order]
    prefix = np.concatenate([[0.0], np.cumsum(values[: budget // weight])])
    return _WeightClass(weight, values, blocks, prefix)


def _optimal_counts(
    classes: tuple[_WeightClass, ...], tables: list[FloatArray], tie: float
) -> Iterator[tuple[int, ...]]:
    """All numbers of ranks per class that reach the best value up to ``tie``, best first found first."""

    def back(level: int, cost: int, spare: float) -> Iterator[tuple[int, ...]]:
        if level == 0:
            yield ()
            return
        c, before = classes[level - 1], tables[level - 1]
        for count in range(min(len(c.prefix) - 1, cost // c.weight), -1, -1):
            rest = cost - c.weight * count
            # The same sum that made the table, so that its maximum is met exactly even with no tolerance.
            lost = tables[level][cost] - (before[rest] + c.prefix[count])
            if lost <= spare:
                for head in back(level - 1, rest, spare - lost):
                    yield (*head, count)

    final = tables[-1]
    value = final.max()
    for cost in sorted(np.flatnonzero(final >= value - tie).tolist(), key=lambda b: (-final[b], b)):
        yield from back(len(classes), cost, tie - float(value - final[cost]))
