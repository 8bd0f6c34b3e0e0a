"""The exact order of a permutation group."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import invalid
from equivariety.groups.abelian.orbit_lattices import fits_lattices, order_of_abelian_group
from equivariety.groups.orbits.orbit_classes import orbit_classes
from equivariety.groups.orbits.partitions import commute, label_orbits
from equivariety.groups.orbits.schreier_sims import is_small, order_by_sympy, schreier_sims_order
from equivariety.groups.orbits.transversals import Transversal
from equivariety.groups.permutation import Permutation
from equivariety.tolerances import (
    ORBITAL_ENTRIES_BUDGET,
    ORDER_SECONDS,
    QUICK_ORDER_ENTRIES_BUDGET,
    SYMPY_POINTS_BUDGET,
)

__all__ = ["group_order", "quick_order"]

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
    deadline = monotonic() + budget
    images = np.stack([p.images for p in generators])
    order = _order_of_lattices(images)
    if order is not None:
        return order
    images = _faithful(images)
    order = _order_by_stabilizers(images, deadline=deadline)
    if order is not None:
        return order
    moved = images.shape[1]
    if moved > SYMPY_POINTS_BUDGET:
        required = f"such that a faithful set of at most {SYMPY_POINTS_BUDGET} points shows their order"
        fix = "ask for the order of an action on fewer points, such as some of the orbits"
        raise invalid("generators", required, f"{moved} moved points", fix)
    try:
        return schreier_sims_order(images, deadline - monotonic())
    except TimeoutError:
        required = f"a group whose order is found within {budget:g} seconds"
        got = f"{len(images)} generators that move {moved} points"
        fix = "pass more to order(seconds=...), or ask for the order of an action on fewer points"
        raise invalid("generators", required, got, fix) from None


def quick_order(images: IntArray) -> int | None:
    """Return the order of the group that the rows of ``images``, shape (s, n), generate, if little work shows it.

    Whether it does depends on the generators alone, never on a clock.

    >>> quick_order(np.array([[1, 2, 3, 0], [1, 0, 2, 3]]))
    24
    """
    order = _order_of_lattices(images)
    if order is not None:
        return order
    images = _faithful(images)
    order = _order_by_stabilizers(images, QUICK_ORDER_ENTRIES_BUDGET)
    return order_by_sympy(images.tolist()) if order is None and is_small(images) else order


def _order_of_lattices(images: IntArray) -> int | None:
    return order_of_abelian_group(images) if fits_lattices(images) and commute(images) else None


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


def _order_by_stabilizers(
    images: IntArray, most: int = ORBITAL_ENTRIES_BUDGET, deadline: float = float("inf")
) -> int | None:
    """Return the product of the orbit lengths in a chain of stabilizers; None when these get too many generators.

    Every Schreier generator is formed, at most ``most`` images in all and until the ``deadline``, so the chain is
    exact; it ends soon for the symmetries of images and volumes, whose stabilizers are small.
    """
    order, work = 1, 0
    while len(images):
        labels = label_orbits(images)
        sizes = np.bincount(labels)
        largest = int(sizes.argmax())
        length, n = int(sizes[largest]), images.shape[1]
        work += len(images) * length * n
        if work > most:
            return None
        stabilizer = _stabilizer(images, int((labels == largest).argmax()), deadline)
        if stabilizer is None:
            return None
        images = _restricted(stabilizer, np.flatnonzero((stabilizer != np.arange(n)).any(axis=0)))
        order *= length
    return order


def _stabilizer(images: IntArray, base: int, deadline: float) -> IntArray | None:
    """Return the Schreier generators of the stabilizer of ``base``; None where these or the time are too many."""
    n = images.shape[1]
    one = np.arange(n, dtype=np.int32).tobytes()
    found: dict[bytes, None] = {}  # as np.unique on rows, but without sorting them
    if monotonic() > deadline:
        return None
    for products in Transversal(images, base).stabilizer_generators():
        found.update(dict.fromkeys(map(bytes, products)))
        found.pop(one, None)
        if len(found) > _MOST_STABILIZER_GENERATORS or monotonic() > deadline:
            return None
    return np.frombuffer(b"".join(found), dtype=np.int32).reshape(-1, n)
