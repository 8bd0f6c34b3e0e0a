"""All irreducible components by increasing left-over, lazily: a best-first search that never meets a dead end.

The maximal rank vectors fall apart by their slack: at slack s the blocks that cost at most s are full, the others cost
exactly ``rank - s`` (arXiv 2309.13736 for the components).  A vector is decided in steps, first how many ranks each
*weight class* gets, then the rank of one block after the other.  Tables hold the least that the later steps can leave
over, so the bound of every partial choice is reached by a vector: each step of the search yields one, and even
astronomically many equally good vectors, as of rank-deficient data, cannot stall it.

Descending gains make the left-over of a block convex in its rank, and that of the blocks after it convex in what they
get.  So the alternatives at a block get worse away from its best rank, and only its two neighbours have to be known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count, pairwise
from math import fsum

import numpy as np

from equivariety._typing import FloatArray, IntArray
from equivariety.errors import invalid
from equivariety.tolerances import RANKING_ENTRIES_BUDGET
from equivariety.varieties.ranks.allocation import combined
from equivariety.varieties.ranks.rank_budget import RankBudget

__all__ = ["ranked_vectors"]


def ranked_vectors(
    gains: Sequence[FloatArray], budget: RankBudget, *, exact: bool = False
) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Yield all maximal rank vectors of the budget, each once, those that leave the least over first.

    Args:
        gains: per block its nonnegative gains, descending; missing ones are 0, those beyond the cap are never taken.
        budget: the feasible rank vectors.
        exact: only those that use the whole budget.

    Yields pairs (left, vector): ``left`` is the sum over blocks of ``gains[i][vector[i]:]``, computed from the small
    gains up, and never falls but by rounding.  The order of equal ones is deterministic.  Memory is
    O(blocks * rank), and O(blocks) for each vector that was yielded.  Raises ValueError unless there is one array of
    gains per block, and if the tables would hold more than ``tolerances.RANKING_ENTRIES_BUDGET`` numbers.

    >>> list(ranked_vectors([np.array([5.0]), np.array([4.0, 3.0])], RankBudget((1, 2), (2, 2), rank=3)))
    [(3.0, (1, 1)), (7.0, (2, 0))]
    """
    if len(gains) != len(budget.caps):
        raise invalid(
            "gains", f"{len(budget.caps)} arrays, one per block", f"{len(gains)}", "give every block its gains"
        )
    if budget.rank == budget.max_rank:  # everything is full
        left = fsum(float(g[c:].sum()) for g, c in zip(gains, budget.caps, strict=True))
        return iter([(left, budget.caps)])
    entries = sum(budget.rank // w + 1 for w in budget.weights)
    if entries > RANKING_ENTRIES_BUDGET:
        required = f"small enough to rank components with {RANKING_ENTRIES_BUDGET:,} numbers"
        raise invalid("rank", required, f"{budget.rank} for {len(budget.caps):,} blocks", "lower the bound on the rank")
    return _Search(gains, budget).solutions(exact=exact)


@dataclass(frozen=True, slots=True)
class _WeightTables:
    """What the blocks of one weight, the members, can leave over.

    Attributes:
        weight: cost of one rank.
        members: positions of the blocks.
        tail: ``tail[i, r]`` is what member i leaves over with rank r.
        left: ``left[i, c]`` is the least that the members from i on leave over with c ranks in all.
        share: ``share[i, c]`` is how many of these ranks member i then has.
        room: ``room[i]`` is how many ranks the members from i on can have within the bound.
    """

    weight: int
    members: IntArray
    tail: FloatArray
    left: FloatArray
    share: IntArray
    room: IntArray

    @classmethod
    def of(cls, gains: Sequence[FloatArray], budget: RankBudget, weight: int) -> _WeightTables:
        members = [i for i, (w, c) in enumerate(zip(budget.weights, budget.caps, strict=True)) if w == weight and c]
        most = min(sum(budget.caps[i] for i in members), budget.rank // weight)
        caps = [min(budget.caps[i], most) for i in members]
        tail = np.full((len(members), max(caps) + 1), np.inf)
        left = np.full((len(members) + 1, most + 1), np.inf)
        share = np.zeros((len(members), most + 1), dtype=np.int32)
        room = np.zeros(len(members) + 1, dtype=np.int64)
        left[-1, 0] = base = 0.0
        best = np.zeros(0)  # the largest gains of the members from i on; base is the sum of their other gains
        for i in range(len(members) - 1, -1, -1):
            tails = _tails(gains[members[i]])
            tail[i, : caps[i] + 1] = tails[np.minimum(np.arange(caps[i] + 1), len(tails) - 1)]
            own = np.zeros(caps[i])
            taken = min(caps[i], len(tails) - 1)
            own[:taken] = gains[members[i]][:taken]
            values = np.concatenate([own, best])
            order = np.argsort(-values, kind="stable")
            base += float(tail[i, caps[i]]) + float(values[order[most:]][::-1].sum())
            best = values[order[:most]]
            room[i] = len(best)
            left[i, : len(best) + 1] = np.cumsum(np.concatenate([[base], best[::-1]]))[::-1]
            share[i, 1 : len(best) + 1] = np.cumsum(order[:most] < caps[i])
        return cls(weight, np.array(members), tail, left, share, room)


def _tails(gains: FloatArray) -> FloatArray:
    """Sums of all but the r largest gains, for r = 0, 1, ..., from the smallest gain up."""
    return np.cumsum(np.concatenate([[0.0], gains[::-1]], dtype=np.float64))[::-1]


@dataclass(frozen=True, slots=True)
class _Fork:
    """The choice of the number of ranks of one weight class, after those of the classes before it.

    Attributes:
        level: position of the class; those before the first free one are full.
        first: position of the first free class.
        counts: numbers of ranks of all classes before ``level``.
        cost: what is left of the rank for this class and those after it.
        before: what the classes before it leave over.
    """

    level: int
    first: int
    counts: tuple[int, ...]
    cost: int
    before: float


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A vector, and with it those that agree with it before one of its members, the branch, and differ there.

    Members are counted through all classes.

    Attributes:
        counts: number of ranks of each class.
        ranks: rank of each member.
        branch: member at which the vector left the one that it was made from.
        step: whether its rank went up (1) or down (-1) there, and so may go on; 0 where there is no such member.
    """

    counts: tuple[int, ...]
    ranks: IntArray
    branch: int
    step: int


class _Search:
    """The queue of partial choices, by the bound that the best vector below each one reaches."""

    def __init__(self, gains: Sequence[FloatArray], budget: RankBudget) -> None:
        self._budget = budget
        used = sorted({w for w, c in zip(budget.weights, budget.caps, strict=True) if c > 0})
        self._classes = [_WeightTables.of(gains, budget, w) for w in used]
        # Blocks without rank only add to what is left over.
        self._capless = [float(_tails(g)[0]) for g, c in zip(gains, budget.caps, strict=True) if c == 0]
        ends = np.cumsum([0, *(len(c.members) for c in self._classes)]).tolist()
        self._spans = [slice(start, stop) for start, stop in pairwise(ends)]
        self._blocks = np.concatenate([np.zeros(0, dtype=np.int64), *(c.members for c in self._classes)])
        self._caps = np.array(budget.caps, dtype=np.int32)[self._blocks]  # int32 halves the memory of the leaves
        # reach[k][cost] is the least that the classes from k on leave over at exactly that cost.
        self._reach = [np.full(budget.rank + 1, np.inf)]
        self._reach[0][0] = 0.0
        for c in reversed(self._classes):
            self._reach.insert(0, combined(self._reach[0], c.weight, c.left[0]))
        self._heap: list[tuple[float, int, _Fork | _Leaf, int]] = []
        self._serial = count()

    def solutions(self, *, exact: bool) -> Iterator[tuple[float, tuple[int, ...]]]:
        if not self._classes:
            yield fsum(self._capless), (0,) * len(self._budget.caps)
            return
        for slack in range(1 if exact else min(self._classes[-1].weight, self._budget.rank + 1)):
            first = sum(c.weight <= slack for c in self._classes)
            full = [int(self._caps[span].sum()) for span in self._spans[:first]]
            cost = self._budget.rank - slack - sum(c.weight * n for c, n in zip(self._classes, full, strict=False))
            if cost >= 0 and np.isfinite(self._reach[first][cost]):
                before = fsum(float(c.left[0, n]) for c, n in zip(self._classes, full, strict=False))
                self._push(_Fork(first, first, tuple(full), cost, before), 0)
        while self._heap:
            _, _, node, place = heappop(self._heap)
            leaf = self._below(node, place) if isinstance(node, _Fork) else self._beside(node, place)
            self._push(node, place + 1)
            yield self._value(leaf), self._vector(leaf)
            self._push(leaf, 0)

    def _push(self, node: _Fork | _Leaf, place: int) -> None:
        """Queue the alternative of a node in the given place of its order, if there are so many."""
        bounds = self._options(node)[0] if isinstance(node, _Fork) else self._neighbours(node)[0]
        if place < len(bounds):
            # The latest node first among equal ones: depth first.
            heappush(self._heap, (float(bounds[place]), -next(self._serial), node, place))

    def _options(self, fork: _Fork) -> tuple[FloatArray, IntArray]:
        """Bounds, ascending, and numbers of ranks of the class of a fork."""
        c = self._classes[fork.level]
        counts = np.arange(min(int(c.room[0]), fork.cost // c.weight) + 1)
        bounds = fork.before + (c.left[0, counts] + self._reach[fork.level + 1][fork.cost - c.weight * counts])
        counts = np.flatnonzero(np.isfinite(bounds))
        order = np.argsort(bounds[counts], kind="stable")
        return bounds[counts[order]], counts[order]

    def _below(self, fork: _Fork, place: int) -> _Leaf:
        """The best vector with the fork's choice in the given place; the choices after it are queued as forks."""
        chosen = fork
        while True:
            c = self._classes[chosen.level]
            n = int(self._options(chosen)[1][place])
            counts = (*chosen.counts, n)
            if len(counts) == len(self._classes):
                break
            before = chosen.before + float(c.left[0, n])
            chosen = _Fork(chosen.level + 1, chosen.first, counts, chosen.cost - c.weight * n, before)
            place = 0
            self._push(chosen, 1)
        ranks = self._caps.copy()
        start = self._spans[fork.first].start
        self._complete(ranks, counts, start)
        return _Leaf(counts, ranks, start - 1, 0)

    def _beside(self, leaf: _Leaf, place: int) -> _Leaf:
        """The best vector with the alternative of a leaf in the given place."""
        _, members, steps = self._neighbours(leaf)
        branch, step = int(members[place]), int(steps[place])
        ranks = leaf.ranks.copy()
        ranks[branch] += step
        self._complete(ranks, leaf.counts, branch + 1)
        return _Leaf(leaf.counts, ranks, branch, step)

    def _complete(self, ranks: IntArray, counts: Sequence[int], start: int) -> None:
        """Give the members from ``start`` on their best ranks, in place."""
        for c, span, n in zip(self._classes, self._spans, counts, strict=True):
            begin = max(start, span.start)
            if begin < span.stop:
                rest = n - int(ranks[span.start : begin].sum())
                for member in range(begin, span.stop):
                    ranks[member] = own = int(c.share[member - span.start, rest])
                    rest -= own

    def _neighbours(self, leaf: _Leaf) -> tuple[FloatArray, IntArray, IntArray]:
        """Bounds, ascending, members and steps of the alternatives of a leaf.

        Each member after the branch may have one rank more or one less, the members before it staying as they are;
        the branch may go one step further.
        """
        lost = self._lost(leaf)
        found = []
        for c, span, n in zip(self._classes, self._spans, leaf.counts, strict=True):
            if span.stop <= max(leaf.branch, 0):
                continue
            ranks = leaf.ranks[span]
            later = n - np.cumsum(ranks)  # ranks of the members after each one
            before = np.cumsum(np.concatenate([[lost[: span.start].sum()], lost[span]]))[:-1]
            after = float(lost[span.stop :].sum())
            for step in (1, -1):
                # Forcing a member to change moves a rank to or from those after it.
                allowed = (ranks + step >= 0) & (ranks + step <= self._caps[span])
                allowed &= (later - step >= 0) & (later - step <= c.room[1:])
                i = np.flatnonzero(allowed)
                i = i[(i + span.start > leaf.branch) | ((i + span.start == leaf.branch) & (step == leaf.step))]
                bounds = before[i] + (c.tail[i, ranks[i] + step] + c.left[i + 1, later[i] - step]) + after
                found.append((bounds, i + span.start, np.full(len(i), step)))
        bounds, members, steps = (np.concatenate(column) for column in zip(*found, strict=True))
        order = np.argsort(bounds, kind="stable")
        return bounds[order], members[order], steps[order]

    def _lost(self, leaf: _Leaf) -> FloatArray:
        """What each member leaves over."""
        parts = [
            c.tail[np.arange(len(c.members)), leaf.ranks[s]] for c, s in zip(self._classes, self._spans, strict=True)
        ]
        return np.concatenate(parts)

    def _value(self, leaf: _Leaf) -> float:
        return fsum([*self._capless, *self._lost(leaf).tolist()])

    def _vector(self, leaf: _Leaf) -> tuple[int, ...]:
        out = np.zeros(len(self._budget.caps), dtype=np.int64)
        out[self._blocks] = leaf.ranks
        return tuple(out.tolist())
