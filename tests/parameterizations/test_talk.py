"""The two examples of the talk, number by number: weight sharing of an invariant and of an equivariant autoencoder."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.representations import real_orthogonal_basis


@pytest.fixture
def rotation():
    return ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (2, 1): 0, (4, 3): 1})


def test_invariant_encoder_of_the_talk(rng):
    group = ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)
    component = ev.invariant_maps(group, outputs=5, rank=2).component([2])
    pattern = component.weight_sharing("points").encoder
    assert pattern.shape == (2, 5)
    assert pattern.num_weights == 4
    # Shared on {1, 3, 4} and on {2, 5}.
    assert pattern.index.tolist() == [[0, 1, 0, 0, 1], [2, 3, 2, 2, 3]]
    assert np.all(pattern.sign == 1)
    M = component.sample(rng)
    F = component.factorize(M)
    # Any factorization is (psi(M) T^-1, T E).
    for G in (F, F.moved_at_random(rng)):
        T = ev.collapse(G.encoder, group)
        np.testing.assert_allclose(G.encoder, T @ ev.orbit_indicator(group), atol=1e-13)
        np.testing.assert_allclose(G.decoder @ T, ev.collapse(M, group), atol=1e-12)


def test_dense_decoder_with_shared_encoder_gives_every_invariant_map(rng):
    group = ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)
    component = ev.invariant_maps(group, outputs=5, rank=1).component([1])
    sharing = component.weight_sharing("points")
    assert np.all(sharing.decoder.sign == 1)
    assert sharing.decoder.num_weights == 5
    A, B = (p.matrix(rng.standard_normal(p.num_weights)) for p in (sharing.decoder, sharing.encoder))
    assert component.contains(A @ B)


def test_isotypic_pattern_of_the_rotation_as_printed(rotation):
    sharing = rotation.weight_sharing()
    assert sharing.num_parameters == rotation.num_parameters == 14
    # The talk's order of coordinates: (1,1), (2,1), then the complex pair.
    order = [0, 1, 2, 7, 8, 3, 4, 5, 6]
    Q = rotation.space.hom.source.matrix()
    np.testing.assert_allclose(Q[:, order], real_orthogonal_basis(ev.groups.rotation(3)), atol=1e-15)
    index, sign = (array[:, order] for array in (sharing.encoder.index, sharing.encoder.sign))
    assert index.tolist() == [
        [0, 1, 2, -1, -1, -1, -1, -1, -1],
        [-1, -1, -1, -1, -1, 3, 4, 5, 6],
        [-1, -1, -1, -1, -1, 4, 3, 6, 5],
    ]
    assert sign.tolist() == [[1, 1, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1, -1, 1, -1], [0, 0, 0, 0, 0, 1, 1, 1, 1]]
    # The decoder is the transpose of a matrix of that form: R(star)^T is R of the conjugate.
    down, signs = (array[order].T for array in (sharing.decoder.index, sharing.decoder.sign))
    assert np.array_equal(down, index)
    assert signs[1:, 5:].tolist() == [[1, 1, 1, 1], [-1, 1, -1, 1]]
    assert np.array_equal(signs[:, :5], sign[:, :5])


def test_every_member_is_a_product_of_the_printed_form(rotation, rng):
    Q = real_orthogonal_basis(ev.groups.rotation(3))
    sharing = rotation.weight_sharing()
    order = [0, 1, 2, 7, 8, 3, 4, 5, 6]
    M = rotation.sample(rng)
    F = rotation.factorize(M)
    encoder = (F.encoder @ Q)[:, np.argsort(order)]
    decoder = (Q.T @ F.decoder)[np.argsort(order)]
    for pattern, factor in ((sharing.encoder, encoder), (sharing.decoder, decoder)):
        np.testing.assert_allclose(pattern.matrix(pattern.weights(factor)), factor, atol=1e-13)
    np.testing.assert_allclose(Q @ (decoder @ encoder)[np.ix_(order, order)] @ Q.T, M, atol=1e-12)


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


def test_talk_counts_of_parameters():
    E = ev.equivariant_maps(ev.groups.rotation(3), rank=3)
    for component in E.components():
        assert component.weight_sharing("points").num_parameters == component.num_parameters
        assert component.weight_sharing().num_parameters == component.num_parameters
