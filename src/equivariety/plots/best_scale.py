"""The squared error of end-to-end filters up to a factor: what is left of the loss where the factor is the best one."""

from __future__ import annotations

import numpy as np

from equivariety.convolution import FilterMoments, LinearConvolutionalNetwork

__all__ = ["as_moments", "best_scaled_loss"]


def as_moments(net: LinearConvolutionalNetwork, X: object, Y: object) -> FilterMoments:
    """Return the moments of data, or those given in their place.

    >>> as_moments(LinearConvolutionalNetwork((2, 1), (1, 1)), [[1.0, 0.0]], [[3.0]]).cross.tolist()
    [3.0, 0.0]
    """
    return X if isinstance(X, FilterMoments) and Y is None else net.moments(X, Y)


def best_scaled_loss(moments: FilterMoments, v: np.ndarray) -> np.ndarray:
    """Return the least loss of the multiples of filters (..., k): a function of their directions.

    It is ``(constant - (cross' v)^2 / (v' sigma v)) / size``.  Its critical points on a cone, those with
    ``cross' v = 0`` aside, are the directions of the critical points of the loss.

    >>> moments = FilterMoments(np.eye(2), np.array([1.0, 0.0]), 1.0)
    >>> best_scaled_loss(moments, np.array([[2.0, 0.0], [0.0, 3.0], [1.0, 1.0]])).tolist()
    [0.0, 1.0, 0.5]
    """
    square = np.einsum("...i,ij,...j->...", v, moments.sigma, v)
    gain = np.divide((v @ moments.cross) ** 2, square, out=np.zeros_like(square), where=square > 0)
    return (moments.constant - gain) / moments.size
