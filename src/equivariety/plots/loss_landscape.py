"""The loss of a convolutional network with two filters of size two: all its parameters, up to scale, in one square."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from equivariety.convolution import LinearConvolutionalNetwork
from equivariety.deep import Trajectory
from equivariety.errors import brief, invalid
from equivariety.plots.best_scale import as_moments, best_scaled_loss
from equivariety.plots.critical_marks import below, critical_handles, draw_critical, draw_path, path_handle
from equivariety.plots.loss_colours import loss_colours
from equivariety.plots.style import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_loss_landscape"]

#: Directions (cos a, sin a) of filters, a in degrees from the first to the second number; ticks at round directions.
_LOW, _HIGH = -22.5, 157.5
_TICKS = {0: "(1, 0)", 45: "(1, 1)", 90: "(0, 1)", 135: "(−1, 1)"}
_GRID = 361
_LEVELS = 18


def plot_loss_landscape(
    net: LinearConvolutionalNetwork,
    X: object,
    Y: object = None,
    *,
    trajectories: Sequence[Trajectory] = (),
    title: str | None = None,
) -> Figure:
    """Return a figure of the loss of all networks with two filters of size 2, and its critical points.

    A filter, up to scale, is a direction: an angle modulo 180 degrees.  So two of them are a point of a square whose
    opposite edges are glued.  The colour is the loss with the best scale.  Critical points of the loss, those with
    product zero aside, are the critical points of this function; colours say pure or spurious.  Where both layers have
    the same stride-one scale, the two filters may be exchanged, and on the diagonal, where they are equal, the product
    loses rank: the spurious points are there.

    Args:
        net: a network with two filters of size 2, any strides; filters of size 1 may come with them.
        X, Y: samples (N, d_0) and targets (N, d_L); or moments and None.
        trajectories: of ``net.gradient_flow``.
        title: above the picture; None for the sizes and strides, "" for nothing.

    Raises ValueError for other networks, and as ``net.critical_points`` does.

    >>> net = LinearConvolutionalNetwork((2, 2), (1, 1))
    >>> figure = plot_loss_landscape(net, np.eye(3), [[1.0], [0.0], [1.0]])
    >>> figure.axes[0].get_xlabel()
    'first filter, up to scale (opposite edges are one)'
    """
    if sorted(net.filter_sizes, reverse=True)[:3] not in ([2, 2], [2, 2, 1]):
        required = "a network with two filters of size 2"
        raise invalid(
            "net", required, f"filter sizes {net.filter_sizes}", "take LinearConvolutionalNetwork((2, 2), ...)"
        )
    if title is not None and not isinstance(title, str):
        raise invalid("title", "a text, or None", brief(title), 'give "" for no title', TypeError)
    moments = as_moments(net, X, Y)
    found = net.critical_points(moments).real_points
    figure = new_figure(6.2, 5.9)
    axes = figure.subplots()
    angles = np.linspace(_LOW, _HIGH, _GRID)
    values = best_scaled_loss(moments, _products(net, angles))
    shown = axes.contourf(angles, angles, values, levels=_LEVELS, cmap=loss_colours())
    axes.contour(angles, angles, values, levels=_LEVELS, colors="white", linewidths=0.4, alpha=0.7)
    bar = figure.colorbar(shown, ax=axes, shrink=0.72, pad=0.02, ticks=list(shown.levels)[::3], format="%g")
    bar.set_label("loss, with the best scale")
    axes.set_aspect("equal")
    handles = critical_handles(found, largest=2)
    if len(net.architecture.blocks) == 1:
        (line,) = axes.plot([_LOW, _HIGH], [_LOW, _HIGH], "--", color="0.25", linewidth=1.1, label="equal filters")
        handles.append(line)
    for path in trajectories:
        places = np.array([_angles(net, weights) for weights in path.weights])
        draw_path(axes, places, wraps=_HIGH - _LOW)
    if trajectories:
        handles.append(path_handle())
    draw_critical(axes, np.array([_angles(net, p.filters) for p in found]).reshape(-1, 2), found, largest=2)
    for which, axis, limits in (("first", axes.xaxis, axes.set_xlim), ("second", axes.yaxis, axes.set_ylim)):
        axis.set_ticks(list(_TICKS), labels=list(_TICKS.values()))
        axis.set_label_text(f"{which} filter, up to scale (opposite edges are one)")
        limits(_LOW, _HIGH)
    text = f"filter sizes {net.filter_sizes}, strides {net.strides}: {len(found)} real critical points"
    axes.set_title(text if title is None else title, fontsize=11.5, pad=10)
    below(axes, handles)
    return figure


def _products(net: LinearConvolutionalNetwork, angles: np.ndarray) -> np.ndarray:
    """End-to-end filters (rows, columns, k) for all pairs: columns are first filters, rows second ones."""
    directions = np.stack([np.cos(np.radians(angles)), np.sin(np.radians(angles))], axis=-1)
    scale = net.architecture.blocks[-1].scale if len(net.architecture.blocks) > 1 else net.architecture.step
    first = net.architecture.step
    v = np.zeros((len(angles), len(angles), net.end_to_end_size))
    for i in (0, 1):
        for j in (0, 1):
            v[..., i * first + j * scale] += directions[None, :, i] * directions[:, None, j]
    return v


def _angles(net: LinearConvolutionalNetwork, filters: Sequence) -> list[float]:
    """The angles of the two filters in the window of the picture, in degrees."""
    pairs = [np.asarray(w) for w in filters if len(w) == 2]
    return [float((np.degrees(np.arctan2(w[1], w[0])) - _LOW) % (_HIGH - _LOW) + _LOW) for w in pairs]
