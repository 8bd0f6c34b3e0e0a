"""Signed permutations: the antisymmetric part of their action on the 2n points +e_i, -e_i.

The group is joined by the exchange of signs, which commutes with it; the irreducibles on which the exchange is -1 are
those of the signed action, and x -> (x, -x) / sqrt 2 embeds R^n isometrically.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from equivariety._typing import AnyArray, IntArray
from equivariety.groups.orbits.pair_orbits import count_pair_orbits
from equivariety.groups.signed import AnyPermutation, SignedPermutation, signed_points
from equivariety.representations.maps.hom import HomSpace
from equivariety.representations.orbits.adapted_orbits import AdaptedOrbits, IrrepBatch
from equivariety.representations.orbits.orbit_decomposition import BlockOrder, OrbitDecomposition, count_orbitals
from equivariety.representations.orbits.orbit_spaces import blocks_of, counts_within, maps_between, maps_to_itself

__all__ = ["SignedDecomposition", "signed_decomposition", "signed_hom_space"]

Adapt = Callable[[IntArray], AdaptedOrbits]


class SignedDecomposition(OrbitDecomposition):
    """The decomposition of R^n under signed permutations.

    Args:
        system: the orbits on the points of both signs, of all sides, under the generators and the exchange of signs.
        generators: the signed permutations of this side.
        degree: number 2n of points of this side.
        order: the antisymmetric irreducibles.
        first: number of the first point of this side.
    """

    @property
    def degree(self) -> int:
        """Number of coordinates n."""
        return self._points // 2

    @cached_property
    def num_orbitals(self) -> int:
        """Number of orbits on pairs of coordinates that no element maps to their own negatives.

        All functions on the signed points are the antisymmetric ones and the symmetric ones, which are the functions on
        the coordinates without signs; no map leads from one kind to the other.
        """
        everything = count_orbitals(self.system, self.counts, self.counts)
        return everything - count_pair_orbits(_unsigned(self._generators))

    def lifted(self, x: AnyArray) -> AnyArray:
        """Return the antisymmetric functions (x, -x) / sqrt 2."""
        half = x * x.dtype.type(0.5**0.5)
        return np.concatenate([half, -half], axis=-1)

    def lowered(self, y: AnyArray) -> AnyArray:
        """Inverse of :meth:`lifted` on antisymmetric functions."""
        return np.asarray(y[..., : self.degree] * y.dtype.type(2.0**0.5))


def signed_decomposition(generators: Sequence[SignedPermutation], n: int, adapt: Adapt) -> SignedDecomposition:
    """Return the decomposition of R^n under signed permutations; ``adapt`` finds adapted orbits of images (g, N)."""
    system = adapt(signed_points(generators, n))
    order = _antisymmetric(system, [(0, 2 * n)], len(generators))
    return SignedDecomposition(system, generators, 2 * n, order)


def signed_hom_space(
    pairs: Sequence[tuple[SignedPermutation, SignedPermutation]], n: int, m: int, adapt: Adapt
) -> HomSpace:
    """Return the maps R^n -> R^m that intertwine pairs of signed permutations."""
    left, right = [s for s, _ in pairs], [t for _, t in pairs]
    if n == m and left == right:
        return maps_to_itself(signed_decomposition(left, n, adapt))
    system = adapt(np.concatenate([signed_points(left, n), signed_points(right, m) + 2 * n], axis=1))
    order = _antisymmetric(system, [(2 * n, 2 * m), (0, 2 * n)], len(pairs))
    source = SignedDecomposition(system, left, 2 * n, order)
    target = SignedDecomposition(system, right, 2 * m, order, first=2 * n)
    everything = count_orbitals(system, source.counts, target.counts)
    return maps_between(source, target, everything - _unsigned_between(_unsigned(left), _unsigned(right)))


def _unsigned(generators: Sequence[AnyPermutation]) -> IntArray:
    return np.stack([g.images for g in generators])


def _unsigned_between(left: IntArray, right: IntArray) -> int:
    """Number of orbits on pairs of a coordinate of each side, signs left aside: of all pairs, those of two sides."""
    joint = np.concatenate([left, right + left.shape[1]], axis=1)
    return (count_pair_orbits(joint) - count_pair_orbits(left) - count_pair_orbits(right)) // 2


def _antisymmetric(system: AdaptedOrbits, sides: Sequence[tuple[int, int]], exchange: int) -> BlockOrder:
    """The irreducibles on which the exchange of signs, a generator by its number after all others, is -1."""
    kept = np.concatenate([batch.action(exchange)[:, 0, 0] < 0 for batch in system.batches])
    fixed = kept & np.concatenate([_is_fixed(batch, exchange) for batch in system.batches])
    counts = [counts_within(system, *side) for side in sides]
    return blocks_of(system, counts, kept, int(fixed.argmax()) if fixed.any() else None)


def _is_fixed(batch: IrrepBatch, generators: int) -> AnyArray:
    """Whether so many generators fix each irreducible."""
    found = np.full(batch.count, batch.dim == 1)
    for g in range(generators if batch.dim == 1 else 0):
        found &= batch.action(g)[:, 0, 0] > 0
    return found
