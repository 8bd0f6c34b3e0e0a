"""All critical points for given data, by continuation from those for random data.

As the data move from random complex ones to the given ones, every simple critical point for the latter is the end of
exactly one path (parameter continuation; Morgan, Sommese, Appl. Math. Comput. 29, 1989), whether or not it is a regular
point of the product of the filters.  So as many distinct simple ends as there are paths are all.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import product

import numpy as np

from equivariety._typing import AnyArray, ComplexArray, FloatArray, read_only
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.critical.critical_filters import CriticalFilter, CriticalFilters
from equivariety.convolution.critical.path_tracking import Data, conditioning, newton, track
from equivariety.convolution.critical.point_kinds import relative_gradient
from equivariety.convolution.critical.segre_tensors import SegreTensors
from equivariety.convolution.critical.start_systems import StartSystem, distinct, random_data, start_system
from equivariety.convolution.filter_moments import FilterMoments
from equivariety.convolution.filters import balanced_filters, product_of
from equivariety.convolution.segre import generic_ed_degree
from equivariety.errors import BudgetError, invalid
from equivariety.progress import Tell
from equivariety.tolerances import (
    CRITICAL_FILTERS_BUDGET,
    critical_gradient,
    path_correction,
    same_filter,
    simple_conditioning,
    simple_point,
)

__all__ = ["critical_filters"]

# How often paths are followed where points are missing, each time with steps of a tenth of the size.
_ATTEMPTS = 3
_FIRST_SHARE = 0.7


def critical_filters(
    architecture: Architecture,
    moments: FilterMoments,
    rng: np.random.Generator | None = None,
    tell: Tell = lambda stage, fraction: None,
    seconds: float | None = None,
) -> CriticalFilters:
    """Return all critical points up to scaling, for checked arguments; see :class:`LinearConvolutionalNetwork`."""
    began = time.perf_counter()
    sizes = tuple(k for k in architecture.filter_sizes if k > 1) or (1,)
    expected = generic_ed_degree(sizes)
    if expected > CRITICAL_FILTERS_BUDGET:
        required = f"such that there are at most {CRITICAL_FILTERS_BUDGET} complex critical points"
        raise invalid("filter_sizes", required, f"{expected} of them", "use fewer or smaller filters", BudgetError)
    nongeneric = moments.nongeneric_reason
    if not moments.cross.any() or not moments.sigma.any():
        reason = f"{nongeneric}: no critical point with a non-zero end-to-end filter is isolated"
        return CriticalFilters((), expected, False, nongeneric, reason, time.perf_counter() - began)

    def until(share: float, stage: str, first: float) -> Callable[[float], bool]:
        def go_on(fraction: float) -> bool:
            tell(stage, first + (share - first) * fraction)
            return seconds is None or time.perf_counter() - began < share * seconds

        return go_on

    # A search that is ended early keeps some of its time for the given data.
    start = start_system(sizes, rng, until(_FIRST_SHARE, "random data", 0.0))
    target = _Target(architecture, moments, start)
    ends = target.reached(rng or np.random.default_rng(1), until(1.0, "given data", _FIRST_SHARE))
    points = _sorted(target.points(ends))
    elapsed = time.perf_counter() - began
    complete = len(points) == expected
    late = None if seconds is None or elapsed < seconds else seconds
    reason = _reason(len(points), start, nongeneric, late)
    return CriticalFilters(points, expected, complete, nongeneric, reason, elapsed)


def _reason(found: int, start: StartSystem, nongeneric: str | None, late: float | None) -> str:
    n = start.expected
    if found == n:
        return f"all {n} critical points, distinct and simple"
    if late is not None:
        return f"incomplete: {found} of {n}, since the time of {late:g} seconds was over"
    if not start.complete:
        return f"incomplete: {found} of {n}, since {len(start.points)} of {n} were found for random data"
    if nongeneric is not None:
        where = "at zero, at infinity or at points that are not simple"
        return f"{found} of {n}: {nongeneric}, so that paths may end {where}; {n - found} did"
    why = "so that the data are not generic or rounding hides some"
    return f"incomplete: {found} of {n}; {n - found} paths end at no simple critical point, {why}"


class _Target:
    """The objective of given data, in the scale of the start system."""

    def __init__(self, architecture: Architecture, moments: FilterMoments, start: StartSystem) -> None:
        self.architecture, self.moments, self.start = architecture, moments, start
        collect = _collection(architecture, start.tensors)
        self.ratio = _ratio(moments.scales)
        units = self.ratio ** np.arange(len(moments.scales))
        sigma, cross = moments.sigma * units * units[:, None], moments.cross * units
        largest = float(np.linalg.eigvalsh(sigma)[-1])
        size = float(np.linalg.norm(cross)) / largest
        q, b = collect.T @ (sigma / largest) @ collect, collect.T @ (cross / largest / size)
        q_scale = float(np.linalg.norm(start.data.q) / np.linalg.norm(q))
        b_scale = float(np.linalg.norm(start.data.b) / np.linalg.norm(b))
        self.data = Data((q * q_scale)[None].astype(np.complex128), (b * b_scale)[None].astype(np.complex128))
        self.unit = size * q_scale / b_scale  # a tensor of the scaled objective, times this, is one of the given one

    def reached(self, rng: np.random.Generator, go_on: Callable[[float], bool]) -> ComplexArray:
        """Return the distinct simple ends of all paths; where some are missing, paths are followed more carefully."""
        tensors, start = self.start.tensors, self.start
        found = np.zeros((0, tensors.num_weights), dtype=np.complex128)
        bound = path_correction()
        data, points = start.data, start.points
        attempts = _ATTEMPTS if self.moments.nongeneric_reason is None else 1  # missing points were to be expected
        for attempt in range(attempts):
            ends = track(tensors, data, self.data, points, first_correction=bound, tell=go_on)
            good, simple = self._simple(ends.points, ends.arrived)
            together = np.vstack([found, good, good.conj()])  # the given data are real
            found = together[distinct(tensors.tensor(together))]
            if len(found) == start.expected or attempt == attempts - 1 or not go_on(1.0):
                break
            if not simple.any() and attempt:
                break
            bound /= 10
            data, points = self._detour(rng, bound, go_on)
        return found

    def _detour(
        self, rng: np.random.Generator, bound: float, go_on: Callable[[float], bool]
    ) -> tuple[Data, ComplexArray]:
        """Other random data and their critical points, followed carefully from those of the start."""
        start = self.start
        data = random_data(start.tensors, rng, 1, float(np.linalg.norm(start.data.b)))
        moved = track(start.tensors, start.data, data, start.points, first_correction=bound, tell=go_on)
        return data, moved.points[moved.arrived]

    def _simple(self, points: ComplexArray, arrived: AnyArray) -> tuple[ComplexArray, AnyArray]:
        """Points at which Newton's method converges to rounding, and which of all paths led there."""
        tensors = self.start.tensors
        polished, step = newton(tensors, self.data, points)
        size = np.linalg.norm(tensors.tensor(polished), axis=1)
        # Paths may end at zero, or at infinity, where the gradient is zero up to rounding whatever the cross moments.
        simple = conditioning(tensors, self.data, polished) > simple_conditioning()
        good = arrived & simple & (step < simple_point()) & (size > same_filter()) & (size < 1 / same_filter())
        return polished[good], good

    def points(self, ends: ComplexArray) -> list[CriticalFilter]:
        """Return the critical points with filters of all layers, real ones real, each checked by its gradient."""
        tensors = self.start.tensors
        products = tensors.tensor(ends)
        norms = np.linalg.norm(products, axis=1)
        real = np.linalg.norm(products.imag, axis=1) <= same_filter() * norms if len(ends) else np.zeros(0, dtype=bool)
        found = []
        for w, is_real in zip(ends, real, strict=True):
            filters = self._filters(w)
            if is_real:
                filters = self._real(filters)
            if relative_gradient(self.architecture, filters, self.moments) > critical_gradient():
                continue
            v = np.asarray(product_of(filters, self.architecture.scales))
            error = self.moments.squared_error(v)
            arrays = tuple(read_only(w) for w in filters)
            found.append(CriticalFilter(arrays, read_only(v), error, self.architecture, self.moments))
        return found

    def _filters(self, w: ComplexArray) -> tuple[AnyArray, ...]:
        parts = iter([w[part] for part in self.start.tensors.slices])
        layers: list[AnyArray] = [next(parts) if k > 1 else np.ones(1) for k in self.architecture.filter_sizes]
        scalar = next(parts)[0] if self.architecture.dim == 1 else 1.0  # all layers of size 1: one number is left
        layers[-1] = layers[-1] * (scalar * self.unit)
        scaled = [
            w.astype(np.complex128) * self.ratio ** (scale * np.arange(len(w)))
            for w, scale in zip(layers, self.architecture.scales, strict=True)
        ]
        return balanced_filters(tuple(scaled))

    def _real(self, filters: tuple[AnyArray, ...]) -> tuple[AnyArray, ...]:
        """The real point behind a complex one, all layers but the last having a real largest entry."""
        return balanced_filters(tuple(np.ascontiguousarray(w.real) for w in filters))


