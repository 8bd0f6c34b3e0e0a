"""All critical points of the squared error of a convolutional network, and what is known about having all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equivariety._typing import AnyArray
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.critical.point_kinds import FilterPoint, Kind, PointType, classified, relative_gradient
from equivariety.convolution.filter_moments import FilterMoments

__all__ = ["CriticalFilter", "CriticalFilters"]


@dataclass(frozen=True, eq=False)
class CriticalFilter:
    """A critical point of the squared error, up to scaling of the layers, with non-zero end-to-end filter.

    Attributes:
        filters: one array per layer, of equal norms; complex ones for points that are not real.
        end_to_end_filter: their product (k,).
        squared_error: sum of squared errors; for a complex point the complex value of this polynomial.

    >>> import equivariety as ev
    >>> net = ev.LinearConvolutionalNetwork((2, 2), (2, 1))
    >>> X, Y = [[1, 0, 0, 1], [0, 2, 1, 0], [1, 0, 3, 0], [0, 1, 0, 1]], [[1], [2], [3], [1]]
    >>> best = net.critical_points(X, Y)[0]
    >>> best.kind, best.index, best.is_regular, best.position, [len(w) for w in best.filters]
    ('pure', 0, True, 'interior', [2, 2])
    """

    filters: tuple[AnyArray, ...]
    end_to_end_filter: AnyArray
    squared_error: float | complex
    _architecture: Architecture
    _moments: FilterMoments

    def __repr__(self) -> str:
        if self.is_real:
            return f"CriticalFilter(loss={self.loss:.6g}, kind={self.kind!r}, index={self.index})"
        return f"CriticalFilter(loss={self.loss:.4g}, complex)"

    @property
    def is_real(self) -> bool:
        """Whether the filters are real."""
        return not np.iscomplexobj(self.end_to_end_filter)

    @property
    def loss(self) -> float | complex:
        """Mean squared error per sample and output; complex for complex points."""
        return self.squared_error / self._moments.size

    @cached_property
    def _point(self) -> FilterPoint:
        return classified(self._architecture, self.filters, self._moments)

    @property
    def kind(self) -> Kind:
        """How the point arises, "pure", "spurious", or "ambiguous" where rounding does not let it be decided."""
        return self._point.kind

    @property
    def is_regular(self) -> bool | None:
        """Whether the derivative of the product of the filters has full rank there; ramified points are not."""
        return self._point.is_regular

    @property
    def index(self) -> int | None:
        """Number of negative eigenvalues of the Hessian modulo scaling, 0 for minima; None for complex points."""
        return self._point.index

    @property
    def nullity(self) -> int | None:
        """Number of zero eigenvalues of the Hessian modulo scaling; None for complex points."""
        return self._point.nullity

    @property
    def type(self) -> PointType | None:
        """By the Hessian "local_minimum" or "strict_saddle"; None for complex points and where that is open."""
        return self._point.type

    @property
    def gradient_norm(self) -> float:
        """Norm of the gradient over that of the terms it is the difference of, about 1e-16."""
        return relative_gradient(self._architecture, self.filters, self._moments)

    @cached_property
    def position(self) -> str | None:
        """Position of the end-to-end filter in the function space, "interior", "boundary" or "singular".

        None for complex points, and where rounding does not let it be decided.
        """
        from equivariety.convolution.membership import membership

        return membership(self._architecture, self.end_to_end_filter).position if self.is_real else None


@dataclass(frozen=True, eq=False)
class CriticalFilters:
    """The critical points that were found; iterating gives them, real ones first, by increasing loss.

    Attributes:
        points: critical points up to scaling of the layers with non-zero end-to-end filter, complex ones included.
        expected: how many there are for generic data: the generic ED degree of the Segre variety.
        complete: whether as many distinct simple ones were found: then there is no other isolated one, and for generic
            data no other at all.
        nongeneric_reason: why the data are not generic, where this is known; then there are fewer than expected as a
            rule.
        reason: one line on what was found.
        seconds: wall time.

    >>> import equivariety as ev
    >>> rng = np.random.default_rng(0)
    >>> net = ev.LinearConvolutionalNetwork((3, 2), (2, 1))
    >>> found = net.critical_points(rng.standard_normal((9, 5)), rng.standard_normal((9, 1)))
    >>> found
    CriticalFilters(10 of 10, complete, 2 real)
    >>> [(p.kind, p.index) for p in found.real_points]
    [('pure', 0), ('pure', 1)]
    """

    points: tuple[CriticalFilter, ...]
    expected: int
    complete: bool
    nongeneric_reason: str | None
    reason: str
    seconds: float

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, position: int) -> CriticalFilter:
        return self.points[position]

    def __iter__(self) -> Iterator[CriticalFilter]:
        return iter(self.points)

    def __repr__(self) -> str:
        known = "complete" if self.complete else "incomplete"
        return f"CriticalFilters({len(self.points)} of {self.expected}, {known}, {len(self.real_points)} real)"

    @property
    def real_points(self) -> tuple[CriticalFilter, ...]:
        """The real ones, by increasing loss."""
        return tuple(p for p in self.points if p.is_real)

    @property
    def minima(self) -> tuple[CriticalFilter, ...]:
        """The real ones without negative eigenvalue of the Hessian, by increasing loss."""
        return tuple(p for p in self.real_points if p.index == 0)
