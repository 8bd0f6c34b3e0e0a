"""Equations vanish exactly where they should, and their Jacobian has the codimension as its rank."""

from __future__ import annotations

import keyword
import re
from dataclasses import FrozenInstanceError
from functools import lru_cache
from itertools import combinations

import numpy as np
import pytest
import sympy

import equivariety as ev
from equivariety.varieties import Component, Equations
from equivariety.varieties.equations import entry_coordinates
from equivariety.varieties.equations.cyclotomic import real_cyclotomic
from equivariety.varieties.equations.real_equations import real_equations
from varieties.equation_instances import INSTANCES, doubled, named_group

COORDINATES = ("blocks", "entries")


@lru_cache
def component_of(name: str) -> Component:
    return INSTANCES[name]()


@lru_cache
def system_of(name: str, coordinates: str) -> Equations:
    return component_of(name).equations(coordinates)  # type: ignore[arg-type]


def size(residuals: np.ndarray) -> float:
    return float(np.abs(residuals).max(initial=0.0))


@pytest.mark.parametrize("coordinates", COORDINATES)
@pytest.mark.parametrize("name", INSTANCES)
class TestVariety:
    def test_members_are_zeros_and_the_rank_is_the_codimension(
        self, name: str, coordinates: str, rng: np.random.Generator
    ) -> None:
        component, equations = component_of(name), system_of(name, coordinates)
        for _ in range(2):
            member = component.sample(rng)
            assert size(equations.residuals(member)) < 1e-10
            jacobian = equations.jacobian(member)
            values = np.linalg.svd(jacobian, compute_uv=False)
            codim = len(equations.variables) - component.dim
            assert values[codim - 1] > 1e-6 * values[0]
            assert values[codim:].max(initial=0.0) < 1e-10 * values[0]

    def test_members_of_larger_strata_are_no_zeros(self, name: str, coordinates: str, rng: np.random.Generator) -> None:
        component, equations = component_of(name), system_of(name, coordinates)
        space = ev.varieties.RankBoundedMaps(component.space.hom)
        for i, block in enumerate(component.blocks):
            if component.ranks[i] < block.max_rank:
                ranks = [r + (i == k) for k, r in enumerate(component.ranks)]
                larger = space.stratum(ranks).sample(rng)
                assert size(equations.residuals(larger)) > 1e-3

    def test_what_is_shown(self, name: str, coordinates: str) -> None:
        component, equations = component_of(name), system_of(name, coordinates)
        ambient = component.space.hom.dim if coordinates == "blocks" else np.prod(component.shape)
        names = [v.name for v in equations.variables]
        assert equations.coordinates == coordinates
        assert len(set(names)) == len(names) == ambient
        assert all(re.fullmatch("[A-Za-z][A-Za-z0-9]*", v) and not keyword.iskeyword(v) for v in names)
        assert str(equations).count("= 0") == min(len(equations), 40)
        assert all(latex.count("{") == latex.count("}") for latex in [equations._repr_latex_()])
        assert equations.is_exact


@pytest.mark.parametrize("name", INSTANCES)
def test_linear_equations_are_those_of_the_orbitals(name: str) -> None:
    component, equations = component_of(name), system_of(name, "entries")
    m, n = component.shape
    count = m * n - component.space.hom.dim
    linear = equations.elements[:count]
    assert all(set(map(sum, p.itermonoms())) == {1} for p in linear)
    rows = equations.jacobian(np.zeros((m, n)))[:count]
    assert np.linalg.matrix_rank(rows) == count if count else True
    for indicator in (component.space.hom.basis().indicator(k).toarray() for k in range(component.space.hom.dim)):
        assert not (rows @ indicator.reshape(-1)).any()


@pytest.mark.parametrize("name", INSTANCES)
def test_number_of_equations(name: str) -> None:
    """Generators that are linearly independent: no equation more than the complex minors are."""
    component = component_of(name)
    expected = 0
    for factor in component.factors:
        scale = {"R": 1, "C": 1, "H": 2}[factor.field]
        if factor.rank < factor.max_rank:
            size = scale * factor.rank + 1
            minors = sympy.binomial(scale * factor.rows, size) * sympy.binomial(scale * factor.cols, size)
            expected += (2 if factor.field == "C" else 1) * minors
    assert len(system_of(name, "blocks")) == expected
    m, n = component.shape
    assert len(system_of(name, "entries")) == expected + m * n - component.space.hom.dim


