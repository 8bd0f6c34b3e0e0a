"""The pattern of the matrices that commute with a group, in isotypic coordinates (talk, "Finding good bases")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equivariety.errors import invalid
from equivariety.parameterizations import CommutantPattern, commutant_pattern
from equivariety.parameterizations.commutant_patterns import BlockOrder
from equivariety.plots.cells import MOST_NAMED, block_lines, draw_cells, mathematical
from equivariety.plots.style import new_figure
from equivariety.plots.weight_colours import family_colours
from equivariety.representations import HomSpace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_commutant_pattern"]

_MOST_CELLS = 10_000
#: Blocks get their labels where so many of them fit along the axis.
_MOST_LABELS = 12


def plot_commutant_pattern(
    pattern: HomSpace | CommutantPattern, *, order: BlockOrder | None = None, title: str | None = None
) -> Figure:
    """Return a figure of what equivariant matrices look like in isotypic coordinates.

    Args:
        pattern: ``equivariant_maps(group).hom``, or what :func:`equivariety.parameterizations.commutant_pattern`
            returned for it.
        order: of the blocks of a HomSpace.  "library", also for None, is that of ``hom.blocks``: (1,1), the complex
            pairs, (2,1).  "talk" is that of the talk's Q_sigma: (1,1), (2,1), the complex pairs.
        title: above the picture; None says what the colours mean.

    Every weight has its own colour, in a hue for each letter, and up to 16 rows and columns its name; entries with the
    sign - are hatched, entries that are always zero are empty.  Lines bound the blocks, whose labels stand beside them.

    Raises TypeError for anything else, ValueError for another order, an order beside a finished pattern, and beyond
    10,000 entries.

    >>> import equivariety as ev
    >>> figure = plot_commutant_pattern(ev.equivariant_maps(ev.groups.rotation(3)).hom, order="talk")
    >>> [text.get_text() for text in figure.axes[0].texts][-4:]
    ['$ε_{2}$', '$ε_{1}$', '$η_{2}$', '$η_{1}$']
    """
    if isinstance(pattern, CommutantPattern):
        if order is not None:
            raise invalid("order", "left out for a finished pattern", order, "pass space.hom to choose the order")
        hom = pattern.hom
    elif isinstance(pattern, HomSpace):
        hom = pattern
    else:
        fix = "pass equivariant_maps(group).hom"
        raise invalid("pattern", "a HomSpace or CommutantPattern", pattern, fix, TypeError)
    rows, cols = hom.shape
    if rows * cols > _MOST_CELLS:
        raise invalid("pattern", f"of at most {_MOST_CELLS} entries", f"shape {hom.shape}", "draw a smaller group")
    found = pattern if isinstance(pattern, CommutantPattern) else commutant_pattern(hom, order or "library")
    small = max(rows, cols) <= MOST_NAMED
    cell = min(0.52, 6.5 / max(rows, cols))
    figure = new_figure(max(4.8, cell * cols + 1.1), max(1.2, cell * rows) + 0.9)
    axes = figure.subplots()
    faces, edges = family_colours(found.families.tolist())
    names = [mathematical(name) for name in found.names] if small else None
    longest = max(map(len, found.names), default=1)
    draw_cells(axes, found.shared.index, found.shared.sign, faces, edges, names, fontsize=11 if longest <= 3 else 7.5)
    row_blocks, col_blocks = found.row_blocks, found.column_blocks
    block_lines(axes, [size for _, size in row_blocks], [size for _, size in col_blocks])
    for blocks, place in ((row_blocks, axes.set_yticks), (col_blocks, axes.set_xticks)):
        if len(blocks) <= _MOST_LABELS:
            ends = [sum(size for _, size in blocks[: i + 1]) for i in range(len(blocks))]
            middles = [end - size / 2 - 0.5 for end, (_, size) in zip(ends, blocks, strict=True)]
            place(middles, [label for label, _ in blocks], fontsize=8)
    axes.tick_params(length=0)
    hatches = ", hatched with the opposite sign" if (found.shared.sign < 0).any() else ""
    figure.suptitle(f"one colour is one weight{hatches}" if title is None else title, fontsize=10.5)
    return figure
