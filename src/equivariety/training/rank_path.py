"""The best loss and ranks for every bound on the rank, from one dynamic programme."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from math import isfinite
from numbers import Real

import numpy as np

from equivariety._typing import FloatArray
from equivariety.errors import invalid
from equivariety.linalg import read_only
from equivariety.representations import RankVector
from equivariety.tolerances import DENSE_ENTRIES_BUDGET
from equivariety.training.exact_fit import fit_within, problem_of
from equivariety.training.fit_result import Fit
from equivariety.training.problem import Problem
from equivariety.training.routes import Route
from equivariety.varieties import RankBoundedMaps
from equivariety.varieties.ranks.allocation import allocate

__all__ = ["FitPath", "fit_path"]


class FitPath:
    """Optimal fits for every rank bound r = 0..R; ``path[r]`` is the :class:`Fit` itself, ``len(path)`` is R + 1.

    >>> import equivariety as ev
    >>> X = ev.datasets.load_digits().train
    >>> path = ev.fit_path(ev.equivariant_maps(ev.groups.shift((8, 8), axis=1), rank=8), X)
    >>> len(path), tuple(path.ranks[3]), bool(path.losses[8] == path[8].loss)
    (9, (1, 1, 0, 0, 0), True)
    """

    def __init__(self, space: RankBoundedMaps, problem: Problem) -> None:
        self._space, self._problem = space, problem
        self._best = allocate(problem.values.gains, space.budget.weights, space.rank, zero=problem.zero)

    def __repr__(self) -> str:
        return f"FitPath(shape={self._space.shape}, ranks=0..{self._space.rank})"

    def __len__(self) -> int:
        return self._space.rank + 1

    @property
    def space(self) -> RankBoundedMaps:
        """The maps, with the largest bound."""
        return self._space

    @cached_property
    def _spent(self) -> tuple[tuple[int, ...], ...]:
        """Per bound the ranks that gain something."""
        return tuple(self._best.ranks_at(r) for r in range(len(self)))

    @cached_property
    def ranks(self) -> tuple[RankVector, ...]:
        """Per bound the rank vector of the best component."""
        labels = self._space.hom.labels
        if len(self) * len(labels) > DENSE_ENTRIES_BUDGET // 8:
            got = f"{len(self):,} bounds and {len(labels):,} blocks"
            raise invalid("rank", "small enough to list the ranks of all bounds", got, "lower the bound on the rank")
        return tuple(
            RankVector(replace(self._space.budget, rank=r).extended(spent), labels)
            for r, spent in enumerate(self._spent)
        )

    @cached_property
    def objectives(self) -> FloatArray:
        """Per bound the least loss plus ridge penalty, read-only; it never rises with the rank."""
        return self._problem.values.least_objectives(self._best.ranks, self._best.best_left)

    @cached_property
    def losses(self) -> FloatArray:
        """Per bound the mean squared error per sample and output coordinate of the optimum, read-only."""
        values = self._problem.values
        if not self._problem.alpha:
            return self.objectives
        penalties = [float(values.penalties_by_block(spent).sum()) for spent in self._spent]
        return read_only(np.maximum(self.objectives - np.array(penalties) / values.size, 0.0))

    def __getitem__(self, rank: int) -> Fit:
        """Return the optimum for a bound on the rank; raises IndexError beyond 0..R."""
        if not isinstance(rank, int | np.integer) or isinstance(rank, bool):
            raise invalid("rank", "an integer", rank, f"give one from 0 to {self._space.rank}", TypeError)
        if not 0 <= rank <= self._space.rank:
            raise IndexError(f"rank must be from 0 to {self._space.rank}; got {rank}")
        return fit_within(RankBoundedMaps(self._space.hom, int(rank)), self._problem, 1)

    def smallest_rank(self, explained: float = 0.95) -> int:
        """Return the least bound whose optimum achieves this share of what the largest bound achieves.

        Achieved is the fall of the objective from rank 0.  Raises ValueError unless ``explained`` is in [0, 1].

        >>> import equivariety as ev
        >>> X = ev.datasets.load_digits().train
        >>> path = ev.fit_path(ev.equivariant_maps(ev.groups.shift((8, 8), axis=1)), X)
        >>> path.smallest_rank(0.9), path.smallest_rank(0.99)
        (19, 50)
        """
        if isinstance(explained, bool) or not isinstance(explained, Real) or not isfinite(explained):
            raise invalid("explained", "a number in [0, 1]", explained, "pass 0.95", TypeError)
        if not 0 <= explained <= 1:
            raise invalid("explained", "a number in [0, 1]", explained, "pass 0.95")
        fall = self.objectives[0] - self.objectives
        return int(np.argmax(fall >= float(explained) * fall[-1]))


def fit_path(
    space: RankBoundedMaps,
    X: object,
    Y: object = None,
    *,
    alpha: float = 0.0,
    intercept: bool = False,
    sample_weight: object = None,
    route: Route | None = None,
) -> FitPath:
    """Return the best losses and rank vectors for all rank bounds r <= ``space.rank`` at once.

    The data are read once and one dynamic programme serves every r: the path costs what its largest fit costs.

    Args:
        space: maps of bounded rank, not a single component.
        X, Y, alpha, intercept, sample_weight, route: as for :func:`fit`.

    Returns a :class:`FitPath`.  Raises TypeError or ValueError as :func:`fit` does.

    >>> import equivariety as ev
    >>> X = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]])
    >>> path = fit_path(ev.equivariant_maps(ev.groups.cyclic(3)), X)
    >>> path.losses.round(6).tolist(), [tuple(r) for r in path.ranks]
    ([2.5, 0.444444, 0.444444, 0.0], [(0, 0), (1, 0), (1, 0), (1, 1)])
    """
    if not isinstance(space, RankBoundedMaps):
        raise invalid("space", "RankBoundedMaps", space, "pass ev.equivariant_maps(...), not a component", TypeError)
    return FitPath(space, problem_of(space, X, Y, alpha, intercept, sample_weight, route))
