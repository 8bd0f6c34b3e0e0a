"""The degree of a union of components: those of largest dimension, and how they multiply, never listed one by one.

The dimension of a block is strictly concave in its rank.  So within one weight the best c ranks are the c largest steps
of dimension, and the only choice is which of the blocks whose next step has exactly the boundary value take it.  Over
the weights runs the same dynamic programme as for the best allocation; large integers are multiplied only at states
that a vector of largest dimension passes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import comb

import numpy as np

from equivariety._typing import FloatArray
from equivariety.varieties.ranks.allocation import combined
from equivariety.varieties.ranks.rank_budget import RankBudget

__all__ = ["top_degree"]


def top_degree(steps: Sequence[FloatArray], degree: Callable[[int, int], int], budget: RankBudget) -> tuple[int, int]:
    """Return the largest dimension of a feasible vector, and the sum of degree products over those that attain it.

    Args:
        steps: per block what each rank 1..caps[i] adds to the dimension: positive whole numbers, strictly falling.
            Vectors of largest dimension are then maximal.
        degree: the degree of a block (its position) at a rank.
        budget: the feasible rank vectors.

    >>> degrees = [[1, 2, 1], [1, 4, 1]]
    >>> top_degree([np.array([3, 1]), np.array([6, 2])], lambda i, r: degrees[i][r], RankBudget((1, 2), (2, 2), rank=2))
    (6, 4)
    """
    classes = [_Class(steps, degree, budget, w) for w in sorted(set(budget.weights))]
    tables = [np.full(budget.rank + 1, np.inf)]
    tables[0][0] = 0.0
    for c in classes:
        tables.append(combined(tables[-1], c.weight, c.left))
    known: dict[tuple[int, int], int] = {}

    def degrees(level: int, cost: int) -> int:
        """The sum over the choices of the first classes that reach the least of the table at this cost."""
        if level == 0:
            return 1
        if (level, cost) not in known:
            c, before = classes[level - 1], tables[level - 1]
            counts = np.arange(min(len(c.left) - 1, cost // c.weight) + 1)
            best = counts[before[cost - c.weight * counts] + c.left[counts] == tables[level][cost]]
            found = (degrees(level - 1, cost - c.weight * n) * c.degree(n) for n in best.tolist())
            known[level, cost] = sum(found)
        return known[level, cost]

    final = tables[-1]
    largest = sum(int(c.left[0]) for c in classes) - int(final.min())
    return largest, sum(degrees(len(classes), cost) for cost in np.flatnonzero(final == final.min()).tolist())


class _Class:
    """The blocks of one weight.

    Attributes:
        weight: cost of one rank.
        left: ``left[c]`` is the sum of all but the c largest steps, exact as float64.
    """

    def __init__(
        self, steps: Sequence[FloatArray], degree: Callable[[int, int], int], budget: RankBudget, weight: int
    ) -> None:
        self.weight = weight
        self._degree = degree
        self._steps = {i: -np.asarray(steps[i]) for i, w in enumerate(budget.weights) if w == weight}
        self._sorted = np.sort(np.concatenate(list(self._steps.values())))  # both ascending, of the negative steps
        sums = np.cumsum(np.concatenate([[0.0], -self._sorted[::-1]]))[::-1]
        self.left = sums[: budget.rank // weight + 1]

    def degree(self, count: int) -> int:
        """The sum of degree products over the ways to take ``count`` ranks of largest dimension."""
        boundary = self._sorted[count - 1] if count else -np.inf
        tied: Counter[tuple[int, int]] = Counter()
        fixed: Counter[int] = Counter()
        for i, own in self._steps.items():
            r = int(np.searchsorted(own, boundary))
            count -= r
            if r < len(own) and own[r] == boundary:
                tied[self._degree(i, r), self._degree(i, r + 1)] += 1
            else:
                fixed[self._degree(i, r)] += 1
        product = _coefficient(tied, count)
        for value, times in fixed.items():
            product *= value**times
        return product


def _coefficient(pairs: Counter[tuple[int, int]], power: int) -> int:
    """The coefficient of x^power in the product of ``(low + high x)^times`` over the pairs (low, high)."""
    sums = {0: 1}
    room = pairs.total()
    for (low, high), times in sorted(pairs.items(), key=lambda item: item[1]):
        room -= times  # how many the later pairs can take
        fresh: dict[int, int] = {}
        for taken, value in sums.items():
            for k in range(max(0, power - taken - room), min(times, power - taken) + 1):
                term = value * comb(times, k) * low ** (times - k) * high**k
                fresh[taken + k] = fresh.get(taken + k, 0) + term
        sums = fresh
    return sums.get(power, 0)
