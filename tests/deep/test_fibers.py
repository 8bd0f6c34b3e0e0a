"""Fibers of (W_1, ..., W_H) -> W_H ... W_1: counted over finite fields, measured by differentials, sampled, refused."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from functools import reduce

import numpy as np
import pytest

import equivariety as ev
from equivariety.deep import DeepFiber, RankPattern, fiber_dim, numerical_pattern
from equivariety.deep.fibers.pattern_lists import all_patterns, count_patterns
from equivariety.errors import BudgetError
from equivariety.parameterizations import BlockFiber
from oracles.read import vectors


def small_fibers(largest, depths, least=1):
    for depth in depths:
        for widths in itertools.product(range(least, largest + 1), repeat=depth + 1):
            for e in range(min(widths[0], widths[-1]) + 1):
                yield DeepFiber(widths, e)


def product_of(layers):
    return reduce(lambda before, layer: layer @ before, layers)


# ------------------------------------------------------------------------------------------------------------ examples
@pytest.mark.parametrize("vector", [v for v in vectors("lcn") if v["kind"] == "fc_fibre"], ids=lambda v: v["id"])
def test_vectors(vector):
    widths, e, expected = vector["input"]["dims"], vector["input"]["rank"], vector["expected"]
    f = DeepFiber(widths, e)
    dims = sorted(pattern.dim for pattern in f.strata())
    assert dims == expected["stratum_dims_sorted"]
    assert f.dim == fiber_dim(widths, e) == ev.deep.LinearNetwork(widths).fiber_dim(e) == expected["fibre_dim"]
    assert f.num_strata == expected["n_strata"]
    assert f.num_largest == expected["n_top_dimensional_strata"]


def test_literal_patterns_of_three_numbers_with_product_zero():
    f = DeepFiber((1, 1, 1, 1), 0)
    found = {pattern.layer_ranks: (pattern.dim, pattern.tangent_dim, pattern.is_component) for pattern in f.strata()}
    ranks = [ranks for ranks in itertools.product((0, 1), repeat=3) if ranks != (1, 1, 1)]
    # The three planes x = 0, y = 0, z = 0: all is tangent where two of them meet.
    assert found == {r: (sum(r), 2 if sum(r) == 2 else 3, sum(r) == 2) for r in ranks}
    assert [pattern.layer_ranks for pattern in f.components()] == [(1, 1, 0), (1, 0, 1), (0, 1, 1)]


# ------------------------------------------------------------------------------------------------------- finite fields
def all_matrices(q, rows, cols):
    entries = np.array(list(itertools.product(range(q), repeat=rows * cols)), dtype=np.int64)
    return entries.reshape(q ** (rows * cols), rows, cols)


def ranks_mod(q, matrices):
    """Ranks over the field of q (prime) elements: the kernel of x -> x M has q^(rows - rank) elements."""
    rows = matrices.shape[1]
    zeros = np.count_nonzero(~((all_matrices(q, 1, rows)[:, 0] @ matrices) % q).any(axis=2), axis=1)
    return np.array([rows - round(math.log(z, q)) for z in zeros], dtype=np.int64)


def patterns_over(q, widths):
    """How many lists of layers over q elements have each pattern, by brute force."""
    layers = [all_matrices(q, b, a) for a, b in itertools.pairwise(widths)]
    chosen = np.array(list(itertools.product(*(range(len(layer)) for layer in layers))))
    picked = [layer[chosen[:, i]] for i, layer in enumerate(layers)]
    rows = []
    for a in range(len(layers)):
        product = picked[a]
        rows.append([ranks_mod(q, product)])
        for layer in picked[a + 1 :]:
            product = (layer @ product) % q
            rows[-1].append(ranks_mod(q, product))
    flat = np.array([ranks for row in rows for ranks in row]).T
    found = Counter()
    for values, count in zip(*np.unique(flat, axis=0, return_counts=True), strict=True):
        ranks = iter(values.tolist())
        table = [(d, *(next(ranks) for _ in widths[a + 1 :])) for a, d in enumerate(widths)]
        found[tuple(table)] += int(count)
    return found


def order_of_gl(n, q):
    return math.prod(q**n - q**t for t in range(n))


def size_of_orbit(widths, counts, q):
    """Number of lists of layers that are sums of given intervals: base changes modulo automorphisms."""
    maps = sum(m * n for (a, b), m in counts.items() for (c, d), n in counts.items() if c <= a <= d <= b)
    unipotent = maps - sum(n * n for n in counts.values())
    automorphisms = q**unipotent * math.prod(order_of_gl(n, q) for n in counts.values())
    return math.prod(order_of_gl(d, q) for d in widths) // automorphisms


def number_of_matrices(rows, cols, e, q):
    return math.prod((q**rows - q**t) * (q**cols - q**t) // (q**e - q**t) for t in range(e))


@pytest.mark.parametrize(
    ("q", "widths"),
    [
        *[(2, widths) for widths in [(2, 2, 2), (2, 2, 2, 1), (1, 2, 2, 2), (1, 2, 1, 2, 1), (2, 1, 3), (1, 3, 2, 1)]],
        *[(3, widths) for widths in [(1, 2, 2), (1, 2, 2, 1), (2, 3), (1, 1, 1, 1, 1, 1)]],
    ],
)
def test_points_over_small_fields_are_counted_by_the_strata(q, widths):
    found = patterns_over(q, widths)
    listed = [p for e in range(min(widths[0], widths[-1]) + 1) for p in DeepFiber(widths, e).strata()]
    assert {p.rows for p in listed} == set(found)
    assert len(listed) == len(found)
    for pattern in listed:
        points = number_of_matrices(widths[-1], widths[0], pattern.rank, q)
        assert size_of_orbit(widths, pattern.multiplicities, q) == found[pattern.rows]
        assert found[pattern.rows] % points == 0
        # The number of points of the stratum grows like q^dim: the formula, just confirmed, at a large q.
        large = 10**30
        orbit = size_of_orbit(widths, pattern.multiplicities, large)
        size = orbit // number_of_matrices(widths[-1], widths[0], pattern.rank, large)
        assert abs(math.log(size, large) - pattern.dim) < 1e-3


# -------------------------------------------------------------------------------------------------------- differentials
def rank_of(columns):
    return int(np.linalg.matrix_rank(np.array(columns), tol=1e-8)) if len(columns) else 0


def units(rows, cols):
    return np.eye(rows * cols).reshape(-1, rows, cols)


def flat(layers):
    return np.concatenate([layer.ravel() for layer in layers])


def sum_of_intervals(pattern, rng):
    """Layers in random bases of all nodes: independent of the library's points."""
    copies = [(interval, k) for interval, n in pattern.multiplicities.items() for k in range(n)]
    nodes = [[c for c in copies if c[0][0] <= i <= c[0][1]] for i in range(pattern.depth + 1)]
    bases = [np.linalg.qr(rng.standard_normal((len(n), len(n))))[0] * rng.uniform(0.5, 2, len(n)) for n in nodes]
    layers = []
    for i in range(pattern.depth):
        plain = np.array([[float(p == q) for q in nodes[i]] for p in nodes[i + 1]]).reshape(
            len(nodes[i + 1]), len(nodes[i])
        )
        layers.append(bases[i + 1] @ plain @ np.linalg.inv(bases[i]))
    return layers


