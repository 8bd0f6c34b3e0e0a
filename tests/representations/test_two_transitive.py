"""2-transitive actions: one reflection instead of an eigenproblem."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.errors import UnsupportedGroupError
from equivariety.groups.orbits.orbit_classes import orbit_classes
from equivariety.groups.orbits.random_stabilizers import RandomStabilizer
from equivariety.representations.orbits.orbit_spaces import decomposition_of
from equivariety.representations.routes.dense_orbits import dense_orbits
from equivariety.representations.routes.two_transitive_orbits import ReflectionBasis, two_transitive_orbits


def images_of(group):
    return np.stack([g.images for g in group.generators])


def projective_line(p):
    """PGL(2, p) on the p + 1 points of the projective line; infinity is number p."""
    x = np.arange(p)
    inverse = np.array([p, *[pow(int(k), -1, p) for k in x[1:]], 0])
    root = next(g for g in range(2, p) if len({pow(g, k, p) for k in range(p - 1)}) == p - 1)
    return ev.PermutationGroup([[*((x + 1) % p), p], [*(x * root % p), p], inverse])


@pytest.mark.parametrize("group", [ev.groups.symmetric(9), ev.groups.alternating(8), projective_line(11)])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_numerical_route_agrees(group, seed):
    one = orbit_classes(images_of(group))[0]
    found, dense = two_transitive_orbits(one, seed), dense_orbits([one])
    assert [(b.field, b.dim, b.count) for b in found.batches] == [(b.field, b.dim, b.count) for b in dense.batches]
    assert found.num_orbitals(0, 0) == dense.num_orbitals(0, 0)
    dec = decomposition_of(found, group.generators, group.degree)
    certificate = dec.certificate()
    assert certificate.ok
    assert certificate.equivariance < 1e-14
    for g, generator in enumerate(group.generators):
        rho = dec.block_action(1, g)
        np.testing.assert_allclose(rho @ rho.T, np.eye(len(rho)), atol=1e-13)
        x = np.eye(group.degree)
        before, after = dec.split(x)[1], dec.split(generator.apply(x))[1]
        np.testing.assert_allclose(before[:, 0, 0] @ rho.T, after[:, 0, 0], atol=1e-13)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 257])
def test_the_reflection_is_orthogonal_and_its_own_inverse(n):
    q = ReflectionBasis().forward(np.eye(n))
    np.testing.assert_allclose(q @ q.T, np.eye(n), atol=1e-13)
    np.testing.assert_allclose(q, q.T, atol=1e-13)
    np.testing.assert_allclose(q[0], np.full(n, n**-0.5), atol=1e-15)


@pytest.mark.parametrize(
    "group", [ev.groups.translations((4, 4)), ev.groups.hypercube(4), ev.groups.polygon(9), ev.groups.cyclic(5)]
)
def test_other_groups_are_not_2_transitive(group):
    assert two_transitive_orbits(orbit_classes(images_of(group))[0]) is None


def test_it_is_the_route_of_the_symmetric_group_at_any_size(rng):
    group = ev.groups.symmetric(5000)
    dec = ev.isotypic_decomposition(group)
    assert [(b.label, b.multiplicity) for b in dec.blocks] == [("R1", 1), ("R4999", 1)]
    assert dec.certificate().ok
    x = rng.standard_normal((2, 5000)).astype(np.float32)
    assert all(part.dtype == np.float32 for part in dec.split(x))
    np.testing.assert_allclose(dec.assemble(dec.split(x)), x, atol=1e-5)


def test_several_sets_and_maps_between_them(rng):
    one = ev.groups.symmetric(301)
    two = one + one
    E = ev.equivariant_maps(one, two)
    assert [(b.label, b.rows, b.cols) for b in E.blocks] == [("R1", 2, 1), ("R300", 2, 1)]
    assert E.hom.num_orbitals == E.dim == 4
    factors = {i: (rng.standard_normal((2, 1)), np.ones((1, 1))) for i in range(2)}
    matrix = E.hom.dense(factors, np.dtype(float))
    first, rest = matrix[:301], matrix[0, 1:]
    np.testing.assert_allclose(rest, np.full(300, rest[0]), atol=1e-12)
    np.testing.assert_allclose(np.diag(first), np.full(301, first[0, 0]), atol=1e-12)


def test_fixed_points_beside_a_set():
    group = ev.PermutationGroup([[*g.images, 301] for g in ev.groups.symmetric(301).generators])
    dec = ev.isotypic_decomposition(group)
    assert [(b.label, b.multiplicity) for b in dec.blocks] == [("R1", 2), ("R300", 1)]
    certificate = dec.certificate()
    assert certificate.ok
    assert certificate.num_orbitals == 5


def test_the_block_action_of_a_huge_irreducible_is_refused():
    dec = ev.isotypic_decomposition(ev.groups.symmetric(20_000))
    with pytest.raises(UnsupportedGroupError, match="19999"):
        dec.block_action(1, 0)


@pytest.mark.parametrize("seed", range(5))
def test_random_elements_belong_to_the_stabilizer(seed):
    group = ev.groups.hypercube(4)
    stabilizer = RandomStabilizer(images_of(group), np.random.default_rng(seed))
    for _ in range(10):
        element = stabilizer.stabilizer_element()
        assert element[0] == 0
        assert sorted(element.tolist()) == list(range(16))
    for point in range(16):
        assert stabilizer.transversal_element(point)[0] == point
    # An element of the stabilizer keeps the number of ones of a vertex.
    ones = np.array([bin(v).count("1") for v in range(16)])
    np.testing.assert_array_equal(ones[element], ones)
    np.testing.assert_array_equal(stabilizer.suborbits() == stabilizer.suborbits()[:, None], ones == ones[:, None])
