"""The strata of a small space drawn as a Hasse diagram: lines lead up from each stratum to those that cover it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equivariety.errors import invalid
from equivariety.plots.style import COLOURS, new_figure
from equivariety.varieties import ComplexRankBoundedMaps, RankBoundedMaps, StrataPoset

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_hasse_diagram"]

_MOST_STRATA = 150
#: Width and height in inches that one stratum takes.
_CELL = (0.95, 0.8)


def plot_hasse_diagram(
    space: RankBoundedMaps | ComplexRankBoundedMaps | StrataPoset, *, title: str | None = None
) -> Figure:
    """Return a figure of all strata of a space, by inclusion.

    Args:
        space: a space, or its ``poset()``, of at most 150 strata.
        title: above the picture; None names the order of the blocks.

    One row for each sum of ranks, {0} at the bottom; every stratum shows its rank vector and dimension, and irreducible
    components are filled.  Raises TypeError for anything else and ValueError for more strata.

    >>> import equivariety as ev
    >>> figure = plot_hasse_diagram(ev.equivariant_maps(ev.groups.rotation(3), rank=3))
    >>> len(figure.axes[0].texts)
    12
    """
    if isinstance(space, RankBoundedMaps | ComplexRankBoundedMaps):
        count = space.num_strata
        if count > _MOST_STRATA:
            shown = count if count < 10**60 else "more than 10^60"
            raise invalid("space", f"of at most {_MOST_STRATA} strata", f"{shown} of them", "lower the rank")
        space = space.poset()
    if not isinstance(space, StrataPoset):
        raise invalid("space", "a space of maps or its poset()", space, "pass equivariant_maps(...)", TypeError)
    if len(space) > _MOST_STRATA:
        raise invalid("space", f"of at most {_MOST_STRATA} strata", f"{len(space)} of them", "lower the rank")
    widest = max(len(row) for row in space.levels)
    figure = new_figure(max(4.0, _CELL[0] * widest + 0.4), _CELL[1] * len(space.levels) + 0.7)
    axes = figure.subplots()
    places = {}
    for height, row in enumerate(space.levels):
        for k, position in enumerate(row):
            places[position] = (k - (len(row) - 1) / 2, height)
    for low, high in space.covers:
        (x0, y0), (x1, y1) = places[low], places[high]
        axes.plot([x0, x1], [y0, y1], color="0.75", linewidth=0.9, zorder=1)
    for position, stratum in enumerate(space.strata):
        top = stratum.is_component
        box = {
            "boxstyle": "round,pad=0.3",
            "facecolor": COLOURS["best"] if top else "white",
            "edgecolor": COLOURS["best"] if top else "0.55",
            "linewidth": 0.9,
        }
        text = f"{','.join(map(str, stratum.ranks))}\ndim {stratum.dim}"
        colour = "white" if top else "black"
        axes.text(*places[position], text, ha="center", va="center", fontsize=8, color=colour, bbox=box, zorder=2)
    axes.set_xlim(-widest / 2, widest / 2)
    axes.set_ylim(-0.55, len(space.levels) - 0.45)
    axes.axis("off")
    order = ", ".join(space.space.labels)
    shown = f"ranks of {order}; filled: irreducible components" if title is None else title
    figure.suptitle(shown, fontsize=10)
    return figure
