"""Permutations against the talk's matrix, and against plain composition of functions."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equivariety.groups import Permutation

TALK = [[0, 0, 1, 0, 0], [0, 0, 0, 0, 1], [0, 0, 0, 1, 0], [1, 0, 0, 0, 0], [0, 1, 0, 0, 0]]
SIGMA = Permutation.from_cycles("(1 3 4)(2 5)", degree=5)

permutations = st.integers(1, 12).flatmap(lambda n: st.permutations(range(n)))
pairs = st.integers(1, 12).flatmap(lambda n: st.tuples(st.permutations(range(n)), st.permutations(range(n))))


def test_matrix_of_the_talk():
    assert SIGMA.matrix().tolist() == TALK
    assert SIGMA.matrix().dtype == np.float64
    assert SIGMA.images.tolist() == [2, 4, 3, 0, 1]


def test_degree_one():
    p = Permutation([0])
    assert (p.degree, p.order, p.is_identity, p.cycle_text) == (1, 1, True, "()")


@given(pairs)
def test_matrices_reverse_products(pair):
    sigma, tau = map(Permutation, pair)
    product = sigma.matrix() @ tau.matrix()
    assert np.array_equal(product, tau.compose(sigma).matrix())
    assert np.array_equal(product, (tau * sigma).matrix())


@given(pairs)
def test_composition_is_that_of_functions(pair):
    p, q = map(Permutation, pair)
    assert [(p * q)(i) for i in range(p.degree)] == [p(q(i)) for i in range(p.degree)]


@given(permutations, st.integers(-(10**30), 10**30), st.integers(-40, 40))
def test_powers(images, k, m):
    p = Permutation(images)
    assert p.power(k) * p.power(m) == p.power(k + m)
    assert p.power(p.order).is_identity
    assert p.power(-1) == p.inverse()
    assert (p * p.inverse()).is_identity
    step = p if m >= 0 else p.inverse()
    expected = Permutation.identity(p.degree)
    for _ in range(abs(m)):
        expected = step * expected
    assert p.power(m) == expected


@given(permutations)
def test_order_is_the_first_power_that_is_the_identity(images):
    p = Permutation(images)
    current, order = p, 1
    while not current.is_identity:
        current, order = current * p, order + 1
    assert p.order == order


@given(permutations)
def test_inverse_has_the_transposed_matrix(images):
    p = Permutation(images)
    assert np.array_equal(p.inverse().matrix(), p.matrix().T)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.int8])
def test_apply_is_the_matrix_on_each_row(dtype, rng):
    x = (10 * rng.normal(size=(2, 3, 5))).astype(dtype)
    moved = SIGMA.apply(x)
    assert moved.dtype == x.dtype
    assert np.array_equal(moved, x[..., SIGMA.images])
    assert np.array_equal(moved, x @ SIGMA.matrix().T)
    assert np.array_equal(SIGMA.apply(x[0, 0]), SIGMA.matrix() @ x[0, 0])


def test_order_beyond_64_bits():
    lengths = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53]
    images, start = [], 0
    for length in lengths:
        images += [start + (i + 1) % length for i in range(length)]
        start += length
    assert Permutation(images).order == 32589158477190044730


def test_values_do_not_change():
    source = np.array([1, 0, 2])
    p = Permutation(source)
    source[0] = 2
    assert p.images.tolist() == [1, 0, 2]
    with pytest.raises(ValueError, match="read-only"):
        p.images[0] = 1
    with pytest.raises(FrozenInstanceError):
        p.images = source
    with pytest.raises(ValueError, match="read-only"):
        p.cycles.index[0][0, 0] = 1


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))])  # noqa: S301
def test_copies_are_equal_and_read_only(duplicate):
    twin = duplicate(SIGMA)
    assert twin == SIGMA
    assert hash(twin) == hash(SIGMA)
    assert not twin.images.flags.writeable


def test_equality_and_hash():
    same = Permutation(np.array([2, 4, 3, 0, 1], dtype=np.uint8))
    assert same == SIGMA
    assert {same, SIGMA} == {SIGMA}
    assert SIGMA.inverse() != SIGMA
    assert Permutation.identity(3) != Permutation.identity(4)
    assert SIGMA != [2, 4, 3, 0, 1]


def test_array_protocols():
    assert len(SIGMA) == 5
    assert np.asarray(SIGMA).tolist() == [2, 4, 3, 0, 1]
    assert np.asarray(SIGMA, dtype=np.int32).dtype == np.int32
    assert np.arange(5)[np.asarray(SIGMA)].tolist() == [2, 4, 3, 0, 1]
    writable = np.array(SIGMA)
    writable[0] = 7
    assert SIGMA(0) == 2


def test_product_with_an_array_is_refused():
    with pytest.raises(TypeError):
        SIGMA * np.arange(5)
    with pytest.raises(TypeError):
        np.arange(5) * SIGMA


def test_repr():
    assert repr(SIGMA) == 'Permutation.from_cycles("(1 3 4)(2 5)", degree=5)'
    assert eval(repr(SIGMA)) == SIGMA  # noqa: S307
    assert len(repr(Permutation(np.roll(np.arange(900), 1)))) < 130
    assert len(repr(Permutation(np.roll(np.arange(20_000), 1)))) < 130


BAD_IMAGES = {
    "float": ([0.0, 1.0], TypeError, "dtype float64"),
    "nan": ([0, float("nan")], TypeError, "nan"),
    "bools": (np.array([True, False]), TypeError, "bool"),
    "a bool among integers": ([True, 0], TypeError, "True"),
    "text": ("10", TypeError, "10"),
    "none": (None, TypeError, "None"),
    "huge integers": ([0, 10**30], TypeError, "object"),
    "matrix": ([[0, 1], [1, 0]], ValueError, "shape (2, 2)"),
    "ragged": ([[0, 1], [1]], ValueError, "same length"),
    "number": (3, ValueError, "shape ()"),
    "empty": ([], ValueError, "shape (0,)"),
    "repeated": ([0, 2, 2], ValueError, "images[1] = images[2] = 2"),
    "too large": ([0, 5, 1], ValueError, "images[1] = 5"),
    "negative": ([0, -1, 1], ValueError, "images[1] = -1"),
    "one-based": ([3, 1, 2], ValueError, "subtract 1"),
    "unsigned beyond int64": (np.array([0, 2**63], dtype=np.uint64), ValueError, str(2**63)),
}


@pytest.mark.parametrize("name", BAD_IMAGES)
def test_bad_images(name):
    images, kind, witness = BAD_IMAGES[name]
    with pytest.raises(kind) as caught:
        Permutation(images)
    message = str(caught.value)
    assert message.startswith("images must be")
    assert "Fix: " in message
    assert witness in message


BAD_CALLS = {
    "i beyond": (lambda: SIGMA(5), ValueError, "i must"),
    "i negative": (lambda: SIGMA(-1), ValueError, "i must"),
    "i float": (lambda: SIGMA(1.0), TypeError, "i must"),
    "i bool": (lambda: SIGMA(True), TypeError, "i must"),
    "other degree": (lambda: SIGMA.compose(Permutation.identity(4)), ValueError, "other must"),
    "product degree": (lambda: SIGMA * Permutation.identity(4), ValueError, "other must"),
    "other list": (lambda: SIGMA.compose([0, 1, 2, 3, 4]), TypeError, "other must"),
    "power": (lambda: SIGMA.power(0.5), TypeError, "k must"),
    "x too short": (lambda: SIGMA.apply(np.ones((5, 4))), ValueError, "x must"),
    "x number": (lambda: SIGMA.apply(1.0), ValueError, "x must"),
    "identity of nothing": (lambda: Permutation.identity(0), ValueError, "n must"),
    "identity too large": (lambda: Permutation.identity(10**15), ValueError, "n must"),
    "dense matrix": (lambda: Permutation.identity(2**14 + 1).matrix(), ValueError, "degree must"),
}


@pytest.mark.parametrize("name", BAD_CALLS)
def test_bad_calls(name):
    call, kind, start = BAD_CALLS[name]
    with pytest.raises(kind, match=f"^{start} be .*Fix: "):
        call()
