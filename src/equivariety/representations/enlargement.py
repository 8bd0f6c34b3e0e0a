"""Whether two actions, paired generator by generator, are actions of one of their two groups.

The pairs generate a group G that acts on both sides.  It is larger than both of its actions exactly when some element
acts trivially on the source alone, and some element on the target alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import islice
from time import monotonic

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import invalid
from equivariety.groups import PermutationGroup
from equivariety.groups.cycles import decompose
from equivariety.groups.orbits.orbit_classes import orbit_classes
from equivariety.groups.orbits.order import quick_order
from equivariety.groups.orbits.pair_labels import orbital_labels, side_by_side
from equivariety.groups.orbits.partitions import commute
from equivariety.groups.orbits.random_elements import random_elements
from equivariety.groups.signed import AnyPermutation, SignedPermutation
from equivariety.tolerances import ORBITAL_ENTRIES_BUDGET, PAIRING_ENTRIES_BUDGET, PAIRING_SECONDS

__all__ = ["check_enlargement", "faithful_side", "orders_of_pairing", "orders_of_witnesses", "sides_of"]

Pairs = Sequence[tuple[AnyPermutation, AnyPermutation]]

#: Frames between the warning and the caller of ``equivariant_maps``.
_STACK_LEVEL = 5

#: Random elements that are looked at, and as many before them that are not.
_MOST_ELEMENTS = 60


def sides_of(pairs: Pairs) -> tuple[IntArray, IntArray]:
    """Return the images (g, a) of source points and (g, b) of target points, one orbit of each isomorphism class.

    Signed coordinates count as two points.  Nothing else is reduced if all generators commute.

    >>> from equivariety.groups import shift
    >>> G = shift((4, 9), axis=0) + shift((4, 9), axis=0)
    >>> [side.shape for side in sides_of([(g, g) for g in G.generators])]
    [(1, 72), (1, 72)]
    """
    left, right = (np.stack([_points(pair[side]) for pair in pairs]) for side in (0, 1))
    n, m = left.shape[1], right.shape[1]
    joint = np.concatenate([left, right + n], axis=1)
    if commute(joint):
        return left, right
    classes = orbit_classes(joint)
    first, second = ([c.table for c in classes if c.count_within(*where)] for where in ((0, n), (n, m)))
    return side_by_side(first)[0], side_by_side(second)[0]


def orders_of_pairing(left: IntArray, right: IntArray, seconds: float | None = None) -> tuple[int, int, int] | None:
    """Return the orders of the group of the pairs, of the sources and of the targets, both given by images.

    None where they are not found in about ``seconds`` together, or act on too many points for it; without ``seconds``
    None where little work does not show them, which no clock decides.

    >>> orders_of_pairing(np.array([[1, 0]]), np.array([[1, 2, 0]]))
    (6, 2, 3)
    """
    groups = (np.concatenate([left, right + left.shape[1]], axis=1), left, right)
    found = []
    deadline = None if seconds is None else monotonic() + seconds
    for images in groups:
        order = quick_order(images) if deadline is None else _order_until(deadline, images)
        if order is None:
            return None
        found.append(order)
    return found[0], found[1], found[2]


def _order_until(deadline: float, images: IntArray) -> int | None:
    seconds = deadline - monotonic()
    try:
        return PermutationGroup(images).order(seconds) if seconds > 0 else None
    except ValueError:  # too many points, or too little time
        return None


def orders_of_witnesses(left: IntArray, right: IntArray) -> list[tuple[int, int]]:
    """Return orders (k, l) on source and target of elements that show that the pairs generate a larger group.

    An element with orders k and l, where l does not divide k, has a power that is trivial on the source alone.  One or
    two elements are found, or the list is empty, which proves nothing.  The random elements are the same each time.

    >>> orders_of_witnesses(np.array([[1, 0]]), np.array([[1, 2, 0]]))
    [(2, 3)]
    """
    n = left.shape[1]
    joint = np.concatenate([left, right + n], axis=1)
    count = min(_MOST_ELEMENTS, max(4, PAIRING_ENTRIES_BUDGET // joint.shape[1]))
    on_source: tuple[int, int] | None = None
    on_target: tuple[int, int] | None = None
    elements = random_elements(joint, np.random.default_rng(0), skip=count)
    for element in islice(elements, len(joint) + count):
        orders = decompose(element[:n]).order, decompose(element[n:] - n).order
        if on_source is None and orders[0] % orders[1]:
            on_source = orders
        if on_target is None and orders[1] % orders[0]:
            on_target = orders
        if on_source is not None and on_target is not None:
            return list(dict.fromkeys([on_source, on_target]))
    return []


def faithful_side(left: IntArray, right: IntArray) -> bool:
    """Whether one of the sides is seen to be an action of the other one's group, without any order.

    The points of an orbit in the target may have different rows of orbital labels with the points of the source.  An
    element that fixes all points of the source keeps such a row, so that it fixes the point.  True is a proof; False
    says nothing.

    >>> from equivariety.groups import on_pairs, symmetric
    >>> S = symmetric(30)
    >>> faithful_side(*sides_of(list(zip(S.generators, on_pairs(S).generators))))
    True
    """
    n = left.shape[1]
    classes = orbit_classes(np.concatenate([left, right + n], axis=1))
    for first, size, second, other in ((0, n, n, right.shape[1]), (n, right.shape[1], 0, n)):
        known = [c.table for c in classes if c.count_within(first, size)]
        rest = [c.table for c in classes if c.count_within(second, other) and not c.count_within(first, size)]
        images, _ = side_by_side(known)
        points = images.shape[1]
        if all(t.shape[1] * (t.shape[1] + points) <= ORBITAL_ENTRIES_BUDGET for t in rest) and all(
            len(np.unique(orbital_labels(images, t), axis=0)) == t.shape[1] for t in rest
        ):
            return True
    return False


def check_enlargement(pairs: Pairs, *, strict: bool) -> None:
    """Warn when the group of the pairs is larger than the groups on both sides; with ``strict`` a ValueError.

    A warning rests on elements that show it, or on exact orders that take little work, and never on a clock; where
    there are neither, nothing is said.  With ``strict`` a proof is needed that the group is not larger: the rows of
    :func:`faithful_side`, or the orders within ``tolerances.PAIRING_SECONDS``.

    >>> from equivariety.groups import Permutation
    >>> check_enlargement([(Permutation([1, 0]), Permutation([1, 2, 0]))], strict=True)
    Traceback (most recent call last):
    ValueError: target must be an action of the source group; got pairing the generators gives a group of order 6, ...
    """
    sides = list(zip(*pairs, strict=True))
    if not pairs or sides[0] == sides[1] or any(all(g.is_identity for g in side) for side in sides):
        return
    both = sides_of(pairs)
    orders = orders_of_pairing(*both)
    witnesses = orders_of_witnesses(*both) if orders is None else []
    if orders is None and strict and not witnesses:
        if faithful_side(*both):
            return
        orders = orders_of_pairing(*both, PAIRING_SECONDS)
        if orders is None:
            required = "an action of the source group, which strict=True has to prove"
            got = f"orders of groups that are not found within {PAIRING_SECONDS:g} s, or that act on too many points"
            raise invalid("target", required, got, "leave out strict=True if the generators are paired as you mean")
    if orders is not None and orders[0] > max(orders[1:]):
        shown = f"of order {orders[0]}, larger than the orders {orders[1]} and {orders[2]} of its two actions"
    elif witnesses:
        examples = " and ".join(f"with orders {k} on the source and {l} on the target" for k, l in witnesses)
        shown = f"that is larger than its two actions, as products of generators {examples} show"
    else:
        return
    message = f"pairing the generators gives a group {shown}: only maps that respect all of it are considered"
    if strict:
        raise invalid("target", "an action of the source group", message, "pair generators of matching order")
    warnings.warn(message, UserWarning, stacklevel=_STACK_LEVEL)


def _points(generator: AnyPermutation) -> IntArray:
    return generator.points().images if isinstance(generator, SignedPermutation) else generator.images
