"""Many samples at once: coordinates with blocks of equal shape stacked, samples last, ready for block products.

This is the transform behind second moments.  It yields the same coordinates as ``split``, but laid out so that
the Gram matrix of each block is one product of a matrix with its transpose: for short cycles the real DFT is itself
a small matrix product that writes frequency by frequency, so that nothing is copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.fft

from equivariety._typing import AnyArray, FloatArray, IntArray
from equivariety.groups import CycleDecomposition
from equivariety.representations.cyclic.characters import CyclicCharacters
from equivariety.representations.stacking import BlockBatch, StackedTransform, Workspace

__all__ = ["CyclicColumns"]

#: Up to this cycle length the real DFT is a matrix product: 2 L flops per entry at BLAS speed beat the FFT and the
#: transposition that would have to follow it.
_LONGEST_PRODUCT = 256


@dataclass(frozen=True, slots=True)
class _Rows:
    """How the cycles of one length are read, and which rows of their spectrum belong to which batch."""

    length: int
    index: IntArray
    layout: str  # "rows": a cycle is contiguous; "columns": a cycle is a column of an image; "gather"
    start: int
    stride: int
    position: IntArray  # position[j]: where point j of a cycle lies among the cycle's sorted points
    frequencies: IntArray  # row -> frequency
    is_sine: IntArray  # row -> 0 cosine, 1 sine
    spans: dict[int, tuple[int, int]]  # batch -> range of rows
    matrix: AnyArray | None  # the real DFT of the points as they are read, (rows, length); None for long cycles


class CyclicColumns(StackedTransform):
    """Plan of the stacked transform of one permutation.

    Blocks are stacked when they occur in cycles of the same lengths; ``transform`` takes contiguous rows of the plan's
    dtype.
    """

    def __init__(self, cycles: CycleDecomposition, characters: CyclicCharacters, dtype: np.dtype[Any]) -> None:
        members: dict[tuple[tuple[int, ...], int], list[int]] = {}
        lengths_of: list[list[int]] = [[] for _ in characters.numerator]
        for t, blocks in enumerate(characters.of_frequency):
            for block in blocks.tolist():
                lengths_of[block].append(t)
        for block, denominator in enumerate(characters.denominator.tolist()):
            members.setdefault((tuple(lengths_of[block]), 1 if denominator <= 2 else 2), []).append(block)
        self._types = [types for types, _ in members]
        self.batches = tuple(
            BlockBatch(np.array(blocks), unit, sum(len(cycles.index[t]) for t in types))
            for (types, unit), blocks in members.items()
        )
        self._rows = tuple(
            _plan_rows(cycles.index[t], length, characters.of_frequency[t], self._types, self.batches, t, dtype)
            for t, length in enumerate(cycles.lengths)
        )

    def transform(self, x: AnyArray, workspace: Workspace | None = None) -> list[AnyArray]:
        """Return per batch the coordinates of the rows of ``x``; see :class:`StackedTransform`."""
        memory = Workspace() if workspace is None else workspace
        spectra = [_spectrum(x, rows, memory) for rows in self._rows]
        out = []
        for b, (types, batch) in enumerate(zip(self._types, self.batches, strict=True)):
            count = len(batch.blocks)
            pieces = []
            for t in types:
                first, last = self._rows[t].spans[b]
                pieces.append(spectra[t][first:last].reshape(count, batch.unit, -1, len(x)))
            joined = pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=2)
            out.append(joined.reshape(count, batch.unit * batch.multiplicity, len(x)))
        return out


def _plan_rows(
    index: IntArray,
    length: int,
    blocks: IntArray,
    types: list[tuple[int, ...]],
    batches: tuple[BlockBatch, ...],
    t: int,
    dtype: np.dtype[Any],
) -> _Rows:
    frequency_of = dict(zip(blocks.tolist(), range(len(blocks)), strict=True))
    frequencies: list[int] = []
    is_sine: list[int] = []
    spans = {}
    for b, (members, batch) in enumerate(zip(types, batches, strict=True)):
        if t in members:
            first = len(frequencies)
            for block in batch.blocks.tolist():
                frequencies += [frequency_of[block]] * batch.unit
                is_sine += list(range(batch.unit))
            spans[b] = (first, len(frequencies))
    points = np.sort(index, axis=1)
    position = np.searchsorted(points[0], index[0])
    starts = points[:, 0]
    same = bool((points[:, position] == index).all())
    step = int(points[0, 1] - points[0, 0]) if length > 1 else 1
    regular = same and bool((points == starts[:, None] + step * np.arange(length)).all())
    stride = int(starts[1] - starts[0]) if len(starts) > 1 else length
    layout = "gather"
    if regular and bool((starts == starts[0] + stride * np.arange(len(starts))).all()):
        if step == 1:
            layout = "rows"
        elif stride == 1 and step == len(starts):
            layout = "columns"
    if layout == "gather":
        position = np.arange(length)
    matrix = None
    if length <= _LONGEST_PRODUCT:
        matrix = np.empty((length, length), dtype)
        matrix[:, position] = _real_dft(length, np.array(frequencies), np.array(is_sine))
    return _Rows(
        length, index, layout, int(starts[0]), stride, position, np.array(frequencies), np.array(is_sine), spans, matrix
    )


def _spectrum(x: AnyArray, rows: _Rows, memory: Workspace) -> AnyArray:
    """Rows of the real spectrum of all cycles of one length: shape (rows, cycles, N), possibly a view."""
    count, length = rows.index.shape
    samples = len(x)
    if rows.layout == "columns" and rows.matrix is not None:
        images = x[:, rows.start : rows.start + count * length].reshape(samples, length, count)
        out = memory.array(length, images.shape, x.dtype)
        return np.matmul(rows.matrix, images, out=out).transpose(1, 2, 0)
    if rows.layout == "rows":
        y = np.lib.stride_tricks.as_strided(
            x[:, rows.start :],
            (samples, count, length),
            (x.strides[0], rows.stride * x.itemsize, x.itemsize),
            writeable=False,
        )
    else:
        y = np.take(x, rows.index, axis=1)
    if length == 1:
        return y.transpose(2, 1, 0)
    if rows.matrix is not None:
        out = memory.array(length, (length, count, samples), x.dtype)
        np.matmul(rows.matrix, y.transpose(1, 2, 0), out=out.transpose(1, 0, 2))
        return out
    if rows.layout == "rows":
        y = y[..., rows.position]
    z = scipy.fft.rfft(y, axis=-1, norm="ortho").transpose(2, 1, 0)
    out = memory.array(length, (len(rows.frequencies), count, samples), x.dtype)
    out[rows.is_sine == 0] = z.real[rows.frequencies[rows.is_sine == 0]]
    out[rows.is_sine == 1] = z.imag[rows.frequencies[rows.is_sine == 1]]
    out[(rows.frequencies > 0) & (2 * rows.frequencies < length)] *= x.dtype.type(2**0.5)
    return out


def _real_dft(length: int, frequencies: IntArray, is_sine: IntArray) -> FloatArray:
    """The orthonormal real DFT, one row per (frequency, cosine or sine)."""
    f = frequencies[:, None]
    # Reduced modulo the length, the phase is exact before the trigonometric functions see it.
    phase = 2.0 * np.pi * ((f * np.arange(length)) % length) / length
    waves = np.where(is_sine[:, None] == 1, -np.sin(phase), np.cos(phase))
    scale = np.where((f > 0) & (2 * f < length), np.sqrt(2.0 / length), np.sqrt(1.0 / length))
    return np.asarray(scale * waves)
