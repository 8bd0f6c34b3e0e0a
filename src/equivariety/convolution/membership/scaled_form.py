"""A rational filter, divided into parts that belong to the scales of a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from equivariety.convolution.architecture import Architecture, ScaleBlock
from equivariety.convolution.filters import AnyFilter, AnyFilters
from equivariety.convolution.membership.binary_forms import Form, power_part, quotient
from equivariety.convolution.membership.layer_factors import LayerForms, layer_filters
from equivariety.convolution.membership.real_roots import root_kinds
from equivariety.convolution.membership.root_atoms import Atoms, RootField
from equivariety.convolution.membership.root_choices import Level, atom_choices

__all__ = ["ScaledForm", "is_whole", "lead", "needed_degrees"]


def needed_degrees(blocks: Sequence[ScaleBlock]) -> tuple[int, ...]:
    """Return for each block but the last the degree of the product of all later forms, in powers of the next scale.

    >>> needed_degrees(Architecture((3, 3, 2), (2, 3, 1)).blocks)
    (5, 1)
    """
    return tuple(
        sum(later.degree * later.scale for later in blocks[i + 1 :]) // blocks[i + 1].scale
        for i in range(len(blocks) - 1)
    )


def lead(form: Sequence[int]) -> int:
    """Return the last coefficient of a form that is not zero.

    >>> lead((1, 3, 0))
    3
    """
    return next(c for c in reversed(form) if c)


def is_whole(form: Sequence[Any]) -> bool:
    """Return whether a form has integer coefficients rather than real ones to many digits, then being monic.

    >>> is_whole((1, 2))
    True
    """
    return all(isinstance(c, int) for c in form)


@dataclass(frozen=True, eq=False)
class ScaledForm:
    """A nonzero rational filter, divided into the parts of every scale.

    Attributes:
        architecture: of the network, at least one filter size being > 1.
        content: the filter is this times ``form`` at the multiples of the step.
        form: coprime integers.
    """

    architecture: Architecture
    content: Fraction
    form: Form

    @property
    def blocks(self) -> tuple[ScaleBlock, ...]:
        """Of the architecture."""
        return self.architecture.blocks

    @cached_property
    def power_parts(self) -> tuple[Form, ...]:
        """The form, and the largest forms that divide it in powers of the scale of each later block."""
        found = [self.form]
        for block in self.blocks[:-1]:
            found.append(power_part(found[-1], block.ratio or 1))
        return tuple(found)

    @cached_property
    def parts(self) -> tuple[Form, ...]:
        """The unique forms, as large in the later scales as possible, whose product at their scales the form is."""
        found = [
            quotient(upper, lower, block.ratio or 1)
            for block, upper, lower in zip(self.blocks, self.power_parts, self.power_parts[1:], strict=False)
        ]
        return (*found, self.power_parts[-1])

    @property
    def gcd_degrees(self) -> tuple[int, ...]:
        """Degrees of the largest forms in powers."""
        return tuple(len(form) - 1 for form in self.power_parts[1:])

    @cached_property
    def field(self) -> RootField:
        """In which roots are computed."""
        return RootField.for_form(self.form)

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """What every block needs and has."""
        return tuple(
            Level(block.degree, block.num_odd, block.ratio, root_kinds(part))
            for block, part in zip(self.blocks, self.parts, strict=True)
        )

    def block_atoms(self) -> Iterator[tuple[Atoms, ...]]:
        """Iterate over the atoms of the blocks' forms of all factorizations in F."""
        return atom_choices(self.levels, [self.field.atoms(part) for part in self.parts], self.field.of_powers)

    def block_form(self, i: int, atoms: Atoms) -> tuple[Sequence[Any], bool]:
        """Return the form of block i with these roots, coprime integers if it is rational, and whether it is."""
        values = self.field.product(atoms.items())
        found = self.field.rational(values, self.form, self.blocks[i].scale // self.architecture.step)
        return (values, False) if found is None else (found, True)

    def assembled(self, forms: Sequence[LayerForms], block_forms: Sequence[Sequence[Any]]) -> AnyFilters:
        """Return the filters of all layers; the content goes to the first block."""
        filters: list[AnyFilter] = [[Fraction(1)] for _ in self.architecture.filter_sizes]
        for i, (block, found, form) in enumerate(zip(self.blocks, forms, block_forms, strict=True)):
            whole = self._factor(i, block_forms) * (lead(form) if is_whole(form) else 1)
            for layer, one in zip(block.layers, layer_filters(whole, found, self.field), strict=True):
                filters[layer] = one
        return tuple(filters)

    def _factor(self, i: int, block_forms: Sequence[Sequence[Any]]) -> Fraction:
        """What the form of block i has to be multiplied with: 1 but for the first block."""
        found = Fraction(1)
        if i == 0:
            found = self.content * lead(self.form)
            for form in block_forms:
                found /= lead(form) if is_whole(form) else 1
        return found

    def block_filters(self, block_forms: Sequence[Sequence[Any]]) -> AnyFilters:
        """Return the blocks' forms, the content given to the first; floats where they are not rational."""
        found: list[AnyFilter] = []
        for i, form in enumerate(block_forms):
            factor = self._factor(i, block_forms)
            if is_whole(form):
                found.append([c * factor for c in form])
            else:
                found.append(self.field.floats(form, factor))
        return tuple(found)
