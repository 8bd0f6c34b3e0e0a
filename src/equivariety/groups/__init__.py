"""Permutations, permutation groups and the named symmetries of images."""

from __future__ import annotations

from equivariety.groups.cycles import CycleDecomposition
from equivariety.groups.grammar import parse_group
from equivariety.groups.group import PermutationGroup
from equivariety.groups.images import cyclic, reflection, rotation, shift, trivial
from equivariety.groups.orbits import finest_common_coarsening
from equivariety.groups.permutation import Permutation

__all__ = [
    "CycleDecomposition",
    "Permutation",
    "PermutationGroup",
    "cyclic",
    "finest_common_coarsening",
    "parse_group",
    "reflection",
    "rotation",
    "shift",
    "trivial",
]
