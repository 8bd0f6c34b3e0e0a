"""Every bad parameter and every bad array is refused by fit, saying the argument, what is required, and the fix."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import equivariety as ev

ALL = [ev.EquivariantAutoencoder, ev.EquivariantRegression, ev.InvariantRegression]
LEARN = ["fit", "partial_fit"]
X = np.random.default_rng(0).standard_normal((12, 6))
SEVERAL = ev.PermutationGroup.from_cycles("(1 2 3)", "(1 2)", degree=6)

PARAMETERS = [
    ({"group": 3}, TypeError, "group must be None, a PermutationGroup, a SignedPermutationGroup or a text; got 3"),
    ({"group": [[1, 0, 2, 3, 4, 5]]}, TypeError, "group must be None, a PermutationGroup"),
    ({"group": "shift:2x3"}, ValueError, "group must be a group; got 'shift:2x3'"),
    ({"group": "nonsense"}, ValueError, "group must be a group; got 'nonsense'"),
    ({"group": ""}, ValueError, "group must be a group"),
    ({"group": "cyclic:5"}, ValueError, "group must be a group on 6 points, the features of X; got degree 5"),
    ({"group": ev.groups.cyclic(7)}, ValueError, "group must be a group on 6 points, the features of X; got degree 7"),
    ({"rank": -1}, ValueError, "rank must be an integer >= 0; got -1"),
    ({"rank": 2.5}, ValueError, "rank must be an integer >= 0; got 2.5"),
    ({"rank": True}, ValueError, "rank must be an integer >= 0; got True"),
    ({"rank": "2"}, ValueError, "rank must be an integer >= 0; got '2'"),
    ({"rank": [1]}, ValueError, "rank must be an integer >= 0"),
    ({"ranks": {"(1,1)": 7}}, ValueError, r"ranks\[\(1,1\)\] must be at most 6; got 7"),
    ({"ranks": {"(1,1)": -1}}, ValueError, r"ranks\[\(1,1\)\] must be an integer >= 0"),
    ({"ranks": {"(5,4)": 1}}, ValueError, "ranks must be one of the block labels"),
    ({"ranks": [1, 1, 1]}, ValueError, "ranks must be a sequence of 1 ranks"),
    ({"ranks": 3}, TypeError, "ranks must be a mapping from block label to rank or a sequence"),
    ({"ranks": "(1,1)"}, TypeError, "ranks must be a mapping from block label to rank or a sequence"),
    ({"rank": 2, "ranks": [1]}, ValueError, "rank must be None where ranks are given; got 2"),
    ({"center": "mean"}, ValueError, 'center must be "group" or "none"; got \'mean\''),
    ({"center": None}, ValueError, 'center must be "group" or "none"; got None'),
    ({"center": True}, ValueError, 'center must be "group" or "none"; got True'),
    ({"center": np.zeros(6)}, ValueError, 'center must be "group" or "none"'),
    ({"alpha": -1.0}, ValueError, "alpha must be a finite number >= 0; got -1.0"),
    ({"alpha": np.nan}, ValueError, "alpha must be a finite number >= 0; got nan"),
    ({"alpha": np.inf}, ValueError, "alpha must be a finite number >= 0; got inf"),
    ({"alpha": True}, TypeError, "alpha must be a number >= 0; got True"),
    ({"alpha": "1"}, TypeError, "alpha must be a number >= 0; got"),
    ({"alpha": None}, TypeError, "alpha must be a number >= 0; got None"),
]


def refused(error, match):
    return pytest.raises(error, match=rf"(?s){match}.*Fix: ")


@pytest.mark.parametrize("learn", LEARN)
@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize(("parameters", "error", "match"), PARAMETERS)
def test_parameters(kind, learn, parameters, error, match):
    estimator = kind(**parameters)  # bad parameters are no mistake before fit
    with refused(error, match):
        getattr(estimator, learn)(X, X)
    assert not hasattr(estimator, "map_")


@pytest.mark.parametrize("learn", LEARN)
@pytest.mark.parametrize("kind", ALL[:2])
def test_groups_of_several_generators(kind, learn):
    learned = getattr(kind(SEVERAL), learn)(X, X)
    for generator in SEVERAL.generators:
        moved = learned.predict(generator.apply(X))
        np.testing.assert_allclose(moved, generator.apply(learned.predict(X)), atol=1e-12)


@pytest.mark.parametrize("learn", LEARN)
@pytest.mark.parametrize(
    ("parameters", "error", "match"),
    [
        (
            {"target_group": "cyclic:2"},
            ValueError,
            "target_group must be a group on 3 points, the columns of y; got deg",
        ),
        ({"target_group": ev.groups.cyclic(6)}, ValueError, "target_group must be a group on 3 points"),
        ({"target_group": 1}, TypeError, "target_group must be None, a PermutationGroup"),
        ({"target_group": "Same"}, ValueError, "target_group must be a group; got 'Same'"),
        ({"group": "cyclic:6"}, ValueError, "target_group must be a group on 3 points.*got 'same'"),
        (
            {"group": "cyclic:6", "target_group": "cycles:(1 2);(1 2):degree=3"},
            ValueError,
            "target_group must be a group with 1 generators",
        ),
    ],
)
def test_target_groups(learn, parameters, error, match):
    with refused(error, match):
        getattr(ev.EquivariantRegression(**parameters), learn)(X, X[:, :3])


@pytest.mark.parametrize("learn", LEARN)
@pytest.mark.parametrize("kind", ALL[1:])
def test_targets(kind, learn):
    for y, error, match in [
        (None, ValueError, "y must be .*requires y to be passed, but the target y is None"),
        (
            X[:5],
            ValueError,
            r"y must be of shape \(12,\) or \(12, outputs\), one row for each row of X; got shape \(5, 6\)",
        ),
        (X[:5, 0], ValueError, r"got shape \(5,\)"),
        (np.ma.masked_less(X, 0.0), ValueError, "y must be an array without masked entries"),
    ]:
        with refused(error, match):
            getattr(kind(), learn)(X, y)
    for y, error in [
        (X * 1j, ValueError),
        (X[:, :0], ValueError),
        (X[:, :, None], ValueError),
        (np.full(12, np.nan), ValueError),
        (np.full((12, 2), np.inf), ValueError),
        (np.full(12, "a"), ValueError),
        (sparse.csr_matrix(X), TypeError),
        (3.0, TypeError),
    ]:
        with pytest.raises(error):
            getattr(kind(), learn)(X, y)


@pytest.mark.parametrize("learn", LEARN)
@pytest.mark.parametrize("kind", ALL)
def test_samples(kind, learn):
    bad = X.copy()
    bad[3, 3] = np.inf
    for values, error, match in [
        (X[0], ValueError, "Expected 2D array"),
        (X[:0], ValueError, "0 sample"),
        (X[:, :0], ValueError, "0 feature"),
        (X * 1j, ValueError, "Complex data not supported"),
        (X.astype(str), ValueError, "Convert your data to numeric values"),
        (sparse.csr_matrix(X), TypeError, "dense data is required"),
        (np.ma.masked_less(X, 0.0), ValueError, "X must be an array without masked entries"),
        (bad, ValueError, "X must be finite; got NaN or inf"),
        (
            np.full((12, 6), 1e300),
            ValueError,
            "X must be finite, of moderate size|X and Y must be finite, of moderate size",
        ),
    ]:
        with pytest.raises(error, match=match):
            getattr(kind(), learn)(values, values)


@pytest.mark.parametrize("learn", LEARN)
@pytest.mark.parametrize("kind", ALL)
def test_weights(kind, learn):
    for weights, match in [
        (np.ones(5), r"sample_weight must be of shape \(12,\)"),
        (np.ones((12, 1)), r"sample_weight must be of shape \(12,\)"),
        (-np.ones(12), "sample_weight must be not negative"),
        (np.full(12, np.nan), "sample_weight must be finite"),
    ]:
        with refused(ValueError, match):
            getattr(kind(), learn)(X, X, weights)
    with refused(TypeError, "sample_weight must be an array of real numbers"):
        getattr(kind(), learn)(X, X, ["1"] * 12)
    with refused(ValueError, "sample_weight must be positive for at least one sample"):
        kind().fit(X, X, np.zeros(12))


@pytest.mark.parametrize("kind", ALL)
def test_new_samples(kind):
    estimator = kind(rank=2).fit(X, X)
    bad = X.copy()
    bad[3, 3] = np.nan
    for method in ("transform", "predict"):
        with pytest.raises(ValueError, match=r"X has 5 features, but .* is expecting 6 features"):
            getattr(estimator, method)(X[:, :5])
        with refused(ValueError, "X must be finite; got NaN or inf"):
            getattr(estimator, method)(bad)
    for values in (X, X[0, :2], bad[3:4, 3:5], np.full((2, 2), np.nan)):
        with refused(ValueError, "X must be "):
            estimator.inverse_transform(values)
    with refused(TypeError, "X must be an array of real numbers"):
        estimator.inverse_transform([["a", "b"]])


def test_scores_of_bad_arguments():
    model = ev.EquivariantAutoencoder().fit(X)
    with pytest.raises(ValueError, match="sample_weight"):
        model.score(X, None, np.ones(3))
    with pytest.raises(ValueError, match="finite"):
        model.score(np.full((2, 6), np.nan))
    with pytest.raises(ValueError, match="is expecting 6 features"):
        model.score(X[:, :2])
