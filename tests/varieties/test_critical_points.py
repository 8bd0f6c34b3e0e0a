"""Critical points of the distance: computer algebra, finite-difference Hessians, and enumeration by brute force."""

from __future__ import annotations

from copy import copy
from itertools import combinations, islice, product
from math import comb, prod
from time import perf_counter

import numpy as np
import pytest

import equivariety as ev
from equivariety.linalg import algebra
from equivariety.representations import MapBlock
from equivariety.varieties import CriticalPoints
from equivariety.varieties.points.genericity import BlockData, multiplicities
from equivariety.varieties.ranks.rank_budget import RankBudget
from equivariety.varieties.ranks.rank_sums import largest_sum
from equivariety.varieties.ranks.subset_search import ranked_selections, ranked_selections_of_all
from laws.registry import every_space, known, twice
from laws.second_order import hessian_spectrum, signature_of
from oracles.matching import group_of, match
from oracles.read import vectors

CASES = vectors("critical_points")


def component_of(vector):
    if vector["kind"] == "determinantal":
        return next(ev.linear_maps(vector["m"], vector["n"], rank=vector["r"]).components())
    if vector["kind"] == "invariant":
        classes = np.array(vector["col_class"])
        images = np.arange(vector["n"])
        for c in set(vector["col_class"]):
            points = np.flatnonzero(classes == c)
            images[points] = np.roll(points, 1)
        space = ev.invariant_maps(ev.PermutationGroup([images]), outputs=vector["m"], rank=vector["r"])
        return next(space.components())
    space = ev.equivariant_maps(group_of(vector))
    return space.stratum(match(space, vector["component_order"], vector["rvec"], vector["isotypic_projectors"]))


@pytest.mark.parametrize("vector", [pytest.param(v, id=v["id"]) for v in CASES if "squared_error" not in v["kind"]])
def test_all_critical_points_by_groebner_bases(vector):
    component, given = component_of(vector), np.array(vector["U"])
    found = component.critical_points(given)
    points = list(found)
    assert found.count == len(points) == component.ed_degree == vector["num_critical"] == vector["num_real"]
    np.testing.assert_allclose([p.squared_distance for p in points], [p["dist2"] for p in vector["critical_points"]])
    for mine, exact in zip(points, vector["critical_points"], strict=True):
        np.testing.assert_allclose(mine.point, exact["M"], atol=1e-8)
        assert mine.squared_distance == pytest.approx(np.linalg.norm(mine.point - given) ** 2)
        assert component.contains(mine.point)
        along = component.tangent_space(mine.point).project(mine.point - given)
        assert np.linalg.norm(along) <= 1e-11 * np.linalg.norm(given)
    np.testing.assert_allclose(points[0].point, component.project(given).point, atol=1e-12)
    assert points[0].index == 0


def given_by(text):
    if text.startswith("I"):
        return np.eye(int(text[1:]))
    return np.diag([float(x) for x in text.removeprefix("diag(").removesuffix(")").split(",")])


@pytest.mark.parametrize("vector", [pytest.param(v, id=v["U"]) for v in vectors("nongeneric_data")])
def test_dimension_of_the_critical_locus(vector):
    given = given_by(vector["U"])
    component = ev.linear_maps(*given.shape).stratum([vector["r"]])
    if vector["critical_locus_dim"] == 0:
        assert component.critical_points(given).count == vector["critical_locus_degree_of_top_dim"]
        return
    for variety in (
        component,
        component.space.stratum(component.ranks),
        ev.linear_maps(*given.shape, rank=vector["r"]),
    ):
        with pytest.raises(ev.NonGenericDataError, match="equal singular values") as error:
            variety.critical_points(given)
        assert error.value.dimension == vector["critical_locus_dim"]
        assert isinstance(error.value, ValueError)
        assert copy(error.value).dimension == error.value.dimension


