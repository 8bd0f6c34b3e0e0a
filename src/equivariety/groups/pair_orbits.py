"""Orbitals: the orbits of a group on ordered pairs of points; one for each free parameter of an equivariant map."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from equivariety._typing import IntArray
from equivariety.errors import invalid
from equivariety.groups._checks import as_group, as_integer
from equivariety.groups.group import PermutationGroup
from equivariety.groups.orbit_classes import orbit_classes
from equivariety.groups.orbit_lattices import count_orbitals_of_abelian_group, fits_lattices
from equivariety.groups.orbits import _renumber
from equivariety.groups.transversals import transversal
from equivariety.tolerances import ORBITAL_ENTRIES_BUDGET

__all__ = ["num_orbitals", "orbitals", "suborbits"]

#: Pairs compared at once: what stays in the cache, and few enough that the first merges spare the later ones.
_PAIRS_AT_ONCE = 2**18


def _images(group: PermutationGroup) -> IntArray:
    rows = [p.images for p in group.reduced_generators]
    return np.stack(rows).astype(np.int32) if rows else np.empty((0, group.degree), dtype=np.int32)


def _labels_from(images: IntArray, base: int) -> tuple[IntArray, IntArray, int]:
    """Return the orbit of ``base``, the orbital label of each pair (y, v), y in that orbit, and the number of labels.

    The labels, shape (l, n), start as one per point w, carried to all pairs (y, U_y w) by a transversal.  They are
    the orbitals once (y, v) and (g y, g v) have equal labels for every generator g.  Merging labels never undoes an
    equality, so one pass over the generators is enough.
    """
    points, elements = transversal(images, base)
    l, n = elements.shape
    labels = np.empty((l, n), dtype=np.int32)
    np.put_along_axis(labels, elements, np.broadcast_to(np.arange(n, dtype=np.int32), (l, n)), axis=1)
    position = np.empty(n, dtype=np.int64)
    position[points] = np.arange(l)
    # Labels are looked up through `number` until the end, so that a merge does not rewrite them all.
    number = np.arange(n, dtype=np.int32)
    count = n
    step = max(1, _PAIRS_AT_ONCE // n)
    for row in images:
        target = position[row[points]]
        for start in range(0, l, step):
            before = number[labels[start : start + step]]
            after = number[labels[target[start : start + step, np.newaxis], row]]
            differ = before != after
            if differ.any():
                pairs = before[differ], after[differ]
                graph = coo_array((np.ones(pairs[0].size, dtype=bool), pairs), shape=(count, count))
                count, merged = connected_components(graph, directed=False)
                number = merged[number]
    return points, number[labels], int(count)


def orbitals(group: PermutationGroup) -> IntArray:
    """Return the orbital of each pair of points, shape (n, n): equal labels exactly for pairs in one orbit.

    Orbitals are numbered by their first pair in row-major order.  Their indicator matrices are a basis of the
    matrices that commute with the group.  Exact, in O(s n^2) time for s generators; more than
    ``tolerances.ORBITAL_ENTRIES_BUDGET`` pairs raise a ValueError.

    >>> orbitals(PermutationGroup.from_cycles("(1 2 3)", degree=4)).tolist()
    [[0, 1, 2, 3], [2, 0, 1, 3], [1, 2, 0, 3], [4, 4, 4, 5]]
    """
    base = as_group("group", group)
    n = base.degree
    _check_pairs(n, n)
    images = _images(base)
    labels = np.empty((n, n), dtype=np.int64)
    total = 0
    for orbit in base.orbits:
        points, found, count = _labels_from(images, int(orbit[0]))
        labels[points] = found + total
        total += count
    return _renumber(labels.reshape(-1), total).reshape(n, n)


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
    _, labels, count = _labels_from(_images(base), start)
    return _renumber(labels[0], count)


def num_orbitals(group: PermutationGroup) -> int:
    """Return the number of orbitals, the dimension of the space of matrices that commute with the group; exact.

    Commuting generators are counted by their orbit lattices, which takes a second for a million points.  Other groups
    are counted orbit by orbit, one for each class of isomorphic orbits, within ``tolerances.ORBITAL_ENTRIES_BUDGET``
    pairs of points; beyond that a ValueError is raised.

    >>> from equivariety.groups import shift
    >>> num_orbitals(shift((28, 28), axis=1))
    21952
    """
    base = as_group("group", group)
    images = _images(base)
    if base.is_abelian and fits_lattices(images):
        return count_orbitals_of_abelian_group(images, base.degree)
    return _count_by_classes(images)


def _count_by_classes(images: IntArray) -> int:
    """Return the sum of N_t N_u r_tu over the classes t, u of isomorphic orbits, N of them with r orbits on pairs."""
    classes = orbit_classes(images)
    points = np.concatenate([c.index[0] for c in classes])
    _check_pairs(points.size, points.size)
    number = np.empty(images.shape[1], dtype=np.int32)
    number[points] = np.arange(points.size, dtype=np.int32)
    reduced = number[images[:, points]]
    starts = np.cumsum([0, *(c.length for c in classes)])
    total = 0
    for source, start in zip(classes, starts, strict=False):
        labels = _labels_from(reduced, int(start))[1][0]
        for target, begin in zip(classes, starts, strict=False):
            total += source.count * target.count * np.unique(labels[begin : begin + target.length]).size
    return total


def _check_pairs(rows: int, columns: int) -> None:
    if rows * columns > ORBITAL_ENTRIES_BUDGET:
        required = f"a group with at most {ORBITAL_ENTRIES_BUDGET} pairs of points to label"
        raise invalid("group", required, f"{rows} * {columns} pairs", "act on fewer points, such as some of the orbits")
