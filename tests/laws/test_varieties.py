"""Laws of every rank-bounded space and of its components."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from equivariety.linalg import algebra, truncate
from equivariety.representations import EquivariantMap
from laws.brute import rank_vectors
from laws.brute_groups import brute_of
from laws.registry import every_space


def some_strata(space, rng, count=6):
    """The first components, and random feasible vectors that need not be maximal."""
    yield from islice(space.components(), count)
    for _ in range(3):
        left = space.rank
        vector = []
        for block in space.blocks:
            r = int(rng.integers(0, min(block.max_rank, left // block.irrep_dim) + 1))
            left -= r * block.irrep_dim
            vector.append(r)
        yield space.stratum(vector)


def random_factors(component, rng):
    factors = {}
    for i, (block, r) in enumerate(zip(component.blocks, component.ranks, strict=True)):
        factors[i] = tuple(algebra(block.field).gaussian(rng, size, r) for size in (block.rows, block.cols))
    return factors


def dense(space, factors):
    return np.asarray(EquivariantMap(space.hom, {i: (a.copy(), b.copy()) for i, (a, b) in factors.items()}, np.float64))


@every_space
def test_samples_are_contained(space, rng):
    for component in some_strata(space, rng):
        sample = component.sample(rng)
        assert sample.shape == space.shape
        assert component.contains(sample)
        assert space.contains(sample)
        assert np.linalg.matrix_rank(sample, tol=1e-9) == component.rank
        assert component.rank <= space.rank


@every_space
def test_samples_lie_in_no_linear_subspace(space, rng):
    for component in islice(space.components(), 2):
        dims = [b.dim for b, r in zip(component.blocks, component.ranks, strict=True) if r]
        samples = np.array([component.sample(rng).ravel() for _ in range(sum(dims) + 2)])
        assert np.linalg.matrix_rank(samples, tol=1e-8) == sum(dims)


@every_space
def test_a_sample_of_higher_rank_is_not_contained(space, rng):
    for component in some_strata(space, rng):
        sample = component.sample(rng)
        for i, r in enumerate(component.ranks):
            if r:
                lower = list(component.ranks)
                lower[i] -= 1
                assert not space.stratum(lower).contains(sample)
    if space.rank:
        whole = type(space)(space.hom, space.rank - 1)
        top = next(space.components())
        if top.rank == space.rank:
            assert not whole.contains(top.sample(rng))


@every_space
def test_matrices_off_the_commutant_are_rejected(space, rng):
    matrix = rng.standard_normal(space.shape)
    everything = space.hom.dim == space.shape[0] * space.shape[1]
    full = type(space)(space.hom)
    assert full.contains(matrix) == everything
    if not everything:
        inside = next(space.components()).sample(rng)
        scale = np.linalg.norm(inside) or 1.0
        outside = matrix - full.project(matrix).point
        outside *= scale / np.linalg.norm(outside)
        assert not space.contains(inside + 1e-6 * outside)
        if space.rank:
            assert space.contains(inside + 1e-6 * outside, tolerance=1e-4)


@every_space
def test_projection_is_contained_idempotent_and_measured_from_the_given_matrix(space, rng):
    given = rng.standard_normal(space.shape)
    for variety in (space, *some_strata(space, rng, 3)):
        result = variety.project(given)
        assert variety.contains(result.point)
        assert space.stratum(result.ranks).contains(result.point)
        assert result.distance == pytest.approx(np.linalg.norm(given - result.point), rel=1e-12)
        again = variety.project(result.point)
        assert again.distance <= 1e-12 * np.linalg.norm(given)
        np.testing.assert_allclose(again.point, result.point, atol=1e-12 * np.linalg.norm(given))
        assert not result.point.flags.writeable
        assert result.is_unique


@every_space
def test_members_are_their_own_projection(space, rng):
    for component in some_strata(space, rng):
        member = component.sample(rng)
        for variety in (component, space):
            result = variety.project(member)
            np.testing.assert_allclose(result.point, member, atol=1e-12 * (1 + np.linalg.norm(member)))
            assert result.distance <= 1e-12 * (1 + np.linalg.norm(member))


@every_space
def test_no_point_of_a_component_is_nearer_than_the_projection(space, rng):
    given = rng.standard_normal(space.shape)
    best = space.project(given)
    for component in some_strata(space, rng):
        nearest = component.project(given)
        assert best.distance <= nearest.distance + 1e-12
        # Along the variety: perturbed factors of the nearest point, and samples at their best scale.
        blocks = space.hom.block_matrices(given)
        factors = {
            i: truncate(algebra(block.field).svd(b), r, algebra(block.field).order)
            for i, (block, b, r) in enumerate(zip(space.blocks, blocks, component.ranks, strict=True))
        }
        np.testing.assert_allclose(dense(space, factors), nearest.point, atol=1e-12)
        for size in (1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6):
            step = random_factors(component, rng)
            moved = {i: (a + size * step[i][0], b + size * step[i][1]) for i, (a, b) in factors.items()}
            assert np.linalg.norm(given - dense(space, moved)) >= nearest.distance - 1e-12
        for _ in range(5):
            sample = component.sample(rng)
            weight = np.vdot(sample, sample)
            scaled = sample * (np.vdot(sample, given) / weight if weight else 0.0)
            assert np.linalg.norm(given - scaled) >= nearest.distance - 1e-12


@every_space
def test_projection_on_the_union_is_the_nearest_over_all_components(space, rng):
    brute = brute_of(space)
    for scale in (1.0, 1e-3):
        given = scale * rng.standard_normal(space.shape)
        distance, ranks, point = next(brute.nearest(given, space.rank))
        result = space.project(given)
        assert result.distance == pytest.approx(distance, rel=1e-10)
        np.testing.assert_allclose(result.point, point, atol=1e-10 * scale)
        assert result.ranks.by_label == {label: ranks[label] for label in result.ranks.labels}
        everywhere = min(c.project(given).distance for c in islice(space.components(), 200))
        assert result.distance <= everywhere * (1 + 1e-12)


@every_space
def test_components_are_the_maximal_vectors(space):
    weights = [b.irrep_dim for b in space.blocks]
    caps = [min(b.rows, b.cols) for b in space.blocks]
    expected = rank_vectors(weights, caps, space.rank)
    listed = list(space.components())
    assert sorted(tuple(c.ranks) for c in listed) == sorted(expected)
    assert space.num_components() == len(expected)
    assert all(c.is_component and space.component(c.ranks) == c for c in listed)
    attained = [c for c in listed if c.rank == space.rank]
    assert space.num_components(exact_rank=True) == len(attained)
    assert list(space.components(exact_rank=True)) == attained == listed[: len(attained)]
    assert space.dim == max(c.dim for c in listed)
    assert isinstance(space.dim, int)


@every_space
def test_dim_is_the_rank_of_the_jacobian_of_the_factors(space, rng):
    for component in some_strata(space, rng, 2):
        base = random_factors(component, rng)
        columns = []
        for i, pair in base.items():
            over = algebra(space.blocks[i].field)
            for side, factor in enumerate(pair):
                parts = over.to_real(factor)
                for entry in np.ndindex(parts.shape):
                    ends = []
                    for sign in (1, -1):
                        moved, step = list(pair), np.zeros(parts.shape)
                        step[entry] = sign * 0.5
                        moved[side] = factor + over.from_real(step)
                        ends.append(dense(space, base | {i: tuple(moved)}).ravel())
                    columns.append(ends[0] - ends[1])
        rank = np.linalg.matrix_rank(np.array(columns), tol=1e-8) if columns else 0
        assert component.dim == rank
        # Every real entry of a factor was one column.
        assert component.num_parameters == len(columns)


@every_space
def test_float32_is_kept(space, rng):
    given = rng.standard_normal(space.shape).astype(np.float32)
    result = space.project(given)
    assert result.point.dtype == np.float32
    wide = space.stratum(result.ranks).project(given.astype(np.float64))
    np.testing.assert_allclose(result.point, wide.point, atol=1e-5)
    assert space.contains(result.point)
    assert space.project(given.astype(np.float64).tolist()).point.dtype == np.float64


@every_space
def test_projection_scales_with_the_matrix(space, rng):
    given = rng.standard_normal(space.shape)
    unit = space.project(given)
    for scale in (1e-100, 1e-30, 1e30, 1e100):
        result = space.project(scale * given)
        np.testing.assert_allclose(result.point / scale, unit.point, atol=1e-12)
        assert result.distance / scale == pytest.approx(unit.distance, rel=1e-10, abs=1e-12)
        assert space.contains(scale * unit.point)
