"""Checks shared by all varieties of linear maps: is it a matrix, is it equivariant, what are its singular values."""

from __future__ import annotations

import numpy as np
import scipy.linalg

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid
from equivariety.linalg import singular_triples
from equivariety.representations import HomSpace
from equivariety.representations.decomposition import check_rows
from equivariety.tolerances import equivariance_tolerance

__all__ = ["block_singular_values", "check_matrix"]


def check_matrix(name: str, matrix: object, shape: tuple[int, int]) -> AnyArray:
    """Return ``matrix`` as a finite float array of exactly the given shape, or raise ValueError or TypeError."""
    array = np.asarray(matrix)
    if array.shape != shape:
        raise invalid(name, f"an array of shape {shape}", f"shape {array.shape}", "rows are outputs, columns inputs")
    return check_rows(name, array, shape[1])


def block_singular_values(hom: HomSpace, matrix: AnyArray, tolerance: float | None = None) -> list[FloatArray] | None:
    """Return the singular values of each block, or None if ``matrix`` is not equivariant up to the tolerance."""
    blocks = hom.block_matrices(matrix)
    allowed = equivariance_tolerance(matrix.dtype) if tolerance is None else tolerance
    nearest = hom.dense({i: (b, np.eye(b.shape[1], dtype=b.dtype)) for i, b in enumerate(blocks)}, matrix.dtype)
    if float(scipy.linalg.norm(matrix - nearest)) > allowed * float(scipy.linalg.norm(matrix)):
        return None
    return [singular_triples(b)[1] for b in blocks]
