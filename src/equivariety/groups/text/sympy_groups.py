"""Generators from and to SymPy's permutation groups; SymPy is imported when it is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from equivariety._typing import IntArray
from equivariety.errors import brief, invalid
from equivariety.groups._checks import as_images
from equivariety.groups.permutation import Permutation

__all__ = ["from_sympy", "to_sympy"]


def to_sympy(generators: Sequence[Permutation], degree: int) -> Any:
    """Return a ``sympy.combinatorics.PermutationGroup`` with these generators, without identities, as SymPy has it.

    >>> to_sympy([Permutation([1, 0, 2])], 3).order()
    2
    """
    from sympy.combinatorics import Permutation as SympyPermutation
    from sympy.combinatorics import PermutationGroup as SympyGroup

    rows = [p.images.tolist() for p in generators if not p.is_identity] or [list(range(degree))]
    return SympyGroup([SympyPermutation(row) for row in rows], dups=False)


def from_sympy(group: Any) -> list[IntArray]:
    """Return the images of the generators of a group of SymPy; anything else raises a TypeError.

    >>> from sympy.combinatorics.named_groups import CyclicGroup
    >>> [images.tolist() for images in from_sympy(CyclicGroup(3))]
    [[1, 2, 0]]
    """
    from sympy.combinatorics import PermutationGroup as SympyGroup

    if not isinstance(group, SympyGroup):
        required = "a sympy.combinatorics.PermutationGroup"
        raise invalid("group", required, brief(group), "pass the group, not its generators", TypeError)
    return [as_images(g.array_form, f"generators[{i}]") for i, g in enumerate(group.generators)]
