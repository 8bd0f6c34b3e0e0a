"""What an exact autoencoder fit needs of the data: per block the eigenvalues and leading eigenvectors of its
second moment S = sum z z^*, z the block's coordinates over its field, one column per sample and copy.

Two forms: the moments themselves, or the samples where they are fewer than the multiplicity.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import scipy.linalg

from equivariety._typing import AnyArray, FloatArray
from equivariety.linalg import frobenius_norm
from equivariety.linalg.threads import in_parallel, limited_blas

__all__ = ["BlockStatistics", "MomentStatistics", "SampleStatistics"]

#: Up to this size all eigenvectors are computed with the eigenvalues; beyond, only those that are asked for.
_SMALL_BLOCK = 96


class BlockStatistics(ABC):
    """Spectra of the blocks of a sample.

    Attributes:
        n_samples: number of samples.
        energy: ``|X|_F^2``, measured on the data before any transform.
        route: how the statistics were obtained: "moment matrix", "block moments" or "samples".
    """

    n_samples: int
    energy: float
    route: str

    @cached_property
    @abstractmethod
    def spectra(self) -> tuple[FloatArray, ...]:
        """Per block its eigenvalues, float64, descending, not negative."""

    @abstractmethod
    def leading_vectors(self, block: int, rank: int) -> AnyArray:
        """Orthonormal eigenvectors (d, rank) of the largest eigenvalues of a block, over its field."""

    @abstractmethod
    def defect(self, block: int, vectors: AnyArray) -> float:
        """``|(I - V V^*) S V|_F``: how far the span of the columns of V is from invariant under S."""


class MomentStatistics(BlockStatistics):
    """Statistics from the second moments, one Hermitian (d, d) matrix over R or C per block."""

    def __init__(self, moments: Sequence[AnyArray], n_samples: int, energy: float, route: str) -> None:
        self.n_samples, self.energy, self.route = n_samples, energy, route
        self._moments = tuple(moments)

    @cached_property
    def _eigh(self) -> tuple[tuple[FloatArray, AnyArray | None], ...]:
        found: list[tuple[FloatArray, AnyArray | None] | None] = [None] * len(self._moments)
        stacks: dict[tuple[int, str], list[int]] = {}
        for i, moment in enumerate(self._moments):
            stacks.setdefault((len(moment), moment.dtype.kind), []).append(i)
        for (size, _), members in stacks.items():
            stack = np.stack([self._moments[i] for i in members])
            if size <= _SMALL_BLOCK:
                solved = in_parallel(np.linalg.eigh, stack)
                values = np.maximum(np.concatenate([w for w, _ in solved])[:, ::-1], 0.0)
                vectors = np.concatenate([v for _, v in solved])[:, :, ::-1]
                for i, w, v in zip(members, values, vectors, strict=True):
                    found[i] = (w, v)
            else:
                values = np.maximum(np.concatenate(in_parallel(np.linalg.eigvalsh, stack))[:, ::-1], 0.0)
                for i, w in zip(members, values, strict=True):
                    found[i] = (w, None)
        return tuple(pair for pair in found if pair is not None)

    @cached_property
    def spectra(self) -> tuple[FloatArray, ...]:
        """Per block its eigenvalues, descending."""
        return tuple(values for values, _ in self._eigh)

    def leading_vectors(self, block: int, rank: int) -> AnyArray:
        """Orthonormal eigenvectors of the largest eigenvalues."""
        vectors = self._eigh[block][1]
        if vectors is not None:
            return np.ascontiguousarray(vectors[:, :rank])
        moment = self._moments[block]
        size = len(moment)
        with limited_blas(size):
            _, some = scipy.linalg.eigh(moment, subset_by_index=(size - rank, size - 1), check_finite=False)
        return np.ascontiguousarray(some[:, ::-1])

    def defect(self, block: int, vectors: AnyArray) -> float:
        """How far the span of ``vectors`` is from invariant under the block's moment."""
        image = self._moments[block] @ vectors
        return frobenius_norm(image - vectors @ (vectors.conj().T @ image))


class SampleStatistics(BlockStatistics):
    """Statistics from the samples themselves, for N copies * samples below the multiplicity: no (d, d) matrix.

    ``coordinates[i]`` holds the samples of block i as rows (N, d) over its field.
    """

    def __init__(self, coordinates: Sequence[AnyArray], n_samples: int, energy: float) -> None:
        self.n_samples, self.energy, self.route = n_samples, energy, "samples"
        self._coordinates = coordinates

    @cached_property
    def _gram(self) -> tuple[tuple[FloatArray, AnyArray], ...]:
        out = []
        for z in self._coordinates:
            wide = z.astype(np.complex128 if np.iscomplexobj(z) else np.float64)
            with limited_blas(len(z)):
                values, vectors = np.linalg.eigh(wide.conj() @ wide.T)
            kept = min(z.shape)  # more samples than coordinates have no more eigenvalues than these
            values = np.maximum(values[::-1], 0.0)[:kept]
            out.append((values, vectors[:, ::-1][:, :kept]))
        return tuple(out)

    @cached_property
    def spectra(self) -> tuple[FloatArray, ...]:
        """Per block the eigenvalues that N samples can have, descending."""
        return tuple(values for values, _ in self._gram)

    def leading_vectors(self, block: int, rank: int) -> AnyArray:
        """Orthonormal eigenvectors: the samples combined, then orthonormalized against rounding."""
        z = self._coordinates[block]
        combined = z.T @ self._gram[block][1][:, :rank]
        return np.asarray(np.linalg.qr(combined)[0])

    def defect(self, block: int, vectors: AnyArray) -> float:
        """How far the span of ``vectors`` is from invariant under the block's moment."""
        z = self._coordinates[block]
        image = z.T @ (z.conj() @ vectors)
        return frobenius_norm(image - vectors @ (vectors.conj().T @ image))
