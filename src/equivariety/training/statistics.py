"""What an exact fit needs of the data, whatever form they come in: per block the gain of each rank and its factors.

With S = S_xx, C = S_yx and the ridge term added to S, the k-th rank of a block takes the k-th largest squared singular
value of C S^{-1/2} off the objective, and the optimum of rank r is U_r U_r^* C S^{-1}, U_r the leading left singular
vectors.  For an autoencoder C = S_xx, and everything follows from the eigenvectors of S_xx: they are here, the rest
is in ``regression``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.linalg import DivisionAlgebra, algebra, frobenius_norm
from equivariety.linalg.threads import in_parallel, limited_blas
from equivariety.representations import MapBlock
from equivariety.tolerances import noise_tolerance, tie_tolerance

__all__ = ["SMALL_BLOCK", "BlockStatistics", "MomentStatistics", "SampleStatistics"]

#: Up to this size all eigenvectors are computed with the eigenvalues; beyond, only those that are asked for.
SMALL_BLOCK = 96


class BlockStatistics(ABC):
    """What each rank of each block is worth.

    Attributes:
        energy: weighted sum of squares of the targets, measured on the data before any transform.
    """

    energy: float

    @property
    @abstractmethod
    def noise(self) -> float:
        """Gains up to this times the largest one are rounding."""

    @property
    @abstractmethod
    def tie(self) -> float:
        """Gains that differ by at most this times the largest one are equal up to rounding."""

    @property
    @abstractmethod
    def gains(self) -> tuple[FloatArray, ...]:
        """Per block what its ranks take off the objective, float64, descending, not negative."""

    @property
    @abstractmethod
    def residuals(self) -> FloatArray:
        """Per block what is left of the objective at full rank."""

    @property
    @abstractmethod
    def penalties(self) -> tuple[FloatArray, ...]:
        """Per block and rank the part of the ridge penalty that taking the rank adds; zeros without a ridge."""

    @property
    @abstractmethod
    def block_energies(self) -> FloatArray:
        """Per block the weighted sum of squares of its targets."""

    @abstractmethod
    def input_ranks(self, zero: float) -> tuple[int, ...]:
        """Per block the number of independent directions of its inputs; gains up to ``zero`` are rounding."""

    @abstractmethod
    def factors(self, block: int, rank: int) -> tuple[AnyArray, AnyArray]:
        """The optimum of a block, ``left @ right^*``, with matrices ``left`` (b, rank) and ``right`` (a, rank)."""

    @abstractmethod
    def defect(self, block: int, left: AnyArray, right: AnyArray) -> float:
        """How far ``left @ right^*`` is from critical among the matrices of its rank; compares to ``scale``."""

    @property
    @abstractmethod
    def scale(self) -> float:
        """The size of the quantities behind ``defect``."""


class _Autoencoder(BlockStatistics):
    """From eigenvalues: with a ridge each is shrunk, B = V diag(lambda / (lambda + ridge)) V^*."""

    def __init__(
        self, blocks: Sequence[MapBlock], energy: float, ridges: Sequence[float], dtype: np.dtype[Any]
    ) -> None:
        self._algebras = tuple(algebra(block.field) for block in blocks)
        self.energy = energy
        self._ridges = tuple(ridges)
        self._dtype = dtype

    @property
    def dtype(self) -> np.dtype[Any]:
        """That of the products, or of the coordinates."""
        return self._dtype

    @property
    def tie(self) -> float:
        """The rounding of the products, or of the coordinates."""
        return tie_tolerance(self._dtype)

    @property
    @abstractmethod
    def eigenvalues(self) -> tuple[FloatArray, ...]:
        """Per block those of its second moment, float64, descending, not negative."""

    @abstractmethod
    def leading_vectors(self, block: int, rank: int) -> AnyArray:
        """Orthonormal eigenvectors, a matrix (d, rank) over the block's field, of the largest eigenvalues."""

    @abstractmethod
    def _moment_times(self, block: int, vectors: AnyArray) -> AnyArray:
        """The block's second moment times ``vectors``."""

    @cached_property
    def _shrinkage(self) -> tuple[FloatArray, ...]:
        pairs = zip(self.eigenvalues, self._ridges, strict=True)
        return tuple(w / np.where(w > 0, w + ridge, 1.0) for w, ridge in pairs)

    @cached_property
    def gains(self) -> tuple[FloatArray, ...]:
        """The eigenvalues, shrunk."""
        return tuple(w * s for w, s in zip(self.eigenvalues, self._shrinkage, strict=True))

    @cached_property
    def residuals(self) -> FloatArray:
        """What shrinking costs."""
        parts = zip(self._ridges, self._shrinkage, strict=True)
        return np.array([ridge * float(s.sum()) for ridge, s in parts])

    @cached_property
    def penalties(self) -> tuple[FloatArray, ...]:
        """The squared shrunk singular values of the optimum."""
        return tuple(ridge * s**2 for ridge, s in zip(self._ridges, self._shrinkage, strict=True))

    @cached_property
    def block_energies(self) -> FloatArray:
        """The traces of the moments."""
        return np.array([float(w.sum()) for w in self.eigenvalues])

    def input_ranks(self, zero: float) -> tuple[int, ...]:
        """The numbers of eigenvalues that are not zero."""
        return tuple(int(np.count_nonzero(w > zero)) for w in self.eigenvalues)

    def factors(self, block: int, rank: int) -> tuple[AnyArray, AnyArray]:
        """Eigenvectors, twice, the left ones shrunk."""
        vectors = self.leading_vectors(block, rank)
        if not self._ridges[block]:
            return vectors, vectors
        return vectors * self._algebras[block].spread(self._shrinkage[block][:rank]), vectors

    def defect(self, block: int, left: AnyArray, right: AnyArray) -> float:
        """How far the span of the orthonormal columns of ``right`` is from invariant under the moment."""
        image = self._moment_times(block, right)
        return self._algebras[block].norm(image - right @ (right.conj().T @ image))

    @cached_property
    def scale(self) -> float:
        """The norm of all moments."""
        return frobenius_norm(np.concatenate(self.eigenvalues))


