"""What every closed stratum is, over R and over C: a product of determinantal varieties, one for each block."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from math import prod
from typing import TYPE_CHECKING, Any, Self

from equivariety.errors import invalid
from equivariety.representations import RankVector
from equivariety.varieties.determinantal import DeterminantalVariety
from equivariety.varieties.points.membership import Measured
from equivariety.varieties.points.verdicts import Membership, Singularity

if TYPE_CHECKING:
    from equivariety.varieties.rank_family import RankFamily

__all__ = ["Stratum"]


class Stratum(ABC):
    """The maps whose block i has rank at most ``ranks[i]``: closed, irreducible, and given by its rank vector.

    The facts multiply, and dimensions add, over the ``factors``.

    >>> import equivariety as ev
    >>> C, D = ev.equivariant_maps(ev.groups.cyclic(3), rank=2).components()
    >>> isinstance(C, Stratum), tuple(C.ranks), tuple(D.ranks), tuple((C & D).ranks), (C & D) < C
    (True, (0, 1), (1, 0), (0, 0), True)
    """

    __slots__ = ("_ranks", "_space")

    def __init__(self, space: RankFamily[Any], ranks: RankVector) -> None:
        self._space: Any = space
        self._ranks = ranks

    def __repr__(self) -> str:
        shown = {label: r for label, r in self._ranks.by_label.items() if r}
        return f"{type(self).__name__}(shape={self.shape}, rank={self.rank}, ranks={shown})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Stratum):
            return NotImplemented
        return type(self) is type(other) and self._ranks == other._ranks and self._space.hom == other._space.hom

    def __hash__(self) -> int:
        return hash((self.shape, tuple(self._ranks)))

    def __and__(self, other: Self) -> Self:
        """The intersection with another stratum of maps between the same actions, a stratum: entrywise minimum.

        Raises ValueError if the maps are between other actions.
        """
        if not isinstance(other, Stratum):
            return NotImplemented
        self.check_same_maps(other)
        ranks = RankVector((min(a, b) for a, b in zip(self._ranks, other._ranks, strict=True)), self._ranks.labels)
        return type(self)(min(self._space, other._space, key=lambda space: space.rank), ranks)

    def __le__(self, other: Self) -> bool:
        """Whether it is contained in another stratum; raises ValueError if the maps are between other actions."""
        if not isinstance(other, Stratum):
            return NotImplemented
        self.check_same_maps(other)
        return all(a <= b for a, b in zip(self._ranks, other._ranks, strict=True))

    def __ge__(self, other: Self) -> bool:
        """Whether it contains another stratum; raises as ``<=`` does."""
        return other.__le__(self) if isinstance(other, Stratum) else NotImplemented

    def __lt__(self, other: Self) -> bool:
        """Whether it is contained in another stratum and smaller; raises as ``<=`` does."""
        return self <= other and self._ranks != other._ranks

    def __gt__(self, other: Self) -> bool:
        """Whether it contains another stratum and is larger; raises as ``<=`` does."""
        return self >= other and self._ranks != other._ranks

    def check_same_maps(self, other: Stratum) -> None:
        """Raise ValueError unless another stratum is one of maps between the same actions, over the same field."""
        if type(self) is not type(other) or self._space.hom != other._space.hom:
            required = "a stratum of maps between the same actions, over the same field"
            raise invalid("other", required, other, "compare strata of one space")

    @property
    @abstractmethod
    def factors(self) -> tuple[DeterminantalVariety, ...]:
        """The determinantal varieties of which it is the product, in the order of ``blocks``."""

    @property
    @abstractmethod
    def ed_degree(self) -> int:
        """Number of complex critical points of the squared Frobenius distance from a generic matrix."""

    @abstractmethod
    def contains(self, matrix: object, tolerance: float | None = None) -> Membership:
        """Whether a dense (m, n) matrix lies in it, up to rounding: a verdict, true or false, with reasons."""

    @abstractmethod
    def is_singular_at(self, matrix: object, tolerance: float | None = None) -> Singularity:
        """Whether a member is a singular point of it: a verdict; ValueError for a matrix that is not a member."""

    @abstractmethod
    def _measured(self, matrix: object, tolerance: float | None) -> Measured:
        """What decides whether a matrix is a member."""

    @property
    def space(self) -> Any:
        """The rank-bounded maps it is a part of."""
        return self._space

    @property
    def ranks(self) -> RankVector:
        """The bound on the rank of each block, over the block's field."""
        return self._ranks

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers (m, n) of outputs and inputs."""
        return self._space.hom.shape  # type: ignore[no-any-return]

    @property
    def rank(self) -> int:
        """Rank of a generic member, the sum of ``irrep_dim * rank`` over blocks."""
        return self._space.budget.cost(self._ranks)  # type: ignore[no-any-return]

    @property
    def is_component(self) -> bool:
        """Whether the rank vector is maximal, so that this is an irreducible component."""
        return self._space.budget.is_maximal(self._ranks)  # type: ignore[no-any-return]

    @property
    def is_smooth(self) -> bool:
        """Whether every block has rank 0 or full rank, so that this is a linear space; otherwise 0 is singular."""
        return all(factor.is_linear for factor in self.factors)

    @property
    def dim(self) -> int:
        """Dimension over the ground field, the sum of those of the factors."""
        return sum(factor.dim for factor in self.factors)

    @property
    def degree(self) -> int:
        """Degree of the (complexified) variety, the product over the factors, an exact int of any length."""
        # Powers of the few different factors: products of long integers then have equal lengths, and are quick.
        return prod(factor.degree**times for factor, times in Counter(self.factors).items())
