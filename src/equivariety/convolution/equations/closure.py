"""Equations of the Zariski closure of a function space: minors that say that slices have common factors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import factorial
from typing import Any

import numpy as np

from equivariety._typing import AnyArray
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.equations.independence import independent
from equivariety.convolution.equations.scale_conditions import ScaleCondition, scale_conditions
from equivariety.convolution.filters import as_filter, as_fractions
from equivariety.errors import invalid
from equivariety.tolerances import EQUATION_MINORS_BUDGET, EQUATION_TERMS_BUDGET, GROEBNER_SECONDS
from equivariety.varieties import AffineMembership, AlgebraicVariety
from equivariety.varieties.algebraic.numeric_polynomials import NumericPolynomials, exact_value
from equivariety.varieties.algebraic.polynomial_input import Polynomial
from equivariety.varieties.algebraic.polynomial_output import from_sympy, polynomial_latex, polynomial_text, to_sympy
from equivariety.varieties.equations.minors import count_minors, minors

__all__ = ["ClosureEquations", "closure_equations"]

#: Equations that are printed before the rest is only counted.
_SHOWN = 40


@dataclass(frozen=True, eq=False, repr=False)
class ClosureEquations:
    """Homogeneous polynomials with integer coefficients that cut out the Zariski closure V of a function space.

    Their variables p0, p1, ... are the coefficients of the end-to-end filter.  Iterating gives ``texts``.

    Attributes:
        polynomials: mappings from exponents to Fractions, by degree; none is a combination of multiples of the others.
        variables: the names of the coefficients.
        is_prime_ideal: whether they generate the prime ideal of V; None where that is not known: V is then cut out
            as a set.

    >>> equations = closure_equations(Architecture((3, 2), (2, 1)))
    >>> print(equations)
    p0*p3^2 + p1^2*p4 - p1*p2*p3 = 0
    >>> equations.values([1, 2, 2, -2, -3]), equations.values([1, 0, 0, 1, 0])
    ([Fraction(0, 1)], [Fraction(1, 1)])
    """

    polynomials: tuple[Polynomial, ...]
    variables: tuple[str, ...]
    is_prime_ideal: bool | None

    def __len__(self) -> int:
        return len(self.polynomials)

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __repr__(self) -> str:
        return f"ClosureEquations({len(self)} polynomials in {len(self.variables)} variables)"

    def __str__(self) -> str:
        lines = [f"{text} = 0" for text in self.texts[:_SHOWN]] or ["no equations"]
        return "\n".join(lines + ([f"… and {len(self) - _SHOWN} more"] if len(self) > _SHOWN else []))

    def _repr_latex_(self) -> str:
        lines = [f"{polynomial_latex(p, self.variables)} &= 0" for p in self.polynomials[:_SHOWN]]
        lines += [rf"&\text{{and {len(self) - _SHOWN} more}}"] if len(self) > _SHOWN else []
        return "$\\displaystyle \\begin{aligned}" + r" \\ ".join(lines or [r"&\text{no equations}"]) + "\\end{aligned}$"

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The polynomials as texts that :class:`~equivariety.varieties.AlgebraicVariety` reads."""
        return tuple(polynomial_text(p, self.variables) for p in self.polynomials)

    @property
    def degrees(self) -> tuple[int, ...]:
        """The degree of each polynomial."""
        return tuple(sum(next(iter(p))) for p in self.polynomials)

    def to_sympy(self) -> tuple[Any, ...]:
        """Return the polynomials as ``sympy.Poly`` in all variables."""
        return tuple(to_sympy(p, self.variables) for p in self.polynomials)

    def values(self, v: object) -> list[Fraction] | AnyArray:
        """Return the values at an end-to-end filter: Fractions where it is rational, else floats (len(self),).

        Raises ValueError or TypeError for anything that is not a filter of as many coefficients as there are variables.
        """
        given = as_filter("v", v, len(self.variables))
        exact = as_fractions(given)
        if exact is not None:
            return [exact_value(p, exact) for p in self.polynomials]
        return NumericPolynomials(self.polynomials, len(self.variables)).values(_array(given))

    def jacobian(self, v: object) -> AnyArray:
        """Return the derivatives at an end-to-end filter, shape (len(self), k), floats.  Raises as :meth:`values`.

        >>> closure_equations(Architecture((2, 2), (2, 1))).jacobian([1, 2, 3, 6])
        array([[ 6., -3., -2.,  1.]])
        """
        given = _array(as_filter("v", v, len(self.variables)))
        return NumericPolynomials(self.polynomials, len(self.variables)).jacobian(given)

    def contains(self, v: object, tolerance: float | None = None) -> AffineMembership:
        """Whether an end-to-end filter is on V, with an equation that fails if it is not.

        As :meth:`equivariety.varieties.AlgebraicVariety.contains`: exact for ints and fractions.
        """
        return self.variety().contains(v, tolerance)

    def variety(self, *, seconds: float = GROEBNER_SECONDS) -> AlgebraicVariety:
        """Return V as a general algebraic variety, which answers by Groebner bases within ``seconds`` per question.

        Its ``ed_degree`` is that of the sum of squares, which is not a general quadratic form for V: it may
        be less than the generic one, as in this example (6 for a general one).

        >>> V = closure_equations(Architecture((2, 2), (2, 1))).variety()
        >>> V.dim, V.degree, V.ed_degree
        (3, 2, 2)
        """
        return AlgebraicVariety(list(self.texts) or ["0"], list(self.variables), seconds=seconds)


