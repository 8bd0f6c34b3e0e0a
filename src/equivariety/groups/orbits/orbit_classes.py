"""Orbits up to isomorphism of sets with a group action: R^n needs one decomposition for each class, not for each orbit.

Points of an orbit are numbered by a breadth-first search along the generators.  The generators in these numbers, the
table of the orbit, are a complete invariant of the orbit with its base point; classes are merged over base points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equivariety._typing import AnyArray, IntArray, read_only
from equivariety.groups.orbits.partitions import distinct_rows, label_orbits

__all__ = ["OrbitClass", "orbit_classes"]

#: Up to this many orbits of one length are searched one after the other; NumPy steps on few numbers are slow.
_FEW_ORBITS = 4

#: Base points are compared as long as the tables from all of them hold at most this many numbers.
_REBASED_ENTRIES = 2**25


@dataclass(frozen=True, eq=False)
class OrbitClass:
    """Orbits with the same table.

    Attributes:
        table: images of the points 0..l-1 under each generator, shape (g, l), read-only.
        index: the points of each orbit in the order of the table, shape (N, l), read-only.

    >>> one = orbit_classes(np.array([[1, 0, 3, 2], [0, 1, 3, 2]]))
    >>> [(c.table.tolist(), c.index.tolist()) for c in one]
    [([[1, 0], [0, 1]], [[0, 1]]), ([[1, 0], [1, 0]], [[2, 3]])]
    """

    table: IntArray
    index: IntArray

    def __post_init__(self) -> None:
        read_only(self.table)
        read_only(self.index)

    @property
    def length(self) -> int:
        """Number of points l of an orbit."""
        return int(self.table.shape[1])

    @property
    def count(self) -> int:
        """Number of orbits N."""
        return len(self.index)

    def _inside(self, first: int, n: int) -> AnyArray:
        base = self.index[:, 0]
        return np.asarray((base >= first) & (base < first + n))

    def count_within(self, first: int, n: int) -> int:
        """Return the number of orbits among the points first, …, first + n - 1, a union of orbits."""
        return int(np.count_nonzero(self._inside(first, n)))

    def within(self, first: int, n: int) -> IntArray:
        """Return the points, counted from ``first``, of the orbits among n points from there, shape (k, l).

        >>> (one,) = orbit_classes(np.array([[1, 0, 3, 2]]))
        >>> one.within(2, 2).tolist(), one.count_within(0, 4)
        ([[0, 1]], 2)
        """
        return read_only(self.index[self._inside(first, n)] - first)


def orbit_classes(images: IntArray) -> tuple[OrbitClass, ...]:
    """Return the classes of isomorphic orbits of generators given by their images, shape (g, n), g >= 1.

    Classes are ordered by length and then by smallest point, the orbits of a class by smallest point.  Orbits of one
    class are isomorphic, for certain; that orbits of two classes are not, is certain unless an orbit is longer than
    about 3,000 points and occurs with several tables.
    """
    labels = label_orbits(images)
    sizes = np.bincount(labels)
    if len(sizes) == 1:
        return (OrbitClass(images.copy(), np.arange(images.shape[1])[np.newaxis]),)
    points = np.argsort(labels, kind="stable")
    starts = np.cumsum(sizes) - sizes
    out: list[OrbitClass] = []
    number = np.full(images.shape[1], -1)
    for length in np.unique(sizes).tolist():
        orbits = points[starts[sizes == length][:, None] + np.arange(length)]
        few = len(orbits) <= _FEW_ORBITS and length > 1
        order = _search_one_by_one(images, orbits) if few else _search_together(images, orbits[:, 0], length, number)
        number[order] = np.arange(length)
        tables = number[images[:, order]].transpose(1, 0, 2)  # (N, g, l)
        first, class_of = distinct_rows(tables.reshape(len(order), -1))
        canonical, moves = _merged(tables[first])
        kinds = {c: k for k, c in enumerate(dict.fromkeys(canonical))}
        members: list[list[IntArray]] = [[] for _ in kinds]
        for c, target in enumerate(canonical):
            rows = order[class_of == c]
            members[kinds[target]].append(rows if moves[c] is None else rows[:, moves[c]])
        found = []
        for target, rows in zip(kinds, members, strict=True):
            index = np.concatenate(rows)
            found.append(OrbitClass(tables[first[target]].copy(), index[np.argsort(index.min(axis=1), kind="stable")]))
        out += sorted(found, key=lambda c: int(c.index[0].min()))
    return tuple(out)


def _search_together(images: IntArray, bases: IntArray, length: int, number: IntArray) -> IntArray:
    """Breadth-first order of the orbits of all ``bases``, in step; ``number`` is -1 on them."""
    count = len(bases)
    order = np.empty((count, length), dtype=np.int64)
    order[:, 0] = bases
    number[bases] = 0
    reached = np.ones(count, dtype=np.int64)
    for k in range(length):
        if k and int(reached.min()) == length:
            break
        for row in images:
            image = row[order[:, k]]
            fresh = np.flatnonzero(number[image] < 0)
            if fresh.size:
                places = reached[fresh]
                order[fresh, places] = image[fresh]
                number[image[fresh]] = places
                reached[fresh] += 1
    return order


def _search_one_by_one(images: IntArray, orbits: IntArray) -> IntArray:
    """The same, orbit by orbit; ``orbits`` (N, l) holds the points of each, ascending."""
    order = np.empty_like(orbits)
    for i, inside in enumerate(orbits):
        local = np.searchsorted(inside, images[:, inside]).tolist()
        seen = [False] * len(inside)
        seen[0] = True
        found = [0]
        for point in found:
            for row in local:
                image = row[point]
                if not seen[image]:
                    seen[image] = True
                    found.append(image)
        order[i] = inside[found]
    return order


def _merged(tables: IntArray) -> tuple[list[int], list[IntArray | None]]:
    """Return for each table which table it is isomorphic to, and the order of its points that shows it."""
    count = len(tables)
    targets: list[int] = list(range(count))
    moves: list[IntArray | None] = [None] * count
    if count == 1 or tables[0].size * tables.shape[2] > _REBASED_ENTRIES:
        return targets, moves
    rest = {table.tobytes(): c for c, table in enumerate(tables)}
    while rest:
        own = next(iter(rest.values()))
        rebased, places = _from_all_points(tables[own])
        for table, place in zip(rebased, places, strict=True):
            found = rest.pop(table.tobytes(), None)
            if found is not None:
                targets[found] = own
                moves[found] = None if found == own else place
    return targets, moves


def _from_all_points(table: IntArray) -> tuple[IntArray, IntArray]:
    """Return the tables (l, g, l) of one orbit from each of its points, and the new numbers of its points (l, l)."""
    generators, length = table.shape
    # The orbit is copied once for every base point; the copies are the orbits of one large action.
    offsets = length * np.arange(length)[:, None]
    images = (table[:, None, :] + offsets).reshape(generators, -1)
    order = _search_together(images, np.arange(length) * (length + 1), length, np.full(length * length, -1)) - offsets
    place = np.argsort(order, axis=1)
    moved = table[:, order].transpose(1, 0, 2)  # (l, g, l): images of the points in the new order
    rebased = np.take_along_axis(place[:, None, :], moved, axis=2)
    return np.ascontiguousarray(rebased, dtype=table.dtype), place
