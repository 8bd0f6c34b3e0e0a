"""Whether samples have general second moments: what the theorem on critical points needs of the inputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equivariety._typing import FloatArray
from equivariety.convolution import FilterMoments, LinearConvolutionalNetwork
from equivariety.linalg.truncated_svd import numerical_rank
from equivariety.tolerances import whitened_tolerance

__all__ = ["MomentGenerality", "moment_generality"]


@dataclass(frozen=True)
class MomentGenerality:
    """Ranks of the second moments sigma (k, k) of windows, and of the derivative of sigma by the samples.

    Attributes:
        sigma_rank: rank of sigma; the loss has one minimum on all filters if it is k.
        size: k.
        derivative_rank: rank of the derivative of sigma at these samples.
        full_rank: ``k (k + 1) / 2``, the dimension of symmetric matrices.
    """

    sigma_rank: int
    size: int
    derivative_rank: int
    full_rank: int

    @property
    def is_dominant(self) -> bool:
        """Whether sigma takes all values near its own, as the samples change: then it is general for random samples."""
        return self.derivative_rank == self.full_rank


def moment_generality(network: LinearConvolutionalNetwork, X: object) -> MomentGenerality:
    """Return the ranks at samples X (N, d_0).

    Raises ValueError for no samples, NaN or inf, and inputs shorter than the end-to-end filter.

    >>> net = LinearConvolutionalNetwork((2, 2), (2, 1))
    >>> rng = np.random.default_rng(0)
    >>> for N in (3, 4):
    ...     print(moment_generality(net, rng.standard_normal((N, 4))))
    MomentGenerality(sigma_rank=3, size=4, derivative_rank=9, full_rank=10)
    MomentGenerality(sigma_rank=4, size=4, derivative_rank=10, full_rank=10)
    """
    architecture = network.architecture
    inputs = np.asarray(X, dtype=np.float64)
    moments = FilterMoments.of_samples(architecture, inputs, _zeros(network, inputs))
    k, stride = architecture.end_to_end_size, architecture.end_to_end_stride
    outputs = architecture.widths_of(inputs.shape[1])[-1]
    values = np.linalg.eigvalsh(moments.sigma)[::-1]
    slopes = np.linalg.svd(_derivative(inputs, k, stride, outputs), compute_uv=False)
    return MomentGenerality(_rank(values), k, _rank(slopes), k * (k + 1) // 2)


def _zeros(network: LinearConvolutionalNetwork, inputs: FloatArray) -> FloatArray:
    if inputs.ndim != 2 or not inputs.size:
        return np.zeros((1, 1))  # the samples are refused
    return np.zeros((len(inputs), network.architecture.widths_of(inputs.shape[1])[-1]))


def _rank(values: FloatArray) -> int:
    return numerical_rank(values, whitened_tolerance() * float(values[0]))


def _derivative(inputs: FloatArray, k: int, stride: int, outputs: int) -> FloatArray:
    """The matrix, (k (k + 1) / 2, N d_0), of ``dX -> sum_W (W dW' + dW W')`` over the windows W of the samples."""
    rows = {pair: row for row, pair in enumerate((p, q) for p in range(k) for q in range(p, k))}
    count, width = inputs.shape
    found = np.zeros((len(rows), count, width))
    for i in range(outputs):
        first = i * stride
        windows = inputs[:, first : first + k]
        for (p, q), row in rows.items():
            found[row, :, first + q] += windows[:, p]
            found[row, :, first + p] += windows[:, q]
    return found.reshape(len(rows), count * width)
