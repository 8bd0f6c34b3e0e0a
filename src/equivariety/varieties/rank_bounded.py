"""Equivariant linear maps of bounded rank: a union of irreducible components, one per maximal rank vector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Literal, overload

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import as_nonnegative_int, invalid
from equivariety.linalg import algebra, truncate
from equivariety.representations import HomSpace, MapBlock, RankVector
from equivariety.tolerances import tie_tolerance
from equivariety.varieties.cards.card import Described, GeometryCard, space_card
from equivariety.varieties.complex_maps import ComplexComponent, ComplexRankBoundedMaps
from equivariety.varieties.component import Component
from equivariety.varieties.determinantal import DeterminantalVariety, block_variety
from equivariety.varieties.equations import Equations, space_equations
from equivariety.varieties.ground_fields import Ground, as_ground
from equivariety.varieties.points import critical_points, singularity
from equivariety.varieties.points.critical_points import CriticalPoint, CriticalPoints
from equivariety.varieties.points.membership import balanced, check_matrix, measured, of_bounded_rank, within
from equivariety.varieties.points.projection import Projection, family_dim
from equivariety.varieties.points.tangent_spaces import LinearSubspace, tangent_space
from equivariety.varieties.points.verdicts import Membership, Singularity
from equivariety.varieties.rank_family import Order, RankFamily
from equivariety.varieties.ranks.allocation import allocate
from equivariety.varieties.ranks.rank_budget import RankBudget
from equivariety.varieties.ranks.rank_sums import binomial_sum
from equivariety.varieties.strata_union import StrataUnion
from equivariety.varieties.stratum import Stratum

__all__ = ["RankBoundedMaps"]


class RankBoundedMaps(Described, RankFamily[Component]):
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
            bound = min(bound, as_nonnegative_int("rank", rank, "give a whole number, or leave it out for no bound"))
        super().__init__(hom, RankBudget(unbounded.weights, caps, bound))

    def __repr__(self) -> str:
        return f"RankBoundedMaps(shape={self.shape}, rank={self.rank}, blocks={len(self.blocks)})"

    def describe(
        self, component: Component | Mapping[object, int] | Sequence[int] | None = None, *, full: bool = False
    ) -> GeometryCard:
        """Return what is known about the maps, and about one of their components, on one page.

        ``print(E)`` and notebooks show the page without arguments.

        Args:
            component: a component, or ranks as for ``stratum``; a rank vector that is not maximal is described as
                what it is, a smaller stratum inside a component.  None takes the first component by descending
                dimension.
            full: write long integers with all digits, and lists with all entries.

        Integers are exact; degrees beyond the budgets ``tolerances.DEGREE_DIGITS_BUDGET`` and
        ``ED_DEGREE_PRODUCTS_BUDGET`` are left out, with the reason.  Raises ValueError for ranks that are infeasible
        and for a component of other maps, TypeError for other types.

        >>> import equivariety as ev
        >>> E = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)
        >>> card = E.describe((13, 10, 9, 8, 7, 5, 3, 1, 0, 0, 0, 0, 0, 0, 0))
        >>> card.facts["num_components"], card.facts["component"]["num_parameters"]
        (72426340906146, 5544)
        >>> [line.split(maxsplit=1)[1] for line in str(card).splitlines() if line.startswith("  degree")]
        ['≈ 1.0e1239, 1,240 digits, of the closure of the real points', '≈ 6.1e851, 852 digits']
        """
        if component is None:
            chosen = self.largest_component
        elif isinstance(component, Stratum):
            if not isinstance(component, Component) or component.space.hom != self._hom:
                required = "a component of the same maps"
                raise invalid("component", required, component, "pass one of E.components()")
            chosen = self.stratum(tuple(component.ranks))
        else:
            chosen = self.stratum(component)
        return space_card(self, chosen, full=full)

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
        """Number of critical points of the distance from a generic matrix, over all components, an exact int.

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

    def contains(self, matrix: object, tolerance: float | None = None) -> Membership:
        """Whether a dense (m, n) matrix is equivariant and of rank at most ``rank``, up to rounding: a verdict.

        Arguments and errors as in :meth:`Component.contains`.

        >>> import equivariety as ev
        >>> E = ev.equivariant_maps(ev.groups.cyclic(3), rank=2)
        >>> print(E.contains(np.diag([1.0, 2.0, 3.0])))
        no: not equivariant: ...; generator 0 takes entry (2, 2), 3, to entry (0, 0), 1: they differ by 2
        >>> bool(E.contains(np.eye(3))), E.contains(np.eye(3)).ranks
        (False, (1, 1))
        """
        return of_bounded_rank(measured(self._hom, matrix, tolerance), self._budget)

    def is_singular_at(self, matrix: object, tolerance: float | None = None) -> Singularity:
        """Whether a member is a singular point of the union of all components: a verdict, true or false.

        It is where two or more components meet, and where the only component through it is singular.  Arguments as in
        :meth:`contains`; raises as it does, and ValueError with the reason for a matrix that is not a member.

        >>> import equivariety as ev
        >>> E = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)
        >>> print(E.is_singular_at(np.zeros((784, 784))))
        yes: 72,426,340,906,146 components meet there
        """
        return singularity.of_family(self, within(self.contains(matrix, tolerance)))

    def singular_locus(self) -> StrataUnion[Component]:
        """Return the singular points of the union of all components: their singular loci and their intersections.

        Raises ValueError beyond ``tolerances.SINGULAR_LOCUS_COMPONENTS_BUDGET`` components.

        >>> import equivariety as ev
        >>> [tuple(S.ranks) for S in ev.equivariant_maps(ev.groups.rotation(3), rank=3).singular_locus()]
        [(1, 0, 1), (2, 0, 0), (0, 1, 0), (0, 0, 2)]
        """
        found = singularity.singular_vectors(self)
        return StrataUnion(self._stratum(RankVector(vector, self.labels)) for vector in found)

    def tangent_space(self, matrix: object, tolerance: float | None = None) -> LinearSubspace:
        """Return the Zariski tangent space of the union of all components at a member, a space of (m, n) matrices.

        It is a sum over blocks.  Where a component through M has a larger rank than M_i in block i, the whole block is
        tangent to that component.  Otherwise every component through M has there the rank of M_i, and so has every
        member near M: block i is the tangent space of the matrices of this rank, which the sum of the tangent spaces of
        the components reaches, and outside of which a minor that vanishes near M has a derivative.

        Arguments and errors as in :meth:`is_singular_at`.

        >>> import equivariety as ev
        >>> E = ev.equivariant_maps(ev.groups.cyclic(3), rank=2)
        >>> E.tangent_space(np.zeros((3, 3))).dim, E.tangent_space(np.ones((3, 3))).dim
        (3, 1)
        """
        found = measured(self._hom, matrix, tolerance)
        ranks = within(of_bounded_rank(found, self._budget))
        left = self.rank - self._budget.cost(ranks)
        spare = [weight <= left for weight in self._budget.weights]
        return tangent_space(self._hom, found.matrix, ranks, spare)

    def normal_space(self, matrix: object, tolerance: float | None = None) -> LinearSubspace:
        """Return the orthogonal complement, in all (m, n) matrices, of the tangent space at a member.

        Arguments and errors as in :meth:`tangent_space`.
        """
        return self.tangent_space(matrix, tolerance).complement

    def critical_points(self, matrix: object) -> CriticalPoints[CriticalPoint]:
        """Return the critical points of the squared distance to a matrix on all components, the nearest first.

        Each is a smooth point of its component, ``ed_degree`` points in all; components are searched when their nearest
        point is next.  Raises NonGenericDataError if the matrix is not generic for some component, else as
        :meth:`project` does.

        >>> import equivariety as ev
        >>> E = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)
        >>> found = E.critical_points(np.random.default_rng(0).standard_normal((784, 784)))
        >>> found.count == E.ed_degree > 10**66, [p.index for p, _ in zip(found, range(3))]
        (True, [0, 0, 0])
        """
        return critical_points.of_family(self, matrix)

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
            family_dim=family_dim(self.blocks, relative, best.ranks, rounding),
        )

    def sample(self, rng: np.random.Generator) -> AnyArray:
        """Return a random member of the largest component, dense (m, n); TypeError if ``rng`` is no Generator."""
        return self.largest_component.sample(rng)

    def equations(self) -> Equations:
        """Return polynomials in the mn entries whose zeros are these maps: all components together.

        The linear equations of equivariance, and all minors of size ``rank + 1`` of the matrix, written in one entry
        of each orbital.  They cut out the union as a set; their ideal need not be radical.  For small matrices: raises
        ValueError as :meth:`Component.equations` does.

        >>> import equivariety as ev
        >>> print(ev.equivariant_maps(ev.groups.cyclic(2), rank=1).equations())
        -m1c2 + m2c1 = 0
        -m1c1 + m2c2 = 0
        m1c1**2 - m1c2**2 = 0
        """
        return space_equations(self)
