"""Critical points of the squared Frobenius distance on a variety of maps: all of them, the nearest first, lazily.

For generic U a block keeps any r_i of its singular triples (Eckart-Young over R, C and H), so there are as many
critical points as the ED degree, and all are real (Draisma, Horobet, Ottaviani, Sturmfels, Thomas, 2016, for real
matrices).
The Morse index counts dim D for each kept value and each larger one that is not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.linalg import FIELD_DIM, algebra, frobenius_norm, read_only
from equivariety.representations import HomSpace, RankVector
from equivariety.tolerances import rank_tolerance
from equivariety.varieties.points.genericity import BlockData, check_generic, check_generic_everywhere, multiplicities
from equivariety.varieties.points.membership import balanced, check_matrix
from equivariety.varieties.ranks.subset_search import Selection, ranked_selections, ranked_selections_of_all

if TYPE_CHECKING:
    from equivariety.varieties.component import Component
    from equivariety.varieties.rank_bounded import RankBoundedMaps

__all__ = ["CriticalPoint", "CriticalPoints", "of_component", "of_family", "of_union", "picked"]

P = TypeVar("P")


class CriticalPoints(Generic[P]):
    """All critical points of a function on a variety, found one after the other; iterable any number of times.

    There may be astronomically many, which are counted and never listed.

    >>> import equivariety as ev
    >>> found = ev.linear_maps(3, 3, rank=1).critical_points(np.diag([3.0, 2.0, 1.0]))
    >>> found.count, [(round(p.squared_distance, 9), p.index) for p in found]
    (3, [(5.0, 0), (10.0, 1), (13.0, 2)])
    """

    def __init__(self, search: Callable[[], Iterator[P]], count: int, hypothesis: str) -> None:
        self._search, self._count, self._hypothesis = search, count, hypothesis

    def __repr__(self) -> str:
        shown = f"{self._count:,}" if self._count.bit_length() < 200 else "more than 2^199"
        return f"CriticalPoints({shown} of them)"

    def __iter__(self) -> Iterator[P]:
        return self._search()

    @property
    def count(self) -> int:
        """Their number, complex ones included, an exact int of any length."""
        return self._count

    @property
    def hypothesis(self) -> str:
        """What was checked of the data, so that these are all critical points."""
        return self._hypothesis


@dataclass(frozen=True, eq=False)
class CriticalPoint:
    """A critical point of the squared distance to a given matrix, a smooth point of a component.

    Attributes:
        squared_distance: to the given matrix, squared Frobenius norm.
        index: Morse index, the number of negative eigenvalues of the Hessian on the component.
        ranks: rank vector of the component.

    >>> import equivariety as ev
    >>> U = np.diag([3.0, 2.0, 1.0])
    >>> _, second, *_ = ev.linear_maps(3, 3, rank=1).critical_points(U)
    >>> second.kept, second.index, (second.point + 0.0).round(12).tolist()
    ({'(1,1)': (1,)}, 1, [[0.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 0.0]])
    """

    squared_distance: float
    index: int
    ranks: RankVector
    _selection: Selection
    _given: _Given

    def __repr__(self) -> str:
        ranks = {label: r for label, r in self.ranks.by_label.items() if r}
        return f"CriticalPoint(squared_distance={self.squared_distance:.6g}, index={self.index}, ranks={ranks})"

    @property
    def kept(self) -> dict[str, tuple[int, ...]]:
        """Per label of a block of positive rank the positions of the kept singular values, 0 for the largest."""
        return {label: self._selection.kept(i) for i, (label, r) in enumerate(self.ranks.by_label.items()) if r}

    @cached_property
    def point(self) -> AnyArray:
        """The critical point, a dense (m, n) matrix, read-only."""
        return self._given.point(self._selection)


@dataclass(frozen=True, eq=False)
class _Given:
    """A matrix, ``unit`` times what is stored of it: the singular triples of its blocks, and what lies outside."""

    hom: HomSpace
    triples: list[tuple[AnyArray, FloatArray, AnyArray]]
    outside: float
    unit: float
    dtype: np.dtype[Any]

    @classmethod
    def of(cls, hom: HomSpace, matrix: object) -> _Given:
        dense, unit = balanced(check_matrix("matrix", matrix, hom.shape))
        blocks = hom.block_matrices(dense)
        triples = [algebra(block.field).svd(b) for block, b in zip(hom.blocks, blocks, strict=True)]
        nearest = hom.dense({i: (b, np.eye(b.shape[1], dtype=b.dtype)) for i, b in enumerate(blocks)}, dense.dtype)
        return cls(hom, triples, frobenius_norm(dense - nearest) ** 2, unit, dense.dtype)

    @cached_property
    def energies(self) -> list[FloatArray]:
        """What the singular values of each block add to the squared norm."""
        pairs = zip(self.hom.blocks, self.triples, strict=True)
        return [block.irrep_dim * s.astype(np.float64) ** 2 for block, (_, s, _) in pairs]

    @cached_property
    def data(self) -> list[BlockData]:
        """Which singular values are equal, and which zero, up to the rounding of a decomposition of this size."""
        scale = max((float(s[0]) for _, s, _ in self.triples if len(s)), default=0.0)
        rounding = scale * rank_tolerance(self.dtype, max(self.hom.shape))
        pairs = zip(self.hom.blocks, self.triples, strict=True)
        return [BlockData(block, multiplicities(s, rounding, rounding)) for block, (_, s, _) in pairs]

    def critical(self, selections: Iterable[Selection]) -> Iterator[CriticalPoint]:
        for selection in selections:
            index = sum(FIELD_DIM[self.hom.blocks[i].field] * selection.inversions(i) for i in selection.changed)
            squared = self.unit * (self.unit * (self.outside + selection.left))
            yield CriticalPoint(squared, index, RankVector(selection.ranks, self.hom.labels), selection, self)

    def point(self, selection: Selection) -> AnyArray:
        factors = {}
        for i, (u, s, vh) in enumerate(self.triples):
            kept = selection.kept(i)
            if kept:
                over = algebra(self.hom.blocks[i].field)
                left = picked(u, kept, over.order) * over.spread(s[list(kept)])
                factors[i] = left, picked(vh.conj().T, kept, over.order)
        point = self.hom.dense(factors, self.dtype)
        point *= self.dtype.type(self.unit)
        return read_only(point)


_HYPOTHESIS = (
    "In every block with 0 < r < full rank the singular values of the given matrix are distinct and not zero; then "
    "these are all critical points among the smooth points of {}, complex ones included."
)


def of_component(component: Component, matrix: object) -> CriticalPoints[CriticalPoint]:
    """The critical points on one component."""
    return _of_stratum(component, _Given.of(component.space.hom, matrix))


def _of_stratum(component: Component, given: _Given) -> CriticalPoints[CriticalPoint]:
    check_generic(given.data, component.ranks, _describe)

    def search() -> Iterator[CriticalPoint]:
        return given.critical(ranked_selections(given.energies, component.ranks))

    return CriticalPoints(search, component.ed_degree, _HYPOTHESIS.format("the component"))


def of_family(space: RankBoundedMaps, matrix: object) -> CriticalPoints[CriticalPoint]:
    """The critical points on all components."""
    given = _Given.of(space.hom, matrix)
    check_generic_everywhere(given.data, space.budget, _describe)

    def search() -> Iterator[CriticalPoint]:
        return given.critical(ranked_selections_of_all(given.energies, space.budget))

    return CriticalPoints(search, space.ed_degree, _HYPOTHESIS.format("each component"))


def of_union(strata: Iterable[Component], matrix: object) -> CriticalPoints[CriticalPoint]:
    """The critical points on finitely many strata."""
    members = tuple(strata)
    given = [_Given.of(stratum.space.hom, matrix) for stratum in members[:1]]
    parts = [_of_stratum(stratum, given[0]) for stratum in members]

    def search() -> Iterator[CriticalPoint]:
        return merge(*parts, key=lambda point: point.squared_distance)

    return CriticalPoints(search, sum(part.count for part in parts), _HYPOTHESIS.format("each stratum"))


def picked(columns: AnyArray, positions: Iterable[int], order: int) -> AnyArray:
    """Return the columns at the given positions over an algebra, ``order`` columns of the array for each.

    >>> picked(np.arange(8)[None], (0, 2), 2).tolist()
    [[0, 1, 4, 5]]
    """
    places = order * np.array(tuple(positions), dtype=np.int64)
    return np.asarray(columns[:, (places[:, None] + np.arange(order)).reshape(-1)])


def _describe(data: BlockData) -> str:
    zeros = data.block.max_rank - sum(data.equal)
    equal = [t for t in data.equal if t > 1]
    words = [f"{t} equal singular values" for t in equal[:2]] + ([f"{zeros} that vanish"] if zeros else [])
    return " and ".join(words)
