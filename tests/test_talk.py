"""The talk "Geometry of Equivariant Linear Neural Networks", slide by slide: its examples, and where a word is missing.

Kohn, Sattelberger, Shahverdi, arXiv 2309.13736.  docs/talk.md says for each claim which test is about it, here or
elsewhere.
"""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from scipy.linalg import block_diag

import equivariety as ev
from equivariety.representations import block_circulant_basis, complex_fourier_basis, real_orthogonal_basis

#: The talk's order of the coordinates of the rotation: (1,1), (2,1), the complex pair; the library's has (2,1) last.
TALK_ORDER = [0, 1, 2, 7, 8, 3, 4, 5, 6]


@pytest.fixture
def sigma():
    return ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)


@pytest.fixture
def rotation():
    """The talk's r = (1, 0, 1) for the rotation of 3x3 images."""
    return ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (2, 1): 0, (4, 3): 1})


@pytest.fixture
def shifts():
    return ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)


def variety_of(equations):
    """The same equations as a variety about which nothing is known."""
    texts = [str(p.as_expr()) for p in equations.polynomials]
    return ev.AlgebraicVariety(texts, [str(v) for v in equations.variables])


# ------------------------------------------------------------------------------------- training: pure and spurious


def test_linear_networks_have_spurious_critical_points(rng):
    """Half of a factorization: critical for the parameters, but its function is not critical on the function space."""
    space = ev.linear_maps(3, 4, rank=2)
    U = rng.standard_normal((3, 4))
    u, s, vh = np.linalg.svd(U)
    A, B = np.zeros((3, 2)), np.zeros((2, 4))
    A[:, 0], B[0] = s[0] * u[:, 0], vh[0]
    rest = A @ B - U
    np.testing.assert_allclose(rest @ B.T, 0, atol=1e-13)
    np.testing.assert_allclose(A.T @ rest, 0, atol=1e-13)
    component = next(space.components())
    assert not component.normal_space(A @ B).contains(rest)
    # At a pure one both hold.
    pure = component.critical_points(U)
    for critical in pure:
        factors = component.factorize(critical.point)
        rest = critical.point - U
        np.testing.assert_allclose(rest @ factors.encoder.T, 0, atol=1e-12)
        np.testing.assert_allclose(factors.decoder.T @ rest, 0, atol=1e-12)
        np.testing.assert_allclose(component.normal_space(critical.point).project(rest), rest, atol=1e-12)


# ------------------------------------------------------------------------------------- drawings of real points


@pytest.mark.parametrize(
    ("equations", "facts", "singular"),
    [
        ("y^2 - x^2*(x + 1)", (1, 3, 5), [(0, 0)]),
        ("x^2*y - y^3 - z^3", (2, 3, 9), [(0, 0, 0)]),
        (["p0*p2 - (p0 + p1)*p1", "p0 + p1 + p2 - 1"], (1, 2, 3), []),
    ],
    ids=["nodal curve", "cubic surface", "coin model"],
)
def test_drawn_varieties(equations, facts, singular):
    variety = ev.AlgebraicVariety(equations)
    assert (variety.dim, variety.degree, variety.ed_degree) == facts
    locus = variety.singular_locus()
    assert locus.is_empty == (not singular)
    for point in singular:
        assert variety.is_singular_at(point)
        assert locus.dim == 0
        assert locus.degree == 1


def test_the_coin_model_is_a_family_of_distributions():
    """Flip a coin that shows heads with probability t, after heads once more: both heads, heads and tails, tails."""
    model = ev.AlgebraicVariety(["p0*p2 - (p0 + p1)*p1", "p0 + p1 + p2 - 1"])
    for t in np.linspace(0, 1, 7):
        assert model.contains([t**2, t * (1 - t), 1 - t])


# ------------------------------------------------------------------------------------- fully connected networks


def test_two_layers_fill_the_determinantal_variety(rng):
    """F(M1, M2) = M2 M1, 2x4 and 3x2: the 3x4 matrices of rank at most 2."""
    variety = ev.linear_maps(3, 4, rank=2).component([2])
    assert variety.contains(rng.standard_normal((3, 2)) @ rng.standard_normal((2, 4)))
    factors = variety.factorize(variety.sample(rng))
    assert (factors.decoder.shape, factors.encoder.shape) == ((3, 2), (2, 4))
    assert (variety.dim, variety.num_parameters, variety.fiber_dim) == (10, 14, 4)
    assert not variety.contains(rng.standard_normal((3, 4)))


