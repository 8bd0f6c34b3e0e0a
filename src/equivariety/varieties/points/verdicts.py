"""Answers that say why: yes or no, with the evidence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from equivariety.representations import RankVector

__all__ = ["Membership", "Mismatch", "Singularity", "Verdict"]


class Verdict(ABC):
    """Yes or no with a reason: true or false in an ``if``, and equal to ``True`` or ``False``.

    Two verdicts are equal if both say yes, or both no.
    """

    reason: str

    @abstractmethod
    def __bool__(self) -> bool:
        """The answer."""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, bool | np.bool_ | Verdict):
            return bool(self) == bool(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(bool(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({bool(self)}, {self.reason!r})"

    def __str__(self) -> str:
        return f"{'yes' if self else 'no'}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Two entries of a matrix that a generator makes equal (up to the signs of signed ones) in all equivariant maps.

    Attributes:
        generator: position of the generator.
        entry: (output, input), counted from 0.
        image: (output, input) of the entry to which the generator takes it.
        values: the two entries, the second with the sign that it is compared with.

    >>> import equivariety as ev
    >>> found = ev.equivariant_maps(ev.groups.cyclic(2)).contains(np.diag([1.0, 2.0])).mismatch
    >>> found.generator, found.entry, found.image, found.values
    (0, (0, 0), (1, 1), (1.0, 2.0))
    """

    generator: int
    entry: tuple[int, int]
    image: tuple[int, int]
    values: tuple[complex, complex]

    def __str__(self) -> str:
        x, y = self.values
        text = f"generator {self.generator} takes entry {self.entry}, {x:.6g}, to entry {self.image}, {y:.6g}"
        return f"{text}: they differ by {abs(x - y):.3g}"


@dataclass(frozen=True, eq=False, repr=False)
class Membership(Verdict):
    """Whether a matrix is a point of a variety, and why (not); itself true or false.

    Attributes:
        is_member: the answer.
        reason: the answer in words.
        distance: Frobenius distance from the matrix to the equivariant maps.
        ranks: the ranks of its blocks; None for a matrix that is not equivariant.
        block: label of the block that decides: the one that exceeds its bound, or that would have to lose a rank; None
            for members and for matrices that are not equivariant.
        mismatch: two entries that a generator makes equal in equivariant maps, the pair that differs most; None where
            the matrix is equivariant.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.cyclic(3), rank=2).component({(1, 1): 0, (3, 2): 1})
    >>> found = C.contains(np.eye(3))
    >>> bool(found), found.block, found.ranks
    (False, '(1,1)', (1, 1))
    >>> print(found.reason)
    block (1,1) has rank 1, at most 0 allowed: its singular value 1 (the largest of all blocks is 1)
    >>> print(C.contains(np.diag([1.0, 2.0, 3.0])).mismatch)
    generator 0 takes entry (2, 2), 3, to entry (0, 0), 1: they differ by 2
    """

    is_member: bool
    reason: str
    distance: float
    ranks: RankVector | None
    block: str | None = None
    mismatch: Mismatch | None = None

    def __bool__(self) -> bool:
        return self.is_member


@dataclass(frozen=True, eq=False, repr=False)
class Singularity(Verdict):
    """Whether a point of a variety is singular, and why (not); itself true or false.

    Attributes:
        is_singular: the answer.
        reason: the answer in words.
        blocks: labels of the blocks that drop rank although they are neither zero nor of full rank: where the
            component, or the only one through the point, is singular.
        num_components: number of irreducible components of the whole space through the point, an exact int.
        ranks: the ranks of the blocks of the point.

    >>> import equivariety as ev
    >>> E = ev.equivariant_maps(ev.groups.rotation(3), rank=3)
    >>> found = E.is_singular_at(np.zeros((9, 9)))
    >>> bool(found), found.num_components, str(found)
    (True, 5, 'yes: 5 components meet there')
    """

    is_singular: bool
    reason: str
    blocks: tuple[str, ...]
    num_components: int
    ranks: RankVector

    def __bool__(self) -> bool:
        return self.is_singular
