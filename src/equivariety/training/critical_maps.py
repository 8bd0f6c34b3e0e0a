"""All critical points of the squared error on function space, for one component or for all of them.

The objective is a sum over blocks.  With S = S_xx (and the ridge) positive definite, B -> B S^{1/2} turns block i into
the squared distance to W = S_yx S^{-1/2} on the matrices of its rank, a linear change of coordinates: the critical
points keep r_i of the singular triples of W, ``B = U_I U_I^* S_yx S^{-1}``, all real, and as many as the ED degree.
Each kept value s takes s^2 off the objective, and the Morse index counts dim D for each kept value and each larger one
that is not.  These are the critical points in function space of linear networks with the weight sharing of the
component (Trager, Kohn, Bruna, 2020, for dense ones; Kohn, Sattelberger, Shahverdi, arXiv 2309.13736).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.linalg import FIELD_DIM, algebra, read_only
from equivariety.representations import EquivariantMap, RankVector
from equivariety.training.exact_fit import problem_of
from equivariety.training.problem import Problem
from equivariety.varieties import Component, CriticalPoints, RankBoundedMaps
from equivariety.varieties.points.critical_points import picked
from equivariety.varieties.points.genericity import BlockData, check_generic, check_generic_everywhere, multiplicities
from equivariety.varieties.ranks.subset_search import Selection, ranked_selections, ranked_selections_of_all

__all__ = ["CriticalMap", "critical_points"]


@dataclass(frozen=True, eq=False)
class CriticalMap:
    """A critical point of the squared error, a smooth point of a component.

    Attributes:
        loss: mean squared error per sample and output coordinate, without the ridge penalty.
        objective: the function whose critical point it is: the loss plus ``alpha |M|^2`` over weights and outputs.
        index: Morse index, the number of negative eigenvalues of the Hessian on the component.
        ranks: rank vector of the component.

    >>> import equivariety as ev
    >>> X = np.array([[3.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> best, saddle = ev.critical_points(ev.linear_maps(2, 2, rank=1), X)
    >>> saddle.kept, saddle.index, saddle.map.rank, saddle.point.shape
    ({'(1,1)': (1,)}, 1, 1, (2, 2))
    """

    loss: float
    objective: float
    index: int
    ranks: RankVector
    _selection: Selection
    _data: _Data

    def __repr__(self) -> str:
        ranks = {label: r for label, r in self.ranks.by_label.items() if r}
        return f"CriticalMap(loss={self.loss:.6g}, index={self.index}, ranks={ranks})"

    @property
    def kept(self) -> dict[str, tuple[int, ...]]:
        """Per label of a block of positive rank the positions of the kept singular values, 0 for the largest."""
        return {label: self._selection.kept(i) for i, (label, r) in enumerate(self.ranks.by_label.items()) if r}

    @cached_property
    def map(self) -> EquivariantMap:
        """The critical map, callable on rows."""
        return self._data.map(self._selection)

    @property
    def intercept(self) -> FloatArray | None:
        """The best intercept for the map (m,), fixed by the target's group; None where none was asked for."""
        return self._data.problem.offset(self.map)

    @cached_property
    def point(self) -> AnyArray:
        """The dense (m, n) matrix of the map, read-only."""
        return read_only(self.map.to_dense())


def critical_points(
    space: RankBoundedMaps | Component,
    X: object,
    Y: object = None,
    *,
    alpha: float = 0.0,
    intercept: bool = False,
    sample_weight: object = None,
) -> CriticalPoints[CriticalMap]:
    """Return all critical points of the squared error on function space, by ascending objective, lazily.

    The objective is that of :func:`fit`, ``sum_s w_s |y_s - M x_s - c|^2 + alpha |M|^2``, on the smooth points M of a
    component, c being the best for M.  In a component the first one is the optimum that ``fit`` finds, and the number
    of all is the ED degree, complex ones included.

    Args:
        space: one component, or equivariant maps of bounded rank: then all of its components.
        X: samples, shape (N, n), real and finite.
        Y: targets, shape (N, m); None for an autoencoder, Y = X.
        alpha, intercept, sample_weight: as for :func:`fit`.

    Returns :class:`~equivariety.varieties.CriticalPoints` of :class:`CriticalMap`.

    Raises NonGenericDataError (a ValueError) with the dimension of the critical points if the inputs of a block of
    positive rank are dependent (without a ridge; they need at least as many samples, times copies of the irreducible,
    as the block has columns), or if, in a block with 0 < r < full rank, singular values of W are equal or zero, all up
    to rounding; TypeError and ValueError as :func:`fit` does.

    >>> import equivariety as ev
    >>> rng = np.random.default_rng(0)
    >>> X, Y = rng.standard_normal((2, 30, 9))
    >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
    >>> found = ev.critical_points(C, X, Y)
    >>> found.count, [p.index for p in found], bool(np.isclose(next(iter(found)).loss, ev.fit(C, X, Y).loss))
    (6, [0, 2, 1, 2, 3, 4], True)
    """
    problem = problem_of(space, X, Y, alpha, intercept, sample_weight, None)
    data = _Data(problem)
    if isinstance(space, Component):
        check_generic(data.blocks, space.ranks, _describe)
    else:
        check_generic_everywhere(data.blocks, space.budget, _describe)

    def search() -> Iterator[CriticalMap]:
        if isinstance(space, Component):
            return data.critical(ranked_selections(data.gains, space.ranks))
        return data.critical(ranked_selections_of_all(data.gains, space.budget))

    hypothesis = (
        "In every block of positive rank the inputs are independent (X of full row rank there, samples being columns), "
        "and where 0 < r < full rank the singular values of W = S_yx S_xx^(-1/2) are distinct and not zero; then these "
        "are all critical points among the smooth points of each component, complex ones included."
    )
    return CriticalPoints(search, space.ed_degree, hypothesis)


class _Data:
    """A fitting problem as critical points read it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._all_factors: dict[int, tuple[AnyArray, AnyArray]] = {}

    @cached_property
    def gains(self) -> list[FloatArray]:
        """Per block what each rank takes off the objective, as many as the block has ranks."""
        pairs = zip(self.problem.values.gains, self.problem.hom.blocks, strict=True)
        return [np.concatenate([g, np.zeros(block.max_rank - len(g))]) for g, block in pairs]

    @cached_property
    def blocks(self) -> list[BlockData]:
        """Which singular values are equal or zero, and which inputs the data leave free."""
        problem = self.problem
        reach = problem.statistics.input_ranks(problem.zero)
        return [
            BlockData(block, multiplicities(g, problem.zero, problem.tie), 0 if problem.alpha else block.cols - k)
            for block, g, k in zip(problem.hom.blocks, self.gains, reach, strict=True)
        ]

    def critical(self, selections: Iterable[Selection]) -> Iterator[CriticalMap]:
        hom, values = self.problem.hom, self.problem.values
        residual = float(values.residuals.sum())
        for selection in selections:
            index = sum(FIELD_DIM[hom.blocks[i].field] * selection.inversions(i) for i in selection.changed)
            penalty = float(values.penalties_by_block(selection.ranks).sum())
            for i, kept in selection.changed.items():
                own = values.penalties[i]
                penalty += float(own[list(kept)].sum() - own[: len(kept)].sum())
            objective = selection.left + residual
            loss = max(objective - penalty, 0.0) / values.size
            ranks = RankVector(selection.ranks, hom.labels)
            yield CriticalMap(loss, objective / values.size, index, ranks, selection, self)

    def map(self, selection: Selection) -> EquivariantMap:
        """The map that keeps the selected ranks."""
        problem, factors = self.problem, {}
        for i, block in enumerate(problem.hom.blocks):
            kept = selection.kept(i)
            if kept:
                over = algebra(block.field)
                kind = over.dtype(problem.totals.dtype)
                left, right = (picked(side, kept, over.order).astype(kind) for side in self._factors(i))
                factors[i] = left, right
        return EquivariantMap(problem.hom, factors, problem.totals.dtype)

    def _factors(self, block: int) -> tuple[AnyArray, AnyArray]:
        if block not in self._all_factors:
            count = len(self.problem.values.gains[block])
            self._all_factors[block] = self.problem.statistics.factors(block, count)
        return self._all_factors[block]


def _describe(data: BlockData) -> str:
    zeros = data.block.max_rank - sum(data.equal)
    words = [f"{data.free} of {data.block.cols} inputs dependent on the others"] if data.free else []
    words += [f"{t} equal singular values" for t in data.equal if t > 1][:2]
    words += [f"{zeros} singular values that vanish"] if zeros else []
    return ", ".join(words)
