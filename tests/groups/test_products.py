"""Groups made of groups: degrees, orders, and where each point goes."""

from __future__ import annotations

from itertools import product
from math import factorial

import numpy as np
import pytest

from equivariety import tolerances
from equivariety.groups import (
    Permutation,
    PermutationGroup,
    alternating,
    cyclic,
    direct_product,
    direct_sum,
    num_orbitals,
    polygon,
    power,
    relabelled,
    symmetric,
    trivial,
    wreath,
)
from oracles.read import vectors

KNOWN = {vector["name"]: vector for vector in vectors("groups")}


def images(group):
    return [g.images.tolist() for g in group.generators]


def test_direct_sum_acts_generator_by_generator():
    G, H = symmetric(3), PermutationGroup.from_cycles("(1 2)", "(1 2)", degree=2)
    assert images(direct_sum(G, H)) == [[1, 2, 0, 4, 3], [1, 0, 2, 4, 3]]
    assert direct_sum(G, H) == G + H
    assert (G + G).order() == 6
    assert (G + H).order() == 12  # the pairs generate more than either group
    assert images(G + trivial(2)) == [[1, 2, 0, 3, 4], [1, 0, 2, 3, 4]]
    assert images(trivial(2) + G) == [[0, 1, 3, 4, 2], [0, 1, 3, 2, 4]]
    assert trivial(2) + trivial(3) == trivial(5)
    assert direct_sum(G) == G
    assert direct_sum(G, G, G).orbit_partition.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_two_copies_in_the_vectors():
    assert (symmetric(4) + symmetric(4)).order() == KNOWN["S4_two_copies_pts"]["order"]
    assert num_orbitals(symmetric(4) + symmetric(4)) == KNOWN["S4_two_copies_pts"]["num_orbitals"]


def test_direct_sum_refuses_other_numbers_of_generators():
    with pytest.raises(ValueError, match=r"^groups\[1\] must be a group with 2 generators.*got 1 .*direct_product"):
        direct_sum(symmetric(3), cyclic(3))
    with pytest.raises(ValueError, match=r"^groups must be at least one"):
        direct_sum()
    with pytest.raises(TypeError, match=r"^groups\[1\] must be a PermutationGroup"):
        direct_sum(symmetric(3), [[1, 0]])
    with pytest.raises(TypeError):
        symmetric(3) + "(1 2)"


def test_direct_product_on_the_union():
    G = direct_product(symmetric(3), cyclic(4), trivial(2))
    assert images(G) == [[1, 2, 0, *range(3, 9)], [1, 0, *range(2, 9)], [0, 1, 2, 4, 5, 6, 3, 7, 8]]
    assert G.order() == 24
    assert direct_product(cyclic(3), cyclic(3)).order() == 9
    assert (cyclic(3) + cyclic(3)).order() == 3


def test_direct_product_on_pairs_and_triples():
    groups = [symmetric(3), cyclic(2), cyclic(4)]
    G = direct_product(*groups, on="pairs")
    shape = (3, 2, 4)
    expected = []
    for axis, group in enumerate(groups):
        for generator in group.generators:
            row = []
            for point in product(*map(range, shape)):
                moved = list(point)
                moved[axis] = int(generator.images[point[axis]])
                row.append(int(np.ravel_multi_index(moved, shape)))
            expected.append(row)
    assert images(G) == expected
    assert G.order() == 48
    assert num_orbitals(G) == 2 * 2 * 4  # orbitals of a product on pairs multiply


def test_power():
    assert power(symmetric(3), 2) == direct_product(symmetric(3), symmetric(3))
    assert power(cyclic(3), 3, on="tuples").degree == 27
    assert power(cyclic(3), 3, on="tuples").order() == 27
    assert power(trivial(1), 5).degree == 5


@pytest.mark.parametrize(
    "call",
    [
        lambda: direct_product(cyclic(3), on="both"),
        lambda: power(cyclic(3), 2, on="pairs"),
        lambda: power(cyclic(3), 0),
        lambda: power(cyclic(3), 10**9),
        lambda: power(cyclic(10), 10**6, on="tuples"),
        lambda: power(symmetric(3), 10**6),
        lambda: direct_product(*[cyclic(1000)] * 3, on="pairs"),
        lambda: wreath(cyclic(3), cyclic(2), action="both"),
        lambda: wreath(symmetric(5), symmetric(1000), action="product"),
        lambda: wreath(cyclic(10_000), cyclic(10_000)),
        lambda: relabelled(cyclic(3), [0, 1]),
        lambda: relabelled(cyclic(3), [0, 0, 1]),
    ],
)
def test_refusals(call):
    with pytest.raises(ValueError, match=r" must be .*; got .*\. Fix: "):
        call()


@pytest.mark.parametrize(
    ("fibre", "top", "action", "name"),
    [
        (symmetric(3), symmetric(2), "imprimitive", "S3wrS2_on_6"),
        (cyclic(3), cyclic(2), "imprimitive", "C3wrC2_on_6"),
        (symmetric(3), symmetric(2), "product", "S3wrS2_product_9"),
        (symmetric(2), symmetric(3), "imprimitive", "B3_on_6"),
    ],
)
def test_wreath_products_of_the_vectors(fibre, top, action, name):
    G = wreath(fibre, top, action)
    assert (G.degree, G.order(), num_orbitals(G)) == tuple(KNOWN[name][key] for key in ("n", "order", "num_orbitals"))


@pytest.mark.parametrize("action", ["imprimitive", "product"])
def test_wreath_product_over_an_intransitive_top(action):
    top = PermutationGroup.from_cycles("(1 2)", degree=3)  # the third copy is on its own
    G = wreath(cyclic(3), top, action)
    assert G.order() == 3**3 * 2
    assert G.to_sympy().order() == 54


def test_entries_move_as_the_top_group_says():
    top = PermutationGroup([[1, 2, 0]])
    G = wreath(trivial(2), top, "product")
    # (x0, x1, x2) -> (x2, x0, x1): entry 0 moves to place 1.
    expected = [int("".join(map(str, (c, a, b))), 2) for a, b, c in product(range(2), repeat=3)]
    assert images(G) == [expected]
    assert images(wreath(trivial(2), top)) == [[2, 3, 4, 5, 0, 1]]


def test_wreath_products_with_a_single_point():
    assert wreath(trivial(1), symmetric(4)).order() == 24
    assert wreath(trivial(1), symmetric(4), "product").degree == 1
    assert wreath(alternating(4), trivial(1)) == alternating(4)


def test_relabelled(rng):
    G = polygon(7)
    p = rng.permutation(7)
    renamed = relabelled(G, p)
    for old, new in zip(G.generators, renamed.generators, strict=True):
        assert all(new(int(p[i])) == p[old(i)] for i in range(7))
    assert relabelled(renamed, Permutation(p).inverse()) == G
    assert renamed.order() == 14


def test_symmetric_groups_multiply_orders():
    assert direct_product(symmetric(6), alternating(5)).order() == factorial(6) * factorial(5) // 2


def test_many_generators_are_refused_before_memory_is_taken(monkeypatch):
    monkeypatch.setattr("equivariety.groups._checks.GENERATOR_ENTRIES_BUDGET", 100)
    with pytest.raises(ValueError, match=r"^generators must be so few .*got 5 generators of 25 points"):
        power(cyclic(5), 5)
    assert tolerances.GENERATOR_ENTRIES_BUDGET > 10**8
