"""What the rank-bounded maps over R and over C share: rank vectors, their strata, and the irreducible components."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Generic, Literal, TypeAlias, TypeVar, get_args

import numpy as np

from equivariety._typing import FloatArray
from equivariety.errors import brief, check_flag, invalid
from equivariety.linalg import FIELD_DIM
from equivariety.representations import HomSpace, RankVector
from equivariety.representations.blocks import RankedBlock
from equivariety.varieties.determinantal import DeterminantalVariety
from equivariety.varieties.ranks.allocation import allocate
from equivariety.varieties.ranks.rank_budget import RankBudget
from equivariety.varieties.ranks.ranking import ranked_vectors
from equivariety.varieties.ranks.top_dimension import top_degree
from equivariety.varieties.strata_poset import StrataPoset
from equivariety.varieties.stratum import Stratum

__all__ = ["Order", "RankFamily"]

S = TypeVar("S", bound=Stratum)

#: In which order components are listed.
Order: TypeAlias = Literal["rank", "dimension"]


class RankFamily(ABC, Generic[S]):
    """A union of strata, one irreducible component for each maximal rank vector of a budget."""

    def __init__(self, hom: HomSpace, budget: RankBudget) -> None:
        self._hom = hom
        self._budget = budget

    @property
    @abstractmethod
    def blocks(self) -> Sequence[RankedBlock]:
        """The blocks that the ranks are those of."""

    @abstractmethod
    def _factor(self, block: int, rank: int) -> DeterminantalVariety:
        """The determinantal variety of one block."""

    @abstractmethod
    def _stratum(self, ranks: RankVector) -> S:
        """The stratum of a checked rank vector."""

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels of the blocks."""
        return tuple(block.label for block in self.blocks)

    @property
    def hom(self) -> HomSpace:
        """The linear space of all equivariant maps, of any rank."""
        return self._hom

    @property
    def budget(self) -> RankBudget:
        """The combinatorics of its rank vectors."""
        return self._budget

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers (m, n) of outputs and inputs."""
        return self._hom.shape

    @property
    def rank(self) -> int:
        """The rank bound, clamped to the largest rank that occurs."""
        return self._budget.rank

    @cached_property
    def dim(self) -> int:
        """Dimension over the ground field, the largest dimension of a component."""
        return self.largest_component.dim

    @cached_property
    def largest_component(self) -> S:
        """A component of largest dimension, found by the exact knapsack, the first one by descending dimension."""
        best = allocate(self._dimension_steps, self._budget.weights, self.rank)
        return self._stratum(RankVector(best.ranks, self.labels))

    @cached_property
    def degree(self) -> int:
        """Degree, the sum over the components of largest dimension, an exact int.

        Over R it is the degree of the Zariski closure of the real points.  The complex points of the same equations
        may be more, with a degree of their own, that of ``complex_maps``.
        """
        return top_degree(self._dimension_steps, lambda i, r: self._factor(i, r).degree, self._budget)[1]

    @cached_property
    def _dimension_steps(self) -> list[FloatArray]:
        # The k-th rank of a block adds e (rows + cols - 2k + 1), which falls with k as knapsack and ranking need.
        out = []
        for i, cap in enumerate(self._budget.caps):
            factor = self._factor(i, cap)
            size = factor.rows + factor.cols + 1
            out.append(FIELD_DIM[factor.field] * (size - 2.0 * np.arange(1, cap + 1)))
        return out

    def num_components(self, *, exact_rank: bool = False) -> int:
        """Number of irreducible components, an exact int; only those of rank exactly ``rank`` with ``exact_rank``.

        Raises TypeError unless ``exact_rank`` is True or False.
        """
        _check_exact(exact_rank)
        return self._budget.count(exact=exact_rank)

    def components(self, *, exact_rank: bool = False, order: Order = "rank") -> Iterator[S]:
        """Yield the irreducible components lazily, each once.

        Args:
            exact_rank: only those that contain a matrix of rank exactly ``rank``.
            order: "rank" lists those of rank exactly ``rank`` first, and within one rank the rank vectors fall
                lexicographically; "dimension" lists by descending dimension, by a search that finds each next one
                without listing the others.

        Raises ValueError for another order, TypeError unless ``exact_rank`` is True or False.
        """
        _check_exact(exact_rank)
        vectors: Iterator[tuple[int, ...]]
        if order not in get_args(Order):
            raise invalid("order", "'rank' or 'dimension'", brief(order), "leave it out for 'rank'")
        if order == "dimension":
            vectors = (v for _, v in ranked_vectors(self._dimension_steps, self._budget, exact=exact_rank))
        else:
            vectors = self._budget.maximal_vectors(exact=exact_rank)
        return (self._stratum(RankVector(vector, self.labels)) for vector in vectors)

    def component(self, ranks: Mapping[object, int] | Sequence[int]) -> S:
        """Return the irreducible component of a maximal rank vector.

        Args:
            ranks: mapping from block label, "(l,m)" or (l, m), to rank (missing ones are 0), or a sequence in the
                order of ``blocks``.

        Raises ValueError if the vector is infeasible, or not maximal (then :meth:`stratum` takes it).
        """
        found = self.stratum(ranks)
        if not found.is_component:
            larger = RankVector(self._budget.extended(found.ranks), self.labels)
            raise invalid(
                "ranks",
                f"maximal for rank {self.rank}",
                f"{tuple(found.ranks)}, inside {tuple(larger)}",
                "raise some of them, or use stratum(ranks)",
            )
        return found

    def stratum(self, ranks: Mapping[object, int] | Sequence[int]) -> S:
        """Return the closed irreducible subvariety of any feasible rank vector; ``ranks`` as in :meth:`component`.

        Raises ValueError if a block's rank is out of range or the rank of a generic member exceeds the bound.
        """
        vector = RankVector.parse(ranks, self.blocks)
        cost = self._budget.cost(vector)
        if cost > self.rank:
            raise invalid("ranks", f"of real rank at most {self.rank}", f"real rank {cost}", "lower some of them")
        return self._stratum(vector)

    @property
    def num_strata(self) -> int:
        """Number of strata, one for each feasible rank vector, an exact int."""
        return self._budget.num_feasible

    def strata(self) -> Iterator[S]:
        """Yield all strata lazily, each once, lexicographically ascending from {0}."""
        return (self._stratum(RankVector(vector, self.labels)) for vector in self._budget.feasible_vectors())

    def poset(self) -> StrataPoset[S]:
        """Return all strata ordered by inclusion.

        Raises ValueError beyond ``tolerances.POSET_STRATA_BUDGET`` strata.
        """
        return StrataPoset(self)

    def others(self, chosen: Sequence[int], vectors: Iterable[Sequence[int]]) -> tuple[RankVector, ...]:
        """Return maximal rank vectors above ``vectors``, each once and without ``chosen``.

        >>> import equivariety as ev
        >>> ev.equivariant_maps(ev.groups.cyclic(2), rank=1).others((1, 0), [(1, 0), (0, 1), (0, 1)])
        ((0, 1),)
        """
        found = dict.fromkeys(self._budget.extended(vector) for vector in vectors)
        found.pop(tuple(chosen), None)
        return tuple(RankVector(vector, self.labels) for vector in found)

    def components_through(self, ranks: Sequence[int]) -> Iterator[S]:
        """Yield the components that contain the maps of the given block ranks, a feasible vector."""
        for more in self._budget.above(ranks).maximal_vectors():
            yield self._stratum(RankVector((a + b for a, b in zip(ranks, more, strict=True)), self.labels))

    def num_components_through(self, ranks: Sequence[int]) -> int:
        """Number of the components that contain the maps of the given block ranks, a feasible vector; exact int."""
        return self._budget.above(ranks).count(exact=False)


def _check_exact(exact_rank: object) -> None:
    check_flag("exact_rank", exact_rank, "the rank is that of the space: make it with rank=...")
