"""What a script about a component says, whatever the program: ideals, charts, data and the numbers to be found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from math import comb, prod
from typing import TYPE_CHECKING, Any

import numpy as np

from equivariety.errors import check_flag
from equivariety.linalg import FIELD_DIM
from equivariety.representations import MapBlock
from equivariety.varieties.determinantal import DeterminantalVariety
from equivariety.varieties.equations.block_coordinates import block_polynomials, check_block_budget
from equivariety.varieties.equations.charts import block_chart
from equivariety.varieties.equations.variable_names import block_tags, block_variables

if TYPE_CHECKING:
    from equivariety.varieties.component import Component

__all__ = ["PRIME", "Part", "Script", "list_of", "script_of", "text_of"]

#: Finite field in which ideals of critical points and of singular points are computed.
PRIME = 32749

#: Most minors of a Jacobian that a script takes at a time to find the singular locus, and their largest size.
_JACOBIAN_MINORS = 300
_JACOBIAN_SIZE = 3


@dataclass(frozen=True, eq=False)
class Part:
    """One variety that a script asks about: a block of the component, or all of them together.

    Attributes:
        title: what it is.
        variables: names of its coordinates.
        polynomials: its equations, texts.
        parameters: names of the parameters of its chart.
        chart: the coordinates as polynomials in the parameters, texts.
        units: pairs of a name and a text: a new variable whose product with the polynomial is to be 1, so that no
            critical point of the chart lies where it is no immersion.
        weights: the coefficients of the quadratic form, sum of weight times square.
        data: integers, one for each coordinate: the point from which distances are measured.
        dim, degree, ed_degree: the expected numbers.
        singular_dim: dimension of the complex singular locus; -1 where it is empty.
    """

    title: str
    variables: tuple[str, ...]
    polynomials: tuple[str, ...]
    parameters: tuple[str, ...]
    chart: tuple[str, ...]
    units: tuple[tuple[str, str], ...]
    weights: tuple[int, ...]
    data: tuple[int, ...]
    dim: int
    degree: int
    ed_degree: int
    singular_dim: int

    @property
    def codim(self) -> int:
        """Number of coordinates less the dimension."""
        return len(self.variables) - self.dim

    @property
    def checks_singular_locus(self) -> bool:
        """Whether there is a singular locus, and the minors of the Jacobian are few and small."""
        few = self.codim <= _JACOBIAN_SIZE and comb(len(self.variables), self.codim) <= _JACOBIAN_MINORS
        return few and self.singular_dim >= 0

    def beside(self, other: Part) -> Part:
        """Return the product of the two varieties."""
        pairs = (self.singular_dim, other.dim), (other.singular_dim, self.dim)
        return Part(
            f"{self.title}; {other.title}",
            self.variables + other.variables,
            self.polynomials + other.polynomials,
            self.parameters + other.parameters,
            self.chart + other.chart,
            self.units + other.units,
            self.weights + other.weights,
            self.data + other.data,
            self.dim + other.dim,
            self.degree * other.degree,
            self.ed_degree * other.ed_degree,
            max((singular + dim for singular, dim in pairs if singular >= 0), default=-1),
        )


@dataclass(frozen=True, eq=False)
class Script:
    """The parts of a component, of which it is the product, and the linear factors that need no computation.

    Attributes:
        title: one line about the component.
        parts: what the program computes.
        linear: titles of the blocks of rank 0 or full rank that no part holds.
        linear_dim: sum of their dimensions.
        dim, degree, ed_degree: the expected numbers of the component.
    """

    title: str
    parts: tuple[Part, ...]
    linear: tuple[str, ...]
    linear_dim: int
    dim: int
    degree: int
    ed_degree: int


def script_of(component: Component, *, whole: bool) -> Script:
    """Return what a script about the component says.

    Args:
        component: the component.
        whole: one ideal of all blocks together, instead of one for each block that is not linear.

    Raises ValueError if there are too many minors, TypeError unless ``whole`` is True or False.
    """
    check_flag("whole", whole, "leave it out for one ideal per block")
    check_block_budget(component)
    rng = np.random.default_rng(0)
    factors = component.factors
    parts, linear = [], []
    for block, factor, tag in zip(component.blocks, factors, block_tags(component.blocks), strict=True):
        if block.dim and (whole or not factor.is_linear):
            parts.append(_part(block, factor, tag, rng))
        else:
            linear.append((_title(block, factor.rank), factor.dim))
    if whole and parts:
        parts = [reduce(Part.beside, parts)]
    m, n = component.shape
    shown = ", ".join(f"{label}: {rank}" for label, rank in component.ranks.by_label.items())
    return Script(
        f"real {m} x {n} matrices, block ranks at most {shown}",
        tuple(parts),
        tuple(title for title, _ in linear),
        sum(dim for _, dim in linear),
        sum(factor.dim for factor in factors),
        prod(factor.degree for factor in factors),
        prod(factor.ed_degree for factor in factors),
    )


def _title(block: MapBlock, rank: int) -> str:
    return f"block {block.label}: {block.rows} x {block.cols} over {block.field}, rank at most {rank}"


def _part(block: MapBlock, factor: DeterminantalVariety, tag: str, rng: np.random.Generator) -> Part:
    variables = tuple(name for part in block_variables(block, tag) for row in part for name in row)
    chart = block_chart(block, factor.rank, tag)
    return Part(
        _title(block, factor.rank),
        variables,
        tuple(text_of(p) for p in block_polynomials(block, factor.rank, tag)),
        chart.variables,
        tuple(text_of(p) for p in chart.coordinates),
        () if chart.nonzero is None else ((f"k{tag}", text_of(chart.nonzero)),),
        (block.irrep_dim,) * len(variables),
        tuple(rng.integers(-1000, 1001, len(variables)).tolist()),
        factor.dim,
        factor.degree,
        factor.ed_degree,
        _singular_dim(factor),
    )


def _singular_dim(factor: DeterminantalVariety) -> int:
    """Complex dimension of the complex singular locus, which over C and H is larger than the real one."""
    if factor.is_linear:
        return -1
    rows, cols, rank = factor.rows, factor.cols, factor.rank

    def dim(scale: int, lower: int) -> int:
        return lower * (scale * (rows + cols) - lower)

    if factor.field == "C":  # the product with a conjugate copy: one of them drops rank
        return dim(1, rank) + dim(1, rank - 1)
    scale = FIELD_DIM[factor.field] // 2 or 1
    return dim(scale, scale * rank - 1)


def text_of(element: Any) -> str:
    """Return a polynomial with integer coefficients with ``*`` and ``^``, as all programs read it.

    >>> from sympy import ZZ, ring
    >>> _, x, y = ring("x, y", ZZ)
    >>> text_of(-2 * x**2 * y + y - 3)
    '-2*x^2*y+y-3'
    """
    names = [str(symbol) for symbol in element.ring.symbols]
    out = []
    for monomial, coefficient in element.terms():
        powers = [name if k == 1 else f"{name}^{k}" for name, k in zip(names, monomial, strict=True) if k]
        number = int(coefficient)
        factors = powers if abs(number) == 1 and powers else [str(abs(number)), *powers]
        out.append(("-" if number < 0 else "+") + "*".join(factors))
    return "".join(out).removeprefix("+") or "0"


def list_of(texts: tuple[str, ...] | tuple[int, ...], width: int = 100) -> str:
    """Return the texts with commas, on several lines where they are long.

    >>> list_of((1, 2, 3))
    '1, 2, 3'
    """
    lines = [""]
    for text in map(str, texts):
        if lines[-1] and len(lines[-1]) + len(text) > width:
            lines.append("")
        lines[-1] += ("" if not lines[-1] else " ") + text + ","
    return "\n  ".join(lines).removesuffix(",")
