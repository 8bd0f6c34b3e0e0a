"""Filters of size three as points of a plane: those that two filters of size two make, and the loss on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from equivariety.convolution import LinearConvolutionalNetwork
from equivariety.deep import Trajectory
from equivariety.errors import brief, invalid
from equivariety.plots.best_scale import as_moments, best_scaled_loss
from equivariety.plots.critical_marks import (
    TARGET_COLOUR,
    below,
    critical_handles,
    draw_critical,
    draw_path,
    path_handle,
)
from equivariety.plots.loss_colours import loss_colours
from equivariety.plots.style import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["chart", "check_two_factors", "plot_filter_chart"]

_GRID = 401
_LEVELS = 16
_SMALLEST, _LARGEST = 1.9, 4.0


def check_two_factors(net: object) -> LinearConvolutionalNetwork:
    """Return the network; raise TypeError or ValueError unless its end-to-end filters are products of two of size 2."""
    if not isinstance(net, LinearConvolutionalNetwork):
        raise invalid("net", "a LinearConvolutionalNetwork", brief(net), "take filter sizes (2, 2)", TypeError)
    if net.end_to_end_size != 3 or sorted(net.filter_sizes)[-2:] != [2, 2]:
        got = f"filter sizes {net.filter_sizes} and strides {net.strides}"
        raise invalid("net", "two filters of size 2 at stride one", got, "take filter sizes (2, 2) and strides (1, 1)")
    return net


def chart(v: np.ndarray) -> np.ndarray:
    """Return the places ``(v0 - v2, v1) / (v0 + v2)`` (..., 2) of filters (..., 3) of size three.

    The discriminant ``v1^2 - 4 v0 v2`` over ``(v0 + v2)^2`` is the squared distance from the origin minus 1.

    >>> chart(np.array([[1.0, 0.0, 0.0], [1.0, 2.0, 1.0]])).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    total = v[..., 0] + v[..., 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        places: np.ndarray = np.stack([v[..., 0] - v[..., 2], v[..., 1]], axis=-1) / total[..., None]
    return places


def plot_filter_chart(
    net: LinearConvolutionalNetwork,
    X: object,
    Y: object = None,
    *,
    trajectories: Sequence[Trajectory] = (),
    title: str | None = None,
) -> Figure:
    """Return a figure of the function space of two filters of size 2 and of the loss on it, up to scale.

    A filter v of size 3, up to scale, is the point ``(v0 - v2, v1) / (v0 + v2)`` of the plane.  It is a product of two
    filters iff the polynomial v0 + v1 x + v2 x^2 has real roots: outside of the unit disc.  On the circle are the
    squares.  The lines show where the loss with the best scale is constant; inside of the disc, where the network
    cannot be, too.  Where the least squares filter u is inside, all critical points are on the circle, and spurious.

    Args:
        net: a network with two filters of size 2 at the same scale; filters of size 1 may come with them.
        X, Y: samples (N, d_0) and targets (N, d_L); or moments and None.
        trajectories: of ``net.gradient_flow``.
        title: above the picture; None for a default, "" for nothing.

    Raises ValueError for other networks, and as ``net.critical_points`` does.

    >>> net = LinearConvolutionalNetwork((2, 2), (1, 1))
    >>> figure = plot_filter_chart(net, np.eye(3), [[1.0], [0.0], [1.0]])
    >>> len(figure.legends)
    1
    """
    check_two_factors(net)
    if title is not None and not isinstance(title, str):
        raise invalid("title", "a text, or None", brief(title), 'give "" for no title', TypeError)
    moments = as_moments(net, X, Y)
    found = net.critical_points(moments).real_points
    places = chart(np.array([p.end_to_end_filter for p in found]).reshape(-1, 3))
    u = np.linalg.lstsq(moments.sigma, moments.cross, rcond=None)[0]
    target = chart(u)
    curves = [chart(np.array([net.compose(w) for w in path.weights])) for path in trajectories]
    size = _half_width(np.vstack([places, target[None], *(curve[:1] for curve in curves)]))
    figure = new_figure(6.0, 6.3)
    axes = figure.subplots()
    axes.set_aspect("equal")
    handles = _background(axes, moments, size, 0.5 if target[1] < 0 else -0.55)
    for curve in curves:
        draw_path(axes, curve, far=2 * size)
    if curves:
        handles.append(path_handle())
    draw_critical(axes, places, found, largest=2)
    if np.abs(target).max() <= size:
        # Below the mark of the critical point that it may be.
        star: dict[str, Any] = {"marker": "*", "markersize": 17, "color": TARGET_COLOUR, "markeredgewidth": 0.6}
        handles += axes.plot(*target, linestyle="none", label="least squares filter u", zorder=7, **star)
    axes.set(xlim=(-size, size), ylim=(-size, size))
    axes.set_xlabel(r"$(v_0 - v_2)\;/\;(v_0 + v_2)$", fontsize=11)
    axes.set_ylabel(r"$v_1\;/\;(v_0 + v_2)$", fontsize=11)
    sizes = f"filter sizes {net.filter_sizes}, strides {net.strides}"
    text = f"{sizes}: filters up to scale\ndarker: lower loss, with the best scale"
    axes.set_title(text if title is None else title, fontsize=11, pad=10)
    below(axes, [*handles, *critical_handles(found, largest=2)])
    return figure


def _background(axes, moments, size: float, height: float) -> list:
    """Level lines of the loss, the disc without real roots, and names of both regions."""
    from matplotlib.patches import Circle

    side = np.linspace(-size, size, _GRID)
    s, t = np.meshgrid(side, side)
    values = best_scaled_loss(moments, np.stack([(1 + s) / 2, t, (1 - s) / 2], axis=-1))
    axes.contourf(side, side, values, levels=_LEVELS, cmap=loss_colours())
    axes.contour(side, side, values, levels=_LEVELS, colors="0.55", linewidths=0.5)
    axes.add_patch(Circle((0, 0), 1, facecolor="white", edgecolor="none", alpha=0.62, zorder=3))
    axes.add_patch(Circle((0, 0), 1, facecolor="none", edgecolor="0.55", hatch="..", linewidth=0, alpha=0.35, zorder=3))
    turn = np.linspace(0, 2 * np.pi, 200)
    rim = axes.plot(np.cos(turn), np.sin(turn), "k", linewidth=2, zorder=4, label="boundary: a double root")
    words: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 9.5, "color": "0.15", "zorder": 5}
    box: dict[str, Any] = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
    axes.text(0, height, "no real roots:\nnot in the\nfunction space", bbox=box, **words)
    corner: dict[str, Any] = {**words, "ha": "left", "va": "top", "transform": axes.transAxes, "bbox": box}
    axes.text(0.02, 0.98, "function space: two real roots", **corner)
    return rim


def _half_width(places: np.ndarray) -> float:
    """Half the side of a square that shows all places that are not far away."""
    near = np.abs(places[np.isfinite(places).all(axis=1)])
    near = near[(near <= _LARGEST).all(axis=1)]
    return max(_SMALLEST, 1.15 * float(near.max(initial=0.0)))
