"""Tensors of rank one and their derivatives, for many points at once.

The end-to-end filter is a linear function of the tensor product T of the filters, so the squared error is the case
``Q = C' sigma C, B = C' cross`` of ``1/2 T' Q T - B' T``.  For generic Q and B the critical points with T non-zero, up
to scaling of the layers, are as many as the generic ED degree of the Segre variety.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod

import numpy as np

from equivariety._typing import AnyArray

__all__ = ["SegreTensors"]


class SegreTensors:
    """Tensors ``T = w_1 x ... x w_L`` of filters of given sizes, flattened with the last layer running fastest.

    Filters of a point are listed in one vector w of length sum_i k_i; arrays of points have shape (n, sum_i k_i).
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = tuple(sizes)
        self.depth, self.length = len(self.sizes), prod(self.sizes)
        ends = np.cumsum([0, *self.sizes])
        self.slices = tuple(slice(int(a), int(b)) for a, b in pairwise(ends))

    @property
    def num_weights(self) -> int:
        """Number of entries of all filters."""
        return sum(self.sizes)

    def layers(self, w: AnyArray) -> list[AnyArray]:
        """Return the filters of points, arrays (n, k_i)."""
        return [w[:, part] for part in self.slices]

    def tensor(self, w: AnyArray) -> AnyArray:
        """Return T, shape (n, prod_i k_i)."""
        return _outer(self.layers(w))

    def jacobian(self, w: AnyArray) -> AnyArray:
        """Return the derivative of T, shape (n, prod_i k_i, sum_i k_i)."""
        layers, n = self.layers(w), len(w)
        found = np.zeros((n, self.length, self.num_weights), dtype=w.dtype)
        for i, part in enumerate(self.slices):
            left, right = _outer(layers[:i], n), _outer(layers[i + 1 :], n)
            k = self.sizes[i]
            shape = (n, left.shape[1], k, right.shape[1], k)
            block = np.zeros(shape, dtype=w.dtype)
            for a in range(k):
                block[:, :, a, :, a] = left[:, :, None] * right[:, None, :]
            found[:, :, part] = block.reshape(n, self.length, k)
        return found

    def contracted_second(self, w: AnyArray, rho: AnyArray) -> AnyArray:
        """Return ``sum_p rho_p d^2 T_p``, shape (n, sum_i k_i, sum_i k_i)."""
        layers, n = self.layers(w), len(w)
        found = np.zeros((n, self.num_weights, self.num_weights), dtype=np.result_type(w, rho))
        for i in range(self.depth):
            for j in range(i + 1, self.depth):
                left, middle, right = (_outer(layers[a:b], n) for a, b in ((0, i), (i + 1, j), (j + 1, self.depth)))
                ki, kj = self.sizes[i], self.sizes[j]
                cube = rho.reshape(n, left.shape[1], ki * middle.shape[1] * kj * right.shape[1])
                cube = np.matmul(left[:, None, :], cube).reshape(n, ki * middle.shape[1] * kj, right.shape[1])
                cube = np.matmul(cube, right[:, :, None]).reshape(n, ki, middle.shape[1], kj)
                block = np.einsum("namb,nm->nab", cube, middle)
                found[:, self.slices[i], self.slices[j]] = block
                found[:, self.slices[j], self.slices[i]] = block.swapaxes(1, 2)
        return found

    def balanced(self, w: AnyArray) -> AnyArray:
        """Return the filters rescaled to equal norms, with the same tensor; zero filters are left as they are."""
        moved = np.array(w)
        norms = np.stack([np.linalg.norm(layer, axis=1) for layer in self.layers(w)], axis=1)
        mean = np.exp(np.log(np.where(norms > 0, norms, 1.0)).mean(axis=1))
        for part, norm in zip(self.slices, norms.T, strict=True):
            moved[:, part] *= np.where(norms.all(axis=1), mean / np.where(norm > 0, norm, 1.0), 1.0)[:, None]
        return moved

    def scaling_forms(self, w: AnyArray) -> AnyArray:
        """Return the forms ``conj(w_i) / |w_i|^2`` of all layers but the last, shape (n, L - 1, sum_i k_i).

        They vanish together with every rescaling of the layers only for the trivial one.
        """
        found = np.zeros((len(w), self.depth - 1, self.num_weights), dtype=w.dtype)
        for i, layer in enumerate(self.layers(w)[:-1]):
            found[:, i, self.slices[i]] = layer.conj() / (np.linalg.norm(layer, axis=1) ** 2)[:, None]
        return found


def _outer(layers: Sequence[AnyArray], count: int = 0) -> AnyArray:
    if not layers:
        return np.ones((count, 1))
    found = layers[0]
    for w in layers[1:]:
        found = (found[:, :, None] * w[:, None, :]).reshape(len(w), found.shape[1] * w.shape[1])
    return found
