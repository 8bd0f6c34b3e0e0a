"""Whether two actions, paired generator by generator, are actions of one of their two groups."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import lcm

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import invalid
from equivariety.groups import PermutationGroup
from equivariety.groups.signed import SignedPermutation
from equivariety.representations.orbital_basis import Action
from equivariety.tolerances import PAIRING_SECONDS

__all__ = ["check_enlargement", "orders_of_pairing"]

#: Frames between the warning and the caller of ``equivariant_maps``.
_STACK_LEVEL = 5


def orders_of_pairing(pairs: Sequence[tuple[Action, Action]], seconds: float) -> tuple[int, int, int] | None:
    """Return the orders of the group of the pairs, of the sources and of the targets.

    None where they are not found in about ``seconds``, or act on too many points for it.

    >>> from equivariety.groups import Permutation
    >>> orders_of_pairing([(Permutation([1, 0]), Permutation([1, 2, 0]))], 1.0)
    (6, 2, 3)
    """
    if len(pairs) == 1:
        s, t = pairs[0]
        return lcm(s.order, t.order), s.order, t.order
    sides = [np.stack([_points(pair[side]) for pair in pairs]) for side in (0, 1)]
    joint = np.concatenate([sides[0], sides[1] + sides[0].shape[1]], axis=1)
    try:
        whole, first, second = (PermutationGroup(images).order(seconds / 3) for images in (joint, *sides))
    except ValueError:  # too many points, or too little time
        return None
    return whole, first, second


def check_enlargement(pairs: Sequence[tuple[Action, Action]], *, strict: bool) -> None:
    """Warn when the group of the pairs is larger than the groups on both sides; with ``strict`` a ValueError.

    Where the orders are not found within ``tolerances.PAIRING_SECONDS``, ``strict`` raises and otherwise nothing is
    said.

    >>> from equivariety.groups import Permutation
    >>> check_enlargement([(Permutation([1, 0]), Permutation([1, 2, 0]))], strict=True)
    Traceback (most recent call last):
    ValueError: target must be an action of the source group; got pairing the generators gives a group of order 6, ...
    """
    sides = list(zip(*pairs, strict=True))
    if not pairs or sides[0] == sides[1] or any(all(g.is_identity for g in side) for side in sides):
        return
    orders = orders_of_pairing(pairs, PAIRING_SECONDS)
    if orders is None:
        if strict:
            required = "an action of the source group, which strict=True has to prove"
            got = f"orders of groups that are not found within {PAIRING_SECONDS:g} s"
            raise invalid("target", required, got, "leave out strict=True if the generators are paired as you mean")
        return
    joint, first, second = orders
    if joint > max(first, second):
        message = (
            f"pairing the generators gives a group of order {joint}, larger than the orders {first} and {second} "
            "of its two actions: only maps that respect all of it are considered"
        )
        if strict:
            raise invalid("target", "an action of the source group", message, "pair generators of matching order")
        warnings.warn(message, UserWarning, stacklevel=_STACK_LEVEL)


def _points(generator: Action) -> IntArray:
    return generator.points().images if isinstance(generator, SignedPermutation) else generator.images
