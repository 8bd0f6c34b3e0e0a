"""Pictures of convolutional and deep linear networks: what they show, checked by other means."""

from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np
import pytest

import equivariety as ev
from equivariety.plots import (
    implicit_surfaces,
    plot_cubic_filters,
    plot_factor_recovery,
    plot_filter_chart,
    plot_function_space,
    plot_loss_landscape,
    plot_plateaus,
    plot_scalar_network,
    save_png,
)
from equivariety.plots.best_scale import best_scaled_loss
from equivariety.plots.cubic_filters import depressed
from equivariety.plots.loss_landscape import _products
from equivariety.plots.points_in_space import View
from equivariety.plots.quadratic_chart import chart

ONE = np.ones((1, 1))
PAIR = ev.LinearConvolutionalNetwork((2, 2), (1, 1))
TALK = np.eye(3), np.array([[1.0], [0.0], [1.0]])
SHAPES = {"o": "minimum", "X": "saddle", "^": "maximum"}


@pytest.fixture(autouse=True)
def coarse(monkeypatch):
    monkeypatch.setattr(implicit_surfaces, "_PIXELS", 40)


def literal_loss(angles, strides, X, Y):
    """Loss of filters at two angles in degrees with the best factor, by layers of plain sums and least squares."""
    (a, b), (s, t) = np.radians(angles), strides
    first, second = (np.cos(a), np.sin(a)), (np.cos(b), np.sin(b))

    def layer(x, w, stride):
        return np.array([w[0] * x[i] + w[1] * x[i + 1] for i in range(0, len(x) - 1, stride)])

    outputs = np.array([layer(layer(x, first, s), second, t) for x in X]).ravel()
    factor = outputs @ Y.ravel() / (outputs @ outputs)
    return float(np.mean((factor * outputs - Y.ravel()) ** 2))


def marked(axes):
    """(shape, colour, place) of critical points."""
    return [
        (SHAPES[line.get_marker()], line.get_markerfacecolor(), line.get_xydata()[0])
        for line in axes.lines
        if line.get_marker() in SHAPES and line.get_markersize() > 8 and line.get_zorder() == 8
    ]


