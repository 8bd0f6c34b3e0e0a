"""All maximal vectors in order of what they leave over, against sorted enumeration; the large cases stay lazy."""

from __future__ import annotations

import time
from itertools import islice, pairwise, product

import numpy as np
import pytest

import equivariety as ev
from equivariety.varieties import RankBudget
from equivariety.varieties.ranks.allocation import allocate
from equivariety.varieties.ranks.ranking import ranked_vectors

EPS = np.finfo(float).eps


def descending(values):
    return np.sort(np.asarray(values, dtype=float))[::-1]


def generic(rng, size):
    return descending(rng.random(size))


def tied(rng, size):
    return descending(rng.integers(0, 3, size))


def zeros(rng, size):
    return np.zeros(size)


def uneven(rng, size):
    return descending(10.0 ** rng.uniform(-18, 3, size))


def rank_deficient(rng, size):
    return descending(np.where(rng.random(size) < 0.4, rng.random(size), 0.0))


KINDS = [generic, tied, zeros, uneven, rank_deficient]


def random_problem(rng, kind):
    size = int(rng.integers(0, 6))
    weights = tuple(rng.choice([1, 2, 3, 4, 6], size).tolist())
    caps = tuple(rng.integers(0, 5, size).tolist())
    largest = sum(w * c for w, c in zip(weights, caps, strict=True))
    # Shorter and longer than the caps.
    gains = [kind(rng, int(rng.integers(0, 6))) for _ in range(size)]
    return gains, RankBudget(weights, caps, int(rng.integers(0, largest + 1)))


def left_over(gains, vector):
    return sum(float(g[r:].sum()) for g, r in zip(gains, vector, strict=True))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_against_the_sorted_enumeration(kind, rng):
    for _ in range(150):
        gains, budget = random_problem(rng, kind)
        expected = [v for v in product(*(range(c + 1) for c in budget.caps)) if budget.is_maximal(v)]
        found = list(ranked_vectors(gains, budget))
        vectors = [vector for _, vector in found]
        assert len(vectors) == len(set(vectors)) == budget.count(exact=False)
        assert set(vectors) == set(expected)
        total = sum(float(g.sum()) for g in gains)
        values = [left for left, _ in found]
        assert values == pytest.approx([left_over(gains, v) for v in vectors], rel=1e-12, abs=0.0)
        assert values == pytest.approx(sorted(left_over(gains, v) for v in expected), rel=1e-9, abs=20 * EPS * total)
        assert all(b >= a - 20 * EPS * total for a, b in pairwise(values))
        assert all(type(r) is int for v in vectors for r in v)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_first_one_is_the_allocation(kind, rng):
    for _ in range(100):
        gains, budget = random_problem(rng, kind)
        takeable = [g[:c] for g, c in zip(gains, budget.caps, strict=True)]
        beyond = sum(float(g[c:].sum()) for g, c in zip(gains, budget.caps, strict=True))
        best = allocate(takeable, budget.weights, budget.rank)
        left, vector = next(ranked_vectors(gains, budget))
        assert left == pytest.approx(best.left + beyond, rel=1e-12, abs=0.0)
        assert budget.is_maximal(vector)
        if best.ties(1e-12).is_unique and budget.is_maximal(best.ranks):  # no rank to spare, which could go anywhere
            assert vector == best.ranks


def test_digits_of_small_gains_survive():
    gains = [np.array([1.0, 1e-16, 1e-20]), np.array([1.0, 3e-20])]
    found = list(ranked_vectors(gains, RankBudget((1, 1), (3, 2), 4)))
    assert found == [(1e-20, (2, 2)), (3e-20, (3, 1))]
    assert next(ranked_vectors(gains, RankBudget((1, 1), (2, 1), 3))) == (1e-20 + 3e-20, (2, 1))


def test_the_order_is_deterministic(rng):
    gains, budget = [tied(rng, 4) for _ in range(6)], RankBudget((1, 2, 2, 3, 4, 6), (4, 3, 4, 2, 3, 1), 14)
    first = list(ranked_vectors(gains, budget))
    assert list(ranked_vectors([g.copy() for g in gains], budget)) == first
    assert len(first) == budget.count(exact=False) > 50


def test_gains_of_single_precision_and_read_only(rng):
    gains = [generic(rng, 3).astype(np.float32) for _ in range(3)]
    for g in gains:
        g.flags.writeable = False
    budget = RankBudget((1, 2, 2), (3, 3, 3), 5)
    wide = [g.astype(float) for g in gains]
    assert list(ranked_vectors(gains, budget)) == list(ranked_vectors(wide, budget))


