"""Listing the points of a permutation cycle by cycle, fast for a million points.

Following sigma point by point in Python takes longer than a sample's transform, and one cycle of all points leaves
nothing to vectorise over.  So each cycle is cut at the local minima of a random key, about every third point; all
pieces are walked at once, a few steps each, and the shorter permutation of the cuts is traced in the same way.
"""

from __future__ import annotations

import numpy as np

from equivariety._typing import IntArray

__all__ = ["trace_cycles"]

#: Below this many points plain following is the faster way.
_FEW_POINTS = 8192


def trace_cycles(images: IntArray) -> tuple[IntArray, IntArray]:
    """Return all points, cycle after cycle, each in the order of application, and the cycles' lengths.

    ``images`` is a permutation, shape (n,).  Where a cycle starts, and the order of the cycles, is unspecified.
    """
    n = images.size
    if n <= _FEW_POINTS:
        return _follow(images)
    fixed = np.flatnonzero(images == np.arange(n))
    # The key decides the speed and not the result; a random one has short runs for every structured permutation.
    key = np.random.default_rng(0).permutation(n)
    rises = key < key[images]
    rose = np.empty_like(rises)
    rose[images] = rises
    is_cut = rises & ~rose  # every cycle that moves a point has a local minimum
    cuts = np.flatnonzero(is_cut)
    number = np.empty(n, dtype=np.int64)
    number[cuts] = np.arange(cuts.size)

    piece: IntArray = np.arange(cuts.size)
    at: IntArray = cuts
    next_cut = np.empty_like(cuts)
    walked, pieces = [], []
    while piece.size:
        walked.append(at)
        pieces.append(piece)
        at = images[at]
        arrived = is_cut[at]
        next_cut[piece[arrived]] = number[at[arrived]]
        piece, at = piece[~arrived], at[~arrived]

    order, n_pieces = trace_cycles(next_cut)
    if not cuts.size:
        return fixed, np.ones_like(fixed)
    owner = np.concatenate(pieces)
    length = np.bincount(owner)
    stops = np.cumsum(length[order])
    begin = np.empty_like(cuts)
    begin[order] = stops - length[order]
    points = np.empty(n - fixed.size, dtype=np.int64)
    for step, (part, numbers) in enumerate(zip(walked, pieces, strict=True)):
        points[begin[numbers] + step] = part
    lengths = np.diff(stops[np.cumsum(n_pieces) - 1], prepend=0)
    return np.concatenate([points, fixed]), np.concatenate([lengths, np.ones_like(fixed)])


def _follow(images: IntArray) -> tuple[IntArray, IntArray]:
    successor: list[int] = images.tolist()
    points: list[int] = []
    lengths: list[int] = []
    for start in range(len(successor)):
        point, following = start, successor[start]
        if following < 0:
            continue
        before = len(points)
        while following >= 0:
            points.append(point)
            successor[point] = -1
            point, following = following, successor[following]
        lengths.append(len(points) - before)
    return np.array(points, dtype=np.int64), np.array(lengths, dtype=np.int64)
