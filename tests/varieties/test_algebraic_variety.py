"""General varieties: dimension, degree, ED degree and singular points of known examples."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy

import equivariety as ev
from equivariety.errors import BudgetError
from equivariety.varieties import DeterminantalVariety
from oracles.read import vectors

V = ev.AlgebraicVariety
COIN = ["p0*p2 = (p0+p1)*p1", "p0 + p1 + p2 = 1"]


def matrix(rows, cols, name="x"):
    return sympy.Matrix(rows, cols, lambda i, j: sympy.Symbol(f"{name}{i}_{j}"))


def minors(m, size):
    rows, cols = m.shape
    return [
        sympy.expand(m[list(a), list(b)].det(method="berkowitz"))
        for a in itertools.combinations(range(rows), size)
        for b in itertools.combinations(range(cols), size)
    ]


def rank_variety(rows, cols, rank):
    m = matrix(rows, cols)
    return V(minors(m, rank + 1), list(m))


def complex_block(size, rank):
    """Complex matrices of bounded rank, by real and imaginary parts of the entries and of the minors."""
    a, b = matrix(size, size, "a"), matrix(size, size, "b")
    i = sympy.Symbol("i")
    parts = []
    for minor in minors(a + i * b, rank + 1):
        parts += [one for one in sympy.rem(minor, i**2 + 1, i).as_poly(i).all_coeffs() if one]
    return V(parts, [*a, *b])


def quaternionic_block():
    """Quaternionic 2x2 matrices of rank at most 1: complex 4x4 matrices of rank at most 2, in real coordinates."""
    a, b, c, d = (matrix(2, 2, name) for name in "abcd")
    i = sympy.Symbol("i")
    big = sympy.Matrix(sympy.BlockMatrix([[a + i * b, c + i * d], [-c + i * d, a - i * b]]))
    parts = {}
    for minor in minors(big, 3):
        for one in sympy.rem(minor, i**2 + 1, i).as_poly(i).all_coeffs():
            if one:
                parts[sympy.Poly(one, *a, *b, *c, *d).monic()] = None
    return V(list(parts), [*a, *b, *c, *d], seconds=60)


@pytest.mark.parametrize(
    ("polynomials", "dim", "degree", "ed_degree"),
    [
        ("x^2 + y^2 = 1", 1, 2, 2),
        ("x^2/4 + y^2 = 1", 1, 2, 4),
        ("y = x^2", 1, 2, 3),
        ("y^2 = x^2(x+1)", 1, 3, 5),
        ("y^2 = x^3", 1, 3, 4),
        ("x^2y - y^3 - z^3", 2, 3, 9),
        (COIN, 1, 2, 3),
        (COIN[:1], 2, 2, 4),
        (["y - x^2", "z - x^3"], 1, 3, 5),
        ("(x^2+y^2)^3 = 4x^2y^2", 1, 6, 8),
        ("x^2 + y^2", 1, 2, 0),
        ("x - y", 1, 1, 1),
        (["x", "y", "z - 3"], 0, 1, 1),
        (["x^2 = 2", "y^2 = 3"], 0, 4, 4),
        (["x", "x - 1"], -1, 0, 0),
    ],
)
def test_known_examples(polynomials, dim, degree, ed_degree):
    found = V(polynomials)
    assert (found.dim, found.degree, found.ed_degree, found.is_empty) == (dim, degree, ed_degree, dim < 0)


def test_the_coin_model_is_a_parabola_and_its_equation_alone_a_cone():
    # On (t^2, t(1-t), 1-t) the squared distance is of degree 4 in t: three critical points; the general cone has four.
    t, a, b, c = sympy.symbols("t a b c")
    curve = (t**2, t * (1 - t), 1 - t)
    assert all(
        sympy.expand(V(COIN).polynomials[k].as_expr().subs(dict(zip(("p0", "p1", "p2"), curve, strict=True)))) == 0
        for k in (0, 1)
    )
    distance = sum((x - u) ** 2 for x, u in zip(curve, (a, b, c), strict=True))
    assert sympy.degree(sympy.diff(distance, t), t) == V(COIN).ed_degree == 3


@pytest.mark.parametrize(("rows", "cols", "rank"), [(2, 2, 1), (2, 3, 1), (3, 4, 2), (3, 3, 2), (3, 3, 1), (2, 4, 1)])
def test_determinantal_varieties(rows, cols, rank):
    found, formula = rank_variety(rows, cols, rank), DeterminantalVariety("R", rows, cols, rank)
    assert (found.dim, found.degree, found.ed_degree) == (formula.dim, formula.degree, formula.ed_degree)


def test_other_norms_have_other_ed_degrees():
    for vector in vectors("negative_controls"):
        found = rank_variety(vector["m"], vector["n"], vector["r"])
        weights = [3, 5, 11, 17, 23, 31][: found.ambient_dim]
        assert found.ed_degree_with(weights) == vector["ed_degree_entrywise_generic_weights"]
        assert found.ed_degree == vector["ed_degree_frobenius"]
        assert found.ed_degree_with([7] * found.ambient_dim) == vector["ed_degree_frobenius"]


def block(kind, size, rank):
    return next(v for v in vectors("blocks") if (v["type"], v["d"], v["r"]) == (kind, size, rank))


@pytest.mark.parametrize(("size", "rank"), [(2, 1), (3, 2)])
def test_complex_blocks_in_real_coordinates(size, rank):
    found, wanted = complex_block(size, rank), block("C", size, rank)
    assert (found.dim, found.degree, found.ed_degree) == (wanted["real_dim"], wanted["degree"], wanted["ed_degree"])


@pytest.mark.slow
def test_quaternionic_blocks_in_real_coordinates():
    found, wanted = quaternionic_block(), block("H", 2, 1)
    assert (found.dim, found.degree, found.ed_degree) == (wanted["real_dim"], wanted["degree"], wanted["ed_degree"])


def test_a_unitary_change_of_basis_changes_the_ed_degree():
    """The component (1,1): 1, (2,1): 0, (4,3): 1 of the quarter turn of 3x3 images, before and after T2."""
    component = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (2, 1): 0, (4, 3): 1})
    trivial = rank_variety(3, 3, 1).ed_degree
    orthogonal = complex_block(2, 1)
    diagonal = V(["a*d - b*c", "e*h - f*g"])  # the block and its conjugate, independent over C
    assert (orthogonal.dim, orthogonal.degree) == (diagonal.dim, diagonal.degree) == (6, 4)
    assert (orthogonal.ed_degree, diagonal.ed_degree) == (2, 4)
    assert trivial * orthogonal.ed_degree == component.ed_degree == 6
    assert trivial * diagonal.ed_degree == 12


def test_special_data_have_infinitely_many_critical_points():
    data = {"I2": [1, 1], "I3": [1, 1, 1], "diag(2,1,1)": [2, 1, 1], "diag(3,2,1)": [3, 2, 1]}
    for vector in vectors("nongeneric_data"):
        u = sympy.diag(*data[vector["U"]])
        m = matrix(*u.shape)
        critical = V([*(m.T * (u - m)), *(m * (u - m).T), *minors(m, vector["r"] + 1)], list(m))
        locus = critical.without(V(list(m)))  # the matrices of rank 0
        assert locus.dim == vector["critical_locus_dim"]
        assert locus.degree == vector["critical_locus_degree_of_top_dim"]


def test_products():
    circle, ellipse = "a^2 + b^2 = 1", "c^2 + 3d^2 = 1"
    found = V([circle, ellipse], ["a", "b", "c", "d", "free"])
    assert (found.dim, found.degree, found.ed_degree) == (3, 4, 2 * 4)
    assert V([circle, ellipse, "a - c + 2*b - d"]).ed_degree == 12  # linked, no product


def test_varieties_are_sets():
    for one, other in (("(x - y)^2", "x - y"), ("(x^2 + y^2 - 1)^3 (x - 2)^2", "(x^2 + y^2 - 1)(x - 2)")):
        assert (V(one).dim, V(one).degree, V(one).ed_degree) == (V(other).dim, V(other).degree, V(other).ed_degree)
    double = V(["x^2 - y*z", "y"])  # a line, twice
    assert (double.dim, double.degree) == (1, 1)
    for question in (V.singular_locus, lambda v: v.ed_degree, lambda v: v.critical_points([1, 2, 3])):
        with pytest.raises(ValueError, match="radical ideal; got multiplicity: 2 points on a general subspace, 1"):
            question(double)


def test_whole_space_and_constants():
    space = V("0", ["x", "y"])
    assert (space.dim, space.degree, space.ed_degree, space.is_empty) == (2, 1, 1, False)
    assert space.singular_locus().is_empty
    assert space.contains([3, 4])
    nothing = V("1 = 0", ["x"])
    assert (nothing.dim, nothing.degree, nothing.ed_degree, nothing.is_empty) == (-1, 0, 0, True)
    assert nothing.critical_points([1]) == () == nothing.points()
    assert nothing.singular_locus().is_empty


@pytest.mark.parametrize(
    ("polynomials", "basis"),
    [
        ("y^2 = x^2(x+1)", ["x", "y"]),
        ("x*y*(x + y - 1)", ["x*y", "x^2 - x", "y^2 - y"]),
        ("x^2 y - y^3 - z^3", ["x*y", "z^2", "x^2 - 3*y^2", "y^3"]),
        ("x^2 = y^2 z", ["x", "y*z", "y^2"]),
        (["x*z", "y*z"], None),
    ],
)
def test_singular_loci(polynomials, basis):
    variety = V(polynomials)
    locus = variety.singular_locus()
    if basis is not None:
        assert locus.dim == V(basis, variety.variables).dim
        assert {p.monic() for p in locus.groebner_basis} == {
            p.monic() for p in V(basis, variety.variables).groebner_basis
        }
    else:  # a plane and a line through it
        assert [p.tolist() for p in locus.points()] == [[0.0, 0.0, 0.0]]


def test_singular_locus_of_matrices_is_the_lower_rank():
    found = rank_variety(2, 3, 1).singular_locus()
    assert (found.dim, [p.tolist() for p in found.points()]) == (0, [[0.0] * 6])
    lower = rank_variety(3, 3, 2).singular_locus()
    assert (lower.dim, lower.degree) == (5, 6)


def test_intersection_and_difference():
    circle, line = V("x^2 + y^2 = 25"), V("x - y = 1")
    assert [p.tolist() for p in (circle & line).points()] in ([[-3, -4], [4, 3]], [[4, 3], [-3, -4]])
    both = V("(x^2 + y^2 - 25)(x - y - 1)")
    assert both.without(line) == V("x^2 + y^2 = 25")
    assert both.without(circle).degree == 1
    assert circle.without(circle).is_empty
    with pytest.raises(ValueError, match=r"a variety in the coordinates x, y; got x, z"):
        circle & V("x - z")
    with pytest.raises(TypeError, match="AlgebraicVariety"):
        circle.without("x")


def test_points_are_found_exactly():
    found = V(["x^2 = 2", "y^3 = x*y"]).points()
    real = np.array([p for p in found if p.dtype == np.float64])
    root = 2**0.5
    wanted = np.array([[-root, 0], [root, 0], [root, root**0.5], [root, -(root**0.5)]])
    assert len(found) == 6
    assert sorted(map(tuple, real.round(12))) == sorted(map(tuple, wanted.round(12)))
    assert all(V(["x^2 = 2", "y^3 = x*y"]).contains(p) for p in found)
    with pytest.raises(ValueError, match="of dimension 0; got dimension 1"):
        V("x - y").points()


def test_time_is_bounded():
    hard = V(["x^5 + y^5 + z^5 + x*y*z + 3", "x^4*y + z^3*x^2 - 5 + z"])
    assert (hard.dim, hard.degree) == (1, 25)
    message = r"the ED degree of V\(x\^5 .*took more than 0\.2 seconds\. Fix: raise seconds="
    with pytest.raises(BudgetError, match=message):
        hard.ed_degree_with(seconds=0.2)
    with pytest.raises(BudgetError, match="dimension and degree"):
        _ = V(["x^2 + y^2 - 1", "x*y"], seconds=1e-9).dim


MONOMIALS = ["*".join(f"x{(i * i + j * (i + 1)) % 24}^{1 + (i * j) % 3}" for j in range(6)) for i in range(60)]
CURVES = ["x^30 + y^7*x + 1", "y^25 + x*y^3 - 2"]


@pytest.mark.parametrize(
    ("polynomials", "question"),
    [
        (MONOMIALS, lambda v: v.dim),
        (CURVES, lambda v: v.degree),
        (CURVES, lambda v: v.points()),
        (["x^60 - 2", "y^60 - 3", "z^60 - 5"], lambda v: v.degree),
        (CURVES, lambda v: v.ed_degree),
    ],
    ids=["Hilbert series", "quotient algebra", "solutions", "large quotient algebra", "ED degree"],
)
def test_every_stage_looks_at_the_clock(polynomials, question):
    with pytest.raises(BudgetError, match="took more than"):
        question(V(polynomials, seconds=0.3))


def test_large_powers_are_not_factored():
    power = V("(x0+x1+x2+x3+x4+x5+x6+x7+1)^6")
    assert (power.dim, power.degree) == (7, 1)
    with pytest.raises(ValueError, match="multiplicity: 6 points"):
        _ = power.ed_degree


def test_no_primes_are_fixed_beforehand():
    product = 2147483647 * 2147483629
    assert V([f"x + {product}", "x"]).is_empty
    assert V([f"x + 1 + {product}", "x + 1"]).is_empty
    assert V([f"x + {product}", "x"]).groebner_basis == (sympy.Poly(1, sympy.Symbol("x"), domain="QQ"),)
    assert V(f"x^2 + y^2 + {product}*z").ed_degree == 3


def test_points_of_high_degree_in_their_order():
    found = V(["x^9 + 3*y^7 - 1", "y^7 - x^2 + 5*x*y"]).points()
    assert len(found) == 63
    for x, y in found:
        sizes = abs(x) ** 9 + 3 * abs(y) ** 7 + 1, abs(y) ** 7 + abs(x) ** 2 + 5 * abs(x * y)
        assert abs(x**9 + 3 * y**7 - 1) < 1e-12 * sizes[0]
        assert abs(y**7 - x**2 + 5 * x * y) < 1e-12 * sizes[1]
    assert [p.item() for p in V("(x^2 - 2)(x^4 + 10x^2 + 9)").points()] == pytest.approx(
        [-(2**0.5), 2**0.5, -1j, 1j, -3j, 3j]
    )


def test_displays_show_what_is_known_and_compute_nothing():
    hard = V(["x^9*y^7 + z^8 - 1", "x^8 - y^9*z^3 + 2"], seconds=1e-6)
    for text in (repr(hard), str(hard), hard._repr_latex_(), hard._repr_html_()):
        assert "degree" not in text
    curve = V("y^2 = x^2(x+1)")
    assert repr(curve) == "<AlgebraicVariety V(-x^3 - x^2 + y^2) in C^2>"
    assert curve.ed_degree == 5
    assert repr(curve) == "<AlgebraicVariety V(-x^3 - x^2 + y^2) in C^2, dim=1, degree=3, ed_degree=5>"
    assert str(curve) == "V(-x^3 - x^2 + y^2) in C^2 with coordinates x, y, dimension 1, degree 3, ED degree 5"
    assert curve._repr_latex_() == r"$\mathrm{V}\left(-x^{3} - x^{2} + y^{2}\right) \subset \mathbb{C}^{2}_{x, y}$"
    assert "<td>5</td>" in curve._repr_html_()


def test_equality_is_that_of_the_polynomials():
    assert V(["x", "y"]) == V(["y", "x"], ["x", "y"])
    assert hash(V(["x", "y"])) == hash(V(["y", "x"], ["x", "y"]))
    assert V("x", ["x", "y"]) != V("x")
    assert V("x") != "x"


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda v: V("x", seconds=0), ValueError, "seconds must be a positive number"),
        (lambda v: V("x", seconds=float("nan")), ValueError, "seconds must be a positive number"),
        (lambda v: v.ed_degree_with([1]), ValueError, "weights must be 2 numbers; got 1"),
        (lambda v: v.ed_degree_with([1, -1]), ValueError, "weights must be positive"),
        (lambda v: v.ed_degree_with([1, "2"]), TypeError, "weights must be a list of real numbers"),
        (lambda v: v.ed_degree_with(seconds="1"), ValueError, "seconds"),
        (lambda v: v.critical_points([1, np.nan]), ValueError, "u must be finite"),
        (lambda v: v.critical_points([1, 2j]), TypeError, "u must be a list of real numbers"),
        (lambda v: v.critical_points("12"), TypeError, "u must be 2 numbers"),
        (lambda v: v.contains([1, 2, 3]), ValueError, "point must be 2 numbers; got 3"),
        (lambda v: v.contains(3), TypeError, "point must be 2 numbers"),
        (lambda v: v.contains([True, 1]), TypeError, "list of numbers"),
        (lambda v: v.contains([np.inf, 1]), ValueError, "finite"),
        (lambda v: v.contains([1, 0], tolerance=-1), ValueError, "tolerance"),
        (lambda v: v.is_singular_at([3, 0]), ValueError, "point must be on the variety"),
        (lambda v: v.tangent_space([3, 0]), ValueError, "point must be on the variety"),
        (lambda v: v.tangent_space([2**0.5, 1j]), TypeError, "point must be real"),
        (lambda v: v.sample(0), TypeError, "numpy.random.Generator"),
        (lambda v: V("x^2 + y^2 + 1").sample(np.random.default_rng(0)), ValueError, "one with real points"),
    ],
)
def test_mistakes_are_named(call, kind, words):
    with pytest.raises(kind, match=words):
        call(V("x^2 + y^2 = 1"))
