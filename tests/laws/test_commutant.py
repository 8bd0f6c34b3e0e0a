"""Laws of the linear spaces behind the varieties: dimensions, certificates, orthogonal projection."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.linalg import algebra, truncate
from equivariety.representations.maps import equivariant_map
from laws.brute import matrix_of
from laws.brute_groups import brute_of, signed_matrix
from laws.registry import dihedral_generators, every_space, mixed

FIELD_DIM = {"R": 1, "C": 2, "H": 4}


def generators(space):
    """Matrices of the paired generators, from their images."""
    left = [signed_matrix(p) for p in space.hom.target.generators]
    right = [signed_matrix(p) for p in space.hom.source.generators]
    return list(zip(right, left, strict=True))


@every_space
def test_blocks_fill_the_solutions_of_the_commutation_equations(space):
    m, n = space.shape
    equations = [np.kron(np.eye(m), p.T) - np.kron(q, np.eye(n)) for p, q in generators(space)]
    singular = np.linalg.svd(np.concatenate(equations), compute_uv=False)
    solutions = m * n - int(np.count_nonzero(singular > 1e-9))
    assert sum(FIELD_DIM[b.field] * b.rows * b.cols for b in space.blocks) == solutions
    assert space.hom.dim == solutions == space.hom.num_orbitals == sum(b.dim for b in space.blocks)


@every_space
def test_ranks_of_blocks_match_projectors_built_from_characters(space):
    brute = brute_of(space)
    found = {b.label: b for b in space.blocks}
    expected = {name: i for i, name in enumerate(brute.names())}
    if space.hom.only_trivial:
        expected = {"(1,1)": expected["(1,1)"]}
    assert list(found) == list(expected)
    for name, i in expected.items():
        block = found[name]
        assert block.irrep_dim == brute.weights[i]
        assert block.rows * block.irrep_dim == round(np.trace(brute.left[i]))
        assert block.cols * block.irrep_dim == round(np.trace(brute.right[i]))
        expected_field = "R" if block.irrep_dim == 1 else "C"
        assert block.field == (brute.fields[i] if hasattr(brute, "fields") else expected_field)


@every_space
def test_block_matrices_are_the_orthogonal_projection(space, rng):
    given = rng.standard_normal(space.shape)
    full = type(space)(space.hom)
    nearest = full.project(given).point
    np.testing.assert_allclose(nearest, brute_of(space).average(given), atol=1e-12)
    blocks = space.hom.block_matrices(given)
    pairs = zip(space.blocks, blocks, strict=True)
    norm = sum(b.irrep_dim * algebra(b.field).squared_norm(z) for b, z in pairs)
    assert norm == pytest.approx(np.linalg.norm(nearest) ** 2, rel=1e-12, abs=1e-12)


@every_space
def test_decompositions_certify_themselves(space):
    for decomposition in (space.hom.source, space.hom.target):
        certificate = decomposition.certificate()
        assert certificate.ok
        assert certificate.commutant_dim == certificate.num_orbitals
        assert decomposition.residual() <= (1e-13 if len(decomposition.generators) == 1 else 1e-12)


@every_space
def test_dense_matrix_is_the_map_on_rows(space, rng, monkeypatch):
    member = next(space.components()).sample(rng)
    result = space.project(member)
    blocks = space.hom.block_matrices(member)
    factors = {
        i: truncate(algebra(block.field).svd(b), block.max_rank, algebra(block.field).order)
        for i, (block, b) in enumerate(zip(space.blocks, blocks, strict=True))
    }
    mapping = ev.EquivariantMap(space.hom, factors, np.float64)
    rows = rng.standard_normal((2, 3, space.shape[1]))
    np.testing.assert_allclose(mapping(rows), rows @ result.point.T, atol=1e-11)
    with monkeypatch.context() as patch:
        patch.setattr(equivariant_map, "_CHUNK_ENTRIES", 4 * space.shape[1])
        np.testing.assert_allclose(mapping(rows), rows @ result.point.T, atol=1e-11)
    np.testing.assert_allclose(np.asarray(mapping), member, atol=1e-11)
    assert mapping.equivariance_error() <= 1e-12
    assert mapping(rows.astype(np.float32)).dtype == np.float32
    assert mapping(rows[:, :0]).shape == (2, 0, space.shape[0])


def test_invariance_under_every_generator(rng):
    group = dihedral_generators()
    space = ev.invariant_maps(group, outputs=3, rank=2)
    member = next(space.components()).sample(rng)
    for p in group.generators:
        np.testing.assert_allclose(member @ matrix_of(p.images), member, atol=1e-12)
    equations = np.concatenate([matrix_of(p.images).T - np.eye(group.degree) for p in group.generators])
    fixed = group.degree - np.linalg.matrix_rank(equations)
    assert [(b.rows, b.cols) for b in space.blocks] == [(3, fixed)]


def test_odd_ranks_stay_in_the_commutant(rng):
    """A real SVD cut at an odd rank would split a complex pair and leave the commutant."""
    group = mixed()
    p = matrix_of(group.generators[0].images)
    given = rng.standard_normal((14, 14))
    for rank in range(1, 15, 2):
        point = ev.equivariant_maps(group, rank=rank).project(given).point
        assert np.linalg.norm(point @ p - p @ point) <= 1e-12 * np.linalg.norm(point)
        assert np.linalg.matrix_rank(point, tol=1e-10) <= rank
