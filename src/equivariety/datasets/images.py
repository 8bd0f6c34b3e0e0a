"""A set of images, split into training and test samples."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import DTypeLike

from equivariety._typing import FloatArray
from equivariety.errors import brief, invalid

__all__ = ["ImageData", "float_dtype", "image_shape"]


@dataclass(frozen=True, eq=False)
class ImageData:
    """Grey images as rows, with values in [0, 1]; immutable.

    Args:
        name: what to call the data in reports.
        train: (N, n) float array with values in [0, 1], N >= 1, one image per row, pixels row by row.
        test: (M, n) float array of the same dtype with values in [0, 1], M >= 1.
        shape: (height, width) with height * width == n.

    Both arrays are read-only.  An array that may still be written to is copied, so that nobody can change it.

    Raises:
        ValueError: if shapes or dtypes disagree, a sample is missing, or a value is NaN or outside [0, 1].

    >>> data = ImageData("two pixels", np.array([[0.0, 1.0]]), np.array([[0.5, 0.5]]), (1, 2))
    >>> data.train.shape, data.train.flags.writeable
    ((1, 2), False)
    """

    name: str
    train: FloatArray = field(repr=False)
    test: FloatArray = field(repr=False)
    shape: tuple[int, int]

    def __post_init__(self) -> None:
        name: object = self.name
        if not (isinstance(name, str) and name):
            raise invalid("name", "a non-empty string", brief(name), "give the data a name")
        shape = image_shape(self.shape)
        object.__setattr__(self, "shape", shape)
        for argument in ("train", "test"):
            object.__setattr__(self, argument, _read_only(argument, getattr(self, argument), shape))
        if self.train.dtype != self.test.dtype:
            got = f"{self.test.dtype} and {self.train.dtype}"
            raise invalid("test", "of the same dtype as train", got, "convert one with astype")


def _read_only(argument: str, value: object, shape: tuple[int, int]) -> FloatArray:
    images: FloatArray = np.asarray(value)
    n = shape[0] * shape[1]
    if images.ndim != 2 or images.shape[1] != n or len(images) == 0 or images.dtype.kind != "f":
        required = f"a non-empty (samples, {n}) array of floats, {n} = {shape[0]} * {shape[1]}"
        raise invalid(argument, required, f"shape {images.shape}, {images.dtype}", "reshape to one image per row")
    low, high = float(images.min()), float(images.max())  # NaN if any value is
    if not (low >= 0 and high <= 1):
        raise invalid(argument, "finite with values in [0, 1]", f"values in [{low}, {high}]", "rescale the values")
    if images.flags.writeable:
        images = images.copy()
        images.flags.writeable = False
    return images


def image_shape(shape: object) -> tuple[int, int]:
    """Return ``shape`` as (height, width) of positive integers, or raise ValueError.

    >>> image_shape([28, 28])
    (28, 28)
    """
    try:
        height, width = (_size(side) for side in shape)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise invalid("shape", "(height, width), two integers >= 1", shape, "pass for example (28, 28)") from None
    return height, width


def _size(side: Any) -> int:
    if isinstance(side, bool) or operator.index(side) < 1:
        raise ValueError
    return operator.index(side)


def float_dtype(dtype: object) -> np.dtype[Any]:
    """Return ``dtype`` as float32 or float64, or raise ValueError.

    >>> float_dtype("float32")
    dtype('float32')
    """
    try:  # NumPy takes None for float64
        kind = np.dtype("V" if dtype is None else cast(DTypeLike, dtype))
    except (TypeError, ValueError):
        kind = np.dtype("V")
    if kind not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise invalid("dtype", "float32 or float64", brief(dtype), "pass np.float32 or np.float64")
    return kind
