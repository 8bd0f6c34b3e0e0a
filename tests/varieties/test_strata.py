"""Strata, their intersections and inclusions, unions, posets: against sets of rank vectors written out."""

from __future__ import annotations

import operator
from itertools import pairwise, product
from math import comb, prod

import numpy as np
import pytest

import equivariety as ev
from equivariety.varieties import DeterminantalVariety, RankBudget, StrataUnion, Variety
from equivariety.varieties.determinantal import determinantal_degree
from equivariety.varieties.ranks.rank_sums import binomial_coefficient, binomial_sum
from equivariety.varieties.ranks.top_dimension import top_degree
from laws.brute import rank_vectors
from laws.registry import every_space


def budgets(rng, count=40):
    for _ in range(count):
        size = int(rng.integers(1, 5))
        weights = tuple(int(w) for w in rng.integers(1, 4, size))
        caps = tuple(int(c) for c in rng.integers(0, 4, size))
        largest = sum(w * c for w, c in zip(weights, caps, strict=True))
        yield RankBudget(weights, caps, int(rng.integers(0, largest + 1)))


def feasible(budget):
    ranges = [range(c + 1) for c in budget.caps]
    return [v for v in product(*ranges) if budget.cost(v) <= budget.rank]


def test_feasible_vectors_and_their_number(rng):
    for budget in budgets(rng):
        assert list(budget.feasible_vectors()) == feasible(budget)
        assert budget.num_feasible == len(feasible(budget))


def test_maximal_vectors_above_a_feasible_one(rng):
    for budget in budgets(rng):
        every = rank_vectors(budget.weights, budget.caps, budget.rank)
        for vector in feasible(budget)[::3]:
            above = {v for v in every if all(a >= b for a, b in zip(v, vector, strict=True))}
            rest = budget.above(vector)
            found = [tuple(a + b for a, b in zip(vector, more, strict=True)) for more in rest.maximal_vectors()]
            assert len(found) == len(set(found)) == rest.count(exact=False)
            assert set(found) == above


def test_sums_over_maximal_vectors(rng):
    for budget in budgets(rng):
        every = rank_vectors(budget.weights, budget.caps, budget.rank)
        assert binomial_sum(budget) == sum(prod(map(comb, budget.caps, v)) for v in every)
        total = sum(prod(map(comb, budget.caps, v)) for v in feasible(budget) if budget.cost(v) == budget.rank)
        assert binomial_coefficient(budget.weights, budget.caps, budget.rank) == total
        steps = [np.sort(rng.choice(6, c, replace=False) + 1.0)[::-1] for c in budget.caps]  # many ties among blocks
        dims = [[0, *np.cumsum(own).astype(int).tolist()] for own in steps]
        degrees = [rng.integers(1, 4, c + 1).tolist() for c in budget.caps]
        sums = [(sum(d[r] for d, r in zip(dims, v, strict=True)), v) for v in feasible(budget)]
        largest = max(sums)[0]
        top = [prod(g[r] for g, r in zip(degrees, v, strict=True)) for dim, v in sums if dim == largest]

        def degree(block, rank, table=degrees):
            return table[block][rank]

        assert top_degree(steps, degree, budget) == (largest, sum(top))


@every_space
def test_components_by_dimension(space):
    if space.num_components(field="complex") > 1500:
        pytest.skip("covered by smaller spaces")
    for field in ("real", "complex"):
        for exact in (False, True):
            listed = list(space.components(field=field, order="dimension", exact_rank=exact))
            dims = [c.dim for c in listed]
            assert dims == sorted(dims, reverse=True)
            assert len(set(listed)) == len(listed)
            assert set(listed) == set(space.components(field=field, exact_rank=exact))
            assert len(listed) == space.num_components(field=field, exact_rank=exact)


@every_space
def test_facts_of_the_union(space):
    for family in (space, space.complex_maps):
        if family.num_components() > 1500:
            pytest.skip("covered by smaller spaces")
        components = list(family.components())
        largest = max(c.dim for c in components)
        assert family.dim == largest
        assert family.degree == sum(c.degree for c in components if c.dim == largest)
        assert family.ed_degree == sum(c.ed_degree for c in components)
        everything = StrataUnion(components)
        assert (everything.dim, everything.degree) == (family.dim, family.degree)
        assert everything.ed_degree == family.ed_degree
        assert set(everything) == set(components)


