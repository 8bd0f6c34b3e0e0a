"""Points of the strata of one block: factors of given ranks with a given product."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.linalg import DivisionAlgebra

__all__ = ["SingularFactors", "factors_of_ranks"]

#: U (rows, k), s (k,) and V (cols, k) of a matrix U diag(s) V^* of rank k over a field.
SingularFactors: TypeAlias = tuple[AnyArray, FloatArray, AnyArray]


def factors_of_ranks(
    over: DivisionAlgebra,
    product: SingularFactors,
    inner: int,
    ranks: tuple[int, int],
    scale: float,
    rng: np.random.Generator,
) -> tuple[AnyArray, AnyArray]:
    """Return left (rows, inner) and right (cols, inner) of given ranks with ``left @ right^* = U diag(s) V^*``.

    left = (U sqrt(s), P, 0, 0) and right = (V sqrt(s), 0, Q, 0), P and Q random orthonormal columns times the root of
    ``scale``, orthogonal to U and V.  Every pair of these ranks is such a pair, up to the lengths of P and Q, moved by
    GL: split the inner space into the image under ``right^*`` of the row space of the product, and a complement that
    contains the kernel of ``left``.

    Args:
        over: the field.
        product: singular factors of the product, of its exact rank k.
        inner: inner dimension r.
        ranks: ranks (k + i, k + j) of left and right, with i + j <= r - k.
        scale: a number > 0, the size of the product.
        rng: the source of P and Q.

    >>> from equivariety.linalg import algebra
    >>> one = np.eye(2)[:, :1], np.array([4.0]), np.eye(2)[:, :1]
    >>> left, right = factors_of_ranks(algebra("R"), one, 3, (2, 1), 1.0, np.random.default_rng(0))
    >>> int(np.linalg.matrix_rank(left)), int(np.linalg.matrix_rank(right)), (left @ right.T).tolist()
    (2, 1, [[4.0, 0.0], [0.0, 0.0]])
    """
    u, s, v = product
    i, j = (rank - len(s) for rank in ranks)
    rest = inner - len(s) - i - j
    root, size = np.sqrt(over.spread(s)), np.sqrt(scale)
    rows, cols = (len(side) // over.order for side in (u, v))
    real = s.dtype
    left = u * root, _outside(over, u, i, rng) * size, over.zeros(rows, j + rest, real)
    right = v * root, over.zeros(cols, i, real), _outside(over, v, j, rng) * size, over.zeros(cols, rest, real)
    return np.concatenate(left, axis=1), np.concatenate(right, axis=1)


def _outside(over: DivisionAlgebra, basis: AnyArray, count: int, rng: np.random.Generator) -> AnyArray:
    """Return ``count`` random orthonormal columns orthogonal to orthonormal ones."""
    columns = over.gaussian(rng, len(basis) // over.order, count)
    for _ in range(2):  # once more, since rounding of the first pass is magnified where little is left
        columns = columns - basis @ (basis.conj().T @ columns)
    return over.qr(columns)[0]
