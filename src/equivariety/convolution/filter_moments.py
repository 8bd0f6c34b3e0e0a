"""What the squared error of a convolutional network knows of the data: a quadratic form on end-to-end filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from numbers import Real

import numpy as np

from equivariety._typing import AnyArray, FloatArray, read_only
from equivariety.convolution.architecture import Architecture, as_size
from equivariety.errors import brief, invalid
from equivariety.linalg import as_real_array, check_squares
from equivariety.tolerances import moment_tolerance, product_rounding, whitened_tolerance

__all__ = ["FilterMoments", "windows"]

# Numbers of one copy of the windows of some samples.
_CHUNK_ENTRIES = 2**22


@dataclass(frozen=True, eq=False)
class FilterMoments:
    """The squared error ``v' sigma v - 2 cross' v + constant`` of the end-to-end filter v, a sum over all outputs.

    Attributes:
        sigma: (k, k) second moments of the windows of the inputs, symmetric and positive semidefinite.
        cross: (k,) moments of windows and targets.
        constant: sum of the squared targets; None takes the least possible one, with which the best filter without any
            structure has no error.
        size: number of outputs of all samples, by which a mean squared error divides.

    Raises TypeError and ValueError for what are not second moments of any windows and targets.

    >>> moments = FilterMoments.of_samples(Architecture((2, 1), (1, 1)), [[1, 2, 3]], [[1, 0]])
    >>> moments.sigma
    array([[ 5.,  8.],
           [ 8., 13.]])
    >>> moments.squared_error(np.array([1.0, 0.0]))
    4.0
    """

    sigma: FloatArray
    cross: FloatArray
    constant: float | None = None
    size: int = 1
    _least: float = field(init=False, repr=False, default=0.0)

    def __post_init__(self) -> None:
        sigma, cross = as_real_array("sigma", self.sigma), as_real_array("cross", self.cross)
        object.__setattr__(self, "size", as_size("size", self.size))
        if sigma.ndim != 2 or not sigma.size or sigma.shape[0] != sigma.shape[1] or cross.shape != sigma.shape[:1]:
            required, got = (
                "a (k, k) matrix, with cross a vector of length k",
                f"shapes {sigma.shape} and {cross.shape}",
            )
            raise invalid("sigma", required, got, "k is the end-to-end filter size")
        if not (np.isfinite(sigma).all() and np.isfinite(cross).all()):
            raise invalid("sigma", "finite, as cross", "NaN or inf", "remove such samples first")
        tolerance = moment_tolerance(len(sigma))
        if np.abs(sigma - sigma.T).max() > tolerance * np.abs(sigma).max():
            raise invalid("sigma", "symmetric", "a matrix that is not", "pass (sigma + sigma.T) / 2")
        object.__setattr__(self, "sigma", read_only(np.array((sigma + sigma.T) / 2, dtype=np.float64)))
        object.__setattr__(self, "cross", read_only(np.array(cross, dtype=np.float64)))
        if (np.diagonal(sigma) < 0).any() or self._spectrum[0][0] < -tolerance:
            raise invalid("sigma", "positive semidefinite", "a negative eigenvalue", "sum w w' over windows w")
        self._check_cross()
        self._check_constant(float(self.cross @ self.best))

    def _check_cross(self) -> None:
        """What windows with such second moments leave free must be zero, up to the rounding of the sums."""
        values, vectors = self._spectrum
        scaled = self.cross / self.scales
        outside = vectors[:, ~self._kept].T @ scaled
        # By Cauchy and Schwarz a component is at most the root of the eigenvalue times that of the squared targets.
        rounding = np.sqrt(moment_tolerance(len(values)))
        targets = self.constant if isinstance(self.constant, Real) and self.constant > 0 else 0.0
        allowed = rounding * np.linalg.norm(scaled) + 2 * np.sqrt(moment_tolerance(len(values)) * float(targets))
        if np.linalg.norm(outside) > allowed or self.cross[~np.diagonal(self.sigma).astype(bool)].any():
            required = "in the column space of sigma"
            raise invalid("cross", required, "a vector outside of it", "sum y w over windows w and targets y")

    def _check_constant(self, explained: float) -> None:
        if self.constant is None:
            object.__setattr__(self, "constant", explained)
            return
        fix = "pass the sum of the squared targets, or None"
        if isinstance(self.constant, bool) or not isinstance(self.constant, Real):
            raise invalid("constant", "a number, or None", brief(self.constant), fix, TypeError)
        rounding = np.sqrt(moment_tolerance(len(self.cross)))
        if not np.isfinite(self.constant) or self.constant < explained * (1 - rounding):
            required = f"at least cross' u = {explained:.6g}, where sigma u = cross"
            raise invalid("constant", required, brief(self.constant), fix)
        object.__setattr__(self, "_least", max(float(self.constant) - explained, 0.0))

    @classmethod
    def of_samples(cls, architecture: Architecture, X: object, Y: object) -> FilterMoments:
        """Return the moments of samples.

        Args:
            architecture: of the network.
            X: inputs (N, d_0), real and finite.
            Y: targets (N, d_L); d_L follows from d_0 by the rule of the layers.  (N,) will do where it is 1.

        Warns (UserWarning) where the layers leave inputs unused.  Raises ValueError for no samples, NaN or inf, numbers
        whose squares are too large or too small for floats, inputs shorter than the end-to-end filter and targets of
        another shape.
        """
        inputs = _samples(X, "X")
        outputs = architecture.widths_of(inputs.shape[1])[-1]
        targets = _samples(Y, "Y", column=outputs == 1)
        if targets.shape != (len(inputs), outputs):
            got = f"shape {targets.shape}"
            raise invalid("Y", f"of shape {(len(inputs), outputs)}", got, "give one row of outputs for each row of X")
        k = architecture.end_to_end_size
        sigma, cross = np.zeros((k, k)), np.zeros(k)
        for part, values in _chunks(architecture, inputs, targets):
            sigma += part.T @ part
            cross += part.T @ values
        found = cls(sigma, cross, float(np.vdot(targets, targets)), targets.size)
        # From the residuals: the difference of the moments would leave rounding where the fit is perfect.
        parts = _chunks(architecture, inputs, targets)
        least = sum(float(np.sum((values - part @ found.best) ** 2)) for part, values in parts)
        object.__setattr__(found, "_least", least)
        return found

    @cached_property
    def scales(self) -> FloatArray:
        """Roots of the diagonal of sigma (k,), 1 in place of 0, the units in which its entries are compared."""
        sizes = np.sqrt(np.clip(np.diagonal(self.sigma), 0.0, None))
        return read_only(np.where(sizes > 0, sizes, 1.0))

    @cached_property
    def _spectrum(self) -> tuple[FloatArray, FloatArray]:
        """Eigenvalues and eigenvectors of sigma in these units."""
        values, vectors = np.linalg.eigh(self.sigma / self.scales / self.scales[:, None])
        return values, vectors

    @property
    def _kept(self) -> AnyArray:
        """Which eigenvalues of sigma are not zero."""
        values = self._spectrum[0]
        return np.asarray(values > product_rounding(len(values)) * max(values[-1], 0.0))

    @cached_property
    def best(self) -> FloatArray:
        """The best filter without any structure (k,), ``sigma u = cross``; the smallest in the units of ``scales``."""
        values, vectors = self._spectrum
        kept = self._kept
        scaled = vectors[:, kept] @ ((vectors[:, kept].T @ (self.cross / self.scales)) / values[kept])
        return read_only(scaled / self.scales)

    def squared_error(self, v: AnyArray) -> float | complex:
        """Return the sum of squared errors of an end-to-end filter (k,); its polynomial for a complex one."""
        values, vectors = self._spectrum
        away = np.asarray(v) - self.best
        moved = (away * self.scales) @ vectors
        # Eigenvalues that count as zero leave a slope at the best filter.
        found = np.clip(values, 0.0, None) @ moved**2 + 2.0 * (self.residual(self.best) @ away) + self._least
        return complex(found) if np.iscomplexobj(v) else max(float(found), 0.0)

    def loss(self, v: AnyArray) -> float | complex:
        """Return the mean squared error per sample and output of an end-to-end filter (k,)."""
        return self.squared_error(v) / self.size

    def residual(self, v: AnyArray) -> AnyArray:
        """Return ``sigma v - cross`` (k,), half the gradient of the squared error."""
        return self.sigma @ v - self.cross

    @cached_property
    def nongeneric_reason(self) -> str | None:
        """Why the quadratic form is not generic, where known, as for whitened or dependent windows; else None."""
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


def windows(architecture: Architecture, inputs: FloatArray) -> FloatArray:
    """Return what the end-to-end filter is multiplied with for each output, (N d_L, k), of inputs (N, d_0).

    >>> windows(Architecture((2, 1), (2, 1)), np.array([[1.0, 2.0, 3.0, 4.0]]))
    array([[1., 2.],
           [3., 4.]])
    """
    k = architecture.end_to_end_size
    found = np.lib.stride_tricks.sliding_window_view(inputs, k, axis=1)[:, :: architecture.end_to_end_stride]
    return np.ascontiguousarray(found).reshape(-1, k)


def _chunks(
    architecture: Architecture, inputs: FloatArray, targets: FloatArray
) -> Iterator[tuple[FloatArray, FloatArray]]:
    step = max(1, _CHUNK_ENTRIES // max(1, targets.shape[1] * architecture.end_to_end_size))
    for first in range(0, len(inputs), step):
        part = slice(first, first + step)
        yield windows(architecture, inputs[part]), targets[part].ravel()


def _samples(given: object, name: str, *, column: bool = False) -> FloatArray:
    found = as_real_array(name, given)
    if column and found.ndim == 1:
        found = found[:, None]
    if found.ndim != 2 or found.size == 0:
        raise invalid(name, "a non-empty (N, d) array", f"shape {found.shape}", "put one sample in each row")
    if not np.isfinite(found).all():
        raise invalid(name, "finite", "NaN or inf", "remove such samples first")
    check_squares(name, found)
    return np.asarray(found, dtype=np.float64)
