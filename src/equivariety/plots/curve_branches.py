"""The branches of a plane curve at a singular point, which no grid can tell apart where they touch."""

from __future__ import annotations

import numpy as np

from equivariety.varieties.algebraic.numeric_polynomials import NumericPolynomials

__all__ = ["branches_at"]

_RADII = 40


def branches_at(
    numeric: NumericPolynomials, degree: int, point: np.ndarray, radii: np.ndarray
) -> list[np.ndarray] | None:
    """Return the branches within an ellipse around a point of a curve, each an (N, 2) polygon that ends in the point.

    Near a point a curve is a cone over its intersection with a small circle.  On each of 40 concentric ellipses the
    points of the curve are the roots of one polynomial on the unit circle; from one ellipse to the next they keep
    their cyclic order.

    Args:
        numeric: one polynomial in two variables.
        degree: its degree.
        point: (2,).
        radii: (2,) half axes.

    Returns None if the number of points is not the same on all ellipses: then they are not small.

    >>> from fractions import Fraction
    >>> from fractions import Fraction
    >>> cusp = NumericPolynomials([{(3, 0): Fraction(1), (0, 2): Fraction(-1)}], 2)
    >>> [b[-1].tolist() for b in branches_at(cusp, 3, np.zeros(2), np.full(2, 0.1))]
    [[0.0, 0.0], [0.0, 0.0]]
    """
    shares = np.linspace(1.0, 0.0, _RADII, endpoint=False)
    found: list[np.ndarray] = []
    for share in shares:
        angles = _angles(numeric, degree, point, share * radii)
        if found and len(angles) != len(found[0]):
            return None
        if found and len(angles):
            turns = [np.roll(angles, k) for k in range(len(angles))]
            angles = min(turns, key=lambda turned: float(np.abs(np.exp(1j * turned) - np.exp(1j * found[-1])).sum()))
        found.append(angles)
    table = np.array(found)
    circle = np.stack([np.cos(table), np.sin(table)], axis=-1)
    places = point + shares[:, None, None] * radii * circle
    return [np.vstack([places[:, j], point[None]]) for j in range(table.shape[1])]


def _angles(numeric: NumericPolynomials, degree: int, point: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """The angles, ascending, at which a polynomial vanishes on an ellipse."""
    count = 2 * degree + 2
    samples = 2 * np.pi * np.arange(count) / count
    values = numeric.values(point + radii * np.stack([np.cos(samples), np.sin(samples)], axis=-1))[:, 0]
    series = np.fft.fft(values) / count
    coefficients = np.concatenate([series[: degree + 1][::-1], series[-degree:][::-1]])  # of z^degree .. z^-degree
    largest = np.abs(coefficients).max()
    if largest == 0:
        return np.zeros(0)
    # Near the point high frequencies are nothing but rounding.
    kept = np.flatnonzero(np.abs(coefficients[: degree + 1]) > 1e-13 * largest)
    outer = int(kept[0]) if len(kept) else degree
    roots = np.roots(coefficients[outer : 2 * degree + 1 - outer])
    return np.sort(np.angle(roots[np.abs(np.abs(roots) - 1) < 1e-5]))
