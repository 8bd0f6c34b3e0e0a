"""When data are generic, so that critical points are finitely many; and how large a family they are otherwise.

The critical points, of rank exactly r, of |B - W|^2 on the matrices of rank at most r keep r of the nonzero singular
values of W (Eckart-Young over R, C and H).  Of t equal ones any j-dimensional subspace of their singular vectors may be
kept: a Grassmannian over D, of real dimension e j (t - j), e = dim D.

Of a squared error whose inputs leave p of the a directions of a block free, only B_1, the part of B = (B_1, B_2) on
the other directions, is compared with W.  Criticality says that what is not kept of W is orthogonal to all columns of B
and to the rows of B_1.  With j kept values, w nonzero ones in all and b rows, the columns of B_2 lie in a space of
dimension b - w + j that holds those of B_1, and have rank r - j modulo these: ``j p + (r - j)(b - w + p - r + j)`` more
parameters over D.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from equivariety._typing import FloatArray
from equivariety.errors import NonGenericDataError
from equivariety.linalg import FIELD_DIM
from equivariety.representations import MapBlock
from equivariety.varieties.ranks.rank_budget import RankBudget
from equivariety.varieties.ranks.rank_sums import largest_sum

__all__ = ["BlockData", "check_generic", "check_generic_everywhere", "multiplicities"]


@dataclass(frozen=True, slots=True)
class BlockData:
    """What one block of the data allows.

    Attributes:
        block: the block.
        equal: how often each nonzero singular value of W occurs.
        free: number p of directions of the inputs that the data leave free; 0 for a distance.
    """

    block: MapBlock
    equal: tuple[int, ...]
    free: int = 0

    def is_generic(self, rank: int) -> bool:
        """Whether the critical points of that rank are isolated, and as many as for generic data."""
        if rank == 0:
            return True
        full = rank == self.block.max_rank
        return self.free == 0 and (full or self.equal == (1,) * self.block.max_rank)

    def dimension(self, rank: int) -> int:
        """Real dimension of the critical points that are smooth points; -1 if there are none."""
        e, b, w = FIELD_DIM[self.block.field], self.block.rows, sum(self.equal)
        if rank == self.block.max_rank:  # all matrices, all of them smooth points; what the data leave free is free
            return e * b * self.free
        families = _families(self.equal, rank)
        found = [
            e * (family + j * self.free + (rank - j) * (b - w + self.free - rank + j))
            for j, family in enumerate(families)
            if rank - j <= min(b - w, self.free)
        ]
        return max(found, default=-1)


def multiplicities(values: FloatArray, zero: float, tie: float) -> tuple[int, ...]:
    """Return how often each of the descending ``values`` above ``zero`` occurs, if up to ``tie`` apart is equal.

    >>> multiplicities(np.array([3.0, 2.0, 2.0, 0.0]), zero=1e-9, tie=1e-9)
    (1, 2)
    """
    kept = values[values > zero]
    ends = np.flatnonzero(kept[:-1] - kept[1:] > tie) + 1
    return tuple(np.diff([0, *ends.tolist(), len(kept)]).tolist()) if len(kept) else ()


def _families(equal: Sequence[int], most: int) -> list[int]:
    """Largest dimension, over D, of a family that keeps j of the values, for j = 0, 1, ..., at most ``most``."""
    best = [0]
    for t in equal:
        fresh = [-1] * min(len(best) + t, most + 1)
        for taken, dim in enumerate(best):
            for j in range(min(t, len(fresh) - 1 - taken) + 1):
                fresh[taken + j] = max(fresh[taken + j], dim + j * (t - j))
        best = fresh
    return best


def check_generic(data: Sequence[BlockData], ranks: Sequence[int], describe: Callable[[BlockData], str]) -> None:
    """Raise NonGenericDataError unless the data are generic for one rank vector.

    ``describe`` says in words what is wrong with a block.
    """
    wrong = [d for d, r in zip(data, ranks, strict=True) if not d.is_generic(r)]
    if wrong:
        dims = [d.dimension(r) for d, r in zip(data, ranks, strict=True)]
        raise _refusal(wrong, describe, -1 if -1 in dims else sum(dims))


def check_generic_everywhere(
    data: Sequence[BlockData], budget: RankBudget, describe: Callable[[BlockData], str]
) -> None:
    """Raise NonGenericDataError unless the data are generic for every maximal rank vector of the budget."""
    caps = [min(c, budget.rank // w) for c, w in zip(budget.caps, budget.weights, strict=True)]
    wrong = [[not d.is_generic(r) for r in range(cap + 1)] for d, cap in zip(data, caps, strict=True)]
    if not any(map(any, wrong)) or not largest_sum(wrong, budget):
        return
    dims = [[d.dimension(r) for r in range(cap + 1)] for d, cap in zip(data, caps, strict=True)]
    largest = largest_sum([[None if x < 0 else x for x in column] for column in dims], budget)
    bad = [d for d, column in zip(data, wrong, strict=True) if any(column)]
    raise _refusal(bad, describe, -1 if largest is None else largest)


def _refusal(wrong: Sequence[BlockData], describe: Callable[[BlockData], str], dimension: int) -> NonGenericDataError:
    some = "; ".join(f"{d.block.label}: {describe(d)}" for d in wrong[:3])
    more = f" and {len(wrong) - 3} more blocks" if len(wrong) > 3 else ""
    outcome = {
        -1: "no critical point is a smooth point",
        0: "the critical points are finitely many, but fewer than for generic data",
    }.get(dimension, f"the critical points that are smooth points are a family of dimension {dimension}")
    return NonGenericDataError(
        f"the data must be generic in every block of which some rank is chosen; got in block {some}{more}; {outcome}. "
        "Fix: perturb the data, or ask for the optimum alone.",
        dimension,
    )
