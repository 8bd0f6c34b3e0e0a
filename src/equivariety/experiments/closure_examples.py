"""The function space of filter sizes (3, 2) and stride 2 is closed, and yet not all real solutions of its equations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from equivariety.convolution import FilterMoments, LinearConvolutionalNetwork

__all__ = ["ClosureGap", "ConvergingFilters", "closure_gap", "converging_filters"]


@dataclass(frozen=True)
class ConvergingFilters:
    """End-to-end filters of a network that converge, with the filters of the layers; all exact.

    Attributes:
        filters: of the layers, for n = 1, 2, ...
        end_to_end: their products v_n.
        limit: of these.
        limit_filters: of the layers, with product the limit; None if there are none.

    >>> [str(c) for c in converging_filters(1).end_to_end[0]]
    ['1', '-1', '-2', '1', '1']
    """

    filters: tuple[tuple[list[Fraction], ...], ...]
    end_to_end: tuple[list[Fraction], ...]
    limit: list[Fraction]
    limit_filters: tuple[list[Fraction], ...] | None


@dataclass(frozen=True)
class ClosureGap:
    """A real point of the Zariski closure outside the function space F, and the nearest point of F.

    Attributes:
        outside: the point; it satisfies all equations of F.
        nearest: the point of F at least distance, exact.
        squared_distance: the square of that distance.
        found: the least value among the critical points that continuation finds, a check.

    >>> gap = closure_gap()
    >>> bool(gap.squared_distance > 0), abs(gap.found - float(gap.squared_distance)) < 1e-9
    (True, True)
    """

    outside: list[int]
    nearest: list[Fraction]
    squared_distance: Fraction
    found: float


def converging_filters(count: int = 5) -> ConvergingFilters:
    """Return points v_n of F that converge, for filter sizes (3, 2) and stride 2, with their limit, which is in F too.

    The filters are ``(-1, 1/n, 1)`` and ``(-1, 1)``; the forms ``(x^2 + x/n - 1)(x^2 - 1)`` converge to
    ``(x^2 - 1)^2``, a singular point of the Zariski closure.  F is closed, although it is not all of its real points.

    Args:
        count: number of points.

    >>> found = converging_filters(3)
    >>> [str(c) for c in found.end_to_end[2]], [str(c) for c in found.limit], found.limit_filters is not None
    (['1', '-1/3', '-2', '1/3', '1'], ['1', '0', '-2', '0', '1'], True)
    """
    net = LinearConvolutionalNetwork((3, 2), (2, 1))
    one = Fraction(1)
    filters = tuple(([-one, Fraction(1, n), one], [-one, one]) for n in range(1, count + 1))
    limit = [one, Fraction(0), Fraction(-2), Fraction(0), one]
    verdict = net.function_space.membership(limit)
    limit_filters = None if verdict.filters is None else tuple(list(w) for w in verdict.filters)
    return ConvergingFilters(filters, tuple(_exact(net, w) for w in filters), limit, limit_filters)


def closure_gap() -> ClosureGap:
    """Return the distance of ``x^4 + x^2 + 1`` from F, for filter sizes (3, 2) and stride 2.

    It is ``(x^2 - w)(x^2 - 1/w)``, w a complex cube root of 1: a real point of the Zariski closure, not in F.  For
    filters (a, b, c) and (d, e) with ``d^2 + e^2 = 1`` the best a, b, c leave the squared distance
    ``3 - 2 (1 + 2 p) / (1 + p)``, p = d e in [-1/2, 1/2].  It is least for p = 1/2, where it is 1/3.

    >>> gap = closure_gap()
    >>> gap.outside, [str(c) for c in gap.nearest], str(gap.squared_distance), round(gap.found, 9)
    ([1, 0, 1, 0, 1], ['2/3', '0', '4/3', '0', '2/3'], '1/3', 0.333333333)
    """
    net = LinearConvolutionalNetwork((3, 2), (2, 1))
    outside = net.function_space.closure_only_filter()
    u = np.array(outside, dtype=np.float64)
    nearest = _exact(net, ([Fraction(2, 3), Fraction(0), Fraction(2, 3)], [Fraction(1), Fraction(1)]))
    squared = sum((Fraction(a) - b) ** 2 for a, b in zip(outside or [], nearest, strict=True))
    found = net.critical_points(FilterMoments(np.eye(5), u, float(u @ u)))
    least = min((float(np.real(p.squared_error)) for p in found.real_points), default=float("nan"))
    return ClosureGap(list(outside or []), nearest, Fraction(squared), least)


def _exact(net: LinearConvolutionalNetwork, filters: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    return [Fraction(c) for c in net.compose(filters)]
