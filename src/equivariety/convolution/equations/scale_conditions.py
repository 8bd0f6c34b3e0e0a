"""What a form has to satisfy to be a product over several scales: common factors of its slices, scale by scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from equivariety.convolution.architecture import Architecture
from equivariety.convolution.membership.scaled_form import needed_degrees

__all__ = ["ScaleCondition", "scale_conditions"]


@dataclass(frozen=True, slots=True)
class ScaleCondition:
    """At scale S the slices ``p_j = (v_j, v_{j + S}, ...)``, j < S, have a common factor of a least degree.

    A form P of degree D is divisible by R(x^S, y^S) if and only if all its slices are divisible by R, the slice p_j
    being a form of degree ``floor((D - j) / S)``.  Where they have a common factor of degree d, the multiples of the
    slices among the forms of degree n span at most n + 1 - d dimensions, and from n = ``last_degree`` on this
    bound says that they have one.

    Attributes:
        block: position of the block.
        scale: S, relative to the scale of the first block.
        required: the least degree d, that of the product of this block and those after it, as a form in x^S, y^S.
        degree: degree D of the forms.

    >>> condition, = scale_conditions(Architecture((3, 2), (2, 1)))
    >>> condition.scale, condition.required
    (2, 1)
    >>> condition.matrix([1, 2, 3, 4, 5], 2)
    [[1, 3, 5], [2, 4, 0], [0, 2, 4]]
    """

    block: int
    scale: int
    required: int
    degree: int

    @property
    def slice_degrees(self) -> tuple[int, ...]:
        """Degrees of the slices as forms, descending."""
        return tuple((self.degree - j) // self.scale for j in range(min(self.scale, self.degree + 1)))

    @property
    def last_degree(self) -> int:
        """Degree n at which the bound on the span says that there is a common factor, and at n + 1 if not.

        With a common factor of degree g the quotients of the slices include, up to multiples, two coprime forms,
        of the two largest degrees m - g and m' - g; these leave out d - g - 1 of the dimensions in degree
        m + m' - d - g.
        """
        return sum(self.slice_degrees[:2]) - self.required

    def slices(self, values: Sequence[Any]) -> list[Any]:
        """Return the slices of the coefficients of a form."""
        return [values[j :: self.scale] for j in range(len(self.slice_degrees))]

    def matrix(self, values: Sequence[Any], n: int) -> list[list[Any]]:
        """Return the multiples of the slices by monomials, forms of degree n, one in each row of n + 1 entries."""
        rows = []
        for part in self.slices(values):
            given = list(part)
            rows += [[0] * shift + given + [0] * (n + 1 - shift - len(given)) for shift in range(n + 2 - len(given))]
        return rows


def scale_conditions(architecture: Architecture) -> tuple[ScaleCondition, ...]:
    """Return the conditions, one for each block but the first, that cut out the closure of the function space.

    A complex form is a product of forms of the degrees D_b of the blocks, at their scales S_b, if and only if for each
    b > 1 it is divisible by a form in x^{S_b}, y^{S_b} of degree ``R_b = sum_{c >= b} D_c S_c / S_b``, whether or not
    these forms divide each other: one may take the factors from the last block to the first, any divisor of the right
    degree of what is left at the scale S_b.  This uses that an orbit of roots under x -> x^{S_b} consists of orbits
    under smaller scales, so that taking one out leaves what the smaller scales need.

    >>> [(c.scale, c.required) for c in scale_conditions(Architecture((3, 2, 2), (2, 3, 1)))]
    [(2, 4), (6, 1)]
    """
    blocks = architecture.blocks
    if not blocks:
        return ()
    scales = [block.scale // blocks[0].scale for block in blocks]
    degree = sum(block.degree * scale for block, scale in zip(blocks, scales, strict=True))
    needed = enumerate(needed_degrees(blocks), start=1)
    return tuple(ScaleCondition(b, scales[b], required, degree) for b, required in needed)
