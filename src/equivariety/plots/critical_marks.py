"""How pictures of a loss mark its critical points: the colour says pure or spurious, the shape what kind of point."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from equivariety.plots.style import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

__all__ = ["PATH_COLOUR", "TARGET_COLOUR", "below", "critical_handles", "draw_critical", "draw_path", "path_handle"]

#: Colours of pure and spurious points, of curves of weights, and of the unrestricted least squares solution.
_KINDS = {"pure": COLOURS["best"], "spurious": COLOURS["talk"], "ambiguous": "0.45"}
PATH_COLOUR, TARGET_COLOUR = "#222222", COLOURS["equal-rank"]
_SHAPES = {"minimum": ("o", 9.0), "saddle": ("X", 9.5), "maximum": ("^", 9.5)}


def _shape(index: int | None, largest: int) -> str:
    return "minimum" if index == 0 else "maximum" if index == largest else "saddle"


def draw_critical(
    axes: Axes, places: np.ndarray, points: Sequence, *, largest: int, faint: Sequence[bool] = ()
) -> None:
    """Mark critical points.

    Args:
        axes: of the picture.
        places: (N, 2), where they are.
        points: N objects with ``kind`` and ``index``.
        largest: the index of maxima.
        faint: which of them are behind something.
    """
    hidden = list(faint) or [False] * len(points)
    for (x, y), point, behind in zip(places, points, hidden, strict=True):
        marker, size = _SHAPES[_shape(point.index, largest)]
        axes.plot(
            x,
            y,
            marker,
            markersize=size,
            markerfacecolor=_KINDS[point.kind],
            markeredgecolor="white",
            markeredgewidth=1.3,
            alpha=0.5 if behind else 1.0,
            linestyle="none",
            zorder=8,
        )


def critical_handles(points: Iterable, *, largest: int) -> list[Line2D]:
    """Return one entry of a legend for each kind and shape that occurs, minima first.

    >>> import equivariety as ev
    >>> net = ev.LinearConvolutionalNetwork((2, 2), (1, 1))
    >>> found = net.critical_points(np.eye(3), [[1.0], [0.0], [1.0]])
    >>> [handle.get_label() for handle in critical_handles(found.real_points, largest=2)]
    ['spurious minimum', 'spurious saddle']
    """
    from matplotlib.lines import Line2D

    seen = {(point.kind, _shape(point.index, largest)) for point in points}
    order = [(kind, shape) for shape in _SHAPES for kind in _KINDS if (kind, shape) in seen]
    return [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=_SHAPES[shape][0],
            markersize=_SHAPES[shape][1],
            markerfacecolor=_KINDS[kind],
            markeredgecolor="white",
            label=f"{kind} {shape}",
        )
        for kind, shape in order
    ]


def draw_path(axes: Axes, places: np.ndarray, *, wraps: float | None = None, far: float | None = None) -> None:
    """Draw a curve from its start, a small ring, with an arrow head half way.

    Args:
        axes: of the picture.
        places: (T, 2).
        wraps: period of both coordinates where opposite edges of the picture are the same: the curve is cut there.
        far: coordinates beyond this are left out, on curves that pass through infinity.
    """
    steps = np.abs(np.diff(places, axis=0))
    jumps = (steps > (wraps / 2 if wraps else np.inf)).any(axis=1)
    kept = (np.abs(places) <= (far or np.inf)).all(axis=1)
    cuts = np.flatnonzero(jumps | (kept[1:] != kept[:-1])) + 1
    pieces = [places[part] for part in np.split(np.arange(len(places)), cuts) if kept[part[0]]]
    for piece in pieces:
        axes.plot(*piece.T, color=PATH_COLOUR, linewidth=1.3, solid_capstyle="round", zorder=6)
    ring: dict[str, Any] = {
        "markersize": 4.5,
        "markerfacecolor": "white",
        "markeredgecolor": PATH_COLOUR,
        "markeredgewidth": 1.2,
    }
    axes.plot(*places[0], "o", zorder=7, **ring)
    if pieces:
        _arrow(axes, max(pieces, key=_length))


def _length(piece: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(piece, axis=0), axis=1).sum())


def _arrow(axes: Axes, piece: np.ndarray) -> None:
    """An arrow head in the middle of a curve."""
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(piece, axis=0), axis=1))])
    if not lengths[-1]:
        return
    ends = [
        np.array([np.interp(share * lengths[-1], lengths, coordinate) for coordinate in piece.T])
        for share in (0.48, 0.52)
    ]
    arrow: dict[str, Any] = {
        "arrowstyle": "-|>",
        "color": PATH_COLOUR,
        "linewidth": 0,
        "mutation_scale": 11,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    axes.annotate("", xy=tuple(ends[1]), xytext=tuple(ends[0]), arrowprops=arrow, zorder=7)


def path_handle(label: str = "gradient flow, from the ring") -> Line2D:
    """Return the entry of a legend for curves of weights.

    >>> path_handle().get_label()
    'gradient flow, from the ring'
    """
    from matplotlib.lines import Line2D

    return Line2D(
        [0, 1],
        [0, 0],
        color=PATH_COLOUR,
        linewidth=1.3,
        marker="o",
        markersize=4.5,
        markerfacecolor="white",
        markevery=[0],
        label=label,
    )


def below(axes: Axes, handles: Sequence, columns: int = 2) -> None:
    """Put a legend below a picture."""
    axes.figure.legend(
        handles=list(handles), loc="outside lower center", ncols=columns, frameon=False, fontsize=9, handletextpad=0.5
    )
