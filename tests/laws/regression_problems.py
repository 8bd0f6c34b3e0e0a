"""Random problems for the exact fit: families of maps, kinds of data, options; and what a fit must say about itself."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pytest

import equivariety as ev
from laws import registry
from laws.brute_regression import BruteRegression, BruteSpace, random_permutation

ORDERS = (1, 2, 3, 4, 5, 6, 8, 12)
ROUTES = (None, "block moments", "samples")  # one more, "moment matrix", for autoencoders without an intercept


# -- data: how inputs and targets look ---------------------------------------------------------------------------------
def normal(rng, n, m):
    count = int(rng.integers(1, 3 * n + 2))
    return rng.standard_normal((count, n)), rng.standard_normal((count, m))


def related(rng, n, m):
    x = rng.standard_normal((2 * n + 3, n))
    return x, x @ rng.standard_normal((n, m)) + 0.3 * rng.standard_normal((len(x), m))


def integers(rng, n, m):
    count = int(rng.integers(1, 2 * n + 2))
    return rng.integers(-2, 3, (count, n)).astype(float), rng.integers(-2, 3, (count, m)).astype(float)


def tied(rng, n, m):
    """Orthonormal inputs and one-hot targets: gains are equal by the dozen."""
    return np.eye(n), np.eye(n, m)


def one_sample(rng, n, m):
    return rng.standard_normal((1, n)), rng.standard_normal((1, m))


def few_samples(rng, n, m):
    count = max(1, n // 3)
    return rng.standard_normal((count, n)), rng.standard_normal((count, m))


def deficient(rng, n, m):
    x = rng.standard_normal((2 * n + 2, 2)) @ rng.standard_normal((2, n))
    return x, rng.standard_normal((len(x), m))


def no_inputs(rng, n, m):
    return np.zeros((4, n)), rng.standard_normal((4, m))


def no_targets(rng, n, m):
    return rng.standard_normal((4, n)), np.zeros((4, m))


def constant(rng, n, m):
    """Every coordinate of every sample is the same: nothing but the trivial block, and no spread."""
    return np.full((3, n), 1.5), np.full((3, m), -2.0)


def uneven(rng, n, m):
    x, y = rng.standard_normal((2 * n, n)), rng.standard_normal((2 * n, m))
    return x * 10.0 ** rng.uniform(-1.5, 1.5, n), y * 10.0 ** rng.uniform(-1.5, 1.5, m)


def offset(rng, n, m):
    x, y = related(rng, n, m)
    return x + rng.uniform(-100, 100, n), y + rng.uniform(-100, 100, m)


DATA = (
    normal, related, integers, tied, one_sample, few_samples, deficient, no_inputs, no_targets, constant, uneven, offset
)  # fmt: skip
every_data = pytest.mark.parametrize("data", DATA, ids=lambda data: data.__name__)


# -- options: what besides the data enters the objective ---------------------------------------------------------------
def plain(rng, count):
    return {}


def weights(rng, count):
    """Uneven weights and zeros, but not all zero."""
    values = np.where(rng.random(count) < 0.3, 0.0, rng.gamma(0.5, 3.0, count) + 1e-3)
    values[rng.integers(count)] = 1.0
    return {"sample_weight": values}


def ridge(rng, count):
    return {"alpha": float(10.0 ** rng.uniform(-6, 3))}


def intercept(rng, count):
    return {"intercept": True}


def everything(rng, count):
    return weights(rng, count) | ridge(rng, count) | intercept(rng, count)


OPTIONS = (plain, weights, ridge, intercept, everything)
every_option = pytest.mark.parametrize("options", OPTIONS, ids=lambda options: options.__name__)


# -- families: which maps ----------------------------------------------------------------------------------------------
def equivariant(rng):
    order = int(rng.choice(ORDERS))
    source, target = (random_permutation(rng, int(rng.integers(1, 9)), order) for _ in range(2))
    return make(source, target), BruteSpace.equivariant(source, target)


def make(source, target):
    with warnings.catch_warnings():  # pairs whose group is larger than both actions are meant here
        warnings.simplefilter("ignore", UserWarning)
        return ev.equivariant_maps(ev.PermutationGroup([source]), ev.PermutationGroup([target]))


def same_action(rng):
    images = random_permutation(rng, int(rng.integers(1, 9)), int(rng.choice(ORDERS)))
    return ev.equivariant_maps(ev.PermutationGroup([images])), BruteSpace.equivariant(images, images)


def invariant(rng):
    """One to three generators that permute within groups of at most three points, so that the group stays small."""
    n, outputs = int(rng.integers(1, 9)), int(rng.integers(1, 5))
    points = rng.permutation(n)
    generators = []
    for _ in range(int(rng.integers(1, 4))):
        images = np.arange(n)
        for start in range(0, n, 3):
            some = points[start : start + 3]
            images[some] = rng.permutation(some)
        generators.append(images)
    space = ev.invariant_maps(ev.PermutationGroup(generators), outputs=outputs)
    return space, BruteSpace.invariant(generators, outputs)


def linear(rng):
    m, n = (int(rng.integers(1, 7)) for _ in range(2))
    return ev.linear_maps(m, n), BruteSpace.equivariant(range(n), range(m))


def several(rng):
    """Groups of several generators, with blocks over R, C and H: to themselves or to a second action."""
    source, target = SEVERAL[int(rng.integers(len(SEVERAL)))]
    source, target = source(), target()
    space = ev.equivariant_maps(source, target)
    pairs = [
        (tuple(s.images.tolist()), tuple(t.images.tolist()))
        for s, t in zip(source.generators, target.generators, strict=True)
    ]
    return space, BruteSpace.of_group(pairs, space.hom)


def several_same(rng):
    """Two copies of the quaternion group."""
    group = registry.twice(registry.known("Q8_regular"))
    space = ev.equivariant_maps(group)
    return space, BruteSpace.of_group([(tuple(g.images.tolist()),) * 2 for g in group.generators], space.hom)


def quaternions():
    return registry.known("Q8_regular")


def two_quaternions():
    return registry.twice(quaternions())


SEVERAL = (
    (two_quaternions, two_quaternions),
    (two_quaternions, quaternions),
    (quaternions, two_quaternions),
    (lambda: registry.twice(registry.known("F21_on_7")), lambda: registry.known("F21_on_7")),
    (registry.square, registry.square),
    (lambda: registry.known("Dic3_regular"), lambda: registry.known("Dic3_regular")),
)
FAMILIES = (equivariant, same_action, invariant, linear, several, several_same)
AUTOENCODER = "autoencoder"
every_family = pytest.mark.parametrize("family", [*FAMILIES, AUTOENCODER], ids=lambda f: getattr(f, "__name__", f))


@dataclass(frozen=True)
class Problem:
    """One instance, for the library and for the oracle."""

    whole: ev.varieties.RankBoundedMaps
    bound: int
    X: np.ndarray
    Y: np.ndarray | None
    options: dict
    brute: BruteRegression

    @property
    def space(self):
        return self.at(self.bound)

    def at(self, rank):
        return ev.varieties.RankBoundedMaps(self.whole.hom, rank)

    def fit(self, space=None, **more):
        return ev.fit(self.space if space is None else space, self.X, self.Y, **self.options, **more)

    @property
    def tolerance(self):
        return 1e-9 * self.brute.scale

    @property
    def targets(self):
        return self.X if self.Y is None else self.Y


def problem(rng, family, data, options):
    autoencoder = family is AUTOENCODER
    whole, maps = (same_action if autoencoder else family)(rng)
    m, n = whole.shape
    x, y = data(rng, n, m)
    chosen = options(rng, len(x))
    y = None if autoencoder else y
    brute = BruteRegression(maps, x, y, **chosen)
    return Problem(whole, int(rng.integers(0, whole.rank + 2)), x, y, chosen, brute)


def dense_of(fit):
    return np.asarray(fit.map), fit.intercept


def check_numbers(case, fit):
    """What a fit reports agrees with its own matrix, by definition."""
    brute, tolerance = case.brute, case.tolerance
    matrix, c = dense_of(fit)
    assert (c is not None) == bool(case.options.get("intercept"))
    assert fit.loss == pytest.approx(brute.loss_of(matrix, c), abs=tolerance)
    assert fit.objective == pytest.approx(brute.objective_of(matrix, c), abs=tolerance)
    assert fit.loss >= 0.0
    assert fit.objective >= fit.loss - 1e-15 * brute.scale
    shift = 0.0 if c is None else c
    np.testing.assert_allclose(fit.predict(case.X), case.X @ matrix.T + shift, atol=1e-9 * (1 + abs(case.X).max()))
    np.testing.assert_allclose(fit.predictor(case.X), fit.predict(case.X), atol=1e-12 * (1 + abs(case.X).max()))
    # Symmetry and rank.
    size = max(1.0, float(np.linalg.norm(matrix)))
    for source, target in brute.space.group:
        assert np.linalg.norm(matrix[np.ix_(target, source)] - matrix) <= 1e-11 * size
        if c is not None:
            np.testing.assert_allclose(c[list(target)], c, atol=1e-11 * max(1.0, float(np.linalg.norm(c))))
    assert case.space.contains(matrix)
    assert fit.component.contains(matrix)
    assert np.linalg.matrix_rank(matrix, tol=1e-9 * size) <= case.space.rank
    # Parts of the loss.
    assert list(fit.losses_by_block) == list(case.space.hom.labels)
    assert sum(fit.losses_by_block.values()) == pytest.approx(fit.loss, abs=1e-11 * brute.scale)
    assert fit.unreachable == pytest.approx(brute.unreachable, abs=tolerance)
    lacking = [b.label for b in case.space.blocks if b.cols == 0]
    assert sum(fit.losses_by_block[label] for label in lacking) == pytest.approx(fit.unreachable, abs=tolerance)
    assert fit.n_samples == len(case.X)
    assert fit.certificate.ok, fit.certificate


def check_against_matrix(case, fit, vector):
    """On separated data there is one smallest optimal map; here it is."""
    brute = case.brute
    matrix = brute.matrix(vector)
    found, c = dense_of(fit)
    size = 1.0 + float(np.linalg.norm(matrix))
    np.testing.assert_allclose(found, matrix, atol=1e-6 * size)
    if c is not None:
        np.testing.assert_allclose(c, brute.intercept(matrix), atol=1e-6 * size * (1 + abs(case.X).max()))
    np.testing.assert_allclose(list(fit.losses_by_block.values()), brute.losses(vector), atol=10 * case.tolerance)
