"""What the estimators compute: symmetry, optimality, and PCA, least squares and ridge regression as special cases."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, Ridge

import equivariety as ev
from equivariety.estimators import inputs

SIGMA = ev.PermutationGroup.from_cycles("(1 2 3 4)(5 6)(7 8 9)", degree=10)
TAU = ev.PermutationGroup.from_cycles("(1 2)(3 4 5)(6 7 8 9)", degree=9)
PARAMETERS = [{}, {"rank": 4}, {"rank": 3, "alpha": 0.7}, {"rank": 5, "center": "none"}]


def moved(group, rows):
    return rows[:, group.generators[0].images]


def close(a, b, tolerance=1e-10):
    return np.allclose(a, b, rtol=0, atol=tolerance * max(1.0, float(np.abs(b).max())))


@pytest.fixture
def X(rng):
    return rng.standard_normal((40, 10)) * np.linspace(0.5, 2.0, 10) + np.linspace(3.0, -1.0, 10)


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_autoencoders_are_equivariant(X, parameters):
    model = ev.EquivariantAutoencoder(SIGMA, **parameters).fit(X)
    assert close(model.predict(moved(SIGMA, X)), moved(SIGMA, model.predict(X)))


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_regressions_are_equivariant(X, parameters, rng):
    Y = rng.standard_normal((40, 9)) + X[:, :9]
    model = ev.EquivariantRegression(SIGMA, target_group=TAU, **parameters).fit(X, Y)
    assert close(model.predict(moved(SIGMA, X)), moved(TAU, model.predict(X)))
    alike = ev.EquivariantRegression(SIGMA, **parameters).fit(X, X[:, ::-1])
    assert close(alike.predict(moved(SIGMA, X)), moved(SIGMA, alike.predict(X)))


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_invariant_regressions_are_invariant(X, parameters, rng):
    Y = rng.standard_normal((40, 3)) + X[:, :3]
    several = ev.PermutationGroup.from_cycles("(1 2 3 4)", "(4 7)(1 2)", "(5 6)", degree=10)
    for group in (SIGMA, several):
        model = ev.InvariantRegression(group, **parameters).fit(X, Y)
        for generator in group.generators:
            assert close(model.predict(X[:, generator.images]), model.predict(X))
        for orbit in group.orbits:
            assert close(model.coef_[:, orbit], model.coef_[:, orbit[:1]])
    same = ev.EquivariantRegression(SIGMA, target_group=None, **parameters).fit(X, Y)
    assert close(same.predict(X), ev.InvariantRegression(SIGMA, **parameters).fit(X, Y).predict(X))


def test_the_loss_is_that_of_the_predictions(X, rng):
    w, Y = rng.random(40), rng.standard_normal((40, 10))
    for parameters in PARAMETERS:
        auto = ev.EquivariantAutoencoder(SIGMA, **parameters).fit(X, None, w)
        assert auto.loss_ == pytest.approx(np.average((auto.predict(X) - X) ** 2, axis=0, weights=w).mean(), rel=1e-9)
        model = ev.EquivariantRegression(SIGMA, **parameters).fit(X, Y, w)
        assert model.loss_ == pytest.approx(np.average((model.predict(X) - Y) ** 2, axis=0, weights=w).mean(), rel=1e-9)


@pytest.mark.parametrize("rank", [1, 4, 9])
def test_without_a_group_it_is_pca(X, rank):
    ours, theirs = ev.EquivariantAutoencoder(rank=rank).fit(X), PCA(rank, svd_solver="full").fit(X)
    signs = np.sign(np.sum(ours.components_ * theirs.components_, axis=1, keepdims=True))
    assert close(ours.components_, signs * theirs.components_)
    assert close(ours.mean_, theirs.mean_)
    assert close(ours.explained_variance_ratio_, theirs.explained_variance_ratio_)
    assert close(ours.transform(X), theirs.transform(X) * signs.T)
    assert close(ours.predict(X), theirs.inverse_transform(theirs.transform(X)))
    assert ours.score(X) == pytest.approx(theirs.explained_variance_ratio_.sum())
    assert set(ours.component_labels_) == {"(1,1)"}
    largest = np.abs(ours.components_).argmax(axis=1)
    assert (ours.components_[np.arange(rank), largest] > 0).all()


@pytest.mark.parametrize("kind", [ev.EquivariantRegression, ev.InvariantRegression])
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("single", [True, False])
def test_without_a_group_it_is_least_squares_or_ridge(kind, intercept, single, X, rng):
    y = rng.standard_normal(40) if single else rng.standard_normal((40, 3))
    w = rng.random(40)
    center = "group" if intercept else "none"
    for alpha, weights in ((0.0, None), (2.5, None), (2.5, w)):
        theirs = Ridge(alpha, fit_intercept=intercept) if alpha else LinearRegression(fit_intercept=intercept)
        theirs.fit(X, y, weights)
        ours = kind(alpha=alpha, center=center).fit(X, y, weights)
        assert ours.coef_.shape == theirs.coef_.shape
        assert close(ours.coef_, theirs.coef_)
        assert close(ours.intercept_, theirs.intercept_)
        assert close(ours.predict(X), theirs.predict(X))
        assert ours.score(X, y, w) == pytest.approx(theirs.score(X, y, w))


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_a_weight_is_a_number_of_repetitions(X, parameters, rng):
    w, Y = rng.integers(0, 4, 40), rng.standard_normal((40, 10))
    again = np.repeat(np.arange(40), w)
    for kind in (ev.EquivariantAutoencoder, ev.EquivariantRegression, ev.InvariantRegression):
        one = kind(SIGMA, **parameters).fit(X, Y, w)
        other = kind(SIGMA, **parameters).fit(X[again], Y[again])
        assert close(one.predict(X), other.predict(X))
        assert one.loss_ == pytest.approx(other.loss_, rel=1e-9)
        assert one.score(X, Y, w) == pytest.approx(other.score(X[again], Y[again]), rel=1e-9)


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_decoding_the_code_is_predicting(X, parameters, rng):
    Y = rng.standard_normal((40, 10))
    for model in (
        ev.EquivariantAutoencoder(SIGMA, **parameters).fit(X),
        ev.EquivariantRegression(SIGMA, **parameters).fit(X, Y),
        ev.InvariantRegression(SIGMA, **parameters).fit(X, Y),
        ev.InvariantRegression(SIGMA, **parameters).fit(X, Y[:, 0]),
    ):
        Z = model.transform(X)
        assert close(model.inverse_transform(Z), model.predict(X))
        assert close(Z, (X - model.mean_) @ model.components_.T)
        assert Z.shape == (40, model.n_components_)
        assert model.n_components_ == model.component_.rank == len(model.component_labels_)
        if hasattr(model, "coef_"):
            assert close(model.predict(X), X @ model.coef_.T + model.intercept_)


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_principal_axes(X, parameters):
    model = ev.EquivariantAutoencoder(SIGMA, **parameters).fit(X)
    R, labels, ratio = model.n_components_, model.component_labels_, model.explained_variance_ratio_
    assert close(model.components_ @ model.components_.T, np.eye(R))
    assert (np.diff(ratio) <= 1e-15).all()
    total = ((X - model.mean_) ** 2).mean()
    assert ratio.sum() + model.loss_ / total == pytest.approx(1.0)
    assert model.score(X) == pytest.approx(ratio.sum())
    # The rows of one copy of an irreducible are neighbours, explain equal shares and span an invariant subspace.
    size = {block.label: block.irrep_dim for block in model.component_.blocks}
    start = 0
    while start < R:
        copy = slice(start, start + size[labels[start]])
        assert set(labels[copy]) == {labels[start]}
        assert np.ptp(ratio[copy]) == 0
        B = model.components_[copy]
        assert close(moved(SIGMA, B) @ B.T @ B, moved(SIGMA, B))
        if "alpha" not in parameters:
            assert ratio[copy].sum() == pytest.approx((((X - model.mean_) @ B.T) ** 2).mean(axis=0).sum() / 10 / total)
        start = copy.stop


def test_principal_axes_are_orthonormal_beyond_the_data(X):
    for group in (None, SIGMA):
        model = ev.EquivariantAutoencoder(group).fit(X[:2])
        assert model.n_components_ == 10
        assert close(model.components_ @ model.components_.T, np.eye(10))
        assert close(model.predict(X[:2]), X[:2])
        assert model.score(X[:2]) == pytest.approx(1.0)


def test_latent_scores_of_a_regression_are_coordinates_of_its_predictions(X, rng):
    Y = rng.standard_normal((40, 9)) + X[:, :9]
    model = ev.EquivariantRegression(SIGMA, target_group=TAU, rank=6).fit(X, Y)
    Z = model.transform(X)
    decoder = model.inverse_transform(np.eye(6)) - model.inverse_transform(np.zeros((1, 6)))
    assert close(decoder @ decoder.T, np.eye(6))
    spread = (Z**2).mean(axis=0)
    label = model.component_labels_
    irrep = {block.label: block.irrep_dim for block in model.component_.blocks}
    shares = [spread[i : i + irrep[label[i]]].mean() for i in range(6) if i == 0 or label[i] != label[i - 1]]
    assert (np.diff(shares) <= 1e-12).all()
    real = ev.EquivariantRegression(rank=3).fit(X, Y)
    S = real.transform(X).T @ real.transform(X)
    assert close(S, np.diag(np.diag(S)))
    assert (np.diff(np.diag(S)) < 0).all()


def test_a_fixed_rank_vector_is_the_stratum_of_the_library(X):
    space = ev.equivariant_maps(SIGMA)
    for ranks in ({"(1,1)": 1, (4, 3): 1}, [1, 1, 0, 0]):
        model = ev.EquivariantAutoencoder(SIGMA, ranks=ranks).fit(X)
        stratum = space.stratum(ranks)
        assert model.rank_vector_ == stratum.ranks
        assert model.component_ == stratum
        assert model.loss_ == ev.fit(stratum, X, intercept=True).loss
    best = ev.EquivariantAutoencoder(SIGMA, rank=3).fit(X)
    assert best.loss_ == ev.fit(ev.equivariant_maps(SIGMA, rank=3), X, intercept=True).loss
    assert best.loss_ <= model.loss_


def test_groups_may_be_texts(X):
    text = "cycles:(1 2 3 4)(5 6)(7 8 9):degree=10"
    one, other = (ev.EquivariantAutoencoder(g, rank=3).fit(X) for g in (SIGMA, text))
    assert np.array_equal(one.predict(X), other.predict(X))


def test_rank_zero_predicts_the_mean(X):
    model = ev.EquivariantAutoencoder(SIGMA, rank=0).fit(X)
    assert model.transform(X).shape == (40, 0)
    assert close(model.predict(X), np.broadcast_to(model.mean_, X.shape))
    assert close(model.inverse_transform(model.transform(X)), model.predict(X))
    assert model.score(X) == pytest.approx(0.0)
    assert model.explained_variance_ratio_.shape == (0,)


@pytest.mark.parametrize("value", [2.0, 2.3, 0.1])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_constant_samples(value, dtype):
    X = np.full((4, 10), value, dtype)
    model = ev.EquivariantAutoencoder(SIGMA, rank=2).fit(X)
    assert close(model.predict(X), X, 1e-6)
    assert model.score(X) == 1.0
    assert (model.explained_variance_ratio_ == 0).all()
    assert ev.EquivariantAutoencoder(SIGMA, rank=0, center="none").fit(X).score(0 * X) == 1.0


def test_the_mean_is_averaged_over_the_group(X):
    model = ev.EquivariantAutoencoder(SIGMA, rank=2).fit(X)
    assert close(moved(SIGMA, model.mean_[None])[0], model.mean_)
    assert model.mean_.mean() == pytest.approx(X.mean())
    assert not ev.EquivariantAutoencoder(SIGMA, rank=2, center="none").fit(X).mean_.any()
    target = ev.EquivariantRegression(SIGMA, target_group=TAU).fit(X, X[:, :9])
    assert close(moved(TAU, target.intercept_[None])[0], target.intercept_)


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(0)
    return rng.random((3_000, 784), dtype=np.float32) * np.linspace(0.1, 1.0, 784, dtype=np.float32)


def test_images(images):
    model = ev.EquivariantAutoencoder("shift:28x28:axis=1", rank=99).fit(images)
    Z, back = model.transform(images), model.predict(images)
    assert Z.dtype == back.dtype == np.float32
    assert close(model.inverse_transform(Z), back, 1e-5)
    right = np.roll(images.reshape(-1, 28, 28), 1, axis=2).reshape(-1, 784)
    assert close(model.predict(right), np.roll(back.reshape(-1, 28, 28), 1, axis=2).reshape(-1, 784), 1e-5)
    assert model.score(images) == pytest.approx(model.explained_variance_ratio_.sum(), abs=1e-4)


def test_memory_maps_are_read_and_not_copied(images, tmp_path):
    np.save(tmp_path / "X.npy", images)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    model = ev.EquivariantAutoencoder("shift:28x28:axis=1", rank=9)
    assert np.shares_memory(inputs.as_inputs(model, mapped, reset=True), mapped)
    assert np.array_equal(model.fit(mapped).predict(mapped), model.fit(images).predict(images))
    y = np.load(tmp_path / "X.npy", mmap_mode="r")
    one = ev.InvariantRegression("rotation:28", rank=2)
    assert np.array_equal(
        one.fit(mapped[:300], y[:300]).predict(mapped[:9]), one.fit(images[:300], images[:300]).predict(images[:9])
    )


def test_rows_are_treated_in_chunks(X, monkeypatch):
    models = [ev.EquivariantAutoencoder(SIGMA, rank=3).fit(X), ev.EquivariantRegression(SIGMA, rank=3).fit(X, X[::-1])]
    whole = [(m.transform(X), m.predict(X), m.inverse_transform(m.transform(X))) for m in models]
    monkeypatch.setattr(inputs, "_CHUNK_ENTRIES", 70)
    pieces = [(m.transform(X), m.predict(X), m.inverse_transform(m.transform(X))) for m in models]
    assert all(close(a, b) for one, other in zip(whole, pieces, strict=True) for a, b in zip(one, other, strict=True))


def test_a_large_offset_costs_no_digits_of_float32(rng):
    far = rng.standard_normal((200, 8)).astype(np.float32) + np.float32(2.0**16)
    exact = far.astype(np.float64)
    model = ev.EquivariantAutoencoder("cyclic:8")
    found, wanted = model.fit(far).transform(far), model.fit(exact).transform(exact)
    assert np.abs(np.abs(found) - np.abs(wanted)).max() < 1e-4  # the mean alone, in float32, is off by 4e-3
