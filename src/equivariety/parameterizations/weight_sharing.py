"""The weight sharing that a component imposes on encoder and decoder (talk, "Weight sharing on de- and encoder").

In isotypic coordinates the encoder of block i is an (r_i, a_i) matrix of cells over the block's field, written as real
numbers: R(z) = [[Re z, -Im z], [Im z, Re z]] over C, a 4x4 cell over H.  Back in the points an entry mixes the real
parts of a cell with the entries of the change of basis.  It is a single weight up to sign for invariant maps, whose
encoder agrees on each orbit, for the characters (l, m) with l in {1, 2, 4}, whose cosines are 0 and +-1 (Kohn,
Sattelberger, Shahverdi, arXiv 2309.13736), and for the irreducibles of dimension one of any group, whose values are
+-1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from equivariety._typing import AnyArray, IntArray
from equivariety.errors import brief, invalid
from equivariety.linalg import FIELD_DIM, algebra
from equivariety.parameterizations.cell_patterns import cell_pattern
from equivariety.parameterizations.factorization import latent_labels, latent_spans
from equivariety.parameterizations.shared_weights import SharedWeights
from equivariety.representations import HomSpace, IsotypicDecomposition, RankVector
from equivariety.tolerances import DENSE_ENTRIES_BUDGET, certificate_tolerance

__all__ = ["Basis", "WeightSharing", "weight_sharing"]

#: Coordinates of inputs and outputs.
Basis: TypeAlias = Literal["isotypic", "points"]


@dataclass(frozen=True, eq=False)
class WeightSharing:
    """The patterns of decoder and encoder that make a component their function space.

    Attributes:
        decoder: pattern of the (m, R) decoder.
        encoder: pattern of the (R, n) encoder.
        basis: "isotypic", inputs and outputs in the coordinates of ``split``, or "points".
        labels: the block of each latent coordinate.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
    >>> sharing = C.weight_sharing()
    >>> print(sharing.encoder)
     a  b  c  .  .  .  .  .  .
     .  .  .  d -e  f -g  .  .
     .  .  .  e  d  g  f  .  .
    >>> sharing.num_parameters
    14
    """

    decoder: SharedWeights
    encoder: SharedWeights
    basis: Basis
    labels: tuple[str, ...]

    @property
    def num_parameters(self) -> int:
        """Number of weights of decoder and encoder, the component's ``num_parameters``."""
        return self.decoder.num_weights + self.encoder.num_weights


def weight_sharing(
    hom: HomSpace, ranks: Mapping[object, int] | Sequence[int], basis: Basis = "isotypic"
) -> WeightSharing:
    """Return the weight sharing of the maps in ``hom`` whose block i has rank at most ``ranks[i]``.

    Args:
        hom: the space of all equivariant maps.
        ranks: by block label or in block order.
        basis: "isotypic" for ``encoder @ Q`` and ``Q.T @ decoder`` with Q the ``matrix()`` of source and target; it
            works for every group.  "points" for encoder and decoder themselves, where every entry is plus or minus one
            weight; a constant factor, such as 1 over the square root of an orbit's size, is part of the weight.

    A weight is a real number; weights are numbered as they first occur, row by row, in "points" with the sign +.

    Raises ValueError for bad ranks or another basis, for "points" where a block mixes weights, and beyond the dense
    budget.

    >>> import equivariety as ev
    >>> I = ev.invariant_maps(ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5), outputs=2)
    >>> print(weight_sharing(I.hom, [2], basis="points").encoder)
     a  b  a  a  b
     c  d  c  c  d
    >>> cyclic = ev.equivariant_maps(ev.groups.cyclic(3)).hom
    >>> weight_sharing(cyclic, [1, 1], basis="points")
    Traceback (most recent call last):
    ValueError: basis must be 'isotypic' where entries mix weights, as those of (3,2) do; got 'points'. Fix: ...
    """
    if not isinstance(basis, str) or basis not in get_args(Basis):
        raise invalid("basis", "'isotypic' or 'points'", brief(basis), "leave it out for 'isotypic'")
    vector = RankVector.parse(ranks, hom.blocks)
    (m, n), rank = hom.shape, sum(b.irrep_dim * r for b, r in zip(hom.blocks, vector, strict=True))
    if rank * max(m, n) > DENSE_ENTRIES_BUDGET:
        required = f"small enough for {DENSE_ENTRIES_BUDGET} entries"
        raise invalid(
            "ranks", required, f"real rank {rank} for shape {hom.shape}", "use factorize(), which is not dense"
        )
    sides = _isotypic(hom, vector, rank) if basis == "isotypic" else _points(hom, vector, rank)
    decoder, encoder = (SharedWeights(index, sign) for index, sign in sides)
    return WeightSharing(decoder, encoder, basis, latent_labels(hom, vector))


def _isotypic(hom: HomSpace, ranks: RankVector, rank: int) -> list[tuple[IntArray, IntArray]]:
    out = []
    for decomposition, position, is_encoder in (
        (hom.target, hom.target_index, False),
        (hom.source, hom.source_index, True),
    ):
        index, sign = _empty(decomposition.degree, rank)
        ends = np.cumsum([block.dim for block in decomposition.blocks])
        first = 0
        for i, span in latent_spans(hom, ranks).items():
            block, at = hom.blocks[i], position(i)
            if at is None:
                continue
            copies = block.cols if is_encoder else block.rows
            points = slice(int(ends[at]) - block.irrep_dim * copies, int(ends[at]))
            if is_encoder:
                index.T[span, points], sign.T[span, points] = cell_pattern(block, ranks[i], copies, first)
            else:
                index[points, span], sign[points, span] = cell_pattern(block, copies, ranks[i], first)
            first += FIELD_DIM[block.field] * copies * ranks[i]
        out.append((index.T, sign.T) if is_encoder else (index, sign))
    return out


