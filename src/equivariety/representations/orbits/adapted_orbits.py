"""Orbits with symmetry-adapted bases: one basis for each class of isomorphic orbits, shared irreducibles.

R^n is the sum over orbits, and isomorphic orbits carry the same matrices, so a basis of each class is all there is to
compute.  The coordinates of an orbit run through the batches of irreducibles, in each through its irreducibles, and in
each through (copy, unit of the algebra, remaining coordinate).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray, IntArray
from equivariety.groups.orbits.orbit_classes import OrbitClass
from equivariety.linalg import FIELD_DIM, Field
from equivariety.representations.orbits.irrep_actions import IrrepAction

__all__ = ["AdaptedOrbits", "DenseBasis", "IrrepBatch", "OrbitBasis", "entry"]


class OrbitBasis(ABC):
    """An orthonormal symmetry-adapted basis of the functions on one orbit of l points."""

    @abstractmethod
    def forward(self, y: AnyArray) -> AnyArray:
        """Return the coordinates (..., l) of functions (..., l), floats of one dtype."""

    @abstractmethod
    def inverse(self, z: AnyArray) -> AnyArray:
        """Return the functions (..., l) with coordinates (..., l)."""

    def samples_last(self, x: AnyArray, index: IntArray) -> AnyArray:
        """Return the coordinates (l, N, S) of S samples, rows of ``x``, on N orbits with points ``index`` (N, l)."""
        return self.forward(np.take(x, index, axis=-1)).transpose(2, 1, 0)

    @property
    def fingerprint(self) -> bytes:
        """What tells a numerical basis from others of the same orbit; empty where only one is ever used."""
        return b""


class DenseBasis(OrbitBasis):
    """A basis given by its orthogonal matrix, (l, l), whose columns are the basis vectors.

    >>> DenseBasis(np.array([[0.0, 1.0], [1.0, 0.0]])).forward(np.array([[1.0, 2.0]])).tolist()
    [[2.0, 1.0]]
    """

    def __init__(self, matrix: FloatArray) -> None:
        self.matrix = np.ascontiguousarray(matrix)
        self.matrix.flags.writeable = False

    def forward(self, y: AnyArray) -> AnyArray:
        """Multiply by the transposed matrix."""
        return self._times(y, self.matrix)

    def inverse(self, z: AnyArray) -> AnyArray:
        """Multiply by the matrix."""
        return self._times(z, self.matrix.T)

    def samples_last(self, x: AnyArray, index: IntArray) -> AnyArray:
        """Gather points as rows, so that one product writes coordinate by coordinate."""
        gathered = np.take(x.T, index.T, axis=0).reshape(index.shape[1], index.shape[0] * len(x))
        product = self.matrix.astype(x.dtype, copy=False).T @ gathered
        return np.asarray(product).reshape(*index.T.shape, len(x))

    @cached_property
    def fingerprint(self) -> bytes:
        """A hash of the matrix."""
        return sha256(self.matrix.data).digest()

    @staticmethod
    def _times(values: AnyArray, matrix: FloatArray) -> AnyArray:
        flat = values.reshape(-1, len(matrix)) @ matrix.astype(values.dtype, copy=False)
        return np.asarray(flat.reshape(values.shape))


@dataclass(frozen=True, eq=False)
class IrrepBatch:
    """Irreducibles of one type and dimension that occur equally often in each class of orbits.

    Attributes:
        action: how the generators act on the coordinates (e, m) of each.
        multiplicities: copies in one orbit of each class, shape (T,).
        keys: numbers (count, q) by which irreducibles are ordered that agree in all else; the same for every basis.
    """

    action: IrrepAction
    multiplicities: tuple[int, ...]
    keys: FloatArray

    @property
    def field(self) -> Field:
        """The type, "R", "C" or "H"."""
        return self.action.field

    @property
    def dim(self) -> int:
        """Real dimension delta = e * m."""
        return self.action.dim

    @property
    def count(self) -> int:
        """Number of irreducibles."""
        return self.action.count

    @property
    def unit(self) -> int:
        """Real dimension e of the algebra."""
        return FIELD_DIM[self.field]

    @property
    def tail(self) -> tuple[int, int]:
        """The shape (e, m) of the coordinates of a copy."""
        return self.unit, self.dim // self.unit


@dataclass(frozen=True, eq=False)
class AdaptedOrbits:
    """All orbits of an action with their bases and irreducibles, the first one of which is trivial.

    Attributes:
        classes: the classes of orbits; a basis belongs to the order of points in ``index``.
        bases: one for each class.
        batches: the irreducibles.
        num_orbitals: takes two classes to the number of orbitals between one orbit of each, exact.
    """

    classes: tuple[OrbitClass, ...]
    bases: tuple[OrbitBasis, ...]
    batches: tuple[IrrepBatch, ...]
    num_orbitals: Callable[[int, int], int]
    _spans: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for t in range(len(self.classes)):
            stop = 0
            for b, batch in enumerate(self.batches):
                start, stop = stop, stop + batch.count * batch.multiplicities[t] * batch.dim
                self._spans[t, b] = (start, stop)

    def span(self, t: int, b: int) -> slice:
        """Return the coordinates of batch ``b`` in an orbit of class ``t``."""
        return slice(*self._spans[t, b])

    @property
    def count(self) -> int:
        """Number of irreducibles."""
        return sum(batch.count for batch in self.batches)

    def of_irreps(self, values: Callable[[IrrepBatch], Any]) -> AnyArray:
        """Return per irreducible, in the order of the batches, a number that is the same for a whole batch."""
        return np.repeat([values(batch) for batch in self.batches], [batch.count for batch in self.batches])


def entry(table: IntArray, t: int, u: int) -> int:
    """Return an entry of a table: with ``functools.partial``, counts of orbitals that can be pickled.

    >>> entry(np.array([[1, 2]]), 0, 1)
    2
    """
    return int(table[t, u])
