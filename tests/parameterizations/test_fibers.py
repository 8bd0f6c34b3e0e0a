"""Fibers of (A, B) -> A B: counted over finite fields, measured by ranks of differentials, sampled and refused."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import equivariety as ev
from equivariety.linalg import algebra
from equivariety.parameterizations import BlockFiber, Factorization, FiberStratum, fiber
from equivariety.parameterizations.fibers import map_fibers
from equivariety.parameterizations.fibers.block_points import factors_of_ranks
from laws.registry import every_space, known, twice

DIM = {"R": 1, "C": 2, "H": 4}


# ------------------------------------------------------------------------------------------- one block, finite fields
def all_matrices(q, rows, cols):
    entries = np.array(list(itertools.product(range(q), repeat=rows * cols)), dtype=np.int64)
    return entries.reshape(q ** (rows * cols), rows, cols)


def ranks_mod(q, matrices):
    """Ranks over the field of q (prime) elements: the kernel of x -> x M has q^(rows - rank) elements."""
    rows = matrices.shape[1]
    vectors = all_matrices(q, 1, rows)[:, 0]
    zeros = np.count_nonzero(~((vectors @ matrices) % q).any(axis=2), axis=1)
    return np.array([rows - round(math.log(z, q)) for z in zeros], dtype=np.int64)


def gaussian_binomial(n, k, q):
    above, below = (math.prod(q ** (m - t) - 1 for t in range(k)) for m in (n, k))
    return above // below


def injections(n, k, q):
    return math.prod(q**n - q**t for t in range(k))


def count_of_stratum(f, alpha, beta, q):
    """Number of pairs over q elements: images of A, maps A onto one, B on a complement of ker M, B on ker M."""
    k, i, j = f.rank, alpha - f.rank, beta - f.rank
    kernel = f.inner - alpha
    maps = gaussian_binomial(f.cols - k, j, q) * injections(kernel, j, q)
    return gaussian_binomial(f.rows - k, i, q) * injections(f.inner, alpha, q) * q ** (k * kernel) * maps


SIZES = [(2, 2, 2), (2, 2, 3), (2, 2, 1), (3, 2, 2), (2, 3, 1), (1, 2, 3), (3, 1, 2), (1, 1, 3), (2, 1, 4)]


@pytest.mark.parametrize(
    ("q", "rows", "cols", "inner"), [(2, *s) for s in [*SIZES, (3, 3, 3), (2, 2, 0)]] + [(3, *s) for s in SIZES[:3]]
)
def test_pairs_over_small_fields_are_counted_by_the_strata(q, rows, cols, inner):
    left, right = all_matrices(q, rows, inner), all_matrices(q, inner, cols)
    left_ranks, right_ranks = (ranks_mod(q, m) for m in (left, right))
    for k in range(min(rows, cols) + 1):
        wanted = np.zeros((rows, cols), dtype=np.int64)
        wanted[:k, :k] = np.eye(k)
        f = BlockFiber(rows, cols, inner, k)
        found: dict[tuple[int, int], int] = {}
        for a, alpha in zip(left, left_ranks, strict=True):
            hits = ((a @ right - wanted) % q == 0).all(axis=(1, 2))
            for beta, number in zip(*np.unique(right_ranks[hits], return_counts=True), strict=True):
                found[int(alpha), int(beta)] = found.get((int(alpha), int(beta)), 0) + int(number)
        strata = f.strata()
        assert {(s.decoder_rank, s.encoder_rank) for s in strata} == set(found)
        assert f.num_strata == len(strata) == len(found)
        for s in strata:
            number = count_of_stratum(f, s.decoder_rank, s.encoder_rank, q)
            assert number == found[s.decoder_rank, s.encoder_rank]
        # The number grows like q^dim: the formula, just confirmed, at a large q.
        large = 10**30
        for s in strata:
            power = math.log(count_of_stratum(f, s.decoder_rank, s.encoder_rank, large), large)
            assert abs(power - s.dim) < 1e-6
        assert f.dim == max((s.dim for s in strata), default=-1)


# -------------------------------------------------------------------------------- one block, differentials over R, C, H
def units(over, rows, cols):
    """A real basis of the matrices of that size."""
    basis = np.eye(rows * over.dim * cols).reshape(-1, rows, over.dim, cols)
    return [over.from_real(part) for part in basis]


def real(over, *matrices):
    return np.concatenate([over.to_real(m).ravel() for m in matrices])


def rank_of(columns):
    return int(np.linalg.matrix_rank(np.array(columns), tol=1e-8)) if columns else 0


def nullspace(columns):
    """Combinations of the rows of ``columns`` that vanish."""
    matrix = np.array(columns).T
    _, s, vh = np.linalg.svd(matrix, full_matrices=True)
    return vh[int(np.count_nonzero(s > 1e-8)) :]


def dims_at(over, a, b):
    """Dimension of the orbit of {(P, T, Q) : P A B = A B Q} through (A, B), and of the kernel of the differential."""
    (rows, inner), cols = (over.rank_of(a.conj().T), over.rank_of(a)), over.rank_of(b)
    m = a @ b
    zero_p, zero_q = over.zeros(rows, rows), over.zeros(cols, cols)
    pairs = [(p, zero_q) for p in units(over, rows, rows)] + [(zero_p, q) for q in units(over, cols, cols)]
    moves = [np.concatenate([real(over, -a @ t), real(over, t @ b)]) for t in units(over, inner, inner)]
    free = nullspace([real(over, p @ m - m @ q) for p, q in pairs])
    directions = np.array([np.concatenate([real(over, p @ a), real(over, -b @ q)]) for p, q in pairs])
    moves += list(free @ directions)
    differential = [real(over, x @ b) for x in units(over, rows, inner)]
    differential += [real(over, a @ y) for y in units(over, inner, cols)]
    return rank_of(moves), len(differential) - rank_of(differential)


CASES = [(3, 2, 2), (2, 3, 3), (2, 2, 3), (1, 3, 2), (2, 2, 1)]


@pytest.mark.parametrize("field", ["R", "C", "H"])
@pytest.mark.parametrize(("rows", "cols", "inner"), CASES)
def test_dimensions_are_ranks_of_differentials(field, rows, cols, inner, rng):
    over = algebra(field)
    for k in range(min(rows, cols, inner) + 1):
        f = BlockFiber(rows, cols, inner, k, field)
        for s in f.strata():
            i, j = s.decoder_rank - k, s.encoder_rank - k
            # Independent of the library's points: projections of the inner space between random bases.
            a, b = over.zeros(rows, inner), over.zeros(inner, cols)
            for t in range(k):
                set_one(over, a, t, t)
                set_one(over, b, t, t)
            for t in range(i):
                set_one(over, a, k + t, k + t)
            for t in range(j):
                set_one(over, b, k + i + t, k + t)
            p, q, g = (over.gaussian(rng, n, n) for n in (rows, cols, inner))
            a, b = p @ a @ np.linalg.inv(g), g @ b @ q
            dim, tangent_dim = dims_at(over, a, b)
            assert (s.dim, s.tangent_dim) == (dim, tangent_dim)


def set_one(over, matrix, row, col):
    k = over.order
    matrix[k * row : k * row + k, k * col : k * col + k] = np.eye(k)


SMALL = [
    (rows, cols, inner, k)
    for rows, cols, inner in itertools.product(range(5), range(5), range(6))
    for k in range(min(rows, cols) + 1)
]


def test_closures_components_and_smoothness():
    for rows, cols, inner, k in SMALL:
        f = BlockFiber(rows, cols, inner, k)
        strata = f.strata()
        assert f.is_empty == (inner < k) == (not strata)
        maximal = [s for s in strata if not any(s != t and s.is_in_closure_of(t) for t in strata)]
        assert list(f.components()) == maximal == [s for s in strata if s.is_component]
        assert f.num_components == len(maximal)
        assert f.is_torsor == (inner == k)
        for s in strata:
            for t in strata:
                if s != t and s.is_in_closure_of(t):
                    assert s.dim < t.dim
            above = max(t.dim for t in maximal if s.is_in_closure_of(t))
            assert s.tangent_dim >= above
            assert s.is_smooth == (s.tangent_dim == above)
        # Components are generically reduced, so that tangent spaces speak about them.
        assert all(s.tangent_dim == s.dim for s in maximal)
        assert f.is_smooth == all(s.is_smooth for s in strata)
        for field, e in DIM.items():
            g = BlockFiber(rows, cols, inner, k, field)
            assert [(s.dim, s.tangent_dim) for s in g.strata()] == [(e * s.dim, e * s.tangent_dim) for s in strata]
            assert g.dim == (e * f.dim if strata else -1)
            if inner == k:
                assert g.dim == e * inner**2
                assert g.num_connected_components == (2 if field == "R" and inner else 1)
            else:
                assert g.num_connected_components == (0 if inner < k else 1)


def test_dimension_falls_with_the_rank_of_the_product():
    for rows, cols, inner in itertools.product(range(1, 5), range(1, 5), range(6)):
        dims = [BlockFiber(rows, cols, inner, k).dim for k in range(min(rows, cols, inner) + 1)]
        assert dims == sorted(dims, reverse=True)
        # Generically it is the number of parameters minus the dimension of the products.
        r = min(rows, cols, inner)
        assert dims[-1] == inner * (rows + cols) - r * (rows + cols - r)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: BlockFiber(2, 2, -1, 0), "inner must be an integer >= 0; got -1"),
        (lambda: BlockFiber(2, 2.0, 1, 0), "cols must be an integer >= 0; got 2.0"),
        (lambda: BlockFiber(2, 3, 1, 3), "rank must be at most 2; got 3"),
        (lambda: BlockFiber(2, 2, 1, 1, "Q"), "field must be 'R', 'C' or 'H'; got 'Q'"),
        (lambda: BlockFiber(2, 2, 1, 2).largest(), "inner must be at least 2, the rank of M; got 1"),
        (lambda: BlockFiber(2, 2, 1, 2).stratum(1, 1), "inner must be at least 2"),
        (lambda: BlockFiber(2, 2, 2, 1).stratum(2, 2), r"of sum at most 3; got \(2, 2\)"),
        (lambda: BlockFiber(2, 2, 2, 1).stratum(0, 1), r"ranks from 1 to 2 and 1 to 2 .* got \(0, 1\)"),
        (lambda: BlockFiber(3, 2, 4, 1).stratum(2, 3), r"ranks from 1 to 3 and 1 to 2 .* got \(2, 3\)"),
        (lambda: BlockFiber(2, 2, 2, 1).stratum(1.0, 1), "decoder_rank must be an integer >= 0; got 1.0"),
    ],
)
def test_mistakes_about_a_block_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# --------------------------------------------------------------------------------------------------------- whole maps
def member(space, vector, rng):
    """A map with blocks of exactly these ranks."""
    factors = {}
    for i, (block, r) in enumerate(zip(space.blocks, vector, strict=True)):
        over = algebra(block.field)
        factors[i] = over.gaussian(rng, block.rows, r), over.gaussian(rng, block.cols, r)
    return ev.EquivariantMap(space.hom, factors, np.dtype(np.float64))


def feasible(space, rng):
    return [int(rng.integers(0, block.max_rank + 1)) for block in space.blocks]


def check_point(F, G, stratum):
    """G is a point of F whose factors have the ranks of the stratum."""
    M = np.asarray(F.map)
    assert isinstance(G, Factorization)
    assert G.ranks == F.ranks
    # The product is stored with the inner dimensions, as far as they fit the blocks.
    assert list(G.map.ranks) == [min(r, block.max_rank) for r, block in zip(G.ranks, F.hom.blocks, strict=True)]
    np.testing.assert_allclose(G.decoder @ G.encoder, M, atol=1e-12 * (1 + np.linalg.norm(M)))
    np.testing.assert_allclose(np.asarray(G.map), M, atol=1e-12 * (1 + np.linalg.norm(M)))
    assert F.contains(G)
    for block, alpha, beta in zip(F.hom.blocks, stratum.decoder_ranks, stratum.encoder_ranks, strict=True):
        pair = G.factors.get(block.label)
        order = algebra(block.field).order
        found = [np.linalg.matrix_rank(side) // order for side in pair] if pair else [0, 0]
        assert found == [alpha, beta]
    assert F.stratum_of(G) == stratum
    assert F.tangent_dim(G) == stratum.tangent_dim


@every_space
def test_points_of_every_stratum(space, rng):
    k = feasible(space, rng)
    wide = [r + int(rng.integers(0, 3)) if block.max_rank else 0 for r, block in zip(k, space.blocks, strict=True)]
    for ranks in (k, wide):
        F = fiber(member(space, k, rng), ranks)
        assert tuple(F.map_ranks) == tuple(k)
        assert tuple(F.ranks) == tuple(ranks)
        assert F.num_strata == math.prod(block.num_strata for block in F.block_fibers)
        largest = F.sample(rng)
        check_point(F, largest, F.stratum_of(largest))
        assert F.stratum_of(largest).dim == F.dim
        strata = list(itertools.islice(F.strata(), 40))
        for index in rng.permutation(len(strata))[:4]:
            G = F.sample(rng, strata[index])
            check_point(F, G, strata[index])
            # Moving along the fiber stays in the stratum.
            check_point(F, G.moved_at_random(rng), strata[index])


@every_space
def test_fiber_over_a_member_of_full_rank_is_an_orbit(space, rng):
    C = next(space.components())
    M = C.sample(rng)
    F = C.fiber(M)
    assert (
        F.dim
        == F.generic_dim
        == C.fiber_dim
        == sum(DIM[b.field] * r * r for b, r in zip(C.blocks, C.ranks, strict=True))
    )
    assert F.is_torsor
    assert F.is_smooth
    assert F.num_strata == F.num_components == 1
    assert F.num_connected_components == 2 ** sum(
        b.field == "R" and r > 0 for b, r in zip(C.blocks, C.ranks, strict=True)
    )
    # Every point is G.moved(T) for the T that the encoders tell.
    G, H = F.balanced(), F.sample(rng)
    T = {}
    for label, (_, right) in G.factors.items():
        other = H.factors[label][1]
        T[label] = np.linalg.lstsq(right, other, rcond=None)[0].conj().T
    moved = G.moved(T)
    np.testing.assert_allclose(moved.encoder, H.encoder, atol=1e-9 * (1 + np.linalg.norm(H.encoder)))
    np.testing.assert_allclose(moved.decoder, H.decoder, atol=1e-8 * (1 + np.linalg.norm(H.decoder)))


@every_space
def test_balanced_is_balanced_with_any_inner_dimension(space, rng):
    k = feasible(space, rng)
    M = member(space, k, rng)
    wide = [r + 2 if block.max_rank else 0 for r, block in zip(k, space.blocks, strict=True)]
    F = fiber(M, wide)
    G = F.balanced()
    for left, right in G.factors.values():
        np.testing.assert_allclose(left.conj().T @ left, right.conj().T @ right, atol=1e-11)
    check_point(F, G, F.stratum(k, k))
    # The balanced representative of the existing normal form, where that exists.
    exact, usual = fiber(M, k).balanced(), ev.factorize(M, form="balanced")
    np.testing.assert_allclose(exact.decoder, usual.decoder, atol=1e-12)
    np.testing.assert_allclose(exact.encoder, usual.encoder, atol=1e-12)
    # Least norm: no other point sampled is shorter.
    for H in (F.sample(rng), G.moved_at_random(rng)):
        squares = [sum(np.linalg.norm(x) ** 2 for x in (P.decoder, P.encoder)) for P in (G, H)]
        assert squares[0] <= squares[1] * (1 + 1e-12)


@pytest.mark.parametrize(
    ("make", "ranks"),
    [
        (lambda: ev.equivariant_maps(ev.groups.rotation(3)), {(1, 1): 2, (4, 3): 2, (2, 1): 1}),
        (lambda: ev.equivariant_maps(twice(known("Q8_regular"))), {"R1": 1, "H4": 2}),
        (lambda: ev.linear_maps(2, 3), [4]),
    ],
)
def test_tangent_dimension_is_the_nullity_of_the_dense_differential(make, ranks, rng):
    """In the entries of decoder and encoder, among those that commute with the actions."""
    space = make()
    low = {key: 1 if key in ((1, 1), "R1", "H4") else 0 for key in ranks} if isinstance(ranks, dict) else [1]
    vector = ev.representations.RankVector.parse(low, space.blocks)
    F = fiber(member(space, vector, rng), ranks)
    for stratum in F.strata():
        G = F.sample(rng, stratum)
        nullity = 0
        for block in space.blocks:
            if block.label in G.factors:
                over = algebra(block.field)
                left, right = G.factors[block.label]
                nullity += dims_at(over, left, right.conj().T)[1]
        assert F.tangent_dim(G) == nullity
        assert stratum.is_smooth == (nullity == max(c.dim for c in F.components() if stratum.is_in_closure_of(c)))


def test_closures_of_the_whole_are_closures_in_every_block(rng):
    space = ev.equivariant_maps(ev.groups.rotation(3))
    F = fiber(member(space, [1, 0, 0], rng), [2, 1, 1])
    strata = list(F.strata())
    maximal = [s for s in strata if not any(s != t and s.is_in_closure_of(t) for t in strata)]
    assert list(F.components()) == maximal == [s for s in strata if s.is_component]
    assert (F.num_strata, F.num_components) == (len(strata), len(maximal)) == (27, 8)
    assert F.dim == max(s.dim for s in strata)
    assert not F.is_smooth
    assert F.num_connected_components == 1
    for s in strata:
        assert s.is_smooth == all(
            f.stratum(a, b).is_smooth for f, a, b in zip(F.block_fibers, s.decoder_ranks, s.encoder_ranks, strict=True)
        )


def test_ranks_below_the_map_give_the_empty_fiber(rng):
    space = ev.equivariant_maps(ev.groups.rotation(3))
    F = fiber(member(space, [2, 1, 0], rng), {(1, 1): 1, (4, 3): 1})
    assert F.is_empty
    assert (F.dim, F.num_strata, F.num_components, F.num_connected_components) == (-1, 0, 0, 0)
    assert list(F.strata()) == list(F.components()) == []
    assert F.is_smooth
    assert not F.is_torsor
    # What a generic product with these dimensions has.
    assert F.generic_dim == 1 + 2
    # One empty block is enough, whatever the others are.
    half = fiber(member(space, [2, 1, 0], rng), [1, 2, 0])
    assert not half.block_fibers[1].is_smooth
    assert half.is_smooth
    assert half.dim == -1
    words = r"ranks\[\(1,1\)\] must be at least 2, the rank of the map there, or the fiber is empty; got 1"
    for call in (lambda: F.sample(rng), F.balanced, F.check_not_empty, lambda: F.stratum([1, 1, 0], [1, 1, 0])):
        with pytest.raises(ValueError, match=words):
            call()
    assert not F.contains(fiber(F.map, [2, 1, 0]).sample(rng))


def test_a_linear_decoder_of_more_rows_than_the_block_is_wide(rng):
    """Rank A may exceed min(rows, cols), only not the rows."""
    space = ev.linear_maps(4, 1)
    F = fiber(member(space, [1], rng), [3])
    assert [(s.decoder_ranks[0], s.encoder_ranks[0]) for s in F.strata()] == [(1, 1), (2, 1), (3, 1)]
    for stratum in F.strata():
        check_point(F, F.sample(rng, stratum), stratum)
    assert F.is_smooth


def test_both_components_of_a_real_orbit_are_sampled(rng):
    space = ev.linear_maps(3, 3)
    F = fiber(member(space, [2], rng), [2])
    base = F.balanced().encoder
    signs = {np.sign(np.linalg.det(F.sample(rng).encoder @ np.linalg.pinv(base))) for _ in range(20)}
    assert signs == {-1.0, 1.0}


@pytest.mark.parametrize(("rows", "cols", "inner", "k"), [(3, 3, 2, 1), (3, 3, 3, 1), (2, 3, 4, 2), (2, 2, 2, 0)])
def test_paths_join_all_points_where_the_inner_dimension_is_larger_than_the_rank(rows, cols, inner, k, rng):
    """The argument for connectedness, with numbers: scale down to lowest ranks, where det T < 0 fixes a point."""
    F = fiber(member(ev.linear_maps(rows, cols), [k], rng), [inner])
    M = np.asarray(F.map)
    u, s, vt = np.linalg.svd(M)
    u, s, v = u[:, :k], s[:k], vt[:k].T
    for stratum in F.strata():
        G = F.sample(rng, stratum)
        A, B = G.decoder, G.encoder
        inside = B @ v @ np.diag(1 / s) @ u.T @ A  # the projection on the image of the row space, along ker A
        np.testing.assert_allclose(inside @ inside, inside, atol=1e-9)
        for t in (1.0, 0.3, 0.0):
            A_t = A @ (inside + t * (np.eye(inner) - inside))
            B_t = B @ (v @ v.T + t * (np.eye(cols) - v @ v.T))
            np.testing.assert_allclose(A_t @ B_t, M, atol=1e-11)
        # The last point has lowest ranks, and is fixed by transforms of both signs of the determinant.
        assert [np.linalg.matrix_rank(x, tol=1e-9) for x in (A_t, B_t)] == [k, k]
        left_null, _, right_null = np.linalg.svd(inside)
        x, y = right_null[-1], left_null[:, -1]
        flip = np.eye(inner) - 2 * np.outer(x, y) / (y @ x)
        assert np.linalg.det(flip) < 0
        np.testing.assert_allclose(A_t @ np.linalg.inv(flip), A_t, atol=1e-9)
        np.testing.assert_allclose(flip @ B_t, B_t, atol=1e-9)
    assert F.num_connected_components == 1


def test_stored_inner_dimensions_are_the_default(rng):
    space = ev.linear_maps(3, 3)
    M = ev.fit(space, np.outer(np.ones(3), [1.0, 2.0, 3.0])).map
    assert fiber(M).ranks == M.ranks
    padded = ev.factorize(M, ranks=[3]).map
    assert fiber(padded).ranks[0] == 3
    assert fiber(padded).map_ranks[0] == 1
    assert fiber(padded, [1]).is_torsor


def test_rounding_in_a_factorization_is_no_rank(rng):
    space = ev.equivariant_maps(ev.groups.rotation(3))
    C = space.component([3, 2, 2])
    M = np.asarray(member(space, [1, 1, 0], rng))
    F = C.fiber(M)
    assert tuple(F.map_ranks) == (1, 1, 0)
    # The usual balanced factorization holds the square root of rounding beyond the rank.
    assert F.stratum_of(C.factorize(M)).decoder_ranks == F.map_ranks


def test_generic_dimension_does_not_depend_on_the_map(rng):
    space = ev.equivariant_maps(ev.groups.rotation(3))
    for ranks in ([1, 1, 0], [3, 2, 2], [5, 0, 4]):
        dims = {fiber(member(space, k, rng), ranks).generic_dim for k in ([0, 0, 0], [1, 0, 0], [3, 2, 2])}
        low = [min(r, block.max_rank) for r, block in zip(ranks, space.blocks, strict=True)]
        assert dims == {fiber(member(space, low, rng), ranks).dim}


def test_small_singular_values_of_the_map_count_in_the_factors():
    space = ev.linear_maps(3, 3)
    M = space.component([3]).factorize(np.diag([1.0, 1e-9, 1e-12])).map
    F = fiber(M, [4])
    assert F.map_ranks[0] == 3
    G = ev.factorize(M, form="orthonormal")  # one factor has the singular values of M, not their roots
    assert fiber(M, [3]).stratum_of(G).decoder_ranks[0] == 3


def test_rounding_of_large_factors_with_a_small_product(rng):
    space = ev.linear_maps(3, 3)
    over = algebra("R")
    q = over.qr(over.gaussian(rng, 3, 3))[0]
    A = np.column_stack([[1e-4, 0, 0], [0, 1e6, 0], [0, 0, 1e6]]) @ q
    B = q.T @ np.diag([1e-4, 0, 0])
    F = space.component([3]).fiber(np.diag([1e-8, 0, 0]))
    assert F.contains(Factorization(space.hom, {0: (A, B.T)}, np.dtype(np.float64)))


def test_points_of_a_float64_map_belong_to_its_float32_copy(rng):
    space = ev.equivariant_maps(ev.groups.rotation(3))
    M = np.asarray(member(space, [2, 1, 1], rng))
    C = space.component([3, 2, 2])
    rough = C.fiber(M.astype(np.float32))
    assert tuple(rough.map_ranks) == (2, 1, 1)
    assert rough.contains(C.fiber(M).sample(rng))
    assert C.fiber(M).contains(rough.sample(rng))


def test_random_parts_are_orthogonal_to_the_product(rng):
    over = algebra("H")
    u, v = (over.qr(over.gaussian(rng, n, 1))[0] for n in (3, 4))
    left, right = factors_of_ranks(over, (u, np.array([2.0]), v), 5, (3, 2), 4.0, rng)
    np.testing.assert_allclose(left.conj().T @ left, np.diag([2.0] * 2 + [4.0] * 4 + [0.0] * 4), atol=1e-12)
    np.testing.assert_allclose(
        right.conj().T @ right, np.diag([2.0] * 2 + [0.0] * 4 + [4.0] * 2 + [0.0] * 2), atol=1e-12
    )
    np.testing.assert_allclose(left @ right.conj().T, 2.0 * u @ v.conj().T, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_and_scale_are_kept(dtype, rng):
    space = ev.equivariant_maps(ev.groups.rotation(3))
    M = np.asarray(member(space, [1, 1, 0], rng)).astype(dtype)
    for scale in (1.0, 1e-12, 1e12):
        F = space.component([3, 2, 2]).fiber(M * dtype(scale))
        for G in (F.balanced(), F.sample(rng)):
            assert G.decoder.dtype == G.encoder.dtype == dtype
            assert {x.real.dtype for pair in G.factors.values() for x in pair} == {np.dtype(dtype)}
            assert F.contains(G)
            size = np.linalg.norm(M) * scale
            np.testing.assert_allclose(G.decoder @ G.encoder, M * scale, atol=size * 100 * np.finfo(dtype).eps)


def test_other_products_and_other_dimensions_are_not_in_the_fiber(rng):
    space = ev.equivariant_maps(ev.groups.rotation(3))
    M = member(space, [1, 1, 0], rng)
    F = fiber(M, [2, 1, 0])
    assert not F.contains(fiber(M, [1, 1, 0]).sample(rng))
    assert not F.contains(fiber(member(space, [1, 1, 0], rng), [2, 1, 0]).sample(rng))
    zero = Factorization(space.hom, {}, np.dtype(np.float64))
    assert not fiber(M, [0, 0, 0]).contains(zero)
    assert fiber(ev.EquivariantMap(space.hom, {}, np.dtype(np.float64)), [0, 0, 0]).contains(zero)
    # A wrong block that is small beside the other ones is noticed, by its own factors.
    G = F.sample(rng)
    factors = {0: G.factors["(1,1)"], 1: tuple(1e-3 * x for x in G.factors["(4,3)"])}
    assert not F.contains(Factorization(space.hom, factors, G.dtype))
    with pytest.raises(ValueError, match="factorization must be a point of the fiber; got another product"):
        F.stratum_of(Factorization(space.hom, factors, G.dtype))


def test_factorizations_wider_than_the_block_act(rng):
    space = ev.equivariant_maps(twice(known("Q8_regular")), known("Q8_regular"))
    k = [min(1, block.max_rank) for block in space.blocks]
    F = fiber(member(space, k, rng), [5 if block.max_rank else 0 for block in space.blocks])
    G = F.sample(rng)
    assert G.rank == G.decoder.shape[1] == len(G.labels) > max(space.shape)
    X = rng.standard_normal((3, 16))
    np.testing.assert_allclose(G.decode(G.encode(X)), F.map(X), atol=1e-11)
    for g in range(len(space.hom.source.generators)):
        rho = G.latent_action(g)
        P, Q = (side.generators[g].matrix() for side in (space.hom.source, space.hom.target))
        np.testing.assert_allclose(G.encoder @ P, rho @ G.encoder, atol=1e-11)
        np.testing.assert_allclose(Q @ G.decoder, G.decoder @ rho, atol=1e-11)


def test_factors_of_a_block_that_a_side_lacks_are_refused():
    partial = ev.equivariant_maps(ev.groups.cyclic(6), ev.groups.cyclic(3))
    i, block = next((i, block) for i, block in enumerate(partial.blocks) if not block.rows)
    over = algebra(block.field)
    with pytest.raises(ValueError, match="with r <= 0"):
        Factorization(partial.hom, {i: (over.zeros(0, 1), over.zeros(block.cols, 1))}, np.dtype(np.float64))


def test_factors_of_other_shapes_are_refused():
    space = ev.linear_maps(2, 3)
    for left, right in (((2, 4), (3, 5)), ((3, 4), (2, 4)), ((2, 4), (4, 4))):
        with pytest.raises(ValueError, match=r"factors\[0\] must be of shapes \(2, r\) and \(3, r\)"):
            Factorization(space.hom, {0: (np.zeros(left), np.zeros(right))}, np.dtype(np.float64))


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda C, F: C.fiber(np.eye(8)), ValueError, r"matrix must be an array of shape \(9, 9\)"),
        (
            lambda C, F: C.fiber(np.eye(9)),
            ValueError,
            r"ranks\[\(1,1\)\] must be at least 3, the rank of the map there",
        ),
        (lambda C, F: C.fiber(np.arange(81.0).reshape(9, 9)), ValueError, "matrix must be equivariant"),
        (lambda C, F: C.fiber("M"), TypeError, "matrix must be an array of real numbers"),
        (lambda C, F: fiber(np.eye(9)), TypeError, "mapping must be an EquivariantMap"),
        (lambda C, F: fiber(F.map, [1, -1, 0]), ValueError, r"ranks\[\(4,3\)\] must be an integer >= 0; got -1"),
        (lambda C, F: fiber(F.map, [1, 1.0, 0]), ValueError, r"ranks\[\(4,3\)\] must be an integer >= 0; got 1.0"),
        (lambda C, F: fiber(F.map, [True, 1, 0]), ValueError, r"ranks\[\(1,1\)\] must be an integer >= 0"),
        (lambda C, F: fiber(F.map, [1, 1]), ValueError, "ranks must be a sequence of 3 ranks"),
        (lambda C, F: fiber(F.map, {"(9,9)": 1}), ValueError, "ranks must be one of the block labels"),
        (lambda C, F: fiber(F.map, 3), TypeError, "ranks must be a mapping from block label"),
        (lambda C, F: F.sample(0), TypeError, "rng must be a numpy.random.Generator; got 0"),
        (lambda C, F: F.sample(np.random.default_rng(0), [1, 1, 0]), TypeError, "stratum must be a FiberStratum"),
        (
            lambda C, F: F.stratum([2, 1, 0], [1, 1, 0]),
            ValueError,
            r"\(decoder_rank, encoder_rank\) of \(1,1\) must be",
        ),
        (lambda C, F: F.stratum([1, 1], [1, 1, 0]), ValueError, "decoder_ranks must be a sequence of 3"),
        (lambda C, F: F.stratum([1, 1, 0], {"(7,7)": 1}), ValueError, "encoder_ranks must be one of the block labels"),
        (lambda C, F: F.contains(F.map), TypeError, "factorization must be a Factorization"),
        (lambda C, F: F.contains(elsewhere()), ValueError, "factorization must be between the actions of the fiber"),
    ],
)
def test_mistakes_are_named(call, kind, words, rng):
    C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
    F = C.fiber(C.sample(rng))
    with pytest.raises(kind, match=words):
        call(C, F)


def elsewhere():
    space = ev.linear_maps(9, 9)
    return Factorization(space.hom, {}, np.dtype(np.float64))


def test_strata_of_another_fiber_and_blocks_that_a_side_lacks_are_refused(rng):
    space = ev.equivariant_maps(ev.groups.rotation(3))
    F = fiber(member(space, [1, 1, 0], rng))
    other = next(fiber(member(space, [2, 1, 0], rng)).strata())
    assert isinstance(other, FiberStratum)
    with pytest.raises(ValueError, match=r"of \(1,1\) must be ranks from 1 to 1"):
        F.sample(rng, other)
    partial = ev.equivariant_maps(ev.groups.cyclic(6), ev.groups.cyclic(3))
    M = ev.EquivariantMap(partial.hom, {}, np.dtype(np.float64))
    lacking = next(block for block in partial.blocks if not block.rows)
    with pytest.raises(ValueError, match="must be 0, since the target lacks this irreducible; got 1"):
        fiber(M, {lacking.label: 1})
    back = ev.equivariant_maps(ev.groups.cyclic(3), ev.groups.cyclic(6))
    lacking = next(block for block in back.blocks if not block.cols)
    with pytest.raises(ValueError, match="must be 0, since the source lacks this irreducible; got 2"):
        fiber(ev.EquivariantMap(back.hom, {}, np.dtype(np.float64)), {lacking.label: 2})


def test_ranks_by_label_leave_the_other_blocks_at_the_rank_of_the_map(rng):
    space = ev.equivariant_maps(ev.groups.rotation(3))
    F = fiber(member(space, [1, 1, 0], rng), [2, 2, 1])
    assert F.stratum({(1, 1): 2}, {(4, 3): 2}) == F.stratum([2, 1, 0], [1, 2, 0])


def test_huge_inner_dimensions_have_facts_but_no_points(rng, monkeypatch):
    space = ev.linear_maps(3, 3)
    F = fiber(member(space, [1], rng), [10**12])
    assert F.dim == 6 * 10**12 - 9
    for call in (lambda: F.sample(rng), F.balanced):
        with pytest.raises(ValueError, match="ranks must be small enough for"):
            call()
    monkeypatch.setattr(map_fibers, "DENSE_ENTRIES_BUDGET", 2 * 8 - 1)
    with pytest.raises(ValueError, match="16 entries"):
        fiber(F.map, [2]).sample(rng)
    monkeypatch.setattr(map_fibers, "DENSE_ENTRIES_BUDGET", 2 * 8)
    assert fiber(F.map, [2]).sample(rng).rank == 2


def test_repr(rng):
    C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
    F = C.fiber(C.sample(rng))
    assert repr(F) == "Fiber(shape=(9, 9), ranks={'(1,1)': 1, '(4,3)': 1}, dim=3)"
    assert F.hom is C.space.hom
