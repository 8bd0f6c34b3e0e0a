"""Weight sharing on every instance: it has the component's parameters, and every factorization has it."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

import equivariety as ev
from equivariety.linalg import algebra
from equivariety.parameterizations import weight_sharing
from equivariety.parameterizations.weight_sharing import _single_weights
from equivariety.representations import IsotypicBlock, IsotypicDecomposition
from laws.registry import every_space


def strata(space, rng, count=4):
    yield from islice(space.components(), count)
    for _ in range(2):
        left, vector = space.rank, []
        for block in space.blocks:
            r = int(rng.integers(0, min(block.max_rank, left // block.irrep_dim) + 1))
            left -= r * block.irrep_dim
            vector.append(r)
        yield space.stratum(vector)


def has_point_pattern(component) -> bool:
    """Characters (l, m) with l in {1, 2, 4} alone; of several generators those with values 1 and -1."""
    return all(
        (int(block.label[1:].split(",")[0]) in (1, 2, 4) if block.label.startswith("(") else block.irrep_dim == 1)
        or not r
        for block, r in zip(component.blocks, component.ranks, strict=True)
    )


@every_space
def test_isotypic_pattern_is_that_of_every_factorization(space, rng):
    source, target = space.hom.source.matrix(), space.hom.target.matrix()
    for component in strata(space, rng):
        sharing = component.weight_sharing()
        assert sharing.num_parameters == component.num_parameters
        for F in (
            component.factorize(component.sample(rng)),
            component.factorize(component.sample(rng)).moved_at_random(rng),
        ):
            for pattern, factor in ((sharing.encoder, F.encoder @ source), (sharing.decoder, target.T @ F.decoder)):
                assert pattern.shape == factor.shape
                np.testing.assert_allclose(
                    pattern.matrix(pattern.weights(factor)), factor, atol=1e-12 * (1 + np.abs(factor).max(initial=0))
                )
        assert sharing.labels == F.labels


@every_space
def test_point_pattern_is_that_of_every_factorization(space, rng):
    for component in strata(space, rng):
        if not has_point_pattern(component):
            try:  # some irreducibles of several generators happen to have one
                sharing = component.weight_sharing("points")
            except ValueError as error:
                assert "basis must be 'isotypic' where entries mix weights" in str(error)  # noqa: PT017
                continue
            assert len(space.hom.source.generators) > 1
        sharing = component.weight_sharing("points")
        assert sharing.num_parameters == component.num_parameters
        for F in (
            component.factorize(component.sample(rng)),
            component.factorize(component.sample(rng)).moved_at_random(rng),
        ):
            for pattern, factor in ((sharing.encoder, F.encoder), (sharing.decoder, F.decoder)):
                assert pattern.shape == factor.shape
                np.testing.assert_allclose(
                    pattern.matrix(pattern.weights(factor)), factor, atol=1e-12 * (1 + np.abs(factor).max(initial=0))
                )


@every_space
@pytest.mark.parametrize("basis", ["isotypic", "points"])
def test_any_weights_give_a_member(space, rng, basis):
    for component in strata(space, rng, 2):
        if basis == "points" and not has_point_pattern(component):
            continue
        sharing = component.weight_sharing(basis)
        A, B = (p.matrix(rng.standard_normal(p.num_weights)) for p in (sharing.decoder, sharing.encoder))
        if basis == "isotypic":
            A, B = space.hom.target.matrix() @ A, B @ space.hom.source.matrix().T
        assert component.contains(A @ B)


@every_space
def test_weights_are_numbered_as_they_first_occur(space, rng):
    for component in strata(space, rng, 1):
        for basis in ("isotypic", "points"):
            if basis == "points" and not has_point_pattern(component):
                continue
            sharing = component.weight_sharing(basis)
            for pattern in (sharing.encoder, sharing.decoder):
                numbers, first = np.unique(pattern.index[pattern.index >= 0], return_index=True)
                assert np.all(np.diff(first) > 0)
                assert numbers.tolist() == list(range(pattern.num_weights))
                if basis == "points":
                    assert np.all(pattern.sign[pattern.index >= 0][first] == 1)


def test_points_refuse_by_name():
    E = ev.equivariant_maps(ev.groups.shift((4, 6), axis=1))
    with pytest.raises(ValueError, match=r"as those of \(6,5\), \(3,2\) do; got 'points'. Fix: pass basis='isotypic'"):
        weight_sharing(E.hom, [1, 1, 1, 1], basis="points")
    assert weight_sharing(E.hom, {(1, 1): 1, (2, 1): 2}, basis="points").num_parameters == 24


@pytest.mark.parametrize("length", [4, 8, 12])
def test_quarter_turns_in_longer_cycles(length, rng):
    space = ev.equivariant_maps(ev.groups.cyclic(length), ev.groups.cyclic(4), rank=4)
    component = space.component({(1, 1): 1, (4, 3): 1, (2, 1): 1})
    sharing = component.weight_sharing("points")
    F = component.factorize(component.sample(rng))
    pattern = sharing.encoder
    np.testing.assert_allclose(pattern.matrix(pattern.weights(F.encoder)), F.encoder, atol=1e-12)
    cell = pattern.sign[1] * (pattern.index[1] + 1)
    assert np.array_equal(cell, np.tile(cell[:4], length // 4))
    assert np.array_equal(cell[:2], -cell[2:4])


def test_orbits_of_different_sizes_absorb_their_constants(rng):
    group = ev.PermutationGroup.from_cycles("(1 2 3)(4 5)", degree=6)
    component = ev.invariant_maps(group, outputs=2).component([2])
    F = component.factorize(component.sample(rng))
    weights = component.weight_sharing("points").encoder.weights(F.encoder)
    # Every weight is the entry itself: the constant 1 / sqrt(orbit size) is part of it.
    np.testing.assert_allclose(weights, ev.collapse(F.encoder, group).ravel(), atol=1e-14)


def test_large_invariant_pattern_is_quick():
    component = ev.invariant_maps(ev.groups.rotation(128), outputs=10).component([10])
    pattern = component.weight_sharing("points").encoder
    assert pattern.shape == (10, 128 * 128)
    assert pattern.num_weights == 10 * 4096
    orbit = ev.groups.rotation(128).orbit_partition
    assert np.array_equal(pattern.index[0], pattern.index[0][np.unique(orbit, return_index=True)[1]][orbit])


def test_talk_size():
    component = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99).component(
        [13, 10, 9, 8, 7, 5, 3, 1] + [0] * 7
    )
    sharing = component.weight_sharing()
    assert sharing.num_parameters == 5544
    assert (sharing.decoder.shape, sharing.encoder.shape) == ((784, 99), (99, 784))


@pytest.mark.parametrize("field", ["R", "C", "H"])
def test_cells_are_left_multiplication_in_a_division_algebra(field, rng):
    part, sign = algebra(field).cells
    d = len(part)
    u, v = rng.standard_normal((2, d))
    matrix = lambda x: x[part] * sign  # noqa: E731
    assert np.array_equal(matrix(u)[:, 0], u)  # acts on 1
    np.testing.assert_allclose(matrix(u) @ matrix(v), matrix(matrix(u) @ v), atol=1e-14)
    np.testing.assert_allclose(matrix(u).T @ matrix(u), (u @ u) * np.eye(d), atol=1e-14)
    if field == "H":
        i, j, k = np.eye(4)[1:]
        assert np.array_equal(matrix(i) @ j, k)
        assert np.array_equal(matrix(j) @ k, i)


class Toy(IsotypicDecomposition):
    """One block given by an orthogonal matrix: whatever a decomposition may return."""

    def __init__(self, matrix, block):
        self._matrix, self._block = matrix, block

    degree = property(lambda self: len(self._matrix))
    generators = ()
    blocks = property(lambda self: (self._block,))
    num_orbitals = 0

    def _split(self, x):
        raise NotImplementedError

    def _assemble(self, parts, leading, dtype):
        return (parts[0].reshape(*leading, -1) @ self._matrix.T).astype(dtype)

    def columns(self, dtype):
        raise NotImplementedError

    def _block_action(self, block, generator):
        raise NotImplementedError


@pytest.mark.parametrize("field", ["R", "C", "H"])
@pytest.mark.parametrize("copies", [1, 2])
def test_probes_find_signed_permutations_and_refuse_the_rest(field, copies, rng):
    unit = {"R": 1, "C": 2, "H": 4}[field]
    block = IsotypicBlock("x", field, unit * copies, 3)
    n = block.dim
    signed = np.eye(n)[rng.permutation(n)] * rng.choice([-1.0, 1.0], n)
    part, sign = algebra(field).cells
    for transposed in (False, True):
        weight, signs = _single_weights(Toy(signed, block), 0, transposed=transposed)
        u = rng.standard_normal((3, unit))
        cell = u[:, part] * sign  # (d, e', e)
        if transposed:
            cell = np.swapaxes(cell, 1, 2)
        rows = np.einsum("dfe,mk->fmdek", cell, np.eye(copies)).reshape(block.irrep_dim, -1) @ signed.T
        np.testing.assert_allclose((signs * u.ravel()[weight]).T, rows, atol=1e-14)
    mixing = np.linalg.qr(rng.standard_normal((n, n)))[0]
    assert _single_weights(Toy(mixing, block), 0, transposed=False) is None
    if field == "R":
        # One weight in each entry, but with constants of different size.
        uneven = np.zeros((n + 1, n))
        uneven[:n] = np.eye(n)
        uneven[0, 0], uneven[n, 0] = 0.6, 0.8
        assert _single_weights(Toy(uneven, block), 0, transposed=False) is None or copies > 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda C: C.weight_sharing("pixels"), "basis must be 'isotypic' or 'points'; got 'pixels'"),
        (lambda C: C.weight_sharing(None), "basis must be"),
        (lambda C: weight_sharing(C.space.hom, [9, 0, 0]), r"ranks\[\(1,1\)\] must be at most 3"),
        (lambda C: weight_sharing(C.space.hom, {"(5,1)": 1}), "ranks must be one of the block labels"),
    ],
)
def test_mistakes_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call(ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1}))


def test_dense_patterns_beyond_the_budget_are_refused():
    E = ev.equivariant_maps(ev.groups.trivial(20_000), rank=20_000)
    with pytest.raises(ValueError, match="factorize"):
        weight_sharing(E.hom, [20_000])
