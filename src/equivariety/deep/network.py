"""Deep fully connected linear networks: function space, critical functions, critical points, fibers, gradient flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from equivariety._typing import FloatArray, read_only
from equivariety.deep.centred_data import CentredData
from equivariety.deep.classification import Classification, judge, weights_tolerance
from equivariety.deep.critical_functions import CriticalFunction, find_critical_functions
from equivariety.deep.fibers import DeepFiber
from equivariety.deep.flows import gradient_descent, gradient_flow
from equivariety.deep.hessian import LossHessian
from equivariety.deep.imbalances import layer_imbalance
from equivariety.deep.layers import Layers, Weights, as_widths, product_of
from equivariety.deep.polishing import polished_layers
from equivariety.deep.sampling import CriticalSampler, Wish
from equivariety.deep.squared_error import SquaredError
from equivariety.deep.trajectory import Imbalance, LossAndGradient, Trajectory
from equivariety.deep.whitened_network import WhitenedNetwork
from equivariety.errors import check_flag, invalid
from equivariety.varieties import CriticalPoints, linear_maps

if TYPE_CHECKING:
    from equivariety.varieties import Component

__all__ = ["LinearNetwork"]


@dataclass(frozen=True)
class LinearNetwork:
    """A fully connected network without activations, ``x -> W_H ... W_1 x``.

    Weights are given as one (d_i, d_(i-1)) array per layer, input to output; with biases as one pair ``(W_i, c_i)`` per
    layer.  Samples are rows: X is (N, d_0) and Y is (N, d_H).

    Attributes:
        widths: (d_0, ..., d_H), integers from 1 to 10 000 000, input to output.
        bias: whether every layer adds a bias.

    Raises TypeError and ValueError for other widths.  Source for the geometry: Trager, Kohn, Bruna, "Pure and spurious
    critical points: a geometric study of linear networks" (arXiv 1910.01671).

    >>> import equivariety as ev
    >>> deep = ev.LinearNetwork((3, 2, 3))
    >>> deep.rank, deep.is_filling, deep.num_parameters, deep.function_space.dim
    (2, False, 12, 8)
    >>> X, Y = np.eye(3), np.diag([3.0, 2.0, 1.0])
    >>> [(f.subset, f.squared_error) for f in deep.critical_functions(X, Y)][:3]
    [((0, 1), 1.0), ((0, 2), 4.0), ((0,), 5.0)]
    >>> W = [np.diag([1.0, 0.0]) @ np.eye(2, 3), np.eye(3, 2) @ np.diag([3.0, 0.0])]
    >>> deep.classify(W, X, Y).kind, deep.classify(W, X, Y).type
    ('spurious', 'strict_saddle')
    """

    widths: tuple[int, ...]
    bias: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", as_widths(self.widths))
        check_flag("bias", self.bias, "leave it out for a network without biases")

    @property
    def depth(self) -> int:
        """The number H of layers."""
        return len(self.widths) - 1

    @property
    def rank(self) -> int:
        """The largest rank of a map of the network, its least width."""
        return min(self.widths)

    @property
    def num_parameters(self) -> int:
        """The number of weights, biases included."""
        return sum(b * (a + self.bias) for a, b in pairwise(self.widths))

    @property
    def is_filling(self) -> bool:
        """Whether every linear map is one of the network, no inner layer being narrower than input and output."""
        return self.rank == min(self.widths[0], self.widths[-1])

    @property
    def function_space(self) -> Component:
        """The matrices (d_H, d_0) of rank at most ``rank``: a determinantal variety; offsets are not restricted.

        >>> LinearNetwork((3, 2, 3)).function_space.degree
        3
        """
        space = linear_maps(self.widths[-1], self.widths[0], rank=self.rank)
        return next(iter(space.components()))

    def map(self, weights: object) -> FloatArray | tuple[FloatArray, FloatArray]:
        """Return the matrix (d_H, d_0) of the network; with biases the pair of matrix and offset (d_H,).

        Raises TypeError and ValueError for weights that do not fit.

        >>> LinearNetwork((2, 1), bias=True).map([([[1.0, 2.0]], [3.0])])
        (array([[1., 2.]]), array([3.]))
        """
        total = product_of(self._layers(weights).chain)
        return (total[:-1, :-1], total[:-1, -1]) if self.bias else np.array(total)

    def loss(self, weights: object, X: object, Y: object) -> float:
        """Return the mean squared error per sample and output coordinate.

        Raises TypeError and ValueError for weights and data that do not fit.

        >>> LinearNetwork((1, 1)).loss([[[2.0]]], [[1.0], [2.0]], [[2.0], [5.0]])
        0.5
        """
        with np.errstate(over="ignore", invalid="ignore"):
            found = SquaredError.of(self.widths, X, Y).mean(self._layers(weights))
        _check_finite(found)
        return found

    def gradient(self, weights: object, X: object, Y: object) -> Weights:
        """Return the derivatives of :meth:`loss` by the weights, in the same form; read-only arrays.

        Raises TypeError and ValueError for weights and data that do not fit.

        >>> LinearNetwork((1, 1)).gradient([[[2.0]]], [[1.0], [2.0]], [[2.0], [5.0]])[0].tolist()
        [[-2.0]]
        """
        return self._gradient(self._layers(weights), SquaredError.of(self.widths, X, Y)).weights

    def hessian(self, weights: object, X: object, Y: object) -> LossHessian:
        """Return the exact Hessian of :meth:`loss`: ``apply(direction)``, ``to_dense()``, ``size``.

        Raises TypeError and ValueError for weights and data that do not fit.

        >>> LinearNetwork((1, 1, 1)).hessian([[[0.0]], [[0.0]]], [[1.0]], [[1.0]]).to_dense().tolist()
        [[0.0, -2.0], [-2.0, 0.0]]
        """
        layers, error = self._layers(weights), SquaredError.of(self.widths, X, Y)
        self._gradient(layers, error)  # it checks that numbers do not overflow
        return LossHessian(layers, error)

    def critical_functions(self, X: object, Y: object) -> CriticalPoints[CriticalFunction]:
        """Return all maps that critical weights compute, those of least loss first, lazily; ``count`` is their number.

        They keep at most ``rank`` of the nonzero singular values of ``Z = Y' X (X' X)^(-1/2)``, X' being the transpose
        of X; with biases X and Y are centred before.  A network of one layer keeps all.  Those that keep ``rank`` of
        them are the critical points on the function space, which ``ev.critical_points(deep.function_space, X, Y)``
        lists with their Morse indices.

        Raises TypeError and ValueError for data that do not fit, and NonGenericDataError (a ValueError) with the
        dimension of the family where there are infinitely many: where nonzero singular values are equal or the inputs
        do not span their space.

        >>> found = LinearNetwork((2, 2, 2)).critical_functions(np.eye(2), np.diag([2.0, 1.0]))
        >>> found.count, [(f.subset, f.loss, f.is_pure_possible) for f in found][:2]
        (4, [((0, 1), 0.0, True), ((0,), 0.25, False)])
        """
        error = SquaredError.of(self.widths, X, Y)
        return find_critical_functions(self.widths, CentredData.of(error, bias=self.bias), error.size)

    def classify(
        self, weights: object, X: object, Y: object, *, tolerance: float | None = None, polish: bool = False
    ) -> Classification:
        """Tell whether weights are critical for the loss, pure or spurious, and minimum, strict or non-strict saddle.

        Works for any data: dependent inputs, and zero or equal singular values, which it reports as degenerate.  Where
        the tolerances do not separate the answers, the kind is "ambiguous" and ``reason`` says why.

        Args:
            weights: of the network.
            X, Y: samples (N, d_0) and targets (N, d_H).
            tolerance: relative gradients up to this count as zero, from 1000 times this as not zero; None for
                ``tolerances.critical_weights_tolerance()``.  See ``Classification.residual``.
            polish: for weights with few digits, as of float32 or of descent.  It classifies the critical point that
                Newton's method finds near the weights, if it is within ``tolerances.polishing_reach()``; it is in
                ``Classification.weights``.

        Raises TypeError and ValueError for weights, data and options that do not fit.

        >>> deep = LinearNetwork((2, 2, 2, 2))
        >>> deep.classify([np.zeros((2, 2))] * 3, np.eye(2), np.diag([2.0, 1.0])).type
        'non_strict_saddle'
        >>> best = deep.classify([np.eye(2), np.eye(2), np.diag([2.0, 1.0])], np.eye(2), np.diag([2.0, 1.0]))
        >>> best.kind, best.type, best.subset
        ('pure', 'global_minimum', (0, 1))

        Weights with few digits are not critical as they stand:

        >>> few = [np.eye(2), np.eye(2), np.diag([2.0, 1.0]) + 1e-6]
        >>> print(deep.classify(few, np.eye(2), np.diag([2.0, 1.0])).kind)
        not_critical
        >>> print(deep.classify(few, np.eye(2), np.diag([2.0, 1.0]), polish=True).type)
        global_minimum
        """
        layers, error = self._layers(weights), SquaredError.of(self.widths, X, Y)
        check_flag("polish", polish, "pass True to follow Newton's method first")
        allowed = weights_tolerance(tolerance)
        self._gradient(layers, error)  # it checks that numbers do not overflow
        total = error.total(layers)
        _check_finite(total)
        data = CentredData.of(error, bias=self.bias)
        net = WhitenedNetwork.of(layers.matrices, data.whitened)
        moved = 0.0
        if polish:
            layers, moved = polished_layers(layers, net, data)
            net = WhitenedNetwork.of(layers.matrices, data.whitened)
        offset, rounding = data.mean_error(layers)
        unit = net.unit
        verdict = judge(net, layers.matrices, allowed, offset=offset / unit, offset_rounding=rounding / unit)
        total = error.total(layers) if polish else total
        return Classification(
            kind=verdict.kind,
            type=verdict.type,
            rank=verdict.rank,
            subset=verdict.subset,
            loss=total / error.size,
            squared_error=total,
            residual=verdict.residual,
            distance=verdict.distance,
            gap=verdict.gap,
            is_degenerate=verdict.is_degenerate,
            reason=verdict.reason,
            weights=layers.weights,
            moved=moved,
        )

    def sample_critical_point(
        self,
        X: object,
        Y: object,
        rng: np.random.Generator,
        *,
        subset: object = None,
        kind: str | None = None,
        type: str | None = None,
        ranks: object = None,
    ) -> Weights:
        """Return random critical weights.

        Args:
            X, Y: samples (N, d_0) and targets (N, d_H).
            rng: the source of randomness.
            subset: positions of the singular values that the map keeps, 0 for the largest; () is the zero map.
            kind: "pure" or "spurious".
            type: "global_minimum", "strict_saddle" or "non_strict_saddle".
            ranks: the ranks of all products of layers: a rank pattern (a stratum of ``fiber(rank)``), or its rows.

        What is None is chosen at random.  Where there are inputs that the samples do not reach, the first layer is zero
        on them.  Raises TypeError for other types and ValueError if no critical point is as wished.

        >>> deep, X, Y = LinearNetwork((2, 2, 2, 2)), np.eye(2), np.diag([2.0, 1.0])
        >>> W = deep.sample_critical_point(X, Y, np.random.default_rng(0), subset=[1])
        >>> deep.map(W).round(9).tolist(), deep.classify(W, X, Y).type
        ([[0.0, 0.0], [0.0, 1.0]], 'strict_saddle')
        """
        if not isinstance(rng, np.random.Generator):
            raise invalid("rng", "a numpy.random.Generator", rng, "pass numpy.random.default_rng(0)", TypeError)
        wish = Wish.of(subset, kind, type, ranks)
        data = CentredData.of(SquaredError.of(self.widths, X, Y), bias=self.bias)
        sampler = CriticalSampler(self.widths, data)
        layers = sampler.with_biases(sampler.draw(wish, rng), rng)
        for array in (*layers.matrices, *(layers.biases or ())):
            read_only(array)
        return layers.weights

    def fiber(self, rank: int | None = None) -> DeepFiber:
        """Return the fiber of the multiplication of the matrices over one of that rank; None is a generic map.

        Its dimension, strata, components and points; biases are not part of it.  Raises ValueError unless ``rank`` is
        an integer from 0 to min(d_0, d_H).

        >>> LinearNetwork((3, 2, 4)).fiber(2).dim
        4
        """
        return DeepFiber(self.widths, self.rank if rank is None else rank)

    def fiber_dim(self, rank: int | None = None) -> int:
        """Return the dimension of all weights, biases included, of one map of that rank; None is a generic one.

        Raises ValueError as :meth:`fiber` does.

        >>> LinearNetwork((2, 2, 2, 2)).fiber_dim(1), LinearNetwork((2, 2, 2, 2), bias=True).fiber_dim(1)
        (8, 12)
        """
        weights = self.fiber(rank)
        free = sum(self.widths[1:-1]) if self.bias and not weights.is_empty else 0
        return weights.dim + free

    def gradient_flow(self, weights: object, X: object, Y: object, **options: Any) -> Trajectory:
        """Follow the gradient flow of :meth:`loss` from weights; what it conserves is ``layer_imbalance``.

        Args:
            weights: where it starts.
            X, Y: samples (N, d_0) and targets (N, d_H).
            options: those of ``deep.gradient_flow``, such as ``time``, ``times``, ``method``, ``rtol`` and ``seconds``.

        Returns a ``Trajectory``, its weights in the form of the given ones.  Raises TypeError and ValueError for
        weights and data that do not fit, and what ``deep.gradient_flow`` raises.

        >>> deep = LinearNetwork((1, 1, 1))
        >>> path = deep.gradient_flow([[[2.0]], [[0.1]]], [[1.0]], [[1.0]])
        >>> path.converged, float(path.losses[-1]) < 1e-12, path.imbalance < 1e-7
        (True, True, True)
        """
        loss_and_gradient, start, imbalance = self._flow(weights, X, Y)
        return self._in_form(gradient_flow(loss_and_gradient, start, **{"imbalance": imbalance, **options}))

    def gradient_descent(
        self, weights: object, X: object, Y: object, *, step: float, num_steps: int, **options: Any
    ) -> Trajectory:
        """Take steps of gradient descent for :meth:`loss` from weights; ``layer_imbalance`` drifts with the step.

        Args:
            weights: where it starts.
            X, Y: samples (N, d_0) and targets (N, d_H).
            step: length of the steps, > 0.
            num_steps: the largest number of steps.
            options: those of ``deep.gradient_descent``, as ``every`` and ``gradient_tolerance``.

        Returns a ``Trajectory``, its weights in the form of the given ones.  Raises TypeError and ValueError for
        weights and data that do not fit, and what ``deep.gradient_descent`` raises.

        >>> deep = LinearNetwork((1, 1, 1))
        >>> path = deep.gradient_descent([[[2.0]], [[0.1]]], [[1.0]], [[1.0]], step=0.05, num_steps=1000)
        >>> path.converged, deep.classify(path.end, [[1.0]], [[1.0]], polish=True).type
        (True, 'global_minimum')
        """
        loss_and_gradient, start, imbalance = self._flow(weights, X, Y)
        options = {"imbalance": imbalance, **options}
        return self._in_form(gradient_descent(loss_and_gradient, start, step=step, num_steps=num_steps, **options))

    def _flow(self, weights: object, X: object, Y: object) -> tuple[LossAndGradient, list[FloatArray], Imbalance]:
        """What gradient flow and descent go by, for lists of all matrices and then all biases."""
        error, start = SquaredError.of(self.widths, X, Y), self._layers(weights)
        self._gradient(start, error)  # it checks that numbers do not overflow

        def loss_and_gradient(arrays: Sequence[FloatArray]) -> tuple[float, list[FloatArray]]:
            at = self._of_arrays(arrays)
            slope = error.gradient(at)
            return error.mean(at), [*slope.matrices, *(slope.biases or ())]

        def imbalance(arrays: Sequence[FloatArray]) -> tuple[FloatArray, ...]:
            at = self._of_arrays(arrays)
            return layer_imbalance(at.matrices, at.biases)

        return loss_and_gradient, [*start.matrices, *(start.biases or ())], imbalance

    def _of_arrays(self, arrays: Sequence[FloatArray]) -> Layers:
        return Layers(tuple(arrays[: self.depth]), tuple(arrays[self.depth :]) or None)

    def _in_form(self, path: Trajectory) -> Trajectory:
        return replace(path, weights=tuple(self._of_arrays(arrays).weights for arrays in path.weights))

    def _layers(self, weights: object) -> Layers:
        found = Layers.of(self.widths, self.bias, weights)
        found.check_products()
        return found

    def _gradient(self, layers: Layers, error: SquaredError) -> Layers:
        """The gradient, which must be finite."""
        with np.errstate(over="ignore", invalid="ignore"):
            found = error.gradient(layers)
        _check_finite(*found.matrices, *(found.biases or ()))
        return found


def _check_finite(*numbers: float | FloatArray) -> None:
    if not all(np.isfinite(found).all() for found in numbers):
        required = "small enough that losses and gradients are floats"
        raise invalid("weights", required, "an overflow", "take smaller weights, or other units of X and Y")
