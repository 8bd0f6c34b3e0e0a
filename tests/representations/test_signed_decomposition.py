"""Signed permutations against closures of their matrices, brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import equivariety as ev
from equivariety.groups import SignedPermutation, SignedPermutationGroup
from equivariety.linalg import algebra
from equivariety.representations.dispatch import adapted_orbits, intertwine, isotypic_decomposition
from equivariety.representations.orbits.signed_decomposition import signed_hom_space
from laws.enumeration import commutator_rank, left_multiplication
from laws.random_groups import signed_groups

UNITS = {"R": 1, "C": 2, "H": 4}

seeds = st.integers(0, 2**32 - 1)


def matrices(images, signs):
    """S with ``S @ x == signs * x[images]``."""
    return [np.diag(s) @ np.eye(len(g))[g] for g, s in zip(images, signs, strict=True)]


def closure(generators, limit=1000):
    """All products of tuples of matrices, or None."""
    one = tuple(np.eye(len(side)) for side in generators[0])
    found, layer = {b"".join(side.tobytes() for side in one): one}, [one]
    while layer:
        fresh = []
        for element in layer:
            for g in generators:
                moved = tuple(a @ b + 0.0 for a, b in zip(g, element, strict=True))
                key = b"".join(side.tobytes() for side in moved)
                if key not in found:
                    found[key] = moved
                    fresh.append(moved)
        layer = fresh
        if len(found) > limit:
            return None
    return list(found.values())


def assert_decomposed(images, signs, seed):
    dec = isotypic_decomposition(SignedPermutationGroup(images, signs), seed=seed)
    n = images.shape[1]
    rng = np.random.default_rng(seed)
    certificate = dec.certificate()
    assert certificate.ok
    assert max(certificate.orthogonality, certificate.equivariance) < 1e-11
    gens = matrices(images, signs)
    commutant = commutator_rank(gens, gens)
    assert certificate.num_orbitals == certificate.commutant_dim == commutant
    assert sum(UNITS[b.field] * b.multiplicity**2 for b in dec.blocks) == commutant
    assert sum(b.dim for b in dec.blocks) == n
    q = dec.matrix()
    np.testing.assert_allclose(q.T @ q, np.eye(n), atol=1e-12)
    x = rng.standard_normal((2, 3, n))
    parts = dec.split(x)
    np.testing.assert_allclose(np.concatenate([p.reshape(2, 3, -1) for p in parts], axis=-1), x @ q, atol=1e-12)
    np.testing.assert_allclose(dec.assemble(parts), x, atol=1e-12)
    kept = list(dict.fromkeys(SignedPermutation(g, s) for g, s in zip(images, signs, strict=True)))
    kept = [g for g in kept if not g.is_identity]
    for g, generator in enumerate(kept):
        expected, start = np.zeros((n, n)), 0
        for i, block in enumerate(dec.blocks):
            rho = dec.block_action(i, g)
            expected[start : start + block.dim, start : start + block.dim] = np.kron(np.eye(block.multiplicity), rho)
            start += block.dim
        np.testing.assert_allclose(q.T @ generator.matrix() @ q, expected, atol=1e-11)
    elements = closure([(m,) for m in gens])
    if elements is None:
        return dec
    group = np.array([one for (one,) in elements])
    start, characters = 0, []
    for block in dec.blocks:
        frame = q[:, start : start + block.irrep_dim]
        characters.append(np.einsum("xc,kxy,yc->k", frame, group, frame))
        indicator = np.einsum("xc,kxy,yc->k", frame, group @ group, frame).mean()
        assert indicator == pytest.approx({"R": 1, "C": 0, "H": -2}[block.field], abs=1e-9)
        start += block.dim
    table = np.array(characters) @ np.array(characters).T / len(group)
    np.testing.assert_allclose(table, np.diag([UNITS[b.field] for b in dec.blocks]), atol=1e-9)
    mean = group.mean(axis=0)
    np.testing.assert_allclose(dec.group_average(x), x @ mean.T, atol=1e-12)
    fixed = round(np.trace(mean))
    assert (dec.trivial_index is None) == (fixed == 0)
    if fixed:
        assert dec.trivial_index == 0
        assert dec.blocks[0].multiplicity == fixed
        # The only one whose vectors are all fixed.
        np.testing.assert_allclose(dec.block_action(0, 0) if kept else 1, 1, atol=1e-11)
    return dec


@settings(max_examples=60)
@given(signed_groups(), seeds)
def test_random_signed_groups(group, seed):
    images, signs = group
    assert_decomposed(images, signs, seed)


@settings(max_examples=25)
@given(signed_groups(), seeds, seeds)
def test_the_seed_does_not_matter(group, seed, other):
    images, signs = group
    made = SignedPermutationGroup(images, signs)
    first, again, second = (isotypic_decomposition(made, seed=s) for s in (seed, seed, other))
    assert first.blocks == second.blocks
    q, p = first.matrix(), second.matrix()
    assert q.tobytes() == again.matrix().tobytes()
    start = 0
    for block in first.blocks:
        columns = slice(start, start + block.dim)
        np.testing.assert_allclose(q[:, columns] @ q[:, columns].T, p[:, columns] @ p[:, columns].T, atol=1e-9)
        start += block.dim


@settings(max_examples=30)
@given(signed_groups(), seeds)
def test_stacked_transform_has_the_gram_matrices_of_split(group, seed):
    images, signs = group
    dec = isotypic_decomposition(SignedPermutationGroup(images, signs), seed=seed)
    rows = np.random.default_rng(seed).standard_normal((4, images.shape[1]))
    parts, plan, seen = dec.split(rows), dec.columns(np.dtype(float)), []
    for batch, stacks in zip(plan.batches, plan.transform(rows), strict=True):
        for i, stack in zip(batch.blocks.tolist(), stacks, strict=True):
            seen.append(i)
            expected = parts[i].transpose(2, 1, 3, 0).reshape(batch.unit * batch.multiplicity, -1)
            np.testing.assert_allclose(stack @ stack.T, expected @ expected.T, atol=1e-11)
    assert sorted(seen) == list(range(len(dec.blocks)))


def signed(n, *rows):
    """Generators from rows of +-1, ..., +-n: coordinate k of the image is +-x of that number."""
    rows = np.array(rows)
    return np.abs(rows) - 1, np.sign(rows)


KNOWN = [
    pytest.param(signed(1, [-1]), [("R", 1, 1)], False, id="minus one"),
    pytest.param(signed(2, [-2, 1]), [("C", 2, 1)], False, id="quarter turn"),
    pytest.param(signed(2, [-2, 1], [2, 1]), [("R", 2, 1)], False, id="square"),
    pytest.param(signed(4, [-2, 1, -4, 3], [-3, 4, 1, -2]), [("H", 4, 1)], False, id="quaternions"),
    pytest.param(
        signed(8, [-2, 1, -4, 3, -6, 5, -8, 7], [-3, 4, 1, -2, -7, 8, 5, -6]), [("H", 4, 2)], False, id="twice"
    ),
    pytest.param(signed(3, [2, 3, 1], [-1, -2, 3]), [("R", 3, 1)], False, id="tetrahedron"),
    pytest.param(signed(3, [2, 1, -3], [2, 1, -3]), [("R", 1, 1), ("R", 1, 2)], True, id="mirror, listed twice"),
    pytest.param(signed(3, [1, 2, 3], [1, 2, 3]), [("R", 1, 3)], True, id="identities"),
    pytest.param(
        signed(4, [-1, 2, 3, 4], [1, -2, 3, 4]), [("R", 1, 2), ("R", 1, 1), ("R", 1, 1)], True, id="two signs"
    ),
]


@pytest.mark.parametrize(("group", "kinds", "has_fixed"), KNOWN)
def test_known_signed_groups(group, kinds, has_fixed):
    dec = assert_decomposed(*group, 5)
    assert sorted((b.field, b.irrep_dim, b.multiplicity) for b in dec.blocks) == sorted(kinds)
    assert (dec.trivial_index == 0) == has_fixed
    if not has_fixed:
        assert dec.trivial_index is None
        assert not dec.group_average(np.ones(dec.degree)).any()


@settings(max_examples=40)
@given(signed_groups(most=7), signed_groups(most=6), seeds)
def test_cross_actions(first, second, seed):
    count = min(len(first[0]), len(second[0]))
    sides = [(images[:count], signs[:count]) for images, signs in (first, second)]
    rng = np.random.default_rng(seed)
    pairs = [
        (SignedPermutation(g, s), SignedPermutation(h, t)) for g, s, h, t in zip(*sides[0], *sides[1], strict=True)
    ]
    pairs = list(dict.fromkeys(pair for pair in pairs if not (pair[0].is_identity and pair[1].is_identity)))
    n, m = first[0].shape[1], second[0].shape[1]
    hom = intertwine(pairs, n, m, seed)
    left, right = ([pair[k].matrix() for pair in pairs] for k in (0, 1))
    solutions = commutator_rank(right, left) if pairs else n * m
    assert hom.dim == hom.num_orbitals == solutions
    assert hom.source.certificate().ok
    assert hom.target.certificate().ok
    elements = closure(list(zip(left, right, strict=True))) if pairs else [(np.eye(n), np.eye(m))]
    if elements is None:
        return
    given_matrix = rng.standard_normal((m, n))
    inside = np.mean([h @ given_matrix @ g.T for g, h in elements], axis=0)
    np.testing.assert_allclose(hom.project(given_matrix), inside, atol=1e-12)
    cells = hom.target.matrix().T @ inside @ hom.source.matrix()
    starts = [np.cumsum([0, *(b.dim for b in side.blocks)]) for side in (hom.target, hom.source)]
    norm = 0.0
    for k, (block, found) in enumerate(zip(hom.blocks, hom.block_matrices(given_matrix), strict=True)):
        norm += block.irrep_dim * algebra(block.field).squared_norm(found)
        i, j = hom.source_index(k), hom.target_index(k)
        if i is None or j is None:
            continue
        e = UNITS[block.field]
        one = cells[starts[0][j] : starts[0][j + 1], starts[1][i] : starts[1][i + 1]]
        cell = one.reshape(block.rows, e, block.irrep_dim // e, block.cols, e, -1)
        np.testing.assert_allclose(found, algebra(block.field).from_real(cell[:, :, 0, :, 0, 0]), atol=1e-11)
        for b, a in np.ndindex(block.rows, block.cols):
            expected = left_multiplication(cell[b, :, 0, a, 0, 0])
            np.testing.assert_allclose(cell[b, :, 0, a, :, 0], expected, atol=1e-11)
    assert norm == pytest.approx(np.linalg.norm(inside) ** 2, rel=1e-10, abs=1e-12)


def test_signs_without_changes_are_permutations(rng):
    """The same action, once with and once without signs: equal blocks and projectors."""
    group = ev.groups.dihedral(3)
    images = np.array([g.images for g in group.generators])
    plain = isotypic_decomposition(group)
    with_signs = isotypic_decomposition(SignedPermutationGroup(images, np.ones_like(images)))
    assert plain.blocks == with_signs.blocks
    assert plain.num_orbitals == with_signs.num_orbitals
    x = rng.standard_normal((2, 9))
    for i in range(len(plain.blocks)):
        both = []
        for dec in (plain, with_signs):
            parts = dec.split(x)
            both.append(dec.assemble([p * (k == i) for k, p in enumerate(parts)]))
        np.testing.assert_allclose(both[0], both[1], atol=1e-12)


def test_permutations_pair_with_signed_ones(rng):
    """From the corners of a square to the plane: one equivariant map up to scale, (x, y) of a corner."""
    corners = ev.PermutationGroup([[1, 2, 3, 0], [0, 3, 2, 1]])
    plane = SignedPermutationGroup([[1, 0], [0, 1]], [[-1, 1], [1, -1]])
    hom = ev.equivariant_maps(corners, plane).hom
    assert hom.shape == (2, 4)
    assert hom.dim == 1
    point = hom.project(rng.standard_normal((2, 4)))
    for s, t in zip(corners.generators, plane.generators, strict=True):
        np.testing.assert_allclose(point @ s.matrix(), t.matrix() @ point, atol=1e-12)


def test_float32_and_bad_input():
    dec = isotypic_decomposition(SignedPermutationGroup([[1, 0], [0, 1]], [[-1, 1], [1, -1]]))
    x = np.array([[1.0, 2.0]], dtype=np.float32)
    parts = dec.split(x)
    assert {p.dtype for p in parts} == {np.dtype(np.float32)}
    assert dec.assemble(parts).dtype == np.float32
    with pytest.raises(ValueError, match="x must be"):
        dec.split(np.ones(4))
    with pytest.raises(ValueError, match="x must be"):
        dec.group_average([np.nan, 1.0])


@pytest.mark.parametrize("same", [True, False])
def test_maps_are_counted_with_one_decomposition(same):
    """Signs left aside, orbits are counted without bases; long ones, too, that an abelian subgroup makes regular."""
    shifts = [g.images for g in ev.groups.torus(15).generators]
    n = len(shifts[0])
    left = [SignedPermutation(g, (-1) ** (k == 2) * np.ones(n)) for k, g in enumerate(shifts)]
    right = left if same else [SignedPermutation(g, np.ones(n)) for g in shifts]
    calls = []

    def adapt(images):
        calls.append(images.shape)
        return adapted_orbits(images, 0)

    hom = signed_hom_space(list(zip(left, right, strict=True)), n, n, adapt)
    assert calls == [(len(shifts) + 1, 2 * n * (2 - same))]
    assert hom.num_orbitals == hom.dim
    assert hom.dim > 0


def test_order_of_blocks_cannot_be_written():
    dec = isotypic_decomposition(SignedPermutationGroup([[1, 0], [0, 1]], [[-1, 1], [1, -1]]))
    with pytest.raises(ValueError, match="read-only"):
        dec.order.order[0] = 1
