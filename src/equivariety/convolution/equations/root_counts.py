"""Numbers of real roots of binary forms by the signs of polynomials in their coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from equivariety.errors import invalid
from equivariety.tolerances import REAL_ROOTS_DEGREE
from equivariety.varieties.algebraic.polynomial_input import Polynomial
from equivariety.varieties.algebraic.polynomial_output import from_sympy

__all__ = ["num_real_roots", "root_polynomials"]


@lru_cache(maxsize=16)
def root_polynomials(degree: int) -> tuple[Polynomial, ...]:
    """Return E_1, ..., E_{d - 1}, whose signs count the different real roots of a binary form of degree d.

    They are the elementary symmetric functions of the eigenvalues of the Bezout matrix of the two partial
    derivatives of the form, in its coefficients p_0, ..., p_d of ``x^j y^{d - j}``, divided by the greatest common
    divisor of their coefficients.  That symmetric matrix has rank (different roots) - 1 and signature (different real
    roots) - 1, infinity being a possible root (Hermite's theorem for forms).  E_{d - 1} is the discriminant, and all
    roots are real if and only if no E_i is negative.

    Raises ValueError for degrees beyond ``tolerances.REAL_ROOTS_DEGREE``.

    >>> root_polynomials(2)
    ({(1, 0, 1): Fraction(-4, 1), (0, 2, 0): Fraction(1, 1)},)
    """
    from sympy import ZZ
    from sympy.polys.matrices import DomainMatrix
    from sympy.polys.rings import ring

    if degree > REAL_ROOTS_DEGREE:
        required = f"with forms of degree at most {REAL_ROOTS_DEGREE} for conditions on real roots"
        raise invalid("architecture", required, f"degree {degree}", "use membership(v), which needs no polynomials")
    if degree < 2:
        return ()
    over, *p = ring([f"p{i}" for i in range(degree + 1)], ZZ)
    along_x = [(i + 1) * p[i + 1] for i in range(degree)]
    along_y = [(degree - i) * p[i] for i in range(degree)]
    n = degree - 1
    rows = [[over.zero] * n for _ in range(n)]
    for a in range(degree):
        for b in range(a):
            # (x^a z^b - x^b z^a) / (x - z) is the sum of x^(b + i) z^(a - 1 - i).
            entry = along_y[a] * along_x[b] - along_y[b] * along_x[a]
            for i in range(a - b):
                rows[b + i][a - 1 - i] += entry
    found = DomainMatrix(rows, (n, n), over.to_domain()).charpoly()
    return tuple(from_sympy((c * (-1) ** i).primitive()[1]) for i, c in enumerate(found) if i)


def num_real_roots(signs: Sequence[int | Fraction]) -> int:
    """Return the number of different real roots of a form that is not zero, from E_1, ..., E_{d - 1} or their signs.

    By Descartes' rule, exact for the characteristic polynomial of a symmetric matrix: the positive and the negative
    eigenvalues are as many as it has changes of sign.

    >>> num_real_roots([5]), num_real_roots([-3]), num_real_roots([1, -1])
    (2, 0, 1)
    """
    negative = [1, *signs]
    positive = [(-1) ** i * s for i, s in enumerate(negative)]
    return 1 + _changes(positive) - _changes(negative)


def _changes(values: Sequence[int | Fraction]) -> int:
    kept = [v > 0 for v in values if v]
    return sum(a != b for a, b in pairwise(kept))
