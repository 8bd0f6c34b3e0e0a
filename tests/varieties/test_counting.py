"""Counts of components: against enumeration where that is possible, against the talk where it is not."""

from __future__ import annotations

import time
from itertools import islice

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import equivariety as ev
from equivariety.varieties import RankBudget
from equivariety.varieties.ranks.rank_counts import count_with_sum
from laws.brute import rank_vectors

SHIFT = ev.groups.shift((28, 28), axis=1)
TALK = (13, 10, 9, 8, 7, 5, 3, 1)


@st.composite
def budgets(draw, weights=(1, 2, 3, 4), most=2500):
    size = draw(st.integers(0, 7))
    caps, room = [], most
    for _ in range(size):
        caps.append(draw(st.integers(0, max(0, min(6, room - 1)))))
        room //= caps[-1] + 1
    chosen = tuple(draw(st.sampled_from(weights)) for _ in range(size))
    top = sum(w * c for w, c in zip(chosen, caps, strict=True))
    return RankBudget(chosen, tuple(caps), draw(st.integers(0, top)))


@given(budgets())
def test_counts_and_lists_equal_enumeration(budget):
    expected = set(rank_vectors(budget.weights, budget.caps, budget.rank))
    listed = list(budget.maximal_vectors())
    assert len(listed) == len(set(listed)) == len(expected) == budget.count(exact=False)
    assert set(listed) == expected
    attained = {v for v in expected if budget.cost(v) == budget.rank}
    exact = list(budget.maximal_vectors(exact=True))
    assert len(exact) == len(attained) == budget.count(exact=True)
    assert set(exact) == attained
    # Those of the full rank come first, and each rank is listed in falling order.
    order = [(-budget.cost(v), tuple(-r for r in v)) for v in listed]
    assert order == sorted(order)


@given(budgets(most=400), st.data())
def test_maximality_and_extension(budget, data):
    maximal = set(rank_vectors(budget.weights, budget.caps, budget.rank))
    vector = tuple(data.draw(st.integers(0, c)) for c in budget.caps)
    assert budget.is_maximal(vector) == (vector in maximal)
    if budget.cost(vector) <= budget.rank:
        larger = budget.extended(vector)
        assert larger in maximal
        assert all(a <= b for a, b in zip(vector, larger, strict=True))


@given(st.lists(st.integers(1, 6), min_size=1, max_size=6).filter(lambda sizes: sum(sizes) <= 16), st.data())
def test_components_of_one_permutation(lengths, data):
    starts = np.cumsum([0, *lengths[:-1]])
    images = np.concatenate([start + np.roll(np.arange(l), -1) for start, l in zip(starts, lengths, strict=True)])
    rank = data.draw(st.integers(0, sum(lengths)))
    space = ev.equivariant_maps(ev.PermutationGroup([images]), rank=rank)
    # Block l has one copy for every cycle whose length l divides; phi(l)/2 conjugate pairs for l > 2.
    weights, caps = [], []
    for l in range(1, max(lengths) + 1):
        copies = sum(length % l == 0 for length in lengths)
        units = sum(np.gcd(k, l) == 1 for k in range(1, l + 1))
        count = 1 if l <= 2 else units // 2
        if copies:
            weights += [1 if l <= 2 else 2] * count
            caps += [copies] * count
    expected = rank_vectors(weights, caps, rank)
    assert space.num_components() == len(expected)
    attained = sum(sum(w * r for w, r in zip(weights, v, strict=True)) == rank for v in expected)
    assert space.num_components(exact_rank=True) == attained
    by_block = sorted(sorted(zip(weights, caps, v, strict=True)) for v in expected)
    shapes = [(b.irrep_dim, b.max_rank) for b in space.blocks]
    listed = [[(*shape, r) for shape, r in zip(shapes, c.ranks, strict=True)] for c in space.components()]
    assert sorted(sorted(v) for v in listed) == by_block


def plain_product(weights, caps, total):
    """The generating function, multiplied out block by block."""
    series = [1] + [0] * total
    for weight, cap in zip(weights, caps, strict=True):
        out = [0] * (total + 1)
        for s, value in enumerate(series):
            for r in range(cap + 1):
                if s + weight * r > total:
                    break
                out[s + weight * r] += value
        series = out
    return series[total]


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 9), st.integers(1, 25)), max_size=4),
    st.integers(0, 300),
)
def test_generating_function_equals_a_plain_product(classes, total):
    weights = tuple(w for w, _, count in classes for _ in range(count))
    caps = tuple(c for _, c, count in classes for _ in range(count))
    assert count_with_sum(weights, caps, total) == plain_product(weights, caps, total)


