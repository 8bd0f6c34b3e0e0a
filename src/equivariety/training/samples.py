"""Inputs, targets and weights of a fit: checked once, read chunk by chunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid
from equivariety.linalg import as_float_array, as_real_array
from equivariety.linalg.memory_maps import release_pages

__all__ = ["Chunk", "Samples", "energy_of", "weighted_energy"]

# Samples per chunk: many, so that the products are efficient, but at most 2^22 numbers where that leaves enough.
_CHUNK_ENTRIES, _FEWEST, _MOST = 2**22, 16, 1024
_ENERGY_PIECE = 2**16
#: Weights beyond it could bring squares of ordinary float32 data out of range.
_EXTREME_WEIGHT = 1e20


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive samples, contiguous and of one dtype; ``y`` is None where the targets are the inputs."""

    x: AnyArray
    y: AnyArray | None
    weights: FloatArray | None


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples as rows, possibly memory maps, with targets and weights.

    Attributes:
        x: inputs (N, n), any real dtype.
        y: targets (N, m), or None for an autoencoder.
        weights: (N,) not negative, or None where all are 1.
    """

    x: AnyArray
    y: AnyArray | None
    weights: FloatArray | None

    @classmethod
    def of(cls, shape: tuple[int, int], X: object, Y: object = None, sample_weight: object = None) -> Samples:
        """Check shapes and weights against maps of the given shape (m, n); entries are checked when they are read.

        Raises TypeError for what is not real numbers and ValueError for anything that does not fit.
        """
        m, n = shape
        x = _rows("X", X, n)
        y = None if Y is None else _rows("Y", Y, m, len(x))
        return cls(x, y, None if sample_weight is None else _weights(sample_weight, len(x)))

    def __len__(self) -> int:
        return len(self.x)

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 where inputs and targets are, else float64."""
        single = self.x.dtype == np.float32 and (self.y is None or self.y.dtype == np.float32)
        return np.dtype(np.float32 if single else np.float64)

    @property
    def total_weight(self) -> float:
        """The sum of the weights."""
        return float(len(self)) if self.weights is None else float(self.weights.sum())

    def parts(self) -> list[slice]:
        """Return the ranges of rows that are read together."""
        width = max(self.x.shape[1], 0 if self.y is None else self.y.shape[1])
        size = int(np.clip(_CHUNK_ENTRIES // width, _FEWEST, _MOST))
        return [slice(start, start + size) for start in range(0, len(self), size)]

    def read(self, part: slice, dtype: np.dtype[Any]) -> Chunk:
        """Return the samples of a range in ``dtype``, possibly views; :meth:`release` it when they have been used."""
        x = np.ascontiguousarray(self.x[part], dtype)
        y = None if self.y is None else np.ascontiguousarray(self.y[part], dtype)
        return Chunk(x, y, None if self.weights is None else self.weights[part])

    def release(self, part: slice) -> None:
        """Give back the memory-mapped pages of a range."""
        release_pages(self.x[part])
        if self.y is not None:
            release_pages(self.y[part])

    def refuse_not_finite(self) -> None:
        """Raise the ValueError that says what is wrong with data whose sum of squares is not usable."""
        for name, array in (("X", self.x), ("Y", self.y)):
            if array is not None and not all(bool(np.isfinite(array[part]).all()) for part in self.parts()):
                raise invalid(name, "finite", "NaN or inf", "remove or impute such entries first")
        got = "values whose squares leave the range of its dtype"
        name = "X" if self.y is None else "X and Y"
        raise invalid(name, "finite, of moderate size", got, "rescale the data or convert them to float64")

    def vanish(self, of_x: bool, of_y: bool) -> bool:
        """Whether inputs (or targets) that are not zero, and count, had squares too small for a sum."""
        for part in self.parts():
            counted = slice(None) if self.weights is None else self.weights[part] > 0
            if (of_x and self.x[part][counted].any()) or (of_y and self.y is not None and self.y[part][counted].any()):
                return True
            self.release(part)
        return False


def energy_of(chunk: AnyArray) -> float:
    """Sum of squares; float32 products are summed in float64 piece by piece, so that many entries lose nothing."""
    flat = chunk.reshape(-1)
    pieces = (flat[start : start + _ENERGY_PIECE] for start in range(0, len(flat), _ENERGY_PIECE))
    return sum(float(np.dot(piece, piece)) for piece in pieces)


def weighted_energy(rows: AnyArray, weights: FloatArray) -> float:
    """Sum of squares of rows with weights, in float64."""
    return float(np.einsum("ij,ij->i", rows, rows, dtype=np.float64) @ weights)


def _rows(name: str, values: object, width: int, count: int | None = None) -> AnyArray:
    array = as_real_array(name, values)
    if name == "Y" and array.ndim == 1 and width == 1:
        array = array[:, None]
    rows = "N >= 1" if count is None else f"N = {count}, one row for each row of X"
    if array.ndim != 2 or array.shape[1] != width or len(array) == 0 or (count is not None and len(array) != count):
        required = f"an array of shape (N, {width}) with {rows}"
        raise invalid(name, required, f"shape {array.shape}", "put one sample in each row")
    return array


def _weights(values: object, count: int) -> FloatArray:
    weights: FloatArray = as_float_array("sample_weight", values).astype(np.float64)
    if weights.shape != (count,):
        raise invalid("sample_weight", f"of shape ({count},)", f"shape {weights.shape}", "give one weight per sample")
    if (weights < 0).any():
        raise invalid("sample_weight", "not negative", f"{weights.min():g}", "leave out or zero such samples")
    largest = float(weights.max())
    if largest > 0 and not 1 / _EXTREME_WEIGHT <= largest <= _EXTREME_WEIGHT:
        required = f"with its largest entry from {1 / _EXTREME_WEIGHT:g} to {_EXTREME_WEIGHT:g}"
        raise invalid("sample_weight", required, f"{largest:g}", "rescale the weights")
    return weights
