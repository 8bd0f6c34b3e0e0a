"""Signed permutations: the antisymmetric part of their action on the 2n points +e_i, -e_i.

The group is joined by the exchange of signs, which commutes with it; the irreducibles on which the exchange is -1 are
those of the signed action, and x -> (x, -x) / sqrt 2 embeds R^n isometrically.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from equivariety._typing import AnyArray, IntArray
from equivariety.groups.permutation import Permutation
from equivariety.groups.signed import AnyPermutation, SignedPermutation
from equivariety.representations.adapted_orbits import AdaptedOrbits, IrrepBatch
from equivariety.representations.hom import HomSpace
from equivariety.representations.orbit_decomposition import BlockOrder, OrbitDecomposition
from equivariety.representations.orbit_spaces import blocks_of, count_orbitals, maps_between, maps_to_itself

__all__ = ["SignedDecomposition", "as_signed", "signed_decomposition", "signed_hom_space"]

Adapt = Callable[[IntArray], AdaptedOrbits]


class SignedDecomposition(OrbitDecomposition):
    """The decomposition of R^n under signed permutations.

    Args:
        system: the orbits on the points of both signs, of all sides, under the generators and the exchange of signs.
        generators: the signed permutations of this side.
        degree: n.
        order: the antisymmetric irreducibles.
        first: number of the first point of this side.
        adapt: finds adapted orbits, also without regard to signs, whose orbitals belong to the symmetric functions.
    """

    def __init__(
        self,
        system: AdaptedOrbits,
        generators: Sequence[SignedPermutation],
        degree: int,
        order: BlockOrder,
        adapt: Adapt,
        first: int = 0,
    ) -> None:
        super().__init__(system, generators, 2 * degree, order, first)
        self._adapt = adapt

    @property
    def degree(self) -> int:
        """Number of coordinates n."""
        return self._points // 2

    @cached_property
    def num_orbitals(self) -> int:
        """Number of orbits on pairs of coordinates that no element maps to their own negatives."""
        sides, sizes = (self._generators, self._generators), (self.degree, self.degree)
        return count_orbitals(self.system, self.counts, self.counts) - _unsigned(sides, sizes, self._adapt)

    def lifted(self, x: AnyArray) -> AnyArray:
        """Return the antisymmetric functions (x, -x) / sqrt 2."""
        half = x * x.dtype.type(0.5**0.5)
        return np.concatenate([half, -half], axis=-1)

    def lowered(self, y: AnyArray) -> AnyArray:
        """Inverse of :meth:`lifted` on antisymmetric functions."""
        return np.asarray(y[..., : self.degree] * y.dtype.type(2.0**0.5))


def signed_decomposition(generators: Sequence[SignedPermutation], n: int, adapt: Adapt) -> SignedDecomposition:
    """Return the decomposition of R^n under signed permutations; ``adapt`` finds adapted orbits of images (g, N)."""
    system = adapt(_points([generators], [n]))
    order = _antisymmetric(system, [(0, 2 * n)], len(generators))
    return SignedDecomposition(system, generators, n, order, adapt)


def signed_hom_space(
    pairs: Sequence[tuple[SignedPermutation, SignedPermutation]], n: int, m: int, adapt: Adapt
) -> HomSpace:
    """Return the maps R^n -> R^m that intertwine pairs of signed permutations."""
    left, right = [s for s, _ in pairs], [t for _, t in pairs]
    if n == m and left == right:
        return maps_to_itself(signed_decomposition(left, n, adapt))
    system = adapt(_points([left, right], [n, m]))
    order = _antisymmetric(system, [(2 * n, 2 * m), (0, 2 * n)], len(pairs))
    source = SignedDecomposition(system, left, n, order, adapt)
    target = SignedDecomposition(system, right, m, order, adapt, 2 * n)
    both = count_orbitals(system, source.counts, target.counts)
    return maps_between(source, target, both - _unsigned([left, right], [n, m], adapt))


def as_signed(generator: Permutation | SignedPermutation) -> SignedPermutation:
    """Return a permutation as a signed one without changes of sign; a signed one as it is."""
    if isinstance(generator, SignedPermutation):
        return generator
    return SignedPermutation(generator.images, np.ones(generator.degree, dtype=np.int64))


def _points(sides: Sequence[Sequence[SignedPermutation]], sizes: Sequence[int]) -> IntArray:
    """Images of the points of both signs of all sides, under the generators and, last, the exchange of signs."""
    rows, start = [], 0
    for generators, size in zip(sides, sizes, strict=True):
        exchange = np.roll(np.arange(2 * size), size)
        rows.append(np.stack([*(g.points().images for g in generators), exchange]) + start)
        start += 2 * size
    return np.concatenate(rows, axis=1)


def _unsigned(sides: Sequence[Sequence[AnyPermutation]], sizes: Sequence[int], adapt: Adapt) -> int:
    """Number of orbits on pairs of coordinates, signs left aside."""
    n = sizes[0]
    rows = [np.concatenate([s.images, t.images + n]) for s, t in zip(*sides, strict=True)]
    system = adapt(np.stack(rows) if rows else np.arange(sum(sizes))[None])
    counts = [
        [int(np.count_nonzero((c.index[:, 0] < n) == inside)) for c in system.classes] for inside in (True, False)
    ]
    return count_orbitals(system, *counts)


def _antisymmetric(system: AdaptedOrbits, sides: Sequence[tuple[int, int]], exchange: int) -> BlockOrder:
    """The irreducibles on which the exchange of signs, a generator by its number after all others, is -1."""
    kept = np.concatenate([batch.action(exchange)[:, 0, 0] < 0 for batch in system.batches])
    fixed = kept & np.concatenate([_is_fixed(batch, exchange) for batch in system.batches])
    return blocks_of(system, sides, kept, int(fixed.argmax()) if fixed.any() else None)


def _is_fixed(batch: IrrepBatch, generators: int) -> AnyArray:
    """Whether so many generators fix each irreducible."""
    found = np.full(batch.count, batch.dim == 1)
    for g in range(generators if batch.dim == 1 else 0):
        found &= batch.action(g)[:, 0, 0] > 0
    return found
