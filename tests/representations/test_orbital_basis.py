"""The basis by orbitals, against orbits on pairs of points by brute force and averages over all group elements."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import equivariety as ev
from equivariety.groups.orbits.pair_labels import orbital_labels
from equivariety.groups.signed import SignedPermutation
from equivariety.representations.maps.orbital_basis import OrbitalBasis, orbital_basis


def brute_labels(source, target):
    """Orbits of pairs by connected components on all of them, numbered by their first pair."""
    n, m = source.shape[1], target.shape[1]
    i, j = np.divmod(np.arange(m * n), n)
    heads = [t[i] * n + s[j] for s, t in zip(source, target, strict=True)]
    tails = np.tile(np.arange(m * n), len(heads))
    graph = coo_array((np.ones(tails.size), (tails, np.concatenate(heads))), shape=(m * n, m * n))
    _, labels = connected_components(graph, directed=False)
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].reshape(m, n)


def local(rng, n):
    """A permutation that moves few points, so that orbits are short and of several classes."""
    images = np.arange(n)
    for _ in range(2):
        some = rng.choice(n, min(n, 3), replace=False)
        images[some] = np.roll(images[some], 1)
    return images


def all_elements(source, target):
    """All pairs of matrices (P, P') of the group of the pairs of generators, by closure; generators are matrices."""
    pairs = [(np.eye(len(source[0])), np.eye(len(target[0])))]
    seen = {(pairs[0][0].tobytes(), pairs[0][1].tobytes())}
    for p, q in pairs:
        for s, t in zip(source, target, strict=True):
            new = p @ s, q @ t
            key = (new[0] + 0.0).tobytes(), (new[1] + 0.0).tobytes()
            if key not in seen:
                seen.add(key)
                pairs.append(new)
    return pairs


@pytest.mark.parametrize("kind", ["random", "local", "same"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_labels_are_those_of_all_pairs(kind, count, rng):
    for _ in range(12):
        n, m = rng.integers(1, 12, 2)
        draw = (lambda k: local(rng, k)) if kind == "local" else rng.permutation
        source = np.stack([draw(n) for _ in range(count)])
        target = source if kind == "same" else np.stack([draw(m) for _ in range(count)])
        np.testing.assert_array_equal(orbital_labels(source, target), brute_labels(source, target))


def test_labels_of_images_are_those_of_all_pairs():
    G = ev.groups.dihedral(6)
    labels = ev.equivariant_maps(G).hom.basis().labels
    images = np.stack([g.images for g in G.generators])
    np.testing.assert_array_equal(labels, brute_labels(images, images))
    np.testing.assert_array_equal(labels, ev.groups.orbitals(G))


def test_no_generator_makes_every_pair_an_orbital():
    assert orbital_labels(np.empty((0, 3), int), np.empty((0, 2), int)).tolist() == [[0, 1, 2], [3, 4, 5]]


PAIRS = {
    "S3, on points and by signs": [("(1 2 3)", "(1 2)"), 3, ("()", "(1 2)"), 2],
    "S4, on points and on pairs": [("(1 2 3 4)", "(1 2)"), 4, ("(1 4 6 3)(2 5)", "(2 4)(3 5)"), 6],
    "Frobenius 7:3": [("(1 2 3 4 5 6 7)", "(2 3 5)(4 7 6)"), 7, ("(1 2 3 4 5 6 7)", "(2 3 5)(4 7 6)"), 7],
    "one generator": [("(1 2 3 4)(5 6)",), 6, ("(1 2)(3 4 5 6)",), 7],
}


Q8 = ("(1 2 3 4)(5 6 7 8)", "(1 5 3 7)(2 8 4 6)")
PAIRS["Q8, with quaternionic blocks"] = [Q8, 8, tuple(f"{g}(9 10)" for g in Q8), 10]


@pytest.fixture(params=PAIRS, ids=list(PAIRS))
def hom(request):
    source, n, target, m = PAIRS[request.param]
    G, H = ev.PermutationGroup.from_cycles(*source, degree=n), ev.PermutationGroup.from_cycles(*target, degree=m)
    return ev.equivariant_maps(G, H, strict=True).hom


def test_basis_spans_the_space(hom, rng):
    basis = hom.basis()
    assert basis.size == hom.dim == hom.num_orbitals
    assert basis.shape == hom.shape
    weights = rng.standard_normal(basis.size)
    M = basis.combine(weights)
    assert ev.equivariance_error(M, *groups_of(hom)).worst == 0.0
    np.testing.assert_allclose(basis.coefficients(M), weights, atol=1e-14)
    indicators = [basis.indicator(k) for k in range(basis.size)]
    assert basis.sizes.tolist() == [one.nnz for one in indicators]
    np.testing.assert_allclose(M, sum(w * one.toarray() for w, one in zip(weights, indicators, strict=True)))


def groups_of(hom):
    return ev.PermutationGroup(list(hom.source.generators)), ev.PermutationGroup(list(hom.target.generators))


def test_projections_agree_with_the_average_over_the_group(hom, rng):
    A = rng.standard_normal(hom.shape)
    pairs = all_elements([g.matrix() for g in hom.source.generators], [g.matrix() for g in hom.target.generators])
    average = sum(q.T @ A @ p for p, q in pairs) / len(pairs)
    np.testing.assert_allclose(hom.project(A, by="orbitals"), average, atol=1e-14)
    np.testing.assert_allclose(hom.project(A), average, atol=1e-12)
    np.testing.assert_allclose(hom.basis().project(average), average, atol=1e-14)


def test_invariant_maps(rng):
    G = ev.PermutationGroup.from_cycles("(1 2)(4 5)", "(2 3)", degree=6)
    hom = ev.invariant_maps(G, outputs=2).hom
    assert hom.basis().labels.tolist() == [[0, 0, 0, 1, 1, 2], [3, 3, 3, 4, 4, 5]]
    A = rng.standard_normal((2, 6))
    np.testing.assert_allclose(hom.project(A), hom.project(A, by="orbitals"), atol=1e-13)


def test_signed_actions_against_the_average_over_the_group(rng):
    for _ in range(20):
        n, m = rng.integers(1, 4, 2)
        sides = [
            [SignedPermutation(rng.permutation(k), rng.choice([-1, 1], k)) for _ in range(2)] for k in (int(n), int(m))
        ]
        if rng.random() < 0.4:
            sides[1] = sides[0]
        basis = orbital_basis(*sides, sides[0][0].degree, sides[1][0].degree)
        pairs = all_elements(*([g.matrix() for g in side] for side in sides))
        A = rng.standard_normal(basis.shape)
        average = sum(q.T @ A @ p for p, q in pairs) / len(pairs)
        np.testing.assert_allclose(basis.project(A), average, atol=1e-12)
        trace = sum(np.trace(p) * np.trace(q) for p, q in pairs) / len(pairs)
        assert basis.size == round(trace)
        weights = rng.standard_normal(basis.size)
        np.testing.assert_allclose(basis.coefficients(basis.combine(weights)), weights, atol=1e-14)
        if basis.size:
            first = [int((basis.labels.reshape(-1) == k).argmax()) for k in range(basis.size)]
            assert first == sorted(first)
            assert (basis.signs.reshape(-1)[first] == 1).all()


def test_blocks_of_signed_actions_agree(rng):
    G = ev.SignedPermutationGroup([[1, 2, 0, 4, 5, 3], [0, 2, 1, 3, 5, 4]], [[1] * 6, [1, 1, 1, -1, -1, -1]])
    hom = ev.equivariant_maps(G).hom
    A = rng.standard_normal((6, 6))
    assert hom.basis().size == hom.dim
    np.testing.assert_allclose(hom.project(A), hom.project(A, by="orbitals"), atol=1e-13)


def test_signed_with_unsigned_outputs():
    flip = [SignedPermutation([1, 0, 2], [1, 1, -1])]
    basis = orbital_basis(flip, [ev.Permutation([0])], 3, 1)
    assert basis.combine([2.0]).tolist() == [[2.0, 2.0, 0.0]]


def test_float32_stays_float32(rng):
    basis = ev.equivariant_maps(ev.groups.dihedral(3)).hom.basis()
    A = rng.standard_normal((9, 9)).astype(np.float32)
    assert basis.project(A).dtype == np.float32
    assert ev.equivariant_maps(ev.groups.dihedral(3)).hom.project(A).dtype == np.float32


def test_stacks_of_weights(rng):
    basis = ev.equivariant_maps(ev.groups.cyclic(4)).hom.basis()
    weights = rng.standard_normal((2, 3, 4))
    assert basis.combine(weights).shape == (2, 3, 4, 4)
    np.testing.assert_array_equal(basis.combine(weights)[1, 2], basis.combine(weights[1, 2]))


def test_arrays_are_read_only():
    basis = ev.equivariant_maps(ev.groups.cyclic(4)).hom.basis()
    for array in (basis.labels, basis.sizes):
        assert not array.flags.writeable


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda b: b.combine([1.0]), "weights must be"),
        (lambda b: b.combine(1.0), "weights must be"),
        (lambda b: b.combine([np.nan] * 4), "weights must be finite"),
        (lambda b: b.indicator(4), "k must be"),
        (lambda b: b.indicator(-1), "k must be"),
        (lambda b: b.project(np.ones((2, 4))), "matrix must be of shape"),
        (lambda b: b.coefficients(np.full((4, 4), np.inf)), "matrix must be finite"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call(ev.equivariant_maps(ev.groups.cyclic(4)).hom.basis())


@pytest.mark.parametrize(
    ("matrix", "by"), [(np.ones((2, 4)), "blocks"), (np.full((4, 4), np.nan), "blocks"), (np.ones((4, 4)), "orbit")]
)
def test_bad_projections(matrix, by):
    with pytest.raises(ValueError, match="must be"):
        ev.equivariant_maps(ev.groups.cyclic(4)).hom.project(matrix, by=by)


def test_budget_is_checked_before_memory_is_taken():
    hom = ev.equivariant_maps(ev.groups.shift((200, 200), axis=1)).hom
    with pytest.raises(ValueError, match="at most 268435456 labels"):
        hom.basis()


def test_repr():
    assert repr(OrbitalBasis(np.zeros((2, 3), dtype=np.int32))) == "OrbitalBasis(shape=(2, 3), size=1)"
