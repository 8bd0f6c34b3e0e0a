"""Random rank-bounded spaces for Hypothesis: one permutation or several, two actions, signs, invariants, no group."""

from __future__ import annotations

import warnings

import numpy as np
from hypothesis import strategies as st

import equivariety as ev
from equivariety.groups.signed_group import SignedPermutationGroup
from equivariety.varieties import RankBoundedMaps
from laws.random_groups import actions, groups, paired_groups, signed_groups

__all__ = ["spaces"]

#: Of the linear space of all maps, so that points have few coordinates.
MOST_DIMENSIONS = 70

#: The kinds with several components, and blocks over C and H, twice.
KINDS = ("linear", "invariant", "one", "several", "one to one", "two actions", "signed", "one", "several", "several")


@st.composite
def permutations(draw, most: int = 12):
    """One permutation of random cycle lengths, images (1, n)."""
    lengths = draw(st.lists(st.integers(1, 6), min_size=2, max_size=6))
    while sum(lengths) > most:
        lengths.pop()
    starts = np.cumsum([0, *lengths[:-1]])
    cycles = [start + np.roll(np.arange(length), 1) for start, length in zip(starts, lengths, strict=True)]
    return np.concatenate(cycles)[None]


def of_images(images) -> ev.PermutationGroup:
    return ev.PermutationGroup(images)


def paired(first, second) -> RankBoundedMaps:
    count = min(len(first), len(second))
    with warnings.catch_warnings():
        # Any two lists of generators act together; that the group may be larger is all the better.
        warnings.simplefilter("ignore", UserWarning)
        return ev.equivariant_maps(of_images(first[:count]), of_images(second[:count]))


@st.composite
def unbounded(draw):
    kind = draw(st.sampled_from(KINDS))
    if kind == "linear":
        return ev.linear_maps(draw(st.integers(1, 6)), draw(st.integers(1, 6)))
    if kind == "invariant":
        group = of_images(draw(st.one_of(permutations(), groups())))
        return ev.invariant_maps(group, outputs=draw(st.integers(1, 5)))
    if kind == "one":
        return ev.equivariant_maps(of_images(draw(permutations())))
    if kind == "one to one":
        return paired(draw(permutations()), draw(permutations(most=8)))
    if kind == "several":
        images = draw(st.one_of(actions(most=16), actions(most=16), groups()))
        return ev.equivariant_maps(of_images(images))
    if kind == "two actions":
        return paired(*draw(paired_groups()))
    return ev.equivariant_maps(SignedPermutationGroup(*draw(signed_groups())))


@st.composite
def spaces(draw):
    """All maps of some kind, of a random bound on the rank."""
    whole = draw(unbounded().filter(lambda space: space.hom.dim <= MOST_DIMENSIONS))
    between = st.integers(1, max(1, whole.rank - 1))  # where components are several and singular
    return type(whole)(whole.hom, draw(st.one_of(between, between, st.integers(0, whole.rank))))
