"""Recovery and honest verdicts for rounded and noisy filters."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from scipy.optimize import minimize

from equivariety.convolution.architecture import Architecture
from equivariety.convolution.filters import compose
from equivariety.convolution.membership import factorizations, membership, recover
from equivariety.convolution.membership.power_relations import PowerRelations
from equivariety.convolution.membership.real_circle import (
    discriminant_distance,
    homogeneous_roots,
    sure_real_roots,
)
from equivariety.convolution.membership.root_atoms import RootField
from equivariety.convolution.regularity import singularity


def literal(filters, strides):
    """End-to-end filter: the row of the product of the layers' matrices for one output."""
    row, outputs = np.ones((1, 1)), 1
    for w, stride in zip(reversed(filters), reversed([*strides[:-1], 1]), strict=True):
        matrix = np.zeros((outputs, stride * (outputs - 1) + len(w)))
        for i in range(outputs):
            matrix[i, i * stride : i * stride + len(w)] = w
        row, outputs = row @ matrix, matrix.shape[1]
    return row[0]


def random_filters(net, rng):
    return [rng.standard_normal(k) for k in net.filter_sizes]


def check_residual(found, net, v, most=1e-10):
    gap = np.linalg.norm(literal([np.array(w, dtype=float) for w in found.filters], net.strides) - v)
    assert gap <= most * np.linalg.norm(v)
    assert found.residual == pytest.approx(gap / np.linalg.norm(v), abs=1e-14)


NETWORKS = [
    ((3, 2), (2, 1)),
    ((6, 3), (2, 1)),
    ((1, 4, 1, 3), (2, 1, 3, 1)),
    ((5, 5, 5), (1, 1, 1)),
    ((2, 2, 2, 2, 2), (1, 1, 1, 1, 1)),
    ((7, 5, 4, 3, 4), (2, 1, 2, 3, 1)),
    ((3, 3, 3, 3, 3), (2, 2, 2, 2, 1)),
    ((11, 6, 12), (2, 3, 1)),
    ((30, 30), (1, 1)),
    ((10, 10, 10, 5, 5), (1, 2, 1, 2, 1)),
]
LARGE = [
    ((101, 100), (1, 1)),
    ((40, 40, 40, 40, 40), (1, 1, 1, 1, 1)),
    ((100, 51), (2, 1)),
    ((50, 76), (2, 1)),
    ((41, 40, 40), (1, 2, 1)),
    ((60, 8), (20, 1)),
    ((199, 2), (1, 1)),
]


@pytest.mark.parametrize(("sizes", "strides"), NETWORKS + [pytest.param(*c, marks=pytest.mark.slow) for c in LARGE])
def test_random_filters_are_members(sizes, strides, rng):
    net = Architecture(sizes, strides)
    for _ in range(3):
        v = literal(random_filters(net, rng), strides)
        found = membership(net, v)
        assert found.status == "member"
        assert found.position == "interior"
        assert found.in_closure is True
        check_residual(found, net, v)
        singular = np.linalg.svd(numerical_jacobian(net, found.filters), compute_uv=False) if len(v) < 70 else None
        if singular is not None:
            assert found.conditioning == pytest.approx(singular[net.dim - 1] / singular[0], rel=1e-4)


def numerical_jacobian(net, filters):
    """Exact differences: the end-to-end filter is linear in each layer."""
    columns = []
    for i, w in enumerate(filters):
        for j in range(len(w)):
            changed = list(filters)
            changed[i] = np.eye(len(w))[j]
            columns.append(literal(changed, net.strides))
    return np.array(columns).T


