"""Gradient flow and gradient descent of any loss of several arrays: layers of a linear network, filters, ...

The flow dw/dt = - gradient is integrated with error control.  What is guaranteed: the exact flow lowers the loss and
conserves the numbers of ``imbalances``, so that all drift that is reported is error of integration, of the size of the
tolerance.  Where the exact flow converges depends on everything; that the gradient is small at the end does not say
that the end is near a minimum: near a saddle it is small too.  Descent with steps of length h follows the flow up to
O(h) in bounded time, and changes a conserved number by O(h) in it: by h^2 times a quadratic form of the gradient in
each step.
"""

from __future__ import annotations

import warnings
from itertools import count
from math import inf
from time import monotonic
from typing import Literal, TypeAlias, get_args

import numpy as np

from equivariety._typing import FloatArray
from equivariety.deep.trajectory import Imbalance, LossAndGradient, NotFiniteError, Objective, Trajectory
from equivariety.errors import BudgetError, as_nonnegative_int, as_positive_number, brief, invalid
from equivariety.linalg import as_float_array, frobenius_norm
from equivariety.tolerances import (
    DENSE_ENTRIES_BUDGET,
    FLOW_EVALUATIONS,
    FLOW_TIME,
    flow_end,
    flow_gradient,
    flow_tolerance,
)

__all__ = ["Method", "gradient_descent", "gradient_flow"]

#: Integrators of SciPy.  All but the last two are for stiff problems, which ravines of the loss make.
Method: TypeAlias = Literal["LSODA", "BDF", "Radau", "DOP853", "RK45"]

#: After convergence this many times as long is enough for the slowest direction.
_LONGER = 10.0

_Point: TypeAlias = tuple[float, FloatArray]


def gradient_flow(
    loss_and_gradient: LossAndGradient,
    start: object,
    *,
    imbalance: Imbalance | None = None,
    time: float | None = None,
    times: object = None,
    method: Method = "LSODA",
    rtol: float | None = None,
    gradient_tolerance: float | None = None,
    max_evaluations: int = FLOW_EVALUATIONS,
    seconds: float | None = None,
) -> Trajectory:
    """Follow dw/dt = - gradient from a start until the gradient is small, or for a given time.

    The exact flow conserves the numbers of ``imbalance``; their drift is error of integration.  It stops where the norm
    of the gradient has fallen to ``gradient_tolerance`` times the largest one on the way, and so passes by saddles that
    it only comes near to.

    Args:
        loss_and_gradient: a function of the tuple of arrays that returns the loss and a sequence of its derivatives.
        start: a list of real arrays of any shapes.
        imbalance: a function of the tuple of arrays, as ``layer_imbalance`` or ``norm_imbalance``.
        time: how long to follow it at most, > 0; None is 1e4, and after convergence ten times as long as it took.
        times: ascending times >= 0 to store, in place of ``time``: the last one is the end.  None stores every step of
            the integrator.  The point where the gradient became small is stored too.
        method: "LSODA" changes between an explicit and a stiff integrator by itself; "BDF" and "Radau" are stiff,
            "DOP853" and "RK45" explicit, for more parameters than the squares of which fit in memory.
        rtol: relative error of a step, 1e-10 by default; the absolute one is a hundredth of it times the largest entry
            of the start.
        gradient_tolerance: >= 0.  With None the flow has converged at 1e-8, and goes on to 1e-13 if it gets there in
            the time, and with as many evaluations again.
        max_evaluations: of the gradient.
        seconds: of computing, > 0; then the trajectory ends where it is, and has not converged unless it had before.
            None sets no limit.

    Raises TypeError or ValueError for bad arguments, for a loss or gradient that is not finite and where the integrator
    gives up; BudgetError beyond the number of evaluations.

    >>> from equivariety.deep.imbalances import layer_imbalance
    >>> def square(w):
    ...     gap = w[1] @ w[0] - 1.0
    ...     return float(gap.item() ** 2), [2 * w[1].T @ gap, 2 * gap @ w[0].T]
    >>> path = gradient_flow(square, [np.array([[2.0]]), np.array([[-1.0]])], imbalance=layer_imbalance)
    >>> path.converged, bool(path.losses[-1] < 1e-12), path.imbalance < 1e-7, bool(path.end[0].item() > 0)
    (True, True, True, True)
    """
    evaluations = as_nonnegative_int("max_evaluations", max_evaluations)
    objective = Objective(loss_and_gradient, start, evaluations)
    if method not in get_args(Method):
        raise invalid("method", f"one of {', '.join(get_args(Method))}", brief(method), "take LSODA")
    if method in ("LSODA", "BDF", "Radau") and objective.start.size**2 > DENSE_ENTRIES_BUDGET:
        fix = 'take method="DOP853"'
        raise invalid("start", f"of at most {DENSE_ENTRIES_BUDGET} entries squared", f"{objective.start.size}", fix)
    stored = None if times is None else _as_times(times)
    end = float(stored[-1]) if stored is not None else FLOW_TIME if time is None else as_positive_number("time", time)
    relative = flow_tolerance() if rtol is None else as_positive_number("rtol", rtol)
    stop = _SmallGradient(objective, gradient_tolerance)
    clock = _Clock(None if seconds is None else as_positive_number("seconds", seconds))
    if stop.at_start:
        return objective.trajectory([0.0], [objective.start], imbalance, converged=True)
    legs = _Legs(objective, stop, clock, method, relative, end, stored)
    points, converged = legs.follow(0.0, objective.start)
    if converged and gradient_tolerance is None and not clock.has_rung:
        points += legs.to_rounding(*points[-1], is_timed=time is not None or stored is not None)
    times_reached, vectors = zip(*legs.asked(points), strict=True)
    return objective.trajectory(times_reached, vectors, imbalance, converged=converged)


