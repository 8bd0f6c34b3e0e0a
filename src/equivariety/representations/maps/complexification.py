"""The complex equivariant maps: what the real blocks become when scalars are extended to C.

A real irreducible of type R stays irreducible; one of type C splits into two conjugate ones of half the dimension; one
of type H is twice one of half the dimension.  So a real block (b, a) becomes one complex block of that size, two of
that size, or one of size (2b, 2a).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equivariety._typing import AnyArray, ComplexArray
from equivariety.linalg import Field, algebra
from equivariety.representations.blocks import MapBlock, block_label
from equivariety.representations.maps.hom import HomSpace

__all__ = ["ComplexBlock", "complex_blocks", "complex_dense", "complex_matrices"]


@dataclass(frozen=True, slots=True)
class ComplexBlock:
    """One block of the complex equivariant maps: all complex ``(rows, cols)`` matrices.

    Attributes:
        label: name of the complex irreducible; the conjugate of "(l,m)" is "(l,l-m)", that of "C2" is "C2*".
        irrep_dim: complex dimension of the irreducible, the rank that one rank of the block costs.
        rows: multiplicity in the target.
        cols: multiplicity in the source.
        field: type of the real block it comes from.
        real_block: position of that block.

    >>> ComplexBlock("(4,1)", 1, rows=2, cols=3, field="C", real_block=1).max_rank
    2
    """

    label: str
    irrep_dim: int
    rows: int
    cols: int
    field: Field
    real_block: int

    @property
    def max_rank(self) -> int:
        """Largest rank of a matrix in the block."""
        return min(self.rows, self.cols)


def complex_blocks(blocks: Sequence[MapBlock]) -> tuple[ComplexBlock, ...]:
    """Return the complex blocks of real ones, in their order; the two of type C follow each other.

    >>> blocks = [MapBlock("C2", "C", 2, 3, 3), MapBlock("H4", "H", 4, 1, 1)]
    >>> [(b.label, b.irrep_dim, b.rows) for b in complex_blocks(blocks)]
    [('C2', 1, 3), ('C2*', 1, 3), ('H4', 2, 2)]
    """
    out = []
    for i, block in enumerate(blocks):
        if block.field == "C":
            for label in (block.label, _conjugate(block.label)):
                out.append(ComplexBlock(label, block.irrep_dim // 2, block.rows, block.cols, "C", i))
        else:
            scale = 2 if block.field == "H" else 1
            size = scale * block.rows, scale * block.cols
            out.append(ComplexBlock(block.label, block.irrep_dim // scale, *size, block.field, i))
    return tuple(out)


def _conjugate(label: str) -> str:
    character = re.fullmatch(r"\((\d+),(\d+)\)", label)
    if character is None:
        return f"{label}*"
    l, m = map(int, character.groups())
    return block_label((l, l - m))


def complex_matrices(hom: HomSpace, matrix: AnyArray) -> list[ComplexArray]:
    """Return the complex blocks of the projection of a dense real or complex (m, n) matrix on the complex maps.

    The order is that of :func:`complex_blocks`; real matrices have conjugate blocks for type C, and complex adjoints
    for type H.

    >>> import equivariety as ev
    >>> hom = ev.equivariant_maps(ev.groups.cyclic(3)).hom
    >>> [b.round(12).item() for b in complex_matrices(hom, np.eye(3) * 1j)]
    [1j, 1j, 1j]
    """
    parts = [hom.block_matrices(np.ascontiguousarray(part, dtype=np.float64)) for part in (matrix.real, matrix.imag)]
    out = []
    for block, real, imag in zip(hom.blocks, *parts, strict=True):
        out.append(real + 1j * imag)
        if block.field == "C":
            out.append(real.conj() + 1j * imag.conj())
    return out


def complex_dense(hom: HomSpace, matrices: Sequence[AnyArray]) -> ComplexArray:
    """Return the dense complex (m, n) matrix with the given complex blocks; inverse of :func:`complex_matrices`."""
    given = iter(matrices)
    parts: tuple[dict[int, tuple[AnyArray, AnyArray]], ...] = ({}, {})
    for i, block in enumerate(hom.blocks):
        z = next(given)
        mirrored = _mirrored(z) if block.field == "H" else next(given).conj() if block.field == "C" else z.conj()
        # z = x + iy and its mirror image x - iy, where x and y are blocks of real maps.
        for part, value in zip(parts, ((z + mirrored) / 2, (z - mirrored) / 2j), strict=True):
            over = algebra(block.field)
            left = value.real if block.field == "R" else value
            part[i] = np.ascontiguousarray(left), over.identity(block.cols)
    kind = np.dtype(np.float64)
    return hom.dense(parts[0], kind) + 1j * hom.dense(parts[1], kind)


def _mirrored(matrix: AnyArray) -> AnyArray:
    """J conj(X) J^-1 for the symplectic J of the complex adjoint, which leaves the adjoints unchanged."""
    cells = matrix.conj().reshape(matrix.shape[0] // 2, 2, matrix.shape[1] // 2, 2)
    signs = np.array([[1, -1], [-1, 1]])[None, :, None, :]
    return np.asarray((cells[:, ::-1, :, ::-1] * signs).reshape(matrix.shape))
