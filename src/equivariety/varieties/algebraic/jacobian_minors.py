"""The minors of the Jacobian matrix of polynomials, exact; all of them, or random combinations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations
from math import comb
from typing import Any

import numpy as np

from equivariety.tolerances import MAX_MINORS
from equivariety.varieties.algebraic.clock import Clock
from equivariety.varieties.algebraic.numeric_polynomials import derivative
from equivariety.varieties.algebraic.polynomial_input import Polynomial
from equivariety.varieties.algebraic.polynomial_output import from_sympy

__all__ = ["jacobian_minors", "random_minor"]


def jacobian_minors(polynomials: Sequence[Polynomial], n: int, size: int, dim: int, clock: Clock) -> list[Polynomial]:
    """Return polynomials that vanish, on a variety of dimension ``dim``, where the Jacobian matrix J has rank < size.

    All minors that are not zero, each once up to a factor; beyond ``tolerances.MAX_MINORS`` of them ``dim + 1`` random
    combinations: on a subset of dimension d that J's rank does not bound, each lowers d by one.

    >>> from fractions import Fraction
    >>> from equivariety.varieties.algebraic.clock import Clock
    >>> jacobian_minors([{(2, 0): Fraction(1), (0, 3): Fraction(1)}], 2, 1, 1, Clock(9.0, ""))
    [{(1, 0): Fraction(1, 1)}, {(0, 2): Fraction(1, 1)}]
    """
    k = len(polynomials)
    if comb(k, size) * comb(n, size) > MAX_MINORS:
        rng = np.random.default_rng(0)
        return [random_minor(polynomials, n, size, rng, clock) for _ in range(dim + 1)]
    matrix, one = _jacobian(polynomials, n)
    determinant = _determinants(matrix, one, clock)
    found: dict[Any, None] = {}
    for rows in combinations(range(k), size):
        for columns in combinations(range(n), size):
            value = determinant(rows, columns)
            if value:
                found[value.monic()] = None
    return [from_sympy(value) for value in found]


def random_minor(
    polynomials: Sequence[Polynomial], n: int, size: int, rng: np.random.Generator, clock: Clock
) -> Polynomial:
    """Return det(A J B) for random integer matrices A and B: a combination of all minors, by Cauchy and Binet.

    >>> from fractions import Fraction
    >>> from equivariety.varieties.algebraic.clock import Clock
    >>> found = random_minor([{(2, 0): Fraction(1)}], 2, 1, np.random.default_rng(0), Clock(9.0, ""))
    >>> list(found)
    [(1, 0)]
    """
    matrix, one = _jacobian(polynomials, n)
    left = rng.integers(1, 20, (size, len(polynomials))).tolist()
    right = rng.integers(1, 20, (n, size)).tolist()
    wide = [
        [sum((a * row[j] for a, row in zip(line, matrix, strict=True)), 0 * one) for j in range(n)] for line in left
    ]
    square = [[sum((row[j] * right[j][k] for j in range(n)), 0 * one) for k in range(size)] for row in wide]
    places = tuple(range(size))
    return from_sympy(_determinants(square, one, clock)(places, places))


def _jacobian(polynomials: Sequence[Polynomial], n: int) -> tuple[list[list[Any]], Any]:
    """The entries as elements of a ring of SymPy, and its 1."""
    from sympy import QQ, ring

    over, *_ = ring([f"x{i}" for i in range(n)], QQ)

    def element(polynomial: Polynomial) -> Any:
        return over.from_dict({e: QQ(v.numerator, v.denominator) for e, v in polynomial.items()})

    return [[element(derivative(one, i)) for i in range(n)] for one in polynomials], over(1)


def _determinants(matrix: list[list[Any]], one: Any, clock: Clock) -> Any:
    """A function of rows and columns, by expansion along the first row; common minors are computed once."""

    @cache
    def determinant(rows: tuple[int, ...], columns: tuple[int, ...]) -> Any:
        clock.check()
        if not rows:
            return one
        total = 0 * one
        for k, column in enumerate(columns):
            entry = matrix[rows[0]][column]
            if entry:
                total += (-1) ** k * entry * determinant(rows[1:], columns[:k] + columns[k + 1 :])
        return total

    return determinant
