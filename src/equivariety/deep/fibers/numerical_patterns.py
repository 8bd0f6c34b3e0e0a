"""Rank patterns of layers that are known up to rounding: decided only where the singular values leave a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from equivariety.deep.fibers.rank_patterns import RankPattern
from equivariety.deep.layers import Layers
from equivariety.errors import brief, invalid
from equivariety.linalg import as_float_array, singular_triples
from equivariety.tolerances import rank_tolerance, separation

__all__ = ["NumericalPattern", "numerical_pattern"]


@dataclass(frozen=True, slots=True)
class NumericalPattern:
    """What the singular values of all partial products of given layers say.

    Attributes:
        pattern: the ranks, or None if they are not clear.
        gap: the least ratio, over all products, of the smallest singular value that counts to the largest that does
            not (to the rounding of the product, where that is larger); infinite if no value counts.
        reason: why there is no pattern; empty if there is one.

    >>> numerical_pattern([np.diag([1.0, 0.0]), np.diag([1.0, 1e-13])]).pattern is None
    True
    """

    pattern: RankPattern | None
    gap: float
    reason: str


def numerical_pattern(
    weights: object, tolerance: float | None = None, *, widths: Sequence[int] | None = None
) -> NumericalPattern:
    """Return the ranks of all partial products of layers, where they are clear.

    A singular value of a product counts if it is larger than ``tolerance`` times the product of the norms of its
    layers.  The ranks are clear if in every product the smallest one that counts is a thousand times as large as the
    largest one that does not and as the rounding, and if some layers have exactly these ranks.

    Args:
        weights: matrices W_i of shapes (d_i, d_(i-1)), W_1 first.
        tolerance: a number >= 0; None, or anything smaller, is the rounding, of float32 if a layer has it.
        widths: (d_0, ..., d_H) that the layers must have; None takes those of the layers.

    Raises TypeError for what is no sequence of arrays, ValueError for shapes that do not fit, entries that are not
    finite and another tolerance.

    >>> found = numerical_pattern([np.diag([1.0, 0.0]), np.diag([0.0, 2.0])])
    >>> found.pattern.rank, found.pattern.layer_ranks, found.gap > 1e10
    (0, (1, 1), True)
    """
    if not isinstance(weights, Sequence | np.ndarray) or isinstance(weights, str | bytes) or not len(weights):
        raise invalid("weights", "a sequence of matrices", brief(weights), "pass [W_1, ..., W_H]", TypeError)
    given = [as_float_array(f"weights[{i}]", layer) for i, layer in enumerate(weights)]
    if widths is None:
        if any(layer.ndim != 2 for layer in given):
            raise invalid("weights", "matrices", f"shapes {[layer.shape for layer in given]}", "pass [W_1, ..., W_H]")
        widths = given[0].shape[1], *(len(layer) for layer in given)
    layers = Layers.of(widths, False, given).matrices
    if tolerance is not None and not 0 <= tolerance < 1:
        raise invalid("tolerance", "a number >= 0 and < 1", tolerance, "leave it out for rounding alone")
    rounding = max(rank_tolerance(layer.dtype, max(widths)) for layer in given)
    allowed = max(rounding, tolerance or 0.0)
    # Layers of norm 1: no product leaves the floating-point range.
    norms = [float(singular_triples(layer)[1].max(initial=0.0)) for layer in layers]
    unit = [layer / (norm or 1.0) for layer, norm in zip(layers, norms, strict=True)]
    rows, least = [], inf
    for a, width in enumerate(widths):
        row, product = [width], np.eye(width)
        for layer in unit[a:]:
            product = layer @ product
            values = singular_triples(product)[1]
            rank = int(np.count_nonzero(values > allowed))
            if rank:
                noise = max(float(values[rank:].max(initial=0.0)), rounding)
                least = min(least, float(values[rank - 1]) / noise)
            row.append(rank)
        rows.append(tuple(row))
    if least < separation():
        return NumericalPattern(None, least, f"singular values leave a gap of {least:.3g} only")
    try:
        return NumericalPattern(RankPattern(tuple(rows)), least, "")
    except ValueError:
        return NumericalPattern(None, least, f"no layers have the ranks {rows}")