def orbit_dim(layers):
    """Dimension of the orbit of GL at the inner nodes and of the stabilizer of the product."""
    zero, moves = [np.zeros_like(layer) for layer in layers], []
    m = product_of(layers)
    for i in range(1, len(layers)):
        for t in units(len(layers[i - 1]), len(layers[i - 1])):
            move = list(zero)
            move[i - 1], move[i] = t @ layers[i - 1], -layers[i] @ t
            moves.append(flat(move))
    ends = []
    for p in units(*[len(m)] * 2):
        move = list(zero)
        move[-1] = p @ layers[-1]
        ends.append((p @ m, move))
    for p in units(*[m.shape[1]] * 2):
        move = list(zero)
        move[0] = move[0] - layers[0] @ p
        ends.append((-m @ p, move))
    if len(layers) == 1:
        return 0
    _, s, vh = np.linalg.svd(np.array([change.ravel() for change, _ in ends]).T, full_matrices=True)
    free = vh[int(np.count_nonzero(s > 1e-8)) :]
    moves += list(free @ np.array([flat(move) for _, move in ends]))
    return rank_of(moves)


def differential(layers):
    columns = []
    for i, layer in enumerate(layers):
        for x in units(*layer.shape):
            columns.append(product_of([*layers[:i], x, *layers[i + 1 :]]).ravel())
    return columns


