"""Array types used in annotations, shapes being given in docstrings; and what no type says: that none may write."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["AnyArray", "ComplexArray", "FloatArray", "IntArray", "read_only"]

IntArray: TypeAlias = NDArray[np.integer[Any]]
FloatArray: TypeAlias = NDArray[np.floating[Any]]
ComplexArray: TypeAlias = NDArray[np.complexfloating[Any, Any]]
AnyArray: TypeAlias = NDArray[Any]


def read_only(array: AnyArray) -> AnyArray:
    """Return the same array after forbidding writes to it.

    >>> read_only(np.zeros(2)).flags.writeable
    False
    """
    array.flags.writeable = False
    return array
