"""Groups to and from SymPy and GAP; text is read strictly and never evaluated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy.combinatorics import PermutationGroup as SympyGroup
from sympy.combinatorics.named_groups import AlternatingGroup, DihedralGroup

from equivariety.groups import PermutationGroup, alternating, dihedral, rubik, symmetric, trivial

RANDOM = st.integers(1, 8).flatmap(lambda n: st.lists(st.permutations(range(n)), min_size=1, max_size=3))


@given(RANDOM)
def test_there_and_back(generators):
    group = PermutationGroup(generators)
    assert PermutationGroup.from_gap(group.to_gap(), group.degree) == group
    moving = [g for g in group.generators if not g.is_identity] or [range(group.degree)]
    assert PermutationGroup.from_sympy(group.to_sympy()) == PermutationGroup(moving)


def test_sympy():
    assert PermutationGroup.from_sympy(AlternatingGroup(5)).order() == 60
    assert isinstance(dihedral(3).to_sympy(), SympyGroup)
    assert dihedral(3).to_sympy().order() == 8
    assert PermutationGroup.from_sympy(DihedralGroup(6)).order() == 12
    assert trivial(4).to_sympy().degree == 4
    assert len(PermutationGroup([[1, 0], [1, 0], [0, 1]]).to_sympy().generators) == 2
    for wrong in (None, [[1, 0]], symmetric(3), "S3"):
        with pytest.raises(TypeError, match=r"^group must be a sympy"):
            PermutationGroup.from_sympy(wrong)


def test_points_keep_their_images():
    g = alternating(5).to_sympy().generators[1]
    assert g.array_form == alternating(5).generators[1].images.tolist()


def test_gap_text():
    assert symmetric(4).to_gap() == "Group([(1,2,3,4), (1,2)])"
    assert trivial(4).to_gap() == "Group(())"
    assert PermutationGroup([[0, 1]]).to_gap() == "Group([()])"


@pytest.mark.parametrize(
    ("text", "degree", "images"),
    [
        ("Group((1,2)(3,4), (1,3))", None, [[1, 0, 3, 2], [2, 1, 0, 3]]),
        ("Group([ (1,2,3), (1,2) ])", None, [[1, 2, 0], [1, 0, 2]]),
        ("Group([(1,2)]) ", 4, [[1, 0, 2, 3]]),
        ("  Group( () )\n", 3, [[0, 1, 2]]),
        ("Group([])", 3, [[0, 1, 2]]),
        ("Group([ (), (1,2) ])", None, [[0, 1], [1, 0]]),
        ("Group(\n [ (1,2)\n(3,4),\n (1,3) ] )", None, [[1, 0, 3, 2], [2, 1, 0, 3]]),
        ("Group([ (1,2,10,1\\\n1) ])", None, [[1, 9, 2, 3, 4, 5, 6, 7, 8, 10, 0]]),
    ],
)
def test_reading_gap(text, degree, images):
    group = PermutationGroup.from_gap(text, degree)
    assert [g.images.tolist() for g in group.generators] == images


def test_rubik_goes_through_gap():
    assert PermutationGroup.from_gap(rubik().to_gap(), 48) == rubik()


BAD = [
    "",
    "Group",
    "Group()",
    "Group(",
    "Group((1,2)",
    "Group(1,2)",
    "Group((1,2)))",
    "Group(((1,2)))",
    "Group([(1,2))",
    "Group((1,2)])",
    "Group([[(1,2)]])",
    "Group((1,2),)",
    "Group(,(1,2))",
    "Group((1,2),,(1,3))",
    "Group((1 2))",
    "Group((1,2)(2,3))",
    "Group((0,1))",
    "Group((1,-2))",
    "Group((1,,2))",
    "Group((1,2,))",
    "Group((1,2);(1,3))",
    "Group((1,2)) Group((1,3))",
    "Group((1,2));Exec(1)",
    "group((1,2))",
    "SymmetricGroup( [ 1 .. 4 ] )",
    "Group((1," + "9" * 100_000 + "))",
    "Group((1,20000000))",
    "Group((1,٣))",
    "Group(__import__('os'))",
    "Group" + "(" * 100_000 + ")" * 100_000,
    "Group(" + "(1,2)," * 3 + ")",
]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_bad_gap_text(text):
    with pytest.raises(ValueError, match=r" must be .*; got .*\. Fix: ") as caught:
        PermutationGroup.from_gap(text)
    assert len(str(caught.value)) < 500
    assert "\n" not in str(caught.value)


def test_points_beyond_the_degree():
    with pytest.raises(ValueError, match="point 3"):
        PermutationGroup.from_gap("Group((1,2,3))", degree=2)
    with pytest.raises(TypeError, match=r"^text must be"):
        PermutationGroup.from_gap(5)


@given(st.text("Group()[],123 \n", max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        group = PermutationGroup.from_gap(text)
    except ValueError:
        return
    assert PermutationGroup.from_gap(group.to_gap(), group.degree) == group


def test_large_text_is_read_in_linear_time():
    rows = np.random.default_rng(0).permutation(20_000)
    group = PermutationGroup([rows])
    assert PermutationGroup.from_gap(group.to_gap(), 20_000) == group
