"""The numerical route on small reduced sets: exact orbitals, eigenspaces, units and irreducibles."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from equivariety.linalg import FIELD_DIM
from equivariety.representations.orbits.units import commutator, left_units, unit_basis
from equivariety.representations.routes import eigenspaces as spectra
from equivariety.representations.routes.irreducibles import decompose, fault, irreducibles
from laws.enumeration import average, closure, count_pairs, left_multiplication
from laws.random_groups import actions
from laws.reduced_sets import CASES, assert_right, commutant_of, every_case

seeds = st.integers(0, 2**32 - 1)


class TestCommutant:
    @given(actions())
    def test_labels_are_orbits_on_pairs(self, images):
        commutant = commutant_of(images)
        rows = commutant.images
        for t in range(len(commutant.lengths)):
            for u in range(len(commutant.lengths)):
                left = rows[:, commutant.points_of(t)] - commutant.starts[t]
                right = rows[:, commutant.points_of(u)] - commutant.starts[u]
                labels = commutant.labels[commutant.points_of(t), commutant.points_of(u)]
                assert len(np.unique(labels)) == count_pairs(left, right) == commutant.num_orbitals[t, u]
        for row in rows:
            np.testing.assert_array_equal(commutant.labels[np.ix_(row, row)], commutant.labels)
        np.testing.assert_allclose(commutant.sizes, np.bincount(commutant.labels.ravel()))

    @every_case
    def test_samples_are_isotropic_and_commute(self, name, rng):
        commutant = CASES[name]()
        dims = commutant.num_orbitals.sum()
        norms = []
        for _ in range(300):
            x = commutant.sample(rng)
            norms.append(np.linalg.norm(x) ** 2)
        for row in commutant.images:
            np.testing.assert_array_equal(x[np.ix_(row, row)], x)
        # Orthonormal coordinates are standard normal: chi squared with so many degrees of freedom.
        assert np.mean(norms) == pytest.approx(dims, abs=5 * np.sqrt(2 * dims / 300))

    @every_case
    def test_projection_is_the_average_over_the_group(self, name, rng):
        commutant = CASES[name]()
        elements = closure(commutant.images)
        for t, length in enumerate(commutant.lengths):
            matrix = rng.standard_normal((length, length))
            rows = elements[:, commutant.points_of(t)] - commutant.starts[t]
            np.testing.assert_allclose(commutant.project(matrix, t), average(matrix, rows, rows), atol=1e-12)


class TestEigenspaces:
    def test_both_ways_find_the_same_spaces(self, monkeypatch, rng):
        """S_6 on its 15 pairs: three irreducibles, by projectors and by eigenvectors, well separated or not."""
        points = [(i, j) for i in range(6) for j in range(i)]
        number = {frozenset(p): k for k, p in enumerate(points)}
        gens = [[1, 2, 3, 4, 5, 0], [1, 0, 2, 3, 4, 5]]
        commutant = commutant_of([[number[frozenset((g[i], g[j]))] for i, j in points] for g in gens])
        sample = commutant.sample(rng)
        found = []
        for few, gap in ((1, 0.0), (1000, 0.0), (1000, 10.0)):
            monkeypatch.setattr(spectra, "_FEW", few)
            monkeypatch.setattr(spectra, "_SMALL_GAP", gap)
            spaces = spectra.eigenspaces(commutant, sample, 0)
            assert sorted(s.dim for s in spaces) == [1, 5, 9]
            found.append({s.dim: s.basis @ s.basis.T for s in spaces})
            for s in spaces:
                np.testing.assert_allclose(s.basis.T @ s.basis, np.eye(s.dim), atol=1e-13)
        for dim in (1, 5, 9):
            np.testing.assert_allclose(found[0][dim], found[1][dim], atol=1e-12)
            np.testing.assert_allclose(found[0][dim], found[2][dim], atol=1e-12)

    @pytest.mark.parametrize("few", [0, 1, 10**6])
    @pytest.mark.parametrize("gap", [0.0, 10.0])
    @every_case
    def test_every_way_passes_the_certificate(self, name, few, gap, monkeypatch):
        monkeypatch.setattr(spectra, "_FEW", few)
        monkeypatch.setattr(spectra, "_SMALL_GAP", gap)
        commutant = CASES[name]()
        assert_right(commutant, irreducibles(commutant, 5))


@every_case
def test_irreducibles_are_right_at_the_first_attempt(name):
    commutant = CASES[name]()
    reference = None
    for seed in range(12):
        found = decompose(commutant, np.random.default_rng(seed))
        assert fault(commutant, found) == ""
        assert_right(commutant, found)
        kinds = sorted((one.field, one.dim, one.multiplicities.tolist()) for one in found)
        assert kinds == (reference or kinds)
        reference = kinds


@pytest.mark.parametrize("field", ["R", "C", "H"])
@pytest.mark.parametrize("m", [1, 2, 3])
def test_units(field, m, rng):
    e = FIELD_DIM[field]
    np.testing.assert_array_equal(
        np.array([np.eye(e), *left_units(field)]), [left_multiplication(u) for u in np.eye(e)]
    )
    turn = scipy.linalg.qr(rng.standard_normal((e * m, e * m)))[0]
    units = [turn @ np.kron(u, np.eye(m)) @ turn.T for u in left_units(field)]
    if field != "R":
        basis = unit_basis(units[:2])
        np.testing.assert_allclose(basis.T @ basis, np.eye(e * m), atol=1e-12)
        for unit, standard in zip(units, left_units(field), strict=True):
            np.testing.assert_allclose(basis.T @ unit @ basis, np.kron(standard, np.eye(m)), atol=1e-12)
        assert commutator(field, turn[None]) > 1e-3
    assert commutator(field, np.stack([np.eye(e * m)] * 2)) == 0


@settings(max_examples=40)
@given(actions(most=30), seeds)
def test_random_reduced_sets(images, seed):
    commutant = commutant_of(images)
    found = irreducibles(commutant, seed)
    assert_right(commutant, found)
    again = irreducibles(commutant, seed)
    for one, other in zip(found, again, strict=True):
        for f, g in zip(one.frames, other.frames, strict=True):
            assert f.tobytes() == g.tobytes()
