"""The pattern of the matrices that commute with a group: colours and names as weights."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.parameterizations import commutant_pattern
from equivariety.plots import plot_commutant_pattern
from equivariety.plots.weight_colours import family_colours
from laws import registry
from plots.drawn import cells, names


@pytest.mark.parametrize(
    "space",
    [
        ev.equivariant_maps(ev.groups.rotation(3)),
        ev.equivariant_maps(registry.known("Q8_regular")),
        ev.equivariant_maps(ev.groups.dihedral(3)),
        ev.equivariant_maps(ev.groups.cyclic(6), ev.groups.cyclic(3)),
        ev.equivariant_maps(ev.groups.shift((4, 5), axis=1)),
        ev.invariant_maps(ev.groups.rotation(3), outputs=2),
    ],
    ids=str,
)
@pytest.mark.parametrize("order", ["library", "talk"])
def test_colours_are_weights(space, order):
    pattern = commutant_pattern(space.hom, order)
    figure = plot_commutant_pattern(space.hom, order=order)
    drawn, shown = cells(figure.axes[0]), names(figure.axes[0])
    assert set(drawn) == set(zip(*np.nonzero(pattern.shared.sign), strict=True))
    faces = {}
    for place, (face, hatched) in drawn.items():
        faces.setdefault(pattern.shared.index[place], set()).add(face)
        assert hatched == (pattern.shared.sign[place] < 0)
    assert all(len(colours) == 1 for colours in faces.values())
    assert len(set.union(*faces.values())) == pattern.shared.num_weights
    if max(space.shape) <= 16:
        for place, text in shown.items():
            name = pattern.names[pattern.shared.index[place]]
            plain = text.translate(str.maketrans("", "", "${}_")).lstrip("-")
            assert plain == name
            assert text.startswith("$-") == (pattern.shared.sign[place] < 0)
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == [label for label, _ in pattern.row_blocks]
    assert [t.get_text() for t in figure.axes[0].get_xticklabels()] == [label for label, _ in pattern.column_blocks]


def test_the_matrix_of_the_talk():
    axes = plot_commutant_pattern(ev.equivariant_maps(ev.groups.rotation(3)).hom, order="talk").axes[0]
    shown = names(axes)
    assert shown[0, 0] == "$α_{11}$"
    assert shown[4, 3] == "$β_{21}$"
    corner = [[shown[i, j] for j in range(5, 9)] for i in range(5, 9)]
    assert corner == [
        ["$γ_{1}$", "$-γ_{2}$", "$δ_{1}$", "$-δ_{2}$"],
        ["$γ_{2}$", "$γ_{1}$", "$δ_{2}$", "$δ_{1}$"],
        ["$ε_{1}$", "$-ε_{2}$", "$η_{1}$", "$-η_{2}$"],
        ["$ε_{2}$", "$ε_{1}$", "$η_{2}$", "$η_{1}$"],
    ]
    lines = sorted(line.get_xdata()[0] for line in axes.lines if line.get_color() == "0.35")
    assert lines[-2:] == [2.5, 4.5]


def test_a_finished_pattern_is_drawn_as_it_is():
    hom = ev.equivariant_maps(ev.groups.rotation(3)).hom
    figure = plot_commutant_pattern(commutant_pattern(hom, "talk"), title="commutant")
    assert [t.get_text() for t in figure.axes[0].get_xticklabels()] == ["(1,1)", "(2,1)", "(4,3)"]
    assert figure.get_suptitle() == "commutant"
    plain = plot_commutant_pattern(hom)
    assert [t.get_text() for t in plain.axes[0].get_xticklabels()] == ["(1,1)", "(4,3)", "(2,1)"]
    assert "hatched" in plain.get_suptitle()
    assert "hatched" not in plot_commutant_pattern(ev.linear_maps(2, 2).hom).get_suptitle()


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda h: plot_commutant_pattern(ev.groups.rotation(3)), TypeError, "pattern must be a HomSpace"),
        (lambda h: plot_commutant_pattern(h, order="slide"), ValueError, "order must be 'library' or 'talk'"),
        (lambda h: plot_commutant_pattern(commutant_pattern(h), order="talk"), ValueError, "order must be left out"),
        (
            lambda h: plot_commutant_pattern(ev.equivariant_maps(ev.groups.cyclic(101)).hom),
            ValueError,
            "pattern must be of at most 10000 entries",
        ),
    ],
)
def test_commutant_of_something_else(call, kind, words):
    with pytest.raises(kind, match=words):
        call(ev.equivariant_maps(ev.groups.rotation(3)).hom)


def test_families_of_colours_differ():
    families = [0] * 30 + [1] + [2] * 4 + list(range(3, 20))
    faces, edges = family_colours(families)
    assert len(set(faces)) == len(families)
    assert len(set(edges)) == 20
    assert family_colours([]) == ([], [])
