"""Real filters of the layers from a rounded end-to-end filter, as near to it as they are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, ComplexArray, FloatArray, read_only
from equivariety.convolution.architecture import Architecture, ScaleBlock
from equivariety.convolution.filters import balanced_filters, product_of
from equivariety.convolution.membership.layer_factors import evenly
from equivariety.convolution.membership.power_relations import PowerRelations, successive_blocks
from equivariety.convolution.membership.real_circle import homogeneous_roots, with_equal_roots
from equivariety.convolution.membership.refinement import Refined, refined
from equivariety.convolution.membership.root_atoms import Atoms, RootField, kinds_of
from equivariety.convolution.membership.root_choices import Level, atom_choices
from equivariety.convolution.membership.scaled_form import needed_degrees

__all__ = ["DIGITS", "Divided", "NumericalForm", "Recovery", "recover", "rescaled"]

#: To which roots are multiplied, so that only they and the sums have the rounding of floats.
DIGITS = 30


@dataclass(frozen=True, eq=False)
class Recovery:
    """Real filters of the layers whose end-to-end filter is near a given one.

    Attributes:
        filters: one read-only float64 array per layer, of equal norms.
        block_filters: one per scale, the products of the layers of equal scale.
        residual: norm of the difference to the given filter, relative to its norm.
        conditioning: smallest over largest singular value of the Jacobian matrix, of those that are not zero for a
            general point.
        gap: least ratio of the second smallest to the smallest singular value in the systems that gave the blocks.
    """

    filters: tuple[FloatArray, ...]
    block_filters: tuple[FloatArray, ...]
    residual: float
    conditioning: float
    gap: float


@dataclass(frozen=True, eq=False)
class Divided:
    """A form divided into forms of the scales, of given degrees.

    Attributes:
        parts: their coefficients, after Gauss-Newton steps.
        residual: of their product, relative.
        growth: per part by how much a small relative error of the form is enlarged in it.
        equal: roots that a change of the form by this makes equal are equal.
    """

    parts: tuple[AnyArray, ...]
    residual: float
    growth: tuple[float, ...]
    equal: float = 0.0

    @cached_property
    def roots(self) -> tuple[tuple[ComplexArray, FloatArray], ...]:
        """Per part its roots on the projective line."""
        found = [
            (part, homogeneous_roots(part), self.equal * g) for part, g in zip(self.parts, self.growth, strict=True)
        ]
        return tuple(with_equal_roots(part, roots, d) if d > 0 else roots for part, roots, d in found)

    def with_zero_ends(self, tolerance: float) -> Divided:
        """Return the same with coefficients at both ends zero as far as a change of the form by this makes them so."""
        found = []
        for part, growth in zip(self.parts, self.growth, strict=True):
            allowed = tolerance * growth * float(np.linalg.norm(part))
            small = np.sqrt(np.cumsum(part**2)) <= allowed, np.sqrt(np.cumsum(part[::-1] ** 2))[::-1] <= allowed
            found.append(np.where(small[0] | small[1], 0.0, part))
        if not all(part.any() for part in found):
            return self
        return replace(self, parts=tuple(found))

    def num_nearly_real(self, tolerance: float) -> list[int]:
        """Return per part the number of pairs of roots that a change of the form by this may make real."""
        return [
            int(np.sum((alpha.imag > 0) & (alpha.imag * beta < np.sqrt(tolerance * growth))))
            for (alpha, beta), growth in zip(self.roots, self.growth, strict=True)
        ]


@dataclass(frozen=True, eq=False)
class NumericalForm:
    """A float filter that is not zero, at the multiples of the step.

    Attributes:
        architecture: of the network, at least one filter size being > 1.
        v: (k,) filter of norm about 1; it may be complex until roots are asked for.
    """

    architecture: Architecture
    v: AnyArray

    @classmethod
    def scaled(cls, architecture: Architecture, v: AnyArray) -> tuple[NumericalForm, int]:
        """Return the form of a filter divided by a power of two, and the exponent of this power."""
        exponent = int(np.frexp(np.max(np.abs(v)))[1])
        # In two steps, since the power itself may not be a float.
        half = exponent // 2
        return cls(architecture, v * np.ldexp(1.0, -half) * np.ldexp(1.0, half - exponent)), exponent

    @property
    def blocks(self) -> tuple[ScaleBlock, ...]:
        """Of the architecture."""
        return self.architecture.blocks

    @property
    def ratios(self) -> tuple[int, ...]:
        """Of the scales of neighbouring blocks."""
        return tuple(block.ratio or 1 for block in self.blocks[:-1])

    @cached_property
    def form(self) -> AnyArray:
        """Coefficients at multiples of the step."""
        return np.ascontiguousarray(self.v[:: self.architecture.step])

    @cached_property
    def relations(self) -> tuple[PowerRelations, ...]:
        """For each block but the first the relations that say whether it and the later ones divide the form."""
        step, unit = self.architecture.step, self.form / np.linalg.norm(self.form)
        needed = needed_degrees(self.blocks)
        return tuple(
            PowerRelations.of(unit, block.scale // step, degree)
            for block, degree in zip(self.blocks[1:], needed, strict=True)
        )

    @cached_property
    def distance_bound(self) -> float:
        """Nothing nearer, relative to the norm, is in the Zariski closure."""
        bound = max((one.distance_bound for one in self.relations), default=0.0)
        return float(np.hypot(self.outside, bound * np.linalg.norm(self.form) / np.linalg.norm(self.v)))

    def gcd_degrees(self, distance: float) -> tuple[int, ...]:
        """Return for each block but the first the degree that the common factor of the slices can have at its scale.

        It is the largest one, but at least the degree needed, of the forms within a relative distance, as far as
        singular values exclude others: the only numerical notion of this degree.
        """
        found, most = [], len(self.form) - 1
        for relations, ratio in zip(self.relations, self.ratios, strict=True):
            most = min(relations.degree + max(relations.largest_excess(distance), 0), most // ratio)
            found.append(most)
        return tuple(found)

    @property
    def outside(self) -> float:
        """Norm of the coefficients elsewhere than at multiples of the step, relative to that of all."""
        rest = np.array(self.v)
        rest[:: self.architecture.step] = 0
        return float(np.linalg.norm(rest) / np.linalg.norm(self.v))

    @property
    def gap(self) -> float:
        """Least ratio of the second smallest to the smallest singular value."""
        return min((one.gap for one in self.relations), default=float("inf"))

    def divided(self, degrees: Sequence[int]) -> Divided:
        """Return parts such that the divisors in powers of the scales have given degrees, one per later block."""
        if not degrees:
            return Divided((self.form,), 0.0, (1.0,))
        sizes = [len(self.form) - 1, *degrees]
        own = [a - t * b + 1 for a, b, t in zip(sizes, sizes[1:], self.ratios, strict=False)] + [sizes[-1] + 1]
        merged = Architecture(tuple(own), (*self.ratios, 1))
        known = self.relations[0] if degrees[0] == self.relations[0].degree else None
        found = refined(merged, successive_blocks(self.form, self.ratios, degrees, known), self.form)
        places = np.cumsum(own)[:-1]
        rows = np.split(found.inverse, places)
        size = float(np.linalg.norm(self.form))
        growth = [
            float(np.linalg.norm(row, 2)) * size / float(np.linalg.norm(part))
            for row, part in zip(rows, found.filters, strict=True)
        ]
        return Divided(found.filters, found.residual, tuple(max(1.0, g) for g in growth))

    def layers(self, block_atoms: Sequence[Atoms], field: RootField) -> Refined:
        """Return filters of all layers whose blocks have given roots, after Gauss-Newton steps on all of them."""
        each = [evenly(block.degrees, atoms) for block, atoms in zip(self.blocks, block_atoms, strict=True)]
        return refined(self.architecture, self.products(each, field), self.v)

    def products(self, layer_atoms: Sequence[Sequence[Atoms]], field: RootField) -> list[FloatArray]:
        """Return filters of layers with given roots, per block and layer; only up to rounding of the roots."""
        found: list[FloatArray] = [np.ones(1)] * self.architecture.depth
        for block, each in zip(self.blocks, layer_atoms, strict=True):
            for layer, atoms in zip(block.layers, each, strict=True):
                values = field.product(atoms.items())
                top = max(abs(c) for c in values)
                found[layer] = field.floats([c / top for c in values])
        total = np.asarray(product_of(found, self.architecture.scales))
        factor = float(total @ self.v) / float(total @ total)
        found[0] = found[0] * (factor or 1.0)
        return list(balanced_filters(tuple(found)))

    def with_real_roots(self, divided: Divided) -> Refined:
        """Return filters from parts of the degrees of the blocks; where real roots are missing, the pairs that are
        nearest to real become double roots.
        """
        field = RootField(DIGITS)
        return self.layers(self.real_atoms(divided, field), field)

    def real_atoms(self, divided: Divided, field: RootField) -> list[Atoms]:
        """Return the real roots and pairs of each part, of the degree of the block, with enough real roots."""
        found = []
        for block, (alpha, beta) in zip(self.blocks, divided.roots, strict=True):
            missing = max(0, block.num_odd - int(np.sum(alpha.imag == 0)))
            found.append(_atoms(field, alpha, beta, missing // 2))
        return found

    def with_shared_roots(self, divided: Divided, tolerance: float) -> Refined | None:
        """Return filters from parts that are larger in the later scales than the blocks; None if that is impossible."""
        field = RootField(DIGITS)
        found = next(self.shared_atoms(divided, field, tolerance), None)
        return None if found is None else self.layers(found, field)

    def shared_atoms(self, divided: Divided, field: RootField, tolerance: float) -> Iterator[tuple[Atoms, ...]]:
        """Iterate over the roots of the blocks of all factorizations, the parts being larger in the later scales.

        If real roots are missing, roots that a change by the tolerance makes zero or infinite count as such, and pairs
        that it makes real as double roots.
        """
        for one in (divided, divided.with_zero_ends(tolerance)):
            for near in ([0] * len(self.blocks), one.num_nearly_real(tolerance)):
                found = self._shared(one, near, field)
                first = next(found, None)
                if first is not None:
                    return chain([first], found)
        return iter(())

    def _shared(self, divided: Divided, merged: Sequence[int], field: RootField) -> Iterator[tuple[Atoms, ...]]:
        own = [_atoms(field, *roots, number) for roots, number in zip(divided.roots, merged, strict=True)]
        levels = [
            Level(block.degree, block.num_odd, block.ratio, kinds_of(one))
            for block, one in zip(self.blocks, own, strict=True)
        ]
        return atom_choices(levels, own, field.of_powers)

    def block_filters(self, filters: Sequence[FloatArray]) -> tuple[FloatArray, ...]:
        """Return the products of layers of equal scale; filters of size 1 belong to the first."""
        single = [w[0] for w, k in zip(filters, self.architecture.filter_sizes, strict=True) if k == 1]
        found = []
        for block in self.blocks:
            found.append(np.asarray(product_of([filters[i] for i in block.layers], [1] * len(block.layers))))
        found[0] = found[0] * np.prod(single)
        return tuple(found)


def _atoms(field: RootField, alpha: ComplexArray, beta: FloatArray, merged: int) -> Atoms:
    """Real roots and pairs; of the pairs those nearest to the real circle become double real roots."""
    found: Atoms = {}

    def add(kind: str, root: Any, multiplicity: int = 1) -> None:
        atom = field.atom(kind, root)
        found[atom] = found.get(atom, 0) + multiplicity

    upper = np.flatnonzero(alpha.imag > 0)
    nearest = set(upper[np.argsort(alpha.imag[upper] * beta[upper], kind="stable")][:merged].tolist())
    for i, (a, b) in enumerate(zip(alpha.tolist(), beta.tolist(), strict=True)):
        if a.imag != 0 and i not in nearest:
            if a.imag > 0:
                add("pairs", field.quotient(a, b))
            continue
        times = 2 if i in nearest else 1
        if i in nearest:
            a, b = _nearest_real(a, b)
        x = a.real
        if b == 0:
            add("infinite", None, times)
        elif x == 0:
            add("zero", 0, times)
        else:
            add("positive" if x > 0 else "negative", field.quotient(x, b).real, times)
    return found


def _nearest_real(a: complex, b: float) -> tuple[complex, float]:
    """The real part of a root in the chart, around 0 or around infinity, in which it is smaller."""
    if abs(a) <= b:
        return complex((a / b).real), 1.0
    inverse = (b / a).real
    return (complex(1.0), inverse) if inverse >= 0 else (complex(-1.0), -inverse)


def recover(architecture: Architecture, v: FloatArray) -> Recovery:
    """Return real filters with an end-to-end filter near v: those of nearly v if there are, from a linear system,
    eigenvalues, and Gauss-Newton steps.

    Args:
        architecture: of the network.
        v: (k,) finite, not zero.

    >>> found = recover(Architecture((3, 2), (2, 1)), np.array([8.0, 8, 14, 12, 3]))
    >>> found.residual < 1e-15, (found.filters[1] / found.filters[1][1]).round(6).tolist()
    (True, [0.666667, 1.0])
    """
    form, exponent = NumericalForm.scaled(architecture, v)
    unit = form.v
    if not architecture.blocks:
        filters = refined(
            architecture, [np.sign(unit) if i == 0 else np.ones(1) for i in range(architecture.depth)], unit
        )
        return Recovery(_fixed(rescaled(filters.filters, exponent)), (), filters.residual, 1.0, float("inf"))
    if not form.form.any():
        zeros = tuple(np.zeros(k) for k in architecture.filter_sizes)
        return Recovery(_fixed(zeros), _fixed(form.block_filters(zeros)), 1.0, 0.0, 1.0)
    found = form.with_real_roots(form.divided(needed_degrees(form.blocks)))
    scaled = rescaled(found.filters, exponent)
    return Recovery(_fixed(scaled), _fixed(form.block_filters(scaled)), found.residual, found.conditioning, form.gap)


def rescaled(filters: Sequence[FloatArray], exponent: int) -> tuple[FloatArray, ...]:
    """Return filters each times the same number, the product of these numbers being ``2^exponent``.

    >>> [w.tolist() for w in rescaled([np.ones(1), np.ones(1)], 4)]
    [[4.0], [4.0]]
    """
    share, extra = divmod(exponent, len(filters))
    return tuple(np.ldexp(w * 2.0 ** (extra / len(filters)), share) for w in filters)


def _fixed(arrays: Sequence[FloatArray]) -> tuple[FloatArray, ...]:
    return tuple(read_only(w) for w in arrays)
