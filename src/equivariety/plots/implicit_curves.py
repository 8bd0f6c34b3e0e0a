"""Curves in the plane as zeros of a polynomial, right at singular points too, where contours of a grid are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from equivariety.plots.curve_branches import branches_at
from equivariety.plots.style import COLOURS
from equivariety.varieties.algebraic.numeric_polynomials import NumericPolynomials
from equivariety.varieties.algebraic.polynomial_input import Polynomial

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["curve_pieces", "draw_curve", "draw_points"]

_GRID = 700
#: Largest and smallest radius, in steps of the grid, of the discs around singular points in which branches are traced.
_LARGEST, _SMALLEST = 60.0, 2.0

Map = Callable[[np.ndarray], np.ndarray]


def curve_pieces(polynomial: Polynomial, limits: np.ndarray, singular: np.ndarray) -> list[np.ndarray]:
    """Return the real curve within a box as polygons, (N, 2) each.

    Zeros on the edges of a fine grid, joined by marching squares.  Around each singular point these cannot tell how
    branches cross, touch or end: there they are traced one by one.

    Args:
        polynomial: in two variables, without repeated factors.
        limits: (2, 2), low and high.
        singular: (k, 2) singular points.

    >>> from fractions import Fraction
    >>> circle = {(2, 0): Fraction(1), (0, 2): Fraction(1), (0, 0): Fraction(-1)}
    >>> pieces = curve_pieces(circle, np.array([[-2.0, 2.0], [-2.0, 2.0]]), np.zeros((0, 2)))
    >>> len(pieces), bool(abs(np.linalg.norm(pieces[0], axis=1) - 1).max() < 1e-4)
    (1, True)
    """
    from contourpy import contour_generator

    size = limits[:, 1] - limits[:, 0]
    # Not a round number of steps: the grid should not pass through the points with round coordinates.
    x, y = (np.linspace(low - 1e-3 * s, high + 1.3e-3 * s, _GRID) for (low, high), s in zip(limits, size, strict=True))
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    values = NumericPolynomials([polynomial], 2).values(grid)[..., 0]
    # The sign of the zeros of the grid does not matter, but there has to be one.
    values = np.where(values == 0, 1e-300, values)
    steps = np.array([x[1] - x[0], y[1] - y[0]])
    found = contour_generator(x, y, values).lines(0.0)
    pieces = [_refined(np.asarray(piece), polynomial, steps) for piece in found]
    numeric = NumericPolynomials([polynomial], 2)
    degree = max(sum(e) for e in polynomial)
    traced = []
    for point in singular:
        others = np.linalg.norm((singular - point) / steps, axis=1)
        radius = min([_LARGEST, *(0.45 * others[others > 0])])
        branches = None
        while branches is None and radius > _SMALLEST:
            branches = branches_at(numeric, degree, point, radius * steps)
            radius *= 0.7
        if branches is not None:
            ends = np.array([branch[0] for branch in branches]).reshape(-1, 2)
            pieces = [part for piece in pieces for part in _cut(piece, point, radius / 0.7 * steps, ends)]
            traced += branches
    return pieces + traced


def _refined(piece: np.ndarray, polynomial: Polynomial, steps: np.ndarray) -> np.ndarray:
    """Newton's method from the linear guesses, each moving by less than a step."""
    numeric = NumericPolynomials([polynomial], 2)
    for _ in range(2):
        gradient = numeric.jacobian(piece)[:, 0]
        square = (gradient**2).sum(axis=1, keepdims=True)
        move = np.divide(numeric.values(piece) * gradient, square, out=np.zeros_like(piece), where=square > 0)
        small = (np.abs(move) < 0.5 * steps).all(axis=1, keepdims=True)
        piece = np.where(small, piece - move, piece)
    return piece


def _cut(piece: np.ndarray, point: np.ndarray, radii: np.ndarray, ends: np.ndarray) -> list[np.ndarray]:
    """What is outside of an ellipse around a point; where it enters, it is led to the nearest of ``ends``."""
    near = (((piece - point) / radii) ** 2).sum(axis=1) < 1
    if not near.any():
        return [piece]
    closed = len(piece) > 2 and np.allclose(piece[0], piece[-1])
    if closed and not near.all():  # begin at a vertex that is cut out, so that no part is cut at the seam
        start = int(np.argmax(near))
        piece, near = np.roll(piece[:-1], -start, axis=0), np.roll(near[:-1], -start)
        piece, near = np.vstack([piece, piece[:1]]), np.append(near, near[:1])
    out = []
    for part in np.split(np.arange(len(piece)), np.flatnonzero(np.diff(near.astype(int))) + 1):
        if near[part[0]]:
            continue
        vertices = piece[part]
        if part[0] > 0 and len(ends):
            vertices = np.vstack([_nearest(ends, vertices[0]), vertices])
        if part[-1] < len(piece) - 1 and len(ends):
            vertices = np.vstack([vertices, _nearest(ends, vertices[-1])])
        out.append(vertices)
    return out


def _nearest(points: np.ndarray, place: np.ndarray) -> np.ndarray:
    return points[int(np.linalg.norm(points - place, axis=1).argmin())]


def draw_curve(
    axes: Axes,
    polynomial: Polynomial,
    limits: np.ndarray,
    singular: np.ndarray,
    to_picture: Map | None = None,
    inside=None,
) -> None:
    """Draw a curve; with ``inside``, a path in the picture, what is outside of it is dotted."""
    from matplotlib.collections import LineCollection

    pieces = curve_pieces(polynomial, limits, singular)
    shown = [to_picture(piece) if to_picture else piece for piece in pieces]
    style = {"colors": COLOURS["best"], "capstyle": "round", "joinstyle": "round"}
    if inside is not None:
        axes.add_collection(
            LineCollection(shown, colors="0.72", linewidths=1.1, linestyles=(0, (1, 2.2)), zorder=2), autolim=False
        )
    lines = LineCollection(shown, linewidths=2.2, zorder=3, **style)
    axes.add_collection(lines, autolim=False)
    if inside is not None:
        lines.set_clip_path(inside, axes.transData)


def draw_points(
    axes: Axes, points: np.ndarray, limits: np.ndarray, to_picture: Map | None = None, *, hollow: bool = False
) -> None:
    """Draw the points of a box; hollow ones are singular."""
    seen = points[((points >= limits[:, 0]) & (points <= limits[:, 1])).all(axis=1)]
    if not len(seen):
        return
    x, y = (to_picture(seen) if to_picture else seen).T
    face, edge = ("white", COLOURS["talk"]) if hollow else (COLOURS["best"], "white")
    axes.plot(x, y, "o", markersize=7.5, markerfacecolor=face, markeredgecolor=edge, markeredgewidth=1.8, zorder=5)
