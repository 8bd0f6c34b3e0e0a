"""Polar degrees and generic ED degrees of Segre varieties against Euler characteristics, hyperdeterminants, roots."""

from __future__ import annotations

from itertools import permutations, product
from math import comb, factorial, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import equivariety as ev
from convolution.literal_network import tensor
from convolution.variable_projection import critical_polynomial
from equivariety.convolution import generic_ed_degree, polar_degrees, segre_degree
from oracles.read import vectors

VECTORS = [v for v in vectors("lcn") if v["kind"] == "segre_generic_ed_degree"]


@pytest.mark.parametrize("vector", [pytest.param(v, id=v["id"]) for v in VECTORS])
def test_vectors(vector):
    sizes, wanted = vector["input"]["k"], vector["expected"]
    assert generic_ed_degree(sizes) == wanted["ged"]
    assert list(polar_degrees(sizes)) == wanted["polar_degrees"]
    assert segre_degree(sizes) == wanted["degree"]


def integral(sizes, series):
    """The top degree part of ``c(TX) sum_m series(m) h^m``, h the hyperplane class: a number."""
    degrees = [k - 1 for k in sizes]
    total = 0
    for chosen in product(*(range(k) for k in sizes)):
        left = [d - a for d, a in zip(degrees, chosen, strict=True)]
        multinomial = factorial(sum(left)) // prod(map(factorial, left))
        total += prod(map(comb, sizes, chosen)) * multinomial * series(sum(left))
    return total


def euler(sizes):
    """Euler characteristics of X, of sections by a hyperplane and by a quadric, and of what these have in common."""

    def common(m):  # the coefficients of h / (1 + h) times 2 h / (1 + 2 h)
        return sum((-1) ** (i + 1) * -((-2) ** (m - i)) for i in range(1, m))

    return (
        integral(sizes, lambda m: int(m == 0)),
        integral(sizes, lambda m: -((-1) ** m) if m else 0),
        integral(sizes, lambda m: -((-2) ** m) if m else 0),
        integral(sizes, common),
    )


SIZES = st.lists(st.integers(1, 5), min_size=1, max_size=4)


@given(SIZES)
def test_the_ed_degree_is_an_euler_characteristic(sizes):
    """Up to its sign that of X without a general quadric and a general hyperplane section (Aluffi, Harris 2018)."""
    n = sum(k - 1 for k in sizes)
    whole, plane, quadric, common = euler(sizes)
    assert whole == prod(sizes)
    assert generic_ed_degree(sizes) == (-1) ** n * (whole - plane - quadric + common)


@given(SIZES)
def test_polar_degrees_are_classes_of_sections(sizes):
    """Degree of the dual of a general section of codimension j, from a Lefschetz pencil of its hyperplane sections."""
    n, found = sum(k - 1 for k in sizes), polar_degrees(sizes)
    assert len(found) == n + 1
    for j in range(n + 1):
        wanted = integral(sizes, lambda m, j=j: (-1) ** (m - j) * comb(m + 1, j + 1) if m >= j else 0)
        assert found[j] == (-1) ** (n - j) * wanted
    assert found[-1] == segre_degree(sizes)
    assert sum(found) == generic_ed_degree(sizes)
    assert all(x >= 0 for x in found)


@settings(max_examples=20)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_the_order_and_sizes_of_one_do_not_matter(sizes):
    wanted = generic_ed_degree(sizes)
    assert {generic_ed_degree(p) for p in permutations(sizes)} == {wanted}
    assert generic_ed_degree((1, *sizes, 1)) == wanted
    assert polar_degrees((*sizes, 1)) == polar_degrees(sizes)
    assert all(type(x) is int for x in (wanted, *polar_degrees(sizes), segre_degree(sizes)))


# Degrees of hyperdeterminants (Gelfand, Kapranov, Zelevinsky 1994), the duals of Segre varieties.
@pytest.mark.parametrize(
    ("sizes", "degree"),
    [
        ((2, 2), 2), ((3, 3), 3), ((5, 5), 5), ((3, 2), 0), ((2, 2, 2), 4), ((3, 2, 2), 6), ((3, 3, 2), 12),
        ((4, 2, 2), 0), ((4, 3, 2), 12), ((3, 3, 3), 36), ((2, 2, 2, 2), 24), ((2,) * 5, 128), ((2,) * 6, 880),
        ((2,) * 7, 6816), ((4,), 0),
    ],
)  # fmt: skip
def test_the_first_polar_degree_is_that_of_the_hyperdeterminant(sizes, degree):
    assert polar_degrees(sizes)[0] == degree


def test_matrices_of_rank_one_are_dual_to_those_of_corank_one():
    for m, n in [(2, 2), (3, 3), (2, 4), (3, 4)]:
        degree = ev.linear_maps(m, n, rank=m - 1).degree
        first = next(x for x in polar_degrees((m, n)) if x)
        assert first == degree


@pytest.mark.parametrize(
    "m", [1, 2, 3, pytest.param(4, marks=pytest.mark.slow), pytest.param(5, marks=pytest.mark.slow)]
)
def test_two_layers_by_roots_of_a_polynomial(m, rng):
    """With one filter of size 2 critical points are the roots of a polynomial with integer coefficients."""
    size = 2 * m
    half = rng.integers(-9, 10, (size, size))
    polynomial = critical_polynomial((half @ half.T).tolist(), rng.integers(-9, 10, size).tolist(), tensor_map(m))
    assert polynomial.degree() == generic_ed_degree((2, m))


def tensor_map(m):
    """Tensors as a linear function of the second filter, for first filters (1, 0) and (0, 1)."""
    return [
        np.array([tensor([e, f]) for f in np.eye(m, dtype=int)], dtype=int).T.tolist() for e in np.eye(2, dtype=int)
    ]


def test_large_numbers_are_exact():
    assert segre_degree((40, 40, 40)) == factorial(117) // factorial(39) ** 3
    assert generic_ed_degree((2,) * 9) == sum(polar_degrees((2,) * 9))
    assert generic_ed_degree((1,)) == generic_ed_degree((7,)) == 1


@pytest.mark.parametrize(
    ("sizes", "kind"),
    [
        ((), ValueError), ((0, 2), ValueError), ((2.5,), ValueError), ((True, 2), ValueError), (None, TypeError),
        (3, TypeError), ("22", TypeError),
    ],
)  # fmt: skip
@pytest.mark.parametrize("function", [generic_ed_degree, polar_degrees, segre_degree])
def test_bad_sizes(function, sizes, kind):
    with pytest.raises(kind, match=r"filter_sizes must be .+; got .+\. Fix: .+\."):
        function(sizes)
