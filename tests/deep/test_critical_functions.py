"""All maps of critical weights: vectors, subsets by brute force, and data that are not generic."""

from __future__ import annotations

from itertools import combinations, islice, pairwise

import numpy as np
import pytest

import equivariety as ev
from deep.constructed_points import instance
from oracles.read import vectors

VALUES = [v for v in vectors("lcn") if v["kind"] == "fc_critical_values"]


@pytest.mark.parametrize("vector", [pytest.param(v, id=v["id"]) for v in VALUES])
def test_values_of_the_vectors(vector):
    given, expected = vector["input"], vector["expected"]
    net = ev.LinearNetwork(given["dims"])
    X, Y = (np.array(given[name]).T for name in "XY")
    found = net.critical_functions(X, Y)
    listed = list(found)
    assert found.count == len(listed) == len(expected["all"])
    losses = {tuple(one["subset"]): one["loss"] for one in expected["all"]}
    assert {f.subset for f in listed} == set(losses)
    for f in listed:
        assert f.squared_error == pytest.approx(losses[f.subset], rel=1e-9)
        assert f.loss == pytest.approx(f.squared_error / Y.size)
    full = sorted(f.squared_error for f in listed if f.rank == net.rank)
    np.testing.assert_allclose(full, expected["critical_losses_rank_r"], rtol=1e-9)


@pytest.mark.parametrize("widths", [(4, 2, 3), (3, 3), (2, 4, 3), (3, 1, 2, 4), (2, 5, 5, 2)])
def test_all_subsets_by_brute_force(widths, rng):
    data = instance(rng, widths)
    q, r = min(widths[0], widths[-1]), min(widths)
    found = list(ev.LinearNetwork(widths).critical_functions(data.X, data.Y))
    assert [f.subset for f in found if f.is_global_minimum] == [tuple(range(r))] == [found[0].subset]
    ranks = range(r + 1) if len(widths) > 2 else [r]
    assert {f.subset for f in found} == {s for e in ranks for s in combinations(range(q), e)}
    assert len({f.subset for f in found}) == len(found)
    assert all(a.squared_error <= b.squared_error for a, b in pairwise(found))
    for f in found:
        kept = list(f.subset)
        expected = (data.U[:, kept] * data.s[kept]) @ data.V[:, kept].T @ data.inverse_root
        np.testing.assert_allclose(f.matrix, expected, atol=1e-9)
        assert f.squared_error == pytest.approx(((data.X @ expected.T - data.Y) ** 2).sum())
        # Critical on the function space: no slope at all, or a smooth point, where a critical map is critical.
        slope = (expected @ data.X.T - data.Y.T) @ data.X
        is_flat = np.abs(slope).max() < 1e-9 * np.abs(data.Y.T @ data.X).max()
        assert f.is_pure_possible == (is_flat or (f.rank == r < q))
        assert f.offset is None
        assert not f.matrix.flags.writeable


def test_those_of_full_rank_are_the_critical_points_on_function_space(rng):
    net, data = ev.LinearNetwork((4, 2, 3)), instance(rng, (4, 2, 3))
    mine = [f for f in net.critical_functions(data.X, data.Y) if f.rank == net.rank]
    others = list(ev.critical_points(net.function_space, data.X, data.Y))
    assert len(mine) == len(others) == net.function_space.ed_degree
    for f, point in zip(mine, others, strict=True):
        assert f.loss == pytest.approx(point.loss)
        np.testing.assert_allclose(f.matrix, point.point, atol=1e-9)
        assert point.kept == {"(1,1)": f.subset}


def test_biases_centre_the_data(rng):
    net = ev.LinearNetwork((3, 1, 2), bias=True)
    X, Y = rng.standard_normal((12, 3)) + 5.0, rng.standard_normal((12, 2)) - 3.0
    centred = ev.LinearNetwork((3, 1, 2)).critical_functions(X - X.mean(axis=0), Y - Y.mean(axis=0))
    for f, other in zip(net.critical_functions(X, Y), centred, strict=True):
        np.testing.assert_allclose(f.matrix, other.matrix, atol=1e-9)
        residuals = X @ f.matrix.T + f.offset - Y
        np.testing.assert_allclose(residuals.sum(axis=0), 0.0, atol=1e-9)
        assert f.squared_error == pytest.approx((residuals**2).sum())


