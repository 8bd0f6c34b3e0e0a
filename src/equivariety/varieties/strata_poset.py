"""The partially ordered set of strata of a small space, and its Hasse diagram."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from equivariety.errors import invalid
from equivariety.tolerances import POSET_STRATA_BUDGET
from equivariety.varieties.stratum import Stratum

if TYPE_CHECKING:
    from equivariety.varieties.rank_family import RankFamily

__all__ = ["StrataPoset"]

S = TypeVar("S", bound=Stratum)


class StrataPoset(Generic[S]):
    """All strata of a space, ordered by inclusion; made by ``space.poset()``.

    A stratum lies inside another iff no block rank is larger, so the poset is a downset of a product of chains, graded
    by the sum of the ranks: its least element is {0}, its maximal ones are the irreducible components, and one stratum
    covers another iff a single rank is larger by one.  The maps with exactly these block ranks form the open part of a
    stratum; the closure of the open part is the whole stratum.

    >>> import equivariety as ev
    >>> poset = ev.equivariant_maps(ev.groups.cyclic(3), rank=2).poset()
    >>> [tuple(S.ranks) for S in poset.strata], poset.covers, [tuple(S.ranks) for S in poset.maximal]
    ([(0, 0), (1, 0), (0, 1)], ((0, 1), (0, 2)), [(1, 0), (0, 1)])
    """

    def __init__(self, space: RankFamily[S]) -> None:
        count = space.num_strata
        if count > POSET_STRATA_BUDGET:
            shown = count if count.bit_length() < 200 else "more than 2^199"
            required = f"small enough to have at most {POSET_STRATA_BUDGET:,} strata"
            raise invalid("space", required, f"{shown} of them", "lower the rank, or take a smaller group")
        self._space = space
        self._strata = tuple(sorted(space.strata(), key=lambda s: (sum(s.ranks), tuple(-r for r in s.ranks))))

    def __repr__(self) -> str:
        return f"StrataPoset({len(self)} strata of {self._space!r})"

    def __len__(self) -> int:
        return len(self._strata)

    def __iter__(self) -> Iterator[S]:
        return iter(self._strata)

    @property
    def space(self) -> RankFamily[S]:
        """The space whose strata these are."""
        return self._space

    @property
    def strata(self) -> tuple[S, ...]:
        """All strata, by ascending sum of ranks; {0} is the first."""
        return self._strata

    @property
    def maximal(self) -> tuple[S, ...]:
        """The irreducible components."""
        return tuple(s for s in self._strata if s.is_component)

    @cached_property
    def covers(self) -> tuple[tuple[int, int], ...]:
        """Pairs (i, j) of positions with stratum j covering stratum i, the edges of the Hasse diagram, upwards."""
        places = {tuple(s.ranks): i for i, s in enumerate(self._strata)}
        edges: list[tuple[int, int]] = []
        for i, stratum in enumerate(self._strata):
            ranks = tuple(stratum.ranks)
            above = ((*ranks[:k], ranks[k] + 1, *ranks[k + 1 :]) for k in range(len(ranks)))
            edges.extend((i, places[vector]) for vector in above if vector in places)
        return tuple(edges)

    @property
    def levels(self) -> tuple[tuple[int, ...], ...]:
        """Positions of the strata by sum of ranks, from 0 up, the rows of the Hasse diagram."""
        rows: dict[int, list[int]] = {}
        for i, stratum in enumerate(self._strata):
            rows.setdefault(sum(stratum.ranks), []).append(i)
        return tuple(tuple(rows[key]) for key in sorted(rows))