@pytest.mark.parametrize("widths", [(2, 2, 2), (2, 3, 1, 2), (2, 2, 2, 2), (3, 2, 2), (1, 2, 2, 1, 2), (2, 3)])
def test_dimensions_are_ranks_of_differentials(widths, rng):
    for e in range(min(widths) + 1):
        f = DeepFiber(widths, e)
        for pattern in f.strata():
            layers = sum_of_intervals(pattern, rng)
            columns = differential(layers)
            kernel = len(columns) - rank_of(columns)
            assert orbit_dim(layers) == pattern.dim
            assert kernel == pattern.tangent_dim == f.tangent_dim(layers)
            assert pattern.differential_rank == len(columns) - kernel
            assert f.pattern_of(layers) == pattern


# ------------------------------------------------------------------------------------------------ closures, components
def more_generic(counts, whole):
    """Sums of intervals of which a given one is a simplest degeneration: overlap [a, c], [b, d], or join them."""
    for (a, c), (b, d) in itertools.permutations(counts, 2):
        if a < b <= c + 1 <= d and (a, d) != whole:
            new = Counter(counts)
            new.subtract([(a, c), (b, d)])
            new.update([(a, d)] if b == c + 1 else [(a, d), (b, c)])
            yield {interval: n for interval, n in new.items() if n}


def key(counts):
    return tuple(sorted(counts.items()))


@pytest.mark.parametrize("widths", [(2, 2, 2), (2, 3, 2, 1), (1, 2, 2, 1), (2, 2, 2, 2), (1, 2, 1, 2, 1), (3, 1, 2)])
def test_closures_are_those_of_chains_of_extensions(widths):
    whole = 0, len(widths) - 1
    for e in range(min(widths) + 1):
        strata = list(DeepFiber(widths, e).strata())
        by_key = {key(p.multiplicities): p for p in strata}
        above = {}
        for pattern in sorted(strata, key=lambda p: -p.dim):
            direct = [by_key[key(counts)] for counts in more_generic(pattern.multiplicities, whole)]
            assert all(other.dim > pattern.dim for other in direct)
            above[pattern] = {pattern}.union(*(above[other] for other in direct))
        for p, q in itertools.product(strata, repeat=2):
            assert p.is_in_closure_of(q) == (q in above[p])


#: Fibers with up to a hundred strata, where the rules for components differ from those of two layers.
FIBERS = [
    *[DeepFiber(widths, 0) for widths in [(3, 2, 3, 2), (3, 1, 3, 2), (1, 2, 1, 2, 1), (2, 1, 2, 1, 2, 1)]],
    *[DeepFiber(widths, 1) for widths in [(2, 3, 3, 2), (3, 3, 3, 3), (4, 2, 2, 4), (2, 3, 2, 3, 2), (3, 2, 2, 2, 3)]],
    DeepFiber((4, 3, 4, 3, 4), 2),
]


