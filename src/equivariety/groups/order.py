"""The exact order of a permutation group."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from equivariety.errors import invalid
from equivariety.groups.permutation import Permutation

__all__ = ["group_order"]

#: Most points that several generators may move together: Schreier-Sims in Python takes minutes there.
MAX_MOVED_POINTS = 2000

_SMALL = 8


def group_order(generators: Sequence[Permutation]) -> int:
    """Return the number of elements of the group that these permutations, of one degree, generate.

    ``generators`` holds no identity.  One generator: the least common multiple of its cycle lengths.  Several: the
    Schreier-Sims algorithm of SymPy on the points that they move; more than 2000 of those raise a ValueError.
    """
    if not generators:
        return 1
    if len(generators) == 1:
        return generators[0].order
    images = np.stack([p.images for p in generators])
    moved = np.flatnonzero((images != np.arange(images.shape[1])).any(axis=0))
    if moved.size > MAX_MOVED_POINTS:
        required = f"few enough to move at most {MAX_MOVED_POINTS} points, when the order of several is asked"
        raise invalid("generators", required, f"{moved.size} moved points", "restrict the action to fewer points")
    from sympy.combinatorics import Permutation as SympyPermutation
    from sympy.combinatorics import PermutationGroup as SympyGroup

    rank = np.empty(images.shape[1], dtype=np.int64)
    rank[moved] = np.arange(moved.size)
    group = SympyGroup([SympyPermutation(row) for row in rank[images[:, moved]].tolist()])
    # Symmetric and alternating groups, on which Schreier-Sims is slowest, are recognized by Jordan's theorem.
    if moved.size > _SMALL and group.is_transitive() and group.is_alt_sym():
        return math.factorial(moved.size) // (2 if all(g.is_even for g in group.generators) else 1)
    return int(group.order())
