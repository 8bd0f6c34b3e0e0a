"""One form, given to layers of equal scale: whole rational factors where that fits, else its real roots and pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from equivariety._typing import AnyArray
from equivariety.convolution.filters import AnyFilter
from equivariety.convolution.membership.binary_forms import Form
from equivariety.convolution.membership.rational_factors import irreducible_factors, packed, product_of_forms
from equivariety.convolution.membership.root_atoms import Atoms, RootField
from equivariety.convolution.membership.root_choices import interleaved, real_targets

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
    layers, filled, rest = packed(degrees, irreducible_factors(form))
    others = [i for i in range(len(degrees)) if i not in layers]
    atoms: Atoms = {}
    for unit, m in rest.items():
        for atom, multiplicity in field.atoms(unit).items():
            atoms[atom] = atoms.get(atom, 0) + m * multiplicity
    forms: list[Sequence[Any]] = [()] * len(degrees)
    exact = [True] * len(degrees)
    for i, parts in zip(layers, filled, strict=True):
        forms[i] = product_of_forms(parts)
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
