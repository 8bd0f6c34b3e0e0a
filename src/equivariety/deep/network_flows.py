"""Gradient flow and descent of the squared error of a linear network, with and without biases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from equivariety.deep.flows import gradient_descent, gradient_flow
from equivariety.deep.imbalances import layer_imbalance
from equivariety.deep.layers import Layers
from equivariety.deep.squared_error import SquaredError
from equivariety.deep.trajectory import Arrays, Trajectory

__all__ = ["network_descent", "network_flow"]


def network_flow(layers: Layers, error: SquaredError, **options: Any) -> Trajectory:
    """Return the gradient flow of the mean squared error from given layers, with the drift of their imbalance.

    Args:
        layers: the start.
        error: of the data.
        options: of :func:`equivariety.deep.flows.gradient_flow`: ``time``, ``times``, ``method`` and so on.

    Weights along the way have the form of ``layers.weights``.  Raises as ``gradient_flow`` does.

    >>> start = Layers.of((1, 1, 1), False, [[[1.0]], [[0.5]]])
    >>> path = network_flow(start, SquaredError.of((1, 1, 1), [[1.0]], [[2.0]]))
    >>> path.converged, [round((w[1] @ w[0]).item(), 6) for w in (path.weights[0], path.end)], path.imbalance < 1e-8
    (True, [0.5, 2.0], True)
    """
    return _run(gradient_flow, layers, error, options)


def network_descent(layers: Layers, error: SquaredError, **options: Any) -> Trajectory:
    """Return gradient descent of the mean squared error from given layers, with the drift of their imbalance.

    Args:
        layers: the start.
        error: of the data.
        options: of :func:`equivariety.deep.flows.gradient_descent`: ``step``, ``num_steps`` and so on.

    Weights along the way have the form of ``layers.weights``.  Raises as ``gradient_descent`` does.

    >>> start = Layers.of((1, 1), True, [([[0.0]], [0.0])])
    >>> path = network_descent(start, SquaredError.of((1, 1), [[1.0], [0.0]], [[3.0], [1.0]]), step=0.5, num_steps=200)
    >>> path.converged, path.end[0][0].round(6).tolist(), path.end[0][1].round(6).tolist()
    (True, [[2.0]], [1.0])
    """
    return _run(gradient_descent, layers, error, options)


def _run(run: Callable[..., Trajectory], layers: Layers, error: SquaredError, options: dict[str, Any]) -> Trajectory:
    depth = len(layers.matrices)

    def of(arrays: Arrays) -> Layers:
        return Layers(arrays[:depth], arrays[depth:] if len(arrays) > depth else None)

    def flat(some: Layers) -> Arrays:
        return some.matrices + (some.biases or ())

    def loss_and_gradient(arrays: Arrays) -> tuple[float, Arrays]:
        here = of(arrays)
        return error.mean(here), flat(error.gradient(here))

    def imbalance(arrays: Arrays) -> Arrays:
        here = of(arrays)
        return layer_imbalance(here.matrices, here.biases)

    found = run(loss_and_gradient, flat(layers), imbalance=imbalance, **options)
    return found if layers.biases is None else replace(found, weights=tuple(of(w).weights for w in found.weights))