def test_components_are_the_maximal_strata():
    for f in itertools.chain(small_fibers(3, (1, 2)), small_fibers(2, (3, 4)), FIBERS):
        strata = list(f.strata())
        assert f.is_empty == (f.rank > min(f.widths)) == (not strata)
        maximal = {p for p in strata if not any(p != q and p.is_in_closure_of(q) for q in strata)}
        components = list(f.components())
        assert len(components) == len(maximal) == f.num_components
        assert set(components) == maximal == {p for p in strata if p.is_component}
        dims = [p.dim for p in strata]
        assert f.dim == max(dims, default=-1)
        assert f.num_strata == len(strata) == count_patterns(f.widths, f.rank)
        assert f.num_largest == dims.count(f.dim)
        if strata:
            assert f.largest().dim == f.dim
            assert strata == sorted(strata, key=lambda p: p.rows[::-1])
        for p in strata:
            # The Zariski tangent space holds that of every component through the point.
            assert p.tangent_dim >= max(q.dim for q in maximal if p.is_in_closure_of(q))


def test_generic_fibers_have_the_dimension_that_parameters_leave():
    for f in itertools.chain(small_fibers(3, (1, 2, 3)), small_fibers(2, (4, 5))):
        if f.rank == min(f.widths):
            space = ev.linear_maps(f.widths[-1], f.widths[0], rank=f.rank)
            parameters = sum(a * b for a, b in itertools.pairwise(f.widths))
            assert f.dim == parameters - space.dim


def test_dimension_falls_with_the_rank_of_the_product():
    for widths in [(5, 4, 6, 3, 5), (3, 3, 3, 3), (40, 30, 20, 30, 40), (2, 9, 9, 2)]:
        dims = [fiber_dim(widths, e) for e in range(min(widths) + 1)]
        assert dims == sorted(dims, reverse=True)


def test_reversed_widths_have_the_transposed_fiber():
    for f in [*small_fibers(2, (3,)), *FIBERS]:
        g = DeepFiber(f.widths[::-1], f.rank)
        assert (f.dim, f.num_strata, f.num_components, f.num_largest, f.num_connected_components) == (
            g.dim,
            g.num_strata,
            g.num_components,
            g.num_largest,
            g.num_connected_components,
        )
        assert Counter(p.dim for p in f.strata()) == Counter(p.dim for p in g.strata())


# ---------------------------------------------------------------------------------------------------------- two layers
def test_two_layers_are_the_block_fiber():
    for f in small_fibers(4, (2,)):
        cols, inner, rows = f.widths
        block = BlockFiber(rows, cols, inner, f.rank)

        def facts(stratum):
            ranks = stratum.encoder_rank, stratum.decoder_rank
            return ranks, stratum.dim, stratum.tangent_dim, stratum.is_component

        def mine(pattern):
            return pattern.layer_ranks, pattern.dim, pattern.tangent_dim, pattern.is_component

        assert [mine(p) for p in f.strata()] == [facts(s) for s in block.strata()]
        assert [mine(p) for p in f.components()] == [facts(s) for s in block.components()]
        assert (f.dim, f.num_strata, f.num_components) == (block.dim, block.num_strata, block.num_components)
        assert f.num_connected_components == block.num_connected_components
        assert f.is_empty == block.is_empty
        if not f.is_empty:
            assert mine(f.largest()) == facts(block.largest())
        pairs = zip(f.strata(), block.strata(), strict=True)
        for (p, s), (q, t) in itertools.product(list(pairs), repeat=2):
            assert p.is_in_closure_of(q) == s.is_in_closure_of(t)


def test_patterns_are_counted_without_a_list():
    for widths, e in [((4, 5, 3, 4), 1), ((9, 1, 1, 9), 0), ((2, 3, 2, 3, 2), 1), ((3, 7), 2), ((2, 2, 2, 2, 2, 2), 1)]:
        assert count_patterns(widths, e) == sum(1 for _ in all_patterns(widths, e))


def test_two_wide_layers_are_counted_without_a_table():
    f = DeepFiber((784, 500, 784), 100)
    assert f.num_strata == 401 * 402 // 2
    assert f.num_components == 401


# -------------------------------------------------------------------------------------------------------------- points
def matrix_of_rank(rows, cols, e, rng, scale=1.0):
    return scale * rng.standard_normal((rows, e)) @ rng.standard_normal((e, cols))


