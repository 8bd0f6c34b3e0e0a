"""The solutions of a system with finitely many, from one univariate polynomial with rational coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, read_only
from equivariety.errors import invalid
from equivariety.varieties.algebraic.clock import Clock
from equivariety.varieties.algebraic.ideals import integral
from equivariety.varieties.algebraic.modular_groebner import groebner_modulo
from equivariety.varieties.algebraic.monomial_ideals import dimension_and_degree
from equivariety.varieties.algebraic.polynomial_input import Polynomial
from equivariety.varieties.algebraic.quotient_algebra import QuotientAlgebra
from equivariety.varieties.algebraic.rational_reconstruction import agreed, rational_numbers

__all__ = ["Solutions", "all_points", "solutions"]

_DIGITS = 40


@dataclass(frozen=True, eq=False)
class Solutions:
    """All complex solutions of a system.

    Attributes:
        dimension: -1 for none, 0 for finitely many, otherwise the dimension of the set, which is not listed.
        points: (N, n) complex, real ones first.
        num_real: how many of them are real, by Sturm's theorem.
    """

    dimension: int
    points: AnyArray
    num_real: int


def solutions(polynomials: Sequence[Polynomial], n: int, wanted: int, clock: Clock) -> Solutions:
    """Return the first ``wanted`` coordinates of all different solutions of equations in n variables.

    A rational univariate representation over Q, reconstructed from primes; the real roots are counted
    exactly, and all roots found to 40 digits.

    >>> from equivariety.varieties.algebraic.clock import Clock
    >>> found = solutions([{(2,): Fraction(1), (0,): Fraction(-2)}], 1, 1, Clock(9.0, ""))
    >>> found.num_real, found.points.real.round(6).tolist()
    (2, [[-1.414214], [1.414214]])
    """
    system = [integral(one) for one in polynomials]
    dim = agreed(lambda prime: dimension_and_degree(groebner_modulo(system, n, prime, clock).leads)[0])
    if dim != 0:
        return Solutions(dim, np.zeros((0, wanted), dtype=complex), 0)
    weights = _separating_weights(system, n, wanted, clock)

    def compute(prime: int) -> tuple[int, list[int]]:
        f, coordinates = QuotientAlgebra(groebner_modulo(system, n, prime, clock)).univariate(weights)
        kept = [f[1:], *coordinates[: wanted + 1]]
        return len(f) - 1, [c for one in kept for c in one]

    degree, numbers = rational_numbers(compute, clock)
    rows = [numbers[i * degree : (i + 1) * degree] for i in range(wanted + 2)]
    return _evaluated([Fraction(1), *rows[0]], rows[1], rows[2:])


def all_points(polynomials: Sequence[Polynomial], n: int, clock: Clock) -> tuple[AnyArray, ...]:
    """Return all solutions, real ones as (n,) float64 before complex ones; ValueError if they are infinitely many.

    >>> from equivariety.varieties.algebraic.clock import Clock
    >>> all_points([{(1,): Fraction(2), (0,): Fraction(-1)}], 1, Clock(9.0, ""))
    (array([0.5]),)
    """
    found = solutions(polynomials, n, n, clock)
    if found.dimension > 0:
        fix = "intersect it with further equations, or use sample(rng)"
        raise invalid("the variety", "of dimension 0", f"dimension {found.dimension}", fix)
    reals = [read_only(one.real.copy()) for one in found.points[: found.num_real]]
    return (*reals, *map(read_only, found.points[found.num_real :]))


def _separating_weights(system: list[dict[tuple[int, ...], int]], n: int, wanted: int, clock: Clock) -> AnyArray:
    """Small integers such that the sum of weights times coordinates has a different value at each solution."""

    def compute(prime: int) -> tuple[int, ...]:
        algebra = QuotientAlgebra(groebner_modulo(system, n, prime, clock))
        rng = np.random.default_rng(7)
        general = np.zeros(n, dtype=np.int64)
        general[:wanted] = rng.integers(1, prime, wanted)
        points = algebra.num_values(general)
        size = 2
        while True:
            clock.check()
            trial = np.zeros(n, dtype=np.int64)
            trial[:wanted] = rng.integers(-size, size + 1, wanted)
            if algebra.num_values(trial) == points:
                return tuple(int(v) for v in trial)
            size *= 2

    return np.array(agreed(compute))


def _evaluated(f: list[Fraction], bottom: list[Fraction], tops: list[list[Fraction]]) -> Solutions:
    import mpmath
    import sympy

    t = sympy.Symbol("t")
    poly = sympy.Poly([sympy.Rational(c.numerator, c.denominator) for c in f], t, domain=sympy.QQ)
    num_real = int(poly.count_roots())
    with mpmath.workdps(_DIGITS):
        roots = [mpmath.mpmathify(root) for root in poly.nroots(n=_DIGITS, maxsteps=500)]
        roots.sort(key=lambda root: abs(mpmath.im(root)))
        roots = [mpmath.re(root) for root in roots[:num_real]] + roots[num_real:]

        def value(coefficients: list[Fraction], root: Any) -> Any:
            return mpmath.polyval([mpmath.mpf(c.numerator) / c.denominator for c in coefficients], root)

        points = [[_rounded(value(top, root) / value(bottom, root)) for top in tops] for root in roots]
    return Solutions(0, np.array(points, dtype=complex).reshape(len(points), len(tops)), num_real)


def _rounded(value: Any) -> complex:
    """A complex number whose parts are zero where they are nothing but rounding at 40 digits."""
    out = complex(value)
    floor = 1e-25 * max(1.0, abs(out))
    return complex(out.real if abs(out.real) > floor else 0.0, out.imag if abs(out.imag) > floor else 0.0)