@pytest.mark.parametrize(("sizes", "strides"), [((3, 2), (2, 1)), ((4, 3, 3), (2, 2, 1)), ((5, 5, 3), (1, 2, 1))])
def test_recovered_blocks_are_the_true_ones(sizes, strides, rng):
    net = Architecture(sizes, strides)
    filters = random_filters(net, rng)
    found = recover(net, literal(filters, strides))
    for block, q in zip(net.blocks, found.block_filters, strict=True):
        wanted = np.ones(1)
        for i in block.layers:
            wanted = np.convolve(wanted, filters[i])
        cosine = abs(q @ wanted) / np.linalg.norm(q) / np.linalg.norm(wanted)
        assert cosine == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(("sizes", "strides"), [((3, 2), (2, 1)), ((4, 3), (2, 1)), ((3, 3, 2), (2, 2, 1))])
@pytest.mark.parametrize("noise", [1e-13, 1e-7, 1e-3])
def test_noise(sizes, strides, noise, rng):
    net = Architecture(sizes, strides)
    for _ in range(5):
        v = literal(random_filters(net, rng), strides)
        change = rng.standard_normal(len(v))
        noisy = v + noise * np.linalg.norm(v) * change / np.linalg.norm(change)
        found = membership(net, noisy)
        assert found.distance_bound <= noise  # v itself is that near
        if noise < 1e-10:
            assert found.status == "member"
        elif found.distance_bound > 1e-10:
            assert (found.status, found.in_closure) == ("not_member", False)
        else:
            assert found.status == "undecided"
        wider = membership(net, noisy, tolerance=min(0.5, 3 * noise))
        assert wider.status in ("member", "undecided")
        if wider:
            assert wider.residual <= 3 * noise


def test_distance_bound_against_the_nearest_point_found(rng):
    """Minimizing over all filters never gets nearer than the bound."""
    net = Architecture((3, 2), (2, 1))
    for _ in range(3):
        v = rng.standard_normal(5)
        v /= np.linalg.norm(v)
        best = min(
            minimize(
                lambda theta, v=v: np.sum((literal([theta[:3], theta[3:]], net.strides) - v) ** 2),
                rng.standard_normal(5),
            ).fun
            for _ in range(4)
        )
        assert membership(net, v).distance_bound <= np.sqrt(best) + 1e-9


def test_values_count_the_degree_of_the_divisor(rng):
    for degree in range(4):
        divisor = np.polynomial.polynomial.polyfromroots(rng.uniform(-2, 2, degree))
        cofactor = rng.standard_normal(9)
        wide = np.zeros(2 * degree + 1)
        wide[::2] = divisor
        form = np.convolve(cofactor, wide)
        relations = PowerRelations.of(form / np.linalg.norm(form), 2, 1)
        assert int(np.sum(relations.values < 1e-12)) == degree
        assert relations.largest_excess(1e-11) == degree - 1


# ------------------------------------------------------------------------------------------------- the boundary


@pytest.mark.parametrize(
    ("v", "status", "position"),
    [
        ([1.0, 2.0, 1.0], "member", "boundary"),
        ([1.0, 0.0, 0.0], "member", "boundary"),
        ([1.0, 2.0, 1.0 - 1e-12], "member", None),
        ([1.0, 2.0, 1.0 + 1e-12], "undecided", None),
        ([0.0, 1e-6, 1.0], "member", None),
        ([1e-13, 0.0, 1.0], "undecided", None),
        ([1.0, 2.0, 1.0 - 1e-6], "member", "interior"),
        ([1.0, 2.0, 1.0 + 1e-6], "not_member", None),
    ],
)
def test_near_the_boundary(v, status, position):
    found = membership(Architecture((2, 2), (1, 1)), v)
    assert (found.status, found.position) == (status, position)
    if status == "member":
        assert found.residual < 1e-14


@pytest.mark.parametrize(("v", "status"), [([1.0, 2.0, 1.001], "undecided"), ([1.0, 2.0, 1.1], "not_member")])
def test_tolerance(v, status):
    assert membership(Architecture((2, 2), (1, 1)), v, tolerance=1e-2).status == status
    assert membership(Architecture((2, 2), (1, 1)), v).status == "not_member"


