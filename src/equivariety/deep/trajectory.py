"""Curves of weights that gradient flow or gradient descent runs through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from equivariety._typing import AnyArray, FloatArray, read_only
from equivariety.errors import BudgetError, invalid
from equivariety.linalg import as_float_array, frobenius_norm
from equivariety.tolerances import DENSE_ENTRIES_BUDGET

__all__ = ["Arrays", "Imbalance", "LossAndGradient", "NotFiniteError", "Objective", "Trajectory"]

#: The parameters of a network: arrays of any shapes.
Arrays: TypeAlias = tuple[FloatArray, ...]

#: Takes the list of parameter arrays; returns the loss and the list of its derivatives by them.
LossAndGradient: TypeAlias = Callable[[Arrays], tuple[float, Sequence[AnyArray]]]

#: Takes the list of parameter arrays; returns numbers that the flow conserves, in one array or several.
Imbalance: TypeAlias = Callable[[Arrays], AnyArray | Sequence[AnyArray]]


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Points of a curve of weights, the start first.

    ``LinearNetwork.classify`` of the end of a flow that has converged tells what critical point it has come to.  After
    descent, or a flow with a larger ``gradient_tolerance``, the gradient is often not small enough to tell; then
    ``classify(..., polish=True)`` takes the critical point next to it.

    Attributes:
        times: (T,) ascending; of descent the number of steps times their length.
        losses: (T,) the loss at each of them.
        weights: T tuples of arrays, read-only; of a network with biases T tuples of pairs.
        gradient_norms: (T,) Euclidean norms of the gradient in all parameters together.
        drifts: (T,) largest change of a conserved number since the start; None if no such numbers were asked for.
        converged: whether the gradient became small before time, steps or seconds ran out.

    >>> from equivariety.deep.flows import gradient_descent
    >>> path = gradient_descent(lambda w: (w[0] @ w[0], [2 * w[0]]), [np.array([1.0, 2.0])], step=0.25, num_steps=2)
    >>> path.times.tolist(), path.losses.tolist(), path.end[0].tolist(), path.converged
    ([0.0, 0.25, 0.5], [5.0, 1.25, 0.3125], [0.25, 0.5], False)

    >>> import equivariety as ev
    >>> deep, X, Y = ev.LinearNetwork((2, 1, 2)), np.eye(2), np.diag([2.0, 1.0])
    >>> path = deep.gradient_flow([np.ones((1, 2)), np.ones((2, 1))], X, Y, gradient_tolerance=1e-6)
    >>> [deep.classify(path.end, X, Y, polish=polish).type for polish in (False, True)]
    [None, 'global_minimum']
    """

    times: FloatArray
    losses: FloatArray
    weights: tuple[tuple[Any, ...], ...]
    gradient_norms: FloatArray
    drifts: FloatArray | None
    converged: bool

    def __repr__(self) -> str:
        return (
            f"Trajectory(time={self.times[-1]:.6g}, loss={self.losses[-1]:.6g}, "
            f"gradient_norm={self.gradient_norms[-1]:.3g}, converged={self.converged})"
        )

    @property
    def end(self) -> tuple[Any, ...]:
        """The weights at the last time."""
        return self.weights[-1]

    @property
    def imbalance(self) -> float | None:
        """The largest change of a conserved number at any of the times; None if no such numbers were asked for."""
        return None if self.drifts is None else float(self.drifts.max())


#: A start close to a critical point takes few, and some more end it.
_FEWEST_EVALUATIONS = 100


class NotFiniteError(ValueError):
    """A loss or a gradient has left the floating-point range."""


