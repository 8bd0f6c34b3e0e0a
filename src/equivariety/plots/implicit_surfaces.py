"""Surfaces in space as zeros of a polynomial: each pixel of a shaded picture is the first zero on its line of sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from equivariety.plots.style import COLOURS
from equivariety.varieties.algebraic.numeric_polynomials import NumericPolynomials
from equivariety.varieties.algebraic.polynomial_input import Polynomial

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Camera", "draw_surface", "first_zeros"]

#: Pixels of the picture, and rays per pixel and axis.
_PIXELS = 560
_RAYS = 2
#: Pieces of a ray on which the sign of the polynomial is compared, and how often the first with a change is halved.
_STEPS = 64
_HALVINGS = 16
#: Distance of the level lines of the vertical variable, and half their width, the box being [-1, 1]^3.
_LEVELS, _LINE = 0.25, 0.0035
#: Colours of the sides on which the polynomial is positive and negative.
_FRONT, _BACK = "#64AEE6", "#F6C27A"
_ELEVATION, _AZIMUTH = np.radians(24.0), np.radians(-58.0)


class Camera:
    """A parallel projection of a box that has been scaled to the cube [-1, 1]^3.

    >>> Camera().place(np.zeros((1, 3))).tolist()
    [[0.0, 0.0]]
    """

    def __init__(self, elevation: float = _ELEVATION, azimuth: float = _AZIMUTH) -> None:
        #: Unit vectors to the right, up, and towards the viewer.
        self.right = np.array([-np.sin(azimuth), np.cos(azimuth), 0.0])
        self.towards = np.array(
            [np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)]
        )
        self.up = np.cross(self.towards, self.right)

    def place(self, points: np.ndarray) -> np.ndarray:
        """Return the (N, 2) places of points (N, 3) in the picture."""
        return points @ np.column_stack([self.right, self.up])

    @property
    def extent(self) -> float:
        """Half the width of a square picture that holds the cube."""
        return float(max(np.abs(self.right).sum(), np.abs(self.up).sum()))


def first_zeros(numeric: NumericPolynomials, degree: int, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return how far along each ray, from 0 to 1, a polynomial changes its sign first; NaN where it does not.

    Args:
        numeric: one polynomial of this degree; on a ray it is a polynomial in one variable, found by interpolation.
        degree: d.
        start: (N, 3), and ``end`` likewise.

    >>> from fractions import Fraction
    >>> plane = NumericPolynomials([{(1, 0, 0): Fraction(1)}], 3)
    >>> first_zeros(plane, 1, np.array([[-1.0, 0, 0]]), np.array([[3.0, 0, 0]])).round(9).tolist()
    [0.25]
    """
    nodes = np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
    columns = [numeric.values(start + (1 + u) / 2 * (end - start))[..., 0] for u in nodes]
    # Chebyshev coefficients: stable for every degree that is allowed.
    coefficients = np.linalg.solve(np.polynomial.chebyshev.chebvander(nodes, degree), np.stack(columns))
    value = np.polynomial.chebyshev.chebval
    steps = np.linspace(-1, 1, _STEPS + 1)
    low = np.full(len(start), -1)
    waiting, own = np.arange(len(start)), coefficients
    before = value(-1.0, own)
    for k in range(_STEPS):
        after = value(steps[k + 1], own)
        hit = (before * after <= 0) & (low[waiting] < 0)
        low[waiting[hit]] = k
        before = after
        if k % 4 == 3:  # rays that have ended are dropped now and then: each time costs a copy
            keep = low[waiting] < 0
            waiting, own, before = waiting[keep], own[:, keep], before[keep]
    hit = low >= 0
    own = coefficients[:, hit]
    a, b = steps[low[hit]], steps[low[hit] + 1]
    at_a = value(a, own, tensor=False)
    for _ in range(_HALVINGS):
        middle = (a + b) / 2
        at_middle = value(middle, own, tensor=False)
        left = at_a * at_middle <= 0
        b = np.where(left, middle, b)
        a, at_a = np.where(left, a, middle), np.where(left, at_a, at_middle)
    out = np.full(len(start), np.nan)
    out[hit] = (1 + (a + b) / 2) / 2
    return out


def draw_surface(
    axes: Axes, polynomial: Polynomial, limits: np.ndarray, singular: np.ndarray, labels: Sequence[str]
) -> None:
    """Draw a surface in a box, its two sides in two colours, with the box and the singular points."""
    camera = Camera()
    centre, half = limits.mean(axis=1), (limits[:, 1] - limits[:, 0]) / 2
    extent = 1.02 * camera.extent
    axes.set_axis_off()
    axes.set_aspect("equal")
    wide, tall = (float(np.abs(v).sum()) + 0.22 for v in (camera.right, camera.up))
    _edges(axes, camera, behind=True)
    picture = _picture(polynomial, camera, centre, half, extent)
    corners = (-extent, extent, -extent, extent)
    axes.imshow(picture, extent=corners, interpolation="antialiased", zorder=2)
    axes.set(xlim=(-wide, wide), ylim=(-tall, tall))  # imshow has changed them
    _edges(axes, camera, behind=False)
    _ticks(axes, camera, limits, labels)
    seen = (singular - centre) / half
    seen = seen[(np.abs(seen) <= 1).all(axis=1)]
    if len(seen):
        x, y = camera.place(seen).T
        colour = COLOURS["talk"]
        axes.plot(
            x, y, "o", markersize=7, markerfacecolor="white", markeredgecolor=colour, markeredgewidth=1.8, zorder=5
        )


