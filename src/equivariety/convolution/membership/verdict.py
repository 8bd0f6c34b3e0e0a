"""The answer to whether an end-to-end filter is that of a network, with the filters of the layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from equivariety._typing import AnyArray, read_only
from equivariety.varieties.points.verdicts import Verdict

__all__ = ["FilterMembership", "FixedFilters", "Position", "Status", "fixed_filters"]

Status: TypeAlias = Literal["member", "not_member", "undecided"]
Position: TypeAlias = Literal["interior", "boundary", "singular"]
#: Filters that nobody may change: exact numbers in tuples, floats in read-only arrays.
FixedFilters: TypeAlias = "tuple[Sequence[Any] | AnyArray, ...]"


def fixed_filters(filters: Iterable[Sequence[Any] | AnyArray]) -> FixedFilters:
    """Return copies of filters that cannot be changed: tuples of exact numbers, read-only arrays.

    >>> fixed_filters(([1, 2], np.ones(1)))
    ((1, 2), array([1.]))
    """
    return tuple(read_only(w.copy()) if isinstance(w, np.ndarray) else tuple(w) for w in filters)


@dataclass(frozen=True, eq=False, repr=False)
class FilterMembership(Verdict):
    """Whether an end-to-end filter v lies in the function space F of a network; itself true for members only.

    V(R) is the smallest real variety that contains F, the real points of the Zariski closure.

    Attributes:
        status: "member", "not_member" or "undecided"; the last for floating-point filters only.
        in_closure: whether v lies in V(R); None where that is undecided.
        position: of a member: "singular" where V is singular, else "interior" or "boundary" of F relative to V(R); None
            for non-members, and where it is undecided.
        reason: the answer in words.
        filters: one per layer, with v as end-to-end filter: tuples of Fractions where they are rational and v is, else
            read-only float64 arrays.  None if none were found, or where v is not a member.
        block_filters: one per scale, the products of the layers of equal scale; exact where they are rational and v is.
        residual: norm of the end-to-end filter of ``filters`` minus v, over that of v; 0 where all is exact.
        conditioning: smallest nonzero singular value of the Jacobian matrix of the end-to-end filter at ``filters``,
            brought to equal norms, over the largest: errors in v, relative to it, reach the filters up to about its
            inverse.  0 where filters are not determined by v, not even up to scalings and to finitely many.
        gap: for floating-point filters and several scales: least ratio of the second smallest singular value to the
            smallest one in the linear systems that give the blocks.  Large where the blocks are determined by v, near 1
            at singular points.
        real_roots: per block the number of real roots of its form with multiplicity; None if the blocks are not unique.
        odd_real_roots: per block the number of its different real roots of odd multiplicity.
        num_odd: per block the number of layers of odd degree; as many real roots are needed.
        gcd_degrees: for each block but the last the degree of the largest form in powers that divides v.
        gcd_degrees_needed: the degrees that these must have at least; v is a smooth point of V iff they are equal.
        relative_boundary: whether v is a member and a limit of points of V(R) outside F; None where that is not known.
        distance_bound: no filter at a smaller distance from v, relative to its norm, lies in V(R); floats only.

    >>> from equivariety.convolution.architecture import Architecture
    >>> from equivariety.convolution.membership import membership
    >>> found = membership(Architecture((2, 2), (1, 1)), [-1, 0, 1])
    >>> bool(found), found.position, found.filters
    (True, 'interior', ((Fraction(-1, 1), Fraction(1, 1)), (Fraction(1, 1), Fraction(1, 1))))
    """

    status: Status
    in_closure: bool | None
    position: Position | None
    reason: str
    filters: FixedFilters | None = None
    block_filters: FixedFilters | None = None
    residual: float | None = None
    conditioning: float | None = None
    gap: float | None = None
    real_roots: tuple[int, ...] | None = None
    odd_real_roots: tuple[int, ...] | None = None
    num_odd: tuple[int, ...] = ()
    gcd_degrees: tuple[int, ...] | None = None
    gcd_degrees_needed: tuple[int, ...] = ()
    relative_boundary: bool | None = None
    distance_bound: float | None = None

    def __post_init__(self) -> None:
        for name in ("filters", "block_filters"):
            given = getattr(self, name)
            if given is not None:
                object.__setattr__(self, name, fixed_filters(given))

    def __bool__(self) -> bool:
        return self.status == "member"

    def __repr__(self) -> str:
        return f"FilterMembership({self.status!r}, {self.reason!r})"

    def __str__(self) -> str:
        answer = {"member": "yes", "not_member": "no", "undecided": "undecided"}[self.status]
        return f"{answer}: {self.reason}"
