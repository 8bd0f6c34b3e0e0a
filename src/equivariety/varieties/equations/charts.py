"""Charts of the determinantal varieties: almost every matrix of rank r is ``[L, L T]``, L its first r columns.

L has r independent columns and T is any (r, cols - r) matrix, over R, C or H; the map from (L, T) is a birational
immersion wherever L has full rank, and so each critical point of a generic distance is one critical point in the chart
and conversely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from equivariety.linalg import algebra
from equivariety.representations import MapBlock
from equivariety.varieties.equations.minors import minors
from equivariety.varieties.equations.real_equations import cells
from equivariety.varieties.equations.variable_names import CHART_LETTERS, block_variables

__all__ = ["Chart", "block_chart"]


@dataclass(frozen=True, eq=False)
class Chart:
    """A rational parametrization of the matrices of rank at most r in real coordinates.

    Attributes:
        variables: names of the parameters, as many as the dimension.
        coordinates: the real coordinates of the block, elements of a SymPy ring over the integers.
        nonzero: a polynomial that vanishes where the chart is no immersion; None where it is one everywhere.
    """

    variables: tuple[str, ...]
    coordinates: tuple[Any, ...]
    nonzero: Any | None


def block_chart(block: MapBlock, rank: int, tag: str) -> Chart:
    """Return the chart of one block; linear spaces keep their coordinates.

    >>> chart = block_chart(MapBlock("R1", "R", 1, rows=2, cols=2), 1, "R1")
    >>> chart.variables, [str(p) for p in chart.coordinates]
    (('xR1r1c1', 'xR1r2c1', 'sR1r1c2'), ['xR1r1c1', 'xR1r1c1*sR1r1c2', 'xR1r2c1', 'xR1r2c1*sR1r1c2'])
    """
    from sympy import ZZ
    from sympy.polys.rings import ring

    names = block_variables(block, tag)
    is_linear = rank in (0, block.max_rank)
    left = [[row[: rank if not is_linear else block.cols] for row in part] for part in names if rank]
    letters = [] if is_linear else block_variables(block, tag, CHART_LETTERS, shift=rank)
    right = [part[:rank] for part in letters]
    variables = tuple(name for parts in (left, right) for part in parts for row in part for name in row)
    _, *generators = ring([*variables, "_unit"], ZZ)
    element, unit = dict(zip(variables, generators[:-1], strict=True)), generators[-1]
    if is_linear:
        flat = [name for part in names for row in part for name in row]
        values = [element[name] if rank else unit.ring.zero for name in flat]
        return Chart(variables, tuple(map(_without_unit, values)), None)
    first, second = ([[[element[name] for name in row] for row in part] for part in parts] for parts in (left, right))
    product = _product(block, first, second)
    coordinates = [
        value for a, b in zip(first, product, strict=True) for i in range(block.rows) for value in a[i] + b[i]
    ]
    top = cells([part[:rank] for part in first], block.field, unit)
    real, imaginary = _by_powers_of_i(minors(top, len(top))[0])  # over H the determinant of an adjoint is real
    nonzero = real**2 + imaginary**2 if block.field == "C" else real
    return Chart(variables, tuple(map(_without_unit, coordinates)), nonzero)


def _product(block: MapBlock, left: list[Any], right: list[Any]) -> list[list[list[Any]]]:
    """The product over the field of matrices given by their real components."""
    parts, signs = (table.tolist() for table in algebra(block.field).cells)
    inner, cols = len(right[0]), len(right[0][0])
    return [
        [
            [
                sum(
                    left[p][i][k] * right[e][k][j] * sign
                    for k in range(inner)
                    for e, (p, sign) in enumerate(zip(parts[out], signs[out], strict=True))
                )
                for j in range(cols)
            ]
            for i in range(block.rows)
        ]
        for out in range(len(parts))
    ]


def _by_powers_of_i(element: Any) -> tuple[Any, Any]:
    """Real and imaginary part of a polynomial whose last variable stands for i."""
    ring = element.ring.clone(symbols=element.ring.symbols[:-1])
    parts = [ring.zero, ring.zero]
    for monomial, coefficient in element.terms():
        power = monomial[-1] % 4
        parts[power % 2] += ring({monomial[:-1]: coefficient if power < 2 else -coefficient})
    return parts[0], parts[1]


def _without_unit(element: Any) -> Any:
    return _by_powers_of_i(element)[0]
