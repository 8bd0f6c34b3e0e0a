"""Components on which equations and scripts are tested: linear, cyclic, invariant, quaternionic, signed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import equivariety as ev
from equivariety.varieties import Component
from oracles.read import vectors

__all__ = ["INSTANCES", "doubled", "named_group"]


def named_group(name: str) -> ev.PermutationGroup:
    (found,) = [v for v in vectors("groups") if v["name"] == name]
    return ev.PermutationGroup(found["generators"])


def doubled(group: ev.PermutationGroup) -> ev.PermutationGroup:
    """The same group on two copies of the points: all multiplicities are doubled."""
    return ev.PermutationGroup([np.concatenate([g.images, g.images + g.degree]) for g in group.generators])


def _rotation(*ranks: int) -> Component:
    return ev.equivariant_maps(ev.groups.rotation(3)).stratum(ranks)


def _signed() -> Component:
    group = ev.groups.SignedPermutationGroup([[1, 0, 3, 2, 4]], [[1, -1, 1, -1, -1]])
    return ev.equivariant_maps(group).stratum({"C2": 1})


def _signed_target() -> Component:
    """M P = -P M: without the signs of entries the two blocks change places."""
    swaps = ev.PermutationGroup.from_cycles("(1 2)(3 4)", degree=4)
    opposite = ev.groups.SignedPermutationGroup([g.images for g in swaps.generators], [[-1] * 4])
    return ev.equivariant_maps(swaps, opposite).stratum([1, 2])


def _invariant() -> Component:
    group = ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)
    return ev.invariant_maps(group, outputs=2, rank=1).component([1])


def _between() -> Component:
    source = ev.PermutationGroup.from_cycles("(1 2 3 4)(5 6 7 8)(9 10 11)", degree=11)
    target = ev.PermutationGroup.from_cycles("(1 2)(3 4)(5 6 7 8)", degree=8)
    return ev.equivariant_maps(source, target).stratum({(1, 1): 1, (2, 1): 2})


#: Name -> function that makes a component with few entries.
INSTANCES: dict[str, Callable[[], Component]] = {
    "linear 3x4": lambda: ev.linear_maps(3, 4, rank=2).component([2]),
    "rotation of 3x3, real and complex": lambda: _rotation(1, 1, 0),
    "rotation of 3x3, signs": lambda: _rotation(2, 0, 1),
    "conjugates over Q(sqrt 5)": lambda: ev.equivariant_maps(doubled(ev.groups.cyclic(5))).stratum([2, 1, 1]),
    "two shifts that act together": _between,
    "cyclic of order 7": lambda: ev.equivariant_maps(ev.groups.cyclic(7)).stratum([1, 0, 1, 0]),
    "invariant": _invariant,
    "dihedral of 3x3": lambda: ev.equivariant_maps(ev.groups.dihedral(3)).stratum([2, 0, 1, 1]),
    "dihedral of 5 points, twice": lambda: ev.equivariant_maps(doubled(named_group("dihedral_5_pts"))).stratum(
        [2, 1, 1]
    ),
    "quaternions, once": lambda: ev.equivariant_maps(named_group("Q8_regular")).stratum([1, 0, 1, 1, 0]),
    "quaternions, twice": lambda: ev.equivariant_maps(doubled(named_group("Q8_regular"))).stratum({"R1": 2, "H4": 1}),
    "alternating group on 12 points": lambda: ev.equivariant_maps(named_group("A5_on_12")).stratum([0, 1, 0, 1]),
    "signed": _signed,
    "signed target": _signed_target,
}
