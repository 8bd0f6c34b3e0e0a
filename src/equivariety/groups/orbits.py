"""Orbits as label arrays: which points a set of generators cannot tell apart.

M is invariant exactly when its columns agree on each orbit, so these partitions are all that invariance sees
(Kohn, Sattelberger, Shahverdi, arXiv 2309.13736, section on invariance under permutation groups).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from equivariety._typing import AnyArray, IntArray
from equivariety.errors import invalid
from equivariety.groups._checks import as_degree, as_images, as_integer_array

__all__ = ["finest_common_coarsening", "orbit_labels", "orbit_lists", "single_generator"]


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
    return _renumber(labels, count)


def _renumber(labels: AnyArray, count: int) -> IntArray:
    """Number the classes 0..count-1 by smallest point; ``labels`` has values in 0..count-1, all of them used."""
    n = labels.size
    first = np.empty(count, dtype=np.int64)
    first[labels[::-1]] = np.arange(n - 1, -1, -1)  # the last assignment wins: the smallest point
    number = np.empty(count, dtype=np.int64)
    number[np.argsort(first)] = np.arange(count)
    return number[labels]


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
    return _renumber(inverse, names.size)


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
