"""Whether given filters are a critical point of the squared error, and of which kind."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np

from equivariety._typing import AnyArray
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.critical.filter_hessian import balanced_filters, half_gradient, half_hessian, inertia
from equivariety.convolution.filter_moments import FilterMoments
from equivariety.convolution.filters import AnyFilters, filter_jacobian, product_of
from equivariety.convolution.regularity import JacobianRank, jacobian_rank, merged_jacobian, singularity
from equivariety.tolerances import critical_gradient

__all__ = ["FilterPoint", "Kind", "classified", "polished", "relative_gradient"]

Kind: TypeAlias = Literal["pure", "spurious", "zero", "not_critical", "ambiguous"]

# Between a gradient that vanishes and one that does not.
_UNCLEAR = 1e3


@dataclass(frozen=True, eq=False)
class FilterPoint:
    """A point of the parameter space of a convolutional network, as a critical point of the squared error.

    Attributes:
        filters: one array per layer, real or complex, rescaled to equal norms; zero ones stay.
        end_to_end_filter: their product v (k,).
        is_critical: whether the gradient vanishes; None if it is too close to say.
        kind: "pure" if v is a smooth point of the Zariski closure of the function space and critical for the
            squared error restricted to it; "spurious" if the filters are critical and v is not; "zero" for critical
            filters with v = 0; "not_critical"; "ambiguous" if rounding does not let it be decided.
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
    ('spurious', 2, [1.0, 2.0, 1.0], 'the filters are ramified, and the relative gradient on function space is 5.2e-01')
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
    layers = balanced_filters(filters)
    zero = any(not w.any() for w in layers)
    if (
        zero and moments.cross.any()
    ):  # the size of the others is free: of the order of the best filters, for the Hessian
        best = np.linalg.norm(moments.cross) / np.linalg.norm(moments.sigma, 2)
        layers = tuple(w * best ** (1 / architecture.depth) for w in layers)
    v = np.asarray(product_of(layers, architecture.scales))
    error = moments.squared_error(v)
    size = relative_gradient(architecture, layers, moments)

    def point(kind: Kind, reason: str, rank: JacobianRank | None = None) -> FilterPoint:
        critical = None if kind == "ambiguous" and size > bound else kind != "not_critical"
        known = critical and not np.iscomplexobj(v)
        index, nullity = inertia(architecture, layers, moments, modulo_scaling=not zero) if known else (None, None)
        number, regular = (None, None) if rank is None else (rank.rank, rank.is_regular)
        loss = error / moments.size
        return FilterPoint(layers, v, critical, kind, loss, error, index, nullity, number, regular, size, reason)

    if not zero and np.linalg.norm(moments.sigma, 2) * np.linalg.norm(v) <= bound * np.linalg.norm(moments.cross) > 0:
        return point("ambiguous", "the end-to-end filter is zero up to rounding, but no filter is")
    if size > bound * _UNCLEAR:
        return point("not_critical", f"the relative gradient is {size:.1e}")
    if size > bound:
        return point("ambiguous", f"the relative gradient {size:.1e} is neither below {bound:.1e} nor far above")
    if zero:
        return point("zero", "a filter is zero")
    rank = jacobian_rank(architecture, layers)
    if rank.is_regular:
        return point("pure", "the derivative of the product of the filters has full rank", rank)
    kind, reason = _at_ramified_filters(architecture, layers, moments, bound)
    if rank.is_regular is None and kind != "pure":  # a point that is pure either way is pure
        return point("ambiguous", "no gap tells the rank of the derivative of the product of the filters", rank)
    return point(kind, reason, rank)


def _at_ramified_filters(
    architecture: Architecture, layers: tuple[AnyArray, ...], moments: FilterMoments, bound: float
) -> tuple[Kind, str]:
    v = np.asarray(product_of(layers, architecture.scales))
    if len(architecture.blocks) > 1:
        singular = singularity(architecture, v).is_singular
        if singular is None:
            return "ambiguous", "whether the end-to-end filter is a smooth point cannot be told from rounding"
        if singular:
            return "spurious", "the end-to-end filter is a singular point of the closure of the function space"
    rho = moments.residual(v)
    tangent = merged_jacobian(architecture, layers)
    scale = np.linalg.norm(tangent, 2) * (np.linalg.norm(moments.sigma @ v) + np.linalg.norm(moments.cross))
    size = float(np.linalg.norm(tangent.T @ rho) / scale)
    if size <= bound:
        return "pure", "the gradient on function space vanishes, although the filters are ramified or almost"
    if size <= bound * _UNCLEAR:
        return "ambiguous", f"the relative gradient on function space {size:.1e} is close to zero"
    return "spurious", f"the filters are ramified, and the relative gradient on function space is {size:.1e}"


def relative_gradient(architecture: Architecture, layers: tuple[AnyArray, ...], moments: FilterMoments) -> float:
    """Return the largest layer's gradient over the size of the terms it is the difference of; 0 where these vanish."""
    gradient = half_gradient(architecture, layers, moments)
    jacobian = filter_jacobian(architecture, layers)
    v = np.asarray(product_of(layers, architecture.scales))
    size = np.linalg.norm(moments.sigma @ v) + np.linalg.norm(moments.cross)
    ends = np.cumsum([0, *architecture.filter_sizes])
    found = 0.0
    for a, b in pairwise(ends):
        scale = float(np.linalg.norm(jacobian[:, a:b]) * size)
        if scale:
            found = max(found, float(np.linalg.norm(gradient[a:b])) / scale)
    return found


def polished(architecture: Architecture, filters: AnyFilters, moments: FilterMoments) -> tuple[AnyArray, ...]:
    """Return the critical point that Levenberg and Marquardt's method finds from real filters, balanced."""
    from scipy.optimize import least_squares

    layers = balanced_filters(tuple(np.asarray(w, dtype=np.float64) for w in filters))
    ends = np.cumsum(architecture.filter_sizes)[:-1]

    def cut(theta: AnyArray) -> tuple[AnyArray, ...]:
        return tuple(np.split(theta, ends))

    found = least_squares(
        lambda theta: half_gradient(architecture, cut(theta), moments),
        np.concatenate(layers),
        jac=lambda theta: half_hessian(architecture, cut(theta), moments),
        method="lm",
        x_scale=1.0,
        ftol=1e-15,
        xtol=1e-15,
        gtol=1e-15,
    )
    return balanced_filters(cut(found.x))
