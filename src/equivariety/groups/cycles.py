"""The cycles of one permutation, grouped by length."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from equivariety._typing import IntArray
from equivariety.groups._checks import as_images
from equivariety.groups.tracing import trace_cycles

__all__ = ["CycleDecomposition", "cycle_decomposition"]


@dataclass(frozen=True, slots=True, eq=False)
class CycleDecomposition:
    """Disjoint cycles of a permutation of ``degree`` points.

    ``lengths`` are the distinct cycle lengths, ascending.  ``index[t]``, shape (c_t, lengths[t]), read-only int64,
    holds the c_t cycles of length ``lengths[t]``: a row is c_0, c_1 = sigma(c_0), ..., from its smallest point on,
    and rows are ordered by their smallest points.  Fixed points are cycles of length 1.

    >>> cycles = cycle_decomposition([1, 0, 2, 4, 3])
    >>> cycles.lengths, cycles.index[1].tolist(), cycles.n_cycles
    ((1, 2), [[0, 1], [3, 4]], 3)
    """

    degree: int
    lengths: tuple[int, ...]
    index: tuple[IntArray, ...]

    @property
    def n_cycles(self) -> int:
        """Number of cycles, fixed points included; the number of orbits."""
        return sum(block.shape[0] for block in self.index)

    @property
    def order(self) -> int:
        """Order of the permutation, the least common multiple of the cycle lengths (exact)."""
        return math.lcm(*self.lengths)


def cycle_decomposition(images: Any) -> CycleDecomposition:
    """Return the cycles of the permutation with these 0-based images, array-like of shape (n,).

    The time is linear in n: see :mod:`equivariety.groups.tracing`.  Raises as :class:`Permutation` does.

    >>> cycles = cycle_decomposition([2, 4, 3, 0, 1])
    >>> cycles.lengths, [block.tolist() for block in cycles.index], cycles.order
    ((2, 3), [[[1, 4]], [[0, 2, 3]]], 6)
    """
    return decompose(as_images(images))


def decompose(images: IntArray) -> CycleDecomposition:
    """Return :func:`cycle_decomposition` of images known to be a permutation."""
    points, size = trace_cycles(images)
    begin = np.cumsum(size) - size
    smallest = np.minimum.reduceat(points, begin)
    # Where each cycle has its smallest point: there is one such place per cycle, in the order of the cycles.
    entry = np.flatnonzero(points == np.repeat(smallest, size)) - begin
    by_length = np.lexsort((smallest, size))
    size, begin, entry = size[by_length], begin[by_length], entry[by_length]
    lengths, counts = np.unique(size, return_counts=True)
    index, done = [], 0
    for length, count in zip(lengths.tolist(), counts.tolist(), strict=True):
        rows = slice(done, done + count)
        turn = (entry[rows, np.newaxis] + np.arange(length)) % length
        block = points[begin[rows, np.newaxis] + turn]
        block.flags.writeable = False
        index.append(block)
        done += count
    return CycleDecomposition(degree=images.size, lengths=tuple(lengths.tolist()), index=tuple(index))
