"""Small signals beside large ones are signals; only rounding is noise, and only what counts sets its scale."""

from __future__ import annotations

import mmap

import numpy as np
import pytest

import equivariety as ev


@pytest.mark.parametrize("route", ["samples", "block moments"])
@pytest.mark.parametrize(("dtype", "scale"), [(np.float32, 1e4), (np.float64, 1e7)])
def test_targets_in_different_units(dtype, scale, route, rng):
    x = rng.standard_normal((1000, 5)).astype(dtype)
    y = np.stack([scale * x[:, 0], x[:, 1]], axis=1)
    fit = ev.fit(ev.linear_maps(2, 5), x, y, route=route)
    expected = np.zeros((2, 5))
    expected[0, 0], expected[1, 1] = scale, 1.0
    np.testing.assert_allclose(np.asarray(fit.map) / [[scale], [1.0]], expected / [[scale], [1.0]], atol=1e-5)
    assert fit.map.rank == 2


@pytest.mark.parametrize("route", [None, "samples", "block moments", "moment matrix"])
def test_a_float32_autoencoder_with_an_offset(route, rng):
    data = (100 + rng.random((2000, 64))).astype(np.float32)
    space = ev.linear_maps(64, 64, rank=10)
    fit, wide = ev.fit(space, data, route=route), ev.fit(space, data.astype(np.float64), route=route)
    assert fit.map.rank == wide.map.rank == 10
    assert fit.loss == pytest.approx(wide.loss, rel=1e-4)


@pytest.mark.parametrize("route", ["samples", "block moments"])
@pytest.mark.parametrize("sentinel", [1e10, 1e16])
def test_samples_of_weight_zero_do_not_count(sentinel, route, rng):
    x = rng.standard_normal((50, 4))
    y = x @ rng.standard_normal((4, 3))
    x[0], y[0] = sentinel, -sentinel
    weights = np.r_[0.0, np.ones(49)]
    for space, targets in ((ev.linear_maps(3, 4), y), (ev.linear_maps(4, 4, rank=2), None)):
        fit = ev.fit(space, x, targets, sample_weight=weights, route=route)
        alone = ev.fit(space, x[1:], None if targets is None else targets[1:], route=route)
        assert fit.loss == pytest.approx(alone.loss, abs=1e-12)
        np.testing.assert_allclose(np.asarray(fit.map), np.asarray(alone.map), atol=1e-9)


@pytest.mark.parametrize("n_samples", [3, 400])
def test_the_samples_route_takes_the_smaller_side(n_samples, rng):
    data = rng.standard_normal((n_samples, 12))
    space = ev.equivariant_maps(ev.groups.shift((4, 3), axis=1), rank=5)
    fit, other = (ev.fit(space, data, route=route) for route in ("samples", "block moments"))
    assert fit.loss == pytest.approx(other.loss, rel=1e-10, abs=1e-14)
    assert max(len(values) for values in fit.spectra.values()) <= 4


