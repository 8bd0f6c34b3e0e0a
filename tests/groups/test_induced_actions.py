"""Actions on subsets, tuples, pairs, elements and cosets, against the definition point by point."""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement, permutations, product
from math import comb

import numpy as np
import pytest

from equivariety.groups import (
    PermutationGroup,
    alternating,
    cyclic,
    num_orbitals,
    on_cosets,
    on_pairs,
    on_subsets,
    on_tuples,
    polygon,
    regular,
    symmetric,
    trivial,
)
from oracles.read import vectors

from .brute import elements

KNOWN = {vector["name"]: vector for vector in vectors("groups")}


def induced(group, points, ordered):
    """Images by looking every moved tuple up in the list."""
    number = {point: i for i, point in enumerate(points)}
    out = []
    for g in group.generators:
        moved = [tuple(int(g.images[i]) for i in point) for point in points]
        out.append([number[point if ordered else tuple(sorted(point))] for point in moved])
    return out


def images(group):
    return [g.images.tolist() for g in group.generators]


@pytest.mark.parametrize("k", range(1, 7))
def test_subsets(k):
    G = PermutationGroup.from_cycles("(1 4 2)(3 6)", "(2 5)", degree=6)
    assert images(on_subsets(G, k)) == induced(G, list(combinations(range(6), k)), ordered=False)


@pytest.mark.parametrize("k", range(1, 5))
def test_tuples(k):
    G = PermutationGroup.from_cycles("(1 4 2)", "(2 3)", degree=4)
    assert images(on_tuples(G, k)) == induced(G, list(permutations(range(4), k)), ordered=True)
    assert images(on_tuples(G, k, distinct=False)) == induced(G, list(product(range(4), repeat=k)), ordered=True)


def test_pairs():
    G = PermutationGroup.from_cycles("(1 4 2)", "(2 3)", degree=4)
    assert on_pairs(G) == on_tuples(G, 2)
    assert on_pairs(G, ordered=False) == on_subsets(G, 2)
    assert on_pairs(G, distinct=False) == on_tuples(G, 2, distinct=False)
    both = on_pairs(G, ordered=False, distinct=False)
    assert images(both) == induced(G, list(combinations_with_replacement(range(4), 2)), ordered=False)
    assert on_pairs(trivial(3)) == trivial(6)


@pytest.mark.parametrize(
    ("group", "name"),
    [
        (on_pairs(symmetric(5), ordered=False), "S5_unordered_pairs"),
        (on_pairs(symmetric(4)), "S4_ordered_pairs"),
        (on_pairs(symmetric(4), distinct=False), "S4_all_pairs"),
        (regular(alternating(4)), "A4_regular"),
        (on_cosets(alternating(5), PermutationGroup.from_cycles("(1 2 3 4 5)", degree=5)), "A5_on_12"),
        (regular(polygon(3)), "dihedral_3_regular"),
        (regular(PermutationGroup(KNOWN["F21_on_7"]["generators"])), "F21_regular"),
        (regular(PermutationGroup(KNOWN["SL23_regular"]["generators"])), "SL23_regular"),
    ],
)
def test_actions_of_the_vectors(group, name):
    found = group.degree, group.order(), group.n_orbits, num_orbitals(group)
    assert found == tuple(KNOWN[name][key] for key in ("n", "order", "num_orbits", "num_orbitals"))


def test_large_subsets_and_tuples():
    assert on_subsets(symmetric(2000), 1999).degree == 2000
    assert on_subsets(cyclic(500), 2).degree == comb(500, 2)
    assert on_subsets(cyclic(24), 22).degree == comb(24, 2)
    assert on_subsets(cyclic(10_000_000), 10_000_000).degree == 1
    assert on_pairs(symmetric(55)).degree == 2970


def test_regular_action_multiplies_from_the_left():
    G = symmetric(4)
    R = regular(G)
    assert (R.degree, R.order(), R.n_orbits) == (24, 24, 1)
    assert all(np.flatnonzero(g.images == np.arange(24)).size == 0 for g in R.generators)
    # Left and right multiplication commute: elements named by where the identity goes.
    assert num_orbitals(R) == 24


def test_regular_action_keeps_the_generators_in_place():
    G = PermutationGroup.from_cycles("()", "(1 2 3)", "(1 2)", "(1 2 3)", degree=3)
    R = regular(G)
    assert R.n_generators == 4
    assert R.generators[0].is_identity
    assert R.generators[1] == R.generators[3]
    assert (R + G).order() == 6
    assert regular(trivial(5)) == trivial(1)


def test_cosets():
    G = symmetric(4)
    H = PermutationGroup.from_cycles("(1 2)(3 4)", "(1 3)(2 4)", degree=4)
    action = on_cosets(G, H)
    assert (action.degree, action.order(), action.n_orbits) == (6, 6, 1)
    # The stabilizer of a point is the action on points again.
    points = on_cosets(G, [[1, 0, 2, 3], [1, 2, 0, 3]])
    assert points.degree == 4
    assert (points + G).order() == 24
    assert num_orbitals(points + G) == 8
    assert on_cosets(G, G).degree == 1
    assert on_cosets(G, trivial(4)) == regular(G)
    assert on_cosets(G, []) == regular(G)


def test_point_0_is_the_subgroup():
    G, H = symmetric(4), PermutationGroup.from_cycles("(1 2 3)", degree=4)
    joint = G + on_cosets(G, H)
    fixing = {x[:4] for x in elements([g.images for g in joint.generators], 12) if x[4] == 4}
    assert fixing == elements([g.images for g in H.generators], 4)


@pytest.mark.parametrize(
    "call",
    [
        lambda: on_subsets(cyclic(5), 0),
        lambda: on_subsets(cyclic(5), 6),
        lambda: on_subsets(cyclic(60), 30),
        lambda: on_subsets(cyclic(10_000_000), 5_000_000),
        lambda: on_tuples(cyclic(5), 6),
        lambda: on_tuples(cyclic(5), 65, distinct=False),
        lambda: on_tuples(cyclic(100), 4),
        lambda: on_tuples(cyclic(100), 4, distinct=False),
        lambda: on_tuples(cyclic(10_000_000), 10_000_000),
        lambda: on_pairs(trivial(1)),
        lambda: on_pairs(cyclic(10_000), ordered=False, distinct=False),
        lambda: on_cosets(cyclic(4), [[1, 0, 2, 3]]),
        lambda: on_cosets(cyclic(4), cyclic(5)),
    ],
)
def test_refusals(call):
    with pytest.raises(ValueError, match=r" must be .*; got .*\. Fix: "):
        call()


def test_listing_elements_is_bounded(monkeypatch):
    monkeypatch.setattr("equivariety.groups.constructions.coset_actions.ELEMENTS_BUDGET", 100)
    assert regular(cyclic(100)).degree == 100
    with pytest.raises(ValueError, match=r"^group must be .*at most 100 elements.*more than 100"):
        regular(symmetric(5))


def test_types():
    with pytest.raises(TypeError, match=r"^k must be"):
        on_subsets(cyclic(5), 2.0)
    with pytest.raises(TypeError, match=r"^group must be a PermutationGroup"):
        regular([[1, 0]])
