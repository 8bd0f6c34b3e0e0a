"""Transversals of stabilizers: for each point of an orbit, one group element that takes it to the base point."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from equivariety._typing import AnyArray, IntArray
from equivariety.groups.orbits.partitions import merged_labels, renumbered

__all__ = ["Transversal"]

#: Images looked at together: what stays in the cache, and few enough that the first merges spare the later ones.
_IMAGES_AT_ONCE = 2**18


class Transversal:
    """Elements that take the points of an orbit to its base point.

    Args:
        images: the generators, shape (s, n).
        base: a point of the orbit.

    Attributes:
        points: the orbit, ascending, shape (l,).
        elements: row k is the inverse of an element U_k that takes the base to ``points[k]``, shape (l, n), int32.

    Time and memory are O(l n).

    >>> T = Transversal(np.array([[1, 2, 0]]), 0)
    >>> T.points.tolist(), T.elements.tolist()
    ([0, 1, 2], [[0, 1, 2], [2, 0, 1], [1, 2, 0]])
    """

    def __init__(self, images: IntArray, base: int) -> None:
        self._images, n = images, images.shape[1]
        known = np.zeros(n, dtype=bool)
        known[base] = True
        steps: list[tuple[int, IntArray, IntArray]] = []
        level = np.array([base])
        while level.size:
            reached = [level[:0]]
            for g, row in enumerate(images):
                # A generator is injective, so that it reaches no point twice from one level.
                image = row[level]
                fresh = ~known[image]
                if fresh.any():
                    steps.append((g, level[fresh], image[fresh]))
                    known[steps[-1][2]] = True
                    reached.append(steps[-1][2])
            level = np.concatenate(reached)
        self.points: IntArray = np.flatnonzero(known)
        self.elements: IntArray = np.empty((len(self.points), n), dtype=np.int32)
        self._place: IntArray = np.cumsum(known) - 1
        self.elements[self._place[base]] = np.arange(n)
        back = np.argsort(images, axis=1)
        for g, sources, targets in steps:
            rows, new = self._place[sources], self._place[targets]
            for some in self._chunks(len(rows)):  # (g U)^-1 is U^-1 after g^-1
                self.elements[new[some]] = np.take(self.elements[rows[some]], back[g], axis=1)

    def _chunks(self, rows: int | None = None) -> Iterator[slice]:
        count, n = self.elements.shape
        step = max(1, _IMAGES_AT_ONCE // n)
        return (slice(start, start + step) for start in range(0, count if rows is None else rows, step))

    def _moved(self, g: int, some: slice) -> IntArray:
        """Return U_{g y}^-1 after g for some points y of the orbit: it agrees with U_y^-1 up to the stabilizer."""
        rows = self._place[self._images[g][self.points[some]]]
        return np.asarray(np.take(self.elements[rows], self._images[g], axis=1))

    def stabilizer_orbits(self) -> tuple[IntArray, int]:
        """Return the orbits of the stabilizer of the base, as labels (n,) by smallest point, and their number; exact.

        They are the finest labels for which U_{g y}^-1 g U_y, for all points y and generators g, keep labels
        (Schreier's lemma).  Merging labels never undoes an equality, so one pass is enough.

        >>> Transversal(np.array([[1, 2, 3, 0], [3, 2, 1, 0]]), 0).stabilizer_orbits()[0].tolist()
        [0, 1, 2, 1]
        """
        count = self.elements.shape[1]
        number: IntArray = np.arange(count, dtype=np.int32)
        for g in range(len(self._images)):
            for some in self._chunks():
                before, after = number[self.elements[some]], number[self._moved(g, some)]
                differ = before != after
                if differ.any():
                    merged, count = merged_labels(before[differ], after[differ], count)
                    number = merged[number]
        return renumbered(number, count), count

    def spread(self, row: IntArray, out: AnyArray | None = None) -> AnyArray:
        """Return the labels (l, n) of the pairs (y, v), y in the orbit, from those of the pairs (base, v).

        They are written to ``out``; without it the elements are overwritten, and the transversal is of no more use.

        >>> Transversal(np.array([[1, 2, 0]]), 0).spread(np.array([5, 6, 7])).tolist()
        [[5, 6, 7], [7, 5, 6], [6, 7, 5]]
        """
        target = self.elements if out is None else out
        for some in self._chunks():
            target[some] = row[self.elements[some]]
        return target

    def stabilizer_generators(self) -> Iterator[IntArray]:
        """Yield U_{g y}^-1 g U_y for all points y and generators g, some at a time, shape (k, n), int32.

        They generate the stabilizer of the base (Schreier's lemma); many of them are equal, or the identity.

        >>> T = Transversal(np.array([[1, 2, 3, 0], [3, 2, 1, 0]]), 0)
        >>> {tuple(row) for some in T.stabilizer_generators() for row in some.tolist()} == {(0, 1, 2, 3), (0, 3, 2, 1)}
        True
        """
        for g in range(len(self._images)):
            for some in self._chunks():
                products = np.empty_like(self.elements[some])
                np.put_along_axis(products, self.elements[some], self._moved(g, some), axis=1)
                yield products
