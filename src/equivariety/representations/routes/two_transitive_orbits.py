"""The route of 2-transitive orbits: R^l is the constants and one irreducible, and one reflection separates the two."""

from __future__ import annotations

from functools import partial

import numpy as np

from equivariety._typing import AnyArray, IntArray
from equivariety.groups.orbits.orbit_classes import OrbitClass
from equivariety.groups.orbits.random_stabilizers import RandomStabilizer
from equivariety.representations.orbits.adapted_orbits import AdaptedOrbits, IrrepBatch, OrbitBasis, entry
from equivariety.representations.orbits.irrep_actions import CharacterAction, IrrepAction

__all__ = ["ReflectionBasis", "two_transitive_orbits"]


def two_transitive_orbits(one: OrbitClass, seed: int = 0) -> AdaptedOrbits | None:
    """Return adapted bases of isomorphic orbits if the group is 2-transitive on one, else None.

    Random elements of the stabilizer of a point prove that it is; that they do not notice is very unlikely.

    >>> from equivariety.groups.orbits.orbit_classes import orbit_classes
    >>> S4 = two_transitive_orbits(orbit_classes(np.array([[1, 2, 3, 0], [1, 0, 2, 3]]))[0])
    >>> [(b.field, b.dim) for b in S4.batches]
    [('R', 1), ('R', 3)]
    """
    if one.length < 2:
        return None
    suborbits = RandomStabilizer(one.table, np.random.default_rng(seed)).suborbits(enough=2)
    if int(suborbits.max()) > 1:
        return None
    trivial = IrrepBatch(CharacterAction("R", np.zeros((1, len(one.table)))), (1,), np.zeros((1, 1)))
    standard = IrrepBatch(_SumZeroAction(one.table), (1,), np.zeros((1, 1)))
    return AdaptedOrbits((one,), (ReflectionBasis(),), (trivial, standard), partial(entry, np.array([[2]])))


class ReflectionBasis(OrbitBasis):
    """The images of the unit vectors under the reflection that takes the first one to the constant unit vector.

    >>> ReflectionBasis().forward(np.ones((1, 4))).tolist()
    [[2.0, 0.0, 0.0, 0.0]]
    """

    def forward(self, y: AnyArray) -> AnyArray:
        """Reflect."""
        root = y.shape[-1] ** 0.5
        if root == 1.0:
            return y.copy()
        total = y.sum(axis=-1, keepdims=True)
        # y - v (v.y) 2 / |v|^2 with v = e_1 - (1, …, 1) / root
        out = y + (y[..., :1] - total / root) / (root - 1.0)
        out[..., :1] = total / root
        return np.asarray(out)

    def inverse(self, z: AnyArray) -> AnyArray:
        """Reflect: the basis is its own inverse."""
        return self.forward(z)


class _SumZeroAction(IrrepAction):
    """Permutations of l points on the functions of sum zero, in the basis of the reflection."""

    def __init__(self, table: IntArray) -> None:
        super().__init__("R", table.shape[1] - 1, 1)
        self._table, self._basis = table, ReflectionBasis()

    def moved(self, generator: int, values: AnyArray, members: slice = slice(None)) -> AnyArray:
        """Go back to functions on the points, permute them, and reflect again."""
        whole = np.concatenate([np.zeros_like(values[..., :1]), values], axis=-1)
        return self._basis.forward(self._basis.inverse(whole)[..., self._table[generator]])[..., 1:]