@pytest.mark.skipif(not hasattr(mmap, "MAP_PRIVATE"), reason="the system has no private maps")
def test_private_memory_keeps_its_content(rng):
    data = rng.standard_normal((4096, 8))
    memory = mmap.mmap(-1, data.nbytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    x = np.ndarray(data.shape, data.dtype, buffer=memory)
    x[...] = data
    ev.fit(ev.equivariant_maps(ev.groups.cyclic(8), rank=3), x, intercept=True)
    assert np.array_equal(x, data)


def test_a_fit_does_not_hold_the_data(rng):
    import pickle

    x, y = rng.standard_normal((2, 3000, 12))
    space = ev.equivariant_maps(ev.groups.cyclic(12), rank=4)
    for fit in (ev.fit(space, x, y, route="samples"), ev.fit(space, x, route="samples"), ev.fit(space, x, y)):
        assert len(pickle.dumps(fit)) < 30_000 < x.nbytes
        assert next(fit.ranked_components()).component == fit.component


def test_wide_regressions_make_no_square_matrices(rng):
    import tracemalloc

    x, y = rng.standard_normal((2, 8, 20_000))
    tracemalloc.start()
    fit = ev.fit(ev.linear_maps(20_000, 20_000, rank=3), x, y, alpha=0.5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fit.certificate.stationarity < 1e-12
    assert peak < 1e8  # a square matrix would take 3.2e9 bytes


def test_arrays_of_a_fit_are_read_only(rng):
    x = rng.standard_normal((30, 6))
    fit = ev.fit(ev.equivariant_maps(ev.groups.cyclic(6), rank=2), x, intercept=True)
    for array in (fit.intercept, fit.best_losses, fit.mean_x, fit.mean_y, *fit.spectra.values()):
        assert not array.flags.writeable


@pytest.mark.parametrize("residual", [1.0, np.nan, np.inf])
def test_a_certificate_needs_small_numbers(residual):
    for position in range(3):
        residuals = [0.0, 0.0, 0.0]
        residuals[position] = residual
        assert not ev.training.FitCertificate(*residuals, 1e-10).ok


@pytest.mark.parametrize("route", ["samples", "block moments"])
def test_small_gains_beside_nearly_equal_inputs(route, rng):
    """Two inputs equal to a millionth do not hide what the others predict."""
    x = rng.standard_normal((20_000, 6))
    x[:, 1] = x[:, 0] + 1e-6 * rng.standard_normal(len(x))
    y = np.stack([x[:, 2], 1e-2 * x[:, 3], 1e-5 * x[:, 4]], axis=1)
    fit = ev.fit(ev.linear_maps(3, 6), x, y, route=route)
    assert fit.map.rank == 3
    error = np.mean((fit.predict(x) - y) ** 2, axis=0) / np.mean(y**2, axis=0)
    assert error.max() < 1e-6


def test_tiny_weights_beside_ordinary_ones(rng):
    """Kernel weights fall below any bound; only the largest one sets the scale."""
    x, y = rng.standard_normal((2, 60, 3))
    weights = np.exp(-(np.linspace(0, 40, 60) ** 2) / 2)
    fit = ev.fit(ev.linear_maps(3, 3), x, y, sample_weight=weights)
    expected = np.linalg.lstsq(np.sqrt(weights)[:, None] * x, np.sqrt(weights)[:, None] * y, rcond=None)[0].T
    np.testing.assert_allclose(np.asarray(fit.map), expected, rtol=1e-8)


@pytest.mark.parametrize("weights", [1e-80, 1e80])
def test_extreme_weights_and_sizes_are_refused(weights, rng):
    x = rng.standard_normal((5, 300)).astype(np.float32)
    space = ev.linear_maps(300, 300, rank=2)
    with pytest.raises(ValueError, match=r"^sample_weight must be"):
        ev.fit(space, x, sample_weight=np.full(5, weights))
    with pytest.raises(ValueError, match=r"^X must be finite, of moderate size"):
        ev.fit(space, x * np.float32(1e-22))
    with pytest.raises(ValueError, match=r"^alpha must be"):
        ev.fit(space, x, alpha=1e200)


def test_nearly_dependent_inputs_are_solved_from_the_samples(rng):
    """Smooth curves: a direction with a billionth of the largest variance predicts the target."""
    steps = np.linspace(0, 1, 300)
    curves = rng.standard_normal((4000, 12)) / 10.0 ** np.arange(12) @ np.cos(np.pi * np.outer(np.arange(12), steps))
    target = (curves @ np.cos(11 * np.pi * steps))[:, None]
    fit = ev.fit(ev.linear_maps(1, 300), curves, target)
    assert fit.route == "samples"
    assert fit.loss < 1e-8 * np.mean(target**2)
    assert ev.mean_squared_error(fit.map, curves, target) < 1e-8 * np.mean(target**2)
    well = rng.standard_normal((4000, 300))
    assert ev.fit(ev.linear_maps(1, 300), well, well[:, :1]).route == "block moments"


def test_a_ranking_too_large_is_refused():
    space = ev.equivariant_maps(ev.groups.cyclic(40_000), rank=39_990)
    fit = ev.fit(space, np.ones((1, 40_000)))
    with pytest.raises(ValueError, match=r"^rank must be small enough"):
        fit.runner_up  # noqa: B018
    whole = ev.fit(ev.equivariant_maps(ev.groups.cyclic(40_000)), np.ones((1, 40_000)))
    assert whole.runner_up is None


@pytest.mark.parametrize(
    "space", [ev.linear_maps(784, 784, rank=20), ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=20)]
)
@pytest.mark.parametrize("route", [None, "block moments", "moment matrix"])
def test_many_float32_coordinates_with_an_offset(space, route, rng):
    """The products of float32 numbers are too coarse beside a large mean, so they are formed again."""
    data = (300 + 0.05 * rng.standard_normal((1500, 784))).astype(np.float32)
    fit = ev.fit(space, data, route=route)
    wide = ev.fit(space, data.astype(np.float64))
    assert fit.loss == pytest.approx(wide.loss, rel=1e-4)
    assert fit.map.rank == wide.map.rank
    moments = ev.training.BlockMoments(space.hom, targets=False)
    moments.add(data)
    assert ev.training.fit_moments(space, moments).loss == pytest.approx(wide.loss, rel=1e-6)


def test_dependent_inputs_cost_no_more(rng):
    """Dummy variables: exact dependence is found in the moments, and asks for no second look."""
    x = rng.standard_normal((30_000, 40))
    x[:, 7] = x[:, 3] - x[:, 5]
    assert ev.fit(ev.linear_maps(2, 40), x, x[:, :2]).route == "block moments"
