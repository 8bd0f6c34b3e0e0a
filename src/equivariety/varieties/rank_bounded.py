"""Equivariant linear maps of bounded rank: a union of irreducible components, one per maximal rank vector."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import as_nonnegative_int, invalid
from equivariety.linalg import algebra, truncate
from equivariety.representations import HomSpace, MapBlock, RankVector
from equivariety.tolerances import tie_tolerance
from equivariety.varieties.component import Component
from equivariety.varieties.points.membership import balanced, block_ranks, check_matrix
from equivariety.varieties.points.projection import Projection
from equivariety.varieties.ranks.allocation import allocate
from equivariety.varieties.ranks.rank_budget import RankBudget

__all__ = ["RankBoundedMaps"]


class RankBoundedMaps:
    """All maps in Hom_G(R^n, R^m) of rank at most r.

    Made by ``equivariant_maps``, ``invariant_maps`` and ``linear_maps``.

    >>> import equivariety as ev
    >>> E = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)
    >>> E.num_components(exact_rank=True), E.num_components()
    (72425986088826, 72426340906146)
    """

    def __init__(self, hom: HomSpace, rank: int | None = None) -> None:
        self._hom = hom
        caps = tuple(block.max_rank for block in hom.blocks)
        unbounded = RankBudget(tuple(block.irrep_dim for block in hom.blocks), caps, 0)
        bound = unbounded.max_rank
        if rank is not None:
            bound = min(bound, as_nonnegative_int("rank", rank, "give a whole number, or None for no bound"))
        self._budget = RankBudget(unbounded.weights, caps, bound)

    def __repr__(self) -> str:
        return f"RankBoundedMaps(shape={self.shape}, rank={self.rank}, blocks={len(self.blocks)})"

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

    @property
    def blocks(self) -> tuple[MapBlock, ...]:
        """The blocks, each with ``field``, ``irrep_dim``, ``rows``, ``cols`` and ``label``."""
        return self._hom.blocks

    @cached_property
    def dim(self) -> int:
        """Real dimension, the largest dimension of a component, found by the exact knapsack."""
        if self.rank == self._budget.max_rank:
            return self._hom.dim
        # The k-th rank of a block adds dim D * (rows + cols - 2k + 1), which falls with k as the knapsack needs.
        steps = [np.diff([float(b.rank_variety_dim(k)) for k in range(b.max_rank + 1)]) for b in self.blocks]
        best = allocate(steps, self._budget.weights, self.rank)
        return sum(b.rank_variety_dim(r) for b, r in zip(self.blocks, best.ranks, strict=True))

    def num_components(self, *, exact_rank: bool = False) -> int:
        """Number of irreducible components over R, an exact int; counted by generating functions, never enumerated.

        Args:
            exact_rank: count only those that contain a matrix of rank exactly ``rank``, as the talk's proposition
                does; 0 where no component attains it.
        """
        return self._budget.count(exact=exact_rank)

    def components(self, *, exact_rank: bool = False) -> Iterator[Component]:
        """Yield the irreducible components lazily, each once, those of rank exactly ``rank`` first.

        Within one rank the rank vectors fall lexicographically.
        """
        for vector in self._budget.maximal_vectors(exact=exact_rank):
            yield Component(self, RankVector(vector, self._hom.labels))

    def component(self, ranks: Mapping[object, int] | Sequence[int]) -> Component:
        """Return the irreducible component of a maximal rank vector.

        Args:
            ranks: mapping from block label, "(l,m)" or (l, m), to rank (missing ones are 0), or a sequence in the
                order of ``blocks``.

        Raises ValueError if the vector is infeasible, or not maximal (then :meth:`stratum` takes it).
        """
        found = self.stratum(ranks)
        if not found.is_component:
            larger = RankVector(self._budget.extended(found.ranks), self._hom.labels)
            raise invalid(
                "ranks",
                f"maximal for rank {self.rank}",
                f"{tuple(found.ranks)}, inside {tuple(larger)}",
                "raise some of them, or use stratum(ranks)",
            )
        return found

    def stratum(self, ranks: Mapping[object, int] | Sequence[int]) -> Component:
        """Return the closed irreducible subvariety of any feasible rank vector; ``ranks`` as in :meth:`component`.

        Raises ValueError if a block's rank is out of range or the real rank exceeds the bound.
        """
        vector = RankVector.parse(ranks, self.blocks)
        cost = self._budget.cost(vector)
        if cost > self.rank:
            raise invalid("ranks", f"of real rank at most {self.rank}", f"real rank {cost}", "lower some of them")
        return Component(self, vector)

    def others(self, chosen: Sequence[int], vectors: Iterable[Sequence[int]]) -> tuple[RankVector, ...]:
        """Return maximal rank vectors above ``vectors``, each once and without ``chosen``.

        >>> import equivariety as ev
        >>> ev.equivariant_maps(ev.groups.cyclic(2), rank=1).others((1, 0), [(1, 0), (0, 1), (0, 1)])
        ((0, 1),)
        """
        found = dict.fromkeys(self._budget.extended(vector) for vector in vectors)
        found.pop(tuple(chosen), None)
        return tuple(RankVector(vector, self._hom.labels) for vector in found)

    def singular_triples(self, matrix: AnyArray) -> list[tuple[AnyArray, FloatArray, AnyArray]]:
        """Return per block the thin SVD ``(U, s, Vh)`` over its field of the projection of ``matrix`` on the maps.

        ``matrix`` is a checked float array (m, n).
        """
        matrices = self._hom.block_matrices(matrix)
        return [algebra(block.field).svd(b) for block, b in zip(self.blocks, matrices, strict=True)]

    def contains(self, matrix: object, tolerance: float | None = None) -> bool:
        """Whether a dense (m, n) matrix is equivariant and of rank at most ``rank``, up to rounding.

        Arguments and errors as in :meth:`Component.contains`.
        """
        found = block_ranks(self._hom, matrix, tolerance)
        return found is not None and self._budget.cost(found) <= self.rank

    def project(self, matrix: object) -> Projection:
        """Return the nearest equivariant matrix of rank at most ``rank`` over all components, exactly.

        A singular value s of block i gains ``irrep_dim * s^2`` and costs ``irrep_dim``; an exact knapsack chooses.
        ``is_unique`` is False on ties, and ``alternatives`` then lists rank vectors of other nearest points.
        """
        dense, unit = balanced(check_matrix("matrix", matrix, self.shape))
        triples = self.singular_triples(dense)
        weights = self._budget.weights
        scale = max((float(s[0]) for _, s, _ in triples if len(s)), default=0.0) or 1.0
        relative = [s.astype(np.float64) / scale for _, s, _ in triples]
        rounding = tie_tolerance(dense.dtype)
        # Gains are squares: a singular value that is zero up to rounding gains the square of that rounding, and
        # rounding of the smallest singular value taken moves its gain by about twice their product.
        gains = [w * s**2 for s, w in zip(relative, weights, strict=True)]
        best = allocate(gains, weights, self.rank, zero=max(weights) * rounding**2)
        smallest = min((float(s[r - 1]) for s, r in zip(relative, best.ranks, strict=True) if r), default=0.0)
        ties = best.ties(2 * max(weights) * rounding * smallest)
        factors = {
            i: truncate(t, r, algebra(self.blocks[i].field).order)
            for i, (t, r) in enumerate(zip(triples, best.ranks, strict=True))
            if r
        }
        return Projection.of(
            self._hom,
            dense,
            unit,
            factors,
            RankVector(self._budget.extended(best.ranks), self._hom.labels),
            is_unique=ties.is_unique,
            alternatives=self.others(self._budget.extended(best.ranks), ties.alternatives),
        )
