"""Transversals, stabilizers and their orbits against listed elements of the group."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equivariety.groups import PermutationGroup, dihedral, polygon, symmetric
from equivariety.groups.orbits import transversals as module
from equivariety.groups.orbits.transversals import Transversal
from laws.enumeration import closure
from laws.random_groups import groups


def images_of(group):
    return np.stack([g.images for g in group.generators])


@pytest.fixture(params=[1, 20, 2**18], ids=lambda size: f"{size} images at once")
def chunked(request, monkeypatch):
    monkeypatch.setattr(module, "_IMAGES_AT_ONCE", request.param)


def orbits_by_listing(images, base):
    """Labels of the points, by smallest point, under all elements that fix the base."""
    fixing = [g for g in closure(images) if g[base] == base]
    smallest = np.min(fixing, axis=0)
    return np.unique(smallest, return_inverse=True)[1]


@given(groups(), st.integers(0, 10**6))
def test_elements_take_the_orbit_to_its_base(images, pick):
    base = pick % images.shape[1]
    reached = Transversal(images, base)
    orbit = {base}
    while (more := orbit | {int(row[p]) for row in images for p in orbit}) != orbit:
        orbit = more
    assert reached.points.tolist() == sorted(orbit)
    assert (reached.elements[np.arange(len(orbit)), reached.points] == base).all()
    elements = closure(images)
    if elements is not None:
        listed = {element.astype(np.int32).tobytes() for element in elements}
        assert {row.tobytes() for row in reached.elements} <= listed


@pytest.mark.parametrize("group", [symmetric(4), dihedral(3), polygon(7)], ids=["symmetric", "grid", "polygon"])
@pytest.mark.usefixtures("chunked")
def test_stabilizers(group):
    images = images_of(group)
    for base in range(group.degree):
        reached = Transversal(images, base)
        labels, count = reached.stabilizer_orbits()
        assert labels.tolist() == orbits_by_listing(images, base).tolist()
        assert count == labels.max() + 1
        fixing = np.concatenate(list(reached.stabilizer_generators()))
        assert len(fixing) == len(images) * len(reached.points)
        assert (fixing[:, base] == base).all()
        assert PermutationGroup(fixing, degree=group.degree).order() * len(reached.points) == group.order()
        # Labels of pairs do not change when both points move.
        found = np.full((group.degree, group.degree), -1)
        found[reached.points] = reached.spread(labels, np.empty(reached.elements.shape))
        for row in images:
            np.testing.assert_array_equal(found[np.ix_(row, row)], found)
        np.testing.assert_array_equal(reached.spread(labels), found[reached.points])


def test_no_generator():
    reached = Transversal(np.empty((0, 3), dtype=int), 1)
    assert reached.points.tolist() == [1]
    assert reached.stabilizer_orbits()[0].tolist() == [0, 1, 2]
    assert not list(reached.stabilizer_generators())
