"""Weight sharing drawn as a matrix, or as one image per row: a colour per weight, hatched with the opposite sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equivariety.errors import as_nonnegative_int, invalid
from equivariety.parameterizations import SharedWeights
from equivariety.plots.cells import MOST_NAMED, draw_cells
from equivariety.plots.style import new_figure
from equivariety.plots.weight_colours import weight_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_shared_matrix"]

_MOST_CELLS = 10_000


def plot_shared_matrix(
    pattern: SharedWeights, *, image_shape: tuple[int, int] | None = None, title: str | None = None
) -> Figure:
    """Return a figure of a pattern: every weight has a colour and, in small pictures, a letter.

    Args:
        pattern: for example ``component.weight_sharing("points").encoder``.
        image_shape: (height, width) draws each row as an image of that shape, for encoders of images; None draws the
            matrix.
        title: above the picture; None says what the colours mean.

    Cells with the sign - are hatched, zeros are empty.  Raises TypeError for anything that is not a pattern, ValueError
    for an image shape that does not fit its columns and beyond 10,000 entries.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
    >>> len(plot_shared_matrix(C.weight_sharing("points").encoder, image_shape=(3, 3)).axes)
    3
    """
    if not isinstance(pattern, SharedWeights):
        fix = "pass component.weight_sharing().encoder or .decoder"
        raise invalid("pattern", "a SharedWeights", pattern, fix, TypeError)
    rows, cols = pattern.shape
    if pattern.index.size > _MOST_CELLS or pattern.index.size == 0:
        raise invalid("pattern", f"of 1 to {_MOST_CELLS} entries", f"shape {pattern.shape}", "draw a part of it")
    hatches = ", hatched with the opposite sign" if (pattern.sign < 0).any() else ""
    shown = f"one colour is one weight{hatches}" if title is None else title
    if image_shape is None:
        cell = min(0.45, 9.0 / max(rows, cols))
        figure = new_figure(max(4.2, cell * cols + 0.7), cell * rows + 0.8)
        _cells(figure.subplots(), pattern, pattern.index, pattern.sign)
        figure.suptitle(shown, fontsize=10.5)
        return figure
    height, width = _shape(image_shape, cols)
    side = min(0.45, 2.0 / max(height, width))
    across = max(1, min(rows, int(9.5 / (side * width + 0.35))))
    down = -(-rows // across)
    figure = new_figure(max(4.2, across * (side * width + 0.35) + 0.3), down * (side * height + 0.45) + 0.5)
    grid = figure.subplots(down, across, squeeze=False).ravel()
    for number, axes in enumerate(grid):
        if number < rows:
            image = [array[number].reshape(height, width) for array in (pattern.index, pattern.sign)]
            _cells(axes, pattern, *image)
            axes.set_title(f"row {number + 1}", fontsize=9)
        else:
            axes.remove()
    figure.suptitle(shown, fontsize=10.5)
    return figure


def _shape(image_shape: object, cols: int) -> tuple[int, int]:
    required = f"(height, width) with {cols} pixels in all"
    if not isinstance(image_shape, tuple | list) or len(image_shape) != 2:
        raise invalid("image_shape", required, image_shape, "give the shape of the images", TypeError)
    height, width = (as_nonnegative_int("image_shape", side) for side in image_shape)
    if height * width != cols:
        raise invalid("image_shape", required, (height, width), "give the shape of the images")
    return height, width


def _cells(axes: Axes, pattern: SharedWeights, index, sign) -> None:
    from matplotlib.colors import to_rgb

    colours = [to_rgb(colour) for colour in weight_colours(pattern.num_weights)]
    faces = [tuple(0.4 * c + 0.6 for c in colour) for colour in colours]  # pale, so that hatching and letters show
    draw_cells(axes, index, sign, faces, colours, pattern.names if max(index.shape) <= MOST_NAMED else None)
