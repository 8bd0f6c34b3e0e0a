"""Generators stored as a NumPy array."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import brief, invalid
from equivariety.tolerances import MAX_DEGREE

__all__ = ["load_generators"]

_REQUIRED = f"the path of a .npy file with an integer array of shape (g, n) or (n,), at most {MAX_DEGREE} entries"


def load_generators(path: str) -> IntArray:
    """Return the generators stored in a .npy file, shape (g, n), 0-based images.

    Pickles are never loaded.  A missing, unreadable or corrupt file, and an array of another dtype or shape, raise a
    ValueError.
    """
    fix = "write it with np.save(path, generators)"
    try:
        # Devices and pipes could block or never end.
        if not Path(path).is_file():
            raise FileNotFoundError("no such file")
        # This reader knows neither pickles nor archives.  It maps the entries, so that a header which promises more
        # than the file holds costs no memory.
        array = np.lib.format.open_memmap(path, mode="r")
    except Exception as problem:  # a corrupt header gets as far as Python's tokenizer, which has its own errors
        raise invalid("path", _REQUIRED, f"{brief(path)}: {brief(str(problem))}", fix) from problem
    if array.dtype.kind not in "iu" or array.ndim not in (1, 2) or not 1 <= array.size <= MAX_DEGREE:
        raise invalid("path", _REQUIRED, f"{brief(path)} with dtype {array.dtype} and shape {array.shape}", fix)
    return np.array(np.atleast_2d(array))
