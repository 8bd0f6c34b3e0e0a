"""Laws of psi: deleting the repeated columns of invariant matrices, and putting them back."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from laws.registry import dihedral_generators, mixed

GROUPS = {
    "talk": lambda: ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5),
    "mixed": mixed,
    "two generators": dihedral_generators,
    "trivial": lambda: ev.groups.trivial(3),
    "one point": lambda: ev.groups.trivial(1),
    "one orbit": lambda: ev.groups.cyclic(4),
    "rotation": lambda: ev.groups.rotation(4),
}
every_group = pytest.mark.parametrize("group", [pytest.param(make(), id=name) for name, make in GROUPS.items()])


@every_group
def test_indicator_rows_are_the_orbits(group):
    e = ev.orbit_indicator(group)
    assert e.shape == (group.n_orbits, group.degree)
    for row, orbit in zip(e, group.orbits, strict=True):
        assert np.flatnonzero(row).tolist() == orbit.tolist()
    assert np.array_equal(e.sum(axis=0), np.ones(group.degree))
    assert np.array_equal(e @ e.T, np.diag(group.orbit_sizes))


@every_group
def test_collapse_and_expand_are_inverse(group, rng):
    small = rng.standard_normal((3, group.n_orbits))
    large = ev.expand(small, group)
    assert np.array_equal(large, small @ ev.orbit_indicator(group))
    for generator in group.generators:
        assert np.array_equal(large @ generator.matrix(), large)
    assert np.array_equal(ev.collapse(large, group), small)
    assert np.array_equal(ev.expand(ev.collapse(large, group), group), large)


@every_group
def test_collapse_preserves_rank(group, rng):
    for rank in range(min(5, group.n_orbits) + 1):
        small = rng.standard_normal((5, rank)) @ rng.standard_normal((rank, group.n_orbits))
        large = ev.expand(small, group)
        assert np.linalg.matrix_rank(large) == rank == np.linalg.matrix_rank(ev.collapse(large, group))


@every_group
def test_isometric_coordinates_weight_columns_by_the_size_of_the_orbit(group, rng):
    small = rng.standard_normal((4, group.n_orbits))
    large = ev.expand(small, group)
    weighted = ev.collapse(large, group) * np.sqrt(group.orbit_sizes)
    assert np.linalg.norm(weighted) == pytest.approx(np.linalg.norm(large), rel=1e-14)
    if group.orbit_sizes.max() > 1:
        assert np.linalg.norm(small) < np.linalg.norm(large)
    # They are the trivial isotypic block, up to the order of the orbits.
    (block,) = ev.invariant_maps(group, outputs=4).hom.block_matrices(large)
    np.testing.assert_allclose(block @ block.T, weighted @ weighted.T, atol=1e-12)


@every_group
def test_any_factorization_of_full_orbit_rank_shares_weights_on_orbits(group, rng):
    k = group.n_orbits
    M = ev.expand(rng.standard_normal((k + 2, k)), group)
    # Any factorization through k coordinates: a basis of the column space, moved by a random T.
    basis = np.linalg.svd(M)[0][:, :k] @ rng.standard_normal((k, k))
    A, B = basis, np.linalg.lstsq(basis, M, rcond=None)[0]
    np.testing.assert_allclose(A @ B, M, atol=1e-9)
    T = ev.collapse(B, group, tolerance=1e-8)
    assert np.linalg.matrix_rank(T) == k
    np.testing.assert_allclose(T @ ev.orbit_indicator(group), B, atol=1e-8)
    np.testing.assert_allclose(ev.collapse(M, group) @ np.linalg.inv(T), A, atol=1e-8)


def test_dtypes_and_scale_are_kept():
    group = GROUPS["talk"]()
    for dtype in (np.float32, np.float64):
        small = np.array([[1e-30, 3e30]], dtype)
        large = ev.expand(small, group)
        assert large.dtype == dtype
        assert ev.collapse(large, group).dtype == dtype
        assert np.array_equal(ev.collapse(large, group), small)
    assert ev.collapse(np.array([[1, 2, 1, 1, 2]]), group).dtype == np.float64
    assert ev.collapse(np.full((1, 5), 1e308), group).tolist() == [[1e308, 1e308]]
    assert ev.collapse(np.zeros((2, 5)), group).tolist() == [[0.0, 0.0]] * 2
    assert ev.collapse(np.zeros((0, 5)), group).shape == (0, 2)


def test_results_are_new_arrays():
    group = ev.groups.trivial(2)
    given = np.eye(2)
    for result in (ev.collapse(given, group), ev.expand(given, group)):
        assert not np.shares_memory(result, given)


def test_rounding_is_accepted_and_more_is_not(rng):
    group = GROUPS["talk"]()
    large = ev.expand(rng.standard_normal((3, 2)), group)
    for scale in (1e-200, 1.0, 1e200):
        noisy = scale * (large + 1e-14 * rng.standard_normal(large.shape))
        assert ev.collapse(noisy, group).shape == (3, 2)
    off = large.copy()
    off[1, 3] += 1e-3
    with pytest.raises(ValueError, match=r"columns 0 and 3, of one orbit, with .* in row 1"):
        ev.collapse(off, group)
    assert ev.collapse(off, group, tolerance=1e-2).shape == (3, 2)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda g: ev.orbit_indicator([0, 1]), TypeError, "group must be a PermutationGroup"),
        (lambda g: ev.collapse(np.eye(5), None), TypeError, "group must be a PermutationGroup"),
        (lambda g: ev.expand(np.eye(2), g.generators[0]), TypeError, "group must be a PermutationGroup"),
        (lambda g: ev.collapse(np.eye(4), g), ValueError, r"matrix must be of shape \(m, 5\)"),
        (lambda g: ev.collapse(np.ones(5), g), ValueError, r"matrix must be of shape \(m, 5\)"),
        (lambda g: ev.collapse(np.full((1, 5), np.nan), g), ValueError, "matrix must be finite"),
        (lambda g: ev.collapse([["a"] * 5], g), TypeError, "matrix must be an array of real numbers"),
        (lambda g: ev.collapse(np.ones((1, 5)), g, tolerance=2), ValueError, "tolerance must be"),
        (lambda g: ev.collapse(np.ones((1, 5)), g, tolerance="no"), ValueError, "tolerance must be"),
        (lambda g: ev.expand(np.eye(5), g), ValueError, r"collapsed must be of shape \(m, 2\)"),
        (lambda g: ev.expand([1.0, 2.0], g), ValueError, r"collapsed must be of shape \(m, 2\)"),
        (lambda g: ev.expand(np.ones((1, 2)) * 1j, g), TypeError, "collapsed must be an array of real numbers"),
    ],
)
def test_mistakes_are_named(call, kind, words):
    with pytest.raises(kind, match=words):
        call(GROUPS["talk"]())


def test_large_indicators_are_refused():
    with pytest.raises(ValueError, match="orbit_partition"):
        ev.orbit_indicator(ev.groups.trivial(20_000))
