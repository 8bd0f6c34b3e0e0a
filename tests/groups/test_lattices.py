"""Sublattices of Z^s: canonical bases, indices, and quotients straightened to products of cyclic groups."""

from __future__ import annotations

from itertools import pairwise, product
from math import gcd, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equivariety.groups.abelian.lattices import dual, hermite_form, index, straightened
from equivariety.groups.abelian.subgroup_indices import indices_of_subgroups

entries = st.integers(-9, 9)


@st.composite
def lattices(draw, most: int = 3):
    """Rows that span a lattice of full rank, more than s of them at times."""
    s = draw(st.integers(1, most))
    rows = draw(st.lists(st.lists(entries, min_size=s, max_size=s), min_size=s, max_size=s + 2))
    if np.linalg.matrix_rank(np.array(rows)) < s:
        rows += [[draw(st.integers(1, 6)) * int(i == j) for j in range(s)] for i in range(s)]
    return rows


def determinants(rows):
    """Greatest common divisor of all s x s minors: the index of the lattice, by its definition."""
    array = np.array(rows)
    s = array.shape[1]
    out = 0
    for chosen in product(range(len(array)), repeat=s):
        if sorted(set(chosen)) == list(chosen):
            out = gcd(out, round(np.linalg.det(array[list(chosen)])))
    return out


@given(lattices())
def test_hermite_form_is_a_reduced_triangular_basis_of_the_same_lattice(rows):
    basis = hermite_form(rows)
    s = len(rows[0])
    assert len(basis) == s
    for i, row in enumerate(basis):
        assert row[i] > 0
        assert not any(row[i + 1 :])
        assert all(0 <= row[j] < basis[j][j] for j in range(i))
    # Each row is an integer combination of the basis; equal indices make the lattices equal.
    coefficients = np.array(rows) @ np.linalg.inv(np.array(basis, dtype=float))
    np.testing.assert_allclose(coefficients, np.round(coefficients), atol=1e-8)
    assert prod(basis[i][i] for i in range(s)) == index(rows) == determinants(rows)


@given(lattices(), st.randoms(use_true_random=False))
def test_hermite_form_depends_on_the_lattice_alone(rows, random):
    expected = hermite_form(rows)
    assert hermite_form(expected) == expected
    changed = [list(row) for row in rows]
    for _ in range(6):
        i, j = random.randrange(len(changed)), random.randrange(len(changed))
        if i != j:
            factor = random.randint(-3, 3)
            changed[i] = [a + factor * b for a, b in zip(changed[i], changed[j], strict=True)]
    random.shuffle(changed)
    changed.append([3 * a - b for a, b in zip(changed[0], changed[-1], strict=True)])
    assert hermite_form([[-a for a in row] for row in changed]) == expected
    assert rows == [list(row) for row in rows]


@settings(max_examples=100)
@given(lattices())
def test_straightened_is_an_isomorphism(rows):
    basis = hermite_form(rows)
    orders, matrix = straightened(basis)
    assert all(d > 1 for d in orders)
    assert all(b % a == 0 for a, b in pairwise(orders))
    assert prod(orders) == index(basis)
    assert [len(row) for row in matrix] == [len(orders)] * len(basis)
    assert all(0 <= v < d for row in matrix for v, d in zip(row, orders, strict=True))

    def image(k):
        return tuple(sum(a * row[i] for a, row in zip(k, matrix, strict=True)) % d for i, d in enumerate(orders))

    assert all(not any(image(row)) for row in basis)
    # The box of the pivots holds one vector of each class: all images differ.
    box = [range(basis[i][i]) for i in range(len(basis))]
    if index(basis) <= 3000:
        assert len({image(k) for k in product(*box)}) == index(basis)


