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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import isfinite
from numbers import Real
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import as_nonnegative_int, brief, invalid
from equivariety.linalg import read_only
from equivariety.representations import AffineMap, EquivariantMap, RankVector
from equivariety.tolerances import certificate_tolerance
from equivariety.training.moments import BlockMoments
from equivariety.training.problem import Problem
from equivariety.training.rank_values import RankValues
from equivariety.training.ranked import RankedComponent, ranked_components
from equivariety.training.routes import Route, pose
from equivariety.training.samples import Samples
from equivariety.varieties import Component, RankBoundedMaps
from equivariety.varieties.allocation import Allocation, allocate

#: Larger ones make the map zero, and their products with other numbers overflow.
_LARGEST_RIDGE = 1e100

__all__ = ["Fit", "FitCertificate", "check_options", "fit", "fit_moments", "fit_within", "problem_of"]


@dataclass(frozen=True, slots=True)
class FitCertificate:
    """Evidence that a fitted map is what it claims to be; all numbers are relative residuals.

    Attributes:
        equivariance: ``|M P - P' M| / |M|``, the largest over generators.
        stationarity: the gradient of the objective along the component at the optimum, relative to the data: for an
            autoencoder ``|(I - V V^*) S V| / |S|`` over all blocks (V spans an invariant subspace of the second moment
            S), for a regression the gradient in the metric of the inputs, relative to ``|Y|``.
        block_identity: ``| sum of block energies - |Y|^2 | / |Y|^2``: the blocks hold all of the data.
        tolerance: residuals up to this count as rounding.

    A regression from block moments squares the condition of the inputs.  Where its stationarity is not ok, the loss is
    less certain than the tolerance; ``route="samples"`` or a ridge helps.

    >>> FitCertificate(1e-16, 1e-16, 1e-16, 1e-10).ok
    True
    """

    equivariance: float
    stationarity: float
    block_identity: float
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether all residuals are rounding."""
        residuals = (self.equivariance, self.stationarity, self.block_identity)
        return all(residual <= self.tolerance for residual in residuals)  # false for NaN, unlike max


@dataclass(frozen=True, eq=False)
class Fit:
    """An optimal map for given data.

    Attributes:
        map: the optimal linear map, callable on rows; ``numpy.asarray(fit.map)`` is the dense (m, n) matrix.
        intercept: (m,), in the fixed space of the target's group; None where none was asked for.
        component: the irreducible component (or stratum) that holds the map.
        loss: mean squared error per sample and output coordinate on the training data, without the ridge penalty.
        objective: what was minimized, on the same scale: the loss plus ``alpha |M|^2`` over weights and outputs.
        losses_by_block: each block's part of ``loss``, by label.
        unreachable: the part of ``loss`` in blocks of the target that the source lacks: no map changes it.
        best_losses: ``best_losses[r]`` is the optimal objective at rank bound r, for r = 0..rank; None for a fit in
            one component.
        spectra: per block label what each further rank takes off the objective, descending; for an autoencoder without
            a ridge the eigenvalues of the block's second moment divided by N n.
        is_unique: whether the optimal predictions on the training data are the only ones: no ties, up to rounding.
            (Outside the span of the data any map is free; ``map`` is the smallest one.)
        alternatives: rank vectors of other components with an optimal map, at most eight.
        k_best: the best ``k_best`` components, best first.
        n_samples: number of samples N.
        route: how the moments were obtained.
        mean_x, mean_y: the means of inputs (n,) and targets (m,), averaged over the groups; None without an intercept.

    All arrays are read-only, and none holds the data.

    >>> import equivariety as ev
    >>> X = np.array([[3.0, 0.0], [0.0, 1.0]])
    >>> found = ev.fit(ev.equivariant_maps(ev.groups.cyclic(2), rank=1), X)
    >>> found.loss, found.losses_by_block, found.is_unique, found.alternatives
    (1.25, {'(1,1)': 0.0, '(2,1)': 1.25}, False, ((0, 1),))
    """

    map: EquivariantMap
    intercept: FloatArray | None
    component: Component
    loss: float
    objective: float
    losses_by_block: dict[str, float]
    unreachable: float
    best_losses: FloatArray | None
    spectra: dict[str, FloatArray]
    is_unique: bool
    alternatives: tuple[RankVector, ...]
    k_best: tuple[RankedComponent, ...]
    n_samples: int
    route: str
    mean_x: FloatArray | None
    mean_y: FloatArray | None
    _values: RankValues
    _whole: bool
    _stationarity: float

    def __repr__(self) -> str:
        ranks = {label: r for label, r in self.ranks.by_label.items() if r}
        return f"Fit(loss={self.loss:.6g}, ranks={ranks}, shape={self.map.shape}, unique={self.is_unique})"

    @property
    def ranks(self) -> RankVector:
        """The rank vector of ``component``."""
        return self.component.ranks

    @property
    def predictor(self) -> EquivariantMap | AffineMap:
        """The function that was fitted, ``map`` or map and intercept together."""
        return self.map if self.intercept is None else AffineMap(self.map, self.intercept)

    def predict(self, X: object) -> AnyArray:
        """Return the predictions (..., m) for the rows of ``X``, shape (..., n).

        Raises TypeError or ValueError for input that is not real, finite and of n columns.
        """
        return self.predictor(X)

    def save(self, path: str | Path) -> None:
        """Write map and intercept to one safetensors file, which ``load_map`` reads."""
        self.predictor.save(path)

    def ranked_components(self) -> Iterator[RankedComponent]:
        """Yield all irreducible components with their optimal losses, best first, lazily; ``component`` is the first.

        For a fit in one component that is the only one.

        >>> import equivariety as ev
        >>> X = np.random.default_rng(0).standard_normal((60_000, 784))[:200]
        >>> best = ev.fit(ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99), X)
        >>> first, second = (c for c, _ in zip(best.ranked_components(), range(2)))
        >>> first.component == best.component, 0 <= second.gap == second.objective - best.objective
        (True, True)
        """
        return ranked_components(self._values, self.component, self.objective, whole=self._whole)

    @cached_property
    def runner_up(self) -> RankedComponent | None:
        """The second best component, with its loss and gap; None if there is only one."""
        return next(islice(self.ranked_components(), 1, None), None)

    @cached_property
    def certificate(self) -> FitCertificate:
        """Equivariance, stationarity and block identity of the fit."""
        return FitCertificate(
            equivariance=self.map.equivariance_error(),
            stationarity=self._stationarity,
            block_identity=self._values.block_identity(),
            tolerance=certificate_tolerance(self.map.dtype),
        )


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
    if problem.is_coarse(_left_over(problem, space)):
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


def fit_within(
    space: RankBoundedMaps | Component, problem: Problem, k_best: int, best: Allocation | None = None
) -> Fit:
    """Choose the ranks, build the map and describe it; ``best`` is the knapsack where it has been solved before."""
    whole = _maps_of(space)
    labels = whole.hom.labels
    if isinstance(space, Component):
        choice, ranks = _within(problem, space.ranks), space.ranks
    else:
        choice = _over_all(problem, whole, best)
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


def _over_all(problem: Problem, whole: RankBoundedMaps, best: Allocation | None) -> _Choice:
    gains, weights = problem.values.gains, whole.budget.weights
    found = allocate(gains, weights, whole.rank, zero=problem.zero) if best is None else best
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
