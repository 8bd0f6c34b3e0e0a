"""Learning chunk by chunk gives what learning at once gives, for any chunks in any order."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

import equivariety as ev
from equivariety.estimators import base

SIGMA = ev.PermutationGroup.from_cycles("(1 2 3)(4 5)", degree=6)
TAU = ev.PermutationGroup.from_cycles("(1 2)(3 4 5)", degree=5)
ALL = [ev.EquivariantAutoencoder, ev.EquivariantRegression, ev.InvariantRegression]


def random_problem(rng):
    """An estimator with random parameters, samples, targets and weights."""
    kind = ALL[rng.integers(3)]
    parameters = {
        "group": [None, SIGMA, "cycles:(1 2 3)(4 5):degree=6"][rng.integers(3)],
        "rank": [None, 2, 4][rng.integers(3)],
        "center": ["group", "none"][rng.integers(2)],
        "alpha": [0.0, 0.3][rng.integers(2)],
    }
    count = int(rng.integers(20, 40))
    X = rng.standard_normal((count, 6)) + 3.0 * rng.standard_normal(6)
    Y = rng.standard_normal((count, 5))
    if kind is ev.EquivariantRegression:
        parameters["target_group"] = None if parameters["group"] is None else TAU
    if rng.integers(2):
        Y = Y[:, 0]
        parameters.pop("target_group", None)
        if kind is ev.EquivariantRegression:
            parameters["target_group"] = None
    weights = rng.integers(0, 3, count).astype(float) + 0.5 if rng.integers(2) else None
    return kind(**parameters), X, Y, weights


def check_chunkings(rng, count):
    for _ in range(count):
        whole, X, Y, weights = random_problem(rng)
        pieces = type(whole)(**whole.get_params())
        whole.fit(X, Y, weights)
        order = rng.permutation(len(X))
        cuts = np.sort(rng.integers(0, len(X) + 1, rng.integers(0, 5)))
        for rows in np.split(order, cuts):
            if len(rows):
                pieces.partial_fit(X[rows], Y[rows], None if weights is None else weights[rows])
        size = float(np.abs(np.asarray(whole.map_)).max()) or 1.0
        assert np.abs(np.asarray(pieces.map_) - np.asarray(whole.map_)).max() <= 1e-10 * size
        assert np.abs(pieces.mean_ - whole.mean_).max() <= 1e-10
        assert pieces.loss_ == pytest.approx(whole.loss_, rel=1e-10, abs=1e-12)
        assert np.abs(pieces.predict(X) - whole.predict(X)).max() <= 1e-9
        assert pieces.rank_vector_ == whole.rank_vector_
        assert pieces.fit_.n_samples == len(X)


def test_any_chunks_in_any_order(rng):
    check_chunkings(rng, 100)


@pytest.mark.slow
def test_a_thousand_chunkings(rng):
    check_chunkings(rng, 1_000)


def test_the_latent_coordinates_are_the_same(rng):
    X = rng.standard_normal((30, 6)) * np.arange(1.0, 7.0)
    pieces = ev.EquivariantAutoencoder(SIGMA, rank=4)
    for rows in np.array_split(X, 4):
        pieces.partial_fit(rows)
    whole = ev.EquivariantAutoencoder(SIGMA, rank=4).fit(X)
    assert np.allclose(pieces.components_, whole.components_, atol=1e-10)
    assert np.allclose(pieces.explained_variance_ratio_, whole.explained_variance_ratio_)


@pytest.mark.parametrize("kind", ALL)
def test_it_solves_only_when_asked(kind, rng, monkeypatch):
    X = rng.standard_normal((30, 6))
    calls = []

    def solve(*args, **options):
        calls.append(1)
        return ev.training.fit_moments(*args, **options)

    monkeypatch.setattr(base, "fit_moments", solve)
    model = kind(SIGMA, rank=2)
    for rows in np.array_split(X, 3):
        model.partial_fit(rows, rows)
    assert calls == []
    assert model.loss_ > 0
    assert model.transform(X).shape == (30, 2)
    assert calls == [1]
    model.partial_fit(X, X)
    model.predict(X)
    assert calls == [1, 1]


def test_parameters_may_change_between_chunks(rng):
    X = rng.standard_normal((30, 6))
    model = ev.EquivariantAutoencoder(SIGMA, rank=1).partial_fit(X[:10])
    model.set_params(rank=4, alpha=0.5, center="none")
    assert model.n_components_ == 1  # what was learned stays as it was
    model.partial_fit(X[10:])
    whole = ev.EquivariantAutoencoder(**model.get_params()).fit(X)
    assert np.allclose(model.predict(X), whole.predict(X))


@pytest.mark.parametrize("kind", ALL)
def test_float32_stays_float32_until_a_chunk_is_not(kind, rng):
    X = rng.standard_normal((30, 6)).astype(np.float32)
    model = kind(rank=2).partial_fit(X, X).partial_fit(X, X)
    assert model.components_.dtype == np.float32
    assert model.partial_fit(X.astype(np.float64), X).components_.dtype == np.float64
    assert model.partial_fit(X, X).components_.dtype == np.float64


def test_samples_without_weight_are_not_yet_samples(rng):
    X = rng.standard_normal((5, 6))
    model = ev.EquivariantAutoencoder(SIGMA).partial_fit(X, None, np.zeros(5))
    with pytest.raises(NotFittedError):
        model.predict(X)
    assert model.partial_fit(X).fit_.n_samples == 10
    assert np.allclose(model.predict(X), ev.EquivariantAutoencoder(SIGMA).fit(X).predict(X))


@pytest.mark.parametrize("kind", ALL)
def test_after_fit_it_begins_anew_with_a_warning(kind, rng):
    X = rng.standard_normal((30, 6))
    model = kind(SIGMA, rank=2).fit(X[:10], X[:10])
    with pytest.warns(UserWarning, match="begins anew"):
        model.partial_fit(X[10:20], X[10:20])
    model.partial_fit(X[20:], X[20:])
    assert np.allclose(model.predict(X), kind(SIGMA, rank=2).fit(X[10:], X[10:]).predict(X))
    assert model.fit(X, X).fit_.n_samples == 30
    with pytest.warns(UserWarning, match="begins anew"), pytest.raises(ValueError, match="finite"):
        model.partial_fit(X * np.nan, X)
    assert not hasattr(model, "map_")


@pytest.mark.parametrize("kind", ALL)
def test_mistakes_change_nothing(kind, rng):
    X, Y = rng.standard_normal((20, 6)), rng.standard_normal((20, 6))
    model = kind(SIGMA, rank=2).partial_fit(X[:10], Y[:10])
    bad = X[10:].copy()
    bad[0, 0] = np.nan
    for arguments in (
        (bad, Y[10:]),
        (X[10:, :5], Y[10:]),
        (X[10:], Y[10:], -np.ones(10)),
        (X[10:], Y[10:], np.ones(3)),
    ):
        with pytest.raises(ValueError):  # noqa: PT011  (the messages are checked elsewhere)
            model.partial_fit(*arguments)
    for name, value in (
        ("group", None),
        ("group", ev.groups.cyclic(6)),
        ("rank", -1),
        ("center", 1),
        ("alpha", np.nan),
    ):
        before = model.get_params()[name]
        with pytest.raises(ValueError, match=name):
            model.set_params(**{name: value}).partial_fit(X[10:], Y[10:])
        model.set_params(**{name: before})
    model.partial_fit(X[10:], Y[10:])
    assert model.fit_.n_samples == 20
    assert np.allclose(model.predict(X), kind(SIGMA, rank=2).fit(X, Y).predict(X))


@pytest.mark.parametrize("kind", ALL[1:])
def test_targets_keep_their_shape(kind, rng):
    X, Y = rng.standard_normal((10, 6)), rng.standard_normal((10, 6))
    model = kind().partial_fit(X, Y)
    with pytest.raises(ValueError, match="y must be of 6 columns"):
        model.partial_fit(X, Y[:, :5])
    with pytest.raises(ValueError, match="y must be of as many axes"):
        model.partial_fit(X, Y[:, 0])
    one = kind().partial_fit(X, Y[:, 0])
    with pytest.raises(ValueError, match="y must be of as many axes"):
        one.partial_fit(X, Y[:, :1])
    assert one.partial_fit(X, Y[:, 0]).predict(X).shape == (10,)


def test_the_target_group_stays_the_same(rng):
    X, Y = rng.standard_normal((10, 6)), rng.standard_normal((10, 5))
    model = ev.EquivariantRegression(SIGMA, target_group=TAU).partial_fit(X, Y)
    with pytest.raises(ValueError, match="target_group must be the same in all calls of partial_fit"):
        model.set_params(target_group=None).partial_fit(X, Y)


@pytest.mark.parametrize("kind", ALL)
def test_moments_beyond_the_budget_are_refused(kind, rng, monkeypatch):
    X = rng.standard_normal((10, 6))
    monkeypatch.setattr("equivariety.training.moments.MOMENT_BYTES_BUDGET", 10)
    model = kind(SIGMA, rank=2)
    with pytest.raises(ValueError, match="at most 10 bytes"):
        model.partial_fit(X, X)
    assert not hasattr(model, "map_")
    assert model.fit(X, X).predict(X).shape == (10, 6)