def gradient_descent(
    loss_and_gradient: LossAndGradient,
    start: object,
    *,
    step: float,
    num_steps: int,
    every: int = 1,
    imbalance: Imbalance | None = None,
    gradient_tolerance: float | None = None,
) -> Trajectory:
    """Take steps w - step * gradient of a fixed length, until the gradient is small, or a given number of them.

    It follows the gradient flow to first order in ``step`` only: the numbers of ``imbalance`` drift by the order of
    ``step`` times the time.

    Args:
        loss_and_gradient, start, imbalance, gradient_tolerance: as for :func:`gradient_flow`.
        step: length of the steps, > 0.
        num_steps: the largest number of steps.
        every: one point in so many is stored, and the last one.

    Raises TypeError or ValueError for bad arguments and where the loss leaves the floating-point range.

    >>> path = gradient_descent(lambda w: (w[0] @ w[0], [2 * w[0]]), [np.ones(1)], step=0.25, num_steps=100, every=10)
    >>> path.converged, path.times.tolist()
    (True, [0.0, 2.5, 5.0, 6.75])
    >>> gradient_descent(lambda w: (w[0] @ w[0], [2 * w[0]]), [np.ones(1)], step=2.0, num_steps=2000)
    Traceback (most recent call last):
    ValueError: step must be small enough for a finite loss; got 2.0. Fix: lower it.
    """
    length = as_positive_number("step", step, "give a positive number")
    steps, stride = as_nonnegative_int("num_steps", num_steps), as_nonnegative_int("every", every)
    if stride == 0:
        raise invalid("every", "an integer >= 1", every, "leave it out to store every step")
    objective = Objective(loss_and_gradient, start)
    stop = _SmallGradient(objective, gradient_tolerance)
    vector, kept = objective.start, []
    for k in count():
        try:
            converged = stop(0.0, vector) <= 0 or (k == 0 and stop.at_start)
        except NotFiniteError as error:
            if k == 0:
                raise
            raise invalid("step", "small enough for a finite loss", length, "lower it") from error
        last = converged or k == steps
        if last or k % stride == 0:
            kept.append((k * length, vector))
        if last:
            break
        vector = vector - length * objective.at(vector)[1]
    times, vectors = zip(*kept, strict=True)
    return objective.trajectory(times, vectors, imbalance, converged=converged)


