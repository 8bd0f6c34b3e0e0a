"""What a user gives as polynomials: texts, or SymPy expressions that are checked to be polynomials over Q."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from equivariety.errors import brief, invalid
from equivariety.tolerances import MAX_EQUATIONS, MAX_VARIABLES
from equivariety.varieties.algebraic.polynomial_text import NAME, parse_polynomial
from equivariety.varieties.algebraic.term_arithmetic import Sum, TermArithmetic

__all__ = ["Polynomial", "read_polynomials", "read_variables"]

#: From exponents, one per variable, to coefficients, none of them zero.
Polynomial: TypeAlias = dict[tuple[int, ...], Fraction]


def read_polynomials(polynomials: object, variables: object = None) -> tuple[tuple[Polynomial, ...], tuple[str, ...]]:
    """Return polynomials as mappings from exponents to coefficients, and the names of their variables.

    Args:
        polynomials: one or a sequence of str (see :func:`parse_polynomial`) or SymPy Expr, Eq or Poly.
        variables: names or SymPy symbols; None for those that are written, also where they cancel, x2 before x10.

    Raises ValueError or TypeError that names what is wrong with which polynomial.

    >>> read_polynomials("x*y = 1")
    (({(1, 1): Fraction(1, 1), (0, 0): Fraction(-1, 1)},), ('x', 'y'))
    """
    given = [polynomials] if isinstance(polynomials, str) or _is_sympy(polynomials) else polynomials
    if not isinstance(given, Sequence) or isinstance(given, bytes | bytearray):
        fix = 'give texts such as ["x^2 + y^2 - 1"]'
        raise invalid("polynomials", "a list of texts or SymPy expressions", polynomials, fix, TypeError)
    if not given:
        raise invalid("polynomials", "at least one polynomial", "none", 'give ["0"] and variables for the whole space')
    if len(given) > MAX_EQUATIONS:
        raise invalid("polynomials", f"at most {MAX_EQUATIONS}", f"{len(given)}", "give fewer polynomials")
    over = TermArithmetic()
    sums = [_read(one, over) for one in given]
    occurring = {name for one in sums for monomial in one for name, _ in monomial}
    names = read_variables(variables) if variables is not None else tuple(sorted(over.names, key=_natural))
    if variables is not None and not names:
        raise invalid("variables", "at least one name", "none", "leave it out for those that occur")
    if not names:
        raise invalid("variables", "given where none occurs", "constants only", 'add variables=["x", "y"]')
    if len(names) > MAX_VARIABLES:
        raise invalid("variables", f"at most {MAX_VARIABLES}", f"{len(names)}", "use a smaller example")
    foreign = sorted(occurring - set(names), key=_natural)
    if foreign:
        required = f"all names that occur, {', '.join(sorted(occurring, key=_natural))}"
        raise invalid(
            "variables", required, f"{', '.join(names)} without {foreign[0]}", "add it, or write x*y for a product"
        )
    place = {name: i for i, name in enumerate(names)}
    return tuple(_dense(one, place) for one in sums), names


def read_variables(variables: object) -> tuple[str, ...]:
    """Return distinct names of variables; TypeError or ValueError otherwise.

    >>> read_variables(["x", "y"])
    ('x', 'y')
    """
    if isinstance(variables, str | bytes) or not isinstance(variables, Sequence):
        raise invalid("variables", "a list of names", variables, 'give ["x", "y", "z"]', TypeError)
    names = []
    for one in variables:
        name = one.name if _is_sympy(one) and one.is_Symbol else one
        if not isinstance(name, str):
            raise invalid("variables", "names or SymPy symbols", one, 'give ["x", "y", "z"]', TypeError)
        if not NAME.fullmatch(name):
            raise invalid("variables", "names of at most 32 letters, digits and _", brief(name), "begin with a letter")
        names.append(name)
    if len(set(names)) < len(names):
        raise invalid("variables", "different names", ", ".join(names), "leave out repetitions")
    return tuple(names)


def _is_sympy(value: object) -> Any:
    """Whether the value is a SymPy object; asks no one to import SymPy."""
    return type(value).__module__.partition(".")[0] == "sympy"


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split("([0-9]+)", name)]


def _dense(terms: Sum, place: dict[str, int]) -> Polynomial:
    out: Polynomial = {}
    for monomial, value in terms.items():
        exponents = [0] * len(place)
        for name, e in monomial:
            exponents[place[name]] = e
        out[tuple(exponents)] = value
    # Highest degree first, then alphabetically: as one writes polynomials.
    return dict(sorted(out.items(), key=lambda item: (sum(item[0]), item[0]), reverse=True))


def _read(given: Any, over: TermArithmetic) -> Sum:
    if not isinstance(given, str) and not _is_sympy(given):
        raise invalid(
            "polynomials", "texts or SymPy expressions", given, 'give texts such as "x^2 + y^2 - 1"', TypeError
        )
    try:
        return parse_polynomial(given, over) if isinstance(given, str) else _read_sympy(given, over, 0)
    except ValueError as problem:
        reason = f"{brief(given)} ({problem})" if isinstance(given, str) else f"an expression ({problem})"
        fix = "write it with + - * ^, rational numbers and names, such as x^2*y - 3/2*z"
        raise invalid("polynomials", "polynomials with rational coefficients", reason, fix) from problem


def _check_domain(domain: Any) -> None:
    """Refuse a SymPy Poly over finite fields, floats, algebraic numbers: its coefficients would be read as others."""
    base = domain
    while base.is_PolynomialRing:
        base = base.domain
    if not (base.is_ZZ or base.is_QQ):
        raise ValueError(f"a Poly over {domain}; the domain has to be ZZ or QQ")


def _read_sympy(given: Any, over: TermArithmetic, depth: int) -> Sum:
    """Walk through the expression, in our own arithmetic: SymPy would multiply out without a bound."""
    import sympy

    if depth > 40:
        raise ValueError("it is nested deeper than 40")
    if isinstance(given, sympy.Poly):
        _check_domain(given.domain)
        out: Sum = {}
        for symbol in given.gens:
            _read_sympy(symbol, over, depth + 1)
        for exponents, value in given.terms():
            term = _read_sympy(value, over, depth + 1)
            for symbol, e in zip(given.gens, exponents, strict=True):
                term = over.multiply(term, over.power(_read_sympy(symbol, over, depth + 1), e))
            out = over.add(out, term)
        return out
    if isinstance(given, sympy.Eq):
        return over.add(_read_sympy(given.lhs, over, depth + 1), _read_sympy(given.rhs, over, depth + 1), -1)
    if isinstance(given, sympy.Rational):
        return over.constant(Fraction(int(given.p), int(given.q)))
    if isinstance(given, sympy.Symbol):
        if not NAME.fullmatch(given.name):
            raise ValueError(f"{brief(given.name)} is not a name of at most 32 letters, digits and _")
        return over.variable(given.name)
    if isinstance(given, sympy.Add | sympy.Mul):
        parts = [_read_sympy(part, over, depth + 1) for part in given.args]
        total = parts[0]
        for part in parts[1:]:
            total = over.add(total, part) if isinstance(given, sympy.Add) else over.multiply(total, part)
        return total
    if isinstance(given, sympy.Pow) and isinstance(given.exp, sympy.Integer) and given.exp >= 0:
        return over.power(_read_sympy(given.base, over, depth + 1), int(given.exp))
    raise ValueError(f"{brief(given)} is not a polynomial with rational coefficients")