def test_the_counts_of_the_talk_are_immediate():
    start = time.perf_counter()
    space = ev.equivariant_maps(SHIFT, rank=99)
    exact, everything = space.num_components(exact_rank=True), space.num_components()
    assert time.perf_counter() - start < 2.0
    assert exact == 72_425_986_088_826
    assert everything == 72_426_340_906_146
    assert type(exact) is type(everything) is int
    # The difference: both real blocks full and 43 ranks in the 13 complex blocks.
    assert everything - exact == 354_817_320 == plain_product([1] * 13, [28] * 13, 21)


def test_the_component_of_the_talk():
    space = ev.equivariant_maps(SHIFT, rank=99)
    labels = [(1, 1), (28, 27), (14, 13), (28, 25), (7, 6), (28, 23), (14, 11), (4, 3)]
    assert [b.label for b in space.blocks[:8]] == [f"({l},{m})" for l, m in labels]
    component = space.component(dict(zip(labels, TALK, strict=True)))
    assert component.num_parameters == 5_544
    assert component.rank == 99
    assert component == space.component([*TALK, *[0] * 7])
    assert space.blocks[-2].label == "(28,15)"
    assert space.blocks[-1].label == "(2,1)"


def test_components_are_listed_lazily():
    start = time.perf_counter()
    space = ev.equivariant_maps(SHIFT, rank=99)
    first = list(islice(space.components(), 10))
    assert time.perf_counter() - start < 2.0
    assert len(set(first)) == 10
    assert all(c.is_component and c.rank == 99 for c in first)
    assert tuple(first[0].ranks) == (28, 28, 7, *[0] * 11, 1)


def test_a_large_count():
    start = time.perf_counter()
    space = ev.equivariant_maps(ev.groups.shift((1024, 1024), axis=1), rank=10_000)
    exact, everything = space.num_components(exact_rank=True), space.num_components()
    assert time.perf_counter() - start < 60.0
    # 2 real and 511 complex blocks, all with 1024 copies: fold the complex generating function once more, modulo a
    # prime, by repeated squaring of truncated polynomials.
    prime = 2_147_483_629
    half = 5_000

    def times(a, b):
        size = 1 << (2 * half + 2).bit_length()
        split = 1 << 16
        pieces = [[np.fft.rfft(p.astype(float), size) for p in (x % split, x // split)] for x in (a, b)]
        low, middle, high = (
            np.rint(np.fft.irfft(z, size)[: half + 1]).astype(np.int64).astype(object)
            for z in (
                pieces[0][0] * pieces[1][0],
                pieces[0][0] * pieces[1][1] + pieces[0][1] * pieces[1][0],
                pieces[0][1] * pieces[1][1],
            )
        )
        return ((low + middle * split + high * split**2) % prime).astype(np.int64)

    base = np.zeros(half + 1, np.int64)
    base[:1025] = 1
    result = np.zeros(half + 1, np.int64)
    result[0] = 1
    for bit in f"{511:b}":
        result = times(result, result)
        if bit == "1":
            result = times(result, base)
    # The two real blocks take an even total 2k in min(2k, 2048 - 2k) + 1 ways.
    ways = [min(2 * k, 2048 - 2 * k) + 1 for k in range(1025)]
    expected = sum(w * int(result[half - k]) for k, w in enumerate(ways)) % prime
    assert exact % prime == expected
    # One less than the bound: both real blocks full, slack 1.  10,000 - 2048 is even, so no such vector exists
    # with odd slack: 9,999 - 2,048 is odd and cannot be paid in twos.
    assert everything == exact


def test_ranks_are_clamped():
    group = ev.groups.rotation(3)
    for rank in (9, 10, 10**30, np.int8(100), None):
        space = ev.equivariant_maps(group, rank=rank)
        assert space.rank == 9
        assert type(space.rank) is int
        assert space.num_components() == space.num_components(exact_rank=True) == 1
    assert ev.equivariant_maps(ev.groups.cyclic(6), ev.groups.cyclic(3), rank=5).rank == 3
    assert ev.invariant_maps(group, outputs=2, rank=5).rank == 2
    assert ev.linear_maps(3, 4, rank=4).rank == 3


def test_a_rank_that_no_component_attains():
    budget = RankBudget((2, 2), (1, 2), 3)
    assert budget.count(exact=True) == 0
    assert list(budget.maximal_vectors(exact=True)) == []
    assert sorted(budget.maximal_vectors()) == [(0, 1), (1, 0)]
    space = ev.equivariant_maps(ev.groups.cyclic(3), rank=2)
    assert [tuple(c.ranks) for c in space.components(exact_rank=True)] == [(0, 1)]


def test_strata_of_lower_rank_are_not_components():
    space = ev.equivariant_maps(ev.groups.cyclic(3), rank=2)
    stratum = space.stratum({"(1,1)": 0, "(3,2)": 0})
    assert not stratum.is_component
    assert (stratum.dim, stratum.rank, stratum.num_parameters) == (0, 0, 0)
    assert space.component({(1, 1): 1}).rank == 1
    assert space.component({(3, 2): 1}).rank == 2
