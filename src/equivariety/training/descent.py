"""Gradient descent on the factors of one component, to compare with the exact optimum.

This is how the network behind the component is usually trained: the encoder and decoder with the component's weight
sharing, from a random start (Kohn, Sattelberger, Shahverdi, arXiv 2309.13736).  In block coordinates, an isometry,
the squared error is a sum over blocks, so a step costs thin products of small matrices.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from numbers import Real
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from equivariety._typing import FloatArray
from equivariety.errors import as_nonnegative_int, invalid
from equivariety.linalg.threads import single_threaded_blas
from equivariety.representations import EquivariantMap
from equivariety.tolerances import descent_decrease, descent_gradient
from equivariety.training.descent_problem import FactoredProblem
from equivariety.training.exact_fit import check_options
from equivariety.training.losses import mean_squared_error
from equivariety.training.samples import Samples
from equivariety.varieties import Component

__all__ = ["Descent", "gradient_descent"]

Optimizer: TypeAlias = Literal["adam", "l-bfgs"]

#: Called with the number of epochs done and the objective after them.
Tell: TypeAlias = Callable[[int, float], object]

# Adam's decay rates and regularizer as its authors recommend them (arXiv 1412.6980).
_FIRST, _SECOND, _SMALL = 0.9, 0.999, 1e-8


@dataclass(frozen=True, eq=False)
class Descent:
    """Where gradient descent ended.

    Attributes:
        map: the best map that was seen, in the component.
        component: the component that was searched.
        loss: mean squared error per sample and output coordinate of ``map`` on all data, without the penalty.
        losses: (epochs,) what was minimized, after each epoch and on all data: the mean squared error, with a ridge
            plus ``alpha |M|^2`` over samples and outputs; read-only.
        epochs: passes through the data ("adam") or iterations ("l-bfgs").
        converged: whether the stopping rule ended the search, and not the largest number of epochs.
        seconds: wall time.

    >>> import equivariety as ev
    >>> component = ev.equivariant_maps(ev.groups.cyclic(3), rank=1).component((1, 0))
    >>> found = gradient_descent(component, np.eye(3), optimizer="l-bfgs", rng=np.random.default_rng(0))
    >>> found.converged, len(found.losses) == found.epochs, np.asarray(found.map).round(4).tolist()[0]
    (True, True, [0.3333, 0.3333, 0.3333])
    """

    map: EquivariantMap
    component: Component
    loss: float
    losses: FloatArray
    epochs: int
    converged: bool
    seconds: float


def gradient_descent(
    component: Component,
    X: object,
    Y: object = None,
    *,
    rng: np.random.Generator,
    optimizer: Optimizer = "adam",
    alpha: float = 0.0,
    learning_rate: float = 1e-3,
    batch_size: int = 128,
    max_epochs: int | None = None,
    tolerance: float = 1e-4,
    patience: int = 5,
    progress: bool | Tell = False,
) -> Descent:
    """Minimize the squared error over a component by gradient descent on factors with its weight sharing.

    Each block's matrix is left @ right^*, of ``component.num_parameters`` real parameters in all.  The start is
    Gaussian, such that the matrix of a block of rank r has expected squared Frobenius norm r, once inputs and targets
    are scaled to mean square one.  :func:`fit` finds the global optimum without all this; descent is here to compare.

    Args:
        component: one component (or stratum) of a rank-bounded space.
        X: samples, shape (N, n), real and finite.  float32 (in Y too) is trained in float32 by "adam" and gives a
            float32 map, everything else float64.
        Y: targets, shape (N, m); None trains an autoencoder, which needs the same action on both sides.
        rng: for the start and the order of the samples.
        optimizer: "adam" on minibatches, or "l-bfgs" on all data through the second moments of the blocks.
        alpha: ridge, >= 0: what is minimized is ``sum |y - M x|^2 + alpha |M|^2``, as in :func:`fit`.
        learning_rate, batch_size: of "adam".
        max_epochs: None is 200 for "adam" and 10,000 for "l-bfgs", whose iterations are cheap.
        tolerance, patience: "adam" stops once ``patience`` epochs in a row have not lowered the objective on all data
            by the fraction ``tolerance``, and returns the best map it has seen.  "l-bfgs" stops at rounding.
        progress: True shows a bar on standard error; a function is called with (epoch, objective) after each epoch.

    Returns a :class:`Descent`.  Raises TypeError or ValueError for bad arguments and data, for data beyond the memory
    budget, and for a learning rate with which the objective leaves the floating-point range.

    >>> import equivariety as ev
    >>> X = ev.datasets.load_digits().train
    >>> component = ev.equivariant_maps(ev.groups.shift((8, 8), axis=1), rank=3).component((1, 1, 0, 0, 0))
    >>> found = ev.gradient_descent(component, X, optimizer="l-bfgs", rng=np.random.default_rng(0))
    >>> best = ev.fit(component, X).loss
    >>> found.converged, 0 <= found.loss / best - 1 < 1e-6
    (True, True)
    """
    start = time.perf_counter()
    if not isinstance(component, Component):
        raise invalid("component", "a Component", component, "choose one: space.component(ranks)", TypeError)
    hom = component.space.hom
    if Y is None and not hom.is_endomorphic:
        required = "of maps from an action to itself for an autoencoder"
        raise invalid("component", required, f"shape {hom.shape}", "use target=None, or pass targets Y")
    if not isinstance(rng, np.random.Generator):
        raise invalid("rng", "a numpy.random.Generator", rng, "pass numpy.random.default_rng(0)", TypeError)
    if optimizer not in get_args(Optimizer):
        raise invalid("optimizer", '"adam" or "l-bfgs"', optimizer, "choose one of them")
    ridge, _ = check_options(alpha, False)
    rate = _number("learning_rate", learning_rate)
    if rate == 0:
        raise invalid("learning_rate", "a finite number > 0", learning_rate, "pass 1e-3")
    stop = _StoppingRule(_number("tolerance", tolerance), _positive_int("patience", patience))
    batch = _positive_int("batch_size", batch_size)
    default = 200 if optimizer == "adam" else 10_000
    epochs = default if max_epochs is None else _positive_int("max_epochs", max_epochs)
    samples = Samples.of(hom.shape, X, Y)
    problem = FactoredProblem.of(component, samples, ridge)
    with _told(progress, epochs) as tell:
        if problem.num_parameters == 0:
            end = _End(np.zeros(0), [], converged=True)
        elif optimizer == "adam":
            end = _adam(problem, rng, rate, batch, epochs, stop, tell)
        else:
            end = _l_bfgs(problem, rng, epochs, tell)
    mapping = problem.map(end.parameters, samples.dtype)
    losses = np.array(end.losses, dtype=np.float64)
    losses.flags.writeable = False
    loss = mean_squared_error(mapping, samples.x, samples.y)
    return Descent(mapping, component, loss, losses, len(losses), end.converged, time.perf_counter() - start)


@dataclass(frozen=True, slots=True)
class _End:
    """The best parameters, the objective after each epoch, and whether the stopping rule ended the search."""

    parameters: FloatArray
    losses: Sequence[float]
    converged: bool


@dataclass
class _StoppingRule:
    """Counts the epochs since the objective last fell by a fraction; ``reference`` is what it fell to."""

    tolerance: float
    patience: int
    reference: float = np.inf
    waited: int = 0

    def ends(self, objective: float) -> bool:
        if objective < self.reference * (1.0 - self.tolerance):
            self.reference, self.waited = objective, 0
        else:
            self.waited += 1
        return self.waited >= self.patience


def _adam(
    problem: FactoredProblem,
    rng: np.random.Generator,
    rate: float,
    batch: int,
    epochs: int,
    stop: _StoppingRule,
    tell: Tell,
) -> _End:
    dtype, count = problem.samples.dtype, len(problem.samples)
    data = problem.coordinates(dtype)
    parameters = problem.random_start(rng, dtype)
    best, least = parameters.copy(), problem.objective(parameters)
    losses: list[float] = []
    gradient, first, second = (np.zeros_like(parameters) for _ in range(3))
    step = 0
    for epoch in range(1, epochs + 1):
        order = rng.permutation(count)
        # Such small products lose by BLAS's own threads.  A rate that is too large is found after the epoch.
        with single_threaded_blas(), np.errstate(over="ignore", invalid="ignore"):
            for begin in range(0, count, batch):
                chosen = order[begin : begin + batch]
                rows = [(x[chosen].reshape(-1, x.shape[-1]), y[chosen].reshape(-1, y.shape[-1])) for x, y in data]
                problem.add_batch(parameters, rows, gradient)
                problem.add_penalty(parameters, gradient, len(chosen) / count)
                gradient /= len(chosen)
                step += 1
                first += (1.0 - _FIRST) * (gradient - first)
                second += (1.0 - _SECOND) * (gradient**2 - second)
                length = rate * np.sqrt(1.0 - _SECOND**step) / (1.0 - _FIRST**step)
                parameters -= dtype.type(length) * first / (np.sqrt(second) + dtype.type(_SMALL))
            objective = problem.objective(parameters)
        if not isfinite(objective):
            raise invalid("learning_rate", "small enough for a finite objective", rate, "lower it")
        losses.append(objective)
        if objective < least:
            best, least = parameters.copy(), objective
        tell(epoch, objective)
        if stop.ends(objective):
            return _End(best, losses, converged=True)
    return _End(best, losses, converged=False)


def _l_bfgs(problem: FactoredProblem, rng: np.random.Generator, epochs: int, tell: Tell) -> _End:
    from scipy.optimize import minimize

    losses: list[float] = []

    def after(intermediate_result: Any) -> None:
        losses.append(problem.y_unit**2 * float(intermediate_result.fun))
        tell(len(losses), losses[-1])

    with single_threaded_blas():
        found = minimize(
            problem.value_and_gradient,
            problem.random_start(rng, np.dtype(np.float64)),
            jac=True,
            method="L-BFGS-B",
            callback=after,
            options={
                "maxiter": epochs,
                "maxfun": 20 * epochs,
                "maxcor": 20,
                "ftol": descent_decrease(),
                "gtol": descent_gradient(),
            },
        )
    # Status 1 is the limit on iterations, 2 a line search that rounding has stopped.
    return _End(np.asarray(found.x), losses, converged=found.status != 1)


@contextmanager
def _told(progress: object, epochs: int) -> Iterator[Tell]:
    """Give the function that is told about each epoch; a bar lives as long as the context."""
    if callable(progress):
        yield progress
        return
    if not isinstance(progress, bool | np.bool_):
        raise invalid("progress", "True, False or a function of (epoch, loss)", progress, "pass True", TypeError)
    if not progress:
        yield lambda epoch, objective: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("epoch", total=epochs)
        yield lambda epoch, objective: bar.update(task, completed=epoch, description=f"objective {objective:.6g}")


def _number(name: str, value: object) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise invalid(name, "a finite number >= 0", value, "leave it out for the default", TypeError)
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    if not (isfinite(number) and number >= 0):
        raise invalid(name, "a finite number >= 0", value, "leave it out for the default")
    return number


def _positive_int(name: str, value: object) -> int:
    number = as_nonnegative_int(name, value)
    if number == 0:
        raise invalid(name, "an integer >= 1", value, "leave it out for the default")
    return number
