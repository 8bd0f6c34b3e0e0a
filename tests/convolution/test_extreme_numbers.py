"""Filters and data whose squares overflow, data in unlike units, dependent inputs, and sizes beyond any memory."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.convolution import FilterMoments, generic_ed_degree
from equivariety.errors import BudgetError

Network = ev.LinearConvolutionalNetwork


@pytest.fixture
def samples(rng):
    return rng.standard_normal((7, 3)), rng.standard_normal((7, 1))


def test_the_kind_does_not_depend_on_the_sizes_of_the_layers(samples):
    net = Network((2, 2), (1, 1))
    points = net.critical_points(*samples).real_points
    assert len(points) >= 2
    for point in points:
        first, second = point.filters
        for factor in (1e170, 1e-170, 1e280):
            again = net.classify([first * factor, second / factor], *samples)
            assert (again.kind, again.index, again.rank) == (point.kind, point.index, point._point.rank)
            assert again.loss == pytest.approx(point.loss, rel=1e-9)
    away = net.classify([[1e170, 2e170], [1e-170, 5e-170]], *samples)
    assert away.kind == net.classify([[1, 2], [1, 5]], *samples).kind == "not_critical"


def test_filters_without_a_finite_product_are_critical_for_nothing(samples):
    net = Network((2, 2), (1, 1))
    assert net.classify([[1e100, 2e100], [1e100, 3e100]], *samples).kind == "not_critical"
    assert net.classify([[1e200, 2e200], [1e200, 3e200]], *samples).kind == "not_critical"
    assert net.classify([[1e-170, 1e-170], [1e-170, 2e-170]], *samples).kind == "ambiguous"
    with pytest.raises(ValueError, match="product floats can hold"):
        net.compose([[1e300, 1], [1e300, 1]])
    with pytest.raises(ValueError, match="product floats can hold"):
        net.loss([[1e300, 1], [1e300, 1]], *samples)


def test_directions_of_small_inputs_count_as_much_as_others(samples):
    inputs = samples[0] * [1.0, 1.0, 1e-10]
    targets = inputs @ [[1.0], [2.0], [3e10]]
    net = Network((3,), (1,))
    best_of_two = np.linalg.lstsq(inputs[:, :2], targets, rcond=None)[0].ravel()
    found = net.classify([[*best_of_two, 0.0]], inputs, targets)
    assert found.kind == "not_critical"
    assert found.loss == pytest.approx(np.mean((inputs[:, :2] @ best_of_two - targets.ravel()) ** 2))
    assert net.classify([[1.0, 2.0, 3e10]], inputs, targets).kind == "pure"


def test_a_geometric_change_of_units_changes_no_critical_point(rng):
    net = Network((3, 2), (2, 1))
    X, Y = rng.standard_normal((9, 5)), rng.standard_normal((9, 1))
    units = np.logspace(0, -12, 5)
    found, scaled = net.critical_points(X, Y), net.critical_points(X * units, Y)
    assert found.complete
    assert scaled.complete
    for p, q in zip(found.real_points, scaled.real_points, strict=True):
        assert q.loss == pytest.approx(p.loss, rel=1e-8)
        np.testing.assert_allclose(q.end_to_end_filter * units, p.end_to_end_filter, rtol=1e-7)
        assert (p.kind, p.index) == (q.kind, q.index)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_points_that_are_not_isolated_are_never_all_points(rank, rng):
    X, Y = rng.standard_normal((20, rank)) @ rng.standard_normal((rank, 5)), rng.standard_normal((20, 1))
    if rank == 1:
        X = np.tile(X[:, :1], (1, 5))
    found = Network((3, 2), (2, 1)).critical_points(X, Y)
    assert not found.complete
    assert f"rank {rank} of 5" in found.nongeneric_reason


@pytest.mark.slow
def test_a_path_that_does_not_arrive_is_given_up(rng):
    net = Network((2, 2), (1, 1))
    X, Y = rng.standard_normal((8, 3)) * [1.0, 1e-9, 1e-3], rng.standard_normal((8, 1))
    assert not net.critical_points(X, Y).complete


def test_losses_near_a_perfect_fit_keep_their_digits(samples):
    net = Network((2, 2), (1, 1))
    X = samples[0]
    Y = (X @ np.convolve([1, 2], [3, 4]))[:, None]
    assert net.loss([[1, 2], [3, 4]], X, Y) < 1e-28
    near = [[1, 2], [3, 4 + 1e-8]]
    expected = np.mean((X @ (np.convolve(*near) - np.convolve([1, 2], [3, 4]))) ** 2)
    assert net.loss(near, X, Y) == pytest.approx(expected, rel=1e-6)


def test_no_inputs_make_everything_critical(samples):
    X, Y = samples
    net = Network((2, 2), (1, 1))
    assert net.classify([[1, 0], [1, 0]], 0 * X, Y).kind == "pure"
    assert net.local_search(0 * X, Y, rng=np.random.default_rng(0), starts=3).points == ()
    assert len(net.critical_points(X, 0 * Y)) == 0


@pytest.mark.parametrize(("factor", "which"), [(1e-155, "X"), (1e160, "X"), (5e-324, "Y")])
def test_data_whose_squares_are_no_floats(factor, which, samples):
    X, Y = samples
    data = (X * factor, Y) if which == "X" else (X, Y * factor)
    with pytest.raises(ValueError, match=f"^{which} must be zero or with a largest entry"):
        Network((2, 2), (1, 1)).critical_points(*data)


def test_targets_of_one_output_may_be_a_vector(samples):
    X, Y = samples
    net = Network((2, 2), (1, 1))
    assert net.loss([[1, 2], [3, 4]], X, Y.ravel()) == net.loss([[1, 2], [3, 4]], X, Y)


def test_moments_of_no_data_are_refused():
    with pytest.raises(ValueError, match=r"^constant must be at least cross' u = 300"):
        FilterMoments(np.eye(3), 10 * np.ones(3), 1.0)
    with pytest.raises(ValueError, match=r"^cross must be in the column space"):
        FilterMoments(np.diag([1.0, 0.0]), np.ones(2))
    assert FilterMoments(np.eye(3), 10 * np.ones(3)).squared_error(10 * np.ones(3)) == 0.0


def test_results_cannot_be_written(samples):
    net = Network((2, 2), (1, 1))
    point = net.critical_points(*samples)[0]
    judged = net.classify(point.filters, *samples)
    for array in (*point.filters, point.end_to_end_filter, *judged.filters, judged.end_to_end_filter):
        assert not array.flags.writeable
    assert isinstance(net.layers([[1, 2], [3, 4]])[0].filter, tuple)


@pytest.mark.parametrize(("sizes", "strides"), [((10**9,), (1,)), ((2, 2), (10**12, 1)), ((2,) * 100, (2,) * 100)])
def test_sizes_beyond_memory_are_refused(sizes, strides):
    with pytest.raises(BudgetError, match="end-to-end filter"):
        Network(sizes, strides)


def test_counts_of_wide_and_deep_networks_take_no_time():
    assert Network((50,) * 10, (1,) * 10).function_space.fiber_count > 10**400
    assert generic_ed_degree((50,) * 10) > 10**500
    with pytest.raises(BudgetError, match="products"):
        generic_ed_degree((10**6, 2))
