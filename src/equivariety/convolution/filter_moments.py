"""What the squared error of a convolutional network knows of the data: a quadratic form on end-to-end filters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from numbers import Real

import numpy as np

from equivariety._typing import AnyArray, FloatArray, read_only
from equivariety.convolution.architecture import Architecture, as_size
from equivariety.errors import brief, invalid
from equivariety.linalg import as_real_array
from equivariety.tolerances import product_rounding, whitened_tolerance

__all__ = ["FilterMoments"]


@dataclass(frozen=True, eq=False)
class FilterMoments:
    """The squared error ``v' sigma v - 2 cross' v + constant`` of the end-to-end filter v, a sum over all outputs.

    Attributes:
        sigma: (k, k) second moments of the windows of the inputs, symmetric and positive semidefinite.
        cross: (k,) moments of windows and targets.
        constant: sum of the squared targets, >= 0; with 0 in its place losses are those up to a constant.
        size: number of outputs of all samples, by which a mean squared error divides.

    >>> FilterMoments.of_samples(Architecture((2, 1), (1, 1)), [[1, 2, 3]], [[1, 0]]).sigma
    array([[ 5.,  8.],
           [ 8., 13.]])
    """

    sigma: FloatArray
    cross: FloatArray
    constant: float = 0.0
    size: int = 1

    def __post_init__(self) -> None:
        sigma, cross = as_real_array("sigma", self.sigma), as_real_array("cross", self.cross)
        object.__setattr__(self, "size", as_size("size", self.size))
        if not isinstance(self.constant, Real) or self.constant < 0:
            raise invalid("constant", "a number >= 0", brief(self.constant), "pass the sum of the squared targets")
        if sigma.ndim != 2 or not sigma.size or sigma.shape[0] != sigma.shape[1] or cross.shape != sigma.shape[:1]:
            required = "a (k, k) matrix, with cross a vector of length k"
            raise invalid(
                "sigma", required, f"shapes {sigma.shape} and {cross.shape}", "k is the end-to-end filter size"
            )
        if not (np.isfinite(sigma).all() and np.isfinite(cross).all() and np.isfinite(self.constant)):
            raise invalid("sigma", "finite, as cross and constant", "NaN or inf", "remove such samples first")
        scale = float(np.abs(sigma).max(initial=0.0))
        if np.abs(sigma - sigma.T).max(initial=0.0) > 1e-10 * scale:
            raise invalid("sigma", "symmetric", "a matrix that is not", "pass (sigma + sigma.T) / 2")
        if scale and float(np.linalg.eigvalsh(sigma)[0]) < -1e-10 * scale * len(sigma):
            raise invalid("sigma", "positive semidefinite", "a negative eigenvalue", "sum w w' over windows w")
        if scale:
            values, vectors = np.linalg.eigh(sigma)
            largest = 1e-13 * len(sigma) * values[-1]
            outside = vectors[:, values <= largest].T @ cross
            # By Cauchy and Schwarz a component is at most the root of the eigenvalue and the squared targets.
            if np.linalg.norm(outside) > 1e-5 * np.linalg.norm(cross) + 2 * np.sqrt(largest * float(self.constant)):
                required = "in the column space of sigma"
                raise invalid("cross", required, "a vector outside of it", "sum y w over windows w and targets y")
        elif cross.any():
            raise invalid("cross", "zero where sigma is", "other numbers", "sum y w over windows w and targets y")
        object.__setattr__(self, "sigma", read_only(np.array((sigma + sigma.T) / 2, dtype=np.float64)))
        object.__setattr__(self, "cross", read_only(np.array(cross, dtype=np.float64)))

    @classmethod
    def of_samples(cls, architecture: Architecture, X: object, Y: object) -> FilterMoments:
        """Return the moments of samples.

        Args:
            architecture: of the network.
            X: inputs (N, d_0), real and finite.
            Y: targets (N, d_L); d_L follows from d_0 by the rule of the layers.

        Warns (UserWarning) where the layers leave inputs unused.  Raises ValueError for no samples, NaN or inf, inputs
        shorter than the end-to-end filter and targets of another shape.
        """
        inputs, targets = _samples(X, "X"), _samples(Y, "Y")
        outputs = architecture.widths_of(inputs.shape[1])[-1]
        if targets.shape != (len(inputs), outputs):
            got = f"shape {targets.shape}"
            raise invalid("Y", f"of shape {(len(inputs), outputs)}", got, "give one row of outputs for each row of X")
        k, stride = architecture.end_to_end_size, architecture.end_to_end_stride
        windows = np.lib.stride_tricks.sliding_window_view(inputs, k, axis=1)[:, ::stride][:, :outputs].reshape(-1, k)
        values = targets.ravel()
        with np.errstate(over="ignore", invalid="ignore"):  # refused below
            moments = windows.T @ windows, windows.T @ values, float(values @ values)
        return cls(*moments, values.size)

    def squared_error(self, v: AnyArray) -> float | complex:
        """Return the sum of squared errors of an end-to-end filter (k,); its polynomial for a complex one."""
        found = v @ (self.sigma @ v) - 2 * (self.cross @ v) + self.constant
        if np.iscomplexobj(v):
            return complex(found)
        return 0.0 if -self._rounding(v) <= found < 0 else float(found)

    def _rounding(self, v: AnyArray) -> float:
        """What rounding may leave of a sum of squares that vanishes."""
        terms = v @ (self.sigma @ v) + 2 * abs(self.cross @ v) + self.constant
        return product_rounding(len(v)) * float(terms)

    def loss(self, v: AnyArray) -> float | complex:
        """Return the mean squared error per sample and output of an end-to-end filter (k,)."""
        return self.squared_error(v) / self.size

    def residual(self, v: AnyArray) -> AnyArray:
        """Return ``sigma v - cross`` (k,), half the gradient of the squared error."""
        return self.sigma @ v - self.cross

    @cached_property
    def nongeneric_reason(self) -> str | None:
        """Why the quadratic form is not generic, where that is known, as for whitened or dependent windows; else None."""
        values = np.linalg.eigvalsh(self.sigma)
        tolerance = whitened_tolerance() * max(values[-1], 0.0)
        if values[-1] <= 0:
            return "all inputs are zero"
        if values[0] <= tolerance:
            return f"sigma has rank {int((values > tolerance).sum())} of {len(values)}"
        if len(values) > 1 and values[-1] - values[0] <= tolerance:
            return "sigma is a multiple of the identity (whitened inputs)"
        if not self.cross.any():
            return "cross is zero"
        return None


def _samples(given: object, name: str) -> FloatArray:
    found = as_real_array(name, given)
    if found.ndim != 2 or found.size == 0:
        raise invalid(name, "a non-empty (N, d) array", f"shape {found.shape}", "put one sample in each row")
    if not np.isfinite(found).all():
        raise invalid(name, "finite", "NaN or inf", "remove such samples first")
    return np.asarray(found, dtype=np.float64)
