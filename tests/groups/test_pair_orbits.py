"""Orbitals and suborbits against listed elements, GAP, and connected components."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from equivariety.groups import (
    PermutationGroup,
    cube_rotations,
    cyclic,
    dihedral,
    direct_product,
    direct_sum,
    num_orbitals,
    on_pairs,
    orbitals,
    polygon,
    suborbits,
    symmetric,
    torus,
    translations,
    trivial,
)
from equivariety.groups.abelian.orbit_lattices import orbit_lattices, torsors
from equivariety.groups.orbits import pair_orbits as module
from oracles.read import vectors

from .brute import pair_orbits

VECTORS = vectors("groups")
RANDOM = st.integers(2, 9).flatmap(lambda n: st.lists(st.permutations(range(n)), min_size=1, max_size=3))


def components(group):
    """The orbitals as components of the graph on all pairs: the slow, direct way."""
    n = group.degree
    pairs = np.arange(n * n)
    ends = [g.images[pairs // n] * n + g.images[pairs % n] for g in group.generators]
    heads = np.concatenate(ends) if ends else pairs
    tails = np.tile(pairs, max(1, len(ends)))
    graph = coo_array((np.ones(heads.size), (tails, heads)), shape=(n * n, n * n))
    return connected_components(graph, directed=False)[1].reshape(n, n)


def same_partition(a, b):
    joint = len(set(zip(a.ravel().tolist(), b.ravel().tolist(), strict=True)))
    return joint == len(np.unique(a)) == len(np.unique(b))


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["n"] <= 100], ids=lambda vector: vector["name"])
def test_known_numbers_of_orbitals(vector):
    group = PermutationGroup(vector["generators"])
    labels = orbitals(group)
    assert labels.max() + 1 == num_orbitals(group) == vector["num_orbitals"]
    assert same_partition(labels, components(group))


def test_the_shift_of_images():
    (vector,) = [v for v in VECTORS if v["n"] == 784]
    assert num_orbitals(PermutationGroup(vector["generators"])) == vector["num_orbitals"]


@given(RANDOM)
def test_random_groups(generators):
    group = PermutationGroup(generators)
    labels = orbitals(group)
    # Numbered by first pair in row-major order.
    first = np.unique(labels, return_index=True)[1]
    assert first.tolist() == sorted(first.tolist())
    assert same_partition(labels, components(group))
    assert num_orbitals(group) == labels.max() + 1
    for g in group.generators:
        assert np.array_equal(labels[np.ix_(g.images, g.images)], labels)
    for point in range(group.degree):
        assert same_partition(suborbits(group, point), labels[point])


@given(RANDOM.filter(lambda rows: len(rows[0]) <= 6))
def test_random_groups_by_listing_elements(generators):
    group = PermutationGroup(generators)
    classes = pair_orbits(generators, group.degree)
    assert num_orbitals(group) == len(classes)
    labels = orbitals(group)
    assert all(len({int(labels[pair]) for pair in pairs}) == 1 for pairs in classes)


@pytest.mark.parametrize(
    "group",
    [on_pairs(symmetric(7)), torus(6), cube_rotations(4), direct_product(dihedral(3), symmetric(4), on="pairs")],
    ids=["pairs", "torus", "cube", "product"],
)
def test_larger_groups(group):
    labels = orbitals(group)
    assert same_partition(labels, components(group))
    assert num_orbitals(group) == labels.max() + 1


def test_suborbits_are_numbered_by_smallest_point():
    assert suborbits(symmetric(4), 2).tolist() == [0, 0, 1, 0]
    assert suborbits(trivial(3), 1).tolist() == [0, 1, 2]
    assert orbitals(trivial(2)).tolist() == [[0, 1], [2, 3]]


def test_counts_without_a_table():
    assert num_orbitals(trivial(100_000)) == 10**10
    assert num_orbitals(translations((500, 600))) == 300_000
    # D4 on p x p: by Burnside, with the fixed points of the identity, the turns and the reflections.
    p = 60
    assert num_orbitals(dihedral(p)) == (p**4 + 4 * 0 + 4 * p**2 * 0 + 2 * p**2) // 8
    assert num_orbitals(symmetric(3000)) == 2


def test_abelian_groups_with_twisted_orbits():
    # The second generator closes up with a power of the first: lattices that are no box.
    group = PermutationGroup.from_cycles("(1 2 3 4)(5 6)", "(1 3)(2 4)(5 6)", degree=6)
    assert group.is_abelian
    assert num_orbitals(group) == len(pair_orbits([g.images for g in group.generators], 6))
    images = np.stack([g.images for g in group.generators])
    found = torsors(images)
    lattices, kind = orbit_lattices(found, images)
    # On both orbits the second generator is a power of the first: its first and its second.
    assert [lattice.shape for lattice in lattices] == [(2,), (4,)]
    assert [lattice.matrix.tolist() for lattice in lattices] == [[[1], [1]], [[1], [2]]]
    assert sorted(kind.tolist()) == [0, 1]


@pytest.mark.parametrize("call", [lambda: orbitals(cyclic(9000)), lambda: suborbits(torus(95), 0)])
def test_tables_are_bounded(call):
    with pytest.raises(ValueError, match=r"^group must be .*at most 67108864 pairs.*Fix: "):
        call()


@pytest.mark.parametrize(("point", "kind"), [(-1, ValueError), (4, ValueError), (1.0, TypeError), (True, TypeError)])
def test_points_out_of_range(point, kind):
    with pytest.raises(kind, match=r"^point must be a point from 0 to 3"):
        suborbits(cyclic(4), point)


@pytest.mark.parametrize("group", [polygon(2000), dihedral(45)], ids=["transitive", "many orbits"])
def test_labels_take_little_more_than_their_own_memory(group):
    tracemalloc.start()
    labels = orbitals(group)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert labels.dtype == np.int32
    assert peak < 3 * labels.nbytes


@pytest.mark.parametrize("reflections", [False, True])
def test_long_orbits_of_shifts_and_more_are_counted(reflections, monkeypatch):
    """Differences of points of a torus up to turns, or turns and reflections: with tables and without."""
    for p in (4, 5):
        group = torus(p, reflections=reflections)
        two = direct_sum(group, group)
        expected = orbitals(group).max() + 1
        monkeypatch.setattr(module, "ORBITAL_ENTRIES_BUDGET", 10)
        assert (num_orbitals(group), num_orbitals(two)) == (expected, 4 * expected)
        with pytest.raises(ValueError, match=r"^group must be .*at most 10 pairs"):
            num_orbitals(direct_sum(group, trivial(1)))
        monkeypatch.undo()
    q = 47
    assert num_orbitals(torus(2 * q + 1)) == (q + 1) * (q + 2) // 2
