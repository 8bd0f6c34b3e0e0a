"""Maps between two permutations, acting together: the characters (l, m) they share."""

from __future__ import annotations

from math import gcd

from equivariety.groups import Permutation
from equivariety.representations.blocks import MapBlock
from equivariety.representations.cyclic.cyclic_decomposition import CyclicDecomposition
from equivariety.representations.maps.hom import BlockMatch, HomSpace

__all__ = ["cyclic_hom_space"]


def cyclic_hom_space(source: Permutation, target: Permutation, *, only_trivial: bool = False) -> HomSpace:
    """Return the maps M with ``M P_source = P_target M``.

    A character of the group of the pair is named by the same (l, m) on both sides.  With ``only_trivial`` the blocks
    beside (1,1) are left out, as for invariant maps.

    >>> hom = cyclic_hom_space(Permutation([1, 2, 3, 0]), Permutation([1, 0]))
    >>> [(b.label, b.rows, b.cols) for b in hom.blocks], hom.num_orbitals
    ([('(1,1)', 1, 1), ('(4,3)', 0, 1), ('(2,1)', 1, 1)], 2)
    """
    first = CyclicDecomposition(source)
    if source == target and not only_trivial:
        same: list[BlockMatch] = [
            (MapBlock(b.label, b.field, b.irrep_dim, b.multiplicity, b.multiplicity), i, i)
            for i, b in enumerate(first.blocks)
        ]
        return HomSpace(first, first, same, first.num_orbitals)
    sides = first, CyclicDecomposition(target)
    angles: dict[str, float] = {}
    positions: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for side, decomposition in enumerate(sides):
        table = decomposition.characters
        fractions = zip(table.numerator.tolist(), table.denominator.tolist(), strict=True)
        for i, (block, (k, l)) in enumerate(zip(decomposition.blocks, fractions, strict=True)):
            angles[block.label] = k / l
            positions[side][block.label] = i
    labels = sorted(angles, key=angles.__getitem__)
    return HomSpace(
        *sides,
        [_match(label, sides, positions) for label in (labels[:1] if only_trivial else labels)],
        _num_orbitals(source, target),
        only_trivial=only_trivial,
    )


def _match(
    label: str,
    sides: tuple[CyclicDecomposition, CyclicDecomposition],
    positions: tuple[dict[str, int], dict[str, int]],
) -> BlockMatch:
    i, j = positions[0].get(label), positions[1].get(label)
    a = None if i is None else sides[0].blocks[i]
    b = None if j is None else sides[1].blocks[j]
    one = a or b
    assert one is not None
    rows, cols = b.multiplicity if b else 0, a.multiplicity if a else 0
    return MapBlock(label, one.field, one.irrep_dim, rows, cols), i, j


def _num_orbitals(source: Permutation, target: Permutation) -> int:
    """Orbits on pairs of points: a cycle of length a and one of length b make gcd(a, b) of them."""
    return sum(
        len(rows) * len(cols) * gcd(a, b)
        for a, rows in zip(target.cycles.lengths, target.cycles.index, strict=True)
        for b, cols in zip(source.cycles.lengths, source.cycles.index, strict=True)
    )
