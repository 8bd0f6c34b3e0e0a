"""The three rank rules: the talk's vectors exactly, and the same rules at other sizes and ranks."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import equivariety as ev
from equivariety.experiments.rank_profiles import (
    _profile,
    _targets,
    equal_ranks,
    frequency,
    high_pass_ranks,
    talk_ranks,
)

TALK = (13, 10, 9, 8, 7, 5, 3, 1, 0, 0, 0, 0, 0, 0, 0)
RULES = (talk_ranks, equal_ranks, high_pass_ranks)


def maps(height: int, width: int, rank: int | None):
    return ev.equivariant_maps(ev.groups.shift((height, width), axis=1), rank=rank)


def test_the_talk_setting_is_exact():
    space = maps(28, 28, 99)
    assert tuple(talk_ranks(space)) == TALK
    assert tuple(high_pass_ranks(space)) == TALK[::-1]
    assert tuple(equal_ranks(space)) == (4,) * 8 + (3,) * 7


def test_doubling_size_and_rank_doubles_the_ranks():
    ranks = talk_ranks(maps(56, 28, 198))
    assert tuple(ranks) == tuple(2 * r for r in TALK)


@pytest.mark.parametrize("rule", RULES)
@given(height=st.integers(1, 9), width=st.integers(1, 12), data=st.data())
def test_ranks_are_maximal(rule, height, width, data):
    space = maps(height, width, data.draw(st.integers(0, height * width + 2)))
    ranks = rule(space)
    assert space.budget.is_maximal(ranks)
    assert ranks.labels == space.hom.labels


@pytest.mark.parametrize(("height", "width", "rank"), [(3, 5, 7), (3, 6, 8), (2, 8, 9), (4, 4, 5), (3, 6, 17)])
def test_nearest_vector_by_brute_force(height, width, rank):
    space = maps(height, width, rank)
    targets = _targets(space, _profile)
    weights = space.budget.weights
    feasible = [
        v for v in product(*(range(b.max_rank + 1) for b in space.blocks)) if sum(map(int.__mul__, v, weights)) <= rank
    ]
    most = max(space.budget.cost(v) for v in feasible)

    def distance(v):
        return float(sum(w * (r - t) ** 2 for w, r, t in zip(weights, v, targets, strict=True)))

    best = min(distance(v) for v in feasible if space.budget.cost(v) == most)
    found = talk_ranks(space)
    assert space.budget.cost(found) == most
    assert distance(found) == pytest.approx(best, abs=1e-9)


@given(height=st.integers(1, 9), width=st.integers(1, 12), data=st.data())
def test_targets_cost_the_rank_where_the_profile_reaches(height, width, data):
    space = maps(height, width, data.draw(st.integers(0, height * width)))
    targets = _targets(space, _profile)
    cost = sum(w * t for w, t in zip(space.budget.weights, targets, strict=True))
    reach = sum(b.irrep_dim * b.max_rank for b in space.blocks if _profile(frequency(b)) > 0)
    assert cost == min(space.rank, reach)
    assert all(0 <= t <= b.max_rank for t, b in zip(targets, space.blocks, strict=True))


def test_dealing_skips_what_no_longer_fits():
    # one unit is left after three rounds of 1 + 2 + 2 + 1 on 3 rows; both real blocks are full then
    assert tuple(equal_ranks(maps(3, 6, 5))) == (1, 1, 1, 0)
    assert tuple(equal_ranks(maps(3, 6, 8))) == (2, 1, 1, 2)