def _points(hom: HomSpace, ranks: RankVector, rank: int) -> list[tuple[IntArray, IntArray]]:
    out = []
    mixed: dict[str, None] = {}
    for decomposition, position, is_encoder in (
        (hom.target, hom.target_index, False),
        (hom.source, hom.source_index, True),
    ):
        index, sign = _empty(decomposition.degree, rank)
        first = 0
        for i, span in latent_spans(hom, ranks).items():
            block, at = hom.blocks[i], position(i)
            if at is None:
                continue
            copies = block.cols if is_encoder else block.rows
            found = _single_weights(decomposition, at, transposed=not is_encoder)
            if found is None:
                mixed[block.label] = None
                continue
            weight, signs = found  # for one latent copy, (points, irrep_dim)
            unit = FIELD_DIM[block.field]
            copy, part = np.divmod(weight, unit)
            latent = np.arange(ranks[i]).reshape(1, -1, 1)
            number = first + (copy[:, None] + copies * latent) * unit + part[:, None]
            shape = decomposition.degree, span.stop - span.start
            index[:, span] = np.where(signs[:, None] == 0, -1, number).reshape(shape)
            sign[:, span] = np.broadcast_to(signs[:, None], number.shape).reshape(shape)
            first += unit * copies * ranks[i]
        out.append(_renumbered(index.T, sign.T) if is_encoder else _renumbered(index, sign))
    if mixed:
        names = ", ".join(list(mixed)[:8]) + (", …" if len(mixed) > 8 else "")
        required = f"'isotypic' where entries mix weights, as those of {names} do"
        raise invalid("basis", required, brief("points"), "pass basis='isotypic'")
    return out


def _renumbered(index: IntArray, sign: IntArray) -> tuple[IntArray, IntArray]:
    """Number the weights by their first entry, read row by row, and give that entry the sign +."""
    at = index >= 0
    names, first, number = np.unique(index[at], return_index=True, return_inverse=True)
    position = np.empty(len(names), dtype=np.int64)
    position[np.argsort(first)] = np.arange(len(names))
    new_index, new_sign = np.full(index.shape, -1), np.zeros(index.shape, dtype=np.int64)
    new_index[at] = position[number]
    new_sign[at] = sign[at] * sign[at][first][number]
    return new_index, new_sign


def _single_weights(
    decomposition: IsotypicDecomposition, position: int, *, transposed: bool
) -> tuple[IntArray, IntArray] | None:
    """Which weight each entry is, for one latent copy of a block; None if an entry mixes several.

    Returns weight numbers ``copy * unit + part`` and signs, both (n, e * m), sign 0 where an entry is zero.

    An entry is sum_j c_j u_j in the W real weights u of the cells.  Three sets of weights are transformed, rather than
    n unit vectors, so that it costs O(n log n): if u_j alone counts, the entry for the weights v_j (1 + j/W) divided by
    that for v_j tells j, and a third set of weights confirms it.
    """
    block = decomposition.blocks[position]
    part, sign = algebra(block.field).cells
    if transposed:
        part, sign = part.T, sign.T
    unit, copies, d = len(part), block.irrep_dim // len(part), block.multiplicity
    count = d * unit
    rng = np.random.default_rng(0)
    first, third = rng.uniform(1.0, 2.0, (2, count))
    probes = np.stack([first, first * (1.0 + np.arange(count) / count), third])
    # The latent coordinate (e', m') reads entry (e', e) of the cells at m = m'.
    cells = probes.reshape(3, d, unit)[:, :, part] * sign  # (probe, d, e', e)
    rows = np.zeros((3, unit, copies, d, unit, copies))
    for m in range(copies):
        rows[:, :, m, :, :, m] = np.swapaxes(cells, 1, 2)
    parts: list[AnyArray | None] = [None] * len(decomposition.blocks)
    parts[position] = rows
    leading = (3, unit, copies)
    entries = decomposition._assemble(parts, leading, np.dtype(np.float64)).reshape(3, block.irrep_dim, -1)
    one, two, other = entries
    zero = certificate_tolerance(np.float64)
    present = np.abs(entries).max(axis=0) > zero
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.where(np.abs(one) > zero, (two / one - 1.0) * count, 0.0)
    weight = np.clip(np.rint(estimate), 0, count - 1).astype(np.int64)
    constant = one / first[weight]
    confirmed = (np.abs(constant * probes[1][weight] - two) <= zero) & (
        np.abs(constant * third[weight] - other) <= zero
    )
    if not confirmed.all():
        return None
    size = np.abs(constant[present])
    largest, smallest = np.zeros(count), np.full(count, np.inf)
    np.maximum.at(largest, weight[present], size)
    np.minimum.at(smallest, weight[present], size)
    if np.any(largest - smallest > zero):
        return None
    signs = np.where(present, np.sign(constant), 0).astype(np.int64)
    return weight.T, signs.T


def _empty(points: int, rank: int) -> tuple[IntArray, IntArray]:
    return np.full((points, rank), -1, dtype=np.int64), np.zeros((points, rank), dtype=np.int64)
