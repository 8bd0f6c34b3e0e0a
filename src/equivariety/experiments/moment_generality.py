"""Whether samples have general second moments: what the theorem on critical points needs of the inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from equivariety._typing import FloatArray
from equivariety.convolution import LinearConvolutionalNetwork
from equivariety.convolution.filter_moments import windows
from equivariety.errors import BudgetError, invalid
from equivariety.linalg import as_real_array
from equivariety.linalg.truncated_svd import numerical_rank
from equivariety.tolerances import DENSE_ENTRIES_BUDGET, whitened_tolerance

__all__ = ["MomentGenerality", "moment_generality"]

# Numbers of the derivative that are made at a time.
_CHUNK_ENTRIES = 2**20


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
    Raises ValueError for no samples, NaN or inf, and inputs shorter than the end-to-end filter; BudgetError (a
    ValueError) where windows overlap and k is so large that the matrix behind the rank has more than 2^28 entries.

    >>> net = LinearConvolutionalNetwork((2, 2), (2, 1))
    >>> rng = np.random.default_rng(0)
    >>> for N in (3, 4):
    ...     print(moment_generality(net, rng.standard_normal((N, 4))))
    MomentGenerality(sigma_rank=3, size=4, derivative_rank=9, full_rank=10)
    MomentGenerality(sigma_rank=4, size=4, derivative_rank=10, full_rank=10)
    """
    inputs = as_real_array("X", X)
    k, stride = network.end_to_end_size, network.end_to_end_stride
    width = inputs.shape[1] if inputs.ndim == 2 else 0
    outputs = max(1, (width - k) // stride + 1)
    moments = network.moments(inputs, np.zeros((*inputs.shape[:1], outputs)))
    full = k * (k + 1) // 2
    if outputs == 1 or stride >= k:
        missing = k - _rank(_singular_values([windows(network.architecture, inputs)]))
        derivative_rank = full - missing * (missing + 1) // 2
    else:
        derivative_rank = _rank(_singular_values(_derivative(network, inputs, outputs)))
    return MomentGenerality(_rank(np.linalg.eigvalsh(moments.sigma)[::-1]), k, derivative_rank, full)


def _rank(values: FloatArray) -> int:
    return numerical_rank(values, whitened_tolerance() * float(values[0]))


def _singular_values(parts: Iterable[FloatArray]) -> FloatArray:
    """Of the matrix of which these are rows, of which only a triangular factor is kept."""

    def added(total: FloatArray, part: FloatArray) -> FloatArray:
        triangular: FloatArray = np.asarray(np.linalg.qr(np.concatenate([total, part]), mode="r"))
        return triangular

    return np.linalg.svd(reduce(added, parts), compute_uv=False)


def _derivative(network: LinearConvolutionalNetwork, inputs: FloatArray, outputs: int) -> Iterator[FloatArray]:
    """Rows, one per entry of X, of the matrix (N d_0, k (k + 1) / 2) of ``dX -> sum_W (W dW' + dW W')``, W the windows.

    Where windows do not overlap these are the maps ``Z -> X' Z + Z' X``, whose image are the symmetric matrices that
    vanish on the kernel of X.
    """
    k, stride, width = network.end_to_end_size, network.end_to_end_stride, inputs.shape[1]
    columns = k * (k + 1) // 2
    if max(columns**2, width * k * k) > DENSE_ENTRIES_BUDGET:
        required = f"such that the derivative of the second moments has at most {DENSE_ENTRIES_BUDGET:,} entries"
        got = f"{max(columns**2, width * k * k):,}, for the end-to-end size {k}"
        raise invalid("X", required, got, "use smaller filters or strides, or samples of one output", BudgetError)
    upper = np.triu_indices(k)
    step = max(1, _CHUNK_ENTRIES // (width * k * k))
    for first in range(0, len(inputs), step):
        part = np.asarray(inputs[first : first + step], dtype=np.float64)
        found = np.zeros((len(part), width, k, k))
        given = windows(network.architecture, part).reshape(len(part), outputs, k)
        for i in range(outputs):
            for q in range(k):
                found[:, i * stride + q, :, q] += given[:, i]
                found[:, i * stride + q, q, :] += given[:, i]
        yield found[:, :, upper[0], upper[1]].reshape(-1, columns)
