"""Real points of a variety, by Newton's method from random starts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.varieties.algebraic.affine_points import AffinePoint, failing_equation, jacobian_rank
from equivariety.varieties.algebraic.numeric_polynomials import NumericPolynomials, tame
from equivariety.varieties.algebraic.polynomial_input import Polynomial

__all__ = ["real_point", "truncated_inverse"]

_STARTS = 60
_STEPS = 60
_FARTHEST = 1e6


def truncated_inverse(matrix: AnyArray, rank: int) -> AnyArray:
    """Return Moore and Penrose's inverse of the nearest matrix of rank at most ``rank``.

    >>> truncated_inverse(np.diag([2.0, 0.1]), 1).tolist()
    [[0.5, 0.0], [0.0, 0.0]]
    """
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    rank = min(rank, int((values > 1e-14 * values[0]).sum())) if len(values) and values[0] > 0 else 0
    return np.asarray((right[:rank].conj().T / values[:rank]) @ left[:, :rank].conj().T)


def real_point(
    polynomials: Sequence[Polynomial], n: int, codimension: int, rng: np.random.Generator
) -> FloatArray | None:
    """Return a real point near a random one, a smooth one if possible; None if no start leads to one.

    Newton's method, each step as short as possible.  The inverse of the Jacobian matrix is cut to the rank that it has
    at smooth points; otherwise equations that contradict each other nearby would pull the points to singular ones.
    """
    polynomials = tame(polynomials)
    numeric = NumericPolynomials(polynomials, n)
    singular = None
    for attempt in range(_STARTS):
        point = _newton(numeric, rng.standard_normal(n) * 2.0 ** (attempt % 7 - 2), codimension)
        given = AffinePoint(point, None)
        if not np.isfinite(point).all() or failing_equation(polynomials, given, 1e-12) is not None:
            continue
        if jacobian_rank(polynomials, given, None) >= codimension:
            return point
        singular = point if singular is None else singular
    return singular


def _newton(numeric: NumericPolynomials, point: FloatArray, codimension: int) -> FloatArray:
    """The last point, with NaN if it runs away."""
    for _ in range(_STEPS):
        step = truncated_inverse(numeric.jacobian(point), codimension) @ numeric.values(point)
        point = point - step
        if not np.abs(point).max() <= _FARTHEST:
            return np.full_like(point, np.nan)
        if np.abs(step).max() <= 1e-15 * max(1.0, float(np.abs(point).max())):
            break
    return point
