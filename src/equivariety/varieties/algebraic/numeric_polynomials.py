"""Values and derivatives of polynomials at many points at once, in floating point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from equivariety._typing import AnyArray
from equivariety.varieties.algebraic.polynomial_input import Polynomial

__all__ = ["NumericPolynomials", "as_float", "derivative", "exact_complex_value", "exact_value", "tame"]

#: Polynomials whose largest coefficient is beyond this, or below its inverse, are divided by it before rounding.
_LARGEST_COEFFICIENT = 10**100


def derivative(polynomial: Polynomial, variable: int) -> Polynomial:
    """Return the partial derivative.

    >>> derivative({(3, 1): Fraction(2)}, 0)
    {(2, 1): Fraction(6, 1)}
    """
    return {
        (*e[:variable], e[variable] - 1, *e[variable + 1 :]): e[variable] * c
        for e, c in polynomial.items()
        if e[variable]
    }


def exact_value(polynomial: Polynomial, point: Sequence[Fraction]) -> Fraction:
    """Return the value at a rational point.

    >>> exact_value({(2, 0): Fraction(1), (0, 0): Fraction(1)}, [Fraction(1, 2), Fraction(7)])
    Fraction(5, 4)
    """
    total = Fraction(0)
    for exponents, value in polynomial.items():
        for x, e in zip(point, exponents, strict=True):
            if e:
                value *= x**e
        total += value
    return total


def exact_complex_value(
    polynomial: Polynomial, real: Sequence[Fraction], imaginary: Sequence[Fraction]
) -> tuple[Fraction, Fraction]:
    """Return real and imaginary part of the value at a point with rational parts.

    >>> exact_complex_value({(2,): Fraction(1)}, [Fraction(1)], [Fraction(2)])
    (Fraction(-3, 1), Fraction(4, 1))
    """
    if not any(imaginary):
        return exact_value(polynomial, real), Fraction(0)
    total = Fraction(0), Fraction(0)
    for exponents, value in polynomial.items():
        a, b = value, Fraction(0)
        for x, y, e in zip(real, imaginary, exponents, strict=True):
            for _ in range(e):
                a, b = a * x - b * y, a * y + b * x
        total = total[0] + a, total[1] + b
    return total


def as_float(value: Fraction | float) -> float:
    """Return the nearest float, infinite where there is none.

    >>> as_float(Fraction(1, 4)), as_float(Fraction(-(10**400)))
    (0.25, -inf)
    """
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value > 0 or -1)


def tame(polynomials: Sequence[Polynomial]) -> list[Polynomial]:
    """Return multiples that define the same set, with largest coefficients that floats can hold.

    >>> tame([{(1,): Fraction(10**400), (0,): Fraction(1)}, {(1,): Fraction(7)}])[0][1,], tame([{(1,): Fraction(7)}])
    (Fraction(1, 1), [{(1,): Fraction(7, 1)}])
    """
    out = []
    for one in polynomials:
        largest = max(map(abs, one.values()), default=Fraction(1))
        usual = Fraction(1, _LARGEST_COEFFICIENT) <= largest <= _LARGEST_COEFFICIENT
        out.append(one if usual else {e: c / largest for e, c in one.items()})
    return out


class NumericPolynomials:
    """k polynomials in n variables, as arrays; points are (..., n), real or complex.

    >>> p = NumericPolynomials([{(2, 0): Fraction(1), (0, 1): Fraction(-1)}], 2)
    >>> p.values(np.array([[2.0, 4.0], [1.0, 3.0]])).tolist(), p.jacobian(np.array([2.0, 4.0])).tolist()
    ([[0.0], [-2.0]], [[4.0, -1.0]])
    """

    def __init__(self, polynomials: Sequence[Polynomial], num_variables: int) -> None:
        self._exact = tuple(polynomials)
        self._n = num_variables
        self._values = [self._compiled(one) for one in polynomials]
        self._gradients = [[self._compiled(derivative(one, i)) for i in range(num_variables)] for one in polynomials]

    def _compiled(self, polynomial: Polynomial) -> tuple[AnyArray, AnyArray]:
        exponents = np.array(list(polynomial), dtype=np.int64).reshape(-1, self._n)
        return exponents, np.array([as_float(c) for c in polynomial.values()])

    def values(self, points: AnyArray) -> AnyArray:
        """Return the (..., k) values."""
        return self._stacked([_evaluate(one, points) for one in self._values], points)

    def sizes(self, points: AnyArray) -> AnyArray:
        """Return the (..., k) sums of the absolute values of the terms: rounding is relative to these."""
        sizes = [_evaluate((exponents, np.abs(c)), np.abs(points)) for exponents, c in self._values]
        return self._stacked(sizes, np.abs(points))

    def jacobian(self, points: AnyArray) -> AnyArray:
        """Return the (..., k, n) partial derivatives."""
        rows = [self._stacked([_evaluate(d, points) for d in gradient], points) for gradient in self._gradients]
        return np.stack(rows, axis=-2) if rows else np.zeros((*points.shape[:-1], 0, self._n), dtype=points.dtype)

    def hessians(self, point: AnyArray) -> AnyArray:
        """Return the (k, n, n) second derivatives at one point."""
        out = np.zeros((len(self._exact), self._n, self._n), dtype=np.result_type(point, np.float64))
        for k, one in enumerate(self._exact):
            for i in range(self._n):
                first = derivative(one, i)
                for j in range(i + 1):
                    out[k, i, j] = out[k, j, i] = _evaluate(self._compiled(derivative(first, j)), point)
        return out

    @staticmethod
    def _stacked(columns: list[AnyArray], points: AnyArray) -> AnyArray:
        return np.stack(columns, axis=-1) if columns else np.zeros((*points.shape[:-1], 0), dtype=points.dtype)


def _evaluate(compiled: tuple[AnyArray, AnyArray], points: AnyArray) -> AnyArray:
    exponents, coefficients = compiled
    total = np.zeros(points.shape[:-1], dtype=np.result_type(points, np.float64))
    for powers, c in zip(exponents, coefficients, strict=True):
        term = np.full(points.shape[:-1], c, dtype=total.dtype)
        for i in np.nonzero(powers)[0]:
            term = term * points[..., i] ** int(powers[i])
        total = total + term
    return total
