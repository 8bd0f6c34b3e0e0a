"""Facts of a union of astronomically many components: sums over all maximal rank vectors, never enumerated."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

from equivariety.varieties.ranks.rank_budget import RankBudget

__all__ = ["binomial_coefficient", "binomial_sum", "top_degree"]


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


def binomial_coefficient(weights: Sequence[int], caps: Sequence[int], power: int) -> int:
    """Return the coefficient of t^power in ``prod_i (1 + t^weights[i])^caps[i]``, 0 for negative powers.

    >>> binomial_coefficient((1, 2), (2, 2), 2)
    3
    """
    if power < 0:
        return 0
    sizes: dict[int, int] = {}
    for weight, cap in zip(weights, caps, strict=True):
        sizes[weight] = sizes.get(weight, 0) + cap
    series = [1] + [0] * power
    for weight, size in sizes.items():
        binomials = [comb(size, k) for k in range(min(size, power // weight) + 1)]
        series = [
            sum(b * series[s - weight * k] for k, b in enumerate(binomials[: s // weight + 1]))
            for s in range(power + 1)
        ]
    return series[power]


def top_degree(dims: Sequence[Sequence[int]], degrees: Sequence[Sequence[int]], budget: RankBudget) -> tuple[int, int]:
    """Return the largest sum of ``dims[i][r_i]`` over feasible vectors, and the sum of degree products that attain it.

    Args:
        dims: per block the dimension for each rank 0..caps[i], strictly increasing: vectors of largest dimension are
            then maximal, and those below them have smaller dimension.
        degrees: per block the degree for each rank.
        budget: the feasible rank vectors.

    >>> top_degree([[0, 3, 4], [0, 6, 8]], [[1, 2, 1], [1, 4, 1]], RankBudget((1, 2), (2, 2), rank=2))
    (6, 4)
    """
    best: dict[int, tuple[int, int]] = {0: (0, 1)}  # cost -> largest dimension, sum of degrees there
    for weight, own_dims, own_degrees in zip(budget.weights, dims, degrees, strict=True):
        fresh: dict[int, tuple[int, int]] = {}
        for cost, (dim, degree) in best.items():
            for r, (d, g) in enumerate(zip(own_dims, own_degrees, strict=True)):
                key = cost + weight * r
                if key > budget.rank:
                    break
                old = fresh.get(key)
                if old is None or dim + d > old[0]:
                    fresh[key] = dim + d, degree * g
                elif dim + d == old[0]:
                    fresh[key] = old[0], old[1] + degree * g
        best = fresh
    largest = max(dim for dim, _ in best.values())
    return largest, sum(degree for dim, degree in best.values() if dim == largest)
