"""Gauss-Newton steps from approximate filters to filters with a given end-to-end filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.filters import balanced_filters, dilated

__all__ = ["Refined", "refined"]

# Of the iteration: it ends at the rounding of the residual, or where two steps lower it by less than a tenth.
_STEPS = 60
_FLOOR = 2.0
_DAMPINGS = 24
_WORTHWHILE = 0.9


@dataclass(frozen=True, eq=False)
class Refined:
    """Filters with nearly the wanted end-to-end filter.

    Attributes:
        filters: one array per layer, of equal norms.
        residual: norm of the difference of the end-to-end filters, relative to the wanted one.
        values: singular values of the Jacobian matrix, descending, dim F of them.
        inverse: pseudo-inverse of the Jacobian matrix, of rank dim F, rows in the order of the weights.
    """

    filters: tuple[AnyArray, ...]
    residual: float
    values: FloatArray
    inverse: AnyArray

    @property
    def conditioning(self) -> float:
        """Smallest over largest of the singular values."""
        return float(self.values[-1] / self.values[0]) if self.values[0] > 0 else 0.0


def refined(architecture: Architecture, start: Sequence[AnyArray], v: AnyArray) -> Refined:
    """Return filters near a start whose end-to-end filter is nearest to v, as far as Gauss-Newton steps find it.

    Minimum-norm steps, damped (Levenberg, Marquardt) where the full step does not lower the residual; the norms of the
    filters are made equal after each.

    Args:
        architecture: of the network.
        start: one float64 or complex128 filter per layer, none zero.
        v: (k,) wanted end-to-end filter, not zero.

    >>> net = Architecture((2, 2), (1, 1))
    >>> refined(net, [np.array([1.0, 1.1]), np.array([1.0, -0.9])], np.array([1.0, 0, -1])).residual < 1e-15
    True
    """
    size = float(np.linalg.norm(v))
    rank = min(architecture.dim, architecture.end_to_end_size)
    filters = balanced_filters(tuple(start))
    residual, jacobian = _evaluated(architecture, filters, v)
    floor = _FLOOR * float(np.finfo(float).eps)
    slow = 0
    left, values, right = np.linalg.svd(jacobian, full_matrices=False)
    for _ in range(_STEPS):
        norm = float(np.linalg.norm(residual))
        if norm <= floor * size or slow >= 2:
            break
        coordinates = left[:, :rank].conj().T @ residual
        damping = 0.0
        for attempt in range(_DAMPINGS):
            weights = values[:rank] / np.maximum(values[:rank] ** 2 + damping**2, np.finfo(float).tiny)
            step = right[:rank].conj().T @ (weights * coordinates)
            with np.errstate(over="ignore", invalid="ignore"):  # of huge steps, which are refused
                trial = _moved(architecture, filters, step)
                after = _product(architecture, trial) - v
                if float(np.linalg.norm(after)) < norm:
                    break
            damping = float(values[0]) * 10.0 ** (-12 + attempt / 2)
        else:
            break
        slow = slow + 1 if float(np.linalg.norm(after)) > _WORTHWHILE * norm else 0
        filters = trial
        residual, jacobian = _evaluated(architecture, filters, v)
        left, values, right = np.linalg.svd(jacobian, full_matrices=False)
    kept = np.maximum(values[:rank], np.finfo(float).eps * max(float(values[0]), np.finfo(float).tiny))
    inverse = (right[:rank].conj().T / kept) @ left[:, :rank].conj().T
    return Refined(filters, float(np.linalg.norm(residual)) / size, values[:rank], inverse)


def _product(architecture: Architecture, filters: Sequence[AnyArray]) -> AnyArray:
    total: AnyArray = np.ones(1)
    for w, scale in zip(filters, architecture.scales, strict=True):
        if len(w) > 1:
            total = np.convolve(total, np.asarray(dilated(w, scale)))
        else:
            total = total * w[0]
    return total


def _evaluated(architecture: Architecture, filters: Sequence[AnyArray], v: AnyArray) -> tuple[AnyArray, AnyArray]:
    """v minus the end-to-end filter, and the Jacobian matrix; products of all other layers from both sides."""
    wide = [np.asarray(dilated(w, scale)) for w, scale in zip(filters, architecture.scales, strict=True)]
    before: list[AnyArray] = [np.ones(1)]
    for w in wide:
        before.append(np.convolve(before[-1], w))
    after: list[AnyArray] = [np.ones(1)]
    for w in reversed(wide):
        after.append(np.convolve(after[-1], w))
    jacobian = np.zeros((architecture.end_to_end_size, architecture.num_parameters), dtype=before[-1].dtype)
    column = 0
    for i, (k, scale) in enumerate(zip(architecture.filter_sizes, architecture.scales, strict=True)):
        rest = np.convolve(before[i], after[len(wide) - 1 - i])
        for j in range(k):
            jacobian[j * scale : j * scale + len(rest), column] = rest
            column += 1
    return v - before[-1], jacobian


def _moved(architecture: Architecture, filters: Sequence[AnyArray], step: AnyArray) -> tuple[AnyArray, ...]:
    places = np.cumsum(architecture.filter_sizes)[:-1]
    return balanced_filters(tuple(w + d for w, d in zip(filters, np.split(step, places), strict=True)))
