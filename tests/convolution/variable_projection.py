"""All critical points of two layers of which one has two weights, as the roots of one polynomial over Q.

For the filter (1, a) the best other filter is ``A(a)^-1 c(a)``, the solution of linear equations; what is left is the
rational function ``-c' A^-1 c`` of a, whose derivative has the critical points as its zeros.
"""

from __future__ import annotations

from fractions import Fraction

import sympy

__all__ = ["critical_losses", "critical_polynomial"]

A = sympy.Symbol("a")


def critical_polynomial(sigma, cross, maps):
    """A polynomial of a over Q whose roots are the critical points at which the best other filter is unique."""
    return _critical(sigma, cross, maps)[0]


def critical_losses(sigma, cross, maps, digits=30):
    """The values ``v' sigma v - 2 cross' v`` at all these critical points, complex numbers."""
    polynomial, top, bottom = _critical(sigma, cross, maps)
    return [complex(-(top.eval(r) / bottom.eval(r)).evalf(digits)) for r in polynomial.nroots(n=digits, maxsteps=500)]


def _critical(sigma, cross, maps):
    sigma, cross = rational(sigma), rational([[x] for x in cross])
    m = rational(maps[0]) + A * rational(maps[1])
    matrix, vector = (m.T * sigma * m).applyfunc(sympy.expand), (m.T * cross).applyfunc(sympy.expand)
    whole = sympy.Poly(matrix.det(method="berkowitz"), A)
    top = sympy.Poly((vector.T * matrix.adjugate() * vector)[0, 0], A)
    common = top.gcd(whole)
    top, bottom = top.exquo(common), whole.exquo(common)
    numerator = top.diff(A) * bottom - top * bottom.diff(A)
    while (shared := numerator.gcd(whole)).degree() > 0:
        numerator = numerator.exquo(shared)
    assert numerator.is_sqf
    return numerator, top, bottom


def rational(rows):
    return sympy.Matrix([[sympy.Rational(Fraction(x).numerator, Fraction(x).denominator) for x in row] for row in rows])
