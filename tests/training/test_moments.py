"""Block moments: any chunking, any order, any tree of merges gives the same fit; large means; what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.training import BlockMoments, fit_moments
from laws.brute_regression import BruteRegression, BruteSpace
from laws.registry import dihedral_generators, fourfold, mixed, six

SPACES = {
    "mixed cycles": lambda: ev.equivariant_maps(mixed(), rank=5),
    "mixed cycles to 6 points": lambda: ev.equivariant_maps(mixed(), six(), rank=4),
    "shift to two 4-cycles": lambda: ev.equivariant_maps(ev.groups.shift((3, 4), axis=1), fourfold(), rank=5),
    "rotation": lambda: ev.equivariant_maps(ev.groups.rotation(3), rank=4),
    "invariant": lambda: ev.invariant_maps(dihedral_generators(), outputs=3, rank=2),
    "cycle of three": lambda: ev.equivariant_maps(ev.groups.cyclic(3), rank=2),
    "linear": lambda: ev.linear_maps(4, 10, rank=3),
}
every_space = pytest.mark.parametrize("make", [pytest.param(make, id=name) for name, make in SPACES.items()])


def samples(rng, space, count=None):
    """Inputs that span everything, targets that depend on them, weights with zeros."""
    m, n = space.shape
    count = 3 * n if count is None else count
    x = rng.standard_normal((count, n)) + rng.standard_normal(n)
    y = x @ rng.standard_normal((n, m)) + rng.standard_normal((count, m))
    weight = np.where(rng.random(count) < 0.2, 0.0, rng.uniform(0.1, 3.0, count))
    weight[0] = 1.0
    return x, y, weight


def gathered(hom, x, y, weight, targets=True):
    moments = BlockMoments(hom, targets=targets)
    moments.add(x, y if targets else None, weight)
    return moments


def chunked(rng, hom, x, y, weight, targets):
    """Shuffle, cut at random, collect in a random number of places, merge two at a time in random order."""
    order = rng.permutation(len(x))
    cuts = np.sort(rng.integers(0, len(x) + 1, int(rng.integers(0, 5))))
    chunks = [part for part in np.split(order, cuts) if len(part)]
    places = [BlockMoments(hom, targets=targets) for _ in range(int(rng.integers(1, 4)))]
    for part in chunks:
        place = places[int(rng.integers(len(places)))]
        place.add(x[part], y[part] if targets else None, None if weight is None else weight[part])
    while len(places) > 1:
        one, other = (places.pop(int(rng.integers(len(places)))) for _ in range(2))
        places.append(one.merged(other))
    return places[0]


def facts(fit):
    """The numbers of a fit on the scale of the loss."""
    return np.array([fit.loss, fit.objective, fit.unreachable, *fit.losses_by_block.values()])


def function(fit):
    """The fitted function: matrix and intercept side by side."""
    matrix = np.asarray(fit.map)
    return matrix if fit.intercept is None else np.column_stack([matrix, fit.intercept])


def same(found, expected, scale, digits=1e-10, *, functions=True):
    assert np.abs(facts(found) - facts(expected)).max() <= digits * scale
    assert found.ranks == expected.ranks
    assert found.is_unique == expected.is_unique
    if functions:
        one, other = function(found), function(expected)
        assert one.shape == other.shape
        assert np.abs(one - other).max() <= 1e-7


@every_space
def test_a_thousand_chunkings(make, rng):
    """In all for seven spaces: with and without targets, weights, ridge and intercept."""
    space = make()
    count = 52 if space.shape[1] >= 12 else 211
    cases = []
    for number in range(8):
        x, y, weight = samples(rng, space)
        targets = bool(number % 2) or not space.hom.is_endomorphic
        weight = weight if number // 2 % 2 else None
        options = {"alpha": 0.7 * (number % 3), "intercept": number >= 4}
        expected = ev.fit(space, x, y if targets else None, sample_weight=weight, **options)
        cases.append((x, y, weight, targets, options, expected, np.mean((y if targets else x) ** 2)))
    for number in range(count):
        x, y, weight, targets, options, expected, scale = cases[number % len(cases)]
        moments = chunked(rng, space.hom, x, y, weight, targets)
        assert moments.n_samples == len(x)
        assert moments.weight == pytest.approx(len(x) if weight is None else weight.sum(), rel=1e-12)
        same(fit_moments(space, moments, **options), expected, scale, functions=number % 24 < len(cases))


@every_space
def test_moments_serve_every_question(make, rng):
    """One pass over the data, then any bound, ridge, component and ranking."""
    space = make()
    x, y, weight = samples(rng, space)
    moments = gathered(space.hom, x, y, weight)
    scale = np.mean(y**2)
    for rank in range(space.rank + 1):
        for options in ({}, {"alpha": 2.0}, {"intercept": True}, {"alpha": 30.0, "intercept": True}):
            bounded = ev.varieties.RankBoundedMaps(space.hom, rank)
            found = fit_moments(bounded, moments, k_best=2, **options)
            expected = ev.fit(bounded, x, y, sample_weight=weight, k_best=2, **options)
            same(found, expected, scale)
            np.testing.assert_allclose(found.best_losses, expected.best_losses, atol=1e-10 * scale)
            assert [k.component for k in found.k_best] == [k.component for k in expected.k_best]
            assert found.certificate.ok
    component = next(space.components())
    same(fit_moments(component, moments), ev.fit(component, x, y, sample_weight=weight), scale)
    assert moments.n_samples == len(x)


@every_space
def test_merging_and_adding_leave_the_arguments_alone(make, rng):
    space = make()
    x, y, weight = samples(rng, space)
    before = x.copy(), y.copy(), weight.copy()
    half = len(x) // 2
    one = gathered(space.hom, x[:half], y[:half], weight[:half])
    other = gathered(space.hom, x[half:], y[half:], weight[half:])
    alone = [fit_moments(space, part).objective for part in (one, other)]
    both = one.merged(other)
    for array, copy in zip((x, y, weight), before, strict=True):
        assert np.array_equal(array, copy)
    assert [fit_moments(space, part).objective for part in (one, other)] == alone
    assert (one.n_samples, other.n_samples, both.n_samples) == (half, len(x) - half, len(x))
    # What is added later to a part does not reach the sum, and the other way around.
    total = fit_moments(space, both).objective
    one.add(x, y)
    assert fit_moments(space, both).objective == total
    again = fit_moments(space, other).objective
    both.add(x, y)
    assert fit_moments(space, other).objective == again == alone[1]
    # Nor do the caller's arrays.
    late = BlockMoments(space.hom, targets=True)
    mine = x.copy(), y.copy(), weight.copy()
    late.add(*mine)
    for array in mine:
        array[:] = 7.0
    same(fit_moments(space, late), ev.fit(space, x, y, sample_weight=weight), np.mean(y**2))


@every_space
def test_nothing_added_is_nothing(make, rng):
    """Empty moments are neutral in merges; so are samples of weight 0, and weights of 1 are no weights."""
    space = make()
    x, y, weight = samples(rng, space)
    scale = np.mean(y**2)
    expected = ev.fit(space, x, y, sample_weight=weight, intercept=True)
    empty = BlockMoments(space.hom, targets=True)
    assert (empty.n_samples, empty.weight) == (0, 0.0)
    moments = gathered(space.hom, x, y, weight)
    for merged in (empty.merged(moments), moments.merged(empty), empty.merged(empty).merged(moments)):
        same(fit_moments(space, merged, intercept=True), expected, scale, digits=1e-13)
        assert merged.n_samples == len(x)
    idle = gathered(space.hom, 1e3 + x, y - 1e3, np.zeros(len(x)))
    assert idle.weight == 0.0
    for merged in (idle.merged(moments), moments.merged(idle)):
        same(fit_moments(space, merged, intercept=True), expected, scale, digits=1e-13)
    moments.add(1e3 + x, y - 1e3, np.zeros(len(x)))
    same(fit_moments(space, moments, intercept=True), expected, scale, digits=1e-13)
    ones = gathered(space.hom, x, y, np.ones(len(x)))
    same(fit_moments(space, ones), ev.fit(space, x, y), scale)


@pytest.mark.parametrize("mean", [1e4, -1e6])
@every_space
def test_large_offsets_lose_no_digits(make, mean, rng):
    """An offset that the group fixes goes to the intercept, and the rest is what it was."""
    space = make()
    x, y, weight = samples(rng, space)
    x, y = (np.round(a * 2.0**15) / 2.0**15 for a in (x, y))  # so that adding the offset is exact
    moved = x + mean, y - mean
    digits = 1e-14 * abs(mean)  # the rounding of one number, relative to the spread
    for alpha in (0.0, 0.5):
        options = {"alpha": alpha, "intercept": True}
        expected = ev.fit(space, x, y, sample_weight=weight, **options)
        matrix = np.asarray(expected.map)
        fits = [
            ev.fit(space, *moved, sample_weight=weight, **options),
            fit_moments(space, gathered(space.hom, *moved, weight), **options),
            *(fit_moments(space, chunked(rng, space.hom, *moved, weight, True), **options) for _ in range(4)),
        ]
        for fit in fits:
            assert fit.loss == pytest.approx(expected.loss, abs=digits)
            assert fit.objective == pytest.approx(expected.objective, abs=digits)
            assert fit.ranks == expected.ranks
            np.testing.assert_allclose(np.asarray(fit.map), matrix, atol=1e2 * digits)
            c = expected.intercept - mean - matrix @ np.full(x.shape[1], mean)
            np.testing.assert_allclose(fit.intercept, c, atol=1e3 * digits * abs(mean))
            assert fit.certificate.ok
        if space.hom.is_endomorphic:
            one, other = (ev.fit(space, a, sample_weight=weight, **options) for a in (x, moved[0]))
            assert other.loss == pytest.approx(one.loss, abs=digits)
            np.testing.assert_allclose(np.asarray(other.map), np.asarray(one.map), atol=1e2 * digits)


def test_chunks_that_differ_in_size_and_weight_by_far(rng):
    """A light chunk with a far mean, merged with a heavy one: still the sums of the definition."""
    images = [1, 2, 0, 4, 3, 5]
    space = ev.equivariant_maps(ev.PermutationGroup([images]), rank=3)
    x, y = rng.standard_normal((40, 6)), rng.standard_normal((40, 6))
    x[30:] += 500.0
    y[30:] -= 300.0
    weight = np.where(np.arange(40) < 30, 1e5, 1e-5)
    for intercept in (False, True):
        brute = BruteRegression(
            BruteSpace.equivariant(images, images), x, y, sample_weight=weight, alpha=0.3, intercept=intercept
        )
        best = min(brute.objectives(3).values())
        for _ in range(10):
            moments = chunked(rng, space.hom, x, y, weight, True)
            found = fit_moments(space, moments, alpha=0.3, intercept=intercept)
            assert found.objective == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_of_the_map(dtype, rng):
    space = SPACES["shift to two 4-cycles"]()
    x, y, weight = samples(rng, space)
    wide = ev.fit(space, x, y, sample_weight=weight, intercept=True)
    found = fit_moments(space, gathered(space.hom, x, y, weight), intercept=True, dtype=dtype)
    assert found.map.dtype == np.asarray(found.map).dtype == dtype
    assert found.intercept.dtype == dtype
    np.testing.assert_allclose(np.asarray(found.map), np.asarray(wide.map), atol=1e-5)
    assert found.certificate.ok
    # Sums are in float64 whatever comes in.
    narrow = gathered(space.hom, x.astype(np.float32), y.astype(np.float32), weight.astype(np.float32))
    assert fit_moments(space, narrow, intercept=True).loss == pytest.approx(wide.loss, rel=1e-5)
    small = ev.fit(space, x.astype(np.float32), y.astype(np.float32), sample_weight=weight, intercept=True)
    assert small.map.dtype == small.intercept.dtype == small.predict(x.astype(np.float32)).dtype == np.float32
    assert small.loss == pytest.approx(wide.loss, rel=1e-4)


# -- what is refused ---------------------------------------------------------------------------------------------------
TO = ev.equivariant_maps(ev.groups.cyclic(4), ev.groups.cyclic(2), rank=2)  # (2, 4)
SELF = ev.equivariant_maps(ev.groups.cyclic(3), rank=2)
X, Y, Z = np.arange(12.0).reshape(3, 4), np.arange(6.0).reshape(3, 2), np.eye(3)
NUMBERS = (np.nan, np.inf, -np.inf)
BAD_X = [
    (ValueError, X[:, :3]),
    (ValueError, X[0]),
    (ValueError, X[:0]),
    (ValueError, X[None]),
    (ValueError, [[1.0, 2.0, 3.0, 4.0], [1.0]]),
    (TypeError, [["a"] * 4] * 3),
    (TypeError, X * 1j),
    (TypeError, X.astype(object)),
    *[(ValueError, np.where(X == 5, bad, X)) for bad in NUMBERS],
]
BAD_Y = [
    (ValueError, X),
    (ValueError, Y[:, :1]),
    (ValueError, Y[:2]),
    (ValueError, Y[:, 0]),
    (ValueError, Y[None]),
    (ValueError, 3.0),
    (TypeError, "Y"),
    (TypeError, [["a", "b"]] * 3),
    (TypeError, Y * 1j),
    (ValueError, [[1.0, 2.0], [1.0], [1.0, 2.0]]),
    *[(ValueError, np.where(Y == 3, bad, Y)) for bad in NUMBERS],
]
BAD_WEIGHTS = [
    (ValueError, [1.0, 2.0]),
    (ValueError, [1.0, 2.0, -1e-9]),
    (ValueError, [0.0, 0.0, 0.0]),
    (ValueError, 1.0),
    (ValueError, np.ones((3, 1))),
    (ValueError, []),
    (TypeError, "uniform"),
    (TypeError, ["a", "b", "c"]),
    (TypeError, [1j, 1.0, 1.0]),
    *[(ValueError, [1.0, bad, 1.0]) for bad in NUMBERS],
]
BAD_OPTIONS = [
    *[("alpha", ValueError, {"alpha": bad}) for bad in (-1.0, -1e-300, *NUMBERS)],
    *[("alpha", TypeError, {"alpha": bad}) for bad in ("1.0", None, [1.0], 1j, np.ones(1))],
    *[("intercept", TypeError, {"intercept": bad}) for bad in (1, 0.0, None, "yes", [True], np.ones(2))],
]
BAD_K = [("k_best", (ValueError, TypeError), {"k_best": bad}) for bad in (-1, 1.5, "2", None, True, np.nan, [1])]


def fed(x=X, y=Y, weight=None, space=TO, targets=True):
    moments = BlockMoments(space.hom, targets=targets)
    moments.add(x, y, weight)
    return moments


def refused(argument, kind, call):
    with pytest.raises(kind) as error:
        call()
    text = str(error.value)
    assert text.startswith(argument), text
    assert "Fix:" in text, text


@pytest.mark.parametrize("feed", [ev.fit, ev.fit_path, lambda space, x, y: fed(x, y)], ids=["fit", "path", "moments"])
def test_bad_arrays(feed):
    for kind, bad in BAD_X:
        refused("X", kind, lambda bad=bad: feed(TO, bad, Y))
    for kind, bad in BAD_Y:
        refused("Y", kind, lambda bad=bad: feed(TO, X, bad))


@pytest.mark.parametrize("space", [TO, next(TO.components()), SELF], ids=["maps", "component", "autoencoder"])
def test_bad_weights(space):
    arrays = (Z,) if space is SELF else (X, Y)
    for kind, bad in BAD_WEIGHTS:
        refused("sample_weight", kind, lambda bad=bad: ev.fit(space, *arrays, sample_weight=bad))
        if space is not SELF and not np.array_equal(bad, [0.0] * 3):  # weights of a chunk may all be zero
            refused("sample_weight", kind, lambda bad=bad: fed(weight=bad))
        if space is TO:
            refused("sample_weight", kind, lambda bad=bad: ev.fit_path(space, *arrays, sample_weight=bad))


def test_bad_options():
    for argument, kind, options in BAD_OPTIONS:
        refused(argument, kind, lambda options=options: ev.fit(TO, X, Y, **options))
        refused(argument, kind, lambda options=options: ev.fit(next(TO.components()), X, Y, **options))
        refused(argument, kind, lambda options=options: ev.fit(SELF, Z, **options))
        refused(argument, kind, lambda options=options: ev.fit_path(TO, X, Y, **options))
        refused(argument, kind, lambda options=options: fit_moments(TO, fed(), **options))
    for argument, kind, options in BAD_K:
        refused(argument, kind, lambda options=options: ev.fit(TO, X, Y, **options))
        refused(argument, kind, lambda options=options: fit_moments(TO, fed(), **options))


INVARIANT = ev.invariant_maps(ev.groups.cyclic(3), outputs=3)
OTHER = [
    (("Y", "space"), ValueError, lambda: ev.fit(TO, X)),
    (("Y", "space"), ValueError, lambda: ev.fit(next(TO.components()), X)),
    (("Y", "space"), ValueError, lambda: ev.fit(INVARIANT, Z)),
    (("Y", "space"), ValueError, lambda: ev.fit_path(TO, X)),
    (("space",), TypeError, lambda: ev.fit(np.eye(2), X, Y)),
    (("space",), TypeError, lambda: ev.fit_path(next(TO.components()), X, Y)),
    (("space",), TypeError, lambda: ev.fit_path(None, X, Y)),
    (("space",), TypeError, lambda: fit_moments(TO.hom, fed())),
    (("moments",), TypeError, lambda: fit_moments(TO, X)),
    (("moments",), ValueError, lambda: fit_moments(TO, BlockMoments(TO.hom, targets=True))),
    (("moments",), ValueError, lambda: fit_moments(TO, fed(weight=np.zeros(3)))),
    (("moments",), ValueError, lambda: fit_moments(SELF, fed())),
    (("moments",), ValueError, lambda: fit_moments(ev.linear_maps(2, 4), fed())),
    (("other", "moments"), ValueError, lambda: fed().merged(fed(Z, Z, space=SELF))),
    (("other", "moments"), ValueError, lambda: fed(Z, Z, space=SELF).merged(fed(Z, None, space=SELF, targets=False))),
    (("other", "moments"), TypeError, lambda: fed().merged(X)),
    (("Y",), ValueError, lambda: fed(Z, None, space=SELF)),
    (("Y",), ValueError, lambda: fed(Z, Z, space=SELF, targets=False)),
    (("hom",), TypeError, lambda: BlockMoments(TO, targets=True)),
    (("targets",), TypeError, lambda: BlockMoments(TO.hom, targets=1)),
    (("targets", "hom"), ValueError, lambda: BlockMoments(TO.hom, targets=False)),
    (("dtype",), (TypeError, ValueError), lambda: fit_moments(TO, fed(), dtype=np.int64)),
    (("dtype",), (TypeError, ValueError), lambda: fit_moments(TO, fed(), dtype="complex128")),
]


@pytest.mark.parametrize("number", range(len(OTHER)))
def test_bad_combinations(number):
    arguments, kind, call = OTHER[number]
    refused(arguments, kind, call)


def test_a_refused_chunk_leaves_the_moments_as_they_were():
    moments = fed()
    before = fit_moments(TO, moments).objective
    for x, y, weight in ((np.where(X == 5, np.nan, X), Y, None), (X, Y[:2], None), (X, Y, [1.0, -1.0, 1.0])):
        with pytest.raises(ValueError, match="Fix:"):
            moments.add(x, y, weight)
    assert fit_moments(TO, moments).objective == before
    assert moments.n_samples == 3
