"""Polynomials as readers see them: plain text that can be read back, LaTeX, SymPy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

__all__ = ["from_sympy", "latex_name", "polynomial_latex", "polynomial_text", "to_sympy"]


def polynomial_text(polynomial: Mapping[tuple[int, ...], Fraction], names: Sequence[str]) -> str:
    """Return the polynomial as text, in the order of its terms.

    >>> polynomial_text({(2, 1): Fraction(-1), (0, 1): Fraction(3, 2), (0, 0): Fraction(1)}, ("x", "y"))
    '-x^2*y + 3/2*y + 1'
    """

    def term(size: Fraction, exponents: tuple[int, ...]) -> str:
        factors = [n if e == 1 else f"{n}^{e}" for n, e in zip(names, exponents, strict=True) if e]
        return "*".join(factors if factors and size == 1 else [str(size), *factors])

    return _signed([(v, term(abs(v), e)) for e, v in polynomial.items()])


def polynomial_latex(polynomial: Mapping[tuple[int, ...], Fraction], names: Sequence[str]) -> str:
    """Return the polynomial as LaTeX, without dollar signs.

    >>> polynomial_latex({(2, 1): Fraction(-1), (0, 1): Fraction(3, 2), (0, 0): Fraction(1)}, ("p0", "y"))
    '-p_{0}^{2} y + \\\\frac{3}{2} y + 1'
    """

    def term(size: Fraction, exponents: tuple[int, ...]) -> str:
        factors = [
            latex_name(n) if e == 1 else f"{latex_name(n)}^{{{e}}}" for n, e in zip(names, exponents, strict=True) if e
        ]
        number = str(size) if size.denominator == 1 else rf"\frac{{{size.numerator}}}{{{size.denominator}}}"
        return " ".join(factors if factors and size == 1 else [number, *factors])

    return _signed([(v, term(abs(v), e)) for e, v in polynomial.items()])


def latex_name(name: str) -> str:
    """Return a variable as LaTeX: digits and what follows an underscore become an index.

    >>> latex_name("x"), latex_name("p0"), latex_name("x_1_2"), latex_name("alpha")
    ('x', 'p_{0}', 'x_{1,2}', '\\\\mathrm{alpha}')
    """
    found = re.fullmatch(r"([A-Za-z]+)_?([A-Za-z0-9_]*)", name)
    stem, index = found.groups() if found else (name, "")
    index = index.replace("_", ",")
    shown = stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
    return shown + (f"_{{{index}}}" if index else "")


def _signed(terms: list[tuple[Fraction, str]]) -> str:
    if not terms:
        return "0"
    first, rest = terms[0], terms[1:]
    head = ("-" if first[0] < 0 else "") + first[1]
    return head + "".join((" - " if value < 0 else " + ") + text for value, text in rest)


def to_sympy(polynomial: Mapping[tuple[int, ...], Fraction], names: Sequence[str]) -> Any:
    """Return a ``sympy.Poly`` in all variables over QQ.

    >>> to_sympy({(2, 0): Fraction(1), (0, 1): Fraction(-1, 2)}, ("x", "y"))
    Poly(x**2 - 1/2*y, x, y, domain='QQ')
    """
    import sympy

    values = {e: sympy.Rational(v.numerator, v.denominator) for e, v in polynomial.items()}
    return sympy.Poly.from_dict(values or {(0,) * len(names): 0}, *map(sympy.Symbol, names), domain=sympy.QQ)


def from_sympy(polynomial: Any) -> dict[tuple[int, ...], Fraction]:
    """Return the terms of a SymPy Poly or ring element over QQ, highest degree first.

    >>> import sympy
    >>> from_sympy(sympy.Poly("x/2", sympy.Symbol("x")))
    {(1,): Fraction(1, 2)}
    """
    terms = {tuple(e): Fraction(int(v.numerator), int(v.denominator)) for e, v in polynomial.terms() if v}
    return dict(sorted(terms.items(), key=lambda item: (sum(item[0]), item[0]), reverse=True))
