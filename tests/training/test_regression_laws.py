"""Laws between fits of regressions, data that are hard for the solver, and what textbooks know."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge

import equivariety as ev
from equivariety.training import regression, samples, statistics
from laws.brute_regression import BruteRegression, BruteSpace
from laws.regression_problems import (
    AUTOENCODER,
    FAMILIES,
    OPTIONS,
    ROUTES,
    check_numbers,
    deficient,
    every_family,
    every_option,
    everything,
    few_samples,
    integers,
    intercept,
    offset,
    plain,
    problem,
    related,
    ridge,
)
from oracles.read import with_one_generator


# -- laws between fits -------------------------------------------------------------------------------------------------
def same_fit(case, one, other):
    assert other.objective == pytest.approx(one.objective, abs=case.tolerance)
    assert other.loss == pytest.approx(one.loss, abs=case.tolerance)
    assert other.unreachable == pytest.approx(one.unreachable, abs=case.tolerance)
    assert other.ranks == one.ranks
    atol = 1e-7 * (1 + np.linalg.norm(np.asarray(one.map)))
    np.testing.assert_allclose(np.asarray(other.map), np.asarray(one.map), atol=atol)
    if one.intercept is not None:
        np.testing.assert_allclose(other.intercept, one.intercept, atol=atol * (1 + abs(case.X).max()))


@every_family
def test_a_weight_is_a_number_of_copies(family, rng):
    for options in (plain, ridge, intercept, everything):
        case = problem(rng, family, related, options)
        counts = rng.integers(0, 4, len(case.X))
        counts[0] = 2
        chosen = {k: v for k, v in case.options.items() if k != "sample_weight"}
        again = [None if a is None else np.repeat(a, counts, axis=0) for a in (case.X, case.Y)]
        same_fit(
            case,
            ev.fit(case.space, *again, **chosen),
            ev.fit(case.space, case.X, case.Y, sample_weight=counts, **chosen),
        )


@every_family
def test_scales_order_and_group_moves_change_nothing(family, rng):
    for options in OPTIONS:
        case = problem(rng, family, related, options)
        one = case.fit()
        alpha = case.options.get("alpha", 0.0)
        rest = {k: v for k, v in case.options.items() if k != "alpha"}
        weight = rest.pop("sample_weight", np.ones(len(case.X)))
        pair = (case.X, case.Y)

        def fitted(x, y, w, alpha=alpha, case=case, rest=rest):
            return ev.fit(case.space, x, y, sample_weight=w, alpha=alpha, **rest)

        for factor in (1e-8, 3.0, 1e8):
            same_fit(case, one, fitted(*pair, factor * weight, alpha=factor * alpha))
        order = rng.permutation(len(case.X))
        same_fit(case, one, fitted(*(None if a is None else a[order] for a in pair), weight[order]))
        # Every sample may be moved by its own element of the group.
        moves = rng.integers(len(case.brute.space.group), size=len(case.X))
        pairs = [case.brute.space.group[k] for k in moves]
        x = np.array([row[list(source)] for row, (source, _) in zip(case.X, pairs, strict=True)])
        y = case.Y
        if y is not None:
            y = np.array([row[list(target)] for row, (_, target) in zip(y, pairs, strict=True)])
        same_fit(case, one, fitted(x, y, weight))
        # One scale for inputs and targets alike; the ridge scales with the square of the inputs.
        for factor in (1e-5, 1e5):
            y = None if case.Y is None else factor * case.Y
            scaled = fitted(factor * case.X, y, weight, alpha=factor**2 * alpha)
            assert scaled.ranks == one.ranks
            assert scaled.objective / factor**2 == pytest.approx(one.objective, abs=case.tolerance)
            np.testing.assert_allclose(
                np.asarray(scaled.map), np.asarray(one.map), atol=1e-7 * (1 + np.linalg.norm(np.asarray(one.map)))
            )


@every_option
def test_targets_that_are_the_inputs_make_the_autoencoder(options, rng):
    for data in (related, integers, deficient, few_samples, offset):
        case = problem(rng, AUTOENCODER, data, options)
        one, other = case.fit(), ev.fit(case.space, case.X, case.X.copy(), **case.options)
        assert other.objective == pytest.approx(one.objective, abs=case.tolerance)
        np.testing.assert_allclose(other.best_losses, one.best_losses, atol=case.tolerance)
        if one.is_unique and case.brute.is_separated(one.ranks, 1e-5):
            same_fit(case, one, other)


def test_an_unused_option_changes_nothing(rng):
    for family in (*FAMILIES, AUTOENCODER):
        case = problem(rng, family, related, plain)
        one = case.fit()
        same_fit(case, one, case.fit(alpha=0, intercept=False, sample_weight=None, k_best=1))
        same_fit(case, one, case.fit(sample_weight=np.full(len(case.X), 0.37)))
        assert one.intercept is None
        assert one.objective == one.loss


def test_a_ridge_shrinks_the_map_and_costs_loss(rng):
    for family in (*FAMILIES, AUTOENCODER):
        case = problem(rng, family, related, plain)
        space = case.at(None)
        fits = [ev.fit(space, case.X, case.Y, alpha=alpha) for alpha in (0.0, 1e-3, 1.0, 1e3, 1e9)]
        sizes = [float(np.linalg.norm(np.asarray(fit.map))) for fit in fits]
        losses = [fit.loss for fit in fits]
        assert sizes == sorted(sizes, reverse=True)
        assert losses == sorted(losses)
        assert sizes[-1] <= 1e-5 * (1 + sizes[0])


# -- more data than one chunk, larger blocks, inputs that depend on each other -----------------------------------------
@every_family
def test_many_chunks_and_the_route_of_large_blocks(family, rng, monkeypatch):
    def many(rng, n, m):
        x = rng.standard_normal((500, n)) * rng.uniform(0.5, 2.0, n) + rng.uniform(-30, 30)
        return x, x @ rng.standard_normal((n, m)) + rng.standard_normal((len(x), m))

    for options in OPTIONS:
        case = problem(rng, family, many, options)
        best = min(case.brute.objectives(case.bound).values())
        with monkeypatch.context() as patch:
            patch.setattr(samples, "_MOST", 120)
            for route, size in (("samples", 96), ("block moments", 96), ("block moments", 1)):
                patch.setattr(regression, "SMALL_BLOCK", size)
                patch.setattr(statistics, "SMALL_BLOCK", size)
                fit = case.fit(route=route)
                check_numbers(case, fit)
                assert fit.objective == pytest.approx(best, abs=case.tolerance)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("offset", [0.0, 1.0, 1e4, 1e6])
@pytest.mark.parametrize("count", [4, 20, 200])
def test_dummy_variables_with_an_intercept(offset, count, route, rng):
    """One-hot inputs depend on each other once means are taken off; rounding of the means is no predictor."""
    k = rng.integers(0, 3, count)
    one_hot, y = np.eye(3)[k], rng.standard_normal((count, 2))
    means = np.array([y[k == j].mean(axis=0) if (k == j).any() else np.zeros(2) for j in range(3)])
    fit = ev.fit(ev.linear_maps(2, 3), one_hot + offset, y, intercept=True, route=route)
    assert fit.objective == pytest.approx(float(np.mean((y - means[k]) ** 2)), abs=1e-12)
    np.testing.assert_allclose(fit.predict(one_hot + offset), means[k], atol=1e-12 * (10 + offset))
    smallest = ev.fit(ev.linear_maps(2, 3), one_hot, y, intercept=True)
    np.testing.assert_allclose(np.asarray(fit.map), np.asarray(smallest.map), atol=1e-12 * (10 + offset))
    assert fit.certificate.ok


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("value", [2.0, 0.1, 1e4 / 3])
def test_no_spread_is_no_direction(value, route):
    """All samples alike, and an intercept: the smallest map is zero, with targets and without."""
    x = np.full((3, 4), value)
    space = ev.equivariant_maps(ev.groups.cyclic(4), rank=2)
    for targets in (None, x.copy(), x + 1.0):
        fit = ev.fit(space, x, targets, intercept=True, route=route)
        assert np.abs(np.asarray(fit.map)).max() == 0.0
        assert fit.loss == pytest.approx(0.0, abs=1e-24 * value**2)
        np.testing.assert_allclose(fit.intercept, (x if targets is None else targets)[0], rtol=1e-12)


@pytest.mark.parametrize("closeness", [1e-2, 1e-4, 1e-6])
def test_nearly_dependent_inputs(closeness, rng):
    """The samples route does not square the condition of the inputs."""
    x, y = rng.standard_normal((60, 3)), rng.standard_normal((60, 2))
    x[:, 1] = x[:, 0] + closeness * x[:, 1]
    q = np.linalg.qr(x)[0]
    best = float(np.mean((y - q @ (q.T @ y)) ** 2))
    fit = ev.fit(ev.linear_maps(2, 3), x, y)
    assert fit.objective == pytest.approx(best, abs=1e-11)
    assert np.mean((y - x @ np.asarray(fit.map).T) ** 2) == pytest.approx(best, abs=1e-11)


# -- textbooks ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("with_intercept", [False, True])
def test_ridge_regression_of_scikit_learn(with_intercept, rng):
    for _ in range(10):
        n, m, count = int(rng.integers(1, 7)), int(rng.integers(1, 7)), int(rng.integers(1, 20))
        x = rng.standard_normal((count, n)) + 5 * rng.random(n)
        y = rng.standard_normal((count, m)) + 5 * rng.random(m)
        weight = rng.integers(0, 4, count) + (np.arange(count) == 0)
        alpha = float(10.0 ** rng.uniform(-3, 3))
        for w in (None, weight):
            fit = ev.fit(ev.linear_maps(m, n), x, y, alpha=alpha, intercept=with_intercept, sample_weight=w)
            other = Ridge(alpha, fit_intercept=with_intercept, solver="svd").fit(x, y, sample_weight=w)
            np.testing.assert_allclose(np.asarray(fit.map), other.coef_.reshape(m, n), atol=1e-9)
            if with_intercept:
                np.testing.assert_allclose(fit.intercept, other.intercept_, atol=1e-9)
            np.testing.assert_allclose(fit.predict(x), other.predict(x).reshape(count, m), atol=1e-9)


def test_reduced_rank_regression_of_the_textbook(rng):
    """Least squares, then the leading principal directions of the fitted values."""
    for _ in range(10):
        n, m = int(rng.integers(1, 7)), int(rng.integers(1, 7))
        x, y = related(rng, n, m)
        coefficients = np.linalg.lstsq(x, y, rcond=None)[0].T
        directions = np.linalg.svd(x @ coefficients.T)[2]
        for rank in range(min(m, n) + 1):
            kept = directions[:rank]
            fit = ev.fit(ev.linear_maps(m, n, rank=rank), x, y)
            np.testing.assert_allclose(np.asarray(fit.map), kept.T @ kept @ coefficients, atol=1e-8)


def test_principal_components_with_a_mean(rng):
    """The linear autoencoder with an intercept is the projection on principal components through the mean."""
    for _ in range(10):
        n = int(rng.integers(2, 7))
        x = rng.standard_normal((3 * n, n)) * np.linspace(1, 3, n) + 20 * rng.random(n)
        rank = int(rng.integers(0, n + 1))
        mean = x.mean(axis=0)
        kept = np.linalg.svd(x - mean)[2][:rank]
        fit = ev.fit(ev.linear_maps(n, n, rank=rank), x, intercept=True)
        np.testing.assert_allclose(np.asarray(fit.map), kept.T @ kept, atol=1e-9)
        np.testing.assert_allclose(fit.intercept, mean - kept.T @ (kept @ mean), atol=1e-8)


def test_computer_algebra():
    """The smallest critical value of a squared error, found with Groebner bases."""
    found = [v for v in with_one_generator("critical_points") if v["kind"] == "equivariant_squared_error"]
    assert found
    for vector in found:
        x, y = np.array(vector["X"], dtype=float).T, np.array(vector["Y"], dtype=float).T
        # The vectors use the transposes of this library's matrices; the maps that commute are the same.
        space = ev.equivariant_maps(ev.PermutationGroup([vector["generators"][0]]))
        fit = ev.fit(space.stratum(vector["rvec"]), x, y)
        assert fit.loss * y.size == pytest.approx(vector["min_dist2"], rel=1e-10)
        np.testing.assert_allclose(np.asarray(fit.map), vector["minimizer"], atol=1e-8)
        brute = BruteRegression(BruteSpace.equivariant(*2 * vector["generators"]), x, y)
        assert brute.objective(vector["rvec"]) * y.size == pytest.approx(vector["min_dist2"], rel=1e-10)
