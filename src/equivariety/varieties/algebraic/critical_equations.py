"""The equations of the critical points of a weighted squared distance, with Lagrange multipliers.

x is critical if W (x - u) = J(x)^T l for multipliers l_1..l_k, one for each of the k equations.  At a smooth point,
where J has rank c, the l form an affine space of dimension k - c, which k - c random affine equations cut in one point.
At singular points the rank is smaller; u being general, none of them satisfies the equations, so that nothing has to be
saturated.  (Draisma, Horobet, Ottaviani, Sturmfels, Thomas, arXiv 1309.0049, use the minors instead.)
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from equivariety.varieties.algebraic.numeric_polynomials import derivative
from equivariety.varieties.algebraic.polynomial_input import Polynomial

__all__ = ["critical_equations"]


def critical_equations(
    polynomials: Sequence[Polynomial],
    codimension: int,
    data: Sequence[Fraction],
    weights: Sequence[Fraction],
    rng: np.random.Generator,
) -> tuple[list[Polynomial], int]:
    """Return the equations in x_1..x_n, l_1..l_c, and n + c.

    Args:
        polynomials: k equations in n variables.
        codimension: c, at most k.
        data: u, n numbers.
        weights: n positive numbers.
        rng: chooses the affine equations of the multipliers.

    >>> rng = np.random.default_rng(0)
    >>> one = [Fraction(1)] * 2
    >>> line, first, second = critical_equations([{(1, 1): Fraction(1)}], 1, one, one, rng)[0]
    >>> line, first
    ({(1, 1, 0): Fraction(1, 1)}, {(0, 1, 1): Fraction(-1, 1), (1, 0, 0): Fraction(1, 1), (0, 0, 0): Fraction(-1, 1)})
    """
    n, k, c = len(data), len(polynomials), codimension
    multipliers: list[Polynomial] = [{(0,) * n + _unit(j, c): Fraction(1)} for j in range(c)]
    for _ in range(k - c):
        numbers = [Fraction(int(v)) for v in rng.integers(-99, 100, c + 1)]
        form = {(0,) * n + _unit(j, c): v for j, v in enumerate(numbers) if v}
        multipliers.append(form)
    out: list[Polynomial] = [{e + (0,) * c: v for e, v in one.items()} for one in polynomials]
    for i in range(n):
        row: Polynomial = {}
        for one, multiplier in zip(polynomials, multipliers, strict=True):
            for e, v in derivative(one, i).items():
                for f, w in multiplier.items():
                    key = tuple(a + b for a, b in zip(e + (0,) * c, f, strict=True))
                    row[key] = row.get(key, Fraction(0)) - v * w
        for key, v in ((_unit(i, n + c), weights[i]), ((0,) * (n + c), -weights[i] * data[i])):
            row[key] = row.get(key, Fraction(0)) + v
        out.append({e: v for e, v in row.items() if v})
    return out, n + c


def _unit(place: int, size: int) -> tuple[int, ...]:
    """Exponents of a variable; of 1 for ``place == size``."""
    return tuple(int(i == place) for i in range(size))
