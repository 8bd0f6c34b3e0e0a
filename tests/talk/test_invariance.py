"""The talk "Geometry of Equivariant Linear Neural Networks", second part: invariant functions and their networks.

docs/talk.md says for each claim which test is about it.
"""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

import equivariety as ev
from talk.as_algebraic import variety_of


def test_partition_and_equal_columns(sigma, rng):
    """(134)(25) and (143)(25) differ, have one partition, and the same invariant matrices."""
    eta = ev.PermutationGroup.from_cycles("(1 4 3)(2 5)", degree=5)
    assert sigma.generators != eta.generators
    for group in (sigma, eta):
        assert [(orbit + 1).tolist() for orbit in group.orbits] == [[1, 3, 4], [2, 5]]
        space = ev.invariant_maps(group, outputs=4)
        M = next(space.components()).sample(rng)
        np.testing.assert_allclose(M[:, [0, 0, 1]], M[:, [2, 3, 4]], atol=1e-13)
        np.testing.assert_allclose(M @ sigma.matrix(0), M, atol=1e-13)
        np.testing.assert_allclose(M @ eta.matrix(0), M, atol=1e-13)
        assert np.linalg.matrix_rank(M) == space.rank == 2


def test_rank_of_invariant_matrices_is_bounded_by_the_number_of_cycles(sigma):
    assert [ev.invariant_maps(sigma, outputs=m, rank=5).rank for m in (1, 2, 3, 5)] == [1, 2, 2, 2]


