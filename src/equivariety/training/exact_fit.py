"""The exact global optimum of the squared error, over a component or over all of them.

In symmetry-adapted orthonormal coordinates the objective sum_s w_s |y_s - M x_s - c|^2 + alpha |M|^2 is a sum over
blocks for any data.  Each block is a reduced-rank regression over its field (for an autoencoder: the leading
eigenvectors of its second moment, Eckart-Young), so a rank gains a squared singular value and costs the dimension of
the irreducible; the best component is an exact knapsack.  An intercept c lies in the fixed space of the target and is
removed exactly by subtracting group-averaged means.  Source: Kohn, Sattelberger, Shahverdi (arXiv 2309.13736) for the
components.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from numbers import Real

import numpy as np
from numpy.typing import DTypeLike

from equivariety._typing import FloatArray
from equivariety.errors import as_nonnegative_int, brief, invalid
from equivariety.linalg import read_only
from equivariety.representations import RankVector
from equivariety.training.fit_result import Fit
from equivariety.training.moments import BlockMoments
from equivariety.training.problem import Problem
from equivariety.training.ranked import ranked_components
from equivariety.training.routes import Route, pose
from equivariety.training.samples import Samples
from equivariety.varieties import Component, RankBoundedMaps
from equivariety.varieties.ranks.allocation import allocate

#: Larger ones make the map zero, and their products with other numbers overflow.
_LARGEST_RIDGE = 1e100

__all__ = ["check_options", "fit", "fit_moments", "fit_within", "problem_of"]


def fit(
    space: RankBoundedMaps | Component,
    X: object,
    Y: object = None,
    *,
    alpha: float = 0.0,
    intercept: bool = False,
    sample_weight: object = None,
    k_best: int = 1,
    route: Route | None = None,
) -> Fit:
    """Return the map in ``space`` with the smallest squared error: the global optimum.

    It minimizes ``sum_s w_s |y_s - M x_s - c|^2 + alpha |M|^2`` (Frobenius) over the maps M of the space and, with an
    intercept, over the c that the target's group fixes.

    Args:
        space: equivariant maps of bounded rank (the best of all components is found), or one component.
        X: samples, shape (N, n), real and finite; a memory map is read in chunks.  float32 (in Y too) gives a float32
            map, everything else float64; moments are summed in float64.
        Y: targets, shape (N, m); None fits an autoencoder, Y = X, which needs the same action on both sides.
        alpha: ridge, >= 0.
        intercept: fit c as well; without, data are not centered.
        sample_weight: (N,), not negative; None weighs every sample 1.
        k_best: how many components to list in ``Fit.k_best``; ``Fit.ranked_components()`` lists all, lazily.
        route: how to compute the moments; None lets the cost model choose.

    Returns a :class:`Fit`.  Raises TypeError for other types and ValueError for empty, non-finite or misshaped data
    and for an autoencoder between different actions.

    >>> import equivariety as ev
    >>> X = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]])
    >>> best = ev.fit(ev.equivariant_maps(ev.groups.cyclic(3), rank=2), X)
    >>> best.ranks.by_label, round(best.loss, 6), best.certificate.ok
    ({'(1,1)': 1, '(3,2)': 0}, 0.444444, True)

    Regression of the sum of a cycle on its points, from data shifted by a constant:

    >>> Y = X.sum(axis=1, keepdims=True) + 5.0
    >>> found = ev.fit(ev.invariant_maps(ev.groups.cyclic(3), outputs=1), X, Y, intercept=True)
    >>> np.asarray(found.map).round(12).tolist(), found.intercept.round(12).tolist()
    ([[1.0, 1.0, 1.0]], [5.0])
    """
    count = as_nonnegative_int("k_best", k_best)
    return fit_within(space, problem_of(space, X, Y, alpha, intercept, sample_weight, route), count)


def fit_moments(
    space: RankBoundedMaps | Component,
    moments: BlockMoments,
    *,
    alpha: float = 0.0,
    intercept: bool = False,
    k_best: int = 1,
    dtype: DTypeLike = np.float64,
) -> Fit:
    """Return what :func:`fit` returns for all samples that were added to ``moments``, in any order and chunks.

    Args:
        space: maps with the same actions as the moments.
        moments: what :class:`BlockMoments` has summed.
        alpha, intercept, k_best: as for :func:`fit`.
        dtype: float64 or float32, the dtype of the map.

    Raises TypeError or ValueError for bad arguments and moments of other maps.

    >>> import equivariety as ev
    >>> space = ev.equivariant_maps(ev.groups.cyclic(3), rank=2)
    >>> moments = BlockMoments(space.hom, targets=False)
    >>> for row in np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]]):
    ...     moments.add(row[None])
    >>> round(fit_moments(space, moments).loss, 6)
    0.444444
    """
    hom = _maps_of(space).hom
    if not isinstance(moments, BlockMoments):
        raise invalid("moments", "BlockMoments", moments, "add samples to BlockMoments(space.hom, ...)", TypeError)
    if moments.hom != hom:
        raise invalid(
            "moments",
            "of the same actions as the space",
            f"moments of {moments.hom.shape} maps",
            "build them from space.hom",
        )
    kind = np.dtype(dtype)
    if kind not in (np.float32, np.float64):
        raise invalid("dtype", "float32 or float64", str(kind), "leave it out for float64")
    ridge, centered = check_options(alpha, intercept)
    count = as_nonnegative_int("k_best", k_best)
    return fit_within(space, Problem.from_moments(moments, ridge, intercept=centered, dtype=kind), count)


def problem_of(
    space: RankBoundedMaps | Component,
    X: object,
    Y: object,
    alpha: object,
    intercept: object,
    sample_weight: object,
    route: Route | None,
) -> Problem:
    """Check everything and reduce the data to the statistics of the blocks."""
    hom = _maps_of(space).hom
    if Y is None and not hom.is_endomorphic:
        required = "maps from an action to itself for an autoencoder"
        raise invalid("space", required, f"shape {hom.shape}", "use target=None, or pass targets Y")
    ridge, centered = check_options(alpha, intercept)
    samples = Samples.of(hom.shape, X, Y, sample_weight)
    problem = pose(hom, samples, ridge, intercept=centered, route=route)
    if problem.has_single_products and problem.is_coarse(_left_over(problem, space)):
        problem = pose(hom, samples, ridge, intercept=centered, route=route, precise=True)
    return problem


def _left_over(problem: Problem, space: RankBoundedMaps | Component) -> float:
    """The least sum of squares that the space leaves, by the problem's own gains."""
    if isinstance(space, Component):
        return float(problem.values.objectives_by_block(space.ranks).sum())
    best = allocate(problem.values.gains, space.budget.weights, space.rank)
    return best.left + float(problem.values.residuals.sum())


