"""Invariant matrices, without their repeated columns, and in the pixel order of the rotation: columns as orbits."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.plots import plot_collapse, plot_pixel_order
from plots.drawn import cells, names

TALK = ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)


@pytest.mark.parametrize("p", [1, 2, 3, 4, 5, 6])
def test_pixel_order_is_drawn(p):
    image, matrix, invariant = plot_pixel_order(p).axes
    order, k = ev.groups.rotation_pixel_order(p), ev.groups.rotation(p).n_orbits
    numbers = {place: int(text) for place, text in names(image).items()}
    assert [numbers[int(i) // p, int(i) % p] for i in order] == list(range(1, p * p + 1))
    # The same colours in the image and in the matrix, of the pixels of one orbit.
    pixels = cells(image)
    for turned in range(1, 4):
        assert all(pixels[i, j] == pixels[tuple(place)] for (i, j), place in turns(p, turned))
    assert len({face for face, _ in pixels.values()}) == k
    P = ev.groups.relabelled(ev.groups.rotation(p), np.argsort(order)).matrix(0)
    entries = cells(matrix)
    assert set(entries) == set(zip(*np.nonzero(P), strict=True))
    assert len({face for face, _ in entries.values()}) == k
    orbit = lambda point: min(point // 4, k - 1)  # noqa: E731
    assert len({(orbit(int(j)), face) for (_, j), (face, _) in entries.items()}) == k
    # Columns 1-4, 5-8, ... coincide, and others do not.
    columns = {}
    for (i, j), (face, _) in cells(invariant).items():
        columns.setdefault(int(j), {})[int(i)] = face
    assert len(columns) == p * p
    for a in columns:
        for b in columns:
            assert (columns[a] == columns[b]) == (orbit(a) == orbit(b))
    assert len({face for column in columns.values() for face in column.values()}) == k * len(columns[0])


def turns(p, count):
    positions = np.moveaxis(np.indices((p, p)), 0, -1)
    turned = np.rot90(positions, count)
    return [((i, j), turned[i, j]) for i in range(p) for j in range(p)]


def test_orbits_of_columns_are_named():
    assert [t.get_text() for t in plot_pixel_order(3).axes[2].get_xticklabels()] == ["1–4", "5–8", "9"]
    assert not plot_pixel_order(8, outputs=1).axes[2].get_xticklabels()
    assert len(plot_pixel_order(2, outputs=7, title="turn").axes[2].patches) == 4 * 7


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"p": 0}, "p must be an integer from 1 to 10; got 0"),
        ({"p": 11}, "p must be an integer from 1 to 10; got 11"),
        ({"p": 2.0}, "p must be an integer >= 0"),
        ({"p": 2, "outputs": 0}, "outputs must be an integer from 1 to 20"),
        ({"p": 2, "outputs": 21}, "outputs must be an integer from 1 to 20"),
    ],
)
def test_pixel_orders_of_other_sizes(arguments, words):
    with pytest.raises(ValueError, match=words):
        plot_pixel_order(**arguments)


def test_the_example_of_the_talk():
    figure = plot_collapse(TALK, rank=1)
    left, right = figure.axes
    assert [text.get_text() for text in figure.texts] == [
        r"$\psi_{\mathcal{P}(\sigma)}$",
        "columns agree on the cycles of (1 3 4)(2 5)",
    ]
    assert [text.get_text() for text in right.get_xticklabels()] == ["$A_{1}$", "$A_{2}$"]
    top, bottom = ("$a$", "$λa$", "$a$", "$a$", "$λa$"), ("$b$", "$λb$", "$b$", "$b$", "$λb$")
    assert tuple(names(left)[0, j] for j in range(5)) == top
    assert tuple(names(left)[1, j] for j in range(5)) == bottom
    assert [[names(right)[i, j] for j in range(2)] for i in range(2)] == [["$a$", "$λa$"], ["$b$", "$λb$"]]


@pytest.mark.parametrize("rank", [None, 1])
@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("group", [TALK, ev.groups.rotation(3), ev.groups.dihedral(3), ev.groups.rotation(6)], ids=str)
def test_columns_of_one_orbit_have_the_same_colours(group, outputs, rank):
    left, right = (cells(axes) for axes in plot_collapse(group, outputs=outputs, rank=rank).axes)
    assert len(left) == outputs * group.degree
    assert len(right) == len({face for face, _ in right.values()}) == outputs * group.n_orbits
    for (i, j), colour in left.items():
        assert colour == right[i, group.orbit_partition[j]]


def test_letters_of_the_general_matrix():
    left, right = plot_collapse(TALK).axes
    assert [names(left)[i, j] for i in range(2) for j in range(5)] == [f"${c}$" for c in "acaacbdbbd"]
    assert len(names(right)) == 4
    many = plot_collapse(ev.groups.trivial(5), outputs=6).axes[0]
    assert names(many)[5, 4] == "$m_{65}$"
    wide = plot_collapse(ev.groups.trivial(12), outputs=3)
    assert names(wide.axes[1])[1, 11] == "$m_{2,12}$"
    assert [text.get_text() for text in wide.texts] == [r"$\psi$", "columns agree on each of 12 orbits"]
    assert not names(plot_collapse(ev.groups.rotation(6)).axes[0])
    assert names(plot_collapse(ev.groups.rotation(3), rank=1).axes[1])[1, 2] == "$λ_{3}b$"


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: plot_collapse("rotation:3"), TypeError, "group must be a PermutationGroup"),
        (lambda: plot_collapse(TALK, outputs=0), ValueError, "outputs must be an integer >= 1"),
        (lambda: plot_collapse(TALK, outputs=1.5), ValueError, "outputs must be an integer >= 0"),
        (lambda: plot_collapse(TALK, rank=2), ValueError, "rank must be 1, or None"),
        (lambda: plot_collapse(TALK, rank=True), ValueError, "rank must be 1, or None"),
        (lambda: plot_collapse(ev.groups.rotation(28)), ValueError, "group must be of degree at most 120"),
        (lambda: plot_collapse(TALK, outputs=2001), ValueError, "group must be of at most 10000 entries"),
    ],
)
def test_collapse_of_something_else(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
