"""Groups by their elements: closures, orbits on pairs, averages and characters, for groups of a few thousand elements.

Nothing here uses the library's orbits, transforms or quaternions.  Images are those of P[i, sigma(i)] = 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from laws.brute import Array

__all__ = [
    "average",
    "character",
    "closure",
    "commutator_rank",
    "count_pairs",
    "left_multiplication",
]

#: unit u_q times unit u_p, p and q from 0 (one) to 3 (k): its number and its sign.
_PRODUCTS = {
    (0, 0): (0, 1), (0, 1): (1, 1), (0, 2): (2, 1), (0, 3): (3, 1),
    (1, 0): (1, 1), (1, 1): (0, -1), (1, 2): (3, 1), (1, 3): (2, -1),
    (2, 0): (2, 1), (2, 1): (3, -1), (2, 2): (0, -1), (2, 3): (1, 1),
    (3, 0): (3, 1), (3, 1): (2, 1), (3, 2): (1, -1), (3, 3): (0, -1),
}  # fmt: skip


def closure(images: Array, limit: int = 2000) -> Array | None:
    """All elements of the group of some rows of images, one in each row; None if there are more than ``limit``."""
    images = np.asarray(images, dtype=np.int64)
    one = np.arange(images.shape[1])
    found = {one.tobytes()}
    rows, layer = [one], [one]
    while layer:
        fresh = []
        for element in layer:
            for g in images:
                product = g[element]
                key = product.tobytes()
                if key not in found:
                    found.add(key)
                    fresh.append(product)
        rows += fresh
        if len(rows) > limit:
            return None
        layer = fresh
    return np.array(rows)


def count_pairs(left: Array, right: Array) -> int:
    """Number of orbits on pairs (i, j), i moved by the rows of ``left`` and j by those of ``right``: union and find."""
    m, n = left.shape[1], right.shape[1]
    parent = list(range(m * n))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    count = m * n
    for a, b in zip(left, right, strict=True):
        for k, image in enumerate((a[:, None] * n + b[None, :]).reshape(-1).tolist()):
            p, q = root(k), root(image)
            if p != q:
                parent[p] = q
                count -= 1
    return count


def commutator_rank(left: Sequence[Array], right: Sequence[Array]) -> int:
    """Dimension of the solutions M of ``left_k M = M right_k`` for all k, by eigenvalues of the equations."""
    m, n = len(left[0]), len(right[0])
    equations = [np.kron(a, np.eye(n)) - np.kron(np.eye(m), b.T) for a, b in zip(left, right, strict=True)]
    values = np.linalg.eigvalsh(sum(e.T @ e for e in equations))
    return int(np.count_nonzero(values < 1e-9))


def average(matrix: Array, left: Array, right: Array) -> Array:
    """The mean of P_h M P_g^T over paired elements, rows of ``left`` and ``right``: the nearest equivariant matrix."""
    return np.mean([matrix[np.ix_(h, g)] for h, g in zip(left, right, strict=True)], axis=0)


def character(frame: Array, elements: Array) -> Array:
    """Traces of all elements on the span of the orthonormal columns of ``frame``."""
    kernel = frame @ frame.T
    return kernel[np.arange(len(frame)), elements].sum(axis=1)


def left_multiplication(coefficients: Sequence[float]) -> Array:
    """Matrix of x -> q x for q = x_0 + x_1 i + … with 1, 2 or 4 coefficients."""
    e = len(coefficients)
    out = np.zeros((e, e))
    for (q, p), (r, sign) in _PRODUCTS.items():
        if q < e and p < e:
            out[r, p] += sign * coefficients[q]
    return out
