"""Types, dimensions, multiplicities, orbits and orbitals of the groups of the table, against character tables."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import equivariety as ev
from laws.brute import matrix_of
from laws.enumeration import closure, commutator_rank, count_pairs
from oracles.read import vectors

#: Real dimensions of endomorphism algebras.
UNITS = {"R": 1, "C": 2, "H": 4}

GROUPS = [pytest.param(v, id=v["name"]) for v in vectors("groups")]
SMALL = [pytest.param(v, id=v["name"]) for v in vectors("groups") if v["n"] <= 100]


def group_of(vector):
    return ev.PermutationGroup(vector["generators"], degree=vector["n"])


@pytest.mark.parametrize("vector", GROUPS)
def test_orders_orbits_and_orbitals(vector):
    group = group_of(vector)
    assert group.order() == vector["order"]
    assert group.n_orbits == vector["num_orbits"]
    decomposition = ev.isotypic_decomposition(group)
    assert decomposition.num_orbitals == vector["num_orbitals"] == ev.equivariant_maps(group).hom.dim
    certificate = decomposition.certificate()
    assert certificate.ok
    assert certificate.commutant_dim == vector["num_orbitals"]
    assert max(certificate.orthogonality, certificate.equivariance) <= 1e-12


@pytest.mark.parametrize("vector", GROUPS)
def test_real_and_complex_isotypic_components(vector):
    blocks = ev.isotypic_decomposition(group_of(vector)).blocks
    found = Counter((b.field, b.irrep_dim, b.multiplicity) for b in blocks)
    assert found == Counter((b["type"], b["delta"], b["d"]) for b in vector["real_isotypic"])
    # Over C a real irreducible stays irreducible (R), is a pair of conjugates (C) or twice one irreducible (H).
    complexified: Counter[tuple[int, int]] = Counter()
    for (field, dim, copies), times in found.items():
        one = (dim, copies) if field == "R" else (dim // 2, copies if field == "C" else 2 * copies)
        complexified[one] += times * (2 if field == "C" else 1)
    assert complexified == Counter(tuple(pair) for pair in vector["complex_isotypic"])
    assert blocks[0].irrep_dim == 1
    assert blocks[0].multiplicity == vector["num_orbits"]


@pytest.mark.parametrize("vector", SMALL)
def test_blocks_sum_to_the_space_and_orbitals_are_orbits_on_pairs(vector):
    decomposition = ev.isotypic_decomposition(group_of(vector))
    assert sum(b.dim for b in decomposition.blocks) == vector["n"]
    assert sum(UNITS[b.field] * b.multiplicity**2 for b in decomposition.blocks) == vector["num_orbitals"]
    images = np.array(vector["generators"])
    assert count_pairs(images, images) == vector["num_orbitals"]


@pytest.mark.parametrize("vector", [p for p in GROUPS if p.values[0]["n"] <= 8])
def test_the_oracles_agree_with_each_other(vector):
    images = np.array(vector["generators"])
    matrices = [matrix_of(g) for g in images]
    assert commutator_rank(matrices, matrices) == vector["num_orbitals"]
    elements = closure(images)
    assert len(elements if elements is not None else []) == (vector["order"] if vector["order"] <= 2000 else 0)


@pytest.mark.parametrize("vector", SMALL)
def test_generators_may_be_listed_in_any_order_with_identities_and_inverses(vector, rng):
    """The group decides, not its generators: blocks and counts of components stay the same."""
    group = group_of(vector)
    more = [*group.generators, ev.Permutation.identity(group.degree), *(g.inverse() for g in group.generators)]
    changed = ev.PermutationGroup([more[k] for k in rng.permutation(len(more))], degree=group.degree)
    blocks = [ev.isotypic_decomposition(g).blocks for g in (group, changed)]
    kinds = [Counter((b.field, b.irrep_dim, b.multiplicity) for b in found) for found in blocks]
    assert kinds[0] == kinds[1]
    for counts in vector["component_counts"]:
        space = ev.equivariant_maps(changed, rank=counts["r"])
        assert space.num_components() == counts["real_components"]
        assert space.num_components(exact_rank=True) == counts["real_components_with_rank_exactly_r"]
