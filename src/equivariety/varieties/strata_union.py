"""Unions of strata, such as singular loci, which answer the same questions as one stratum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any, Generic, TypeVar

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import invalid
from equivariety.linalg import frobenius_norm
from equivariety.representations import RankVector
from equivariety.tolerances import tie_tolerance
from equivariety.varieties.points import critical_points, singularity
from equivariety.varieties.points.critical_points import CriticalPoint, CriticalPoints
from equivariety.varieties.points.membership import balanced, check_matrix, of_bounded_ranks, within
from equivariety.varieties.points.projection import Projection, nearest_of_ranks
from equivariety.varieties.points.tangent_spaces import LinearSubspace, tangent_space
from equivariety.varieties.points.verdicts import Membership, Singularity
from equivariety.varieties.stratum import Stratum

__all__ = ["StrataUnion", "singular_strata"]

S = TypeVar("S", bound=Stratum)


class StrataUnion(Generic[S]):
    """A finite union of strata, its irreducible components, none inside another; iterable, possibly empty.

    >>> import equivariety as ev
    >>> C = ev.linear_maps(3, 4, rank=2).component([2])
    >>> S = C.singular_locus()
    >>> len(S), S.dim, S.degree, [tuple(piece.ranks) for piece in S]
    (1, 6, 10, [(1,)])
    """

    __slots__ = ("_strata",)

    def __init__(self, strata: Iterable[S]) -> None:
        given = tuple({tuple(s.ranks): s for s in strata}.values())
        for s in given[1:]:
            s.check_same_maps(given[0])
        vectors = np.array([s.ranks for s in given])
        inside = ((vectors[i] <= vectors).all(axis=1).sum() > 1 for i in range(len(given)))
        self._strata: tuple[S, ...] = tuple(s for s, is_inside in zip(given, inside, strict=True) if not is_inside)

    def __repr__(self) -> str:
        return f"StrataUnion({list(self._strata)})"

    def __iter__(self) -> Iterator[S]:
        return iter(self._strata)

    def __len__(self) -> int:
        return len(self._strata)

    def __eq__(self, other: object) -> bool:
        return set(self._strata) == set(other._strata) if isinstance(other, StrataUnion) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._strata))

    @property
    def strata(self) -> tuple[S, ...]:
        """The irreducible components."""
        return self._strata

    @property
    def is_empty(self) -> bool:
        """Whether there are no points."""
        return not self._strata

    @property
    def dim(self) -> int:
        """The largest dimension of a component; -1 for the empty set."""
        return max((s.dim for s in self._strata), default=-1)

    @property
    def degree(self) -> int:
        """The sum of the degrees of the components of largest dimension; 0 for the empty set."""
        dim = self.dim
        return sum(s.degree for s in self._strata if s.dim == dim)

    @property
    def ed_degree(self) -> int:
        """The sum of the ED degrees of the components; 0 for the empty set."""
        return sum(s.ed_degree for s in self._strata)

    def contains(self, matrix: object, tolerance: float | None = None) -> Membership:
        """Whether a dense (m, n) matrix lies in one of the components: a verdict, true or false, with reasons.

        Errors as theirs.  The reason against a matrix is that of the component whose bounds it exceeds least.

        >>> import equivariety as ev
        >>> S = ev.linear_maps(3, 4, rank=2).component([2]).singular_locus()
        >>> print(S.contains(np.eye(3, 4)))
        no: block (1,1) has rank 3, at most 1 allowed: its singular value 1 (the largest of all blocks is 1)
        """
        if not self._strata:
            return Membership(False, "there are no points", np.inf, None)
        found = self._strata[0]._measured(matrix, tolerance)
        return of_bounded_ranks(found, min(self._strata, key=lambda s: found.excess(s.ranks)).ranks)

    def is_singular_at(self, matrix: object, tolerance: float | None = None) -> Singularity:
        """Whether a member is a singular point: a verdict, true or false, with reasons.

        It is where two components meet, and where the only one through it is singular; ``num_components`` counts those
        of this union.  Errors as those of the components, and ValueError with the reason for a matrix outside.
        """
        ranks = within(self.contains(matrix, tolerance))
        through = [s for s in self._strata if all(k <= r for k, r in zip(ranks, s.ranks, strict=True))]
        if len(through) > 1:
            return Singularity(True, f"{len(through):,} strata meet there", (), len(through), ranks)
        return replace(singularity.of_stratum(through[0], ranks), num_components=1)

    def singular_locus(self) -> StrataUnion[S]:
        """Return the singular points: where two components meet, and where one is singular.

        >>> import equivariety as ev
        >>> S = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component([1, 1, 0]).singular_locus()
        >>> [(tuple(piece.ranks), piece.dim) for piece in S], [tuple(piece.ranks) for piece in S.singular_locus()]
        ([((0, 1, 0), 6), ((1, 0, 0), 5)], [(0, 0, 0)])
        """
        found = [piece for s in self._strata for piece in singular_strata(s)]
        return StrataUnion(found + [a & b for a, b in combinations(self._strata, 2)])

    def tangent_space(self, matrix: object, tolerance: float | None = None) -> LinearSubspace:
        """Return the Zariski tangent space of the union at a real member.

        Block i is whole where a component through the member has a larger rank than it, as for the union of all
        components (:meth:`RankBoundedMaps.tangent_space`).  Errors as those of :meth:`is_singular_at`, and ValueError
        for a union of complex strata.
        """
        first = self._real("tangent_space")[0]
        found = first._measured(matrix, tolerance)
        ranks = within(self.contains(matrix, tolerance))
        through = [s.ranks for s in self._strata if all(k <= r for k, r in zip(ranks, s.ranks, strict=True))]
        spare = [any(k < r[i] for r in through) for i, k in enumerate(ranks)]
        return tangent_space(first.space.hom, found.matrix, ranks, spare)

    def normal_space(self, matrix: object, tolerance: float | None = None) -> LinearSubspace:
        """Return the orthogonal complement, in all (m, n) matrices, of the tangent space at a real member."""
        return self.tangent_space(matrix, tolerance).complement

    def project(self, matrix: object) -> Projection:
        """Return the nearest point to a dense (m, n) matrix; ``alternatives`` are rank vectors of equally near ones.

        Raises as the components do, and ValueError for the empty set and for complex strata.

        >>> import equivariety as ev
        >>> S = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component([1, 1, 0]).singular_locus()
        >>> S.project(np.ones((9, 9))).ranks.by_label
        {'(1,1)': 1, '(4,3)': 0, '(2,1)': 0}
        """
        first = self._real("project")[0]
        dense, unit = balanced(check_matrix("matrix", matrix, first.shape))
        triples = first.space.singular_triples(dense)
        found = [nearest_of_ranks(first.space.hom, dense, unit, triples, s.ranks) for s in self._strata]
        found.sort(key=lambda p: p.distance)
        best = found[0]
        rounding = tie_tolerance(best.point.dtype) * (best.distance + frobenius_norm(best.point))
        # The same point may lie in several components.
        others = [p for p in found[1:] if p.distance <= best.distance + rounding]
        others = [p for p in others if frobenius_norm(p.point - best.point) > rounding]
        unique = best.is_unique and not others
        return replace(best, is_unique=unique, alternatives=tuple(p.ranks for p in others[:8]))

    def sample(self, rng: np.random.Generator) -> AnyArray:
        """Return a random member of the first component of largest dimension; ValueError for the empty set."""
        if not self._strata:
            raise self._nothing("sample")
        largest: Any = max(self._strata, key=lambda s: s.dim)
        return largest.sample(rng)  # type: ignore[no-any-return]

    def _real(self, what: str) -> tuple[Any, ...]:
        """The components, if there are some and they are real ones."""
        if not self._strata:
            raise self._nothing(what)
        if not hasattr(self._strata[0], what):
            raise invalid("strata", "real ones", "complex strata", "ask the singular locus over the reals")
        return self._strata

    @staticmethod
    def _nothing(what: str) -> ValueError:
        return invalid("strata", f"not empty to answer {what}", "the empty set", "ask is_empty first")

    def critical_points(self, matrix: object) -> CriticalPoints[CriticalPoint]:
        """Return the critical points of the squared distance to a dense (m, n) matrix on all components, nearest first.

        Each is a smooth point of its component.  Raises NonGenericDataError if the matrix is not generic for one of
        them, ValueError for a union of complex strata, else as they do.

        >>> import equivariety as ev
        >>> S = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component([1, 1, 0]).singular_locus()
        >>> found = S.critical_points(np.arange(81.0).reshape(9, 9) ** 2 % 17)
        >>> found.count, [p.ranks.by_label for p in found][0]
        (5, {'(1,1)': 1, '(4,3)': 0, '(2,1)': 0})
        """
        return critical_points.of_union(self._real("critical_points") if self._strata else (), matrix)


def singular_strata(stratum: S) -> StrataUnion[S]:
    """Return the union, over the factors with 0 < r < full rank, of the strata in which that rank is one less."""
    out = []
    for i, factor in enumerate(stratum.factors):
        if not factor.is_linear:
            lower = RankVector((r - (i == j) for j, r in enumerate(stratum.ranks)), stratum.ranks.labels)
            out.append(type(stratum)(stratum.space, lower))
    return StrataUnion(out)
