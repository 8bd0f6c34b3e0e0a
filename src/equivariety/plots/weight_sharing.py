"""Weight sharing drawn as a network: edges of one colour carry one weight, dashed ones with the opposite sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from equivariety.errors import invalid
from equivariety.parameterizations import SharedWeights, WeightSharing
from equivariety.plots.style import new_figure
from equivariety.plots.weight_colours import weight_colours

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_weight_sharing"]

#: Nodes in one layer; more cannot be told apart.
_MOST_NODES = 64

_EDGE = {False: "solid", True: (0, (3.5, 1.8))}


def plot_weight_sharing(
    sharing: WeightSharing | SharedWeights, *, layers: Sequence[str] | None = None, title: str | None = None
) -> Figure:
    """Return a figure of the network that a pattern describes: inputs on the left, outputs on the right.

    Args:
        sharing: of encoder and decoder, drawn in three layers with the block of each latent node beside it, or one
            pattern alone, drawn in two layers from its columns to its rows.
        layers: names above the layers; None writes input, latent and output.
        title: above the picture; None says what colours and dashes mean.

    Edges of one colour share a weight and are dashed where it has the sign -.  Nodes are numbered from 1.  Raises
    TypeError for anything else, and ValueError for more than 64 nodes in a layer (then :func:`plot_shared_matrix`) or
    names for another number of layers.

    >>> import equivariety as ev
    >>> C = ev.invariant_maps(ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5), outputs=5).component([2])
    >>> figure = plot_weight_sharing(C.weight_sharing("points").encoder)
    >>> [text.get_text() for text in figure.axes[0].texts][:3]
    ['1', '2', '3']
    """
    names: tuple[str, ...]
    if isinstance(sharing, WeightSharing):
        patterns, names = [sharing.encoder, sharing.decoder], ("input", "latent", "output")
        labels = sharing.labels
    elif isinstance(sharing, SharedWeights):
        patterns, names, labels = [sharing], ("input", "output"), ()
    else:
        fix = "pass component.weight_sharing(), or its encoder"
        raise invalid("sharing", "a WeightSharing or SharedWeights", sharing, fix, TypeError)
    if layers is not None and (isinstance(layers, str) or len(layers) != len(names)):
        raise invalid("layers", f"a sequence of {len(names)} names", layers, "name the layers from left to right")
    sizes = [patterns[0].shape[1], *(pattern.shape[0] for pattern in patterns)]
    if max(sizes) > _MOST_NODES:
        fix = "use plot_shared_matrix"
        raise invalid("sharing", f"of at most {_MOST_NODES} nodes in a layer", f"layers of {sizes}", fix)
    return _draw(patterns, sizes, layers or names, labels, title)


def _draw(
    patterns: list[SharedWeights], sizes: list[int], names: Sequence[str], labels: tuple[str, ...], title: str | None
) -> Figure:
    from matplotlib.collections import LineCollection

    height = max(2.6, 0.42 * max(sizes) + 0.9)
    figure = new_figure(2.2 + 2.6 * len(patterns), height)
    axes = figure.subplots()
    axes.set_axis_off()
    wide = 6.0  # distance of the layers, in the distance of the nodes of the largest one
    places = [_heights(size, max(sizes)) for size in sizes]
    colours = weight_colours(sum(pattern.num_weights for pattern in patterns))
    first = 0
    for layer, pattern in enumerate(patterns):
        rows, cols = np.nonzero(pattern.sign)
        for minus in (False, True):
            chosen = (pattern.sign[rows, cols] < 0) == minus
            ends = [
                [(wide * layer, places[layer][j]), (wide * (layer + 1), places[layer + 1][i])]
                for i, j in zip(rows[chosen], cols[chosen], strict=True)
            ]
            tints = [colours[first + w] for w in pattern.index[rows[chosen], cols[chosen]]]
            axes.add_collection(
                LineCollection(ends, colors=tints, linewidths=1.7, linestyles=[_EDGE[minus]], capstyle="butt")
            )
        first += pattern.num_weights
    for layer, heights in enumerate(places):
        x = np.full(len(heights), wide * layer)
        axes.plot(x, heights, "o", markersize=15, color="white", markeredgecolor="0.25", markeredgewidth=1.0, zorder=3)
        for number, y in enumerate(heights, start=1):
            axes.text(wide * layer, y, str(number), ha="center", va="center", fontsize=8, zorder=4)
    top = max(sizes) / 2
    for layer, name in enumerate(names):
        axes.text(wide * layer, top + 0.45, name, ha="center", va="bottom", fontsize=9.5, color="0.25")
    for y, label in zip(places[1] if labels else [], labels, strict=True):
        box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
        axes.text(wide, y - 0.42, label, ha="center", va="top", fontsize=8, color="0.25", zorder=5, bbox=box)
    axes.set_xlim(-0.6, wide * len(patterns) + 0.6)
    axes.set_ylim(-top - 0.3, top + 1.1)
    dashes = ", dashed with the opposite sign" if any((p.sign < 0).any() for p in patterns) else ""
    axes.set_title(f"one colour is one weight{dashes}" if title is None else title, fontsize=10.5)
    return figure


def _heights(count: int, most: int) -> np.ndarray:
    """Heights of the nodes of a layer, from the top down, centred; sparse layers are spread over half the height.

    >>> _heights(2, 5).tolist()
    [1.25, -1.25]
    """
    gap = 1.0 if count == most else max(1.0, 0.5 * most / max(count - 1, 1))
    return gap * ((count - 1) / 2 - np.arange(count))