SMALL = {
    "R": lambda: ev.linear_maps(3, 4).stratum([2]),
    "R and R": lambda: ev.equivariant_maps(ev.groups.reflection((2, 3), axis=1)).stratum([1, 1]),
    "C": lambda: ev.equivariant_maps(ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)", degree=6)).stratum([1, 1]),
    "C, dimension 6": lambda: ev.equivariant_maps(twice(known("F21_on_7"))).stratum([1, 1]),
    "H": lambda: ev.equivariant_maps(twice(known("Q8_regular"))).stratum([0, 0, 0, 0, 1]),
    "R, dimension 2": lambda: ev.equivariant_maps(twice(ev.groups.symmetric(3))).stratum([0, 1]),
    "two actions": lambda: ev.equivariant_maps(
        ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)(7 8 9)", degree=9),
        ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)", degree=6),
    ).stratum([0, 1]),
}


@pytest.mark.parametrize("name", SMALL)
def test_morse_index_by_finite_differences(name, rng):
    component = SMALL[name]()
    given = rng.standard_normal(component.shape)
    seen = []
    for critical in component.critical_points(given):
        spectrum = hessian_spectrum(lambda m: np.linalg.norm(m - given) ** 2, component, critical.point)
        assert signature_of(spectrum) == (critical.index, 0)
        seen.append(critical.index)
    assert len(set(seen)) > 1


@pytest.mark.parametrize("name", SMALL)
def test_a_repeated_singular_value_makes_the_hessian_degenerate(name):
    """A nearest point to one with all singular values equal: the family has the dimension of the null space."""
    component = SMALL[name]()
    blocks = {}
    for i, (block, r) in enumerate(zip(component.blocks, component.ranks, strict=True)):
        if r:
            over = algebra(block.field)
            blocks[i] = (
                over.columns(over.identity(block.rows), 0, block.max_rank),
                over.identity(block.cols)[:, : over.order * block.max_rank],
            )
    given = component.space.hom.dense(blocks, np.dtype(float))
    nearest = component.project(given)
    with pytest.raises(ev.NonGenericDataError) as error:
        component.critical_points(given)
    spectrum = hessian_spectrum(lambda m: np.linalg.norm(m - given) ** 2, component, nearest.point)
    assert not nearest.is_unique
    assert signature_of(spectrum) == (0, nearest.family_dim) == (0, error.value.dimension)
    assert nearest.family_dim > 0


@every_space
def test_critical_points_of_every_space(space, rng):
    given = rng.standard_normal(space.shape)
    triples = space.singular_triples(given)
    full = type(space)(space.hom).project(given)
    components = list(islice(space.components(), 3))
    for component in components:
        found = component.critical_points(given)
        first = list(islice(found, 4))
        assert len(first) == min(4, found.count)
        np.testing.assert_allclose(first[0].point, component.project(given).point, atol=1e-12)
        for p in first:
            lost = 0.0
            for i, (block, (_, s, _)) in enumerate(zip(space.blocks, triples, strict=True)):
                kept = p.kept.get(block.label, ())
                assert len(kept) == component.ranks[i]
                lost += block.irrep_dim * np.delete(s, kept) @ np.delete(s, kept)
            assert p.squared_distance == pytest.approx(full.distance**2 + lost, rel=1e-10)
            assert p.squared_distance == pytest.approx(np.linalg.norm(given - p.point) ** 2, rel=1e-10)
            along = component.tangent_space(p.point).project(given - p.point)
            assert np.linalg.norm(along) <= 1e-11 * np.linalg.norm(given)
            assert p.ranks == component.ranks
            assert not p.point.flags.writeable
    everywhere = space.critical_points(given)
    assert everywhere.count == space.ed_degree
    if everywhere.count <= 200:
        each = sorted(p.squared_distance for c in space.components() for p in c.critical_points(given))
        np.testing.assert_allclose([p.squared_distance for p in everywhere], each, rtol=1e-10)
    assert next(iter(everywhere)).squared_distance == pytest.approx(space.project(given).distance ** 2, rel=1e-10)


