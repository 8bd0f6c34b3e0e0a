"""Labels of orbitals: the orbits of a group on pairs of an output and an input, found class by class of orbits.

The pairs that start at a base point fall apart into the orbits of its stabilizer; a transversal carries these labels to
the other points of the orbit, and isomorphic orbits have the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import gcd

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import invalid
from equivariety.groups.orbits.orbit_classes import OrbitClass, orbit_classes
from equivariety.groups.orbits.partitions import renumbered
from equivariety.groups.orbits.transversals import Transversal
from equivariety.groups.permutation import Permutation
from equivariety.tolerances import DENSE_ENTRIES_BUDGET

__all__ = ["orbital_labels", "side_by_side"]

#: Labels are copied in chunks of about this many, which bounds the memory beside the labels themselves.
_LABELS_AT_ONCE = 2**20


def side_by_side(tables: Sequence[IntArray]) -> tuple[IntArray, tuple[int, ...]]:
    """Return the action on the disjoint union of several sets, (g, L), int32, and the first point of each, and L.

    ``tables`` holds the images of the points of each set under the same generators, shapes (g, l).

    >>> images, starts = side_by_side([np.array([[1, 0]]), np.array([[1, 2, 0]])])
    >>> images.tolist(), starts
    ([[1, 0, 3, 4, 2]], (0, 2, 5))
    """
    starts = tuple(np.cumsum([0, *(t.shape[1] for t in tables)]).tolist())
    moved = [t + start for t, start in zip(tables, starts[:-1], strict=True)]
    return np.concatenate(moved, axis=1).astype(np.int32), starts


def orbital_labels(source: IntArray, target: IntArray) -> IntArray:
    """Return the orbital of each pair of an output and an input, shape (m, n), int32, exact.

    Equal labels are those of one orbit; they are numbered by their first pair in row-major order.

    Args:
        source: images of the inputs under each generator, shape (g, n); g may be 0.
        target: images of the outputs under each generator, shape (g, m).

    Raises ValueError where labels, or pairs within one orbit of each class, are over
    ``tolerances.DENSE_ENTRIES_BUDGET``.

    >>> orbital_labels(np.array([[1, 0, 2]]), np.array([[1, 0]])).tolist()
    [[0, 1, 2], [1, 0, 2]]
    """
    n, m = source.shape[1], target.shape[1]
    _check_budget(m * n, f"{m} * {n} pairs")
    if not len(source):
        return np.arange(m * n, dtype=np.int32).reshape(m, n)
    same = n == m and np.array_equal(source, target)
    classes = orbit_classes(source if same else np.concatenate([source, target + n], axis=1))
    if same and len(classes) == classes[0].count == 1:  # the labels of the orbit are those of the points
        ((labels, total),) = _pair_labels(classes[0], classes)
        return renumbered(labels, total)
    inputs = [(c, rows) for c in classes if len(rows := c.within(0, n))]
    outputs = inputs if same else [(c, rows) for c in classes if len(rows := c.within(n, m))]
    reduced = sum(c.length for c, _ in inputs)
    pairs = sum(c.length * (c.length + reduced) for c, _ in outputs)
    _check_budget(pairs, f"{pairs} pairs within one orbit of each class")
    labels = np.empty((m, n), dtype=np.int32)
    total = 0
    for c, rows in outputs:
        for (_, columns), (block, count) in zip(inputs, _pair_labels(c, [d for d, _ in inputs]), strict=True):
            step = max(1, _LABELS_AT_ONCE // (c.length * columns.size))
            shift = count * np.arange(len(columns), dtype=np.int32)[:, None]  # another orbit of inputs, other orbitals
            for start in range(0, len(rows), step):
                some = rows[start : start + step]
                first = total + count * len(columns) * np.arange(start, start + len(some), dtype=np.int32)
                values = first[:, None, None, None] + shift + block[:, None, :]  # (some, l, columns, k)
                labels[some.reshape(-1, 1), columns.reshape(-1)] = values.reshape(some.size, columns.size)
            total += count * len(columns) * len(rows)
    return renumbered(labels, total)


def _pair_labels(c: OrbitClass, others: Sequence[OrbitClass]) -> list[tuple[IntArray, int]]:
    """Return per class labels (l, k) of the pairs of points of two orbits, and the number of these labels."""
    if len(c.table) == 1:
        return [_labels_along_cycles(c, d) for d in others]
    own = next((t for t, d in enumerate(others) if d is c), len(others))
    images, starts = side_by_side([d.table for d in (others if own < len(others) else [*others, c])])
    reached = Transversal(images, starts[own])
    row, _ = reached.stabilizer_orbits()
    counts = []
    for start, stop in pairwise(starts):
        row[start:stop] -= row[start:stop].min()  # numbered by smallest point: those of one orbit are consecutive
        counts.append(int(row[start:stop].max()) + 1)
    labels = reached.spread(row)
    return [(labels[:, starts[t] : starts[t + 1]], counts[t]) for t in range(len(others))]


def _labels_along_cycles(c: OrbitClass, d: OrbitClass) -> tuple[IntArray, int]:
    common = gcd(c.length, d.length)
    steps = np.subtract.outer(_along_cycle(c), _along_cycle(d))
    steps %= common
    return steps, common


def _along_cycle(c: OrbitClass) -> IntArray:
    """How often the one generator is applied to some point to reach each point."""
    steps = np.empty(c.length, dtype=np.int32)
    steps[Permutation(c.table[0]).cycles.index[0][0]] = np.arange(c.length)
    return steps


def _check_budget(entries: int, got: str) -> None:
    if entries > DENSE_ENTRIES_BUDGET:
        fix = "use the blocks, which need no labels"
        raise invalid("group", f"such that at most {DENSE_ENTRIES_BUDGET} labels are needed", got, fix)
