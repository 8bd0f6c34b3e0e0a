"""Permutation groups: generators, named symmetries, groups made of groups, orbits, orbitals and orders."""

from __future__ import annotations

from equivariety.groups.constructions.coset_actions import on_cosets, regular
from equivariety.groups.constructions.induced_actions import on_pairs, on_subsets, on_tuples
from equivariety.groups.constructions.products import direct_product, direct_sum, power, relabelled
from equivariety.groups.constructions.wreath_products import wreath
from equivariety.groups.cycles import CycleDecomposition
from equivariety.groups.grammar import parse_group
from equivariety.groups.group import PermutationGroup
from equivariety.groups.named.classical_groups import alternating, polygon, psl27, rubik, symmetric
from equivariety.groups.named.images import cyclic, reflection, rotation, shift, trivial
from equivariety.groups.named.lattice_symmetries import (
    cube_rotations,
    cube_symmetries,
    dihedral,
    hypercube,
    torus,
    translations,
)
from equivariety.groups.named.pixel_orders import rotation_pixel_order
from equivariety.groups.named.sequences import reverse_complement
from equivariety.groups.orbits.pair_orbits import num_orbitals, orbitals, suborbits
from equivariety.groups.orbits.partitions import finest_common_coarsening
from equivariety.groups.permutation import Permutation
from equivariety.groups.signed import SignedPermutation
from equivariety.groups.signed_group import SignedPermutationGroup
from equivariety.groups.symmetries.graph_symmetries import graph_automorphisms
from equivariety.groups.symmetries.matrix_symmetries import symmetries_of

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
    "rotation_pixel_order",
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
