"""Matrices drawn as coloured cells: one square per entry, the first row on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from equivariety._typing import IntArray
from equivariety.plots.perceptual_colours import text_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MOST_NAMED", "block_lines", "draw_cells", "frame", "mathematical"]

#: Up to so many rows and columns the cells are wide enough for names.
MOST_NAMED = 16


def draw_cells(
    axes: Axes,
    index: IntArray,
    sign: IntArray,
    faces: Sequence[Any],
    edges: Sequence[Any],
    names: Sequence[str] | None,
    *,
    fontsize: float = 8.5,
) -> None:
    """Draw the entries ``sign * weight[index]``: the weight's face colour, hatched in its edge colour under the sign -.

    Entries of sign 0 stay empty.  ``names`` are written into the cells, None writes none.
    """
    from matplotlib.patches import Rectangle

    rows, cols = index.shape
    small = max(rows, cols) <= MOST_NAMED
    centred: dict[str, Any] = {"ha": "center", "va": "center"}
    for i in range(rows):
        for j in range(cols):
            if not sign[i, j]:
                continue
            weight, minus = index[i, j], sign[i, j] < 0
            face = faces[weight]
            axes.add_patch(
                Rectangle(
                    (j - 0.5, i - 0.5),
                    1,
                    1,
                    facecolor=face,
                    edgecolor=edges[weight] if minus else face,
                    hatch=("///" if small else "//////") if minus else None,
                    # An outline in its own colour closes the seams between narrow cells.
                    linewidth=0.0 if small or minus else 0.5,
                )
            )
            if names is not None:
                text = _negative(names[weight]) if minus else names[weight]
                box = {"boxstyle": "round,pad=0.1", "facecolor": face, "edgecolor": "none"} if minus else None
                axes.text(j, i, text, color=text_colour(face), fontsize=fontsize, bbox=box, **centred)
    frame(axes, rows, cols)


def frame(axes: Axes, rows: int, cols: int) -> None:
    """Bound a matrix of cells, and separate them by white lines where they are wide."""
    axes.set_xlim(-0.5, cols - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    if max(rows, cols) <= MOST_NAMED:
        for edge in range(1, cols):
            axes.axvline(edge - 0.5, color="white", linewidth=1.0)
        for edge in range(1, rows):
            axes.axhline(edge - 0.5, color="white", linewidth=1.0)
    axes.spines[:].set_color("0.4")


def block_lines(axes: Axes, row_sizes: Sequence[int], col_sizes: Sequence[int]) -> None:
    """Draw lines between blocks of so many rows and columns.

    >>> from equivariety.plots.style import new_figure
    >>> axes = new_figure(2, 2).subplots()
    >>> block_lines(axes, [3, 2], [3, 2])
    >>> [line.get_xdata() for line in axes.lines[:1]], [line.get_ydata() for line in axes.lines[1:]]
    ([[2.5, 2.5]], [[2.5, 2.5]])
    """
    for sizes, draw in ((col_sizes, axes.axvline), (row_sizes, axes.axhline)):
        end = 0
        for size in sizes[:-1]:
            end += size
            draw(end - 0.5, color="0.35", linewidth=0.9)


def mathematical(name: str) -> str:
    """Return a name of one letter and indices as a formula: the indices below the line.

    >>> mathematical("α11"), mathematical("17")
    ('$α_{11}$', '17')
    """
    if not name[:1].isalpha():
        return name
    return f"${name[0]}_{{{name[1:]}}}$" if name[1:] else f"${name[0]}$"


def _negative(name: str) -> str:
    return f"$-{name[1:]}" if name.startswith("$") else f"−{name}"