def test_boundary_of_one_scale_of_several():
    """The product of layers 1 and 2 has a double real root, changed a little."""
    net = Architecture((3, 2, 2), (2, 1, 1))
    first = np.array([1.0, 2.0, 3.0])
    assert membership(net, np.convolve(first, [1, 0, 2, 0, 1])).position == "boundary"
    assert membership(net, np.convolve(first, [1, 0, 2, 0, 1 + 1e-12])).status == "undecided"
    assert membership(net, np.convolve(first, [1, 0, 2, 0, 1.5])).status == "not_member"
    assert membership(net, np.convolve(first, [1, 0, 2, 0, 1.5])).in_closure is True
    assert membership(net, np.convolve(first, [1, 0, 2, 0, 0.5])).position == "interior"


def test_multiple_roots_of_high_order():
    net = Architecture((2,) * 6, (1,) * 6)
    v = np.array([1.0, 6, 15, 20, 15, 6, 1])
    found = membership(net, v)
    assert found.status in ("member", "undecided")
    check_residual(found, net, v, 1e-12)


@pytest.mark.parametrize(
    ("v", "status", "position"),
    [
        ([4.0, 0, 5, 0, 1], "member", "singular"),
        ([1.0, 0, 1, 0, 1], "not_member", None),  # only complex factorizations
        ([1.0, 0, 2, 0, 1], "member", "singular"),
        ([1.0, 0, 2, 0, 1 + 1e-12], "undecided", None),
        ([1.0, 0, 2, 0, 1.1], "not_member", None),
        ([4.0, 1e-12, 5, 0, 1], "member", None),
    ],
)
def test_near_singular_points(v, status, position):
    found = membership(Architecture((3, 2), (2, 1)), v)
    assert (found.status, found.position) == (status, position)
    assert found.in_closure is True
    assert found.gap < 1e5


MONOMIALS = [
    ((2, 2, 2), (1, 2, 1)),
    ((3, 2, 2), (2, 2, 1)),
    ((2, 2, 2, 2), (1, 2, 1, 1)),
    ((3, 3, 2), (2, 3, 1)),
    ((5, 4, 2), (2, 2, 1)),
]


@pytest.mark.parametrize(("sizes", "strides"), MONOMIALS)
@pytest.mark.parametrize("tolerance", [1e-10, 1e-8, 1e-4])
def test_members_with_noise_within_the_tolerance_are_never_refused(sizes, strides, tolerance, rng):
    """Filters with roots at 0 and infinity: noise makes these small or huge, of any sign, or complex."""
    net = Architecture(sizes, strides)
    decided = 0
    for trial in range(24):
        if trial % 2:
            filters = [np.eye(k)[rng.integers(k)] for k in sizes]
        else:
            filters = [np.append(np.eye(k)[0][1:], 1.0) if rng.integers(2) else rng.standard_normal(k) for k in sizes]
        v, noise = literal(filters, strides), rng.standard_normal(net.end_to_end_size)
        size = 10.0 ** rng.uniform(-15.5, np.log10(tolerance / 2)) * np.linalg.norm(v) / np.linalg.norm(noise)
        found = membership(net, v + size * noise, tolerance)
        assert found.status != "not_member"
        assert found.in_closure is not False
        decided += found.status == "member"
    assert decided >= 6


def test_a_monomial_with_rounding_noise():
    net = Architecture((2, 2, 2), (1, 2, 1))
    v = np.array([5.9e-16, 5.7e-16, 1.0, 1.1e-16, 3.8e-16])
    found = membership(net, v)
    assert found.status == "member"
    check_residual(found, net, v, 1e-14)
    assert membership(net, [0.0, 0, 1, 0, 0]).position == membership(net, [0, 0, 1, 0, 0]).position == "singular"


def test_roots_far_from_zero_are_refused():
    """(x^2 + size)(x^2 + 1) has no real root; a root of the other sign in x^2 gives two."""
    net = Architecture((2, 2, 2), (1, 2, 1))
    for size in (1e-6, 1e-3, 0.5):
        assert membership(net, [size, 0, 1.0 + size, 0, 1]).status == "not_member"
        assert membership(net, [-size, 0, 1.0 - size, 0, 1]).status == "member"


