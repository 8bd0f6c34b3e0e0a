"""The theorem on critical points, tried on random data: counts against literal layers, and its counterexamples."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import least_squares, minimize

import equivariety as ev
from convolution.literal import end_to_end, layer_matrix
from equivariety import experiments
from equivariety.errors import BudgetError

THIN = ev.LinearConvolutionalNetwork((3, 2), (2, 1))
SMALL = ev.LinearConvolutionalNetwork((2, 2), (2, 1))
THICK = ev.LinearConvolutionalNetwork((2, 2), (1, 1))


def squared_error(net, theta, X, Y):
    """Of layers written out as matrices."""
    filters = np.split(np.asarray(theta), np.cumsum(net.filter_sizes)[:-1])
    widths = net.architecture.widths(Y.shape[1])
    total = X
    for w, stride, outputs in zip(filters, net.strides, widths[1:], strict=True):
        total = total @ np.array(layer_matrix(list(w), stride, outputs)).T
    return float(((total - Y) ** 2).sum())


def slopes(f, x, h=1e-5):
    x = np.asarray(x, dtype=float)
    return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))])


def curvatures(f, x, h=1e-3):
    x = np.asarray(x, dtype=float)
    eye = np.eye(len(x))
    found = [
        [(f(x + h * (a + b)) - f(x + h * (a - b)) - f(x + h * (b - a)) + f(x - h * (a + b))) / (4 * h * h) for a in eye]
        for b in eye
    ]
    return np.linalg.eigvalsh(np.array(found))


# ---------------------------------------------------------------------------------------------------------- the claim


def test_the_bound_in_its_readings():
    net = ev.LinearConvolutionalNetwork((3, 2, 2), (2, 2, 3))
    claim = experiments.theorem_claim(net, outputs=2)
    # 1 + 2*1 + 1*2 + 1*4; 1 + 3*2 + 2*2 + 2*3; widths (d_1, d_2, d_3) = (8, 5 -> ...) from the end: 2, 5, 10
    widths = [2]
    for k, s in ((2, 3), (2, 2)):
        widths.append(s * (widths[-1] - 1) + k)
    assert [bound.samples for bound in claim.bounds] == [9, 17, 1 + widths[2] * 2 + widths[1] * 2 + widths[0] * 3]
    assert experiments.theorem_samples(net, 2) == tuple(sorted({8, *(bound.samples for bound in claim.bounds)}))


@pytest.mark.parametrize(
    ("sizes", "strides", "above", "differ"),
    [
        ((3, 2), (2, 2), True, True),
        ((3, 2), (2, 1), False, True),
        ((2, 2), (1, 2), False, False),
        ((2, 1, 2), (1, 2, 1), False, True),
        ((2, 2, 2), (2, 1, 2), False, False),
        ((3,), (1,), False, True),
        ((1,), (4,), True, True),
    ],
)
def test_what_the_strides_must_be(sizes, strides, above, differ):
    net = ev.LinearConvolutionalNetwork(sizes, strides)
    claim = experiments.theorem_claim(net)
    assert (claim.strides_above_one, claim.scales_differ) == (above, differ)
    k = net.end_to_end_size
    assert claim.claims(k) == differ
    assert not claim.claims(k - 1)
    assert ("claims nothing" in str(claim)) == (not differ)


def test_zero_filters_are_critical_where_the_claim_says(rng):
    # (3, 2): the second filter zero, and the first one in the kernel of two equations
    assert experiments.theorem_claim(THIN).zero_filter_dims == (-1, 0)
    X, Y = experiments.random_samples(THIN, 6, 1, seed=4)
    windows = X[:, :5].T @ Y[:, 0]
    equations = np.array([windows[:3], windows[2:5]])  # the slope of the last filter at 0, as a function of the first
    first = np.linalg.svd(equations)[2][2]
    for theta in ([*first, 0, 0], [0, 0, 0, 0, 0]):
        assert np.abs(slopes(lambda t: squared_error(THIN, t, X, Y), theta)).max() < 1e-7
    other = rng.standard_normal(3)
    assert np.abs(slopes(lambda t: squared_error(THIN, t, X, Y), [*other, 0, 0])).max() > 1e-2
    assert THIN.classify([first, [0, 0]], X, Y).kind == "zero"


# ------------------------------------------------------------------------------------------------- moments of samples


@pytest.mark.parametrize(
    ("sizes", "strides", "outputs"),
    [((3, 2), (2, 1), 1), ((2, 2), (1, 1), 1), ((2, 2), (1, 1), 2), ((2, 2), (2, 3), 2)],
)
def test_rank_of_the_moments_by_finite_differences(sizes, strides, outputs, rng):
    net = ev.LinearConvolutionalNetwork(sizes, strides)
    k, s, width = net.end_to_end_size, net.end_to_end_stride, net.architecture.widths(outputs)[0]
    upper = np.triu_indices(k)

    def sigma(flat):
        total = np.zeros((k, k))
        for x in flat.reshape(-1, width):
            for i in range(outputs):
                total += np.outer(x[i * s : i * s + k], x[i * s : i * s + k])
        return total

    for samples in range(1, k + 2):
        X = rng.standard_normal((samples, width))
        special = X * (np.arange(width) > 0)  # all windows that begin at the first input begin with 0
        for inputs in (X, special):
            found = experiments.moment_generality(net, inputs)
            derivative = np.array(
                [slopes(lambda f, p=p: sigma(f)[p], inputs.ravel()) for p in zip(*upper, strict=True)]
            )
            assert found.derivative_rank == np.linalg.matrix_rank(derivative, tol=1e-6)
            assert found.sigma_rank == np.linalg.matrix_rank(sigma(inputs.ravel()), tol=1e-9)
        if outputs == 1:
            assert experiments.moment_generality(net, X).is_dominant == (samples >= k)


def test_moments_refuse_what_are_no_samples():
    for bad in (np.zeros((0, 5)), np.zeros(5), np.zeros((3, 2)), np.full((3, 5), np.nan)):
        with pytest.raises(ValueError, match=r"X|inputs"):
            experiments.moment_generality(THIN, bad)


def test_moments_of_large_windows_take_little_memory():
    # one output: the rank follows from that of X, although the derivative would have 5 * 10^5 columns
    net = ev.LinearConvolutionalNetwork((2, 2), (1000, 1))
    found = experiments.moment_generality(net, np.random.default_rng(0).standard_normal((2, 1002)))
    assert found.full_rank - found.derivative_rank == 1000 * 1001 // 2
    with pytest.raises(BudgetError, match="at most 268,435,456 entries; got"):
        experiments.moment_generality(net, np.random.default_rng(0).standard_normal((2, 2002)))


# ----------------------------------------------------------------------------------------------------- the experiment


def test_the_conclusion_holds_where_it_is_claimed():
    found = experiments.run_theorem(THIN, outputs=[1, 2], seeds=[0])
    assert (found.expected, found.expected_regular) == (10, 10)
    assert [(run.samples, run.outputs) for run in found.runs] == [(n, 1) for n in (4, 5, 6, 9)] + [
        (n, 2) for n in (4, 5, 9)
    ]
    for run in found.runs:
        assert run.complete
        assert (run.found, run.regular, run.ramified, run.spurious) == (10, 10, 0, 0)
        assert run.verdict == "holds"
        assert run.real == run.pure == run.interior >= run.minima >= 1
        assert run.real % 2 == 0  # complex ones come in pairs
        assert run.claimed == (run.samples >= 5)
        assert run.is_dominant == (run.samples >= 5 or run.outputs == 2)
    assert found.contradictions == ()
    assert "claimed: holds 5 of 5 runs; not claimed: holds 2 of 2 runs" in str(found)


def test_one_claim_for_each_number_of_outputs():
    found = experiments.run_theorem(SMALL, samples=[4], outputs=[1, 3], seeds=[0])
    assert [claim.outputs for claim in found.claims] == [1, 3]
    # one output has widths (4, 2, 1), three have (8, 4, 3)
    assert [claim.bounds[2].samples for claim in found.claims] == [1 + 2 * 2 + 1, 1 + 4 * 2 + 3]
    assert "samples N >= 12: widths d_i of the layers, 3 at the end" in str(found)


def test_texts_are_short():
    found = experiments.run_theorem(SMALL, samples=[4], seeds=[0, 1])
    study = experiments.recovery_study(np.random.default_rng(0), [THIN], [1e-6], repeats=2)
    for value in (found, study, experiments.stride_one_minimum(), *experiments.dense_saddles()):
        assert len(repr(value)) < 120


def test_it_fails_for_stride_one():
    found = experiments.run_theorem(THICK, samples=[2, 3, 9], seeds=[1])
    assert (found.expected, found.expected_regular) == (6, 2)
    for run in found.runs:
        assert not run.claimed
        assert run.verdict == "fails"
        assert run.spurious == run.ramified_real == run.boundary > 0
        if run.samples >= 3:
            assert (run.complete, run.found, run.regular, run.ramified) == (True, 6, 2, 4)
        else:
            assert (run.complete, run.sigma_rank, run.is_dominant) == (False, 2, False)
    assert found.contradictions == ()


@pytest.mark.parametrize(("net", "samples", "minima"), [(THIN, 6, 3), (THICK, 4, 2)], ids=["stride 2", "stride 1"])
def test_minima_are_those_of_descent_on_literal_layers(net, samples, minima, rng):
    run = experiments.run_theorem(net, samples=[samples], seeds=[0]).runs[0]
    X, Y = experiments.random_samples(net, samples, 1, seed=0)
    first = net.filter_sizes[0]

    def residual(theta):
        return X @ np.array(end_to_end([theta[:first].tolist(), theta[first:].tolist()], net.strides)) - Y[:, 0]

    ends = []
    for _ in range(40):
        end = least_squares(residual, rng.standard_normal(net.num_parameters), method="lm", xtol=1e-14, ftol=1e-14)
        point = np.outer(end.x[:first], end.x[first:]).ravel()  # the filters up to scaling
        if end.optimality < 1e-5 and all(np.abs(point - other).max() > 1e-3 for other in ends):
            ends.append(point)
    assert len(ends) == run.minima == minima


def test_a_search_without_time_is_undecided():
    run = experiments.run_theorem(SMALL, samples=[5], seeds=[0], seconds=1e-9).runs[0]
    assert (run.complete, run.found, run.verdict) == (False, 0, "undecided")


def test_runs_repeat_and_tell_how_far_they_are():
    told = []
    first = experiments.run_theorem(SMALL, samples=[4, 5], seeds=[7], tell=lambda stage, f: told.append((stage, f)))
    second = experiments.run_theorem(SMALL, samples=[4, 5], seeds=[7])
    for one, other in zip(first.runs, second.runs, strict=True):
        assert {**vars(one), "seconds": 0} == {**vars(other), "seconds": 0}
    fractions = [f for _, f in told]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert {stage for stage, _ in told} == {"4 samples, seed 7", "5 samples, seed 7", ""}


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"samples": [0]}, ValueError, "samples must be"),
        ({"samples": []}, ValueError, "samples must be"),
        ({"samples": 3}, TypeError, "samples must be"),
        ({"samples": [2.5]}, ValueError, "samples must be"),
        ({"outputs": [0]}, ValueError, "outputs must be"),
        ({"seeds": [-1]}, ValueError, "seeds must be"),
        ({"seeds": "12"}, TypeError, "seeds must be"),
        ({"seconds": -1.0, "samples": [4]}, ValueError, "seconds must be"),
    ],
)
def test_wrong_arguments(arguments, error, words):
    with pytest.raises(error, match=words):
        experiments.run_theorem(SMALL, **arguments)


def test_other_networks_are_refused():
    with pytest.raises(TypeError, match="network must be"):
        experiments.run_theorem(SMALL.architecture)
    with pytest.raises(BudgetError, match="filter_sizes"):
        experiments.run_theorem(ev.LinearConvolutionalNetwork((9, 9, 9), (2, 2, 2)), samples=[3])
    with pytest.raises(BudgetError, match="filter_sizes"):  # before second moments (900, 900) are looked at
        experiments.run_theorem(ev.LinearConvolutionalNetwork((30, 30), (30, 1)), samples=[900])


def test_recovery_takes_networks_and_architectures():
    for one in (THIN, THIN.architecture):
        study = experiments.recovery_study(np.random.default_rng(0), [one], [1e-9], repeats=2)
        assert study.architectures == (THIN.architecture,)
    with pytest.raises(TypeError, match="rng must be"):
        experiments.recovery_study(0, [THIN])
    for bad, error in ((THIN, TypeError), ([3], TypeError), ([], ValueError)):
        with pytest.raises(error, match="architectures must be"):
            experiments.recovery_study(np.random.default_rng(0), bad)


# -------------------------------------------------------------------------------------------------- counterexamples


def test_the_minimum_for_stride_one_is_spurious(rng):
    point = experiments.stride_one_minimum()

    def f(theta):
        return squared_error(THICK, theta, point.X, point.Y)

    theta = np.concatenate(point.weights)
    assert f(theta) == pytest.approx(1.0) == 3 * point.loss
    assert np.abs(slopes(f, theta)).max() < 1e-8
    assert (point.kind, point.type) == ("spurious", "global_minimum")
    # no other filters do better, while the gradient on function space, 2 (v - (1, 0, 1)), does not vanish
    least = min(minimize(f, rng.standard_normal(4), method="BFGS").fun for _ in range(10))
    assert least > 1 - 1e-6
    assert end_to_end([w.tolist() for w in point.weights], (1, 1)) == [1, 0, 0]


def test_saddles_of_dense_networks():
    least = {"dense, widths (2, 2, 2)": -2, "dense, widths (3, 2, 3)": -4, "dense, widths (2, 2, 2, 2)": 0}
    for point in experiments.dense_saddles():
        shapes = [w.shape for w in point.weights]

        def f(theta, point=point, shapes=shapes):
            total = np.eye(len(point.X))
            for part, shape in zip(np.split(theta, np.cumsum([a * b for a, b in shapes])[:-1]), shapes, strict=True):
                total = part.reshape(shape) @ total
            return float(((point.X @ total.T - point.Y) ** 2).sum())

        theta = np.concatenate([w.ravel() for w in point.weights])
        assert np.abs(slopes(f, theta)).max() < 1e-7
        assert curvatures(f, theta)[0] == pytest.approx(least[point.network], abs=1e-4)
        assert point.kind == "spurious"
        assert point.type == ("strict_saddle" if least[point.network] else "non_strict_saddle")
        assert f(theta) == pytest.approx(point.loss * point.Y.size)


def test_whitened_inputs_have_the_counts_of_euclidean_distance():
    counts = {(count.filter_sizes, count.strides): count for count in experiments.whitened_counts([5])}
    for count in counts.values():
        assert count.found == (count.whitened,)
        assert (
            count.general
            == ev.LinearConvolutionalNetwork(count.filter_sizes, count.strides).function_space.num_critical_points
        )
    # (2, 2) with stride 2 are 2 x 2 matrices of rank one: one critical point for each singular value
    assert counts[(2, 2), (2, 1)].whitened == 2 < counts[(2, 2), (2, 1)].general
    closure = THIN.function_space.equations().variety()
    assert counts[(3, 2), (2, 1)].whitened == closure.ed_degree


def test_filters_that_converge():
    found = experiments.converging_filters(50)
    for filters, v in zip(found.filters, found.end_to_end, strict=True):
        assert end_to_end(filters, THIN.strides) == v
    steps = [max(abs(a - b) for a, b in zip(v, found.limit, strict=True)) for v in found.end_to_end]
    assert steps == [Fraction(1, n) for n in range(1, 51)]
    assert end_to_end(found.limit_filters, THIN.strides) == found.limit
    assert THIN.function_space.membership(found.limit).position == "singular"


def test_distance_of_a_point_of_the_closure():
    gap = experiments.closure_gap()
    space = THIN.function_space
    assert space.membership(gap.outside).status == "not_member"
    assert space.membership(gap.outside).in_closure
    assert space.membership(gap.nearest)
    u = np.array(gap.outside, dtype=float)
    assert (
        gap.squared_distance
        == Fraction(1, 3)
        == sum((Fraction(a) - b) ** 2 for a, b in zip(u, gap.nearest, strict=True))
    )
    # the last filter on the circle, the first one by least squares: the whole function space
    squares = []
    for angle in np.linspace(0, np.pi, 401):
        d, e = np.cos(angle), np.sin(angle)
        columns = np.array([end_to_end([row, [d, e]], THIN.strides) for row in np.eye(3).tolist()]).T
        squares.append(((columns @ np.linalg.lstsq(columns, u, rcond=None)[0] - u) ** 2).sum())
    assert min(squares) == pytest.approx(1 / 3, abs=1e-9)
    assert gap.found == pytest.approx(1 / 3, abs=1e-9)
