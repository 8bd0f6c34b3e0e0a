"""The finite-dimensional algebra of a system with finitely many solutions, modulo a prime: how many, and which.

The solutions are read off traces: Rouillier, Solving zero-dimensional systems through the rational univariate
representation (1999).
"""

from __future__ import annotations

import numpy as np

from equivariety._typing import AnyArray
from equivariety.varieties.algebraic.clock import Clock
from equivariety.varieties.algebraic.modular_groebner import ModularBasis
from equivariety.varieties.algebraic.monomial_ideals import standard_monomials

__all__ = ["QuotientAlgebra"]

#: Most entries of the matrices of multiplication together, 8 bytes each.
_MOST_ENTRIES = 2**26

#: Products of numbers between two looks at the clock.
_PRODUCTS_AT_ONCE = 2**27


class QuotientAlgebra:
    """K[x_1..x_n] / I for an ideal I of dimension 0 over K = GF(p), by its Groebner basis.

    The work grows with D^4; everything raises BudgetError when the time of the clock is over.

    Attributes:
        size: its dimension D, the number of solutions with multiplicities.
    """

    def __init__(self, basis: ModularBasis, clock: Clock) -> None:
        self._prime = basis.prime
        self._clock = clock
        monomials = standard_monomials(basis.leads, clock)
        self.size = len(monomials)
        n = basis.num_variables
        if n * self.size**2 > _MOST_ENTRIES:
            clock.give_up(f"matrices of size {self.size}, one for each variable")
        steps = (monomials[None, :, :] + np.eye(n, dtype=np.int64)[:, None, :]).reshape(-1, n)
        images = basis.normal_forms(steps, monomials).reshape(self.size, n, self.size)
        #: The (n, D, D) matrices of multiplication by each variable.
        self._variables = np.moveaxis(images, 1, 0)
        self._monomials = monomials

    def num_values(self, weights: AnyArray) -> int:
        """Return how many values ``sum(weights * x)`` has at the solutions; for random weights, how many solutions."""
        return len(self._squarefree(self._element(weights))) - 1

    def univariate(self, weights: AnyArray) -> tuple[list[int], list[list[int]]]:
        """Return f and g_0, g_1, .., g_n: the solutions are x_i = g_i(t) / g_0(t) at the roots t of f.

        t is the value of ``sum(weights * x)``, which has to tell all solutions apart.  f is monic and squarefree, the
        g_i are of smaller degree; coefficients modulo p, highest first.
        """
        p = self._prime
        element = self._element(weights)
        f = self._squarefree(element)
        d = len(f) - 1
        traces = self._traces()
        one = np.zeros(self.size, dtype=np.int64)
        one[0] = 1
        starts = np.column_stack([one, *(matrix[:, 0] for matrix in self._variables)])
        sums = []
        for _ in range(d):
            sums.append(self._product(traces[None, :], starts)[0])
            starts = self._product(element, starts)
        # H_j are the Horner polynomials of f: f divided by t^(d - j), without its remainder.
        out = []
        for k in range(len(self._variables) + 1):
            g = [0] * d
            for i in range(d):
                self._clock.check()
                for place, c in enumerate(f[: d - i]):
                    g[i + place] = (g[i + place] + int(sums[i][k]) * c) % p
            out.append(g)
        return f, out

    def _element(self, weights: AnyArray) -> AnyArray:
        total = np.zeros((self.size, self.size), dtype=np.int64)
        for weight, matrix in zip(weights, self._variables, strict=True):
            total = (total + int(weight) % self._prime * matrix) % self._prime
        return total

    def _traces(self) -> AnyArray:
        """The traces of multiplication by each standard monomial, each being an earlier one times a variable."""
        if self.size**3 > 2 * _MOST_ENTRIES:
            self._clock.give_up(f"{self.size} matrices of that size")
        place = {tuple(m): i for i, m in enumerate(self._monomials.tolist())}
        matrices = [np.eye(self.size, dtype=np.int64)]
        for monomial in self._monomials.tolist()[1:]:
            variable = next(i for i, e in enumerate(monomial) if e)
            monomial[variable] -= 1
            matrices.append(self._product(self._variables[variable], matrices[place[tuple(monomial)]]))
        return np.array([int(np.trace(matrix)) % self._prime for matrix in matrices])

    def _squarefree(self, element: AnyArray) -> list[int]:
        """The polynomial whose roots are the values of the element, each once; highest coefficient first."""
        from sympy import ZZ
        from sympy.polys.galoistools import gf_sqf_part

        return [int(c) for c in gf_sqf_part([ZZ(c) for c in self._characteristic(element)], self._prime, ZZ)]

    def _characteristic(self, element: AnyArray) -> list[int]:
        """Characteristic polynomial by Newton's identities, D being smaller than p."""
        p = self._prime
        power = np.eye(self.size, dtype=np.int64)
        sums = []
        for _ in range(self.size):
            power = self._product(element, power)
            sums.append(int(np.trace(power)) % p)
        out = [1]
        for k in range(1, self.size + 1):
            self._clock.check()
            total = sum(out[k - i] * sums[i - 1] for i in range(1, k + 1))
            out.append(-total * pow(k, -1, p) % p)
        return out

    def _product(self, a: AnyArray, b: AnyArray) -> AnyArray:
        """Product modulo p, some rows at once, with a look at the clock between."""
        rows = max(1, _PRODUCTS_AT_ONCE // b.size)
        parts = []
        for first in range(0, len(a), rows):
            self._clock.check()
            parts.append(_product(a[first : first + rows], b, self._prime))
        return np.concatenate(parts)


def _product(a: AnyArray, b: AnyArray, prime: int) -> AnyArray:
    """Product of matrices with entries below p < 2**31, in halves so that sums stay below 2**63.

    >>> _product(np.array([[2**30]]), np.array([[2**30]]), 2**31 - 1).tolist() == [[2**60 % (2**31 - 1)]]
    True
    """
    high, low = a >> 16, a & 0xFFFF
    return (((high @ b) % prime << 16) + (low @ b) % prime) % prime
