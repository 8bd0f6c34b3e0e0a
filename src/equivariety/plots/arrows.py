"""Arrows between the panels of a figure, with the name of the map on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_arrow"]


def draw_arrow(
    figure: Figure, start: tuple[float, float], end: tuple[float, float], text: str, *, bar: bool = False
) -> None:
    """Draw an arrow to the right or down, between two places in inches from the lower left corner of the figure.

    The text stands above it, or on the right of one that points down; ``bar`` begins it with the bar of "maps to".
    """
    from matplotlib.patches import FancyArrowPatch

    inches = figure.dpi_scale_trans
    style: dict[str, Any] = {"color": "0.25", "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0, "transform": inches}
    figure.add_artist(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=13, **style))
    (x, y), half = start, 0.07
    if bar:
        figure.add_artist(FancyArrowPatch((x, y - half), (x, y + half), arrowstyle="-", **style))
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    if start[0] == end[0]:
        figure.text(x + 0.09, y, text, transform=inches, fontsize=11, ha="left", va="center")
    else:
        figure.text(x, y + 0.08, text, transform=inches, fontsize=11, ha="center", va="bottom")
