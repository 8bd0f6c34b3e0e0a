"""A matrix before and after the change to isotypic coordinates, in which equivariant matrices are block diagonal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equivariety.errors import invalid
from equivariety.linalg import as_float_array
from equivariety.plots.style import new_figure
from equivariety.representations import HomSpace, IsotypicDecomposition

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_base_change"]

_MOST_POINTS = 4096
#: Blocks get their labels where so many of them fit along the axis.
_MOST_LABELS = 16


def plot_base_change(
    decomposition: IsotypicDecomposition | HomSpace, matrix: object, *, title: str | None = None
) -> Figure:
    """Return a figure of a matrix M on the left and of ``Q.T @ M @ Q`` on the right, Q the isotypic basis.

    Lines on the right bound the blocks, with their labels where there is room.  Both sides share one colour scale,
    white at 0; the base change is orthogonal, so that the squares of the entries have the same sum.  An equivariant M,
    or a covariance averaged over the group, has nothing outside of the blocks.

    Args:
        decomposition: of the points of a square matrix; or a HomSpace, for (m, n) matrices between two actions.
        matrix: real, finite, (n, n) or (m, n).
        title: above the picture.

    Raises TypeError or ValueError for anything else, and beyond 4096 rows or columns.

    >>> import equivariety as ev
    >>> dec = ev.isotypic_decomposition(ev.groups.rotation(3))
    >>> figure = plot_base_change(dec, dec.permutation.matrix(), title="quarter turn")
    >>> [axes.get_title() for axes in figure.axes[:2]]
    ['points', 'isotypic coordinates']
    """
    if isinstance(decomposition, HomSpace):
        source, target = decomposition.source, decomposition.target
    elif isinstance(decomposition, IsotypicDecomposition):
        source = target = decomposition
    else:
        fix = "pass isotypic_decomposition(group), or space.hom"
        raise invalid("decomposition", "an IsotypicDecomposition or HomSpace", decomposition, fix, TypeError)
    shape = target.degree, source.degree
    if max(shape) > _MOST_POINTS:
        raise invalid("decomposition", f"of at most {_MOST_POINTS} points", f"shape {shape}", "draw a smaller one")
    dense = as_float_array("matrix", matrix)
    if dense.shape != shape:
        raise invalid("matrix", f"of shape {shape}", f"shape {dense.shape}", "rows are outputs, columns inputs")
    largest = float(np.abs(dense).max(initial=0.0)) or 1.0
    changed = _coordinates(target, _coordinates(source, dense / largest).T).T * largest
    return _draw(dense, changed, target, source, title)


def _coordinates(decomposition: IsotypicDecomposition, rows: np.ndarray) -> np.ndarray:
    parts = decomposition.split(rows)
    return np.concatenate([part.reshape(len(rows), -1) for part in parts], axis=1)


def _draw(before, after, target, source, title: str | None) -> Figure:
    from matplotlib.colors import CenteredNorm

    rows, cols = before.shape
    side = 3.7
    stretch = side / max(rows, cols)
    figure = new_figure(2 * max(cols * stretch, 1.2) + 1.4, max(rows * stretch, 1.2) + (0.8 if title else 0.5))
    left, right = figure.subplots(1, 2)
    extent = max(np.abs(before).max(), np.abs(after).max()) or 1.0
    norm = CenteredNorm(0.0, extent)
    for axes, values, name in ((left, before, "points"), (right, after, "isotypic coordinates")):
        image = axes.imshow(values, cmap="RdBu_r", norm=norm, interpolation="nearest")
        axes.set_title(name, fontsize=10)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_color("0.4")
    _boundaries(right, target, "y")
    _boundaries(right, source, "x")
    bar = figure.colorbar(image, cax=right.inset_axes([1.04, 0.0, 0.045, 1.0]))
    bar.outline.set_visible(False)
    if title:
        figure.suptitle(title, fontsize=11.5)
    return figure


def _boundaries(axes: Axes, decomposition: IsotypicDecomposition, axis: str) -> None:
    ends = np.cumsum([block.dim for block in decomposition.blocks])
    draw = axes.axvline if axis == "x" else axes.axhline
    for end in ends[:-1]:
        draw(end - 0.5, color="0.45", linewidth=0.6)
    if len(ends) <= _MOST_LABELS:
        middles = ends - np.diff(ends, prepend=0) / 2 - 0.5
        labels = [block.label for block in decomposition.blocks]
        if axis == "x":
            axes.set_xticks(middles, labels, fontsize=7.5, rotation=90 if len(ends) > 6 else 0)
        else:
            axes.set_yticks(middles, labels, fontsize=7.5)
        axes.tick_params(length=0)
