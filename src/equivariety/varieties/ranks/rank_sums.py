"""Facts of a union of astronomically many components: sums over all maximal rank vectors, never enumerated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from equivariety.varieties.ranks.rank_budget import RankBudget

__all__ = ["binomial_coefficient", "binomial_products", "binomial_sum", "largest_sum"]


def binomial_sum(budget: RankBudget) -> int:
    """Return the sum over the maximal vectors of ``prod_i binomial(caps[i], r_i)``, an exact int.

    At each slack it is one coefficient of ``prod_i (1 + t^weights[i])^caps[i]`` over the free blocks, since the full
    ones count once.

    >>> binomial_sum(RankBudget((1, 2), (2, 2), rank=2))
    3
    """
    total = 0
    for slack, fixed, weights, caps in budget.slack_levels(exact=False):
        total += binomial_coefficient(weights, caps, budget.rank - slack - fixed)
    return total


def binomial_products(budget: RankBudget) -> int:
    """Return about how many products of long integers :func:`binomial_sum` takes.

    >>> binomial_products(RankBudget((1, 2, 3), (9, 9, 9), rank=6))
    22
    """
    total = 0
    for slack, fixed, weights, caps in budget.slack_levels(exact=False):
        power = budget.rank - slack - fixed
        sizes: dict[int, int] = {}
        for weight, cap in zip(weights, caps, strict=True):
            sizes[weight] = sizes.get(weight, 0) + cap
        if power < 0:
            continue
        *others, _ = sorted(min(size, power // weight) + 1 for weight, size in sizes.items()) or [1]
        states = 1
        for terms in others:
            total += states * terms
            states = min(states * terms, power + 1)
        total += states
    return total


def binomial_coefficient(weights: Sequence[int], caps: Sequence[int], power: int) -> int:
    """Return the coefficient of t^power in ``prod_i (1 + t^weights[i])^caps[i]``, 0 for negative powers.

    >>> binomial_coefficient((1, 2), (2, 2), 2)
    3
    """
    if power < 0:
        return 0
    sizes: dict[int, int] = {}
    for weight, cap in zip(weights, caps, strict=True):
        if cap:
            sizes[weight] = sizes.get(weight, 0) + cap
    # The factor with the most terms comes last: of its product with the others one coefficient is needed.
    *others, (weight, size) = sorted(sizes.items(), key=lambda item: min(item[1], power // item[0])) or [(1, 0)]
    series = {0: 1}
    for w, s in others:
        terms = list(_binomials(s, power // w))
        fresh: dict[int, int] = {}
        for cost, value in series.items():
            for k, b in enumerate(terms[: (power - cost) // w + 1]):
                fresh[cost + w * k] = fresh.get(cost + w * k, 0) + b * value
        series = fresh
    last = list(_binomials(size, power // weight))
    places = ((divmod(power - cost, weight), value) for cost, value in series.items())
    return sum(last[k] * value for (k, rest), value in places if rest == 0 and k < len(last))


def _binomials(size: int, most: int) -> Iterator[int]:
    """``binomial(size, k)`` for k = 0, ..., min(size, most), each from the one before."""
    value = 1
    for k in range(min(size, most) + 1):
        yield value
        value = value * (size - k) // (k + 1)


def largest_sum(columns: Sequence[Sequence[int | None]], budget: RankBudget) -> int | None:
    """Return the largest sum of ``columns[i][r_i]`` over the maximal vectors of the budget.

    Args:
        columns: per block a value for each rank 0..caps[i]; ranks beyond the bound may be missing.  None excludes the
            vectors with that rank.
        budget: the feasible rank vectors.

    None if every maximal vector is excluded.

    >>> largest_sum([[0, 3, None], [5, 0]], RankBudget((1, 2), (2, 1), rank=2))
    0
    """
    totals = []
    for slack in range(min(max(budget.weights, default=1), budget.rank + 1)):
        # At this slack the blocks that cost no more are full, and everything costs ``rank - slack`` together.
        best = np.full(budget.rank - slack + 1, -np.inf)
        best[0] = 0.0
        for weight, cap, column in zip(budget.weights, budget.caps, columns, strict=True):
            fresh = np.full(len(best), -np.inf)
            for r in range(cap if weight <= slack else 0, min(cap, (len(best) - 1) // weight) + 1):
                value = column[r]
                if value is not None:
                    shift = weight * r
                    np.maximum(fresh[shift:], best[: len(best) - shift] + value, out=fresh[shift:])
            best = fresh
        totals.append(float(best[-1]))
    largest = max(totals)
    return None if largest == -np.inf else int(largest)