class TestBlocks:
    def test_a_real_block_in_complex_bases_has_the_same_ideal(self, rng: np.random.Generator) -> None:
        """Real and imaginary parts of all minors are twice too many; a basis of their span is kept."""
        _, *x, z = sympy.ring("x0:6, z", sympy.ZZ)
        block = np.array(x, dtype=object).reshape(2, 3)
        left, right = (rng.integers(-3, 4, (2, k, k)).astype(object) for k in (2, 3))
        mixed = (left[0] + left[1] * z).dot(block).dot(right[0] + right[1] * z)
        equations = real_equations(mixed.tolist(), 2, "R", real_cyclotomic(4))
        assert len(equations) == 3
        singular = np.outer(rng.integers(-5, 6, 2), rng.integers(-5, 6, 3)).reshape(-1).tolist()
        assert [p(*singular) for p in equations] == [0, 0, 0]
        rank_two = rng.integers(-5, 6, 6).tolist()
        assert any(p(*rank_two) for p in equations)
        monomials = sorted({m for p in equations for m in p.itermonoms()})
        table = sympy.Matrix([[p.get(m, 0) for m in monomials] for p in equations])
        assert table.rank() == 3

    def test_real_minors(self, rng: np.random.Generator) -> None:
        equations = ev.linear_maps(3, 4, rank=2).component([2]).equations()
        matrix = rng.standard_normal((3, 4))
        expected = [np.linalg.det(matrix[:, list(cols)]) for cols in combinations(range(4), 3)]
        np.testing.assert_allclose(np.abs(equations.residuals(matrix)), np.abs(expected), atol=1e-12)

    def test_complex_minors_are_real_and_imaginary_parts(self, rng: np.random.Generator) -> None:
        component = ev.equivariant_maps(doubled(ev.groups.cyclic(3))).stratum({(1, 1): 2, (3, 2): 1})
        matrix = ev.varieties.RankBoundedMaps(component.space.hom).stratum([2, 2]).sample(rng)
        block = component.space.hom.block_matrices(matrix)[1]
        determinant = np.linalg.det(block)
        values = component.equations().residuals(matrix)
        np.testing.assert_allclose(sorted(np.abs(values)), sorted(np.abs([determinant.real, determinant.imag])))

    def test_quaternionic_minors_are_cubic_and_exact(self) -> None:
        component = ev.equivariant_maps(doubled(named_group("Q8_regular"))).stratum({"H4": 1})
        cubic = [p for p in component.equations().polynomials if p.total_degree() == 3]
        assert len(cubic) == 16
        assert {p.domain for p in cubic} == {sympy.ZZ}

    def test_zero_and_full_rank_are_linear(self) -> None:
        space = ev.equivariant_maps(ev.groups.rotation(3))
        assert len(space.stratum([3, 2, 2]).equations()) == 0
        assert str(space.stratum([3, 2, 2]).equations()) == "no equations"
        zero = space.stratum([0, 0, 0]).equations()
        assert {p.as_expr() for p in zero} == set(zero.variables)

    def test_names_follow_labels(self) -> None:
        space = ev.equivariant_maps(doubled(named_group("Q8_regular")))
        names = {v.name for v in space.stratum({}).equations().variables}
        assert {"xR1r1c1", "xR1n2r2c1", "wH4r2c2"} <= names

    def test_ready_for_groebner_bases(self) -> None:
        equations = ev.linear_maps(2, 3, rank=1).component([1]).equations()
        basis = sympy.groebner(list(equations), *equations.variables, order="grevlex")
        x = sympy.Symbol("x1m1r1c1")
        assert basis.contains(equations[0].as_expr() * x)
        assert not basis.contains(x)

    def test_a_matrix_that_is_not_equivariant_is_refused(self) -> None:
        equations = ev.equivariant_maps(ev.groups.cyclic(3)).stratum([1, 0]).equations()
        with pytest.raises(ValueError, match="equivariant"):
            equations.residuals([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


class TestEntries:
    def test_invariant_maps_give_minors_of_the_collapsed_matrix(self) -> None:
        equations = INSTANCES["invariant"]().equations("entries")
        assert str(equations[-1].as_expr()) == "m1c1*m2c2 - m1c2*m2c1"
        assert [str(p.as_expr()) for p in equations[:2]] == ["-m1c1 + m1c3", "-m1c1 + m1c4"]

    @pytest.mark.parametrize(
        ("name", "domain"),
        [
            ("rotation of 3x3, real and complex", "ZZ"),
            ("quaternions, twice", "ZZ"),
            ("dihedral of 3x3", "ZZ"),
            ("signed", "ZZ"),
            ("conjugates over Q(sqrt 5)", "QQ<sqrt(5)>"),
            ("dihedral of 5 points, twice", "QQ<sqrt(5)>"),
            ("alternating group on 12 points", "QQ<sqrt(5)>"),
            ("cyclic of order 7", "QQ<2*cos(2*pi/7)>"),
        ],
    )
    def test_coefficients_lie_in_a_small_field(self, name: str, domain: str) -> None:
        assert str(system_of(name, "entries").polynomials[0].domain) == domain

    @pytest.mark.parametrize("group", [ev.groups.cyclic(5), named_group("dihedral_5_pts")])
    def test_the_square_root_of_minus_and_plus_five_exchanges_conjugate_blocks(
        self, group: ev.PermutationGroup
    ) -> None:
        space = ev.equivariant_maps(doubled(group))
        root = sympy.sqrt(5)
        left, right = (space.stratum(r).equations("entries").polynomials for r in ([2, 1, 2], [2, 2, 1]))
        conjugates = {sympy.expand(p.as_expr().subs(root, -root)) for p in left}
        assert conjugates == {sympy.expand(p.as_expr()) for p in right}
        assert conjugates != {sympy.expand(p.as_expr()) for p in left}

    @pytest.mark.parametrize("name", ["conjugates over Q(sqrt 5)", "dihedral of 3x3", "quaternions, once"])
    def test_without_exact_vectors_coefficients_are_floats(
        self, name: str, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator
    ) -> None:
        monkeypatch.setattr(entry_coordinates, "isolating_vectors", lambda hom, block: None)
        component = component_of(name)
        equations = component.equations("entries")
        member = component.sample(rng)
        assert not equations.is_exact
        assert size(equations.residuals(member)) < 1e-10
        rank = np.linalg.matrix_rank(equations.jacobian(member), tol=1e-8)
        assert rank == len(equations.variables) - component.dim

    def test_a_field_of_large_degree_becomes_floats(
        self, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator
    ) -> None:
        monkeypatch.setattr(entry_coordinates, "EQUATION_FIELD_DEGREE", 2)
        component = component_of("cyclic of order 7")
        equations = component.equations("entries")
        assert not equations.is_exact
        assert size(equations.residuals(component.sample(rng))) < 1e-12

    def test_blocks_that_one_side_lacks_vanish(self) -> None:
        component = INSTANCES["two shifts that act together"]()
        assert any(block.rows * block.cols == 0 < block.rows + block.cols for block in component.blocks)
        residuals = component.equations("entries").residuals(np.zeros(component.shape))
        assert not residuals.any()


class TestUnion:
    @pytest.mark.parametrize(
        "space",
        [
            ev.linear_maps(3, 3, rank=1),
            ev.equivariant_maps(ev.groups.cyclic(3), rank=2),
            ev.equivariant_maps(ev.groups.cyclic(4), rank=2),
            ev.equivariant_maps(named_group("dihedral_5_pts"), rank=3),
            ev.equivariant_maps(ev.groups.SignedPermutationGroup([[1, 0, 2]], [[1, -1, -1]]), rank=2),
        ],
        ids=str,
    )
    def test_zeros_are_all_components(self, space: ev.varieties.RankBoundedMaps, rng: np.random.Generator) -> None:
        equations = space.equations()
        for component in space.components():
            assert size(equations.residuals(component.sample(rng))) < 1e-10
        whole = ev.varieties.RankBoundedMaps(space.hom)
        generic = next(whole.components()).sample(rng)
        assert size(equations.residuals(generic)) > 1e-4

    def test_the_circulant_determinant(self) -> None:
        equations = ev.equivariant_maps(ev.groups.cyclic(3), rank=2).equations()
        a, b, c = sympy.symbols("m1c1 m1c2 m1c3")
        assert sympy.expand(equations[-1].as_expr() - (a**3 + b**3 + c**3 - 3 * a * b * c)) == 0


class TestBadInput:
    @pytest.mark.parametrize("coordinates", ["block", "", None, 3, ["blocks"]])
    def test_unknown_coordinates(self, coordinates: object) -> None:
        with pytest.raises(ValueError, match="coordinates must be 'blocks' or 'entries'"):
            ev.linear_maps(2, 2, rank=1).component([1]).equations(coordinates)  # type: ignore[arg-type]

    @pytest.mark.parametrize("coordinates", COORDINATES)
    def test_too_many_minors_are_counted_first(self, coordinates: str) -> None:
        with pytest.raises(ValueError, match="at most 10000 minors; got 352568750625 minors"):
            ev.linear_maps(30, 30, rank=5).component([5]).equations(coordinates)

    @pytest.mark.parametrize("coordinates", COORDINATES)
    def test_minors_that_are_too_large(self, coordinates: str) -> None:
        with pytest.raises(ValueError, match="144 minors of about"):
            ev.linear_maps(12, 12, rank=10).component([10]).equations(coordinates)

    def test_too_many_entries(self) -> None:
        with pytest.raises(ValueError, match="2500"):
            ev.linear_maps(50, 50, rank=50).component([50]).equations("entries")
        with pytest.raises(ValueError, match="minors"):
            ev.linear_maps(20, 20, rank=9).equations()

    @pytest.mark.parametrize("method", ["residuals", "jacobian", "point"])
    def test_matrices_of_another_shape(self, method: str) -> None:
        equations = ev.linear_maps(2, 3, rank=1).component([1]).equations("entries")
        with pytest.raises(ValueError, match="shape"):
            getattr(equations, method)(np.zeros((3, 2)))


def test_equations_are_values() -> None:
    component = ev.linear_maps(2, 2, rank=1).component([1])
    one, other = component.equations(), component.equations()
    assert one == other
    assert hash(one) == hash(other)
    assert one != component.equations("entries")
    assert len(list(one)) == len(one) == 1
    with pytest.raises(FrozenInstanceError):
        one.variables = ()  # type: ignore[misc]
