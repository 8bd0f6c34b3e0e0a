"""One form, given to layers of equal scale: whole rational factors where that fits, else its real roots and pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import prod
from typing import Any

import numpy as np

from equivariety._typing import AnyArray
from equivariety.convolution.filters import AnyFilter
from equivariety.convolution.membership.binary_forms import Form, as_poly, multiplicity_at_ends, primitive
from equivariety.convolution.membership.real_roots import count_real_roots
from equivariety.convolution.membership.root_atoms import Atoms, RootField
from equivariety.convolution.membership.root_choices import interleaved, real_targets
from equivariety.tolerances import FACTOR_PACKING_STEPS

__all__ = ["LayerForms", "evenly", "layer_filters", "rational_layers"]


@dataclass(frozen=True)
class LayerForms:
    """Forms of layers of equal scale whose product is a given form, up to a factor.

    Attributes:
        forms: per layer coprime integers where the form is rational, else coefficients to many digits, monic.
        exact: per layer whether it is rational.
    """

    forms: tuple[Sequence[Any], ...]
    exact: tuple[bool, ...]


def evenly(degrees: Sequence[int], atoms: Atoms) -> tuple[Atoms, ...]:
    """Return real roots and pairs for layers of given degrees, each spread evenly; there must be enough real ones.

    >>> field = RootField(30)
    >>> [list(one) for one in evenly((1, 1), field.atoms((-2, 3, -1)))]
    [[Atom(kind='positive', label='1.0', ...)], [Atom(kind='positive', label='2.0', ...)]]
    """
    listed = [atom for atom, m in sorted(atoms.items(), key=lambda item: item[0].angle) for _ in range(m)]
    reals = [atom for atom in listed if atom.degree == 1]
    targets = real_targets(degrees, len(reals))
    pairs = [atom for atom in listed if atom.degree == 2]
    found: list[Atoms] = [{} for _ in degrees]
    pair_targets = [(d - a) // 2 for d, a in zip(degrees, targets, strict=True)]
    for group, counts in ((reals, targets), (pairs, pair_targets)):
        for atom, i in zip(group, interleaved(counts), strict=True):
            found[i][atom] = found[i].get(atom, 0) + 1
    return tuple(found)


def rational_layers(form: Form, degrees: Sequence[int], field: RootField) -> LayerForms:
    """Return forms of given degrees whose product is a form with integer coefficients, as many rational as possible.

    The form must have at least as many real roots as there are odd degrees.

    >>> found = rational_layers((-2, -2, 1, 1), (2, 1), RootField(40))
    >>> found.forms, found.exact
    (((-2, 0, 1), (1, 1)), (True, True))
    """
    if len(degrees) == 1:
        return LayerForms((form,), (True,))
    units = _rational_factors(form)
    layers, packed, rest = _packed(degrees, units)
    others = [i for i in range(len(degrees)) if i not in layers]
    atoms: Atoms = {}
    for unit, m in rest.items():
        for atom, multiplicity in field.atoms(unit).items():
            atoms[atom] = atoms.get(atom, 0) + m * multiplicity
    forms: list[Sequence[Any]] = [()] * len(degrees)
    exact = [True] * len(degrees)
    for i, parts in zip(layers, packed, strict=True):
        forms[i] = _product(parts)
    for i, one in zip(others, evenly([degrees[i] for i in others], atoms), strict=True):
        values = field.product(one.items())
        whole = field.rational(values, form)
        forms[i], exact[i] = (values, False) if whole is None else (whole, True)
    return LayerForms(tuple(forms), tuple(exact))


def layer_filters(lead: Fraction, found: LayerForms, field: RootField) -> list[AnyFilter]:
    """Return the filters of layers whose product has a last nonzero coefficient, a rational one getting the factor.

    >>> field = RootField(40)
    >>> layer_filters(Fraction(2), rational_layers((-2, 0, 1), (1, 1), field), field)
    [array([2.82842712, 2.        ]), array([-1.41421356,  1.        ])]
    """
    factor = lead / prod((_lead(one) for one, exact in zip(found.forms, found.exact, strict=True) if exact), start=1)
    filters: list[AnyFilter] = []
    first_exact = found.exact.index(True) if any(found.exact) else None
    if first_exact is None:
        return list(_float_filters(found.forms, factor, field))
    for i, (one, exact) in enumerate(zip(found.forms, found.exact, strict=True)):
        if exact:
            filters.append([Fraction(c) * (factor if i == first_exact else 1) for c in one])
        else:
            filters.append(np.array(field.floats(one)))
    return filters


def _float_filters(forms: Sequence[Sequence[Any]], factor: Fraction, field: RootField) -> Iterator[AnyArray]:
    """Monic forms with a factor of whatever size: powers of two are spread, so that no float overflows."""
    exponents = [field.binary_exponent(one) for one in forms]
    size = factor.numerator.bit_length() - factor.denominator.bit_length()
    spread, extra = divmod(size + sum(exponents), len(forms))
    for i, (one, exponent) in enumerate(zip(forms, exponents, strict=True)):
        power = spread - exponent + (extra if i == 0 else 0)
        yield field.floats(one, Fraction(2) ** power * (factor / Fraction(2) ** size if i == 0 else 1))


def _lead(form: Sequence[int]) -> int:
    return next(c for c in reversed(form) if c)


def _product(forms: Sequence[Form]) -> Form:
    total: Sequence[int] = (1,)
    for form in forms:
        longer = [0] * (len(total) + len(form) - 1)
        for i, a in enumerate(total):
            for j, b in enumerate(form):
                longer[i + j] += a * b
        total = longer
    return tuple(total)


def _rational_factors(form: Form) -> dict[Form, int]:
    """Irreducible factors over the rationals with their multiplicities, 0 and infinity among the roots."""
    zero, infinite = multiplicity_at_ends(form)
    found: dict[Form, int] = {}
    for unit, m in (((0, 1), zero), ((1, 0), infinite)):
        if m:
            found[unit] = m
    for poly, m in as_poly(form).factor_list()[1]:
        found[primitive([int(c) for c in reversed(poly.all_coeffs())])[1]] = int(m)
    return found


def _packed(
    degrees: Sequence[int], units: dict[Form, int]
) -> tuple[tuple[int, ...], list[list[Form]], dict[Form, int]]:
    """As many layers as possible filled with whole rational factors; their factors; the factors left for the others.

    The search gives up after a number of steps, then with no layer.
    """
    steps = FACTOR_PACKING_STEPS
    ordered = sorted(units, key=lambda unit: (-len(unit), unit))
    num_real = {unit: count_real_roots(unit).total for unit in units}

    def fill(capacity: int, i: int, left: dict[Form, int]) -> Iterator[list[Form]]:
        nonlocal steps
        steps -= 1
        if capacity == 0:
            yield []
        elif steps > 0 and i < len(ordered):
            unit = ordered[i]
            degree = len(unit) - 1
            for m in range(min(left[unit], capacity // degree), -1, -1):
                yield from ([unit] * m + rest for rest in fill(capacity - m * degree, i + 1, left))

    def pack(layers: Sequence[int], left: dict[Form, int]) -> Iterator[tuple[list[list[Form]], dict[Form, int]]]:
        if not layers:
            yield [], left
            return
        for parts in fill(degrees[layers[0]], 0, left):
            rest = {unit: m - parts.count(unit) for unit, m in left.items()}
            yield from (([parts, *others], last) for others, last in pack(layers[1:], rest))

    # If all layers but one are rational, so is the last.
    for number in [len(degrees), *range(len(degrees) - 2, 0, -1)]:
        for layers in combinations(range(len(degrees)), number):
            num_odd = sum(degrees[i] % 2 for i in range(len(degrees)) if i not in layers)
            for packed, rest in pack(layers, units):
                if sum(num_real[unit] * m for unit, m in rest.items()) >= num_odd:
                    return layers, packed, rest
            if steps <= 0:
                return (), [], units
    return (), [], units
