"""The maximal ones among given rank vectors."""

from __future__ import annotations

import numpy as np

from equivariety._typing import IntArray

__all__ = ["maximal_vectors"]


def maximal_vectors(vectors: IntArray) -> IntArray:
    """Return the rows below no other row, each once, of an integer array (count, blocks), in the order they came.

    >>> maximal_vectors(np.array([[1, 0], [0, 2], [1, 0], [0, 1]])).tolist()
    [[1, 0], [0, 2]]
    """
    if not vectors.size:  # no blocks: all are equal
        return vectors[:1]
    _, first = np.unique(vectors, axis=0, return_index=True)
    kept = np.sort(first)
    # What is above a vector has a larger sum; so whoever is met first is below nobody that comes later.
    order = kept[np.argsort(-vectors[kept].sum(axis=1), kind="stable")]
    chosen: list[int] = []
    rows = np.empty((len(order), vectors.shape[1]), vectors.dtype)
    for i in order.tolist():
        if not (rows[: len(chosen)] >= vectors[i]).all(axis=1).any():
            rows[len(chosen)] = vectors[i]
            chosen.append(i)
    return vectors[np.sort(np.array(chosen, dtype=np.int64))]
