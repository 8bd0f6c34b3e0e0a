"""Function spaces as semialgebraic sets: polynomial equations, and conditions on the signs of polynomials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from equivariety._typing import AnyArray
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.equations.closure import ClosureEquations, closure_equations
from equivariety.convolution.equations.real_closure import fills_real_closure
from equivariety.convolution.equations.root_counts import num_real_roots, root_polynomials
from equivariety.convolution.filters import as_filter, as_fractions
from equivariety.convolution.membership.binary_forms import primitive
from equivariety.convolution.membership.real_roots import count_real_roots
from equivariety.errors import invalid
from equivariety.tolerances import point_tolerance
from equivariety.varieties.algebraic.numeric_polynomials import NumericPolynomials, exact_value
from equivariety.varieties.algebraic.polynomial_input import Polynomial
from equivariety.varieties.algebraic.polynomial_output import polynomial_text

__all__ = ["RealConditions", "RootCondition", "real_conditions"]

#: Inequalities that are printed before the rest is only counted.
_SHOWN = 20


@dataclass(frozen=True, eq=False)
class RootCondition:
    """At least e roots of a form, with multiplicity, are real; its coefficients are some of those of the filter.

    Attributes:
        positions: of the coefficients of the form, of degree d, in the end-to-end filter.
        needed: e, from 2 to d and of the parity of d.
        polynomials: E_1, ..., E_{d - 1} in the coefficients of the filter; where all d roots have to be real, those
            that must not be negative.

    >>> condition, = real_conditions(Architecture((2, 2), (1, 1))).conditions
    >>> condition.positions, condition.needed
    ((0, 1, 2), 2)
    """

    positions: tuple[int, ...]
    needed: int
    polynomials: tuple[Polynomial, ...]

    @property
    def degree(self) -> int:
        """Degree d of the form."""
        return len(self.positions) - 1

    @property
    def is_basic(self) -> bool:
        """Whether the condition is that no polynomial is negative."""
        return self.needed == self.degree

    @cached_property
    def _numeric(self) -> NumericPolynomials:
        return NumericPolynomials(self.polynomials, len(next(iter(self.polynomials[0]))))

    def holds_exactly(self, values: Sequence[Fraction]) -> bool:
        """Whether the condition holds for a rational filter."""
        form = [values[i] for i in self.positions]
        if not any(form):
            return True
        found = [exact_value(p, values) for p in self.polynomials]
        if self.is_basic:
            return min(found) >= 0
        if found[-1]:  # no multiple roots
            return num_real_roots(found) >= self.needed
        return count_real_roots(primitive(form)[1]).total >= self.needed

    def holds(self, values: AnyArray, tolerance: float) -> bool | None:
        """Whether it holds for a filter of floats; None where a polynomial may vanish that decides."""
        share = np.abs(values[list(self.positions)]).max() / (np.abs(values).max() or 1.0)
        if share <= tolerance:
            return True  # the zero form up to rounding: other slices decide
        found, sizes = self._numeric.values(values), self._numeric.sizes(values)
        allowed = tolerance / share * sizes  # rounding is that of the largest coefficients
        if self.is_basic:
            return False if (found < -allowed).any() else (True if (found > allowed).all() else None)
        if (np.abs(found) <= allowed).any():
            return None
        return num_real_roots(np.sign(found).astype(int).tolist()) >= self.needed


@dataclass(frozen=True, eq=False, repr=False)
class RealConditions:
    """A function space as the set of the real filters that satisfy equations and conditions on signs.

    Attributes:
        equations: of the Zariski closure.
        conditions: on the numbers of real roots of forms; none if the function space is all real points of the closure.

    >>> found = real_conditions(Architecture((2, 2), (1, 1)))
    >>> print(found)
    p1^2 - 4*p0*p2 >= 0
    >>> found.holds([1, 2, 1]), found.holds([1, 0, 1]), found.holds([1.0, 2.0, 1.0])
    (True, False, None)
    """

    equations: ClosureEquations
    conditions: tuple[RootCondition, ...]

    def __repr__(self) -> str:
        return f"RealConditions({len(self.equations)} equations, {len(self.conditions)} conditions on real roots)"

    def __str__(self) -> str:
        lines = [f"{text} = 0" for text in self.equations.texts[:_SHOWN]]
        lines += [f"… and {len(self.equations) - _SHOWN} more equations"] if len(self.equations) > _SHOWN else []
        shown = [line for one in self.conditions for line in self._lines(one)]
        lines += shown[:_SHOWN] + ([f"… and {len(shown) - _SHOWN} more conditions"] if len(shown) > _SHOWN else [])
        return "\n".join(lines or ["no conditions: all filters"])

    def _lines(self, one: RootCondition) -> list[str]:
        texts = [polynomial_text(p, self.equations.variables) for p in one.polynomials]
        if one.is_basic:
            return [f"{text} >= 0" for text in texts]
        names = [f"E{i}" for i in range(1, one.degree)]
        head = f"limits of filters with {names[-1]} != 0 and c(1, {_signed(names)}) - c(1, {', '.join(names)}) >= "
        rule = f"{head}{one.needed - 1}, c the number of changes of sign, where"
        return [rule, *(f"  {name} = {text}" for name, text in zip(names, texts, strict=True))]

    @property
    def is_basic(self) -> bool:
        """Whether the function space is where ``equations`` vanish and ``inequalities`` are not negative."""
        return all(one.is_basic for one in self.conditions)

    @cached_property
    def inequalities(self) -> tuple[Polynomial, ...]:
        """The polynomials of all conditions, mappings from exponents to Fractions."""
        return tuple(p for one in self.conditions for p in one.polynomials)

    @property
    def texts(self) -> tuple[str, ...]:
        """The polynomials of all conditions as text."""
        return tuple(polynomial_text(p, self.equations.variables) for p in self.inequalities)

    def values(self, v: object) -> list[Fraction] | AnyArray:
        """Return the values of ``inequalities`` at an end-to-end filter: Fractions where it is rational, else floats.

        Raises ValueError or TypeError for anything that is not a real filter of the right size.
        """
        exact, floats = self._read(v)
        if exact is not None:
            return [exact_value(p, exact) for p in self.inequalities]
        return NumericPolynomials(self.inequalities, len(floats)).values(floats)

    def holds(self, v: object, tolerance: float | None = None) -> bool | None:
        """Whether an end-to-end filter satisfies everything, and so is in the function space.

        Exact for rational filters.  For floats equations hold up to the tolerance, by default the library's for points,
        and the answer is None where a sign that decides may be zero.  Raises as :meth:`values` does.
        """
        exact, floats = self._read(v)
        if len(self.equations) and not self.equations.contains(v, tolerance):
            return False
        if exact is not None and tolerance is None:
            return all(one.holds_exactly(exact) for one in self.conditions)
        allowed = point_tolerance(floats.dtype) if tolerance is None else tolerance
        found = [one.holds(floats, allowed) for one in self.conditions]
        return False if False in found else (None if None in found else True)

    def _read(self, v: object) -> tuple[list[Fraction] | None, AnyArray]:
        given = as_filter("v", v, len(self.equations.variables))
        exact = as_fractions(given)
        if isinstance(given, np.ndarray) and given.dtype.kind == "c":
            raise invalid("v", "a real filter", "complex coefficients", "real roots are those of real forms", TypeError)
        return exact, given if isinstance(given, np.ndarray) else np.array([float(x) for x in given])


def real_conditions(architecture: Architecture) -> RealConditions:
    """Return the function space as a semialgebraic set, in the cases where that is written out.

    These are: F = V(R), the real points of the closure, without inequalities; and blocks each of a degree below its
    ratio, but for the last, among them a single scale.  There the blocks' forms are, up to constants, slices of the
    filter, and the condition is that each has as many real roots as layers of odd degree.  With d = e = 2 that is the
    discriminant; with d = e the E_i of ``root_polynomials``, the discriminant alone for cubics; with e < d the
    number of their changes of sign where the form has no multiple root, and limits of such forms.

    Raises ValueError in other cases, for blocks of a degree beyond ``tolerances.REAL_ROOTS_DEGREE``, and as
    :func:`closure_equations` does.

    >>> print(real_conditions(Architecture((2, 2, 2), (1, 3, 1))).texts)
    ('p1^2 - 4*p0*p2', 'p4^2 - 4*p3*p5')
    """
    equations = closure_equations(architecture)
    if fills_real_closure(architecture):
        return RealConditions(equations, ())
    blocks = architecture.blocks
    if any(block.ratio is not None and block.degree >= block.ratio for block in blocks):
        required = "one whose blocks but the last have degrees below their ratios, or with F = V(R)"
        got = f"blocks of degrees {tuple(b.degree for b in blocks)} and ratios {tuple(b.ratio for b in blocks[:-1])}"
        raise invalid("architecture", required, got, "use membership(v), which decides in all cases")
    out = []
    for b, block in enumerate(blocks):
        if block.num_odd >= 2:
            others = [range(0, (c.degree + 1) * c.scale, c.scale) for i, c in enumerate(blocks) if i != b]
            for start in sorted(map(sum, product(*others))):
                positions = tuple(range(start, start + (block.degree + 1) * block.scale, block.scale))
                out.append(_condition(positions, block.num_odd, architecture.end_to_end_size))
    return RealConditions(equations, tuple(out))


def _condition(positions: tuple[int, ...], needed: int, size: int) -> RootCondition:
    found = root_polynomials(len(positions) - 1)
    if needed == len(positions) - 1 == 3:
        found = found[1:]  # a cubic with a double root has real roots only
    return RootCondition(positions, needed, tuple(_placed(p, positions, size) for p in found))


def _placed(polynomial: Polynomial, positions: Sequence[int], size: int) -> Polynomial:
    out = {}
    for exponents, value in polynomial.items():
        placed = [0] * size
        for position, e in zip(positions, exponents, strict=True):
            placed[position] = e
        out[tuple(placed)] = value
    # The squares first, as one writes a discriminant.
    return dict(sorted(out.items(), key=lambda item: (-max(item[1], Fraction(0)), item[0])))


def _signed(names: Sequence[Any]) -> str:
    return ", ".join(f"-{name}" if i % 2 == 0 else name for i, name in enumerate(names))
