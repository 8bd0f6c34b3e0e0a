"""Signed permutations against their matrices."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import equivariety as ev
from equivariety.groups import Permutation, PermutationGroup, SignedPermutation, SignedPermutationGroup, wreath
from equivariety.groups.signed import as_signed, signed_points


@st.composite
def signed(draw, n=None):
    size = n or draw(st.integers(1, 6))
    images = draw(st.permutations(range(size)))
    return SignedPermutation(images, draw(st.lists(st.sampled_from([-1, 1]), min_size=size, max_size=size)))


@given(signed(), st.data(), st.integers(-20, 20))
def test_everything_agrees_with_matrices(p, data, k):
    n = p.degree
    q = data.draw(signed(n))
    P, Q = p.matrix(), q.matrix()
    x = np.arange(3.0 * n).reshape(3, n) + 1
    assert np.array_equal(p.apply(x), x @ P.T)
    assert np.array_equal(p.apply(x[0]), p.signs * x[0][p.images])
    assert np.array_equal((q * p).matrix(), P @ Q)  # matrices multiply in reverse, as for permutations
    assert np.array_equal(p.inverse().matrix(), P.T)
    assert np.array_equal(p.power(k).matrix(), np.linalg.matrix_power(P if k >= 0 else P.T, abs(k)))
    assert SignedPermutation.from_matrix(P) == p
    assert p.power(p.order).is_identity
    assert all(not p.power(j).is_identity for j in range(1, p.order))
    assert p.is_identity == np.array_equal(P, np.eye(n))
    # On the points +e, -e it is a permutation that commutes with the change of sign, and composes alike.
    both = np.concatenate([x, -x], axis=1)
    assert np.array_equal(p.points().apply(both), np.concatenate([p.apply(x), -p.apply(x)], axis=1))
    assert (q * p).points() == q.points() * p.points()


def test_a_robot():
    """Two arms change places; joints about the vertical and the sideways axis turn the other way."""
    images, signs = [3, 4, 5, 0, 1, 2, 6], [1, -1, -1, 1, -1, -1, -1]
    G = SignedPermutationGroup([images], [signs])
    assert (G.degree, G.n_generators, G.order(), G.is_abelian, G.is_trivial) == (7, 1, 2, True, False)
    assert SignedPermutationGroup.from_matrices(G.matrix(0)) == G
    assert G.points().degree == 14
    assert G.generators[0].apply(np.arange(7.0)).tolist() == [3, -4, -5, 0, -1, -2, -6]
    assert G.cycle_text == ("(1 4)(2 5)(3 6) signs of 2 3 5 6 7",)
    assert ev.SignedPermutationGroup is SignedPermutationGroup


def test_the_hyperoctahedral_group():
    G = SignedPermutationGroup([[1, 2, 0], [1, 0, 2], [0, 1, 2]], [[1, 1, 1], [1, 1, 1], [-1, 1, 1]])
    assert G.order() == 48
    assert not G.is_abelian
    flip = PermutationGroup.from_cycles("(1 2)", degree=2)
    top = PermutationGroup([[1, 2, 0], [1, 0, 2]])
    assert wreath(flip, top).order() == G.points().order()


def test_group_members_are_those_of_permutation_groups():
    a = SignedPermutation([1, 0], [1, -1])
    G = SignedPermutationGroup([a, SignedPermutation.identity(2), a])
    assert G.reduced_generators == (a,)
    assert G.n_generators == 3
    assert G.order() == 4
    assert np.array_equal(G.matrix(0), [[0, 1], [-1, 0]])
    assert SignedPermutationGroup([], degree=3).is_trivial
    assert SignedPermutationGroup([], degree=3).order() == 1
    assert SignedPermutationGroup(PermutationGroup([[1, 0]]), [[1, -1]]) == SignedPermutationGroup([a])
    assert SignedPermutationGroup(np.array([[1, 0]]), np.array([[1.0, -1.0]])) == SignedPermutationGroup([a])


def test_values():
    a = SignedPermutation([1, 0], [1, -1])
    G = SignedPermutationGroup([a])
    for thing in (a, G):
        for duplicate in (copy.deepcopy(thing), pickle.loads(pickle.dumps(thing))):  # noqa: S301
            assert duplicate == thing
            assert hash(duplicate) == hash(thing)
    assert a != SignedPermutation([1, 0], [1, 1])
    assert a != "a"
    assert SignedPermutationGroup([a, a]) != G
    assert repr(a) == "SignedPermutation([1, 0], signs=[1, -1])"
    assert repr(G) == "SignedPermutationGroup('(1 2) signs of 2', degree=2)"
    with pytest.raises(ValueError, match="read-only"):
        a.signs[0] = -1
    assert len(repr(SignedPermutation.identity(10_000))) < 300


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int8, np.complex128])
def test_dtypes_are_kept(dtype):
    a = SignedPermutation([1, 0], [1, -1])
    moved = a.apply(np.array([[1, 2]], dtype=dtype))
    assert moved.dtype == dtype
    assert moved.tolist() == [[2, -1]]


def test_unsigned_integers_get_signs():
    assert SignedPermutation([0], [-1]).apply(np.array([3], dtype=np.uint8)).tolist() == [-3]
    assert SignedPermutation([0], [-1]).apply(np.array([True])).tolist() == [-1]


@pytest.mark.parametrize("signs", [[1, 0], [1, 2], [1], [[1, 1]], [1, np.nan], ["1", "-1"], [True, True], None, 1])
def test_bad_signs(signs):
    with pytest.raises(ValueError, match=r"^signs must be 2 numbers, each 1 or -1"):
        SignedPermutation([0, 1], signs)


def test_the_place_of_a_bad_sign_is_named():
    with pytest.raises(ValueError, match=r"got signs\[1\] = 0\."):
        SignedPermutation([0, 1], [1, 0])


@pytest.mark.parametrize(
    "matrix",
    [
        [[1, 1], [0, 1]],
        [[2, 0], [0, 1]],
        [[0, 0], [0, 1]],
        [[1, 0, 0], [0, 1, 0]],
        np.zeros((0, 0)),
        [[np.nan, 0], [0, 1]],
        "matrix",
        [[1, 0], [0]],
    ],
)
def test_matrices_that_are_no_signed_permutations(matrix):
    with pytest.raises(ValueError, match=r"^matrix must be a square matrix with one entry"):
        SignedPermutation.from_matrix(matrix)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (([[0, 1]], None), TypeError, r"^generators\[0\] must be a SignedPermutation"),
        (([[0, 1]], [[1, 1], [1, 1]]), ValueError, r"^signs must be 1 rows"),
        (([[0, 1]], 5), ValueError, r"^signs must be 1 rows"),
        (([[0, 0]], [[1, 1]]), ValueError, r"^images must be"),
        (([0, 1], [1, 1]), ValueError, r"^images must be"),
        ((np.array([0, 1]), [1, 1]), TypeError, r"^generators must be"),
        (("(1 2)", [[1, 1]]), TypeError, r"^generators must be"),
        (([[0], [0, 1]], [[1], [1, 1]]), ValueError, r"^generators must be signed permutations of 1 coordinates"),
        (([[0]], [[1]], 2), ValueError, r"^generators must be signed permutations of 2 coordinates"),
        (([], []), ValueError, r"^generators must be non-empty"),
    ],
)
def test_bad_groups(arguments, kind, message):
    with pytest.raises(kind, match=message):
        SignedPermutationGroup(*arguments)


def test_bad_arguments_of_members():
    a = SignedPermutation([1, 0], [1, -1])
    with pytest.raises(ValueError, match=r"^x must be"):
        a.apply(np.zeros(3))
    with pytest.raises(ValueError, match=r"^other must be"):
        a.compose(SignedPermutation.identity(3))
    with pytest.raises(TypeError, match=r"^other must be"):
        a.compose([1, 0])
    with pytest.raises(ValueError, match=r"^i must be a generator number from 0 to 0"):
        SignedPermutationGroup([a]).matrix(1)


@given(st.integers(1, 6), st.data())
def test_signed_points_are_those_of_each_generator_and_their_exchange(n, data):
    generators = [data.draw(signed(n)), Permutation(data.draw(st.permutations(range(n))))]
    *rows, exchange = signed_points(generators, n)
    x = np.arange(1.0, n + 1)
    both = np.concatenate([x, -x])
    assert np.array_equal(both[exchange], -both)
    for g, row in zip(generators, rows, strict=True):
        assert np.array_equal(both[row][:n], g.apply(x))
        assert np.array_equal(row[exchange], exchange[row])
    assert as_signed(generators[0]) is generators[0]
    assert np.array_equal(as_signed(generators[1]).matrix(), generators[1].matrix())


def test_groups_with_and_without_signs_are_different():
    plain, with_signs = PermutationGroup([[1, 0]]), SignedPermutationGroup([[1, 0]], [[1, 1]])
    assert plain != with_signs
    assert with_signs != plain
    assert np.array_equal(plain.matrix(0), with_signs.matrix(0))
    assert PermutationGroup([], 2) != SignedPermutationGroup([], degree=2)
