"""The optimum of ``fit`` with targets, weights, ridge and intercept against least squares on the orbit of the data."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pytest
from sklearn.linear_model import Ridge

import equivariety as ev
from equivariety.training import regression, samples, statistics
from laws.brute_regression import BruteRegression, BruteSpace, random_permutation
from oracles.read import with_one_generator

ORDERS = (1, 2, 3, 4, 5, 6, 8, 12)
ROUTES = (None, "block moments", "samples")  # one more, "moment matrix", for autoencoders without an intercept


# -- data: how inputs and targets look ---------------------------------------------------------------------------------
def normal(rng, n, m):
    count = int(rng.integers(1, 3 * n + 2))
    return rng.standard_normal((count, n)), rng.standard_normal((count, m))


def related(rng, n, m):
    x = rng.standard_normal((2 * n + 3, n))
    return x, x @ rng.standard_normal((n, m)) + 0.3 * rng.standard_normal((len(x), m))


def integers(rng, n, m):
    count = int(rng.integers(1, 2 * n + 2))
    return rng.integers(-2, 3, (count, n)).astype(float), rng.integers(-2, 3, (count, m)).astype(float)


def tied(rng, n, m):
    """Orthonormal inputs and one-hot targets: gains are equal by the dozen."""
    return np.eye(n), np.eye(n, m)


def one_sample(rng, n, m):
    return rng.standard_normal((1, n)), rng.standard_normal((1, m))


def few_samples(rng, n, m):
    count = max(1, n // 3)
    return rng.standard_normal((count, n)), rng.standard_normal((count, m))


def deficient(rng, n, m):
    x = rng.standard_normal((2 * n + 2, 2)) @ rng.standard_normal((2, n))
    return x, rng.standard_normal((len(x), m))


def no_inputs(rng, n, m):
    return np.zeros((4, n)), rng.standard_normal((4, m))


def no_targets(rng, n, m):
    return rng.standard_normal((4, n)), np.zeros((4, m))


def constant(rng, n, m):
    """Every coordinate of every sample is the same: nothing but the trivial block, and no spread."""
    return np.full((3, n), 1.5), np.full((3, m), -2.0)


def uneven(rng, n, m):
    x, y = rng.standard_normal((2 * n, n)), rng.standard_normal((2 * n, m))
    return x * 10.0 ** rng.uniform(-1.5, 1.5, n), y * 10.0 ** rng.uniform(-1.5, 1.5, m)


def offset(rng, n, m):
    x, y = related(rng, n, m)
    return x + rng.uniform(-100, 100, n), y + rng.uniform(-100, 100, m)


DATA = (
    normal, related, integers, tied, one_sample, few_samples, deficient, no_inputs, no_targets, constant, uneven, offset
)  # fmt: skip
every_data = pytest.mark.parametrize("data", DATA, ids=lambda data: data.__name__)


# -- options: what besides the data enters the objective ---------------------------------------------------------------
def plain(rng, count):
    return {}


def weights(rng, count):
    """Uneven weights and zeros, but not all zero."""
    values = np.where(rng.random(count) < 0.3, 0.0, rng.gamma(0.5, 3.0, count) + 1e-3)
    values[rng.integers(count)] = 1.0
    return {"sample_weight": values}


def ridge(rng, count):
    return {"alpha": float(10.0 ** rng.uniform(-6, 3))}


def intercept(rng, count):
    return {"intercept": True}


def everything(rng, count):
    return weights(rng, count) | ridge(rng, count) | intercept(rng, count)


OPTIONS = (plain, weights, ridge, intercept, everything)
every_option = pytest.mark.parametrize("options", OPTIONS, ids=lambda options: options.__name__)


# -- families: which maps ----------------------------------------------------------------------------------------------
def equivariant(rng):
    order = int(rng.choice(ORDERS))
    source, target = (random_permutation(rng, int(rng.integers(1, 9)), order) for _ in range(2))
    return make(source, target), BruteSpace.equivariant(source, target)


def make(source, target):
    with warnings.catch_warnings():  # pairs whose group is larger than both actions are meant here
        warnings.simplefilter("ignore", UserWarning)
        return ev.equivariant_maps(ev.PermutationGroup([source]), ev.PermutationGroup([target]))


def same_action(rng):
    images = random_permutation(rng, int(rng.integers(1, 9)), int(rng.choice(ORDERS)))
    return ev.equivariant_maps(ev.PermutationGroup([images])), BruteSpace.equivariant(images, images)


def invariant(rng):
    """One to three generators that permute within groups of at most three points, so that the group stays small."""
    n, outputs = int(rng.integers(1, 9)), int(rng.integers(1, 5))
    points = rng.permutation(n)
    generators = []
    for _ in range(int(rng.integers(1, 4))):
        images = np.arange(n)
        for start in range(0, n, 3):
            some = points[start : start + 3]
            images[some] = rng.permutation(some)
        generators.append(images)
    space = ev.invariant_maps(ev.PermutationGroup(generators), outputs=outputs)
    return space, BruteSpace.invariant(generators, outputs)


def linear(rng):
    m, n = (int(rng.integers(1, 7)) for _ in range(2))
    return ev.linear_maps(m, n), BruteSpace.equivariant(range(n), range(m))


FAMILIES = (equivariant, same_action, invariant, linear)
AUTOENCODER = "autoencoder"


@dataclass(frozen=True)
class Problem:
    """One instance, for the library and for the oracle."""

    whole: ev.varieties.RankBoundedMaps
    bound: int
    X: np.ndarray
    Y: np.ndarray | None
    options: dict
    brute: BruteRegression

    @property
    def space(self):
        return self.at(self.bound)

    def at(self, rank):
        return ev.varieties.RankBoundedMaps(self.whole.hom, rank)

    def fit(self, space=None, **more):
        return ev.fit(self.space if space is None else space, self.X, self.Y, **self.options, **more)

    @property
    def tolerance(self):
        return 1e-9 * self.brute.scale

    @property
    def targets(self):
        return self.X if self.Y is None else self.Y


def problem(rng, family, data, options):
    autoencoder = family is AUTOENCODER
    whole, maps = (same_action if autoencoder else family)(rng)
    m, n = whole.shape
    x, y = data(rng, n, m)
    chosen = options(rng, len(x))
    y = None if autoencoder else y
    brute = BruteRegression(maps, x, y, **chosen)
    return Problem(whole, int(rng.integers(0, whole.rank + 2)), x, y, chosen, brute)


def dense_of(fit):
    return np.asarray(fit.map), fit.intercept


def check_numbers(case, fit):
    """What a fit reports agrees with its own matrix, by definition."""
    brute, tolerance = case.brute, case.tolerance
    matrix, c = dense_of(fit)
    assert (c is not None) == bool(case.options.get("intercept"))
    assert fit.loss == pytest.approx(brute.loss_of(matrix, c), abs=tolerance)
    assert fit.objective == pytest.approx(brute.objective_of(matrix, c), abs=tolerance)
    assert fit.loss >= 0.0
    assert fit.objective >= fit.loss - 1e-15 * brute.scale
    shift = 0.0 if c is None else c
    np.testing.assert_allclose(fit.predict(case.X), case.X @ matrix.T + shift, atol=1e-9 * (1 + abs(case.X).max()))
    np.testing.assert_allclose(fit.predictor(case.X), fit.predict(case.X), atol=1e-12 * (1 + abs(case.X).max()))
    # Symmetry and rank.
    size = max(1.0, float(np.linalg.norm(matrix)))
    for source, target in brute.space.group:
        assert np.linalg.norm(matrix[np.ix_(target, source)] - matrix) <= 1e-11 * size
        if c is not None:
            np.testing.assert_allclose(c[list(target)], c, atol=1e-11 * max(1.0, float(np.linalg.norm(c))))
    assert case.space.contains(matrix)
    assert fit.component.contains(matrix)
    assert np.linalg.matrix_rank(matrix, tol=1e-9 * size) <= case.space.rank
    # Parts of the loss.
    assert list(fit.losses_by_block) == list(case.space.hom.labels)
    assert sum(fit.losses_by_block.values()) == pytest.approx(fit.loss, abs=1e-11 * brute.scale)
    assert fit.unreachable == pytest.approx(brute.unreachable, abs=tolerance)
    lacking = [b.label for b in case.space.blocks if b.cols == 0]
    assert sum(fit.losses_by_block[label] for label in lacking) == pytest.approx(fit.unreachable, abs=tolerance)
    assert fit.n_samples == len(case.X)
    assert fit.certificate.ok, fit.certificate


def check_against_matrix(case, fit, vector):
    """On separated data there is one smallest optimal map; here it is."""
    brute = case.brute
    matrix = brute.matrix(vector)
    found, c = dense_of(fit)
    size = 1.0 + float(np.linalg.norm(matrix))
    np.testing.assert_allclose(found, matrix, atol=1e-6 * size)
    if c is not None:
        np.testing.assert_allclose(c, brute.intercept(matrix), atol=1e-6 * size * (1 + abs(case.X).max()))
    np.testing.assert_allclose(list(fit.losses_by_block.values()), brute.losses(vector), atol=10 * case.tolerance)


@every_option
@every_data
@pytest.mark.parametrize("family", [*FAMILIES, AUTOENCODER], ids=lambda f: getattr(f, "__name__", f))
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
@pytest.mark.parametrize("family", [*FAMILIES, AUTOENCODER], ids=lambda f: getattr(f, "__name__", f))
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
@pytest.mark.parametrize("family", [*FAMILIES, AUTOENCODER], ids=lambda f: getattr(f, "__name__", f))
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
@pytest.mark.parametrize("family", [*FAMILIES, AUTOENCODER], ids=lambda f: getattr(f, "__name__", f))
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
@pytest.mark.parametrize("family", [*FAMILIES, AUTOENCODER], ids=lambda f: getattr(f, "__name__", f))
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


@pytest.mark.parametrize("family", [*FAMILIES, AUTOENCODER], ids=lambda f: getattr(f, "__name__", f))
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


@pytest.mark.parametrize("family", [*FAMILIES, AUTOENCODER], ids=lambda f: getattr(f, "__name__", f))
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
@pytest.mark.parametrize("family", [*FAMILIES, AUTOENCODER], ids=lambda f: getattr(f, "__name__", f))
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
