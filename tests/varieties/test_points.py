"""Membership, singular points, tangent and normal spaces."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

import equivariety as ev
from equivariety.linalg import algebra
from equivariety.varieties import LinearSubspace, StrataUnion
from equivariety.varieties.ranks.maximal_vectors import maximal_vectors
from laws.registry import every_space, joints, known, square, twice
from oracles.matching import group_of
from oracles.read import signature, vectors

CYCLES = ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)", degree=6)
NAMED = {
    "rotation": lambda: ev.equivariant_maps(ev.groups.rotation(3), rank=4),
    "dense": lambda: ev.linear_maps(3, 4, rank=2),
    "two cycles": lambda: ev.equivariant_maps(CYCLES, rank=3),
    "quaternions": lambda: ev.equivariant_maps(twice(known("Q8_regular")), rank=4),
    "Frobenius group": lambda: ev.equivariant_maps(twice(known("F21_on_7")), rank=7),
    "square": lambda: ev.equivariant_maps(square(), rank=4),
    "signed": lambda: ev.equivariant_maps(joints(), rank=3),
    "invariant": lambda: ev.invariant_maps(ev.groups.rotation(3), outputs=4, rank=2),
    "two actions": lambda: ev.equivariant_maps(CYCLES, ev.groups.cyclic(3), rank=2),
}
some_spaces = pytest.mark.parametrize("space", [pytest.param(make(), id=name) for name, make in NAMED.items()])


@pytest.mark.parametrize("vector", [pytest.param(v, id=str(i)) for i, v in enumerate(vectors("sample_points"))])
def test_membership_and_singularity_of_exact_points(vector):
    matrix = np.array(vector["M"])
    for bound in vector["membership"]:
        space = ev.equivariant_maps(group_of(vector), rank=bound["r"])
        expected = {}
        for holding in bound["components_containing"]:
            expected.setdefault(str(signature(vector["blocks"], holding["rvec"])), []).append(holding["singular"])
        found, flags = {}, []
        for component in space.components():
            verdict = component.contains(matrix)
            if verdict:
                assert signature(space.blocks, verdict.ranks) == signature(vector["blocks"], vector["rvec_of_point"])
                at = component.is_singular_at(matrix)
                flags.append(at)
                found.setdefault(str(signature(component.blocks, component.ranks)), []).append(at.is_singular)
            else:
                assert verdict.block is not None
                assert verdict.block in verdict.reason
                over = [b for b, k, r in zip(space.hom.labels, verdict.ranks, component.ranks, strict=True) if k > r]
                assert verdict.block in over
        assert {k: sorted(v) for k, v in found.items()} == {k: sorted(v) for k, v in expected.items()}
        if flags:
            assert {at.num_components for at in flags} == {len(flags)}
            of_space = space.is_singular_at(matrix)
            assert of_space == (len(flags) > 1 or flags[0])
            assert of_space.num_components == len(flags)
        else:
            verdict = space.contains(matrix)
            assert f"rank {vector['rank']}, at most {bound['r']} allowed" in verdict.reason
            with pytest.raises(ValueError, match="matrix must be a member; got rank"):
                space.is_singular_at(matrix)


def test_verdicts_are_like_booleans(rng):
    space = ev.linear_maps(2, 2, rank=1)
    yes, no = space.contains(np.ones((2, 2))), space.contains(np.eye(2))
    assert yes == True  # noqa: E712
    assert no == np.False_
    assert no != yes
    assert no != True  # noqa: E712
    assert yes != "yes"
    assert yes == space.contains(np.zeros((2, 2))) == (not no)
    assert len({yes, True}) == len({no, False}) == 1
    assert yes.is_member is True
    assert (str(yes)[:4], str(no)[:3]) == ("yes:", "no:")
    assert repr(no).startswith("Membership(False, 'rank 2")
    singular = space.is_singular_at(np.zeros((2, 2)))
    assert singular == True == yes  # noqa: E712
    assert repr(singular).startswith("Singularity(True")
    with pytest.raises(AttributeError):
        yes.is_member = False


@some_spaces
def test_a_moved_entry_is_named(space, rng):
    """The two entries lie in one orbital, and one of them is the one that was changed."""
    if space.hom.dim == space.shape[0] * space.shape[1]:
        return
    member = next(space.components()).sample(rng)
    basis = space.hom.basis()
    sizes = np.bincount(basis.labels[basis.labels >= 0])
    spots = [tuple(e) for e in np.argwhere(basis.labels >= 0).tolist() if sizes[basis.labels[tuple(e)]] > 1]
    for _ in range(3):
        spot = spots[rng.integers(len(spots))]
        changed = member.copy()
        changed[spot] += 0.5
        for variety in (space, next(space.components()), StrataUnion([next(space.components())])):
            verdict = variety.contains(changed)
            assert not verdict
            assert verdict.ranks is None
            witness = verdict.mismatch
            assert spot in (witness.entry, witness.image)
            assert basis.labels[witness.entry] == basis.labels[witness.image]
            assert abs(witness.values[0] - witness.values[1]) == pytest.approx(0.5)
            assert witness.values[0] == changed[witness.entry]
            assert abs(witness.values[1]) == pytest.approx(abs(changed[witness.image]))
            assert str(witness) in verdict.reason
            assert verdict.distance == pytest.approx(np.linalg.norm(changed - space.hom.project(changed)))


def test_the_block_that_decides(rng):
    """The largest excess over the bounds, the smallest over those of a union, the smallest value to give up."""
    space = ev.equivariant_maps(CYCLES)
    constant, rest = np.full((6, 6), 1 / 6), np.eye(6) - np.kron(np.eye(2), np.full((3, 3), 1 / 3))
    for big, small in ((constant, rest), (rest, constant)):
        matrix = 3 * big + 2 * small
        large, other = ("(1,1)", "(3,2)") if big is constant else ("(3,2)", "(1,1)")
        found = space.stratum([0, 0]).contains(matrix)
        assert found.block == large
        assert "its singular value 3 (the largest of all blocks is 3)" in found.reason
        union = StrataUnion([space.stratum([2, 0]), space.stratum([0, 2])])
        assert union.contains(matrix).block == other
        assert ev.equivariant_maps(CYCLES, rank=2).contains(matrix).block == other
        assert union.contains(big)
        assert union.contains(big).ranks[large] > 0


def test_distances_are_in_the_units_of_the_matrix():
    space = ev.equivariant_maps(ev.groups.cyclic(3), rank=2)
    for scale in (1e-200, 1.0, 1e200):
        verdict = space.contains(scale * np.diag([1.0, 2.0, 3.0]))
        assert verdict.distance / scale == pytest.approx(2**0.5)
        assert verdict.mismatch.values == (pytest.approx(3 * scale), pytest.approx(scale))
        assert "its singular value 1e" in space.contains(scale * np.eye(3)).reason or scale == 1.0


def test_complex_members_have_verdicts():
    component = next(ev.equivariant_maps(ev.groups.cyclic(3), rank=1).components(field="complex"))
    assert component.contains(np.ones((3, 3)) * 1j)
    verdict = component.contains(np.eye(3))
    assert verdict.block == "(3,2)" or verdict.block == "(3,1)"
    assert "1j" in str(component.contains(np.diag([1j, 0, 0])).mismatch)
    assert not component.is_singular_at(np.ones((3, 3)))
    assert ev.linear_maps(3, 3, rank=2).complex_maps.component([2]).is_singular_at(np.diag([1j, 0, 0])).blocks == (
        "(1,1)",
    )
    with pytest.raises(ValueError, match="tolerance"):
        component.contains(np.eye(3), tolerance=2)


@some_spaces
def test_singular_locus_of_the_union(space, rng):
    locus = space.singular_locus()
    for stratum in space.strata():
        sample = stratum.sample(rng)
        verdict = space.is_singular_at(sample)
        components = [c for c in space.components() if stratum <= c]
        singular = len(components) > 1 or any(stratum <= s for s in components[0].singular_locus())
        assert verdict == singular == locus.contains(sample)
        assert verdict.num_components == len(components)
        assert str(len(components)) in verdict.reason or verdict.blocks or not verdict
        if singular:
            pieces = [s for s in locus if stratum <= s]
            at = locus.is_singular_at(sample)
            assert at == (len(pieces) > 1 or any(stratum <= s for s in pieces[0].singular_locus()))
            assert at.num_components == len(pieces)
    assert not any(a < b for a in locus for b in locus)


def test_large_singular_loci_are_refused():
    space = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)
    with pytest.raises(ValueError, match="is_singular_at"):
        space.singular_locus()


def test_maximal_vectors_by_brute_force(rng):
    for _ in range(30):
        given = rng.integers(0, 4, (int(rng.integers(1, 30)), 3))
        rows = [tuple(v) for v in given.tolist()]
        above = [v for v in rows if not any(w != v and all(a <= b for a, b in zip(v, w, strict=True)) for w in rows)]
        assert [tuple(v) for v in maximal_vectors(given).tolist()] == list(dict.fromkeys(above))
    assert maximal_vectors(np.zeros((3, 0), dtype=int)).shape == (1, 0)


def blocks_of(space, blocks):
    return space.hom.dense({i: (b, np.eye(b.shape[1], dtype=b.dtype)) for i, b in blocks.items()}, np.dtype(np.float64))


def point_and_velocities(space, ranks, components, rng, count):
    """A map of the given block ranks, and velocities there of curves within the components.

    With M = U V^*, the curve (U + t A)(V + t B)^* + t L R^* has the velocity A V^* + U B^* + L R^*, and stays in
    the component if L R^* has no more than its spare ranks.
    """
    gaussian = {i: algebra(b.field).gaussian for i, b in enumerate(space.blocks)}
    sides = [
        (gaussian[i](rng, b.rows, ranks[i]), gaussian[i](rng, b.cols, ranks[i])) for i, b in enumerate(space.blocks)
    ]
    point = blocks_of(space, {i: u @ v.conj().T for i, (u, v) in enumerate(sides)})
    velocities = []
    for component in components:
        for _ in range(count):
            blocks = {}
            for i, (b, (u, v)) in enumerate(zip(space.blocks, sides, strict=True)):
                a, c = gaussian[i](rng, b.rows, ranks[i]), gaussian[i](rng, b.cols, ranks[i])
                spare = component.ranks[i] - ranks[i]
                left, right = gaussian[i](rng, b.rows, spare), gaussian[i](rng, b.cols, spare)
                blocks[i] = a @ v.conj().T + u @ c.conj().T + left @ right.conj().T
            velocities.append(blocks_of(space, blocks))
    return point, velocities


@some_spaces
def test_tangent_spaces_are_spanned_by_velocities(space, rng):
    """For components and for their union, at smooth and at singular points."""
    strata = list(space.strata())
    for ranks in [strata[k].ranks for k in {0, len(strata) // 2, len(strata) - 1}]:
        through = list(space.components_through(ranks))
        for variety, components in ((space, through), (through[0], through[:1])):
            each = max(max(b.dim for b in space.blocks) + 4, space.hom.dim // len(components) + 5)
            point, velocities = point_and_velocities(space, ranks, components, rng, each)
            tangent = variety.tangent_space(point)
            rank = np.linalg.matrix_rank(np.array([v.ravel() for v in velocities]), tol=1e-8)
            assert tangent.dim == rank
            assert all(tangent.contains(v) for v in velocities[::7])


@some_spaces
def test_near_members_leave_the_tangent_space_by_squares(space, rng):
    for stratum in islice(space.strata(), 0, None, 4):
        point = stratum.sample(rng)
        component = next(space.components_through(stratum.ranks))
        for variety in (space, component):
            normal, direction = variety.normal_space(point), rng.standard_normal(space.shape)
            offs = []
            for step in (1e-3, 1e-5):
                near = variety.project(point + step * direction).point
                offs.append(np.linalg.norm(normal.project(near - point)) / step)
            assert offs[1] <= 1e-1 * offs[0] + 1e-9


@every_space
def test_tangent_and_normal_spaces_are_complements(space, rng):
    m, n = space.shape
    given = rng.standard_normal((m, n))
    for component in islice(space.components(), 2):
        sample = component.sample(rng)
        tangent, normal = component.tangent_space(sample), component.normal_space(sample)
        assert tangent.dim == component.dim
        assert not component.is_singular_at(sample)
        assert space.tangent_space(sample).dim == component.dim
        assert tangent.dim + normal.dim == m * n
        both = tangent.project(given), normal.project(given)
        np.testing.assert_allclose(both[0] + both[1], given, atol=1e-12)
        assert np.vdot(*both) == pytest.approx(0, abs=1e-11)
        for side, part in zip((tangent, normal), both, strict=True):
            assert side.contains(part)
            assert side.contains(given) == (side.dim == m * n)
            np.testing.assert_allclose(side.project(part), part, atol=1e-12)
            np.testing.assert_allclose(side.complement.project(part), np.zeros((m, n)), atol=1e-12)
        assert tangent.contains(sample)  # the variety is a cone
        residual = given - component.project(given).point
        nearest = component.project(given).point
        assert np.linalg.norm(component.tangent_space(nearest).project(residual)) <= 1e-12 * np.linalg.norm(given)


@some_spaces
def test_bases_are_orthonormal_and_span_the_projection(space, rng):
    component = next(space.components())
    given = rng.standard_normal(space.shape)
    for subspace in (component.tangent_space(component.sample(rng)), component.normal_space(component.sample(rng))):
        basis = np.asarray(subspace)
        assert basis.shape == (len(subspace), *space.shape) == (subspace.dim, *subspace.shape)
        flat = basis.reshape(len(basis), given.size)
        np.testing.assert_allclose(flat @ flat.T, np.eye(len(flat)), atol=1e-12)
        np.testing.assert_allclose(
            (flat.T @ (flat @ given.ravel())).reshape(given.shape), subspace.project(given), atol=1e-12
        )
        assert not subspace.basis.flags.writeable
        assert np.array(subspace, dtype=np.float32).dtype == np.float32


def test_large_spaces_work_without_a_basis(rng):
    space = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)
    component = next(space.components())
    sample = component.sample(rng)
    tangent = component.tangent_space(sample)
    assert isinstance(tangent, LinearSubspace)
    assert tangent.dim == component.dim
    assert tangent.contains(sample)
    with pytest.raises(ValueError, match="basis"):
        component.normal_space(sample).basis  # noqa: B018


def test_float32_members(rng):
    component = ev.linear_maps(4, 5, rank=2).component([2])
    sample = component.sample(rng).astype(np.float32)
    tangent = component.tangent_space(sample)
    assert tangent.dim == component.dim
    assert tangent.project(sample).dtype == np.float32
    assert tangent.contains(sample)


@pytest.mark.parametrize("method", ["is_singular_at", "tangent_space", "normal_space"])
def test_points_outside_are_refused(method):
    space = ev.equivariant_maps(ev.groups.rotation(3), rank=3)
    for variety in (space, next(space.components())):
        with pytest.raises(ValueError, match=r"matrix must be a member; got .*rank .* Fix"):
            getattr(variety, method)(np.eye(9))
        with pytest.raises(ValueError, match="matrix must be a member; got not equivariant"):
            getattr(variety, method)(np.diag(np.arange(9.0)))
        for wrong in (np.eye(8), np.full((9, 9), np.nan), "text"):
            with pytest.raises((TypeError, ValueError), match="matrix must be"):
                getattr(variety, method)(wrong)
        with pytest.raises(ValueError, match="tolerance"):
            getattr(variety, method)(np.zeros((9, 9)), tolerance=-1)


def test_bad_input_of_subspaces_and_unions():
    tangent = ev.linear_maps(3, 3, rank=1).tangent_space(np.zeros((3, 3)))
    for wrong in (np.eye(2), np.full((3, 3), np.inf), None):
        for ask in (tangent.project, tangent.contains):
            with pytest.raises((TypeError, ValueError), match="matrix must be"):
                ask(wrong)
    with pytest.raises(ValueError, match="tolerance"):
        tangent.contains(np.eye(3), "tight")
    empty = ev.linear_maps(2, 2).component([2]).singular_locus()
    assert not empty.contains(np.eye(2))
    with pytest.raises(ValueError, match="no points"):
        empty.is_singular_at(np.eye(2))


class TestFamiliesOfNearestPoints:
    def test_of_equal_singular_values(self):
        assert ev.linear_maps(3, 3, rank=1).project(np.eye(3)).family_dim == 2
        assert ev.linear_maps(3, 3, rank=2).project(np.diag([2.0, 1.0, 1.0])).family_dim == 1
        assert ev.linear_maps(3, 3, rank=1).project(np.diag([2.0, 1.0, 1.0])).family_dim == 0
        assert ev.linear_maps(3, 3, rank=2).project(np.diag([2.0, 0.0, 0.0])).family_dim == 0
        assert ev.linear_maps(4, 4).stratum([2]).project(np.eye(4)).family_dim == 4

    def test_over_other_fields(self):
        complex_block = ev.equivariant_maps(CYCLES).stratum([2, 1])
        assert complex_block.project(np.eye(6)).family_dim == 2
        quaternionic = ev.equivariant_maps(twice(known("Q8_regular"))).stratum([0, 0, 0, 0, 1])
        assert quaternionic.project(np.eye(16)).family_dim == 4

    def test_between_components_there_may_be_none(self):
        found = ev.equivariant_maps(ev.groups.cyclic(2), rank=1).project(np.eye(2))
        assert (found.is_unique, found.family_dim, len(found.alternatives)) == (False, 0, 1)