def test_determinantal_variety_by_its_minors():
    """All four 3-minors; dimension, degree, singular points and ED degree found again from these by Groebner bases."""
    variety = ev.linear_maps(3, 4, rank=2).component([2])
    minors = variety.equations("entries")
    assert len(minors) == 4
    same = variety_of(minors)
    assert (same.dim, same.degree) == (variety.dim, variety.degree) == (10, 6)
    assert same.ed_degree == variety.ed_degree == comb(3, 2)
    (locus,) = variety.singular_locus()
    assert tuple(locus.ranks) == (1,)
    assert locus == ev.linear_maps(3, 4).stratum([1])
    assert locus.dim == 6


@pytest.mark.parametrize(("m", "n"), [(2, 2), (3, 4), (5, 3)])
def test_dimension_and_ed_degree_formulas(m, n):
    for r in range(min(m, n) + 1):
        variety = ev.linear_maps(m, n, rank=r).component([r])
        assert variety.dim == r * (m + n - r)
        assert variety.ed_degree == comb(min(m, n), r)


# ------------------------------------------------------------------------------------- invariant functions


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
    assert (first.dim, first.degree, first.ed_degree) == (second.dim, second.degree, second.ed_degree)
    assert second.contains(first.sample(rng))
    assert first.contains(second.sample(rng))


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


# ------------------------------------------------------------------------------------- parameterizing invariance


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


# ------------------------------------------------------------------------------------- ED degree


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


# ------------------------------------------------------------------------------------- equivariant autoencoders


def test_base_changes_as_printed(sigma):
    P = np.zeros((5, 5))
    P[range(5), [2, 4, 3, 0, 1]] = 1
    assert np.array_equal(sigma.matrix(0), P)
    T1, T2 = block_circulant_basis(sigma), complex_fourier_basis(sigma)
    circulant = block_diag([[0, 0, 1], [1, 0, 0], [0, 1, 0]], [[0, 1], [1, 0]])
    assert np.array_equal(T1.T @ P @ T1, circulant)
    zeta = np.exp(2j * np.pi / 3)
    np.testing.assert_allclose(T2.conj().T @ circulant @ T2, np.diag([1, zeta, zeta**2, 1, -1]), atol=1e-14)
    # Points in the order (1, 4, 3), (2, 5): each cycle backwards.
    assert (T1.T @ np.arange(1, 6)).tolist() == [1, 4, 3, 2, 5]
    np.testing.assert_allclose(T2.conj().T @ T2, np.eye(5), atol=1e-14)
    assert np.abs(T2.T @ T2 - np.eye(5)).max() > 0.5  # unitary, but not complex orthogonal


def test_the_second_base_change_does_not_preserve_the_ed_degree(rotation):
    """The complex block of the rotation: 2 in real coordinates, 4 where it is diagonal; with M_1(R^{3x3}) 6 and 12."""
    names = [f"{part}{i}{j}" for part in "xy" for i in (1, 2) for j in (1, 2)]
    real, imaginary = "x11*x22 - y11*y22 - x12*x21 + y12*y21", "x11*y22 + y11*x22 - x12*y21 - y12*x21"
    before = ev.AlgebraicVariety([real, imaginary], names)
    after = ev.AlgebraicVariety(["x11*x22 - x12*x21", "y11*y22 - y12*y21"], names)
    assert (before.dim, before.degree) == (after.dim, after.degree) == (6, 4)
    trivial, complex_pair, _ = rotation.factors
    assert before.ed_degree == complex_pair.ed_degree == 2
    assert after.ed_degree == 4
    assert trivial.ed_degree == 3
    assert rotation.ed_degree == trivial.ed_degree * before.ed_degree == 6
    assert trivial.ed_degree * after.ed_degree == 12


def test_real_orthogonal_basis_as_printed(rotation, rng):
    group = ev.groups.rotation(3)
    Q = real_orthogonal_basis(group)
    np.testing.assert_allclose(Q.T @ Q, np.eye(9), atol=1e-15)
    turn = [[0, -1], [1, 0]]
    np.testing.assert_allclose(Q.T @ group.matrix(0) @ Q, block_diag(np.eye(3), -np.eye(2), turn, turn), atol=1e-14)
    # What commutes with it: 3x3, 2x2, and four 2x2 blocks a - b, b a.
    M = Q.T @ next(ev.equivariant_maps(group).components()).sample(rng) @ Q
    assert ev.equivariant_maps(group).dim == 9 + 4 + 4 * 2
    np.testing.assert_allclose(M, block_diag(M[:3, :3], M[3:5, 3:5], M[5:, 5:]), atol=1e-13)
    complex_part = ev.unrealize(M[5:, 5:])
    np.testing.assert_allclose(ev.realize(complex_part), M[5:, 5:], atol=1e-13)


def test_realization_is_a_scaled_rotation():
    assert ev.realize(np.array([[3 + 4j]])).tolist() == [[3, -4], [4, 3]]
    R = ev.realize(np.array([[np.exp(0.3j)]]))
    np.testing.assert_allclose(R @ R.T, np.eye(2), atol=1e-15)


