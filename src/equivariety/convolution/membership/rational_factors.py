"""Divisors of a form with rational coefficients, made of its irreducible factors over the rationals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from equivariety.convolution.filters import dilated
from equivariety.convolution.membership.binary_forms import Form, as_poly, multiplicity_at_ends, primitive, quotient
from equivariety.convolution.membership.real_roots import count_real_roots, root_kinds
from equivariety.convolution.membership.root_choices import Level, kind_choices
from equivariety.tolerances import FACTOR_PACKING_STEPS

__all__ = ["PackedLayers", "irreducible_factors", "packed", "product_of_forms", "rational_blocks"]

#: Layers filled with whole factors, their factors, and the factors left for the others.
PackedLayers = tuple[tuple[int, ...], list[list[Form]], dict[Form, int]]


def product_of_forms(forms: Sequence[Form]) -> Form:
    """Return the product of forms with integer coefficients.

    >>> product_of_forms([(1, 1), (0, 1), (1, 0)])
    (0, 1, 1, 0)
    """
    total: Sequence[int] = (1,)
    for form in forms:
        longer = [0] * (len(total) + len(form) - 1)
        for i, a in enumerate(total):
            for j, b in enumerate(form):
                longer[i + j] += a * b
        total = longer
    return tuple(total)


def irreducible_factors(form: Form) -> dict[Form, int]:
    """Return the irreducible factors over the rationals with their multiplicities, 0 and infinity among the roots.

    >>> irreducible_factors((0, 0, -2, 0, 1, 0))
    {(0, 1): 2, (1, 0): 1, (-2, 0, 1): 1}
    """
    zero, infinite = multiplicity_at_ends(form)
    found: dict[Form, int] = {}
    for unit, m in (((0, 1), zero), ((1, 0), infinite)):
        if m:
            found[unit] = m
    for poly, m in as_poly(form).factor_list()[1]:
        found[primitive([int(c) for c in reversed(poly.all_coeffs())])[1]] = int(m)
    return found


class _Search:
    """Choices of factors with a degree, in a limited number of steps."""

    def __init__(self, units: dict[Form, int], steps: int) -> None:
        self.units = sorted(units, key=lambda unit: (-len(unit), unit))
        self.steps = steps

    def fill(self, degree: int, left: dict[Form, int], i: int = 0) -> Iterator[list[Form]]:
        """Iterate over the multisets of factors of a total degree."""
        self.steps -= 1
        if degree == 0:
            yield []
        elif self.steps > 0 and i < len(self.units):
            unit = self.units[i]
            for m in range(min(left[unit], degree // (len(unit) - 1)), -1, -1):
                yield from ([unit] * m + rest for rest in self.fill(degree - m * (len(unit) - 1), left, i + 1))

    def pack(self, degrees: Sequence[int], left: dict[Form, int]) -> Iterator[tuple[list[list[Form]], dict[Form, int]]]:
        """Iterate over the ways to fill several layers, with the factors that are left."""
        if not degrees:
            yield [], left
            return
        for parts in self.fill(degrees[0], left):
            rest = {unit: m - parts.count(unit) for unit, m in left.items()}
            yield from (([parts, *others], last) for others, last in self.pack(degrees[1:], rest))


def packed(degrees: Sequence[int], units: dict[Form, int]) -> PackedLayers:
    """Return as many layers as possible filled with whole factors, such that the other ones have enough real roots.

    The search gives up after a number of steps, then with no layer.

    >>> packed((2, 1), {(-2, 0, 1): 1, (1, 1): 1})
    ((0, 1), [[(-2, 0, 1)], [(1, 1)]], {(-2, 0, 1): 0, (1, 1): 0})
    """
    search = _Search(units, FACTOR_PACKING_STEPS)
    num_real = {unit: count_real_roots(unit).total for unit in units}
    # If all layers but one are rational, so is the last.
    for number in [len(degrees), *range(len(degrees) - 2, 0, -1)]:
        for layers in combinations(range(len(degrees)), number):
            num_odd = sum(degrees[i] % 2 for i in range(len(degrees)) if i not in layers)
            for filled, rest in search.pack([degrees[i] for i in layers], units):
                if sum(num_real[unit] * m for unit, m in rest.items()) >= num_odd:
                    return layers, filled, rest
            if search.steps <= 0:
                return (), [], units
    return (), [], units


def rational_blocks(levels: Sequence[Level], parts: Sequence[Form]) -> tuple[Form, ...] | None:
    """Return forms for all scales with integer coefficients, with enough real roots; None if none were found.

    Args:
        levels: what each scale needs.
        parts: per scale the form that belongs to it and to no larger one.

    >>> levels = [Level(4, 0, 2, root_kinds((1,))), Level(1, 1, None, root_kinds((2, -2, -1, 1)))]
    >>> rational_blocks(levels, [(1,), (2, -2, -1, 1)])
    ((-2, 0, 0, 0, 1), (-1, 1))
    """
    steps = [FACTOR_PACKING_STEPS]

    def choose(i: int, available: Form) -> tuple[Form, ...] | None:
        need = levels[i]
        if i == 0:
            return (available,) if count_real_roots(available).total >= need.num_odd else None
        units = irreducible_factors(available)
        search = _Search(units, steps[0])
        for factors in search.fill(need.degree, units):
            steps[0] = search.steps
            one = product_of_forms(factors)
            ratio = levels[i - 1].ratio or 1
            rest = tuple(int(c) for c in dilated(list(quotient(available, one)), ratio))
            below = product_of_forms([parts[i - 1], rest])
            if count_real_roots(one).total < need.num_odd:
                continue
            lower = Level(levels[i - 1].degree, levels[i - 1].num_odd, levels[i - 1].ratio, root_kinds(below))
            if next(kind_choices([*levels[: i - 1], lower]), None) is None:
                continue
            found = choose(i - 1, below)
            if found is not None:
                return (*found, one)
            search.steps = steps[0] - 1
        return None

    return choose(len(levels) - 1, parts[-1])