@every_space
def test_complexification_has_the_same_facts(space):
    for component in space.components():
        closure = component.complexification
        facts = [(v.dim, v.degree, v.ed_degree, v.rank, v.is_smooth) for v in (component, closure)]
        assert facts[0] == facts[1]
        assert closure.is_real
        assert closure in set(space.complex_maps.strata())
    # Complex components whose real points are dense are the closures of real components.
    closures = {c.complexification for c in space.components()}
    assert {c for c in space.components(field="complex") if c.is_real} <= closures


@every_space
def test_poset(space):
    if space.num_strata > 200:
        pytest.skip("covered by smaller spaces")
    poset = space.poset()
    strata = list(poset)
    vectors = feasible(space.budget)
    assert len(poset) == len(strata) == space.num_strata == len(vectors)
    assert {tuple(s.ranks) for s in strata} == set(vectors)
    assert set(poset.maximal) == set(space.components())
    assert strata[0].dim == 0
    assert sorted(i for row in poset.levels for i in row) == list(range(len(strata)))
    covers = set()
    for i, low in enumerate(strata):
        for j, high in enumerate(strata):
            below = all(a <= b for a, b in zip(low.ranks, high.ranks, strict=True))
            assert (low <= high) == (high >= low) == below
            assert (low < high) == (high > low) == (below and i != j)
            if low < high and not any(low < s < high for s in strata):
                covers.add((i, j))
    assert set(poset.covers) == covers
    assert len(poset.covers) == len(covers)


@every_space
def test_intersections(space, rng):
    strata = list(space.strata())
    picks = [strata[k] for k in rng.integers(0, len(strata), 6)]
    for C, D in pairwise(picks):
        both = C & D
        assert both <= C
        assert both <= D
        assert all(s <= both for s in strata if s <= C and s <= D)
        assert (both == C) == (C <= D)
        sample = both.sample(rng)
        assert C.contains(sample)
        assert D.contains(sample)


def test_intersections_across_rank_bounds():
    group = ev.groups.rotation(3)
    low, high = ev.equivariant_maps(group, rank=3), ev.equivariant_maps(group, rank=5)
    both = high.component({(1, 1): 3, (4, 3): 1}) & low.component({(1, 1): 1, (4, 3): 1})
    assert both == low.component({(1, 1): 1, (4, 3): 1})
    assert both.space.rank == 3


@pytest.mark.parametrize("operation", [operator.and_, operator.le, operator.ge, operator.lt, operator.gt])
def test_strata_of_other_maps_are_not_compared(operation):
    C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component([1, 1, 0])
    others = (
        ev.equivariant_maps(ev.groups.rotation(3), ev.groups.trivial(9), rank=3).stratum([1, 0, 0]),
        ev.linear_maps(9, 9, rank=3).component([3]),
        C.complexification,
    )
    for other in others:
        with pytest.raises(ValueError, match="other must be a stratum of maps between the same actions"):
            operation(C, other)
    with pytest.raises(TypeError, match="support"):
        operation(C, 3)


@every_space
def test_real_singular_locus(space, rng):
    for component in list(space.components())[:6]:
        locus = component.singular_locus()
        mins = [min(b.rows, b.cols) for b in component.blocks]
        drops = [i for i, (r, c) in enumerate(zip(component.ranks, mins, strict=True)) if 0 < r < c]
        expected = {tuple(r - (i == j) for j, r in enumerate(component.ranks)) for i in drops}
        assert {tuple(s.ranks) for s in locus} == expected
        assert locus.is_empty == (not drops) == component.is_smooth
        assert not locus.contains(component.sample(rng))
        for piece in locus:
            assert piece < component
            assert locus.contains(piece.sample(rng))
        assert locus.dim == max((p.dim for p in locus), default=-1)


def test_complex_singular_locus_of_a_complex_block():
    """Two conjugate pieces, each of dimension 3 and degree 2, that meet the real points in 0 alone."""
    C = ev.equivariant_maps(ev.groups.shift((2, 3), axis=1)).stratum({(3, 2): 1})
    locus = C.singular_locus("complex")
    assert [(s.dim, s.degree, tuple(s.ranks)) for s in locus] == [(3, 2, (0, 0, 1)), (3, 2, (0, 1, 0))]
    assert not any(s.is_real for s in locus)
    assert [(s.dim, tuple(s.ranks)) for s in C.singular_locus()] == [(0, (0, 0))]


