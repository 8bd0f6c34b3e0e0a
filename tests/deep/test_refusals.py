"""Numbers that floats cannot carry, widths that are none, and messages that say what to do."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest

import equivariety as ev
from deep.constructed_points import instance
from equivariety.deep import DeepFiber, gradient_flow
from equivariety.errors import BudgetError, as_positive_number

NET = ev.LinearNetwork((4, 2, 3))

#: How a message about an overflow begins: at the start, in a step, or on the way.
NAMED = ("weights must be", "step must be", "loss_and_gradient must be finite along the way")


def uses(net, weights, X, Y, rng):
    return {
        "loss": lambda: net.loss(weights, X, Y),
        "gradient": lambda: net.gradient(weights, X, Y),
        "hessian": lambda: net.hessian(weights, X, Y),
        "classify": lambda: net.classify(weights, X, Y),
        "critical_functions": lambda: net.critical_functions(X, Y),
        "sample_critical_point": lambda: net.sample_critical_point(X, Y, rng),
        "gradient_flow": lambda: net.gradient_flow(weights, X, Y),
        "gradient_descent": lambda: net.gradient_descent(weights, X, Y, step=0.1, num_steps=3),
    }


def layers(rng):
    return [rng.standard_normal((2, 4)), rng.standard_normal((3, 2))]


@pytest.mark.parametrize("name", ["X", "Y"])
@pytest.mark.parametrize("factor", [1e300, 1e170, 1e-170, 5e-324])
def test_data_whose_squares_are_no_floats(name, factor, rng):
    data = {"X": rng.standard_normal((9, 4)), "Y": rng.standard_normal((9, 3))}
    data[name] = np.sign(data[name]) * factor
    for use in uses(NET, layers(rng), data["X"], data["Y"], rng).values():
        with pytest.raises(ValueError, match=rf"^{name} must be .* squares are floats"):
            use()


@pytest.mark.parametrize("factor", [1e120, 1e-120])
def test_large_and_small_units_are_fine(factor, rng):
    data = instance(rng, (4, 2, 3))
    weights = NET.sample_critical_point(factor * data.X, data.Y, rng, type="strict_saddle")
    found = NET.classify(weights, factor * data.X, data.Y)
    assert found.type == "strict_saddle"
    assert np.isfinite(found.loss)
    assert np.isfinite(np.concatenate([w.ravel() for w in weights])).all()
    # One small sample among usual ones is no reason to refuse.
    X = data.X.copy()
    X[0] = 1e-300
    assert np.isfinite(NET.loss(weights, X, data.Y)) or factor < 1


@pytest.mark.parametrize("sizes", [(1e200, 1e200), (1e308, 1e-5), (1e100, 1e100), (1e139, 1e-139)])
def test_weights_whose_products_overflow(sizes, rng):
    X, Y = 1e50 * rng.standard_normal((9, 4)), rng.standard_normal((9, 3))
    weights = [size * w for size, w in zip(sizes, layers(rng), strict=True)]
    calls = uses(NET, weights, X, Y, rng)
    for name in ("loss", "gradient", "hessian", "classify", "gradient_flow", "gradient_descent"):
        try:
            found = calls[name]()
        except ValueError as error:
            assert any(named in str(error) for named in NAMED)  # noqa: PT017
        else:
            assert name in ("loss", "gradient", "hessian", "classify")
            assert name != "loss" or np.isfinite(found)
    if sizes[1] > 1:
        with pytest.raises(ValueError, match="weights must be layers whose products"):
            NET.map(weights)


@pytest.mark.parametrize("widths", [{4, 2}, frozenset({4, 2}), {4: 1, 2: 1}.keys()])
def test_sets_of_widths_have_no_order(widths):
    with pytest.raises(TypeError, match="widths must be a sequence"):
        ev.LinearNetwork(widths)


@pytest.mark.parametrize("wrong", [-1, 0, 2.5])
def test_one_text_for_all_small_widths(wrong):
    with pytest.raises(ValueError, match=r"widths\[0\] must be an integer >= 1; got"):
        ev.LinearNetwork((wrong, 2))


@pytest.mark.parametrize("widths", [(10**400, 2), (10**9, 10**9), (2, 10**9, 2)])
def test_widths_beyond_all_use(widths):
    with pytest.raises(ValueError, match=r"widths\[.\] must be at most 10000000"):
        ev.LinearNetwork(widths)


def test_fibers_of_many_or_wide_layers():
    fiber = ev.LinearNetwork((2,) * 1000).fiber()
    assert fiber.dim == 4 * 998
    with pytest.raises(BudgetError, match="with 1000 axes"):
        fiber.num_strata  # noqa: B018
    with pytest.raises(BudgetError, match="steps with pairs of"):
        DeepFiber((10**6,) * 3, 1).dim  # noqa: B018
    wide = ev.LinearNetwork((10**6, 2, 10**6))
    # Two invertible changes of basis at the inner node of width 2.
    assert wide.fiber_dim() == 4
    assert wide.num_parameters == 4 * 10**6


@pytest.mark.parametrize("widths", [(4, 2, 3), (4, 3, 3), (3, 2, 2, 3)])
def test_the_end_of_a_flow_is_classified(widths):
    # The last one takes most of the usual time to converge, and more to get to rounding.
    rng = np.random.default_rng(len(widths) // 4)
    X, Y = rng.standard_normal((30, widths[0])), rng.standard_normal((30, widths[-1]))
    net = ev.LinearNetwork(widths)
    start = [rng.standard_normal((b, a)) for a, b in pairwise(widths)]
    path = net.gradient_flow(start, X, Y)
    assert path.converged
    assert net.classify(path.end, X, Y).type == "global_minimum"
    early = net.gradient_flow(start, X, Y, gradient_tolerance=1e-6)
    found = net.classify(early.end, X, Y)
    assert found.type is None
    assert "polish=True" in found.reason
    assert net.classify(early.end, X, Y, polish=True).type == "global_minimum"
    assert path.times[-1] > early.times[-1]
    assert (np.diff(path.times) > 0).all()


def test_times_that_are_stored_after_convergence():
    path = gradient_flow(lambda w: (float(w[0] @ w[0]) / 2, [w[0]]), [np.ones(2)], times=[1.0, 19.0, 25.0, 26.0, 1e3])
    assert path.converged
    # exp(-t) is 1e-8 at t = 18.4 and 1e-13 at t = 29.9.
    assert path.times[:-1].tolist() == [1.0, 19.0, 25.0, 26.0]
    assert path.times[-1] == pytest.approx(13 * np.log(10), rel=1e-2)
    np.testing.assert_allclose(path.losses[:-1], np.exp(-2 * path.times[:-1]), rtol=1e-3, atol=1e-20)


def test_a_flow_may_take_some_seconds_only():
    def slow(arrays):
        time.sleep(0.002)
        return float(arrays[0] @ arrays[0]), [2 * arrays[0]]

    begin = time.monotonic()
    path = gradient_flow(slow, [np.ones(3)], seconds=0.1)
    assert time.monotonic() - begin < 5
    assert not path.converged
    assert len(path.times) > 1
    assert 0 < path.times[-1] < 10
    np.testing.assert_allclose(path.end[0], np.exp(-2 * path.times[-1]), rtol=1e-5)
    path = gradient_flow(slow, [np.ones(3)], seconds=0.1, times=[0.0, 1e-6, 1e3])
    assert not path.converged
    assert path.times[:-1].tolist() in ([0.0], [0.0, 1e-6])
    assert gradient_flow(lambda w: (0.0, [0 * w[0]]), [np.ones(1)], seconds=1.0).converged
    with pytest.raises(ValueError, match="seconds must be a finite number > 0"):
        gradient_flow(slow, [np.ones(3)], seconds=0)


@pytest.mark.parametrize("bias", [False, True])
def test_descent_of_a_network(bias, rng):
    net = ev.LinearNetwork((3, 2, 2), bias=bias)
    X, Y = rng.standard_normal((8, 3)), rng.standard_normal((8, 2))
    weights = net.sample_critical_point(X, Y, rng, type="global_minimum")
    if bias:
        weights = [(w + 0.1 * rng.standard_normal(w.shape), c) for w, c in weights]
    else:
        weights = [w + 0.1 * rng.standard_normal(w.shape) for w in weights]
    path = net.gradient_descent(weights, X, Y, step=0.01, num_steps=2, every=1)
    assert path.times.tolist() == [0.0, 0.01, 0.02]
    slopes = net.gradient(weights, X, Y)
    for moved, old, slope in zip(path.weights[1], weights, slopes, strict=True):
        parts = zip(moved, old, slope, strict=True) if bias else [(moved, old, slope)]
        for a, b, g in parts:
            np.testing.assert_allclose(a, b - 0.01 * g, atol=1e-14)
    assert 0 < path.imbalance < 1e-2
    assert path.losses[-1] == pytest.approx(net.loss(path.end, X, Y))
    with pytest.raises(ValueError, match="step must be a finite number > 0"):
        net.gradient_descent(weights, X, Y, step=0.0, num_steps=2)


def test_weights_in_single_precision_are_told_to_polish(rng):
    data = instance(rng, (4, 2, 3))
    weights = NET.sample_critical_point(data.X, data.Y, rng, type="global_minimum")
    found = NET.classify([w.astype(np.float32) for w in weights], data.X, data.Y)
    assert found.type is None
    assert "polish=True" in found.reason


def test_repr_is_short_and_str_says_why(rng):
    data = instance(rng, (4, 2, 3))
    found = NET.classify(layers(rng), data.X, data.Y)
    assert repr(found) == f"Classification(kind='not_critical', type=None, rank=2, loss={found.loss:.6g})"
    assert str(found).startswith("not critical; rank 2, loss ")
    assert found.reason in str(found)


@pytest.mark.parametrize(
    ("widths", "wish", "there"),
    [
        (
            (3, 3, 3),
            "non_strict_saddle",
            "pure global_minimum, spurious strict_saddle (with two layers every saddle is",
        ),
        ((4, 2, 3), "non_strict_saddle", "pure global_minimum, pure strict_saddle, spurious strict_saddle (with two"),
        ((3, 2), "strict_saddle", "there are pure global_minimum."),
        ((1, 1, 1), "non_strict_saddle", "pure global_minimum, spurious strict_saddle (with two layers"),
    ],
)
def test_impossible_wishes_are_told_what_there_is(widths, wish, there, rng):
    data, net = instance(rng, widths), ev.LinearNetwork(widths)
    with pytest.raises(ValueError, match="type") as caught:
        net.sample_critical_point(data.X, data.Y, rng, type=wish)
    assert there in str(caught.value)


@pytest.mark.parametrize("widths", [(3, 2), (3, 2, 2), (2, 2, 2), (2, 1, 2, 2), (2, 2, 2, 2)])
def test_what_there_is_can_be_drawn(widths, rng):
    data, net = instance(rng, widths), ev.LinearNetwork(widths)
    drawable = set()
    for kind in ("pure", "spurious"):
        for type in ("global_minimum", "strict_saddle", "non_strict_saddle"):
            try:
                weights = net.sample_critical_point(data.X, data.Y, rng, kind=kind, type=type)
            except ValueError as error:
                listed = str(error).split("there are ")[1].split(" (")[0].rstrip(".").split(", ")
            else:
                drawable.add(f"{kind} {type}")
                found = net.classify(weights, data.X, data.Y)
                assert (found.kind, found.type) == (kind, type)
    assert set(listed) == drawable


@pytest.mark.parametrize("value", [np.float32(0.5), np.int64(2), 3])
def test_numbers_of_numpy_are_numbers(value):
    assert as_positive_number("step", value) == float(value)


@pytest.mark.parametrize(
    ("value", "kind"), [(True, TypeError), (np.True_, TypeError), ("1", TypeError), (1j, TypeError)]
)
def test_what_is_no_number(value, kind):
    with pytest.raises(kind, match="step must be a finite number > 0"):
        as_positive_number("step", value)


@pytest.mark.parametrize("value", [0, -1.0, float("nan"), float("inf"), 10**400])
def test_numbers_that_are_not_positive(value):
    with pytest.raises(ValueError, match="step must be a finite number > 0"):
        as_positive_number("step", value)
