"""The knapsack against a search through all feasible vectors; integer gains provoke ties."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from equivariety.varieties.ranks.allocation import Ties, allocate

INTEGERS = st.integers(0, 6)


@st.composite
def problems(draw, gain=INTEGERS):
    size = draw(st.integers(1, 5))
    weights = [draw(st.sampled_from([1, 2, 3, 4])) for _ in range(size)]
    gains = [
        np.array(sorted(draw(st.lists(gain, max_size=4 if size < 4 else 3)), reverse=True), dtype=float)
        for _ in range(size)
    ]
    budget = draw(st.integers(0, sum(w * len(g) for w, g in zip(weights, gains, strict=True)) + 2))
    return gains, weights, budget


def every_vector(gains, weights, budget):
    """(value, cost, vector) of all feasible vectors."""
    for vector in product(*(range(len(g) + 1) for g in gains)):
        cost = sum(w * r for w, r in zip(weights, vector, strict=True))
        if cost <= budget:
            yield sum(float(g[:r].sum()) for g, r in zip(gains, vector, strict=True)), cost, vector


def total(gains):
    return sum(float(g.sum()) for g in gains)


def optimal_selections(gains, weights, budget, value):
    """Number of sets of positive gains that reach the value: which one of equal gains is taken counts."""
    items = [(w, float(x)) for g, w in zip(gains, weights, strict=True) for x in g if x > 0]
    # ways[(cost, value)]: number of subsets
    ways = {(0, 0.0): 1}
    for w, x in items:
        for (cost, total), count in list(ways.items()):
            if cost + w <= budget:
                key = (cost + w, total + x)
                ways[key] = ways.get(key, 0) + count
    return sum(count for (_, total), count in ways.items() if total == value)


@given(problems())
def test_against_all_feasible_vectors(problem):
    gains, weights, budget = problem
    everything = list(every_vector(gains, weights, budget))
    best = allocate(gains, weights, budget)
    optimum = max(value for value, _, _ in everything)
    ties = best.ties()
    assert best.left == total(gains) - optimum
    values = {vector: (value, cost) for value, cost, vector in everything}
    assert values[best.ranks][0] == optimum
    # No rank is spent without a gain.
    assert all(r <= np.count_nonzero(g > 0) for r, g in zip(best.ranks, gains, strict=True))
    assert best.best_left.tolist() == [
        total(gains) - max(value for value, cost, _ in everything if cost <= b) for b in range(budget + 1)
    ]
    positive = {
        v
        for v, (value, _) in values.items()
        if value == optimum and all(r <= np.count_nonzero(g > 0) for r, g in zip(v, gains, strict=True))
    }
    assert ties.is_unique == (optimal_selections(gains, weights, budget, optimum) == 1)
    for other in ties.alternatives:
        assert other in positive
        assert other != best.ranks
    assert len(set(ties.alternatives)) == len(ties.alternatives) <= 8
    if len(positive) > 1:
        assert ties.alternatives
        assert not ties.is_unique


@example(([np.array([1.0, 1.0]), np.array([1.0])], [1, 2], 2), 1.0)
@given(problems(gain=st.integers(0, 9) | st.floats(0.0, 9.0)), st.sampled_from([0.0, 0.5, 1.0, 2.0, 4.0]))
def test_tie_tolerance_never_changes_the_value(problem, tie):
    gains, weights, budget = problem
    optimum = max(value for value, _, _ in every_vector(gains, weights, budget))
    best = allocate(gains, weights, budget)
    reached = sum(float(g[:r].sum()) for g, r in zip(gains, best.ranks, strict=True))
    # What counts is the sum that is left over; beside it a gain may be below rounding.
    assert reached == pytest.approx(optimum, rel=1e-12, abs=1e-12 * total(gains))
    assert best.left == pytest.approx(total(gains) - optimum, rel=1e-12, abs=1e-12)
    for other in best.ties(tie).alternatives:
        value = sum(float(g[:r].sum()) for g, r in zip(gains, other, strict=True))
        assert value >= optimum - (tie + 1e-9) * (1 + sum(map(len, gains)))


def test_greedy_is_wrong():
    gains = [np.array([3.0, 3.0]), np.array([4.0])]
    best = allocate(gains, [1, 2], 2)
    assert (best.ranks, best.left, best.ties().is_unique) == ((2, 0), 4.0, True)
    best = allocate([np.array([5.0]), np.array([9.0])], [1, 2], 2)
    assert best.ranks == (0, 1)


def test_gains_up_to_zero_are_not_taken():
    best = allocate([np.array([5.0, 1e-3]), np.array([1e-3])], [1, 1], 3, zero=1e-3)
    assert best.ranks == (1, 0)
    assert best.left == 0.0
    assert best.ties().is_unique


def test_small_gains_survive_beside_large_ones():
    best = allocate([np.array([1.0, 1e-20]), np.array([1e-16])], [1, 1], 2)
    assert best.ranks == (1, 1)
    assert best.left == 1e-20
    assert best.ties().is_unique


def test_near_ties_are_reported_and_not_taken():
    gains = [np.array([1.0, 1.0]), np.array([2.0 + 1e-9])]
    best = allocate(gains, [1, 2], 2)
    assert best.ranks == (0, 1)
    assert best.ties().is_unique
    assert not best.ties(1e-6).is_unique
    assert best.ties(1e-6).alternatives == ((2, 0),)
    gains = [np.array([1.0, 1.0]), np.array([2.0 - 1e-9])]
    best = allocate(gains, [1, 2], 2)
    assert best.ranks == (2, 0)
    assert best.ties(1e-6).alternatives == ((0, 1),)


def test_leaving_out_a_small_gain_is_no_other_optimum():
    """It leaves as little over, up to the tie, but lies within the optimum; an exchange of small gains is another."""
    nested = allocate([np.array([1.0, 0.5, 1e-8])], weights=[1], budget=3)
    assert nested.ranks == (3,)
    assert nested.ties(1e-6) == Ties(is_unique=True, alternatives=())
    mixed = allocate([np.array([1.0, 1e-8]), np.array([2e-8])], weights=[1, 2], budget=3)
    found = mixed.ties(1e-6)
    assert not found.is_unique
    assert (mixed.ranks, found.alternatives) == ((1, 1), ((2, 0),))
