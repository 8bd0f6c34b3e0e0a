"""The squared error of end-to-end filters up to a factor: what is left of the loss where the factor is the best one."""

from __future__ import annotations

import numpy as np

from equivariety.convolution import FilterMoments

__all__ = ["best_scaled", "best_scaled_loss"]


def best_scaled_loss(moments: FilterMoments, v: np.ndarray) -> np.ndarray:
    """Return the least loss of the multiples of filters (..., k): a function of their directions.

    It is ``(constant - (cross' v)^2 / (v' sigma v)) / size``; its critical points, those with ``cross' v = 0`` aside, are
    the directions of the critical points of the loss on a cone.

    >>> moments = FilterMoments(np.eye(2), np.array([1.0, 0.0]), 1.0)
    >>> best_scaled_loss(moments, np.array([[2.0, 0.0], [0.0, 3.0], [1.0, 1.0]])).tolist()
    [0.0, 1.0, 0.5]
    """
    square = np.einsum("...i,ij,...j->...", v, moments.sigma, v)
    gain = np.divide((v @ moments.cross) ** 2, square, out=np.zeros_like(square), where=square > 0)
    return (moments.constant - gain) / moments.size


def best_scaled(moments: FilterMoments, v: np.ndarray) -> np.ndarray:
    """Return the multiples with that loss, (..., k).

    >>> best_scaled(FilterMoments(np.eye(2), np.array([1.0, 0.0]), 1.0), np.array([[2.0, 2.0]])).tolist()
    [[0.5, 0.5]]
    """
    square = np.einsum("...i,ij,...j->...", v, moments.sigma, v)
    factor = np.divide(v @ moments.cross, square, out=np.zeros_like(square), where=square > 0)
    return v * factor[..., None]
