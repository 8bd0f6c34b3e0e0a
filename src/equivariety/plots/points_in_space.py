"""Points and curves in a picture of a surface in space, pale where the surface is in front of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from equivariety.plots.critical_marks import PATH_COLOUR
from equivariety.plots.implicit_surfaces import Camera, first_zeros
from equivariety.varieties.algebraic.numeric_polynomials import NumericPolynomials
from equivariety.varieties.algebraic.polynomial_input import Polynomial

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["View"]

#: Points of the surface itself are lifted this far towards the viewer, the box being [-1, 1]^3, to be in front of it.
_LIFT = 0.02


class View:
    """A surface in a box as one sees it.

    Args:
        polynomial: in three variables.
        limits: (3, 2), low and high.

    >>> from fractions import Fraction
    >>> view = View({(0, 0, 1): Fraction(1)}, np.array([[-1.0, 1.0]] * 3))        # the plane z = 0 from above
    >>> view.hidden(np.array([[0.0, 0.0, 0.5], [0.0, 0.0, -0.5]])).tolist()
    [False, True]
    """

    def __init__(self, polynomial: Polynomial, limits: np.ndarray) -> None:
        self._numeric = NumericPolynomials([polynomial], 3)
        self._degree = max(sum(e) for e in polynomial)
        self._centre, self._half = limits.mean(axis=1), (limits[:, 1] - limits[:, 0]) / 2
        self._camera = Camera()

    def places(self, points: np.ndarray) -> np.ndarray:
        """Return the (N, 2) places of points (N, 3) in the picture."""
        return self._camera.place((points - self._centre) / self._half)

    def inside(self, points: np.ndarray) -> np.ndarray:
        """Return which points (N, 3) are in the box, N booleans."""
        found: np.ndarray = (np.abs((points - self._centre) / self._half) <= 1 + 1e-9).all(axis=1)
        return found

    def hidden(self, points: np.ndarray) -> np.ndarray:
        """Return which points (N, 3) of the box have the surface in front of them, N booleans."""
        start = (points - self._centre) / self._half + _LIFT * self._camera.towards
        leave = ((np.sign(self._camera.towards) - start) / self._camera.towards).min(axis=1)
        end = start + np.maximum(leave, 0.0)[:, None] * self._camera.towards
        share = first_zeros(
            self._numeric, self._degree, self._centre + self._half * start, self._centre + self._half * end
        )
        found: np.ndarray = ~np.isnan(share) & (leave > 0)
        return found

    def draw_curve(self, axes: Axes, points: np.ndarray, *, colour: str = PATH_COLOUR, width: float = 1.4) -> None:
        """Draw a curve (T, 3), dotted where it is hidden; what is outside of the box is left out."""
        behind, kept = self.hidden(points), self.inside(points)
        cuts = np.flatnonzero((np.diff(behind.astype(int)) != 0) | (np.diff(kept.astype(int)) != 0)) + 1
        for part in np.split(np.arange(len(points)), cuts):
            if not kept[part[0]]:
                continue
            ends = np.arange(part[0], min(part[-1] + 2, len(points)))  # up to the next part
            style: dict[str, Any] = {"linestyle": (0, (1, 2)), "alpha": 0.75} if behind[part[0]] else {"alpha": 1.0}
            axes.plot(*self.places(points[ends]).T, color=colour, linewidth=width, zorder=6, **style)
