"""Three probabilities as a point of a triangle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import comb, sqrt
from typing import TYPE_CHECKING

import numpy as np

from equivariety.varieties.algebraic.polynomial_input import Polynomial

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

__all__ = ["draw_triangle", "on_the_plane", "sum_equation"]

#: Where the outcomes are certain: the second one above the middle of the others.
_CORNERS = np.array([[0.0, 0.0], [0.5, sqrt(3) / 2], [1.0, 0.0]])
_MARGIN = 0.13


def sum_equation(polynomials: Sequence[Polynomial]) -> int | None:
    """Return which of the polynomials in three variables is a multiple of their sum minus 1, None if none is.

    >>> one = {(1, 0, 0): Fraction(2), (0, 1, 0): Fraction(2), (0, 0, 1): Fraction(2), (0, 0, 0): Fraction(-2)}
    >>> sum_equation([one])
    0
    """
    units = {(1, 0, 0), (0, 1, 0), (0, 0, 1)}
    for i, one in enumerate(polynomials):
        if set(one) == units | {(0, 0, 0)} and len({one[e] for e in units} | {-one[0, 0, 0]}) == 1:
            return i
    return None


def on_the_plane(polynomials: Sequence[Polynomial]) -> list[Polynomial]:
    """Return the polynomials in the first two coordinates (s, t) where the third is 1 - s - t, zeros left out.

    >>> on_the_plane([{(0, 0, 1): Fraction(1)}])
    [{(0, 0): Fraction(1, 1), (0, 1): Fraction(-1, 1), (1, 0): Fraction(-1, 1)}]
    """
    out = []
    for one in polynomials:
        total: dict[tuple[int, ...], Fraction] = {}
        for (a, b, c), value in one.items():
            for i in range(c + 1):
                for j in range(c - i + 1):
                    key = (a + i, b + j)
                    total[key] = total.get(key, Fraction(0)) + (-1) ** (i + j) * comb(c, i) * comb(c - i, j) * value
        kept = {e: v for e, v in total.items() if v}
        if kept:
            out.append(kept)
    return out or [{}]


def draw_triangle(axes: Axes, labels: Sequence[str]) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray], Path]:
    """Draw the triangle with its corners labelled.

    Returns the limits, (2, 2), of the first two coordinates that the picture shows, the map from these to the
    picture, and the triangle as a path.
    """
    from matplotlib.path import Path

    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set(xlim=(-_MARGIN, 1 + _MARGIN), ylim=(-_MARGIN, sqrt(3) / 2 + 0.8 * _MARGIN))
    closed = np.vstack([_CORNERS, _CORNERS[:1]])
    axes.fill(*closed.T, facecolor="#F5F7FA", edgecolor="none", zorder=0)
    for share in np.arange(1, 5) / 5:
        for i in range(3):
            ends = np.zeros((2, 3))
            ends[:, i] = share
            ends[0, (i + 1) % 3] = ends[1, (i + 2) % 3] = 1 - share
            axes.plot(*(ends @ _CORNERS).T, color="0.87", linewidth=0.8, zorder=1)
    axes.plot(*closed.T, color="0.25", linewidth=1.3, zorder=2.5, solid_joinstyle="round")
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    places = (("center", "top", (0.01, -0.05)), ("center", "bottom", (0.0, 0.025)), ("center", "top", (-0.01, -0.05)))
    for corner, label, (side, height, shift) in zip(_CORNERS, labels, places, strict=True):
        text = f"{label}$\\,= 1$"
        x, y = corner + shift
        axes.text(x, y, text, ha=side, va=height, fontsize=12, zorder=4, bbox=paper)

    def to_picture(points: np.ndarray) -> np.ndarray:
        third = 1 - points.sum(axis=1, keepdims=True)
        return np.hstack([points, third]) @ _CORNERS

    return np.array([[-0.5, 1.5], [-0.5, 1.5]]), to_picture, Path(closed, closed=True)
