"""The matrices that commute with a group on a few orbits: exact orbitals, and random elements of the commutant.

The reduced set holds one orbit of each class.  Its orbitals, the orbits on pairs of points, span the commutant; the
labels of all pairs follow from one row for each orbit, moved along a transversal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from equivariety._typing import FloatArray, IntArray

__all__ = ["Commutant"]

#: Schreier generators are merged in chunks of about this many images, which bounds the memory.
_CHUNK_ENTRIES = 2**21


class Commutant:
    """The commutant of the action on L points, the disjoint union of one orbit of each class.

    Args:
        tables: images of the points of each orbit under each generator, numbered from its base point 0, shape (g, l).

    Attributes:
        lengths: numbers of points l_t of the orbits.
        starts: first point of each orbit, and L.
        labels: number of the orbital of each pair of points, shape (L, L), exact.
        num_orbitals: number of orbitals between two orbits, shape (T, T).

    >>> C = Commutant([np.array([[1, 2, 0]])])
    >>> C.labels.tolist(), C.num_orbitals.tolist()
    ([[0, 1, 2], [2, 0, 1], [1, 2, 0]], [[3]])
    """

    def __init__(self, tables: Sequence[IntArray]) -> None:
        self.lengths = tuple(int(t.shape[1]) for t in tables)
        self.starts = tuple(np.cumsum([0, *self.lengths]).tolist())
        self.images: IntArray = np.concatenate(
            [t + start for t, start in zip(tables, self.starts[:-1], strict=True)], axis=1
        ).astype(np.int32)
        self.labels: IntArray = np.empty((self.starts[-1], self.starts[-1]), dtype=np.int32)
        self.num_orbitals: IntArray = np.zeros((len(tables), len(tables)), dtype=np.int64)
        total = 0
        for t, table in enumerate(tables):
            total += self._label_rows(t, table, total)
        self._norms = np.sqrt(np.bincount(self.labels.reshape(-1), minlength=total).astype(float))

    def _label_rows(self, t: int, table: IntArray, first: int) -> int:
        """Label the pairs that start in orbit ``t`` from ``first`` on, and return how many labels they take."""
        movers = _transversal(table, self.images, self.starts[t])  # (l, L): row y is an element that takes 0 to y
        row = _stabilizer_orbits(table, self.images, movers)
        _, points, compact = np.unique(row, return_index=True, return_inverse=True)
        orbit_of = np.searchsorted(self.starts, points, side="right") - 1
        self.num_orbitals[t] = np.bincount(orbit_of, minlength=len(self.lengths))
        block = self.labels[self.starts[t] : self.starts[t + 1]]
        np.put_along_axis(block, movers, np.broadcast_to(first + compact.astype(np.int32), movers.shape), axis=1)
        return len(points)

    @property
    def sizes(self) -> FloatArray:
        """Number of pairs of each orbital."""
        return np.asarray(self._norms**2)

    def sample(self, rng: np.random.Generator) -> FloatArray:
        """Return a random element, (L, L), isotropic: orthonormal coordinates are standard normal.

        Between two copies of an irreducible of dimension delta it is an element q of R, C or H with
        ``sqrt(delta) |q|`` of size one; between inequivalent ones it vanishes.
        """
        return np.asarray((rng.standard_normal(len(self._norms)) / self._norms)[self.labels])

    def project(self, matrix: FloatArray, t: int) -> FloatArray:
        """Return the nearest element of the commutant on orbit ``t`` to a matrix there: averages over orbitals."""
        labels = self.labels[self.points_of(t), self.points_of(t)]
        sums = np.bincount(labels.reshape(-1), weights=matrix.reshape(-1), minlength=len(self._norms))
        return np.asarray((sums / self.sizes)[labels])

    def points_of(self, t: int) -> slice:
        """Return the points of orbit ``t``."""
        return slice(self.starts[t], self.starts[t + 1])


def _transversal(table: IntArray, images: IntArray, start: int) -> IntArray:
    """Row y holds the images of all points under one element that takes the base point to point y of its orbit."""
    length = table.shape[1]
    movers = np.empty((length, images.shape[1]), dtype=np.int32)
    movers[0] = np.arange(images.shape[1])
    known = np.zeros(length, dtype=bool)
    known[0] = True
    level = np.zeros(1, dtype=np.int64)
    while level.size:
        reached = []
        for row, full in zip(table, images, strict=True):
            image = row[level]
            fresh, source = np.unique(image, return_index=True)
            keep = ~known[fresh]
            fresh, source = fresh[keep], level[source[keep]]
            known[fresh] = True
            movers[fresh] = full[movers[source]]
            reached.append(fresh)
        level = np.concatenate(reached)
    return movers


def _stabilizer_orbits(table: IntArray, images: IntArray, movers: IntArray) -> IntArray:
    """Label all points by their orbits under the stabilizer of the base point (Schreier's lemma)."""
    length, points = movers.shape
    labels: IntArray = np.arange(points)
    step = max(1, _CHUNK_ENTRIES // points)
    for row, full in zip(table, images, strict=True):
        for start in range(0, length, step):
            rows = slice(start, min(start + step, length))
            to, moved = movers[row[rows]], full[movers[rows]]
            inverse = np.empty_like(to)
            np.put_along_axis(inverse, to, np.broadcast_to(np.arange(points, dtype=to.dtype), to.shape), axis=1)
            # U_{gy}^{-1} g U_y fixes the base point.
            labels = _merged(labels, np.take_along_axis(inverse, moved, axis=1))
    return labels


def _merged(labels: IntArray, elements: IntArray) -> IntArray:
    """Merge the labels of points that one of the ``elements`` (rows of images) takes into each other."""
    before, after = np.broadcast_to(labels, elements.shape), labels[elements]
    differ = before != after
    if not differ.any():
        return labels
    count = len(labels)
    first, second = np.divmod(np.unique(before[differ].astype(np.int64) * count + after[differ]), count)
    graph = csr_array((np.ones(len(first)), (first, second)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1][labels], dtype=np.int64)
