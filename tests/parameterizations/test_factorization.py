"""Laws of encoder and decoder on every instance, their normal forms, and moving along the fiber."""

from __future__ import annotations

import re
from itertools import islice

import numpy as np
import pytest

import equivariety as ev
from equivariety.linalg import algebra
from equivariety.parameterizations import factorization as module
from laws.brute_groups import signed_matrix
from laws.registry import every_space

FORMS = ("balanced", "orthonormal")


def strata(space, rng, count=4):
    """Some components, and two feasible vectors that need not be maximal."""
    yield from islice(space.components(), count)
    for _ in range(2):
        left, vector = space.rank, []
        for block in space.blocks:
            r = int(rng.integers(0, min(block.max_rank, left // block.irrep_dim) + 1))
            left -= r * block.irrep_dim
            vector.append(r)
        yield space.stratum(vector)


def generators(space):
    pairs = zip(space.hom.source.generators, space.hom.target.generators, strict=True)
    return [tuple(signed_matrix(side) for side in pair) for pair in pairs]


@every_space
def test_product_actions_and_fast_transforms(space, rng):
    m, n = space.shape
    for component in strata(space, rng):
        member = component.sample(rng)
        for form in FORMS:
            F = component.factorize(member, form=form)
            A, B = F.decoder, F.encoder
            assert A.shape == (m, component.rank)
            assert B.shape == (component.rank, n)
            assert F.rank == len(F.labels) == component.rank
            assert F.ranks == component.ranks
            np.testing.assert_allclose(A @ B, member, atol=1e-12 * (1 + np.linalg.norm(member)))
            np.testing.assert_allclose(np.asarray(F.map), A @ B, atol=1e-12 * (1 + np.linalg.norm(member)))
            for number, (source, target) in enumerate(generators(space)):
                rho = F.latent_action(number)
                np.testing.assert_allclose(rho @ rho.T, np.eye(F.rank), atol=1e-13)
                np.testing.assert_allclose(B @ source, rho @ B, atol=1e-11 * (1 + np.linalg.norm(B)))
                np.testing.assert_allclose(target @ A, A @ rho, atol=1e-11 * (1 + np.linalg.norm(A)))
            X, Z = rng.standard_normal((4, n)), rng.standard_normal((4, F.rank))
            np.testing.assert_allclose(F.encode(X), X @ B.T, atol=1e-12 * (1 + np.linalg.norm(B)))
            np.testing.assert_allclose(F.decode(Z), Z @ A.T, atol=1e-12 * (1 + np.linalg.norm(A)))
            assert not A.flags.writeable
            assert not B.flags.writeable


@every_space
def test_normal_forms(space, rng):
    for component in strata(space, rng, 2):
        member = component.sample(rng)
        blocks = space.hom.block_matrices(member)
        balanced, orthonormal = (component.factorize(member, form=form) for form in FORMS)
        for i, (block, r) in enumerate(zip(space.blocks, component.ranks, strict=True)):
            if not r:
                assert block.label not in balanced.factors
                continue
            over = algebra(block.field)
            values = np.diag(over.spread(over.svd(blocks[i])[1][:r]))
            left, right = balanced.factors[block.label]
            np.testing.assert_allclose(left.conj().T @ left, values, atol=1e-11)
            np.testing.assert_allclose(right.conj().T @ right, values, atol=1e-11)
            np.testing.assert_allclose(left @ right.conj().T, blocks[i], atol=1e-11)
            first, second = orthonormal.factors[block.label]
            np.testing.assert_allclose(second.conj().T @ second, over.identity(r), atol=1e-12)
            np.testing.assert_allclose(first.conj().T @ first, values**2, atol=1e-10)
            for factor in (right, second):
                top = over.to_real(factor)[over.moduli(factor).argmax(axis=0), :, np.arange(r)]  # (r, e)
                assert np.all(top[:, 0] > 0)
                np.testing.assert_allclose(top[:, 1:], 0, atol=1e-13)
        np.testing.assert_allclose(orthonormal.encoder @ orthonormal.encoder.T, np.eye(component.rank), atol=1e-12)


@every_space
def test_normal_forms_do_not_depend_on_how_the_map_was_stored(space, rng):
    component = next(space.components())
    F = component.factorize(component.sample(rng), form="orthonormal")
    # Distinct singular values almost surely, so the normal form of any other point of the fiber is the same.
    again = ev.factorize(F.moved_at_random(rng).map, form="orthonormal")
    np.testing.assert_allclose(again.encoder, F.encoder, atol=1e-7)
    np.testing.assert_allclose(again.decoder, F.decoder, atol=1e-7 * (1 + np.linalg.norm(F.decoder)))


@every_space
def test_moving_keeps_the_product_and_moves_the_factors(space, rng):
    for component in strata(space, rng, 2):
        F = component.factorize(component.sample(rng))
        G = F.moved_at_random(rng)
        np.testing.assert_allclose(np.asarray(G.map), np.asarray(F.map), atol=1e-12 * (1 + np.linalg.norm(F.map)))
        np.testing.assert_allclose(G.latent_action(), F.latent_action())
        if F.rank:
            assert np.linalg.norm(G.encoder - F.encoder) > 1e-3
        # (A T^-1, T B) with T block diagonal and commuting with the latent action.
        T = np.linalg.lstsq(F.encoder.T, G.encoder.T, rcond=None)[0].T
        np.testing.assert_allclose(T @ F.encoder, G.encoder, atol=1e-9)
        np.testing.assert_allclose(T @ F.latent_action(), F.latent_action() @ T, atol=1e-8)
        np.testing.assert_allclose(G.decoder @ T, F.decoder, atol=1e-8 * (1 + np.linalg.norm(F.decoder)))


@every_space
def test_members_of_smaller_rank_are_padded(space, rng):
    component = next(space.components())
    zero = np.zeros(space.shape)
    for form in FORMS:
        F = component.factorize(zero, form=form)
        assert F.ranks == component.ranks
        assert not F.decoder.any()
        assert F.encoder.any() == (form == "orthonormal" and component.rank > 0)
        if form == "orthonormal":
            np.testing.assert_allclose(F.encoder @ F.encoder.T, np.eye(F.rank), atol=1e-12)
        short = ev.EquivariantMap(space.hom, {}, np.dtype(np.float64))
        assert ev.factorize(short, form=form).rank == 0
        padded = ev.factorize(short, ranks=component.ranks, form=form)
        np.testing.assert_allclose(
            padded.encoder @ padded.encoder.T, np.eye(F.rank) * (form == "orthonormal"), atol=1e-12
        )


@every_space
def test_matrices_outside_are_refused_with_the_reason(space, rng):
    component = next(space.components())
    member = component.sample(rng)
    full = type(space)(space.hom)
    outside = rng.standard_normal(space.shape)
    outside -= full.project(outside).point
    if np.linalg.norm(outside) > 1e-8:
        with pytest.raises(ValueError, match="matrix must be equivariant"):
            component.factorize(member + 1e-3 * outside)
    for i, (block, r) in enumerate(zip(space.blocks, component.ranks, strict=True)):
        if r < block.max_rank:
            vector = [0] * len(space.blocks)
            vector[i] = r + 1
            larger = full.stratum(vector).sample(rng)
            with pytest.raises(ValueError, match=re.escape(f"ranks[{block.label}] must be at least {r + 1}, the rank")):
                component.factorize(larger)


def pixels():
    return ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)


def test_images_of_the_talk(rng):
    E = pixels()
    talk = [13, 10, 9, 8, 7, 5, 3, 1] + [0] * 7
    component = E.component(talk)
    F = component.factorize(component.sample(rng))
    assert (F.decoder.shape, F.encoder.shape) == ((784, 99), (99, 784))
    X = rng.standard_normal((50, 784))
    np.testing.assert_allclose(F.decode(F.encode(X)), F.map(X), atol=1e-9)


def test_large_images_are_encoded_without_dense_matrices(rng):
    E = ev.equivariant_maps(ev.groups.shift((256, 256), axis=1), rank=50)
    component = E.component({(1, 1): 10, (256, 255): 20})
    factors = {}
    for i, r in ((0, 10), (1, 20)):
        pair = [rng.standard_normal((256, r)) for _ in range(2)]
        factors[i] = tuple(f + 1j * rng.standard_normal(f.shape) if i else f for f in pair)
    F = component.factorize(ev.EquivariantMap(E.hom, factors, np.dtype(np.float64)))
    X = rng.standard_normal((3, 256 * 256))
    Z = F.encode(X)
    assert Z.shape == (3, 50)
    np.testing.assert_allclose(F.decode(Z), F.map(X), atol=1e-8)
    assert F.encoder.shape == (50, 65536)


def test_float32_is_kept_and_chunks_agree(rng, monkeypatch):
    space = ev.equivariant_maps(ev.groups.rotation(4), ev.groups.rotation(6), rank=7)
    component = next(space.components())
    member = component.sample(rng)
    F = component.factorize(member.astype(np.float32))
    assert F.dtype == F.decoder.dtype == F.encoder.dtype == F.decode(F.encode(np.ones((2, 16), np.float32))).dtype
    assert F.dtype == np.float32
    assert F.moved_at_random(rng).encoder.dtype == np.float32
    np.testing.assert_allclose(F.decoder @ F.encoder, member, atol=1e-5 * np.linalg.norm(member))
    padded = ev.factorize(ev.EquivariantMap(space.hom, {}, np.dtype(np.float32)), ranks=component.ranks)
    kinds = {factor.dtype.name for pair in padded.factors.values() for factor in pair}
    assert kinds <= {"float32", "complex64"}
    wide = component.factorize(member)
    x = rng.standard_normal((5, 16)).astype(np.float32)
    assert wide.encode(x).dtype == np.float32
    assert F.encode(x.astype(np.float64)).dtype == np.float64
    whole = wide.decode(wide.encode(x))
    monkeypatch.setattr(module, "_CHUNK_ENTRIES", 40)
    np.testing.assert_allclose(wide.decode(wide.encode(x)), whole, atol=1e-5)


def test_leading_axes_lists_and_empty_input(rng):
    F = next(ev.equivariant_maps(ev.groups.rotation(3), rank=3).components())
    F = F.factorize(F.sample(rng))
    x = rng.standard_normal((2, 3, 9))
    assert F.encode(x).shape == (2, 3, 3)
    np.testing.assert_allclose(F.encode(x)[1, 2], F.encode(x[1, 2]))
    assert F.encode([1] * 9).shape == (3,)
    assert F.encode(np.zeros((0, 9))).shape == (0, 3)
    assert F.decode(np.zeros((0, 3))).shape == (0, 9)


def test_extreme_scales(rng):
    component = next(ev.equivariant_maps(ev.groups.rotation(3), rank=3).components())
    member = component.sample(rng)
    for scale in (1e-300, 1e-150, 1e150, 1e300):
        F = component.factorize(scale * member)
        np.testing.assert_allclose((F.decoder @ F.encoder) / scale, member, atol=1e-12)
        assert np.linalg.norm(F.decoder) == pytest.approx(np.linalg.norm(F.encoder), rel=1e-9)


def test_equal_entries_get_the_same_phase_after_rounding(rng):
    # The one right vector is constant: rounding must not choose which entry is made positive.
    E = ev.linear_maps(4, 6, rank=1)
    M = np.outer([1.0, 2.0, 3.0, 4.0], [1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    for noise in 1e-15 * rng.standard_normal((20, *M.shape)):
        F = next(E.components()).factorize(M + noise * np.linalg.norm(M) / 10)
        assert F.encoder[0, 0] > 0


def test_maps_are_taken_as_they_are_and_foreign_ones_refused(rng):
    E = ev.equivariant_maps(ev.groups.rotation(3), rank=3)
    component = E.component({(1, 1): 1, (4, 3): 1})
    F = component.factorize(component.sample(rng))
    G = component.factorize(F.map)
    np.testing.assert_allclose(G.encoder, F.encoder, atol=1e-12)
    same = ev.equivariant_maps(ev.groups.rotation(3)).stratum([1, 1, 0])
    np.testing.assert_allclose(same.factorize(F.map).encoder, F.encoder, atol=1e-12)
    other = ev.linear_maps(9, 9).component([9])
    with pytest.raises(ValueError, match="a map between other actions"):
        other.factorize(F.map)
    assert other.factorize(np.asarray(F.map)).rank == 9
    invariant = ev.invariant_maps(ev.groups.cyclic(9), outputs=9).component([1])
    with pytest.raises(ValueError, match="a map between other actions"):
        invariant.factorize(F.map)
    with pytest.raises(ValueError, match=r"ranks\[\(4,3\)\] must be at least 1"):
        E.component([3, 0, 0]).factorize(F.map)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda C, F: ev.factorize(np.eye(9)), TypeError, "mapping must be an EquivariantMap"),
        (lambda C, F: ev.factorize(F.map, form="qr"), ValueError, "form must be 'balanced' or 'orthonormal'; got 'qr'"),
        (lambda C, F: ev.factorize(F.map, form=None), ValueError, "form must be"),
        (lambda C, F: ev.factorize(F.map, ranks=[1, 1]), ValueError, "ranks must be a sequence of 3"),
        (lambda C, F: ev.factorize(F.map, ranks=[1, 9, 0]), ValueError, r"ranks\[\(4,3\)\] must be at most 2"),
        (lambda C, F: ev.factorize(F.map, ranks=[0, 1, 0]), ValueError, r"ranks\[\(1,1\)\] must be at least 1"),
        (lambda C, F: C.factorize(np.eye(8)), ValueError, r"matrix must be an array of shape \(9, 9\)"),
        (lambda C, F: C.factorize(np.full((9, 9), np.inf)), ValueError, "matrix must be finite"),
        (lambda C, F: C.factorize("matrix"), TypeError, "matrix must be an array of real numbers"),
        (lambda C, F: F.encode(np.ones(8)), ValueError, r"X must be an array of shape \(..., 9\)"),
        (lambda C, F: F.encode([[np.nan] * 9]), ValueError, "X must be finite"),
        (lambda C, F: F.decode(np.ones(9)), ValueError, r"Z must be an array of shape \(..., 3\)"),
        (lambda C, F: F.decode(1.0), ValueError, "Z must be an array"),
        (lambda C, F: F.latent_action(1), ValueError, "generator must be a generator number from 0 to 0"),
        (lambda C, F: F.moved([np.eye(1)]), TypeError, "transforms must be a mapping"),
        (lambda C, F: F.moved({"(9,9)": 1}), ValueError, "transforms must be one of the block labels"),
        (lambda C, F: F.moved({(1, 1): np.eye(2)}), ValueError, r"transforms\[\(1,1\)\] must be of shape \(1, 1\)"),
        (lambda C, F: F.moved({(2, 1): np.eye(1)}), ValueError, r"transforms\[\(2,1\)\] must be of shape \(0, 0\)"),
        (lambda C, F: F.moved({(1, 1): [[1j]]}), TypeError, r"transforms\[\(1,1\)\] must be an array of real"),
        (lambda C, F: F.moved({(4, 3): [[0]]}), ValueError, r"transforms\[\(4,3\)\] must be invertible"),
        (lambda C, F: F.moved({(4, 3): [[np.nan]]}), ValueError, r"transforms\[\(4,3\)\] must be finite"),
        (lambda C, F: F.moved({(4, 3): [[1]], "(4,3)": [[1]]}), ValueError, r"\(4,3\) twice"),
        (lambda C, F: F.moved_at_random(0), TypeError, "rng must be a numpy.random.Generator"),
    ],
)
def test_mistakes_are_named(call, kind, words, rng):
    C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
    F = C.factorize(C.sample(rng))
    with pytest.raises(kind, match=words):
        call(C, F)


def test_complex_transforms_act_by_rotations(rng):
    C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
    F = C.factorize(C.sample(rng))
    G = F.moved({(4, 3): [[1j]]})
    np.testing.assert_allclose(G.encoder[1:], np.array([[0, -1], [1, 0]]) @ F.encoder[1:], atol=1e-13)
    np.testing.assert_allclose(G.encoder[0], F.encoder[0])
    assert F.moved({(2, 1): np.zeros((0, 0))}).rank == 3


def test_dense_factors_beyond_the_budget_are_refused(rng, monkeypatch):
    C = next(ev.equivariant_maps(ev.groups.rotation(3), rank=3).components())
    F = C.factorize(C.sample(rng))
    monkeypatch.setattr(module, "DENSE_ENTRIES_BUDGET", 26)
    for name in ("encoder", "decoder"):
        with pytest.raises(ValueError, match=rf"{name} must be of at most 26 entries .*encode\(\) and decode\(\)"):
            getattr(F, name)
    assert F.encode(np.ones(9)).shape == (3,)


def test_repr_and_values(rng):
    C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
    F = C.factorize(C.sample(rng))
    assert repr(F) == "Factorization(shape=(9, 9), rank=3, ranks={'(1,1)': 1, '(4,3)': 1})"
    assert F.shape == (9, 9)
    assert F.hom is C.space.hom
    assert all(not array.flags.writeable for pair in F.factors.values() for array in pair)