class _Legs:
    """Parts of a flow that are integrated one after the other."""

    def __init__(
        self,
        objective: Objective,
        stop: _SmallGradient,
        clock: _Clock,
        method: Method,
        relative: float,
        end: float,
        stored: FloatArray | None,
    ) -> None:
        self._objective, self._stop, self._clock, self._end, self._stored = objective, stop, clock, end, stored
        size = float(np.abs(objective.start).max(initial=0.0)) or 1.0
        self._method, self._relative, self._absolute = method, relative, 0.01 * relative * size

    def follow(self, begin: float, vector: FloatArray) -> tuple[list[_Point], bool]:
        """Return the points from a beginning on, the one that ends the leg being the last, and whether it stopped."""
        from scipy.integrate import solve_ivp

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # LSODA's way to say why it gives up; the status says so too
            found = solve_ivp(
                lambda t, vector: -self._objective.at(vector)[1],
                (begin, self._end),
                vector,
                t_eval=None if self._stored is None else self._stored[self._stored >= begin],
                events=[self._stop, self._clock],
                method=self._method,
                rtol=self._relative,
                atol=self._absolute,
            )
        if found.status < 0:
            fix = "take another method, or a larger rtol"
            raise invalid("loss_and_gradient", "a function that can be integrated", found.message, fix)
        points = list(zip(found.t, np.asarray(found.y).T, strict=True))  # without any times y is an empty list
        for times, vectors in zip(found.t_events, found.y_events, strict=True):
            if len(times) and not (points and points[-1][0] >= times[-1]):
                points.append((times[-1], vectors[-1]))
        return points, len(found.t_events[0]) > 0

    def to_rounding(self, begin: float, vector: FloatArray, *, is_timed: bool) -> list[_Point]:
        """Return the points after a small gradient up to one that is about as small as rounding lets it become."""
        self._stop.tolerance = flow_end()
        if not is_timed:
            self._end = max(self._end, _LONGER * begin)
        try:
            with self._objective.as_many_again():
                # A new start, with smaller errors: those of earlier steps hide so small a gradient.
                self._relative, self._absolute = max(0.01 * self._relative, flow_end()), 0.01 * self._absolute
                points, _ = self.follow(begin, vector)
                norms = [frobenius_norm(self._objective.at(vector)[1]) for _, vector in points]
        except (BudgetError, ValueError):
            return []  # it has converged without that
        if not norms or min(norms) > self._stop.reached:
            return []  # it has left a saddle, and the time is over
        last = next(i for i, norm in enumerate(norms) if norm <= 2 * min(norms))
        return [point for point in points[: last + 1] if point[0] > begin]

    def asked(self, points: list[_Point]) -> list[_Point]:
        """Return those of the points that are to be stored: all, or those at given times, and the last one."""
        if self._stored is None:
            return points
        times = set(self._stored.tolist())
        return [point for point in points[:-1] if point[0] in times] + points[-1:]


class _SmallGradient:
    """The norm of the gradient minus ``tolerance`` times the largest one so far: an event of the integrator."""

    terminal = True
    direction = -1.0

    def __init__(self, objective: Objective, tolerance: float | None) -> None:
        given = tolerance is not None
        self.tolerance = as_positive_number("gradient_tolerance", tolerance, zero=True) if given else flow_gradient()
        self._objective = objective
        self._largest = frobenius_norm(objective.at(objective.start)[1])
        self.at_start = self._largest == 0.0

    @property
    def reached(self) -> float:
        """The largest gradient that says that the flow has converged."""
        return flow_gradient() * self._largest

    def __call__(self, t: float, vector: FloatArray) -> float:
        norm = frobenius_norm(self._objective.at(vector)[1])
        self._largest = max(self._largest, norm)
        return norm - self.tolerance * self._largest


class _Clock:
    """An event of the integrator in the middle of the first step after some seconds; None never rings."""

    terminal = True
    direction = -1.0

    def __init__(self, seconds: float | None) -> None:
        self._deadline = inf if seconds is None else monotonic() + seconds
        self._last = 0.0
        self._rings = inf

    @property
    def has_rung(self) -> bool:
        """Whether the time is over."""
        return self._rings < inf

    def __call__(self, t: float, vector: FloatArray) -> float:
        if not self.has_rung:
            if t > self._last and monotonic() > self._deadline:
                self._rings = (self._last + t) / 2
            self._last = max(self._last, t)
        return self._rings - t if self.has_rung else 1.0


def _as_times(times: object) -> FloatArray:
    found: FloatArray = as_float_array("times", times).astype(np.float64)
    if found.ndim != 1 or not len(found) or found[0] < 0 or (np.diff(found) <= 0).any() or found[-1] == 0:
        raise invalid("times", "ascending numbers >= 0, the last one > 0", brief(times), "sort them")
    return found
