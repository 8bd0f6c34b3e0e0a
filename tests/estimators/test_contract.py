"""The estimators are scikit-learn estimators: its own checks, and the tools that people combine them with."""

from __future__ import annotations

import io
import pickle

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import equivariety as ev

AUTOENCODER = ev.EquivariantAutoencoder
REGRESSIONS = [ev.EquivariantRegression, ev.InvariantRegression]
ALL = [AUTOENCODER, *REGRESSIONS]
LEARNED = [
    "components_",
    "component_labels_",
    "component_",
    "fit_",
    "loss_",
    "map_",
    "mean_",
    "n_components_",
    "rank_vector_",
    "n_features_in_",
]


@pytest.mark.parametrize(
    "estimator",
    [
        *(kind() for kind in ALL),
        *(kind(rank=1, alpha=1.0) for kind in ALL),
        *(kind(rank=2, center="none") for kind in ALL),
        ev.EquivariantRegression(target_group=None),
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore:partial_fit begins anew:UserWarning")
def test_scikit_learn_checks(estimator):
    results = check_estimator(estimator, on_skip=None)  # skipped are those that need other libraries
    assert len(results) > 50


def fitted(kind, rng, **parameters):
    X = rng.standard_normal((20, 6))
    estimator = kind("cyclic:6", **parameters)
    return (estimator.fit(X), X) if kind is AUTOENCODER else (estimator.fit(X, rng.standard_normal((20, 6))), X)


@pytest.mark.parametrize("kind", ALL)
def test_nothing_is_learned_before_fit(kind):
    estimator = kind()
    names = LEARNED + (["explained_variance_ratio_"] if kind is AUTOENCODER else ["coef_", "intercept_"])
    assert [name for name in names if hasattr(estimator, name)] == []
    for method in ("transform", "inverse_transform", "predict"):
        with pytest.raises(NotFittedError):
            getattr(estimator, method)(np.eye(2))
    with pytest.raises(NotFittedError):
        estimator.get_feature_names_out()


@pytest.mark.parametrize("kind", ALL)
def test_learned_attributes_and_display(kind, rng):
    estimator, _ = fitted(kind, rng, rank=3)
    assert [name for name in LEARNED if not hasattr(estimator, name)] == []
    assert "rank=3" in repr(estimator)
    assert kind.__name__ in estimator._repr_html_()


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("group", ["cyclic:6", ev.groups.cyclic(6)])
def test_clone_keeps_the_parameters_only(kind, group, rng):
    estimator, _ = fitted(kind, rng, rank=2, alpha=0.5, center="none")
    estimator.set_params(group=group)
    copy = clone(estimator)
    assert copy.get_params() == estimator.get_params()
    assert not hasattr(copy, "map_")


@pytest.mark.parametrize("kind", ALL)
def test_pickle_and_joblib_keep_what_was_learned(kind, rng):
    estimator, X = fitted(kind, rng, rank=3)
    stream = io.BytesIO()
    joblib.dump(estimator, stream)
    stream.seek(0)
    for again in (pickle.loads(pickle.dumps(estimator)), joblib.load(stream)):  # noqa: S301
        assert np.array_equal(again.predict(X), estimator.predict(X))
        assert np.array_equal(again.components_, estimator.components_)
        assert again.get_params() == estimator.get_params()


@pytest.mark.parametrize("kind", ALL)
def test_a_pickled_estimator_goes_on_learning(kind, rng):
    X, Y = rng.standard_normal((2, 30, 6))
    estimator = kind("cyclic:6", rank=3).partial_fit(X[:10], Y[:10])
    again = pickle.loads(pickle.dumps(estimator)).partial_fit(X[10:], Y[10:])  # noqa: S301
    assert np.allclose(again.predict(X), kind("cyclic:6", rank=3).fit(X, Y).predict(X), atol=1e-12)


def test_pipelines():
    digits = ev.datasets.load_digits()
    target = digits.train.sum(axis=1)
    first = ev.EquivariantAutoencoder("reflection:8x8:axis=1", rank=20)
    both = make_pipeline(first, LinearRegression()).fit(digits.train, target)
    assert both.score(digits.test, digits.test.sum(axis=1)) > 0.8
    last = make_pipeline(StandardScaler(), ev.InvariantRegression()).fit(digits.train, target)
    assert last.score(digits.train, target) == pytest.approx(1.0)
    weighed = make_pipeline(first, LinearRegression())
    weighed.fit(digits.train, target, equivariantautoencoder__sample_weight=np.arange(1500.0))
    assert clone(first).fit(digits.train, None, np.arange(1500.0)).loss_ == weighed[0].loss_


def test_grid_search_finds_rank_and_group(rng):
    data = ev.datasets.make_mirror_symmetric(300, rng=rng)
    text = f"cycles:{data.group.cycle_text[0]}:degree=15"
    grid = {"group": [None, text], "rank": [0, 2]}
    search = GridSearchCV(ev.EquivariantRegression(target_group="cycles:(1 2):degree=2"), grid, cv=5)
    search.fit(data.X[:60], data.sides[:60])
    assert search.best_params_ == {"group": text, "rank": 2}


def test_grid_search_of_an_autoencoder_scores_what_is_explained():
    digits = ev.datasets.load_digits()
    search = GridSearchCV(ev.EquivariantAutoencoder("shift:8x8:axis=1"), {"rank": [2, 8]}, cv=2).fit(digits.train)
    assert search.best_params_ == {"rank": 8}
    assert 0 < search.best_score_ < 1


@pytest.mark.parametrize("kind", REGRESSIONS)
def test_cross_validation(kind, rng):
    X = rng.standard_normal((60, 5))
    assert (cross_val_score(kind(), X, X @ np.arange(5.0), cv=3) > 0.999).all()


@pytest.mark.parametrize("kind", ALL)
def test_feature_names(kind, rng):
    estimator, X = fitted(kind, rng, rank=3)
    names = estimator.get_feature_names_out()
    assert names.tolist() == [f"{kind.__name__.lower()}{i}" for i in range(estimator.n_components_)]
    assert estimator.set_output(transform="default").transform(X).shape == (20, len(names))


@pytest.mark.parametrize("kind", ALL)
def test_sample_weights_may_be_lists_and_y_a_column(kind, rng):
    X, y = rng.standard_normal((9, 3)), rng.standard_normal(9)
    w = rng.random(9)
    of_row, of_column = kind().fit(X, y, w.tolist()), kind().fit(X.tolist(), y[:, None], w)
    assert of_row.loss_ == of_column.loss_
    if kind is not AUTOENCODER:
        assert (of_row.coef_.shape, of_column.coef_.shape) == ((3,), (1, 3))
        assert isinstance(of_row.intercept_, float)
        assert of_column.intercept_.shape == (1,)
        assert (of_row.predict(X).shape, of_column.predict(X).shape) == ((9,), (9, 1))


@pytest.mark.parametrize("kind", ALL)
def test_float32_stays_float32(kind, rng):
    X = rng.standard_normal((30, 4)).astype(np.float32)
    estimator = kind("cyclic:4", rank=2).fit(X, X)
    results = [estimator.transform(X), estimator.predict(X), estimator.inverse_transform(estimator.transform(X))]
    results += [estimator.components_, estimator.mean_]
    assert {r.dtype for r in results} == {np.dtype(np.float32)}
    assert estimator.transform(X.astype(np.float64)).dtype == np.float64


@pytest.mark.parametrize("kind", ALL)
def test_integers_and_booleans_are_numbers(kind, rng):
    X = rng.integers(0, 255, (20, 4)).astype(np.uint8)
    assert np.allclose(kind(rank=2).fit(X, X).predict(X), kind(rank=2).fit(X / 1.0, X / 1.0).predict(X / 1.0))
    assert np.isfinite(kind().fit(X > 99, X > 99).predict(X > 99)).all()


@pytest.mark.parametrize("kind", ALL)
def test_too_large_for_a_dense_matrix(kind, rng, monkeypatch):
    estimator, X = fitted(kind, rng)
    monkeypatch.setattr("equivariety.parameterizations.factorization.DENSE_ENTRIES_BUDGET", 3)
    monkeypatch.setattr("equivariety.representations.maps.equivariant_map.DENSE_ENTRIES_BUDGET", 3)
    with pytest.raises(ValueError, match="at most 3 entries"):
        _ = estimator.components_
    if kind is not AUTOENCODER:
        with pytest.raises(ValueError, match="at most 3 entries"):
            _ = estimator.coef_
    assert estimator.transform(X).shape == (20, estimator.n_components_)
    assert kind.__name__ in estimator._repr_html_()


@pytest.mark.parametrize("kind", ALL)
def test_a_failed_fit_leaves_nothing_behind(kind, rng):
    estimator, X = fitted(kind, rng)
    with pytest.raises(ValueError, match="group"):
        estimator.fit(X[:, :3], X[:, :3])
    assert not hasattr(estimator, "map_")
