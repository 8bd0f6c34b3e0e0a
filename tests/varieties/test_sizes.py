"""Large groups and unbounded ranks are answered without long loops, and as small ones are."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.varieties.ranks.allocation import allocate


def test_unbounded_rank_of_a_long_cycle():
    space = ev.equivariant_maps(ev.groups.cyclic(60_000))
    assert space.rank == space.dim == 60_000
    assert space.num_components() == 1


def test_fit_without_a_bound_on_a_long_cycle(rng):
    data = rng.standard_normal((3, 30_000))
    fit = ev.fit(ev.equivariant_maps(ev.groups.cyclic(30_000)), data)
    assert fit.loss == pytest.approx(0.0, abs=1e-12)
    assert len(fit.best_losses) == 30_001


def test_both_loops_of_the_knapsack_agree(rng):
    """Few terms in one class or in the other: the same answer as with the classes exchanged."""
    few = [np.sort(rng.random(2))[::-1]]
    many = [np.sort(rng.random(6))[::-1] for _ in range(5)]
    for budget in (0, 1, 7, 20, 40, 70):
        first = allocate(few + many, [1] + [2] * 5, budget)
        brute = min(
            few[0][a:].sum() + np.sort(np.concatenate(many))[::-1][(budget - a) // 2 :].sum()
            for a in range(3)
            if a <= budget
        )
        assert first.left == pytest.approx(brute)
        second = allocate(many + few, [1] * 5 + [2], budget)
        brute = min(
            few[0][a:].sum() + np.sort(np.concatenate(many))[::-1][budget - 2 * a :].sum()
            for a in range(3)
            if 2 * a <= budget
        )
        assert second.left == pytest.approx(brute)


def test_projection_of_entries_near_the_largest_float():
    space = ev.equivariant_maps(ev.groups.cyclic(6), rank=3)
    result = space.project(np.full((6, 6), 1e308))
    np.testing.assert_allclose(result.point, 1e308, rtol=1e-12)
    assert result.distance <= 1e295
    assert space.contains(np.full((6, 6), 1e308))
