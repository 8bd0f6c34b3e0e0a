"""Cycle decompositions and cycle notation against pointer chasing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equivariety.groups import Permutation
from equivariety.groups.cycles import cycle_decomposition
from equivariety.groups.text.cycle_text import format_cycles, parse_cycles
from equivariety.groups.tracing import trace_cycles

permutations = st.integers(1, 30).flatmap(lambda n: st.permutations(range(n)))


def naive_cycles(images):
    """All cycles, each from its smallest point, ordered by it."""
    images, seen, cycles = list(images), set(), []
    for start in range(len(images)):
        if start not in seen:
            cycle = [start]
            while images[cycle[-1]] != start:
                cycle.append(images[cycle[-1]])
            seen.update(cycle)
            cycles.append(cycle)
    return cycles


def assert_decomposes(images):
    expected = naive_cycles(np.asarray(images).tolist())
    lengths = sorted({len(cycle) for cycle in expected})
    found = cycle_decomposition(images)
    assert found.lengths == tuple(lengths)
    assert [block.tolist() for block in found.index] == [[c for c in expected if len(c) == t] for t in lengths]
    assert all(block.dtype == np.int64 and not block.flags.writeable for block in found.index)
    assert (found.degree, found.n_cycles, found.order) == (len(images), len(expected), math.lcm(*lengths))
    assert all(type(t) is int for t in found.lengths)


@given(permutations)
def test_small_permutations(images):
    assert_decomposes(images)


def staircase(n):
    """Cycles of lengths 1, 2, 3, ..., each on consecutive points."""
    images, start, length = np.arange(n), 0, 1
    while start + length <= n:
        images[start : start + length] = np.roll(images[start : start + length], -1)
        start, length = start + length, length + 1
    return images


LARGE = 40_000
STRUCTURED = {
    "identity": np.arange(LARGE),
    "cyclic": np.roll(np.arange(LARGE), -1),
    "backwards": np.roll(np.arange(LARGE), 1),
    "shift": np.roll(np.arange(LARGE).reshape(200, 200), 1, axis=1).ravel(),
    "involution": np.arange(LARGE)[::-1],
    "one transposition": np.concatenate([[1, 0], np.arange(2, LARGE)]),
    "long stride": (np.arange(LARGE) + 12_345) % LARGE,
    "staircase": staircase(LARGE),
}


@pytest.mark.parametrize("name", STRUCTURED)
def test_large_structured_permutations(name):
    assert_decomposes(STRUCTURED[name])


@pytest.mark.parametrize("name", STRUCTURED)
def test_large_conjugates(name, rng):
    q = rng.permutation(LARGE)
    images = np.empty(LARGE, dtype=int)
    images[q] = q[STRUCTURED[name]]
    assert_decomposes(images)


def test_large_random_permutation(rng):
    assert_decomposes(rng.permutation(100_003))


def test_trace_lists_each_point_once_in_order_of_application(rng):
    images = rng.permutation(20_000)
    points, lengths = trace_cycles(images)
    assert np.array_equal(np.sort(points), np.arange(images.size))
    start = np.cumsum(lengths) - lengths
    for first, length in zip(start.tolist(), lengths.tolist(), strict=True):
        cycle = points[first : first + length]
        assert np.array_equal(images[cycle], np.roll(cycle, -1))


@given(permutations)
def test_text_round_trip(images):
    text = format_cycles(np.array(images))
    assert parse_cycles(text, len(images)).tolist() == list(images)
    assert Permutation(images).cycle_text == text


@given(permutations)
def test_text_is_ordered_and_leaves_out_fixed_points(images):
    moving = [[point + 1 for point in cycle] for cycle in naive_cycles(images) if len(cycle) > 1]
    expected = "".join("(" + " ".join(map(str, cycle)) + ")" for cycle in moving)
    assert format_cycles(np.array(images)) == (expected or "()")


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("(1 3 4)(2 5)", [2, 4, 3, 0, 1]),
        ("(1,3,4)(2,5)", [2, 4, 3, 0, 1]),
        (" ( 1 , 3  4 )\n(2\t5 ) ", [2, 4, 3, 0, 1]),
        ("(5 2)(4 1 3)", [2, 4, 3, 0, 1]),
        ("(1 4 3)(2 5)", [3, 4, 0, 2, 1]),
        ("", [0, 1, 2, 3, 4]),
        ("()", [0, 1, 2, 3, 4]),
        (" ( ) ", [0, 1, 2, 3, 4]),
        ("()(4 5)()", [0, 1, 2, 4, 3]),
        ("(3)", [0, 1, 2, 3, 4]),
        ("(001 02)", [1, 0, 2, 3, 4]),
    ],
)
def test_good_text(text, images):
    assert parse_cycles(text, 5).tolist() == images


BAD_TEXT = [
    ("(1 2", "not closed"),
    ("1 2", "'1' at character 1"),
    ("1 2)", "'1' at character 1"),
    (")", "')' at character 1"),
    ("(1 2))", "')' at character 6"),
    ("((1 2))", "'(' at character 2"),
    ("(1 (2 3))", "'(' at character 4"),
    ("(1,,2)", "character 4"),
    ("(,1)", "character 2"),
    ("(1,)", "')' at character 4"),
    ("(1 2),(3 4)", "','"),
    ("(1;2)", "';'"),
    ("(1-2)", "'-'"),
    ("(a b)", "'a'"),
    ("(1.5 2)", "'.'"),
    ("(1 ²)", "'²'"),
    ("(1 ٢)", "'٢'"),
    ("(1 2)(2 3)", "point 2 occurs twice"),
    ("(1 1)", "point 1 occurs twice"),
    ("(0 1)", "point 0"),
    ("(1 6)", "point 6"),
    ("(" + "9" * 5000 + ")", "point 999"),
    ("(" * 200_000, "'(' at character 2"),
    ("(1" + " " * 200_000 + "x", "'x'"),
    ("(1" + "," * 200_000, "character 4"),
]


@pytest.mark.parametrize(("text", "witness"), BAD_TEXT, ids=range(len(BAD_TEXT)))
def test_bad_text(text, witness):
    with pytest.raises(ValueError, match=r"^text must be .*Fix: ") as caught:
        parse_cycles(text, 5)
    assert witness in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("text", "degree", "kind", "argument"),
    [
        (12, 5, TypeError, "text"),
        (b"(1 2)", 5, TypeError, "text"),
        (None, 5, TypeError, "text"),
        ("(1 2)", 0, ValueError, "degree"),
        ("(1 2)", 10**12, ValueError, "degree"),
        ("(1 2)", True, TypeError, "degree"),
        ("(1 2)", 5.0, TypeError, "degree"),
        ("(1 2)", "5", TypeError, "degree"),
    ],
)
def test_bad_arguments(text, degree, kind, argument):
    with pytest.raises(kind, match=rf"^{argument} must be .*Fix: "):
        parse_cycles(text, degree)


@pytest.mark.parametrize("images", [[0, 0], [1.0, 0.0], [], [[0]]])
def test_decomposition_refuses_what_is_no_permutation(images):
    with pytest.raises((ValueError, TypeError), match=r"^images must be .*Fix: "):
        cycle_decomposition(images)
