"""Coordinates picked from the half spectrum of a real Fourier transform, in any order."""

from __future__ import annotations

from math import prod

import numpy as np
import scipy.fft

from equivariety._typing import AnyArray, IntArray
from equivariety.representations.orbits.adapted_orbits import OrbitBasis

__all__ = ["SpectralBasis"]

#: Functions are transformed in chunks of about this many values, which stay in the cache.
_CHUNK_ENTRIES = 2**18


class SpectralBasis(OrbitBasis):
    """Real and imaginary parts of Fourier coefficients on a product of cyclic groups.

    The coefficient of theta is ``sum_a y(a) exp(-2 pi i theta.a) / sqrt(l)``, times sqrt(2) unless theta = -theta.

    Args:
        shape: orders of the cyclic groups; points and characters are numbered in row-major order.
        characters: per coordinate the number of theta, shape (l,): one of theta and -theta, where these differ twice.
        imaginary: per coordinate whether it is the imaginary part, shape (l,).

    >>> basis = SpectralBasis((3,), np.array([0, 1, 1]), np.array([False, False, True]))
    >>> basis.forward(np.array([[1.0, 1.0, 1.0]])).round(12).tolist()
    [[1.732050807569, 0.0, 0.0]]
    >>> basis.inverse(basis.forward(np.array([[1.0, 2.0, 4.0]]))).round(12).tolist()
    [[1.0, 2.0, 4.0]]
    """

    def __init__(self, shape: tuple[int, ...], characters: IntArray, imaginary: AnyArray) -> None:
        self._shape = shape
        self._half = (*shape[:-1], shape[-1] // 2 + 1)
        order = shape[-1]
        negative = np.ravel_multi_index(tuple(np.ix_(*(-np.arange(n) % n for n in shape))), shape).reshape(-1)
        opposite = negative[characters]
        last = characters % order
        conjugate = last > order // 2  # the half spectrum holds -theta
        held = np.where(conjugate, opposite, characters)
        self._source: IntArray = 2 * self._half_number(held) + imaginary
        twice = opposite != characters
        self._scale = np.where(twice, 2.0**0.5, 1.0) * np.where(conjugate & imaginary, -1.0, 1.0)
        # Where the half spectrum holds both theta and -theta, going back has to fill both.
        self._mirrored = np.flatnonzero(twice & (2 * last % order == 0))
        self._mirror = 2 * self._half_number(opposite[self._mirrored]) + imaginary[self._mirrored]
        self._mirror_sign = np.where(imaginary[self._mirrored], -1.0, 1.0)

    def _half_number(self, number: IntArray) -> IntArray:
        rows, last = np.divmod(number, self._shape[-1])
        return np.asarray(rows * self._half[-1] + last)

    def forward(self, y: AnyArray) -> AnyArray:
        """Transform, pick and scale."""
        flat = y.reshape(-1, y.shape[-1])
        out = np.empty(flat.shape, y.dtype)
        scale, axes = self._scale.astype(y.dtype, copy=False), tuple(range(1, len(self._shape) + 1))
        for rows in self._chunks(len(flat)):
            spectrum = scipy.fft.rfftn(flat[rows].reshape(-1, *self._shape), axes=axes, norm="ortho")
            part = out[rows]
            np.take(spectrum.reshape(len(part), -1).view(y.dtype), self._source, axis=1, out=part, mode="clip")
            part *= scale
        return out.reshape(y.shape)

    def inverse(self, z: AnyArray) -> AnyArray:
        """Put the coordinates back into a half spectrum and transform."""
        flat = z.reshape(-1, z.shape[-1])
        out = np.empty(flat.shape, z.dtype)
        scale, sign = (1.0 / self._scale).astype(z.dtype), self._mirror_sign.astype(z.dtype)
        complex_dtype, axes = np.result_type(z.dtype, np.complex64), tuple(range(1, len(self._shape) + 1))
        for rows in self._chunks(len(flat)):
            coefficients = flat[rows] * scale
            real = np.zeros((len(coefficients), 2 * prod(self._half)), z.dtype)
            real[:, self._source] = coefficients
            real[:, self._mirror] = coefficients[:, self._mirrored] * sign
            spectrum = real.view(complex_dtype).reshape(-1, *self._half)
            values = scipy.fft.irfftn(spectrum, s=self._shape, axes=axes, norm="ortho", overwrite_x=True)
            out[rows] = values.reshape(len(coefficients), -1)
        return out.reshape(z.shape)

    def _chunks(self, count: int) -> list[slice]:
        step = max(1, _CHUNK_ENTRIES // prod(self._shape))
        return [slice(start, start + step) for start in range(0, count, step)]