# ---------------------------------------------------------------------------------------------------- real roots


def test_sure_real_roots_never_exceed_those_of_changed_forms(rng):
    for _ in range(20):
        form = rng.standard_normal(int(rng.integers(2, 9)))
        form /= np.linalg.norm(form)
        tolerance = 10.0 ** rng.uniform(-3, -0.5)
        sure = sure_real_roots(form, tolerance, homogeneous_roots(form))
        for _ in range(20):
            change = rng.standard_normal(len(form))
            changed = form + 0.999 * tolerance * change / np.linalg.norm(change)
            roots = np.roots(changed[::-1])
            assert sure <= np.sum(np.abs(roots.imag) < 1e-12) + 1e-9


def test_discriminant_distance_against_a_constrained_minimum(rng):
    """Nearest form with the double root x, by dense linear algebra over a fine grid of angles."""
    for _ in range(3):
        form = rng.standard_normal(5)
        form /= np.linalg.norm(form)
        best = np.inf
        for angle in np.linspace(0, np.pi, 2001):
            x, y = np.cos(angle), np.sin(angle)
            rows = [[x**j * y ** (4 - j) for j in range(5)]]
            tangent = [
                (j * x ** (j - 1) * y ** (4 - j) * -y if j else 0) + ((4 - j) * x**j * y ** (3 - j) * x if j < 4 else 0)
                for j in range(5)
            ]
            rows = np.array([*rows, tangent])
            best = min(best, float(np.linalg.norm(np.linalg.pinv(rows) @ (rows @ form))))
        assert discriminant_distance(form) == pytest.approx(best, rel=1e-3)


def test_roots_of_powers_have_the_right_kinds():
    field = RootField(40)
    for form in ([3, 1], [-3, 1], [0, 1], [1, 0], [1, 1, 1], [-6, 1, 1]):
        for ratio in (2, 3, 4, 5):
            found = field.of_powers(field.atoms(tuple(form)), ratio)
            wide = np.zeros(ratio * (len(form) - 1) + 1)
            wide[::ratio] = form
            total = np.array([float(c) for c in field.product(found.items())])
            np.testing.assert_allclose(total * (wide @ total) / (total @ total), wide, atol=1e-12)
            reals = sum(m for atom, m in found.items() if atom.kind in ("positive", "negative"))
            assert reals == np.sum(np.abs(np.roots(np.trim_zeros(wide)[::-1]).imag) < 1e-9)


# ------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("v", "error", "message"),
    [
        ([1, 2], ValueError, "5 coefficients"),
        ([], ValueError, "coefficient"),
        ([1.0, 2, np.nan, 0, 0], ValueError, "finite"),
        ([1.0, 2, np.inf, 0, 0], ValueError, "finite"),
        ([1j, 0, 0, 0, 0], TypeError, "real"),
        (np.ones(5, dtype=complex), TypeError, "real"),
        (["1", "0", "0", "0", "1"], TypeError, "numbers"),
        ("10001", TypeError, "sequence"),
        (None, TypeError, "sequence"),
        ([[1, 2, 3, 4, 5]], TypeError, "sequence|numbers"),
        ([sympy.sqrt(2), 0, 0, 0, 1], TypeError, "rational"),
    ],
)
@pytest.mark.parametrize("question", [membership, factorizations])
def test_what_is_not_a_filter(question, v, error, message):
    with pytest.raises(error, match=message):
        question(Architecture((3, 2), (2, 1)), v)


@pytest.mark.parametrize(
    ("tolerance", "error"),
    [
        (0, ValueError),
        (-1.0, ValueError),
        (1.0, ValueError),
        (np.nan, ValueError),
        ("1e-3", TypeError),
        (True, TypeError),
    ],
)
def test_what_is_not_a_tolerance(tolerance, error):
    with pytest.raises(error, match="tolerance"):
        membership(Architecture((3, 2), (2, 1)), [1.0, 2, 3, 4, 5], tolerance)


