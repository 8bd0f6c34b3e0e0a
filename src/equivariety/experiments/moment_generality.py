"""Whether samples have general second moments: what the theorem on critical points needs of the inputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from equivariety._typing import FloatArray
from equivariety.convolution import LinearConvolutionalNetwork
from equivariety.errors import invalid
from equivariety.linalg import as_real_array
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

    >>> MomentGenerality(sigma_rank=4, size=4, derivative_rank=10, full_rank=10).is_dominant
    True
    """

    sigma_rank: int
    size: int
    derivative_rank: int
    full_rank: int

    @property
    def is_dominant(self) -> bool:
        """Whether sigma takes all values near its own, as the samples change; then it is general for random samples."""
        return self.derivative_rank == self.full_rank


def moment_generality(network: LinearConvolutionalNetwork, X: object) -> MomentGenerality:
    """Return the ranks at samples X (N, d_0).

    Warns (UserWarning) where the layers leave inputs unused.
    Raises ValueError for no samples, NaN or inf, and inputs shorter than the end-to-end filter.

    >>> net = LinearConvolutionalNetwork((2, 2), (2, 1))
    >>> rng = np.random.default_rng(0)
    >>> for N in (3, 4):
    ...     print(moment_generality(net, rng.standard_normal((N, 4))))
    MomentGenerality(sigma_rank=3, size=4, derivative_rank=9, full_rank=10)
    MomentGenerality(sigma_rank=4, size=4, derivative_rank=10, full_rank=10)
    """
    inputs = as_real_array("X", X).astype(np.float64)
    if inputs.ndim != 2 or not inputs.size or not np.isfinite(inputs).all():
        got = f"shape {inputs.shape}, or NaN or inf"
        raise invalid("X", "a non-empty array (N, d_0) of finite numbers", got, "put one sample in each row")
    k, stride = network.end_to_end_size, network.end_to_end_stride
    outputs = network.architecture.widths_of(inputs.shape[1])[-1]
    windows = sliding_window_view(inputs, k, axis=1)[:, ::stride][:, :outputs]
    sigma = np.einsum("nip,niq->pq", windows, windows)
    slopes = np.linalg.svd(_derivative(windows, stride, inputs.shape[1]), compute_uv=False)
    return MomentGenerality(_rank(np.linalg.eigvalsh(sigma)[::-1]), k, _rank(slopes), k * (k + 1) // 2)


def _rank(values: FloatArray) -> int:
    return numerical_rank(values, whitened_tolerance() * float(values[0]))


def _derivative(windows: FloatArray, stride: int, width: int) -> FloatArray:
    """The matrix, (k (k + 1) / 2, N d_0), of ``dX -> sum_W (W dW' + dW W')`` over the windows W, (N, outputs, k)."""
    count, outputs, k = windows.shape
    pairs = [(p, q) for p in range(k) for q in range(p, k)]
    found = np.zeros((len(pairs), count, width))
    for row, (p, q) in enumerate(pairs):
        for i in range(outputs):
            found[row, :, i * stride + q] += windows[:, i, p]
            found[row, :, i * stride + p] += windows[:, i, q]
    return found.reshape(len(pairs), count * width)
