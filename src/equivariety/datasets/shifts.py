"""The random horizontal shifts of the talk's experiment."""

from __future__ import annotations

import numpy as np

from equivariety._typing import FloatArray
from equivariety.datasets.images import image_shape
from equivariety.errors import brief, invalid

__all__ = ["random_horizontal_shifts"]

#: Pixels treated at once: the temporary arrays of one chunk stay near 30 MB.
_CHUNK_PIXELS = 2**20


def random_horizontal_shifts(
    images: FloatArray, shape: tuple[int, int], rng: np.random.Generator, max_fraction: float = 0.2
) -> FloatArray:
    """Shift each image once, horizontally, by its own continuous random distance.

    The distance is uniform in ±max_fraction * width pixels, values between pixels are interpolated linearly, and
    values from beyond an edge repeat the edge: ``scipy.ndimage.shift`` with order=1 and mode="nearest".

    The caption in the talk says "up to six pixels"; the protocol behind its numbers, followed here, draws up to 20 %
    of the width, 5.6 of 28 pixels.

    Args:
        images: (N, n) float array, one image per row, pixels row by row; not changed.
        shape: (height, width) with height * width == n.
        rng: source of the distances; one call ``rng.uniform(size=N)``, whatever ``max_fraction`` is.
        max_fraction: largest distance in units of the width, in [0, 1].

    Returns:
        (N, n) array of the same dtype, with values between the smallest and the largest value of ``images``.

    Raises:
        ValueError: if images are not finite floats of this shape, or max_fraction is not in [0, 1].
        TypeError: if ``rng`` is not a ``numpy.random.Generator``.

    >>> random_horizontal_shifts(np.array([[0.0, 0.0, 1.0, 1.0]]), (1, 4), np.random.default_rng(0)).round(3)
    array([[0.   , 0.   , 0.781, 1.   ]])
    """
    height, width = image_shape(shape)
    pixels: FloatArray = np.asarray(images)
    n = height * width
    if pixels.ndim != 2 or pixels.shape[1] != n or pixels.dtype.kind != "f":
        required = f"an (N, {n}) array of floats, {n} = {height} * {width}"
        raise invalid("images", required, f"shape {pixels.shape}, {pixels.dtype}", "pass one image per row, as floats")
    if not isinstance(rng, np.random.Generator):
        raise invalid("rng", "a numpy.random.Generator", rng, "pass numpy.random.default_rng(0)", TypeError)
    fraction = _fraction(max_fraction)
    shifted = np.empty_like(pixels, order="C", subok=False)
    shifts = rng.uniform(-1.0, 1.0, size=len(pixels)) * (fraction * width)
    if len(pixels) == 0:
        return shifted
    low, high = pixels.min(), pixels.max()  # NaN if any value is
    if not (np.isfinite(low) and np.isfinite(high)):
        raise invalid("images", "finite", f"values in [{low}, {high}]", "replace NaN and infinite values")
    step = max(1, _CHUNK_PIXELS // n)
    for start in range(0, len(pixels), step):
        rows = slice(start, start + step)
        block = _shifted(pixels[rows].reshape(-1, height, width), shifts[rows])
        # Rounding may leave the range by one unit in the last place, and pixels above 1 are refused elsewhere.
        np.clip(block.reshape(-1, n), low, high, out=shifted[rows])
    return shifted


def _shifted(block: FloatArray, shifts: FloatArray) -> FloatArray:
    """Return the (N, height, width) block with image i moved to the right by shifts[i] pixels."""
    last = block.shape[2] - 1
    whole = np.floor(-shifts)
    weight = (-shifts - whole).astype(block.dtype)[:, None, None]
    source = np.arange(last + 1) + whole.astype(np.intp)[:, None]
    left = np.take_along_axis(block, source.clip(0, last)[:, None, :], axis=2)
    right = np.take_along_axis(block, (source + 1).clip(0, last)[:, None, :], axis=2)
    right -= left
    right *= weight
    right += left
    return right


def _fraction(value: object) -> float:
    try:
        fraction = float("nan") if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        fraction = float("nan")
    if not 0.0 <= fraction <= 1.0:
        raise invalid("max_fraction", "a number in [0, 1]", brief(value), "pass 0.2 for the talk's protocol")
    return fraction