@pytest.mark.parametrize("widths", [(2, 2, 2, 2), (3, 2, 4), (2, 3, 3, 2), (2, 1, 2, 1, 2), (1, 4, 1), (3, 2)])
def test_samples_lie_over_the_matrix_and_in_the_stratum(widths, rng):
    for e, scale in itertools.product(range(min(widths) + 1), (1.0, 1e-9, 1e9)):
        f, m = DeepFiber(widths, e), matrix_of_rank(widths[-1], widths[0], e, rng, scale)
        for pattern in itertools.islice(f.strata(), 40):
            layers = f.sample(m, rng, pattern)
            assert [layer.shape for layer in layers] == [(b, a) for a, b in itertools.pairwise(widths)]
            np.testing.assert_allclose(product_of(layers), m, rtol=0, atol=1e-12 * (np.abs(m).max() or 1.0))
            # Ranks by another route: exact up to rounding, since the factors are well conditioned.
            for (a, row), b in itertools.product(enumerate(pattern.rows), range(1, len(widths))):
                if a < b:
                    part = product_of(layers[a:b])
                    cutoff = 1e-9 * math.prod(np.linalg.norm(layer, 2) for layer in layers[a:b])
                    assert np.count_nonzero(np.linalg.svd(part, compute_uv=False) > cutoff) == row[b - a]
            assert f.pattern_of(layers) == pattern
            assert not layers[0].flags.writeable
        assert f.pattern_of(f.sample(m, rng)) == f.largest()


