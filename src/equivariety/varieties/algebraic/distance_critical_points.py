"""The critical points of the squared distance from a point to a variety."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from equivariety._typing import AnyArray, FloatArray, read_only
from equivariety.errors import NonGenericDataError, brief, invalid
from equivariety.tolerances import point_tolerance
from equivariety.varieties.algebraic.affine_points import AffinePoint, jacobian_rank
from equivariety.varieties.algebraic.clock import Clock
from equivariety.varieties.algebraic.critical_equations import critical_equations
from equivariety.varieties.algebraic.jacobian_minors import random_minor
from equivariety.varieties.algebraic.numeric_polynomials import NumericPolynomials, tame
from equivariety.varieties.algebraic.polynomial_input import Polynomial
from equivariety.varieties.algebraic.real_samples import truncated_inverse
from equivariety.varieties.algebraic.univariate_roots import Solutions, solutions

__all__ = ["DistanceCriticalPoint", "distance_critical_points"]

#: Coordinates of the data are rounded to this many binary digits for the exact part, and followed by Newton's method.
_DATA_BITS = 20

#: Beyond this, floats do not hold the critical points.
_FARTHEST = 1e300


@dataclass(frozen=True, eq=False)
class DistanceCriticalPoint:
    """A critical point of the weighted squared distance to a given point, on the smooth part of a variety.

    Attributes:
        point: (n,) coordinates, float64 if they are real and complex128 otherwise, read-only.
        squared_distance: ``sum(weights * (point - u)**2)``, complex for complex points; infinite where floats end.
        is_real: whether all coordinates are real, decided exactly.
        index: Morse index, the number of negative eigenvalues of the Hessian on the variety; None for complex points.

    >>> import equivariety as ev
    >>> near, far = ev.AlgebraicVariety("x^2 + y^2 - 1").critical_points([2, 0])
    >>> near.point.round(9).tolist(), near.index, far.point.round(9).tolist(), far.index
    ([1.0, 0.0], 0, [-1.0, 0.0], 1)
    """

    point: AnyArray
    squared_distance: float | complex
    is_real: bool
    index: int | None

    def __repr__(self) -> str:
        shown = ", ".join(f"{x:.6g}" for x in self.point)
        return f"DistanceCriticalPoint(({shown}), squared_distance={self.squared_distance:.6g}, index={self.index})"


def distance_critical_points(
    polynomials: Sequence[Polynomial],
    codimension: int,
    data: AffinePoint,
    weights: Sequence[Fraction],
    clock: Clock,
) -> tuple[DistanceCriticalPoint, ...]:
    """Return all critical points at which the Jacobian matrix has rank ``codimension``, real ones first, nearest first.

    Raises NonGenericDataError if there are infinitely many, and BudgetError.
    """
    if not np.abs(data.values).max(initial=0.0) <= _FARTHEST:
        raise invalid("u", f"of size at most {_FARTHEST:g}", brief(data.values.tolist()), "scale the coordinates")
    exact = _rational(data)
    polynomials = tame(polynomials)
    found = _smooth_solutions(polynomials, codimension, exact, weights, clock)
    numeric = NumericPolynomials(polynomials, len(exact))
    scaled = np.array([float(w) for w in weights])
    out = []
    for i, start in enumerate(found.points):
        real = i < found.num_real
        with np.errstate(over="ignore", invalid="ignore"):  # far data: the start is kept, distances become infinite
            point = _polished(numeric, codimension, start.real if real else start, data.values, scaled)
            squared = (scaled * (point - data.values) ** 2).sum().item()
        if jacobian_rank(polynomials, AffinePoint(point, None), None) < codimension:
            continue
        index = _morse_index(numeric, codimension, point, data.values, scaled) if real else None
        out.append(DistanceCriticalPoint(read_only(point), squared, real, index))
    return tuple(sorted(out, key=lambda one: _order(one, data.values, scaled)))


def _order(one: DistanceCriticalPoint, data: FloatArray, weights: FloatArray) -> tuple[bool, float, float, float]:
    """Real ones first, then by distance; where rounding makes far data as far from all, by what points add to it."""
    scale = max(1.0, float(np.abs(data).max(initial=0.0)))
    with np.errstate(over="ignore", invalid="ignore"):
        added = complex((weights * one.point * (one.point / scale - 2 * (data / scale))).sum()).real
    # Comparisons with NaN would have no order.
    squared, imaginary = (
        x if math.isfinite(x) else math.inf for x in (one.squared_distance.real, one.squared_distance.imag)
    )
    return not one.is_real, squared, added if math.isfinite(added) else math.inf, imaginary


def _rational(data: AffinePoint) -> tuple[Fraction, ...]:
    if data.exact is not None:
        return data.exact
    scale = 2.0 ** (np.frexp(np.abs(data.values).max(initial=0.0))[1] - _DATA_BITS)
    return tuple(Fraction(round(float(x) / scale)) * Fraction(scale) for x in data.values)


def _smooth_solutions(
    polynomials: Sequence[Polynomial],
    codimension: int,
    data: tuple[Fraction, ...],
    weights: Sequence[Fraction],
    clock: Clock,
) -> Solutions:
    """Solve the critical equations; where singular points make them infinite, without those."""
    n = len(data)
    rng = np.random.default_rng(0)
    system, size = critical_equations(polynomials, codimension, data, weights, rng)
    found = solutions(system, size, n, clock)
    if found.dimension <= 0:
        return found
    minor = random_minor(polynomials, n, codimension, rng, clock)
    smooth: Polynomial = {(*e, *(0,) * (size - n), 1): v for e, v in minor.items()}
    smooth[(0,) * (size + 1)] = Fraction(-1)
    found = solutions([*({(*e, 0): v for e, v in one.items()} for one in system), smooth], size + 1, n, clock)
    if found.dimension <= 0:
        return found
    raise NonGenericDataError(
        "u must be general enough for finitely many critical points; got infinitely many, a set of complex dimension "
        f"{found.dimension}. Fix: move u a little, or ask for ed_degree, the number for general u.",
        found.dimension,
    )


def _polished(
    numeric: NumericPolynomials, codimension: int, point: AnyArray, data: FloatArray, weights: FloatArray
) -> AnyArray:
    """Newton's method for the critical equations, multipliers by least squares; the start if it does not help."""
    n = len(point)
    best, least = point, np.inf
    current = point
    for _ in range(20):
        jacobian = numeric.jacobian(current)
        multipliers = truncated_inverse(jacobian.T, codimension) @ (weights * (current - data))
        residual = np.concatenate([numeric.values(current), weights * (current - data) - jacobian.T @ multipliers])
        size = float(np.abs(residual).max(initial=0.0))
        if not size < least:
            break
        best, least = current, size
        curved = np.diag(weights) - np.tensordot(multipliers, numeric.hessians(current), axes=1)
        k = len(jacobian)
        matrix = np.block([[jacobian, np.zeros((k, k))], [curved, -jacobian.T]])
        step = truncated_inverse(matrix, n + codimension) @ residual
        current = current - step[:n]
    return best


def _morse_index(
    numeric: NumericPolynomials, codimension: int, point: FloatArray, data: FloatArray, weights: FloatArray
) -> int:
    jacobian = numeric.jacobian(point)
    multipliers = truncated_inverse(jacobian.T, codimension) @ (weights * (point - data))
    hessian = np.diag(weights) - np.tensordot(multipliers, numeric.hessians(point), axes=1)
    tangent = np.linalg.svd(jacobian)[2][codimension:]
    values = np.linalg.eigvalsh(tangent @ hessian @ tangent.T)
    return int((values < -point_tolerance(np.float64) * max(1.0, float(np.abs(hessian).max()))).sum())
