"""Images and volumes with one colour for each orbit of their pixels under a group."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from equivariety._typing import FloatArray, IntArray
from equivariety.errors import as_nonnegative_int, brief, invalid
from equivariety.groups import PermutationGroup
from equivariety.plots.cells import frame
from equivariety.plots.perceptual_colours import contrasting_colours, text_colour
from equivariety.plots.style import new_figure
from equivariety.plots.weight_colours import weight_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_orbits"]

#: How a volume is drawn.
View: TypeAlias = Literal["slices", "cube"]

_MOST_PIXELS = 65_536
_MOST_VOXELS = 4096
_MOST_ORBITS = 800
#: Up to so many pixels across, and so many in all, they carry the numbers of their orbits.
_WIDEST_NUMBERED, _MOST_NUMBERED = 12, 400
_PALETTE = 14
#: How bright the top, the left and the right side of a volume are.
_LIGHT = (1.0, 0.88, 0.76)


def plot_orbits(
    group: PermutationGroup,
    shape: tuple[int, int] | tuple[int, int, int],
    *,
    view: View = "slices",
    title: str | None = None,
) -> Figure:
    """Return a figure of an image or volume in which each orbit of the group has one colour.

    Args:
        group: acting on the pixels in C order.
        shape: (height, width) of an image, or (depth, height, width) of a volume.
        view: of a volume: "slices" draws it layer by layer along the first axis; "cube" in space, layer 1 on top,
            without the eighth that is nearest to the reader, so that the inside shows, sides in the shade darker.
            Images have one view only.
        title: above the picture; None says how many orbits there are.

    Colours are different for different orbits, and as far apart as possible where orbits touch.  Up to 12 pixels
    across and 400 in all they carry the numbers of their orbits, from 1, in the order of ``group.orbits``; voxels in
    space carry none.

    Raises TypeError if ``group`` is no PermutationGroup or ``shape`` no tuple of two or three sizes, ValueError for a
    shape of another size, another view, more than 65,536 pixels or (in space) 4096 voxels, and more than 800 orbits,
    for which there are no colours left.

    >>> import equivariety as ev
    >>> figure = plot_orbits(ev.groups.rotation(3), (3, 3))
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['1', '2', '1', '2', '3', '2', '1', '2', '1']
    >>> [axes.get_title() for axes in plot_orbits(ev.groups.cube_rotations(2), (2, 2, 2)).axes]
    ['layer 1', 'layer 2']
    """
    if not isinstance(group, PermutationGroup):
        raise invalid("group", "a PermutationGroup", group, "build one with PermutationGroup(generators)", TypeError)
    sizes = _shape(shape, group.degree)
    if not isinstance(view, str) or view not in get_args(View):
        raise invalid("view", "'slices' or 'cube'", brief(view), "leave it out for 'slices'")
    if view == "cube" and len(sizes) != 3:
        raise invalid("view", "'slices' for an image", brief(view), "give the shape of a volume")
    most = _MOST_VOXELS if view == "cube" else _MOST_PIXELS
    if group.degree > most:
        raise invalid("group", f"of at most {most} points", group.degree, "draw a smaller one")
    if group.n_orbits > _MOST_ORBITS:
        required = f"a group with at most {_MOST_ORBITS} orbits"
        raise invalid("group", required, f"{group.n_orbits} orbits", "draw a smaller one")
    labels = group.orbit_partition.reshape(sizes)
    colours = _colours(labels, group.n_orbits)
    count = f"{group.n_orbits} orbits" if group.n_orbits > 1 else "1 orbit"
    shown = f"{count} on {'×'.join(map(str, sizes))} {'pixels' if len(sizes) == 2 else 'voxels'}"
    text = shown if title is None else title
    return _cube(labels, colours, text) if view == "cube" else _slices(labels, colours, text)


def _shape(shape: object, points: int) -> tuple[int, ...]:
    required = f"(height, width) or (depth, height, width) with {points} pixels in all"
    if not isinstance(shape, tuple | list) or len(shape) not in (2, 3):
        raise invalid("shape", required, shape, "give the shape of one image or volume", TypeError)
    sizes = tuple(as_nonnegative_int("shape", size) for size in shape)
    if math.prod(sizes) != points:
        raise invalid("shape", required, sizes, "give the shape that the group acts on")
    return sizes


def _colours(labels: IntArray, count: int) -> FloatArray:
    """One colour (count, 3) for each orbit: the palette of weights while it lasts, then many by contrast."""
    from matplotlib.colors import to_rgb

    if count <= _PALETTE:
        return 0.3 + 0.7 * np.array([to_rgb(colour) for colour in weight_colours(count)])
    pairs = []
    for axis in range(labels.ndim):
        ahead, behind = np.moveaxis(labels, axis, 0)[1:], np.moveaxis(labels, axis, 0)[:-1]
        pairs.append(np.stack([ahead.ravel(), behind.ravel()], axis=1))
    touching = np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)
    return contrasting_colours(count, touching[touching[:, 0] != touching[:, 1]])


def _slices(labels: IntArray, colours: FloatArray, title: str) -> Figure:
    is_image = labels.ndim == 2
    layers = labels[None] if is_image else labels
    depth, height, width = layers.shape
    longest = max(height, width)
    side = min(0.42 * longest, 5.0 if is_image else 2.6)
    across = min(depth, max(1, int(9.6 / (side * width / longest + 0.3))))
    down = -(-depth // across)
    figure = new_figure(
        max(3.6, across * (side * width / longest + 0.3) + 0.2), down * (side * height / longest + 0.4) + 0.55
    )
    grid = figure.subplots(down, across, squeeze=False).ravel()
    for number, axes in enumerate(grid):
        if number >= depth:
            axes.remove()
            continue
        _image(axes, layers[number], colours, longest <= _WIDEST_NUMBERED and labels.size <= _MOST_NUMBERED)
        if not is_image:
            axes.set_title(f"layer {number + 1}", fontsize=9)
    figure.suptitle(title, fontsize=10.5)
    return figure


def _image(axes: Axes, labels: IntArray, colours: FloatArray, numbered: bool) -> None:
    axes.imshow(colours[labels], interpolation="nearest")
    if numbered:
        for (i, j), orbit in np.ndenumerate(labels):
            colour = text_colour(colours[orbit])
            axes.text(j, i, str(orbit + 1), ha="center", va="center", fontsize=8.5, color=colour)
    frame(axes, *labels.shape)


def _cube(labels: IntArray, colours: FloatArray, title: str) -> Figure:
    """The volume in isometric projection: layer 1 on top, rows to the lower left, columns to the lower right."""
    from matplotlib.collections import PolyCollection

    depth, height, width = labels.shape
    present = np.ones(labels.shape, dtype=bool)
    present[: depth // 2, height - height // 2 :, width - width // 2 :] = False
    # What stands in front of a side hides it; the corners of each side go around it.
    around = np.pad(present, 1)
    sides = (
        (around[:-2, 1:-1, 1:-1], [(0, 0, 0), (0, 0, 1), (0, 1, 1), (0, 1, 0)]),
        (around[1:-1, 2:, 1:-1], [(0, 1, 0), (0, 1, 1), (1, 1, 1), (1, 1, 0)]),
        (around[1:-1, 1:-1, 2:], [(0, 0, 1), (0, 1, 1), (1, 1, 1), (1, 0, 1)]),
    )
    places, faces, near = [], [], []
    for (hidden, corners), light in zip(sides, _LIGHT, strict=True):
        shown = np.argwhere(present & ~hidden)
        places.append(shown[:, None] + np.array(corners))
        faces.append(light * colours[labels[tuple(shown.T)]])
        near.append(shown @ np.array([-1, 1, 1]))
    order = np.argsort(np.concatenate(near), kind="stable")  # the farthest first
    i, j, k = np.moveaxis(np.concatenate(places)[order], -1, 0)
    rhombi = np.stack([0.75**0.5 * (k - j), -0.5 * (k + j) - i], axis=-1)

    figure = new_figure(4.6, 4.9)
    axes = figure.subplots()
    line = {"edgecolors": "white", "linewidths": min(0.8, 8.0 / max(labels.shape)), "joinstyle": "round"}
    axes.add_collection(PolyCollection(list(rhombi), facecolors=np.concatenate(faces)[order], **line))
    axes.autoscale_view()
    axes.set_aspect("equal")
    axes.set_axis_off()
    figure.suptitle(title, fontsize=10.5)
    return figure
