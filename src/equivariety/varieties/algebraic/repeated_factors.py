"""Removal of repeated factors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equivariety.tolerances import GROEBNER_SECONDS
from equivariety.varieties.algebraic.clock import Clock
from equivariety.varieties.algebraic.groebner_facts import integral
from equivariety.varieties.algebraic.line_restriction import is_squarefree, on_line
from equivariety.varieties.algebraic.polynomial_input import Polynomial
from equivariety.varieties.algebraic.polynomial_output import from_sympy, to_sympy

__all__ = ["squarefree_part"]

_PRIME = 2**31 - 1

#: Largest number of terms times the square of the number of variables for which a common divisor takes about a second.
_LARGEST_SIZE = 20_000


def squarefree_part(polynomial: Polynomial, names: Sequence[str], clock: Clock | None = None) -> Polynomial:
    """Return the product of the different irreducible factors of a polynomial that is not zero.

    Where SymPy would take longer than anyone waits, in many variables, the polynomial itself is returned: it defines
    the same set.

    >>> from fractions import Fraction
    >>> square = {(2, 0): Fraction(1), (1, 1): Fraction(-2), (0, 2): Fraction(1)}
    >>> squarefree_part(square, ("x", "y"))
    {(1, 0): Fraction(1, 1), (0, 1): Fraction(-1, 1)}
    """
    clock = clock or Clock(GROEBNER_SECONDS, "the removal of repeated factors")
    # A proof: over the rational numbers a repeated factor would show on every line that keeps the degree.
    line = on_line(integral(polynomial), _PRIME, np.random.default_rng(0), clock)
    if len(line) <= 2 or is_squarefree(line, _PRIME):
        return polynomial
    occurring = sum(any(e[i] for e in polynomial) for i in range(len(names)))
    if len(polynomial) * occurring**2 > _LARGEST_SIZE:
        return polynomial
    return from_sympy(to_sympy(polynomial, names).sqf_part())
