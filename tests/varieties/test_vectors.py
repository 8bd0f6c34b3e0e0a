"""Dimensions, components, memberships and nearest points against computer algebra."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product

import numpy as np
import pytest

import equivariety as ev
from equivariety.linalg import algebra
from equivariety.varieties import DeterminantalVariety
from oracles.matching import group_of, match
from oracles.read import signature, vectors

FIELD_DIM = {"R": 1, "C": 2, "H": 4}


def named(found):
    return pytest.mark.parametrize("vector", [pytest.param(v, id=str(i)) for i, v in enumerate(found)])


def check_facts(variety, vector):
    assert variety.dim == vector["dim"]
    assert variety.degree == vector["degree"]
    assert variety.ed_degree == vector["ed_degree"]


@named(vectors("determinantal"))
def test_determinantal_varieties(vector):
    space = ev.linear_maps(vector["m"], vector["n"], rank=vector["r"])
    assert space.num_components() == space.num_components(field="complex") == 1
    for variety in (space, next(space.components()), space.complex_maps, next(space.components(field="complex"))):
        check_facts(variety, vector)
    check_singular_rank(space, vector)


def check_singular_rank(space, vector):
    for field in ("real", "complex"):
        locus = next(space.components()).singular_locus(field)
        if vector["singular_rank_at_most"] is None:
            assert locus.is_empty
            assert locus.dim == -1
        else:
            assert [tuple(s.ranks) for s in locus] == [(vector["singular_rank_at_most"],)]


@named(vectors("invariant"))
def test_invariant_varieties(vector):
    group = ev.PermutationGroup([vector["sigma"]])
    space = ev.invariant_maps(group, outputs=vector["m"], rank=vector["r"])
    for variety in (space, next(space.components()), space.complex_maps):
        check_facts(variety, vector)
    check_singular_rank(space, vector)
    assert [(b.rows, b.cols) for b in space.blocks] == [(vector["m"], vector["k"])]
    assert sorted(len(orbit) for orbit in group.orbits) == sorted(vector["orbit_sizes"])


@named(vectors("equivariant_components"))
def test_equivariant_components(vector):
    space = ev.equivariant_maps(group_of(vector))
    component = space.stratum(match(space, vector["real_components"], vector["rvec"]))
    for variety in (component, component.complexification):
        assert variety.dim == vector["dim"]
        assert variety.degree == vector["degree_formula"]
        assert vector["degree"] in (None, variety.degree)
        assert variety.ed_degree == vector["ed_degree"]
    assert component.rank == vector["generic_rank"]
    sizes = [
        FIELD_DIM[b["type"]] * 2 * b["d"] * r for b, r in zip(vector["real_components"], vector["rvec"], strict=True)
    ]
    assert component.num_parameters == sum(sizes)


@named(vectors("rank_variety_decomposition"))
def test_components_of_rank_varieties(vector):
    space = ev.equivariant_maps(group_of(vector), rank=vector["r"])
    assert space.hom.dim == vector["dim_commutant"]
    assert space.num_components() == vector["num_real_components"]
    blocks = vector["real_blocks"]
    expected = sorted((signature(blocks, c["rvec"]), c["generic_rank"], c["dim"]) for c in vector["real_components"])
    assert sorted((signature(c.blocks, c.ranks), c.rank, c.dim) for c in space.components()) == expected
    assert space.dim == max(c["dim"] for c in vector["real_components"])
    largest = max(c["dim"] for c in vector["real_components"])
    assert space.degree == sum(c["degree"] for c in vector["real_components"] if c["dim"] == largest)
    degrees = sorted((signature(blocks, c["rvec"]), c["degree"]) for c in vector["real_components"])
    assert sorted((signature(c.blocks, c.ranks), c.degree) for c in space.components()) == degrees


@named(vectors("rank_variety_decomposition"))
def test_components_over_the_complex_numbers(vector):
    """A prime over Q is an orbit of complex components under Galois conjugation: dimensions equal, degrees added."""
    space = ev.equivariant_maps(group_of(vector), rank=vector["r"])
    components = list(space.components(field="complex"))
    assert len(set(components)) == len(components) == vector["num_complex_components"]
    assert space.num_components(field="complex") == vector["num_complex_components"]
    expected, found = Counter(), Counter()
    for prime in vector["minimal_primes_QQ"]:
        expected[prime["dim"]] += prime["degree"]
    for component in components:
        found[component.dim] += component.degree
    assert found == expected
    assert space.complex_maps.dim == max(expected)
    assert space.complex_maps.degree == expected[max(expected)]
    assert space.complex_maps.ed_degree == sum(c.ed_degree for c in components)


@named(vectors("blocks"))
def test_blocks_of_each_type(vector):
    """Degrees and ED degrees in real coordinates by computer algebra."""
    found = DeterminantalVariety(vector["type"], vector["d"], vector["d"], vector["r"])
    assert (found.dim, found.degree, found.ed_degree) == tuple(
        vector["formula"][key] for key in ("dim", "degree", "ed")
    )
    for key, value in (("real_dim", found.dim), ("degree", found.degree), ("ed_degree", found.ed_degree)):
        assert vector[key] in (None, value)


@named([v for v in vectors("groups") if v["n"] <= 200])
def test_blocks_and_counts_of_groups(vector):
    group = group_of(vector)
    decomposition = ev.isotypic_decomposition(group)
    found = sorted((b.field, b.irrep_dim, b.multiplicity) for b in decomposition.blocks)
    assert found == sorted((b["type"], b["delta"], b["d"]) for b in vector["real_isotypic"])
    assert decomposition.num_orbitals == vector["num_orbitals"]
    for counts in vector["component_counts"]:
        space = ev.equivariant_maps(group, rank=counts["r"])
        assert space.num_components() == counts["real_components"]
        assert space.num_components(exact_rank=True) == counts["real_components_with_rank_exactly_r"]
        assert space.num_components(field="complex") == counts["complex_components"]
        exact = space.num_components(field="complex", exact_rank=True)
        assert exact == counts["complex_components_with_rank_exactly_r"]
        tuples = counts.get("real_maximal_tuples")
        if tuples is not None:
            expected = sorted(signature(vector["real_isotypic"], t) for t in tuples)
            assert sorted(signature(c.blocks, c.ranks) for c in space.components()) == expected


@named(vectors("sample_points"))
def test_membership_of_exact_points(vector):
    matrix = np.array(vector["M"])
    full = ev.equivariant_maps(group_of(vector))
    assert full.contains(matrix)
    found = zip(full.blocks, full.hom.block_matrices(matrix.astype(float)), strict=True)
    ranks = [np.linalg.matrix_rank(b, tol=1e-8) // algebra(block.field).order for block, b in found]
    assert signature(full.blocks, ranks) == signature(vector["blocks"], vector["rvec_of_point"])
    assert full.stratum(ranks).contains(matrix)
    for bound in vector["membership"]:
        space = ev.equivariant_maps(group_of(vector), rank=bound["r"])
        holding = [c for c in space.components() if c.contains(matrix)]
        expected = sorted(signature(vector["blocks"], c["rvec"]) for c in bound["components_containing"])
        assert sorted(signature(c.blocks, c.ranks) for c in holding) == expected
        assert space.contains(matrix) == bool(expected) == (vector["rank"] <= bound["r"])
        assert (space.project(matrix).distance <= 1e-9) == bool(expected)


def nearest(variety, vector):
    result = variety.project(np.array(vector["U"]))
    assert result.distance**2 == pytest.approx(vector["min_dist2"], rel=1e-10, abs=1e-9)
    if vector.get("minimizer") is not None:
        np.testing.assert_allclose(result.point, vector["minimizer"], atol=1e-8)
    return result


@named([v for v in vectors("critical_points") if v["kind"] == "determinantal"])
def test_nearest_point_of_determinantal_varieties(vector):
    assert nearest(ev.linear_maps(vector["m"], vector["n"], rank=vector["r"]), vector).is_unique


@named([v for v in vectors("critical_points") if v["kind"] == "invariant"])
def test_nearest_point_of_invariant_varieties(vector):
    """The weights |A_j| of the orbits matter here: the best approximation of psi(U) is another point."""
    classes = np.array(vector["col_class"])
    images = np.arange(vector["n"])
    for c in set(vector["col_class"]):
        points = np.flatnonzero(classes == c)
        images[points] = np.roll(points, 1)
    group = ev.PermutationGroup([images])
    nearest(ev.invariant_maps(group, outputs=vector["m"], rank=vector["r"]), vector)


@named([v for v in vectors("critical_points") if v["kind"] == "equivariant"])
def test_nearest_point_of_components(vector):
    space = ev.equivariant_maps(group_of(vector))
    component = space.stratum(match(space, vector["component_order"], vector["rvec"], vector["isotypic_projectors"]))
    nearest(component, vector)
    assert component.rank == vector["rank_of_generic"]


@named([v for v in vectors("critical_points") if v["kind"] == "equivariant"])
def test_critical_points_are_sums_of_singular_triples(vector):
    """Over its field each block keeps any r_i of its singular triples: all critical points, all real."""
    space = ev.equivariant_maps(group_of(vector))
    ranks = match(space, vector["component_order"], vector["rvec"], vector["isotypic_projectors"])
    given = np.array(vector["U"], dtype=float)
    full = space.project(given)
    choices, outside = [], full.distance**2
    for block, (_, values, _), rank in zip(space.blocks, space.singular_triples(given), ranks, strict=True):
        energies = block.irrep_dim * values**2
        choices.append([energies.sum() - energies[list(kept)].sum() for kept in combinations(range(len(values)), rank)])
    found = sorted(outside + sum(lost) for lost in product(*choices))
    assert len(found) == vector["num_critical"] == vector["num_real"]
    np.testing.assert_allclose(found, [p["dist2"] for p in vector["critical_points"]], rtol=1e-10)


@named(vectors("global_minimum"))
def test_nearest_point_over_all_components(vector):
    space = ev.equivariant_maps(group_of(vector), rank=vector["r"])
    result = nearest(space, vector)
    assert list(result.ranks) == match(space, vector["component_order"], vector["best_rvec"])
    for part in vector["components"]:
        ranks = match(space, vector["component_order"], part["rvec"])
        distance = space.component(ranks).project(np.array(vector["U"])).distance
        assert distance**2 == pytest.approx(part["min_dist2"], rel=1e-10)


@named([v for v in vectors("critical_points") if v["kind"] == "equivariant_squared_error"])
def test_smallest_squared_error(vector):
    space = ev.equivariant_maps(group_of(vector))
    component = space.stratum(match(space, vector["component_order"], vector["rvec"], vector["isotypic_projectors"]))
    x, y = (np.array(vector[name], dtype=float).T for name in "XY")
    fit = ev.fit(component, x, y)
    assert fit.loss * y.size == pytest.approx(vector["min_dist2"], rel=1e-10)
    np.testing.assert_allclose(np.asarray(fit.map), vector["minimizer"], atol=1e-8)
