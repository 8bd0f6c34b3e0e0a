"""Sums of terms with rational coefficients; their size, and the work spent on them, is bounded before it is done."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import comb
from typing import TypeAlias

from equivariety.tolerances import MAX_COEFFICIENT_BITS, MAX_POLYNOMIAL_DEGREE, MAX_TERM_PRODUCTS, MAX_TERMS

__all__ = ["Monomial", "Sum", "TermArithmetic"]

#: Pairs (name, exponent >= 1), sorted by name.
Monomial: TypeAlias = tuple[tuple[str, int], ...]
#: Coefficients, none of them zero.
Sum: TypeAlias = Mapping[Monomial, Fraction]


class TermArithmetic:
    """Sums, products and powers; each raises ValueError, with the reason alone, where the result is too large.

    One object has ``tolerances.MAX_TERM_PRODUCTS`` products of two terms to spend.

    Attributes:
        names: the variables asked for so far, also those that cancelled later.

    >>> over = TermArithmetic()
    >>> x, y = over.variable("x"), over.variable("y")
    >>> len(over.power(over.add(x, y), 3)), over.add(x, x, -1)
    (4, {})
    >>> over.power(over.add(x, y), 10_000)
    Traceback (most recent call last):
    ValueError: it has an exponent above 60
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._left = MAX_TERM_PRODUCTS

    def constant(self, value: Fraction) -> Sum:
        """Return a constant polynomial."""
        return {(): value} if value else {}

    def variable(self, name: str) -> Sum:
        """Return a variable as a polynomial."""
        self.names.add(name)
        return {((name, 1),): Fraction(1)}

    def add(self, a: Sum, b: Sum, sign: int = 1) -> Sum:
        """Return ``a + sign * b``."""
        out = dict(a)
        for monomial, value in b.items():
            _accumulate(out, monomial, sign * value)
        if len(out) > MAX_TERMS:
            raise ValueError(f"it has more than {MAX_TERMS} terms")
        return out

    def multiply(self, a: Sum, b: Sum) -> Sum:
        """Return ``a * b``."""
        _check_degree(_degree(a) + _degree(b))
        self._left -= len(a) * len(b)
        if self._left < 0:
            raise ValueError(f"multiplying it out takes more than {MAX_TERM_PRODUCTS} products of terms")
        out: dict[Monomial, Fraction] = {}
        for left, x in a.items():
            for right, y in b.items():
                exponents = dict(left)
                for name, e in right:
                    exponents[name] = exponents.get(name, 0) + e
                _accumulate(out, tuple(sorted(exponents.items())), x * y)
        return out

    def power(self, a: Sum, exponent: int) -> Sum:
        """Return ``a**exponent`` for an exponent >= 0."""
        if exponent > MAX_POLYNOMIAL_DEGREE:
            raise ValueError(f"it has an exponent above {MAX_POLYNOMIAL_DEGREE}")
        _check_degree(_degree(a) * exponent)
        if len(a) > 1 and comb(len(a) + exponent - 1, exponent) > MAX_TERMS:
            raise ValueError(f"a sum of {len(a)} terms to the power {exponent} may have more than {MAX_TERMS} terms")
        if max(map(_bits, a.values()), default=0) * exponent > MAX_COEFFICIENT_BITS:
            raise ValueError(f"it has a coefficient of more than {MAX_COEFFICIENT_BITS} bits")
        out = self.constant(Fraction(1))
        for _ in range(exponent):
            out = self.multiply(out, a)
        return out


def _accumulate(out: dict[Monomial, Fraction], monomial: Monomial, value: Fraction) -> None:
    total = out.get(monomial, Fraction(0)) + value
    if not total:
        out.pop(monomial, None)
    elif _bits(total) > MAX_COEFFICIENT_BITS:
        raise ValueError(f"it has a coefficient of more than {MAX_COEFFICIENT_BITS} bits")
    else:
        out[monomial] = total


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length() - 1, value.denominator.bit_length() - 1)


def _degree(a: Sum) -> int:
    return max((sum(e for _, e in monomial) for monomial in a), default=0)


def _check_degree(value: int) -> None:
    if value > MAX_POLYNOMIAL_DEGREE:
        raise ValueError(f"its degree is {value}, above {MAX_POLYNOMIAL_DEGREE}")
