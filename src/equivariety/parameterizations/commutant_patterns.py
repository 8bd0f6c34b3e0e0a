"""The pattern of all equivariant maps in isotypic coordinates (talk, "Matrices that commute with it").

Block i of Hom_G is every (b_i, a_i) matrix over its field, so in isotypic coordinates an equivariant map is block
diagonal and its entries are independent weights, each one occurring several times over C and H and in irreducibles of
larger dimension: alpha_11 ... for the 3x3 real block of the rotation, R(gamma) = [[gamma_1, -gamma_2], [gamma_2,
gamma_1]] for a complex entry gamma = gamma_1 + i gamma_2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, TypeAlias, get_args

import numpy as np

from equivariety._typing import AnyArray, IntArray, read_only
from equivariety.errors import brief, invalid
from equivariety.linalg import FIELD_DIM, as_float_array
from equivariety.parameterizations.cell_patterns import cell_pattern
from equivariety.parameterizations.shared_weights import SharedWeights
from equivariety.representations import HomSpace, IsotypicBlock, IsotypicDecomposition, MapBlock
from equivariety.tolerances import DENSE_ENTRIES_BUDGET

__all__ = ["BlockOrder", "CommutantPattern", "commutant_pattern"]

#: Order of the blocks along rows and columns.
BlockOrder: TypeAlias = Literal["library", "talk"]

#: Without zeta, the talk's roots of unity, sigma, its permutation, and letters that look like Latin ones.
_LETTERS = "αβγδεηθκλμξπρτφχψω"


@dataclass(frozen=True, eq=False, repr=False)
class CommutantPattern:
    """The matrices of all equivariant maps in isotypic coordinates; printing it shows the weights by name.

    Attributes:
        hom: the space of maps.
        order: of the blocks, "library" or "talk".
        shared: the pattern, shape (m, n); its weights are coordinates on the space, ``hom.dim`` of them.
        names: one per weight, a Greek letter and indices: "α11", or "γ1" for a real part, "γ2" for an imaginary one.
        families: for each weight the number of its letter, or of its block where names are only numbers; shape
            (num_weights,), read-only.
        rows: for each row its position among the coordinates of ``hom.target.split``; shape (m,), read-only.
        columns: the same for columns and ``hom.source.split``; shape (n,), read-only.
        row_blocks: label and number of rows of each block, from the top down.
        column_blocks: label and number of columns, from left to right.

    >>> import equivariety as ev
    >>> print(commutant_pattern(ev.equivariant_maps(ev.groups.rotation(3)).hom, order="talk"))
     α11  α12  α13    .    .    .    .    .    .
     α21  α22  α23    .    .    .    .    .    .
     α31  α32  α33    .    .    .    .    .    .
       .    .    .  β11  β12    .    .    .    .
       .    .    .  β21  β22    .    .    .    .
       .    .    .    .    .   γ1  -γ2   δ1  -δ2
       .    .    .    .    .   γ2   γ1   δ2   δ1
       .    .    .    .    .   ε1  -ε2   η1  -η2
       .    .    .    .    .   ε2   ε1   η2   η1
    """

    hom: HomSpace
    order: BlockOrder
    shared: SharedWeights
    names: tuple[str, ...]
    families: IntArray
    rows: IntArray
    columns: IntArray
    row_blocks: tuple[tuple[str, int], ...]
    column_blocks: tuple[tuple[str, int], ...]

    def __repr__(self) -> str:
        return f"CommutantPattern(shape={self.shared.shape}, num_weights={self.shared.num_weights})"

    def __str__(self) -> str:
        return self.shared.text(self.names)

    def coordinates(self, matrix: object) -> AnyArray:
        """Return ``Q'.T @ matrix @ Q`` for the orthogonal bases Q of the source and Q' of the target, in this order.

        ``matrix`` is real, finite, (m, n); it is equivariant iff the result has the pattern, and then
        ``shared.weights`` reads off its weights.  Raises TypeError or ValueError for anything else.

        >>> import equivariety as ev
        >>> rotation = ev.groups.rotation(3)
        >>> pattern = commutant_pattern(ev.equivariant_maps(rotation).hom, order="talk")
        >>> pattern.coordinates(rotation.matrix(0)).diagonal().round(12).tolist()
        [1.0, 1.0, 1.0, -1.0, -1.0, 0.0, 0.0, 0.0, 0.0]
        """
        dense = as_float_array("matrix", matrix)
        if dense.shape != self.hom.shape:
            required = f"of shape {self.hom.shape}"
            raise invalid("matrix", required, f"shape {dense.shape}", "rows are outputs, columns inputs")
        by_source = _coordinates(self.hom.source, dense)[:, self.columns]
        return np.ascontiguousarray(_coordinates(self.hom.target, by_source.T)[:, self.rows].T)


def commutant_pattern(hom: HomSpace, order: BlockOrder = "library") -> CommutantPattern:
    """Return the pattern of all maps of a space in isotypic coordinates, the matrices that commute with the group.

    Args:
        hom: any space of equivariant maps, such as ``equivariant_maps(group).hom``.
        order: of the blocks.  "library" is that of ``hom.blocks`` and of ``split``: for cyclic groups (1,1), the
            complex pairs, (2,1).  "talk" has the blocks over R first, then those over C, then H: (1,1), (2,1), the
            complex pairs, the order of the talk's Q_sigma (:func:`equivariety.representations.real_orthogonal_basis`).

    Weights are numbered block by block in this order and cell by cell, each cell's real parts one after the other.
    Where the letters suffice, a block over R has one letter with its row and column, and every entry of a block over C
    or H has its own letter with the number of the part, as on the talk's slide (which misprints the indices of beta).
    Otherwise every block has one letter, with row, column and part, or weights are numbered.

    Raises TypeError if ``hom`` is no HomSpace, ValueError for another order or beyond the dense budget.

    >>> import equivariety as ev
    >>> pattern = commutant_pattern(ev.equivariant_maps(ev.groups.cyclic(3)).hom)
    >>> print(pattern)
      α   .   .
      .  β1 -β2
      .  β2  β1
    >>> pattern.column_blocks
    (('(1,1)', 1), ('(3,2)', 2))
    """
    if not isinstance(hom, HomSpace):
        raise invalid("hom", "a HomSpace", hom, "pass equivariant_maps(group).hom", TypeError)
    if not isinstance(order, str) or order not in get_args(BlockOrder):
        raise invalid("order", "'library' or 'talk'", brief(order), "leave it out for 'library'")
    if hom.shape[0] * hom.shape[1] > DENSE_ENTRIES_BUDGET:
        required = f"small enough for {DENSE_ENTRIES_BUDGET} entries"
        raise invalid("hom", required, f"shape {hom.shape}", "take a smaller group")
    row_spans, rows, row_blocks = _layout(hom.target, order)
    column_spans, columns, column_blocks = _layout(hom.source, order)
    index, sign = np.full(hom.shape, -1, dtype=np.int64), np.zeros(hom.shape, dtype=np.int64)
    drawn: list[MapBlock] = []
    first = 0
    for i in _ordered([block.field for block in hom.blocks], order):
        block, source, target = hom.matches[i]
        if source is None or target is None or not block.dim:
            continue
        place = row_spans[target], column_spans[source]
        index[place], sign[place] = cell_pattern(block, block.rows, block.cols, first)
        first += block.dim
        drawn.append(block)
    names, families = _names(drawn)
    return CommutantPattern(
        hom, order, SharedWeights(index, sign), names, families, rows, columns, row_blocks, column_blocks
    )


def _ordered(fields: Sequence[str], order: BlockOrder) -> list[int]:
    positions = list(range(len(fields)))
    return positions if order == "library" else sorted(positions, key=lambda i: FIELD_DIM[fields[i]])


def _layout(
    decomposition: IsotypicDecomposition, order: BlockOrder
) -> tuple[dict[int, slice], IntArray, tuple[tuple[str, int], ...]]:
    """Where each block comes, which coordinates that are, and what the blocks are in their order."""
    blocks: Sequence[IsotypicBlock] = decomposition.blocks
    ends = np.cumsum([block.dim for block in blocks]).tolist()
    spans: dict[int, slice] = {}
    coordinates: list[IntArray] = []
    start = 0
    chosen = _ordered([block.field for block in blocks], order)
    for i in chosen:
        spans[i] = slice(start, start + blocks[i].dim)
        start += blocks[i].dim
        coordinates.append(np.arange(ends[i] - blocks[i].dim, ends[i]))
    return spans, read_only(np.concatenate(coordinates)), tuple((blocks[i].label, blocks[i].dim) for i in chosen)


def _names(blocks: Sequence[MapBlock]) -> tuple[tuple[str, ...], IntArray]:
    """Names of the weights, block by block, and the number of the letter of each."""
    entries = sum(1 if block.field == "R" else block.rows * block.cols for block in blocks)
    names: list[str] = []
    families: list[int] = []
    by_entry = entries <= len(_LETTERS)
    letter = 0
    for block in blocks:
        for i, j in product(range(block.rows), range(block.cols)):
            place = _subscript(i + 1, j + 1)
            if block.field == "R":
                indices = [place if block.dim > 1 else ""]
            else:
                parts = range(1, FIELD_DIM[block.field] + 1)
                indices = [str(part) if by_entry else f"{place},{part}" for part in parts]
            names += [_LETTERS[letter % len(_LETTERS)] + index for index in indices]
            families += [letter] * len(indices)
            letter += by_entry and block.field != "R"
        letter += not by_entry or block.field == "R"
    if letter > len(_LETTERS):
        names = [str(number + 1) for number in range(len(names))]
    return tuple(names), read_only(np.array(families, dtype=np.int64))


def _subscript(i: int, j: int) -> str:
    return f"{i}{j}" if max(i, j) < 10 else f"{i},{j}"


def _coordinates(decomposition: IsotypicDecomposition, rows: AnyArray) -> AnyArray:
    parts = decomposition.split(rows)
    return np.concatenate([part.reshape(len(rows), -1) for part in parts], axis=1)
