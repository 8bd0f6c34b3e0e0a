"""Groups against answers of GAP, and the talk's two examples."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError
from math import factorial
from pathlib import Path

import numpy as np
import pytest

from equivariety.groups import Permutation, PermutationGroup, cyclic, rotation, shift, trivial

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "groups.json").read_text(encoding="utf-8"))["vectors"]
TALK = PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)


@pytest.mark.parametrize("vector", ORACLE, ids=lambda vector: vector["name"])
def test_order_and_orbits_of_known_groups(vector):
    group = PermutationGroup(vector["generators"])
    assert group.degree == vector["n"]
    assert group.order() == vector["order"]
    assert type(group.order()) is int
    assert group.n_orbits == vector["num_orbits"]
    # A group is abelian exactly when it has as many classes as elements; not every vector knows its classes.
    if vector.get("num_conjugacy_classes") is not None:
        assert group.is_abelian == (vector["num_conjugacy_classes"] == vector["order"])


def test_the_talk():
    assert [orbit.tolist() for orbit in TALK.orbits] == [[0, 2, 3], [1, 4]]
    other = PermutationGroup.from_cycles("(1 4 3)(2 5)", degree=5)
    assert np.array_equal(other.orbit_partition, TALK.orbit_partition)
    assert other != TALK
    assert TALK.matrix(0).tolist() == TALK.generators[0].matrix().tolist()
    assert TALK.matrix(0)[0].tolist() == [0, 0, 1, 0, 0]
    assert TALK.order() == 6
    assert TALK.cycle_text == ("(1 3 4)(2 5)",)


def test_matrix_numbers_the_generators():
    group = PermutationGroup.from_cycles("(1 2)", "(2 3)", degree=3)
    assert np.array_equal(group.matrix(1), [[1, 0, 0], [0, 0, 1], [0, 1, 0]])


def test_orders_of_several_generators():
    n = 30
    symmetric = PermutationGroup([np.roll(np.arange(n), 1), [1, 0, *range(2, n)]])
    assert symmetric.order() == factorial(n)
    # Only the moved points count: 6 of 5000 here, and the answer would be refused for all of them.
    assert PermutationGroup.from_cycles("(1 2 3)", "(4998 4999 5000)", degree=5000).order() == 9


def test_order_of_one_generator_has_no_limit():
    assert cyclic(100_000).order() == 100_000
    assert PermutationGroup([np.roll(np.arange(3000), 1)] * 2).order() == 3000


def test_order_is_refused_beyond_the_limit():
    n = 10_001
    group = PermutationGroup([np.roll(np.arange(n), 1), [1, 0, *range(2, n)]])
    with pytest.raises(ValueError, match=r"^generators must be .*10000 points.*10001 moved.*Fix: "):
        group.order()


def test_reduced_generators():
    a, b, one = [1, 0, 2], [0, 2, 1], [0, 1, 2]
    group = PermutationGroup([one, b, a, b, one])
    assert group.n_generators == 5
    assert group.reduced_generators == (Permutation(b), Permutation(a))
    assert group.order() == 6
    assert not group.is_abelian
    assert not group.is_trivial


@pytest.mark.parametrize("group", [trivial(4), PermutationGroup([range(4)] * 3), PermutationGroup([], degree=4)])
def test_trivial_groups(group):
    assert group.is_trivial
    assert group.is_abelian
    assert group.order() == 1
    assert group.n_orbits == 4
    assert group.orbit_partition.tolist() == [0, 1, 2, 3]
    assert group.invariance_generator.is_identity


@pytest.mark.parametrize(
    "generators",
    [
        [[2, 4, 3, 0, 1]],
        ([2, 4, 3, 0, 1],),
        np.array([[2, 4, 3, 0, 1]], dtype=np.uint16),
        [Permutation([2, 4, 3, 0, 1])],
        (Permutation([2, 4, 3, 0, 1]),),
    ],
)
def test_forms_of_generators(generators):
    assert PermutationGroup(generators) == TALK
    assert PermutationGroup(generators, degree=5) == TALK


def test_permutations_and_lists_may_be_mixed():
    first = Permutation([1, 0, 2])
    group = PermutationGroup([first, [0, 2, 1]])
    assert group.order() == 6
    assert group.generators[0] is first  # with the cycles that it may have found already


def test_the_degree_of_an_empty_array():
    assert PermutationGroup(np.empty((0, 4), dtype=int)) == trivial(4)


def test_equality_hash_and_copies():
    twin = PermutationGroup([[2, 4, 3, 0, 1]])
    assert twin == TALK
    assert {twin, TALK} == {TALK}
    assert trivial(3) != trivial(4)
    assert TALK != "TALK"
    for duplicate in (copy.copy(TALK), copy.deepcopy(TALK), pickle.loads(pickle.dumps(TALK))):  # noqa: S301
        assert duplicate == TALK
        assert not duplicate.generators[0].images.flags.writeable


def test_values_do_not_change():
    group = PermutationGroup([[1, 0, 2]])
    with pytest.raises(FrozenInstanceError):
        group.degree = 4
    for array in (group.orbit_partition, group.orbit_sizes, group.orbits[0]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize(
    ("group", "text"),
    [
        (TALK, 'PermutationGroup("(1 3 4)(2 5)", degree=5)'),
        (trivial(4), "PermutationGroup(degree=4)"),
        (PermutationGroup([[1, 0]] * 5), 'PermutationGroup("(1 2)", "(1 2)", "(1 2)", … 5 generators, degree=2)'),
    ],
)
def test_repr(group, text):
    assert repr(group) == text


def test_repr_of_large_groups_is_short():
    assert len(repr(shift((28, 28), axis=1))) < 120
    assert len(repr(cyclic(50_000))) < 120


BAD = {
    "one row": (lambda: PermutationGroup([1, 0]), ValueError, r"wrap it: \[sigma\]"),
    "one array": (lambda: PermutationGroup(np.array([1, 0])), ValueError, r"wrap it: \[sigma\]"),
    "one permutation": (lambda: PermutationGroup(Permutation([1, 0])), ValueError, r"wrap it: \[sigma\]"),
    "3-D": (lambda: PermutationGroup([[[1, 0]]]), ValueError, "shape"),
    "number": (lambda: PermutationGroup(3), ValueError, "shape"),
    "nothing": (lambda: PermutationGroup([]), ValueError, "degree=n"),
    "no points": (lambda: PermutationGroup([[]]), ValueError, "shape"),
    "repeated": (lambda: PermutationGroup([[0, 1], [1, 1]]), ValueError, r"generators\[1\]\[0\]"),
    "one-based": (lambda: PermutationGroup([[2, 1]]), ValueError, "subtract 1"),
    "ragged": (lambda: PermutationGroup([[0, 1], [0]]), ValueError, "same length"),
    "float": (lambda: PermutationGroup([[1.0, 0.0]]), TypeError, "float64"),
    "bool": (lambda: PermutationGroup([[True, False]]), TypeError, "True"),
    "mixed bool": (lambda: PermutationGroup([[True, 0]]), TypeError, "True"),
    "text": (lambda: PermutationGroup("(1 2)"), TypeError, r"\(1 2\)"),
    "texts": (lambda: PermutationGroup(["(1 2)"]), TypeError, r"\(1 2\)"),
    "mixed degrees": (lambda: PermutationGroup([Permutation([0]), Permutation([1, 0])]), ValueError, "2 points"),
    "other degree": (lambda: PermutationGroup([[1, 0]], degree=3), ValueError, "2 points"),
    "empty of other degree": (lambda: PermutationGroup(np.empty((0, 2), dtype=int), degree=3), ValueError, "2 points"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_generators(name):
    call, kind, witness = BAD[name]
    with pytest.raises(kind, match=rf"^generators(\[\d\])? must be .*{witness}") as caught:
        call()
    assert "Fix: " in str(caught.value)


@pytest.mark.parametrize(
    ("call", "kind", "argument"),
    [
        (lambda: PermutationGroup([], degree=0), ValueError, "degree"),
        (lambda: PermutationGroup([], degree=2.0), TypeError, "degree"),
        (lambda: PermutationGroup([], degree=True), TypeError, "degree"),
        (lambda: PermutationGroup([], degree=10**12), ValueError, "degree"),
        (lambda: PermutationGroup.from_cycles("(1 9)", degree=5), ValueError, "text"),
        (lambda: TALK.matrix(1), ValueError, "i"),
        (lambda: TALK.matrix(-1), ValueError, "i"),
        (lambda: trivial(3).matrix(0), ValueError, "i"),
        (lambda: TALK.matrix("0"), TypeError, "i"),
        (lambda: cyclic(100_000).matrix(0), ValueError, "degree"),
    ],
)
def test_bad_arguments(call, kind, argument):
    with pytest.raises(kind, match=rf"^{argument} must be .*Fix: "):
        call()


def test_heavy_packages_are_not_imported():
    code = "import sys, equivariety.groups; print([m for m in sys.argv[1:] if m in sys.modules])"
    names = ["sympy", "matplotlib", "sklearn", "torch"]
    done = subprocess.run([sys.executable, "-c", code, *names], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_orbits_of_the_shift_and_rotation():
    assert shift((28, 28), axis=1).n_orbits == 28
    assert rotation(28).n_orbits == 196
    assert rotation(3).n_orbits == 3
