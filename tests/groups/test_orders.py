"""Orders by three routes that share nothing: orbit lattices, chains of stabilizers, and SymPy."""

from __future__ import annotations

import subprocess
import sys
from math import factorial, lcm

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equivariety import tolerances
from equivariety.groups import (
    Permutation,
    PermutationGroup,
    cube_rotations,
    cube_symmetries,
    cyclic,
    dihedral,
    direct_product,
    direct_sum,
    on_pairs,
    regular,
    relabelled,
    symmetric,
    torus,
    translations,
)
from equivariety.groups.abelian.orbit_lattices import order_of_abelian_group, torsors
from equivariety.groups.orbits.order import _order_by_stabilizers, quick_order
from equivariety.groups.orbits.schreier_sims import order_by_sympy, schreier_sims_order

from .brute import elements


@given(st.integers(2, 7).flatmap(lambda n: st.lists(st.permutations(range(n)), min_size=2, max_size=3)))
def test_random_groups(generators):
    expected = len(elements(generators, len(generators[0])))
    assert PermutationGroup(generators).order() == expected
    images = np.array(generators, dtype=np.int32)
    assert _order_by_stabilizers(images) in (expected, None)
    assert order_by_sympy([list(row) for row in generators]) == expected


@given(st.data())
def test_random_abelian_groups(data):
    """Powers of commuting cycles: every lattice of relations that few points allow."""
    lengths = data.draw(st.lists(st.integers(1, 12), min_size=1, max_size=5))
    cycles, start = [], 0
    for length in lengths:
        cycles.append(np.arange(start, start + length))
        start += length
    rows = []
    for _ in range(data.draw(st.integers(1, 4))):
        row = np.arange(start)
        for cycle in cycles:
            row[cycle] = np.roll(cycle, -data.draw(st.integers(0, 11)))
        rows.append(row)
    assert order_of_abelian_group(np.stack(rows)) == order_by_sympy([row.tolist() for row in rows])


@st.composite
def commuting(draw):
    """Words in the generators of regular abelian groups, side by side, with the points renamed."""
    factors = [draw(st.lists(st.integers(1, 4), min_size=3, max_size=3)) for _ in range(draw(st.integers(1, 2)))]
    parts = [regular(direct_product(*map(cyclic, lengths))) for lengths in factors]
    group = relabelled(direct_sum(*parts), draw(st.permutations(range(sum(part.degree for part in parts)))))
    words = draw(st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=3))
    return [
        group.generators[0].power(a) * group.generators[1].power(b) * group.generators[2].power(c) for a, b, c in words
    ]


def move(generators, exponents, point):
    for g, k in zip(generators, exponents.tolist(), strict=True):
        point = g.power(k)(int(point))
    return point


def test_commuting_generators_that_are_no_cycles_of_one_orbit():
    base = regular(direct_product(cyclic(2), cyclic(4), cyclic(4)))
    g, h, k = base.generators
    for rows in ([g, h, k], [g * h, h * k, k], [h * h * k, g * k], [g * h * h, h * h, k.power(2)]):
        images = np.stack([p.images for p in rows])
        assert order_of_abelian_group(images) == order_by_sympy(images.tolist())


def test_many_points():
    assert translations((400, 500)).order() == 200_000
    assert dihedral(500).order() == 8


def test_a_large_exponent():
    """The order of the group far exceeds 64 bits although no orbit does."""
    primes = [p for p in range(2, 400) if all(p % q for q in range(2, p))]
    starts = np.cumsum([0, *primes])
    first, second = np.arange(starts[-1]), np.arange(starts[-1])
    for i, (start, p) in enumerate(zip(starts, primes, strict=False)):
        points = np.arange(start, start + p)
        first[points] = np.roll(points, -1)
        if i % 2:
            second[points] = np.roll(points, -2 % p)
    group = PermutationGroup([first, second])
    expected = lcm(*primes) * lcm(*primes[1::2])
    # Both generators move the odd-numbered cycles by powers of one rotation, which counts once.
    assert group.order() == lcm(*primes) != expected
    independent = direct_product(PermutationGroup([first]), PermutationGroup([second]))
    assert independent.order() == expected
    assert expected > 2**64


@pytest.mark.parametrize(
    ("group", "order"),
    [
        (dihedral(40), 8),
        (cube_rotations(12), 24),
        (cube_symmetries(9), 48),
        (torus(12), 8 * 144),
        (torus(13, reflections=False), 4 * 169),
        (on_pairs(symmetric(12)), factorial(12)),
        (direct_product(symmetric(12), symmetric(13)), factorial(12) * factorial(13)),
    ],
    ids=["square", "cube", "octahedral", "p4m", "p4", "pairs", "product"],
)
def test_known_orders(group, order):
    assert group.order() == order


