"""Intersection numbers of a transitive group: its orbitals and their products in r^3 integers, without n x n arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equivariety._typing import IntArray
from equivariety.groups.orbits.random_stabilizers import RandomStabilizer

__all__ = ["IntersectionNumbers", "intersection_numbers"]


@dataclass(frozen=True, eq=False)
class IntersectionNumbers:
    """The orbitals of a transitive group on l points, one for each suborbit of point 0.

    Attributes:
        sizes: points of each suborbit, shape (r,); the first one is point 0 alone.
        paired: number of the orbital with the pairs the other way round, shape (r,).
        counts: ``counts[a, k, b]`` is the number of points y of suborbit b such that (x, y) lies in orbital k, the
            same for all points x of suborbit a; shape (r, r, r).
    """

    sizes: IntArray
    paired: IntArray
    counts: IntArray

    @property
    def rank(self) -> int:
        """Number of orbitals r."""
        return len(self.sizes)

    @property
    def length(self) -> int:
        """Number of points l."""
        return int(self.sizes.sum())


def intersection_numbers(images: IntArray, rng: np.random.Generator, most: int) -> IntersectionNumbers | None:
    """Return the intersection numbers of a transitive group, images of shape (g, l); None beyond ``most`` orbitals.

    Suborbits come from random elements of a stabilizer.  A partition that is too fine raises ArithmeticError wherever
    it contradicts itself: with a second point of each suborbit, or in the counts of orbitals and their inverses.

    >>> square = intersection_numbers(np.array([[1, 2, 3, 0], [0, 3, 2, 1]]), np.random.default_rng(0), 10)
    >>> square.sizes.tolist(), square.paired.tolist(), square.counts[1].tolist()
    ([1, 2, 1], [0, 1, 2], [[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    """
    stabilizer = RandomStabilizer(images, rng)
    suborbit = stabilizer.suborbits()
    sizes = np.bincount(suborbit)
    rank = len(sizes)
    if rank > most:
        return None
    paired = np.empty(rank, dtype=np.int64)
    counts = np.empty((rank, rank, rank), dtype=np.int64)
    order = np.argsort(suborbit, kind="stable")
    starts = np.cumsum(sizes) - sizes
    for a, (start, size) in enumerate(zip(starts.tolist(), sizes.tolist(), strict=True)):
        first, *others = order[start + rng.permutation(size)[:2]].tolist()
        counts[a], paired[a] = _counts_from(stabilizer, first, suborbit, rank)
        for second in others:
            again, opposite = _counts_from(stabilizer, second, suborbit, rank)
            if opposite != paired[a] or not np.array_equal(again, counts[a]):
                raise ArithmeticError("two points of one suborbit see different numbers of points")
    found = IntersectionNumbers(sizes, paired, counts)
    if not (
        np.array_equal(paired[paired], np.arange(rank))
        and np.array_equal(sizes[paired], sizes)
        and (counts.sum(axis=2) == sizes).all()
    ):
        raise ArithmeticError("orbitals and their inverses have different sizes")
    return found


def _counts_from(stabilizer: RandomStabilizer, point: int, suborbit: IntArray, rank: int) -> tuple[IntArray, int]:
    """Return how many points of each suborbit see ``point`` by each orbital, (r, r), and the orbital of (point, 0)."""
    seen = np.empty_like(suborbit)
    seen[stabilizer.transversal_element(point)] = suborbit
    counts = np.bincount(seen * rank + suborbit, minlength=rank * rank)
    return counts.reshape(rank, rank), int(seen[0])
