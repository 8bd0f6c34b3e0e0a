"""All rank patterns of layers with given widths and a given rank of the product: listed lazily, counted without a list.

Let x_ab = r_ab - r_(a,b+1), the number of intervals that begin at a or before it and end in b.  The ranks are those of
some layers iff x_ab >= x_(a-1,b) >= 0: node by node from the last, row a is any vector below row a + 1 whose sum over
b > a is at most d_a.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from equivariety._typing import AnyArray
from equivariety.deep.fibers.rank_patterns import RankPattern
from equivariety.errors import BudgetError, brief
from equivariety.tolerances import PATTERN_CELLS_BUDGET

__all__ = ["all_patterns", "count_patterns"]

#: The most that an array of NumPy has.
_MOST_AXES = 64


def all_patterns(widths: Sequence[int], rank: int) -> Iterator[RankPattern]:
    """Yield all patterns, by the rank of W_H, then of W_(H-1), W_H W_(H-1), then of W_(H-2), and so on.

    >>> [pattern.layer_ranks for pattern in all_patterns((3, 2, 3), 1)]
    [(1, 1), (2, 1), (1, 2)]
    """

    def before(a: int, ranks: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], ...]]:
        """Rows 0..a, given row a + 1."""
        if a < 0:
            yield ()
            return
        for tail in _rows(widths[a], ranks, rank, last=a == 0):
            row = (widths[a], *tail)
            for rows in before(a - 1, row):
                yield (*rows, row)

    if min(widths) >= rank:
        end = (widths[-1],)
        for rows in before(len(widths) - 2, end):
            yield RankPattern((*rows, end))


def _rows(width: int, below: tuple[int, ...], rank: int, *, last: bool) -> Iterator[tuple[int, ...]]:
    """Yield the ranks (r_(a,a+1), ..., r_aH) that fit row a + 1, in lexicographic order.

    r_aH is at least ``rank``, and equal to it in the last row to fill: all lower ones then leave room for that.
    """
    spare = below[-1] - rank if last else 0

    def filled(ranks: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        j = len(ranks)
        if j == len(below):
            yield ranks
            return
        least = ranks[-1] - (below[j - 1] - below[j]) if ranks else 0
        most = min(below[j] - spare, ranks[-1] if ranks else width)
        for r in range(max(least, rank), most + 1):
            yield from filled((*ranks, r))

    return filled(())


def count_patterns(widths: Sequence[int], rank: int) -> int:
    """Return the number of all patterns.

    It is the coefficient of x^(d - e) in the product of 1 / (1 - x_a ... x_b) over all intervals [a, b] but the
    longest, found in a table with prod (d_i - e + 1) cells.  Raises BudgetError where the table is too large.

    >>> count_patterns((2, 2, 2, 2), 0), count_patterns((9,) * 5, 2)
    (27, 44473)
    """
    if min(widths) < rank:
        return 0
    free = [d - rank for d in widths]
    # No more intervals than fit behind the first node, or before the last one, have more than one node.
    free[0], free[-1] = min(free[:2]), min(free[-2:])
    shape = tuple(d + 1 for d in free)
    if len(shape) > _MOST_AXES or math.prod(shape) > PATTERN_CELLS_BUDGET:
        raise BudgetError(
            f"counting the patterns of widths {brief(tuple(widths))} takes a table with {len(shape)} axes and "
            f"{brief(math.prod(shape))} cells; the most are {_MOST_AXES} axes and {PATTERN_CELLS_BUDGET} cells. "
            "Fix: take fewer or narrower layers, or components(), which are counted without it."
        )
    table: AnyArray = np.zeros(shape, dtype=object)
    table[(0,) * len(shape)] = 1
    for a in range(len(shape)):
        for b in range(a, len(shape)):
            if (a, b) != (0, len(shape) - 1):
                _divide(table, a, b)
    return int(table[(-1,) * len(shape)])


def _divide(table: AnyArray, a: int, b: int) -> None:
    """Divide a power series by 1 - x_a ... x_b, in place."""
    slabs = np.moveaxis(table, a, 0)
    behind = range(a, b)  # axes a + 1, ..., b of the table are these ones of a slab
    to = tuple(slice(1, None) if axis in behind else slice(None) for axis in range(table.ndim - 1))
    of = tuple(slice(None, -1) if axis in behind else slice(None) for axis in range(table.ndim - 1))
    for before, after in pairwise(slabs):
        after[to] += before[of]
