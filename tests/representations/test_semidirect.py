"""Orbits with a regular normal abelian subgroup: against the numerical route, null spaces and hand-made actions."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import equivariety as ev
from equivariety.errors import UnsupportedGroupError
from equivariety.groups.abelian.affine_orbits import affine_images, affine_orbits
from equivariety.groups.orbits.orbit_classes import orbit_classes
from equivariety.linalg import algebra
from equivariety.representations.orbits.orbit_spaces import decomposition_of, hom_space_of, joint_images
from equivariety.representations.routes.dense_orbits import dense_orbits
from equivariety.representations.routes.semidirect_orbits import semidirect_orbits
from equivariety.representations.routes.spectral_basis import SpectralBasis


def images_of(group):
    return np.stack([g.images for g in group.generators])


def kinds(system):
    found: Counter[tuple[str, int, tuple[int, ...]]] = Counter()
    for batch in system.batches:
        found[batch.field, batch.dim, batch.multiplicities] += batch.count
    return found


def affine_line(p, *factors):
    x = np.arange(p)
    return ev.PermutationGroup([(x + 1) % p, *[(x * f) % p for f in factors]])


def volume(p, *turns):
    cube = np.arange(p**3).reshape(p, p, p)
    return ev.PermutationGroup([*ev.groups.translations((p, p, p)).generators, *[turn(cube).ravel() for turn in turns]])


def glide(p):
    """A shift, and a quarter turn followed by another shift: the second shift is a conjugate of the first."""
    square = np.arange(p * p).reshape(p, p)
    return ev.PermutationGroup([np.roll(square, -1, 0).ravel(), np.roll(np.rot90(square), (1, 2), (0, 1)).ravel()])


def hexagonal(p):
    """The torus of p x p points with the turn by a sixth: x -> [[1, -1], [1, 0]] x."""
    i, j = np.divmod(np.arange(p * p), p)
    return ev.PermutationGroup([*ev.groups.translations((p, p)).generators, (i - j) % p * p + i])


def skew_lattice():
    """Z^2 modulo (4, 0), (2, 2): generators that are not independent, and x -> -x."""
    labels = {}
    for a in range(4):
        for b in range(2):
            labels[a, b] = len(labels)

    def number(a, b):
        while b not in (0, 1):
            a, b = (a - 2, b - 2) if b > 1 else (a + 2, b + 2)
        return labels[a % 4, b]

    points = list(labels)
    images = [[(a + 1, b) for a, b in points], [(a, b + 1) for a, b in points], [(-a, -b) for a, b in points]]
    return ev.PermutationGroup([[number(a, b) for a, b in row] for row in images])


CASES = {
    "p4m odd": ev.groups.torus(5),
    "p4m even": ev.groups.torus(6),
    "p4": ev.groups.torus(7, reflections=False),
    "polygon": affine_line(12, 11),
    "affine line": affine_line(31, 3),
    "type C": affine_line(31, 5),
    "Frobenius 7:3": affine_line(7, 2),
    "hypercube": ev.groups.hypercube(5),
    "glide": glide(6),
    "hexagonal": hexagonal(7),
    "skew lattice": skew_lattice(),
    "volume": volume(3, lambda c: np.rot90(c, axes=(0, 1)), lambda c: np.rot90(c, axes=(1, 2))),
    "reflections": volume(4, lambda c: np.flip(c, 0), lambda c: np.swapaxes(c, 0, 2)),
}


@pytest.mark.parametrize("name", CASES)
def test_types_and_certificate_are_those_of_the_numerical_route(name):
    group = CASES[name]
    system = semidirect_orbits(images_of(group))
    assert system is not None
    dense = dense_orbits(orbit_classes(images_of(group)))
    assert kinds(system) == kinds(dense)
    assert system.num_orbitals(0, 0) == dense.num_orbitals(0, 0)
    certificate = decomposition_of(system, group.generators, group.degree).certificate()
    assert certificate.ok
    assert max(certificate.orthogonality, certificate.equivariance) < 1e-14


@pytest.mark.parametrize("name", CASES)
def test_the_basis_is_orthogonal_and_block_actions_are_the_action(name, rng):
    group = CASES[name]
    dec = decomposition_of(semidirect_orbits(images_of(group)), group.generators, group.degree)
    q = dec.matrix()
    np.testing.assert_allclose(q.T @ q, np.eye(group.degree), atol=1e-12)
    x = rng.standard_normal((2, group.degree))
    np.testing.assert_allclose(dec.assemble(dec.split(x)), x, atol=1e-12)
    for g, generator in enumerate(group.generators):
        for i, (before, after) in enumerate(zip(dec.split(x), dec.split(generator.apply(x)), strict=True)):
            rho = dec.block_action(i, g)
            np.testing.assert_allclose(before.reshape(2, -1) @ rho.T, after.reshape(2, -1), atol=1e-12)


@pytest.mark.parametrize("name", ["p4m even", "type C", "hypercube", "skew lattice"])
def test_the_trivial_block_comes_first_and_holds_the_mean(name, rng):
    group = CASES[name]
    dec = decomposition_of(semidirect_orbits(images_of(group)), group.generators, group.degree)
    x = rng.standard_normal(group.degree)
    np.testing.assert_allclose(dec.group_average(x), np.full(group.degree, x.mean()), atol=1e-13)


@pytest.mark.parametrize("name", ["p4m odd", "type C", "glide"])
def test_projection_on_the_maps_is_that_on_the_null_space_of_commutation(name, rng):
    group = CASES[name]
    n, pairs = group.degree, [(g, g) for g in group.generators]
    hom = hom_space_of(semidirect_orbits(images_of(group)), pairs, n, n)
    labels = ev.groups.orbitals(group).reshape(-1)
    m = rng.standard_normal((n, n))
    average = (np.bincount(labels, weights=m.reshape(-1)) / np.bincount(labels))[labels].reshape(n, n)
    assert hom.dim == labels.max() + 1
    blocks = hom.block_matrices(m)
    identities = [np.eye(b.cols * algebra(b.field).order) for b in hom.blocks]
    factors = dict(enumerate(zip(blocks, identities, strict=True)))
    np.testing.assert_allclose(hom.dense(factors, np.dtype(float)), average, atol=1e-12)


def shuffled_copies(group, count, rng):
    """Isomorphic orbits on points in random order."""
    n = group.degree
    names = [rng.permutation(n) for _ in range(count)]
    rows = []
    for row in images_of(group):
        parts = []
        for k, name in enumerate(names):
            part = np.empty(n, dtype=int)
            part[name] = name[row] + k * n
            parts.append(part)
        rows.append(np.concatenate(parts))
    return ev.PermutationGroup(rows)


@pytest.mark.parametrize("name", ["p4m even", "glide", "type C", "skew lattice"])
def test_isomorphic_orbits_are_aligned_whatever_their_order(name, rng):
    group = shuffled_copies(CASES[name], 3, rng)
    one, several = semidirect_orbits(images_of(CASES[name])), semidirect_orbits(images_of(group))
    assert kinds(one) == kinds(several)
    dec = decomposition_of(several, group.generators, group.degree)
    assert {b.multiplicity for b in dec.blocks} == {3}
    certificate = dec.certificate()
    assert certificate.ok
    assert certificate.num_orbitals == 9 * one.num_orbitals(0, 0)


def test_maps_between_two_actions_of_one_class(rng):
    source, target = CASES["glide"], shuffled_copies(CASES["glide"], 2, rng)
    pairs = list(zip(source.generators, target.generators, strict=True))
    n, m = source.degree, target.degree
    hom = hom_space_of(semidirect_orbits(joint_images(pairs, n, m)), pairs, n, m)
    assert {(b.rows, b.cols) for b in hom.blocks} == {(2, 1)}
    assert hom.dim == hom.num_orbitals == 2 * ev.groups.num_orbitals(source)
    factors = {}
    for i, block in enumerate(hom.blocks):
        over = algebra(block.field)
        factors[i] = over.gaussian(rng, 2, 1), over.identity(1)
    matrix = hom.dense(factors, np.dtype(float))
    for s, t in pairs:
        np.testing.assert_allclose(matrix @ s.matrix(), t.matrix() @ matrix, atol=1e-12)


def glides():
    """On Z4 x Z4 a glide (i, j) -> (i + 1, -j) and a shift: affine, but not all translations are in the group."""
    i, j = np.divmod(np.arange(16), 4)
    return ev.PermutationGroup([(i + 1) % 4 * 4 + -j % 4, i * 4 + (j + 1) % 4])


@pytest.mark.parametrize(
    "group",
    [
        glides(),
        ev.groups.dihedral(6),  # orbits of different lengths
        ev.groups.symmetric(6),  # a cycle that is transitive but not normal
        ev.PermutationGroup.from_cycles("(1 2 3 4)", "(5 6)", "(1 3)(5 6)", degree=6),
        ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)", "(1 2)(4 5)(3 6)", degree=6),
        ev.PermutationGroup.from_cycles(
            "(1 2)", "(3 4)", "(1 3)(2 4)", degree=4
        ),  # regular part is no product of these
    ],
)
def test_other_groups_are_left_to_other_routes(group):
    found = semidirect_orbits(images_of(group))
    if found is not None:  # then it has to be right
        assert found.num_orbitals(0, 0) == ev.groups.num_orbitals(group)
        assert decomposition_of(found, group.generators, group.degree).certificate().ok


def test_orbits_that_are_not_isomorphic_are_refused():
    # Vertices and edges of a hexagon under its symmetries.
    x = np.arange(6)
    turn = np.concatenate([(x + 1) % 6, (x + 1) % 6 + 6])
    flip = np.concatenate([-x % 6, (-x - 1) % 6 + 6])
    assert semidirect_orbits(np.stack([turn, flip])) is None
    # Those of a pentagon are isomorphic: each edge has an opposite vertex.
    x = np.arange(5)
    turn = np.concatenate([(x + 1) % 5, (x + 1) % 5 + 5])
    flip = np.concatenate([-x % 5, (-x - 1) % 5 + 5])
    found = semidirect_orbits(np.stack([turn, flip]))
    assert found is not None
    assert len(found.classes[0].index) == 2
    assert decomposition_of(found, ev.PermutationGroup([turn, flip]).generators, 10).certificate().ok


@given(st.lists(st.integers(1, 5), min_size=1, max_size=3), st.integers(0, 2**32))
def test_affine_images_of_any_matrix_are_those_of_arithmetic(shape, seed):
    rng = np.random.default_rng(seed)
    matrix, shift = rng.integers(0, 9, (len(shape), len(shape))), rng.integers(0, 9, len(shape))
    points = np.indices(shape).reshape(len(shape), -1)
    expected = np.ravel_multi_index(tuple((matrix @ points + shift[:, None]) % np.array(shape)[:, None]), tuple(shape))
    np.testing.assert_array_equal(affine_images(tuple(shape), matrix, shift), expected)


@pytest.mark.parametrize("name", CASES)
def test_the_description_is_the_action(name, rng):
    group = shuffled_copies(CASES[name], 2, rng)
    found = affine_orbits(images_of(group))
    for row, shift, matrix in zip(images_of(group), found.shifts, found.matrices, strict=True):
        moved = affine_images(found.shape, matrix, shift)
        np.testing.assert_array_equal(row[found.index], found.index[:, moved])


@given(st.lists(st.integers(1, 6), min_size=1, max_size=3), st.integers(0, 2**32))
def test_a_spectral_basis_is_orthogonal_in_any_order(shape, seed):
    rng = np.random.default_rng(seed)
    shape = tuple(shape)
    length = int(np.prod(shape))
    digits = np.indices(shape).reshape(len(shape), -1)
    negative = np.ravel_multi_index(tuple(-digits % np.array(shape)[:, None]), shape)
    coordinates = []
    for t in range(length):
        if t <= negative[t]:
            name = t if rng.random() < 0.5 else int(negative[t])
            coordinates += [(name, False)] + ([(name, True)] if negative[t] != t else [])
    rng.shuffle(coordinates)
    characters, imaginary = (np.array(column) for column in zip(*coordinates, strict=True))
    basis = SpectralBasis(shape, characters, imaginary)
    q = basis.forward(np.eye(length))
    np.testing.assert_allclose(q @ q.T, np.eye(length), atol=1e-13)
    np.testing.assert_allclose(basis.inverse(q), np.eye(length), atol=1e-13)
    assert basis.forward(np.eye(length, dtype=np.float32)).dtype == np.float32
    assert basis.inverse(np.eye(length, dtype=np.float32)).dtype == np.float32


def test_fixed_points_beside_the_torus(rng):
    torus = ev.groups.torus(16)
    both = ev.PermutationGroup(np.tile(np.arange(3), (4, 1))) + torus
    dec = ev.isotypic_decomposition(both)
    assert [b.multiplicity for b in dec.blocks] == [4] + [1] * (len(dec.blocks) - 1)
    certificate = dec.certificate()
    assert certificate.ok
    assert certificate.num_orbitals == ev.groups.num_orbitals(both)
    x = rng.standard_normal((2, 259))
    np.testing.assert_allclose(dec.assemble(dec.split(x)), x, atol=1e-12)
    E = ev.equivariant_maps(torus, ev.groups.trivial(5))
    assert E.hom.dim == E.hom.num_orbitals == 5
    assert [(b.rows, b.cols) for b in E.blocks][:2] == [(5, 1), (0, 1)]


def test_no_samples_are_no_mistake():
    dec = ev.isotypic_decomposition(ev.groups.torus(16))
    assert dec.assemble(dec.split(np.zeros((0, 256)))).shape == (0, 256)


def test_it_is_the_route_of_the_torus_beyond_the_dense_budget(rng):
    group = ev.groups.torus(72)
    dec = ev.isotypic_decomposition(group)
    assert dec.certificate().ok
    assert [(b.label, b.field, b.irrep_dim) for b in dec.blocks[:2]] == [("R1", "R", 1), ("R1.2", "R", 1)]
    x = rng.standard_normal((3, group.degree)).astype(np.float32)
    parts = dec.split(x)
    assert all(part.dtype == np.float32 for part in parts)
    np.testing.assert_allclose(dec.assemble(parts), x, atol=1e-5)
    batches = dec.columns(np.dtype(np.float32)).transform(x)
    total = sum(float(np.sum(b.astype(float) ** 2)) for b in batches)
    assert total == pytest.approx(float(np.sum(x.astype(float) ** 2)), rel=1e-5)


def test_seeds_and_order_of_generators_do_not_change_the_blocks():
    group = ev.groups.torus(16)
    first, second = (ev.isotypic_decomposition(group, seed=s) for s in (0, 1))
    other = ev.isotypic_decomposition(ev.PermutationGroup(group.generators[::-1]))
    assert first.blocks == second.blocks == other.blocks
    x = np.arange(256.0)
    for a, b in zip(first.split(x), second.split(x), strict=True):
        np.testing.assert_array_equal(a, b)


def test_actions_of_large_dimension_are_applied_without_matrices(monkeypatch, rng):
    group = affine_line(1009, 11)  # 11 generates the units: one irreducible of dimension 1008
    dec = ev.isotypic_decomposition(group)
    assert [(b.label, b.multiplicity) for b in dec.blocks] == [("R1", 1), ("R1008", 1)]
    monkeypatch.setattr("equivariety.representations.orbits.irrep_actions.DENSE_ENTRIES_BUDGET", 1000)
    assert dec.certificate().ok
    with pytest.raises(UnsupportedGroupError, match="dimension 1008"):
        dec.block_action(1, 0)
    assert dec.block_action(0, 0).tolist() == [[1.0]]
