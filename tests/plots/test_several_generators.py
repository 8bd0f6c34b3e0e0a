"""Pictures of groups of several generators."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import equivariety as ev
from laws import registry


@pytest.mark.parametrize("make", [lambda: registry.known("Q8_regular"), registry.square, registry.joints])
def test_base_changes_show_the_blocks(make, rng):
    group = make()
    decomposition = ev.isotypic_decomposition(group)
    space = ev.equivariant_maps(group)
    matrix = space.project(rng.standard_normal(space.shape)).point
    for given in (decomposition, space.hom):
        figure = ev.plots.plot_base_change(given, matrix)
        labels = [text.get_text() for text in figure.axes[1].get_xticklabels()]
        assert labels == [block.label for block in decomposition.blocks]
        changed = figure.axes[1].images[0].get_array()
        ends = np.cumsum([0, *(block.dim for block in decomposition.blocks)])
        outside = np.array(changed)
        for start, stop in pairwise(ends):
            outside[start:stop, start:stop] = 0
        assert np.abs(outside).max() <= 1e-12


def test_weight_sharing_over_the_quaternions():
    space = ev.equivariant_maps(registry.known("Q8_regular"), rank=5)
    sharing = space.component({"R1": 1, "H4": 1}).weight_sharing()
    assert sharing.num_parameters == 2 + 8
    assert len(ev.plots.plot_weight_sharing(sharing).axes) == 1
    assert len(ev.plots.plot_shared_matrix(sharing.encoder).axes) == 1


def test_weights_of_signs_in_the_points():
    """The four characters with values 1 and -1 of the square's symmetries have patterns in the points."""
    space = ev.equivariant_maps(registry.square())
    ranks = {block.label: block.max_rank for block in space.blocks if block.irrep_dim == 1}
    sharing = ev.parameterizations.weight_sharing(space.hom, ranks, "points")
    assert sharing.num_parameters == space.stratum(ranks).num_parameters
    mixed = ev.equivariant_maps(registry.known("F21_on_7")).hom
    with pytest.raises(ValueError, match=r"those of C6 do; got 'points'"):
        ev.parameterizations.weight_sharing(mixed, {"C6": 1}, "points")


@pytest.mark.parametrize("rule", [ev.experiments.talk_ranks, ev.experiments.equal_ranks])
def test_rank_rules_are_for_one_shift(rule):
    with pytest.raises(ValueError, match="space must be maps that commute with one shift"):
        rule(ev.equivariant_maps(registry.square(), rank=4))
