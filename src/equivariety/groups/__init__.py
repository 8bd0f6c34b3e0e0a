"""Permutation groups: generators, named symmetries, groups made of groups, orbits, orbitals and orders."""

from __future__ import annotations

from equivariety.groups.classical_groups import alternating, polygon, psl27, rubik, symmetric
from equivariety.groups.coset_actions import on_cosets, regular
from equivariety.groups.cycles import CycleDecomposition
from equivariety.groups.grammar import parse_group
from equivariety.groups.graph_symmetries import graph_automorphisms
from equivariety.groups.group import PermutationGroup
from equivariety.groups.images import cyclic, reflection, rotation, shift, trivial
from equivariety.groups.induced_actions import on_pairs, on_subsets, on_tuples
from equivariety.groups.lattice_symmetries import (
    cube_rotations,
    cube_symmetries,
    dihedral,
    hypercube,
    torus,
    translations,
)
from equivariety.groups.matrix_symmetries import symmetries_of
from equivariety.groups.orbits import finest_common_coarsening
from equivariety.groups.pair_orbits import num_orbitals, orbitals, suborbits
from equivariety.groups.permutation import Permutation
from equivariety.groups.products import direct_product, direct_sum, power, relabelled
from equivariety.groups.sequences import reverse_complement
from equivariety.groups.signed import SignedPermutation
from equivariety.groups.signed_group import SignedPermutationGroup
from equivariety.groups.wreath_products import wreath

__all__ = [
    "CycleDecomposition",
    "Permutation",
    "PermutationGroup",
    "SignedPermutation",
    "SignedPermutationGroup",
    "alternating",
    "cube_rotations",
    "cube_symmetries",
    "cyclic",
    "dihedral",
    "direct_product",
    "direct_sum",
    "finest_common_coarsening",
    "graph_automorphisms",
    "hypercube",
    "num_orbitals",
    "on_cosets",
    "on_pairs",
    "on_subsets",
    "on_tuples",
    "orbitals",
    "parse_group",
    "polygon",
    "power",
    "psl27",
    "reflection",
    "regular",
    "relabelled",
    "reverse_complement",
    "rotation",
    "rubik",
    "shift",
    "suborbits",
    "symmetric",
    "symmetries_of",
    "torus",
    "translations",
    "trivial",
    "wreath",
]
