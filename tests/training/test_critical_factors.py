"""Critical encoders and decoders with weight sharing: derivatives by finite differences, over R, C and H."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.linalg import algebra
from equivariety.parameterizations import Factorization
from laws.registry import known, twice

CYCLES = ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)", degree=6)
SPACES = {
    "R": lambda: ev.linear_maps(3, 4).stratum([2]),
    "R, filling": lambda: ev.linear_maps(3, 3).stratum([3]),
    "R and C": lambda: ev.equivariant_maps(CYCLES).stratum([1, 1]),
    "R and C, filling": lambda: ev.equivariant_maps(CYCLES).stratum([2, 2]),
    "C": lambda: ev.equivariant_maps(twice(known("F21_on_7"))).stratum([0, 1]),
    "H": lambda: ev.equivariant_maps(twice(known("Q8_regular"))).stratum([0, 0, 0, 0, 1]),
    "H, filling": lambda: ev.equivariant_maps(twice(known("Q8_regular"))).stratum([0, 0, 0, 0, 2]),
    "invariant": lambda: ev.invariant_maps(CYCLES, outputs=3).stratum([1]),
    "two actions": lambda: ev.equivariant_maps(
        ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)(7 8 9)", degree=9), CYCLES
    ).stratum([0, 1]),
}


def data(component, rng, count=40):
    m, n = component.space.shape
    return rng.standard_normal((count, n)), rng.standard_normal((count, m))


def squared_error(factorization, X, Y):
    return float(((X @ (factorization.decoder @ factorization.encoder).T - Y) ** 2).sum())


def random_direction(component, rng):
    """A random element of the parameters: factors of every block of positive rank."""
    found = {}
    for i, (block, r) in enumerate(zip(component.blocks, component.ranks, strict=True)):
        if r:
            over = algebra(block.field)
            found[i] = over.gaussian(rng, block.rows, r), over.gaussian(rng, block.cols, r)
    return found


def moved(component, factorization, direction, step):
    labels, own = component.space.hom.labels, factorization.factors
    factors = {i: own[labels[i]] for i, r in enumerate(component.ranks) if r}
    for i, pair in direction.items():
        factors[i] = tuple(a + step * v for a, v in zip(factors[i], pair, strict=True))
    return Factorization(component.space.hom, factors, np.dtype(np.float64))


def least_curvature(component, factorization, X, Y):
    """The least eigenvalue of the Hessian in the parameters, by second differences, over the size of the targets."""
    basis = []
    for i, (block, r) in enumerate(zip(component.blocks, component.ranks, strict=True)):
        over = algebra(block.field)
        sizes = (block.rows, block.cols) if r else ()
        for side, rows in enumerate(sizes):
            for unit in np.eye(rows * over.dim * r):
                pair = [over.zeros(block.rows, r), over.zeros(block.cols, r)]
                pair[side] = over.from_real(unit.reshape(rows, over.dim, r))
                basis.append({i: tuple(pair)})
    h, size = 1e-3, len(basis)
    found = np.empty((size, size))
    for p in range(size):
        first = [moved(component, factorization, basis[p], a * h) for a in (1, -1)]
        for q in range(p, size):
            values = [
                a * b * squared_error(moved(component, at, basis[q], b * h), X, Y)
                for a, at in zip((1, -1), first, strict=True)
                for b in (1, -1)
            ]
            found[p, q] = found[q, p] = sum(values) / (4 * h * h)
    return np.linalg.eigvalsh(found)[0] / (Y**2).sum()


def slope(component, factorization, X, Y, rng):
    """The largest derivative along random directions of the parameters, relative to the loss."""
    found = []
    for _ in range(6):
        direction = random_direction(component, rng)
        up, down = (squared_error(moved(component, factorization, direction, h), X, Y) for h in (1e-5, -1e-5))
        found.append(abs(up - down) / 2e-5)
    return max(found) / (Y**2).sum()


@pytest.mark.parametrize("name", SPACES)
def test_all_critical_maps_give_pure_critical_factors(name, rng):
    component = SPACES[name]()
    X, Y = data(component, rng)
    for point in ev.critical_points(component, X, Y):
        factors = component.factorize(point.map).moved_at_random(rng)
        assert slope(component, factors, X, Y, rng) < 1e-7
        found = ev.classify_factors(component, factors, X, Y)
        assert (found.kind, found.is_critical) == ("pure", True)
        assert found.type == ("strict_saddle" if point.index else "global_minimum")
        assert {label: block.subset for label, block in found.blocks.items()} == point.kept
        assert found.loss == pytest.approx(point.loss)
        assert found.loss * Y.size == pytest.approx(squared_error(factors, X, Y))
        from_arrays = ev.classify_factors(component, (factors.decoder, factors.encoder), X, Y)
        assert (from_arrays.kind, from_arrays.type) == (found.kind, found.type)


@pytest.mark.parametrize("name", SPACES)
def test_critical_maps_of_lower_rank_give_spurious_factors(name, rng):
    """Padded by zeros, or by anything in one factor against zeros in the other."""
    component = SPACES[name]()
    X, Y = data(component, rng)
    lower = component.space.stratum([max(r - 1, 0) for r in component.ranks])
    for point in ev.critical_points(lower, X, Y):
        small = lower.factorize(point.map).factors
        factors = {}
        for i, (block, r) in enumerate(zip(component.blocks, component.ranks, strict=True)):
            if r:
                over = algebra(block.field)
                none = over.zeros(block.rows, 0), over.zeros(block.cols, 0)
                left, right = small.get(block.label, none)
                factors[i] = np.hstack([left, over.zeros(block.rows, 1)]), np.hstack([right, over.zeros(block.cols, 1)])
        padded = Factorization(component.space.hom, factors, np.dtype(np.float64)).moved_at_random(rng)
        assert slope(component, padded, X, Y, rng) < 1e-7
        found = ev.classify_factors(component, padded, X, Y)
        assert (found.kind, found.type) == ("spurious", "strict_saddle")
        assert all(
            block.rank == r - 1 for block, r in zip(found.blocks.values(), filter(None, component.ranks), strict=True)
        )
    assert least_curvature(component, padded, X, Y) < -1e-3


@pytest.mark.parametrize("name", SPACES)
def test_squared_errors_of_blocks_add_up(name, rng):
    component = SPACES[name]()
    X, Y = data(component, rng)
    factors = component.factorize(component.sample(rng))
    found = ev.classify_factors(component, factors, X, Y)
    assert (found.kind, found.is_critical, found.type) == ("not_critical", False, None)
    assert slope(component, factors, X, Y, rng) > 1e-4
    # The other blocks add all of their targets.
    if all(component.ranks):
        assert sum(found.squared_errors.values()) == pytest.approx(squared_error(factors, X, Y))
    assert sum(found.squared_errors.values()) <= squared_error(factors, X, Y) * (1 + 1e-9)


def test_for_the_trivial_group_it_is_the_network_of_two_layers(rng):
    component, net = ev.linear_maps(3, 4, rank=2).component([2]), ev.LinearNetwork((4, 2, 3))
    X, Y = data(component, rng)
    for wish in [{}, {"kind": "pure"}, {"kind": "spurious"}, {"type": "global_minimum"}, {"type": "strict_saddle"}]:
        encoder, decoder = net.sample_critical_point(X, Y, rng, **wish)
        mine, other = ev.classify_factors(component, (decoder, encoder), X, Y), net.classify([encoder, decoder], X, Y)
        block = mine.blocks["(1,1)"]
        assert (mine.kind, mine.type, block.subset, block.rank) == (other.kind, other.type, other.subset, other.rank)
        assert mine.loss == pytest.approx(other.loss)


def test_one_spurious_block_makes_the_whole_spurious(rng):
    component = SPACES["R and C"]()
    X, Y = data(component, rng)
    best = component.factorize(ev.fit(component, X, Y).map).factors
    labels = component.space.hom.labels
    factors = {0: tuple(0 * side for side in best[labels[0]]), 1: best[labels[1]]}
    found = ev.classify_factors(component, Factorization(component.space.hom, factors, np.dtype(float)), X, Y)
    assert [block.kind for block in found.blocks.values()] == ["spurious", "pure"]
    assert (found.kind, found.type) == ("spurious", "strict_saddle")
    assert "singular point" in found.reason


def test_autoencoders(rng):
    component = ev.equivariant_maps(CYCLES).stratum([1, 1])
    X = rng.standard_normal((30, 6))
    for point in ev.critical_points(component, X):
        found = ev.classify_factors(component, component.factorize(point.map), X)
        assert (found.kind, found.type) == ("pure", "strict_saddle" if point.index else "global_minimum")
        assert found.loss == pytest.approx(point.loss)


def test_rank_zero_is_critical(rng):
    component = ev.linear_maps(2, 3).stratum([0])
    found = ev.classify_factors(component, (np.zeros((2, 0)), np.zeros((0, 3))), *data(component, rng))
    assert (found.kind, found.type, found.blocks) == ("pure", "global_minimum", {})


def test_what_is_refused(rng):
    component = SPACES["R and C"]()
    X, Y = data(component, rng)
    factors = component.factorize(component.sample(rng))
    decoder, encoder = factors.decoder, factors.encoder
    other = ev.equivariant_maps(CYCLES).stratum([2, 1])
    cases = [
        (ValueError, "factors", (component, other.factorize(other.sample(rng)), X, Y)),
        (ValueError, "decoder", (component, (encoder, decoder), X, Y)),
        (ValueError, "encoder", (component, (decoder, rng.standard_normal(encoder.shape)), X, Y)),
        (ValueError, "decoder", (component, (decoder + 1e-3 * rng.standard_normal(decoder.shape), encoder), X, Y)),
        (ValueError, "encoder", (component, (decoder, np.full(encoder.shape, np.nan)), X, Y)),
        (ValueError, "X", (component, factors, X[:, :5], Y)),
        (ValueError, "Y", (component, factors, X, Y[:-1])),
        (ValueError, "X", (component, factors, np.full_like(X, np.nan), Y)),
        (ValueError, "Y", (component, factors, X, np.full_like(Y, np.inf))),
        (ValueError, "X", (component, factors, X[:0], Y[:0])),
        (ValueError, "component", (SPACES["two actions"](), None, X, None)),
        (TypeError, "component", (component.space, factors, X, Y)),
        (TypeError, "factors", (component, decoder, X, Y)),
        (TypeError, "factors", (component, (decoder,), X, Y)),
        (TypeError, "factors", (component, None, X, Y)),
    ]
    for error, name, arguments in cases:
        given = list(arguments)
        if given[1] is None and given[0] is not component:
            given[1] = given[0].factorize(given[0].sample(rng))
        with pytest.raises(error, match=name):
            ev.classify_factors(*given)


@pytest.mark.parametrize("name", ["R", "R and C", "H"])
def test_factors_with_few_digits(name, rng):
    component = SPACES[name]()
    X, Y = data(component, rng)
    factors = component.factorize(next(iter(ev.critical_points(component, X, Y))).map)
    pair = [side.astype(np.float32) for side in (factors.decoder, factors.encoder)]
    found = ev.classify_factors(component, pair, X, Y)
    assert found.kind in ("ambiguous", "not_critical")
    assert "larger tolerance" in found.reason
    assert "polish" not in found.reason
    found = ev.classify_factors(component, pair, X, Y, tolerance=1e-5)
    assert (found.kind, found.type) == ("pure", "global_minimum")
    for wrong, kind in ((0.0, ValueError), (0.1, ValueError), ("1", TypeError)):
        with pytest.raises(kind, match="tolerance must be"):
            ev.classify_factors(component, pair, X, Y, tolerance=wrong)


@pytest.mark.parametrize("name", ["R and C", "H"])
def test_factors_that_are_nearly_equivariant(name, rng):
    component = SPACES[name]()
    X, Y = data(component, rng)
    factors = component.factorize(next(iter(ev.critical_points(component, X, Y))).map)
    pair = factors.decoder + 1e-6 * rng.standard_normal(factors.decoder.shape), factors.encoder
    with pytest.raises(ValueError, match="pass sharing_tolerance="):
        ev.classify_factors(component, pair, X, Y)
    found = ev.classify_factors(component, pair, X, Y, sharing_tolerance=1e-4, tolerance=1e-4)
    assert found.type == "global_minimum"
    with pytest.raises(ValueError, match="sharing_tolerance must be"):
        ev.classify_factors(component, pair, X, Y, sharing_tolerance=-1.0)


def test_factors_in_the_wrong_order(rng):
    component = SPACES["R and C"]()
    X, Y = data(component, rng)
    factors = component.factorize(component.sample(rng))
    with pytest.raises(ValueError, match=r"the order is \(decoder, encoder\)"):
        ev.classify_factors(component, (factors.encoder, factors.decoder), X, Y)


@pytest.mark.parametrize("factor", [1e300, 5e-324])
@pytest.mark.parametrize("name", ["X", "Y"])
def test_data_whose_squares_are_no_floats(name, factor, rng):
    component = SPACES["R and C"]()
    given = dict(zip("XY", data(component, rng), strict=True))
    given[name] = np.sign(given[name]) * factor
    factors = component.factorize(component.sample(rng))
    with pytest.raises(ValueError, match=rf"^{name} must be .* squares are floats"):
        ev.classify_factors(component, factors, given["X"], given["Y"])
