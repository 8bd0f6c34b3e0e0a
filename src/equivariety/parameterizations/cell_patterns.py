"""Which real entries of a matrix over R, C or H are the same weight, in the coordinates of an isotypic block."""

from __future__ import annotations

import numpy as np

from equivariety._typing import IntArray
from equivariety.linalg import algebra
from equivariety.representations import MapBlock

__all__ = ["cell_pattern"]


def cell_pattern(block: MapBlock, rows: int, cols: int, first: int) -> tuple[IntArray, IntArray]:
    """Return numbers and signs of the weights of a (rows, cols) matrix over the block's field, as real entries.

    It acts from the left on coordinates (d, e, m): over C a cell is R(z) = [[Re z, -Im z], [Im z, Re z]], over H a 4x4
    cell, and the m copies are carried along.  Both arrays have shape (rows * irrep_dim, cols * irrep_dim); weights are
    numbered from ``first``, cell by cell, and entries that are zero have number -1 and sign 0.

    >>> index, sign = cell_pattern(MapBlock("(4,3)", "C", 2, 1, 1), 1, 1, 0)
    >>> index.tolist(), sign.tolist()
    ([[0, 1], [1, 0]], [[1, -1], [1, 1]])
    """
    part, sign = algebra(block.field).cells
    unit, copies = len(part), block.irrep_dim // len(part)
    number = first + unit * np.arange(rows * cols).reshape(rows, 1, 1, cols, 1, 1)
    # Axes (row, e', m', col, e, m).
    same = np.eye(copies, dtype=bool).reshape(1, 1, copies, 1, 1, copies)
    shape = (rows, unit, copies, cols, unit, copies)
    index = np.broadcast_to(np.where(same, number + part.reshape(1, unit, 1, 1, unit, 1), -1), shape)
    signs = np.broadcast_to(np.where(same, sign.reshape(1, unit, 1, 1, unit, 1), 0), shape)
    size = rows * block.irrep_dim, cols * block.irrep_dim
    return index.reshape(size), signs.reshape(size)
