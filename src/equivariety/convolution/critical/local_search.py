"""Real critical points by least squares from random starts: an independent check, not a complete search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equivariety.convolution.architecture import Architecture
from equivariety.convolution.critical.point_kinds import FilterPoint, classified, polished
from equivariety.convolution.filter_moments import FilterMoments
from equivariety.errors import as_nonnegative_int
from equivariety.tolerances import same_filter

__all__ = ["LocalSearch", "local_search"]


@dataclass(frozen=True, eq=False)
class LocalSearch:
    """Real critical points with non-zero end-to-end filter, found from random starts.

    Attributes:
        points: distinct ones up to scaling of the layers, by increasing loss.
        hits: how many starts led to each of them.
        starts: number of starts.

    >>> import equivariety as ev
    >>> rng = np.random.default_rng(0)
    >>> X, Y = rng.standard_normal((9, 5)), rng.standard_normal((9, 1))
    >>> found = ev.LinearConvolutionalNetwork((3, 2), (2, 1)).local_search(X, Y, rng=rng, starts=20)
    >>> len(found.points), found.starts
    (2, 20)
    """

    points: tuple[FilterPoint, ...]
    hits: tuple[int, ...]
    starts: int


def local_search(
    architecture: Architecture, moments: FilterMoments, rng: np.random.Generator, starts: int
) -> LocalSearch:
    """Return the critical points that Levenberg and Marquardt's method on the gradient finds, for checked data."""
    count = as_nonnegative_int("starts", starts)
    if not moments.cross.any():  # then all filters, or those with v = 0, are critical
        return LocalSearch((), (), count)
    size = float(np.linalg.norm(moments.cross)) / max(float(np.linalg.eigvalsh(moments.sigma)[-1]), 1e-300)
    scale = max(size, 1e-300) ** (1 / architecture.depth)
    points: list[FilterPoint] = []
    hits: list[int] = []
    for _ in range(count):
        random = tuple(scale * rng.standard_normal(k) for k in architecture.filter_sizes)
        point = classified(architecture, polished(architecture, random, moments), moments)
        if point.kind not in ("pure", "spurious"):  # most starts that end elsewhere run into v = 0
            continue
        known = [i for i, p in enumerate(points) if _same(p, point)]
        if known:
            hits[known[0]] += 1
        else:
            points.append(point)
            hits.append(1)
    order = sorted(range(len(points)), key=lambda i: float(np.real(points[i].squared_error)))
    return LocalSearch(tuple(points[i] for i in order), tuple(hits[i] for i in order), count)


def _same(one: FilterPoint, other: FilterPoint) -> bool:
    """Whether the filters agree up to scaling: each layer's direction, and the product."""
    scale = np.linalg.norm(one.end_to_end_filter)
    if np.linalg.norm(one.end_to_end_filter - other.end_to_end_filter) > 10 * same_filter() * scale:
        return False
    for w, u in zip(one.filters, other.filters, strict=True):
        a, b = w / np.linalg.norm(w), u / np.linalg.norm(u)
        if min(np.linalg.norm(a - b), np.linalg.norm(a + b)) > 100 * same_filter():
            return False
    return True
