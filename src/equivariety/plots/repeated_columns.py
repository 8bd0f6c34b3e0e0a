"""Invariant matrices and what is left of them when repeated columns are deleted: the isomorphism psi of the talk."""

from __future__ import annotations

from string import ascii_lowercase
from typing import TYPE_CHECKING

import numpy as np

from equivariety.errors import as_nonnegative_int, invalid
from equivariety.groups import PermutationGroup
from equivariety.plots.arrows import draw_arrow
from equivariety.plots.cells import MOST_NAMED, draw_cells
from equivariety.plots.style import new_figure
from equivariety.plots.weight_colours import family_colours

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_collapse"]

_MOST_CELLS = 10_000
#: Beyond so many columns entries are hairlines.
_MOST_COLUMNS = 120
_CELL = 0.5

# Letters of entries: not i, an index, and not l, which looks like 1.
_LETTERS = "".join(letter for letter in ascii_lowercase if letter not in "il")


def plot_collapse(
    group: PermutationGroup, *, outputs: int = 2, rank: int | None = None, title: str | None = None
) -> Figure:
    """Return a figure of an invariant matrix M on the left, and of psi(M), one column for each orbit, on the right.

    Args:
        group: acting on the n columns of M, with k orbits.
        outputs: number m of rows.
        rank: 1 draws the general matrix of rank at most 1 whose first column is not zero: the column of orbit i is
            lambda_i times that of orbit 1, written with the letters a, b, ...; None draws the general invariant
            matrix, with a letter for each entry of psi(M), column by column.
        title: above the picture; None names the group's generator or orbits.

    Equal entries have one colour: a hue for each orbit, a shade of it for each row.  Up to 16 rows and columns the
    entries are written out.

    Raises TypeError if ``group`` is no PermutationGroup, ValueError for numbers that are not integers or below 1, other
    ranks, and beyond 10,000 entries.

    >>> G = PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)
    >>> left, right = plot_collapse(G, rank=1).axes
    >>> [text.get_text() for text in left.texts[:5]]
    ['$a$', '$λa$', '$a$', '$a$', '$λa$']
    >>> [text.get_text() for text in right.texts[:4]]
    ['$a$', '$λa$', '$b$', '$λb$']
    """
    if not isinstance(group, PermutationGroup):
        raise invalid("group", "a PermutationGroup", group, "build one with PermutationGroup(generators)", TypeError)
    m = as_nonnegative_int("outputs", outputs)
    if m < 1:
        raise invalid("outputs", "an integer >= 1", outputs, "say how many rows the matrix has")
    if rank is not None and (isinstance(rank, bool) or rank != 1):
        raise invalid("rank", "1, or None for no bound", rank, "other ranks are not one formula for each entry")
    n, k = group.degree, group.n_orbits
    if m * n > _MOST_CELLS:
        raise invalid("group", f"of at most {_MOST_CELLS} entries", f"{m} rows of {n}", "draw a smaller matrix")
    if n > _MOST_COLUMNS:
        raise invalid("group", f"of degree at most {_MOST_COLUMNS} to be seen", n, "draw a smaller matrix")
    # Entry (i, orbit) is weight orbit * m + i, so that the rows are the shades of an orbit's hue.
    weights = np.arange(k * m).reshape(k, m).T
    faces, edges = family_colours(np.repeat(np.arange(k), m).tolist())
    small = max(m, n) <= MOST_NAMED
    names = _names(m, k, rank) if small else None

    cell = min(_CELL, 9.0 / (n + k))
    gap = 1.5
    width, height = max(cell * (n + k) + gap + 0.5, 4.0), max(cell * m, 0.5) + 1.2
    figure = new_figure(width, height)
    figure.set_layout_engine("none")
    bottom = (height - 0.75 - cell * m) / height
    start = (width - cell * (n + k) - gap) / 2
    longest = max(map(len, names or [""]))
    fontsize = 11 if longest <= 5 else 8.5
    for columns, x in ((group.orbit_partition, start), (np.arange(k), start + cell * n + gap)):
        axes = figure.add_axes((x / width, bottom, cell * len(columns) / width, cell * m / height))
        index = weights[:, columns]
        draw_cells(axes, index, np.ones_like(index), faces, edges, names, fontsize=fontsize)
        if small:
            name = "{}" if axes is figure.axes[0] else "$A_{{{}}}$"  # points, and orbits
            axes.set_xticks(range(len(columns)), [name.format(c + 1) for c in range(len(columns))], fontsize=8.5)
            axes.tick_params(length=0, colors="0.35", pad=2)
    middle = start + cell * n + gap / 2
    psi = r"$\psi_{\mathcal{P}(\sigma)}$" if group.n_generators == 1 else r"$\psi$"
    level = bottom * height + cell * m / 2
    draw_arrow(figure, (middle - 0.42, level), (middle + 0.42, level), psi, bar=True)
    text = _title(group) if title is None else title
    figure.text(0.5, 1 - 0.3 / height, text, ha="center", va="center", fontsize=10.5)
    return figure


def _names(m: int, k: int, rank: int | None) -> list[str]:
    """The entries of psi(M), column by column.

    >>> _names(2, 2, None), _names(2, 2, 1), _names(1, 3, 1)
    (['$a$', '$b$', '$c$', '$d$'], ['$a$', '$b$', '$λa$', '$λb$'], ['$a$', '$λ_{2}a$', '$λ_{3}a$'])
    """
    if rank is None:
        if m * k <= len(_LETTERS):
            return [f"${_LETTERS[entry]}$" for entry in range(m * k)]
        comma = "," if max(m, k) > 9 else ""
        return [f"$m_{{{i + 1}{comma}{j + 1}}}$" for j in range(k) for i in range(m)]
    factors = [""] + (["λ"] if k == 2 else [f"λ_{{{j + 1}}}" for j in range(1, k)])
    return [f"${factor}{_LETTERS[i]}$" for factor in factors for i in range(m)]


def _title(group: PermutationGroup) -> str:
    texts = group.cycle_text
    if len(texts) == 1 and len(texts[0]) <= 50:
        return f"columns agree on the cycles of {texts[0]}"
    return f"columns agree on each of {group.n_orbits} orbits"