def test_astronomically_many_are_counted_and_the_first_ones_come_at_once(rng):
    net = ev.LinearNetwork((60, 30, 60))
    found = net.critical_functions(np.eye(60), np.diag(np.arange(60.0, 0.0, -1.0)))
    assert found.count == 2**59 + 59132290782430712  # half of 2^60, and half of binomial(60, 30)
    losses = [f.squared_error for f in islice(found, 50)]
    assert losses == sorted(losses)
    assert losses[0] == pytest.approx(sum(i**2 for i in range(1, 31)))
    assert "CriticalPoints" in repr(found)


def test_zero_singular_values_are_never_kept():
    net = ev.LinearNetwork((3, 2, 3))
    found = list(net.critical_functions(np.eye(3), np.diag([2.0, 0.0, 0.0])))
    assert [(f.subset, f.squared_error, f.is_pure_possible) for f in found] == [((0,), 0.0, True), ((), 4.0, False)]
    only = list(net.critical_functions(np.eye(3), np.zeros((3, 3))))
    assert [(f.subset, f.is_global_minimum, f.is_pure_possible) for f in only] == [((), True, True)]


@pytest.mark.parametrize(
    ("widths", "X", "Y", "dimension"),
    [
        ((2, 1, 2), np.eye(2), np.eye(2), 1),  # a projective line of kept vectors
        ((3, 3, 3), np.eye(3), np.eye(3), 2),  # of ranks one and two: projective planes
        ((3, 2, 3), np.eye(3), np.diag([2.0, 1.0, 1.0]), 1),
        ((2, 2), np.array([[1.0, 1.0], [2.0, 2.0]]), np.array([[1.0, 3.0], [0.0, 1.0]]), 2),  # M is free on one input
        ((3, 1), np.ones((1, 3)), np.ones((1, 1)), 2),
    ],
)
def test_data_with_infinitely_many_are_refused(widths, X, Y, dimension):
    with pytest.raises(ev.NonGenericDataError, match="critical functions") as caught:
        ev.LinearNetwork(widths).critical_functions(X, Y)
    assert caught.value.dimension == dimension


def test_constant_inputs_are_no_inputs_of_a_network_with_biases():
    X, Y = np.array([[1.0, 0.1], [2.0, 0.1], [4.0, 0.1]]), np.array([[1.0], [0.0], [1.0]])
    with pytest.raises(ev.NonGenericDataError, match="1 of 2 inputs"):
        ev.LinearNetwork((2, 1), bias=True).critical_functions(X, Y)
    assert ev.LinearNetwork((2, 1)).critical_functions(X, Y).count == 1


def test_scales_of_inputs_do_not_matter(rng):
    data = instance(rng, (4, 2, 3))
    scale = np.array([1e-8, 1.0, 1e7, 3.0])
    net = ev.LinearNetwork((4, 2, 3))
    plain, scaled = net.critical_functions(data.X, data.Y), net.critical_functions(data.X * scale, data.Y)
    for f, g in zip(plain, scaled, strict=True):
        assert f.subset == g.subset
        assert f.squared_error == pytest.approx(g.squared_error)
        np.testing.assert_allclose(f.matrix, g.matrix * scale, atol=1e-9)


def test_one_layer_has_one_critical_function(rng):
    X, Y = rng.standard_normal((9, 3)), rng.standard_normal((9, 2))
    found = ev.LinearNetwork((3, 2)).critical_functions(X, Y)
    (best,) = found
    assert found.count == 1
    np.testing.assert_allclose(best.matrix, np.linalg.lstsq(X, Y, rcond=None)[0].T, atol=1e-12)
    assert best.is_global_minimum
    assert best.is_pure_possible
    equal = ev.LinearNetwork((2, 2)).critical_functions(np.eye(2), 2 * np.eye(2))
    assert [f.matrix.tolist() for f in equal] == [[[2.0, 0.0], [0.0, 2.0]]]
