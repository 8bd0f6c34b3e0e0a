"""Whether a rounded filter is the end-to-end filter of a network, as far as a tolerance allows to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from equivariety._typing import FloatArray
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.membership.exact_membership import zero_membership
from equivariety.convolution.membership.nearby_kinds import kinds_nearby, real_layers_exist
from equivariety.convolution.membership.real_circle import discriminant_distance, sure_real_roots
from equivariety.convolution.membership.real_roots import RootKinds
from equivariety.convolution.membership.recovery import Divided, NumericalForm, recover, rescaled
from equivariety.convolution.membership.refinement import Refined
from equivariety.convolution.membership.scaled_form import needed_degrees
from equivariety.convolution.membership.verdict import FilterMembership, Position

__all__ = ["numerical_membership"]

# No tolerance, but how far a computed distance may be off: that to forms with multiple roots is the refined minimum
# over a grid, and errors of the form reach its parts to first order as their growth says.
_MARGIN = 2.0


@dataclass(frozen=True)
class _RealCounts:
    """What is known of the real roots of the form of one block.

    Attributes:
        needed: number of layers of odd degree.
        counted: real roots found.
        sure: so many have all forms within the tolerance.
        sure_rounded: so many have all forms within rounding.
        is_fixed: whether all forms within the tolerance have as many as were found.
    """

    needed: int
    counted: int
    sure: int
    sure_rounded: int
    is_fixed: bool

    @property
    def is_outside(self) -> bool:
        """Whether all forms within the tolerance have too few."""
        return self.is_fixed and self.counted < self.needed


def numerical_membership(
    architecture: Architecture, v: FloatArray, tolerance: float, rounding: float
) -> FilterMembership:
    """Decide whether a filter is within a tolerance of the end-to-end filters, and surely so.

    A filter counts as a member if real layers have it as end-to-end filter up to the tolerance, unless others within
    the tolerance lie outside: then only if that holds up to rounding.  It is refused if no filter within the tolerance
    is a member: singular values bound the distance to the Zariski closure, the distance to the forms with multiple
    real roots that to forms with other numbers of real roots (to first order, where there are several scales).

    Args:
        architecture: of the network.
        v: (k,) finite.
        tolerance: distance relative to the norm of v.
        rounding: distance that is mere rounding.

    >>> net = Architecture((2, 2), (1, 1))
    >>> filters = [1.0, 3, 1], [1.0, 1, 1], [1.0, 2, 1 + 1e-12]
    >>> [numerical_membership(net, np.array(v), 1e-10, 1e-15).status for v in filters]
    ['member', 'not_member', 'undecided']
    """
    if not v.any():
        return zero_membership(architecture, exact=False)
    if not architecture.blocks:
        found = recover(architecture, v)
        return FilterMembership(
            "member",
            True,
            "interior",
            "all filters have size 1: every number is their product",
            filters=found.filters,
            block_filters=(),
            residual=found.residual,
            conditioning=found.conditioning,
            real_roots=(),
            odd_real_roots=(),
            gcd_degrees=(),
            relative_boundary=False,
            distance_bound=0.0,
        )
    form, exponent = NumericalForm.scaled(architecture, v)
    needed = needed_degrees(form.blocks)
    num_odd = tuple(block.num_odd for block in form.blocks)
    base = FilterMembership("undecided", None, None, "", num_odd=num_odd, gcd_degrees_needed=needed)
    if form.outside > tolerance:
        step = architecture.step
        reason = (
            f"coefficients elsewhere than at multiples of {step} have {form.outside:.2g} of the norm, but must vanish"
        )
        return replace(base, status="not_member", in_closure=False, reason=reason, distance_bound=form.outside)
    base = replace(base, gap=form.gap if len(form.blocks) > 1 else None, distance_bound=form.distance_bound)
    if form.distance_bound > tolerance:
        reason = (
            f"no filter at a distance below {form.distance_bound:.2g}, relative to the norm, is in the Zariski closure"
        )
        return replace(base, status="not_member", in_closure=False, reason=reason)
    degrees = form.gcd_degrees(tolerance)
    base = replace(base, gcd_degrees=degrees)
    found_ = None
    if degrees != needed:
        found_ = _near_singular(form, base, degrees, tolerance, rounding)
    if found_ is None:
        found_ = _generic(form, base, tolerance, rounding, smooth=degrees == needed)
    if found_.filters is None:
        return found_
    scaled = rescaled([np.asarray(w) for w in found_.filters], exponent)
    return replace(found_, filters=scaled, block_filters=form.block_filters(scaled))


def _generic(
    form: NumericalForm, base: FilterMembership, tolerance: float, rounding: float, *, smooth: bool
) -> FilterMembership:
    """Blocks that are determined by the filter: enough real roots in each?"""
    divided = form.divided(base.gcd_degrees_needed)
    if divided.residual > tolerance:
        reason = (
            f"the nearest product of forms of the scales that was found is at a distance of {divided.residual:.2g}, "
            f"but only distances below {base.distance_bound:.2g} are excluded"
        )
        return replace(base, reason=reason)
    base = replace(base, in_closure=True, gcd_degrees=base.gcd_degrees if smooth else None)
    counts = _real_counts(form, divided, tolerance, rounding)
    if smooth:
        base = replace(base, real_roots=tuple(one.counted for one in counts))
        base = replace(
            base, odd_real_roots=tuple(one.sure for one in counts) if all(one.is_fixed for one in counts) else None
        )
    short = next((i for i, one in enumerate(counts) if one.is_outside), None)
    if smooth and short is not None:
        one = counts[short]
        layers = ", ".join(map(str, form.blocks[short].layers))
        reason = f"the product of layers {layers} has {one.counted} real roots, but {one.needed} of them need one each"
        return replace(base, status="not_member", reason=reason, relative_boundary=False)
    return _verdict(base, form.with_real_roots(divided), counts, tolerance, rounding, smooth=smooth)


def _verdict(
    base: FilterMembership,
    found: Refined,
    counts: Sequence[_RealCounts],
    tolerance: float,
    rounding: float,
    *,
    smooth: bool,
) -> FilterMembership:
    """The answer, given the nearest real layers that were found."""
    if found.residual > tolerance:
        reason = f"the nearest real layers that were found are at a distance of {found.residual:.2g}"
        return replace(base, reason=reason)
    base = replace(base, filters=found.filters, residual=found.residual, conditioning=found.conditioning)
    position: Position | None = None
    if all(one.sure >= one.needed for one in counts):
        if not smooth:
            reason = "real layers exist; a singular point may be within the tolerance"
            return replace(base, status="member", reason=reason)
        reason = "real layers exist, for all filters of the closure within the tolerance"
        return replace(base, status="member", position="interior", reason=reason, relative_boundary=False)
    if found.residual > rounding:
        reason = (
            f"real layers exist for a filter at a distance of {found.residual:.2g}, but others within the tolerance "
            "have too few real roots"
        )
        return replace(base, reason=reason)
    reason = "real layers exist up to rounding; filters within the tolerance have too few real roots"
    if smooth and any(one.sure_rounded < one.needed for one in counts):
        position = "boundary"
    return replace(
        base, status="member", position=position, reason=reason, relative_boundary=True if position else None
    )


def _real_counts(form: NumericalForm, divided: Divided, tolerance: float, rounding: float) -> list[_RealCounts]:
    found = []
    for block, part, roots, growth in zip(form.blocks, divided.parts, divided.roots, divided.growth, strict=True):
        counted = int(np.sum(roots[0].imag == 0))
        sure = sure_real_roots(part, min(tolerance * growth, 1.0), roots)
        rounded = sure_real_roots(part, min(rounding * growth, 1.0), roots)
        needs_distance = sure < block.num_odd or sure != counted
        is_fixed = not needs_distance or discriminant_distance(part) > _MARGIN * tolerance * growth
        found.append(_RealCounts(block.num_odd, counted, sure, rounded, is_fixed))
    return found


def _are_all_members(form: NumericalForm, divided: Divided, tolerance: float) -> bool | None:
    """Whether all products of forms near the parts have real layers; False if none has, None if that is not known.

    In powers of larger scales a positive, a negative and a vanishing root stand for different numbers of real roots.
    """
    kinds: list[set[RootKinds]] = []
    for part, roots, growth in zip(divided.parts, divided.roots, divided.growth, strict=True):
        distance = _MARGIN * tolerance * growth
        if discriminant_distance(part) <= distance:
            return None
        kinds.append(kinds_nearby(part, roots, distance if kinds else 0.0))  # in the first, signs do not matter
    return real_layers_exist(form.blocks, kinds)


def _near_singular(
    form: NumericalForm, base: FilterMembership, degrees: Sequence[int], tolerance: float, rounding: float
) -> FilterMembership | None:
    """A point near which several factorizations come together; None if there is none within the tolerance."""
    divided = form.divided(degrees)
    if divided.residual > tolerance:
        return None
    base = replace(base, in_closure=True)
    position: Position | None = "singular" if divided.residual <= rounding else None
    found = form.with_shared_roots(divided, tolerance)
    all_members = _are_all_members(form, divided, tolerance)
    if found is None:
        if all_members is False:
            reason = "several factorizations into complex forms, but none into real ones with enough real roots"
            return replace(base, status="not_member", reason=reason)
        return replace(base, reason="near a singular point, with roots that are nearly multiple, zero or infinite")
    if found.residual > tolerance:
        return None
    base = replace(base, filters=found.filters, residual=found.residual, conditioning=found.conditioning)
    if found.residual > rounding and all_members is not True:
        reason = (
            f"near a singular point real layers exist for a filter at a distance of {found.residual:.2g}, but its "
            "roots are nearly multiple, zero or infinite"
        )
        return replace(base, reason=reason)
    where = "a singular point up to rounding" if position else "a singular point may be within the tolerance"
    return replace(base, status="member", position=position, reason=f"real layers exist; {where}")
