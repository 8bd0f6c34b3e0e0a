"""Instances that every law is checked on: a new line here subjects a new space to all laws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import equivariety as ev
from equivariety.groups.signed_group import SignedPermutationGroup
from equivariety.varieties import RankBoundedMaps
from oracles.read import vectors

__all__ = ["INSTANCES", "every_space"]

MIXED = "(1 2 3)(4 5 6)(7 8)(9 10 11 12)"  # and two fixed points


def mixed() -> ev.PermutationGroup:
    return ev.PermutationGroup.from_cycles(MIXED, degree=14)


def scattered() -> ev.PermutationGroup:
    return ev.PermutationGroup.from_cycles("(1 7 3 9 5)(2 10 4 6 8)(11 13)", degree=13)


def fourfold() -> ev.PermutationGroup:
    """Eight points in two 4-cycles: a target for groups whose order is a multiple of 4."""
    return ev.PermutationGroup.from_cycles("(1 2 3 4)(5 6 7 8)", degree=8)


def six() -> ev.PermutationGroup:
    """A 2-cycle, a 3-cycle and a fixed point: an action of the group of the mixed cycles that lacks characters."""
    return ev.PermutationGroup.from_cycles("(1 2)(3 4 5)", degree=6)


def dihedral_generators() -> ev.PermutationGroup:
    return ev.PermutationGroup.from_cycles("(1 2 3 4 5)", "(2 5)(3 4)(6 7)", degree=9)


def known(name: str) -> ev.PermutationGroup:
    """A group of the table of groups, by its name there."""
    return ev.PermutationGroup(next(g["generators"] for g in vectors("groups") if g["name"] == name))


def twice(group: ev.PermutationGroup) -> ev.PermutationGroup:
    """Two copies of an action, side by side."""
    images = np.stack([g.images for g in group.generators])
    return ev.PermutationGroup(np.concatenate([images, images + group.degree], axis=1))


def square() -> ev.PermutationGroup:
    """Turns and mirror images of 3x3 pixels."""
    return ev.PermutationGroup([*ev.groups.rotation(3).generators, *ev.groups.reflection((3, 3), axis=1).generators])


def joints() -> SignedPermutationGroup:
    """A mirror image and a half turn of five joints, of which signs flip; nothing but 0 is fixed."""
    return SignedPermutationGroup([[1, 0, 3, 2, 4], [2, 3, 0, 1, 4]], [[1, 1, -1, -1, -1], [-1, -1, -1, -1, 1]])


INSTANCES: list[tuple[str, Callable[[], RankBoundedMaps]]] = [
    ("shift 4x6, rank 7", lambda: ev.equivariant_maps(ev.groups.shift((4, 6), axis=1), rank=7)),
    ("shift 5x4 vertical, rank 6", lambda: ev.equivariant_maps(ev.groups.shift((5, 4), axis=0), rank=6)),
    ("shift 5x4 vertical, rank 0", lambda: ev.equivariant_maps(ev.groups.shift((5, 4), axis=0), rank=0)),
    ("shift by two, rank 4", lambda: ev.equivariant_maps(ev.groups.shift((2, 6), axis=1, steps=2), rank=4)),
    ("rotation 3, rank 3", lambda: ev.equivariant_maps(ev.groups.rotation(3), rank=3)),
    ("rotation 3, no bound", lambda: ev.equivariant_maps(ev.groups.rotation(3))),
    ("rotation 4, rank 1", lambda: ev.equivariant_maps(ev.groups.rotation(4), rank=1)),
    ("rotation 4, rank 9", lambda: ev.equivariant_maps(ev.groups.rotation(4), rank=9)),
    ("reflection 3x4, rank 5", lambda: ev.equivariant_maps(ev.groups.reflection((3, 4), axis=1), rank=5)),
    ("cyclic 5, rank 2", lambda: ev.equivariant_maps(ev.groups.cyclic(5), rank=2)),
    ("cyclic 5, rank 4", lambda: ev.equivariant_maps(ev.groups.cyclic(5), rank=4)),
    ("cyclic 2, rank 1", lambda: ev.equivariant_maps(ev.groups.cyclic(2), rank=1)),
    ("cyclic 1", lambda: ev.equivariant_maps(ev.groups.cyclic(1))),
    ("trivial 4, rank 2", lambda: ev.equivariant_maps(ev.groups.trivial(4), rank=2)),
    ("cyclic 6 to 3, rank 2", lambda: ev.equivariant_maps(ev.groups.cyclic(6), ev.groups.cyclic(3), rank=2)),
    ("cyclic 6 to 3, no bound", lambda: ev.equivariant_maps(ev.groups.cyclic(6), ev.groups.cyclic(3))),
    ("cyclic 3 to 6, rank 1", lambda: ev.equivariant_maps(ev.groups.cyclic(3), ev.groups.cyclic(6), rank=1)),
    ("cyclic 4 to trivial 3", lambda: ev.equivariant_maps(ev.groups.cyclic(4), ev.groups.trivial(3))),
    ("trivial 3 to rotation 3", lambda: ev.equivariant_maps(ev.groups.trivial(3), ev.groups.rotation(3), rank=2)),
    ("shift 3x4 to two 4-cycles", lambda: ev.equivariant_maps(ev.groups.shift((3, 4), axis=1), fourfold(), rank=5)),
    ("mixed cycles, rank 5", lambda: ev.equivariant_maps(mixed(), rank=5)),
    ("mixed cycles, rank 13", lambda: ev.equivariant_maps(mixed(), rank=13)),
    ("mixed cycles to 6 points", lambda: ev.equivariant_maps(mixed(), six(), rank=4)),
    ("scattered cycles, rank 8", lambda: ev.equivariant_maps(scattered(), rank=8)),
    ("scattered cycles to trivial", lambda: ev.equivariant_maps(scattered(), ev.groups.trivial(4), rank=2)),
    ("invariant under rotation", lambda: ev.invariant_maps(ev.groups.rotation(3), outputs=4, rank=2)),
    ("invariant, two generators", lambda: ev.invariant_maps(dihedral_generators(), outputs=3, rank=2)),
    ("invariant, two generators, rank 1", lambda: ev.invariant_maps(dihedral_generators(), outputs=6, rank=1)),
    ("invariant, no bound", lambda: ev.invariant_maps(mixed(), outputs=2)),
    ("quaternions, rank 5", lambda: ev.equivariant_maps(known("Q8_regular"), rank=5)),
    ("two quaternion groups, rank 6", lambda: ev.equivariant_maps(twice(known("Q8_regular")), rank=6)),
    (
        "two quaternion groups to one, rank 4",
        lambda: ev.equivariant_maps(twice(known("Q8_regular")), known("Q8_regular"), rank=4),
    ),
    ("dicyclic group, rank 5", lambda: ev.equivariant_maps(known("Dic3_regular"), rank=5)),
    ("two Frobenius groups on 7, rank 7", lambda: ev.equivariant_maps(twice(known("F21_on_7")), rank=7)),
    ("turns and mirrors, rank 4", lambda: ev.equivariant_maps(square(), rank=4)),
    ("turns and mirrors, no bound", lambda: ev.equivariant_maps(square())),
    ("turns and mirrors to a trivial group", lambda: ev.equivariant_maps(square(), ev.groups.trivial(2))),
    ("signed joints, rank 3", lambda: ev.equivariant_maps(joints(), rank=3)),
    ("linear 3x4, rank 0", lambda: ev.linear_maps(3, 4, rank=0)),
    ("linear 3x4, rank 2", lambda: ev.linear_maps(3, 4, rank=2)),
    ("linear 5x3, no bound", lambda: ev.linear_maps(5, 3)),
    ("linear 1x1, rank 1", lambda: ev.linear_maps(1, 1, rank=1)),
]

every_space = pytest.mark.parametrize("space", [pytest.param(make(), id=name) for name, make in INSTANCES])
