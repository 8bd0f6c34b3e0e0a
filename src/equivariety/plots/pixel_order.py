"""The rotation of p x p images in the pixel order of the talk ("rotation-invariance for p x p pictures")."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equivariety.errors import as_nonnegative_int, invalid
from equivariety.groups import relabelled, rotation, rotation_pixel_order
from equivariety.plots.cells import draw_cells, frame
from equivariety.plots.perceptual_colours import text_colour
from equivariety.plots.style import new_figure
from equivariety.plots.weight_colours import family_colours, weight_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_pixel_order"]

_LARGEST_SIDE = 10
_MOST_ROWS = 20
#: Up to so many orbits their columns are named.
_MOST_LABELS = 9


def plot_pixel_order(p: int, *, outputs: int | None = None, title: str | None = None) -> Figure:
    """Return a figure of a p x p image, of its rotation as a matrix, and of an invariant matrix, in the talk's order.

    Args:
        p: from 1 to 10.
        outputs: number of rows of the invariant matrix, from 1 to 20; None is 4, or 1 for p = 1.
        title: above the picture; None says what is seen.

    On the left the pixels are numbered in the order of :func:`equivariety.groups.rotation_pixel_order`.  On the right,
    above, the matrix P of the rotation in this order: a direct sum of 4-cycle blocks, and the centre alone for odd p.
    Below it an invariant matrix, whose columns 1-4, 5-8, ... coincide.  One colour is one orbit, and in the invariant
    matrix a shade of it is one weight.

    Raises ValueError for other numbers.

    >>> image, rotated, invariant = plot_pixel_order(4).axes
    >>> [int(text.get_text()) for text in image.texts][:4]
    [1, 5, 9, 2]
    """
    side = as_nonnegative_int("p", p)
    if not 1 <= side <= _LARGEST_SIDE:
        raise invalid("p", f"an integer from 1 to {_LARGEST_SIDE}", p, "draw a smaller image")
    m = min(4, side * side) if outputs is None else as_nonnegative_int("outputs", outputs)
    if not 1 <= m <= _MOST_ROWS:
        raise invalid("outputs", f"an integer from 1 to {_MOST_ROWS}", outputs, "draw fewer rows")
    order = rotation_pixel_order(side)
    place = np.argsort(order)
    group = relabelled(rotation(side), place)
    orbit, k, n = group.orbit_partition, group.n_orbits, group.degree
    hues = weight_colours(k)

    cell = min(0.34, 5.0 / n)
    wide = max(cell * n, 1.2)
    square = min(wide, 0.5 * side)
    gap, top, bottom = 0.7, 0.85, 0.4
    width = max(0.3 + square + gap + wide + 0.3, 4.6)
    height = top + wide + 0.5 + m * wide / n + bottom
    figure = new_figure(width, height)
    figure.set_layout_engine("none")
    x = (width - (square + gap + wide)) / 2

    def axes_at(left: float, low: float, across: float, up: float) -> Axes:
        return figure.add_axes((left / width, low / height, across / width, up / height))

    image = axes_at(x, bottom + m * wide / n + 0.5 + (wide - square) / 2, square, square)
    numbers = place.reshape(side, side)
    _filled(image, orbit[numbers], hues, strength=0.55)
    for (i, j), number in np.ndenumerate(numbers):
        colour = text_colour(image.patches[i * side + j].get_facecolor())
        image.text(j, i, str(number + 1), ha="center", va="center", fontsize=10 if side <= 6 else 7.5, color=colour)
    image.set_title("pixels in order", fontsize=10)

    matrix = axes_at(x + square + gap, bottom + m * wide / n + 0.5, wide, wide)
    P = group.matrix(0)
    index = np.where(P > 0, orbit, -1)
    _filled(matrix, index, hues, strength=0.8)
    if n <= 16:
        for i, j in np.argwhere(P):
            matrix.text(j, i, "1", ha="center", va="center", fontsize=8.5)
    matrix.set_title("rotation $P_σ$", fontsize=10)

    invariant = axes_at(x + square + gap, bottom, wide, m * wide / n)
    faces, edges = family_colours(np.repeat(np.arange(k), m).tolist())
    weights = orbit[None, :] * m + np.arange(m)[:, None]
    draw_cells(invariant, weights, np.ones_like(weights), faces, edges, None)
    invariant.set_title("invariant $M$", fontsize=10, pad=4)

    ends = np.cumsum(group.orbit_sizes)[:-1]
    for end in ends:
        matrix.axvline(end - 0.5, color="0.6", linewidth=0.7)
        matrix.axhline(end - 0.5, color="0.6", linewidth=0.7)
        invariant.axvline(end - 0.5, color="0.35", linewidth=0.9)
    if k <= _MOST_LABELS:
        starts = np.concatenate([[0], ends])
        sizes = group.orbit_sizes.tolist()
        labels = [f"{a + 1}–{a + s}" if s > 1 else f"{a + 1}" for a, s in zip(starts.tolist(), sizes, strict=True)]
        invariant.set_xticks(starts + group.orbit_sizes / 2 - 0.5, labels, fontsize=8)
        invariant.tick_params(length=0, colors="0.35", pad=2)
    orbits = f"{k} orbits, one colour each" if k > 1 else "1 orbit"
    text = f"rotation of {side}×{side} images: {orbits}" if title is None else title
    figure.text(0.5, 1 - 0.27 / height, text, ha="center", va="center", fontsize=10.5)
    return figure


def _filled(axes: Axes, families, hues: list[str], strength: float) -> None:
    """Fill the cells with the hues of their families, mixed with white; -1 is empty."""
    from matplotlib.colors import to_rgb

    faces = [tuple(strength * c + 1 - strength for c in to_rgb(hue)) for hue in hues]
    draw_cells(axes, families, (families >= 0).astype(int), faces, hues, None)
    frame(axes, *families.shape)