class Objective:
    """A loss of several arrays as one of a vector, checked at every evaluation.

    Args:
        loss_and_gradient: of the list of arrays.
        start: the arrays to begin with; they fix the shapes.
        budget: largest number of evaluations; None sets no limit.

    Raises TypeError or ValueError for a start that is no sequence of finite arrays, for a loss or gradient that is not
    finite, and for gradients of other shapes; BudgetError beyond the number of evaluations.

    >>> objective = Objective(lambda w: (w[0] @ w[0], [2 * w[0]]), [np.ones(2)])
    >>> objective.at(objective.start)
    (2.0, array([2., 2.]))
    """

    def __init__(self, loss_and_gradient: LossAndGradient, start: object, budget: int | None = None) -> None:
        if not callable(loss_and_gradient):
            required = "a function of the list of arrays"
            raise invalid("loss_and_gradient", required, loss_and_gradient, "return (loss, gradients)", TypeError)
        if isinstance(start, np.ndarray | str | bytes) or not isinstance(start, Sequence) or not start:
            raise invalid("start", "a list of arrays", start, "pass [W_1, ..., W_H]", TypeError)
        arrays = [as_float_array(f"start[{i}]", array).astype(np.float64) for i, array in enumerate(start)]
        self._function = loss_and_gradient
        self._shapes = [array.shape for array in arrays]
        self._cuts = np.cumsum([array.size for array in arrays])[:-1]
        self._left = budget
        self._budget = budget
        self._last: tuple[FloatArray, float, FloatArray] | None = None
        self.start: FloatArray = np.concatenate([array.ravel() for array in arrays])

    def arrays(self, vector: FloatArray) -> Arrays:
        """Return the arrays of a vector of all parameters, read-only."""
        parts = np.split(np.array(vector), self._cuts)
        return tuple(read_only(part.reshape(shape)) for part, shape in zip(parts, self._shapes, strict=True))

    def at(self, vector: FloatArray) -> tuple[float, FloatArray]:
        """Return loss and gradient at a vector; asked for the same one again, it does not evaluate."""
        if self._last is not None and np.array_equal(self._last[0], vector):
            return self._last[1:]
        if self._left is not None:
            if self._left == 0:
                raise BudgetError(
                    f"the flow took more than max_evaluations={self._budget} evaluations of the gradient; raise the "
                    "number, shorten the time, or take a looser rtol"
                )
            self._left -= 1
        with np.errstate(over="ignore", invalid="ignore"):
            loss, parts = self._function(self.arrays(vector))
        found = [np.asarray(part, dtype=np.float64) for part in parts]
        if [part.shape for part in found] != self._shapes:
            required = f"with gradients of shapes {self._shapes}"
            raise invalid("loss_and_gradient", required, f"{[part.shape for part in found]}", "one for each array")
        gradient = np.concatenate([part.ravel() for part in found])
        if not (np.isfinite(loss) and np.isfinite(gradient).all()):
            fix = "scale the data, or take smaller steps"
            raise invalid("loss_and_gradient", "finite along the way", f"a loss of {loss}", fix, NotFiniteError)
        self._last = np.array(vector), float(loss), gradient
        return self._last[1:]

    @contextmanager
    def as_many_again(self) -> Iterator[None]:
        """Allow, within the context, no more evaluations than there have been, and at least a hundred."""
        if self._budget is None:
            yield
            return
        left, used = self._left or 0, self._budget - (self._left or 0)
        allowed = min(left, max(used, _FEWEST_EVALUATIONS))
        self._left = allowed
        try:
            yield
        finally:
            self._left = left - (allowed - self._left)

    def trajectory(
        self, times: Sequence[float], vectors: Sequence[FloatArray], imbalance: Imbalance | None, *, converged: bool
    ) -> Trajectory:
        """Return the trajectory through given vectors."""
        if len(vectors) * len(self.start) > DENSE_ENTRIES_BUDGET:
            required = f"few enough for {DENSE_ENTRIES_BUDGET} stored parameters"
            raise invalid("times", required, f"{len(vectors)} of {len(self.start)}", "store fewer")
        self._left = None
        values = [self.at(vector) for vector in vectors]
        points = tuple(self.arrays(vector) for vector in vectors)
        drifts = None
        if imbalance is not None:
            before = _flat(imbalance(self.arrays(self.start)))
            drifts = read_only(
                np.array([np.abs(_flat(imbalance(point)) - before).max(initial=0.0) for point in points])
            )
        return Trajectory(
            read_only(np.array(times, dtype=np.float64)),
            read_only(np.array([loss for loss, _ in values])),
            points,
            read_only(np.array([frobenius_norm(gradient) for _, gradient in values])),
            drifts,
            converged,
        )


def _flat(numbers: AnyArray | Sequence[AnyArray]) -> FloatArray:
    parts = [numbers] if isinstance(numbers, np.ndarray) else numbers
    return np.concatenate([np.zeros(0), *(np.ravel(part) for part in parts)])
