"""Isotypic decompositions of random permutations, and the base changes of the talk."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import equivariety as ev
from equivariety.representations import (
    CyclicDecomposition,
    block_circulant_basis,
    complex_fourier_basis,
    real_orthogonal_basis,
)
from laws.brute import average, matrix_of, projectors

TALK = ev.Permutation.from_cycles("(1 3 4)(2 5)", degree=5)


@st.composite
def permutations(draw):
    n = draw(st.integers(1, 30))
    if draw(st.booleans()):
        return ev.Permutation(draw(st.permutations(range(n))))
    # Equal and consecutive cycles, which random permutations rarely have.
    length = draw(st.integers(1, n))
    points = np.arange(n)
    head = points[: n // length * length].reshape(-1, length)
    turned = np.roll(head, draw(st.integers(-2, 2)), axis=1)
    return ev.Permutation(np.concatenate([turned.ravel(), points[head.size :]]))


@given(permutations(), st.sampled_from([(), (1,), (4,), (0,), (2, 3)]), st.integers(0, 2**32 - 1))
def test_split_and_assemble(permutation, leading, seed):
    dec = ev.isotypic_decomposition(ev.PermutationGroup([permutation]))
    x = np.random.default_rng(seed).standard_normal((*leading, permutation.degree))
    for dtype, tolerance in ((np.float64, 1e-12), (np.float32, 1e-5)):
        given_x = x.astype(dtype)
        parts = dec.split(given_x)
        assert [p.shape for p in parts] == [
            (*leading, b.multiplicity, 1 if b.field == "R" else 2, 1) for b in dec.blocks
        ]
        assert all(p.dtype == dtype for p in parts)
        energy = sum(float(np.sum(p.astype(float) ** 2)) for p in parts)
        assert energy == pytest.approx(float(np.sum(given_x.astype(float) ** 2)), rel=10 * tolerance, abs=1e-30)
        back = dec.assemble(parts)
        assert back.dtype == dtype
        assert back.shape == given_x.shape
        np.testing.assert_allclose(back, given_x, atol=tolerance * 10)


@given(permutations())
def test_matrix_block_diagonalizes(permutation):
    dec = ev.isotypic_decomposition(ev.PermutationGroup([permutation]))
    q, p = dec.matrix(), matrix_of(permutation.images)
    n = permutation.degree
    np.testing.assert_allclose(q.T @ q, np.eye(n), atol=1e-12)
    expected = np.zeros((n, n))
    start = 0
    for block in dec.blocks:
        l, m = map(int, block.label[1:-1].split(","))
        if l <= 2:
            copy = np.array([[1.0 if l == 1 else -1.0]])
        else:
            # The angle of (l, m) is (l - m) / l of a turn.
            turn = 2 * np.pi * (l - m) / l
            copy = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
            assert 0.5 < m / l < 1
            assert np.gcd(l, m) == 1
        expected[start : start + block.dim, start : start + block.dim] = np.kron(np.eye(block.multiplicity), copy)
        start += block.dim
    assert start == n
    np.testing.assert_allclose(q.T @ p @ q, expected, atol=1e-12)
    descending = [int(b.label[1:-1].split(",")[1]) / int(b.label[1:-1].split(",")[0]) for b in dec.blocks]
    assert descending == sorted(descending, reverse=True)


@given(permutations())
def test_certificate(permutation):
    dec = CyclicDecomposition(permutation)
    certificate = dec.certificate()
    assert certificate.ok
    assert dec.residual() <= 1e-13
    images = permutation.images
    # Orbits on pairs by union of the moved pairs: count them by walking.
    seen = np.zeros((len(images), len(images)), bool)
    orbits = 0
    for i, j in np.ndindex(seen.shape):
        if not seen[i, j]:
            orbits += 1
            while not seen[i, j]:
                seen[i, j] = True
                i, j = images[i], images[j]
    assert certificate.num_orbitals == certificate.commutant_dim == orbits


@given(permutations())
def test_stacked_transform_gives_the_same_coordinates(permutation):
    dec = CyclicDecomposition(permutation)
    x = np.random.default_rng(0).standard_normal((3, permutation.degree))
    parts = dec.split(x)
    plan = dec.columns(np.dtype(np.float64))
    seen = []
    for batch, z in zip(plan.batches, plan.transform(x), strict=True):
        for block, rows in zip(batch.blocks.tolist(), z, strict=True):
            seen.append(block)
            grid = rows.reshape(batch.unit, batch.multiplicity, 3)
            np.testing.assert_allclose(grid.transpose(2, 1, 0), parts[block][..., 0], atol=1e-12)
    assert sorted(seen) == list(range(len(dec.blocks)))


def test_projectors_of_the_blocks():
    group = ev.PermutationGroup.from_cycles("(1 7 3 9 5)(2 10 4 6 8)(11 13)", degree=13)
    dec = ev.isotypic_decomposition(group)
    q, start = dec.matrix(), 0
    expected = projectors(matrix_of(group.generators[0].images))
    for block in dec.blocks:
        columns = q[:, start : start + block.dim]
        label = tuple(map(int, block.label[1:-1].split(",")))
        np.testing.assert_allclose(columns @ columns.T, expected[label], atol=1e-12)
        start += block.dim


def test_identities_and_repetitions_of_generators_do_not_matter():
    sigma = TALK.images
    group = ev.PermutationGroup([sigma, np.arange(5), sigma])
    assert [b.label for b in ev.isotypic_decomposition(group).blocks] == ["(1,1)", "(3,2)", "(2,1)"]
    assert ev.isotypic_decomposition(ev.groups.trivial(3)).blocks[0].multiplicity == 3
    assert ev.equivariant_maps(group, rank=2).num_components() == 3


class TestTalk:
    def test_block_circulant(self):
        """T1 lists the cycles backwards, (1,4,3) and (2,5)."""
        t1 = block_circulant_basis(TALK)
        order = [int(np.flatnonzero(column)[0]) + 1 for column in t1.T]
        assert order == [1, 4, 3, 2, 5]
        expected = [[0, 0, 1, 0, 0], [1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 0, 0, 1], [0, 0, 0, 1, 0]]
        assert (t1.T @ TALK.matrix() @ t1).tolist() == expected

    def test_diagonal(self):
        t1, t2 = block_circulant_basis(TALK), complex_fourier_basis(TALK)
        np.testing.assert_allclose(t2.conj().T @ t2, np.eye(5), atol=1e-14)
        zeta = np.exp(2j * np.pi / 3)
        diagonal = t2.conj().T @ t1.T @ TALK.matrix() @ t1 @ t2
        np.testing.assert_allclose(diagonal, np.diag([1, zeta, zeta**2, 1, -1]), atol=1e-14)
        assert np.abs(t2.T @ t2 - np.eye(5)).max() > 0.1  # unitary, not complex orthogonal

    def test_real_orthogonal(self):
        q = real_orthogonal_basis(TALK)
        np.testing.assert_allclose(q.T @ q, np.eye(5), atol=1e-14)
        half, root = 0.5, 3**0.5 / 2
        expected = np.diag([1.0, 1.0, -1.0, -half, -half])
        expected[3, 4], expected[4, 3] = -root, root
        np.testing.assert_allclose(q.T @ TALK.matrix() @ q, expected, atol=1e-14)

    def test_rotation_of_nine_pixels(self):
        rotation = ev.groups.rotation(3)
        q = real_orthogonal_basis(rotation)
        turn = [[0, -1], [1, 0]]
        expected = np.zeros((9, 9))
        expected[:3, :3], expected[3:5, 3:5] = np.eye(3), -np.eye(2)
        expected[5:7, 5:7] = expected[7:, 7:] = turn
        np.testing.assert_allclose(q.T @ rotation.matrix(0) @ q, expected, atol=1e-14)
        labels = [(b.label, b.multiplicity) for b in ev.isotypic_decomposition(rotation).blocks]
        assert labels == [("(1,1)", 3), ("(4,3)", 2), ("(2,1)", 2)]

    def test_ed_degrees_do_not_survive_the_fourier_basis_but_distances_do(self, rng):
        """Q is orthogonal, so the nearest point may be sought in its coordinates."""
        q = real_orthogonal_basis(TALK)
        given_matrix = rng.standard_normal((5, 5))
        nearest = average(given_matrix, TALK.matrix(), TALK.matrix())
        assert np.linalg.norm(q.T @ (given_matrix - nearest) @ q) == pytest.approx(
            ev.equivariant_maps(ev.PermutationGroup([TALK])).project(given_matrix).distance
        )


GROUP = ev.PermutationGroup([TALK])
DEC = ev.isotypic_decomposition(GROUP)


def _large_regular_action() -> ev.PermutationGroup:
    """The dihedral group of 8,000 elements on itself: one orbit, of rank 8,000, without a transitive abelian part."""
    k = np.arange(4000)
    turn = np.concatenate([(k + 1) % 4000, 4000 + (k - 1) % 4000])
    return ev.PermutationGroup([turn, np.concatenate([4000 + k, k])])


TWO = ev.PermutationGroup.from_cycles("(1 2)", "(2 3)", degree=3)
BAD = [
    ("group", TypeError, lambda: ev.isotypic_decomposition([[1, 0]])),
    ("group", ev.UnsupportedGroupError, lambda: ev.isotypic_decomposition(_large_regular_action())),
    ("x", ValueError, lambda: DEC.split(np.ones(4))),
    ("x", ValueError, lambda: DEC.split(3.0)),
    ("x", ValueError, lambda: DEC.split([1, 2, 3, 4, np.nan])),
    ("x", ValueError, lambda: DEC.split([1, 2, 3, 4, np.inf])),
    ("x", ValueError, lambda: DEC.split([[1, 2, 3, 4, 5], [1]])),
    ("x", TypeError, lambda: DEC.split(np.ones(5) * 1j)),
    ("x", TypeError, lambda: DEC.split("abcde")),
    ("x", TypeError, lambda: DEC.split(None)),
    ("parts", ValueError, lambda: DEC.assemble([])),
    ("parts", TypeError, lambda: DEC.assemble(None)),
    ("parts", ValueError, lambda: DEC.assemble(DEC.split(np.ones(5))[:-1])),
    ("parts[(1,1)]", ValueError, lambda: DEC.assemble([np.ones(2), *DEC.split(np.ones(5))[1:]])),
    ("parts[(1,1)]", ValueError, lambda: DEC.assemble([np.full((2, 1, 1), np.nan), *DEC.split(np.ones(5))[1:]])),
    ("parts", ValueError, lambda: DEC.assemble([np.ones((3, 2, 1, 1)), *DEC.split(np.ones(5))[1:]])),
    ("sigma", ValueError, lambda: block_circulant_basis(TWO)),
    ("sigma", ValueError, lambda: complex_fourier_basis(TWO)),
    ("sigma", ValueError, lambda: real_orthogonal_basis(TWO)),
    ("sigma", TypeError, lambda: block_circulant_basis([1, 0])),
    ("sigma", TypeError, lambda: complex_fourier_basis(None)),
    ("sigma", TypeError, lambda: real_orthogonal_basis(np.eye(2))),
    ("sigma.degree", ValueError, lambda: real_orthogonal_basis(ev.groups.cyclic(20_000))),
    ("degree", ValueError, lambda: ev.isotypic_decomposition(ev.groups.cyclic(20_000)).matrix()),
    ("map", ValueError, lambda: ev.EquivariantMap(ev.linear_maps(20_000, 20_000).hom, {}, float).to_dense()),
    ("x", ValueError, lambda: ev.fit(ev.linear_maps(2, 2), np.eye(2)).map(np.ones(3))),
]


@pytest.mark.parametrize(("argument", "kind", "call"), BAD)
def test_bad_input(argument, kind, call):
    with pytest.raises(kind) as error:
        call()
    assert str(error.value).startswith(argument + " must be")
    assert "Fix:" in str(error.value)
