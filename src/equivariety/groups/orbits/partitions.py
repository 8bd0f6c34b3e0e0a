"""Orbits as label arrays: which points a set of generators cannot tell apart.

M is invariant exactly when its columns agree on each orbit, so these partitions are all that invariance sees
(Kohn, Sattelberger, Shahverdi, arXiv 2309.13736, section on invariance under permutation groups).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import invalid
from equivariety.groups._checks import as_degree, as_images, as_integer_array

__all__ = [
    "commute",
    "distinct_rows",
    "finest_common_coarsening",
    "label_orbits",
    "merged_labels",
    "orbit_labels",
    "orbit_lists",
    "renumbered",
    "single_generator",
]

#: Labels are renumbered in chunks of this many, which bounds the memory beside them.
_LABELS_AT_ONCE = 2**20


def orbit_labels(generators: Any, degree: int) -> IntArray:
    """Return the orbit number of each point, shape (degree,), orbits numbered by their smallest points.

    ``generators`` is an integer array-like (g, degree) of 0-based images; g = 0 makes every point an orbit.
    A wrong shape or a row that is no permutation raises a ValueError.

    >>> orbit_labels([[2, 4, 3, 0, 1]], degree=5).tolist()
    [0, 1, 0, 0, 1]
    """
    degree = as_degree(degree)
    required = f"an integer array of shape (g, {degree})"
    array = as_integer_array("generators", generators, required)
    if array.shape in ((0,), (0, degree)):
        return np.arange(degree)
    if array.ndim != 2 or array.shape[1] != degree:
        raise invalid("generators", required, f"shape {array.shape}", "pass one row of images per generator")
    return label_orbits(np.stack([as_images(row, f"generators[{i}]") for i, row in enumerate(array)]))


def label_orbits(images: IntArray) -> IntArray:
    """Return :func:`orbit_labels` of rows known to be permutations, shape (g, n), g >= 1."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    g, n = images.shape
    # One edge from each point to each of its images.
    edges = np.ascontiguousarray(images.T).reshape(-1)
    graph = csr_array((np.ones(g * n), edges, np.arange(0, g * n + 1, g)), shape=(n, n))
    # Strong components are the same partition, but SciPy's search for them is quadratic on random permutations.
    count, labels = connected_components(graph, directed=True, connection="weak")
    return renumbered(labels.astype(np.int64), count)


def renumbered(labels: IntArray, count: int) -> IntArray:
    """Number labels by their first entry in row-major order, in place, and return them.

    ``labels`` is contiguous and has values in 0..count-1, all of them used; the time is O(size + count).

    >>> renumbered(np.array([[2, 0], [2, 1]]), 3).tolist()
    [[0, 1], [0, 2]]
    """
    flat = labels.reshape(-1)
    number = np.full(count, -1, dtype=labels.dtype)
    known = 0
    for start in range(0, flat.size, _LABELS_AT_ONCE):
        chunk = flat[start : start + _LABELS_AT_ONCE]
        if known < count:
            new = chunk[number[chunk] < 0]
            place = np.arange(-2, -2 - new.size, -1, dtype=labels.dtype)
            number[new[::-1]] = place[::-1]  # the last assignment wins: the first place
            first = new[number[new] == place]
            number[first] = np.arange(known, known + first.size, dtype=labels.dtype)
            known += first.size
        chunk[:] = number[chunk]
    return labels


