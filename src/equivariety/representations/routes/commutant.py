"""The matrices that commute with a group on a few orbits: random elements of the commutant, and averages.

The reduced set holds one orbit of each class.  Its orbitals, the orbits on pairs of points, span the commutant.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equivariety._typing import FloatArray, IntArray
from equivariety.groups.orbits.pair_labels import side_by_side
from equivariety.groups.orbits.transversals import Transversal

__all__ = ["Commutant"]


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
        self.images, self.starts = side_by_side(tables)
        self.labels: IntArray = np.empty((self.starts[-1], self.starts[-1]), dtype=np.int32)
        self.num_orbitals: IntArray = np.zeros((len(tables), len(tables)), dtype=np.int64)
        total = 0
        for t in range(len(tables)):
            total += self._label_rows(t, total)
        self._norms = np.sqrt(np.bincount(self.labels.reshape(-1), minlength=total).astype(float))

    def _label_rows(self, t: int, first: int) -> int:
        """Label the pairs that start in orbit ``t`` from ``first`` on, and return how many labels they take."""
        reached = Transversal(self.images, self.starts[t])
        row, count = reached.stabilizer_orbits()
        points = np.unique(row, return_index=True)[1]
        orbit_of = np.searchsorted(self.starts, points, side="right") - 1
        self.num_orbitals[t] = np.bincount(orbit_of, minlength=len(self.lengths))
        reached.spread(row + first, self.labels[self.points_of(t)])
        return count

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
