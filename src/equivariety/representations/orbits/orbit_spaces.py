"""From adapted orbits to what a user asks for: the decomposition of one action, the maps between two.

Irreducibles are ordered and named here, once for both sides: the trivial one first, then by dimension, type and
multiplicity; ties are broken by characters, so that the order does not depend on random numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from equivariety._typing import AnyArray, IntArray
from equivariety.groups import Permutation
from equivariety.representations.blocks import MapBlock, numbered_labels
from equivariety.representations.maps.hom import BlockMatch, HomSpace
from equivariety.representations.orbits.adapted_orbits import AdaptedOrbits, IrrepBatch
from equivariety.representations.orbits.orbit_decomposition import BlockOrder, OrbitDecomposition, count_orbitals

__all__ = [
    "blocks_of",
    "counts_within",
    "decomposition_of",
    "hom_space_of",
    "joint_images",
    "maps_between",
    "maps_to_itself",
]


def joint_images(pairs: Sequence[tuple[Permutation, Permutation]], n: int, m: int) -> IntArray:
    """Return the images of n + m points under generators that act on both sides, shape (g, n + m).

    >>> joint_images([(Permutation([1, 0]), Permutation([0]))], 2, 1).tolist()
    [[1, 0, 2]]
    """
    rows = [np.concatenate([s.images, t.images + n]) for s, t in pairs]
    return np.stack(rows) if rows else np.zeros((0, n + m), dtype=np.int64)


def decomposition_of(system: AdaptedOrbits, generators: Sequence[Permutation], n: int) -> OrbitDecomposition:
    """Return the decomposition of R^n under the generators, all of whose orbits are in ``system``."""
    return OrbitDecomposition(system, generators, n, blocks_of(system, [counts_within(system, 0, n)]))


def hom_space_of(system: AdaptedOrbits, pairs: Sequence[tuple[Permutation, Permutation]], n: int, m: int) -> HomSpace:
    """Return the maps R^n -> R^m between two actions; ``system`` holds the orbits of the n + m points of both.

    Where both actions are the same, ``system`` holds the n points of one alone.
    """
    left, right = [s for s, _ in pairs], [t for _, t in pairs]
    if n == m and left == right:
        return maps_to_itself(decomposition_of(system, left, n))
    order = blocks_of(system, [counts_within(system, n, m), counts_within(system, 0, n)])
    source = OrbitDecomposition(system, left, n, order)
    target = OrbitDecomposition(system, right, m, order, first=n)
    return maps_between(source, target, count_orbitals(system, source.counts, target.counts))


def maps_to_itself(decomposition: OrbitDecomposition) -> HomSpace:
    """Return the maps from an action to itself."""
    same: list[BlockMatch] = [
        (MapBlock(b.label, b.field, b.irrep_dim, b.multiplicity, b.multiplicity), i, i)
        for i, b in enumerate(decomposition.blocks)
    ]
    return HomSpace(decomposition, decomposition, same, decomposition.num_orbitals)


def maps_between(source: OrbitDecomposition, target: OrbitDecomposition, num_orbitals: int) -> HomSpace:
    """Return the maps between two sides of one action; blocks that one side lacks are kept."""
    at = [{b.label: i for i, b in enumerate(side.blocks)} for side in (source, target)]
    matches: list[BlockMatch] = []
    for label in source.order.labels:
        i, j = at[0].get(label), at[1].get(label)
        block = source.blocks[i] if i is not None else target.blocks[j] if j is not None else None
        if block is not None:
            rows = 0 if j is None else target.blocks[j].multiplicity
            cols = 0 if i is None else source.blocks[i].multiplicity
            matches.append((MapBlock(label, block.field, block.irrep_dim, rows, cols), i, j))
    return HomSpace(source, target, matches, num_orbitals)


def counts_within(system: AdaptedOrbits, first: int, n: int) -> list[int]:
    """Return the number of orbits of each class among the points first, …, first + n - 1."""
    return [c.count_within(first, n) for c in system.classes]


def blocks_of(
    system: AdaptedOrbits,
    sides: Sequence[Sequence[int]],
    kept: AnyArray | None = None,
    trivial: int | None = 0,
) -> BlockOrder:
    """Return the irreducibles in the order of the blocks, and their names.

    Args:
        system: the orbits.
        sides: number of orbits of each class on each side; the first side decides the order where the others agree.
        kept: which irreducibles count, a mask; None for all.
        trivial: number of the trivial irreducible, if there is one.
    """
    columns: list[AnyArray] = list(np.concatenate([batch.keys for batch in system.batches]).T[::-1])
    for side in reversed(sides):
        columns.append(system.of_irreps(partial(_copies, side)))
    columns.append(system.of_irreps(lambda batch: batch.unit))
    columns.append(system.of_irreps(lambda batch: batch.dim))
    later = np.ones(system.count)
    if trivial is not None:
        later[trivial] = 0
    order = np.lexsort([*columns, later])
    if kept is not None:
        order = order[kept[order]]
    names = system.of_irreps(lambda batch: f"{batch.field}{batch.dim}")[order].tolist()
    return BlockOrder(order, numbered_labels(names), trivial is not None)


def _copies(counts: Sequence[int], batch: IrrepBatch) -> int:
    """Multiplicity of the irreducibles of a batch in so many orbits of each class."""
    return sum(n * d for n, d in zip(counts, batch.multiplicities, strict=True))
