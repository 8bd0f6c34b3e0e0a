"""Exact membership against brute force over all assignments of roots, literal products and perturbations."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares

from convolution.brute_factorizations import brute_factorizations
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.membership import factorizations, membership


def literal(filters, scales):
    """End-to-end filter: the product of SymPy polynomials, with its zeros at the end."""
    x = sympy.Symbol("x")
    size = 1 + sum((len(w) - 1) * s for w, s in zip(filters, scales, strict=True))
    total = sympy.Integer(1)
    for w, s in zip(filters, scales, strict=True):
        total *= sum(sympy.Rational(c) * x ** (j * s) for j, c in enumerate(w))
    poly = sympy.Poly(sympy.expand(total), x)
    return [Fraction(int(c.p), int(c.q)) for c in (poly.coeff_monomial(x**n) for n in range(size))]


@st.composite
def networks(draw, most=8):
    """Small architectures with integer filters; entries in a small range make multiple and shared roots frequent."""
    depth = draw(st.integers(1, 4))
    sizes = draw(st.lists(st.sampled_from([1, 2, 2, 3, 3, 4]), min_size=depth, max_size=depth))
    strides = draw(st.lists(st.sampled_from([1, 1, 2, 3]), min_size=depth, max_size=depth))
    net = Architecture(sizes, strides)
    assume(net.end_to_end_size - 1 <= most)
    entry = st.integers(-2, 2)
    filters = [draw(st.lists(entry, min_size=k, max_size=k)) for k in sizes]
    return net, filters


@settings(max_examples=30)
@given(networks(most=20))
def test_products_are_members_and_filters_compose_back(case):
    net, filters = case
    v = literal(filters, net.scales)
    found = membership(net, v)
    assert found.status == "member"
    assert found.in_closure
    assert found.position is not None
    assert found.residual <= 1e-14
    for w in found.filters:
        assert isinstance(w, tuple) or w.dtype == np.float64
    if all(isinstance(w, tuple) for w in found.filters):
        assert literal(found.filters, net.scales) == v
    if net.blocks and all(isinstance(w, tuple) for w in found.block_filters):
        assert literal(found.block_filters, [block.scale for block in net.blocks]) == v


@settings(max_examples=25)
@given(networks(most=6), st.lists(st.integers(-1, 1), min_size=9, max_size=9), st.booleans())
def test_against_all_assignments_of_roots(case, change, changed):
    net, filters = case
    v = literal(filters, net.scales)
    if changed:
        v = [c + d for c, d in zip(v, change, strict=False)]
    assume(any(v))
    number = brute_factorizations(net.filter_sizes, net.scales, v)
    found = membership(net, v)
    assert found.status == ("member" if number else "not_member")
    listed = factorizations(net, v)
    assert len(listed) == number
    for one in listed:
        for w, k in zip(one, net.filter_sizes, strict=True):
            assert len(w) == k
        values = [[float(c) for c in w] for w in one]
        total = np.array([float(c) for c in literal([[Fraction(c) for c in w] for w in values], net.scales)])
        wanted = np.array([float(c) for c in v])
        np.testing.assert_allclose(total, wanted, atol=1e-12 * np.linalg.norm(wanted))


# Each with the number of blocks, of which the interior is decided block by block.
POINTS = [
    ((2, 2), (1, 1), [[1, 1], [1, 1]]),
    ((2, 2), (1, 1), [[1, 1], [1, 2]]),
    ((2, 2, 2), (1, 1, 1), [[1, 0], [0, 1], [1, 0]]),
    ((2, 2, 2), (1, 1, 1), [[1, 0], [0, 1], [1, 1]]),
    ((2, 2, 2), (1, 1, 1), [[1, 1], [1, 1], [1, 1]]),
    ((2, 2, 3), (1, 1, 1), [[1, 1], [1, 2], [1, 0, 1]]),
    ((2, 2, 3), (1, 1, 1), [[1, 1], [1, 1], [1, 0, 1]]),
    ((2, 2, 3), (1, 1, 1), [[1, 1], [1, 1], [1, 0, -1]]),
    ((2, 2, 3), (1, 1, 1), [[1, 1], [1, 1], [4, 4, 1]]),
    ((4, 2), (1, 1), [[1, 1, 1, 1], [1, 1]]),
    ((3, 2, 2), (2, 1, 1), [[1, 1, 1], [1, 1], [1, 3]]),
    ((3, 2, 2), (2, 1, 1), [[1, 1, 1], [1, 1], [1, 1]]),
    ((2, 2, 2), (1, 2, 1), [[1, 1], [1, 2], [1, 5]]),
    ((2, 2, 2), (1, 2, 1), [[1, 2], [1, 2], [1, 5]]),
]


@pytest.mark.parametrize(("sizes", "strides", "filters"), POINTS)
def test_interior_by_perturbations(sizes, strides, filters):
    """Real forms of the scales, changed a little in all directions: all products are members, or not all are."""
    net = Architecture(sizes, strides)
    v = literal(filters, net.scales)
    found = membership(net, v)
    assert found.status == "member"
    draw = random.Random(0)
    all_members = True
    for _ in range(20):
        size = Fraction(1, 10 ** draw.randint(3, 6))
        changed = []
        for block in found.block_filters:
            changed.append([c + size * draw.randint(-9, 9) for c in block])
        all_members &= bool(membership(net, literal(changed, [block.scale for block in net.blocks])))
    assert found.position == ("interior" if all_members else "boundary")
    assert found.relative_boundary == (not all_members)


def starts_reach(net, v, rng, starts):
    """Smallest residual of least squares over the filters from random starts."""
    splits = np.cumsum(net.filter_sizes)[:-1]

    def residual(theta):
        total = np.ones(1)
        for w, s in zip(np.split(theta, splits), net.scales, strict=True):
            wide = np.zeros((len(w) - 1) * s + 1)
            wide[::s] = w
            total = np.convolve(total, wide)
        return total - v

    best = np.inf
    for _ in range(starts):
        found = least_squares(
            residual, rng.standard_normal(net.num_parameters), xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=200
        )
        best = min(best, float(np.linalg.norm(found.fun)))
        if best < 1e-9:
            break
    return best


@pytest.mark.parametrize(
    ("sizes", "strides", "v"),
    [
        ((3, 2), (2, 1), [1, 0, 1, 0, 1]),  # only complex filters
        ((3, 2), (2, 1), [1, 0, 3, 0, 1]),
        ((3, 2), (2, 1), [2, 1, 1, 1, 1]),
        ((2, 2), (2, 1), [1, 2, 2, 4]),
        ((2, 2), (2, 1), [1, 2, 2, 5]),
        ((2, 2, 3), (1, 1, 1), [1, 0, 0, 0, 1]),
        ((2, 2, 3), (1, 1, 1), [-1, 0, 0, 0, 1]),
        ((2, 2, 2), (1, 2, 1), [2, 3, 3, 3, 1]),
        ((2, 2, 2), (1, 2, 1), [1, 1, 2, 1, 1]),
        ((2, 2, 2), (1, 2, 1), [1, 1, 1, 0, 0]),
    ],
)
def test_least_squares_reach_zero_iff_member(sizes, strides, v, rng):
    net = Architecture(sizes, strides)
    best = starts_reach(net, np.array(v, dtype=float), rng, 6)
    assert bool(membership(net, v)) == (best < 1e-6)


@settings(max_examples=30)
@given(st.lists(st.integers(-5, 5), min_size=4, max_size=4))
def test_two_by_two_with_stride_by_the_resultant(v):
    """(2,2) with stride 2: v = (a, b) x (c, d) is p1 p2 = p0 p3, the resultant of the two slices."""
    x = sympy.Symbol("x")
    assume(v[2] or v[3])
    determinant = v[1] * v[2] - v[0] * v[3]
    if v[2] and v[3]:
        assert determinant == sympy.resultant(v[0] + v[2] * x, v[1] + v[3] * x, x)
    assert bool(membership(Architecture((2, 2), (2, 1)), v)) == (determinant == 0)


@pytest.mark.parametrize(
    ("sizes", "strides", "position", "boundary"),
    [
        ((3, 2), (1, 1), "interior", False),
        ((2, 2), (1, 1), "boundary", True),
        ((1, 1), (2, 3), "interior", False),
        ((1, 3), (2, 1), "interior", False),
        ((1, 2, 2), (2, 1, 1), "boundary", True),
        ((3, 2), (2, 1), "singular", True),  # (x^4 + x^2 + 1) / n is in the closure only
        ((3, 3), (2, 1), "singular", False),
        ((2, 2), (2, 1), "singular", False),
        ((2, 2, 2), (1, 2, 1), "singular", True),
    ],
)
def test_zero_is_a_member(sizes, strides, position, boundary):
    net = Architecture(sizes, strides)
    for v in ([0] * net.end_to_end_size, np.zeros(net.end_to_end_size)):
        found = membership(net, v)
        assert (found.status, found.in_closure, found.position) == ("member", True, position)
        assert found.relative_boundary == boundary
        assert all(not any(w) for w in found.filters)
        with pytest.raises(ValueError, match="nonzero"):
            factorizations(net, v)


def test_filters_of_size_one():
    net = Architecture((1, 1, 1), (2, 2, 2))
    found = membership(net, [Fraction(3, 7)])
    assert (found.status, found.position) == ("member", "interior")
    assert literal(found.filters, net.scales) == [Fraction(3, 7)]
    assert membership(net, [-2.5]).residual < 1e-15
    assert factorizations(net, [5]) == (found.filters[:0] + tuple(membership(net, [5]).filters),)


def test_coefficients_between_the_multiples_of_the_step():
    net = Architecture((1, 2, 2), (3, 1, 1))
    assert membership(net, [1, 0, 0, 3, 0, 0, 2]).position == "interior"
    found = membership(net, [1, 0, 1, 3, 0, 0, 2])
    assert (found.status, found.in_closure) == ("not_member", False)
    assert "2" in found.reason
    assert membership(net, [0, 0, 1, 0, 0, 0, 0]).status == "not_member"
    assert membership(net, [0.0, 0, 1, 0, 0, 0, 0]).status == "not_member"


@pytest.mark.parametrize("number", [int, np.int32, np.int64, sympy.Integer, sympy.Rational, Fraction])
def test_exact_numbers_of_all_kinds(number):
    found = membership(Architecture((3, 2), (2, 1)), [number(c) for c in (8, 8, 14, 12, 3)])
    assert [list(map(str, q)) for q in found.block_filters] == [["4", "4", "1"], ["2", "3"]]
    assert found.residual == 0


def test_exact_where_rational_and_accurate_where_not():
    """(x^2 - 2)(x + 1) on layers of degrees 2 and 1, then of degrees 1, 1, 1."""
    v = [-2, -2, 1, 1]
    assert all(isinstance(w, tuple) for w in membership(Architecture((3, 2), (1, 1)), v).filters)
    found = membership(Architecture((2, 2, 2), (1, 1, 1)), v)
    assert sum(isinstance(w, tuple) for w in found.filters) == 1
    ratios = sorted(float(-w[0] / w[1]) for w in found.filters)
    np.testing.assert_allclose(ratios, [-np.sqrt(2), -1, np.sqrt(2)], rtol=1e-15)


def test_rational_layers_leave_enough_real_roots_to_the_others():
    """(x^2 - 2)(x^2 + 1) on layers of degrees 1, 1, 2: the last has to take x^2 + 1."""
    found = membership(Architecture((2, 2, 3), (1, 1, 1)), [-2, 0, -1, 0, 1])
    last = found.filters[2]
    assert isinstance(last, tuple)
    assert last[0] == last[2] != 0 == last[1]
    assert found.residual < 1e-15


def test_multiple_irrational_roots():
    """(x^2 - 2)^3: floats would see six different roots."""
    v = [-8, 0, 12, 0, -6, 0, 1]
    found = membership(Architecture((2,) * 6, (1,) * 6), v)
    assert found.position == "boundary"
    assert (found.real_roots, found.odd_real_roots) == ((6,), (2,))
    ratios = sorted(float(-w[0] / w[1]) for w in found.filters)
    np.testing.assert_allclose(ratios, [-np.sqrt(2)] * 3 + [np.sqrt(2)] * 3, rtol=1e-14)
    assert len(factorizations(Architecture((3, 5), (1, 1)), v)) == 3


def test_huge_and_tiny_rational_numbers():
    net = Architecture((2, 2, 2), (1, 1, 1))
    for scale in (10**400, Fraction(1, 10**400)):
        found = membership(net, [-2 * scale, -2 * scale, scale, scale])
        assert found.status == "member"
        assert found.residual < 1e-14
        assert found.conditioning == membership(net, [-2, -2, 1, 1]).conditioning


def test_singular_point_with_rational_and_irrational_choices():
    """G = (z^2 - 2)(z - 1): the one rational divisor of degree 1 is preferred; of z^2 - 2 there is none."""
    net = Architecture((5, 2), (2, 1))
    found = membership(net, [2, 0, -2, 0, -1, 0, 1])
    assert found.position == "singular"
    assert all(isinstance(w, tuple) for w in found.filters)
    assert len(factorizations(net, [2, 0, -2, 0, -1, 0, 1])) == 3
    found = membership(Architecture((3, 2), (2, 1)), [-2, 0, 0, 0, 1])
    assert found.position == "singular"
    assert all(w.dtype == np.float64 for w in found.filters)
    assert found.residual < 1e-15


def test_three_scales_share_roots():
    """x^8 - 1 with filter sizes 3, 2, 2 and strides 2, 2 (degree 2 + 2 + 4): which of its roots each scale takes."""
    net = Architecture((3, 2, 2), (2, 2, 1))
    v = [-1, 0, 0, 0, 0, 0, 0, 0, 1]
    assert len(factorizations(net, v)) == brute_factorizations(net.filter_sizes, net.scales, v)
    assert membership(net, v).gcd_degrees == (4, 2)
    assert membership(net, v).gcd_degrees_needed == (3, 1)


def test_large_exact_filters(rng):
    net = Architecture((40, 20, 20), (2, 1, 1))
    filters = [[int(c) for c in rng.integers(-9, 10, k)] for k in net.filter_sizes]
    v = [int(c) for c in np.convolve(filters[0], np.kron(np.convolve(*filters[1:]), [1, 0])[:-1])]
    found = membership(net, v)
    assert found.status == "member"
    assert found.residual < 1e-14
    assert all(isinstance(c, Fraction) for q in found.block_filters for c in q)
    v[5] += 1
    assert membership(net, v).in_closure is False


@pytest.mark.parametrize(
    ("squares", "number"),
    [
        ((1, 2), 4),  # either root of G is left to the first scale, where it has two real roots for the two layers
        ((1, -2), 2),
        ((-1, -2), 0),  # real forms of both scales exist, but x^2 + 1 and x^2 + 2 have no real roots
        ((1, 1), 2),
        ((0, -1), 1),
        ((0, 3), 3),
    ],
)
def test_singular_points_whose_first_scale_needs_real_roots(squares, number):
    """P = (x^2 - a)(x^2 - b) with filter sizes 2, 2 at scale 1 and 2 at scale 2."""
    net = Architecture((2, 2, 2), (1, 2, 1))
    a, b = squares
    v = [a * b, 0, -a - b, 0, 1]
    assert brute_factorizations(net.filter_sizes, net.scales, v) == number
    assert bool(membership(net, v)) == bool(number)
    assert bool(membership(net, np.array(v, dtype=float))) == bool(number)
    assert membership(net, v).in_closure
    assert len(factorizations(net, v)) == number


def test_factorizations_are_exact_where_they_are_rational():
    """(x - 1)(x - 2)(x^2 - 2) on two layers of degree 2: two of the six are rational."""
    net = Architecture((3, 3), (1, 1))
    v = literal([[-1, 1], [-2, 1], [-2, 0, 1]], (1, 1, 1))
    found = factorizations(net, v)
    exact = [one for one in found if all(isinstance(w, tuple) for w in one)]
    assert (len(found), len(exact)) == (6, 2)
    assert all(literal(one, net.scales) == v for one in exact)