def test_selections_against_all_subsets(rng):
    for _ in range(60):
        sizes = rng.integers(0, 5, rng.integers(1, 4)).tolist()
        ranks = [int(rng.integers(0, n + 1)) for n in sizes]
        # Small integers: many ties, and sums without rounding.
        values = [np.sort(rng.integers(0, 6, n))[::-1].astype(float) for n in sizes]
        found = list(ranked_selections(values, ranks))
        assert len(found) == prod(comb(n, r) for n, r in zip(sizes, ranks, strict=True))
        assert len({tuple(s.kept(i) for i in range(len(sizes))) for s in found}) == len(found)
        lefts = [s.left for s in found]
        assert lefts == sorted(lefts)
        for s in found:
            left = 0.0
            for i, v in enumerate(values):
                kept = s.kept(i)
                assert list(kept) == sorted(set(kept))
                assert len(kept) == ranks[i]
                left += sum(v) - sum(v[list(kept)])
                larger = [(j, k) for j in kept for k in range(len(v)) if k < j and k not in kept]
                assert s.inversions(i) == len(larger)
            assert left == s.left


def test_selections_of_all_components_against_all_subsets(rng):
    for _ in range(30):
        caps = tuple(rng.integers(1, 4, 3).tolist())
        weights = tuple(rng.integers(1, 4, 3).tolist())
        most = RankBudget(weights, caps, 0).max_rank
        budget = RankBudget(weights, caps, int(rng.integers(0, most + 1)))
        values = [np.sort(rng.random(c))[::-1] for c in caps]
        expected = []
        for vector in budget.maximal_vectors():
            for kept in product(*(combinations(range(c), r) for c, r in zip(caps, vector, strict=True))):
                expected.append(sum(v.sum() - v[list(k)].sum() for v, k in zip(values, kept, strict=True)))
        found = [s.left for s in ranked_selections_of_all(values, budget)]
        np.testing.assert_allclose(found, sorted(expected), atol=1e-12)


def test_astronomically_many_are_listed_lazily(rng):
    space = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)
    given = rng.standard_normal(space.shape)
    component = space.component((7, *[4] * 7, *[3] * 6, 0))
    assert component.is_component
    for variety in (component, space):
        found = variety.critical_points(given)
        start = perf_counter()
        first = list(islice(found, 10))
        assert perf_counter() - start < 1.0
        distances = [p.squared_distance for p in first]
        assert distances == sorted(distances)
        assert len({tuple(p.kept.items()) for p in first}) == 10
        assert found.count == variety.ed_degree > 10**40
        assert "of them" in repr(found)
    assert first[0].squared_distance == pytest.approx(space.project(given).distance ** 2)


def test_results_are_values(rng):
    component = ev.linear_maps(3, 3).stratum([1])
    given = rng.integers(-9, 10, (3, 3))
    found = component.critical_points(given)
    assert isinstance(found, CriticalPoints)
    assert [p.squared_distance for p in found] == [p.squared_distance for p in found]
    assert "distinct" in found.hypothesis
    assert next(iter(found)).point.dtype == np.float64
    single = component.critical_points(given.astype(np.float32))
    assert next(iter(single)).point.dtype == np.float32
    np.testing.assert_allclose([p.squared_distance for p in single], [p.squared_distance for p in found], rtol=1e-5)
    for scale in (1e-100, 1e100):
        scaled = component.critical_points(scale * given)
        np.testing.assert_allclose(
            [p.squared_distance / scale / scale for p in scaled], [p.squared_distance for p in found]
        )
        np.testing.assert_allclose(next(iter(scaled)).point / scale, next(iter(found)).point, atol=1e-12)


def test_unions_of_strata(rng):
    component = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component([1, 1, 0])
    given = rng.standard_normal((9, 9))
    locus = component.singular_locus()
    found = locus.critical_points(given)
    expected = sorted(p.squared_distance for s in locus for p in s.critical_points(given))
    assert found.count == locus.ed_degree == len(expected)
    assert [p.squared_distance for p in found] == expected
    empty = ev.linear_maps(2, 2).component([2]).singular_locus()
    assert list(empty.critical_points(np.eye(2))) == []
    with pytest.raises(ValueError, match="complex"):
        component.singular_locus("complex").critical_points(given)


