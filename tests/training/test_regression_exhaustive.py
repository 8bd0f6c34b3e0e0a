"""The optimum of ``fit`` with targets, weights, ridge and intercept against least squares on the orbit of the data."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

import equivariety as ev
from laws.regression_problems import (
    ROUTES,
    Problem,
    check_against_matrix,
    check_numbers,
    deficient,
    dense_of,
    equivariant,
    every_data,
    every_family,
    every_option,
    few_samples,
    integers,
    problem,
    related,
    tied,
)


@every_option
@every_data
@every_family
def test_the_optimum_is_the_best_of_all_components(family, data, options, rng):
    """300 combinations of maps, data and options, one random instance each."""
    case = problem(rng, family, data, options)
    brute, space = case.brute, case.space
    table = brute.objectives(case.bound)
    best = min(table.values())
    routes = ROUTES if case.Y is not None or "intercept" in case.options else (*ROUTES, "moment matrix")
    fit = case.fit(route=routes[int(rng.integers(len(routes)))])
    check_numbers(case, fit)
    assert fit.objective == pytest.approx(best, abs=case.tolerance)
    assert fit.component.is_component
    assert table[tuple(fit.ranks)] == pytest.approx(best, abs=case.tolerance)
    for other in fit.alternatives:
        assert tuple(other) != tuple(fit.ranks)
        assert table[tuple(other)] == pytest.approx(best, abs=case.tolerance)
    expected = [min(brute.objectives(r).values()) for r in range(space.rank + 1)]
    np.testing.assert_allclose(fit.best_losses, expected, atol=case.tolerance)
    for found, gains in zip(fit.spectra.values(), brute.gains, strict=True):
        short = min(len(found), len(gains))
        np.testing.assert_allclose(found[:short], gains[:short], atol=case.tolerance)
        assert np.all(np.abs(gains[short:]) <= case.tolerance)
        assert np.all(np.diff(found) <= 0)
    # Unique exactly if the oracle sees one way to spend the rank, and no tie at its end; silent when it is close.
    optimal = brute.optimal_ranks(case.bound, 1e-11 * brute.scale)
    near = brute.optimal_ranks(case.bound, 1e-6 * brute.scale)
    vector = tuple(fit.ranks)
    if len(near) == 1 and brute.is_separated(vector, 1e-5):
        assert fit.is_unique
        check_against_matrix(case, fit, vector)
    elif len(optimal) > 1 or not brute.is_separated(vector, 1e-12):
        assert not fit.is_unique


@every_option
@every_family
def test_every_component_reaches_its_own_optimum(family, options, rng):
    for data in (related, integers, few_samples):
        case = problem(rng, family, data, options)
        table = case.brute.objectives(case.bound)
        for component in islice(case.space.components(), 6):
            fit = case.fit(component)
            check_numbers(case, fit)
            assert fit.component == component
            assert fit.best_losses is None
            assert fit.objective == pytest.approx(table[tuple(component.ranks)], abs=case.tolerance)
            if case.brute.is_separated(component.ranks, 1e-5):
                assert fit.is_unique
                check_against_matrix(case, fit, component.ranks)


@every_option
def test_strata_are_fitted_too(options, rng):
    """Rank vectors that are not maximal."""
    for data in (related, integers, deficient):
        case = problem(rng, equivariant, data, options)
        ranks = [int(rng.integers(0, block.max_rank + 1)) for block in case.whole.blocks]
        case = Problem(case.whole, case.whole.rank, case.X, case.Y, case.options, case.brute)
        fit = case.fit(case.whole.stratum(ranks))
        check_numbers(case, fit)
        assert tuple(fit.ranks) == tuple(ranks)
        assert fit.objective == pytest.approx(case.brute.objective(ranks), abs=case.tolerance)


@every_option
@every_family
def test_the_ranking_lists_every_component_once(family, options, rng):
    for data in (related, integers, tied):
        case = problem(rng, family, data, options)
        table = case.brute.objectives(case.bound)
        fit = case.fit(k_best=3)
        ranking = list(fit.ranked_components())
        assert {tuple(item.component.ranks) for item in ranking} == set(table)
        assert len(ranking) == len(table) == case.space.num_components()
        assert ranking[0].component == fit.component
        assert ranking[0].loss == pytest.approx(fit.loss, abs=case.tolerance)
        assert ranking[0].gap == 0.0
        for item, value in zip(ranking, sorted(table.values()), strict=True):
            ranks = tuple(item.component.ranks)
            assert item.component.is_component
            assert item.objective == pytest.approx(value, abs=case.tolerance)
            assert item.objective == pytest.approx(table[ranks], abs=case.tolerance)
            assert item.gap == pytest.approx(item.objective - fit.objective, abs=case.tolerance)
            assert item.gap >= 0.0
            if case.brute.is_separated(ranks, 1e-5):
                assert item.loss == pytest.approx(sum(case.brute.losses(ranks)), abs=10 * case.tolerance)
        # Ties may come in either order, so gaps rise up to rounding only.
        assert np.diff([item.gap for item in ranking]).min(initial=0.0) >= -1e-14 * case.brute.scale

        def facts(items):
            return [(tuple(item.component.ranks), item.loss, item.objective, item.gap) for item in items]

        assert facts(fit.k_best) == facts(ranking[:3])
        assert facts([fit.runner_up] if fit.runner_up else []) == facts(ranking[1:2])
        assert facts(case.fit().k_best) == facts(ranking[:1])
        assert facts(islice(case.fit().ranked_components(), 5)) == facts(ranking[:5])
        # An item's numbers are those of a fit in its component.
        item = ranking[int(rng.integers(len(ranking)))]
        alone = case.fit(item.component)
        assert alone.objective == pytest.approx(item.objective, abs=case.tolerance)
        if case.brute.is_separated(item.component.ranks, 1e-5):
            assert alone.loss == pytest.approx(item.loss, abs=case.tolerance)


@every_option
@every_family
def test_the_path_equals_separate_fits(family, options, rng):
    for data in (related, integers):
        case = problem(rng, family, data, options)
        path = ev.fit_path(case.space, case.X, case.Y, **case.options)
        size = case.space.rank + 1
        assert len(path) == len(path.losses) == len(path.objectives) == len(path.ranks) == size
        for r in range(size):
            alone, step = case.fit(case.at(r)), path[r]
            table = case.brute.objectives(r)
            best = min(table.values())
            assert path.objectives[r] == pytest.approx(best, abs=case.tolerance)
            assert table[tuple(path.ranks[r])] == pytest.approx(best, abs=case.tolerance)
            assert path.ranks[r] == alone.ranks == step.ranks
            assert step.objective == pytest.approx(alone.objective, abs=case.tolerance)
            assert path.losses[r] == pytest.approx(alone.loss, abs=case.tolerance)
            assert step.loss == pytest.approx(alone.loss, abs=case.tolerance)
            assert step.component.space.rank == r
            assert step.is_unique == alone.is_unique
            assert step.losses_by_block == pytest.approx(alone.losses_by_block, abs=case.tolerance)
            np.testing.assert_allclose(np.asarray(step.map), np.asarray(alone.map), atol=1e-9)
            if step.intercept is None:
                assert alone.intercept is None
            else:
                np.testing.assert_allclose(step.intercept, alone.intercept, atol=1e-9 * (1 + abs(case.X).max()))
            check_numbers(Problem(case.whole, r, case.X, case.Y, case.options, case.brute), step)
        removed = path.objectives[0] - path.objectives
        for share in (0.0, 0.5, 0.95, 1.0):
            r = path.smallest_rank(explained=share)
            assert removed[r] >= share * removed[-1] - case.tolerance
            assert r == 0 or removed[r - 1] < share * removed[-1] + case.tolerance


@every_option
@every_family
def test_no_other_map_of_the_space_is_better(family, options, rng):
    case = problem(rng, family, related, options)
    brute = case.brute
    fit = case.fit()
    matrix, _ = dense_of(fit)
    tiny = 1e-12 * brute.scale
    for vector in brute.space.vectors(case.bound)[:8]:
        for size in (1e2, 1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6):
            near = brute.space.member(matrix + size * rng.standard_normal(matrix.shape), vector)
            assert brute.objective_of(near, brute.intercept(near)) >= fit.objective - tiny
            if fit.intercept is not None:
                c = fit.intercept + size * brute.space.fixed(rng.standard_normal(len(matrix)))
                assert brute.objective_of(matrix, c) >= fit.objective - tiny
                assert brute.objective_of(near, c) >= fit.objective - tiny
    for scale in (0.5, 0.999, 1.001, 2.0):
        assert brute.objective_of(scale * matrix, brute.intercept(scale * matrix)) >= fit.objective - tiny
