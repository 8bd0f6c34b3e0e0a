"""Elimination modulo a prime below 2**31, in NumPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equivariety._typing import AnyArray
from equivariety.varieties.algebraic.clock import Clock

__all__ = ["reduce_columns", "row_echelon"]


def reduce_columns(table: AnyArray, pivots: Sequence[tuple[Sequence[int], AnyArray]], prime: int, clock: Clock) -> None:
    """Subtract multiples of sparse pivots from all columns of ``table``, in place.

    Args:
        table: (m, k) int64 with entries in [0, p).
        pivots: pairs of ascending places and values, the first value 1, in ascending order of the first place.
        prime: p.
        clock: asked before each pivot.
    """
    if not table.size:
        return
    for where, values in pivots:
        row = table[where[0]]
        busy = np.nonzero(row)[0]
        if not len(busy):
            continue
        clock.check()
        if 2 * len(busy) > len(row):
            table[where] = (table[where] - values[:, None] * row) % prime
        else:
            block = np.ix_(np.asarray(where), busy)
            table[block] = (table[block] - values[:, None] * row[busy]) % prime


def row_echelon(matrix: AnyArray, prime: int, clock: Clock) -> AnyArray:
    """Return the reduced row echelon form modulo p, without zero rows.

    >>> row_echelon(np.array([[2, 4, 6], [1, 2, 4]]), 7, Clock(9.0, "")).tolist()
    [[1, 2, 0], [0, 0, 1]]
    """
    a = np.array(matrix, dtype=np.int64) % prime
    rank = 0
    for j in range(a.shape[1]):
        if rank == len(a):
            break
        candidates = np.nonzero(a[rank:, j])[0]
        if not len(candidates):
            continue
        clock.check()
        k = rank + int(candidates[0])
        if k != rank:
            a[[rank, k]] = a[[k, rank]]
        a[rank, j:] = a[rank, j:] * pow(int(a[rank, j]), -1, prime) % prime
        others = np.nonzero(a[:, j])[0]
        others = others[others != rank]
        if len(others):
            a[others, j:] = (a[others, j:] - a[others, j][:, None] * a[rank, j:]) % prime
        rank += 1
    return a[:rank]