class TestNonGeneric:
    def dimension(self, variety, given):
        with pytest.raises(ev.NonGenericDataError) as error:
            variety.critical_points(given)
        assert "Fix:" in str(error.value)
        return error.value.dimension

    def test_vanishing_singular_values(self):
        component = ev.linear_maps(3, 3).stratum([1])
        assert self.dimension(component, np.diag([2.0, 1.0, 0.0])) == 0
        assert self.dimension(component, np.zeros((3, 3))) == -1
        assert self.dimension(ev.linear_maps(4, 4).stratum([2]), np.diag([2.0, 1.0, 1.0, 0.0])) == 1
        assert self.dimension(ev.linear_maps(3, 3).stratum([2]), np.diag([1.0, 0.0, 0.0])) == -1

    def test_blocks_add(self):
        """The identity on two copies: every block is the unit matrix, over R, C and H."""
        space = ev.equivariant_maps(twice(known("Q8_regular")))
        assert self.dimension(space.stratum([1, 1, 0, 0, 1]), np.eye(16)) == 1 + 1 + 4
        space = ev.equivariant_maps(ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)", degree=6))
        assert self.dimension(space.stratum([1, 1]), np.eye(6)) == 1 + 2
        assert self.dimension(space.stratum([2, 1]), np.eye(6)) == 2
        without_constants = np.eye(6) - np.kron(np.eye(2), np.full((3, 3), 1 / 3))
        assert self.dimension(space.stratum([0, 1]), without_constants) == 2
        assert self.dimension(space.stratum([1, 1]), without_constants) == -1

    def test_only_blocks_that_matter(self):
        space = ev.equivariant_maps(ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)", degree=6))
        assert space.stratum([2, 0]).critical_points(np.eye(6)).count == 1
        assert space.critical_points(np.eye(6)).count == 1
        assert [p.squared_distance for p in space.stratum([2, 0]).critical_points(np.eye(6))] == [pytest.approx(4.0)]

    def test_the_largest_dimension_over_all_components(self):
        group = ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)", degree=6)
        for rank in range(7):
            space = ev.equivariant_maps(group, rank=rank)
            dims = [0]
            for component in space.components():
                try:
                    component.critical_points(np.eye(6))
                except ev.NonGenericDataError as error:
                    dims.append(error.dimension)
            if len(dims) == 1:
                assert space.critical_points(np.eye(6)).count == space.num_components()
            else:
                assert self.dimension(space, np.eye(6)) == max(dims)

    @pytest.mark.parametrize("matrix", [np.eye(2), np.full((3, 3), np.nan), "text", None])
    def test_bad_input(self, matrix):
        for variety in (ev.linear_maps(3, 3).stratum([1]), ev.linear_maps(3, 3, rank=1)):
            with pytest.raises((TypeError, ValueError), match="matrix must be"):
                variety.critical_points(matrix)


def test_largest_sums_over_maximal_vectors(rng):
    for _ in range(60):
        caps = tuple(rng.integers(0, 4, 3).tolist())
        weights = tuple(rng.integers(1, 4, 3).tolist())
        most = RankBudget(weights, caps, 0).max_rank
        budget = RankBudget(weights, caps, int(rng.integers(0, most + 1)))
        columns = [[None if rng.random() < 0.3 else int(rng.integers(0, 9)) for _ in range(c + 1)] for c in caps]
        chosen = [[column[r] for column, r in zip(columns, v, strict=True)] for v in budget.maximal_vectors()]
        expected = max((sum(c) for c in chosen if None not in c), default=None)
        assert largest_sum(columns, budget) == expected


def test_families_of_equal_values():
    assert multiplicities(np.array([2.0, 2.0, 1.0, 0.0]), 1e-9, 1e-9) == (2, 1)
    assert multiplicities(np.zeros(2), 1e-9, 1e-9) == ()
    data = BlockData(MapBlock("H4", "H", 4, 5, 5), (3, 2))
    assert [data.dimension(r) for r in range(6)] == [0, 8, 12, 12, 8, 0]
    assert not any(data.is_generic(r) for r in range(1, 5))
    assert data.is_generic(0)
    assert data.is_generic(5)
