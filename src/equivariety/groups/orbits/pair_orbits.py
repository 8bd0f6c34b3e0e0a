"""Orbitals: the orbits of a group on ordered pairs of points; one for each free parameter of an equivariant map."""

from __future__ import annotations

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import invalid
from equivariety.groups._checks import as_integer
from equivariety.groups.abelian.affine_orbits import affine_orbits
from equivariety.groups.abelian.orbit_lattices import count_orbitals_of_abelian_group, fits_lattices
from equivariety.groups.group import PermutationGroup, as_group
from equivariety.groups.orbits.orbit_classes import orbit_classes
from equivariety.groups.orbits.pair_labels import orbital_labels, side_by_side
from equivariety.groups.orbits.partitions import commute
from equivariety.groups.orbits.transversals import Transversal
from equivariety.tolerances import ORBITAL_ENTRIES_BUDGET

__all__ = ["count_pair_orbits", "num_orbitals", "orbitals", "suborbits"]


def _images(group: PermutationGroup) -> IntArray:
    rows = [p.images for p in group.reduced_generators]
    return np.stack(rows) if rows else np.empty((0, group.degree), dtype=np.int64)


def orbitals(group: PermutationGroup) -> IntArray:
    """Return the orbital of each pair of points, shape (n, n), int32: equal labels exactly for pairs in one orbit.

    Orbitals are numbered by their first pair in row-major order.  Their indicator matrices are a basis of the
    matrices that commute with the group.  Exact, in O(s n^2) time for s generators; more than
    ``tolerances.ORBITAL_ENTRIES_BUDGET`` pairs raise a ValueError.

    >>> orbitals(PermutationGroup.from_cycles("(1 2 3)", degree=4)).tolist()
    [[0, 1, 2, 3], [2, 0, 1, 3], [1, 2, 0, 3], [4, 4, 4, 5]]
    """
    base = as_group("group", group)
    _check_pairs(base.degree, base.degree)
    images = _images(base)
    return orbital_labels(images, images)


def suborbits(group: PermutationGroup, point: int) -> IntArray:
    """Return the orbits of the stabilizer of a point, as labels, shape (n,), numbered by their smallest points.

    Two points have the same label when some element that fixes ``point`` takes one to the other.  A point out of
    range raises a ValueError, as do more than ``tolerances.ORBITAL_ENTRIES_BUDGET`` pairs of the points of its orbit
    with all points.

    >>> suborbits(PermutationGroup.from_cycles("(1 2 3 4)", "(1 4)(2 3)", degree=4), 0).tolist()
    [0, 1, 2, 1]
    """
    base = as_group("group", group)
    required = f"a point from 0 to {base.degree - 1}"
    start = as_integer("point", point, required)
    if not 0 <= start < base.degree:
        raise invalid("point", required, start, "count points from 0")
    _check_pairs(int(base.orbit_sizes[base.orbit_partition[start]]), base.degree)
    return Transversal(_images(base), start).stabilizer_orbits()[0]


def num_orbitals(group: PermutationGroup) -> int:
    """Return the number of orbitals, the dimension of the space of matrices that commute with the group; exact.

    Commuting generators are counted by their orbit lattices, which takes a second for a million points.  Other groups
    are counted orbit by orbit, one for each class of isomorphic orbits, within ``tolerances.ORBITAL_ENTRIES_BUDGET``
    pairs of points; beyond that only isomorphic orbits that an abelian normal subgroup makes regular are counted, and
    a ValueError is raised for others.

    >>> from equivariety.groups import shift
    >>> num_orbitals(shift((28, 28), axis=1))
    21952
    """
    base = as_group("group", group)
    return count_pair_orbits(_images(base))


def count_pair_orbits(images: IntArray) -> int:
    """Return :func:`num_orbitals` of generators given by their images, shape (g, n); g may be 0.

    >>> count_pair_orbits(np.array([[1, 2, 0, 3]]))
    6
    """
    if not len(images):
        return int(images.shape[1]) ** 2
    if fits_lattices(images) and commute(images):
        return count_orbitals_of_abelian_group(images, images.shape[1])
    classes = orbit_classes(images)
    points = sum(c.length for c in classes)
    if points**2 > ORBITAL_ENTRIES_BUDGET and len(classes) == 1:
        found = affine_orbits(images)
        if found is not None:
            return classes[0].count ** 2 * found.num_orbitals
    _check_pairs(points, points)
    # Between N_t and N_u orbits of two classes there are N_t N_u r_tu orbitals.
    reduced, starts = side_by_side([c.table for c in classes])
    counts = np.array([c.count for c in classes])
    total = 0
    for source, start in zip(classes, starts[:-1], strict=True):
        labels, _ = Transversal(reduced, start).stabilizer_orbits()
        first = np.unique(labels, return_index=True)[1]
        targets = np.searchsorted(starts, first, side="right") - 1
        total += source.count * int(counts[targets].sum())
    return total


def _check_pairs(rows: int, columns: int) -> None:
    if rows * columns > ORBITAL_ENTRIES_BUDGET:
        required = f"a group with at most {ORBITAL_ENTRIES_BUDGET} pairs of points to label"
        raise invalid("group", required, f"{rows} * {columns} pairs", "act on fewer points, such as some of the orbits")