def test_isomorphic_orbits_count_once():
    many = np.arange(40_000).reshape(8000, 5)
    five = symmetric(5)
    group = PermutationGroup([many[:, g.images].ravel() for g in five.generators])
    assert group.order() == 120
    three = symmetric(3)
    twice_and_another = direct_product(three + three, symmetric(4))
    assert twice_and_another.order() == 6 * 24


@given(st.data())
def test_coordinates_on_the_orbits_of_commuting_permutations(data):
    """Each point is the product of the generators to its exponents, applied to the base point of its orbit."""
    images = np.stack([p.images for p in data.draw(commuting())])
    found = torsors(images)
    words = found.words(images)
    for number, (base, lattice) in enumerate(zip(found.base.tolist(), found.relations, strict=True)):
        points = np.flatnonzero(found.orbit == number)
        assert not found.exponents[base].any()
        assert points.size == lattice.diagonal().prod() == len({tuple(row) for row in found.exponents[points].tolist()})
        assert (found.exponents[points] < lattice.diagonal()).all()
        # A generator is a basis element where its word is a unit vector that no earlier one has.
        pending = [j for j, order in enumerate(lattice.diagonal().tolist()) if order > 1]
        basis = [Permutation.identity(images.shape[1])] * len(lattice)
        for row, word in zip(images, words[number].tolist(), strict=True):
            if pending and word == [int(j == pending[0]) for j in range(len(word))]:
                basis[pending.pop(0)] = Permutation(row)
            assert move(basis, np.array(word), base) == row[base]
        assert not pending
        for point in points.tolist():
            assert move(basis, found.exponents[point], base) == point
        assert all(move(basis, relation, base) == base for relation in lattice)


def test_the_order_is_kept(monkeypatch):
    group = symmetric(40)
    assert group.order() == factorial(40)
    monkeypatch.setattr("equivariety.groups.group.group_order", None)
    assert group.order(seconds=1e-9) == factorial(40)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), "1", True])
def test_bad_budgets(seconds):
    with pytest.raises(ValueError, match=r"^seconds must be a positive number"):
        symmetric(5).order(seconds=seconds)


def test_the_time_budget_ends_a_computation():
    hard = direct_product(*[symmetric(40)] * 10)
    with pytest.raises(
        ValueError, match=r"0\.3 seconds; got 20 generators that move 400 points\. Fix: pass more to"
    ) as e:
        hard.order(seconds=0.3)
    assert "\n" not in str(e.value)
    assert tolerances.ORDER_SECONDS >= 10


def test_the_time_budget_ends_a_chain_of_stabilizers(monkeypatch):
    """A group whose chain alone takes longer than the budget."""
    group = direct_product(on_pairs(symmetric(12)), torus(9))
    ticks = iter(range(10**6))
    monkeypatch.setattr("equivariety.groups.orbits.order.monotonic", lambda: float(next(ticks)))
    with pytest.raises(ValueError, match="a group whose order is found within 1 seconds"):
        group.order(seconds=1)


@pytest.mark.parametrize("group", [symmetric(5), cube_rotations(4), cyclic(8) + cyclic(8), torus(6)])
def test_quick_orders(group):
    images = np.stack([g.images for g in group.generators])
    assert quick_order(images) == group.order()


def test_quick_orders_stop():
    images = np.stack([g.images for g in on_pairs(symmetric(30)).generators])
    assert quick_order(images) is None


@pytest.mark.slow
def test_orders_with_thousands_of_digits():
    n = 1600  # more decimal digits than Python converts
    assert symmetric(n).order() == factorial(n)


def test_without_other_processes(monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError("no processes here")

    monkeypatch.setattr(subprocess, "run", refuse)
    images = np.stack([g.images for g in on_pairs(symmetric(16)).generators])
    assert schreier_sims_order(images, 10) == factorial(16)
    monkeypatch.setattr(sys, "executable", "")
    assert schreier_sims_order(images, 10) == factorial(16)


def test_a_process_that_fails_is_reported(monkeypatch):
    def fail(command, **kwargs):
        raise subprocess.CalledProcessError(1, command, stderr="MemoryError")

    monkeypatch.setattr(subprocess, "run", fail)
    images = np.stack([g.images for g in on_pairs(symmetric(16)).generators])
    with pytest.raises(ValueError, match="fits into memory; got a computation that ended with 'MemoryError'"):
        schreier_sims_order(images, 10)


def test_identities_and_repetitions_do_not_count():
    g = Permutation(np.roll(np.arange(9), 1))
    assert PermutationGroup([g, g, Permutation.identity(9), g.power(3)]).order() == 9