def test_components_of_exact_rank_solve_the_equation():
    """Of all irreducible components the slide counts those that contain a matrix of rank r."""
    group = ev.groups.rotation(3)
    for r in range(10):
        space = ev.equivariant_maps(group, rank=r)
        solutions = {(a, b, c) for a in range(4) for b in range(3) for c in range(3) if a + b + 2 * c == r}
        found = {
            tuple(c.ranks[label] for label in ("(1,1)", "(2,1)", "(4,3)")) for c in space.components(exact_rank=True)
        }
        assert found == solutions
        assert space.num_components(exact_rank=True) == len(solutions)
    # A 3-cycle, r = 2: the multiples of the all-one matrix have rank 1, but are a component.
    space = ev.equivariant_maps(ev.groups.cyclic(3), rank=2)
    assert [(tuple(c.ranks), c.rank) for c in space.components()] == [((0, 1), 2), ((1, 0), 1)]
    assert (space.num_components(exact_rank=True), space.num_components()) == (1, 2)


def test_eigenspaces_are_counted_by_cycles():
    """d_l is the number of cycles whose length is a multiple of l."""
    lengths = [1, 2, 2, 4, 6]
    cycles, start = "", 1
    for length in lengths:
        cycles += "(" + " ".join(str(start + i) for i in range(length)) + ")"
        start += length
    group = ev.PermutationGroup.from_cycles(cycles, degree=sum(lengths))
    eigenvalues = np.linalg.eigvals(group.matrix(0))
    for block in ev.isotypic_decomposition(group).blocks:
        l, m = map(int, block.label.strip("()").split(","))
        d = sum(length % l == 0 for length in lengths)
        assert block.multiplicity == d
        assert np.sum(np.abs(eigenvalues - np.exp(2j * np.pi * m / l)) < 1e-6) == d


def test_one_network_is_not_enough_where_there_are_two_components(rotation, rng):
    """The consequence needs two components: without a bound on the rank, all equivariant maps are one linear space."""
    group = ev.groups.rotation(3)
    other = rotation.space.component({(1, 1): 2, (2, 1): 1})
    x, y = rotation.sample(rng), other.sample(rng)
    assert not other.contains(x)
    assert not rotation.contains(y)
    assert [ev.equivariant_maps(group, rank=r).num_components() for r in range(10)] == [1, 2, 4, 5, 6, 6, 6, 5, 3, 1]
    assert next(ev.equivariant_maps(group).components()).is_smooth


# ------------------------------------------------------------------------------------- weight sharing on both sides


def test_facts_of_the_component_of_the_rotation(rotation):
    """M_1(R^{3x3}) x M_0(R^{2x2}) x R(M_1(C^{2x2})), in the library's order (1,1), (4,3), (2,1)."""
    assert [(f.field, f.rows, f.cols, f.rank) for f in rotation.factors] == [
        ("R", 3, 3, 1), ("C", 2, 2, 1), ("R", 2, 2, 0),
    ]  # fmt: skip
    assert rotation.is_component
    assert rotation.rank == 3
    assert rotation.dim == 5 + 0 + 2 * 3
    assert rotation.degree == 6 * 1 * 2**2
    assert rotation.ed_degree == 3 * 1 * 2
    assert rotation.num_parameters == 14
    assert {tuple(piece.ranks) for piece in rotation.singular_locus()} == {(0, 1, 0), (1, 0, 0)}


def test_patterns_of_encoder_and_decoder_as_printed(rotation):
    sharing = rotation.weight_sharing()
    assert sharing.num_parameters == rotation.num_parameters == 14
    Q = rotation.space.hom.source.matrix()
    np.testing.assert_allclose(Q[:, TALK_ORDER], real_orthogonal_basis(ev.groups.rotation(3)), atol=1e-15)
    index, sign = (array[:, TALK_ORDER] for array in (sharing.encoder.index, sharing.encoder.sign))
    assert index.tolist() == [
        [0, 1, 2, -1, -1, -1, -1, -1, -1],
        [-1, -1, -1, -1, -1, 3, 4, 5, 6],
        [-1, -1, -1, -1, -1, 4, 3, 6, 5],
    ]
    assert sign.tolist() == [[1, 1, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1, -1, 1, -1], [0, 0, 0, 0, 0, 1, 1, 1, 1]]
    # The decoder is the transpose of a matrix of that form: R(star)^T is R of the conjugate.
    down, signs = (array[TALK_ORDER].T for array in (sharing.decoder.index, sharing.decoder.sign))
    assert np.array_equal(down, index)
    assert signs[1:, 5:].tolist() == [[1, 1, 1, 1], [-1, 1, -1, 1]]
    assert np.array_equal(signs[:, :5], sign[:, :5])