def _collection(architecture: Architecture, tensors: SegreTensors) -> FloatArray:
    """The matrix (k, P) that takes the tensor of the filters, those of size 1 left out, to the end-to-end filter."""
    scales = [s for k, s in zip(architecture.filter_sizes, architecture.scales, strict=True) if k > 1] or [1]
    found = np.zeros((architecture.end_to_end_size, tensors.length))
    for column, positions in enumerate(product(*(range(k) for k in tensors.sizes))):
        found[sum(p * s for p, s in zip(positions, scales, strict=True)), column] = 1.0
    return found


def _ratio(scales: FloatArray) -> float:
    """The ratio c for which the second moments of ``c^n`` times input n of a window are most alike.

    Filters with entries ``c^(j S) w_j`` have the product with entries ``c^n v_n``, so that such units of the inputs do
    not change the problem, but they do its conditioning.
    """
    n = len(scales)
    return float(np.exp(-np.polyfit(np.arange(n), np.log(scales), 1)[0])) if n > 1 else 1.0


def _sorted(points: list[CriticalFilter]) -> tuple[CriticalFilter, ...]:
    def order(point: CriticalFilter) -> tuple[bool, float, float]:
        value = complex(point.squared_error)
        return not point.is_real, value.real, value.imag

    return tuple(sorted(points, key=order))
