"""The end-to-end filters of two layers of size two: all of space but the inside of a cone."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from equivariety.convolution import CriticalFilter, LinearConvolutionalNetwork
from equivariety.deep import Trajectory
from equivariety.errors import brief, invalid
from equivariety.plots.best_scale import as_moments
from equivariety.plots.critical_marks import (
    PATH_COLOUR,
    TARGET_COLOUR,
    below,
    critical_handles,
    draw_critical,
    path_handle,
)
from equivariety.plots.implicit_surfaces import draw_surface
from equivariety.plots.points_in_space import View
from equivariety.plots.quadratic_chart import check_two_factors
from equivariety.plots.style import new_figure
from equivariety.varieties.algebraic.polynomial_input import Polynomial

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_function_space"]

#: The discriminant v1^2 - 4 v0 v2 in the coordinates v0 - v2, v1, v0 + v2.
_CONE: Polynomial = {(2, 0, 0): Fraction(1), (0, 2, 0): Fraction(1), (0, 0, 2): Fraction(-1)}
_LABELS = ["$v_0 - v_2$", "$v_1$", r"$v_0 + v_2\quad$"]


def plot_function_space(
    net: LinearConvolutionalNetwork,
    X: object = None,
    Y: object = None,
    *,
    trajectories: Sequence[Trajectory] = (),
    title: str | None = None,
) -> Figure:
    """Return a figure of the function space of two filters of size 2: the cone v1^2 = 4 v0 v2, and what is outside.

    The filter v is a product of two iff v0 + v1 x + v2 x^2 has real roots, v1^2 >= 4 v0 v2.  In the coordinates
    v0 - v2, v1, v0 + v2 the boundary is a round cone with an upright axis.  With data, the end-to-end filters of the
    critical points and the least squares filter u are marked; points behind the cone are pale.

    Args:
        net: a network with two filters of size 2 at the same scale; filters of size 1 may come with them.
        X, Y: samples (N, d_0) and targets (N, d_L); or moments and None; None for the cone alone.
        trajectories: of ``net.gradient_flow``; drawn as curves of end-to-end filters.
        title: above the picture; None for the inequality, "" for nothing.

    Raises ValueError for other networks, and as ``net.critical_points`` does.

    >>> figure = plot_function_space(LinearConvolutionalNetwork((2, 2), (1, 1)))
    >>> figure.axes[0].get_title()
    'filters $v$ outside of the cone: $v_1^2 \\\\geq 4 v_0 v_2$'
    """
    check_two_factors(net)
    if title is not None and not isinstance(title, str):
        raise invalid("title", "a text, or None", brief(title), 'give "" for no title', TypeError)
    found: tuple[CriticalFilter, ...] = ()
    target: np.ndarray = np.zeros((0, 3))
    if X is not None:
        moments = as_moments(net, X, Y)
        found = net.critical_points(moments).real_points
        target = np.linalg.lstsq(moments.sigma, moments.cross, rcond=None)[0][None]
    points = _upright(np.array([p.end_to_end_filter for p in found]).reshape(-1, 3))
    u = _upright(target)
    curves = [_upright(np.array([net.compose(w) for w in path.weights])) for path in trajectories]
    limits = _limits(np.vstack([points, u, *curves]))
    figure = new_figure(6.0, 6.0)
    axes = figure.subplots()
    draw_surface(axes, _CONE, limits, np.zeros((0, 3)), _LABELS)
    view = View(_CONE, limits)
    handles: list[Any] = []
    if len(u):
        star: dict[str, Any] = {"marker": "*", "markersize": 17, "color": TARGET_COLOUR, "markeredgecolor": "white"}
        pale = 0.55 if view.hidden(u)[0] else 1.0
        shown = axes.plot(
            *view.places(u).T, linestyle="none", alpha=pale, zorder=7, label="least squares filter u", **star
        )
        handles += shown
    for curve in curves:
        view.draw_curve(axes, curve)
        ring: dict[str, Any] = {
            "markersize": 4.5,
            "markerfacecolor": "white",
            "markeredgecolor": PATH_COLOUR,
            "zorder": 7,
        }
        axes.plot(*view.places(curve[:1]).T, "o", **ring)
    if curves:
        handles.append(path_handle("gradient flow, from the ring\n(dotted: behind the cone)"))
    if len(points):
        draw_critical(axes, view.places(points), found, largest=2, faint=list(view.hidden(points)))
    text = r"filters $v$ outside of the cone: $v_1^2 \geq 4 v_0 v_2$"
    axes.set_title(text if title is None else title, fontsize=12, pad=8)
    if handles or found:
        below(axes, [*handles, *critical_handles(found, largest=2)])
    return figure


def _upright(v: np.ndarray) -> np.ndarray:
    """The coordinates of filters (N, 3) in which the cone has an upright axis."""
    return np.column_stack([v[:, 0] - v[:, 2], v[:, 1], v[:, 0] + v[:, 2]])


def _limits(points: np.ndarray) -> np.ndarray:
    """A box around 0 that shows all points, with little of the lower half of the cone where none are there."""
    size = 1.2 * float(np.abs(points).max(initial=0.0)) or 1.0
    size = float(f"{size:.2g}")
    low = size if not len(points) else float(f"{max(0.4 * size, -1.2 * points[:, 2].min()):.2g}")
    return np.array([[-size, size], [-size, size], [-low, size]])
