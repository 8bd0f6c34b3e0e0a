"""Polynomials over the cyclotomic field of an N-th root of unity z, split into real and imaginary parts.

An element is a polynomial with integer coefficients in the variables and, last, z = exp(2 pi i / N).  Twice its real
part, and its imaginary part divided by sin(2 pi / N), have coefficients in Z[c], c = 2 cos(2 pi / N), by the
recurrences of Chebyshev polynomials.  For N = 1, 2, 3, 4, 6 these are integers, for 5, 8, 10, 12 they need one square
root.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from equivariety._typing import IntArray

__all__ = ["RealCyclotomic", "real_cyclotomic", "reduced_powers"]

#: The square root in c, for the orders where that is all.
_ROOTS = {5: 5, 8: 2, 10: 5, 12: 3}


@dataclass(frozen=True, eq=False)
class RealCyclotomic:
    """The real subfield of the N-th cyclotomic field, with the real and imaginary parts of powers of z.

    Attributes:
        order: N.
        domain: the SymPy domain of coefficients: ZZ, or QQ with c adjoined.
        cosines: elements 2 cos(2 pi k / N), k < N.
        sines: elements sin(2 pi k / N) / sin(2 pi / N), k < N; all 0 for N <= 2.

    >>> real_cyclotomic(6).cosines, real_cyclotomic(4).sines
    ((2, 1, -1, -2, -1, 1), (0, 1, 0, -1))
    """

    order: int
    domain: Any
    cosines: tuple[Any, ...]
    sines: tuple[Any, ...]

    def parts(self, powers: dict[int, Any]) -> list[Any]:
        """Return the real and imaginary part, up to positive factors, of ``sum z^k * powers[k]``; zeros left out.

        The values are polynomials over ``domain`` in a common SymPy ring.
        """
        tables = (self.cosines, self.sines) if self.order > 2 else (self.cosines,)
        sums = [sum((p * table[k % self.order] for k, p in powers.items()), start=0) for table in tables]
        return [s for s in sums if s]


@lru_cache(maxsize=32)
def real_cyclotomic(order: int, field: int | None = None) -> RealCyclotomic:
    """Return the real and imaginary parts of powers of z, of the given order.

    ``field`` is a multiple of the order whose real subfield holds the results, 0 for floating point numbers in RR, and
    None for the order itself.

    >>> real_cyclotomic(5).domain, real_cyclotomic(4, 0).domain
    (QQ<sqrt(5)>, RR)
    """
    from sympy import QQ, RR, ZZ, cos, pi, sqrt, totient

    whole = order if field is None else field
    if whole == 0:
        turns = 2.0 * np.pi * np.arange(order) / order
        parts = [np.round(2 * np.cos(turns), 15), np.round(np.sin(turns), 15)]
        return RealCyclotomic(order, RR, *(tuple(RR(v) + 0 for v in part.tolist()) for part in parts))
    if totient(order) <= 2:
        domain, c = ZZ, ZZ(round(2 * np.cos(2 * np.pi / order)))
    else:
        number = 2 * cos(2 * pi / whole)
        domain = QQ.algebraic_field(sqrt(_ROOTS[whole]) if whole in _ROOTS else number)
        c = _chebyshev(domain.from_sympy(number.expand()), domain.convert(2), whole // order + 1)[-1]
    cosines = _chebyshev(c, domain.convert(2), order)
    sines = [domain.zero] * order
    if order > 2:
        sines[1] = domain.one
    for k in range(2, order):
        sines[k] = c * sines[k - 1] - sines[k - 2]
    return RealCyclotomic(order, domain, tuple(cosines), tuple(sines))


def _chebyshev(c: Any, two: Any, count: int) -> list[Any]:
    """The first ``count`` of 2, c, c^2 - 2, ...: 2 cos(k t) for c = 2 cos(t)."""
    out = [two, c]
    for k in range(2, count):
        out.append(c * out[k - 1] - out[k - 2])
    return out[:count]


@lru_cache(maxsize=32)
def reduced_powers(order: int) -> IntArray:
    """Return 1, z, ..., z^(N-1) in the basis of powers below the degree of the N-th cyclotomic polynomial.

    Shape (N, phi(N)), read-only.

    >>> reduced_powers(3).tolist()
    [[1, 0], [0, 1], [-1, -1]]
    """
    from sympy import cyclotomic_poly

    lower = -np.array([int(c) for c in cyclotomic_poly(order, polys=True).all_coeffs()[:0:-1]], dtype=np.int64)
    rows = [np.eye(1, len(lower), dtype=np.int64)[0]]
    for _ in range(1, order):
        shifted = np.concatenate([[0], rows[-1][:-1]])
        rows.append(shifted + rows[-1][-1] * lower)
    table = np.array(rows)
    table.flags.writeable = False
    return table
