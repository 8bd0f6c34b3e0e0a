"""Equations and inequalities of function spaces, against elimination, finite fields, discriminants, planted roots."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from math import factorial, prod

import numpy as np
import pytest
import sympy

import equivariety as ev
from convolution.literal import end_to_end, image_modulo, normed, random_architecture, rank_modulo, split_form
from equivariety.convolution import Architecture
from equivariety.convolution.equations import (
    closure_equations,
    closure_only_filter,
    fills_real_closure,
    real_conditions,
)
from equivariety.convolution.equations.root_counts import num_real_roots, root_polynomials
from equivariety.convolution.equations.scale_conditions import scale_conditions
from oracles.read import vectors

CLOSURES = [v for v in vectors("lcn") if v["kind"] == "closure_equations"]


def integers(rng, size, bound=4):
    while True:
        w = [int(c) for c in rng.integers(-bound, bound + 1, size)]
        if any(w):
            return w


@pytest.mark.parametrize("vector", [pytest.param(v, id=v["id"]) for v in CLOSURES])
def test_ideals_are_those_of_the_vectors(vector):
    net = Architecture(vector["input"]["k"], vector["input"]["s"])
    found = closure_equations(net)
    wanted = ev.AlgebraicVariety(vector["expected"]["ideal_generators"], found.variables)
    assert found.variety().groebner_basis == wanted.groebner_basis
    assert found.is_prime_ideal


# Numbers of minimal generators by degree, from elimination with a computer algebra system.
@pytest.mark.parametrize(
    ("sizes", "strides", "degrees"),
    [
        ((2, 2), (2, 1), {2: 1}),
        ((3, 2), (2, 1), {3: 1}),
        ((2, 3), (2, 1), {2: 3}),
        ((3, 3), (2, 1), {3: 4}),
        ((4, 2), (2, 1), {4: 1}),
        ((2, 2, 2), (2, 2, 1), {2: 9}),
        ((3, 2, 2), (2, 2, 1), {2: 3, 3: 10}),
        ((3, 2), (1, 1), {}),
        ((1, 3, 2), (2, 1, 1), {1: 3}),
    ],
)
def test_minimal_generators(sizes, strides, degrees):
    assert Counter(closure_equations(Architecture(sizes, strides)).degrees) == degrees


@pytest.mark.parametrize(("sizes", "strides"), [((2, 2), (2, 1)), ((3, 2), (2, 1)), ((2, 3), (2, 1))])
def test_ideal_is_that_of_elimination(sizes, strides):
    """The kernel of the parametrization with one weight of the second filter set to 1, by SymPy."""
    weights = [sympy.symbols(f"w{i}_0:{k}") for i, k in enumerate(sizes)]
    equations = closure_equations(Architecture(sizes, strides))
    p = sympy.symbols(equations.variables)
    forms = end_to_end([list(weights[0]), [1, *weights[1][1:]]], strides)
    unknowns = [*weights[0], *weights[1][1:]]
    basis = sympy.groebner([a - b for a, b in zip(p, forms, strict=True)], *unknowns, *p, order="lex")
    kernel = [g for g in basis.exprs if not g.free_symbols & set(unknowns)]
    left = sympy.groebner(kernel, *p, order="grevlex")
    right = sympy.groebner([q.as_expr() for q in equations.to_sympy()], *p, order="grevlex")
    assert left.exprs == right.exprs


@pytest.mark.parametrize(
    ("sizes", "strides"),
    [((3, 2), (2, 1)), ((3, 3), (2, 1)), ((4, 2), (3, 1)), ((2, 2, 2), (2, 2, 1)), ((3, 2, 2), (2, 2, 1))],
)
def test_dimension_and_degree_of_the_equations(sizes, strides):
    net = Architecture(sizes, strides)
    degrees = [block.degree for block in net.blocks]
    variety = closure_equations(net).variety()
    assert variety.dim == 1 + sum(degrees)
    assert variety.degree == factorial(sum(degrees)) // prod(map(factorial, degrees))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sizes", "strides"), [((2, 3, 2), (2, 2, 1)), ((4, 3), (3, 1)), ((3, 2, 2), (3, 2, 1)), ((4, 4), (2, 1))]
)
def test_dimension_and_degree_of_more_equations(sizes, strides):
    test_dimension_and_degree_of_the_equations(sizes, strides)


@pytest.mark.parametrize("seed", range(20))
def test_equations_hold_on_products_of_layers(seed, rng):
    sizes, strides = random_architecture(rng, depth=3, size=3)
    equations = closure_equations(Architecture(sizes, strides))
    for _ in range(5):
        v = end_to_end([integers(rng, k) for k in sizes], strides)
        assert equations.values(v) == [0] * len(equations)
        assert equations.contains(v)
        assert equations.contains(np.array(v) / 7)
    other = integers(rng, len(v), 9)
    assert bool(equations.contains(other)) is (not any(equations.values(other)))
    if len(equations):
        assert not equations.contains(other)


def test_complex_products_are_on_the_closure(rng):
    for sizes, strides in [((3, 2), (2, 1)), ((2, 2, 2), (2, 2, 1))]:
        filters = [rng.standard_normal(k) + 1j * rng.standard_normal(k) for k in sizes]
        assert closure_equations(Architecture(sizes, strides)).contains(end_to_end(filters, strides))


@pytest.mark.parametrize(
    ("sizes", "strides", "p"),
    [
        ((3, 2), (2, 1), 5),
        ((4, 2), (3, 1), 7),
        ((3, 2, 2), (2, 2, 1), 5),
        ((3, 3, 2), (2, 2, 1), 5),
        ((3, 2, 3), (2, 2, 1), 5),
        ((5, 2, 2), (2, 2, 1), 5),
    ],
)
def test_conditions_at_each_scale_describe_products_over_a_finite_field(sizes, strides, p, rng):
    """Forms with many full orbits of roots: all products are listed.  Exact ranks mean a single factorization."""
    net = Architecture(sizes, strides)
    conditions = scale_conditions(net)
    image = image_modulo([(block.degree, block.scale) for block in net.blocks], p)
    degree = net.end_to_end_size - 1
    counts = Counter()
    for _ in range(200):
        roots = []
        while len(roots) < degree:
            scale = rng.choice([1, *(c.scale for c in conditions)])
            z = (None, 0, 1, 2)[int(rng.integers(0, 4))]
            orbit = [z] * scale if z in (None, 0) else [x for x in range(1, p) if pow(x, int(scale), p) == z]
            if len(orbit) == scale and len(roots) + scale <= degree:
                roots += orbit
        form = normed(split_form(roots, p), p)
        ranks = [rank_modulo(c.matrix(form, c.last_degree), p) - (c.last_degree + 1 - c.required) for c in conditions]
        assert (max(ranks) <= 0) is (form in image)
        if max(ranks) <= 0:
            assert image[form] == 1 or min(ranks) < 0
        counts[form in image, min(ranks) < 0] += 1
    assert counts[True, True]
    assert counts[False, False] + counts[False, True]


def test_too_many_equations():
    with pytest.raises(ValueError, match="membership"):
        closure_equations(Architecture((9, 9, 9), (2, 2, 1)))


def test_text_and_latex():
    equations = closure_equations(Architecture((2, 2), (2, 1)))
    assert list(equations) == ["p0*p3 - p1*p2"]
    assert "p_{0}" in equations._repr_latex_()
    assert str(closure_equations(Architecture((2, 2), (1, 1)))) == "no equations"
    assert len(str(closure_equations(Architecture((5, 5), (2, 1)))).splitlines()) == 41
    with pytest.raises(ValueError, match="4 coefficients"):
        equations.values([1, 2, 3])


def test_jacobian_of_the_equations(rng):
    equations = closure_equations(Architecture((3, 3), (2, 1)))
    v, h = rng.standard_normal(7), 1e-6
    steps = [(equations.values(v + h * e) - equations.values(v - h * e)) / (2 * h) for e in np.eye(7)]
    assert np.allclose(equations.jacobian(v), np.array(steps).T, atol=1e-7)


# ----------------------------------------------------------------------------------------------- real closure, F = V(R)


def test_two_layers_of_different_scales():
    for k1, k2, s in product(range(2, 7), range(2, 6), (2, 3, 4)):
        assert fills_real_closure(Architecture((k1, k2), (s, 1))) is (k1 <= s or k2 % 2 == 1)


def test_one_scale():
    for sizes in product(range(1, 5), repeat=3):
        net = Architecture(sizes, (1, 1, 1))
        assert fills_real_closure(net) is (sum(k % 2 == 0 for k in sizes) <= 1)


def small_architectures():
    for sizes in product((1, 2, 3, 4), repeat=3):
        for strides in product((1, 2, 3), repeat=2):
            yield Architecture(sizes, (*strides, 1))


def test_witnesses_are_on_the_closure():
    found = 0
    for net in small_architectures():
        v = closure_only_filter(net)
        assert (v is None) is fills_real_closure(net)
        if v is not None:
            found += 1
            assert len(v) == net.end_to_end_size
            assert all(rank_over_q(c, v[:: net.step]) <= c.last_degree + 1 - c.required for c in scale_conditions(net))
    assert found > 100


def rank_over_q(condition, v):
    return sympy.Matrix(condition.matrix(v, condition.last_degree)).rank() if any(v) else 0


def real_allocations(net, v, seed):
    """Whether real filters of the layers are found numerically: least squares from many starts."""
    from scipy.optimize import least_squares

    target = np.array(v, dtype=float) / np.linalg.norm(v)
    ends = np.cumsum(net.filter_sizes)[:-1]
    rng = np.random.default_rng(seed)

    def residual(w):
        return np.array(end_to_end([list(x) for x in np.split(w, ends)], net.strides)) - target

    runs = (least_squares(residual, rng.standard_normal(sum(net.filter_sizes))).cost for _ in range(12))
    return any(cost < 1e-18 for cost in runs)


@pytest.mark.parametrize(
    ("sizes", "strides"),
    [((3, 2), (2, 1)), ((2, 2), (1, 1)), ((3, 2, 2), (2, 2, 1)), ((2, 2, 2), (1, 3, 1)), ((3, 2, 2), (2, 4, 1))],
)
def test_no_filters_are_found_for_witnesses(sizes, strides, rng):
    net = Architecture(sizes, strides)
    v = closure_only_filter(net)
    assert not real_allocations(net, v, 1)
    member = end_to_end([integers(rng, k) for k in sizes], strides)
    assert real_allocations(net, member, 2)


# -------------------------------------------------------------------------------------------------- semialgebraic sets


def planted(rng, degree, repeat):
    """A form with known numbers of real roots: with multiplicity, and different ones."""
    real = int(rng.integers(0, degree // 2 + 1)) * 2 + degree % 2
    pool = [[-a, b] for a, b in [(0, 1), (1, 0), (1, 1), (-1, 1), (2, 1), (-3, 2), (5, 1), (1, 3)]]
    chosen = rng.integers(0, 2, real) if repeat else rng.permutation(len(pool))[:real]
    pairs = [[1, 1, 1], [2, 0, 1], [5, -2, 1]]
    quadratics = rng.integers(0, 2 if repeat else 3, (degree - real) // 2)
    if not repeat:
        quadratics = rng.permutation(3)[: (degree - real) // 2]
    out = [int(rng.choice([-1, 1]))]
    for factor in [pool[i] for i in chosen] + [pairs[i] for i in quadratics]:
        out = [int(c) for c in np.convolve(out, factor)]
    return out, real, len(set(chosen.tolist()))


@pytest.mark.parametrize("degree", range(2, 7))
@pytest.mark.parametrize("repeat", [False, True])
def test_different_real_roots_are_counted_by_signs(degree, repeat, rng):
    polynomials = root_polynomials(degree)
    for _ in range(25):
        form, _, different = planted(rng, degree, repeat)
        values = [
            sum(c * prod(x**e for x, e in zip(form, es, strict=True)) for es, c in p.items()) for p in polynomials
        ]
        assert num_real_roots(values) == different
        x = sympy.Symbol("x")
        dense = sympy.Poly(sum(c * x**i for i, c in enumerate(form)), x)
        if dense.degree() == degree:
            assert sympy.sign(values[-1]) == sympy.sign(dense.discriminant())


def test_last_polynomial_is_the_discriminant():
    for degree in (2, 3, 4):
        p = sympy.symbols(f"p0:{degree + 1}")
        x = sympy.Symbol("x")
        found = sum(
            sympy.Rational(c.numerator, c.denominator) * prod(a**e for a, e in zip(p, es, strict=True))
            for es, c in root_polynomials(degree)[-1].items()
        )
        assert sympy.expand(found - sympy.discriminant(sum(c * x**i for i, c in enumerate(p)), x)) == 0


ONE_SCALE = [
    (2, 2),
    (2, 2, 2),
    (2, 2, 2, 2),
    (4, 2),
    (3, 2, 2),
    (4, 2, 2),
    pytest.param((4, 4), marks=pytest.mark.slow),
    (3, 2),
    (4, 3),
    (3, 3),
]


@pytest.mark.parametrize("sizes", ONE_SCALE)
def test_one_scale_by_planted_roots(sizes, rng):
    conditions = real_conditions(Architecture(sizes, (1,) * len(sizes)))
    degree, odd = sum(sizes) - len(sizes), sum(k % 2 == 0 for k in sizes)
    assert conditions.is_basic is (odd <= 1 or odd == degree)
    seen = set()
    for repeat in (False, True):
        for _ in range(15):
            form, real, _ = planted(rng, degree, repeat)
            wanted = odd <= 1 or real >= odd
            assert conditions.holds(form) is wanted
            assert conditions.holds([Fraction(c, 7) for c in form]) is wanted
            found = conditions.holds(np.array(form) * 1e-3)
            assert found is wanted or (found is None and repeat)
            seen.add(wanted)
    assert len(seen) == 2 or odd <= 1
    assert conditions.holds([0] * (degree + 1))


def test_texts_of_small_cases():
    assert real_conditions(Architecture((2, 2), (1, 1))).texts == ("p1^2 - 4*p0*p2",)
    (cubic,) = real_conditions(Architecture((2, 2, 2), (1, 1, 1))).texts
    x, *p = sympy.symbols("x p0:4")
    wanted = sympy.discriminant(sum(c * x**i for i, c in enumerate(p)), x)
    assert ev.AlgebraicVariety(cubic).polynomials[0].as_expr() == sympy.expand(wanted)
    assert len(real_conditions(Architecture((2, 2, 2, 2), (1,) * 4)).texts) == 3
    assert str(real_conditions(Architecture((4, 3), (1, 1)))) == "no conditions: all filters"
    assert "changes of sign" in str(real_conditions(Architecture((4, 2), (1, 1))))


@pytest.mark.parametrize(
    ("sizes", "strides"),
    [((2, 2, 2), (1, 3, 1)), ((3, 2, 2), (3, 1, 1)), ((1, 2, 2), (2, 1, 1)), ((2, 2, 2, 2), (1, 3, 1, 1))],
)
def test_several_scales_by_planted_roots(sizes, strides, rng):
    net = Architecture(sizes, strides)
    conditions = real_conditions(net)
    scales = [block.scale for block in net.blocks]
    seen = set()
    for _ in range(40):
        forms, wanted = [], True
        for block in net.blocks:
            form, real, _ = planted(rng, block.degree, bool(rng.integers(0, 2)))
            forms.append(form)
            wanted = wanted and real >= block.num_odd
        v = [1]
        for form, scale in zip(forms, scales, strict=True):
            wide = [0] * ((len(form) - 1) * scale + 1)
            wide[::scale] = form
            v = [int(c) for c in np.convolve(v, wide)]
        assert conditions.holds(v) is wanted
        assert conditions.holds(np.array(v) / 3.0) in (wanted, None)
        seen.add(wanted)
    assert seen == {True, False}
    other = integers(rng, net.end_to_end_size, 9)
    assert conditions.holds(other) is False


def test_conditions_that_are_not_written_out():
    for sizes, strides in [((3, 2), (2, 1)), ((2, 2, 2), (1, 2, 1)), ((8, 2), (1, 1))]:
        with pytest.raises(ValueError, match="membership"):
            real_conditions(Architecture(sizes, strides))
    with pytest.raises(TypeError, match="real"):
        real_conditions(Architecture((2, 2), (1, 1))).holds([1j, 0, 1])
