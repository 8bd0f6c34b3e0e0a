"""The exact order of a permutation group."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import invalid
from equivariety.groups.orbit_classes import orbit_classes
from equivariety.groups.orbit_lattices import fits_lattices, order_of_abelian_group
from equivariety.groups.orbits import label_orbits
from equivariety.groups.permutation import Permutation
from equivariety.groups.schreier_sims import schreier_sims_order
from equivariety.groups.transversals import schreier_generators
from equivariety.tolerances import ORBITAL_ENTRIES_BUDGET, ORDER_SECONDS

__all__ = ["group_order"]

#: Most points that SymPy is given: beyond this its lists alone take minutes.
MAX_MOVED_POINTS = 10_000

#: Most stabilizer generators that are kept: a chain with more is left to Schreier-Sims.
_MOST_STABILIZER_GENERATORS = 64


def group_order(generators: Sequence[Permutation], seconds: float | None = None) -> int:
    """Return the number of elements of the group that these permutations, of one degree, generate.

    ``generators`` holds no identity.  One generator: the least common multiple of its cycle lengths.  Commuting ones:
    their orbit lattices.  Small stabilizers: all Schreier generators of a chain of stabilizers.  Otherwise SymPy's
    Schreier-Sims algorithm on the moved points, at most 10000, within ``seconds`` (``tolerances.ORDER_SECONDS``); a
    ValueError says when that is not enough.
    """
    budget = ORDER_SECONDS if seconds is None else seconds
    if isinstance(budget, bool) or not isinstance(budget, (int, float)) or not budget > 0:
        raise invalid("seconds", "a positive number", seconds, "pass the time that the order may take")
    if not generators:
        return 1
    if len(generators) == 1:
        return generators[0].order
    images = np.stack([p.images for p in generators])
    if fits_lattices(images) and all(np.array_equal(p[q], q[p]) for p, q in combinations(images, 2)):
        return order_of_abelian_group(images)
    images = _faithful(images)
    order = _order_by_stabilizers(images)
    if order is None:
        moved = images.shape[1]
        if moved > MAX_MOVED_POINTS:
            required = f"such that a faithful set of at most {MAX_MOVED_POINTS} points shows their order"
            fix = "ask for the order of an action on fewer points, such as some of the orbits"
            raise invalid("generators", required, f"{moved} moved points", fix)
        order = schreier_sims_order(images, budget)
    return order


def _restricted(images: IntArray, points: IntArray) -> IntArray:
    """Return the action on an invariant set of points, renumbered, without generators that became the identity."""
    number = np.empty(images.shape[1], dtype=np.int32)
    number[points] = np.arange(points.size, dtype=np.int32)
    rows: IntArray = number[images[:, points]]
    moving: IntArray = rows[(rows != np.arange(points.size)).any(axis=1)]
    return moving


def _faithful(images: IntArray) -> IntArray:
    """Return the action on the moved points, with only one of each class of isomorphic orbits: the order is the same.

    An element that fixes all points of an orbit does so on each isomorphic one.
    """
    images = _restricted(images, np.flatnonzero((images != np.arange(images.shape[1])).any(axis=0)))
    classes = orbit_classes(images)
    if sum(c.count for c in classes) == len(classes):
        return images
    return _restricted(images, np.sort(np.concatenate([c.index[0] for c in classes])))


def _order_by_stabilizers(images: IntArray) -> int | None:
    """Return the product of the orbit lengths in a chain of stabilizers; None when these get too many generators.

    Every Schreier generator is formed, so the chain is exact; it ends soon for the symmetries of images and volumes,
    whose stabilizers are small.
    """
    order, work = 1, 0
    while len(images):
        labels = label_orbits(images)
        sizes = np.bincount(labels)
        largest = int(sizes.argmax())
        length, n = int(sizes[largest]), images.shape[1]
        work += len(images) * length * n
        if len(images) > _MOST_STABILIZER_GENERATORS or work > ORBITAL_ENTRIES_BUDGET:
            return None
        stabilizer = schreier_generators(images, int((labels == largest).argmax()))
        images = _restricted(stabilizer, np.flatnonzero((stabilizer != np.arange(n)).any(axis=0)))
        order *= length
    return order