def test_samples_are_random_and_repeatable():
    f, m = DeepFiber((2, 3, 3, 2), 2), np.array([[2.0, 1.0], [1.0, 3.0]])
    one, two, other = (f.sample(m, np.random.default_rng(seed)) for seed in (0, 0, 1))
    for a, b, c in zip(one, two, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert np.abs(a - c).max() > 1e-3


def test_samples_share_out_the_size_and_keep_the_dtype(rng):
    f, m = DeepFiber((3, 4, 4, 3), 3), np.diag([1e12, 2e12, 3e12])
    norms = [np.linalg.norm(layer, 2) for layer in f.sample(m, rng)]
    assert max(norms) < 100 * min(norms)
    layers = f.sample((m / 1e12).astype(np.float32), rng)
    assert {layer.dtype for layer in layers} == {np.dtype(np.float32)}
    np.testing.assert_allclose(product_of(layers), m / 1e12, atol=1e-4)
    assert f.pattern_of(layers) == f.largest()
    # In single precision zero is of another size.
    low = DeepFiber((3, 4, 4, 3), 1)
    for pattern in itertools.islice(low.components(), 4):
        layers = low.sample(np.ones((3, 3), np.float32), rng, pattern)
        assert low.pattern_of(layers) == pattern


def test_one_layer_is_the_matrix_itself(rng):
    m = matrix_of_rank(3, 2, 1, rng)
    f = DeepFiber((2, 3), 1)
    (layer,) = f.sample(m, rng)
    np.testing.assert_array_equal(layer, m)
    assert (f.dim, f.num_strata, f.num_components, f.num_connected_components) == (0, 1, 1, 1)


@pytest.mark.parametrize("widths", [(2, 2, 2), (3, 2, 3, 2, 3), (2, 2, 2, 2), (2, 3, 2, 4)])
def test_samples_reach_all_connected_components(widths, rng):
    """At a narrow layer the sign of the determinant of the layers before it, on a complement of ker M, is fixed."""
    f = DeepFiber(widths, 2)
    m = matrix_of_rank(widths[-1], widths[0], 2, rng)
    rows = np.linalg.svd(m)[2][:2].T
    narrow = [i for i in range(1, len(widths) - 1) if widths[i] == 2]
    signs = set()
    for _ in range(60):
        layers = f.sample(m, rng)
        signs.add(tuple(np.sign(np.linalg.det(product_of(layers[:i]) @ rows)) for i in narrow))
    assert len(signs) == 2 ** len(narrow) == f.num_connected_components


def test_there_is_one_connected_component_below_the_largest_rank():
    assert {DeepFiber((3, 2, 3, 2, 3), e).num_connected_components for e in (0, 1)} == {1}
    assert [DeepFiber(w, 2).num_connected_components for w in [(2, 3, 3, 2), (3, 1, 3), (3, 2, 3)]] == [1, 0, 2]


# ---------------------------------------------------------------------------------------------------- unclear patterns
def test_ranks_without_a_gap_are_not_decided():
    close = [np.diag([1.0, 0.0]), np.diag([1.0, 1e-13])]
    found = numerical_pattern(close)
    assert found.pattern is None
    assert 1.0 < found.gap < 1e3
    assert "gap" in found.reason
    assert numerical_pattern(close, tolerance=1e-6).pattern.layer_ranks == (1, 1)
    with pytest.raises(ValueError, match="weights must be of clear ranks; got singular values leave a gap"):
        DeepFiber((2, 2, 2), 1).pattern_of(close)
    assert DeepFiber((2, 2, 2), 1).pattern_of(close, 1e-6).layer_ranks == (1, 1)


def test_a_tolerance_does_not_hide_a_continuous_spectrum():
    spread = [np.diag(10.0 ** -np.arange(12))]
    assert numerical_pattern(spread, tolerance=1e-6).pattern is None


def test_ranks_that_no_layers_have_are_not_decided():
    # Two invertible matrices whose product is too close to a singular one: every rank is clear, but not all together.
    found = numerical_pattern([np.diag([1.0, 1e-7])] * 2)
    assert found.pattern is None
    assert found.gap > 1e3
    assert found.reason == "no layers have the ranks [(2, 2, 1), (2, 2), (2,)]"


def test_large_and_small_layers_do_not_disturb_the_decision():
    layers = [1e200 * np.diag([1.0, 2.0]), 1e-200 * np.diag([1.0, 0.0]), np.diag([1e160, 1e160])]
    assert numerical_pattern(layers).pattern.layer_ranks == (2, 1, 2)
    assert numerical_pattern([np.zeros((2, 2)), np.eye(2)]).pattern.layer_ranks == (0, 2)
    assert numerical_pattern([np.zeros((2, 2))] * 2).gap == math.inf


# --------------------------------------------------------------------------------------------------- sizes and mistakes
def test_wide_and_deep_networks_are_counted_without_lists():
    f = DeepFiber((784, 256, 128, 256, 784), 64)
    assert f.largest().dim == f.dim
    assert f.num_components > 10_000
    assert f.largest().is_component
    assert next(f.components()).is_component
    assert next(f.strata()).layer_ranks == (64, 64, 64, 64)
    with pytest.raises(BudgetError, match="counting the patterns"):
        _ = f.num_strata


def test_many_layers_have_many_components():
    # With one node of width 1 each, a stratum is a set of layers that vanish; a component is a single one.
    for depth in (5, 30):
        f = DeepFiber((1,) * (depth + 1), 0)
        assert (f.dim, f.num_components, f.num_largest) == (depth - 1, depth, depth)
    assert DeepFiber((1,) * 11, 0).num_strata == 2**10 - 1


def test_stratum_is_found_by_its_ranks():
    f = DeepFiber((2, 3, 2, 2), 1)
    for pattern in f.strata():
        ranks = {(a, b): pattern.rank_between(a, b) for a in range(4) for b in range(a + 1, 4)}
        assert f.stratum(ranks) == pattern
        del ranks[0, 3]
        assert f.stratum(ranks) == pattern
        assert RankPattern.of_multiplicities(3, pattern.multiplicities) == pattern


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: DeepFiber((2,), 1), "widths must be at least an input and an output width"),
        (lambda: DeepFiber((2, 0, 2), 0), r"widths\[1\] must be an integer >= 1; got 0"),
        (lambda: DeepFiber((2, 2.5), 0), r"widths\[1\] must be an integer >= 1; got 2.5"),
        (lambda: DeepFiber((2, 3), 3), "rank must be at most 2; got 3"),
        (lambda: DeepFiber((2, 3), -1), "rank must be an integer >= 0; got -1"),
        (lambda: fiber_dim((2, 3), 1.0), "rank must be an integer >= 0; got 1.0"),
        (lambda: DeepFiber((3, 1, 3), 2).largest(), r"widths must be at least 2, the rank of M.* got \(3, 1, 3\)"),
        (lambda: DeepFiber((3, 1, 3), 2).stratum({}), "the fiber is empty"),
        (lambda: DeepFiber((3, 1, 3), 2).sample(np.eye(3), np.random.default_rng(0)), "the fiber is empty"),
        (lambda: DeepFiber((2, 2, 2), 1).stratum({(0, 1): 1}), "ranks must be given for all"),
        (lambda: DeepFiber((2, 2), 1).stratum({(0, 1): 2}), "and 1 for"),
        (lambda: DeepFiber((2, 2, 2), 1).stratum({(0, 1): 2, (1, 2): 2}), "got -1 intervals"),
        (lambda: DeepFiber((2, 2, 2), 1).stratum({(0, 1): 1, (1, 2): 1, (2, 3): 1}), "ranks must be given for all"),
        (
            lambda: DeepFiber((2, 2), 1).sample(np.eye(2), np.random.default_rng(0)),
            "matrix must be of rank 1; got rank 2",
        ),
        (lambda: DeepFiber((2, 3), 1).sample(np.ones((2, 3)), np.random.default_rng(0)), r"of shape \(3, 2\)"),
        (lambda: DeepFiber((2, 2), 1).sample([[1, 0], [0, np.nan]], np.random.default_rng(0)), "finite"),
        (lambda: DeepFiber((2, 2, 2), 1).pattern_of([np.eye(2), np.eye(2)]), "of a product of rank 1; got rank 2"),
        (lambda: DeepFiber((2, 2, 2), 1).pattern_of([np.eye(2)]), "a sequence of 2 layers"),
        (lambda: DeepFiber((2, 2, 2), 1).pattern_of([np.eye(2), np.eye(3)]), r"of shape \(2, 2\)"),
        (lambda: numerical_pattern([np.eye(2), np.eye(3)]), "shape"),
        (lambda: numerical_pattern([np.ones(2)]), "weights must be matrices"),
        (lambda: numerical_pattern([np.eye(2)], tolerance=2.0), "tolerance must be a number >= 0 and < 1"),
        (lambda: RankPattern([[2, 1]]), "rows must be two or more rows"),
        (lambda: RankPattern([[2, 1], [2, 2]]), "of lengths"),
        (lambda: RankPattern([[1, 2], [2]]), "got -1 intervals"),
        (lambda: RankPattern.of_multiplicities(2, {(0, 3): 1}), "of intervals in 0..2"),
        (lambda: RankPattern([[2, 1], [2]]).rank_between(1, 0), "nodes 0 <= a <= b <= 1"),
        (
            lambda: RankPattern([[2, 1], [2]]).is_in_closure_of(RankPattern([[2, 2], [2]])),
            "other must be of widths",
        ),
        (
            lambda: DeepFiber((2, 2), 1).sample(
                np.diag([1.0, 0]), np.random.default_rng(0), RankPattern([[2, 2], [2]])
            ),
            "stratum must be of widths",
        ),
    ],
)
def test_mistakes_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: DeepFiber(3, 1),
        lambda: DeepFiber("22", 1),
        lambda: DeepFiber((2, 2), 1).sample(np.diag([1.0, 0.0]), 0),
        lambda: DeepFiber((2, 2), 1).sample(np.diag([1.0, 0.0]), np.random.default_rng(0), "largest"),
        lambda: numerical_pattern("W"),
        lambda: numerical_pattern([]),
        lambda: RankPattern(3),
        lambda: RankPattern([[1, 1], [1]]).is_in_closure_of(1),
    ],
)
def test_wrong_types_are_named(call):
    with pytest.raises(TypeError, match="must be"):
        call()
