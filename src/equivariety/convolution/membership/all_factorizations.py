"""All real filters of the layers with a given end-to-end filter, up to scalings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product
from math import prod
from typing import Any

import numpy as np

from equivariety._typing import FloatArray
from equivariety.convolution.architecture import Architecture, ScaleBlock
from equivariety.convolution.filters import AnyFilters, product_of
from equivariety.convolution.membership.binary_forms import Form, primitive
from equivariety.convolution.membership.decision import as_real_filter, membership, tolerance_of
from equivariety.convolution.membership.layer_factors import LayerForms
from equivariety.convolution.membership.recovery import DIGITS, NumericalForm, rescaled
from equivariety.convolution.membership.refinement import refined
from equivariety.convolution.membership.root_atoms import Atoms, RootField
from equivariety.convolution.membership.root_choices import layer_choices, least_number_of_layer_choices
from equivariety.convolution.membership.scaled_form import ScaledForm, needed_degrees
from equivariety.convolution.membership.verdict import FixedFilters, fixed_filters
from equivariety.errors import BudgetError, as_nonnegative_int, invalid
from equivariety.tolerances import FACTORIZATIONS_BUDGET, filter_rounding, same_factorization

__all__ = ["factorizations"]


def factorizations(
    architecture: Architecture, v: object, tolerance: float | None = None, limit: int = FACTORIZATIONS_BUDGET
) -> tuple[FixedFilters, ...]:
    """Return all real filters of the layers with end-to-end filter v, one representative modulo scalings of the layers.

    The roots of each scale, conjugate ones together, are distributed over its layers in all ways.  At singular points
    the roots of the later scales are first chosen in all ways among those of the largest divisor in powers.

    Args:
        architecture: of the network.
        v: k real numbers, not all zero; exact ones as for :func:`membership`.
        tolerance: of floats, as for :func:`membership`.
        limit: how many are listed at most.

    Returns a tuple of tuples of filters, empty if v is not a member: tuples of Fractions where they are rational and v
    is, else read-only arrays.
    Of floats, factorizations that differ by less than 1e-5 count once.  Raises BudgetError, naming the number, if
    there are more than ``limit``, and ValueError for v = 0.

    >>> net = Architecture((2, 2), (1, 1))
    >>> for filters in factorizations(net, [2, 3, 1]):
    ...     print(*[list(map(str, w)) for w in filters])
    ['2', '1'] ['1', '1']
    ['1', '1'] ['2', '1']
    """
    limit = as_nonnegative_int("limit", limit)
    values = as_real_filter(architecture, v)
    if not any(values):
        got = "0, the end-to-end filter as soon as one filter vanishes"
        raise invalid("v", "nonzero", got, "factorizations of 0 are infinitely many")
    found = membership(architecture, v, tolerance)
    if found.filters is None:
        return ()
    if not architecture.blocks:
        return (found.filters,)
    if isinstance(values, list):
        return tuple(map(fixed_filters, _exact(architecture, values, limit)))
    if tolerance is None:
        tolerance = tolerance_of(v)
    return tuple(map(fixed_filters, _numerical(architecture, values, found.gcd_degrees, tolerance, limit)))


def _distributions(blocks: Sequence[ScaleBlock], choices: Iterable[Sequence[Atoms]], limit: int) -> Iterator[Any]:
    """Per choice of the roots of the blocks, all ways to give them to the layers; BudgetError if there are too many."""
    listed: list[Sequence[Atoms]] = []
    number = 0
    for atoms in choices:
        pairs = list(zip(blocks, atoms, strict=True))
        number += prod(least_number_of_layer_choices(block.degrees, one) for block, one in pairs)
        if number > limit:
            exactly = not listed and all(m == 1 for one in atoms for m in one.values())
            raise _too_many(number, limit, exactly=exactly)
        listed.append(atoms)
    number = 0
    for atoms in listed:
        each = [
            list(islice(layer_choices(block.degrees, one), limit + 1)) for block, one in zip(blocks, atoms, strict=True)
        ]
        number += prod(map(len, each))
        if number > limit:
            raise _too_many(number, limit, exactly=False)
        for one in product(*each):
            yield atoms, one


def _too_many(number: int, limit: int, *, exactly: bool) -> BudgetError:
    least = "" if exactly else "at least "
    return BudgetError(f"there are {least}{number} real factorizations, more than the limit of {limit}: raise it")


def _exact(architecture: Architecture, v: Sequence[Fraction], limit: int) -> Iterator[AnyFilters]:
    content, form = primitive(v[:: architecture.step])
    scaled = ScaledForm(architecture, content, form)
    scales = [block.scale // architecture.step for block in scaled.blocks]
    known: dict[tuple[int, frozenset[tuple[Any, int]]], tuple[Sequence[Any], bool]] = {}

    def form_of(i: int, atoms: Atoms) -> tuple[Sequence[Any], bool]:
        key = i, frozenset(atoms.items())
        if key not in known:
            values = scaled.field.product(atoms.items())
            whole: Form | None = scaled.field.rational(values, form, scales[i])
            known[key] = (values, False) if whole is None else (whole, True)
        return known[key]

    for block_atoms, layers in _distributions(scaled.blocks, scaled.block_atoms(), limit):
        forms = [[form_of(i, one) for one in each] for i, each in enumerate(layers)]
        found = [LayerForms(tuple(f for f, _ in each), tuple(exact for _, exact in each)) for each in forms]
        yield scaled.assembled(found, [form_of(i, atoms)[0] for i, atoms in enumerate(block_atoms)])


def _numerical(
    architecture: Architecture, v: FloatArray, degrees: Sequence[int] | None, tolerance: float, limit: int
) -> Iterator[AnyFilters]:
    form, exponent = NumericalForm.scaled(architecture, v)
    field = RootField(DIGITS)
    needed = needed_degrees(form.blocks)
    degrees = needed if degrees is None else degrees
    divided = replace(form.divided(degrees), equal=tolerance)
    choices: Iterable[Sequence[Atoms]] = form.shared_atoms(divided, field, tolerance)
    if tuple(degrees) == needed:
        choices = [form.real_atoms(divided, field)]
    size = float(np.linalg.norm(form.v))
    rounding = filter_rounding(np.float64, len(v)) * size
    seen: list[FloatArray] = []
    for _, layers in _distributions(form.blocks, choices, limit):
        filters: Sequence[FloatArray] = form.products(layers, field)
        if np.linalg.norm(np.asarray(product_of(filters, architecture.scales)) - form.v) > rounding:
            better = refined(architecture, filters, form.v)
            filters = better.filters
            if better.residual > tolerance:
                continue
        direction = np.concatenate([_direction(w) for w in filters])
        if not any(np.max(np.abs(direction - other)) < same_factorization() for other in seen):
            seen.append(direction)
            yield rescaled(filters, exponent)


def _direction(w: FloatArray) -> FloatArray:
    """The filter with norm one, its largest entry positive."""
    sign = float(np.sign(w[np.argmax(np.abs(w))]))
    return np.asarray(w * (sign / float(np.linalg.norm(w))))
