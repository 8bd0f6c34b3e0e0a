"""Whether a rational filter is the end-to-end filter of a network: exact, by divisors in powers and real roots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from equivariety.convolution.architecture import Architecture, ScaleBlock
from equivariety.convolution.filters import AnyFilters, filter_jacobian, product_of
from equivariety.convolution.membership.binary_forms import primitive
from equivariety.convolution.membership.layer_factors import LayerForms, evenly, rational_layers
from equivariety.convolution.membership.rational_factors import rational_blocks
from equivariety.convolution.membership.real_roots import RealRoots, count_real_roots, root_kinds, square_free_parts
from equivariety.convolution.membership.root_atoms import Atoms
from equivariety.convolution.membership.root_choices import kind_choices
from equivariety.convolution.membership.scaled_form import ScaledForm, needed_degrees
from equivariety.convolution.membership.verdict import FilterMembership, FixedFilters, Position

__all__ = ["conditioning_of", "exact_membership", "zero_membership"]


def exact_membership(architecture: Architecture, v: Sequence[Fraction]) -> FilterMembership:
    """Decide whether a rational filter is an end-to-end filter; never undecided.

    Args:
        architecture: of the network.
        v: k Fractions.

    >>> found = exact_membership(Architecture((3, 2), (2, 1)), [Fraction(c) for c in (1, 0, 1, 0, 1)])
    >>> found.status, found.in_closure
    ('not_member', True)
    """
    blocks, step = architecture.blocks, architecture.step
    if not any(v):
        return zero_membership(architecture, exact=True)
    if not blocks:
        filters: AnyFilters = tuple([v[0] if i == 0 else Fraction(1)] for i in range(architecture.depth))
        return _with_numbers(architecture, v, _all_of_size_one(filters))
    outside = next((n for n, c in enumerate(v) if c and n % step), None)
    needed, num_odd = needed_degrees(blocks), tuple(block.num_odd for block in blocks)
    base = FilterMembership("not_member", False, None, "", num_odd=num_odd, gcd_degrees_needed=needed)
    if outside is not None:
        reason = f"coefficient {outside} is not zero, but only those at multiples of {step} can be"
        return replace(base, reason=reason)
    content, form = primitive(v[::step])
    filter_ = ScaledForm(architecture, content, form)
    base = replace(base, gcd_degrees=filter_.gcd_degrees)
    for i, (has, needs) in enumerate(zip(filter_.gcd_degrees, needed, strict=True)):
        if has < needs:
            scale = blocks[i + 1].scale
            reason = f"the largest divisor in powers x^{scale} has degree {has}, but the later layers need {needs}"
            return replace(base, reason=reason)
    base = replace(base, in_closure=True)
    if filter_.gcd_degrees == needed:
        return _with_numbers(architecture, v, _smooth(filter_, base))
    return _with_numbers(architecture, v, _singular(filter_, base))


def _smooth(filter_: ScaledForm, base: FilterMembership) -> FilterMembership:
    """The forms of the blocks are unique up to factors: each needs enough real roots."""
    roots = [count_real_roots(part) for part in filter_.parts]
    base = replace(base, real_roots=tuple(r.total for r in roots), odd_real_roots=tuple(r.odd for r in roots))
    for block, found in zip(filter_.blocks, roots, strict=True):
        if found.total < block.num_odd:
            return replace(base, reason=_too_few(block, found), relative_boundary=False)
    interior = all(r.odd >= block.num_odd for block, r in zip(filter_.blocks, roots, strict=True))
    position: Position = "interior" if interior else "boundary"
    if interior:
        reason = "real layers exist, for all nearby filters of the closure too"
    else:
        reason = "real layers exist, but filters of the closure as near as one likes have too few real roots for them"
    pairs = zip(filter_.blocks, filter_.parts, strict=True)
    forms = [rational_layers(part, block.degrees, filter_.field) for block, part in pairs]
    return replace(
        base,
        status="member",
        position=position,
        reason=reason,
        filters=filter_.assembled(forms, filter_.parts),
        block_filters=filter_.block_filters(filter_.parts),
        relative_boundary=not interior,
    )


def _too_few(block: ScaleBlock, found: RealRoots) -> str:
    layers = "layer" if len(block.layers) == 1 else "layers"
    names = ", ".join(map(str, block.layers))
    return (
        f"the product of {layers} {names} has {found.total} real roots, but {block.num_odd} layers of even filter size "
        f"need one each"
    )


def _singular(filter_: ScaledForm, base: FilterMembership) -> FilterMembership:
    """Several complex factorizations, or one with multiplicity: is one of them real with enough real roots?"""
    if next(kind_choices(filter_.levels), None) is None:
        reason = "several factorizations into complex forms, but none into real ones with enough real roots"
        return replace(base, reason=reason)
    rational = rational_blocks(filter_.levels, filter_.parts)
    block_forms: list[Sequence[Any]]
    if rational is not None:
        pairs = zip(filter_.blocks, rational, strict=True)
        block_forms, layers = list(rational), [rational_layers(one, b.degrees, filter_.field) for b, one in pairs]
    else:
        atoms = next(filter_.block_atoms())
        forms = [filter_.block_form(i, one) for i, one in enumerate(atoms)]
        layers = [_layers(filter_, i, form, one) for i, (form, one) in enumerate(zip(forms, atoms, strict=True))]
        block_forms = [form for form, _ in forms]
    return replace(
        base,
        status="member",
        position="singular",
        relative_boundary=_relative_boundary(filter_),
        reason="a singular point: the products of layers of equal scale are not unique, or not simple",
        filters=filter_.assembled(layers, block_forms),
        block_filters=filter_.block_filters(block_forms),
    )


def _layers(filter_: ScaledForm, i: int, found: tuple[Sequence[Any], bool], atoms: Atoms) -> LayerForms:
    form, exact = found
    block, field = filter_.blocks[i], filter_.field
    if exact or len(block.layers) == 1:
        return rational_layers(tuple(form), block.degrees, field) if exact else LayerForms((form,), (False,))
    values = [field.product(one.items()) for one in evenly(block.degrees, atoms)]
    whole = [field.rational(one, filter_.form, block.scale // filter_.architecture.step) for one in values]
    return LayerForms(
        tuple(one if form is None else form for one, form in zip(values, whole, strict=True)),
        tuple(form is not None for form in whole),
    )


def _relative_boundary(filter_: ScaledForm) -> bool | None:
    """Of a singular point of two scales with one layer each: do filters without real factors come near?

    They have a divisor of even degree in powers without real roots, and a divisor of odd degree is needed; in the
    limit its real roots have even multiplicity.
    """
    blocks = filter_.blocks
    if len(blocks) != 2 or any(len(block.layers) > 1 for block in blocks):
        return None
    needed = blocks[1].degree
    if needed % 2 == 0:
        return False
    divisor = filter_.power_parts[1]
    parts = square_free_parts(divisor)
    kinds = root_kinds(divisor)
    even = 2 * sum((p.positive + p.negative) * (p.multiplicity // 2) for p in parts)
    even += 2 * (kinds.zero // 2) + 2 * (kinds.infinite // 2) + 2 * kinds.pairs
    return even >= needed + 1


def zero_membership(architecture: Architecture, *, exact: bool) -> FilterMembership:
    """Return the answer for v = 0, a member since a filter may vanish; ``filters`` are zero.

    >>> zero_membership(Architecture((2, 2), (1, 1)), exact=True).position
    'boundary'
    """
    blocks = architecture.blocks
    zeros: AnyFilters = tuple([Fraction(0)] * k if exact else np.zeros(k) for k in architecture.filter_sizes)
    block_zeros = tuple([Fraction(0)] * (b.degree + 1) if exact else np.zeros(b.degree + 1) for b in blocks)
    boundary: bool | None
    if len(blocks) > 1:
        position: Position = "singular"
        boundary = True if any(block.num_odd > 1 for block in blocks) else None
        if len(blocks) == 2 and all(len(block.layers) == 1 for block in blocks):
            boundary = not (blocks[0].degree < (blocks[0].ratio or 1) or blocks[1].degree % 2 == 0)
    else:
        boundary = any(block.num_odd > 1 for block in blocks)
        position = "boundary" if boundary else "interior"
    return FilterMembership(
        "member",
        True,
        position,
        "zero, as soon as one filter vanishes",
        filters=zeros,
        block_filters=block_zeros,
        residual=0.0,
        conditioning=0.0,
        num_odd=tuple(block.num_odd for block in blocks),
        gcd_degrees_needed=needed_degrees(blocks),
        relative_boundary=boundary,
        distance_bound=None if exact else 0.0,
    )


def _all_of_size_one(filters: AnyFilters) -> FilterMembership:
    reason = "all filters have size 1: every number is their product"
    return FilterMembership(
        "member",
        True,
        "interior",
        reason,
        filters=filters,
        block_filters=(),
        relative_boundary=False,
        real_roots=(),
        odd_real_roots=(),
        gcd_degrees=(),
    )


def _with_numbers(architecture: Architecture, v: Sequence[Fraction], found: FilterMembership) -> FilterMembership:
    """Residual and conditioning of the filters."""
    if found.filters is None:
        return found
    residual = 0.0
    if any(isinstance(w, np.ndarray) for w in found.filters):
        rational: list[Any] = [[Fraction(c) for c in np.asarray(w).tolist()] for w in found.filters]
        total = product_of(rational, architecture.scales)
        top = max(abs(c) for c in v)
        gaps = [float((a - b) / top) for a, b in zip(total, v, strict=True)]
        residual = float(np.linalg.norm(gaps) / np.linalg.norm([float(c / top) for c in v]))
    return replace(found, residual=residual, conditioning=conditioning_of(architecture, found.filters))


def conditioning_of(architecture: Architecture, filters: FixedFilters) -> float:
    """Return the smallest of the dim F largest singular values of the Jacobian matrix over the largest, at equal norms.

    >>> round(conditioning_of(Architecture((2, 2), (1, 1)), ((1, 0), (1, 0))), 3)
    0.0
    """
    balanced = []
    for w in filters:
        top = max(abs(c) for c in w)
        values = np.array([float(c / top) for c in w])
        balanced.append(values / np.linalg.norm(values))
    values = np.linalg.svd(filter_jacobian(architecture, balanced), compute_uv=False)
    return float(values[architecture.dim - 1] / values[0])
