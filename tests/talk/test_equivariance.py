"""The talk "Geometry of Equivariant Linear Neural Networks", third part: good bases, components, and the experiment.

docs/talk.md says for each claim which test is about it.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import block_diag

import equivariety as ev
from equivariety.representations import block_circulant_basis, complex_fourier_basis, real_orthogonal_basis
from laws.brute import rank_vectors

#: The talk's order of the coordinates of the rotation: (1,1), (2,1), the complex pair; the library's has (2,1) last.
TALK_ORDER = [0, 1, 2, 7, 8, 3, 4, 5, 6]


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


def test_the_second_base_change_does_not_preserve_the_ed_degree(rotation, rng):
    """The complex block of the rotation: 2 in real coordinates, 4 where it is diagonal; with M_1(R^{3x3}) 6 and 12."""
    group, M = ev.groups.rotation(3), rotation.sample(rng)
    T = block_circulant_basis(group) @ complex_fourier_basis(group)
    N = T.conj().T @ M @ T
    assert np.linalg.norm(N) == pytest.approx(np.linalg.norm(M))
    assert abs(np.sum(N * N) - np.sum(M * M)) > 1e-3 * np.sum(M * M)  # another quadratic form
    Q = real_orthogonal_basis(group)
    assert np.sum((Q.T @ M @ Q) ** 2) == pytest.approx(np.sum(M * M))
    # The entries at the eigenvalues i and -i are conjugate, so over C they are two independent matrices.
    eigenvalues = np.diag(T.conj().T @ group.matrix(0) @ T)
    one, two = (np.isclose(eigenvalues, value) for value in (1j, -1j))
    np.testing.assert_allclose(N[np.ix_(one, one)], N[np.ix_(two, two)].conj(), atol=1e-13)
    assert np.linalg.matrix_rank(N[np.ix_(one, one)], tol=1e-10) == 1
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
    counts = [ev.equivariant_maps(group, rank=r).num_components() for r in range(10)]
    assert counts == [len(rank_vectors([1, 1, 2], [3, 2, 2], r)) for r in range(10)] == [1, 2, 4, 5, 6, 6, 6, 4, 3, 1]
    assert next(ev.equivariant_maps(group).components()).is_smooth


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
