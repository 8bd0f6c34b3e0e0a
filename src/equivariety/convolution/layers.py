"""One convolutional layer as a linear operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.convolution.architecture import Architecture, as_size
from equivariety.convolution.filters import as_filter, as_floats
from equivariety.errors import invalid
from equivariety.tolerances import DENSE_ENTRIES_BUDGET

__all__ = ["ConvolutionalLayer"]


@dataclass(frozen=True, eq=False)
class ConvolutionalLayer:
    """The layer ``y_i = sum_j w_j x_{i s + j}``: a valid correlation, without padding and without a flip.

    Attributes:
        filter: w, (k,) floats or a tuple of exact numbers, which act as floats.
        stride: s >= 1.

    Raises ValueError for an empty filter, NaN, inf or a stride < 1, TypeError for what are not numbers.

    >>> layer = ConvolutionalLayer([1, -1], stride=2)
    >>> layer([[5, 1, 3, 3]]), layer.to_dense(4)
    (array([[4., 0.]]), array([[ 1., -1.,  0.,  0.],
           [ 0.,  0.,  1., -1.]]))
    """

    filter: Sequence[Any] | AnyArray
    stride: int = 1

    def __post_init__(self) -> None:
        given = as_filter("filter", self.filter)
        object.__setattr__(self, "filter", tuple(given) if isinstance(given, list) else given)
        object.__setattr__(self, "stride", as_size("stride", self.stride))

    @property
    def filter_size(self) -> int:
        """Number k of weights."""
        return len(self.filter)

    def outputs(self, inputs: int) -> int:
        """Return the number of outputs for this number of inputs; warns where the last inputs are not read."""
        return Architecture((self.filter_size,), (self.stride,)).widths_of(inputs)[-1]

    def __call__(self, x: object) -> AnyArray:
        """Return the layer's outputs (..., d') for inputs (..., d)."""
        inputs = _batch("x", x)
        outputs = self.outputs(inputs.shape[-1])
        windows = np.lib.stride_tricks.sliding_window_view(inputs, self.filter_size, axis=-1)
        return np.asarray(windows[..., :: self.stride, :][..., :outputs, :] @ self._weights)

    def adjoint(self, y: object, inputs: int) -> AnyArray:
        """Return the transpose applied to y (..., d'), of shape (..., inputs): ``x_n = sum_{i s + j = n} w_j y_i``.

        >>> ConvolutionalLayer([1, 2]).adjoint([1, 0, 3], inputs=4)
        array([1., 2., 3., 6.])
        """
        values = _batch("y", y)
        outputs = self.outputs(inputs)
        if values.shape[-1] != outputs:
            raise invalid("y", f"of shape (..., {outputs})", f"shape {values.shape}", "pass outputs of this layer")
        kind = np.result_type(values, self._weights)
        found = np.zeros((*values.shape[:-1], inputs), dtype=kind)
        for j, weight in enumerate(self._weights):
            found[..., j : j + self.stride * outputs : self.stride][..., :outputs] += weight * values
        return found

    def to_dense(self, inputs: int) -> FloatArray:
        """Return the (d', d) matrix for d = ``inputs``; ValueError beyond the budget for dense matrices."""
        outputs = self.outputs(inputs)
        if outputs * inputs > DENSE_ENTRIES_BUDGET:
            got = f"{outputs} x {inputs}"
            raise invalid(
                "inputs", f"such that the matrix has at most {DENSE_ENTRIES_BUDGET} entries", got, "call the layer"
            )
        found = np.zeros((outputs, inputs), dtype=self._weights.dtype)
        for j, weight in enumerate(self._weights):
            found[np.arange(outputs), self.stride * np.arange(outputs) + j] = weight
        return found

    @property
    def _weights(self) -> AnyArray:
        return as_floats("filter", self.filter)  # type: ignore[arg-type]


def _batch(name: str, given: object) -> AnyArray:
    try:
        found = np.asarray(given)
    except ValueError as error:
        raise invalid(name, "a rectangular array", "rows of different lengths", "make all rows equal") from error
    if found.ndim == 0 or found.dtype.kind not in "biufc":
        raise invalid(name, "an array of numbers with one axis of positions", f"{found.dtype}", "pass rows", TypeError)
    return found if found.dtype.kind in "fc" else found.astype(np.float64)
