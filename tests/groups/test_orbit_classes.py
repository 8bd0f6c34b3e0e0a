"""Orbits up to isomorphism: exact tables, all copies merged, and nothing else."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import equivariety as ev
from equivariety.groups.abelian.affine_orbits import affine_orbits
from equivariety.groups.orbits.orbit_classes import orbit_classes
from laws.random_groups import abelian_groups, actions, coset_images, groups, relabelled, side_by_side, small_group


def assert_consistent(images, classes):
    """The tables are those of the generators, the orbits a partition, in the promised order."""
    n = images.shape[1]
    points = np.concatenate([c.index.ravel() for c in classes])
    assert sorted(points.tolist()) == list(range(n))
    keys = [(c.length, int(c.index.min())) for c in classes]
    assert keys == sorted(keys)
    for c in classes:
        assert (c.count, c.length) == c.index.shape
        assert c.table.shape == (len(images), c.length)
        for g, row in enumerate(images):
            np.testing.assert_array_equal(row[c.index], c.index[:, c.table[g]])
        first = c.index.min(axis=1)
        assert (np.diff(first) > 0).all()
        reached = {0}
        while (more := reached | {int(row[p]) for row in c.table for p in reached}) != reached:
            reached = more
        assert len(reached) == c.length  # an orbit, not several


def canonical(images, orbit):
    """The least table of an orbit over all base points, each numbered by a walk of its own."""
    tables = []
    for base in orbit:
        found = [base]
        for point in found:
            for row in images:
                if (image := int(row[point])) not in found:
                    found.append(image)
        number = {point: k for k, point in enumerate(found)}
        tables.append(tuple(tuple(number[int(row[p])] for p in found) for row in images))
    return min(tables)


@given(groups())
def test_classes_are_isomorphism_classes(images):
    classes = orbit_classes(images)
    assert_consistent(images, classes)
    names = [{canonical(images, orbit.tolist()) for orbit in c.index} for c in classes]
    assert all(len(found) == 1 for found in names)  # orbits of a class are isomorphic
    assert len(set.union(*names)) == len(classes)  # orbits of two classes are not


@given(st.one_of(actions(most=24), abelian_groups(most=20)), st.integers(2, 8), st.integers(0, 2**32 - 1))
def test_relabelled_copies_are_merged(images, copies, seed):
    rng = np.random.default_rng(seed)
    alone = orbit_classes(images)
    parts = [relabelled(images, rng) for _ in range(copies)]
    together = relabelled(side_by_side(parts), rng)
    classes = orbit_classes(together)
    assert_consistent(together, classes)
    assert sorted((c.length, c.count) for c in classes) == sorted((c.length, copies * c.count) for c in alone)


@pytest.mark.parametrize("degree", [1, 2, 5])
def test_fixed_points_and_repeated_generators(degree):
    one = np.arange(degree)
    classes = orbit_classes(np.stack([one, one]))
    assert [(c.length, c.count) for c in classes] == [(1, degree)]
    assert_consistent(np.stack([one, one]), classes)


def test_orbits_with_equal_lengths_need_not_be_isomorphic():
    """S4 has three kinds of subgroups of order 4: cyclic, Klein's normal one, and three conjugate ones like it."""
    generators, elements = small_group("S4_pts")
    by_length = {}
    for a in range(len(elements)):
        for b in range(a):
            images = coset_images(generators, elements, elements[[a, b]])
            if images.shape[1] == 6:
                by_length.setdefault(canonical(images, range(6)), images)
    assert len(by_length) == 3
    together = side_by_side(list(by_length.values()) * 2)
    assert [(c.length, c.count) for c in orbit_classes(together)] == [(6, 2)] * len(by_length)


@pytest.mark.parametrize(("n", "copies"), [(13, 60), (25, 200), (30, 200)])
def test_long_orbits_are_merged(n, copies):
    """Relabelled copies of a long orbit start at different points: their tables differ, their class is one."""
    rng = np.random.default_rng(0)
    pairs = np.array([g.images for g in ev.groups.on_pairs(ev.groups.symmetric(n), ordered=False).generators])
    images = side_by_side([relabelled(pairs, rng) for _ in range(copies)])
    start = time.process_time()
    classes = orbit_classes(images)
    assert time.process_time() - start < 5
    assert [(c.length, c.count) for c in classes] == [(n * (n - 1) // 2, copies)]
    (one,) = classes
    for g, row in enumerate(images):
        np.testing.assert_array_equal(row[one.index], one.index[:, one.table[g]])


def test_many_orbits_are_quick():
    """100,000 points in relabelled copies of orbits of a group of order 24, a few tenths of a second."""
    rng = np.random.default_rng(1)
    generators, elements = small_group("S4_pts")
    kinds = [coset_images(generators, elements, elements[[k]]) for k in (0, 3, 9, 20)]
    total, parts = 0, []
    while total < 100_000:
        parts.append(relabelled(kinds[rng.integers(len(kinds))], rng))
        total += parts[-1].shape[1]
    images = relabelled(side_by_side(parts), rng)
    start = time.process_time()
    classes = orbit_classes(images)
    assert time.process_time() - start < 5
    assert sum(c.length * c.count for c in classes) == total
    assert len(classes) == len({canonical(kind, range(kind.shape[1])) for kind in kinds})
    for c in classes:
        for g, row in enumerate(images):
            np.testing.assert_array_equal(row[c.index], c.index[:, c.table[g]])


def test_the_largest_grid_is_quick():
    group = ev.groups.dihedral(512)
    images = np.stack([g.images for g in group.generators])
    start = time.process_time()
    classes = orbit_classes(images)
    assert time.process_time() - start < 5
    assert [(c.length, c.count) for c in classes] == [(4, 256), (8, (512**2 - 4 * 256) // 8)]


@pytest.mark.parametrize("images", [[[1, 2, 0]], [[1, 0, 3, 2, 4]], [[1, 0, 2], [0, 1, 2]]])
def test_classes_share_no_memory_with_the_caller_and_cannot_be_written(images):
    given_images = np.array(images)
    classes = orbit_classes(given_images)
    assert given_images.flags.writeable
    for c in (*classes, affine_orbits(np.array([[1, 2, 0], [0, 2, 1]]))):
        assert not np.shares_memory(c.table, given_images)
        for value in vars(c).values():
            assert not (isinstance(value, np.ndarray) and value.flags.writeable)
        with pytest.raises(ValueError, match="read-only"):
            c.table[0, 0] = 1


@given(groups(), st.integers(0, 4))
def test_orbits_within_a_part_of_the_points(images, shift):
    """Beside fixed points, on both sides: orbits of the middle are the orbits alone."""
    n = images.shape[1]
    padded = np.stack([np.concatenate([np.arange(shift), row + shift, [shift + n]]) for row in images])
    classes = orbit_classes(padded)
    middle = [c.within(shift, n) for c in classes]
    assert sorted(int(p) for rows in middle for p in rows.ravel()) == list(range(n))
    assert [c.count_within(shift, n) for c in classes] == [len(rows) for rows in middle]
    assert sum(c.count_within(0, shift) for c in classes) == shift
