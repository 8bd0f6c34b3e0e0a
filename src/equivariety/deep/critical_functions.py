"""The maps that critical weights of a linear network can compute: subsets of singular values.

Whitened (``whitening``), a critical map keeps some of the singular triples of Z, at most as many as the least width;
with two layers or more every such subset comes from critical weights, for example from a factorization through as few
dimensions as possible, padded by zeros (``classification``).  One layer has the best map as its only critical one.
Each kept value s takes s^2 off the squared error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from math import comb

import numpy as np

from equivariety._typing import FloatArray, read_only
from equivariety.deep.centred_data import CentredData
from equivariety.errors import NonGenericDataError
from equivariety.varieties import CriticalPoints, linear_maps
from equivariety.varieties.points.genericity import BlockData
from equivariety.varieties.ranks.subset_search import Selection, ranked_selections

__all__ = ["CriticalFunction", "find_critical_functions"]


@dataclass(frozen=True, eq=False)
class CriticalFunction:
    """A map that is computed by critical weights.

    Attributes:
        subset: ascending positions of the kept singular values, 0 for the largest.
        loss: mean squared error per sample and output coordinate.
        squared_error: the sum of squares.
        is_pure_possible: whether the map is critical for the loss on the function space, a smooth point of it or one
            where no map is better; then all critical weights that compute it are pure, otherwise all are spurious.
        is_global_minimum: whether no map of the function space is better.

    >>> import equivariety as ev
    >>> best, *others = ev.LinearNetwork((2, 1, 2)).critical_functions(np.eye(2), np.diag([2.0, 1.0]))
    >>> best.subset, best.squared_error, np.abs(best.matrix).round(12).tolist()
    ((0,), 1.0, [[2.0, 0.0], [0.0, 0.0]])
    """

    subset: tuple[int, ...]
    loss: float
    squared_error: float
    is_pure_possible: bool
    is_global_minimum: bool
    _data: CentredData

    def __repr__(self) -> str:
        return f"CriticalFunction(subset={self.subset}, loss={self.loss:.6g})"

    @property
    def rank(self) -> int:
        """Rank of the map, the number of kept singular values."""
        return len(self.subset)

    @cached_property
    def matrix(self) -> FloatArray:
        """The map, an array (d_H, d_0), read-only."""
        white, kept = self._data.whitened, list(self.subset)
        u, s, v = white.triples
        return read_only(np.asarray((u[:, kept] * s[kept]) @ (v[:, kept].T @ white.unlift)))

    @cached_property
    def offset(self) -> FloatArray | None:
        """What a network with biases adds to the map, an array (d_H,), read-only; None without biases."""
        found = self._data.offset(self.matrix)
        return None if found is None else read_only(found)


def find_critical_functions(widths: tuple[int, ...], data: CentredData, size: int) -> CriticalPoints[CriticalFunction]:
    """Return all critical functions, those of least loss first, lazily.

    ``size`` is the number of target entries.  Raises NonGenericDataError, with the dimension of the family, where they
    are infinitely many: if nonzero singular values of Z are equal, or if the inputs do not span their space.
    """
    white = data.whitened
    most, available = min(widths), len(white.values)
    one_layer = len(widths) == 2  # whose only critical map is the best one
    _check_finitely_many(widths, data, one_layer)
    ranks = [available] if one_layer else range(min(most, available), -1, -1)
    gains, base = white.values**2, white.rest
    full = most == min(widths[0], widths[-1])

    def of(selection: Selection) -> CriticalFunction:
        e = selection.ranks[0]
        total = base + max(selection.left, 0.0)
        is_pure = e == available or (e == most and not full)
        is_best = e == min(most, available) and not selection.inversions(0)
        return CriticalFunction(selection.kept(0), total / size, total, is_pure, is_best, data)

    def search() -> Iterator[CriticalFunction]:
        by_rank = [ranked_selections([gains], [e]) for e in ranks]
        return map(of, merge(*by_rank, key=lambda selection: selection.left))

    hypothesis = (
        "The inputs (centred, if there are biases) span their space, and the nonzero singular values of "
        "Z = Y' X (X' X)^(-1/2) are distinct; then these are all maps of critical weights."
    )
    return CriticalPoints(search, sum(comb(available, e) for e in ranks), hypothesis)


def _check_finitely_many(widths: tuple[int, ...], data: CentredData, one_layer: bool) -> None:
    white, most = data.whitened, min(widths)
    problems = []
    if white.free:
        problems.append(f"{white.free} of {widths[0]} inputs dependent on the others")
    if not one_layer:
        problems += [f"{size} equal singular values" for size in white.equal if size > 1][:2]
    if not problems:
        return
    block = BlockData(linear_maps(widths[-1], widths[0]).blocks[0], white.equal, white.free)
    dimension = max(block.dimension(e) for e in range(most + 1))
    raise NonGenericDataError(
        f"the data must have finitely many critical functions; got {', '.join(problems)}. "
        "Fix: perturb the data, or classify weights, which works for any data.",
        dimension,
    )
