"""Removal of repeated factors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equivariety.varieties.algebraic.ideals import integral
from equivariety.varieties.algebraic.polynomial_input import Polynomial
from equivariety.varieties.algebraic.polynomial_output import from_sympy, to_sympy

__all__ = ["squarefree_part"]

_PRIME = 2**31 - 1


def squarefree_part(polynomial: Polynomial, names: Sequence[str]) -> Polynomial:
    """Return the product of the different irreducible factors of a polynomial that is not zero.

    >>> from fractions import Fraction
    >>> square = {(2, 0): Fraction(1), (1, 1): Fraction(-2), (0, 2): Fraction(1)}
    >>> squarefree_part(square, ("x", "y"))
    {(1, 0): Fraction(1, 1), (0, 1): Fraction(-1, 1)}
    """
    if _is_squarefree_on_a_line(polynomial):
        return polynomial
    return from_sympy(to_sympy(polynomial, names).sqf_part())


def _is_squarefree_on_a_line(polynomial: Polynomial) -> bool:
    """A quick proof, modulo a prime: a repeated factor would show on every line that keeps the degree."""
    from sympy import ZZ
    from sympy.polys.galoistools import gf_mul, gf_pow, gf_sqf_p, gf_strip

    n = len(next(iter(polynomial)))
    rng = np.random.default_rng(0)
    line = [[ZZ(int(v)) for v in pair] for pair in rng.integers(1, _PRIME, (n, 2))]
    degree = max(sum(e) for e in polynomial)
    if degree <= 1:
        return True
    total = [ZZ(0)] * (degree + 1)
    for exponents, value in integral(polynomial).items():
        term = [ZZ(value % _PRIME)]
        for form, e in zip(line, exponents, strict=True):
            if e:
                term = gf_mul(term, gf_pow(form, e, _PRIME, ZZ), _PRIME, ZZ)
        for i, c in enumerate(reversed(term)):
            total[degree - i] = (total[degree - i] + c) % _PRIME
    return bool(total[0]) and bool(gf_sqf_p(gf_strip(total), _PRIME, ZZ))
