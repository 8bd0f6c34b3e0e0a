"""Equivariant maps by weight sharing: one free weight for each orbital, an orbit of the group on pairs of points.

M P_sigma = P_tau M for all pairs of generators says M[tau(i), sigma(j)] = M[i, j]: entries are equal along the orbits
of the group on [m] x [n], so the indicators of these orbits are an orthogonal basis.  Labels are exact: they are found
on one orbit of points of each class and then copied, without any Fourier theory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from equivariety._typing import FloatArray, IntArray
from equivariety.errors import as_nonnegative_int, invalid
from equivariety.groups import Permutation
from equivariety.groups.orbits.pair_labels import orbital_labels
from equivariety.groups.signed import AnyPermutation, signed_points
from equivariety.linalg import as_float_array, read_only

__all__ = ["OrbitalBasis", "orbital_basis"]


class OrbitalBasis:
    """The basis of a Hom space by orbital indicators: the form of a weight-sharing layer.

    Args:
        labels: number of the orbital of each pair (output, input), shape (m, n), counted from 0; -1 for entries that
            are zero in all maps, which only signed actions have.  Made read-only.
        signs: 1 or -1 where a map holds plus or minus the weight, shape (m, n); None where all are 1.

    >>> import equivariety as ev
    >>> basis = ev.equivariant_maps(ev.PermutationGroup.from_cycles("(1 2 3)", "(1 2)", degree=3)).hom.basis()
    >>> basis.labels.tolist(), basis.size
    ([[0, 1, 1], [1, 0, 1], [1, 1, 0]], 2)
    >>> basis.combine([5.0, 7.0]).tolist()
    [[5.0, 7.0, 7.0], [7.0, 5.0, 7.0], [7.0, 7.0, 5.0]]
    """

    def __init__(self, labels: IntArray, signs: IntArray | None = None) -> None:
        self._labels = read_only(labels)
        self._signs = None if signs is None else read_only(signs)
        used = labels if signs is None else labels[labels >= 0]
        self._sizes = read_only(np.bincount(used.reshape(-1)))

    def __repr__(self) -> str:
        return f"OrbitalBasis(shape={self.shape}, size={self.size})"

    @property
    def labels(self) -> IntArray:
        """Number of the orbital of each entry, shape (m, n), read-only; -1 where all maps are zero."""
        return self._labels

    @property
    def signs(self) -> IntArray | None:
        """Sign of the weight in each entry, shape (m, n), read-only; None where all are 1."""
        return self._signs

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers (m, n) of outputs and inputs."""
        return int(self._labels.shape[0]), int(self._labels.shape[1])

    @property
    def size(self) -> int:
        """Number of orbitals, the dimension of the Hom space."""
        return len(self._sizes)

    @property
    def sizes(self) -> IntArray:
        """Number of entries of each orbital, the squared norm of its indicator; shape (size,), read-only."""
        return self._sizes

    def indicator(self, k: int) -> Any:
        """Return the indicator of orbital k, with signs, a SciPy ``csr_array`` (m, n) of float64.

        Raises ValueError unless 0 <= k < size.

        >>> import equivariety as ev
        >>> ev.equivariant_maps(ev.groups.cyclic(3)).hom.basis().indicator(1).toarray().tolist()
        [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
        """
        from scipy.sparse import csr_array

        number = as_nonnegative_int("k", k)
        if number >= self.size:
            raise invalid("k", f"an orbital from 0 to {self.size - 1}", number, "see size")
        rows, cols = np.nonzero(self._labels == number)
        values = np.ones(len(rows)) if self._signs is None else self._signs[rows, cols].astype(float)
        return csr_array((values, (rows, cols)), shape=self.shape)

    def combine(self, weights: object) -> FloatArray:
        """Return the map with the given weights, one for each orbital: (size,) gives (m, n), (..., size) a stack.

        Raises ValueError or TypeError for weights that are not real, finite and of that shape.
        """
        values = as_float_array("weights", weights)
        if values.ndim == 0 or values.shape[-1] != self.size:
            required = f"of shape (..., {self.size})"
            raise invalid("weights", required, f"shape {values.shape}", "give one weight for each orbital")
        if self._signs is None:
            return np.asarray(values[..., self._labels])
        padded = np.concatenate([values, np.zeros((*values.shape[:-1], 1), values.dtype)], axis=-1)  # label -1 is the 0
        return np.asarray(padded[..., self._labels] * self._signs.astype(values.dtype))

    def coefficients(self, matrix: object) -> FloatArray:
        """Return the averages of a dense (m, n) matrix over the orbitals, shape (size,): the weights of ``project``.

        float32 stays float32 and is summed in float64.  Raises ValueError or TypeError for other matrices.
        """
        dense = _matrix(matrix, self.shape)
        if self._signs is None:
            sums = np.bincount(self._labels.reshape(-1), dense.reshape(-1), self.size)
        else:
            used = self._labels >= 0
            sums = np.bincount(self._labels[used], (dense * self._signs)[used], self.size)
        return np.asarray((sums / np.maximum(self._sizes, 1)).astype(dense.dtype))

    def project(self, matrix: object) -> FloatArray:
        """Return the nearest equivariant map to a dense (m, n) matrix: each entry becomes its orbital's average.

        Raises ValueError or TypeError as :meth:`coefficients` does.

        >>> import equivariety as ev
        >>> ev.equivariant_maps(ev.groups.cyclic(2)).hom.basis().project([[1.0, 2.0], [4.0, 3.0]]).tolist()
        [[2.0, 3.0], [3.0, 2.0]]
        """
        return self.combine(self.coefficients(matrix))


def orbital_basis(source: Sequence[AnyPermutation], target: Sequence[AnyPermutation], n: int, m: int) -> OrbitalBasis:
    """Return the basis of the maps R^n -> R^m with ``M P_s = P_t M`` for each pair of generators.

    For signed permutations an orbit of entries carries signs; where it comes back to an entry with the other sign,
    all maps are zero.

    >>> from equivariety.groups.signed import SignedPermutation
    >>> mirror = [SignedPermutation([1, 0, 2], [1, 1, -1])]
    >>> basis = orbital_basis(mirror, mirror, 3, 3)
    >>> basis.combine([1.0, 2.0, 3.0, 4.0, 5.0]).tolist()
    [[1.0, 2.0, 3.0], [2.0, 1.0, -3.0], [4.0, -4.0, 5.0]]
    """
    if all(isinstance(g, Permutation) for g in (*source, *target)):
        return OrbitalBasis(orbital_labels(_images(source, n), _images(target, m)))
    # M is the block of [[M, -M], [-M, M]], a map between the points +e_j, -e_j and +e_i, -e_i.
    found = orbital_labels(signed_points(source, n), signed_points(target, m))[:m]
    plus, minus = found[:, :n], found[:, n:]
    signs = np.sign(minus - plus).astype(np.int8)  # the first entry of an orbital has the sign +; 0: its own negative
    labels = np.full((m, n), -1, dtype=np.int32)
    labels[signs != 0] = np.unique(np.minimum(plus, minus)[signs != 0], return_inverse=True)[1]
    return OrbitalBasis(labels, signs)


def _images(generators: Sequence[AnyPermutation], degree: int) -> IntArray:
    return np.stack([g.images for g in generators]) if generators else np.zeros((0, degree), dtype=np.int64)


def _matrix(matrix: object, shape: tuple[int, int]) -> FloatArray:
    dense = as_float_array("matrix", matrix)
    if dense.shape != shape:
        raise invalid("matrix", f"of shape {shape}", f"shape {dense.shape}", "rows are outputs, columns inputs")
    return dense
