"""Long orbits of low rank: types, dimensions and multiplicities without a basis."""

from __future__ import annotations

from collections import Counter
from math import comb

import numpy as np
import pytest

import equivariety as ev
from equivariety.errors import UnsupportedGroupError
from equivariety.groups.orbits.intersection_numbers import IntersectionNumbers, intersection_numbers
from equivariety.groups.orbits.orbit_classes import orbit_classes
from equivariety.groups.orbits.random_stabilizers import RandomStabilizer
from equivariety.representations.dispatch import intertwine
from equivariety.representations.routes.collapsed import collapsed_irreducibles
from equivariety.representations.routes.collapsed_spaces import irreducibles_of
from oracles.read import vectors


def images_of(group):
    return np.stack([g.images for g in group.generators])


def with_isomorphic_orbits():
    """Vectors whose orbits are all isomorphic, with the class of these."""
    out = []
    for vector in vectors("groups"):
        images = np.array(vector["generators"]).reshape(-1, vector["n"])
        classes = orbit_classes(images) if len(images) else ()
        if len(classes) == 1 and classes[0].length > 1:
            out.append(pytest.param(vector, classes[0], id=vector["name"]))
    assert len(out) > 30
    assert {b["type"] for p in out for b in p.values[0]["real_isotypic"]} == {"R", "C", "H"}
    return out


@pytest.mark.parametrize(("vector", "one"), with_isomorphic_orbits())
def test_the_blocks_are_those_of_the_oracle(vector, one):
    found = Counter((i.field, i.dim, i.multiplicity * one.count) for i in irreducibles_of(one))
    assert found == Counter((b["type"], b["delta"], b["d"]) for b in vector["real_isotypic"])


@pytest.mark.parametrize("seed", range(4))
def test_intersection_numbers_count_what_they_say(seed):
    group = ev.groups.on_subsets(ev.groups.symmetric(6), 2)
    numbers = intersection_numbers(images_of(group), np.random.default_rng(seed), 10)
    labels = ev.groups.orbitals(group)
    assert sorted(numbers.sizes.tolist()) == [1, 6, 8]
    orbital = {int(labels[0, y]): None for y in range(15)}
    a = {name: (labels == name).astype(int) for name in orbital}
    size_of = {name: int(m[0].sum()) for name, m in a.items()}
    number = {name: int(np.flatnonzero(numbers.sizes == size)[0]) for name, size in size_of.items()}
    for p in orbital:
        for q in orbital:
            product = a[p] @ a[q]
            for k in orbital:
                x, y = np.argwhere(labels == k)[0]
                # Pairs (0, x') of orbital k; points in suborbit q seen from x' by orbital p, all orbitals symmetric.
                assert product[x, y] == numbers.counts[number[k], number[p], number[q]]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (
            ev.groups.on_subsets(ev.groups.symmetric(30), 3),
            [comb(30, j) - (comb(30, j - 1) if j else 0) for j in range(4)],
        ),
        (ev.groups.on_subsets(ev.groups.symmetric(100), 2), [1, 99, comb(100, 2) - 100]),
    ],
)
def test_subsets_of_a_set(group, expected):
    dec = ev.isotypic_decomposition(group)
    assert [(b.field, b.irrep_dim, b.multiplicity) for b in dec.blocks] == [("R", d, 1) for d in expected]
    assert dec.num_orbitals == len(expected)


def test_ordered_pairs_of_many_points():
    n = 120
    group = ev.groups.on_pairs(ev.groups.symmetric(n))
    dec = ev.isotypic_decomposition(group)
    found = [(b.label, b.multiplicity) for b in dec.blocks]
    assert found == [("R1", 1), ("R119", 2), (f"R{n * (n - 3) // 2}", 1), (f"R{(n - 1) * (n - 2) // 2}", 1)]
    E = ev.equivariant_maps(group, rank=239)
    assert E.hom.dim == E.hom.num_orbitals == 7
    assert E.num_components() == 1
    assert E.component({"R1": 1, "R119": 2}).dim == 1 + 4
    assert ev.equivariant_maps(group, rank=120).num_components(exact_rank=True) == 1


def test_copies_and_maps_between_different_numbers_of_them():
    one = ev.groups.on_subsets(ev.groups.symmetric(80), 2)
    two = one + one
    hom = intertwine(list(zip(one.generators, two.generators, strict=True)), one.degree, two.degree)
    assert [(b.label, b.rows, b.cols) for b in hom.blocks] == [("R1", 2, 1), ("R79", 2, 1), ("R3080", 2, 1)]
    assert hom.num_orbitals == hom.dim == 6
    assert ev.isotypic_decomposition(two).num_orbitals == 12


def test_the_seed_does_not_change_the_blocks():
    group = ev.groups.on_pairs(ev.groups.symmetric(70))
    assert len({ev.isotypic_decomposition(group, seed=s).blocks for s in range(5)}) == 1


def test_what_needs_a_basis_is_refused_with_what_would_work():
    group = ev.groups.on_subsets(ev.groups.symmetric(100), 2)
    dec = ev.isotypic_decomposition(group)
    x = np.ones((2, group.degree))
    for ask in (
        lambda: dec.split(x),
        lambda: dec.assemble([np.zeros((b.multiplicity, 1, b.irrep_dim)) for b in dec.blocks]),
        lambda: dec.certificate(),
        lambda: dec.residual(),
        lambda: dec.block_action(0, 0),
        lambda: dec.columns(np.dtype(float)),
        lambda: dec.group_average(x),
        lambda: ev.fit(ev.equivariant_maps(group, rank=5), x),
    ):
        with pytest.raises(UnsupportedGroupError, match=r"3000 points.*abelian.*4950.*Fix"):
            ask()


def test_a_large_orbit_of_large_rank_is_refused_altogether():
    group = ev.groups.regular(ev.groups.symmetric(7))
    with pytest.raises(UnsupportedGroupError, match="5040"):
        ev.isotypic_decomposition(group)


def test_partitions_that_are_too_fine_are_noticed(monkeypatch):
    """Suborbits of a single random element of the stabilizer contradict themselves."""
    whole = RandomStabilizer.suborbits

    def too_fine(self, enough=1):
        labels = whole(self).copy()
        largest = int(np.bincount(labels).argmax())
        part = np.flatnonzero(labels == largest)
        labels[part[len(part) // 2 :]] = labels.max() + 1
        return labels

    monkeypatch.setattr(RandomStabilizer, "suborbits", too_fine)
    one = orbit_classes(images_of(ev.groups.on_subsets(ev.groups.symmetric(8), 3)))[0]
    with pytest.raises(ArithmeticError, match="5 attempts"):
        irreducibles_of(one)
    with pytest.raises(ArithmeticError, match="two points of one suborbit"):
        intersection_numbers(one.table, np.random.default_rng(0), 10)


def test_intersection_numbers_of_no_group_are_noticed(rng):
    """Sizes and numbers that satisfy no algebra give dimensions that are no integers, or that do not add up."""
    counts = np.array(
        [[[1, 0, 0], [0, 4, 0], [0, 0, 5]], [[0, 1, 0], [1, 1, 2], [0, 2, 3]], [[0, 0, 1], [0, 2, 2], [1, 2, 2]]]
    )
    numbers = IntersectionNumbers(np.array([1, 4, 5]), np.array([0, 1, 2]), counts)
    with pytest.raises(ArithmeticError):
        collapsed_irreducibles(numbers, rng)
