"""Linear convolutional networks: composition, function space, loss, critical points."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.critical import (
    CriticalFilters,
    FilterPoint,
    LocalSearch,
    classified,
    critical_filters,
    half_gradient,
    local_search,
    polished,
)
from equivariety.convolution.filter_moments import FilterMoments
from equivariety.convolution.filters import AnyFilter, as_filters, as_floats, compose, filter_jacobian, product_of
from equivariety.convolution.function_space import FunctionSpace
from equivariety.convolution.layers import ConvolutionalLayer
from equivariety.convolution.regularity import block_filters
from equivariety.deep.flows import gradient_flow
from equivariety.deep.imbalances import norm_imbalance
from equivariety.deep.trajectory import Trajectory
from equivariety.errors import as_positive_number, brief, check_flag, invalid
from equivariety.progress import Tell, shown

__all__ = ["LinearConvolutionalNetwork"]


@dataclass(frozen=True)
class LinearConvolutionalNetwork:
    """A network of one-dimensional convolutional layers with the identity as activation function.

    Filters are given as one sequence per layer, input to output.  Data are rows: X is (N, d_0) and Y is (N, d_L), where
    d_L follows from d_0; or :class:`FilterMoments` in place of both.

    Attributes:
        filter_sizes: k_1, ..., k_L, integers >= 1.
        strides: s_1, ..., s_L, integers >= 1.

    Raises TypeError and ValueError for other sizes.  Source: Kohn, Merkh, Montufar, Trager, "Geometry of linear
    convolutional networks" (arXiv 2108.01538); Kohn, Montufar, Shahverdi, Trager, "Function space and critical points
    of linear convolutional networks" (arXiv 2304.05752).

    >>> import equivariety as ev
    >>> net = ev.LinearConvolutionalNetwork(filter_sizes=(3, 2), strides=(2, 1))
    >>> net.compose([[1, 2, 3], [1, -1]]), net.end_to_end_stride, net.function_space.dim
    ([1, 2, 2, -2, -3], 2, 4)
    """

    filter_sizes: tuple[int, ...]
    strides: tuple[int, ...]

    def __post_init__(self) -> None:
        checked = Architecture(self.filter_sizes, self.strides)
        object.__setattr__(self, "filter_sizes", checked.filter_sizes)
        object.__setattr__(self, "strides", checked.strides)

    @cached_property
    def architecture(self) -> Architecture:
        """Scales, merged blocks and widths."""
        return Architecture(self.filter_sizes, self.strides)

    @property
    def depth(self) -> int:
        """Number of layers."""
        return len(self.filter_sizes)

    @property
    def num_parameters(self) -> int:
        """Number of weights of all filters."""
        return self.architecture.num_parameters

    @property
    def end_to_end_size(self) -> int:
        """Size k of the end-to-end filter."""
        return self.architecture.end_to_end_size

    @property
    def end_to_end_stride(self) -> int:
        """Stride of the end-to-end filter, the product of all strides."""
        return self.architecture.end_to_end_stride

    @property
    def function_space(self) -> FunctionSpace:
        """The set of all end-to-end filters."""
        return FunctionSpace(self.architecture)

    def layers(self, filters: object) -> tuple[ConvolutionalLayer, ...]:
        """Return the layers as linear operators.

        >>> net = LinearConvolutionalNetwork((3, 2), (2, 1))
        >>> first, second = net.layers([[1, 0, 1], [1, -1]])
        >>> second(first([1, 2, 3, 4, 5]))
        array([-4.])
        """
        pairs = zip(as_filters(self.architecture, filters), self.strides, strict=True)
        return tuple(ConvolutionalLayer(w, s) for w, s in pairs)

    def end_to_end_layer(self, filters: object) -> ConvolutionalLayer:
        """Return the layer of the end-to-end filter and stride, which does what all layers do one after another."""
        return ConvolutionalLayer(self.compose(filters), self.end_to_end_stride)

    def compose(self, filters: object) -> AnyFilter:
        """Return the end-to-end filter: a list for exact numbers (ints, Fractions, SymPy), an array (k,) for floats.

        Raises TypeError and ValueError for other filters, NaN and inf.

        >>> from fractions import Fraction
        >>> LinearConvolutionalNetwork((2, 2), (1, 1)).compose([[1, Fraction(1, 2)], [2, 2]])
        [2, Fraction(3, 1), Fraction(1, 1)]
        """
        return compose(self.architecture, filters)

    @property
    def merged(self) -> LinearConvolutionalNetwork:
        """The network without layers of filter size 1, those of equal scale merged, and the same end-to-end stride.

        Its function space contains that of this network, and spans the same variety.

        >>> LinearConvolutionalNetwork((3, 2, 1, 2), (1, 2, 3, 1)).merged
        LinearConvolutionalNetwork(filter_sizes=(4, 2), strides=(6, 1))
        """
        sizes, scales = self.architecture.merged_filter_sizes, [b.scale for b in self.architecture.blocks] or [1]
        if scales[0] > 1:
            sizes, scales = (1, *sizes), [1, *scales]
        strides = [b // a for a, b in pairwise([*scales, self.end_to_end_stride])]
        return LinearConvolutionalNetwork(sizes, tuple(strides))

    def merge(self, filters: object) -> tuple[AnyFilter, ...]:
        """Return the filters of :attr:`merged` with the same end-to-end filter, exact for exact ones.

        >>> LinearConvolutionalNetwork((2, 2, 2), (1, 2, 1)).merge([[1, 1], [1, 2], [3, 4]])
        ([1, 3, 2], [3, 4])
        """
        factors = block_filters(self.architecture, as_filters(self.architecture, filters))
        if self.architecture.step == 1:
            return factors
        one: AnyFilter = [1] if isinstance(factors[0], list) else np.ones(1)
        return (one, *factors)

    def jacobian(self, filters: object) -> AnyArray:
        """Return the derivative (k, sum_i k_i) of the end-to-end filter; dtype object for exact filters."""
        return filter_jacobian(self.architecture, filters)

    def polynomial(self, filters: object) -> Any:
        """Return the end-to-end filter as a homogeneous SymPy polynomial in x and y, the product of the layers' forms.

        The form of a filter w at scale S is ``sum_j w_j x^(S j) y^(S (k - 1 - j))``.

        >>> LinearConvolutionalNetwork((2, 2), (2, 1)).polynomial([[1, 2], [3, 4]])
        Poly(8*x**3 + 4*x**2*y + 6*x*y**2 + 3*y**3, x, y, domain='ZZ')
        """
        from sympy import Poly, Rational, symbols

        v = self.compose(filters)
        x, y = symbols("x y")
        given = v if isinstance(v, list) else v.tolist()
        if any({x, y} & getattr(c, "free_symbols", set()) for c in given):
            raise invalid(
                "filters", "free of the symbols x and y of the polynomial", "filters with them", "rename those"
            )
        values = [Rational(c.numerator, c.denominator) if isinstance(c, int | Fraction) else c for c in given]
        return Poly({(n, len(v) - 1 - n): c for n, c in enumerate(values)}, x, y)

    def moments(self, X: object, Y: object) -> FilterMoments:
        """Return all that the squared error knows of samples X (N, d_0) and targets Y (N, d_L).

        Warns (UserWarning) where the layers leave inputs unused.  Raises ValueError for empty data, NaN or inf, inputs
        shorter than the end-to-end filter and targets of another shape.
        """
        return FilterMoments.of_samples(self.architecture, X, Y)

    def loss(self, filters: object, X: object, Y: object = None) -> float:
        """Return the mean squared error per sample and output.

        >>> LinearConvolutionalNetwork((2, 2), (1, 1)).loss([[1, 1], [1, 1]], [[1, 0, 1]], [[0]])
        4.0
        """
        moments, checked = self._moments(X, Y), self._real(filters)
        return float(np.real(moments.loss(np.asarray(compose(self.architecture, checked)))))

    def gradient(self, filters: object, X: object, Y: object = None) -> tuple[FloatArray, ...]:
        """Return the gradient of :meth:`loss`, one array per layer."""
        moments, checked = self._moments(X, Y), self._real(filters)
        return self._split(2.0 * half_gradient(self.architecture, checked, moments.sigma, moments.cross) / moments.size)

    def gradient_flow(self, filters: object, X: object, Y: object = None, **options: Any) -> Trajectory:
        """Follow the gradient flow of :meth:`loss` from given filters; it conserves ``|w_i|^2 - |w_j|^2``.

        Args:
            filters: where it starts.
            X, Y: data, or moments and None.
            options: as for :func:`equivariety.deep.gradient_flow`.
        """
        moments = self._moments(X, Y)

        def loss_and_gradient(weights: tuple[FloatArray, ...]) -> tuple[float, tuple[FloatArray, ...]]:
            v = np.asarray(product_of(weights, self.architecture.scales))
            gradient = 2.0 * half_gradient(self.architecture, weights, moments.sigma, moments.cross) / moments.size
            return float(np.real(moments.loss(v))), self._split(gradient)

        return gradient_flow(loss_and_gradient, self._real(filters), **{"imbalance": norm_imbalance, **options})

    def classify(
        self, filters: object, X: object, Y: object = None, *, tolerance: float | None = None, polish: bool = False
    ) -> FilterPoint:
        """Return whether filters are a critical point of the squared error: pure, spurious, zero or none.

        Args:
            filters: one real filter per layer, such as trained ones.
            X, Y: data, or moments and None.
            tolerance: largest gradient, relative to the terms it is the difference of, that vanishes; None for the
                library's.
            polish: move to a critical point close by first (Levenberg-Marquardt), for weights that were not
                trained to rounding; ``.filters`` says where it is.

        Raises TypeError and ValueError for bad filters and data.

        >>> net = LinearConvolutionalNetwork((2, 2), (1, 1))
        >>> net.classify([[1, 0], [1, 0]], np.eye(3), [[1], [0], [1]])
        FilterPoint(kind='spurious', loss=0.333333, index=0, is_regular=False)
        """
        check_flag("polish", polish, "pass True or False")
        if tolerance is not None:
            tolerance = as_positive_number("tolerance", tolerance)
        moments, checked = self._moments(X, Y), self._real(filters)
        if polish:
            checked = polished(self.architecture, checked, moments)
        return classified(self.architecture, checked, moments, tolerance)

    def critical_points(
        self,
        X: object,
        Y: object = None,
        *,
        rng: np.random.Generator | None = None,
        progress: bool | Tell = False,
        seconds: float | None = None,
    ) -> CriticalFilters:
        """Return all critical points of the squared error with non-zero end-to-end filter, up to scaling of the layers.

        Complex points are included.  For generic data there are as many as the generic ED degree of the Segre variety
        of the filter sizes, whatever the strides; they are found by homotopy continuation from random data, whose
        critical points are found by monodromy.  ``complete`` says that all were found; for data that are not generic,
        such as whitened inputs, there may be fewer, and it is False.

        Args:
            X, Y: samples (N, d_0) and targets (N, d_L); or moments and None.
            rng: randomness of the random data; None takes fixed ones, remembered for each list of filter sizes.
            progress: True shows a bar on standard error; a function is called with (stage, fraction).
            seconds: time after which the search ends with what it has; None for no limit.

        Raises TypeError and ValueError for bad data; BudgetError (a ValueError) if there are more than 5,000.

        >>> rng = np.random.default_rng(1)
        >>> net = LinearConvolutionalNetwork((2, 2), (1, 1))
        >>> found = net.critical_points(rng.standard_normal((5, 3)), rng.standard_normal((5, 1)))
        >>> found.complete, len(found), sum(bool(p.is_regular) for p in found)
        (True, 6, 2)
        """
        if rng is not None and not isinstance(rng, np.random.Generator):
            raise invalid(
                "rng", "a numpy random Generator or None", brief(rng), "use np.random.default_rng(0)", TypeError
            )
        if not callable(progress):
            check_flag("progress", progress, "pass True, False or a function of (stage, fraction)")
        if seconds is not None:
            seconds = as_positive_number("seconds", seconds)
        moments = self._moments(X, Y)
        if callable(progress):
            told: Any = nullcontext(progress)
        else:
            told = shown() if progress else nullcontext(lambda stage, fraction: None)
        with told as tell:
            return critical_filters(self.architecture, moments, rng, tell, seconds)

    def local_search(self, X: object, Y: object = None, *, rng: np.random.Generator, starts: int = 100) -> LocalSearch:
        """Return the real critical points that Levenberg and Marquardt's method finds from random filters.

        It shares nothing with :meth:`critical_points` and so checks it; it may miss points.  Starts that are not among
        the hits ended at v = 0, at infinity, or nowhere.  None are returned where X or Y are zero.

        Args:
            X, Y: samples (N, d_0) and targets (N, d_L); or moments and None.
            rng: randomness of the starts.
            starts: how many.
        """
        if not isinstance(rng, np.random.Generator):
            raise invalid("rng", "a numpy random Generator", brief(rng), "use np.random.default_rng(0)", TypeError)
        return local_search(self.architecture, self._moments(X, Y), rng, starts)

    def _moments(self, X: object, Y: object) -> FilterMoments:
        if not isinstance(X, FilterMoments):
            if Y is None:
                raise invalid("Y", "an (N, d_L) array", "None", "pass targets, or moments in place of X", TypeError)
            return self.moments(X, Y)
        if Y is not None:
            raise invalid("Y", "left out where X are moments", "targets", "pass the moments alone", TypeError)
        if len(X.cross) != self.end_to_end_size:
            required, got = f"of filters of size {self.end_to_end_size}", f"moments of size {len(X.cross)}"
            raise invalid("X", required, got, "the size is the end-to-end filter size of this network")
        return X

    def _real(self, filters: object) -> tuple[AnyArray, ...]:
        arrays = [as_floats(f"filters[{i}]", w) for i, w in enumerate(as_filters(self.architecture, filters))]
        if any(np.iscomplexobj(w) for w in arrays):
            raise invalid("filters", "real", "complex numbers", "pass their real parts", TypeError)
        return tuple(w.astype(np.float64) for w in arrays)

    def _split(self, weights: AnyArray) -> tuple[FloatArray, ...]:
        return tuple(np.split(weights, np.cumsum(self.filter_sizes)[:-1]))