@pytest.mark.parametrize(
    ("rows", "orders"),
    [
        ([[1]], ()),
        ([[7]], (7,)),
        ([[1, 0], [0, 1]], ()),
        ([[2, 0], [0, 3]], (6,)),
        ([[2, 0], [0, 2]], (2, 2)),
        ([[4, 0], [0, 6]], (2, 12)),
        ([[2, 0], [-1, 2]], (4,)),
        ([[6, 0, 0], [0, 10, 0], [0, 0, 15]], (30, 30)),
        ([[2, 0, 0], [1, 2, 0], [1, 1, 2]], (8,)),
    ],
)
def test_known_quotients(rows, orders):
    assert straightened(rows)[0] == orders
    assert index(rows) == prod(orders)


def test_integers_do_not_overflow():
    big = 2**40 + 15
    assert index([[big, 0], [0, big]]) == big**2
    orders, matrix = straightened(hermite_form([[big, 0], [0, big], [big // 5 * 2, 0]]))
    assert prod(orders) == index([[big, 0], [0, big], [big // 5 * 2, 0]])
    assert len(matrix) == 2
    assert hermite_form(np.array([[4, 2], [0, 6]])) == hermite_form([[4, 2], [0, 6]])


@given(lattices(), st.integers(1, 60))
def test_with_a_modulus_its_multiples_belong_to_the_lattice(rows, modulus):
    s = len(rows[0])
    multiples = [[modulus * int(i == j) for j in range(s)] for i in range(s)]
    assert hermite_form(rows, modulus) == hermite_form([*rows, *multiples])
    assert index(rows, modulus) == index([*rows, *multiples])


@given(lattices(), st.integers(1, 5))
def test_the_dual_has_as_many_classes(rows, factor):
    """Products with the lattice are multiples of the scale, and no vector more has this property."""
    basis = hermite_form(rows)
    orders, matrix = straightened(basis)
    scale = factor * (orders[-1] if orders else 1)
    found = dual(orders, matrix, scale)
    assert all(sum(a * b for a, b in zip(v, w, strict=True)) % scale == 0 for v in found for w in basis)
    assert scale ** len(basis) == index(found or [[0] * len(basis)], scale) * index(basis)


@given(st.integers(1, 30), st.data())
def test_unit_pivots_are_looked_up(size, data):
    """Most coordinates depend on few: the isomorphism is the same kind of thing, soon found."""
    basis = np.eye(size, dtype=int)
    free = data.draw(st.lists(st.integers(0, size - 1), max_size=2, unique=True))
    for j in free:
        basis[j, j] = data.draw(st.integers(2, 6))
    for i in range(size):
        for j in free:
            if j < i:
                basis[i, j] = data.draw(st.integers(0, int(basis[j, j]) - 1))
    orders, matrix = straightened(basis.tolist())
    assert prod(orders) == prod(basis.diagonal().tolist())
    image = basis @ np.array(matrix, dtype=int).reshape(size, -1)
    assert not (image % np.array(orders, dtype=int)).any()
    # Onto: the rows of the matrix generate all of the product.
    assert (
        indices_of_subgroups(np.array([matrix]).reshape(1, size, -1), np.array([orders])).tolist() == [1]
        if orders
        else True
    )


@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_indices_of_many_subgroups(s, k, data):
    count = data.draw(st.integers(1, 5))
    orders = np.array(
        data.draw(st.lists(st.lists(st.integers(1, 40), min_size=k, max_size=k), min_size=count, max_size=count))
    )
    seed = data.draw(st.integers(0, 2**32 - 1))
    rows = np.random.default_rng(seed).integers(0, orders[:, None, :], (count, s, k))
    expected = [index([*map(list, r.tolist()), *np.diag(d).tolist()]) for r, d in zip(rows, orders, strict=True)]
    assert indices_of_subgroups(rows, orders).tolist() == expected


def test_indices_in_chunks(monkeypatch):
    rng = np.random.default_rng(5)
    orders = np.full((200, 2), 10**7 - 9)
    rows = rng.integers(0, 10**7 - 9, (200, 1, 2))
    whole = indices_of_subgroups(rows, orders)
    monkeypatch.setattr("equivariety.groups.abelian.subgroup_indices._ENTRIES_AT_ONCE", 7)
    assert np.array_equal(indices_of_subgroups(rows, orders), whole)
    assert indices_of_subgroups(rows[:0], orders[:0]).shape == (0,)
