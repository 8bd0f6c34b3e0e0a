"""Truncated singular value decomposition: the nearest matrix of bounded rank in one block.

Eckart-Young holds over R, C and H alike: the nearest matrix of rank at most r keeps the r largest singular values,
and it is unique iff the r-th is larger than the next or the next is zero.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from equivariety._typing import AnyArray, FloatArray

__all__ = ["frobenius_norm", "numerical_rank", "singular_triples", "truncate"]


#: Matrices with sides of this ratio or more are reduced to square ones first.
_LONG = 4


def singular_triples(matrix: AnyArray) -> tuple[AnyArray, FloatArray, AnyArray]:
    """Return the thin SVD ``(U, s, Vh)`` of a real or complex ``(b, a)`` matrix, ``s`` descending.

    Tall and wide matrices are reduced by QR first.  Falls back from divide-and-conquer to QR iteration on the rare
    matrices where the former does not converge.

    >>> singular_triples(np.diag([1.0, 3.0]))[1].tolist()
    [3.0, 1.0]
    """
    if 0 in matrix.shape:
        k = min(matrix.shape)
        real = np.zeros(0, dtype=matrix.dtype).real.dtype
        return matrix[:, :k], np.zeros(0, dtype=real), matrix[:k, :]
    rows, cols = matrix.shape
    if cols >= _LONG * rows:
        left, values, right = singular_triples(matrix.conj().T)
        return right.conj().T, values, left.conj().T
    if rows >= _LONG * cols:
        basis, triangle = np.linalg.qr(matrix)
        left, values, right = singular_triples(triangle)
        return basis @ left, values, right
    try:
        left, values, right = scipy.linalg.svd(matrix, full_matrices=False, check_finite=False)
    except np.linalg.LinAlgError:
        left, values, right = scipy.linalg.svd(matrix, full_matrices=False, check_finite=False, lapack_driver="gesvd")
    return left, values, right


def truncate(triples: tuple[AnyArray, FloatArray, AnyArray], rank: int, order: int = 1) -> tuple[AnyArray, AnyArray]:
    """Return factors ``left (b, r)``, ``right (a, r)`` with ``left @ right^* =`` the best rank-``r`` approximation.

    ``order`` is the number of columns of the arrays per singular value: 2 for the adjoints of quaternionic matrices.

    >>> left, right = truncate(singular_triples(np.diag([1.0, 3.0])), 1)
    >>> bool(np.allclose(left @ right.T, np.diag([0.0, 3.0])))
    True
    """
    left, values, right = triples
    kept = order * rank
    return left[:, :kept] * np.repeat(values[:rank], order), right[:kept].conj().T


def numerical_rank(values: FloatArray, cutoff: float) -> int:
    """Return how many of the descending singular ``values`` exceed the absolute ``cutoff``.

    The cutoff comes from ``equivariety.tolerances.rank_tolerance`` times the scale of the whole map, not of
    the block, so that a block of rounding noise has rank 0.

    >>> numerical_rank(np.array([2.0, 1e-17]), 1e-12)
    1
    """
    return int(np.count_nonzero(values > cutoff))


def frobenius_norm(array: AnyArray) -> float:
    """Return the square root of the sum of squared moduli, without overflow or underflow on the way.

    >>> frobenius_norm(np.array([3e200, 4e200]))
    5e+200
    """
    largest = float(np.abs(array).max(initial=0.0))
    return largest * float(np.linalg.norm(array / largest)) if largest > 0 else 0.0
