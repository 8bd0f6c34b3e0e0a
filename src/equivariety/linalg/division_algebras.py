"""The division algebras R, C and H: the coefficients of isotypic blocks, and their matrices as NumPy arrays.

A (b, a) matrix over R or C is a NumPy array of that shape.  Over H it is its complex adjoint, a complex (2b, 2a)
array: the entry q = alpha + beta j is the cell ``[[alpha, beta], [-conj(beta), conj(alpha)]]``.  Products, sums and
conjugate transposes are then those of NumPy for all three, and ``order`` tells how many rows of the array make one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Final, Literal, TypeAlias

import numpy as np
import scipy.linalg

from equivariety._typing import AnyArray, FloatArray, IntArray, read_only
from equivariety.linalg import quaternionic
from equivariety.linalg.truncated_svd import frobenius_norm, singular_triples

__all__ = ["FIELD_DIM", "DivisionAlgebra", "Field", "algebra"]

Field: TypeAlias = Literal["R", "C", "H"]


class DivisionAlgebra(ABC):
    """One of R, C and H with the linear algebra over it.

    Attributes:
        name: "R", "C" or "H".
        dim: real dimension e.
        order: rows of the NumPy array per row over the algebra: 1, 1, 2.
        cells: left multiplication by x_0 + x_1 i + x_2 j + x_3 k in real coordinates: integer arrays (e, e) of parts
            and signs, entry (e', e) of the matrix being ``sign * x[part]``; read-only.

    >>> H = algebra("H")
    >>> H.dim, H.order, H.zeros(2, 3).shape
    (4, 2, (4, 6))
    """

    name: ClassVar[Field]
    dim: ClassVar[int]
    order: ClassVar[int] = 1
    cells: tuple[IntArray, IntArray]

    def __repr__(self) -> str:
        return f"algebra({self.name!r})"

    @abstractmethod
    def dtype(self, real: np.dtype[Any] | type) -> np.dtype[Any]:
        """Return the dtype of arrays whose real components have the dtype ``real``."""

    @abstractmethod
    def from_real(self, part: AnyArray) -> AnyArray:
        """Return the array (..., order * d, order * m) of real coordinates ``part`` of shape (..., d, e, m)."""

    @abstractmethod
    def to_real(self, values: AnyArray) -> AnyArray:
        """Return the real coordinates (..., d, e, m) of an array (..., order * d, order * m)."""

    @abstractmethod
    def gram(self, gram: AnyArray) -> AnyArray:
        """Return ``sum y x^*`` over the algebra, (..., order * b, order * a), from the same sum of real columns.

        ``gram`` has shape (..., e * b, e * a): rows are the real components of y, one component after the other,
        columns those of x.
        """

    @abstractmethod
    def project_cells(self, cells: AnyArray) -> AnyArray:
        """Return the matrix (order * b, order * a) whose left multiplications are nearest to ``cells``.

        ``cells`` has shape (b, e, a, e): real matrices, one for each entry.
        """

    def zeros(self, rows: int, cols: int, real: np.dtype[Any] | type = np.float64) -> AnyArray:
        """Return the zero matrix."""
        return np.zeros((self.order * rows, self.order * cols), self.dtype(real))

    def identity(self, size: int, real: np.dtype[Any] | type = np.float64) -> AnyArray:
        """Return the unit matrix."""
        return np.eye(self.order * size, dtype=self.dtype(real))

    def gaussian(self, rng: np.random.Generator, rows: int, cols: int) -> AnyArray:
        """Return a matrix whose real components are independent standard normal."""
        return self.from_real(rng.standard_normal((rows, self.dim, cols)))

    def spread(self, values: AnyArray) -> AnyArray:
        """Return real ``values`` (..., k), one per column over the algebra, as factors of the columns of an array."""
        return values if self.order == 1 else np.repeat(values, self.order, axis=-1)

    def columns(self, array: AnyArray, start: int, stop: int) -> AnyArray:
        """Return the columns start..stop-1 over the algebra."""
        return array[..., self.order * start : self.order * stop]

    def backwards(self, array: AnyArray) -> AnyArray:
        """Return the columns over the algebra in reverse order."""
        if self.order == 1:
            return array[..., ::-1]
        cells = array.reshape(*array.shape[:-1], self.rank_of(array), self.order)
        return cells[..., ::-1, :].reshape(array.shape)

    def rank_of(self, array: AnyArray) -> int:
        """Return the number of columns over the algebra."""
        return int(array.shape[-1]) // self.order

    def leading(self, array: AnyArray) -> AnyArray:
        """Return the first column of each cell (..., order * b, a), a view: it determines the matrix."""
        return array[..., :: self.order]

    def completed(self, leading: AnyArray) -> AnyArray:
        """Return the matrix with the given first columns of cells; inverse of :meth:`leading`."""
        return leading

    def scaled(self, array: AnyArray, units: AnyArray) -> AnyArray:
        """Return ``array`` with each column times its entry of the (1, k) matrix ``units``, from the right."""
        return np.asarray(array * units)

    def moduli(self, array: AnyArray) -> FloatArray:
        """Return the moduli (..., b, a) of the entries over the algebra."""
        return np.abs(array)

    def column_energies(self, array: AnyArray) -> FloatArray:
        """Return the squared norms (..., a) of the columns over the algebra."""
        return np.asarray((np.abs(self.leading(array)) ** 2).sum(axis=-2))

    def squared_norm(self, array: AnyArray) -> float:
        """Return the sum of the squared moduli of the entries over the algebra."""
        return float(np.vdot(array, array).real) / self.order

    def norm(self, array: AnyArray) -> float:
        """Return the root of :meth:`squared_norm`, without overflow or underflow on the way."""
        return frobenius_norm(array) / float(np.sqrt(self.order))

    def trace(self, hermitian: AnyArray) -> float:
        """Return the sum over the algebra of the real diagonal."""
        return float(np.trace(hermitian).real) / self.order

    def svd(self, matrix: AnyArray) -> tuple[AnyArray, FloatArray, AnyArray]:
        """Return the thin SVD ``(U, s, Vh)`` with one singular value for each rank over the algebra, descending.

        Stacks of matrices give stacks.
        """
        if matrix.ndim == 2:
            return singular_triples(matrix)
        u, s, vh = np.linalg.svd(matrix, full_matrices=False)
        return u, s, vh

    def eigh(self, hermitian: AnyArray) -> tuple[FloatArray, AnyArray]:
        """Return eigenvalues (..., d), ascending, one for each rank, and orthonormal eigenvectors."""
        values, vectors = np.linalg.eigh(hermitian)
        return values, vectors

    def eigvalsh(self, hermitian: AnyArray) -> FloatArray:
        """Return the eigenvalues alone."""
        return np.asarray(np.linalg.eigvalsh(hermitian)[..., :: self.order])

    def last_eigenvectors(self, hermitian: AnyArray, count: int) -> AnyArray:
        """Return orthonormal eigenvectors of the ``count`` largest eigenvalues, in ascending order."""
        size = len(hermitian)
        _, some = scipy.linalg.eigh(hermitian, subset_by_index=(size - count, size - 1), check_finite=False)
        return np.asarray(some)

    def qr(self, matrix: AnyArray) -> tuple[AnyArray, AnyArray]:
        """Return the thin ``(Q, R)`` with orthonormal columns of Q, both matrices over the algebra."""
        q, r = np.linalg.qr(matrix)
        return q, r

    def compressed(self, matrix: AnyArray) -> AnyArray:
        """Return a matrix with the same ``M M^*`` and at most as many columns as rows, without squaring M."""
        return np.asarray(np.linalg.qr(matrix.conj().T, mode="r")).conj().T


class _Reals(DivisionAlgebra):
    name = "R"
    dim = 1
    cells = read_only(np.array([[0]])), read_only(np.array([[1]]))

    def dtype(self, real: np.dtype[Any] | type) -> np.dtype[Any]:
        return np.dtype(real)

    def from_real(self, part: AnyArray) -> AnyArray:
        return part[..., 0, :]

    def to_real(self, values: AnyArray) -> AnyArray:
        return values[..., None, :]

    def gram(self, gram: AnyArray) -> AnyArray:
        return gram

    def project_cells(self, cells: AnyArray) -> AnyArray:
        return cells[:, 0, :, 0]


class _Complexes(DivisionAlgebra):
    name = "C"
    dim = 2
    cells = read_only(np.array([[0, 1], [1, 0]])), read_only(np.array([[1, -1], [1, 1]]))

    def dtype(self, real: np.dtype[Any] | type) -> np.dtype[Any]:
        return np.result_type(real, np.complex64)

    def from_real(self, part: AnyArray) -> AnyArray:
        out = np.empty((*part.shape[:-2], part.shape[-1]), self.dtype(part.dtype))
        out.real = part[..., 0, :]
        out.imag = part[..., 1, :]
        return out

    def to_real(self, values: AnyArray) -> AnyArray:
        return np.stack([values.real, values.imag], axis=-2)

    def gram(self, gram: AnyArray) -> AnyArray:
        b, a = gram.shape[-2] // 2, gram.shape[-1] // 2
        real = gram[..., :b, :a] + gram[..., b:, a:]
        imag = gram[..., b:, :a] - gram[..., :b, a:]
        return np.asarray(real + 1j * imag)

    def project_cells(self, cells: AnyArray) -> AnyArray:
        out = np.empty((cells.shape[0], cells.shape[2]), self.dtype(cells.dtype))
        out.real = 0.5 * (cells[:, 0, :, 0] + cells[:, 1, :, 1])
        out.imag = 0.5 * (cells[:, 1, :, 0] - cells[:, 0, :, 1])
        return out


class _Quaternions(DivisionAlgebra):
    name = "H"
    dim = 4
    order = 2
    cells = (
        read_only(np.array([[0, 1, 2, 3], [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0]])),
        read_only(np.array([[1, -1, -1, -1], [1, 1, -1, 1], [1, 1, 1, -1], [1, -1, 1, 1]])),
    )

    def dtype(self, real: np.dtype[Any] | type) -> np.dtype[Any]:
        return np.result_type(real, np.complex64)

    def from_real(self, part: AnyArray) -> AnyArray:
        *leading, d, _, m = part.shape
        out = np.empty((*leading, 2 * d, 2 * m), self.dtype(part.dtype))
        cells = out.reshape(*leading, d, 2, m, 2)
        for col in range(2):
            cells[..., 0, :, col].real = part[..., 2 * col, :]
            cells[..., 0, :, col].imag = part[..., 2 * col + 1, :]
        cells[..., 1, :, 0] = -cells[..., 0, :, 1].conj()
        cells[..., 1, :, 1] = cells[..., 0, :, 0].conj()
        return out

    def to_real(self, values: AnyArray) -> AnyArray:
        alpha, beta = values[..., 0::2, 0::2], values[..., 0::2, 1::2]
        return np.stack([alpha.real, alpha.imag, beta.real, beta.imag], axis=-2)

    def gram(self, gram: AnyArray) -> AnyArray:
        b, a = gram.shape[-2] // 4, gram.shape[-1] // 4
        given = gram.reshape(*gram.shape[:-2], 4, b, 4, a)
        parts = np.zeros((*gram.shape[:-2], b, 4, a), gram.dtype)
        # The units being u_0..u_3, left multiplication by u_r takes u_q to s u_p iff u_p conj(u_q) = s u_r.
        for (p, q), r in np.ndenumerate(self.cells[0]):
            parts[..., r, :] += self.cells[1][p, q] * given[..., p, :, q, :]
        return self.from_real(parts)

    def project_cells(self, cells: AnyArray) -> AnyArray:
        b, _, a, _ = cells.shape
        parts = np.zeros((b, 4, a), cells.dtype)
        for (p, q), r in np.ndenumerate(self.cells[0]):
            parts[:, r, :] += 0.25 * self.cells[1][p, q] * cells[:, p, :, q]
        return self.from_real(parts)

    def completed(self, leading: AnyArray) -> AnyArray:
        return quaternionic.in_cells(leading)

    def scaled(self, array: AnyArray, units: AnyArray) -> AnyArray:
        count = self.rank_of(array)
        cells = array.reshape(len(array), count, 2)
        return np.asarray(np.einsum("rkc,ckd->rkd", cells, units.reshape(2, count, 2)).reshape(array.shape))

    def moduli(self, array: AnyArray) -> FloatArray:
        return np.hypot(np.abs(array[..., 0::2, 0::2]), np.abs(array[..., 0::2, 1::2]))

    def svd(self, matrix: AnyArray) -> tuple[AnyArray, FloatArray, AnyArray]:
        if matrix.ndim == 2:
            return quaternionic.svd(matrix)
        leading = matrix.shape[:-2]
        found = [quaternionic.svd(one) for one in matrix.reshape(-1, *matrix.shape[-2:])]
        u, s, vh = (np.stack(column) for column in zip(*found, strict=True))
        return tuple(x.reshape(*leading, *x.shape[1:]) for x in (u, s, vh))  # type: ignore[return-value]

    def eigh(self, hermitian: AnyArray) -> tuple[FloatArray, AnyArray]:
        return quaternionic.eigh(hermitian)

    def last_eigenvectors(self, hermitian: AnyArray, count: int) -> AnyArray:
        # All of them: a part of LAPACK's may cut through a pair of equal eigenvalues of the adjoint.
        return quaternionic.eigh(hermitian)[1][:, len(hermitian) - 2 * count :]

    def qr(self, matrix: AnyArray) -> tuple[AnyArray, AnyArray]:
        return quaternionic.qr(matrix)

    def compressed(self, matrix: AnyArray) -> AnyArray:
        return quaternionic.qr(matrix.conj().T)[1].conj().T


_ALGEBRAS: Final[dict[str, DivisionAlgebra]] = {a.name: a for a in (_Reals(), _Complexes(), _Quaternions())}

#: Real dimension of each algebra.
FIELD_DIM: Final[dict[str, int]] = {name: a.dim for name, a in _ALGEBRAS.items()}


def algebra(field: Field) -> DivisionAlgebra:
    """Return the algebra of that name.

    >>> algebra("C").from_real(np.array([[[3.0], [4.0]]]))
    array([[3.+4.j]])
    """
    return _ALGEBRAS[field]
