"""Matrices whose entries share weights: entry = sign * weight, or zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from string import ascii_lowercase

import numpy as np

from equivariety._typing import AnyArray, IntArray
from equivariety.errors import invalid
from equivariety.linalg import as_float_array, as_real_array
from equivariety.tolerances import equivariance_tolerance

__all__ = ["SharedWeights"]

#: Rows and columns that are printed.
_SHOWN = 24


@dataclass(frozen=True, eq=False, repr=False)
class SharedWeights:
    """A linear pattern: entry (i, j) is ``sign[i, j] * weights[index[i, j]]``, and 0 where the index is -1.

    Printing a pattern shows one letter (or number) per weight.

    Attributes:
        index: integers (rows, cols) from -1 on, read-only; every weight occurs.
        sign: int8 (rows, cols), 1 or -1, and 0 where the index is -1; read-only.

    Raises ValueError or TypeError for anything that is not such a pattern.

    >>> pattern = SharedWeights(np.array([[0, 1, 0], [-1, 1, 2]]), np.array([[1, 1, 1], [0, -1, 1]]))
    >>> print(pattern)
     a  b  a
     . -b  c
    >>> pattern.matrix([1.0, 2.0, 3.0]).tolist()
    [[1.0, 2.0, 1.0], [0.0, -2.0, 3.0]]
    """

    index: IntArray
    sign: IntArray

    def __post_init__(self) -> None:
        index, sign = (_integers(name, value) for name, value in (("index", self.index), ("sign", self.sign)))
        if index.ndim != 2 or sign.shape != index.shape:
            shapes = f"shapes {index.shape} and {sign.shape}"
            raise invalid("index and sign", "of one shape (rows, cols)", shapes, "give one sign per entry")
        used = np.unique(index[index >= 0])
        if index.min(initial=-1) < -1 or not np.array_equal(used, np.arange(len(used))):
            fix = "number the weights without gaps"
            raise invalid("index", "numbers from 0 on, each one used, or -1 for zero", f"the numbers {used[:8]}", fix)
        if not np.array_equal(np.abs(sign), index >= 0):
            raise invalid("sign", "1 or -1 at the weights and 0 elsewhere", "other signs", "match it with index")
        for name, array in (("index", index), ("sign", sign.astype(np.int8))):
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def __repr__(self) -> str:
        return f"SharedWeights(shape={self.shape}, num_weights={self.num_weights})"

    def __str__(self) -> str:
        return self.text(self.names)

    def text(self, names: Sequence[str]) -> str:
        """Return the pattern as lines of text with these names of the weights, at most 24 rows and columns.

        >>> print(SharedWeights(np.array([[0, -1], [1, 0]]), np.array([[1, 0], [1, -1]])).text(["x", "y"]))
         x  .
         y -x
        """
        width = max(map(len, names), default=1) + 1
        lines = []
        for numbers, signs in zip(self.index[:_SHOWN].tolist(), self.sign[:_SHOWN].tolist(), strict=True):
            cells = [
                "." if w < 0 else ("-" if s < 0 else "") + names[w]
                for w, s in zip(numbers[:_SHOWN], signs[:_SHOWN], strict=True)
            ]
            more = " …" if len(numbers) > _SHOWN else ""
            lines.append(" ".join(cell.rjust(width) for cell in cells) + more)
        return "\n".join(lines + ["…"] * (len(self.index) > _SHOWN))

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and columns."""
        rows, cols = self.index.shape
        return rows, cols

    @cached_property
    def num_weights(self) -> int:
        """Number of different weights."""
        return int(self.index.max(initial=-1)) + 1

    @property
    def names(self) -> tuple[str, ...]:
        """Letters for up to 26 weights, numbers from 1 for more, as printed."""
        count = self.num_weights
        few = count <= len(ascii_lowercase)
        return tuple(ascii_lowercase[:count]) if few else tuple(str(w + 1) for w in range(count))

    def matrix(self, weights: object) -> AnyArray:
        """Return the (rows, cols) matrix with the given weights, shape (num_weights,).

        float32 stays float32.  Raises TypeError or ValueError for weights that are not real, finite and that many.
        """
        values = as_float_array("weights", weights)
        if values.shape != (self.num_weights,):
            raise invalid("weights", f"of shape ({self.num_weights},)", f"shape {values.shape}", "see num_weights")
        # Index -1 finds the zero at the end.
        return np.asarray(np.append(values, values.dtype.type(0))[self.index] * self.sign.astype(values.dtype))

    def weights(self, matrix: object, tolerance: float | None = None) -> AnyArray:
        """Return the weights of a (rows, cols) matrix with this pattern; inverse of :meth:`matrix`.

        Args:
            matrix: real, finite; entries that share a weight are averaged, with their signs.
            tolerance: entries may miss the pattern by this times the largest entry; default: the library's for the
                dtype.

        Raises ValueError, naming an entry, if the matrix does not have the pattern, and TypeError or ValueError for
        anything that is not such a matrix.

        >>> SharedWeights(np.array([[0, 0]]), np.array([[1, -1]])).weights([[3.0, -3.0]]).tolist()
        [3.0]
        """
        dense = as_float_array("matrix", matrix)
        if dense.shape != self.shape:
            raise invalid(
                "matrix", f"of shape {self.shape}", f"shape {dense.shape}", "pass a matrix of the pattern's shape"
            )
        if tolerance is not None and not (isinstance(tolerance, int | float) and 0 <= tolerance < 1):
            raise invalid("tolerance", "a number from 0 to 1, or None", tolerance, "pass None for the default")
        at = self.index >= 0
        number = self.index[at]
        count = np.bincount(number, minlength=self.num_weights)
        # Divided first, so that the sum of large entries cannot overflow.
        values = np.bincount(number, self.sign[at] * dense[at].astype(np.float64) / count[number], self.num_weights)
        out: AnyArray = values.astype(dense.dtype)
        allowed = equivariance_tolerance(dense.dtype) if tolerance is None else tolerance
        scale = float(np.abs(dense).max(initial=0.0)) or 1.0
        expected = self.matrix(out)
        gaps = np.abs(dense / scale - expected / scale)
        if gaps.size and float(gaps.max()) > allowed:
            i, j = np.unravel_index(int(gaps.argmax()), gaps.shape)
            raise invalid(
                "matrix",
                f"of the pattern, with {expected[i, j]:.6g} at ({i}, {j})",
                f"{dense[i, j]:.6g}",
                "pass a factor of a map of the component, in the basis of the pattern",
            )
        return out


def _integers(name: str, value: object) -> IntArray:
    array = as_real_array(name, value)
    if array.dtype.kind not in "iu":
        raise invalid(name, "an array of integers", f"dtype {array.dtype}", "number the weights from 0", TypeError)
    return np.array(array, dtype=np.int64, order="C")