def _picture(polynomial: Polynomial, camera: Camera, centre, half, extent: float) -> np.ndarray:
    """The (h, w, 4) picture, transparent where no surface is."""
    count = _PIXELS * _RAYS
    side = extent * (2 * (np.arange(count) + 0.5) / count - 1)
    across, down = np.meshgrid(side, -side)
    origin = across.reshape(-1, 1) * camera.right + down.reshape(-1, 1) * camera.up
    # Where each line of sight enters and leaves the cube.
    towards = camera.towards
    bounds = np.stack([(-1 - origin) / towards, (1 - origin) / towards])
    near, far = bounds.max(axis=0).min(axis=1), bounds.min(axis=0).max(axis=1)
    inside = near > far
    start = origin[inside] + near[inside, None] * towards
    end = origin[inside] + far[inside, None] * towards
    numeric = NumericPolynomials([polynomial], 3)
    degree = max(sum(e) for e in polynomial)
    share = first_zeros(numeric, degree, centre + half * start, centre + half * end)
    hit = ~np.isnan(share)
    place = start[hit] + share[hit, None] * (end - start)[hit]
    gradient = numeric.jacobian(centre + half * place)[:, 0] * half
    colours = np.zeros((count * count, 4))
    colours[np.flatnonzero(inside)[hit]] = _shaded(place, gradient, camera)
    picture = colours.reshape(_PIXELS, _RAYS, _PIXELS, _RAYS, 4)
    # Averages of several rays have smooth edges; colours count as much as they cover.
    cover = picture[..., 3].mean(axis=(1, 3))
    mixed = (picture[..., :3] * picture[..., 3:]).mean(axis=(1, 3)) / np.maximum(cover, 1e-9)[..., None]
    return np.dstack([np.clip(mixed, 0, 1), cover])


def _shaded(place: np.ndarray, gradient: np.ndarray, camera: Camera) -> np.ndarray:
    """Colours of points of the surface: two lights, level lines, and a rim where the box cuts it."""
    from matplotlib.colors import to_rgb

    length = np.linalg.norm(gradient, axis=1, keepdims=True)
    normal = np.divide(gradient, length, out=np.zeros_like(gradient), where=length > 0)
    front = normal @ camera.towards > 0
    normal[~front] *= -1
    base = np.where(front[:, None], to_rgb(_FRONT), to_rgb(_BACK))
    key = -0.5 * camera.right + 0.8 * camera.up + 0.6 * camera.towards
    key = key / np.linalg.norm(key)
    # Light that reaches around: no part of the surface is black.
    light = 0.50 + 0.42 * ((1 + normal @ key) / 2) ** 1.5 + 0.16 * (normal @ camera.towards)
    halfway = key + camera.towards
    shine = 0.20 * np.clip(normal @ (halfway / np.linalg.norm(halfway)), 0, 1) ** 30
    height = place[:, 2] / _LEVELS
    slope = np.sqrt(np.maximum(1 - normal[:, 2] ** 2, 1e-6))
    level = np.abs(height - np.round(height)) * _LEVELS / slope < _LINE
    rim = np.abs(place).max(axis=1) > 1 - 0.006
    light = light * np.where(rim, 0.62, np.where(level, 0.86, 1.0))
    # Far parts fade a little into the white of the page.
    haze = 0.16 * (1 - (place @ camera.towards) / np.sqrt(3)) / 2
    colour = (base * light[:, None] + shine[:, None]) * (1 - haze[:, None]) + haze[:, None]
    return np.column_stack([np.clip(colour, 0, 1), np.ones(len(colour))])


def _edges(axes: Axes, camera: Camera, *, behind: bool) -> None:
    """The edges of the cube: those that meet in its farthest corner are behind the surface, the others in front."""
    far = -np.sign(camera.towards)
    for i in range(3):
        for a in (-1.0, 1.0):
            for b in (-1.0, 1.0):
                ends = np.zeros((2, 3))
                ends[:, i] = -1.0, 1.0
                ends[:, (i + 1) % 3], ends[:, (i + 2) % 3] = a, b
                others = [(i + 1) % 3, (i + 2) % 3]
                if bool((ends[0, others] == far[others]).all()) == behind:
                    axes.plot(
                        *camera.place(ends).T,
                        color="0.72" if behind else "0.55",
                        linewidth=0.8,
                        zorder=1 if behind else 3,
                    )


def _ticks(axes: Axes, camera: Camera, limits: np.ndarray, labels: Sequence[str]) -> None:
    """The range of each variable at one edge of the outline of the cube, with its name in the middle."""
    lowest = np.array([0.0, 0.0, -1.0])
    near = np.sign(camera.towards)
    edges = {0: (1, near[1]), 1: (0, near[0]), 2: (None, 0.0)}
    for i, label in enumerate(labels):
        points = np.tile(lowest, (3, 1))
        points[:, i] = -1.0, 0.0, 1.0
        axis, side = edges[i]
        if axis is not None:
            points[:, axis] = side
        else:  # the vertical edge that is farthest to the left
            corner = min(
                ((x, y) for x in (-1.0, 1.0) for y in (-1.0, 1.0)), key=lambda c: camera.right[:2] @ np.array(c)
            )
            points[:, :2] = corner
        where = camera.place(points)
        along = where[2] - where[0]
        outward = np.array([along[1], -along[0]]) / np.linalg.norm(along)
        outward *= np.sign(outward @ where[1]) or 1.0
        inward = along / np.linalg.norm(along) * 0.09  # two edges share a corner, and it has room for one number
        for j, text in ((0, f"{limits[i, 0]:g}"), (1, label), (2, f"{limits[i, 1]:g}")):
            name = j == 1
            x, y = where[j] + outward * (0.18 if name else 0.10) + (1 - j) * inward
            axes.text(
                x,
                y,
                text.replace("-", "−"),
                ha="center",
                va="center",
                fontsize=12.5 if name else 9,
                color="0.1" if name else "0.4",
            )
