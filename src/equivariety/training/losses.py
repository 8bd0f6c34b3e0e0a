"""The squared error of a map on data, computed from the data and not from moments."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import invalid

__all__ = ["mean_squared_error"]

_CHUNK_ENTRIES = 2**22


def mean_squared_error(mapping: Callable[[AnyArray], AnyArray], X: AnyArray, Y: AnyArray | None = None) -> float:
    """Return the mean over samples and output coordinates of ``(mapping(X) - Y)^2``, summed in float64.

    Args:
        mapping: takes rows (N, n) to rows (N, m).
        X: inputs (N, n), N >= 1; read in chunks.
        Y: targets (N, m); None compares with X itself, as for an autoencoder.

    Raises ValueError if X is empty or Y has another number of rows.

    >>> mean_squared_error(lambda x: 0 * x, np.array([[1.0, 3.0]]))
    5.0
    """
    targets = X if Y is None else Y
    if X.ndim != 2 or len(X) == 0 or len(targets) != len(X):
        shapes = f"shapes {X.shape} and {targets.shape}"
        raise invalid("X", "a non-empty (N, n) array with one row per target", shapes, "pass matching rows")
    step = max(1, _CHUNK_ENTRIES // X.shape[1])
    total = 0.0
    for start in range(0, len(X), step):
        wanted = targets[start : start + step]
        gap = mapping(X[start : start + step]) - wanted
        total += float(np.sum(np.square(gap, dtype=np.float64)))
    return total / targets.size
