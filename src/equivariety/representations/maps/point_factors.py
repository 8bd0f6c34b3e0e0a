"""Factors of a block in the coordinates of the points, where they do not depend on the isotypic basis.

A basis that was found numerically may come out differently on another machine: the copies and the irreducible of a
block are then mixed by unitary matrices over its field.  One vector of points for each column of a factor, the one
whose coordinates are that column on the first vector of the irreducible, says the same in every basis.
"""

from __future__ import annotations

import numpy as np

from equivariety._typing import AnyArray
from equivariety.linalg import DivisionAlgebra, algebra
from equivariety.representations.maps.hom import HomSpace
from equivariety.tolerances import certificate_tolerance

__all__ = ["from_points", "to_points"]


def to_points(hom: HomSpace, position: int, left: AnyArray, right: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Return vectors of points (m, r) and (n, r), float64, for the factors of a block.

    >>> import equivariety as ev
    >>> hom = ev.equivariant_maps(ev.groups.cyclic(2)).hom
    >>> u, v = to_points(hom, 1, np.array([[2.0]]), np.array([[1.0]]))
    >>> (np.abs(u) / 2**0.5).round(12).tolist(), np.abs(v * 2**0.5).round(12).tolist()
    ([[1.0], [1.0]], [[1.0], [1.0]])
    """
    over = algebra(hom.blocks[position].field)
    sides = (hom.target, hom.target_index(position), left), (hom.source, hom.source_index(position), right)
    found = []
    for decomposition, place, factor in sides:
        assert place is not None  # a block of positive rank is on both sides
        columns = np.moveaxis(over.to_real(factor.astype(over.dtype(np.float64))), -1, 0)  # (r, d, e)
        part = np.zeros((*columns.shape, hom.blocks[position].irrep_dim // over.dim))
        part[..., 0] = columns
        parts: list[AnyArray | None] = [None] * len(decomposition.blocks)
        parts[place] = part
        found.append(decomposition._assemble(parts, (len(columns),), np.dtype(np.float64)).T)
    return found[0], found[1]


def from_points(
    hom: HomSpace, left: AnyArray, right: AnyArray, position: int | None = None
) -> tuple[int, AnyArray, AnyArray] | None:
    """Return the block and the factors of vectors of points (m, r) and (n, r); inverse of :func:`to_points`.

    The product of the factors is that of the given ones, whatever the basis was.  ``position`` is the answer for
    vectors that are zero.  Returns None if they do not come from one block of the space.
    """
    parts = [
        decomposition._split(np.ascontiguousarray(side.T, dtype=np.float64))
        for decomposition, side in ((hom.target, left), (hom.source, right))
    ]
    energies = [[float(np.vdot(part, part)) for part in side] for side in parts]
    shares = [
        0.0 if i is None or j is None else energies[0][j] + energies[1][i]
        for i, j in ((hom.source_index(k), hom.target_index(k)) for k in range(len(hom.blocks)))
    ]
    total = sum(map(sum, energies))
    if total > 0.0:
        position = int(np.argmax(shares))
    if position is None:
        return None
    i, j, over = hom.source_index(position), hom.target_index(position), algebra(hom.blocks[position].field)
    if i is None or j is None:
        return None
    allowed = certificate_tolerance(np.result_type(left.dtype, right.dtype)) * total**0.5
    # All columns hold one and the same row over the field, the first vector of the irreducible in this basis.
    stack = np.concatenate([_rows(over, parts[0][j]), _rows(over, parts[1][i])])
    direction = over.svd(stack)[2][: over.order]
    gap = over.norm(stack - (stack @ direction.conj().T) @ direction)
    if np.hypot(gap, max(total - shares[position], 0.0) ** 0.5) > allowed:
        return None
    factors = [_columns(over, part, direction) for part in (parts[0][j], parts[1][i])]
    return position, factors[0], factors[1]


def _rows(over: DivisionAlgebra, part: AnyArray) -> AnyArray:
    """The coordinates (r, d, e, m) as an (r d, m) matrix over the field."""
    z = over.from_real(part)
    return z.reshape(-1, z.shape[-1])


def _columns(over: DivisionAlgebra, part: AnyArray, direction: AnyArray) -> AnyArray:
    """The (d, r) matrix whose columns times ``direction`` are the coordinates (r, d, e, m)."""
    z = over.from_real(part) @ direction.conj().T  # (r, order d, order)
    return np.ascontiguousarray(np.moveaxis(z, 0, 1).reshape(z.shape[1], -1))
