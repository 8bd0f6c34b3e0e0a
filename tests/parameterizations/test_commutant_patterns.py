"""The pattern of all equivariant maps in isotypic coordinates, on every instance and as the talk prints it."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.linalg import FIELD_DIM
from equivariety.parameterizations import commutant_pattern
from equivariety.representations import real_orthogonal_basis
from laws import registry
from laws.registry import every_space

ORDERS = pytest.mark.parametrize("order", ["library", "talk"])


@pytest.fixture
def rotation():
    return ev.equivariant_maps(ev.groups.rotation(3)).hom


@every_space
@ORDERS
def test_the_pattern_is_that_of_all_maps(space, order, rng):
    hom = space.hom
    pattern = commutant_pattern(hom, order)
    assert pattern.shared.num_weights == hom.dim == len(pattern.names) == len(pattern.families)
    assert len(set(pattern.names)) == hom.dim
    member = hom.project(rng.standard_normal(hom.shape))
    coordinates = pattern.coordinates(member)
    weights = pattern.shared.weights(coordinates, tolerance=1e-8)
    np.testing.assert_allclose(pattern.shared.matrix(weights), coordinates, atol=1e-9 * max(1, np.abs(member).max()))
    # Back: every choice of weights is an equivariant map.
    Q, R = hom.source.matrix()[:, pattern.columns], hom.target.matrix()[:, pattern.rows]
    np.testing.assert_allclose(R.T @ member @ Q, coordinates, atol=1e-10)
    any_map = R @ pattern.shared.matrix(rng.standard_normal(hom.dim)) @ Q.T
    np.testing.assert_allclose(hom.project(any_map), any_map, atol=1e-9)


@every_space
@ORDERS
def test_blocks_are_named_along_rows_and_columns(space, order):
    pattern = commutant_pattern(space.hom, order)
    for side, names, taken in (
        (space.hom.target, pattern.row_blocks, pattern.rows),
        (space.hom.source, pattern.column_blocks, pattern.columns),
    ):
        assert sorted(taken.tolist()) == list(range(side.degree))
        blocks = {block.label: block for block in side.blocks}
        assert [size for _, size in names] == [blocks[label].dim for label, _ in names]
        fields = [FIELD_DIM[blocks[label].field] for label, _ in names]
        if order == "library":
            assert [label for label, _ in names] == [block.label for block in side.blocks]
            assert taken.tolist() == list(range(side.degree))
        else:
            assert fields == sorted(fields)


def test_as_the_talk_prints_it(rotation):
    """With the indices of beta corrected."""
    pattern = commutant_pattern(rotation, order="talk")
    assert [line.split() for line in str(pattern).splitlines()] == [
        ["α11", "α12", "α13", *"......"],
        ["α21", "α22", "α23", *"......"],
        ["α31", "α32", "α33", *"......"],
        [*"...", "β11", "β12", *"...."],
        [*"...", "β21", "β22", *"...."],
        [*".....", "γ1", "-γ2", "δ1", "-δ2"],
        [*".....", "γ2", "γ1", "δ2", "δ1"],
        [*".....", "ε1", "-ε2", "η1", "-η2"],
        [*".....", "ε2", "ε1", "η2", "η1"],
    ]
    assert pattern.families.tolist() == [0] * 9 + [1] * 4 + [2, 2, 3, 3, 4, 4, 5, 5]
    assert pattern.column_blocks == (("(1,1)", 3), ("(2,1)", 2), ("(4,3)", 4))
    assert repr(pattern) == "CommutantPattern(shape=(9, 9), num_weights=21)"


@pytest.mark.parametrize("cycles", ["(1 3 4)(2 5)", "(1 2 3 4 5 6)(7 8)", "(1 2)"])
def test_the_talks_order_is_that_of_its_real_orthogonal_basis(cycles):
    group = ev.PermutationGroup.from_cycles(cycles, degree=9)
    hom = ev.equivariant_maps(group).hom
    pattern = commutant_pattern(hom, order="talk")
    np.testing.assert_array_equal(hom.source.matrix()[:, pattern.columns], real_orthogonal_basis(group))


def test_the_library_order_has_the_complex_pairs_between(rotation):
    pattern = commutant_pattern(rotation)
    assert [label for label, _ in pattern.row_blocks] == ["(1,1)", "(4,3)", "(2,1)"]
    assert pattern.names[9:17] == ("β1", "β2", "γ1", "γ2", "δ1", "δ2", "ε1", "ε2")
    assert pattern.names[17:] == ("η11", "η12", "η21", "η22")


def test_quaternions_and_copies_of_irreducibles():
    quaternions = commutant_pattern(ev.equivariant_maps(registry.known("Q8_regular")).hom)
    assert [line.split()[-4:] for line in str(quaternions).splitlines()[4:]] == [
        ["ε1", "-ε2", "-ε3", "-ε4"],
        ["ε2", "ε1", "-ε4", "ε3"],
        ["ε3", "ε4", "ε1", "-ε2"],
        ["ε4", "-ε3", "ε2", "ε1"],
    ]
    square = commutant_pattern(ev.equivariant_maps(ev.groups.dihedral(3)).hom)
    assert np.bincount(square.shared.index[square.shared.index >= 0])[-4:].tolist() == [2, 2, 2, 2]


def test_names_where_letters_are_few():
    # 2 real blocks and 3 x 16 complex entries: one letter for each block.
    pattern = commutant_pattern(ev.equivariant_maps(ev.groups.shift((4, 8), axis=1)).hom)
    assert {name[0] for name in pattern.names} == set("αβγδε")
    assert "γ23,2" in pattern.names
    # 51 blocks: numbers.
    many = commutant_pattern(ev.equivariant_maps(ev.groups.cyclic(100)).hom)
    assert many.names == tuple(str(i) for i in range(1, 101))
    wide = commutant_pattern(ev.linear_maps(2, 12).hom)
    assert wide.names[8:10] + wide.names[-1:] == ("α19", "α1,10", "α2,12")


def test_sides_without_a_block_stay_empty():
    pattern = commutant_pattern(ev.equivariant_maps(ev.groups.cyclic(6), ev.groups.cyclic(3)).hom)
    assert [line.split() for line in str(pattern).splitlines()] == [
        ["α", *"....."],
        [*"...", "β1", "-β2", "."],
        [*"...", "β2", "β1", "."],
    ]
    invariant = commutant_pattern(ev.invariant_maps(ev.groups.rotation(3), outputs=2).hom)
    assert invariant.shared.num_weights == 6
    assert np.all(invariant.shared.index[:, 3:] == -1)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda hom: commutant_pattern(ev.groups.rotation(3)), TypeError, "hom must be a HomSpace"),
        (lambda hom: commutant_pattern(hom, "slide"), ValueError, "order must be 'library' or 'talk'; got 'slide'"),
        (lambda hom: commutant_pattern(hom, None), ValueError, "order must be 'library' or 'talk'"),
        (lambda hom: commutant_pattern(hom).coordinates(np.eye(8)), ValueError, r"matrix must be of shape \(9, 9\)"),
        (lambda hom: commutant_pattern(hom).coordinates("M"), TypeError, "matrix must be"),
        (
            lambda hom: commutant_pattern(ev.equivariant_maps(ev.groups.cyclic(20_000)).hom),
            ValueError,
            "hom must be small enough for",
        ),
    ],
)
def test_mistakes_are_named(call, kind, words, rotation):
    with pytest.raises(kind, match=words):
        call(rotation)


def test_arrays_cannot_be_changed(rotation):
    pattern = commutant_pattern(rotation)
    for array in (pattern.rows, pattern.columns, pattern.families, pattern.shared.index):
        assert not array.flags.writeable
