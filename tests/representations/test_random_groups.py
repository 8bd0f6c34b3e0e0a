"""Decompositions of random groups against their elements: commutants, characters, averages, all by enumeration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import equivariety as ev
from equivariety.representations.orbits.adapted_orbits import DenseBasis
from equivariety.representations.orbits.irrep_actions import MatrixAction
from equivariety.representations.orbits.orbit_spaces import decomposition_of
from laws.brute import matrix_of
from laws.enumeration import average, character, closure, commutator_rank, count_pairs, left_multiplication
from laws.random_groups import abelian_groups, actions, coset_images, groups, relabelled, side_by_side, small_group

UNITS = {"R": 1, "C": 2, "H": 4}

#: Elements are listed up to this many.
MOST = 2000

seeds = st.integers(0, 2**32 - 1)


def decompose(images, seed):
    return ev.isotypic_decomposition(ev.PermutationGroup(images), seed=seed)


def frames(dec):
    """Per block the columns of the basis, (n, d, e * m)."""
    q, start = dec.matrix(), 0
    for block in dec.blocks:
        yield block, q[:, start : start + block.dim].reshape(dec.degree, block.multiplicity, block.irrep_dim)
        start += block.dim


def assert_right(images, dec, seed=0):
    """All that a decomposition promises, by independent means."""
    n = images.shape[1]
    rng = np.random.default_rng(seed)
    certificate = dec.certificate()
    assert certificate.ok
    assert max(certificate.orthogonality, certificate.equivariance) < 1e-11
    assert sum(b.dim for b in dec.blocks) == n
    assert len({b.label for b in dec.blocks}) == len(dec.blocks)
    orbitals = count_pairs(images, images)
    assert sum(UNITS[b.field] * b.multiplicity**2 for b in dec.blocks) == orbitals == dec.num_orbitals
    if n <= 10:
        matrices = [matrix_of(g) for g in images]
        assert commutator_rank(matrices, matrices) == orbitals
    assert [b.label for b in dec.blocks].index(dec.blocks[0].label) == dec.trivial_index == 0
    q = dec.matrix()
    np.testing.assert_allclose(q.T @ q, np.eye(n), atol=1e-12)
    assert_generators_act_from_the_right(images, dec, q)
    elements = closure(images, MOST)
    if elements is not None:
        assert_irreducible(dec, elements)
        assert_commutant_acts_from_the_left(dec, q, average(rng.standard_normal((n, n)), elements, elements))


def assert_generators_act_from_the_right(images, dec, q):
    kept = list(dict.fromkeys(tuple(g) for g in images.tolist() if g != list(range(images.shape[1]))))
    if len(kept) <= 1:
        return  # the basis of one generator has tests of its own
    for g, row in enumerate(kept):
        moved, start = q.T @ q[list(row)], 0
        for i, block in enumerate(dec.blocks):
            rho = dec.block_action(i, g)
            for unit in np.eye(UNITS[block.field]):
                left = np.kron(left_multiplication(unit), np.eye(block.irrep_dim // UNITS[block.field]))
                np.testing.assert_allclose(left @ rho, rho @ left, atol=1e-11)
            stop = start + block.dim
            expected = np.zeros((block.dim, len(moved)))
            expected[:, start:stop] = np.kron(np.eye(block.multiplicity), rho)
            np.testing.assert_allclose(moved[start:stop], expected, atol=1e-11)
            start = stop


def assert_irreducible(dec, elements):
    """Norms of characters are 1, 2, 4 for R, C, H; equal within a block, orthogonal between blocks."""
    characters = []
    for block, frame in frames(dec):
        found = np.array([character(frame[:, a], elements) for a in range(block.multiplicity)])
        np.testing.assert_allclose(found, np.broadcast_to(found[0], found.shape), atol=1e-9)
        characters.append(found[0])
    gram = np.array(characters) @ np.array(characters).T / len(elements)
    np.testing.assert_allclose(gram, np.diag([UNITS[b.field] for b in dec.blocks]), atol=1e-9)
    # Of 1, 2, 4 also the third: the mean of chi(g^2) is 1, 0, -2.
    squares = np.take_along_axis(elements, elements, axis=1)
    for block, frame in frames(dec):
        indicator = character(frame[:, 0], squares).mean()
        assert indicator == pytest.approx({"R": 1, "C": 0, "H": -2}[block.field], abs=1e-9)


def assert_commutant_acts_from_the_left(dec, q, inside):
    moved, start = q.T @ inside @ q, 0
    norm = np.linalg.norm(moved)
    for block in dec.blocks:
        e, d = UNITS[block.field], block.multiplicity
        m, stop = block.irrep_dim // e, start + block.dim
        cells = moved[start:stop, start:stop].reshape(d, e, m, d, e, m)
        expected = np.zeros((block.dim, len(moved)))
        own = np.zeros((d, e, m, d, e, m))
        for a, b in np.ndindex(d, d):
            own[a, :, :, b] = np.einsum("ef,mn->emfn", left_multiplication(cells[a, :, 0, b, 0, 0]), np.eye(m))
        expected[:, start:stop] = own.reshape(block.dim, block.dim)
        np.testing.assert_allclose(moved[start:stop], expected, atol=1e-11 * (1 + norm))
        start = stop


def of(name):
    return small_group(name)[0]


def twice(images):
    return np.concatenate([images, images + images.shape[1]], axis=1)


@settings(max_examples=200)
@given(groups(), seeds)
@example(of("Q8_regular"), 1)
@example(of("SL23_regular"), 2)
@example(of("Dic3_regular"), 3)
@example(twice(of("Q8_regular")), 4)
@example(twice(of("Dic3_regular")), 5)
@example(twice(of("F21_on_7")), 6)
@example(np.array([[0], [0]]), 7)
@example(np.array([[0, 1, 2], [0, 1, 2], [0, 1, 2]]), 8)
@example(np.array([[1, 0, 2, 3], [1, 0, 2, 3], [0, 1, 3, 2]]), 9)
def test_random_groups(images, seed):
    assert_right(images, decompose(images, seed), seed)


@settings(max_examples=30)
@given(groups(), st.sampled_from([(), (3,), (2, 3), (0,)]), seeds)
def test_split_and_assemble(images, leading, seed):
    dec = decompose(images, seed)
    x = np.random.default_rng(seed).standard_normal((*leading, images.shape[1]))
    q = dec.matrix()
    for dtype, tolerance in ((np.float64, 1e-12), (np.float32, 1e-5)):
        rows = x.astype(dtype)
        parts = dec.split(rows)
        tails = [(b.multiplicity, UNITS[b.field], b.irrep_dim // UNITS[b.field]) for b in dec.blocks]
        assert [p.shape for p in parts] == [(*leading, *tail) for tail in tails]
        assert all(p.dtype == dtype for p in parts)
        flat = np.concatenate([p.reshape(*leading, int(np.prod(p.shape[-3:]))) for p in parts], axis=-1)
        np.testing.assert_allclose(flat, rows @ q, atol=20 * tolerance)
        back = dec.assemble(parts)
        assert back.dtype == dtype
        np.testing.assert_allclose(back, rows, atol=20 * tolerance)
        # What split() returned may be a view: changing a copy of it must give another answer, the linear one.
        doubled = dec.assemble([2 * p for p in parts])
        np.testing.assert_allclose(doubled, 2 * rows, atol=40 * tolerance)


@settings(max_examples=40)
@given(groups(), seeds)
def test_stacked_transform_has_the_gram_matrices_of_split(images, seed):
    """Row e' * d + a of a stack is real component e' of copy a; columns are pairs (coordinate, sample) in any order."""
    dec = decompose(images, seed)
    x = np.random.default_rng(seed).standard_normal((5, images.shape[1]))
    for dtype, tolerance in ((np.float64, 1e-11), (np.float32, 1e-4)):
        rows = np.ascontiguousarray(x.astype(dtype))
        parts, plan, seen = dec.split(rows), dec.columns(np.dtype(dtype)), []
        for batch, stacks in zip(plan.batches, plan.transform(rows), strict=True):
            assert len(stacks) == len(batch.blocks)
            for i, stack in zip(batch.blocks.tolist(), stacks, strict=True):
                seen.append(i)
                block = dec.blocks[i]
                assert (batch.unit, batch.multiplicity) == (UNITS[block.field], block.multiplicity)
                assert stack.dtype == dtype
                expected = parts[i].transpose(2, 1, 3, 0).reshape(batch.unit * batch.multiplicity, -1)
                assert stack.shape == expected.shape
                np.testing.assert_allclose(stack @ stack.T, expected @ expected.T, atol=tolerance * images.shape[1])
        assert sorted(seen) == list(range(len(dec.blocks)))


@given(groups(), seeds)
def test_group_average(images, seed):
    dec = decompose(images, seed)
    x = np.random.default_rng(seed).standard_normal((2, images.shape[1]))
    expected = np.empty_like(x)
    left = set(range(images.shape[1]))
    while left:
        orbit = {min(left)}
        while (more := orbit | {int(g[p]) for g in images for p in orbit}) != orbit:
            orbit = more
        expected[:, sorted(orbit)] = x[:, sorted(orbit)].mean(axis=1, keepdims=True)
        left -= orbit
    np.testing.assert_allclose(dec.group_average(x), expected, atol=1e-12)


def projectors(dec):
    return {b.label: np.einsum("xac,yac->xy", f, f) for b, f in frames(dec)}


@settings(max_examples=60)
@given(groups(), seeds, seeds)
@example(of("Heisenberg27_regular"), 1, 2)
@example(np.concatenate([of("S4_ordered_pairs"), of("S4_ordered_pairs") + 12], axis=1), 3, 4)
def test_seeds_choose_the_basis_and_nothing_else(images, seed, other):
    first, again, second = decompose(images, seed), decompose(images, seed), decompose(images, other)
    assert first.matrix().tobytes() == again.matrix().tobytes()
    assert first.fingerprint == again.fingerprint
    assert first.blocks == second.blocks
    expected = projectors(second)
    for label, projector in projectors(first).items():
        np.testing.assert_allclose(projector, expected[label], atol=1e-9)
    # The irreducible of a block is the same as well, up to a change of its basis: the same traces.
    for i in range(len(first.blocks)):
        for g in range(len(first.generators)):
            assert np.trace(first.block_action(i, g)) == pytest.approx(np.trace(second.block_action(i, g)), abs=1e-9)


def involutions(n):
    """Two reflections that generate the dihedral group of order 2n."""
    return ev.PermutationGroup([[-k % n for k in range(n)], [(1 - k) % n for k in range(n)]])


@pytest.mark.parametrize("other", [ev.groups.cyclic(2), involutions(5), ev.groups.hypercube(2)], ids=["C2", "D5", "D4"])
@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_irreducibles_that_agree_on_many_elements(n, other):
    """Generators of order two: long words in them are often short, and many irreducibles agree on short ones."""
    images = np.array([g.images for g in ev.groups.regular(ev.groups.direct_product(involutions(n), other)).generators])
    first, second = (projectors(decompose(images, seed)) for seed in (0, 1))
    assert list(first) == list(second)
    for label, projector in first.items():
        np.testing.assert_allclose(projector, second[label], atol=1e-9)


@given(st.one_of(actions(), abelian_groups()), seeds)
def test_names_and_order_of_the_blocks(images, seed):
    dec = decompose(images, seed)
    if dec.blocks[0].label == "(1,1)":
        return  # one generator
    ranks = [(b.irrep_dim, "RCH".index(b.field), b.multiplicity) for b in dec.blocks[1:]]
    assert ranks == sorted(ranks)
    counts: dict[str, int] = {}
    for block in dec.blocks:
        name = f"{block.field}{block.irrep_dim}"
        counts[name] = counts.get(name, 0) + 1
        assert block.label == (name if counts[name] == 1 else f"{name}.{counts[name]}")


@settings(max_examples=30)
@given(groups(), seeds)
def test_canonical_answers_do_not_depend_on_the_seed(images, seed):
    """Losses, distances, nearest points and counts; the seed of the maps between two actions enters the same way."""
    from equivariety.representations.dispatch import intertwine
    from equivariety.varieties import RankBoundedMaps

    group, n = ev.PermutationGroup(images), images.shape[1]
    rng = np.random.default_rng(seed)
    pairs = [(g, g) for g in group.reduced_generators]
    bound = int(rng.integers(0, n + 1))
    spaces = [RankBoundedMaps(intertwine(pairs, n, n, s), bound) for s in (0, seed)]
    assert len({s.num_components() for s in spaces}) == 1
    assert spaces[0].dim == spaces[1].dim
    matrix, data = rng.standard_normal((n, n)), rng.standard_normal((6, n))
    nearest = [s.project(matrix) for s in spaces]
    assert nearest[0].distance == pytest.approx(nearest[1].distance, rel=1e-9, abs=1e-12)
    assert tuple(nearest[0].ranks) == tuple(nearest[1].ranks)
    np.testing.assert_allclose(nearest[0].point, nearest[1].point, atol=1e-8)
    fits = [ev.fit(s, data) for s in spaces]
    assert fits[0].loss == pytest.approx(fits[1].loss, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", ["Q8_regular", "F21_on_7", "SL23_regular"])
def test_the_certificate_tells_whether_units_act_from_the_left(name, rng):
    """Another orthonormal basis of an irreducible over C or H, for all copies alike, changes no integer."""
    images = of(name)
    dec = decompose(images, 0)
    system = dec.system
    assert dec.certificate().ok
    seen = 0
    for b, batch in enumerate(system.batches):
        if batch.unit == 1 or batch.dim == 2:
            continue
        q = np.linalg.qr(rng.standard_normal((batch.dim, batch.dim)))[0]
        matrix = system.bases[0].matrix.copy()
        span = system.span(0, b)
        matrix[:, span] = (matrix[:, span].reshape(-1, batch.dim) @ q).reshape(len(matrix), -1)
        actions = np.stack([q.T @ batch.action(g) @ q for g in range(len(images))])
        turned = replace(batch, action=MatrixAction(batch.field, actions))
        batches = (*system.batches[:b], turned, *system.batches[b + 1 :])
        wrong = decomposition_of(
            replace(system, bases=(DenseBasis(matrix),), batches=batches), dec.generators, dec.degree
        )
        certificate = wrong.certificate()
        assert certificate.orthogonality < 1e-12
        assert certificate.commutant_dim == certificate.num_orbitals
        assert not certificate.ok
        seen += 1
    assert seen


@pytest.mark.parametrize("name", ["S4_pts", "SL23_regular", "Dic3_regular", "A4_pts", "F21_on_7"])
def test_all_transitive_actions_of_a_group_at_once(name, rng):
    """One class of orbits for each kind of subgroup with two generators, two orbits of each, points in random order."""
    generators, elements = small_group(name)
    kinds = {}
    for a in range(len(elements)):
        for b in range(a + 1):
            images = coset_images(generators, elements, elements[[a, b]])
            marks = [np.count_nonzero(e == np.arange(images.shape[1])) for e in closure(images)]
            kinds.setdefault((images.shape[1], *sorted(marks)), images)
    images = relabelled(side_by_side([part for part in kinds.values() for _ in range(2)]), rng)
    dec = decompose(images, 7)
    assert_right(images, dec)
    assert dec.blocks[0].multiplicity == 2 * len(kinds)


@pytest.mark.slow
@settings(max_examples=600)
@given(groups(), seeds)
def test_many_more_random_groups(images, seed):
    assert_right(images, decompose(images, seed), seed)
