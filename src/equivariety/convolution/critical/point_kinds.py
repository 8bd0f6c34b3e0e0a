"""Whether given filters are a critical point of the squared error, and of which kind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import exp, inf
from typing import Literal, TypeAlias

import numpy as np

from equivariety._typing import AnyArray, read_only
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.critical.filter_hessian import half_gradient, half_hessian, inertia
from equivariety.convolution.filter_moments import FilterMoments
from equivariety.convolution.filters import AnyFilters, balanced_filters, filter_jacobian, product_of, unit_filters
from equivariety.convolution.regularity import JacobianRank, jacobian_rank, merged_jacobian, singularity
from equivariety.tolerances import critical_gradient, product_rounding, separation, vanishing_range

__all__ = ["FilterPoint", "Kind", "PointType", "classified", "polished", "relative_gradient"]

Kind: TypeAlias = Literal["pure", "spurious", "zero", "not_critical", "ambiguous"]
PointType: TypeAlias = Literal["local_minimum", "strict_saddle"]


@dataclass(frozen=True, eq=False)
class FilterPoint:
    """A point of the parameter space of a convolutional network, as a critical point of the squared error.

    Attributes:
        filters: one array per layer, real or complex, rescaled to equal norms; zero ones stay.
        end_to_end_filter: their product v (k,).
        is_critical: whether the gradient vanishes; None if it is too close to say.
        kind: "pure" if v is critical for the squared error on function space: if no filter of size k is better, or if
            the slope is orthogonal to the tangent space, v being a smooth point of the Zariski closure or the filters a
            regular point; "spurious" for other critical filters with v not 0; "zero" for critical ones with v = 0;
            "not_critical"; "ambiguous" if rounding does not let it be decided.
        loss: mean squared error per sample and output; the complex value of this polynomial for complex filters.
        squared_error: sum of squared errors, likewise.
        index: number of negative eigenvalues of the Hessian modulo scaling of the layers (of the whole Hessian where
            v = 0); None for points that are not critical or not real.
        nullity: number of its zero eigenvalues; None likewise.
        rank: rank of the derivative of the filters' product; None where v = 0.
        is_regular: whether that rank is the dimension of the function space; None if no gap decides.
        gradient_norm: norm of the gradient over that of the terms it is the difference of.
        reason: one line on how the kind was found.

    >>> import equivariety as ev
    >>> net = ev.LinearConvolutionalNetwork((2, 2), (1, 1))
    >>> point = net.classify([[1, 1], [1, 1]], np.eye(3), [[3], [0], [3]])
    >>> point.kind, point.rank, point.end_to_end_filter.tolist(), point.reason
    ('spurious', 2, [1.0, 2.0, 1.0], 'the filters are ramified, and the relative gradient on function space is 3.0e-01')
    """

    filters: tuple[AnyArray, ...]
    end_to_end_filter: AnyArray
    is_critical: bool | None
    kind: Kind
    loss: float | complex
    squared_error: float | complex
    index: int | None
    nullity: int | None
    rank: int | None
    is_regular: bool | None
    gradient_norm: float
    reason: str

    @property
    def type(self) -> PointType | None:
        """By the Hessian "local_minimum" or "strict_saddle"; None if that is open, or the point is not critical.

        It is open where all eigenvalues are >= 0 and some vanish besides those of the scalings.
        """
        if self.index is None:
            return None
        if self.index:
            return "strict_saddle"
        return None if self.nullity else "local_minimum"

    def __repr__(self) -> str:
        return (
            f"FilterPoint(kind={self.kind!r}, loss={self.loss:.6g}, index={self.index}, is_regular={self.is_regular})"
        )


def classified(
    architecture: Architecture, filters: AnyFilters, moments: FilterMoments, tolerance: float | None = None
) -> FilterPoint:
    """Return what kind of point filters are, for checked arguments.

    The kind follows Trager, Kohn, Bruna (ICLR 2020): a critical point is pure if it comes from a critical point on
    function space.  Where the derivative of the product of the filters has full rank this is so; elsewhere the
    derivative of the product of the merged blocks is taken, whose image is the tangent space at smooth points.
    """
    bound = critical_gradient() if tolerance is None else tolerance
    place = _Place(architecture, filters, moments)
    return _judged(place, bound)


class _Place:
    """Filters of norm one and the data in the units of their product, so that no numbers overflow or vanish.

    The product of the given filters is ``v = size * unit``; the derivatives of the squared error at the given filters
    are, up to a factor for each layer, those of ``1/2 v' sigma v - cross' v / size`` at the unit filters, or the same
    divided by ``1 / size``.
    """

    def __init__(self, architecture: Architecture, filters: AnyFilters, moments: FilterMoments) -> None:
        self.architecture, self.moments = architecture, moments
        self.filters = balanced_filters(filters)
        self.layers, log_size = unit_filters(self.filters)
        self.zero = log_size == -inf
        self.v = np.asarray(product_of(self.filters, architecture.scales))
        self.unit = np.asarray(product_of(self.layers, architecture.scales))
        # How the filters and the cross moments are weighed against each other.
        scale = max(log_size, 0.0)
        self.filter_weight, self.cross_weight = exp(log_size - scale), exp(-scale)

    @cached_property
    def image(self) -> AnyArray:
        """``sigma v`` in units."""
        return np.asarray(self.moments.sigma @ (self.filter_weight * self.unit))

    @cached_property
    def target(self) -> AnyArray:
        """``cross`` in the same units."""
        return self.moments.cross * self.cross_weight

    def relative(self, jacobian: AnyArray) -> float:
        """The largest derivative along a column over that of the terms it is the difference of; 0 where these vanish.

        Entries are compared in the units of sigma, so that directions of small inputs count as much as others.
        """
        scales = self.moments.scales
        columns = np.linalg.norm(jacobian * scales[:, None], axis=0)
        terms = columns * float(np.linalg.norm(self.image / scales) + np.linalg.norm(self.target / scales))
        slopes = np.abs(jacobian.T @ (self.image - self.target))
        slopes = np.where(slopes <= columns * self.rounding, 0.0, slopes)
        return float(np.max(slopes / np.where(terms > 0, terms, 1.0), initial=0.0, where=terms > 0))

    @property
    def rounding(self) -> float:
        """What rounding may leave of ``sigma v`` where it vanishes."""
        moments = self.moments
        largest = np.abs(moments.sigma) @ np.abs(self.filter_weight * self.unit)
        return product_rounding(len(self.unit)) * float(np.linalg.norm(largest / moments.scales))

    @cached_property
    def gradient(self) -> float:
        """The relative gradient."""
        return self.relative(filter_jacobian(self.architecture, self.layers))

    @property
    def vanishes(self) -> float:
        """How large the product of the filters is, compared with the filters that fit best."""
        scales = self.moments.scales
        target = float(np.linalg.norm(self.target / scales))
        return float(np.linalg.norm(self.filter_weight * self.unit * scales)) / target if target else inf

    def inertia(self) -> tuple[int, int]:
        """Numbers of negative and of zero eigenvalues of the Hessian, at balanced filters in units."""
        moments, depth = self.moments, self.architecture.depth
        if self.zero:  # the size of the others is free: of the order of the best filters
            best = float(np.linalg.norm(moments.best)) or 1.0
            layers = tuple(w * best ** (1 / depth) for w in self.layers)
            return inertia(self.architecture, layers, moments.sigma, moments.cross, modulo_scaling=False)
        weight = self.filter_weight ** (1 / depth)
        layers = tuple(w * weight for w in self.layers)
        return inertia(self.architecture, layers, moments.sigma, self.target, modulo_scaling=True)


def _judged(place: _Place, bound: float) -> FilterPoint:
    size, moments = place.gradient, place.moments

    def point(kind: Kind, reason: str, rank: JacobianRank | None = None) -> FilterPoint:
        critical = None if kind == "ambiguous" and not size <= bound else kind != "not_critical"
        index, nullity = place.inertia() if critical and not np.iscomplexobj(place.v) else (None, None)
        number, regular = (None, None) if rank is None else (rank.rank, rank.is_regular)
        with np.errstate(over="ignore", invalid="ignore"):  # the loss of huge filters is inf
            error = moments.squared_error(place.v)
        filters = tuple(read_only(w) for w in place.filters)
        counts = index, nullity, number, regular
        return FilterPoint(
            filters, read_only(place.v), critical, kind, error / moments.size, error, *counts, size, reason
        )

    if not place.zero and place.vanishes <= bound:
        return point("ambiguous", "the end-to-end filter is zero up to rounding, but no filter is")
    if size > bound * separation():
        return point("not_critical", f"the relative gradient is {size:.1e}")
    if not size <= bound:
        reason = f"the relative gradient {size:.1e} is neither below {bound:.1e} nor far above; polish=True helps"
        return point("ambiguous", reason)
    if place.zero:
        return point("zero", "a filter is zero")
    rank = jacobian_rank(place.architecture, place.layers)
    if rank.is_regular:
        return point("pure", "the derivative of the product of the filters has full rank", rank)
    kind, reason = _at_ramified_filters(place, bound)
    if rank.is_regular is None and kind != "pure":  # a point that is pure either way is pure
        return point("ambiguous", "no gap tells the rank of the derivative of the product of the filters", rank)
    return point(kind, reason, rank)


def _at_ramified_filters(place: _Place, bound: float) -> tuple[Kind, str]:
    if place.relative(np.eye(len(place.unit))) <= bound:
        return "pure", "no end-to-end filter at all is better"
    if len(place.architecture.blocks) > 1:
        singular = singularity(place.architecture, place.unit, vanishing_range()[1]).is_singular
        if singular is None:
            return "ambiguous", "whether the end-to-end filter is a smooth point cannot be told from rounding"
        if singular:
            return "spurious", "the end-to-end filter is a singular point of the closure of the function space"
    size = place.relative(merged_jacobian(place.architecture, place.layers))
    if size <= bound:
        return "pure", "the gradient on function space vanishes, although the filters are ramified or almost"
    if size <= bound * separation():
        return "ambiguous", f"the relative gradient on function space {size:.1e} is close to zero"
    return "spurious", f"the filters are ramified, and the relative gradient on function space is {size:.1e}"


def relative_gradient(architecture: Architecture, filters: AnyFilters, moments: FilterMoments) -> float:
    """Return the largest derivative of the squared error by a weight over the terms it is the difference of."""
    return _Place(architecture, filters, moments).gradient


def polished(architecture: Architecture, filters: AnyFilters, moments: FilterMoments) -> tuple[AnyArray, ...]:
    """Return the critical point that Levenberg and Marquardt's method finds from real filters, balanced."""
    from scipy.optimize import least_squares

    layers = balanced_filters(tuple(np.asarray(w, dtype=np.float64) for w in filters))
    ends = np.cumsum(architecture.filter_sizes)[:-1]

    def cut(theta: AnyArray) -> tuple[AnyArray, ...]:
        return tuple(np.split(theta, ends))

    found = least_squares(
        lambda theta: half_gradient(architecture, cut(theta), moments.sigma, moments.cross),
        np.concatenate(layers),
        jac=lambda theta: half_hessian(architecture, cut(theta), moments.sigma, moments.cross),
        method="lm",
        x_scale=1.0,
        ftol=1e-15,
        xtol=1e-15,
        gtol=1e-15,
    )
    return balanced_filters(cut(found.x))