def test_every_member_is_a_product_of_the_printed_form(rotation, rng):
    Q = real_orthogonal_basis(ev.groups.rotation(3))
    sharing = rotation.weight_sharing()
    M = rotation.sample(rng)
    F = rotation.factorize(M)
    assert (F.decoder.shape, F.encoder.shape) == ((9, 3), (3, 9))
    encoder = (F.encoder @ Q)[:, np.argsort(TALK_ORDER)]
    decoder = (Q.T @ F.decoder)[np.argsort(TALK_ORDER)]
    for pattern, factor in ((sharing.encoder, encoder), (sharing.decoder, decoder)):
        np.testing.assert_allclose(pattern.matrix(pattern.weights(factor)), factor, atol=1e-13)
    np.testing.assert_allclose(Q @ (decoder @ encoder)[np.ix_(TALK_ORDER, TALK_ORDER)] @ Q.T, M, atol=1e-12)


def test_pixels_share_weights_on_corners_and_edges(rotation, rng):
    sharing = rotation.weight_sharing("points")
    assert sharing.num_parameters == 14
    pattern = sharing.encoder
    signed = pattern.sign * (pattern.index + 1)
    corners = [0, 2, 8, 6]  # each the clockwise neighbour of the one before
    edges = [1, 5, 7, 3]
    centre = 4
    # The invariant row: one weight for the corners, one for the edges, one for the centre.
    assert len({signed[0, i] for i in corners}) == len({signed[0, i] for i in edges}) == 1
    assert len(set(signed[0])) == 3
    assert np.all(signed[0] > 0)
    # The centre pixel is fixed, so it takes part in the invariant row alone.
    assert signed[1:, centre].tolist() == [0, 0]
    for ring in (corners, edges):
        one, two = signed[1, ring], signed[2, ring]
        # Half a turn changes the sign, a quarter of a turn takes the pair of rows to each other.
        for row in (one, two):
            assert np.array_equal(row[2:], -row[:2])
        assert set(np.abs(one)) == set(np.abs(two))
        assert len(set(np.abs(one))) == 2
    # As a matrix: rotating the image by 90 degrees rotates the pair of latent coordinates by 90 degrees.
    F = rotation.factorize(rotation.sample(rng))
    P = ev.groups.rotation(3).matrix(0)
    np.testing.assert_allclose(F.encoder[1:] @ P, np.array([[0, -1], [1, 0]]) @ F.encoder[1:], atol=1e-13)
    B = pattern.matrix(rng.standard_normal(7))
    np.testing.assert_allclose(B[1:] @ P, np.array([[0, -1], [1, 0]]) @ B[1:], atol=1e-15)


def test_weights_are_counted_in_every_component(rotation):
    for component in rotation.space.components():
        assert component.weight_sharing("points").num_parameters == component.num_parameters
        assert component.weight_sharing().num_parameters == component.num_parameters


# ------------------------------------------------------------------------------------- MNIST


def test_components_for_images_of_28_by_28(shifts):
    assert shifts.num_components(exact_rank=True) == 72_425_986_088_826
    assert shifts.num_components() == 72_426_340_906_146


def test_parameters_for_images_of_28_by_28(shifts):
    turns = [(1, 1), (28, 27), (14, 13), (28, 25), (7, 6), (28, 23), (14, 11), (4, 3)]
    turns += [(7, 5), (28, 19), (14, 9), (28, 17), (7, 4), (28, 15), (2, 1)]
    assert list(shifts.labels) == [f"({l},{m})" for l, m in turns]
    talk = shifts.component((13, 10, 9, 8, 7, 5, 3, 1, 0, 0, 0, 0, 0, 0, 0))
    assert talk.num_parameters == 5_544 == 2 * (28 * 13 + 2 * 28 * (10 + 9 + 8 + 7 + 5 + 3 + 1))
    dense = next(ev.linear_maps(784, 784, rank=99).components())
    assert dense.num_parameters == 155_232 == 2 * 99 * 784
    # Parameters, not dimensions: fibers have some.
    assert (talk.dim, talk.fiber_dim) == (4_717, 827)
    assert (dense.dim, dense.fiber_dim) == (145_431, 99**2)


def test_every_component_of_rank_99_has_as_many_parameters(shifts):
    """56 for each real dimension of the latent space, so the choice of r costs none."""
    for component, _ in zip(shifts.components(exact_rank=True), range(20), strict=False):
        assert component.num_parameters == 5_544 == 56 * 99
    rest = dict.fromkeys(shifts.labels, 0) | {"(1,1)": 28, "(2,1)": 28, "(28,27)": 21}
    component = shifts.component(rest)
    assert (component.rank, component.num_parameters) == (98, 56 * 98)
