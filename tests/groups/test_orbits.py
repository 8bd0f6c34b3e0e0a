"""Orbits and partitions against a union-find that shares no code with the library."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equivariety.groups import PermutationGroup, finest_common_coarsening
from equivariety.groups.orbits import partitions as module
from equivariety.groups.orbits.partitions import (
    commute,
    distinct_rows,
    merged_labels,
    orbit_labels,
    orbit_lists,
    renumbered,
    single_generator,
)


def union_find(n, edges):
    """Class numbers by smallest point, from pairs of points that belong together."""
    parent = list(range(n))

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in edges:
        a, b = sorted((root(i), root(j)))
        parent[b] = a
    number = {}
    return [number.setdefault(root(i), len(number)) for i in range(n)]


def points_with_equal_labels(labels):
    first = {}
    return [(first.setdefault(label, i), i) for i, label in enumerate(labels)]


# Products of few transpositions leave many orbits; whole random permutations hardly any.
def swaps(n):
    return st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=3)


@st.composite
def generator_lists(draw):
    n = draw(st.integers(1, 15))
    rows = []
    for pairs in draw(st.lists(swaps(n), max_size=4)):
        row = list(range(n))
        for i, j in pairs:
            row[i], row[j] = row[j], row[i]
        rows.append(row)
    return n, rows


@st.composite
def partition_lists(draw):
    n = draw(st.integers(1, 12))
    labels = st.lists(st.integers(-3, 8), min_size=n, max_size=n)
    return draw(st.lists(labels, min_size=1, max_size=3))


@given(generator_lists())
def test_orbits(case):
    n, rows = case
    expected = union_find(n, [(i, row[i]) for row in rows for i in range(n)])
    assert orbit_labels(np.array(rows, dtype=int).reshape(-1, n), n).tolist() == expected
    group = PermutationGroup(rows, degree=n)
    assert group.orbit_partition.tolist() == expected
    assert [orbit.tolist() for orbit in group.orbits] == [
        [i for i in range(n) if expected[i] == k] for k in range(max(expected) + 1)
    ]
    assert group.n_orbits == max(expected) + 1
    assert group.orbit_sizes.tolist() == [expected.count(k) for k in range(group.n_orbits)]


@given(generator_lists())
def test_the_cycles_of_the_invariance_generator_are_the_orbits(case):
    n, rows = case
    expected = union_find(n, [(i, row[i]) for row in rows for i in range(n)])
    sigma = PermutationGroup(rows, degree=n).invariance_generator
    cycles = sorted(cycle for block in sigma.cycles.index for cycle in block.tolist())
    assert cycles == sorted([i for i in range(n) if expected[i] == k] for k in range(max(expected) + 1))


@given(partition_lists())
def test_finest_common_coarsening(partitions):
    pairs = [pair for labels in partitions for pair in points_with_equal_labels(labels)]
    assert finest_common_coarsening(*partitions).tolist() == union_find(len(partitions[0]), pairs)


@given(partition_lists())
def test_coarsening_of_cycle_partitions(partitions):
    sigmas = np.stack([single_generator(labels) for labels in partitions])
    n = len(partitions[0])
    assert np.array_equal(orbit_labels(sigmas, n), finest_common_coarsening(*partitions))
    assert np.array_equal(orbit_labels(sigmas[:1], n), finest_common_coarsening(partitions[0]))


def test_many_random_generators(rng):
    # Random permutations made one of SciPy's two searches for components quadratic.
    n = 50_000
    halves = [np.concatenate([rng.permutation(n // 2), n // 2 + rng.permutation(n // 2)]) for _ in range(3)]
    assert np.array_equal(orbit_labels(np.stack(halves), n), np.repeat([0, 1], n // 2))


def test_labels_of_other_kinds():
    assert finest_common_coarsening(["b", "a", "b"]).tolist() == [0, 1, 0]
    assert finest_common_coarsening([2.5, 1.0, 2.5], [True, True, False]).tolist() == [0, 0, 0]
    assert [orbit.tolist() for orbit in orbit_lists(["y", "x", "y"])] == [[0, 2], [1]]


def test_orbit_lists_are_read_only():
    assert not any(orbit.flags.writeable for orbit in orbit_lists([0, 1, 0]))


@pytest.mark.parametrize("generators", [[], np.empty((0, 3), dtype=int)])
def test_no_generators(generators):
    assert orbit_labels(generators, 3).tolist() == [0, 1, 2]


BAD = {
    "row": (lambda: orbit_labels([1, 0], 2), ValueError, "generators"),
    "width": (lambda: orbit_labels([[1, 0]], 3), ValueError, "generators"),
    "empty width": (lambda: orbit_labels(np.empty((0, 2), dtype=int), 3), ValueError, "generators"),
    "repeated": (lambda: orbit_labels([[0, 1], [1, 1]], 2), ValueError, r"generators\[1\]"),
    "float": (lambda: orbit_labels([[1.0, 0.0]], 2), TypeError, "generators"),
    "degree": (lambda: orbit_labels([], 0), ValueError, "degree"),
    "nothing": (lambda: finest_common_coarsening(), ValueError, "partitions"),
    "lengths": (lambda: finest_common_coarsening([0, 1], [0]), ValueError, "partitions"),
    "2-D": (lambda: finest_common_coarsening([[0, 1]]), ValueError, r"partitions\[0\]"),
    "nan": (lambda: finest_common_coarsening([0.0, np.nan]), ValueError, r"partitions\[0\]"),
    "no points": (lambda: single_generator([]), ValueError, "labels"),
    "unsortable": (lambda: orbit_lists(np.array([1, "a", None], dtype=object)), TypeError, "labels"),
    "ragged": (lambda: orbit_lists([[0], [0, 1]]), ValueError, "labels"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_arguments(name):
    call, kind, argument = BAD[name]
    with pytest.raises(kind, match=rf"^{argument} must be .*Fix: "):
        call()


@pytest.mark.parametrize("at_once", [1, 3, 2**20])
@given(st.lists(st.integers(0, 8), min_size=1, max_size=24), st.sampled_from([np.int32, np.int64]))
def test_labels_are_renumbered_by_first_entry(at_once, labels, dtype):
    _, start = np.unique(labels, return_inverse=True)
    seen = dict.fromkeys(labels)
    expected = [list(seen).index(label) for label in labels]
    given_labels = start.astype(dtype)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_LABELS_AT_ONCE", at_once)
        found = renumbered(given_labels, len(seen))
    assert found is given_labels
    assert (found.dtype, found.tolist()) == (dtype, expected)


@given(st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, n - 1)] * 2)))))
def test_labels_are_merged(drawn):
    count, edges = drawn
    before, after = np.array(edges, dtype=int).reshape(-1, 2).T
    found, left = merged_labels(before, after, count)
    expected = union_find(count, edges)
    assert left == len(set(expected))
    assert np.unique(found, return_inverse=True)[1].tolist() == list(expected)


@pytest.mark.parametrize("step", [1, 2**8, 2**16, 2**40])
def test_distinct_rows(step, rng):
    kinds = step * rng.integers(0, 3, (7, 3))
    number = rng.integers(0, 7, 50)
    first, which = distinct_rows(kinds[number])
    assert len(first) == len(np.unique(kinds[number], axis=0))
    np.testing.assert_array_equal(kinds[number][first[which]], kinds[number])
    assert all(k == np.flatnonzero((kinds[number] == kinds[number[k]]).all(axis=1))[0] for k in first)


def test_commuting_generators():
    assert commute([])
    assert commute(np.array([[1, 2, 0]]))
    assert commute(np.array([[1, 2, 0, 3], [2, 0, 1, 3], [0, 1, 2, 3]]))
    assert not commute(np.array([[1, 2, 0], [0, 1, 2], [1, 0, 2]]))
