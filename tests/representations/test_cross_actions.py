"""Maps between two actions of several generators, against averages over all pairs of elements."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import equivariety as ev
from equivariety.linalg import algebra
from equivariety.representations.dispatch import intertwine
from laws.brute import matrix_of
from laws.enumeration import average, closure, commutator_rank, count_pairs, left_multiplication
from laws.random_groups import paired_groups, side_by_side, small_group

UNITS = {"R": 1, "C": 2, "H": 4}

seeds = st.integers(0, 2**32 - 1)


def maps(left, right, seed=0):
    """The maps from the action of ``left`` to that of ``right``, without identities and repeated pairs."""
    rows = zip(left.tolist(), right.tolist(), strict=True)
    trivial = (list(range(left.shape[1])), list(range(right.shape[1])))
    pairs = list(dict.fromkeys((tuple(s), tuple(t)) for s, t in rows if (s, t) != trivial))
    generators = [(ev.Permutation(s), ev.Permutation(t)) for s, t in pairs]
    return intertwine(generators, left.shape[1], right.shape[1], seed)


def assert_blocks(hom, inside):
    """The blocks of a map in the space are its cells between copies of the same irreducible, as in the bases."""
    left, right = hom.target.matrix(), hom.source.matrix()
    starts = [np.cumsum([0, *(b.dim for b in side.blocks)]) for side in (hom.target, hom.source)]
    cells = left.T @ inside @ right
    rest = cells.copy()
    norm = 0.0
    for k, (block, found) in enumerate(zip(hom.blocks, hom.block_matrices(inside), strict=True)):
        over = algebra(block.field)
        e = UNITS[block.field]
        m = block.irrep_dim // e
        assert found.shape == (over.order * block.rows, over.order * block.cols)
        norm += block.irrep_dim * over.squared_norm(found)
        i, j = hom.source_index(k), hom.target_index(k)
        if i is None or j is None:
            assert 0 in found.shape
            continue
        rows = slice(starts[0][j], starts[0][j + 1])
        cols = slice(starts[1][i], starts[1][i + 1])
        rest[rows, cols] = 0
        cell = cells[rows, cols].reshape(block.rows, e, m, block.cols, e, m)
        first = cell[:, :, 0, :, 0, 0]  # (b, e, a): the coefficients of the entries
        np.testing.assert_allclose(found, over.from_real(first), atol=1e-11)
        expected = np.zeros_like(cell)
        for b, a in np.ndindex(block.rows, block.cols):
            expected[b, :, :, a] = np.einsum("ef,mn->emfn", left_multiplication(first[b, :, a]), np.eye(m))
        np.testing.assert_allclose(cell, expected, atol=1e-11)
    np.testing.assert_allclose(rest, 0, atol=1e-11)
    assert norm == pytest.approx(np.linalg.norm(inside) ** 2, rel=1e-10, abs=1e-12)


def assert_right(left, right, hom, rng):
    orbitals = count_pairs(right, left)
    assert hom.dim == hom.num_orbitals == orbitals
    assert sum(UNITS[b.field] * b.rows * b.cols for b in hom.blocks) == orbitals
    assert len(set(hom.labels)) == len(hom.labels)
    if left.shape[1] * right.shape[1] <= 100:
        assert commutator_rank([matrix_of(t) for t in right], [matrix_of(s) for s in left]) == orbitals
    for side in (hom.source, hom.target):
        assert side.certificate().ok
        assert sum(b.dim for b in side.blocks) == side.degree
    both = closure(side_by_side([left, right]))
    if both is None:
        return
    n = left.shape[1]
    given_matrix = rng.standard_normal((right.shape[1], n))
    inside = average(given_matrix, both[:, n:] - n, both[:, :n])
    np.testing.assert_allclose(hom.project(given_matrix), inside, atol=1e-12)
    np.testing.assert_allclose(hom.project(given_matrix, by="orbitals"), inside, atol=1e-12)
    assert_blocks(hom, inside)
    for found, expected in zip(hom.block_matrices(given_matrix), hom.block_matrices(inside), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-11)
    single = hom.project(given_matrix.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, inside, atol=2e-5)


@settings(max_examples=50)
@given(paired_groups(), seeds)
def test_blocks_are_those_of_the_average(pair, seed):
    left, right = pair
    assert_right(left, right, maps(left, right, seed), np.random.default_rng(seed))


@settings(max_examples=25)
@given(paired_groups(), seeds)
def test_the_seed_does_not_matter(pair, seed):
    rng = np.random.default_rng(seed)
    left, right = pair
    first, second = maps(left, right), maps(left, right, seed)
    assert first.blocks == second.blocks
    matrix = rng.standard_normal(first.shape)
    np.testing.assert_allclose(first.project(matrix), second.project(matrix), atol=1e-9)
    for block, a, b in zip(first.blocks, first.block_matrices(matrix), second.block_matrices(matrix), strict=True):
        values = [algebra(block.field).svd(x)[1] for x in (a, b)]
        np.testing.assert_allclose(values[0], values[1], atol=1e-9)
    again = maps(left, right, seed)
    for side in ("source", "target"):
        assert getattr(second, side).matrix().tobytes() == getattr(again, side).matrix().tobytes()
    assert second == again


@pytest.mark.parametrize("name", ["Q8_regular", "SL23_regular", "Dic3_regular", "F21_on_7", "A4_pts"])
def test_irreducibles_that_one_side_lacks(name, rng):
    """A regular action and a trivial one have the trivial irreducible alone in common."""
    generators, elements = small_group(name)
    number = {e.tobytes(): k for k, e in enumerate(elements)}
    regular = np.array([[number[g[e].tobytes()] for e in elements] for g in generators])
    fixed = np.tile(np.arange(2), (len(generators), 1))
    for left, right in ((regular, fixed), (fixed, regular)):
        hom = maps(left, right)
        assert_right(left, right, hom, rng)
        assert [b.label for b in hom.blocks if b.max_rank] == [hom.blocks[0].label]
        assert hom.dim == 2
        assert len(hom.blocks) == len(maps(regular, regular).blocks)
    twice = side_by_side([regular, regular])
    hom = maps(twice, regular)
    assert_right(twice, regular, hom, rng)
    assert all(b.cols == 2 * b.rows for b in hom.blocks)
    assert hom.dim == 2 * len(elements)


def test_pairs_of_different_groups_act_together():
    """Rows and columns: the maps commute with the group generated by the pairs, not with both groups."""
    left = np.array([[1, 2, 0], [0, 1, 2]])
    right = np.array([[0, 1], [1, 0]])
    hom = maps(left, right)
    assert hom.dim == count_pairs(right, left) == 1
    assert_right(left, right, hom, np.random.default_rng(0))


def test_the_public_function_agrees(rng):
    group = ev.PermutationGroup(small_group("S4_pts")[0])
    pairs = ev.groups.on_pairs(group)
    hom = ev.equivariant_maps(group, pairs).hom
    left, right = (np.array([g.images for g in side.generators]) for side in (group, pairs))
    assert_right(left, right, hom, rng)
