"""From the minors of one block to its real equations: the prime ideal of the block's determinantal variety.

Over C the minors of the complex block and their conjugates, that is real and imaginary parts; over H the minors of size
2r + 1 of the complex adjoint, whose conjugates are minors of the adjoint again, so that half of the parts suffice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import scipy.linalg

from equivariety.linalg import FIELD_DIM, Field, algebra
from equivariety.representations import MapBlock
from equivariety.varieties.equations.cyclotomic import RealCyclotomic
from equivariety.varieties.equations.minors import count_minors, minors

__all__ = ["cells", "minor_shape", "normalized", "num_equations", "real_equations"]


def minor_shape(block: MapBlock, rank: int) -> tuple[int, int, int] | None:
    """Return rows, columns and size of the minors that bound the rank of a block; None where nothing is to bound.

    >>> minor_shape(MapBlock("H4", "H", 4, rows=2, cols=3), 1)
    (4, 6, 3)
    """
    scale = algebra(block.field).order
    return None if rank >= block.max_rank else (scale * block.rows, scale * block.cols, scale * rank + 1)


def num_equations(block: MapBlock, rank: int) -> int:
    """Return the number of independent real equations of a block.

    >>> num_equations(MapBlock("C2", "C", 2, rows=2, cols=2), 1)
    2
    """
    shape = minor_shape(block, rank)
    return 0 if shape is None else count_minors(*shape) * (2 if block.field == "C" else 1)


def real_equations(matrix: Sequence[Sequence[Any]], size: int, field: Field, over: RealCyclotomic) -> list[Any]:
    """Return the minors of a block as real polynomials, a basis of their span.

    ``matrix`` holds polynomials in a SymPy ring, the last variable z of which stands for the root of unity of
    ``over``; the results lie in the ring without z.
    """
    ring = matrix[0][0].ring
    lower = ring.clone(symbols=ring.symbols[:-1], domain=over.domain)
    found: dict[Any, None] = {}
    for minor in minors(matrix, size):
        powers: dict[int, Any] = {}
        for monomial, coefficient in minor.terms():
            part = powers.setdefault(monomial[-1], lower.zero)
            part[monomial[:-1]] = over.domain.convert(coefficient, ring.domain)
        found |= dict.fromkeys(normalized(p) for p in over.parts(powers))
    expected = count_minors(len(matrix), len(matrix[0]), size) * (2 if field == "C" else 1)
    return list(found) if len(found) <= expected else _independent(list(found), expected)


def normalized(polynomial: Any) -> Any:
    """Return a multiple with a positive leading coefficient: primitive over the integers, monic otherwise."""
    if polynomial.ring.domain.is_ZZ:
        primitive = polynomial.primitive()[1]
        return primitive if primitive.LC > 0 else -primitive
    if polynomial.ring.domain.is_Exact:
        return polynomial.monic()
    return polynomial


def _independent(polynomials: list[Any], count: int) -> list[Any]:
    """As many linearly independent ones; their number is known, so that rounding only has to order them."""
    columns: dict[tuple[int, ...], int] = {}
    entries = []
    for row, polynomial in enumerate(polynomials):
        for monomial, coefficient in polynomial.terms():
            column = columns.setdefault(monomial, len(columns))
            entries.append((row, column, float(polynomial.ring.domain.to_sympy(coefficient))))
    table = np.zeros((len(polynomials), len(columns)))
    for row, column, value in entries:
        table[row, column] = value
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    pivots = scipy.linalg.qr(table.T, mode="r", pivoting=True)[1]
    return [polynomials[k] for k in sorted(pivots[:count].tolist())]


def cells(parts: Sequence[Sequence[Sequence[Any]]], field: Field, unit: Any) -> list[list[Any]]:
    """Return the matrix over C whose minors are taken, from real components (e, rows, cols); ``unit`` is i.

    The matrix itself over R and C, the complex adjoint over H.
    """
    rows, cols = len(parts[0]), len(parts[0][0]) if parts[0] else 0
    if FIELD_DIM[field] == 1:
        return [list(row) for row in parts[0]]
    if FIELD_DIM[field] == 2:
        return [[parts[0][i][j] + unit * parts[1][i][j] for j in range(cols)] for i in range(rows)]
    out = []
    for i in range(rows):
        alpha = [(parts[0][i][j], parts[1][i][j]) for j in range(cols)]
        beta = [(parts[2][i][j], parts[3][i][j]) for j in range(cols)]
        out.append(_flat((a + unit * b, c + unit * d) for (a, b), (c, d) in zip(alpha, beta, strict=True)))
        out.append(_flat((unit * d - c, a - unit * b) for (a, b), (c, d) in zip(alpha, beta, strict=True)))
    return out


def _flat(pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
    return [value for pair in pairs for value in pair]
