"""The loss of two layers of one number each: curves of minima, a saddle at zero, and how gradient flow passes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from equivariety.deep import LinearNetwork, Trajectory
from equivariety.errors import brief, invalid
from equivariety.plots.critical_marks import below, draw_path, path_handle
from equivariety.plots.loss_colours import loss_colours
from equivariety.plots.style import COLOURS, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_scalar_network"]

_GRID = 301
_LEVELS = 22
_SMALLEST = 1.0


def plot_scalar_network(
    X: object, Y: object, *, trajectories: Sequence[Trajectory] = (), title: str | None = None
) -> Figure:
    """Return a figure of the loss of the network x -> w2 w1 x in the plane of its weights.

    The loss depends on the product w2 w1 only: it is constant on hyperbolas, and least on one of them.  Zero is a
    critical point, a strict saddle, although the loss on the functions x -> w x has no other critical point than its
    minimum: it is spurious.  Gradient flow conserves w2^2 - w1^2; the nearer to zero it passes, the longer it takes.

    Args:
        X, Y: samples (N, 1) and targets (N, 1).
        trajectories: of ``LinearNetwork((1, 1, 1)).gradient_flow``.
        title: above the picture; None for a default, "" for nothing.

    Raises ValueError and TypeError for other data.

    >>> figure = plot_scalar_network([[1.0]], [[1.0]])
    >>> figure.axes[0].get_xlabel()
    'weight $w_1$ of the first layer'
    """
    if title is not None and not isinstance(title, str):
        raise invalid("title", "a text, or None", brief(title), 'give "" for no title', TypeError)
    net = LinearNetwork((1, 1, 1))
    zero = net.classify([[[0.0]], [[0.0]]], X, Y)
    inputs, targets = np.asarray(X, dtype=float), np.asarray(Y, dtype=float)
    square, cross = float((inputs**2).sum()), float((inputs * targets).sum())
    best = cross / square if square else 0.0
    curves = [np.array([[float(W.item()) for W in weights] for weights in path.weights]) for path in trajectories]
    reach = max([_SMALLEST, np.sqrt(abs(best)), *(float(np.abs(curve).max()) for curve in curves)])
    size = 1.35 * reach
    side = np.linspace(-size, size, _GRID)
    first, second = np.meshgrid(side, side)
    losses = (square * (first * second - best) ** 2 + float((targets**2).sum()) - cross * best) / targets.size
    figure = new_figure(6.0, 6.0)
    axes = figure.subplots()
    axes.set_aspect("equal")
    # Equal steps of the root: losses of degree four are steep far away.
    low, high = np.sqrt(losses.min()), np.sqrt(np.quantile(losses, 0.85))
    levels = np.linspace(low, high, _LEVELS) ** 2
    axes.contourf(side, side, losses, levels=levels, cmap=loss_colours(), extend="max")
    axes.contour(side, side, losses, levels=levels[1:], colors="white", linewidths=0.5)
    handles = []
    branch = np.geomspace(1e-3 * size, size, 400)
    for sign in (1.0, -1.0):
        axes.plot(sign * branch, sign * best / branch, color="white", linewidth=5.5, zorder=3)
        (line,) = axes.plot(
            sign * branch, sign * best / branch, color=COLOURS["best"], linewidth=3.0, label="global minima", zorder=4
        )
    handles.append(line)
    for curve in curves:
        draw_path(axes, curve)
    if curves:
        handles.append(path_handle())
    if zero.type is not None and zero.type != "global_minimum":
        style: dict[str, Any] = {"markersize": 10, "markerfacecolor": COLOURS["talk"], "markeredgecolor": "white"}
        handles += axes.plot(
            0, 0, "X", linestyle="none", label=f"{zero.kind} {zero.type.replace('_', ' ')}", zorder=8, **style
        )
    axes.set(xlim=(-size, size), ylim=(-size, size))
    axes.set_xlabel("weight $w_1$ of the first layer")
    axes.set_ylabel("weight $w_2$ of the second layer")
    text = "loss of $x \\mapsto w_2\\,w_1\\,x$ (darker: lower)"
    axes.set_title(text if title is None else title, fontsize=11.5, pad=10)
    below(axes, handles, columns=3)
    return figure