def check_options(alpha: object, intercept: object) -> tuple[float, bool]:
    """Return the ridge as a float and the intercept as a bool; ValueError or TypeError for anything else."""
    if isinstance(alpha, bool | np.bool_) or not isinstance(alpha, Real):
        raise invalid("alpha", "a number >= 0", brief(alpha), "pass 0 for no ridge", TypeError)
    ridge = float(alpha)
    if not (isfinite(ridge) and ridge >= 0):
        raise invalid("alpha", "a finite number >= 0", alpha, "pass 0 for no ridge")
    if ridge > _LARGEST_RIDGE:
        raise invalid("alpha", f"at most {_LARGEST_RIDGE:g}", alpha, "bound the rank by 0 for the zero map")
    if not isinstance(intercept, bool | np.bool_):
        raise invalid("intercept", "True or False", brief(intercept), "pass True to fit one", TypeError)
    return ridge, bool(intercept)


def fit_within(space: RankBoundedMaps | Component, problem: Problem, k_best: int) -> Fit:
    """Choose the ranks, build the map and describe it."""
    whole = _maps_of(space)
    labels = whole.hom.labels
    if isinstance(space, Component):
        choice, ranks = _within(problem, space.ranks), space.ranks
    else:
        choice = _over_all(problem, whole)
        ranks = RankVector(whole.budget.extended(choice.ranks), labels)
    values = problem.values
    size = values.size
    mapping, stationarity = problem.optimum(choice.ranks)
    objectives = values.objectives_by_block(choice.ranks)
    losses = np.maximum(objectives - values.penalties_by_block(choice.ranks), 0.0)
    component = Component(whole, ranks)
    objective = float(objectives.sum()) / size
    lost = choice.best_left
    is_whole = isinstance(space, RankBoundedMaps)
    return Fit(
        map=mapping,
        intercept=problem.offset(mapping),
        component=component,
        loss=float(losses.sum()) / size,
        objective=objective,
        losses_by_block=dict(zip(labels, (losses / size).tolist(), strict=True)),
        unreachable=sum(l for l, b in zip(losses.tolist(), whole.blocks, strict=True) if b.cols == 0) / size,
        best_losses=None if lost is None else values.least_objectives(choice.ranks, lost),
        spectra={label: read_only(g / size) for label, g in zip(labels, values.gains, strict=True)},
        is_unique=choice.is_unique,
        alternatives=whole.others(ranks, choice.alternatives),
        k_best=tuple(islice(ranked_components(values, component, objective, whole=is_whole), min(k_best, sys.maxsize))),
        n_samples=problem.totals.n_samples,
        route=problem.totals.route,
        mean_x=problem.mean_x,
        mean_y=problem.mean_y,
        _values=values,
        _whole=is_whole,
        _stationarity=stationarity,
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    """Ranks worth spending per block: directions without gain are left out."""

    ranks: tuple[int, ...]
    is_unique: bool
    alternatives: tuple[tuple[int, ...], ...] = ()
    best_left: FloatArray | None = None


def _over_all(problem: Problem, whole: RankBoundedMaps) -> _Choice:
    found = allocate(problem.values.gains, whole.budget.weights, whole.rank, zero=problem.zero)
    ties = found.ties(problem.tie)
    return _Choice(found.ranks, ties.is_unique, ties.alternatives, found.best_left)


def _within(problem: Problem, ranks: Sequence[int]) -> _Choice:
    gains, zero, tie = problem.values.gains, problem.zero, problem.tie
    kept = tuple(min(r, int(np.count_nonzero(g > zero))) for g, r in zip(gains, ranks, strict=True))
    unique = all(r == 0 or r >= len(g) or g[r - 1] - g[r] > tie for g, r in zip(gains, kept, strict=True))
    return _Choice(kept, unique)


def _maps_of(space: object) -> RankBoundedMaps:
    if isinstance(space, Component):
        return space.space
    if isinstance(space, RankBoundedMaps):
        return space
    raise invalid("space", "RankBoundedMaps or a Component", space, "pass ev.equivariant_maps(...)", TypeError)
