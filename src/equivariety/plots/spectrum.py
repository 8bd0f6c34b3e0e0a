"""The eigenvalues of every isotypic block, and which of them the best component takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equivariety.experiments import ReproductionResult
from equivariety.plots.style import data_title, log_scale, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_spectrum"]

#: The picture ends this far below the smallest chosen eigenvalue.
_DEPTH = 1e-3


def plot_spectrum(result: ReproductionResult) -> Figure:
    """Return a figure of the spectra of the blocks: what each rank takes off the loss, per unit of real rank.

    One curve per block, coloured by its spatial frequency; filled points are the ranks of the best component,
    hollow ones are left out.  An eigenvalue is divided by the number of samples, the number of pixels and the real
    dimension of the block's irreducible, so that points compete directly for the rank; the scale is logarithmic.

    >>> import equivariety as ev
    >>> result = ev.experiments.run(ev.experiments.ReproductionConfig())
    >>> len(plot_spectrum(result).axes)
    2
    """
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    figure = new_figure(7.0, 4.6)
    axes = figure.subplots()
    quiet(axes)
    log_scale(axes)
    # cividis without its palest end, which would be lost on white
    colours = ScalarMappable(Normalize(0.0, 0.5 / 0.88), colormaps["cividis"])
    best = result.model("best")
    smallest, longest = np.inf, 1  # smallest chosen value, longest spectrum
    floor = 1e-9 * max((float(v.max(initial=0.0)) for k, v in result.arrays.items() if k.startswith("spectrum.")))
    for block, rank in zip(result.report["space"]["blocks"], best["ranks"], strict=True):
        values = np.asarray(result.arrays[f"spectrum.{block['label']}"]) / block["irrep_dim"]
        index = np.arange(1, len(values) + 1)
        shown = values > floor
        colour = colours.to_rgba(block["frequency"])
        axes.plot(index[shown], values[shown], "-", color=colour, linewidth=0.9, zorder=2)
        taken = shown & (index <= rank)
        left = shown & (index > rank)
        smallest = min(smallest, float(values[taken].min(initial=np.inf)))
        longest = max(longest, len(values))
        axes.plot(index[taken], values[taken], "o", color=colour, markersize=5.5, zorder=4)
        axes.plot(index[left], values[left], "o", color=colour, markerfacecolor="white", markersize=3.5, zorder=3)
    bar = figure.colorbar(ScalarMappable(Normalize(0.0, 0.5), _cut(colormaps["cividis"])), ax=axes, pad=0.02)
    bar.set_label("spatial frequency, cycles per pixel")
    bar.outline.set_visible(False)
    handles = [
        Line2D([], [], linestyle="", marker="o", color="0.3", markersize=5.5, label="rank of the best component"),
        Line2D(
            [], [], linestyle="", marker="o", color="0.3", markerfacecolor="white", markersize=3.5, label="left out"
        ),
    ]
    axes.legend(handles=handles, frameon=False, fontsize=9)
    axes.set_xlim(0.4, longest + 0.6)
    if np.isfinite(smallest):  # what lies far below every chosen rank is of no interest
        axes.set_ylim(bottom=max(axes.get_ylim()[0], _DEPTH * smallest))
    axes.set_xlabel("index within the block")
    axes.set_ylabel("loss removed per unit of rank")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    data, rank = result.report["data"], result.report["space"]["rank"]
    shown_name = data_title(data["name"])
    axes.set_title(f"Spectra of the blocks and the best component of rank {rank}, shifted {shown_name}", fontsize=11)
    return figure


def _cut(colormap):
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormap(np.linspace(0.0, 0.88, 256)))
