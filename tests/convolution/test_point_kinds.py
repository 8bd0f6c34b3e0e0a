"""Kinds of points that were constructed with data for which they are critical, and of points near them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import equivariety as ev
from convolution.literal_network import gradients, hessian, polynomial_product, squared_error
from convolution.planted_points import make, random_network, rescaled, unit

WAYS = ("regular", "shared root", "shared roots", "pure at shared root", "two zeros", "one zero")


def classified(planted, filters=None, **options):
    net = ev.LinearConvolutionalNetwork(planted.sizes, planted.strides)
    return net.classify(planted.filters if filters is None else filters, planted.X, planted.Y, **options)


def check(planted, found):
    assert found.is_critical
    assert found.kind in (planted.kind, "ambiguous"), found.reason
    assert found.reason
    wanted = squared_error(planted.filters, planted.strides, planted.X, planted.Y)
    size = (planted.Y**2).sum()
    assert abs(found.squared_error - wanted) <= 1e-10 * (size + wanted)
    assert found.loss == found.squared_error / planted.Y.size
    v = polynomial_product(planted.filters, planted.strides)
    np.testing.assert_allclose(found.end_to_end_filter, v, atol=1e-12 * np.linalg.norm(v))
    np.testing.assert_allclose(
        polynomial_product(found.filters, planted.strides), v, atol=1e-12 * max(np.linalg.norm(v), 1e-300)
    )
    if planted.rank is None:
        assert found.rank is None or found.kind != "zero"
    elif found.kind != "ambiguous":
        assert found.rank == planted.rank
        assert found.is_regular == (planted.rank == 1 + sum(k - 1 for k in planted.sizes))
    if found.kind in ("pure", "spurious"):
        norms = [np.linalg.norm(w) for w in found.filters]
        np.testing.assert_allclose(norms, norms[0])
        check_inertia(planted, found, len(planted.sizes) - 1)
    elif found.kind == "zero":
        check_inertia(planted, found, 0)


def check_inertia(planted, found, scalings):
    """Eigenvalues of the literal Hessian at the balanced filters; of those close to zero nothing is asserted."""
    values = np.linalg.eigvalsh(hessian(found.filters, planted.strides, planted.X, planted.Y))
    largest = np.abs(values).max()
    if np.any((np.abs(values) > 1e-12 * largest) & (np.abs(values) < 1e-7 * largest)):
        return
    assert found.index == (values < -1e-9 * largest).sum()
    assert found.nullity == (np.abs(values) < 1e-9 * largest).sum() - scalings


def constructed(rng, number):
    """Points of all kinds; almost none is ambiguous."""
    kinds = Counter()
    for way in WAYS:
        for i in range(number):
            planted = make(rng, way, 2 + i % 5)
            found = classified(planted)
            check(planted, found)
            kinds[found.kind] += 1
    assert kinds["ambiguous"] <= 0.02 * sum(kinds.values())


def test_constructed_points(rng):
    constructed(rng, 34)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_many_constructed_points(part, rng):
    constructed(rng, 60)


def near(rng, number):
    for way in WAYS:
        for i in range(number):
            planted = make(rng, way, 2 + i % 5)
            balanced = classified(planted).filters
            sizes = [np.linalg.norm(w) or natural(planted, balanced) for w in balanced]

            def moved(by, layers=balanced, sizes=sizes):
                steps = [unit(rng, len(w)) for w in layers]
                return [w + by * size * step for w, size, step in zip(layers, sizes, steps, strict=True)]

            tiny = classified(planted, moved(1e-12))
            assert tiny.kind in (planted.kind, "ambiguous"), (way, tiny.reason)
            far = classified(planted, moved(10.0 ** rng.uniform(-3, 0)))
            if planted.kind != "zero":
                assert far.kind == "not_critical", (way, far.reason)
                assert far.is_critical is False
                assert far.index is far.nullity is None


def natural(planted, filters):
    """Norm of a filter in place of the zero ones at which the end-to-end filter has the size that the data suggest."""
    best = planted.X.T @ planted.Y[:, 0] / np.linalg.norm(planted.X, 2) ** 2
    norms = [np.linalg.norm(w) for w in filters]
    zeros = norms.count(0.0)
    return (np.linalg.norm(best) / np.prod([n for n in norms if n])) ** (1 / zeros)


def test_points_near_constructed_ones(rng):
    near(rng, 8)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_many_points_near_constructed_ones(part, rng):
    near(rng, 50)


def polished(rng, number):
    ambiguous = 0
    for way in WAYS[:-1]:
        for i in range(number):
            planted = make(rng, way, 2 + i % 3)
            by = 10.0 ** rng.uniform(-8, -4)
            start = [w * (1 + by * rng.standard_normal(len(w))) for w in planted.filters]
            found = classified(planted, start, polish=True)
            assert found.is_critical
            ambiguous += found.kind == "ambiguous"
            assert found.kind in (planted.kind, "ambiguous"), (way, found.reason)
            if planted.kind == "zero":
                assert not np.any(found.end_to_end_filter)
                continue
            v = polynomial_product(planted.filters, planted.strides)
            assert np.linalg.norm(found.end_to_end_filter - v) <= 100 * by * np.linalg.norm(v)
            terms = gradients(
                [np.abs(w) for w in found.filters], planted.strides, np.abs(planted.X), -np.abs(planted.Y)
            )
            slopes = gradients(found.filters, planted.strides, planted.X, planted.Y)
            for g, size in zip(slopes, terms, strict=True):
                assert np.linalg.norm(g) <= 1e-10 * np.linalg.norm(size)
    assert ambiguous <= 0.1 * 5 * number


def test_polishing(rng):
    polished(rng, 4)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_more_polishing(part, rng):
    polished(rng, 25)


def test_random_points_are_not_critical(rng):
    for depth in range(2, 7):
        sizes, strides = random_network(rng, depth)
        net = ev.LinearConvolutionalNetwork(sizes, strides)
        filters = rescaled(rng, [unit(rng, k) for k in sizes])
        X, Y = rng.standard_normal((60, net.end_to_end_size)), rng.standard_normal((60, 1))
        found = net.classify(filters, X, Y)
        assert (found.kind, found.is_critical, found.index, found.nullity) == ("not_critical", False, None, None)


def test_scaling_the_data_does_not_change_the_kind(rng):
    for way in WAYS:
        planted = make(rng, way, 3)
        net = ev.LinearConvolutionalNetwork(planted.sizes, planted.strides)
        wanted = classified(planted)
        for a, b in [(1e-8, 1e-8), (1e8, 1e8), (1e-8, 1e8), (1e8, 1e-8)]:
            filters = [*planted.filters[:-1], planted.filters[-1] * (b / a)]
            found = net.classify(filters, a * planted.X, b * planted.Y)
            assert (found.kind, found.index, found.nullity) == (wanted.kind, wanted.index, wanted.nullity)


def test_singular_points_of_the_closure_are_spurious_if_ramified(rng):
    """x^2 - a as the first form, which is shared with the second one: v has two factorizations that coincide."""
    for sizes, strides in [((3, 2), (2, 1)), ((3, 3), (2, 1)), ((4, 2), (3, 1))]:
        root = rng.uniform(0.5, 2)
        first = np.zeros(sizes[0])
        first[0], first[strides[0]] = -root, 1
        filters = [first, np.convolve([-root, 1], unit(rng, sizes[1] - 1))]
        v = np.array(polynomial_product(filters, strides))
        columns = np.array(
            [polynomial_product([e, filters[1]], strides) for e in np.eye(sizes[0])]
            + [polynomial_product([filters[0], e], strides) for e in np.eye(sizes[1])]
        )
        rank = sum(sizes) - 2
        n = np.linalg.svd(columns)[2][rank:].T @ rng.standard_normal(len(v) - rank)
        found = ev.LinearConvolutionalNetwork(sizes, strides).classify(filters, np.eye(len(v)), (v - n)[:, None])
        assert found.is_critical
        assert (found.kind, found.rank, found.is_regular) == ("spurious", rank, False)


def test_functions_that_fit_exactly(rng):
    """A loss of zero: critical whatever the filters are, and pure."""
    for depth in range(1, 6):
        sizes, strides = random_network(rng, depth)
        net = ev.LinearConvolutionalNetwork(sizes, strides)
        filters = [unit(rng, k) for k in sizes]
        X = rng.standard_normal((net.end_to_end_size + 2, net.end_to_end_size))
        found = net.classify(filters, X, X @ np.array(polynomial_product(filters, strides))[:, None])
        assert (found.kind, found.index) == ("pure", 0)
        assert 0 <= found.loss < 1e-26 * (X**2).sum()


def test_tolerances(rng):
    planted = make(rng, "regular", 3)
    moved = [w * (1 + 1e-6 * rng.standard_normal(len(w))) for w in planted.filters]
    assert classified(planted, moved).kind != "pure"
    assert classified(planted, moved, tolerance=1e-3).kind == "pure"
    for bad, kind in [(-1, ValueError), (0, ValueError), (np.nan, ValueError), ("a", TypeError), (True, TypeError)]:
        with pytest.raises(kind, match=r"tolerance must be .+; got .+\. Fix: "):
            classified(planted, tolerance=bad)
    with pytest.raises(TypeError, match=r"polish must be .+; got .+\. Fix: "):
        classified(planted, polish=1)


def test_data_without_information(rng):
    """Nothing to learn: every point is critical for inputs zero; for targets zero those with output zero."""
    net = ev.LinearConvolutionalNetwork((3, 2), (2, 1))
    X, filters = rng.standard_normal((9, 5)), [unit(rng, 3), unit(rng, 2)]
    found = net.classify(filters, 0 * X, 0 * X[:, :1])
    assert (found.kind, found.index, found.is_regular) == ("pure", 0, True)
    assert net.classify(filters, X, 0 * X[:, :1]).kind == "not_critical"
    assert net.classify([np.zeros(3), np.zeros(2)], X, 0 * X[:, :1]).kind == "zero"


def test_an_exact_fit_is_pure_also_at_singular_points(rng):
    net = ev.LinearConvolutionalNetwork((3, 2), (2, 1))
    X = rng.standard_normal((9, 5))
    for filters in ([[-1, 0, 1], [-1, 1]], [[-1, 0, 1], [-2, 1]]):
        assert net.classify(filters, X, X @ np.array(net.compose(filters), dtype=float)).kind == "pure"


def test_rounding_of_outputs_that_vanish():
    """Inputs orthogonal to the end-to-end filter and no targets: nothing to learn, and nothing but rounding."""
    net = ev.LinearConvolutionalNetwork((3, 2), (2, 1))
    v = np.array(net.compose([[1, 1, 1], [1, 1]]))
    X = np.random.default_rng(0).standard_normal((12, 5))
    X -= np.outer(X @ v, v) / (v @ v)
    assert net.classify([[1, 1, 1], [1, 1]], X, np.zeros((12, 1))).kind == "pure"
