"""Hasse diagrams show every stratum, its dimension, and what covers it."""

from __future__ import annotations

import pytest

import equivariety as ev
from equivariety.plots import plot_hasse_diagram


@pytest.fixture
def space():
    return ev.equivariant_maps(ev.groups.rotation(3), rank=3)


@pytest.mark.parametrize("pick", [lambda E: E, lambda E: E.poset(), lambda E: E.complex_maps])
def test_boxes_and_lines(space, pick):
    shown = pick(space)
    poset = shown.poset() if hasattr(shown, "poset") else shown
    axes = plot_hasse_diagram(shown).axes[0]
    texts = {t.get_text(): t for t in axes.texts}
    assert len(axes.texts) == len(texts) == len(poset)
    filled = set()
    for stratum in poset:
        text = f"{','.join(map(str, stratum.ranks))}\ndim {stratum.dim}"
        if texts[text].get_bbox_patch().get_facecolor() != (1, 1, 1, 1):
            filled.add(stratum)
    assert filled == set(poset.maximal)
    places = {t.get_text().split("\n")[0]: t.get_position() for t in axes.texts}
    assert len(set(places.values())) == len(poset)
    lines = {tuple(zip(*line.get_data(), strict=True)) for line in axes.lines}
    expected = set()
    for i, j in poset.covers:
        low, high = (places[",".join(map(str, poset.strata[k].ranks))] for k in (i, j))
        assert high[1] == low[1] + 1
        expected.add((low, high))
    assert lines == expected


def test_title(space):
    assert plot_hasse_diagram(space).get_suptitle().startswith("ranks of (1,1), (4,3), (2,1);")
    assert plot_hasse_diagram(space, title="strata").get_suptitle() == "strata"


def test_too_many_strata():
    for rank in (99, 6):
        E = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=rank)
        with pytest.raises(ValueError, match="at most 150 strata; got"):
            plot_hasse_diagram(E)
    with pytest.raises(ValueError, match="at most 150 strata; got 666 of them"):
        plot_hasse_diagram(ev.linear_maps(700, 700, rank=665).poset())
    with pytest.raises(TypeError, match="space must be a space of maps or its poset"):
        plot_hasse_diagram("rotation:3")