def legend_of(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


@pytest.mark.parametrize(("strides", "seed"), [((1, 1), 2), ((1, 1), 8), ((2, 1), 1), ((2, 1), 3)])
def test_landscapes_mark_the_critical_points_of_what_they_show(strides, seed):
    net = ev.LinearConvolutionalNetwork((2, 2), strides)
    rng = np.random.default_rng(seed)
    X, Y = rng.standard_normal((8, net.end_to_end_size)), rng.standard_normal((8, 1))
    axes = plot_loss_landscape(net, X, Y).axes[0]
    points = marked(axes)
    assert len(points) == len(net.critical_points(X, Y).real_points) > 1
    h = 0.05
    for shape, _, place in points:
        at = np.array(
            [[literal_loss(np.add(place, [h * i, h * j]), strides, X, Y) for j in (-1, 0, 1)] for i in (-1, 0, 1)]
        )
        slope = np.array([at[2, 1] - at[0, 1], at[1, 2] - at[1, 0]]) / (2 * h)
        assert slope == pytest.approx([0, 0], abs=1e-6)
        mixed = (at[2, 2] + at[0, 0] - at[2, 0] - at[0, 2]) / 4
        hessian = np.array([[at[2, 1] + at[0, 1] - 2 * at[1, 1], mixed], [mixed, at[1, 2] + at[1, 0] - 2 * at[1, 1]]])
        negative = int((np.linalg.eigvalsh(hessian) < 0).sum())
        assert shape == {0: "minimum", 1: "saddle", 2: "maximum"}[negative]
    # The levels are those of the loss: the least one is below the deepest mark, by a step at most.
    levels = axes.collections[0].levels
    assert levels[0] <= min(literal_loss(place, strides, X, Y) for _, _, place in points) <= levels[1]


@pytest.mark.parametrize(("sizes", "strides"), [((2, 2), (1, 1)), ((2, 2), (2, 1)), ((1, 2, 1, 2), (2, 3, 1, 1))])
def test_columns_are_first_filters_and_rows_are_second_ones(sizes, strides):
    angles = np.array([10.0, 60.0, 100.0])
    v = _products(ev.LinearConvolutionalNetwork(sizes, strides), angles)
    for row, b in enumerate(np.radians(angles)):
        for column, a in enumerate(np.radians(angles)):
            filters = iter([[np.cos(a), np.sin(a)], [np.cos(b), np.sin(b)]])
            wanted, scale = np.ones(1), 1
            for k, s in zip(sizes, strides, strict=True):
                spread = np.zeros((k - 1) * scale + 1)
                spread[::scale] = next(filters) if k == 2 else 1.0
                wanted, scale = np.convolve(wanted, spread), scale * s
            assert v[row, column] == pytest.approx(wanted)


def test_spurious_points_are_on_the_diagonal_of_stride_one():
    figure = plot_loss_landscape(PAIR, *TALK)
    points = marked(figure.axes[0])
    assert sorted(tuple(place.round(6)) for _, _, place in points) == [(0, 0), (45, 45), (90, 90), (135, 135)]
    assert legend_of(figure) == ["spurious minimum", "spurious saddle", "equal filters"]
    assert len({colour for _, colour, _ in points}) == 1
    strided = ev.LinearConvolutionalNetwork((2, 1, 2), (2, 1, 3))
    data = np.random.default_rng(0)
    other = plot_loss_landscape(strided, data.standard_normal((6, 4)), data.standard_normal((6, 1)))
    assert all(text.startswith("pure") for text in legend_of(other))


def test_paths_end_at_the_minima_and_are_cut_at_edges():
    paths = [
        PAIR.gradient_flow([[0.8, 0.6], [0.9, -0.5]], *TALK),
        PAIR.gradient_flow([[0.9, -0.3], [0.5, -0.9]], *TALK),
    ]
    axes = plot_loss_landscape(PAIR, *TALK, trajectories=paths).axes[0]
    curves = [line.get_xydata() for line in axes.lines if line.get_zorder() == 6]
    assert all(np.abs(np.diff(curve, axis=0)).max() < 90 for curve in curves if len(curve) > 1)
    assert len(curves) > 2  # the second one crosses an edge
    ends = {tuple(curve[-1].round(2)) for curve in curves}
    assert (0.0, 0.0) in ends


def test_the_best_factor_is_the_best(rng):
    X, Y = rng.standard_normal((9, 3)), rng.standard_normal((9, 1))
    moments = PAIR.moments(X, Y)
    for v in rng.standard_normal((5, 3)):
        factors = np.linspace(-5, 5, 20001)
        least = np.mean((factors[:, None] * (X @ v) - Y[:, 0]) ** 2, axis=1).min()
        assert best_scaled_loss(moments, v) == pytest.approx(least, abs=1e-6)


def test_charts_show_which_quadratics_have_real_roots(rng):
    v = rng.standard_normal((200, 3))
    real = np.array([np.isrealobj(np.roots(one[::-1])) for one in v])
    assert ((np.linalg.norm(chart(v), axis=1) > 1) == real).all()
    a, b = rng.standard_normal((2, 50))
    assert np.linalg.norm(chart(np.stack([a**2, 2 * a * b, b**2], axis=1)), axis=1) == pytest.approx(1.0)


def test_the_chart_of_the_talk():
    paths = [PAIR.gradient_flow([[0.9, -0.5], [0.8, 0.6]], *TALK)]
    figure = plot_filter_chart(PAIR, *TALK, trajectories=paths)
    axes = figure.axes[0]
    points = marked(axes)
    found = sorted((shape, *place.round(6)) for shape, _, place in points)
    assert found == [("minimum", -1, 0), ("minimum", 1, 0), ("saddle", 0, -1), ("saddle", 0, 1)]
    (star,) = [line for line in axes.lines if line.get_marker() == "*"]
    assert star.get_xydata() == pytest.approx(np.zeros((1, 2)), abs=1e-12)
    (curve,) = [line.get_xydata() for line in axes.lines if line.get_zorder() == 6]
    radius = np.linalg.norm(curve, axis=1)
    assert radius.min() > 1 - 1e-9
    assert curve[-1] == pytest.approx([1.0, 0.0], abs=1e-3)
    assert legend_of(figure)[-2:] == ["spurious minimum", "spurious saddle"]


def test_paths_through_infinity_are_cut():
    path = PAIR.gradient_flow([[0.1, 1.0], [0.8, -0.6]], *TALK)
    v = np.array([np.convolve(*weights) for weights in path.weights])
    assert (v[:, 0] + v[:, 2]).min() < 0 < (v[:, 0] + v[:, 2]).max()
    axes = plot_filter_chart(PAIR, *TALK, trajectories=[path]).axes[0]
    width = np.diff(axes.get_xlim()).item()
    curves = [line.get_xydata() for line in axes.lines if line.get_zorder() == 6]
    assert len(curves) == 2
    assert all(np.abs(curve).max() <= width for curve in curves)


def test_a_least_squares_filter_far_away_is_left_out():
    # u = (1, 0, -0.999) is near infinity of the chart.
    X, Y = np.eye(3), np.array([[1.0], [0.0], [-0.999]])
    axes = plot_filter_chart(PAIR, X, Y).axes[0]
    assert not [line for line in axes.lines if line.get_marker() == "*"]
    assert axes.get_xlim()[1] < 5


def test_points_behind_a_surface():
    sphere = {(2, 0, 0): Fraction(1), (0, 2, 0): Fraction(1), (0, 0, 2): Fraction(1), (0, 0, 0): Fraction(-1)}
    view = View(sphere, np.array([[-2.0, 2.0]] * 3))
    towards = implicit_surfaces.Camera().towards
    directions = np.stack([towards, -towards])
    assert view.hidden(0.5 * directions).tolist() == [True, True]  # inside
    assert view.hidden(1.0 * directions).tolist() == [False, True]  # on it
    assert view.hidden(1.5 * directions).tolist() == [False, True]  # outside
    side = np.cross(towards, [0.0, 0.0, 1.0])
    assert view.hidden(1.5 * np.stack([side, -side])).tolist() == [False, False]
    assert view.inside(np.array([[2.0, 0, 0], [2.1, 0, 0]])).tolist() == [True, False]
    assert view.places(np.zeros((1, 3))) == pytest.approx(np.zeros((1, 2)))


def test_the_cone_of_the_talk(tmp_path):
    paths = [PAIR.gradient_flow([[0.9, -0.5], [0.8, 0.6]], *TALK)]
    figure = plot_function_space(PAIR, *TALK, trajectories=paths)
    axes = figure.axes[0]
    points = marked(axes)
    assert sorted(shape for shape, _, _ in points) == ["minimum", "minimum", "saddle", "saddle"]
    # Of the two minima (1, 0, 0) and (0, 0, 1), and of the two saddles (1, 2, 1)/3 and (1, -2, 1)/3, one is behind.
    alphas = sorted(line.get_alpha() for line in axes.lines if line.get_zorder() == 8)
    assert alphas == [0.5, 0.5, 1.0, 1.0]
    assert "least squares filter u" in legend_of(figure)
    save_png(figure, tmp_path / "cone.png")
    assert not plot_function_space(PAIR).legends


def test_cubics_keep_their_roots(rng):
    for _ in range(20):
        v = rng.standard_normal(4)
        p, q = depressed(v)
        roots = np.roots(v[::-1])
        moved = np.sort_complex(roots - roots.mean())
        assert np.sort_complex(np.roots([1, 0, p, q])) == pytest.approx(moved, abs=1e-7)
    assert depressed(rng.standard_normal((3, 2, 4))).shape == (3, 2, 2)


def test_the_region_of_three_real_roots():
    figure = plot_cubic_filters([[-6.0, 11.0, -6.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
    axes = figure.axes[0]
    region = axes.collections[0].get_paths()[0]
    rng = np.random.default_rng(0)
    for p, q in zip(rng.uniform(-3, 1.2, 300), rng.uniform(-2.2, 2.2, 300), strict=True):
        if abs(4 * p**3 + 27 * q**2) > 0.05:
            assert region.contains_point((p, q)) == (np.abs(np.roots([1, 0, p, q]).imag).max() < 1e-9)
    (marks,) = [line.get_xydata() for line in axes.lines if line.get_marker() == "D"]
    assert marks == pytest.approx(np.array([[-1.0, 0.0], [2 / 3, 20 / 27]]))
    graphs = [small.get_title() for small in figure.axes[1:]]
    assert graphs == ["A: three real roots", "B: a double root", "C: a triple root", "D: one real root"]
    zeros = [np.unique(small.lines[-1].get_xdata().round(2)).size for small in figure.axes[1:]]
    assert zeros == [3, 2, 1, 1]


def test_two_numbers_and_their_saddle():
    net = ev.LinearNetwork((1, 1, 1))
    X, Y = np.array([[1.0], [2.0]]), np.array([[2.0], [2.0]])
    path = net.gradient_flow([[[1.0]], [[-1.1]]], X, Y)
    figure = plot_scalar_network(X, Y, trajectories=[path])
    axes = figure.axes[0]
    minima = [line.get_xydata() for line in axes.lines if line.get_label() == "global minima"]
    assert len(minima) == 2
    best = (1 * 2 + 2 * 2) / (1 + 4)
    assert np.vstack(minima).prod(axis=1) == pytest.approx(best)
    assert legend_of(figure) == ["global minima", "gradient flow, from the ring", "spurious strict saddle"]
    assert [line.get_xydata().tolist() for line in axes.lines if line.get_marker() == "X"] == [[[0.0, 0.0]]]
    # Targets that no input explains: zero is a minimum, and nothing is marked.
    flat = plot_scalar_network(X, np.array([[2.0], [-1.0]]))
    assert legend_of(flat) == ["global minima"]


def test_plateaus_are_the_losses_of_truncated_targets():
    net, X, Y = ev.LinearNetwork((3, 2, 3)), np.eye(3), np.diag([4.0, 2.0, 1.0])
    path = net.gradient_flow([0.01 * np.eye(2, 3), 0.01 * np.eye(3, 2)], X, Y)
    figure = plot_plateaus(net, X, Y, [path, path], labels=["a", "b"])
    axes = figure.axes[0]
    heights = sorted(line.get_ydata()[0] for line in axes.lines if len(line.get_ydata()) == 2)
    squares = np.array([16.0, 4.0, 1.0])
    subsets = [(), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2)]
    assert heights == pytest.approx(sorted((21 - squares[list(kept)].sum()) / 9 for kept in subsets))
    assert [text.get_text() for text in axes.texts] == ["rank 2: 0.111", "rank 1: 0.556", "rank 0: 2.33"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]
    low, high = axes.get_xlim()
    assert low == 0
    before, after = np.interp([0.7 * high, high], path.times, path.losses) - 1 / 9
    assert after < 0.01 < 10 * before
    logarithmic = plot_plateaus(net, X, Y, [path], log_time=True, title="").axes[0]
    assert (logarithmic.get_xscale(), logarithmic.get_title(), logarithmic.get_legend()) == ("log", "", None)


def test_every_trial_of_a_recovery_study_is_shown():
    networks = [ev.convolution.Architecture((3, 2), (2, 1))]
    study = ev.experiments.recovery_study(np.random.default_rng(0), networks, [0.0, 1e-11, 1e-4], repeats=4)
    figure = plot_factor_recovery(study)
    for axes, heights in zip(figure.axes, (study.factor_error, study.factor_error[4:] / study.noise[4:]), strict=True):
        shown = np.concatenate([line.get_ydata() for line in axes.lines if line.get_linestyle() == "None"])
        assert np.sort(shown) == pytest.approx(np.sort(heights[-8:]))
    assert legend_of(figure)[0].startswith("member")
    assert "(3, 2) / (2, 1)" in figure.get_suptitle()
    quiet = ev.experiments.recovery_study(np.random.default_rng(0), networks, [0.0], repeats=1)
    with pytest.raises(ValueError, match="study must be one with noise"):
        plot_factor_recovery(quiet)


LARGE = ev.LinearConvolutionalNetwork((3, 2), (1, 1))
STRIDED = ev.LinearConvolutionalNetwork((2, 2), (2, 1))
DEEP = ev.LinearNetwork((1, 1, 1))


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: plot_loss_landscape(LARGE, *TALK), ValueError, "net must be a network with two filters of size 2"),
        (lambda: plot_loss_landscape(PAIR, *TALK, title=3), TypeError, "title must be a text"),
        (lambda: plot_filter_chart(STRIDED, *TALK), ValueError, "net must be two filters of size 2 at stride one"),
        (lambda: plot_filter_chart("2,2", *TALK), TypeError, "net must be a LinearConvolutionalNetwork"),
        (lambda: plot_filter_chart(PAIR, *TALK, title=3), TypeError, "title must be a text"),
        (lambda: plot_function_space(LARGE), ValueError, "net must be two filters of size 2 at stride one"),
        (lambda: plot_function_space(PAIR, title=3), TypeError, "title must be a text"),
        (lambda: plot_cubic_filters([[1.0, 2.0, 3.0, 0.0]]), ValueError, "numbers with v3 != 0"),
        (lambda: plot_cubic_filters([[1.0, 2.0]]), ValueError, "filters must be"),
        (lambda: plot_cubic_filters(title=3), TypeError, "title must be a text"),
        (lambda: plot_scalar_network(np.eye(2), np.eye(2)), ValueError, "X must"),
        (lambda: plot_scalar_network(ONE, ONE, title=3), TypeError, "title must be a text"),
        (lambda: plot_plateaus(DEEP, ONE, ONE, []), ValueError, "trajectories must be at least one"),
        (lambda: plot_plateaus(DEEP, ONE, ONE, [None], labels=["a", "b"]), ValueError, "labels must be none, or one"),
        (lambda: plot_plateaus(DEEP, ONE, ONE, [None], log_time=1), TypeError, "log_time"),
        (lambda: plot_plateaus(DEEP, ONE, ONE, [None], title=3), TypeError, "title must be a text"),
        (lambda: plot_factor_recovery(3), TypeError, "study must be a RecoveryStudy"),
    ],
)
def test_mistakes_are_named(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_pyplot_is_not_loaded():
    before = "matplotlib.pyplot" in sys.modules
    plot_cubic_filters()
    assert ("matplotlib.pyplot" in sys.modules) == before