def test_tolerances_of_other_types():
    net = Architecture((3, 2), (2, 1))
    for tolerance in (np.float32(1e-6), Fraction(1, 10**6)):
        assert membership(net, [1.0, 2, 2, -2, -3 + 1e-8], tolerance)
        assert singularity(net, [1.0, 2, 2, -2, -3 + 1e-8], tolerance).is_singular is False


@pytest.mark.parametrize("roots", [range(1, 21), [*range(-10, 0), *range(1, 11)], [-9, *[3] * 9, *range(-4, 6)]])
def test_degree_twenty_without_warnings(roots):
    net = Architecture((2,) * 20, (1,) * 20)
    v = np.poly(list(roots))[::-1]
    found = membership(net, v)
    assert found.status in ("member", "undecided")
    if found:
        check_residual(found, net, v)


def test_answers_cannot_be_changed():
    net = Architecture((3, 2), (2, 1))
    for v in ([8, 8, 14, 12, 3], [8.0, 8, 14, 12, 3], [0, 0, 0, 0, 0], [0.0, 0, 0, 0, 0]):
        found = membership(net, v)
        answers = [found.filters, found.block_filters, *(factorizations(net, v) if any(v) else ())]
        if isinstance(v[0], float) and any(v):
            answers += [recover(net, np.array(v)).filters, recover(net, np.array(v)).block_filters]
        for filters in answers:
            for w in filters:
                with pytest.raises((TypeError, ValueError)):
                    w[0] = 9
        assert [float(c) for c in compose(net, found.filters)] == pytest.approx(v)


def test_sizes_of_floats(rng):
    net = Architecture((3, 2, 2), (2, 1, 1))
    v = literal(random_filters(net, rng), net.strides)
    for size in (1e-300, 1e-150, 1e150, 1e300):
        found = membership(net, v * size)
        assert found.status == membership(net, v).status == "member"
        assert found.residual < 1e-14
        assert np.all(np.isfinite(np.concatenate(found.filters)))


def test_single_precision(rng):
    net = Architecture((4, 3), (2, 1))
    v = literal(random_filters(net, rng), net.strides).astype(np.float32)
    found = membership(net, v)
    assert found.status == "member"
    assert 1e-10 < found.residual < 1e-6
    assert membership(net, v.astype(float)).status != "member"


# ------------------------------------------------------------------------------------------------- factorizations


def test_all_factorizations_of_floats_are_those_of_the_exact_filter():
    net = Architecture((4, 3, 2), (1, 1, 2))
    v = [int(c) for c in literal([[1, 4, 1, 7], [2, 1, 1], [1, 3]], net.strides)]
    exact, found = factorizations(net, v), factorizations(net, np.array(v, dtype=float))
    assert len(found) == len(exact) > 1
    for one in exact:
        assert any(all(np.allclose(line(w), line(u), atol=1e-9) for w, u in zip(one, o, strict=True)) for o in found)
    for one in found:
        np.testing.assert_allclose(literal(one, net.strides), v, atol=1e-11 * max(np.abs(v)))


def line(w):
    w = np.array([float(c) for c in w])
    return w * np.sign(w[np.argmax(np.abs(w))]) / np.linalg.norm(w)


def test_too_many_factorizations_are_counted():
    net = Architecture((11, 11), (1, 1))
    v = [Fraction(1)]
    for root in range(1, 21):
        v = [a - root * b for a, b in zip([Fraction(0), *v], [*v, Fraction(0)], strict=True)]
    with pytest.raises(ValueError, match="184756 real factorizations"):
        factorizations(net, v)


def test_no_factorizations():
    assert factorizations(Architecture((2, 2), (1, 1)), [1, 0, 1]) == ()
    assert factorizations(Architecture((3, 2), (2, 1)), [1.0, 2, 3, 4, 9]) == ()