def test_complex_singular_locus_of_a_quaternionic_block():
    """The complexified singular locus has odd rank 2r - 1."""
    from laws.registry import known, twice

    E = ev.equivariant_maps(twice(known("Q8_regular")))
    C = E.stratum({"H4": 1})
    locus = C.singular_locus("complex")
    assert [(s.ranks["H4"], s.dim, s.degree, s.is_real) for s in locus] == [(1, 7, 20, False)]
    assert [s.dim for s in C.singular_locus()] == [0]


@every_space
def test_complex_samples(space, rng):
    for component in list(space.components(field="complex"))[:5]:
        sample = component.sample(rng)
        assert sample.shape == space.shape
        assert component.contains(sample)
        assert np.linalg.matrix_rank(sample, tol=1e-9 * (1 + np.linalg.norm(sample))) == component.rank
        for g, h in zip(space.hom.source.generators, space.hom.target.generators, strict=True):
            np.testing.assert_allclose(sample @ g.matrix(), h.matrix() @ sample, atol=1e-10)
        assert not component.is_singular_at(sample)
        for piece in component.singular_locus():
            inside = piece.sample(rng)
            assert component.contains(inside)
            assert component.is_singular_at(inside)
            assert not piece.contains(sample)
        if component.is_real:
            real = next(c for c in space.components() if c.complexification == component).sample(rng)
            assert component.contains(real)


@every_space
def test_complex_membership_agrees_with_real_membership(space, rng):
    for component in list(space.components())[:4]:
        for other in list(space.components())[:4]:
            member = other.sample(rng)
            assert bool(component.complexification.contains(member)) == bool(component.contains(member))
    outside = rng.standard_normal(space.shape)
    top = next(space.components())
    assert bool(top.complexification.contains(outside)) == bool(top.contains(outside))


def test_complex_member_without_real_points(rng):
    """V(1 + x + ... ) for a 3-cycle: the eigenspace of one primitive root meets the real matrices in 0."""
    E = ev.equivariant_maps(ev.groups.cyclic(3), rank=1)
    root = next(c for c in E.components(field="complex") if c.ranks["(3,1)"])
    assert (root.dim, root.degree, root.ed_degree, root.is_real) == (1, 1, 0, False)
    sample = root.sample(rng)
    P = ev.groups.cyclic(3).matrix(0)
    np.testing.assert_allclose(P @ sample, sample @ P, atol=1e-12)
    assert abs(np.sum(sample**2)) < 1e-12  # isotropic: the distance has no critical point
    assert not root.contains(sample.real)
    assert root.contains(1j * sample)


def test_complex_matrices_are_checked():
    component = next(ev.equivariant_maps(ev.groups.cyclic(3), rank=1).components(field="complex"))
    with pytest.raises(ValueError, match="shape"):
        component.contains(np.eye(2))
    with pytest.raises(ValueError, match="finite"):
        component.contains(np.full((3, 3), np.nan))
    for wrong in ("text", [["a"] * 3] * 3, None):
        with pytest.raises(TypeError, match="numbers"):
            component.contains(wrong)
    with pytest.raises(TypeError, match="Generator"):
        component.sample(0)
    with pytest.raises(ValueError, match="got block"):
        component.is_singular_at(np.eye(3))


@pytest.mark.parametrize("field", ["R", "C", "H"])
def test_determinantal_facts(field):
    e = {"R": 1, "C": 2, "H": 4}[field]
    for rows, cols in product(range(5), repeat=2):
        for rank in range(7):
            M = DeterminantalVariety(field, rows, cols, rank)
            r = min(rank, rows, cols)
            assert M.rank == r
            assert DeterminantalVariety(field, rows, cols, r) == M
            assert M.dim == e * (rows * cols - (rows - r) * (cols - r))
            assert M.codim == e * (rows - r) * (cols - r)
            assert M.num_parameters - M.fiber_dim == M.dim
            assert M.is_linear == (M.dim in (0, e * rows * cols))
            assert M.degree >= 1
            assert (M.degree == 1) == M.is_linear
            assert M.degree == DeterminantalVariety(field, cols, rows, rank).degree
            assert M.singular_rank == (None if M.is_linear else r - 1)


