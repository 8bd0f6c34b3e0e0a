"""How many roots of a binary form with integer coefficients are real, exactly: with multiplicity, and the odd ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from equivariety.convolution.membership.binary_forms import Form, as_poly, multiplicity_at_ends

__all__ = ["RealRoots", "RootKinds", "SquareFreePart", "count_real_roots", "root_kinds", "square_free_parts"]


class RootKinds(NamedTuple):
    """Numbers of roots of each kind, with multiplicity; conjugate pairs count once.

    >>> RootKinds(1, 0, 2, 0, 3).degree, RootKinds(1, 0, 2, 0, 3).real
    (9, 3)
    """

    positive: int
    negative: int
    zero: int
    infinite: int
    pairs: int

    @property
    def real(self) -> int:
        """Number of real roots, 0 and infinity among them."""
        return self.positive + self.negative + self.zero + self.infinite

    @property
    def degree(self) -> int:
        """Degree of the form."""
        return self.real + 2 * self.pairs

    def plus(self, other: RootKinds) -> RootKinds:
        """Return the kinds of a product of two forms."""
        return RootKinds(*(a + b for a, b in zip(self, other, strict=True)))

    def minus(self, other: RootKinds) -> RootKinds:
        """Return the kinds of a quotient of two forms."""
        return RootKinds(*(a - b for a, b in zip(self, other, strict=True)))

    def of_powers(self, ratio: int) -> RootKinds:
        """Return the kinds of ``R(x^t, y^t)``, R having these and t being the ratio.

        >>> RootKinds(1, 1, 1, 0, 0).of_powers(2), RootKinds(0, 1, 0, 0, 1).of_powers(3)
        (RootKinds(positive=1, negative=1, zero=2, infinite=0, pairs=1),
         RootKinds(positive=0, negative=1, zero=0, infinite=0, pairs=4))
        """
        if ratio % 2:
            positive, negative, pairs = self.positive, self.negative, (ratio - 1) // 2 * (self.positive + self.negative)
        else:
            positive = negative = self.positive
            pairs = (ratio // 2 - 1) * self.positive + ratio // 2 * self.negative
        return RootKinds(positive, negative, ratio * self.zero, ratio * self.infinite, pairs + ratio * self.pairs)


@dataclass(frozen=True)
class SquareFreePart:
    """The roots other than 0 and infinity that a form has with one multiplicity.

    Attributes:
        poly: SymPy polynomial over the integers with these roots, each simple.
        multiplicity: theirs in the form.
        positive: how many are positive.
        negative: how many are negative.
    """

    poly: Any
    multiplicity: int
    positive: int
    negative: int

    @property
    def pairs(self) -> int:
        """Number of conjugate pairs."""
        return int(self.poly.degree() - self.positive - self.negative) // 2


@dataclass(frozen=True)
class RealRoots:
    """Numbers of real roots of a form on the projective line.

    Attributes:
        total: with multiplicity.
        odd: different ones of odd multiplicity; those stay real under small changes of the form.
    """

    total: int
    odd: int


def square_free_parts(form: Form) -> tuple[SquareFreePart, ...]:
    """Return the square-free decomposition of a nonzero form, the real roots counted by their isolating intervals.

    >>> [(one.multiplicity, one.positive, one.negative, one.pairs) for one in square_free_parts((0, -1, 1, -1, 1))]
    [(1, 1, 0, 1)]
    """
    found = []
    for poly, multiplicity in as_poly(form).sqf_list()[1]:
        intervals = poly.intervals(sqf=True)
        positive = sum(bool(high > 0) for _, high in intervals)
        found.append(SquareFreePart(poly, int(multiplicity), positive, len(intervals) - positive))
    return tuple(found)


def root_kinds(form: Form) -> RootKinds:
    """Return how many roots of each kind a nonzero form has.

    >>> root_kinds((0, -1, 1, -1, 1, 0))
    RootKinds(positive=1, negative=0, zero=1, infinite=1, pairs=1)
    """
    parts = square_free_parts(form)
    zero, infinite = multiplicity_at_ends(form)
    return RootKinds(
        sum(part.multiplicity * part.positive for part in parts),
        sum(part.multiplicity * part.negative for part in parts),
        zero,
        infinite,
        sum(part.multiplicity * part.pairs for part in parts),
    )


def count_real_roots(form: Sequence[int]) -> RealRoots:
    """Return how many real roots a nonzero form has.

    >>> count_real_roots((1, 2, 1)), count_real_roots((0, 1, 0))
    (RealRoots(total=2, odd=0), RealRoots(total=2, odd=2))
    """
    parts = square_free_parts(tuple(form))
    ends = multiplicity_at_ends(form)
    total = sum(part.multiplicity * (part.positive + part.negative) for part in parts) + sum(ends)
    odd = sum(part.positive + part.negative for part in parts if part.multiplicity % 2)
    return RealRoots(total, odd + sum(end % 2 for end in ends))
