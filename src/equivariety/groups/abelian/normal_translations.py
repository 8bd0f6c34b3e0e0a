"""Commuting elements that normalize each other's group: candidates for the translations of an orbit.

An abelian group that is transitive is regular: an element is known by what it does to one point.  So the search for
an abelian normal subgroup follows point 0 alone, and every element that it takes at least doubles the orbit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from equivariety._typing import AnyArray, IntArray

__all__ = ["layers_of", "normal_translations", "points_reached"]

#: Products of this many cyclic groups have more points than any group may have.
_MOST_FACTORS = 24


def normal_translations(images: IntArray) -> Iterator[list[IntArray]]:
    """Find commuting elements that are transitive on the orbit of point 0, one family for each generator to start from.

    ``images`` holds the generators, shape (g, n).  The elements are generators and conjugates of generators.  At point
    0 conjugates agree with products of elements; that they agree everywhere is for the caller to check.

    >>> [[x.tolist() for x in family] for family in normal_translations(np.array([[1, 2, 0], [0, 2, 1]]))]
    [[[1, 2, 0]]]
    """
    back = [int(np.flatnonzero(row == 0)[0]) for row in images]  # where each generator takes point 0 from
    for first in images:
        found = _normal_closure(images, back, [], first)
        if not found:
            continue
        reached = _Reached.by(found, images.shape[1])
        # Generators that commute with what is there enlarge it, together with their conjugates.
        for start in images:
            trial = _normal_closure(images, back, found, start) if reached.enlarged_by(start) else None
            if trial is not None:
                found, reached = trial, _Reached.by(trial, images.shape[1])
        if all(reached.mask[row[reached.mask]].all() for row in images):
            yield found


def _normal_closure(
    images: IntArray, back: Sequence[int], found: list[IntArray], start: IntArray
) -> list[IntArray] | None:
    """Return ``found`` with ``start`` and those of its conjugates that move point 0 to new points, if all commute."""
    closure, reached = list(found), _Reached.by(found, images.shape[1])
    pending = [start]
    while pending:
        x = pending.pop(0)
        if not reached.enlarged_by(x):
            continue
        if len(closure) == _MOST_FACTORS or not all(np.array_equal(x[y], y[x]) for y in closure):
            return None
        closure.append(x)
        reached.add(x)
        for k, source in zip(images, back, strict=True):
            if not reached.mask[k[x[source]]]:  # k x k^-1 takes point 0 out of what is reached
                conjugate = np.empty_like(x)
                conjugate[k] = k[x]
                pending.append(conjugate)
    return closure


class _Reached:
    """The orbit of point 0 under commuting permutations, which grows with every one added."""

    def __init__(self, degree: int) -> None:
        self.mask: AnyArray = np.zeros(degree, dtype=bool)
        self.mask[0] = True
        self.points: IntArray = np.zeros(1, dtype=np.int64)

    @classmethod
    def by(cls, elements: Sequence[IntArray], degree: int) -> _Reached:
        """Return the orbit under several commuting elements."""
        reached = cls(degree)
        for x in elements:
            reached.add(x)
        return reached

    def enlarged_by(self, x: IntArray) -> bool:
        """Whether ``x`` takes point 0 to a new point."""
        return not self.mask[x[0]]

    def add(self, x: IntArray) -> None:
        """Add the images under all powers of ``x``, which commutes with those before."""
        layers, _ = layers_of(x, self.points[:, None], self.mask)
        self.points = np.concatenate(layers)[:, 0]


def layers_of(x: IntArray, block: IntArray, mask: AnyArray) -> tuple[list[IntArray], IntArray]:
    """Return ``block``, its images under x, x^2, … until they come back into it, and those that came back.

    ``block`` has one column for each orbit, and ``mask`` holds its points; the new ones are marked.
    """
    if block.size == 1:  # a walk along one cycle
        cycle, point = [int(block[0, 0])], int(x[block[0, 0]])
        while point != cycle[0]:
            cycle.append(point)
            point = int(x[point])
        layers = [np.array(cycle)[:, None]]
        layer = block
    else:
        layers, layer = [block], x[block]
        while not mask[layer[0, 0]]:
            layers.append(layer)
            layer = x[layer]
    for new in layers:
        mask[new] = True
    return layers, layer


def points_reached(elements: Sequence[IntArray]) -> IntArray:
    """Return the orbit of point 0 under commuting elements, at least one.

    >>> points_reached([np.array([1, 0, 3, 2]), np.array([2, 3, 0, 1])]).tolist()
    [0, 1, 2, 3]
    """
    return _Reached.by(elements, len(elements[0])).points