class MomentStatistics(_Autoencoder):
    """From the second moments, one Hermitian (d, d) matrix per block; ``dtype`` is that of the products."""

    def __init__(
        self,
        blocks: Sequence[MapBlock],
        moments: Sequence[AnyArray],
        energy: float,
        ridges: Sequence[float],
        dtype: np.dtype[Any],
    ) -> None:
        super().__init__(blocks, energy, ridges, dtype)
        self._moments = tuple(moments)

    @property
    def noise(self) -> float:
        """The rounding of the products."""
        return noise_tolerance(self._dtype)

    @cached_property
    def _eigh(self) -> tuple[tuple[FloatArray, AnyArray | None], ...]:
        found: list[tuple[FloatArray, AnyArray | None] | None] = [None] * len(self._moments)
        stacks: dict[tuple[DivisionAlgebra, int], list[int]] = {}
        for i, (over, moment) in enumerate(zip(self._algebras, self._moments, strict=True)):
            stacks.setdefault((over, len(moment)), []).append(i)
        for (over, size), members in stacks.items():
            stack = np.stack([self._moments[i] for i in members])
            if size <= SMALL_BLOCK:
                solved = in_parallel(over.eigh, stack)
                values = np.maximum(np.concatenate([w for w, _ in solved])[:, ::-1], 0.0)
                vectors = over.backwards(np.concatenate([v for _, v in solved]))
                for i, w, v in zip(members, values, vectors, strict=True):
                    found[i] = (w, v)
            else:
                values = np.maximum(np.concatenate(in_parallel(over.eigvalsh, stack))[:, ::-1], 0.0)
                for i, w in zip(members, values, strict=True):
                    found[i] = (w, None)
        return tuple(pair for pair in found if pair is not None)

    @cached_property
    def eigenvalues(self) -> tuple[FloatArray, ...]:
        """Those of the moments."""
        return tuple(values for values, _ in self._eigh)

    def leading_vectors(self, block: int, rank: int) -> AnyArray:
        """Orthonormal eigenvectors of the largest eigenvalues."""
        over, vectors = self._algebras[block], self._eigh[block][1]
        if vectors is not None:
            return np.ascontiguousarray(over.columns(vectors, 0, rank))
        moment = self._moments[block]
        with limited_blas(len(moment)):
            return np.ascontiguousarray(over.backwards(over.last_eigenvectors(moment, rank)))

    def _moment_times(self, block: int, vectors: AnyArray) -> AnyArray:
        return np.asarray(self._moments[block] @ vectors)


class SampleStatistics(_Autoencoder):
    """From the samples themselves, for N copies * samples below the multiplicity: no (d, d) matrix.

    ``coordinates[i]`` is the transpose of a (d, N) matrix over the field of block i, whose columns are the samples.
    """

    def __init__(
        self,
        blocks: Sequence[MapBlock],
        coordinates: Sequence[AnyArray],
        energy: float,
        ridges: Sequence[float],
        dtype: np.dtype[Any],
    ) -> None:
        super().__init__(blocks, energy, ridges, dtype)
        self._coordinates = coordinates

    @property
    def noise(self) -> float:
        """The rounding of the coordinates, squared, or that of the products, which are float64."""
        return max(noise_tolerance(np.float64), noise_tolerance(self._dtype) ** 2)

    @cached_property
    def _solved(self) -> tuple[tuple[FloatArray, AnyArray], ...]:
        """Per block the eigenvalues, and eigenvectors of the smaller of Gram matrix (N, N) and moment (d, d)."""
        out = []
        for over, z in zip(self._algebras, self._coordinates, strict=True):
            wide = z.astype(over.dtype(np.float64))
            with limited_blas(min(z.shape)):
                values, vectors = over.eigh(wide.conj() @ wide.T if _is_wide(z) else wide.T @ wide.conj())
            out.append((np.maximum(values[::-1], 0.0), over.backwards(vectors)))
        return tuple(out)

    @cached_property
    def eigenvalues(self) -> tuple[FloatArray, ...]:
        """Those that N samples can have."""
        return tuple(values for values, _ in self._solved)

    def leading_vectors(self, block: int, rank: int) -> AnyArray:
        """Orthonormal eigenvectors; combined samples are orthonormalized against rounding."""
        over, z = self._algebras[block], self._coordinates[block]
        vectors = over.columns(self._solved[block][1], 0, rank)
        return over.qr(z.T @ vectors)[0] if _is_wide(z) else np.ascontiguousarray(vectors)

    def _moment_times(self, block: int, vectors: AnyArray) -> AnyArray:
        z = self._coordinates[block]
        return np.asarray(z.T @ (z.conj() @ vectors))


def _is_wide(z: AnyArray) -> bool:
    samples, multiplicity = z.shape
    return bool(samples < multiplicity)