def test_degree_of_hypersurfaces_and_segre_varieties():
    for n in range(2, 9):
        assert determinantal_degree(n, n, n - 1) == n  # the determinant
        for m in range(2, 9):
            assert determinantal_degree(m, n, 1) == comb(m + n - 2, n - 1)  # P^(m-1) x P^(n-1)
    # Symmetric functions: Giambelli's determinant of binomials, here by exact elimination.
    for m, n, r in ((5, 4, 2), (6, 6, 3), (7, 4, 2), (8, 5, 3)):
        size = n - r
        matrix = np.array(
            [[comb(m, m - r - i + j) if m - r - i + j >= 0 else 0 for j in range(size)] for i in range(size)]
        )
        assert determinantal_degree(m, n, r) == round(np.linalg.det(matrix.astype(float)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Q", 2, 2, 1), "field must be 'R', 'C' or 'H'"),
        (("R", -1, 2, 1), "rows must be an integer >= 0"),
        (("R", 2, 2.5, 1), "cols must be an integer >= 0"),
        (("R", 2, 2, None), "rank must be an integer >= 0"),
    ],
)
def test_determinantal_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        DeterminantalVariety(*arguments)


def test_bad_field_and_order():
    E = ev.equivariant_maps(ev.groups.cyclic(3), rank=2)
    for wrong in ("R", "Complex", None, 3):
        with pytest.raises(ValueError, match="field must be 'real' or 'complex'"):
            E.num_components(field=wrong)
        with pytest.raises(ValueError, match="field must be 'real' or 'complex'"):
            E.components(field=wrong)
        with pytest.raises(ValueError, match="field must be 'real' or 'complex'"):
            next(E.components()).singular_locus(wrong)
        with pytest.raises(ValueError, match="order must be 'rank' or 'dimension'"):
            E.components(order=wrong)


@pytest.mark.parametrize("wrong", ["yes", 2, None, []])
def test_exact_rank_is_a_truth_value(wrong):
    E = ev.equivariant_maps(ev.groups.cyclic(3), rank=2)
    for family in (E, E.complex_maps):
        with pytest.raises(TypeError, match="exact_rank must be True or False"):
            family.num_components(exact_rank=wrong)
        with pytest.raises(TypeError, match="exact_rank must be True or False"):
            family.components(exact_rank=wrong)


def test_large_posets_are_refused():
    with pytest.raises(ValueError, match=r"at most 10,000 strata; got \d+ of them"):
        ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99).poset()


def test_sizes():
    """Facts of the talk's space of 28x28 shifts, by independent sums where there are any."""
    E = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)
    C = E.component((13, 10, 9, 8, 7, 5, 3, 1, 0, 0, 0, 0, 0, 0, 0))
    ranks, e = (13, 10, 9, 8, 7, 5, 3, 1), (1, *[2] * 7)
    assert C.dim == sum(f * r * (56 - r) for f, r in zip(e, ranks, strict=True)) == 4717
    assert C.fiber_dim == C.num_parameters - C.dim == 5544 - 4717
    assert C.ed_degree == prod(comb(28, r) for r in ranks)
    assert C.degree == prod(determinantal_degree(28, 28, r) ** f for f, r in zip(e, ranks, strict=True))
    assert E.ed_degree > C.ed_degree
    assert E.num_components(field="complex") == 2313670597255751898787300468


def test_every_variety_answers_the_same_questions():
    E = ev.equivariant_maps(ev.groups.rotation(3), rank=3)
    C = E.component([1, 1, 0])
    for variety in (E, C, C.singular_locus(), ev.AlgebraicVariety(["x^2 = y^3"])):
        assert isinstance(variety, Variety)
    assert not isinstance(C.complexification, Variety)


@every_space
def test_unions_answer_as_their_components(space, rng):
    everything = StrataUnion(list(space.components())[:40])
    whole = len(everything) == space.num_components()
    given = rng.standard_normal(space.shape)
    nearest = everything.project(given)
    assert nearest.distance == pytest.approx(min(s.project(given).distance for s in everything), rel=1e-12)
    assert everything.contains(nearest.point)
    assert nearest.is_unique
    assert space.contains(space.sample(rng))
    assert everything.contains(everything.sample(rng))
    if whole:
        assert nearest.distance == pytest.approx(space.project(given).distance, rel=1e-12)
        assert everything.singular_locus() == space.singular_locus()
        for stratum in list(space.strata())[:20]:
            member = stratum.sample(rng)
            found, expected = everything.tangent_space(member), space.tangent_space(member)
            assert found.dim == expected.dim
            assert found.dim + everything.normal_space(member).dim == given.size
            np.testing.assert_allclose(found.project(given), expected.project(given), atol=1e-12)
            assert bool(everything.is_singular_at(member)) == bool(space.is_singular_at(member))


def test_ties_of_unions():
    E = ev.equivariant_maps(ev.groups.cyclic(2), rank=1)
    found = StrataUnion(E.components()).project(np.eye(2))
    assert not found.is_unique
    assert [tuple(r) for r in found.alternatives] == [(0, 1)]
    # The nearest point of both components is 0: one point.
    assert StrataUnion(E.components()).project([[0.0, 0.0], [0.0, 0.0]]).is_unique


