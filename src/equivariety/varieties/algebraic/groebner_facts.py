"""Questions about an ideal with rational generators, answered modulo large primes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from equivariety.varieties.algebraic.clock import Clock
from equivariety.varieties.algebraic.line_restriction import distinct_roots, on_line
from equivariety.varieties.algebraic.modular_groebner import ModularBasis, groebner_modulo
from equivariety.varieties.algebraic.monomial_ideals import dimension_and_degree
from equivariety.varieties.algebraic.polynomial_input import Polynomial
from equivariety.varieties.algebraic.quotient_algebra import QuotientAlgebra
from equivariety.varieties.algebraic.rational_reconstruction import agreed, rational_numbers

__all__ = [
    "coefficients",
    "elimination_basis",
    "integral",
    "saturation",
    "scheme_dimension_and_degree",
    "set_degree",
]

_Integral = dict[tuple[int, ...], int]


def integral(polynomial: Polynomial) -> _Integral:
    """Return the multiple with coprime integer coefficients.

    >>> integral({(1,): Fraction(2, 3), (0,): Fraction(4)})
    {(1,): 1, (0,): 6}
    """
    scale = lcm(*(v.denominator for v in polynomial.values()))
    common = gcd(*(int(v * scale) for v in polynomial.values())) or 1
    return {e: int(v * scale) // common for e, v in polynomial.items()}


def coefficients(system: Iterable[Mapping[tuple[int, ...], int]]) -> list[int]:
    """Return all coefficients: primes that divide one of them would answer questions about another system.

    >>> coefficients([{(1,): 1, (0,): 6}])
    [1, 6]
    """
    return [value for one in system for value in one.values()]


def scheme_dimension_and_degree(polynomials: Iterable[Polynomial], n: int, clock: Clock) -> tuple[int, int]:
    """Return dimension and degree of the scheme that polynomials in n variables define; (-1, 0) if it is empty.

    The degree is that of the projective closure, of its part of largest dimension, with multiplicities.

    >>> from equivariety.varieties.algebraic.clock import Clock
    >>> scheme_dimension_and_degree([{(2, 0): Fraction(1)}], 2, Clock(9.0, ""))
    (1, 2)
    """
    system = [integral(one) for one in polynomials]

    def compute(prime: int) -> tuple[int, int]:
        return dimension_and_degree(groebner_modulo(system, n, prime, clock).leads, clock)

    return agreed(compute, coefficients(system))


def set_degree(polynomials: Iterable[Polynomial], n: int, dim: int, clock: Clock) -> int:
    """Return the number of different points on a general affine subspace of codimension ``dim``.

    >>> from equivariety.varieties.algebraic.clock import Clock
    >>> set_degree([{(2, 0): Fraction(1)}], 2, 1, Clock(9.0, ""))
    1
    """
    system = [one for one in map(integral, polynomials) if one]

    def compute(prime: int) -> int:
        rng = np.random.default_rng(prime)
        if len(system) == 1:
            return distinct_roots(on_line(system[0], prime, rng, clock), prime)
        slices = [_affine(rng.integers(1, prime, n + 1).tolist()) for _ in range(dim)]
        basis = groebner_modulo([*system, *slices], n, prime, clock)
        return QuotientAlgebra(basis, clock).num_values(rng.integers(1, prime, n))

    return agreed(compute, coefficients(system))


def elimination_basis(
    polynomials: Iterable[Polynomial], n: int, clock: Clock, *, eliminated: int = 0
) -> tuple[Polynomial, ...]:
    """Return the reduced Groebner basis over Q, without its elements in which the first ``eliminated`` variables occur.

    Computed modulo as many primes as its coefficients need.

    >>> from equivariety.varieties.algebraic.clock import Clock
    >>> circle, line = {(2, 0): 1, (0, 2): 1, (0, 0): -1}, {(1, 0): 3, (0, 1): -4}
    >>> elimination_basis([circle, line], 2, Clock(9.0, ""), eliminated=1)
    ({(0, 2): Fraction(1, 1), (0, 0): Fraction(-9, 25)},)
    """
    system = [integral({e: Fraction(v) for e, v in one.items()}) for one in polynomials]

    def kept(basis: ModularBasis) -> list[_Integral]:
        return [p for p, lead in zip(basis.polynomials, basis.leads, strict=True) if not lead[:eliminated].any()]

    def compute(prime: int) -> tuple[tuple[tuple[tuple[int, ...], ...], ...], list[int]]:
        rows = kept(groebner_modulo(system, n, prime, clock, eliminated=eliminated))
        return tuple(tuple(row) for row in rows), [c for row in rows for c in row.values()]

    shape, numbers = rational_numbers(compute, coefficients(system), clock)
    values = iter(numbers)
    return tuple({e: next(values) for e in row} for row in shape)


def saturation(
    polynomials: Iterable[Polynomial], others: Iterable[Polynomial], n: int, clock: Clock
) -> tuple[Polynomial, ...]:
    """Return the reduced Groebner basis of the ideal of V(polynomials) without V(others), closed again.

    Saturates by a random combination g of the others: t is eliminated from the equations and t g = 1.

    >>> from equivariety.varieties.algebraic.clock import Clock
    >>> x, y, xy = ({e: Fraction(1)} for e in ((1, 0), (0, 1), (1, 1)))
    >>> saturation([xy], [x], 2, Clock(9.0, "")) == (y,)
    True
    """
    rng = np.random.default_rng(0)
    last: Polynomial = {(0,) * (n + 1): Fraction(-1)}
    for one in others:
        factor = int(rng.integers(1, 1000))
        for e, v in one.items():
            last[1, *e] = last.get((1, *e), Fraction(0)) + factor * v
    system = [*({(0, *e): v for e, v in one.items()} for one in polynomials), {e: v for e, v in last.items() if v}]
    return tuple({e[1:]: v for e, v in one.items()} for one in elimination_basis(system, n + 1, clock, eliminated=1))


def _affine(coefficients: Sequence[int]) -> _Integral:
    """The affine form with these coefficients, the constant one last."""
    n = len(coefficients) - 1
    return {tuple(int(i == j) for j in range(n)): int(c) for i, c in enumerate(coefficients)}
