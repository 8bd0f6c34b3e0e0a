"""The squared error of a map on data, computed from the data and not from moments."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import invalid
from equivariety.linalg import as_real_array
from equivariety.linalg.memory_maps import release_pages

__all__ = ["mean_squared_error"]

_CHUNK_ENTRIES = 2**22


def mean_squared_error(mapping: Callable[[AnyArray], AnyArray], X: object, Y: object = None) -> float:
    """Return the mean over samples and output coordinates of ``(mapping(X) - Y)^2``, summed in float64.

    Args:
        mapping: takes rows (N, n) to rows (N, m).
        X: inputs (N, n), real, N >= 1; read in chunks.
        Y: targets (N, m); None compares with X itself, as for an autoencoder.

    Raises ValueError if X is empty, the result is not finite, or Y has not the shape of the outputs.

    >>> mean_squared_error(lambda x: 0 * x, np.array([[1.0, 3.0]]))
    5.0
    """
    if not callable(mapping):
        raise invalid("mapping", "a function of rows", mapping, "pass fit.map, or lambda x: x @ M.T", TypeError)
    inputs = as_real_array("X", X)
    targets = inputs if Y is None else as_real_array("Y", Y)
    if inputs.ndim != 2 or inputs.size == 0:
        raise invalid("X", "a non-empty (N, n) array", f"shape {inputs.shape}", "put one sample in each row")
    if targets.ndim == 0:
        raise invalid("Y", "an array of one row per sample", "a number", "pass one row per sample")
    step = max(1, _CHUNK_ENTRIES // inputs.shape[1])
    total = 0.0
    for start in range(0, len(inputs), step):
        outputs = np.asarray(mapping(inputs[start : start + step]))
        wanted = targets[start : start + step]
        if wanted.shape != outputs.shape or len(targets) != len(inputs):
            required = f"one row per input, shaped like the outputs {outputs.shape[1:]}"
            raise invalid("Y", required, f"shape {targets.shape}", "pass one row per sample")
        gap = np.subtract(outputs, wanted, dtype=np.float64)
        total += float(np.vdot(gap, gap))
        release_pages(inputs[start : start + step])
        release_pages(wanted)
    if not np.isfinite(total):
        raise invalid("X", "finite", "NaN or inf in the squared error", "remove or impute such entries first")
    return total / targets.size