def merged_labels(before: IntArray, after: IntArray, count: int) -> tuple[IntArray, int]:
    """Return what labels 0..count-1 become once ``before`` and ``after``, shape (k,), are equal; and how many are left.

    >>> merged_labels(np.array([0, 2]), np.array([2, 3]), 4)
    (array([0, 1, 0, 0], dtype=int32), 2)
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    graph = csr_array((np.ones(before.size, dtype=bool), (before, after)), shape=(count, count))
    left, labels = connected_components(graph, directed=False)
    return labels, int(left)


def commute(generators: Sequence[IntArray] | IntArray) -> bool:
    """Whether permutations given by their images, each of shape (n,), commute with each other, exact.

    >>> commute(np.array([[1, 0, 2, 3], [0, 1, 3, 2]]))
    True
    """
    return all(np.array_equal(p[q], q[p]) for p, q in combinations(generators, 2))


def distinct_rows(rows: IntArray) -> tuple[IntArray, IntArray]:
    """Return the first occurrence of each distinct row, and for each row which of them it is.

    ``rows``, shape (k, q), holds no negative numbers.  Rows are compared as bytes, which is faster than
    ``np.unique(axis=0)``; their order means nothing.

    >>> first, which = distinct_rows(np.array([[3, 4], [1, 2], [3, 4]]))
    >>> sorted(first.tolist()), bool(which[0] == which[2] != which[1])
    ([0, 1], True)
    """
    if len(rows) == 1:
        return np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    top = rows.max(initial=0)
    kind = np.uint8 if top < 256 else np.uint16 if top < 65536 else np.int64
    packed = np.ascontiguousarray(rows.astype(kind))
    keys = packed.view(np.dtype((np.void, packed.itemsize * packed.shape[1]))).reshape(-1)
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    return first, which.reshape(-1)


def _as_partition(labels: Any, argument: str) -> IntArray:
    required = "a non-empty 1-D array with one label per point"
    try:
        array = np.asarray(labels)
    except ValueError as problem:
        raise invalid(argument, required, labels, "pass the class of each point") from problem
    if array.ndim != 1 or array.size == 0:
        raise invalid(argument, required, f"shape {array.shape}", "pass the class of each point")
    if array.dtype.kind in "fc" and np.isnan(array).any():
        raise invalid(argument, required, f"NaN at point {int(np.isnan(array).argmax())}", "label that point")
    try:
        names, inverse = np.unique(array, return_inverse=True)
    except TypeError as problem:
        raise invalid(argument, required, labels, "use labels that can be sorted", TypeError) from problem
    return renumbered(inverse, names.size)


def orbit_lists(labels: Any) -> tuple[IntArray, ...]:
    """Return the points of each class, ascending, classes ordered by smallest point; read-only int arrays.

    >>> [orbit.tolist() for orbit in orbit_lists([0, 1, 0, 0, 1])]
    [[0, 2, 3], [1, 4]]
    """
    number = _as_partition(labels, "labels")
    points = np.argsort(number, kind="stable")
    points.flags.writeable = False
    stops = np.cumsum(np.bincount(number)).tolist()
    return tuple(points[start:stop] for start, stop in zip([0, *stops[:-1]], stops, strict=True))


def single_generator(labels: Any) -> IntArray:
    """Return the images, shape (n,), of one permutation whose cycles are the classes, each in ascending order.

    A matrix is invariant under a group exactly when it is invariant under this one permutation.

    >>> single_generator([0, 1, 0, 0, 1]).tolist()
    [2, 4, 3, 0, 1]
    """
    return _cycle_through(_as_partition(labels, "labels"))


def _cycle_through(number: IntArray) -> IntArray:
    points = np.argsort(number, kind="stable")
    size = np.bincount(number)
    stop = np.cumsum(size)
    follower = np.roll(points, -1)
    follower[stop - 1] = points[stop - size]  # the last point of a class goes back to its first
    images = np.empty_like(points)
    images[points] = follower
    return images


def finest_common_coarsening(*partitions: Any) -> IntArray:
    """Return the finest partition that every given one refines, as labels numbered by smallest point.

    Each partition is an array-like (n,) of labels of any sortable kind.  No partition, or partitions of different
    numbers of points, raise a ValueError.  The orbits of a group are this of its generators' cycle partitions.

    >>> finest_common_coarsening(["a", "a", "b", "c"], [0, 1, 1, 2]).tolist()
    [0, 0, 0, 1]
    """
    if not partitions:
        raise invalid("partitions", "at least one label array", "none", "pass the labels of each partition")
    numbers = [_as_partition(labels, f"partitions[{i}]") for i, labels in enumerate(partitions)]
    sizes = [number.size for number in numbers]
    if len(set(sizes)) > 1:
        raise invalid("partitions", "label arrays of one length", f"lengths {sizes}", "label the same points in each")
    return label_orbits(np.stack([_cycle_through(number) for number in numbers]))
