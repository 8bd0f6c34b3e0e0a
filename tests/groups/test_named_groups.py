"""Named groups: orders, the arrays they act on, and the vectors with their names."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest

from equivariety.groups import (
    PermutationGroup,
    alternating,
    cube_rotations,
    cube_symmetries,
    dihedral,
    hypercube,
    num_orbitals,
    polygon,
    psl27,
    reverse_complement,
    rubik,
    symmetric,
    torus,
    translations,
)
from oracles.read import vectors

KNOWN = {vector["name"]: vector for vector in vectors("groups")}


@pytest.mark.parametrize(
    ("group", "name"),
    [
        (translations((4, 4)), "torus_translations_4x4"),
        (torus(3, reflections=False), "p4_torus_3x3"),
        (polygon(4), "dihedral_4_pts"),
        (polygon(5), "dihedral_5_pts"),
        (symmetric(4), "S4_pts"),
        (alternating(4), "A4_pts"),
        *[(dihedral(p), f"D4_grid_{p}") for p in (2, 3, 4, 8)],
        *[(cube_rotations(p), f"cube_rot_{p}") for p in (2, 3)],
        (psl27(8), "PSL27_on_8"),
        (rubik(), "rubik_48"),
    ],
)
def test_the_vectors(group, name):
    found = group.degree, group.order(), group.n_orbits, num_orbitals(group)
    assert found == tuple(KNOWN[name][key] for key in ("n", "order", "num_orbits", "num_orbitals"))


def test_rubik_has_the_generators_of_the_vector():
    assert rubik() == PermutationGroup(KNOWN["rubik_48"]["generators"])


@pytest.mark.parametrize("n", range(1, 9))
def test_symmetric_alternating_and_polygons(n):
    assert symmetric(n).order() == factorial(n)
    assert alternating(n).order() == max(1, factorial(n) // 2)
    assert polygon(n).order() == (2 * n if n > 2 else n)
    assert all(group(n).degree == n for group in (symmetric, alternating, polygon))
    assert symmetric(n).n_generators == min(n - 1, 2)


@pytest.mark.parametrize("d", range(1, 7))
def test_hypercubes(d):
    group = hypercube(d)
    assert (group.degree, group.order(), group.n_orbits) == (2**d, 2**d * factorial(d), 1)
    assert num_orbitals(group) == d + 1  # the Hamming distance
    weight = [bin(i ^ j).count("1") for i in range(2**d) for j in range(2**d)]
    for g in group.generators:
        moved = [bin(int(g.images[i]) ^ int(g.images[j])).count("1") for i in range(2**d) for j in range(2**d)]
        assert moved == weight


def test_what_is_done_to_arrays(rng):
    a = rng.standard_normal((4, 6))
    moved = [g.apply(a.ravel()).reshape(4, 6) for g in translations((4, 6)).generators]
    assert np.array_equal(moved[0], np.roll(a, 1, 0))
    assert np.array_equal(moved[1], np.roll(a, 1, 1))

    a = rng.standard_normal((5, 5))
    moved = [g.apply(a.ravel()).reshape(5, 5) for g in dihedral(5).generators]
    assert np.array_equal(moved[0], np.rot90(a, -1))
    assert np.array_equal(moved[1], np.flip(a, 1))

    a = rng.standard_normal((3, 5, 5))
    moved = [g.apply(a.ravel()).reshape(3, 5, 5) for g in dihedral((3, 5, 5), axes=(1, 2)).generators]
    assert np.array_equal(moved[0], np.rot90(a, -1, (1, 2)))
    assert np.array_equal(moved[1], np.flip(a, 2))

    a = rng.standard_normal((3, 3, 3))
    moved = [g.apply(a.ravel()).reshape(3, 3, 3) for g in cube_symmetries(3).generators]
    for g, expected in zip(moved, [np.rot90(a, -1, (0, 1)), np.rot90(a, -1, (1, 2)), np.flip(a, 0)], strict=True):
        assert np.array_equal(g, expected)
    assert cube_symmetries(3).generators[:2] == cube_rotations(3).generators


@pytest.mark.parametrize("p", [3, 4, 5, 6])
def test_torus(p):
    assert torus(p).order() == 8 * p * p
    assert torus(p, reflections=False).order() == 4 * p * p
    assert torus((p, p)) == torus(p)
    assert torus(p).generators == (*translations((p, p)).generators, *dihedral(p).generators)


def test_cube_groups_have_orders_24_and_48():
    for p in (2, 3, 5):
        assert cube_rotations(p).order() == 24
        assert cube_symmetries(p).order() == 48


def test_psl27_acts_on_both_sets_at_once():
    assert psl27().degree == 7
    assert (psl27(7) + psl27(8)).order() == 168
    assert num_orbitals(psl27(7)) == num_orbitals(psl27(8)) == 2


def test_reverse_complement_of_words():
    words = ["".join(w) for w in np.array(np.meshgrid(*[list("ACGT")] * 3, indexing="ij")).reshape(3, -1).T]
    assert words[:5] == ["AAA", "AAC", "AAG", "AAT", "ACA"]
    other = {"A": "T", "C": "G", "G": "C", "T": "A"}
    (g,) = reverse_complement(3).generators
    for i, word in enumerate(words):
        assert words[int(g.images[i])] == "".join(other[letter] for letter in reversed(word))
    assert reverse_complement(3).order() == 2
    assert reverse_complement(4).n_orbits == (4**4 + 4**2) // 2  # palindromes of even length are their own


def test_reverse_complement_of_one_hot_sequences():
    other = {"A": "T", "C": "G", "G": "C", "T": "A"}

    def encode(word):
        return np.array([[letter == base for base in "ACGT"] for letter in word], dtype=float).ravel()

    (g,) = reverse_complement(5, one_hot=True).generators
    expected = "".join(other[letter] for letter in reversed("AACGT"))
    assert np.array_equal(g.apply(encode("AACGT")), encode(expected))


@pytest.mark.parametrize(
    "call",
    [
        lambda: dihedral((4, 5)),
        lambda: dihedral((4, 4), axes=(0, 0)),
        lambda: torus((4, 5)),
        lambda: torus((4, 4, 4)),
        lambda: cube_rotations(0),
        lambda: cube_rotations(216),
        lambda: cube_symmetries(10**9),
        lambda: symmetric(0),
        lambda: hypercube(0),
        lambda: hypercube(24),
        lambda: psl27(9),
        lambda: reverse_complement(0),
        lambda: reverse_complement(12),
        lambda: reverse_complement(10**7, one_hot=True),
        lambda: translations(()),
    ],
)
def test_refusals(call):
    with pytest.raises(ValueError, match=r" must be .*; got .*\. Fix: "):
        call()
