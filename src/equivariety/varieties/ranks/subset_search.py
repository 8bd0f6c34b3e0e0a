"""All ways to keep r_i of the values of each block, those that lose least first, lazily.

The best way keeps the largest values.  In one block every other subset is reached by moving the kept values down, first
the last one, then the one before it, each at most as far as the one after it; a step never gains.  Over all blocks,
sorted by what the first step costs, every choice is reached by a next step in the last block that changed, a first
step in the block after it, or the move of a first step to that block.  So each choice has one predecessor, which is no
worse, and a heap finds the next best one without listing the others (Lawler's scheme, 1972).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from math import fsum

from equivariety._typing import FloatArray
from equivariety.varieties.ranks.rank_budget import RankBudget
from equivariety.varieties.ranks.ranking import ranked_vectors

__all__ = ["Selection", "ranked_selections", "ranked_selections_of_all"]


@dataclass(frozen=True, slots=True)
class Selection:
    """The values that are kept.

    Attributes:
        ranks: how many of each block.
        left: the sum of those that are not kept.
        changed: block -> ascending positions of the kept values, where they are not the largest ones.
    """

    ranks: tuple[int, ...]
    left: float
    changed: dict[int, tuple[int, ...]]

    def kept(self, block: int) -> tuple[int, ...]:
        """Ascending positions of the kept values of a block."""
        return self.changed.get(block, tuple(range(self.ranks[block])))

    def inversions(self, block: int) -> int:
        """Number of pairs of a kept value and a larger one that is not kept."""
        return sum(position - i for i, position in enumerate(self.changed.get(block, ())))


class _Subsets:
    """The subsets of ``rank`` of the descending ``values``, by what they lose against the first ones.

    A subset is given by how far its last, its second last, ... member has moved: positive, never rising.
    """

    def __init__(self, values: FloatArray, rank: int) -> None:
        self._values, self._rank = values.tolist(), rank
        self._found: list[tuple[float, tuple[int, ...]]] = []
        self._heap: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]

    @property
    def first_step(self) -> float:
        """What the second best subset loses."""
        return float(self._values[self._rank - 1] - self._values[self._rank])

    def reaches(self, place: int) -> bool:
        """Whether there is a subset in that place."""
        while len(self._found) <= place and self._heap:
            lost, moves = heappop(self._heap)
            self._found.append((lost, moves))
            room = len(self._values) - self._rank
            if moves and moves[-1] < (moves[-2] if len(moves) > 1 else room):
                self._push(lost, (*moves[:-1], moves[-1] + 1))
            if len(moves) < self._rank:
                self._push(lost, (*moves, 1))
        return place < len(self._found)

    def lost(self, place: int) -> float:
        """What the subset in that place, which was reached, loses."""
        return self._found[place][0]

    def positions(self, place: int) -> tuple[int, ...]:
        """Ascending positions of its members."""
        found = list(range(self._rank))
        for i, move in enumerate(self._found[place][1]):
            found[self._rank - 1 - i] += move
        return tuple(found)

    def _push(self, lost: float, moves: tuple[int, ...]) -> None:
        end = self._rank - len(moves) + moves[-1]  # where the member that moved last is now
        heappush(self._heap, (lost + (self._values[end - 1] - self._values[end]), moves))


def ranked_selections(values: Sequence[FloatArray], ranks: Sequence[int]) -> Iterator[Selection]:
    """Yield all ways to keep ``ranks[i]`` of the descending ``values[i]``, each once, by ascending ``left``.

    >>> import numpy as np
    >>> values = [np.array([5.0, 2.0, 1.0]), np.array([4.0, 3.5])]
    >>> [(s.left, s.changed) for s, _ in zip(ranked_selections(values, [1, 1]), range(4))]
    [(6.5, {}), (7.0, {1: (1,)}), (9.5, {0: (1,)}), (10.0, {0: (1,), 1: (1,)})]
    """
    ranks = tuple(ranks)
    least = fsum(value for v, r in zip(values, ranks, strict=True) for value in v[r:].tolist())
    pairs = [(i, _Subsets(v, r)) for i, (v, r) in enumerate(zip(values, ranks, strict=True)) if 0 < r < len(v)]
    slots = sorted(pairs, key=lambda pair: pair[1].first_step)

    heap: list[tuple[float, tuple[tuple[int, int], ...]]] = [(0.0, ())]
    while heap:
        more, state = heappop(heap)
        changed = sorted((slots[k][0], slots[k][1].positions(place)) for k, place in state)
        yield Selection(ranks, least + more, dict(changed))
        last, place = state[-1] if state else (-1, 0)
        following = []
        if state and slots[last][1].reaches(place + 1):
            following.append((*state[:-1], (last, place + 1)))
        if last + 1 < len(slots):
            following.append((*state, (last + 1, 1)))
            if place == 1:
                following.append((*state[:-1], (last + 1, 1)))
        for new in following:
            # Every block of two subsets or more reaches its second one.
            heappush(heap, (sum(slots[k][1].lost(place) for k, place in new if slots[k][1].reaches(place)), new))


def ranked_selections_of_all(values: Sequence[FloatArray], budget: RankBudget) -> Iterator[Selection]:
    """Yield the selections of all maximal rank vectors of the budget, each once, by ascending ``left``.

    A vector is opened when what it leaves at least is next.  Raises as :func:`ranked_vectors` does.
    """
    vectors = ranked_vectors(values, budget)
    return _merged(values, vectors)


def _merged(values: Sequence[FloatArray], vectors: Iterator[tuple[float, tuple[int, ...]]]) -> Iterator[Selection]:
    heap: list[tuple[float, int, Selection, Iterator[Selection]]] = []
    serial = count()
    upcoming = next(vectors, None)
    while heap or upcoming is not None:
        if upcoming is not None and (not heap or upcoming[0] <= heap[0][0]):
            opened = ranked_selections(values, upcoming[1])
            upcoming = next(vectors, None)
        else:
            _, _, selection, opened = heappop(heap)
            yield selection
        following = next(opened, None)
        if following is not None:
            heappush(heap, (following.left, next(serial), following, opened))