@pytest.mark.parametrize("p", [2, 4, 6])
def test_rotations_of_even_images_in_the_talks_order(p, rng):
    order = ev.groups.rotation_pixel_order(p)
    group = ev.groups.relabelled(ev.groups.rotation(p), np.argsort(order))
    four = [[0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
    assert np.array_equal(group.matrix(0), np.kron(np.eye(p * p // 4), four))
    M = next(ev.invariant_maps(group, outputs=p * p).components()).sample(rng)
    for start in range(0, p * p, 4):
        np.testing.assert_allclose(M[:, start : start + 4], M[:, [start] * 4], atol=1e-12)
    # Clockwise: the first column of the image, read upwards, becomes the first row.
    image = rng.standard_normal((p, p))
    turned = (ev.groups.rotation(p).matrix(0) @ image.ravel()).reshape(p, p)
    assert np.array_equal(turned[0], image[::-1, 0])


@pytest.mark.parametrize("p", [2, 4, 6])
def test_the_last_group_of_pixels_as_printed(p):
    """(p/2,p/2), (p/2,p/2+1), (p/2+1,p/2), (p/2+1,p/2+1): the columns still coincide, but the block is another one."""
    printed = ev.groups.rotation_pixel_order(p).copy()
    printed[[-2, -1]] = printed[[-1, -2]]
    half = p // 2 - 1
    assert printed[-4:].tolist() == [p * i + j for i in (half, half + 1) for j in (half, half + 1)]
    group = ev.groups.relabelled(ev.groups.rotation(p), np.argsort(printed))
    assert np.array_equal(group.orbit_partition, np.arange(p * p) // 4)
    assert group.matrix(0)[-4:, -4:].tolist() == [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0]]


def test_reduction_to_one_permutation(rng):
    """The orbits of several permutations are the finest common coarsening of their partitions."""
    group = ev.PermutationGroup.from_cycles("(1 2)(3 4)", "(2 3)(6 7)", "(8 9)", degree=9)
    assert [(orbit + 1).tolist() for orbit in group.orbits] == [[1, 2, 3, 4], [5], [6, 7], [8, 9]]
    one = ev.PermutationGroup([group.invariance_generator])
    first, second = (next(ev.invariant_maps(g, outputs=3, rank=2).components()) for g in (group, one))
    assert first.dim == second.dim == 2 * (3 + 4 - 2)
    assert (first.degree, first.ed_degree) == (second.degree, second.ed_degree)
    for M in (first.sample(rng), second.sample(rng)):
        assert first.contains(M)
        assert second.contains(M)
        for i in range(3):
            np.testing.assert_allclose(M @ group.matrix(i), M, atol=1e-12)


def test_equivariance_does_not_reduce_to_one_permutation():
    """S3 and its 3-cycle have the same invariant maps, but a + b J is less than the circulant matrices."""
    both, one = ev.groups.symmetric(3), ev.groups.cyclic(3)
    assert np.array_equal(both.orbit_partition, one.orbit_partition)
    assert ev.invariant_maps(both, outputs=3).dim == ev.invariant_maps(one, outputs=3).dim == 3
    assert ev.equivariant_maps(both).dim == 2
    assert ev.equivariant_maps(one).dim == 3


def test_example_of_rank_one(sigma, rng):
    """m = 2, n = 5, r = 1: columns (a, b) and lambda (a, b)."""
    variety = ev.invariant_maps(sigma, outputs=2, rank=1).component([1])
    a, b, la = rng.standard_normal(3)
    M = np.array([[a, la * a, a, a, la * a], [b, la * b, b, b, la * b]])
    assert variety.contains(M)
    np.testing.assert_array_equal(ev.collapse(M, sigma), [[a, la * a], [b, la * b]])
    np.testing.assert_array_equal(ev.expand(ev.collapse(M, sigma), sigma), M)
    # psi is onto: any 2x2 matrix of rank one, and (0, 0), (c, d) too, where lambda is infinite.
    assert variety.contains(ev.expand(np.outer([a, b], [1, la]), sigma))
    assert variety.contains(ev.expand([[0, a], [0, b]], sigma))
    assert not variety.contains(ev.expand(np.eye(2), sigma))
    assert (variety.dim, variety.degree, variety.ed_degree) == (3, 2, 2)
    assert [(tuple(piece.ranks), piece.dim) for piece in variety.singular_locus()] == [((0,), 0)]


def test_facts_of_the_example_by_groebner_bases(sigma):
    """From linear equations and one minor in ten unknowns, with the norm of R^{2x5}."""
    variety = ev.invariant_maps(sigma, outputs=2, rank=1).component([1])
    same = variety_of(variety.equations("entries"))
    assert (same.dim, same.degree, same.ed_degree) == (3, 2, 2)
    assert same.singular_locus().dim == 0


@pytest.mark.parametrize("m", [1, 2, 4])
def test_invariant_matrices_are_determinantal(sigma, m, rng):
    k = sigma.n_orbits
    for r in range(min(m, 5) + 1):
        variety = next(ev.invariant_maps(sigma, outputs=m, rank=r).components())
        image = next(ev.linear_maps(m, k, rank=min(r, k)).components())
        assert (variety.dim, variety.degree, variety.ed_degree) == (image.dim, image.degree, image.ed_degree)
        assert variety.ed_degree == comb(min(m, k), min(r, k))
        assert [piece.dim for piece in variety.singular_locus()] == [piece.dim for piece in image.singular_locus()]
        assert image.contains(ev.collapse(variety.sample(rng), sigma))
        assert variety.contains(ev.expand(image.sample(rng), sigma))


def test_the_isomorphism_is_no_isometry(sigma, rng):
    """Columns count as often as they are repeated, so the nearest matrix is not the one nearest to psi(U)."""
    variety = ev.invariant_maps(sigma, outputs=2, rank=1).component([1])
    small = rng.standard_normal((2, 2))
    U = ev.expand(small, sigma)
    assert np.linalg.norm(U) == pytest.approx(np.linalg.norm(small * np.sqrt([3, 2])))
    naive = ev.expand(ev.linear_maps(2, 2, rank=1).project(small).point, sigma)
    nearest = variety.project(U).point
    assert np.linalg.norm(U - nearest) < np.linalg.norm(U - naive) - 1e-6
    # In columns times the root of their number it is a matter of singular values.
    weighted = ev.linear_maps(2, 2, rank=1).project(small * np.sqrt([3, 2])).point / np.sqrt([3, 2])
    np.testing.assert_allclose(nearest, ev.expand(weighted, sigma), atol=1e-12)


def test_linear_isomorphisms_do_not_preserve_the_ed_degree():
    """2x2 matrices of rank one with weights on columns, 2 again, and with a weight on one entry, 6."""
    assert ev.AlgebraicVariety("a*d - b*c").ed_degree == 2
    assert ev.AlgebraicVariety("3*a*2*d - 2*b*3*c").ed_degree == 2
    assert ev.AlgebraicVariety("2*a*d - b*c").ed_degree == 6


def test_matrices_of_rank_k_are_collapsed_times_indicator(sigma, rng):
    M = ev.invariant_maps(sigma, outputs=5).component([2]).sample(rng)
    E = ev.orbit_indicator(sigma)
    assert E.tolist() == [[1, 0, 1, 1, 0], [0, 1, 0, 0, 1]]
    np.testing.assert_allclose(ev.collapse(M, sigma) @ E, M, atol=1e-13)


def test_fiber_is_an_orbit_of_the_general_linear_group(rng):
    variety = ev.linear_maps(4, 5, rank=2).component([2])
    A, B = rng.standard_normal((4, 2)), rng.standard_normal((2, 5))
    fiber = variety.fiber(A @ B)
    assert fiber.dim == 2**2
    assert fiber.is_torsor
    for _ in range(3):
        other = fiber.sample(rng)
        T = other.encoder @ np.linalg.pinv(B)
        np.testing.assert_allclose(other.encoder, T @ B, atol=1e-10)
        np.testing.assert_allclose(other.decoder, A @ np.linalg.inv(T), atol=1e-10)


def test_fibers_over_matrices_of_smaller_rank_are_larger(rng):
    """The slide asks for rank M = r.  Below, (A, B) and the pairs (A T^-1, T B) are not all: dimension 7, not 4."""
    variety = ev.linear_maps(4, 5, rank=2).component([2])
    fiber = variety.fiber(np.outer(rng.standard_normal(4), rng.standard_normal(5)))
    assert not fiber.is_torsor
    assert fiber.dim == 7
    assert fiber.dim > variety.fiber_dim == 4


def test_any_factorization_shares_the_weights_of_the_encoder(sigma, rng):
    """m = n = 5, r = 2: (psi(M) T^-1, T E), of any two matrices with product M."""
    component = ev.invariant_maps(sigma, outputs=5, rank=2).component([2])
    pattern = component.weight_sharing("points").encoder
    assert pattern.shape == (2, 5)
    assert pattern.num_weights == 4
    assert pattern.index.tolist() == [[0, 1, 0, 0, 1], [2, 3, 2, 2, 3]]
    assert np.all(pattern.sign == 1)
    M = component.sample(rng)
    factors = component.factorize(M)
    u, s, vh = np.linalg.svd(M)
    pairs = [(u[:, :2], s[:2, None] * vh[:2]), (factors.decoder, factors.encoder)]
    moved = factors.moved_at_random(rng)
    for A, B in (*pairs, (moved.decoder, moved.encoder)):
        T = ev.collapse(B, sigma)
        np.testing.assert_allclose(B, T @ ev.orbit_indicator(sigma), atol=1e-13)
        np.testing.assert_allclose(A @ T, ev.collapse(M, sigma), atol=1e-12)


def test_encoders_through_more_coordinates_than_the_rank_need_not_share_weights(sigma, rng):
    """Any factorization means: with as many latent coordinates as rank M.  The decoder may ignore the rest."""
    space = ev.invariant_maps(sigma, outputs=5)
    free = rng.standard_normal(5)
    for rank, width in ((2, 3), (1, 2)):
        M = space.stratum([rank]).sample(rng)
        factors = space.stratum([rank]).factorize(M)
        A = np.column_stack([factors.decoder, np.zeros((5, width - rank))])
        B = np.vstack([factors.encoder, free])
        np.testing.assert_allclose(A @ B, M, atol=1e-13)
        with pytest.raises(ValueError, match="invariant"):
            ev.collapse(B, sigma)


@pytest.mark.parametrize("r", [1, 2, 3])
def test_dense_decoder_with_shared_encoder_has_all_invariant_maps(sigma, r, rng):
    """The function space is I_r, for r > k too, since invariant maps have rank at most k."""
    space = ev.invariant_maps(sigma, outputs=5, rank=r)
    component = next(space.components())
    for _ in range(3):
        A, T = rng.standard_normal((5, r)), rng.standard_normal((r, 2))
        assert component.contains(A @ ev.expand(T, sigma))
    M = component.sample(rng)
    factors = component.factorize(M)
    sharing = component.weight_sharing("points")
    assert sharing.decoder.num_weights == 5 * space.rank
    A, B = (
        p.matrix(p.weights(f))
        for p, f in zip((sharing.decoder, sharing.encoder), (factors.decoder, factors.encoder), strict=True)
    )
    np.testing.assert_allclose(A @ B, M, atol=1e-13)


@pytest.mark.parametrize(
    ("equation", "count"), [("x^2 + y^2 - 1", 2), ("x^2 + 4*y^2 - 4", 4)], ids=["circle", "ellipse"]
)
def test_ed_degree_of_conics(equation, count):
    assert ev.AlgebraicVariety(equation).ed_degree == count


def test_all_critical_points_are_found(sigma, rng):
    """As many as the ED degree, for matrices and for invariant matrices; the nearest first."""
    for variety in (
        ev.linear_maps(4, 4, rank=2).component([2]),
        ev.invariant_maps(sigma, outputs=4, rank=1).component([1]),
    ):
        U = rng.standard_normal(variety.shape)
        found = list(variety.critical_points(U))
        assert len(found) == variety.ed_degree
        np.testing.assert_allclose(found[0].point, variety.project(U).point, atol=1e-12)
