"""A polynomial on a random line, modulo a prime: one variable is left, for which everything is quick."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from equivariety.varieties.algebraic.clock import Clock

__all__ = ["distinct_roots", "is_squarefree", "on_line"]


def on_line(polynomial: Mapping[tuple[int, ...], int], prime: int, rng: np.random.Generator, clock: Clock) -> list[int]:
    """Return f(a + t b) modulo p for random a and b: coefficients of 1, t, .., t^d, d the degree of f.

    >>> on_line({(1, 0): 1, (0, 1): -1}, 7, np.random.default_rng(0), Clock(9.0, ""))
    [2, 2]
    """
    from sympy import ZZ
    from sympy.polys.galoistools import gf_mul

    n = len(next(iter(polynomial)))
    degree = max(map(sum, polynomial))
    powers = [[[ZZ(1)], [ZZ(int(v)) for v in pair]] for pair in rng.integers(1, prime, (n, 2))]
    total = [0] * (degree + 1)
    for exponents, value in polynomial.items():
        clock.check()
        term = [ZZ(value % prime)]
        for known, e in zip(powers, exponents, strict=True):
            while len(known) <= e:
                known.append(gf_mul(known[-1], known[1], prime, ZZ))
            if e:
                term = gf_mul(term, known[e], prime, ZZ)
        for i, c in enumerate(reversed(term)):
            total[i] = (total[i] + int(c)) % prime
    return total


def is_squarefree(line: list[int], prime: int) -> bool:
    """Whether a polynomial in one variable, the constant first, keeps its degree modulo p and has no repeated root.

    >>> is_squarefree([0, 1, 1], 7), is_squarefree([1, 2, 1], 7)
    (True, False)
    """
    from sympy import ZZ
    from sympy.polys.galoistools import gf_sqf_p

    return bool(line[-1]) and bool(gf_sqf_p([ZZ(c) for c in reversed(line)], prime, ZZ))


def distinct_roots(line: list[int], prime: int) -> int:
    """Return how many different roots a polynomial in one variable that is not zero has, the constant first.

    >>> distinct_roots([1, 2, 1], 7)
    1
    """
    from sympy import ZZ
    from sympy.polys.galoistools import gf_sqf_part, gf_strip

    return len(gf_sqf_part(gf_strip([ZZ(c) for c in reversed(line)]), prime, ZZ)) - 1
