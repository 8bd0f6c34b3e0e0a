"""Symmetries of matrices, against all permutations of few coordinates."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.sparse import csr_array

import equivariety as ev


def count(M, tol=0.0):
    return sum(np.abs(M[np.ix_(p, p)] - M).max() <= tol for p in permutations(range(len(M))))


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("as_matrix", [np.asarray, csr_array])
def test_exact_matrices(symmetric, as_matrix, rng):
    for _ in range(25):
        n = int(rng.integers(1, 6))
        M = rng.integers(0, 3, (n, n)).astype(float)
        M = M + M.T if symmetric else M
        G = ev.symmetries_of(as_matrix(M))
        assert G.degree == n
        assert G.order() == count(M)
        assert ev.equivariance_error(M, G).worst == 0.0


def test_noise_below_the_tolerance(rng):
    for _ in range(15):
        M = rng.integers(0, 3, (5, 5)).astype(float)
        noise = rng.uniform(-1e-4, 1e-4, (5, 5))
        assert ev.symmetries_of(M + noise, tol=2.5e-4).order() == count(M)
        assert ev.symmetries_of(M + noise).order() == 1


@pytest.mark.parametrize("unit", [1e-200, 1e200])
def test_tolerance_is_relative(unit):
    M = unit * np.array([[1.0, 1e-12, 2.0], [1e-12, 1.0, 2.0], [2.0, 2.0, 0.0]])
    assert ev.symmetries_of(M).cycle_text == ("(1 2)",)


def test_symmetrized_covariance_shows_its_group(rng):
    G = ev.groups.dihedral(4)
    hom = ev.equivariant_maps(G).hom
    X = rng.standard_normal((50, 16)) @ rng.standard_normal((16, 16))
    found = ev.symmetries_of(hom.project(np.cov(X.T)))
    assert found.order() == 8
    labels = {p.images.tobytes() for p in found.generators}
    elements = {np.array(v).ravel().tobytes() for k in range(4) for v in _turned(np.arange(16).reshape(4, 4), k)}
    assert labels <= elements


def _turned(grid, k):
    turned = np.rot90(grid, k)
    return turned, turned.T


def test_float32_has_its_own_tolerance(rng):
    M = ev.equivariant_maps(ev.groups.cyclic(5)).hom.project(rng.standard_normal((5, 5)))
    noisy = (M * (1 + 1e-6 * rng.uniform(-1, 1, (5, 5)))).astype(np.float32)
    assert ev.symmetries_of(noisy).order() == 5
    assert ev.symmetries_of(noisy.astype(np.float64)).order() == 1


def test_chain_is_refused():
    chain = np.diag([100.0, 100.9, 101.8])
    with pytest.raises(ValueError, match="no chain of close entries joins distant ones"):
        ev.symmetries_of(chain, tol=0.01)
    assert ev.symmetries_of(chain, tol=0.02).order() == 6
    assert ev.symmetries_of(chain, tol=0.001).is_trivial


def test_sparse_pattern_of_large_matrix():
    ring = np.roll(np.eye(300), 1, axis=1)
    assert ev.symmetries_of(csr_array(ring)).order() == 300


@pytest.mark.parametrize(
    ("matrix", "tol", "kind", "message"),
    [
        (np.ones((2, 3)), None, ValueError, r"square matrix .* got shape \(2, 3\)"),
        (np.ones(3), None, ValueError, r"got shape \(3,\)"),
        (np.ones((0, 0)), None, ValueError, r"got shape \(0, 0\)"),
        ([[1.0, np.nan], [0.0, 1.0]], None, ValueError, r"got nan at \(0, 1\)"),
        (csr_array(np.diag([1.0, np.inf])), None, ValueError, r"got inf at \(1, 1\)"),
        ([[1], [1, 2]], None, ValueError, "rows of equal length"),
        (np.eye(2) * 1j, None, TypeError, "got dtype complex128"),
        (np.array([["a"]]), None, TypeError, "got dtype"),
        (np.eye(2), -1e-3, ValueError, "tol must be"),
        (np.eye(2), 1.0, ValueError, "tol must be"),
        (np.eye(2), True, ValueError, "tol must be"),
        (np.eye(2), "small", ValueError, "tol must be"),
    ],
)
def test_bad_arguments(matrix, tol, kind, message):
    with pytest.raises(kind, match=message):
        ev.symmetries_of(matrix, tol)