def test_the_empty_union(rng):
    empty = StrataUnion([])
    assert (empty.is_empty, len(empty), empty.dim, empty.degree, empty.ed_degree) == (True, 0, -1, 0, 0)
    assert not empty.contains(np.eye(2))
    assert empty.singular_locus() == empty
    for ask in (empty.project, empty.tangent_space):
        with pytest.raises(ValueError, match="strata must be not empty"):
            ask(np.eye(2))
    with pytest.raises(ValueError, match="strata must be not empty"):
        empty.sample(rng)


def test_complex_unions_have_no_real_questions(rng):
    union = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component([1, 1, 0]).singular_locus("complex")
    assert union.contains(union.sample(rng))
    for ask in (union.project, union.tangent_space, union.critical_points):
        with pytest.raises(ValueError, match="strata must be real ones"):
            ask(np.eye(9))


def test_all_tied_components_are_listed():
    """The identity has singular values 1 alone: every component of exact rank is as near as any other."""
    for group, rank in ((ev.groups.rotation(3), 3), (ev.groups.dihedral(3), 3), (ev.groups.rotation(4), 2)):
        E = ev.equivariant_maps(group, rank=rank)
        found = E.project(np.eye(E.shape[1]))
        nearest = {
            tuple(c.ranks) for c in E.components() if c.project(np.eye(E.shape[1])).distance < found.distance + 1e-9
        }
        assert {tuple(found.ranks), *(tuple(r) for r in found.alternatives)} == nearest
        assert not found.is_unique


def test_complex_members_of_any_size(rng):
    for component in list(ev.equivariant_maps(ev.groups.rotation(3), rank=3).components(field="complex"))[:4]:
        sample = component.sample(rng)
        for scale in (1e-300, 1e-150, 1e150, 1e300):
            assert component.contains(scale * sample / np.abs(sample).max())
    assert component.contains(np.full((9, 9), 1.7e308))
    with pytest.raises(ValueError, match="masked"):
        component.contains(np.ma.masked_all((9, 9)))


def conjugates(space, ranks):
    """The component of a complex rank vector and its conjugate: together they have rational equations."""
    found = space.complex_maps.stratum(ranks)
    turned = list(found.ranks)
    for i, block in enumerate(found.blocks):
        if block.field == "C" and i and found.blocks[i - 1].real_block == block.real_block:
            turned[i - 1], turned[i] = turned[i], turned[i - 1]
    return StrataUnion([found, space.complex_maps.stratum(turned)])


def test_ed_degrees_of_complex_components_by_groebner_bases():
    """Real coordinates x + iy of a block of type C, orthonormal up to a common factor, and of one of type H."""
    names = [f"{part}{i}{j}" for part in "xy" for i in "12" for j in "12"]
    real = "(x11*x22 - y11*y22 - x12*x21 + y12*y21)"
    imaginary = "(x11*y22 + y11*x22 - x12*y21 - y12*x21)"
    space = ev.equivariant_maps(ev.groups.shift((2, 3), axis=1))
    for ranks, equations in (
        ({"(3,2)": 1, "(3,1)": 2}, [f"{real}^2 + {imaginary}^2"]),  # one of two conjugate determinants vanishes
        ({"(3,2)": 1, "(3,1)": 1}, [real, imaginary]),
    ):
        expected, found = ev.AlgebraicVariety(equations, names), conjugates(space, ranks)
        assert (found.dim, found.degree, found.ed_degree) == (expected.dim, expected.degree, expected.ed_degree)
    line = ev.AlgebraicVariety(["a + b + c", "a^2 + b^2 + c^2 - a*b - b*c - c*a"])  # circulants of one primitive root
    roots = conjugates(ev.equivariant_maps(ev.groups.cyclic(3)), {"(3,2)": 1})
    assert (roots.dim, roots.degree, roots.ed_degree) == (line.dim, line.degree, line.ed_degree) == (1, 2, 0)
    from laws.registry import known

    odd = ev.equivariant_maps(known("Q8_regular")).complex_maps.stratum({"H4": 1})
    norm = ev.AlgebraicVariety(["a^2 + b^2 + c^2 + d^2"])  # the quaternions whose complex adjoint is singular
    assert (odd.dim, odd.degree, odd.ed_degree) == (norm.dim, norm.degree, norm.ed_degree) == (3, 2, 0)
