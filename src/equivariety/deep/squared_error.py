"""The squared error of a linear network on data, and its gradient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equivariety._typing import FloatArray
from equivariety.deep.layers import Layers, above, below, product_of
from equivariety.errors import invalid
from equivariety.linalg import as_float_array, check_squares

__all__ = ["SquaredError"]


@dataclass(frozen=True, eq=False)
class SquaredError:
    """Samples and targets as rows, and what networks make of them.

    Attributes:
        inputs: X (N, d_0), float64.
        targets: Y (N, d_H), float64.

    >>> error = SquaredError.of((1, 1), [[1.0], [2.0]], [[1.0], [4.0]])
    >>> error.total(Layers.of((1, 1), False, [[[1.0]]])), error.mean(Layers.of((1, 1), False, [[[1.0]]]))
    (4.0, 2.0)
    """

    inputs: FloatArray
    targets: FloatArray

    @classmethod
    def of(cls, widths: tuple[int, ...], X: object, Y: object) -> SquaredError:
        """Check X (N, d_0) and Y (N, d_H).

        Raises TypeError and ValueError for anything that does not fit, and for numbers whose squares are no floats.
        """
        x = _rows("X", X, widths[0], None)
        return cls(x, _rows("Y", Y, widths[-1], len(x)))

    @property
    def size(self) -> int:
        """Number N d_H of target entries."""
        return self.targets.size

    def residuals(self, layers: Layers) -> FloatArray:
        """Return outputs minus targets, (N, d_H)."""
        total = product_of(layers.chain)
        if layers.biases is None:
            return np.asarray(self.inputs @ total.T - self.targets)
        return np.asarray(self.inputs @ total[:-1, :-1].T + total[:-1, -1] - self.targets)

    def total(self, layers: Layers) -> float:
        """Return the sum of squares."""
        gap = self.residuals(layers)
        return float(np.vdot(gap, gap))

    def mean(self, layers: Layers) -> float:
        """Return the mean over samples and output coordinates."""
        return self.total(layers) / self.size

    def slope(self, layers: Layers) -> FloatArray:
        """Return the derivative of the mean by the matrix of the chain, whose last row vanishes if there are biases."""
        gap = self.residuals(layers)
        if layers.biases is None:
            return np.asarray(gap.T @ self.inputs) * (2.0 / self.size)
        found = np.zeros((self.targets.shape[1] + 1, self.inputs.shape[1] + 1))
        found[:-1, :-1], found[:-1, -1] = gap.T @ self.inputs, gap.sum(axis=0)
        return found * (2.0 / self.size)

    def gradient(self, layers: Layers) -> Layers:
        """Return the derivatives of the mean by the weights."""
        chain, slope = layers.chain, self.slope(layers)
        pairs = zip(above(chain), below(chain)[:-1], strict=True)
        return Layers.of_chain([after.T @ slope @ before.T for after, before in pairs], layers.biases is not None)


def _rows(name: str, value: object, width: int, count: int | None) -> FloatArray:
    array: FloatArray = as_float_array(name, value).astype(np.float64, copy=False)
    if array.ndim == 1 and width == 1 and count is not None:
        array = array[:, None]
    rows = "N >= 1" if count is None else f"N = {count}, one row for each row of X"
    if array.ndim != 2 or array.shape[1] != width or len(array) == 0 or (count is not None and len(array) != count):
        raise invalid(
            name, f"an array of shape (N, {width}) with {rows}", f"shape {array.shape}", "put one sample in each row"
        )
    check_squares(name, array)
    return array
