"""The isotypic decomposition of one permutation by the real FFT of its cycles: O(n log n), no basis is stored.

With y_j = x[c_j] along a cycle c of length L, c_{j+1} = sigma(c_j), the coordinate of frequency f is
z_f = sum_j y_j exp(-2 pi i f j / L) / sqrt(L), times sqrt(2) when f is neither 0 nor L/2.  Since (P x)[c_j] = y_{j+1},
the permutation multiplies z_f by exp(2 pi i f / L): in real coordinates (Re z, Im z) a rotation by that angle.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import gcd
from typing import Any

import numpy as np
import scipy.fft

from equivariety._typing import AnyArray, FloatArray
from equivariety.groups import Permutation
from equivariety.representations.blocks import IsotypicBlock
from equivariety.representations.cyclic.characters import CyclicCharacters, cyclic_characters
from equivariety.representations.cyclic.cyclic_columns import CyclicColumns
from equivariety.representations.decomposition import IsotypicDecomposition

__all__ = ["CyclicDecomposition"]


class CyclicDecomposition(IsotypicDecomposition):
    """Isotypic decomposition of R^n under the cyclic group of one permutation.

    Setting up costs O(n); ``split`` and ``assemble`` cost O(n log n) per sample.

    >>> import equivariety as ev
    >>> dec = CyclicDecomposition(ev.Permutation.from_cycles("(1 2 3)", degree=3))
    >>> [part.shape for part in dec.split(np.array([1.0, 2.0, 3.0]))]
    [(1, 1, 1), (1, 2, 1)]
    """

    __slots__ = ("__dict__", "_permutation")

    def __init__(self, permutation: Permutation) -> None:
        self._permutation = permutation

    def __repr__(self) -> str:
        return f"CyclicDecomposition({self._permutation!r})"

    @property
    def permutation(self) -> Permutation:
        """The permutation that generates the group."""
        return self._permutation

    @property
    def degree(self) -> int:
        """Number of points n."""
        return self._permutation.degree

    @property
    def generators(self) -> tuple[Permutation, ...]:
        """The one generator."""
        return (self._permutation,)

    @cached_property
    def characters(self) -> CyclicCharacters:
        """The characters that occur, with their multiplicities."""
        cycles = self._permutation.cycles
        return cyclic_characters(cycles.lengths, tuple(len(index) for index in cycles.index))

    @cached_property
    def blocks(self) -> tuple[IsotypicBlock, ...]:
        """The blocks, by descending m/l from (1,1) to (2,1)."""
        return self.characters.blocks()

    @property
    def num_orbitals(self) -> int:
        """Number of orbits on pairs of points, the sum of gcd(l, l') over all pairs of cycles."""
        cycles = self._permutation.cycles
        sizes = [(l, len(index)) for l, index in zip(cycles.lengths, cycles.index, strict=True)]
        return sum(c * d * gcd(a, b) for a, c in sizes for b, d in sizes)

    def _block_action(self, block: int, generator: int) -> FloatArray:
        """Return the sign, or the 2x2 rotation by the angle k/l of a turn, by which sigma acts on one copy."""
        k, l = int(self.characters.numerator[block]), int(self.characters.denominator[block])
        if l <= 2:
            return np.array([[1.0 if k == 0 else -1.0]])
        angle = 2.0 * np.pi * k / l
        return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    @cached_property
    def _layout(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each block, the (cycle length number, frequency) pairs that make it up, by ascending length."""
        pieces: list[list[tuple[int, int]]] = [[] for _ in self.characters.numerator]
        for t, of_frequency in enumerate(self.characters.of_frequency):
            for f, block in enumerate(of_frequency.tolist()):
                pieces[block].append((t, f))
        return tuple(tuple(p) for p in pieces)

    def columns(self, dtype: np.dtype[Any]) -> CyclicColumns:
        """Return the plan of the stacked transform for many samples of the given dtype."""
        return CyclicColumns(self._permutation.cycles, self.characters, dtype)

    def _split(self, x: AnyArray) -> list[AnyArray]:
        cycles = self._permutation.cycles
        spectra = [_forward(x[..., index], length) for index, length in zip(cycles.index, cycles.lengths, strict=True)]
        parts = []
        for pieces, block in zip(self._layout, self.characters.denominator.tolist(), strict=True):
            width = 1 if block <= 2 else 2
            views = [_columns(spectra[t], cycles.lengths[t], f, width) for t, f in pieces]
            part = views[0] if len(views) == 1 else np.concatenate(views, axis=-2)
            parts.append(part[..., None])
        return parts

    def _assemble(self, parts: Sequence[AnyArray | None], leading: tuple[int, ...], dtype: np.dtype[Any]) -> AnyArray:
        cycles = self._permutation.cycles
        spectra = [
            np.zeros((*leading, len(index), _spectrum_width(length)), dtype)
            for index, length in zip(cycles.index, cycles.lengths, strict=True)
        ]
        for part, pieces in zip(parts, self._layout, strict=True):
            if part is None:
                continue
            width, start = part.shape[-2], 0
            for t, f in pieces:
                count = len(cycles.index[t])
                _columns(spectra[t], cycles.lengths[t], f, width)[...] = part[..., start : start + count, :, 0]
                start += count
        out = np.empty((*leading, self.degree), dtype)
        for spectrum, index, length in zip(spectra, cycles.index, cycles.lengths, strict=True):
            out[..., index] = _backward(spectrum, length)
        return out


def _spectrum_width(length: int) -> int:
    return length if length <= 2 else 2 * (length // 2 + 1)


def _columns(spectrum: AnyArray, length: int, frequency: int, width: int) -> AnyArray:
    """View of the real coordinates of one frequency in a spectrum, shape (..., cycles, width)."""
    start = frequency if length <= 2 else 2 * frequency
    return spectrum[..., start : start + width]


def _forward(y: AnyArray, length: int) -> AnyArray:
    """Real spectrum of cycles (..., c, L): (Re, Im) pairs for L >= 3, the bare real numbers for L <= 2."""
    if length == 1:
        return y
    if length == 2:
        scale = y.dtype.type(0.5**0.5)
        return np.stack([(y[..., 0] + y[..., 1]) * scale, (y[..., 0] - y[..., 1]) * scale], axis=-1)
    z = scipy.fft.rfft(y, axis=-1, norm="ortho")
    z[..., 1 : (length + 1) // 2] *= y.dtype.type(2**0.5)
    return np.asarray(z.view(y.dtype))


def _backward(spectrum: AnyArray, length: int) -> AnyArray:
    """Inverse of ``_forward``; overwrites its argument."""
    if length <= 2:
        return _forward(spectrum, length)
    z = spectrum.view(np.result_type(spectrum.dtype, np.complex64))
    z[..., 1 : (length + 1) // 2] *= spectrum.dtype.type(0.5**0.5)
    return np.asarray(scipy.fft.irfft(z, n=length, axis=-1, norm="ortho"))
