"""Polynomials and equations written as text: an own tokenizer and recursive descent; nothing is evaluated."""

from __future__ import annotations

import re
from fractions import Fraction

from equivariety.errors import brief
from equivariety.tolerances import MAX_POLYNOMIAL_CHARACTERS, MAX_POLYNOMIAL_DEGREE
from equivariety.varieties.algebraic.term_arithmetic import Sum, TermArithmetic

__all__ = ["NAME", "parse_polynomial"]

#: A variable: ASCII only, so that no two names look alike.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")

_DEEPEST = 40
_LONGEST_NUMBER = 60
_TOKEN = re.compile(rf"(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>{NAME.pattern})|(?P<sign>\*\*|[-+*/^()=])")
_OTHER_BASE = re.compile("[xX][0-9a-fA-F]+|[bB][01]+|[oO][0-7]+")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SIGNS = str.maketrans({"−": "-", "·": "*", "⋅": "*", "×": "*"})


def parse_polynomial(text: str, over: TermArithmetic | None = None) -> Sum:
    """Return the polynomial that a line of text describes, multiplied out; ``left = right`` means left - right.

    Numbers (``3``, ``0.25``, exact), names, ``+ - * / ^ **`` and parentheses.  Division is by a number.  A product may
    be written without ``*`` where there is one way to read it: ``2x``, ``x^2y``, ``x²(x+1)``, ``(x+1)(y-1)``; not
    ``x(y+1)``, which looks like a function, nor ``x/2y``.

    ``over`` bounds the work of several texts together.  Raises a ValueError that gives the reason alone.

    >>> parse_polynomial("y^2 = x^2(x+1)") == parse_polynomial("y*y - x**3 - x²")
    True
    >>> parse_polynomial("0.5 - 1/2")
    {}
    >>> parse_polynomial("__import__('os')")
    Traceback (most recent call last):
    ValueError: the character '_' at position 1 has no meaning in a polynomial
    """
    if len(text) > MAX_POLYNOMIAL_CHARACTERS:
        raise ValueError(f"it has {len(text)} characters, above {MAX_POLYNOMIAL_CHARACTERS}")
    return _Reader(_tokens(text), over or TermArithmetic()).equation()


def _tokens(text: str) -> list[tuple[str, str]]:
    """Pairs (kind, text), kind being number, name or sign."""
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: "^" + found.group().translate(_SUPERSCRIPTS), text).translate(_SIGNS)
    out: list[tuple[str, str]] = []
    place = 0
    while place < len(text):
        if text[place] in " \t\r\n":
            place += 1
            continue
        found = _TOKEN.match(text, place)
        if found is None:
            raise ValueError(
                f"the character {brief(text[place])} at position {place + 1} has no meaning in a polynomial"
            )
        kind, token = str(found.lastgroup), found.group()
        if kind == "number" and len(token) > _LONGEST_NUMBER:
            raise ValueError(f"it has a number of more than {_LONGEST_NUMBER} digits")
        touching = bool(out) and out[-1][0] == "number" and place > 0 and text[place - 1].isdigit()
        if kind == "name" and touching and re.fullmatch(r"[eE][0-9]*", token) and not _is_exponent(out):
            raise ValueError(f"{out[-1][1]}{token} looks like scientific notation; write the number out, or put a *")
        if kind == "name" and touching and out[-1][1] == "0" and _OTHER_BASE.fullmatch(token):
            raise ValueError(f"0{token} looks like a number in base 2, 8 or 16; write it in base 10, or put a *")
        out.append((kind, "^" if token == "**" else token))
        place = found.end()
    return out


def _is_exponent(tokens: list[tuple[str, str]]) -> bool:
    return len(tokens) > 1 and tokens[-2][1] == "^"


class _Reader:
    """Recursive descent over the tokens: equation, sum, product, power, atom."""

    def __init__(self, tokens: list[tuple[str, str]], over: TermArithmetic) -> None:
        self._tokens = tokens
        self._over = over
        self._place = 0
        self._depth = 0

    def equation(self) -> Sum:
        if not self._tokens:
            raise ValueError("it is empty")
        left = self._sum()
        if self._next() == "=":
            self._place += 1
            left = self._over.add(left, self._sum(), -1)
        if self._place < len(self._tokens):
            raise ValueError(self._surprise())
        return left

    def _next(self) -> str:
        return self._tokens[self._place][1] if self._place < len(self._tokens) else ""

    def _kind(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def _surprise(self) -> str:
        token = self._next()
        if token == "=" and self._place == 0:
            return "nothing is before its ="
        if token == "=" and ("sign", "=") in self._tokens[: self._place - 1]:
            return "there is more than one ="
        if token == ")":
            return "a ) has no ("
        return f"{brief(token)} is not expected there" if token else "it ends too early"

    def _sum(self) -> Sum:
        sign = 1
        if self._next() in ("+", "-"):
            sign = -1 if self._next() == "-" else 1
            self._place += 1
        total = self._over.add({}, self._product(), sign)
        while self._next() in ("+", "-"):
            sign = -1 if self._next() == "-" else 1
            self._place += 1
            total = self._over.add(total, self._product(), sign)
        return total

    def _product(self) -> Sum:
        total = self._power()
        divided = False
        while True:
            if self._next() == "*":
                self._place += 1
                total = self._over.multiply(total, self._power())
            elif self._next() == "/":
                self._place += 1
                total = self._over.multiply(total, self._over.constant(1 / self._divisor()))
                divided = True
            elif self._kind() == "name" or self._next() == "(":
                self._check_juxtaposition(divided)
                total = self._over.multiply(total, self._power())
            elif self._kind() == "number":
                raise ValueError(f"{self._next()} follows {self._tokens[self._place - 1][1]} without a sign between")
            else:
                return total

    def _check_juxtaposition(self, divided: bool) -> None:
        """A product without a sign: refuse it where it can be read in two ways; what is before it has been read."""
        kind, before = self._tokens[self._place - 1]
        both = f"{before} {self._next()}" if self._kind() == "name" else f"{before}(...)"
        if divided:
            raise ValueError(
                f"what follows a division can be read in two ways; write * or parentheses before {self._next()}"
            )
        if kind == "name":
            raise ValueError(f"{both} can be read in two ways; write a * between for a product")

    def _divisor(self) -> Fraction:
        value = self._power()
        if set(value) - {()}:
            raise ValueError("it divides by a polynomial; only division by a number is allowed")
        if not value:
            raise ValueError("it divides by zero")
        return value[()]

    def _power(self) -> Sum:
        base = self._atom()
        if self._next() != "^":
            return base
        self._place += 1
        kind, token = self._kind(), self._next()
        if kind != "number" or not token.isdigit():
            raise ValueError(f"an exponent is an integer from 0 to {MAX_POLYNOMIAL_DEGREE}, not {brief(token)}")
        self._place += 1
        if self._next() == "^":
            raise ValueError("a power of a power needs parentheses")
        return self._over.power(base, int(token))

    def _atom(self) -> Sum:
        kind, token = self._kind(), self._next()
        if kind == "number":
            self._place += 1
            return self._over.constant(Fraction(token))
        if kind == "name":
            self._place += 1
            return self._over.variable(token)
        if token != "(":
            raise ValueError(self._surprise())
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError(f"its parentheses are nested deeper than {_DEEPEST}")
        self._place += 1
        inner = self._sum()
        if self._next() != ")":
            raise ValueError("a ( has no )" if not self._next() else self._surprise())
        self._place += 1
        self._depth -= 1
        return inner
