"""Equivariance errors of matrices, maps and functions, against explicit permutation matrices and projectors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

import equivariety as ev
from equivariety.errors import UnsupportedGroupError

D4 = ev.groups.dihedral(3)
S3 = ev.PermutationGroup.from_cycles("(1 2 3)", "(1 2)", degree=3)
SIGN = ev.PermutationGroup.from_cycles("()", "(1 2)", degree=2)


def expected(M, source, target):
    P = [source.matrix(i) for i in range(source.n_generators)]
    Q = [target.matrix(i) for i in range(target.n_generators)]
    return [np.linalg.norm(M @ p - q @ M) / np.linalg.norm(M) for p, q in zip(P, Q, strict=True)]


@pytest.mark.parametrize(("source", "target"), [(D4, D4), (S3, SIGN), (SIGN, S3)])
def test_matrices(source, target, rng):
    M = rng.standard_normal((target.degree, source.degree))
    error = ev.equivariance_error(M, source, target)
    np.testing.assert_allclose(error.by_generator, expected(M, source, target), rtol=1e-12)
    assert error.worst == float(error) == max(error.by_generator)
    hom = ev.equivariant_maps(source, target).hom
    nearest = hom.project(M, by="orbitals")
    assert error.distance == pytest.approx(np.linalg.norm(M - nearest) / np.linalg.norm(M))
    assert not error.is_sampled


@pytest.mark.parametrize(("source", "target"), [(D4, D4), (S3, SIGN)])
def test_shares_are_those_of_the_isotypic_projectors(source, target, rng):
    M = rng.standard_normal((target.degree, source.degree))
    error = ev.equivariance_error(M, source, target)
    hom = ev.equivariant_maps(source, target).hom
    rest = M - hom.project(M, by="orbitals")

    def projectors(decomposition):
        ends = np.cumsum([0, *(b.dim for b in decomposition.blocks)])
        Q = decomposition.matrix()
        return {b.label: Q[:, i:j] @ Q[:, i:j].T for b, i, j in zip(decomposition.blocks, ends, ends[1:], strict=False)}

    inputs, outputs = projectors(hom.source), projectors(hom.target)
    total = np.sum(M**2)
    assert [share.label for share in error.blocks] == list(hom.labels)
    for share in error.blocks:
        E = inputs.get(share.label, np.zeros((source.degree,) * 2))
        F = outputs.get(share.label, np.zeros((target.degree,) * 2))
        assert share.inside == pytest.approx(np.sum((F @ (M - rest) @ E) ** 2) / total, abs=1e-12)
        assert share.outside_from == pytest.approx(np.sum((rest @ E) ** 2) / total, abs=1e-12)
        assert share.outside_into == pytest.approx(np.sum((F @ rest) ** 2) / total, abs=1e-12)
    for side in ("outside_from", "outside_into"):
        assert sum(s.inside + getattr(s, side) for s in error.blocks) == pytest.approx(1.0)


def test_equivariant_matrix_has_no_error(rng):
    M = ev.equivariant_maps(D4).hom.project(rng.standard_normal((9, 9)), by="orbitals")
    error = ev.equivariance_error(M, D4)
    assert error.worst < 1e-15
    assert error.distance < 1e-13


def test_sparse_matrices_are_as_dense_ones(rng):
    M = random_array((9, 9), density=0.3, rng=rng)
    sparse, dense = (ev.equivariance_error(x, D4) for x in (M, M.toarray()))
    np.testing.assert_allclose(sparse.by_generator, dense.by_generator, rtol=1e-12)
    assert sparse.distance == pytest.approx(dense.distance)
    assert ev.equivariance_error(csr_array(np.eye(9, dtype=int)), D4).worst == 0.0


def test_signed_actions(rng):
    G = ev.SignedPermutationGroup([[1, 0, 2], [0, 1, 2]], [[1, 1, -1], [-1, -1, 1]])
    M = rng.standard_normal((3, 3))
    want = expected(M, G, G)
    for x in (M, csr_array(M)):
        np.testing.assert_allclose(ev.equivariance_error(x, G).by_generator, want, rtol=1e-12)


def test_large_sparse_matrix_without_projection():
    n = 20_000
    G = ev.groups.shift(n, axis=0)
    from scipy.sparse import diags_array

    error = ev.equivariance_error(diags_array(np.arange(n, dtype=float)), G)
    assert error.distance is None
    assert error.blocks == ()
    want = np.sqrt((n - 1) + (n - 1) ** 2) / np.sqrt(np.sum(np.arange(n, dtype=float) ** 2))
    assert error.worst == pytest.approx(want)


def test_group_without_bases(rng, monkeypatch):
    """Distances are then those of orbital averages, and there are no shares."""
    M = rng.standard_normal((9, 9))
    known = ev.equivariance_error(M, D4)

    def refused(*arguments, **options):
        raise UnsupportedGroupError("no route")

    for name in ("hom.HomSpace.project", "equivariance.hom_space"):
        with monkeypatch.context() as patch:
            patch.setattr(f"equivariety.representations.maps.{name}", refused)
            found = ev.equivariance_error(M, D4)
        assert found.by_generator == known.by_generator
        assert found.distance == pytest.approx(known.distance)
        assert found.blocks == ()


def test_function_on_long_orbits_of_low_rank():
    G = ev.groups.on_tuples(ev.groups.symmetric(60), 2)
    error = ev.equivariance_error(lambda x: x * np.arange(3540), G, probes=np.eye(3540)[:20])
    assert error.worst > 0.1
    assert error.blocks == ()


def test_linear_function_agrees_with_its_matrix_on_the_identity(rng):
    M = rng.standard_normal((9, 9))
    sampled = ev.equivariance_error(lambda x: x @ M.T, D4, probes=np.eye(9))
    np.testing.assert_allclose(sampled.by_generator, ev.equivariance_error(M, D4).by_generator, rtol=1e-12)
    assert sampled.is_sampled
    assert sampled.distance is None
    total = sum(share.outside_into for share in sampled.blocks)
    assert total == pytest.approx(np.mean(np.square(sampled.by_generator)))


def test_defect_lies_in_the_block_that_is_broken():
    dec = ev.isotypic_decomposition(D4)
    fixed = dec.split(np.arange(9.0))[0]  # a constant in the trivial block commutes; a large entry breaks the others
    assert fixed.shape == (3, 1, 1)
    error = ev.equivariance_error(lambda x: np.maximum(x, 0) + np.arange(9) * 10.0, D4)
    by_label = {share.label: share.outside_into for share in error.blocks}
    assert by_label[dec.blocks[0].label] == pytest.approx(0.0, abs=1e-20)
    assert sum(by_label.values()) > 0.1


@pytest.mark.parametrize(
    "function", [np.tanh, lambda x: np.maximum(x, 0.0), lambda x: x - x.mean(axis=1, keepdims=True)]
)
def test_pointwise_layers_are_equivariant(function):
    assert ev.equivariance_error(function, D4).worst < 1e-15


def test_random_probes_come_from_the_generator():
    def layer(x):
        return np.maximum(x * np.arange(9), 0.0)

    default, same, other = (
        ev.equivariance_error(layer, D4, rng=r) for r in (None, np.random.default_rng(0), np.random.default_rng(1))
    )
    assert default.by_generator == same.by_generator != other.by_generator


def test_maps_of_the_library(rng):
    X = rng.standard_normal((40, 9))
    fit = ev.fit(ev.equivariant_maps(ev.groups.rotation(3), rank=4), X, intercept=True)
    for found in (fit.map, fit.predictor):
        error = ev.equivariance_error(found, ev.groups.rotation(3))
        assert error.worst < 1e-14
        assert error.distance < 1e-13
    broken = ev.representations.AffineMap(fit.map, np.arange(9.0))
    turned = np.rot90(np.arange(9.0).reshape(3, 3), -1).ravel() - np.arange(9.0)
    want = np.linalg.norm(turned) / np.linalg.norm(np.arange(9.0))
    assert ev.equivariance_error(broken, ev.groups.rotation(3)).worst == pytest.approx(want)


def test_other_group_than_the_map_was_made_for(rng):
    fit = ev.fit(ev.equivariant_maps(ev.groups.rotation(3), rank=4), rng.standard_normal((40, 9)))
    error = ev.equivariance_error(fit.map, D4)
    np.testing.assert_allclose(error.by_generator, expected(np.asarray(fit.map), D4, D4), atol=1e-13)
    assert error.worst > 0.01


def test_zero_map():
    for zero in (np.zeros((9, 9)), csr_array((9, 9)), lambda x: 0 * x):
        error = ev.equivariance_error(zero, D4)
        assert error.by_generator == (0.0, 0.0)


def test_trivial_group(rng):
    assert ev.equivariance_error(rng.standard_normal((2, 3)), ev.groups.trivial(3), ev.groups.trivial(2)).worst == 0.0


def test_huge_and_tiny_entries(rng):
    M = rng.standard_normal((9, 9))
    want = ev.equivariance_error(M, D4)
    for unit in (1e300, 1e-300):
        error = ev.equivariance_error(unit * M, D4)
        assert error.worst == pytest.approx(want.worst)
        assert error.distance == pytest.approx(want.distance)


def test_repr_is_a_table(rng):
    text = repr(ev.equivariance_error(rng.standard_normal((9, 9)), D4))
    assert text.startswith("EquivarianceError: worst ")
    assert text.count("\n") == 3 + len(ev.equivariant_maps(D4).blocks)
    many = repr(ev.equivariance_error(np.diag(np.arange(64.0)), ev.groups.shift(64, axis=0)))
    assert "33 blocks, the largest are shown" in many


@pytest.mark.parametrize(
    ("mapping", "groups", "options", "message"),
    [
        (np.full((9, 9), np.nan), (D4,), {}, "mapping must be finite"),
        (csr_array(np.diag([np.inf] * 9)), (D4,), {}, "mapping must be finite"),
        (np.ones((9, 8)), (D4,), {}, r"mapping must be of shape \(9, 9\)"),
        (np.ones((9, 9)), (D4, ev.groups.rotation(3)), {}, "target must be a group with 2 generators"),
        (lambda x: x[:, :2], (D4,), {}, r"mapping\(rows\) must be of shape \(256, 9\)"),
        (lambda x: x * np.nan, (D4,), {}, r"mapping\(rows\) must be finite"),
        (np.tanh, (D4,), {"probes": np.ones((2, 8))}, "probes must be of shape"),
        (np.tanh, (D4,), {"probes": np.ones((0, 9))}, "probes must be of shape"),
    ],
)
def test_bad_values(mapping, groups, options, message):
    with pytest.raises(ValueError, match=message):
        ev.equivariance_error(mapping, *groups, **options)


@pytest.mark.parametrize(
    ("mapping", "groups", "options", "message"),
    [
        ("layer", (D4,), {}, "mapping must be"),
        (np.ones((9, 9)), ("D4",), {}, "group must be a PermutationGroup"),
        (np.ones((9, 9)), (D4, 9), {}, "target must be a PermutationGroup"),
        (np.tanh, (D4,), {"rng": 3}, "rng must be a numpy.random.Generator"),
    ],
)
def test_bad_types(mapping, groups, options, message):
    with pytest.raises(TypeError, match=message):
        ev.equivariance_error(mapping, *groups, **options)
