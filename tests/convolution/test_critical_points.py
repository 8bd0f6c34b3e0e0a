"""All critical points of convolutional networks against literal networks, roots over Q, arithmetic to 100 digits."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import sympy

import equivariety as ev
from convolution.high_precision import refined
from convolution.literal_network import (
    derivative,
    gradients,
    hessian,
    merged,
    network_output,
    polynomial_product,
    squared_error,
    tensor,
)
from convolution.variable_projection import critical_losses, critical_polynomial
from equivariety.convolution import FilterMoments
from equivariety.errors import BudgetError
from oracles.read import vectors

LCN = vectors("lcn")
LARGE = 36  # critical points; more are for the slow tests


def slow_if_large(parameters, count):
    return pytest.param(*parameters, marks=pytest.mark.slow if count > LARGE else ())


def network(sizes, strides):
    return ev.LinearConvolutionalNetwork(sizes, strides)


def samples(rng, net, outputs=1, more=3):
    """Enough random samples for the moments to be generic."""
    X = rng.standard_normal((net.end_to_end_size + more, net.architecture.widths(outputs)[0]))
    return X, rng.standard_normal((len(X), outputs))


def same(one, other, tolerance=1e-6):
    a, b = tensor(one), tensor(other)
    return np.linalg.norm(a - b) <= tolerance * np.linalg.norm(a)


# -------------------------------------------------------------------------------------------------------- every point


def check_points(net, X, Y, found):
    """All that a list of critical points says of itself, by the literal network."""
    sizes, strides = net.filter_sizes, net.strides
    tensors = [tensor(p.filters) for p in found]
    for (i, a), (j, b) in combinations(enumerate(tensors), 2):
        assert np.linalg.norm(a - b) > 1e-5 * np.linalg.norm(a), (i, j)
    for p, t in zip(found, tensors, strict=True):
        assert [len(w) for w in p.filters] == list(sizes)
        np.testing.assert_allclose([np.linalg.norm(w) for w in p.filters], np.linalg.norm(p.filters[0]))
        np.testing.assert_allclose(p.end_to_end_filter, polynomial_product(p.filters, strides), atol=1e-13)
        assert np.linalg.norm(p.end_to_end_filter) > 0
        check_gradient(p, strides, X, Y)
        wanted = squared_error(p.filters, strides, X, Y)
        size = (np.abs(Y) ** 2).sum() + (np.abs(network_output(p.filters, strides, list(X.T))) ** 2).sum()
        assert abs(p.squared_error - wanted) <= 1e-12 * size
        assert p.loss == p.squared_error / Y.size
        conjugates = [np.linalg.norm(t.conj() - u) <= 1e-8 * np.linalg.norm(t) for u in tensors]
        assert sum(conjugates) == 1
        is_real = all(np.isrealobj(w) for w in p.filters)
        assert p.is_real == is_real == conjugates[[q is p for q in found].index(True)]
        check_ranks(p, net, X, Y)
        if is_real:
            check_inertia(p, strides, X, Y)
        else:
            assert p.index is p.nullity is p.position is None
    real = list(found.real_points)
    assert real == [p for p in found if p.is_real] == list(found)[: len(real)]
    assert [p.loss for p in real] == sorted(p.loss for p in real)
    assert list(found.minima) == [p for p in real if p.index == 0]


def check_gradient(p, strides, X, Y):
    terms = gradients([np.abs(w) for w in p.filters], strides, np.abs(X), -np.abs(Y))
    for g, size in zip(gradients(p.filters, strides, X, Y), terms, strict=True):
        assert np.linalg.norm(g) <= 1e-11 * np.linalg.norm(size)
    assert p.gradient_norm < 1e-11


def check_inertia(p, strides, X, Y):
    values = np.linalg.eigvalsh(hessian(p.filters, strides, X, Y))
    largest = np.abs(values).max()
    zeros = np.abs(values) < 1e-8 * largest
    assert p.index == (values < -1e-8 * largest).sum()
    assert zeros.sum() == p.nullity + len(p.filters) - 1


def product_rank(filters, strides):
    """Rank of the derivative of the product; by multiplication with weights for complex filters too."""
    columns = []
    for i, w in enumerate(filters):
        for j in range(len(w)):
            unit = np.zeros(len(w))
            unit[j] = 1
            columns.append(polynomial_product([*filters[:i], unit, *filters[i + 1 :]], strides))
    sizes = np.linalg.svd(np.array(columns), compute_uv=False)
    return int((sizes > 1e-7 * sizes[0]).sum())


def check_ranks(p, net, X, Y):
    rank = product_rank(p.filters, net.strides)
    assert p.is_regular == (rank == 1 + sum(k - 1 for k in net.filter_sizes))
    if p.is_regular:
        assert p.kind == "pure"
        return
    factors, strides = merged(p.filters, net.strides)
    terms = gradients([np.abs(w) for w in factors], strides, np.abs(X), -np.abs(Y))
    slope = max(
        np.linalg.norm(g) / np.linalg.norm(t)
        for g, t in zip(gradients(factors, strides, X, Y), terms, strict=True)
        if len(g) > 1
    )
    assert p.kind == ("pure" if slope < 1e-9 else "spurious")
    assert not 1e-9 < slope < 1e-6


def losses(points):
    return sorted((complex(p.loss) for p in points), key=lambda z: (round(z.real, 6), round(z.imag, 6)))


# ------------------------------------------------------------------------------------------------------------ vectors

SETS = [slow_if_large((v,), v["expected"]["n_complex_mod_scaling_nonzero"]) for v in LCN if v["kind"] == "critical_set"]


@pytest.mark.parametrize("vector", SETS)
def test_critical_sets_of_the_vectors(vector):
    given, wanted = vector["input"], vector["expected"]
    net, X, Y = network(given["k"], given["s"]), np.array(given["X"]), np.array(given["Y"])
    found = net.critical_points(X, Y)
    assert len(found) == found.expected == wanted["n_complex_mod_scaling_nonzero"]
    assert found.complete
    assert len(found.real_points) == wanted["n_real"]
    assert len(found.minima) == wanted["n_local_minima"]
    for p, real in zip(found.real_points, wanted["real"], strict=True):
        assert p.squared_error == pytest.approx(real["loss"], rel=1e-8)
        assert same(p.filters, real["filters"])
        assert p.is_regular == real["regular"]
        assert p.index == real["hessian_neg"]
        assert p.nullity + net.depth - 1 == real["hessian_zero"]
    assert (Y**2).sum() == pytest.approx(wanted["loss_at_zero"])
    check_points(net, X, Y, found)


KINDS = [v for v in LCN if v["kind"] == "pure_spurious" and v["input"]["net"] == "lcn"]


@pytest.mark.parametrize("vector", [pytest.param(v, id=v["id"]) for v in KINDS])
def test_kinds_of_the_vectors(vector):
    given, wanted = vector["input"], vector["expected"]
    net = network(given["k"], given["s"])
    found = net.classify(given["filters"], given["X"], given["Y"])
    assert found.is_critical == wanted["critical"]
    assert found.kind == wanted["classification"].split(" ")[0]
    assert found.squared_error == pytest.approx(wanted["loss"], rel=1e-8, abs=1e-12)
    assert found.loss == pytest.approx(wanted["loss"] / np.size(given["Y"]), rel=1e-8, abs=1e-12)
    assert (found.rank or 0) == wanted["jac_rank"]


# ----------------------------------------------------------------------------------------------------- generic counts

# Total and, of these, regular ones; the same for Groebner bases modulo a prime.  Then numbers of outputs.
COUNTS = [
    ((2, 2), (2, 1), 6, 6, 1), ((2, 2), (1, 1), 6, 2, 1), ((2, 2), (3, 2), 6, 6, 2), ((3, 2), (2, 1), 10, 10, 1),
    ((3, 2), (1, 1), 10, 3, 1), ((2, 3), (1, 2), 10, 3, 2), ((2, 3), (3, 1), 10, 10, 1), ((4, 2), (2, 1), 14, 14, 1),
    ((4, 2), (1, 1), 14, 4, 1), ((2, 5), (2, 1), 18, 18, 1), ((3, 3), (2, 1), 39, 39, 1), ((3, 3), (1, 1), 39, 6, 1),
    ((2, 2, 2), (2, 2, 1), 34, 34, 1), ((2, 2, 2), (1, 2, 1), 34, 20, 1), ((2, 2, 2), (2, 1, 1), 34, 20, 1),
    ((2, 2, 2), (1, 1, 1), 34, 6, 1), ((4, 3), (2, 1), 83, 83, 1), ((4, 3), (1, 1), 83, 10, 1),
    ((3, 2, 2), (2, 2, 1), 100, 100, 1), ((3, 2, 2), (1, 2, 1), 100, 42, 1), ((2, 2, 3), (1, 2, 1), 100, 78, 1),
    ((5, 3), (2, 1), 143, 143, 1), ((4, 2, 2), (2, 3, 1), 196, 196, 1), ((4, 4), (2, 1), 284, 284, 1),
    ((2, 2, 2, 2), (1, 1, 1, 1), 280, 24, 1), ((2, 2, 2, 2), (1, 2, 1, 1), 280, 156, 1),
    ((3, 3, 2), (2, 2, 1), 435, 435, 1),
    # Sizes 1 change nothing, wherever they are: first ones only spread the filter.
    ((1, 2, 1, 3, 1), (2, 3, 1, 1, 2), 10, 10, 1), ((1, 1), (3, 1), 1, 1, 1), ((4,), (2,), 1, 1, 2),
    ((1, 2, 1, 2), (3, 1, 1, 1), 6, 2, 1),
]  # fmt: skip


@pytest.mark.parametrize(("sizes", "strides", "total", "regular", "outputs"), [slow_if_large(c, c[2]) for c in COUNTS])
def test_generic_counts(sizes, strides, total, regular, outputs, rng):
    net = network(sizes, strides)
    X, Y = samples(rng, net, outputs)
    found = net.critical_points(X, Y)
    assert len(found) == found.expected == total
    assert found.complete
    assert found.nongeneric_reason is None
    assert sum(p.is_regular is True for p in found) == regular
    assert {p.kind for p in found if not p.is_regular} <= {"spurious"}
    assert len(found.minima) >= 1
    check_points(net, X, Y, found)


def test_ramified_points_by_shared_roots(rng):
    """Three layers of one scale: all roots different, one pair of layers sharing one, all three."""
    net = network((2, 2, 2), (1, 1, 1))
    found = net.critical_points(*samples(rng, net))
    patterns = []
    for p in found:
        roots = [w[1] / w[0] for w in p.filters]
        close = [abs(a - b) < 1e-6 * (1 + abs(a)) for a, b in combinations(roots, 2)]
        patterns.append(tuple(close))
    counts = {pattern: patterns.count(pattern) for pattern in set(patterns)}
    assert counts == {
        (False, False, False): 6, (True, False, False): 7, (False, True, False): 7, (False, False, True): 7,
        (True, True, True): 7,
    }  # fmt: skip


# ------------------------------------------------------------------------------------------- other ways to all of them


def moments_over_q(rng, net, rank=None):
    """Moments of small integers: the sum of the outer products of so many windows."""
    k = net.end_to_end_size
    windows = rng.integers(-5, 6, (k + 2 if rank is None else rank, k))
    sigma, cross = windows.T @ windows, windows.T @ rng.integers(-5, 6, len(windows))
    return FilterMoments(sigma, cross), sigma.tolist(), cross.tolist()


TWO_LAYERS = [
    (2, 2, True), (3, 2, True), (2, 1, True), pytest.param(3, 2, False, marks=pytest.mark.slow),
    pytest.param(3, 1, False, marks=pytest.mark.slow), pytest.param(4, 2, False, marks=pytest.mark.slow),
]  # fmt: skip


@pytest.mark.parametrize(("m", "stride", "small_first"), TWO_LAYERS)
def test_two_layers_by_roots_over_the_rationals(m, stride, small_first, rng):
    sizes = (2, m) if small_first else (m, 2)
    net = network(sizes, (stride, 1))
    moments, sigma, cross = moments_over_q(rng, net)
    maps = two_layer_maps(m, stride, small_first)
    found = net.critical_points(moments)
    assert found.complete
    polynomial = critical_polynomial(sigma, cross, maps)
    assert polynomial.degree() == len(found)
    wanted = critical_losses(sigma, cross, maps)
    assert_same_numbers([p.squared_error - moments.constant for p in found], wanted)
    small = [p.filters[0 if small_first else 1] for p in found]
    assert_same_numbers([w[1] / w[0] for w in small], [complex(r) for r in polynomial.nroots(n=30, maxsteps=500)])


def two_layer_maps(m, stride, small_first):
    """Matrices that take the larger filter to the end-to-end filter."""
    found = []
    for e in range(2):
        unit = [int(j == e) for j in range(2)]
        columns = []
        for j in range(m):
            other = [int(i == j) for i in range(m)]
            pair = (unit, other) if small_first else (other, unit)
            columns.append(polynomial_product(pair, (stride, 1)))
        found.append([list(row) for row in zip(*columns, strict=True)])
    return found


def assert_same_numbers(found, wanted, tolerance=1e-8):
    left = [complex(z) for z in wanted]
    for value in map(complex, found):
        nearest = min(left, key=lambda z: abs(z - value))
        assert abs(nearest - value) <= tolerance * (1 + abs(value))
        left.remove(nearest)
    assert left == []


def test_a_groebner_basis_over_the_rationals(rng):
    """(2, 2) with stride 2 in the chart (1, a): all critical end-to-end filters are eigenvalues on the quotient."""
    net = network((2, 2), (2, 1))
    moments, sigma, cross = moments_over_q(rng, net)
    a, c, d = sympy.symbols("a c d")
    v = sympy.Matrix(polynomial_product([[1, a], [c, d]], (2, 1)))
    objective = (v.T * sympy.Matrix(sigma) * v)[0] - 2 * (sympy.Matrix(cross).T * v)[0]
    basis = sympy.groebner([sympy.diff(objective, x) for x in (a, c, d)], a, c, d, order="grevlex")
    leading = [p.monoms(order="grevlex")[0] for p in basis.polys]
    monomials = [
        m for m in np.ndindex(7, 7, 7) if not any(all(x >= y for x, y in zip(m, lead, strict=True)) for lead in leading)
    ]
    assert len(monomials) == 6
    generic = 3 * a - 5 * c + 7 * d  # separates the points
    columns = []
    for m in monomials:
        rest = sympy.Poly(basis.reduce(sympy.expand(generic * a ** m[0] * c ** m[1] * d ** m[2]))[1], a, c, d)
        columns.append([float(rest.coeff_monomial(n)) for n in monomials])
    wanted = np.linalg.eigvals(np.array(columns).T)
    found = net.critical_points(moments)
    assert found.complete
    charts = [(w[1] / w[0], *(w[0] * u)) for w, u in (p.filters for p in found)]
    assert_same_numbers([3 * x - 5 * y + 7 * z for x, y, z in charts], wanted, 1e-6)


@pytest.mark.parametrize(
    ("sizes", "strides"),
    [
        ((2, 2), (2, 1)), ((2, 2), (1, 1)), ((3,), (1,)), *[pytest.param(*x, marks=pytest.mark.slow) for x in [
            ((1, 3, 2), (2, 1, 1)), ((2, 2, 2), (1, 2, 1)), ((2, 2, 2), (2, 2, 1)), ((3, 3), (2, 1)),
        ]],
    ],
)  # fmt: skip
def test_local_search_finds_some_of_them(sizes, strides, rng):
    net = network(sizes, strides)
    X, Y = samples(rng, net)
    found, local = net.critical_points(X, Y), net.local_search(X, Y, rng=rng, starts=12)
    assert found.complete
    assert len(local.points) == len(local.hits) >= 1
    assert sum(local.hits) <= local.starts == 12
    assert [p.loss for p in local.points] == sorted(p.loss for p in local.points)
    reached = []
    for p in local.points:
        certified = [q for q in found.real_points if same(p.filters, q.filters, 1e-5)]
        assert len(certified) == 1
        reached += certified
        assert (p.kind, p.index, p.nullity) == (certified[0].kind, certified[0].index, certified[0].nullity)
        assert p.loss == pytest.approx(certified[0].loss)
    assert len(set(map(id, reached))) == len(reached)


def test_randomness_does_not_matter(rng):
    net = network((2, 2), (2, 1))
    X, Y = samples(rng, net)
    wanted = net.critical_points(X, Y)
    for seed in (0, 1):
        found = net.critical_points(X, Y, rng=np.random.default_rng(seed))
        assert found.complete
        assert_same_numbers([p.loss for p in found], [p.loss for p in wanted])
        again = net.critical_points(X, Y, rng=np.random.default_rng(seed))
        assert [p.loss for p in again] == [p.loss for p in found]


# --------------------------------------------------------------------------------------------------- data of all kinds


@pytest.mark.parametrize(("of_inputs", "of_targets"), [(1e-8, 1e-8), (1e8, 1e8), (1e-8, 1e8), (1e8, 1e-8)])
def test_scaled_data(of_inputs, of_targets, rng):
    net = network((3, 2), (1, 1))
    X, Y = samples(rng, net)
    wanted = net.critical_points(X, Y)
    found = net.critical_points(of_inputs * X, of_targets * Y)
    assert found.complete
    assert_same_numbers([p.loss / of_targets**2 for p in found], [p.loss for p in wanted])
    assert [(p.kind, p.index) for p in found.real_points] == [(p.kind, p.index) for p in wanted.real_points]
    check_points(net, of_inputs * X, of_targets * Y, found)


# Numbers of critical points for sigma = 1 and generic cross moments, from Groebner bases.
WHITENED = [
    ((2, 2), (2, 1), 2, 6), ((2, 3), (2, 1), 2, 10), ((3, 2), (2, 1), 10, 10), ((3, 3), (3, 1), 3, 39),
    ((2, 2, 2), (2, 2, 1), 6, 34), ((3, 3), (2, 1), 23, 39), ((4, 3), (2, 1), 19, 83), ((2, 2), (1, 1), 6, 6),
    ((3, 2), (1, 1), 10, 10), ((2, 2, 2), (1, 1, 1), 34, 34),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sizes", "strides", "number", "generic"),
    [pytest.param(*w, marks=pytest.mark.slow if w[2] < w[3] > 6 else ()) for w in WHITENED],
)
def test_whitened_data(sizes, strides, number, generic, rng):
    net = network(sizes, strides)
    X = rng.choice([1.0, 1e3]) * np.linalg.qr(rng.standard_normal((net.end_to_end_size,) * 2))[0]
    Y = rng.standard_normal((len(X), 1))
    found = net.critical_points(X, Y)
    assert len(found) == number
    assert found.expected == generic
    assert found.complete == (number == generic)
    assert "identity" in found.nongeneric_reason
    assert found.reason
    check_points(net, X, Y, found)


@pytest.mark.parametrize(("sizes", "strides"), [((2, 2), (2, 1)), ((3, 2), (2, 1))])
def test_one_sample_less(sizes, strides, rng):
    """For N = k - 1 sigma has corank one; by the polynomial over Q the critical points are still as many."""
    net = network(sizes, strides)
    moments, sigma, cross = moments_over_q(rng, net, net.end_to_end_size - 1)
    m, small_first = max(sizes), sizes[0] < max(sizes) or sizes == (2, 2)
    wanted = critical_losses(sigma, cross, two_layer_maps(m, strides[0], small_first))
    found = net.critical_points(moments)
    assert "rank" in found.nongeneric_reason
    assert len(found) == len(wanted) == found.expected
    assert_same_numbers([p.squared_error - moments.constant for p in found], wanted)


@pytest.mark.parametrize(
    ("sizes", "strides", "number"),
    [
        ((2, 2), (2, 1), 2), ((3,), (1,), 2), *[pytest.param(*x, marks=pytest.mark.slow) for x in [
            ((2, 2), (2, 1), 1), ((2, 2), (1, 1), 2), ((3, 2), (1, 1), 3), ((3, 2), (2, 1), 3),
            ((2, 2, 2), (2, 2, 1), 3),
        ]],
    ],
)  # fmt: skip
def test_too_few_samples(sizes, strides, number, rng):
    """Fewer than the dimension: curves of filters fit exactly, and what is found is said to be a part."""
    net = network(sizes, strides)
    X = rng.standard_normal((number, net.end_to_end_size))
    Y = rng.standard_normal((len(X), 1))
    found = net.critical_points(X, Y)
    assert not found.complete
    assert f"rank {len(X)} of" in found.nongeneric_reason
    check_points(net, X, Y, found)


def test_data_without_information(rng):
    net = network((3, 2), (2, 1))
    X, Y = samples(rng, net)
    for inputs, targets, reason in [(0 * X, Y, "inputs"), (X, 0 * Y, "cross"), (0 * X, 0 * Y, "inputs")]:
        found = net.critical_points(inputs, targets)
        assert len(found) == 0
        assert not found.complete
        assert reason in found.nongeneric_reason
        assert found.reason
        net.local_search(inputs, targets, rng=rng, starts=3)


def ill_conditioned(rng, size, condition, in_range):
    vectors = np.linalg.qr(rng.standard_normal((size, size)))[0]
    sigma = (vectors * (np.geomspace(1, 1 / condition, size) * rng.uniform(0.9, 1, size))) @ vectors.T
    sigma = (sigma + sigma.T) / 2
    b = rng.standard_normal(size)
    return FilterMoments(sigma, sigma @ b if in_range else b)


def check_to_many_digits(net, moments, found):
    """The points are distinct zeros of the exact gradient, near where they are said to be."""
    points = [refined(p.filters, net.strides, moments.sigma, moments.cross) for p in found]
    for p, q in zip(found, points, strict=True):
        assert q.step < 1e-38
        assert q.smallest > 0
        t = tensor(p.filters)
        assert np.linalg.norm(t - np.array([complex(x) for x in q.tensor])) <= 1e-6 * np.linalg.norm(t)
    for one, other in combinations(points, 2):
        assert one.distance(other) > 1e-6


@pytest.mark.parametrize("in_range", [True, False])
@pytest.mark.parametrize(
    ("sizes", "strides", "condition"),
    [
        ((2, 2), (1, 1), 1e4),
        *[pytest.param(*x, marks=pytest.mark.slow) for x in [
            ((2, 2), (2, 1), 1e6), ((2, 2), (1, 1), 1e6), ((2, 2), (2, 1), 1e8), ((2, 2), (2, 1), 1e10),
            ((3, 2), (2, 1), 1e6), ((3, 2), (1, 1), 1e8), ((2, 2, 2), (1, 2, 1), 1e6), ((2, 2, 2), (1, 2, 1), 1e10),
            ((3, 2), (1, 1), 1e12),
        ]],
    ],
)  # fmt: skip
def test_ill_conditioned_data(sizes, strides, condition, in_range, rng):
    net = network(sizes, strides)
    moments = ill_conditioned(rng, net.end_to_end_size, condition, in_range)
    found = net.critical_points(moments, seconds=60)
    assert found.complete == (len(found) == found.expected)
    if condition <= 1e6:
        assert found.complete
    check_to_many_digits(net, moments, found)


# ------------------------------------------------------------------------------------------------------ time and report


@pytest.mark.parametrize(("seconds", "new"), [(1e-9, True), (1e-9, False), (1e-3, False)])
def test_a_time_limit(seconds, new, rng):
    net = network((2, 2, 2), (2, 2, 1))
    X, Y = samples(rng, net)
    if not new:
        assert net.critical_points(X, Y).complete
    found = net.critical_points(X, Y, seconds=seconds, rng=rng if new else None)
    assert found.seconds < 5
    assert len(found) < found.expected == 34
    assert not found.complete
    assert "time" in found.reason
    assert net.critical_points(X, Y, seconds=600).complete


def test_progress_is_told(rng, capsys):
    net, told = network((2, 2), (2, 1)), []
    X, Y = samples(rng, net)
    net.critical_points(X, Y, rng=rng, progress=lambda stage, fraction: told.append((stage, fraction)))
    fractions = [fraction for _, fraction in told]
    assert fractions
    assert all(0 <= f <= 1 for f in fractions)
    assert fractions == sorted(fractions)
    assert all(isinstance(stage, str) for stage, _ in told)
    assert capsys.readouterr() == ("", "")


def test_refusals(rng):
    net = network((2, 2), (1, 1))
    X, Y = samples(rng, net)
    for options, kind in [
        ({"rng": 3}, TypeError), ({"progress": 1}, TypeError), ({"seconds": 0}, ValueError),
        ({"seconds": -1}, ValueError),
        ({"seconds": float("nan")}, ValueError), ({"seconds": True}, TypeError), ({"seconds": "1"}, TypeError),
    ]:  # fmt: skip
        with pytest.raises(kind, match=rf"{next(iter(options))} must be .+; got .+\. Fix: .+\."):
            net.critical_points(X, Y, **options)
    for options, kind in [
        ({"rng": 3}, TypeError), ({"rng": None}, TypeError), ({"rng": rng, "starts": -1}, ValueError),
        ({"rng": rng, "starts": 2.5}, ValueError), ({"rng": rng, "starts": True}, ValueError),
    ]:  # fmt: skip
        with pytest.raises(kind, match=r"must be .+; got .+\. Fix: .+\."):
            net.local_search(X, Y, **options)
    moments = net.moments(X, Y)
    with pytest.raises(TypeError, match="Y must be left out"):
        net.critical_points(moments, Y)
    with pytest.raises(ValueError, match=r"X must be .*size 4; got .*size 3"):
        network((2, 2), (2, 1)).critical_points(moments)
    with pytest.raises(BudgetError, match="filter_sizes must be"):
        network((6, 6, 6), (1, 1, 1)).critical_points(FilterMoments(np.eye(16), np.ones(16)))
    assert net.local_search(X, Y, rng=rng, starts=0).points == ()


BAD_MOMENTS = [
    (np.ones((2, 3)), np.ones(2)), (np.array([[1, 2], [0, 1.0]]), np.ones(2)), (-np.eye(2), np.ones(2)),
    (np.eye(2) * np.nan, np.ones(2)), (np.eye(2), np.ones(3)), (np.eye(2), np.ones(2), np.nan),
    (np.eye(2), np.ones(2), "a"),
    (np.eye(2), np.ones(2), 0.0, 0), (np.eye(2), np.ones(2), 0.0, 1.5), (np.eye(2), np.ones(2), -1.0),
    (np.zeros((0, 0)), np.zeros(0)), ([[1, 2], [3]], [1, 2]), (np.eye(2) * 1j, np.ones(2)),
    (np.zeros((2, 2)), np.ones(2)),
    (np.diag([1.0, 0.0]), np.ones(2)),
]  # fmt: skip


@pytest.mark.parametrize("given", BAD_MOMENTS)
def test_bad_moments(given):
    with pytest.raises((ValueError, TypeError), match=r"must be .+; got .+\. Fix: .+\."):
        FilterMoments(*given)


def test_weak_directions_are_no_mistake(rng):
    """Targets that only the smallest singular value of the inputs explains."""
    Q = np.linalg.qr(rng.standard_normal((8, 3)))[0]
    X = Q * [1, 1, 1e-7]
    net = network((2, 2), (1, 1))
    filters = [rng.standard_normal(2) for _ in range(2)]
    for Y in (Q[:, 2:], Q[:, 2:] + 1e-9 * Q[:, :1]):
        assert net.loss(filters, X, Y) == pytest.approx(squared_error(filters, (1, 1), X, Y) / 8)


# --------------------------------------------------------------------------------------------------- loss and gradient


@pytest.mark.parametrize(
    ("sizes", "strides", "outputs"),
    [((3, 2), (2, 1), 2), ((2, 2, 2), (1, 2, 3), 2), ((1, 3, 1, 2), (2, 1, 2, 1), 3), ((4,), (3,), 3), ((1,), (2,), 2)],
)
def test_loss_and_gradient(sizes, strides, outputs, rng):
    net = network(sizes, strides)
    X, Y = samples(rng, net, outputs)
    filters = [rng.standard_normal(k) for k in sizes]
    assert net.loss(filters, X, Y) == pytest.approx(squared_error(filters, strides, X, Y) / Y.size)
    wanted = derivative(lambda w: np.array([squared_error(w, strides, X, Y)]), filters)[0] / Y.size
    np.testing.assert_allclose(np.concatenate(net.gradient(filters, X, Y)), wanted, atol=1e-12 * np.abs(wanted).max())
    by_layers = np.concatenate(gradients(filters, strides, X, Y)) / Y.size
    np.testing.assert_allclose(by_layers, wanted, atol=1e-12 * np.abs(wanted).max())
    moments = net.moments(X, Y)
    assert net.loss(filters, moments) == pytest.approx(net.loss(filters, X, Y))
    more = rng.standard_normal((len(X), 1))
    if net.end_to_end_stride > 1:
        with pytest.warns(UserWarning, match="reads only"):
            assert net.loss(filters, np.hstack([X, more]), Y) == pytest.approx(net.loss(filters, X, Y))
