"""Polynomials as text: what is read, what is refused, and that nothing is evaluated."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import equivariety as ev
from equivariety.varieties.algebraic.polynomial_input import read_polynomials
from equivariety.varieties.algebraic.polynomial_output import polynomial_latex, polynomial_text, to_sympy
from equivariety.varieties.algebraic.polynomial_text import parse_polynomial

NAMES = ("x", "y", "z")


def read(text, names=NAMES):
    (found,), _ = read_polynomials(text, names)
    return found


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("y^2 = x^2(x+1)", "-x**3 - x**2 + y**2"),
        ("x^2y - y^3 - z^3", "x**2*y - y**3 - z**3"),
        ("x² y − z¹⁰", "x**2*y - z**10"),
        ("2x + 3/2*y - 0.25 z", "2*x + 3*y/2 - z/4"),
        ("-x^2", "-(x**2)"),
        ("(x+1)(y-1)z^0", "(x+1)*(y-1)"),
        ("x/2*y", "x*y/2"),
        ("(x - y)**3", "(x-y)**3"),
        ("2(x)", "2*x"),
        ("x · y × z", "x*y*z"),
        ("-(-(-x)) + 1/(2/3)", "-x + Rational(3,2)"),
        ("3^2", "9"),
    ],
)
def test_reads_what_mathematicians_write(text, same):
    expected = sympy.Poly(sympy.sympify(same, locals={"Rational": sympy.Rational}), *sympy.symbols("x y z"))
    assert to_sympy(read(text), NAMES).as_expr() == expected.as_expr()


HOSTILE = {
    "__import__('os').system('true')": "'_' at position 1",
    "x.__class__": "'.' at position 2",
    "x\0": "position 2",
    "": "empty",
    "   ": "empty",
    "x = y = z": "more than one =",
    "x == y": "'=' is not expected",
    "+".join(["(x+y+z)^30"] * 100): "products of terms",
    "x^": "exponent is an integer",
    "x^-1": "exponent is an integer",
    "x^y": "exponent is an integer",
    "x^1.5": "exponent is an integer",
    "x^2^3": "needs parentheses",
    "x^99999999999999999999999999": "exponent above",
    "x^" + "9" * 70: "more than 60 digits",
    "(x+y)^10000": "exponent above",
    "(x+y)^60 * (x+y)^60": "degree is 120",
    "(1+x+y+z+a+b+c+d)^50": "may have more than",
    "((9^60)^60)^60": "bits",
    "(" * 500 + "x" + ")" * 500: "nested deeper",
    "(x": "has no )",
    "x)": "has no (",
    "x/y": "division by a number",
    "1/0": "divides by zero",
    "x/(1-1)": "divides by zero",
    "x(y+1)": "two ways",
    "x y": "two ways",
    "1/2x": "two ways",
    "x/2y": "two ways",
    "1e5": "scientific",
    "2E": "scientific",
    "x 2": "without a sign",
    "x++y": "not expected",
    "x*-y": "not expected",
    "х^2": "position 1",  # a Cyrillic letter
    "sin(x)": "two ways",
    "x²³³": "exponent above",
    "1..2": "position 2",
    ".5": "position 1",
    "x;y": "position 2",
    "x\u202ey": "position 2",
    "x" * 20_000: "20000 characters",
    "lambda: 0": "position 7",
    "x if y else z": "two ways",
    "[x]": "position 1",
    "0x10": "base 2, 8 or 16",
    "1 + 0b1": "base 2, 8 or 16",
    "0o7": "base 2, 8 or 16",
    "= x": "nothing is before its =",
    "x + = y": "'=' is not expected",
}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_refuses_everything_else_at_once(text):
    start = time.monotonic()
    with pytest.raises(ValueError, match="polynomials must be polynomials with rational coefficients") as caught:
        ev.AlgebraicVariety(text)
    assert HOSTILE[text] in str(caught.value)
    assert len(str(caught.value)) < 400
    assert time.monotonic() - start < 5


@given(st.text(alphabet="xyz0123456789+-*/^()=. _²−\0'", max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        found = parse_polynomial(text)
    except ValueError:
        return
    assert all(isinstance(v, Fraction) and v for v in found.values())


TERMS = st.dictionaries(
    st.tuples(*[st.integers(0, 4)] * 3), st.fractions(-50, 50, max_denominator=40).filter(bool), max_size=6
)


@given(TERMS)
def test_what_is_written_is_read_back(terms):
    assert read(polynomial_text(terms, NAMES)) == terms


@given(TERMS)
def test_sympy_objects_mean_the_same(terms):
    poly = to_sympy(terms, NAMES)
    for given_as in (poly, poly.as_expr(), sympy.factor(poly.as_expr())):
        (found,), _ = read_polynomials(given_as, NAMES)
        assert found == terms


def test_variables_are_those_that_occur_in_natural_order():
    assert read_polynomials("x10 + x2 + a")[1] == ("a", "x2", "x10")
    assert read_polynomials(["p1", "p0 + p2 - p10"])[1] == ("p0", "p1", "p2", "p10")
    assert read_polynomials(sympy.Eq(sympy.Symbol("t"), 1))[1] == ("t",)
    assert read_polynomials("x - x + 0*z + y")[1] == ("x", "y", "z")
    assert read_polynomials(sympy.Poly(0, *sympy.symbols("s t")))[1] == ("s", "t")
    assert read_polynomials("x - x + y", ["y"])[1] == ("y",)
    assert ev.AlgebraicVariety("x", variables=[sympy.Symbol("y"), "x"]).variables == ("y", "x")


x = sympy.Symbol("x")


@pytest.mark.parametrize(
    ("polynomials", "variables", "kind", "words"),
    [
        ([], None, ValueError, "at least one polynomial"),
        (7, None, TypeError, "list of texts"),
        (b"x", None, TypeError, "list of texts"),
        ([b"x"], None, TypeError, "texts or SymPy"),
        ([None], None, TypeError, "texts or SymPy"),
        ("1", None, ValueError, "given where none occurs"),
        ("x^2 - 1", [], ValueError, "variables must be at least one name"),
        ("x*w", ["x", "y"], ValueError, "without w"),
        ("xy", ["x", "y"], ValueError, r"write x\*y"),
        ("x", "x", TypeError, "list of names"),
        ("x", ["x", "x"], ValueError, "different names"),
        ("x", ["x", 3], TypeError, "names or SymPy"),
        ("x", ["x", "__y"], ValueError, "letters"),
        ("x", [f"x{i}" for i in range(100)], ValueError, "at most 64"),
        (["x"] * 2000, None, ValueError, "at most 1000"),
        (sympy.sqrt(x), None, ValueError, "not a polynomial"),
        (1 / x, None, ValueError, "not a polynomial"),
        (sympy.sin(x), None, ValueError, "not a polynomial"),
        (sympy.pi * x, None, ValueError, "not a polynomial"),
        (0.5 * x, None, ValueError, "not a polynomial"),
        (sympy.Symbol("a b"), None, ValueError, "not a name"),
        ((x + 1) ** 10000, None, ValueError, "exponent above"),
        (x**x, None, ValueError, "not a polynomial"),
        (sympy.Poly(x**2 + 1, x, modulus=5), None, ValueError, "the domain has to be ZZ or QQ"),
        (sympy.Poly(0.5 * x, x), None, ValueError, "the domain has to be ZZ or QQ"),
    ],
)
def test_mistakes_are_named(polynomials, variables, kind, words):
    with pytest.raises(kind, match=words):
        ev.AlgebraicVariety(polynomials, variables)


def test_latex():
    terms = read("3/2*x^12 - y")
    assert polynomial_latex(terms, ("x_0_1", "beta", "z")) == r"\frac{3}{2} x_{0,1}^{12} - \mathrm{beta}"
