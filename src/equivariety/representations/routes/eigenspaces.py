"""Eigenspaces of a symmetric element of the commutant on one orbit: almost surely its irreducible subspaces.

The spectrum is spread out evenly by a second pass, since rounding in an eigenspace is inverse to the gap around it:
the element with eigenvalues 1, 2, 3, … on the same spaces is an average over orbitals of what the first pass found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.linalg

from equivariety._typing import FloatArray, IntArray
from equivariety.representations.routes.commutant import Commutant
from equivariety.tolerances import eigenvalue_tolerance

__all__ = ["Eigenspace", "eigenspaces"]

#: With this many points or more for each orbital, projectors one by one cost less than all eigenvectors at once.
_FEW = 32

#: Relative gaps below this are widened.
_SMALL_GAP = 1e-2


@dataclass(frozen=True, eq=False)
class Eigenspace:
    """An irreducible subspace of functions on one orbit.

    Attributes:
        orbit: number of the orbit.
        basis: orthonormal columns, shape (l, delta).
    """

    orbit: int
    basis: FloatArray

    @property
    def dim(self) -> int:
        """Dimension delta."""
        return int(self.basis.shape[1])


def eigenspaces(commutant: Commutant, sample: FloatArray, t: int) -> list[Eigenspace]:
    """Return the eigenspaces of the symmetric part of ``sample`` on orbit ``t``.

    Raises ValueError where the spectrum is not one of a commutant, because of rounding or a bad draw.
    """
    of = slice(commutant.starts[t], commutant.starts[t + 1])
    element = sample[of, of]
    element = 0.5 * (element + element.T)
    labels = commutant.labels[of, of]
    rank = int(commutant.num_orbitals[t, t])
    few = _FEW * rank <= len(element)
    bases = _few_spaces(element, labels, rank) if few else _all_spaces(commutant, element, t)
    return [Eigenspace(t, basis) for basis in bases]


def _clusters(values: FloatArray) -> list[slice]:
    """Ranges of ascending values that are equal up to rounding."""
    breaks = np.flatnonzero(np.diff(values) > eigenvalue_tolerance() * max(np.abs(values).max(), 1e-300)) + 1
    bounds = [0, *breaks.tolist(), len(values)]
    return [slice(a, b) for a, b in pairwise(bounds)]


def _has_small_gap(values: FloatArray, clusters: list[slice]) -> bool:
    starts = np.array([c.start for c in clusters[1:]], dtype=int)
    gaps = values[starts] - values[starts - 1]
    return bool(gaps.min(initial=np.inf) < _SMALL_GAP * np.abs(values).max())


def _all_spaces(commutant: Commutant, element: FloatArray, t: int) -> Iterator[FloatArray]:
    values, vectors = scipy.linalg.eigh(element, check_finite=False)
    clusters = _clusters(values)
    if _has_small_gap(values, clusters):
        sizes = [c.stop - c.start for c in clusters]
        spread = np.repeat(np.arange(len(sizes)) / len(sizes), sizes)
        element = commutant.project((vectors * spread) @ vectors.T, t)
        values, vectors = scipy.linalg.eigh(0.5 * (element + element.T), check_finite=False)
        again = _clusters_near(values, len(sizes))
        if [c.stop - c.start for c in again] != sizes:
            raise ValueError("spreading the spectrum changed the dimensions of eigenspaces")
        clusters = again
    return (vectors[:, c] for c in clusters)


def _clusters_near(values: FloatArray, count: int) -> list[slice]:
    """Ranges of ascending values near 0, 1/count, 2/count, …"""
    bounds = np.searchsorted(values, (np.arange(count + 1) - 0.5) / count).tolist()
    return [slice(a, b) for a, b in pairwise(bounds)]


def _few_spaces(element: FloatArray, labels: IntArray, rank: int) -> Iterator[FloatArray]:
    """Eigenspaces by way of the functions that the stabilizer of the base point fixes, one for each orbital.

    The projector of an eigenspace is constant on orbitals, its value there a product of eigenvectors of a (rank, rank)
    matrix; a pivoted Cholesky factor of a projector is an orthonormal basis of its range.
    """
    length = len(element)
    suborbit = labels[0] - labels[0].min()
    sizes = np.bincount(suborbit, minlength=rank).astype(float)
    _, representative = np.unique(suborbit, return_index=True)
    sums = np.zeros((rank, rank))
    np.add.at(sums.T, suborbit, element[representative].T)
    small = sums * np.sqrt(sizes)[:, None] / np.sqrt(sizes)
    values, vectors = np.linalg.eigh(0.5 * (small + small.T))
    for cluster in _clusters(values):
        functions = vectors[:, cluster] / np.sqrt(sizes)[:, None]
        projector = (functions @ functions[suborbit[0]])[labels - labels[0].min()]
        trace = length * float(projector[0, 0])
        dim = round(trace)
        if dim < 1 or abs(trace - dim) > 1e-6 * length:
            raise ValueError(f"an eigenspace has dimension {trace:.6f}")
        yield _range_of(projector, dim)


def _range_of(projector: FloatArray, dim: int) -> FloatArray:
    factor, pivots, found, _ = scipy.linalg.lapack.dpstrf(np.asfortranarray(projector), lower=1, tol=1e-6)
    if found != dim:
        raise ValueError(f"a projector of rank {found} instead of {dim}")
    basis = np.empty((len(projector), dim))
    basis[pivots - 1] = np.tril(factor)[:, :dim]
    return np.asarray(1.5 * basis - 0.5 * (basis @ (basis.T @ basis)))
