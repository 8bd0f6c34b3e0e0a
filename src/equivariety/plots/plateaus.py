"""The loss of a deep linear network against time: it rests at the losses of critical functions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from equivariety.deep import LinearNetwork, Trajectory
from equivariety.errors import brief, check_flag, invalid
from equivariety.plots.style import COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_plateaus"]

#: Lines of critical functions that are drawn at most, those of least loss.
_MOST = 64
_STYLES = ("-", "--", ":", "-.")
_INKS = (COLOURS["dense"], COLOURS["talk"], COLOURS["equal-rank"], COLOURS["high-pass"])


def plot_plateaus(
    net: LinearNetwork,
    X: object,
    Y: object,
    trajectories: Sequence[Trajectory],
    *,
    labels: Sequence[str] = (),
    log_time: bool = False,
    title: str | None = None,
) -> Figure:
    """Return a figure of the loss along gradient flows, with the losses of all critical functions as lines.

    From small weights the flow passes by one saddle after the other: those at which the network keeps the largest
    singular value of the problem, the two largest, and so on; these lines are marked by their ranks.  The fainter lines
    are those of the other critical functions, which keep other singular values.

    Args:
        net: a deep linear network.
        X, Y: samples (N, d_0) and targets (N, d_H).
        trajectories: of ``net.gradient_flow``.
        labels: one text for each of them, or none.
        log_time: whether the time axis is logarithmic; the start, at time 0, is then left out.
        title: above the picture; None for the widths, "" for nothing.

    Raises ValueError and TypeError for other arguments, and as ``net.critical_functions`` does.

    >>> import numpy as np
    >>> net, X, Y = LinearNetwork((2, 2, 2)), np.eye(2), np.diag([2.0, 1.0])
    >>> path = net.gradient_flow([0.01 * np.eye(2)] * 2, X, Y)
    >>> figure = plot_plateaus(net, X, Y, [path])
    >>> figure.axes[0].get_xlabel()
    'time of gradient flow'
    """
    check_flag("log_time", log_time, "pass True for a logarithmic axis")
    if not trajectories:
        raise invalid("trajectories", "at least one", "none", "pass net.gradient_flow(...)")
    if len(labels) not in (0, len(trajectories)):
        required = f"none, or one for each of {len(trajectories)} trajectories"
        raise invalid("labels", required, f"{len(labels)}", "give as many texts as trajectories")
    if title is not None and not isinstance(title, str):
        raise invalid("title", "a text, or None", brief(title), 'give "" for no title', TypeError)
    functions = list(islice(net.critical_functions(X, Y), _MOST))
    figure = new_figure(7.2, 4.4)
    axes = figure.subplots()
    quiet(axes)
    axes.grid(False)
    for function in functions:
        top = function.subset == tuple(range(function.rank))
        colour, width = (COLOURS["best"], 1.1) if top else ("0.82", 0.8)
        axes.axhline(function.loss, color=colour, linewidth=width, alpha=0.9, zorder=1)
        if top:
            text = f"rank {function.rank}: {function.loss:.3g}"
            place: dict[str, Any] = {
                "xy": (1.0, function.loss),
                "xycoords": axes.get_yaxis_transform(),
                "xytext": (5, 0),
            }
            axes.annotate(text, textcoords="offset points", color=colour, fontsize=9, va="center", **place)
    for i, path in enumerate(trajectories):
        label = labels[i] if labels else None
        times, losses = (path.times[1:], path.losses[1:]) if log_time else (path.times, path.losses)
        axes.plot(times, losses, _STYLES[i % 4], color=_INKS[i % 4], linewidth=1.9, label=label, zorder=3)
    if log_time:
        axes.set_xscale("log")
        axes.set_xlim(left=max(float(min(path.times[1] for path in trajectories)), 1e-3 * _end(trajectories)))
    else:
        axes.set_xlim(left=0.0)
    axes.set_xlim(right=_end(trajectories))
    axes.set_ylim(bottom=min(0.0, min(f.loss for f in functions)) - 0.02 * max(f.loss for f in functions))
    axes.set_xlabel("time of gradient flow")
    axes.set_ylabel("loss, mean squared error")
    if labels:
        axes.legend(fontsize=9, loc="upper right", bbox_to_anchor=(1.0, 0.95), framealpha=1.0, edgecolor="white")
    text = f"widths {net.widths}: loss along gradient flow, and critical functions (lines)"
    axes.set_title(text if title is None else title, fontsize=11)
    return figure


def _end(trajectories: Sequence[Trajectory]) -> float:
    """A time a little after the last one at which a loss is not yet what it becomes."""
    ends = []
    for path in trajectories:
        moving = np.flatnonzero(path.losses > path.losses[-1] + 0.005 * np.ptp(path.losses))
        ends.append(path.times[min(moving[-1] + 1, len(path.times) - 1)] if len(moving) else path.times[-1])
    return 1.15 * float(max(ends))
