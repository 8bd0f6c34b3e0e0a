"""Characters of the cyclic group of one permutation, matched across cycle lengths as reduced fractions.

On a cycle of length L the frequencies f = 0..L//2 have angle f/L.  Reduced, f/L = k/l names the character (l, l-k) of
the talk: (1,1) for angle 0, (2,1) for angle 1/2, and (l, m) with 1/2 < m/l < 1 for a conjugate pair.  Ascending
angle is descending m/l, the order of the blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equivariety._typing import IntArray
from equivariety.linalg import Field
from equivariety.representations.blocks import IsotypicBlock, block_label

__all__ = ["CyclicCharacters", "cyclic_characters"]


@dataclass(frozen=True, slots=True)
class CyclicCharacters:
    """The characters that occur in a permutation with given cycle lengths.

    Attributes:
        numerator, denominator: the reduced angles k/l, ascending, one per character.
        multiplicity: number of cycles whose length is a multiple of the denominator.
        of_frequency: for each cycle length L, the character of each frequency 0..L//2.

    >>> cyclic_characters((4,), (2,)).denominator.tolist()
    [1, 4, 2]
    """

    numerator: IntArray
    denominator: IntArray
    multiplicity: IntArray
    of_frequency: tuple[IntArray, ...]

    def blocks(self) -> tuple[IsotypicBlock, ...]:
        """The isotypic blocks, one per character."""
        out = []
        for k, l, d in zip(self.numerator.tolist(), self.denominator.tolist(), self.multiplicity.tolist(), strict=True):
            field: Field = "R" if l <= 2 else "C"
            out.append(IsotypicBlock(block_label((l, l - k)), field, 1 if l <= 2 else 2, d))
        return tuple(out)


def cyclic_characters(lengths: tuple[int, ...], counts: tuple[int, ...]) -> CyclicCharacters:
    """Return the characters of a permutation with ``counts[t]`` cycles of each length ``lengths[t]``.

    >>> c = cyclic_characters((2, 3), (1, 1))
    >>> [b.label for b in c.blocks()], c.multiplicity.tolist()
    (['(1,1)', '(3,2)', '(2,1)'], [2, 1, 1])
    """
    numerators, denominators = [], []
    for length in lengths:
        f = np.arange(length // 2 + 1, dtype=np.int64)
        divisor = np.gcd(f, length)
        numerators.append(f // divisor)
        denominators.append(length // divisor)
    base = max(lengths) + 1
    # Two reduced fractions are equal iff their (numerator, denominator) are; the key holds both exactly.
    keys = [k + base * l for k, l in zip(numerators, denominators, strict=True)]
    distinct = np.unique(np.concatenate(keys))
    numerator, denominator = distinct % base, distinct // base
    # Distinct fractions with denominators up to 1e8 differ by more than rounding of the quotient.
    order = np.argsort(numerator / denominator, kind="stable")
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    of_frequency = tuple(position[np.searchsorted(distinct, key)] for key in keys)
    multiplicity = np.zeros(len(order), dtype=np.int64)
    for characters, count in zip(of_frequency, counts, strict=True):
        multiplicity[characters] += count
    return CyclicCharacters(numerator[order], denominator[order], multiplicity, of_frequency)
