"""The solutions of a system with finitely many, from one univariate polynomial with rational coefficients."""

from __future__ import annotations

import cmath
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, read_only
from equivariety.errors import invalid
from equivariety.varieties.algebraic.clock import Clock
from equivariety.varieties.algebraic.groebner_facts import coefficients, integral
from equivariety.varieties.algebraic.modular_groebner import groebner_modulo
from equivariety.varieties.algebraic.monomial_ideals import dimension_and_degree
from equivariety.varieties.algebraic.polynomial_input import Polynomial
from equivariety.varieties.algebraic.quotient_algebra import QuotientAlgebra
from equivariety.varieties.algebraic.rational_reconstruction import agreed, rational_numbers

__all__ = ["Solutions", "all_points", "real_root_count", "solutions"]

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
    numbers = coefficients(system)
    dim = agreed(lambda prime: dimension_and_degree(groebner_modulo(system, n, prime, clock).leads, clock)[0], numbers)
    if dim != 0:
        return Solutions(dim, np.zeros((0, wanted), dtype=complex), 0)
    weights = _separating_weights(system, n, wanted, clock)

    def compute(prime: int) -> tuple[int, list[int]]:
        f, coordinates = QuotientAlgebra(groebner_modulo(system, n, prime, clock), clock).univariate(weights)
        kept = [f[1:], *coordinates[: wanted + 1]]
        return len(f) - 1, [c for one in kept for c in one]

    degree, values = rational_numbers(compute, numbers, clock)
    rows = [values[i * degree : (i + 1) * degree] for i in range(wanted + 2)]
    return _evaluated([Fraction(1), *rows[0]], rows[1], rows[2:], clock)


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
        algebra = QuotientAlgebra(groebner_modulo(system, n, prime, clock), clock)
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

    return np.array(agreed(compute, coefficients(system)))


def _evaluated(f: list[Fraction], bottom: list[Fraction], tops: list[list[Fraction]], clock: Clock) -> Solutions:
    import mpmath

    scale = lcm(*(c.denominator for c in f))
    num_real = real_root_count([int(c * scale) for c in f], clock)
    with mpmath.workdps(_DIGITS):
        roots = _roots(f, num_real)

        def value(coefficients: list[Fraction], root: Any) -> Any:
            return mpmath.polyval([mpmath.mpf(c.numerator) / c.denominator for c in coefficients], root)

        points = [[_rounded(value(top, root) / value(bottom, root)) for top in tops] for root in roots]
    return Solutions(0, np.array(points, dtype=complex).reshape(len(points), len(tops)), num_real)


def _roots(f: list[Fraction], num_real: int) -> list[Any]:
    """All roots to 40 digits, ascending real ones first; the eigenvalues of NumPy's companion matrix are the start."""
    import mpmath
    from mpmath.libmp import NoConvergence

    start = None
    with suppress(OverflowError, np.linalg.LinAlgError):
        start = [mpmath.mpc(complex(root)) for root in np.roots([float(c) for c in f])]
    exact = [mpmath.mpf(c.numerator) / c.denominator for c in f]
    try:
        found = mpmath.polyroots(exact, maxsteps=500, cleanup=False, extraprec=10 * len(f), roots_init=start)
    except NoConvergence as problem:
        raise _out_of_range("roots on which the iteration does not settle") from problem
    found.sort(key=lambda root: abs(mpmath.im(root)))
    rest = sorted(found[num_real:], key=lambda root: _by_size(_rounded(root)))
    return [*sorted(map(mpmath.re, found[:num_real])), *rest]


def _by_size(root: complex) -> tuple[float, float, bool]:
    return abs(root.imag), root.real, root.imag > 0


def real_root_count(coefficients: list[int], clock: Clock) -> int:
    """Return how many real roots a squarefree polynomial has, by Sturm's sequence in integers; highest degree first.

    >>> real_root_count([1, 0, -2], Clock(9.0, "")), real_root_count([1, 0, 2], Clock(9.0, ""))
    (2, 0)
    """
    from sympy import ZZ
    from sympy.polys.densearith import dup_neg, dup_prem
    from sympy.polys.densetools import dup_diff, dup_primitive

    a = [ZZ(c) for c in coefficients]
    sequence = [a, dup_diff(a, 1, ZZ)]
    while sequence[-1]:
        clock.check()
        a, b = sequence[-2:]
        # The pseudo-remainder is that of a multiple of a by lead(b)^(deg a - deg b + 1), which may be negative.
        rest = dup_prem(a, b, ZZ)
        if b[0] > 0 or (len(a) - len(b)) % 2:
            rest = dup_neg(rest, ZZ)
        sequence.append(dup_primitive(rest, ZZ)[1])
    leads = [(int(one[0] > 0), len(one)) for one in sequence if one]
    above = [sign for sign, _ in leads]
    below = [(sign + size + 1) % 2 for sign, size in leads]
    return sum(x != y for x, y in pairwise(below)) - sum(x != y for x, y in pairwise(above))


def _rounded(value: Any) -> complex:
    """A complex number whose parts are zero where they are nothing but rounding at 40 digits."""
    out = complex(value)
    if not cmath.isfinite(out):
        raise _out_of_range("numbers beyond 1.8e308")
    floor = 1e-25 * max(1.0, abs(out))
    return complex(out.real if abs(out.real) > floor else 0.0, out.imag if abs(out.imag) > floor else 0.0)


def _out_of_range(got: str) -> ValueError:
    fix = "scale the variables, so that coordinates and coefficients come nearer to 1"
    return invalid("the solutions", "of a size that floats hold", got, fix)
