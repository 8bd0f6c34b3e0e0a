"""How the optimal loss falls with the rank bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equivariety.experiments import ReproductionResult
from equivariety.experiments.report_schema import MODELS
from equivariety.plots.style import COLOURS, MARKERS, TITLES, data_title, log_scale, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_loss_against_rank"]


def plot_loss_against_rank(result: ReproductionResult) -> Figure:
    """Return a figure of the optimal training loss for every rank bound, and the models at their rank.

    Two curves, on a logarithmic scale: the dense maps, and the best of all components of the equivariant maps.
    Rank 0 is the zero map.

    >>> import equivariety as ev
    >>> result = ev.experiments.run(ev.experiments.ReproductionConfig())
    >>> plot_loss_against_rank(result).axes[0].get_yscale()
    'log'
    """
    figure = new_figure(7.0, 4.6)
    axes = figure.subplots()
    quiet(axes)
    log_scale(axes, (1.0, 2.0, 5.0))
    for name, line in (("best", "-"), ("dense", "--")):
        curve = np.asarray(result.arrays[f"best_losses.{name}"], dtype=float)
        # A loss that is zero up to rounding has no place on a logarithmic scale.
        curve = np.where(curve > 1e-12 * curve.max(initial=0.0), curve, np.nan)
        what = "best of all equivariant components" if name == "best" else "dense, no symmetry"
        axes.plot(np.arange(len(curve)), curve, line, color=COLOURS[name], linewidth=1.8, label=what)
    points = [(name, result.model(name)) for name in MODELS]
    drawn = [(name, row) for name, row in points if row["train_loss"] > 0]
    for name, row in drawn:
        axes.plot(
            row["rank"], row["train_loss"], MARKERS[name], color=COLOURS[name], markersize=7, clip_on=False, zorder=3
        )
    low, high = axes.get_ylim()
    rank = result.report["space"]["rank"]
    axes.set_xlim(0, max(rank, 1))
    axes.set_ylim(low, high)
    spread = _spread([np.log(row["train_loss"]) for _, row in drawn], 0.055 * np.log(high / low))
    for (name, row), height in zip(drawn, spread, strict=True):
        axes.annotate(
            f"{TITLES[name]}  {row['train_loss']:.4f}",
            xy=(row["rank"], row["train_loss"]),
            xytext=(1.05, float(np.exp(height))),
            textcoords=axes.get_yaxis_transform(),
            color=COLOURS[name],
            fontsize=9,
            va="center",
            arrowprops={"arrowstyle": "-", "color": COLOURS[name], "linewidth": 0.7, "shrinkA": 1, "shrinkB": 5},
            annotation_clip=False,
        )
    axes.set_xlabel("bound on the rank")
    axes.set_ylabel("training loss, mean squared error per pixel")
    axes.legend(frameon=False, fontsize=9, loc="lower left")
    data = result.report["data"]
    axes.set_title(f"Optimal loss against rank, shifted {data_title(data['name'])}", fontsize=12)
    return figure


def _spread(heights: list[float], gap: float) -> list[float]:
    """Move heights apart as little as needed for neighbours to differ by ``gap``, keeping their order.

    >>> _spread([1.0, 1.0, 5.0], 2.0)
    [0.0, 2.0, 5.0]
    """
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    groups: list[tuple[float, int]] = []  # centre and size of each run of touching labels
    for i in order:
        centre, size = heights[i], 1
        while groups and centre - groups[-1][0] < gap * (size + groups[-1][1]) / 2:
            before, count = groups.pop()
            centre, size = (centre * size + before * count) / (size + count), size + count
        groups.append((centre, size))
    placed = [centre + gap * (j - (size - 1) / 2) for centre, size in groups for j in range(size)]
    out = [0.0] * len(heights)
    for i, height in zip(order, placed, strict=True):
        out[i] = height
    return out