def closure_equations(architecture: Architecture) -> ClosureEquations:
    """Return equations of the Zariski closure of the function space, for any number of scales.

    With slices ``p_j = (v_j, v_{j + S}, ...)`` at the scale S of a block, those are minors of the matrices of their
    multiples by monomials, of Sylvester's type, which have bounded rank if the slices have a common factor of the
    degree that this block and those after it need.  Coefficients that the first stride skips vanish.

    They generate a prime ideal if there are two scales with ratio 2, where they are the maximal minors of one matrix
    in the expected codimension, and if each block but the last has a degree below its ratio, where they are the
    2 x 2 minors of a Segre variety.

    Args:
        architecture: of the network; with a single scale that starts at the first layer there are no equations.

    Raises ValueError if there are too many minors, or if these have too many terms.

    >>> print(closure_equations(Architecture((2, 3), (2, 1))))
    p0*p3 - p1*p2 = 0
    p0*p5 - p1*p4 = 0
    p2*p5 - p3*p4 = 0
    """
    k, step = architecture.end_to_end_size, architecture.step
    names = tuple(f"p{i}" for i in range(k))
    conditions = scale_conditions(architecture)
    _check_budget(conditions)
    found = _linear(k, step)
    if conditions:
        found += _minors(conditions, names, step)
    return ClosureEquations(tuple(independent(found, k)), names, _is_prime(architecture))


def _is_prime(architecture: Architecture) -> bool | None:
    blocks = architecture.blocks
    rectangular = all(block.ratio is None or block.degree < block.ratio for block in blocks)
    return True if rectangular or (len(blocks) == 2 and blocks[0].ratio == 2) else None


def _linear(k: int, step: int) -> list[Polynomial]:
    unit = np.eye(k, dtype=int).tolist()
    return [{tuple(unit[i]): Fraction(1)} for i in range(k) if i % step]


def _systems(conditions: tuple[ScaleCondition, ...]) -> Iterator[tuple[ScaleCondition, int, int]]:
    """Each condition with degrees n of its multiples, and the size of the minors; low degrees give simple equations."""
    for condition in conditions:
        for n in range(max(condition.required - 1, 0), condition.last_degree + 1):
            yield condition, n, n + 2 - condition.required


def _minors(conditions: tuple[ScaleCondition, ...], names: tuple[str, ...], step: int) -> list[Polynomial]:
    from sympy import ZZ
    from sympy.polys.rings import ring

    over, *gens = ring(names, ZZ)
    variables = gens[::step]
    out = []
    for condition, n, size in _systems(conditions):
        rows = [[over.from_expr(x) if x == 0 else x for x in row] for row in condition.matrix(variables, n)]
        if len(rows) >= size:
            out += [from_sympy(minor) for minor in minors(rows, size) if minor]
    return out


def _check_budget(conditions: tuple[ScaleCondition, ...]) -> None:
    count, terms = 0, 0
    for condition, n, size in _systems(conditions):
        rows = sum(max(n + 1 - d, 0) for d in condition.slice_degrees)
        number = count_minors(rows, n + 1, size)
        count += number
        terms += number * factorial(min(size, 12))
    if count > EQUATION_MINORS_BUDGET or terms > 4 * EQUATION_TERMS_BUDGET:
        required = f"small enough for at most {EQUATION_MINORS_BUDGET:,} minors of a few terms"
        got = f"{count:,} minors of up to {terms:.2g} terms in all"
        raise invalid("architecture", required, got, "use membership(v), which needs no equations")


def _array(values: Any) -> AnyArray:
    if isinstance(values, np.ndarray):
        return values
    return np.array([float(x) for x in values])