def test_one_array_of_gains_per_block():
    with pytest.raises(ValueError, match="gains must be 2 arrays, one per block; got 1"):
        ranked_vectors([np.ones(1)], RankBudget((1, 2), (1, 1), 1))


def spectra(rng, blocks, size, kind):
    return {
        "generic": lambda: [descending(rng.exponential(size=size) ** 3) for _ in range(blocks)],
        "tied": lambda: [np.ones(size)] * blocks,
        "zero": lambda: [np.zeros(0)] * blocks,
        "rank one": lambda: [np.eye(1, size)[0]] * blocks,
    }[kind]()


@pytest.mark.parametrize("kind", ["generic", "tied", "zero", "rank one"])
def test_trillions_of_components_are_not_enumerated(kind, rng):
    """28x28 shift at rank 99, 7e13 components: the first thousand of each kind of data, ties included."""
    budget = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99).budget
    gains = spectra(rng, 15, 28, kind)
    start = time.perf_counter()
    found = list(islice(ranked_vectors(gains, budget), 1000))
    assert time.perf_counter() - start < 8.0  # about 0.3 s
    assert len({v for _, v in found}) == 1000
    assert all(budget.is_maximal(v) for _, v in found)
    values = [left for left, _ in found]
    assert all(b >= a - 1e-12 * values[-1] for a, b in pairwise(values))
    assert values[0] == pytest.approx(allocate(gains, budget.weights, 99).left)
    assert values == pytest.approx([left_over(gains, v) for _, v in found])
    if kind == "generic":
        # Exchanging one rank gives neighbours of the best vector: none of them may be missing.
        best = found[0][1]
        neighbours = []
        for i, j in product(range(15), repeat=2):
            moved = list(best)
            moved[i], moved[j] = moved[i] + 1, moved[j] - 1
            feasible = i != j and moved[j] >= 0 and moved[i] <= budget.caps[i]
            if feasible and budget.cost(moved) <= 99 and budget.is_maximal(moved):
                neighbours.append(tuple(moved))
        seen = {v for _, v in found}
        assert neighbours
        assert all(v in seen for v in neighbours if left_over(gains, v) < values[-1] * (1 - 1e-9))


@pytest.mark.parametrize("kind", ["generic", "zero"])
def test_hundreds_of_blocks(kind, rng):
    """The 1024x1024 shift at rank 10,000: 513 blocks."""
    budget = RankBudget((1,) + (2,) * 511 + (1,), (1024,) * 513, 10_000)
    gains = spectra(rng, 513, 1024, kind)
    start = time.perf_counter()
    found = ranked_vectors(gains, budget)
    left, vector = next(found)
    assert time.perf_counter() - start < 5.0  # about 0.1 s
    assert left == pytest.approx(allocate(gains, budget.weights, 10_000).left)
    start = time.perf_counter()
    more = list(islice(found, 50))
    assert time.perf_counter() - start < 3.0  # about 0.05 s
    assert len({vector, *(v for _, v in more)}) == 51
    assert more[-1][0] >= left


def test_ranks_at_every_smaller_budget(rng):
    for trial in range(200):
        gains, budget = random_problem(rng, KINDS[trial % len(KINDS)])
        zero = float(rng.choice([0.0, 0.5]))
        best = allocate(gains, budget.weights, budget.rank, zero=zero)
        assert best.ranks_at(budget.rank) == best.ranks
        for b in range(budget.rank + 1):
            alone = allocate(gains, budget.weights, b, zero=zero)
            ranks = best.ranks_at(b)
            assert ranks == alone.ranks
            assert alone.left == best.best_left[b]
            assert budget.cost(ranks) <= b
            kept = [np.where(g > zero, g, 0.0) for g in gains]
            assert left_over(kept, ranks) == pytest.approx(best.best_left[b], rel=1e-12, abs=0.0)


def test_ranks_at_all_budgets_of_a_large_problem(rng):
    gains = spectra(rng, 513, 64, "generic")
    start = time.perf_counter()
    best = allocate(gains, (1,) + (2,) * 511 + (1,), 2000)
    costs = [np.dot(best.ranks_at(b), (1,) + (2,) * 511 + (1,)) for b in range(2001)]
    assert time.perf_counter() - start < 5.0  # about 0.3 s
    assert all(cost in (b, b - 1) for b, cost in enumerate(costs))


@pytest.mark.parametrize("budget", [-1, 4, 2.0, True])
def test_ranks_at_refuses(budget):
    best = allocate([np.array([2.0, 1.0])], [1], 3)
    with pytest.raises(ValueError, match="budget must be"):
        best.ranks_at(budget)
