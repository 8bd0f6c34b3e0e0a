"""Names of coordinates that SymPy, Macaulay2, Singular and Julia all read as one variable: letters and digits only.

Block coordinates are a letter for the component over the field (x, y, z, w for 1, i, j, k), the block, the row and the
column, counted from 1: ``x5m4r1c2`` is the real part of entry (1, 2) of the block "(5,4)", ``yC2n2r1c1`` the imaginary
part of entry (1, 1) of "C2.2".  The entries of the whole matrix are ``m1c2``: row 1, column 2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from equivariety.linalg import FIELD_DIM
from equivariety.representations import MapBlock

__all__ = ["CHART_LETTERS", "block_tags", "block_variables", "entry_variables", "latex_names"]

_COMPONENTS = "xyzw"

#: Letters of the coordinates of a chart that are no coordinates of the block.
CHART_LETTERS = "stpq"

_PAIR = re.compile(r"\((\d+),(\d+)\)")
_NUMBERED = re.compile(r"([RCH]\d+)(?:\.(\d+))?")


def block_tags(blocks: Sequence[MapBlock]) -> tuple[str, ...]:
    """Return the part of the names that says the block: from its label, or its position from 1 where that is no name.

    >>> block_tags([MapBlock("(5,4)", "C", 2, 1, 1), MapBlock("C2.2", "C", 2, 1, 1), MapBlock("odd one", "R", 1, 1, 1)])
    ('5m4', 'C2n2', 'B3')
    """
    tags = []
    for i, block in enumerate(blocks, start=1):
        pair, numbered = _PAIR.fullmatch(block.label), _NUMBERED.fullmatch(block.label)
        if pair:
            tags.append(f"{pair[1]}m{pair[2]}")
        elif numbered:
            tags.append(numbered[1] + (f"n{numbered[2]}" if numbered[2] else ""))
        else:
            tags.append(f"B{i}")
    return tuple(tags)


def block_variables(block: MapBlock, tag: str, letters: str = _COMPONENTS, shift: int = 0) -> list[list[list[str]]]:
    """Return the names of the real coordinates of a block, by component over the field, row and column.

    ``letters`` name the components; columns are counted from ``1 + shift``.

    >>> block_variables(MapBlock("(5,4)", "C", 2, rows=1, cols=2), "5m4")
    [[['x5m4r1c1', 'x5m4r1c2']], [['y5m4r1c1', 'y5m4r1c2']]]
    """
    return [
        [[f"{letter}{tag}r{i}c{j}" for j in range(1 + shift, block.cols + 1)] for i in range(1, block.rows + 1)]
        for letter in letters[: FIELD_DIM[block.field]]
    ]


def entry_variables(shape: tuple[int, int]) -> list[list[str]]:
    """Return the names of the entries of an (m, n) matrix.

    >>> entry_variables((1, 2))
    [['m1c1', 'm1c2']]
    """
    return [[f"m{i}c{j}" for j in range(1, shape[1] + 1)] for i in range(1, shape[0] + 1)]


def latex_names(blocks: Sequence[MapBlock] | None, shape: tuple[int, int]) -> dict[str, str]:
    """Return how the variables are printed in LaTeX; ``blocks`` is None for the entries of the matrix.

    >>> latex_names(None, (1, 1)), latex_names([MapBlock("(2,1)", "R", 1, 1, 1)], (1, 1))
    ({'m1c1': 'm_{1,1}'}, {'x2m1r1c1': 'x^{(2,1)}_{1,1}'})
    """
    if blocks is None:
        return {
            name: f"m_{{{i},{j}}}"
            for i, row in enumerate(entry_variables(shape), start=1)
            for j, name in enumerate(row, start=1)
        }
    out: dict[str, str] = {}
    for block, tag in zip(blocks, block_tags(blocks), strict=True):
        shown = block.label if re.fullmatch(r"[\w(),.]+", block.label) else tag
        for letter, component in zip(_COMPONENTS, block_variables(block, tag), strict=False):
            for i, row in enumerate(component, start=1):
                out |= {name: f"{letter}^{{{shown}}}_{{{i},{j}}}" for j, name in enumerate(row, start=1)}
    return out
