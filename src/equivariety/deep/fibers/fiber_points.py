"""Random points of the fibers: the normal form of a sum of intervals, moved by base changes at the inner nodes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from equivariety._typing import FloatArray
from equivariety.deep.fibers.rank_patterns import Interval, RankPattern
from equivariety.linalg import algebra
from equivariety.parameterizations.fibers.block_points import SingularFactors, factors_of_ranks
from equivariety.parameterizations.transforms import random_transform

__all__ = ["Copy", "interval_layers", "random_layers"]

#: One of the intervals with the same nodes: the nodes, and its number.
Copy: TypeAlias = tuple[Interval, int]


def random_layers(product: SingularFactors, pattern: RankPattern, rng: np.random.Generator) -> tuple[FloatArray, ...]:
    """Return random layers (W_1, ..., W_H) of a given pattern with W_H ... W_1 = U diag(s) V'.

    The first and the last layer are those of two layers, as :func:`factors_of_ranks` draws them, and all layers share
    the singular values.  Every point of the stratum is such a point, up to the lengths of basis vectors: a basis of the
    kernel of the product may be orthonormal and adapted to the kernels of the first i layers, for all i, and the same
    holds at the other end.

    Args:
        product: U (d_H, e) and V (d_0, e) with orthonormal columns, s (e,) > 0.
        pattern: with e = ``pattern.rank``.
        rng: the source of randomness.

    >>> square = np.eye(2)[:, :1], np.array([8.0]), np.eye(2)[:, :1]
    >>> layers = random_layers(square, RankPattern([[2, 2, 1, 1], [2, 1, 1], [2, 2], [2]]), np.random.default_rng(0))
    >>> bool(np.allclose(layers[2] @ layers[1] @ layers[0], np.diag([8.0, 0.0])))
    True
    """
    u, s, v = product
    depth, e = pattern.depth, len(s)
    if depth == 1:
        return ((u * s) @ v.T,)
    ends = pattern.layer_ranks[-1], pattern.layer_ranks[0]
    share = s ** (2 / depth)
    scale = float(share[0]) if e else 1.0
    left, right = factors_of_ranks(algebra("R"), (u, share, v), sum(ends) - e, ends, scale, rng)
    whole = [((0, depth), k) for k in range(e)]
    # After the columns of whole intervals come those at the last node alone, and then those at the first alone.
    ending = [copy for copy in _basis(pattern, depth - 1) if copy[0][1] == depth and copy[0][0]]
    starting = [copy for copy in _basis(pattern, 1) if copy[0][0] == 0 and copy[0][1] < depth]
    outputs = dict(zip([*whole, *ending], left.T, strict=False))
    inputs = dict(zip([*whole, *ending, *starting], right.T, strict=True))
    sizes = {copy: float(share[k]) ** 0.5 for k, copy in enumerate(whole)}
    return interval_layers(pattern, inputs, outputs, rng, sizes, scale**0.5)


def interval_layers(
    pattern: RankPattern,
    inputs: Mapping[Copy, FloatArray],
    outputs: Mapping[Copy, FloatArray],
    rng: np.random.Generator,
    sizes: Mapping[Copy, float],
    size: float = 1.0,
) -> tuple[FloatArray, ...]:
    """Return two or more layers that are a sum of intervals in random bases of the inner nodes.

    Every inner node has one basis vector for each interval through it, which its layer maps to a multiple of the vector
    of the same interval.  Random base changes, of condition number at most 4, follow.

    Args:
        pattern: of the layers; its intervals are counted as ``pattern.multiplicities`` has them.
        inputs: for the intervals with nodes 0 and 1 linear forms on the inputs, shape (d_0,).
        outputs: for those with nodes H - 1 and H vectors of the outputs, shape (d_H,).
        rng: the source of the base changes.
        sizes: the multiples, by interval; ``size`` where there is none.

    >>> pattern, one = RankPattern.of_multiplicities(3, {(0, 3): 1}), np.ones(1)
    >>> copy = (0, 3), 0
    >>> first, second, third = interval_layers(pattern, {copy: one}, {copy: one}, np.random.default_rng(0), {copy: 5.0})
    >>> round((third @ second @ first).item(), 9)
    5.0
    """
    depth, widths = pattern.depth, pattern.widths
    bases = [_basis(pattern, node) for node in range(1, depth)]
    first, last = np.zeros((widths[1], widths[0])), np.zeros((widths[-1], widths[-2]))
    for k, copy in enumerate(bases[0]):
        if copy[0][0] == 0:
            first[k] = inputs[copy]
    for k, copy in enumerate(bases[-1]):
        if copy[0][1] == depth:
            last[:, k] = outputs[copy]
    layers: list[FloatArray] = [first]
    for source, target in pairwise(bases):
        rows = {copy: k for k, copy in enumerate(target)}
        layer = np.zeros((len(target), len(source)))
        for k, copy in enumerate(source):
            if copy in rows:
                layer[rows[copy], k] = sizes.get(copy, size)
        layers.append(layer)
    layers.append(last)
    for i, basis in enumerate(bases):
        change = random_transform(algebra("R"), len(basis), rng)
        layers[i] = change @ layers[i]
        layers[i + 1] = np.linalg.solve(change.T, layers[i + 1].T).T
    return tuple(layers)


def _basis(pattern: RankPattern, node: int) -> list[Copy]:
    """The intervals through a node."""
    return [((a, b), k) for (a, b), count in pattern.multiplicities.items() if a <= node <= b for k in range(count)]
