"""Gradient flow and descent: exact solutions, conserved numbers, finite differences, order in the step, refusals."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import scipy.linalg

from equivariety.deep import LinearNetwork, gradient_descent, gradient_flow, layer_imbalance, norm_imbalance
from equivariety.errors import BudgetError


def layered(x, y):
    """Sum of squares of a product of layers on samples as rows, with gradients, written out again here."""

    def loss_and_gradient(weights):
        outputs = [x]
        for w in weights:
            outputs.append(outputs[-1] @ w.T)
        gap = outputs[-1] - y
        back, gradients = 2 * gap, []
        for w, before in zip(weights[::-1], outputs[-2::-1], strict=True):
            gradients.insert(0, back.T @ before)
            back = back @ w
        return float((gap**2).sum()), gradients

    return loss_and_gradient


def convolved(sigma, target):
    """Squared distance of the product of two filters to a target, in a metric, with gradients."""

    def loss_and_gradient(filters):
        a, b = filters
        gap = np.convolve(a, b) - target
        slope = 2 * sigma @ gap
        to_a = [slope[i : i + len(b)] @ b for i in range(len(a))]
        to_b = [slope[j : j + len(a)] @ a for j in range(len(b))]
        return float(gap @ sigma @ gap), [np.array(to_a), np.array(to_b)]

    return loss_and_gradient


def quadratic(scales):
    def loss_and_gradient(arrays):
        (w,) = arrays
        return float((scales * w**2).sum() / 2), [scales * w]

    return loss_and_gradient


def check_gradient(loss_and_gradient, arrays):
    _, gradients = loss_and_gradient(arrays)
    for i, gradient in enumerate(gradients):
        for at in np.ndindex(gradient.shape):
            values = []
            for sign in (1, -1):
                moved = [np.array(a) for a in arrays]
                moved[i][at] += sign * 1e-5
                values.append(loss_and_gradient(moved)[0])
            assert gradient[at] == pytest.approx((values[0] - values[1]) / 2e-5, rel=1e-6, abs=1e-7)


@pytest.fixture
def three_layers(rng):
    start = [rng.standard_normal(shape) for shape in [(3, 2), (2, 3), (2, 2)]]
    return layered(rng.standard_normal((6, 2)), rng.standard_normal((6, 2))), start


@pytest.fixture
def two_filters(rng):
    root = rng.standard_normal((4, 4))
    return convolved(root @ root.T + np.eye(4), rng.standard_normal(4)), [
        rng.standard_normal(2),
        rng.standard_normal(3),
    ]


# --------------------------------------------------------------------------------------------------------------- flows
METHODS = ["LSODA", "BDF", "Radau", "DOP853", "RK45"]


@pytest.mark.parametrize("method", METHODS)
def test_flow_of_a_quadratic_form_is_exponential(method):
    scales, start = np.array([3.0, 1.0, 0.5]), np.array([1.0, -2.0, 4.0])
    times = np.linspace(0, 2, 5)
    rtol = 1e-7 if method in ("BDF", "Radau") else None
    path = gradient_flow(quadratic(scales), [start], times=times, method=method, rtol=rtol)
    np.testing.assert_array_equal(path.times, times)
    for t, (w,), loss, norm in zip(times, path.weights, path.losses, path.gradient_norms, strict=True):
        exact = np.exp(-scales * t) * start
        np.testing.assert_allclose(w, exact, rtol=0, atol=1e-6)
        assert loss == pytest.approx((scales * exact**2).sum() / 2, abs=1e-5)
        assert norm == pytest.approx(np.linalg.norm(scales * exact), abs=1e-5)
    assert not path.converged
    assert path.drifts is path.imbalance is None


def test_one_layer_converges_to_least_squares(rng):
    x, y = rng.standard_normal((20, 3)), rng.standard_normal((20, 2))
    start = rng.standard_normal((2, 3))
    found = LinearNetwork((3, 2)).gradient_flow([start], x, y, times=[0.0, 3.0, 1e4])
    best = np.linalg.lstsq(x, y)[0].T
    assert found.converged
    np.testing.assert_allclose(found.end[0], best, atol=1e-7)
    # The mean over 40 entries has the Hessian X'X / 20.
    np.testing.assert_allclose(
        found.weights[1][0], best + (start - best) @ scipy.linalg.expm(-3.0 * x.T @ x / 20), rtol=0, atol=1e-8
    )
    assert found.times[-1] < 1e4


def test_two_numbers_move_on_a_hyperbola_to_their_product():
    for a, b, target in [(2.0, -1.0, 1.0), (0.5, 0.25, -3.0), (1e-3, 2e-3, 4.0)]:
        path = gradient_flow(layered(np.ones((1, 1)), np.full((1, 1), target)), [np.array([[a]]), np.array([[b]])])
        difference = b * b - a * a
        # v^2 - u^2 is conserved, and u v = target at the end.
        square = (-difference + math.sqrt(difference**2 + 4 * target**2)) / 2
        (u,), (v,) = (w.ravel() for w in path.end)
        assert path.converged
        assert u * v == pytest.approx(target, rel=1e-7)
        assert u * u == pytest.approx(square, rel=1e-7)
        assert (np.diff(path.losses) <= 0).all()


@pytest.mark.parametrize("method", ["LSODA", "DOP853", "Radau"])
def test_layers_conserve_their_imbalance(method, three_layers):
    loss_and_gradient, start = three_layers
    check_gradient(loss_and_gradient, start)
    rtol = 1e-5 if method == "Radau" else None
    path = gradient_flow(loss_and_gradient, start, imbalance=layer_imbalance, method=method, time=5.0, rtol=rtol)
    size = max(np.linalg.norm(w) ** 2 for w in start)
    assert path.imbalance == path.drifts.max()
    assert 0 < path.imbalance < (1e-2 if method == "Radau" else 1e-7) * size
    # Written out: it is the difference of Gram matrices that is measured.
    gaps = []
    for weights in path.weights:
        for (before, after), (old, new) in zip(pairwise(weights), pairwise(start), strict=True):
            gaps.append(np.abs(after.T @ after - before @ before.T - new.T @ new + old @ old.T).max())
    assert path.imbalance == pytest.approx(max(gaps), rel=1e-3)
    assert path.losses[-1] < path.losses[0]


def test_filters_conserve_the_difference_of_their_squared_norms(two_filters):
    loss_and_gradient, start = two_filters
    check_gradient(loss_and_gradient, start)
    path = gradient_flow(loss_and_gradient, start, imbalance=norm_imbalance)
    assert path.converged
    assert path.imbalance < 1e-7
    a, b = path.end
    assert b @ b - a @ a == pytest.approx(start[1] @ start[1] - start[0] @ start[0], abs=1e-7)
    # What is not conserved is seen to move.
    moving = gradient_flow(loss_and_gradient, start, imbalance=lambda filters: filters[0])
    assert moving.imbalance > 1e-3


def test_networks_with_biases_conserve_their_imbalance(rng):
    widths = (2, 3, 2, 1)
    net = LinearNetwork(widths, bias=True)
    weights = [(rng.standard_normal((b, a)), rng.standard_normal(b)) for a, b in pairwise(widths)]
    x, y = rng.standard_normal((7, 2)), rng.standard_normal((7, 1))
    path = net.gradient_flow(weights, x, y, time=50.0)
    assert path.imbalance < 1e-7
    before, after = (
        [w[1][0].T @ w[1][0] - w[0][0] @ w[0][0].T - np.outer(w[0][1], w[0][1])] for w in (weights, path.end)
    )
    np.testing.assert_allclose(after, before, atol=1e-7)
    assert path.losses[0] == pytest.approx(net.loss(weights, x, y))
    assert path.losses[-1] == pytest.approx(net.loss(path.end, x, y))
    assert [[part.shape for part in layer] for layer in path.end] == [[(3, 2), (3,)], [(2, 3), (2,)], [(1, 2), (1,)]]
    # Without the biases it moves.
    plain = [np.abs(layer_imbalance([w for w, _ in p])[0]).max() for p in (weights, path.end)]
    assert abs(plain[0] - plain[1]) > 1e-4


def test_imbalances_by_hand():
    weights = [np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[3.0, 1.0]])]
    (found,) = layer_imbalance(weights)
    assert found.tolist() == [[4.0, 1.0], [1.0, 0.0]]
    (found,) = layer_imbalance(weights, [np.array([1.0, -1.0]), np.array([5.0])])
    assert found.tolist() == [[3.0, 2.0], [2.0, -1.0]]
    assert norm_imbalance([np.array([[1.0, 2.0]]), np.array([2.0])]).tolist() == [-1.0]
    assert layer_imbalance(weights[:1]) == ()
    with pytest.raises(ValueError, match="biases must be 2 vectors; got 1"):
        layer_imbalance(weights, [np.zeros(2)])


def test_flow_passes_by_a_saddle(rng):
    """From tiny weights: the gradient is small at first, and again near the saddle of rank one."""
    y = np.diag([2.0, 1.0])
    start = [1e-6 * rng.standard_normal((2, 2)) for _ in range(2)]
    path = gradient_flow(layered(np.eye(2), y), start)
    assert path.converged
    np.testing.assert_allclose(path.end[1] @ path.end[0], y, atol=1e-6)
    # It ends where the gradient is small next to the largest one on the way, not next to that at the start.
    assert path.gradient_norms[-1] < 2e-13 * path.gradient_norms.max()
    early = gradient_flow(layered(np.eye(2), y), start, gradient_tolerance=1e-8)
    assert early.gradient_norms[-1] == pytest.approx(1e-8 * early.gradient_norms.max(), rel=0.1)
    assert early.converged
    assert early.times[-1] < path.times[-1]
    near = np.abs(path.losses - 1.0) < 0.01
    assert near.sum() > 5
    assert path.gradient_norms[near].min() < 0.03 * path.gradient_norms.max()


def test_flow_from_a_critical_point_stays(rng):
    path = gradient_flow(layered(np.eye(2), np.eye(2)), [np.zeros((2, 2))] * 2, imbalance=layer_imbalance)
    assert path.converged
    assert path.times.tolist() == [0.0]
    assert path.losses.tolist() == [2.0]
    assert path.imbalance == 0.0


def test_time_runs_out():
    path = gradient_flow(quadratic(np.ones(1)), [np.ones(1)], time=0.5)
    assert not path.converged
    assert path.times[-1] == 0.5
    assert path.end[0][0] == pytest.approx(math.exp(-0.5))
    assert "converged=False" in repr(path)
    path = gradient_flow(quadratic(np.ones(1)), [np.ones(1)], gradient_tolerance=math.exp(-1.0))
    assert path.converged
    assert path.times[-1] == pytest.approx(1.0)


def test_stiff_flow_is_quick():
    """Rates from 1e-3 to 1e4: an explicit integrator would take millions of steps."""
    scales, calls = np.array([1e4, 1.0, 1e-3]), []

    def counted(arrays):
        calls.append(1)
        return quadratic(scales)(arrays)

    path = gradient_flow(counted, [np.ones(3)], time=1e3)
    assert len(calls) < 5000
    np.testing.assert_allclose(path.end[0], np.exp(-scales * 1e3), atol=1e-7)


# ------------------------------------------------------------------------------------------------------------- descent
def test_descent_follows_the_flow_to_first_order(three_layers):
    loss_and_gradient, start = three_layers
    flow = gradient_flow(loss_and_gradient, start, times=[0.05])
    gaps, drifts = [], []
    for n in (200, 400, 800):
        path = gradient_descent(
            loss_and_gradient, start, step=0.05 / n, num_steps=n, every=n, imbalance=layer_imbalance
        )
        np.testing.assert_allclose(path.times, [0.0, 0.05])
        gaps.append(max(np.abs(a - b).max() for a, b in zip(path.end, flow.end, strict=True)))
        drifts.append(path.imbalance)
    for errors in (gaps, drifts):
        assert errors[0] > 1e-6
        assert [errors[i] / errors[i + 1] for i in range(2)] == pytest.approx([2.0, 2.0], rel=0.1)


def test_descent_of_a_quadratic_form_is_geometric():
    path = gradient_descent(quadratic(np.ones(1)), [np.array([8.0])], step=0.5, num_steps=5, every=2)
    assert [w[0].tolist() for w in path.weights] == [[8.0], [2.0], [0.5], [0.25]]
    assert path.times.tolist() == [0.0, 1.0, 2.0, 2.5]
    assert path.losses.tolist() == [32.0, 2.0, 0.125, 0.03125]
    assert path.gradient_norms.tolist() == [8.0, 2.0, 0.5, 0.25]
    assert not path.converged
    path = gradient_descent(quadratic(np.ones(1)), [np.array([8.0])], step=0.5, num_steps=100, gradient_tolerance=0.3)
    assert path.converged
    assert path.times.tolist() == [0.0, 0.5, 1.0]
    assert gradient_descent(quadratic(np.ones(1)), [np.zeros(1)], step=1.0, num_steps=9).times.tolist() == [0.0]
    assert gradient_descent(quadratic(np.ones(1)), [np.ones(1)], step=1.0, num_steps=0).end[0].tolist() == [1.0]


def test_descent_ends_at_the_flow(rng):
    x, y = scipy.linalg.orth(rng.standard_normal((8, 2))), rng.standard_normal((8, 2))
    start = [np.eye(2) + 0.1 * rng.standard_normal((2, 2)) for _ in range(2)]
    flow = gradient_flow(layered(x, y), start)
    descent = gradient_descent(layered(x, y), start, step=0.05, num_steps=5000, every=500)
    assert flow.converged
    assert descent.converged
    best = np.square(x @ np.linalg.lstsq(x, y)[0] - y).sum()
    assert flow.losses[-1] == pytest.approx(best, abs=1e-10)
    assert descent.losses[-1] == pytest.approx(best, abs=1e-10)


# -------------------------------------------------------------------------------------------------------- what goes in
def test_what_goes_in_and_out_is_not_changed(two_filters):
    loss_and_gradient, start = two_filters
    kept = [w.copy() for w in start]
    for path in (
        gradient_flow(loss_and_gradient, start, time=0.1),
        gradient_descent(loss_and_gradient, start, step=1e-3, num_steps=3),
    ):
        for w, old in zip(start, kept, strict=True):
            np.testing.assert_array_equal(w, old)
        for array in (path.times, path.losses, path.gradient_norms, *path.end):
            assert not array.flags.writeable
        assert len(path.times) == len(path.losses) == len(path.weights) == len(path.gradient_norms)
        np.testing.assert_array_equal(path.weights[0][0], start[0])
        assert path.losses[0] == loss_and_gradient(start)[0]


def not_a_number(arrays):
    return math.nan, [np.zeros(1)]


def cubic(arrays):
    """Not bounded below: the flow leaves every bound in finite time."""
    return float(-(arrays[0] ** 3).sum()), [-3 * arrays[0] ** 2]


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: gradient_flow(not_a_number, [np.ones(1)]), ValueError, "finite along the way; got a loss of nan"),
        (
            lambda: gradient_descent(not_a_number, [np.ones(1)], step=1.0, num_steps=1),
            ValueError,
            "finite along the way",
        ),
        (lambda: gradient_flow(cubic, [np.ones(1)], rtol=1e-3), ValueError, "loss_and_gradient must be"),
        (lambda: gradient_flow(cubic, [np.ones(1)], rtol=1e-3, method="RK45"), ValueError, "loss_and_gradient must be"),
        (
            lambda: gradient_descent(cubic, [np.ones(1)], step=1.0, num_steps=99),
            ValueError,
            "step must be small enough",
        ),
        (
            lambda: gradient_flow(quadratic(np.array([1e9, 1.0])), [np.ones(2)], method="RK45", max_evaluations=1000),
            BudgetError,
            "more than max_evaluations=1000 evaluations",
        ),
        (lambda: gradient_flow(None, [np.ones(1)]), TypeError, "loss_and_gradient must be a function"),
        (lambda: gradient_flow(quadratic(1.0), np.ones(1)), TypeError, "start must be a list of arrays"),
        (lambda: gradient_flow(quadratic(1.0), []), TypeError, "start must be a list of arrays"),
        (lambda: gradient_flow(quadratic(1.0), [[np.inf]]), ValueError, r"start\[0\] must be finite"),
        (
            lambda: gradient_flow(lambda w: (1.0, [np.ones(3)]), [np.ones(2)]),
            ValueError,
            r"gradients of shapes \[\(2,\)\]",
        ),
        (lambda: gradient_flow(lambda w: (1.0, []), [np.ones(2)]), ValueError, "gradients of shapes"),
        (
            lambda: gradient_flow(quadratic(1.0), [np.ones(1)], method="Euler"),
            ValueError,
            "method must be one of LSODA",
        ),
        (
            lambda: gradient_flow(quadratic(1.0), [np.ones(1)], time=0),
            ValueError,
            "time must be a finite number > 0; got 0",
        ),
        (lambda: gradient_flow(quadratic(1.0), [np.ones(1)], time="1"), TypeError, "time must be a finite number"),
        (
            lambda: gradient_flow(quadratic(1.0), [np.ones(1)], time=math.inf),
            ValueError,
            "time must be a finite number > 0; got inf",
        ),
        (lambda: gradient_flow(quadratic(1.0), [np.ones(1)], times=[1.0, 0.5]), ValueError, "times must be ascending"),
        (lambda: gradient_flow(quadratic(1.0), [np.ones(1)], times=[]), ValueError, "times must be ascending"),
        (
            lambda: gradient_flow(quadratic(1.0), [np.ones(1)], rtol=-1.0),
            ValueError,
            "rtol must be a finite number > 0",
        ),
        (lambda: gradient_flow(quadratic(1.0), [np.ones(1)], gradient_tolerance=-1), ValueError, "gradient_tolerance"),
        (lambda: gradient_flow(quadratic(1.0), [np.ones(20_000)]), ValueError, 'take method="DOP853"'),
        (
            lambda: gradient_descent(quadratic(1.0), [np.ones(1)], step=0.0, num_steps=1),
            ValueError,
            "step must be a finite number > 0",
        ),
        (
            lambda: gradient_descent(quadratic(1.0), [np.ones(1)], step=True, num_steps=1),
            TypeError,
            "step must be a finite number",
        ),
        (
            lambda: gradient_descent(quadratic(1.0), [np.ones(1)], step=1.0, num_steps=1.5),
            ValueError,
            "num_steps must be",
        ),
        (
            lambda: gradient_descent(quadratic(1.0), [np.ones(1)], step=1.0, num_steps=1, every=0),
            ValueError,
            "every must",
        ),
        (lambda: LinearNetwork((2, 2)).gradient_flow([np.eye(3)], np.eye(2), np.eye(2)), ValueError, r"shape \(2, 2\)"),
    ],
)
def test_mistakes_are_named(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
