"""Equivariant linear maps of bounded rank: a union of irreducible components, one per maximal rank vector."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal, overload

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import as_nonnegative_int
from equivariety.linalg import algebra, truncate
from equivariety.representations import HomSpace, MapBlock, RankVector
from equivariety.tolerances import tie_tolerance
from equivariety.varieties.complex_maps import ComplexComponent, ComplexRankBoundedMaps
from equivariety.varieties.component import Component
from equivariety.varieties.determinantal import DeterminantalVariety, block_variety
from equivariety.varieties.ground_fields import Ground, as_ground
from equivariety.varieties.points.membership import balanced, block_ranks, check_matrix
from equivariety.varieties.points.projection import Projection
from equivariety.varieties.rank_family import Order, RankFamily
from equivariety.varieties.ranks.allocation import allocate
from equivariety.varieties.ranks.rank_budget import RankBudget
from equivariety.varieties.ranks.rank_sums import binomial_sum

__all__ = ["RankBoundedMaps"]


class RankBoundedMaps(RankFamily[Component]):
    """All maps in Hom_G(R^n, R^m) of rank at most r.

    Made by ``equivariant_maps``, ``invariant_maps`` and ``linear_maps``.

    >>> import equivariety as ev
    >>> E = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)
    >>> E.num_components(exact_rank=True), E.num_components()
    (72425986088826, 72426340906146)
    """

    def __init__(self, hom: HomSpace, rank: int | None = None) -> None:
        caps = tuple(block.max_rank for block in hom.blocks)
        unbounded = RankBudget(tuple(block.irrep_dim for block in hom.blocks), caps, 0)
        bound = unbounded.max_rank
        if rank is not None:
            bound = min(bound, as_nonnegative_int("rank", rank, "give a whole number, or None for no bound"))
        super().__init__(hom, RankBudget(unbounded.weights, caps, bound))

    def __repr__(self) -> str:
        return f"RankBoundedMaps(shape={self.shape}, rank={self.rank}, blocks={len(self.blocks)})"

    @property
    def blocks(self) -> tuple[MapBlock, ...]:
        """The blocks, each with ``field``, ``irrep_dim``, ``rows``, ``cols`` and ``label``."""
        return self._hom.blocks

    def _factor(self, block: int, rank: int) -> DeterminantalVariety:
        return block_variety(self.blocks[block], rank)

    def _stratum(self, ranks: RankVector) -> Component:
        return Component(self, ranks)

    @cached_property
    def complex_maps(self) -> ComplexRankBoundedMaps:
        """The complex maps of rank at most ``rank``: the same equations over C."""
        return ComplexRankBoundedMaps(self._hom, self.rank)

    @property
    def ed_degree(self) -> int:
        """Number of critical points of the distance from a generic matrix, over all components: an exact int.

        The sum of the ED degrees of the components, from one coefficient of ``prod (1 + t^irrep_dim)^cap`` per slack.
        """
        return binomial_sum(self._budget)

    def num_components(self, *, exact_rank: bool = False, field: Ground = "real") -> int:
        """Number of irreducible components, an exact int; counted by generating functions, never enumerated.

        Args:
            exact_rank: count only those that contain a matrix of rank exactly ``rank``, as the talk's proposition
                does; 0 where no component attains it.
            field: "real" for the components over R, "complex" for those of :attr:`complex_maps`.

        Raises ValueError for another field.

        >>> import equivariety as ev
        >>> E = ev.equivariant_maps(ev.groups.cyclic(3), rank=2)
        >>> E.num_components(), E.num_components(exact_rank=True), E.num_components(field="complex")
        (2, 1, 3)
        """
        if as_ground(field) == "complex":
            return self.complex_maps.num_components(exact_rank=exact_rank)
        return super().num_components(exact_rank=exact_rank)

    @overload
    def components(
        self, *, exact_rank: bool = ..., field: Literal["real"] = ..., order: Order = ...
    ) -> Iterator[Component]: ...

    @overload
    def components(
        self, *, exact_rank: bool = ..., field: Literal["complex"], order: Order = ...
    ) -> Iterator[ComplexComponent]: ...

    def components(
        self, *, exact_rank: bool = False, field: Ground = "real", order: Order = "rank"
    ) -> Iterator[Component] | Iterator[ComplexComponent]:
        """Yield the irreducible components lazily, each once.

        Args:
            exact_rank: only those that contain a matrix of rank exactly ``rank``.
            field: "real", or "complex" for the components of :attr:`complex_maps`.
            order: "rank" lists those of rank exactly ``rank`` first, and within one rank the rank vectors fall
                lexicographically; "dimension" lists by descending dimension, by a search that finds each next one
                without listing the others.

        Raises ValueError for another field or order.

        >>> import equivariety as ev
        >>> E = ev.equivariant_maps(ev.groups.rotation(3), rank=3)
        >>> [(tuple(C.ranks), C.dim) for C in E.components(order="dimension")]
        [((1, 1, 0), 11), ((2, 0, 1), 11), ((3, 0, 0), 9), ((1, 0, 2), 9), ((0, 1, 1), 9)]
        """
        if as_ground(field) == "complex":
            return self.complex_maps.components(exact_rank=exact_rank, order=order)
        return super().components(exact_rank=exact_rank, order=order)

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
