"""Tangent and normal spaces of varieties of maps, block by block: no basis is made unless it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid
from equivariety.linalg import FIELD_DIM, DivisionAlgebra, algebra, frobenius_norm, read_only
from equivariety.representations import HomSpace, MapBlock
from equivariety.tolerances import DENSE_ENTRIES_BUDGET, equivariance_tolerance
from equivariety.varieties.points.membership import check_matrix, check_tolerance

__all__ = ["LinearSubspace", "tangent_space"]


@dataclass(frozen=True, eq=False)
class _Part:
    """One block of a linear subspace.

    With orthonormal columns U (b, k) and V (a, k): all matrices U A + B V^*, or those orthogonal to these,
    ``(1 - U U^*) C (1 - V V^*)``.  Without columns these are {0} and all matrices.
    """

    block: MapBlock
    left: AnyArray
    right: AnyArray
    is_normal: bool

    @property
    def over(self) -> DivisionAlgebra:
        return algebra(self.block.field)

    @property
    def dim(self) -> int:
        k = self.over.rank_of(self.left)
        normal = (self.block.rows - k) * (self.block.cols - k)
        cells = normal if self.is_normal else self.block.rows * self.block.cols - normal
        return FIELD_DIM[self.block.field] * cells

    def project(self, matrix: AnyArray) -> AnyArray:
        left, right = (side.astype(matrix.dtype) for side in (self.left, self.right))
        rest = matrix - left @ (left.conj().T @ matrix)
        rest -= (rest @ right) @ right.conj().T
        return np.asarray(rest if self.is_normal else matrix - rest)

    def complement(self) -> _Part:
        return _Part(self.block, self.left, self.right, not self.is_normal)

    def basis(self) -> Iterator[AnyArray]:
        """Orthonormal in the norm of the original entries, in which a block counts once for each copy."""
        k, e = self.over.rank_of(self.left), FIELD_DIM[self.block.field]
        rows, cols = self.block.rows, self.block.cols
        left, right = _completed(self.over, self.left, rows), _completed(self.over, self.right, cols)
        for p in range(rows):
            for q in range(cols):
                if (p >= k and q >= k) == self.is_normal:
                    for unit in range(e):
                        cell = np.zeros((1, e, 1))
                        cell[0, unit, 0] = 1 / np.sqrt(self.block.irrep_dim)
                        one = self.over.columns(left, p, p + 1) @ self.over.from_real(cell)
                        yield one @ self.over.columns(right, q, q + 1).conj().T


def _completed(over: DivisionAlgebra, columns: AnyArray, size: int) -> AnyArray:
    """An orthonormal basis whose first vectors span the same space as the orthonormal ``columns``."""
    return over.qr(np.concatenate([columns, over.identity(size)], axis=1))[0]


class LinearSubspace:
    """A linear subspace of the (m, n) matrices with the Frobenius inner product, such as a tangent space.

    It is kept block by block; ``basis``, ``len`` and ``numpy.asarray`` give an orthonormal basis, which is made when
    first asked for.

    >>> import equivariety as ev
    >>> C = ev.linear_maps(3, 3, rank=1).component([1])
    >>> T = C.tangent_space(np.diag([2.0, 0.0, 0.0]))
    >>> T.dim, T.shape, T.project(np.ones((3, 3))).round(12).tolist()
    (5, (3, 3), [[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    >>> T.contains(np.eye(3)), T.complement.dim, np.asarray(T).shape
    (False, 4, (5, 3, 3))
    """

    def __init__(self, hom: HomSpace, parts: Sequence[_Part], *, outside: bool) -> None:
        self._hom, self._parts, self._outside = hom, tuple(parts), outside

    def __repr__(self) -> str:
        return f"LinearSubspace(dim={self.dim}, shape={self.shape})"

    def __len__(self) -> int:
        return self.dim

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers (m, n) of rows and columns of the matrices."""
        return self._hom.shape

    @property
    def dim(self) -> int:
        """Its real dimension."""
        m, n = self.shape
        return sum(part.dim for part in self._parts) + self._outside * (m * n - self._hom.dim)

    @property
    def complement(self) -> LinearSubspace:
        """The orthogonal complement in all (m, n) matrices."""
        return LinearSubspace(self._hom, [part.complement() for part in self._parts], outside=not self._outside)

    def project(self, matrix: object) -> AnyArray:
        """Return the orthogonal projection of a dense (m, n) matrix; float32 stays float32.

        Costs one transform to the blocks and back.  Raises ValueError or TypeError for other matrices.
        """
        dense = check_matrix("matrix", matrix, self.shape)
        if self._outside:
            return np.asarray(dense - self.complement._within_blocks(dense))
        return self._within_blocks(dense)

    def _within_blocks(self, dense: AnyArray) -> AnyArray:
        blocks = self._hom.block_matrices(dense)
        return self._dense({i: part.project(b) for i, (part, b) in enumerate(zip(self._parts, blocks, strict=True))})

    def _dense(self, blocks: dict[int, AnyArray]) -> AnyArray:
        real = next(iter(blocks.values())).real.dtype if blocks else np.dtype(np.float64)
        sides = {i: (b, np.eye(b.shape[1], dtype=b.dtype)) for i, b in blocks.items()}
        return self._hom.dense(sides, real)

    def contains(self, matrix: object, tolerance: float | None = None) -> bool:
        """Whether a dense (m, n) matrix lies in it, up to ``tolerance`` times its norm.

        The default is the tolerance for equivariance.  Raises as :meth:`project` does, and ValueError for a tolerance
        that is not from 0 to 1.
        """
        check_tolerance(tolerance)
        dense = check_matrix("matrix", matrix, self.shape)
        allowed = equivariance_tolerance(dense.dtype) if tolerance is None else tolerance
        return frobenius_norm(dense - self.project(dense)) <= allowed * frobenius_norm(dense)

    @cached_property
    def basis(self) -> FloatArray:
        """An orthonormal basis, shape (dim, m, n), float64, read-only.

        Raises ValueError beyond ``tolerances.DENSE_ENTRIES_BUDGET`` entries.
        """
        m, n = self.shape
        if self.dim * m * n > DENSE_ENTRIES_BUDGET:
            required = f"with a basis of at most {DENSE_ENTRIES_BUDGET:,} entries"
            raise invalid("subspace", required, f"{self.dim:,} matrices of shape {self.shape}", "use project(matrix)")
        out = np.zeros((self.dim, m, n))
        count = 0
        for i, part in enumerate(self._parts):
            for matrix in part.basis():
                out[count] = self._dense({i: matrix})
                count += 1
        if self._outside:
            _fill_outside(out[count:], self._hom)
        return read_only(out)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> AnyArray:
        found = np.asarray(self.basis, dtype=dtype)
        return found.copy() if copy else found


def _fill_outside(out: FloatArray, hom: HomSpace) -> None:
    """Write an orthonormal basis of the matrices orthogonal to all equivariant maps.

    These are constant up to signs on each orbital, so the others are, orbital by orbital, the columns after the first
    of the reflection that takes the first unit vector to the constant one.
    """
    basis = hom.basis()
    labels = basis.labels.reshape(-1)
    signs = np.ones(labels.size) if basis.signs is None else basis.signs.reshape(-1).astype(np.float64)
    flat, count = out.reshape(len(out), labels.size), 0
    for entry in np.flatnonzero(labels < 0):  # zero in all equivariant maps
        flat[count, entry] = 1.0
        count += 1
    order = np.argsort(labels, kind="stable")[np.count_nonzero(labels < 0) :]
    for entries in np.split(order, np.cumsum(basis.sizes)[:-1]):
        size = len(entries)
        if size > 1:
            constant = signs[entries] / np.sqrt(size)
            mirror = constant.copy()
            mirror[0] += np.copysign(1.0, constant[0])
            mirror /= np.linalg.norm(mirror)
            rows = np.eye(size)[1:] - 2.0 * np.outer(mirror[1:], mirror)
            flat[count : count + size - 1, entries] = rows
            count += size - 1


def tangent_space(hom: HomSpace, matrix: AnyArray, ranks: Sequence[int], spare: Sequence[bool]) -> LinearSubspace:
    """Return the sum over blocks of all matrices where there is ``spare`` rank or full rank, else of a tangent space.

    That is the tangent space, at the block of ``matrix``, of the matrices of its rank ``ranks[block]``: with its
    leading singular vectors U and V all matrices U A + B V^*.
    """
    parts = []
    for block, b, k, has_spare in zip(hom.blocks, hom.block_matrices(matrix), ranks, spare, strict=True):
        is_whole = has_spare or k == block.max_rank
        over, kept = algebra(block.field), 0 if is_whole else k
        left, right = over.zeros(block.rows, 0), over.zeros(block.cols, 0)
        if kept:
            u, _, vh = over.svd(b)
            left, right = over.columns(u, 0, kept), over.columns(vh.conj().T, 0, kept)
        parts.append(_Part(block, left, right, is_whole))
    return LinearSubspace(hom, parts, outside=False)
