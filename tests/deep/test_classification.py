"""Kinds of critical weights: vectors, constructed points, Hessians by complex steps, and what cannot be decided."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

import equivariety as ev
from deep.constructed_points import WIDTHS, draw, gradients, instance, is_critical, is_strict
from equivariety.deep import RankPattern
from equivariety.deep.fibers.pattern_lists import all_patterns
from oracles.read import vectors

LCN = vectors("lcn")
TYPES = {
    "global_min": "global_minimum",
    "strict_saddle": "strict_saddle",
    "nonstrict_saddle": "non_strict_saddle",
}


def given(vector):
    weights = [np.array(w) for w in vector["input"]["weights"]]
    X, Y = (np.array(vector["input"][name]).T for name in "XY")
    return ev.LinearNetwork([weights[0].shape[1], *map(len, weights)]), weights, X, Y


def named(found):
    return pytest.mark.parametrize("vector", [pytest.param(v, id=v["id"]) for v in found])


@named([v for v in LCN if v["kind"] == "fc_classification"])
def test_classification_vectors(vector):
    net, weights, X, Y = given(vector)
    found, expected = net.classify(weights, X, Y), vector["expected"]
    assert found.is_critical is expected["critical"]
    assert (found.rank, found.subset) == (expected["rank"], tuple(expected["subset"]))
    assert (found.kind == "pure") is expected["pure"]
    assert found.type == TYPES[expected["type"]]
    assert net.is_filling is expected["filling"]
    assert found.squared_error == pytest.approx(expected["loss"])
    assert found.loss == pytest.approx(expected["loss"] / Y.size)


@named([v for v in LCN if v["kind"] == "pure_spurious" and v["input"]["net"] == "fc"])
def test_pure_and_spurious_vectors(vector):
    net, weights, X, Y = given(vector)
    found, expected = net.classify(weights, X, Y), vector["expected"]
    assert (found.kind, found.type) == (expected["classification"], TYPES[expected["type"]])
    assert (found.is_critical, found.rank) == (True, expected["rank"])
    least = np.linalg.eigvalsh(net.hessian(weights, X, Y).to_dense())[0] * Y.size
    assert least == pytest.approx(expected["hessian_min_eig"], abs=1e-12)


def outcomes(rng, count, *, wild):
    """How often what came out, against the kind by construction and the type by the Hessian."""
    found = Counter()
    for k in range(count):
        widths = WIDTHS[k % len(WIDTHS)]
        data = instance(rng, widths)
        point = draw(rng, widths, data, wild=wild)
        assert is_critical(point.weights, data)
        mine = ev.LinearNetwork(widths).classify(point.weights, data.X, data.Y)
        if mine.kind == "ambiguous":
            found["ambiguous"] += 1
            continue
        assert (mine.kind, mine.rank, mine.subset) == (point.kind, point.rank, point.subset), (widths, mine)
        assert point.type in (mine.type, None), (widths, mine)
        assert mine.squared_error == pytest.approx(point.squared_error)
        found[mine.kind, mine.type] += 1
    return found


@pytest.mark.parametrize("wild", [False, True])
def test_constructed_points(wild, rng):
    found = outcomes(rng, 100, wild=wild)
    assert found["ambiguous"] <= 2
    assert len([key for key in found if key != "ambiguous"]) == 4
    assert min(count for key, count in found.items() if key != "ambiguous") >= 2


@pytest.mark.slow
@pytest.mark.parametrize("wild", [False, True])
def test_a_thousand_constructed_points(wild, rng):
    found = outcomes(rng, 1000, wild=wild)
    assert found["ambiguous"] <= 20
    assert len([key for key in found if key != "ambiguous"]) == 4


def perturbed(rng, point, size):
    """Weights moved by that share of each layer, layers of zeros by that share of one."""
    scales = [np.linalg.norm(w) / np.sqrt(w.size) or 1.0 for w in point.weights]
    return [w + size * s * rng.standard_normal(w.shape) for w, s in zip(point.weights, scales, strict=True)]


@pytest.mark.parametrize("size", [1e-1, 1e-2, 1e-3, 1e-4, 1e-5])
def test_points_that_are_not_critical(size, rng):
    for widths in WIDTHS:
        data = instance(rng, widths)
        found = ev.LinearNetwork(widths).classify(perturbed(rng, draw(rng, widths, data), size), data.X, data.Y)
        assert (found.kind, found.is_critical, found.type, found.subset) == ("not_critical", False, None, None)


@pytest.mark.parametrize("size", [1e-6, 1e-7, 1e-8, 1e-9])
def test_points_that_are_hardly_critical(size, rng):
    """Nearer to a critical point the answer may be open, or pure within the tolerance, but never a wrong one."""
    for widths in WIDTHS:
        data = instance(rng, widths)
        point = draw(rng, widths, data)
        found = ev.LinearNetwork(widths).classify(perturbed(rng, point, size), data.X, data.Y)
        assert found.kind in ("not_critical", "ambiguous") or (found.kind, found.type) == (point.kind, point.type)
        if found.kind == "ambiguous":
            assert found.is_critical is None
            assert found.reason


def test_random_weights_are_not_critical(rng):
    for widths in WIDTHS:
        data = instance(rng, widths)
        weights = [rng.standard_normal((b, a)) for a, b in pairwise(widths)]
        found = ev.LinearNetwork(widths).classify(weights, data.X, data.Y)
        assert (found.kind, found.rank) == ("not_critical", min(widths))


def units(rng, X, Y, weights):
    scales = [1e-9, *[1.0] * (len(weights) - 1)]
    scales[-1] *= 1e-6
    return X * 1e9, Y * 1e-6, [w * c for w, c in zip(weights, scales, strict=True)]


def columns(rng, X, Y, weights):
    scale = 10.0 ** rng.uniform(-6, 6, X.shape[1])
    return X * scale, Y, [weights[0] / scale, *weights[1:]]


def lengths(rng, X, Y, weights):
    scale = 10.0 ** rng.uniform(-5, 5, len(weights))
    return X, Y, [w * c for w, c in zip(weights, scale / np.prod(scale) ** (1 / len(scale)), strict=True)]


def bases(rng, X, Y, weights):
    n, m = X.shape[1], Y.shape[1]
    q, o = (np.linalg.qr(rng.standard_normal((k, k)))[0] for k in (n, m))
    mix = q * 10.0 ** np.linspace(0, 2, n)
    weights = [*weights[:-1], o @ weights[-1]]
    return X @ mix.T, Y @ o.T, [weights[0] @ np.linalg.inv(mix), *weights[1:]]


@pytest.mark.parametrize("change", [units, columns, lengths, bases])
def test_units_and_bases_do_not_matter(change, rng):
    open_ones = 0
    for widths in WIDTHS * 2:
        data = instance(rng, widths)
        point = draw(rng, widths, data)
        X, Y, weights = change(rng, data.X, data.Y, point.weights)
        found = ev.LinearNetwork(widths).classify(weights, X, Y)
        open_ones += found.kind == "ambiguous"
        if found.kind != "ambiguous":
            assert (found.kind, found.rank, found.subset) == (point.kind, point.rank, point.subset)
            assert point.type in (found.type, None)
    assert open_ones <= 1


# ----------------------------------------------------------------------------------------------- small cases by hand
EYE2, DIAG = np.eye(2), np.diag([2.0, 1.0])


def test_one_layer_has_the_minimum_only():
    net = ev.LinearNetwork((2, 2))
    best = net.classify([DIAG], EYE2, DIAG)
    assert (best.kind, best.type, best.subset, best.loss) == ("pure", "global_minimum", (0, 1), 0.0)
    assert net.classify([np.diag([2.0, 0.0])], EYE2, DIAG).kind == "not_critical"


@pytest.mark.parametrize("depth", [2, 3, 4, 6])
def test_all_zeros(depth):
    found = ev.LinearNetwork((2,) * (depth + 1)).classify([np.zeros((2, 2))] * depth, EYE2, DIAG)
    assert (found.kind, found.subset, found.rank) == ("spurious", (), 0)
    assert found.type == ("strict_saddle" if depth == 2 else "non_strict_saddle")


def test_ranks_alone_do_not_decide_whether_a_saddle_is_strict():
    """Both ends may start a direction, but these two are orthogonal for the data: the Hessian vanishes."""
    first, last = np.outer([1.0, 0.0], [1.0, 0.0]), np.outer([0.0, 1.0], [1.0, 0.0])
    net, zero = ev.LinearNetwork((2, 2, 2, 2, 2)), np.zeros((2, 2))
    weights = [first, zero, zero, last]
    assert not np.any(net.hessian(weights, EYE2, DIAG).to_dense())
    assert net.classify(weights, EYE2, DIAG).type == "non_strict_saddle"
    weights[-1] = np.outer([1.0, 0.0], [1.0, 0.0])
    assert np.linalg.eigvalsh(net.hessian(weights, EYE2, DIAG).to_dense())[0] < -0.1
    assert net.classify(weights, EYE2, DIAG).type == "strict_saddle"


def test_a_first_layer_that_acts_on_inputs_without_use():
    """Three inputs and two targets: one direction of the inputs has nothing to do with the targets."""
    net, Y = ev.LinearNetwork((3, 2, 2, 2)), np.array([[2.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    weights = [np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]), np.zeros((2, 2)), np.zeros((2, 2))]
    assert net.classify(weights, np.eye(3), Y).type == "non_strict_saddle"
    weights[0] = np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 0.0]])
    assert net.classify(weights, np.eye(3), Y).type == "strict_saddle"


def test_pure_points_that_are_no_minimum():
    net = ev.LinearNetwork((2, 1, 2))
    saddle = net.classify([[[0.0, 1.0]], [[0.0], [1.0]]], EYE2, DIAG)
    assert (saddle.kind, saddle.type, saddle.subset) == ("pure", "strict_saddle", (1,))


def test_equal_singular_values_are_degenerate_but_classified():
    net = ev.LinearNetwork((2, 1, 2))
    angle = np.array([np.cos(0.3), np.sin(0.3)])
    found = net.classify([angle[None], angle[:, None]], EYE2, EYE2)
    assert (found.kind, found.type, found.subset, found.is_degenerate) == ("pure", "global_minimum", None, True)
    filling = ev.LinearNetwork((2, 2, 2)).classify([np.outer(angle, angle)] * 2, EYE2, EYE2)
    assert (filling.kind, filling.type, filling.rank, filling.subset) == ("spurious", "strict_saddle", 1, None)
    whole = ev.LinearNetwork((2, 2, 2)).classify([EYE2, EYE2], EYE2, EYE2)
    assert (whole.kind, whole.subset, whole.is_degenerate) == ("pure", (0, 1), True)
    zeros = ev.LinearNetwork((2, 2, 2, 2)).classify([np.zeros((2, 2))] * 3, EYE2, EYE2)
    assert (zeros.kind, zeros.type, zeros.subset) == ("spurious", "non_strict_saddle", ())


def test_targets_of_low_rank():
    net, Y = ev.LinearNetwork((3, 2, 3)), np.diag([2.0, 0.0, 0.0])
    exact = [np.array([[1.0, 0, 0], [0, 0, 0]]), np.array([[2.0, 0], [0, 0], [0, 0]])]
    found = net.classify(exact, np.eye(3), Y)
    assert (found.kind, found.type, found.rank, found.is_degenerate) == ("pure", "global_minimum", 1, True)
    nothing = net.classify([np.zeros((2, 3)), np.ones((3, 2))], np.eye(3), np.zeros((3, 3)))
    assert (nothing.kind, nothing.type, nothing.subset) == ("pure", "global_minimum", ())
    assert net.classify([np.ones((2, 3)), np.ones((3, 2))], np.eye(3), np.zeros((3, 3))).kind == "not_critical"


def test_targets_of_zeros_and_a_small_map_with_a_tiny_gradient():
    small = np.diag([1.0, 5e-3])
    found = ev.LinearNetwork((2,) * 5).classify([np.diag([0.0, 1.0]), small, small, small], EYE2, np.zeros((2, 2)))
    assert found.residual < 1e-11
    assert found.kind == "ambiguous"


def test_two_close_singular_values_are_not_told_apart_by_chance():
    Y = np.diag([1.0, 1.0 - 1e-11])
    angle = np.array([np.cos(0.3), np.sin(0.3)])
    found = ev.LinearNetwork((2, 1, 2)).classify([angle[None], angle[:, None]], EYE2, Y)
    assert found.kind == "ambiguous"
    assert found.gap == pytest.approx(1e-11, rel=1e-3)
    assert "singular values differ" in found.reason


def test_inputs_that_do_not_span_their_space(rng):
    """Three samples: the same problem in coordinates of their span, and a first layer free on the other directions."""
    for widths in [(5, 2, 3), (5, 3, 3), (5, 4, 3, 4), (4, 2, 2, 3)]:
        small = (3, *widths[1:])
        for _ in range(12):
            data, point_basis = instance(rng, small, samples=3), np.linalg.qr(rng.standard_normal((widths[0],) * 2))[0]
            basis, others = point_basis[:, :3], point_basis[:, 3:]
            X, Y = data.X @ basis.T, data.Y
            point = draw(rng, small, data)
            free = rng.standard_normal((widths[1], others.shape[1])) * (rng.random() < 0.5)
            weights = [point.weights[0] @ basis.T + free @ others.T, *point.weights[1:]]
            found = ev.LinearNetwork(widths).classify(weights, X, Y)
            assert found.is_degenerate
            assert (found.subset, found.type) == (point.subset, point.type)
            total = np.linalg.multi_dot(weights[::-1])
            # Critical for the loss on the function space: no slope, or a smooth point.
            slope = (total @ X.T - Y.T) @ X
            rank = np.linalg.matrix_rank(total, tol=1e-9)
            is_pure = np.abs(slope).max() < 1e-9 or (rank == min(widths) < min(widths[0], widths[-1]))
            assert (found.kind, found.rank) == ("pure" if is_pure else "spurious", rank)


def test_a_map_that_is_smooth_because_of_inputs_without_samples():
    """The network is zero on the sample; on the other input it has full rank, with outputs orthogonal to the target."""
    net, X, Y = ev.LinearNetwork((2, 1, 2)), [[1.0, 0.0]], [[3.0, 0.0]]
    found = net.classify([[[0.0, 1.0]], [[0.0], [1.0]]], X, Y)
    assert (found.kind, found.type, found.rank, found.subset) == ("pure", "strict_saddle", 1, ())
    zero = net.classify([[[0.0, 0.0]], [[0.0], [1.0]]], X, Y)
    assert (zero.kind, zero.type, zero.rank) == ("spurious", "strict_saddle", 0)
    assert net.classify([[[0.0, 1.0]], [[1.0], [1.0]]], X, Y).kind == "not_critical"


def test_samples_of_zeros_and_more_unusual_data(rng):
    """Dependent, few and zero samples, and targets of low rank: sampled points against Hessians and least squares."""
    for _ in range(60):
        widths = tuple(rng.integers(1, 5, rng.integers(2, 6)).tolist())
        count = int(rng.integers(1, 8))
        X = rng.integers(-2, 3, (count, widths[0])).astype(float)
        Y = rng.integers(-2, 3, (count, widths[-1])).astype(float)
        net = ev.LinearNetwork(widths)
        weights = net.sample_critical_point(X, Y, rng)
        found = net.classify(weights, X, Y)
        assert found.is_critical
        fitted = X @ np.linalg.lstsq(X, Y, rcond=None)[0]
        left = np.linalg.svd(fitted, compute_uv=False)[min(widths) :]
        best = ((Y - fitted) ** 2).sum() + (left**2).sum()
        assert (found.type == "global_minimum") == (abs(found.squared_error - best) < 1e-8 * (1 + best))
        if X.any() and Y.any():
            assert is_strict(weights, X, Y) in (None, found.type == "strict_saddle")


# ------------------------------------------------------------------------------------------------------------ biases
def with_biases(rng, weights, X, Y, optimal=True):
    biases = [rng.standard_normal(len(w)) for w in weights]
    outputs = X
    for w, c in zip(weights, biases, strict=True):
        outputs = outputs @ w.T + c
    if optimal:
        biases[-1] = biases[-1] - (outputs - Y).mean(axis=0)
    return list(zip(weights, biases, strict=True))


def test_biases(rng):
    for widths in WIDTHS:
        X = rng.standard_normal((widths[0] + 6, widths[0]))
        Y = 2 * rng.standard_normal((len(X), widths[-1]))
        data = instance(rng, widths)
        data = type(data)(X - X.mean(axis=0), Y - Y.mean(axis=0))
        if np.min(-np.diff(np.append(data.s, 0.0))) < 0.05 * data.s[0]:
            continue
        point = draw(rng, widths, data)
        shift_x, shift_y = 3 * rng.standard_normal(widths[0]), 3 * rng.standard_normal(widths[-1])
        X, Y = X + shift_x, Y + shift_y
        net = ev.LinearNetwork(widths, bias=True)
        weights = with_biases(rng, point.weights, X, Y)
        for w, c in net.gradient(weights, X, Y):
            assert max(np.abs(w).max(), np.abs(c).max()) < 1e-9 * np.linalg.norm(X) * np.linalg.norm(Y)
        found = net.classify(weights, X, Y)
        assert (found.kind, found.rank, found.subset) == (point.kind, point.rank, point.subset)
        assert point.type in (found.type, None)
        assert found.loss == pytest.approx(net.loss(weights, X, Y))
        dense = net.hessian(weights, X, Y).to_dense()
        least = np.linalg.eigvalsh(dense)[0] / np.abs(dense).max()
        assert (least < -1e-10) == (found.type == "strict_saddle") or abs(least) < 1e-8
        off = with_biases(rng, point.weights, X, Y, optimal=False)
        assert net.classify(off, X, Y).kind == "not_critical"


# --------------------------------------------------------------------------------------------------------- polishing
def test_polishing_goes_to_the_critical_point(rng):
    for widths in WIDTHS:
        data = instance(rng, widths)
        while (point := draw(rng, widths, data)).kind != "pure":
            pass
        near = perturbed(rng, point, 1e-5)
        net = ev.LinearNetwork(widths)
        assert net.classify(near, data.X, data.Y).kind == "not_critical"
        found = net.classify(near, data.X, data.Y, polish=True)
        assert 0 < found.moved < 0.1
        assert (found.kind, found.type, found.subset) == (point.kind, point.type, point.subset)
        assert is_critical(found.weights, data, 1e-13)
        assert found.squared_error == pytest.approx(point.squared_error)


def test_polishing_with_biases_and_to_saddles():
    net = ev.LinearNetwork((2, 2, 2), bias=True)
    X = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]) / np.sqrt(2) + 3.0
    Y = (X - 3.0) @ DIAG + 1.0
    near = [(np.array([[1.0, 1e-6], [0.0, 1e-5]]), np.ones(2)), (np.array([[2.0, 1e-5], [0.0, 1e-6]]), np.ones(2))]
    near[1] = near[1][0], 1.0 - near[1][0] @ (near[0][0] @ [3.0, 3.0] + 1.0) + 1e-6
    assert net.classify(near, X, Y).kind == "not_critical"
    found = net.classify(near, X, Y, polish=True)
    assert (found.kind, found.type, found.subset) == ("spurious", "strict_saddle", (0,))
    assert max(np.abs(a).max() for pair in net.gradient(found.weights, X, Y) for a in pair) < 1e-14


def test_polishing_ends_at_layers_of_zeros(rng):
    near = [1e-5 * rng.standard_normal((2, 2)) for _ in range(2)]
    found = ev.LinearNetwork((2, 2, 2)).classify(near, EYE2, DIAG, polish=True)
    assert (found.kind, found.type, found.subset) == ("spurious", "strict_saddle", ())
    assert not any(w.any() for w in found.weights)


def test_polishing_does_not_move_far(rng):
    data = instance(rng, (3, 2, 3))
    weights = [rng.standard_normal((2, 3)), rng.standard_normal((3, 2))]
    found = ev.LinearNetwork((3, 2, 3)).classify(weights, data.X, data.Y, polish=True)
    assert (found.kind, found.moved) == ("not_critical", 0.0)


def test_a_large_network_is_classified_without_its_hessian(rng):
    widths = (40, 30, 50, 40)
    net = ev.LinearNetwork(widths)
    X, Y = np.eye(40), np.diag(np.arange(40.0, 0.0, -1.0))
    for kind, point_type in [
        ("pure", "global_minimum"),
        ("spurious", "strict_saddle"),
        ("spurious", "non_strict_saddle"),
    ]:
        weights = net.sample_critical_point(X, Y, rng, kind=kind, type=point_type)
        found = net.classify(weights, X, Y)
        assert (found.kind, found.type) == (kind, point_type)


def test_newtons_method_without_a_dense_hessian(rng):
    net, X, Y = ev.LinearNetwork((18, 12, 16, 18)), np.eye(18), np.diag(np.arange(18.0, 0.0, -1.0))
    assert net.num_parameters > 500
    best = net.sample_critical_point(X, Y, rng, type="global_minimum")
    near = [w + 1e-8 * rng.standard_normal(w.shape) for w in best]
    found = net.classify(near, X, Y, polish=True)
    assert (found.kind, found.type) == ("pure", "global_minimum")
    assert 0 < found.moved < 1e-6


def test_a_layer_of_rounding_is_not_called_a_layer_of_zeros():
    net = ev.LinearNetwork((2, 2, 2))
    found = net.classify([np.full((2, 2), 1e-17), np.zeros((2, 2))], EYE2, DIAG)
    assert found.kind == "ambiguous"
    assert "layer 1" in found.reason


# ---------------------------------------------------------------------------------------------------------- sampling
def test_sampled_points_are_as_wished(rng):
    for widths in WIDTHS[::3]:
        data = instance(rng, widths)
        for bias in (False, True):
            net = ev.LinearNetwork(widths, bias=bias)
            for wish in [
                {},
                {"kind": "pure"},
                {"kind": "spurious"},
                {"type": "strict_saddle"},
                {"type": "non_strict_saddle"},
            ]:
                try:
                    weights = net.sample_critical_point(data.X, data.Y, rng, **wish)
                except ValueError:
                    assert wish
                    continue
                found = net.classify(weights, data.X, data.Y)
                assert found.is_critical
                assert wish.items() <= {"kind": found.kind, "type": found.type}.items()
                if not bias:
                    scale = np.linalg.norm(data.X) * np.linalg.norm(data.Y)
                    assert max(np.abs(g).max() for g in gradients(weights, data.X, data.Y)) < 1e-10 * scale


def test_what_no_critical_point_is(rng):
    data = instance(rng, (3, 3, 3))
    net = ev.LinearNetwork((3, 3, 3))
    for wish in [
        {"type": "non_strict_saddle"},
        {"kind": "pure", "type": "strict_saddle"},
        {"subset": [0, 1, 2], "kind": "spurious"},
        {"subset": [3]},
        {"ranks": RankPattern.of_multiplicities(2, {(0, 1): 3, (2, 2): 3})},
        {"kind": "good"},
        {"type": "minimum"},
        {"subset": [0, 0]},
        {"ranks": [[3, 1], [3]]},
    ]:
        with pytest.raises(ValueError, match="|".join(wish)):
            net.sample_critical_point(data.X, data.Y, rng, **wish)
    for wrong in [{"subset": "01"}, {"subset": 1}, {"ranks": 3}]:
        with pytest.raises(TypeError):
            net.sample_critical_point(data.X, data.Y, rng, **wrong)
    with pytest.raises(TypeError, match="rng"):
        net.sample_critical_point(data.X, data.Y, 0)


@pytest.mark.parametrize("widths", [(2, 2, 2), (3, 2, 3), (2, 1, 2, 2), (3, 2, 2, 2), (2, 2, 2, 2)])
def test_every_rank_pattern_of_critical_points(widths, rng):
    """What is drawn has the ranks that were asked for, and the type that the Hessian says."""
    data, net = instance(rng, widths), ev.LinearNetwork(widths)
    drawn = 0
    for e in range(min(widths) + 1):
        for pattern in all_patterns(widths, e):
            try:
                weights = list(net.sample_critical_point(data.X, data.Y, rng, ranks=pattern.rows))
            except ValueError:
                continue
            drawn += 1
            assert is_critical(weights, data)
            for a in range(len(widths) - 1):
                total = np.eye(widths[a])
                for b in range(a, len(widths) - 1):
                    total = weights[b] @ total
                    assert np.linalg.matrix_rank(total, tol=1e-8) == pattern.rank_between(a, b + 1)
            found = net.classify(weights, data.X, data.Y)
            strict = is_strict(weights, data.X, data.Y)
            assert found.is_critical
            assert strict is None or strict == (found.type == "strict_saddle")
    assert drawn > 2
