"""The Euclidean distance degree: the number of critical points of a general squared distance."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from equivariety.errors import invalid
from equivariety.varieties.algebraic.clock import Clock
from equivariety.varieties.algebraic.critical_equations import critical_equations
from equivariety.varieties.algebraic.groebner_facts import coefficients, integral, scheme_dimension_and_degree
from equivariety.varieties.algebraic.modular_groebner import groebner_modulo
from equivariety.varieties.algebraic.monomial_ideals import dimension_and_degree
from equivariety.varieties.algebraic.polynomial_input import Polynomial
from equivariety.varieties.algebraic.rational_reconstruction import agreed

__all__ = ["distance_degree"]


def distance_degree(
    polynomials: Sequence[Polynomial], codimension: int, weights: Sequence[Fraction], clock: Clock
) -> int:
    """Return the number of critical points for general data, as the product over groups of connected variables.

    Args:
        polynomials: generators of an ideal that is radical at general points.
        codimension: of the components of largest dimension, which alone are counted.
        weights: n positive numbers.
        clock: raises BudgetError when its time is over.

    >>> from equivariety.varieties.algebraic.clock import Clock
    >>> circle = {(2, 0): Fraction(1), (0, 2): Fraction(1), (0, 0): Fraction(-1)}
    >>> [distance_degree([circle], 1, [Fraction(1), Fraction(w)], Clock(9.0, "")) for w in (1, 4)]
    [2, 4]
    """
    total = 1
    groups = _connected(polynomials, len(weights))
    for places, part in groups:
        own = codimension
        if len(groups) > 1:
            own = len(places) - scheme_dimension_and_degree(part, len(places), clock)[0]
        total *= _of_factor(part, own, [weights[i] for i in places], clock)
    return total


def _connected(polynomials: Sequence[Polynomial], n: int) -> list[tuple[list[int], list[Polynomial]]]:
    """Groups of variables that occur together, with the polynomials in them; others are left out."""
    groups: list[set[int]] = []
    for one in polynomials:
        merged = {i for e in one for i in range(n) if e[i]}
        touching = [group for group in groups if group & merged]
        groups = [group for group in groups if not group & merged] + ([merged.union(*touching)] if merged else [])
    out = []
    for group in map(sorted, groups):
        own = [one for one in polynomials if any(e[i] for e in one for i in group)]
        out.append((group, [{tuple(e[i] for i in group): v for e, v in one.items()} for one in own]))
    return out


def _of_factor(polynomials: Sequence[Polynomial], codimension: int, weights: Sequence[Fraction], clock: Clock) -> int:
    def compute(prime: int) -> int | None:
        rng = np.random.default_rng(prime)
        data = [Fraction(int(v)) for v in rng.integers(1, prime, len(weights))]
        system, size = critical_equations(polynomials, codimension, data, weights, rng)
        basis = groebner_modulo([integral(one) for one in system], size, prime, clock)
        dim, degree = dimension_and_degree(basis.leads, clock)
        return degree if dim <= 0 else None

    numbers = [*coefficients(map(integral, polynomials)), *(v for w in weights for v in w.as_integer_ratio())]
    found = agreed(compute, numbers)
    if found is None:
        fix = "give generators of the radical ideal, or one component at a time"
        raise invalid("polynomials", "with finitely many critical points", "infinitely many for general data", fix)
    return found
