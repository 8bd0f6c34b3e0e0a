"""Ranks of Jacobian matrices and smooth points, against finite differences, greatest common divisors, equations."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import gcd

import numpy as np
import pytest
import sympy

from convolution.literal import end_to_end, random_architecture
from equivariety.convolution import Architecture
from equivariety.convolution.equations import closure_equations
from equivariety.convolution.filters import compose
from equivariety.convolution.membership import membership
from equivariety.convolution.regularity import block_filters, jacobian_rank, merged_jacobian, singularity

X = sympy.Symbol("x")


def integers(rng, size, bound=4):
    while True:
        w = [int(c) for c in rng.integers(-bound, bound + 1, size)]
        if any(w):
            return w


def difference_jacobian(filters, strides):
    """Derivatives of the literal end-to-end filter, linear in each weight: differences are exact."""
    columns = []
    for i, w in enumerate(filters):
        for j in range(len(w)):
            unit = [Fraction(int(j == a)) for a in range(len(w))]
            columns.append(end_to_end([*filters[:i], unit, *filters[i + 1 :]], strides))
    return sympy.Matrix(columns).T


@pytest.mark.parametrize("seed", range(25))
def test_exact_rank_is_that_of_literal_layers(seed, rng):
    sizes, strides = random_architecture(rng)
    filters = [integers(rng, k, 1) for k in sizes]
    found = jacobian_rank(Architecture(sizes, strides), filters)
    assert found.rank == difference_jacobian(filters, strides).rank()
    assert found.dim == 1 + sum(k - 1 for k in sizes)
    assert found.is_regular == (found.rank == found.dim)
    assert found.corank == found.dim - found.rank
    assert found.is_exact


@pytest.mark.parametrize("seed", range(25))
def test_floats_agree_with_exact_numbers(seed, rng):
    sizes, strides = random_architecture(rng)
    net = Architecture(sizes, strides)
    filters = [integers(rng, k, 1) for k in sizes]
    scales = 10.0 ** rng.integers(-60, 60, len(sizes))
    floats = [np.array(w) * c for w, c in zip(filters, scales, strict=True)]
    exact, found = jacobian_rank(net, filters), jacobian_rank(net, floats)
    assert (found.rank, found.is_regular) == (exact.rank, exact.is_regular)
    assert found.singular_values.shape == (net.dim,)
    assert found.gap > 1e3


def test_general_filters_are_regular(rng):
    for _ in range(20):
        sizes, strides = random_architecture(rng)
        real = [rng.standard_normal(k) for k in sizes]
        other = [w + 1j * rng.standard_normal(w.shape) for w in real]
        for filters in (real, other):
            assert jacobian_rank(Architecture(sizes, strides), filters).is_regular is True


def t_gcd(form, t):
    """Greatest common divisor of the slices of a form, as a polynomial, and its order at infinity, by SymPy."""
    slices = [form[j::t] for j in range(min(t, len(form)))]
    total = sympy.Integer(0)
    for part in slices:
        total = sympy.gcd(total, sum(c * X**i for i, c in enumerate(part)))
    infinite = min(next((i for i, c in enumerate(reversed(part)) if c), len(part)) for part in slices if any(part))
    return sympy.Poly(total, X), infinite


def product_of(*forms):
    out = [1]
    for form in forms:
        out = [int(c) for c in np.convolve(np.array(out, dtype=object), np.array(form, dtype=object))]
    return out


@pytest.mark.parametrize("seed", range(40))
def test_corank_of_two_scales_is_the_degree_of_a_common_divisor(seed, rng):
    t = int(rng.integers(2, 4))
    atoms = [[-1, 1], [1, 1], [1, 0], [0, 1], [1, 1, 1], [2, 0, 1]]
    chosen = [atoms[i] for i in rng.integers(0, len(atoms), int(rng.integers(1, 3)))]
    planted = product_of(*chosen)
    spread = [0] * (t * (len(planted) - 1) + 1)
    spread[::t] = planted
    first = product_of(spread, integers(rng, int(rng.integers(1, 3))))
    kept = [chosen[i] for i in range(len(chosen)) if rng.integers(0, 2)]
    second = product_of(*kept, integers(rng, 2))
    divisor, at_infinity = t_gcd(first, t)
    other = sympy.Poly(sum(c * X**i for i, c in enumerate(second)), X)
    common = sympy.gcd(divisor, other).degree()
    common += min(at_infinity, next(i for i, c in enumerate(reversed(second)) if c))
    found = jacobian_rank(Architecture((len(first), len(second)), (t, 1)), [first, second])
    assert found.corank == common


@pytest.mark.parametrize("seed", range(20))
def test_filters_of_one_scale_are_regular_unless_roots_are_shared(seed, rng):
    filters = [integers(rng, 2, 2) for _ in range(3)]
    if rng.integers(0, 2):
        filters[2] = product_of(filters[2], integers(rng, 2, 2))
    net = Architecture([len(w) for w in filters], (1, 1, 1))

    def shared(v, w):
        """Whether the Sylvester matrix, that of v a + w b, is singular."""
        m, n = len(v) - 1, len(w) - 1
        rows = [[0] * i + v + [0] * (n - 1 - i) for i in range(n)] + [[0] * i + w + [0] * (m - 1 - i) for i in range(m)]
        return sympy.Matrix(rows).det() == 0

    pairs = any(shared(filters[i], filters[j]) for i in range(3) for j in range(i))
    assert jacobian_rank(net, filters).is_regular is not pairs


def test_three_scales_without_a_common_pair():
    net = Architecture((3, 2, 2), (2, 2, 1))
    assert jacobian_rank(net, [[-1, 0, 1], [1, 1], [-1, 1]]).rank == 4
    assert jacobian_rank(net, [[-1.0, 0, 1], [1, 1], [-1, 1]]).is_regular is False


def test_zero_filters():
    net = Architecture((3, 2, 4), (1, 2, 1))
    assert jacobian_rank(net, [[1, 2, 3], [0, 0], [1, 1, 0, 5]]).rank == 2
    assert jacobian_rank(net, [[0.0, 0, 0], [1, 2], [1, 1, 0, 5]]).rank == 3
    assert jacobian_rank(net, [[0, 0, 0], [0, 0], [1, 1, 0, 5]]).rank == 0
    none = jacobian_rank(net, [[0.0, 0, 0], [0, 0], [1, 1, 0, 5]])
    assert (none.rank, none.is_regular) == (0, False)
    assert jacobian_rank(Architecture((3,), (1,)), [[0.0, 0.0, 0.0]]).is_regular is True


def test_no_gap_is_reported():
    net = Architecture((2, 2), (1, 1))
    assert jacobian_rank(net, [[1.0, 1.0], [1.0, 1.0 + 1e-7]]).is_regular is None
    assert jacobian_rank(net, [[1.0, 1.0], [1.0, 1.0 + 1e-12]]).is_regular is False
    assert jacobian_rank(net, [[1.0, 1.0], [1.0, 1.0 + 1e-7]], tolerance=1e-5).is_regular is False
    assert jacobian_rank(net, [[1.0, 1.0], [1.0, 1.001]]).is_regular is True


def test_algebraic_numbers_are_exact():
    root = sympy.sqrt(2)
    net = Architecture((2, 2), (1, 1))
    assert jacobian_rank(net, [[root, 2], [1, root]]).rank == 2
    assert jacobian_rank(net, [[root, 2], [1, 1]]).rank == 3


@pytest.mark.parametrize("tolerance", [-1.0, 2.0, np.nan])
def test_bad_tolerances(tolerance):
    with pytest.raises(ValueError, match="tolerance"):
        jacobian_rank(Architecture((2,), (1,)), [[1.0, 2.0]], tolerance)


@pytest.mark.parametrize("seed", range(15))
def test_merged_jacobian_is_that_of_the_products(seed, rng):
    sizes, strides = random_architecture(rng)
    net = Architecture(sizes, strides)
    filters = [integers(rng, k) for k in sizes]
    merged = block_filters(net, filters)
    assert [len(w) for w in merged] == list(net.merged_filter_sizes)
    scales = [block.scale for block in net.blocks] or [1]
    ratios = [b // a for a, b in pairwise(scales)]
    lead = [1] if net.step > 1 else []
    literal_strides = [*([net.step] if lead else []), *ratios, 1]
    literal = [lead, *merged] if lead else list(merged)
    assert end_to_end(literal, literal_strides) == compose(net, filters)
    wanted = difference_jacobian(literal, literal_strides)[:, len(lead) :]
    assert sympy.Matrix(merged_jacobian(net, filters).tolist()) == wanted
    floats = merged_jacobian(net, [np.array(w, dtype=float) for w in filters])
    assert np.allclose(floats, np.array(wanted.tolist(), dtype=float))


# ----------------------------------------------------------------------------------------------- smooth points of V

PRIME = [((3, 2), (2, 1)), ((3, 3), (2, 1)), ((4, 2), (2, 1)), ((2, 2, 2), (2, 2, 1)), ((1, 2, 3), (2, 3, 1))]


@pytest.mark.parametrize(("sizes", "strides"), PRIME)
def test_singular_points_are_where_the_equations_have_a_smaller_rank(sizes, strides, rng):
    net = Architecture(sizes, strides)
    equations = closure_equations(net)
    assert equations.is_prime_ideal
    symbols = sympy.symbols(equations.variables)
    jacobian = sympy.Matrix([p.as_expr() for p in equations.to_sympy()]).jacobian(symbols)
    codim = net.end_to_end_size - net.dim
    kinds = []
    for _ in range(20):
        v = end_to_end([integers(rng, k, 1) for k in sizes], strides)
        wanted = jacobian.subs(dict(zip(symbols, v, strict=True))).rank() < codim
        found = singularity(net, v)
        assert found.is_singular is wanted
        assert singularity(net, [float(x) * 1e-30 for x in v]).is_singular is wanted
        kinds.append(wanted)
    if any(d >= t for d, t in [(b.degree, b.ratio) for b in net.blocks[:-1]]):
        assert len(set(kinds)) == 2
    assert singularity(net, [0] * net.end_to_end_size)


def test_smooth_points_of_three_scales_have_regular_merged_filters(rng):
    """At a smooth point the merged map is unramified; at singular ones it is not, or has several points above."""
    net = Architecture((3, 2, 2), (2, 2, 1))
    for _ in range(60):
        filters = [integers(rng, k, 1) for k in net.filter_sizes]
        smooth = not singularity(net, compose(net, filters))
        if smooth:
            assert jacobian_rank(net, filters).is_regular
    ramified = [[-1, 0, 1], [1, 1], [-1, 1]]
    assert singularity(net, compose(net, ramified))


def test_points_off_the_closure_are_refused():
    net = Architecture((3, 2), (2, 1))
    for v in ([1, 0, 0, 1, 0], [1.0, 0, 0, 1, 0]):
        with pytest.raises(ValueError, match="closure"):
            singularity(net, v)
    with pytest.raises(ValueError, match="closure"):
        singularity(Architecture((1, 3), (2, 1)), [1, 1, 1, 0, 1])


def test_singular_points_within_the_tolerance():
    net = Architecture((3, 2), (2, 1))
    v = np.convolve([1.0, 3e-8, 1.0], [2.0, 0.0, 1.0])
    assert singularity(net, v).is_singular is False
    assert singularity(net, v, tolerance=1e-6).is_singular is True
    assert singularity(net, v, tolerance=1e-6).factor_degrees == (2,)
    with pytest.raises(ValueError, match="closure"):
        singularity(net, [1.0, 2, 2, -2, -3 + 1e-7])


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", [float, complex])
def test_floats_off_the_closure_and_near_singular_points_as_in_membership(seed, kind, rng):
    """One notion of the degree of the common factor, so that no point is off the closure and smooth on it."""
    net = Architecture(*[((3, 2), (2, 1)), ((5, 3), (2, 1)), ((3, 3, 2), (2, 2, 1)), ((1, 4, 2), (2, 3, 1))][seed % 4])
    turns = np.exp(1j * rng.uniform(0, 6, len(net.filter_sizes))) if kind is complex else np.ones(len(net.filter_sizes))
    for size in (0.0, 1e-14, 1e-12, 1e-9, 1e-7, 1e-4):
        filters = [np.array(integers(rng, k, 1), dtype=float) for k in net.filter_sizes]
        v = np.array(end_to_end(filters, net.strides))
        v += size * np.linalg.norm(v) * rng.standard_normal(len(v))
        found = membership(net, v)
        given = v * np.prod(turns) if kind is complex else v
        if found.in_closure is False:
            with pytest.raises(ValueError, match="closure"):
                singularity(net, given)
            continue
        answer = singularity(net, given).is_singular
        assert found.position != "singular" or answer is True
        assert found.position not in ("interior", "boundary") or answer is False
        if size == 0:
            assert answer is singularity(net, [int(x) for x in v]).is_singular


def test_complex_points_are_singular_where_real_ones_are(rng):
    net = Architecture((3, 2), (2, 1))
    first, second = rng.standard_normal((2, 2)) + 1j * rng.standard_normal((2, 2))
    even = np.array([first[0], 0, first[1]])
    assert singularity(net, np.convolve(even, [second[0], 0, second[1]])).is_singular is True
    assert singularity(net, np.convolve(even + np.eye(3)[1], [second[0], 0, second[1]])).is_singular is False
    with pytest.raises(ValueError, match="closure"):
        singularity(net, rng.standard_normal(5) + 1j * rng.standard_normal(5))


def test_linear_closures():
    for net in (Architecture((3, 4), (1, 1)), Architecture((1, 3), (2, 1)), Architecture((1, 1), (2, 1))):
        v = [int(n % net.step == 0) for n in range(net.end_to_end_size)]
        assert not singularity(net, v)
        assert not singularity(net, [0] * net.end_to_end_size)
        assert gcd(*v) == 1
