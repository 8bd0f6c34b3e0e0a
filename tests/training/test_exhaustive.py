"""The optimum of ``fit`` against enumeration of all components with dense linear algebra."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from laws.brute import BruteMaps, matrix_of

ROUTES = ("moment matrix", "block moments", "samples")


def random_permutation(rng, n):
    """Cycle structures from fixed points to one long cycle, on shuffled points."""
    lengths, left = [], n
    while left:
        lengths.append(int(rng.integers(1, min(left, 7) + 1)))
        left -= lengths[-1]
    points = rng.permutation(n)
    images = np.empty(n, dtype=np.int64)
    start = 0
    for l in lengths:
        cycle = points[start : start + l]
        images[cycle] = np.roll(cycle, -1)
        start += l
    return images


def normal(rng, n, images):
    return rng.standard_normal((int(rng.integers(1, 3 * n)), n))


def integers(rng, n, images):
    return rng.integers(-2, 3, (int(rng.integers(1, 2 * n)), n)).astype(float)


def one_sample(rng, n, images):
    return rng.standard_normal((1, n))


def few_samples(rng, n, images):
    return rng.standard_normal((max(1, n // 3), n))


def deficient(rng, n, images):
    return rng.standard_normal((2 * n, 2)) @ rng.standard_normal((2, n))


def repeated(rng, n, images):
    return np.repeat(rng.standard_normal((3, n)), 4, axis=0)


def invariant(rng, n, images):
    """All samples are fixed by the permutation: every block but the trivial one is empty."""
    x = rng.standard_normal((4, n))
    p = matrix_of(images)
    total, moved = np.zeros_like(x), x
    for _ in range(420):  # a multiple of all orders of cycles up to 7
        total, moved = total + moved, moved @ p.T
    return total / 420


def orthogonal(rng, n, images):
    """X^T X is a multiple of the identity: everything is tied."""
    return np.linalg.qr(rng.standard_normal((n, n)))[0]


def one_hot(rng, n, images):
    return np.eye(n)[rng.integers(0, n, 3)]


def uneven(rng, n, images):
    return rng.standard_normal((n, n)) * 10.0 ** rng.uniform(-3, 3, n)


def zeros(rng, n, images):
    return np.zeros((3, n))


KINDS = [normal, integers, one_sample, few_samples, deficient, repeated, invariant, orthogonal, one_hot, uneven, zeros]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_optimum_is_the_best_of_all_components(kind, rng):
    """20 random permutations and ranks for each of 11 kinds of data, every route."""
    for _ in range(20):
        n = int(rng.integers(2, 10))
        images = random_permutation(rng, n)
        data = kind(rng, n, images)
        rank = int(rng.integers(0, n + 1))
        space = ev.equivariant_maps(ev.PermutationGroup([images]), rank=rank)
        brute = BruteMaps(images, images)
        losses = brute.losses(data, rank)
        best = min(losses.values())
        scale = float(np.mean(data**2)) or 1.0
        for route in (None, *ROUTES):
            fit = ev.fit(space, data, route=route)
            assert fit.loss == pytest.approx(best, abs=1e-9 * scale)
            assert fit.loss >= 0.0
            assert fit.certificate.ok
            assert ev.mean_squared_error(fit.map, data) == pytest.approx(fit.loss, abs=1e-9 * scale)
            dense = np.asarray(fit.map)
            assert float(np.mean((data - data @ dense.T) ** 2)) == pytest.approx(fit.loss, abs=1e-9 * scale)
            p = matrix_of(images)
            assert np.linalg.norm(dense @ p - p @ dense) <= 1e-12 * max(1.0, np.linalg.norm(dense))
            assert np.linalg.matrix_rank(dense, tol=1e-9) <= rank
            assert space.contains(dense)
            assert fit.component.contains(dense)
            assert fit.component.is_component
            assert losses[tuple(fit.ranks)] == pytest.approx(best, abs=1e-9 * scale)
            assert sum(fit.losses_by_block.values()) == pytest.approx(fit.loss, abs=1e-12 * scale)
            for other in fit.alternatives:
                assert losses[tuple(other)] == pytest.approx(best, abs=1e-9 * scale)
            expected = [min(brute.losses(data, r).values()) for r in range(space.rank + 1)]
            np.testing.assert_allclose(fit.best_losses, expected, atol=1e-9 * scale)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_component_reaches_its_own_optimum(kind, route, rng):
    for _ in range(4):
        n = int(rng.integers(2, 9))
        images = random_permutation(rng, n)
        data = kind(rng, n, images)
        scale = float(np.mean(data**2)) or 1.0
        space = ev.equivariant_maps(ev.PermutationGroup([images]), rank=int(rng.integers(0, n + 1)))
        losses = BruteMaps(images, images).losses(data, space.rank)
        for component in space.components():
            fit = ev.fit(component, data, route=route)
            assert fit.component == component
            assert fit.best_losses is None
            assert fit.loss == pytest.approx(losses[tuple(component.ranks)], abs=1e-9 * scale)
            assert ev.mean_squared_error(fit.map, data) == pytest.approx(fit.loss, abs=1e-9 * scale)
            assert component.contains(np.asarray(fit.map))
            assert fit.certificate.ok


def test_the_optimal_map_is_the_projector_on_the_leading_eigenvectors(rng):
    """On generic data the optimum is one map, here built from the averaged covariance."""
    for _ in range(20):
        n = int(rng.integers(2, 10))
        images = random_permutation(rng, n)
        data = rng.standard_normal((3 * n, n))
        space = ev.equivariant_maps(ev.PermutationGroup([images]), rank=int(rng.integers(0, n + 1)))
        brute = BruteMaps(images, images)
        losses = brute.losses(data, space.rank)
        vector = min(losses, key=losses.__getitem__)
        for route in ROUTES:
            fit = ev.fit(space, data, route=route)
            assert tuple(fit.ranks) == vector
            assert fit.is_unique
            assert fit.alternatives == ()
            np.testing.assert_allclose(np.asarray(fit.map), brute.best_map(data, vector), atol=1e-8)
            expected = [np.array(s) / data.size for s in brute.spectra(data)]
            for found, values in zip(fit.spectra.values(), expected, strict=True):
                np.testing.assert_allclose(found[: len(values)], values, atol=1e-10)


def test_no_map_along_the_variety_is_better(rng):
    for _ in range(8):
        n = int(rng.integers(3, 10))
        group = ev.PermutationGroup([random_permutation(rng, n)])
        data = rng.standard_normal((2 * n, n))
        space = ev.equivariant_maps(group, rank=int(rng.integers(1, n)))
        fit = ev.fit(space, data)
        tiny = 1e-13 * np.mean(data**2)
        for size in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6):
            moved = {}
            for i, (label, r) in enumerate(fit.ranks.by_label.items()):
                if r:
                    pair = []
                    for factor in fit.map.factors[label]:
                        step = rng.standard_normal(factor.shape)
                        if np.iscomplexobj(factor):
                            step = step + 1j * rng.standard_normal(factor.shape)
                        pair.append(factor + size * step)
                    moved[i] = tuple(pair)
            other = ev.EquivariantMap(space.hom, moved, np.float64)
            assert ev.mean_squared_error(other, data) >= fit.loss - tiny
        for component in space.components():
            member = component.sample(rng)
            image = data @ member.T
            member *= np.vdot(image, data) / np.vdot(image, image)
            assert np.mean((data - data @ member.T) ** 2) >= fit.loss - tiny
            # The best point of the component nearest to the optimum of the union.
            near = component.project(np.asarray(fit.map)).point
            assert np.mean((data - data @ near.T) ** 2) >= fit.loss - tiny
