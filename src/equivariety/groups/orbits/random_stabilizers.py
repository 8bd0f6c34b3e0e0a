"""Random elements of the stabilizer of a point, and what they tell: suborbits of orbits too long for all elements.

A Schreier tree along random elements is shallow, so that transversal elements are products of few permutations.
"""

from __future__ import annotations

from itertools import islice

import numpy as np

from equivariety._typing import IntArray
from equivariety.groups.orbits.partitions import merged_labels, renumbered
from equivariety.groups.orbits.random_elements import random_elements

__all__ = ["RandomStabilizer"]

#: Random products before the first one that is used.
_WARM_UP = 60

#: Suborbits that so many random elements leave as they are, are accepted.
_STABLE = 12


class RandomStabilizer:
    """Random elements of the stabilizer of point 0 in a transitive group.

    Args:
        images: the generators, shape (g, l), transitive on the l points.
        rng: the source of randomness.

    >>> wheel = RandomStabilizer(np.array([[1, 2, 3, 4, 0], [0, 4, 3, 2, 1]]), np.random.default_rng(0))
    >>> wheel.suborbits().tolist()
    [0, 1, 2, 2, 1]
    """

    def __init__(self, images: IntArray, rng: np.random.Generator) -> None:
        rows = [row.astype(np.int32) for row in images]
        self._elements = islice(random_elements(np.stack(rows), rng, skip=_WARM_UP), len(rows), None)
        extra = [self.random_element() for _ in range(2 * int(images.shape[1]).bit_length())]
        self._steps = [*extra, *rows]
        self._grow_tree()

    def random_element(self) -> IntArray:
        """Return a random element of the group, nearly uniform, shape (l,)."""
        return next(self._elements)

    def _grow_tree(self) -> None:
        length = len(self._steps[0])
        self._parent: IntArray = np.full(length, -1, dtype=np.int32)
        self._step: IntArray = np.zeros(length, dtype=np.int32)
        self._parent[0] = 0
        level, reached = np.zeros(1, dtype=np.int32), 1
        while level.size and reached < length:
            found = []
            for k, row in enumerate(self._steps):
                image = row[level]
                fresh = self._parent[image] < 0
                self._parent[image[fresh]] = level[fresh]
                self._step[image[fresh]] = k
                found.append(image[fresh])
            level = np.concatenate(found)
            reached += level.size

    def transversal_element(self, point: int) -> IntArray:
        """Return the images, (l,), of the element of the transversal that takes point 0 to ``point``."""
        word = []
        while point:
            word.append(int(self._step[point]))
            point = int(self._parent[point])
        element: IntArray = np.arange(len(self._parent), dtype=np.int32)
        for k in word:  # the last step comes first, since it acts last
            element = element[self._steps[k]]
        return element

    def stabilizer_element(self) -> IntArray:
        """Return a random element of the stabilizer of point 0, nearly uniform, shape (l,)."""
        element = self.random_element()
        mover = self.transversal_element(int(element[0]))
        back = np.empty_like(mover)
        back[mover] = np.arange(len(mover), dtype=mover.dtype)
        return back[element]

    def suborbits(self, enough: int = 1) -> IntArray:
        """Return labels of the points, shape (l,), by orbits of random elements of the stabilizer, that of 0 first.

        More random elements are taken until 12 in a row change nothing, or ``enough`` orbits are left.  The partition
        refines that into suborbits and is almost surely equal to it; that no more than these exist is certain.
        """
        labels: IntArray = np.arange(len(self._parent), dtype=np.int32)
        count, stable = len(labels), 0
        while stable < _STABLE and count > enough:
            element = self.stabilizer_element()
            before, after = labels, labels[element]
            differ = before != after
            stable += 1
            if differ.any():
                merged, count = merged_labels(before[differ], after[differ], count)
                labels, stable = merged[labels], 0
        return renumbered(labels, count)
