"""Unions of strata, such as singular loci, which answer the same questions as one stratum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

import numpy as np

from equivariety.representations import RankVector
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
        return sum(s.degree for s in self._strata if s.dim == self.dim)

    @property
    def ed_degree(self) -> int:
        """The sum of the ED degrees of the components; 0 for the empty set."""
        return sum(s.ed_degree for s in self._strata)

    def contains(self, matrix: object, tolerance: float | None = None) -> bool:
        """Whether a dense (m, n) matrix lies in one of the components; errors as theirs."""
        return any(bool(s.contains(matrix, tolerance)) for s in self._strata)


def singular_strata(stratum: S) -> StrataUnion[S]:
    """Return the union, over the factors with 0 < r < full rank, of the strata in which that rank is one less."""
    out = []
    for i, factor in enumerate(stratum.factors):
        if not factor.is_linear:
            lower = RankVector((r - (i == j) for j, r in enumerate(stratum.ranks)), stratum.ranks.labels)
            out.append(type(stratum)(stratum.space, lower))
    return StrataUnion(out)
