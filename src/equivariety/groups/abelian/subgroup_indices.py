"""Subgroups of products of cyclic groups, many at once: their indices, by elimination modulo the orders."""

from __future__ import annotations

import numpy as np

from equivariety._typing import IntArray

__all__ = ["indices_of_subgroups"]

#: Entries worked on at once: what stays in the cache.
_ENTRIES_AT_ONCE = 2**18


def indices_of_subgroups(rows: IntArray, orders: IntArray) -> IntArray:
    """Return the indices, (N,), of the subgroups that ``rows`` (N, s, k) span in the groups prod Z/d.

    ``orders`` (N, k) holds the d of each group, at most about 2^31, and ``rows`` non-negative int64 below them.

    >>> indices_of_subgroups(np.array([[[2, 1]], [[2, 2]]]), np.array([[4, 2], [4, 4]])).tolist()
    [4, 8]
    """
    count, s, k = rows.shape
    step = max(1, _ENTRIES_AT_ONCE // ((s + 1) * k))
    parts = [_of_some(rows[i : i + step], orders[i : i + step]) for i in range(0, count, step)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _of_some(rows: IntArray, orders: IntArray) -> IntArray:
    count, _, k = rows.shape
    each = np.arange(count)
    work = np.concatenate([rows, np.zeros_like(rows[:, :1])], axis=1)
    result = np.ones(count, dtype=np.int64)
    free = np.full(count, work.shape[1] - 1)  # a row of zeros in each group
    for column in range(k - 1, 0, -1):
        work[each, free, column] = orders[:, column]
        todo = each
        while todo.size:
            todo = todo[np.count_nonzero(work[todo, :, column], axis=1) > 1]
            active = work[todo, :, : column + 1]
            entries = active[:, :, column]
            pivot = np.where(entries > 0, entries, np.iinfo(np.int64).max).argmin(axis=1)
            own = np.arange(todo.size)
            factor = entries // entries[own, pivot][:, np.newaxis]
            factor[own, pivot] = 0
            active -= factor[:, :, np.newaxis] * active[own, pivot][:, np.newaxis]
            active[:, :, :column] %= orders[todo, np.newaxis, :column]
            work[todo, :, : column + 1] = active
        free = work[:, :, column].argmax(axis=1)
        result *= work[each, free, column]
        work[each, free] = 0
    last = np.gcd.reduce(work[:, :, 0], axis=1)
    return np.asarray(result * np.gcd(last, orders[:, 0]))
