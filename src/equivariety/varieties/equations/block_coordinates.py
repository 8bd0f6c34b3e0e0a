"""Equations of a component in the real coordinates of its block matrices: one determinantal variety per block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from equivariety._typing import AnyArray
from equivariety.linalg import algebra
from equivariety.representations import MapBlock
from equivariety.varieties.equations.cyclotomic import real_cyclotomic
from equivariety.varieties.equations.minors import check_budget
from equivariety.varieties.equations.real_equations import cells, minor_shape, real_equations
from equivariety.varieties.equations.variable_names import block_tags, block_variables
from equivariety.varieties.points.membership import as_map, check_matrix

if TYPE_CHECKING:
    from equivariety.varieties.component import Component

__all__ = ["block_point", "block_polynomials", "check_block_budget", "component_variables"]


def component_variables(component: Component) -> tuple[str, ...]:
    """Return the names of all real coordinates of the blocks: by block, component over the field, row and column."""
    tags = block_tags(component.blocks)
    return tuple(
        name
        for block, tag in zip(component.blocks, tags, strict=True)
        for part in block_variables(block, tag)
        for row in part
        for name in row
    )


def check_block_budget(component: Component) -> None:
    """Raise ValueError if the equations of all blocks are too many or too long."""
    sizes = []
    for block, rank in zip(component.blocks, component.ranks, strict=True):
        shape = minor_shape(block, rank)
        if shape is not None:
            sizes.append((*shape, 1 if block.field == "R" else 2))
    check_budget(sizes)


def block_polynomials(block: MapBlock, rank: int, tag: str) -> list[Any]:
    """Return the equations of one block, elements of a SymPy ring over the integers in its variables.

    >>> [str(p) for p in block_polynomials(MapBlock("C2", "C", 2, rows=1, cols=1), 0, "C2")]
    ['xC2r1c1', 'yC2r1c1']
    """
    from sympy import ZZ
    from sympy.polys.rings import ring

    shape = minor_shape(block, rank)
    if shape is None:
        return []
    names = block_variables(block, tag)
    _, *variables, unit = ring([*(name for part in names for row in part for name in row), "_unit"], ZZ)
    remaining = iter(variables)
    parts = [[[next(remaining) for _ in row] for row in part] for part in names]
    order = 1 if block.field == "R" else 4  # the root of unity i
    return real_equations(cells(parts, block.field, unit), shape[2], block.field, real_cyclotomic(order))


def block_point(component: Component, matrix: object) -> AnyArray:
    """Return the real coordinates of the blocks of a dense equivariant (m, n) matrix.

    Raises ValueError for a matrix that is not equivariant, and as membership checks do.
    """
    dense = check_matrix("matrix", matrix, component.shape)
    hom = component.space.hom
    as_map(hom, dense)
    found = hom.block_matrices(dense)
    parts = [algebra(b.field).to_real(values) for b, values in zip(component.blocks, found, strict=True)]
    return np.concatenate([np.swapaxes(part, 0, 1).reshape(-1) for part in parts])
