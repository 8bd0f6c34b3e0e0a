"""The front door of linear networks: maps, losses, derivatives, and what is refused."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import equivariety as ev
from deep.constructed_points import gradients, hessian, instance
from equivariety.errors import BudgetError


def random_weights(rng, widths, bias=False):
    matrices = [rng.standard_normal((b, a)) for a, b in pairwise(widths)]
    return [(w, rng.standard_normal(len(w))) for w in matrices] if bias else matrices


def output(weights, x, bias):
    for layer in weights:
        x = layer[0] @ x + layer[1] if bias else layer @ x
    return x


def parts(weights, bias):
    return [a for pair in weights for a in pair] if bias else list(weights)


def moved(weights, bias, index, entry, step):
    flat = [np.array(a) for a in parts(weights, bias)]
    flat[index][entry] += step
    return list(zip(flat[::2], flat[1::2], strict=True)) if bias else flat


CASES = [
    ((2, 3), False),
    ((3, 2, 4), False),
    ((2, 3, 1, 2), False),
    ((2, 3), True),
    ((3, 2, 4), True),
    ((2, 2, 3, 1), True),
]


@pytest.mark.parametrize(("widths", "bias"), CASES)
def test_map_and_loss_sample_by_sample(widths, bias, rng):
    net, weights = ev.LinearNetwork(widths, bias=bias), random_weights(rng, widths, bias)
    X, Y = rng.standard_normal((7, widths[0])), rng.standard_normal((7, widths[-1]))
    outputs = np.array([output(weights, x, bias) for x in X])
    total = net.map(weights)
    mine = X @ total[0].T + total[1] if bias else X @ total.T
    np.testing.assert_allclose(mine, outputs, atol=1e-12)
    assert net.loss(weights, X, Y) == pytest.approx(np.mean((outputs - Y) ** 2))


@pytest.mark.parametrize(("widths", "bias"), CASES)
def test_gradient_by_finite_differences(widths, bias, rng):
    net, weights = ev.LinearNetwork(widths, bias=bias), random_weights(rng, widths, bias)
    X, Y = rng.standard_normal((7, widths[0])), rng.standard_normal((7, widths[-1]))
    for index, derivative in enumerate(parts(net.gradient(weights, X, Y), bias)):
        for entry in np.ndindex(derivative.shape):
            up, down = (net.loss(moved(weights, bias, index, entry, h), X, Y) for h in (1e-5, -1e-5))
            assert derivative[entry] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(("widths", "bias"), CASES)
def test_hessian_by_finite_differences_of_the_gradient(widths, bias, rng):
    net, weights = ev.LinearNetwork(widths, bias=bias), random_weights(rng, widths, bias)
    X, Y = rng.standard_normal((7, widths[0])), rng.standard_normal((7, widths[-1]))
    found = net.hessian(weights, X, Y)
    direction = random_weights(rng, widths, bias)
    step = 1e-6

    def at(h):
        shifted = [a + h * v for a, v in zip(parts(weights, bias), parts(direction, bias), strict=True)]
        given = list(zip(shifted[::2], shifted[1::2], strict=True)) if bias else shifted
        return parts(net.gradient(given, X, Y), bias)

    for mine, up, down in zip(parts(found.apply(direction), bias), at(step), at(-step), strict=True):
        np.testing.assert_allclose(mine, (up - down) / (2 * step), rtol=1e-5, atol=1e-6)
    dense = found.to_dense()
    assert found.size == len(dense) == net.num_parameters
    np.testing.assert_allclose(dense, dense.T, atol=1e-12)

    def flat(given):
        rows = [np.column_stack([w, c]) for w, c in given] if bias else given
        return np.concatenate([np.ravel(a) for a in rows])

    np.testing.assert_allclose(dense @ flat(direction), flat(found.apply(direction)), atol=1e-10)


def test_dense_hessian_by_complex_steps(rng):
    widths = (3, 2, 2, 4)
    data, weights = instance(rng, widths), random_weights(rng, widths)
    mine = ev.LinearNetwork(widths).hessian(weights, data.X, data.Y).to_dense() * data.Y.size
    np.testing.assert_allclose(mine, hessian(weights, data.X, data.Y), atol=1e-9 * np.abs(mine).max())
    for g, other in zip(
        ev.LinearNetwork(widths).gradient(weights, data.X, data.Y), gradients(weights, data.X, data.Y), strict=True
    ):
        np.testing.assert_allclose(g * data.Y.size, other, rtol=1e-9, atol=1e-9)


def test_dense_hessian_has_a_budget():
    net = ev.LinearNetwork((200, 200))
    with pytest.raises(BudgetError, match="apply"):
        net.hessian([np.zeros((200, 200))], np.ones((1, 200)), np.ones((1, 200))).to_dense()


def test_function_space_is_the_determinantal_variety(rng):
    net = ev.LinearNetwork((4, 2, 3, 3))
    space = net.function_space
    assert (net.rank, net.is_filling, net.depth) == (2, False, 3)
    assert net.num_parameters == 8 + 6 + 9
    assert (space.dim, space.degree, space.ed_degree) == (2 * (4 + 3 - 2), 6, 3)  # degree of the 3x4 matrices of rank 2
    assert space.contains(net.map(random_weights(rng, net.widths)))
    assert not space.contains(rng.standard_normal((3, 4)))
    assert ev.LinearNetwork((3, 2, 2)).is_filling
    assert ev.LinearNetwork((3, 2, 2), bias=True).num_parameters == 8 + 6


def test_values_and_returned_arrays_cannot_be_changed(rng):
    net = ev.LinearNetwork((2, 2))
    with pytest.raises(AttributeError):
        net.widths = (1, 1)
    given = np.eye(2)
    found = net.classify([given], np.eye(2), np.eye(2))
    given[0, 0] = 5.0
    assert found.weights[0][0, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        net.gradient([given], np.eye(2), np.eye(2))[0][0, 0] = 1.0
    assert ev.LinearNetwork([2, 2]) == net
    assert hash(ev.LinearNetwork([2, 2])) == hash(net)


@pytest.mark.parametrize("widths", [(), (3,), (3, 0), (3, -1), (3, 2.5), (3, True), (float("nan"), 2)])
def test_bad_widths(widths):
    with pytest.raises(ValueError, match="widths"):
        ev.LinearNetwork(widths)


@pytest.mark.parametrize("widths", [3, None, "32", {3: 2}])
def test_widths_of_another_type(widths):
    with pytest.raises(TypeError, match="widths"):
        ev.LinearNetwork(widths)


def test_bias_is_a_flag():
    with pytest.raises(TypeError, match="bias"):
        ev.LinearNetwork((2, 2), bias=1)


GOOD = [np.ones((2, 3)), np.ones((1, 2))]


@pytest.mark.parametrize(
    ("weights", "error"),
    [
        ([], ValueError),
        (GOOD[:1], ValueError),
        ([*GOOD, np.eye(1)], ValueError),
        (GOOD[::-1], ValueError),
        ([GOOD[0].T, GOOD[1]], ValueError),
        ([np.full((2, 3), np.nan), GOOD[1]], ValueError),
        ([np.full((2, 3), np.inf), GOOD[1]], ValueError),
        ([[[1.0, 2.0, 3.0], [1.0]], GOOD[1]], ValueError),
        ([1.0, 2.0], ValueError),
        (3, TypeError),
        (None, TypeError),
        ("ab", TypeError),
        ([np.ones((2, 3), dtype=complex), GOOD[1]], TypeError),
        ([[["a"] * 3] * 2, GOOD[1]], TypeError),
        ([(w, np.zeros(len(w))) for w in GOOD], ValueError),
    ],
)
def test_bad_weights(weights, error):
    net = ev.LinearNetwork((3, 2, 1))
    for call in (
        net.map,
        lambda w: net.loss(w, np.ones((4, 3)), np.ones(4)),
        lambda w: net.classify(w, np.ones((4, 3)), np.ones(4)),
    ):
        with pytest.raises(error, match="weights"):
            call(weights)


@pytest.mark.parametrize(
    ("weights", "error"),
    [
        (GOOD, ValueError),
        ([(w,) for w in GOOD], ValueError),
        ([(w, np.zeros(5)) for w in GOOD], ValueError),
        (3, TypeError),
    ],
)
def test_bad_weights_with_biases(weights, error):
    with pytest.raises(error, match=r"weights|pair"):
        ev.LinearNetwork((3, 2, 1), bias=True).map(weights)


@pytest.mark.parametrize(
    ("X", "Y", "error", "name"),
    [
        (np.ones((4, 2)), np.ones((4, 1)), ValueError, "X"),
        (np.ones((0, 3)), np.ones((0, 1)), ValueError, "X"),
        (np.ones(3), np.ones(1), ValueError, "X"),
        (np.ones((4, 3)), np.ones((5, 1)), ValueError, "Y"),
        (np.ones((4, 3)), np.ones((4, 2)), ValueError, "Y"),
        (np.full((4, 3), np.nan), np.ones((4, 1)), ValueError, "X"),
        (np.ones((4, 3)), np.full((4, 1), np.inf), ValueError, "Y"),
        ([[1, 2], [3]], np.ones((2, 1)), ValueError, "X"),
        ("data", np.ones((4, 1)), TypeError, "X"),
        (np.ones((4, 3), dtype=complex), np.ones((4, 1)), TypeError, "X"),
        (np.ones((4, 3)), None, TypeError, "Y"),
    ],
)
def test_bad_data(X, Y, error, name):
    net = ev.LinearNetwork((3, 2, 1))
    calls = [
        lambda: net.loss(GOOD, X, Y),
        lambda: net.gradient(GOOD, X, Y),
        lambda: net.hessian(GOOD, X, Y),
        lambda: net.critical_functions(X, Y),
        lambda: net.classify(GOOD, X, Y),
        lambda: net.sample_critical_point(X, Y, np.random.default_rng(0)),
    ]
    for call in calls:
        with pytest.raises(error, match=name):
            call()


@pytest.mark.parametrize("tolerance", [0.0, -1.0, 1.0, float("nan"), float("inf")])
def test_bad_tolerances(tolerance):
    with pytest.raises(ValueError, match="tolerance"):
        ev.LinearNetwork((3, 2, 1)).classify(GOOD, np.eye(3), np.ones(3), tolerance=tolerance)


@pytest.mark.parametrize("options", [{"tolerance": "small"}, {"tolerance": True}, {"polish": 1}])
def test_options_of_another_type(options):
    with pytest.raises(TypeError, match=next(iter(options))):
        ev.LinearNetwork((3, 2, 1)).classify(GOOD, np.eye(3), np.ones(3), **options)


@pytest.mark.parametrize("bias", [False, True])
def test_gradient_flow_conserves_what_it_should(bias, rng):
    net = ev.LinearNetwork((2, 3, 2), bias=bias)
    X, Y = rng.standard_normal((9, 2)), rng.standard_normal((9, 2))
    path = net.gradient_flow(random_weights(rng, net.widths, bias), X, Y, time=3.0)
    assert path.losses[-1] < path.losses[0]
    assert path.imbalance < 1e-6
    assert path.losses[-1] == pytest.approx(net.loss(path.end, X, Y))


def test_fibers_are_those_of_the_widths():
    net = ev.LinearNetwork((2, 2, 2, 2))
    assert [net.fiber_dim(e) for e in range(3)] == [net.fiber(e).dim for e in range(3)]
    assert net.fiber_dim() == net.fiber_dim(2) == 8  # two copies of GL_2
