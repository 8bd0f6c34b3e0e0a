"""The route of commuting generators: characters as exact fractions, Fourier transforms, and faults in them."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import equivariety as ev
from equivariety.groups.abelian.lattices import index
from equivariety.groups.abelian.orbit_lattices import orbit_lattices, sum_indices, torsors
from equivariety.groups.orbits.orbit_classes import orbit_classes
from equivariety.groups.orbits.partitions import commute
from equivariety.representations.orbits.irrep_actions import MatrixAction
from equivariety.representations.orbits.orbit_spaces import decomposition_of
from equivariety.representations.routes.abelian_orbits import FourierBasis, abelian_orbits
from equivariety.representations.routes.dense_orbits import dense_orbits
from laws.enumeration import character, closure, count_pairs
from laws.random_groups import abelian_groups, groups


def decomposition(images, change=lambda system: system):
    generators = [ev.Permutation(row) for row in images]
    return decomposition_of(change(abelian_orbits(images)), generators, images.shape[1])


def expected_blocks(images):
    """Types and multiplicities of all characters of the group, from the numbers of fixed points of its elements.

    A character is a vector theta of fractions of a turn, one for each generator, that all relations respect.
    """
    count = len(images)
    one = np.arange(images.shape[1])
    elements, words, number, relations = [one], [np.zeros(count, dtype=int)], {one.tobytes(): 0}, set()
    for element, word in zip(elements, words, strict=False):  # both grow on the way
        for g, row in enumerate(images):
            longer, moved = word + (np.arange(count) == g), row[element]
            known = number.setdefault(moved.tobytes(), len(elements))
            if known == len(elements):
                elements.append(moved)
                words.append(longer)
            relations.add(tuple((longer - words[known]).tolist()))
    exponent = len(elements)  # a multiple of all orders
    divisors = [k for k in range(1, exponent + 1) if exponent % k == 0]
    orders = [next(k for k in divisors if (power(row, k) == one).all()) for row in images]
    steps = [range(0, exponent, exponent // order) for order in orders]  # theta times the exponent
    grid = np.array(list(product(*steps)))
    grid = grid[(grid @ np.array(sorted(relations)).T % exponent == 0).all(axis=1)]
    assert len(grid) == len(elements)
    fixed = [np.count_nonzero(element == one) for element in elements]
    phases = np.exp(-2j * np.pi * (grid @ np.array(words).T % exponent) / exponent)
    multiplicities = np.round((phases @ fixed).real / exponent).astype(int).tolist()
    found = {}
    for theta, times in zip(grid.tolist(), multiplicities, strict=True):
        minus = [-t % exponent for t in theta]
        if times:
            found[max(tuple(theta), tuple(minus))] = ("R", 1, times) if theta == minus else ("C", 2, times)
    return sorted(found.values())


def power(row, k):
    out = np.arange(len(row))
    for _ in range(k):
        out = row[out]
    return out


@given(abelian_groups(most=24))
def test_types_and_multiplicities_from_traces(images):
    if len(closure(images)) > 200:
        return
    dec = decomposition(images)
    found = sorted((b.field, b.irrep_dim, b.multiplicity) for b in dec.blocks)
    assert sum(b.dim for b in dec.blocks) == images.shape[1]
    assert found == expected_blocks(images)


@given(abelian_groups())
def test_certificate_and_orbitals(images):
    dec = decomposition(images)
    certificate = dec.certificate()
    assert certificate.ok
    assert max(certificate.orthogonality, certificate.equivariance) < 1e-13
    assert certificate.num_orbitals == certificate.commutant_dim == count_pairs(images, images)


@given(abelian_groups(most=24), st.integers(0, 2**32 - 1))
def test_the_numerical_route_finds_the_same_blocks(images, seed):
    """No random numbers here, random numbers there: equal types, and the same projector for each character."""
    exact = decomposition(images)
    generators = [ev.Permutation(row) for row in images]
    numerical = decomposition_of(dense_orbits(orbit_classes(images), seed), generators, images.shape[1])
    elements = closure(images)

    def by_character(dec):
        q, start, out = dec.matrix(), 0, {}
        for block in dec.blocks:
            columns = q[:, start : start + block.dim]
            chi = character(columns[:, : block.irrep_dim], elements)
            out[(block.field, *np.round(chi, 5).tolist())] = columns @ columns.T
            start += block.dim
        return out

    if len(elements) > 500:
        return
    found, expected = by_character(numerical), by_character(exact)
    assert set(found) == set(expected)
    for name, projector in found.items():
        np.testing.assert_allclose(projector, expected[name], atol=1e-9)


@given(groups())
def test_commute(images):
    expected = all((p[q] == q[p]).all() for p in images for q in images)
    assert commute(images) == expected


@given(st.lists(st.integers(1, 7), min_size=1, max_size=3).map(tuple), st.integers(0, 2**32 - 1))
def test_fourier_basis_is_orthogonal(shape, seed):
    """All frequencies of a torus, one of each pair, with any choice of signs, in any order."""
    rng = np.random.default_rng(seed)
    points = [tuple(p) for p in np.ndindex(*shape)]
    half = (*shape[:-1], shape[-1] // 2 + 1)
    places, signs, done = [], [], set()
    for p in rng.permutation(len(points)).tolist():
        minus = tuple(-k % order for k, order in zip(points[p], shape, strict=True))
        if points[p] in done or points[p][-1] >= half[-1]:
            continue
        done |= {points[p], minus}
        places.append(int(np.ravel_multi_index(points[p], half)))
        signs.append(0 if minus == points[p] else int(rng.choice([-1, 1])))
    basis = FourierBasis(shape, np.array(places), np.array(signs))
    n = len(points)
    z = basis.forward(np.eye(n))
    np.testing.assert_allclose(z @ z.T, np.eye(n), atol=1e-13)
    np.testing.assert_allclose(basis.inverse(np.eye(n)), z.T, atol=1e-13)
    x = rng.standard_normal((2, 3, n))
    np.testing.assert_allclose(basis.inverse(basis.forward(x)), x, atol=1e-13)
    assert basis.forward(x.astype(np.float32)).dtype == np.float32
    np.testing.assert_allclose(basis.inverse(basis.forward(x.astype(np.float32))), x, atol=1e-5)


TWISTED = [
    pytest.param([np.roll(np.arange(12), -1), np.roll(np.arange(12), -3)], id="a generator and its cube"),
    pytest.param([np.roll(np.arange(12), -4), np.roll(np.arange(12), -3)], id="two that generate a cycle"),
    pytest.param([[1, 0, 3, 2], [2, 3, 1, 0]], id="a square root"),
    pytest.param([[1, 0, 2, 3, 4], [0, 1, 3, 4, 2]], id="independent cycles"),
    pytest.param([[1, 0, 3, 2, 5, 4], [1, 0, 2, 3, 5, 4], [0, 1, 3, 2, 4, 5]], id="three lattices"),
    pytest.param([np.roll(np.arange(4), 2), np.arange(4), np.roll(np.arange(4), 1)], id="an identity among them"),
    pytest.param([np.roll(np.arange(6), 1), np.roll(np.arange(6), 1)], id="one twice"),
]


@pytest.mark.parametrize("images", TWISTED)
def test_twisted_tori(images):
    images = np.array(images)
    dec = decomposition(images)
    assert dec.certificate().ok
    assert dec.num_orbitals == count_pairs(images, images)
    found = sorted((b.field, b.irrep_dim, b.multiplicity) for b in dec.blocks)
    assert found == expected_blocks(images)


@pytest.mark.parametrize("images", TWISTED)
def test_empty_and_nested_batches(images):
    dec = decomposition(np.array(images))
    for leading in ((0,), (2, 0), (2, 3)):
        x = np.ones((*leading, dec.degree))
        np.testing.assert_allclose(dec.assemble(dec.split(x)), x, atol=1e-13)


def corrupted(system, made):
    """Bases with an error in one orbit class, and wrong batches and integers."""

    def with_basis(t, basis):
        return replace(system, bases=(*system.bases[:t], basis, *system.bases[t + 1 :]))

    for t, basis in enumerate(system.bases):
        count = sum(batch.count * (batch.multiplicities[t] > 0) for batch in system.batches)
        places, signs = made[t]
        assert len(places) == count
        for i in range(count):
            if signs[i]:
                flipped = signs.copy()
                flipped[i] *= -1
                yield "a conjugate", with_basis(t, FourierBasis(basis._shape, places, flipped))
            for j in range(i):
                if (signs[i] == 0) == (signs[j] == 0):
                    moved = places.copy()
                    moved[[i, j]] = moved[[j, i]]
                    yield "two frequencies exchanged", with_basis(t, FourierBasis(basis._shape, moved, signs))
                    twice = places.copy()
                    twice[i] = places[j]
                    yield "a frequency twice", with_basis(t, FourierBasis(basis._shape, twice, signs))

    def with_batch(b, batch):
        return replace(system, batches=(*system.batches[:b], batch, *system.batches[b + 1 :]))

    for b, batch in enumerate(system.batches):
        for g in range(2):
            matrices = np.stack([batch.action(k) for k in range(2)])
            turned = matrices.copy()
            turned[g] = np.roll(matrices[g], 1, axis=0)
            if not np.allclose(turned, matrices):
                wrong = replace(batch, action=MatrixAction(batch.field, turned))
                yield (
                    "actions exchanged",
                    replace(system, batches=(*system.batches[:b], wrong, *system.batches[b + 1 :])),
                )
        if batch.dim == 2:
            matrices = np.stack([batch.action(k) for k in range(2)])
            yield "another field", with_batch(b, replace(batch, action=MatrixAction("R", matrices)))
    for change in (-1, 1):
        yield "orbitals", replace(system, num_orbitals=lambda t, u, c=change: system.num_orbitals(t, u) + c * (t == u))


@pytest.mark.parametrize(
    "images",
    [
        [np.roll(np.arange(12), -1), np.roll(np.arange(12), -3)],
        [g.images for g in ev.groups.translations((3, 4)).generators],
        [[1, 2, 0, 4, 5, 3, 7, 6, 8], [0, 1, 2, 4, 5, 3, 6, 7, 8]],
    ],
)
def test_faults_are_noticed(images, monkeypatch):
    images = np.array(images)
    generators = [ev.Permutation(row) for row in images]
    made, true = [], FourierBasis.__init__

    def recorded(self, shape, places, signs):
        made.append((np.array(places), np.array(signs)))
        true(self, shape, places, signs)

    with monkeypatch.context() as patch:
        patch.setattr(FourierBasis, "__init__", recorded)
        system = abelian_orbits(images)
    assert decomposition_of(system, generators, images.shape[1]).certificate().ok
    kinds = set()
    for kind, wrong in corrupted(system, made):
        assert not decomposition_of(wrong, generators, images.shape[1]).certificate().ok, kind
        kinds.add(kind)
    assert len(kinds) >= 5


def test_fractions_do_not_overflow():
    """Cycle lengths whose least common multiple is beyond 64 bits: characters are compared one by one."""
    primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59]
    n = sum(primes)
    images = np.tile(np.arange(n), (2, 1))
    start = 0
    for k, p in enumerate(primes):
        images[k % 2, start : start + p] = start + np.roll(np.arange(p), -1)
        start += p
    dec = decomposition(images)
    assert dec.certificate().ok
    assert dec.blocks[0].multiplicity == len(primes)
    assert dec.num_orbitals == sum(p if i == j else 1 for i, p in enumerate(primes) for j in range(len(primes)))
    assert all(b.multiplicity == 1 for b in dec.blocks[1:])


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_large_tori_are_exact_and_quick(seed):
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(20, 70)), int(rng.integers(20, 70)))
    group = ev.groups.translations(shape)
    start = time.process_time()
    dec = ev.isotypic_decomposition(ev.groups.relabelled(group, rng.permutation(group.degree)))
    certificate = dec.certificate()
    assert time.process_time() - start < 5
    assert certificate.ok
    assert max(certificate.orthogonality, certificate.equivariance) < 1e-13
    assert certificate.num_orbitals == group.degree
    real = sum(b.field == "R" for b in dec.blocks)
    assert real == np.prod([1 + (k % 2 == 0) for k in shape])


def side_by_side(lengths, powers):
    """Cycles of these lengths, moved by one generator each, or all together by each of some powers."""
    n, rows, start = sum(lengths), [], 0
    together = np.arange(n)
    for length in lengths:
        row = np.arange(n)
        row[start : start + length] = start + np.roll(np.arange(length), -1)
        together[start : start + length] = row[start : start + length]
        rows.append(row)
        start += length
    return np.stack([power(together, k) for k in powers]) if powers else np.stack(rows)


@pytest.mark.parametrize(
    ("images", "count"),
    [
        (side_by_side([2] * 64, ()), 64 * 63 + 64 * 2),
        (side_by_side(range(1, 201), (1, 2)), sum(np.gcd.outer(range(1, 201), range(1, 201)).ravel().tolist())),
    ],
    ids=["64 generators", "200 lengths"],
)
def test_many_generators_and_many_kinds_of_orbits(images, count):
    start = time.process_time()
    dec = ev.isotypic_decomposition(ev.PermutationGroup(images))
    certificate = dec.certificate()
    assert time.process_time() - start < 4
    assert certificate.ok
    assert certificate.num_orbitals == count
    assert ev.groups.num_orbitals(ev.PermutationGroup(images)) == count


@given(abelian_groups())
def test_orbitals_between_orbits_by_lattices(images):
    """The index of the sum of two lattices of relations, from their bases."""
    found = torsors(images)
    lattices, kind = orbit_lattices(found, images)
    table = sum_indices(lattices)
    relations = []
    for lattice in lattices:  # the kernel of the map to the torus, by all vectors of a box
        exponents = [range(int(np.lcm.reduce(lattice.shape)) + 1)] * len(images)
        if np.prod([len(e) for e in exponents]) > 5000:
            return
        box = np.array(list(product(*exponents)))
        relations.append(box[~(box @ lattice.matrix % lattice.shape).any(axis=1)].tolist())
    for t, first in enumerate(relations):
        for u, second in enumerate(relations):
            assert table[t, u] == index([*first, *second])
    assert np.bincount(kind, minlength=len(lattices)).min() >= 1


@pytest.mark.parametrize("budget", ["LATTICE_ENTRIES_BUDGET", "LATTICE_PAIR_ENTRIES_BUDGET"])
def test_what_does_not_fit_goes_to_other_routes(budget, monkeypatch):
    images = side_by_side([2, 3, 4], ())
    expected = sorted((b.field, b.irrep_dim, b.multiplicity) for b in decomposition(images).blocks)
    monkeypatch.setattr(f"equivariety.groups.abelian.orbit_lattices.{budget}", 3)
    assert abelian_orbits(images) is None
    dec = ev.isotypic_decomposition(ev.PermutationGroup(images))
    assert dec.certificate().ok
    assert sorted((b.field, b.irrep_dim, b.multiplicity) for b in dec.blocks) == expected
    assert ev.PermutationGroup(images).order() == 24
