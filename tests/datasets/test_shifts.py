"""Random shifts: SciPy's answer image by image, the protocol's range, bounded memory, refusals."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest
from scipy import ndimage

from equivariety.datasets import load_mnist, random_horizontal_shifts, shifts


@pytest.mark.parametrize("shape", [(28, 28), (3, 7), (5, 1), (1, 9)])
@pytest.mark.parametrize("fraction", [0.2, 1.0])
def test_is_what_scipy_does(monkeypatch, rng, shape, fraction):
    monkeypatch.setattr(shifts, "_CHUNK_PIXELS", 3000)  # several chunks, the last one shorter
    images = rng.random((50, shape[0] * shape[1]))
    before = images.copy()
    shifted = random_horizontal_shifts(images, shape, np.random.default_rng(7), fraction)
    distances = np.random.default_rng(7).uniform(-1, 1, 50) * fraction * shape[1]
    for row, image, distance in zip(shifted, images, distances, strict=True):
        expected = ndimage.shift(image.reshape(shape), (0, distance), order=1, mode="nearest")
        np.testing.assert_allclose(row.reshape(shape), expected, atol=1e-12)
    np.testing.assert_array_equal(images, before)


def test_does_not_depend_on_the_chunks(monkeypatch, rng):
    images = rng.random((20, 12))
    whole = random_horizontal_shifts(images, (3, 4), np.random.default_rng(1))
    monkeypatch.setattr(shifts, "_CHUNK_PIXELS", 1)
    np.testing.assert_array_equal(random_horizontal_shifts(images, (3, 4), np.random.default_rng(1)), whole)


def test_distances_fill_the_range_of_the_protocol(rng):
    """A ramp shows the distance of each image: 20 % of 28 pixels, 5.6, in both directions, not rounded."""
    ramp = np.tile(np.arange(28.0), (2000, 1))
    distances = 14 - random_horizontal_shifts(ramp, (1, 28), rng)[:, 14]
    assert 5.5 < distances.max() <= 5.6
    assert -5.6 <= distances.min() < -5.5
    assert abs(distances.mean()) < 0.3
    assert np.mean(np.abs(distances - np.rint(distances)) > 0.01) > 0.9


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_keeps_dtype_and_range(rng, dtype):
    images = rng.integers(0, 2, (500, 64)).astype(dtype)
    images.flags.writeable = False
    shifted = random_horizontal_shifts(images, (8, 8), rng)
    assert shifted.dtype == dtype
    assert shifted.flags.writeable
    assert shifted.min() >= 0
    assert shifted.max() <= 1
    assert not np.shares_memory(shifted, images)


def test_rounding_stays_in_range(rng):
    """In float32 0.7 + (0.2 - 0.7) is below 0.2: a distance that rounds to a whole pixel shows it."""
    images = np.tile(np.array([0.2, 0.7], dtype=np.float32), (200, 14))
    shifted = random_horizontal_shifts(images, (1, 28), rng, 1e-9)
    assert shifted.min() == np.float32(0.2)
    assert shifted.max() == np.float32(0.7)


def test_zero_fraction_and_no_images(rng):
    images = rng.random((4, 6))
    np.testing.assert_array_equal(random_horizontal_shifts(images, (2, 3), rng, 0), images)
    assert random_horizontal_shifts(images[:0], (2, 3), rng).shape == (0, 6)


def test_other_layouts(rng):
    images = rng.random((9, 12))
    expected = random_horizontal_shifts(images, (3, 4), np.random.default_rng(3))
    for same in (np.asfortranarray(images), np.repeat(images, 2, axis=1)[:, ::2], images.tolist()):
        shifted = random_horizontal_shifts(same, (3, 4), np.random.default_rng(3))
        np.testing.assert_array_equal(shifted, expected)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(rng, value):
    images = rng.random((4, 6))
    images[2, 3] = value
    with pytest.raises(ValueError, match="images must be finite"):
        random_horizontal_shifts(images, (2, 3), rng)


@pytest.mark.parametrize("images", [np.ones(6), np.ones((2, 2, 3)), np.ones((2, 5)), np.ones((2, 6), int), [["a"] * 6]])
def test_wrong_images_are_refused(rng, images):
    with pytest.raises(ValueError, match=r"images must be an \(N, 6\) array of floats"):
        random_horizontal_shifts(images, (2, 3), rng)


@pytest.mark.parametrize("fraction", [-0.1, 1.1, np.nan, None, "0.2 of it", True, 1j])
def test_wrong_fractions_are_refused(rng, fraction):
    with pytest.raises(ValueError, match=r"max_fraction must be a number in \[0, 1\]"):
        random_horizontal_shifts(np.ones((2, 6)), (2, 3), rng, fraction)


@pytest.mark.parametrize("source", [0, None, np.random.RandomState(0), np.random])
def test_wrong_generators_are_refused(source):
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator"):
        random_horizontal_shifts(np.ones((2, 6)), (2, 3), source)


def test_wrong_shape_is_refused(rng):
    with pytest.raises(ValueError, match="shape must be"):
        random_horizontal_shifts(np.ones((2, 6)), (6,), rng)  # type: ignore[arg-type]


def test_memory_is_bounded(rng):
    images = rng.random((30_000, 784), dtype=np.float32)
    tracemalloc.start()
    try:
        random_horizontal_shifts(images, (28, 28), rng)
        extra = tracemalloc.get_traced_memory()[1] - images.nbytes  # the result itself
    finally:
        tracemalloc.stop()
    assert extra < 40e6


def test_mnist_takes_seconds_and_has_the_known_energy(mnist_path, rng):
    """The loss of the zero map on the shifted test images."""
    data = load_mnist(mnist_path)
    start = time.perf_counter()
    random_horizontal_shifts(data.train, data.shape, rng)
    assert time.perf_counter() - start < 10  # about 1 s alone; other tests may run beside it
    test = random_horizontal_shifts(data.test, data.shape, rng)
    assert np.mean(test.astype(np.float64) ** 2) == pytest.approx(0.1076, abs=1e-3)
