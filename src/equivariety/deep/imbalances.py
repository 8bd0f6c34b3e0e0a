"""Differences of neighbouring layers that gradient flow conserves.

If a loss depends on W_1, ..., W_H through their product alone, scaling W_i by T and W_(i+1) by T^-1 does not change it.
The gradients then satisfy W_(i+1)' G_(i+1) = G_i W_i' for all T in GL, and |w|^2 has the same derivative along the flow
for all filters w of a convolutional network, where T is a number.  With biases c_i, which pass through the later layers
as the weights do, c_i c_i' is added to W_i W_i'.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid

__all__ = ["layer_imbalance", "norm_imbalance"]


def layer_imbalance(
    weights: Sequence[FloatArray], biases: Sequence[FloatArray] | None = None
) -> tuple[FloatArray, ...]:
    """Return W_(i+1)' W_(i+1) - W_i W_i' for i = 1, ..., H - 1, a matrix (d_i, d_i) for each inner layer.

    Gradient flow of any loss of the product conserves them; weights where all are zero are called balanced.

    Args:
        weights: (W_1, ..., W_H), shapes (d_i, d_(i-1)).
        biases: (c_1, ..., c_H), shapes (d_i,): takes c_i c_i' off too, which is what is conserved with biases.

    Raises ValueError for another number of biases than of layers.

    >>> [one.tolist() for one in layer_imbalance([np.array([[1.0, 2.0]]), np.array([[3.0]])])]
    [[[4.0]]]
    """
    grams = [np.asarray(layer @ layer.T) for layer in weights]
    if biases is not None:
        if len(biases) != len(weights):
            raise invalid("biases", f"{len(weights)} vectors", f"{len(biases)}", "give one for each layer")
        grams = [gram + np.outer(c, c) for gram, c in zip(grams, biases, strict=True)]
    after: Sequence[AnyArray] = weights[1:]
    return tuple(layer.T @ layer - gram for layer, gram in zip(after, grams[:-1], strict=True))


def norm_imbalance(filters: Sequence[FloatArray]) -> FloatArray:
    """Return ``|w_(i+1)|^2 - |w_i|^2`` for i = 1, ..., H - 1, shape (H - 1,).

    Gradient flow conserves them for any loss that does not change where one array is multiplied by a number and another
    one divided by it, as those of convolutional networks.

    Args:
        filters: (w_1, ..., w_H), arrays of any shapes.

    >>> norm_imbalance([np.array([1.0, 2.0]), np.array([3.0]), np.array([0.0])])
    array([ 4., -9.])
    """
    squares = [float(np.sum(np.square(w))) for w in filters]
    return np.array([after - before for before, after in pairwise(squares)])
