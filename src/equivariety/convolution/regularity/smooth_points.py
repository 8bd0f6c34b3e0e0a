"""Smooth and singular points of the Zariski closure of a function space: where factors are unique."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from equivariety._typing import AnyArray
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.equations.scale_conditions import ScaleCondition, scale_conditions
from equivariety.convolution.filters import AnyFilter, as_filter, as_fractions
from equivariety.convolution.membership.binary_forms import Form, primitive, quotient
from equivariety.errors import brief, invalid
from equivariety.tolerances import vanishing_range
from equivariety.varieties.points.membership import check_tolerance
from equivariety.varieties.points.verdicts import Verdict

__all__ = ["FilterSingularity", "block_forms", "check_skipped", "singularity"]


@dataclass(frozen=True, eq=False, repr=False)
class FilterSingularity(Verdict):
    """Whether the Zariski closure of a function space is singular at one of its points; itself true or false.

    Attributes:
        is_singular: the answer; None if floats do not tell, and then the verdict is false as well.
        reason: the answer in words.
        factor_degrees: for each scale but the first the degree of the greatest common factor of the slices of the
            filter; for floats it is at least this.
        required_degrees: the degrees that the factors need at these scales; at a smooth point they are the same.
        singular_values: for floats the smallest singular value, over all scales, that has to be not zero at a smooth
            point, and the largest that has to be zero on the closure, each relative to the largest of its matrix; None
            for exact numbers.

    >>> net = Architecture((3, 2), (2, 1))
    >>> print(singularity(net, [1, 0, 3, 0, 2]))
    yes: the common factor at scale 2 has degree 2, more than the 1 needed: factors can be chosen in several ways
    >>> bool(singularity(net, [1, 2, 2, -2, -3]))
    False
    """

    is_singular: bool | None
    reason: str
    factor_degrees: tuple[int, ...]
    required_degrees: tuple[int, ...]
    singular_values: tuple[float, float] | None = None

    def __bool__(self) -> bool:
        return self.is_singular is True


def singularity(architecture: Architecture, v: object, tolerance: float | None = None) -> FilterSingularity:
    """Return whether the Zariski closure V of the function space is singular at an end-to-end filter on it.

    The merged parametrization, one form for each scale, is finite and birational onto the projective V, so that V is
    smooth where it has one reduced point above: where at each scale the common factor of the slices has exactly the
    degree needed.  The zero filter is singular unless V is a linear space.

    Args:
        architecture: of the network.
        v: a filter on V, real or complex; exact for ints, Fractions and rational SymPy numbers.
        tolerance: for floats: singular values up to this times the largest count as zero; None for the library's
            two bounds, between which the answer is None.

    Raises ValueError for filters that are not on V, and ValueError or TypeError as other functions of filters do.

    >>> net = Architecture((3, 2), (2, 1))
    >>> bool(singularity(net, [1.0, 0.0, 3.0, 0.0, 2.0])), singularity(net, [1.0, 1e-8, 3.0, 2e-8, 2.0]).is_singular
    (True, None)
    """
    check_tolerance(tolerance)
    given = as_filter("v", v, architecture.end_to_end_size)
    exact = as_fractions(given)
    values: AnyFilter = _floats(given) if exact is None else exact
    check_skipped(architecture, values, tolerance)
    values = values[:: architecture.step]
    conditions = scale_conditions(architecture)
    required = tuple(c.required for c in conditions)
    if not any(values):
        reason = "the zero filter is the vertex of a cone" if conditions else "the closure is a linear space"
        return FilterSingularity(bool(conditions), reason, (), required)
    if isinstance(values, list):
        return _exactly(conditions, values, required)
    return _numerically(conditions, values, required, tolerance)


def _exactly(
    conditions: tuple[ScaleCondition, ...], values: list[Fraction], need: tuple[int, ...]
) -> FilterSingularity:
    found = tuple(len(c.factor(values)) - 1 for c in conditions)
    for condition, degree in zip(conditions, found, strict=True):
        if degree < condition.required:
            raise _not_a_point(
                f"a common factor of degree {degree} at scale {condition.scale}, {condition.required} needed"
            )
    return FilterSingularity(found != need, _reason(conditions, found), found, need)


def _numerically(
    conditions: tuple[ScaleCondition, ...], values: AnyArray, need: tuple[int, ...], tolerance: float | None
) -> FilterSingularity:
    zero, nonzero = vanishing_range() if tolerance is None else (tolerance, tolerance)
    scaled = values / np.abs(values).max()
    inside, outside = 1.0, 0.0
    found = []
    for condition in conditions:
        sizes = condition.singular_values(scaled)
        last = len(sizes) - condition.required  # so many do not vanish at a smooth point
        found.append(int((sizes <= zero).sum()))
        inside, outside = min(inside, float(sizes[last - 1])), max(outside, float(sizes[last]))
        if sizes[last] >= nonzero:
            raise _not_a_point(f"slices at scale {condition.scale} without a common factor: {sizes[last]:.2g}, not 0")
    sizes_shown = inside, outside
    if inside <= zero and outside <= zero:
        return FilterSingularity(True, _reason(conditions, tuple(found)), tuple(found), need, sizes_shown)
    if inside >= nonzero:
        return FilterSingularity(False, _reason(conditions, need), need, need, sizes_shown)
    reason = f"a singular value of {inside:.2g} is neither zero nor clearly not zero"
    return FilterSingularity(
        None, reason, tuple(min(a, b) for a, b in zip(found, need, strict=True)), need, sizes_shown
    )


def _reason(conditions: tuple[ScaleCondition, ...], degrees: tuple[int, ...]) -> str:
    for c, degree in zip(conditions, degrees, strict=True):
        if degree > c.required:
            shown = f"the common factor at scale {c.scale} has degree {degree}, more than the {c.required} needed"
            return f"{shown}: factors can be chosen in several ways"
    return "at each scale the common factor has exactly the degree needed" if conditions else "V is a linear space"


def check_skipped(architecture: Architecture, values: AnyFilter, tolerance: float | None = None) -> None:
    """Raise ValueError unless coefficients that the strides of leading layers of size 1 skip vanish.

    >>> check_skipped(Architecture((1, 2), (2, 1)), [1, 0, 3])
    """
    skipped = [x for i, x in enumerate(values) if i % architecture.step]
    allowed = 0.0
    if isinstance(values, np.ndarray):
        allowed = (vanishing_range()[0] if tolerance is None else tolerance) * float(np.abs(values).max())
    if any(abs(x) > allowed for x in skipped):
        raise _not_a_point(f"{brief(values)}, with coefficients between multiples of {architecture.step}")


def _not_a_point(got: str) -> ValueError:
    return invalid("v", "a point of the closure of the function space", got, "take one with sample(rng)")


def _floats(values: AnyFilter) -> AnyArray:
    if isinstance(values, np.ndarray):
        return values
    found = np.array([complex(x) for x in values])  # SymPy numbers that are not rational
    return found if found.imag.any() else found.real


def block_forms(architecture: Architecture, v: list[Fraction]) -> tuple[Form, ...]:
    """Return the forms of the blocks at a smooth rational point of V that is not zero: primitive, up to a constant.

    >>> block_forms(Architecture((3, 2), (2, 1)), [Fraction(x) for x in (1, 2, 2, -2, -3)])
    ((1, 2, 3), (-1, 1))
    """
    values = v[:: architecture.step]
    whole = primitive(values)[1]
    factors = [whole, *(condition.factor(values) for condition in scale_conditions(architecture))]
    ratios = [block.ratio or 1 for block in architecture.blocks]
    quotients = [quotient(upper, lower, t) for upper, lower, t in zip(factors, factors[1:], ratios, strict=False)]
    return (*quotients, factors[-1])
