"""Actions that a group on points induces: on subsets, on tuples and on pairs of them."""

from __future__ import annotations

import math
from itertools import combinations, combinations_with_replacement

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import invalid
from equivariety.groups._checks import as_degree, as_integer, check_room
from equivariety.groups.group import PermutationGroup, as_group
from equivariety.groups.permutation import Permutation

__all__ = ["on_pairs", "on_subsets", "on_tuples"]


def _induced(group: PermutationGroup, tuples: IntArray, *, ordered: bool) -> PermutationGroup:
    """Return the action on the rows of ``tuples``, shape (N, k), which are all different and in lexicographic order."""
    place = group.degree ** np.arange(tuples.shape[1] - 1, -1, -1, dtype=np.int64)
    keys = tuples @ place
    rows = []
    for generator in group.generators:
        moved = generator.images[tuples]
        if not ordered:
            moved.sort(axis=1)
        rows.append(Permutation(np.searchsorted(keys, moved @ place)))
    return PermutationGroup(rows, len(tuples))


def _size(k: object, largest: int) -> int:
    required = f"an integer from 1 to {largest}"
    size = as_integer("k", k, required)
    if not 1 <= size <= largest:
        raise invalid("k", required, size, "pass how many points each subset or tuple has")
    return size


def _combinations(n: int, k: int, *, repeated: bool = False) -> IntArray:
    count = math.comb(n + k - 1, k) if repeated else math.comb(n, k)
    choose = combinations_with_replacement if repeated else combinations
    flat = (point for subset in choose(range(n), k) for point in subset)
    return np.fromiter(flat, dtype=np.int64, count=count * k).reshape(count, k)


def on_subsets(group: PermutationGroup, k: int) -> PermutationGroup:
    """Return the action on the k-element subsets of the points, in lexicographic order, C(n, k) of them.

    Raises a ValueError unless 1 <= k <= n and the number of subsets is within ``tolerances.MAX_DEGREE``.

    >>> G = PermutationGroup.from_cycles("(1 2 3 4)", degree=4)
    >>> on_subsets(G, 2).cycle_text        # 12, 13, 14, 23, 24, 34
    ('(1 4 6 3)(2 5)',)
    """
    base = as_group("group", group)
    n = base.degree
    size = _size(k, n)
    if size == n:
        return PermutationGroup([Permutation.identity(1)] * base.n_generators, 1)
    if 2 * size > n:
        # Complements come in the opposite lexicographic order, and are fewer points each.
        small = on_subsets(base, n - size)
        last = small.degree - 1
        return PermutationGroup([Permutation(last - g.images[::-1]) for g in small.generators], small.degree)
    # Large binomial coefficients are slow, and C(n, k) >= (n / k) ** k >= 2 ** k is over the budget anyway.
    count = as_degree(math.comb(n, size) if size < 32 else 2 ** min(size, 64), "the number of subsets")
    check_room(base.n_generators + size, count)
    return _induced(base, _combinations(n, size), ordered=False)


def on_tuples(group: PermutationGroup, k: int, distinct: bool = True) -> PermutationGroup:
    """Return the action on ordered k-tuples of points, all entries moved together, in lexicographic order.

    Args:
        group: the group on n points.
        k: the number of entries, 1 or more.
        distinct: whether entries have to differ: n (n-1) ... (n-k+1) tuples, else n ** k, in C order.

    Returns:
        The action; its generators correspond to those of ``group``.

    Raises:
        ValueError: for k out of range, or more tuples than ``tolerances.MAX_DEGREE``.

    >>> G = PermutationGroup.from_cycles("(1 2 3)", degree=3)
    >>> on_tuples(G, 2).degree, on_tuples(G, 2, distinct=False).degree
    (6, 9)
    >>> on_tuples(G, 2).cycle_text         # 12, 13, 21, 23, 31, 32
    ('(1 4 5)(2 3 6)',)
    """
    base = as_group("group", group)
    n = base.degree
    size = _size(k, n if distinct else 64)
    # Twelve distinct entries are over the budget already.
    factors = [n - i for i in range(min(size, 12))] if distinct else [n] * size
    count = as_degree(math.prod(factors), "the number of tuples")
    check_room(base.n_generators + size, count)
    if distinct:
        tuples = np.arange(n)[:, np.newaxis]
        for _ in range(size - 1):
            longer = np.repeat(tuples, n, axis=0)
            last = np.tile(np.arange(n), len(tuples))
            new = (longer != last[:, np.newaxis]).all(axis=1)
            tuples = np.column_stack([longer, last])[new]
        return _induced(base, tuples, ordered=True)
    rows = []
    for generator in base.generators:
        images = np.zeros(1, dtype=np.int64)
        for _ in range(size):
            images = (images[:, np.newaxis] * n + generator.images).reshape(-1)
        rows.append(Permutation(images))
    return PermutationGroup(rows, count)


def on_pairs(group: PermutationGroup, ordered: bool = True, distinct: bool = True) -> PermutationGroup:
    """Return the action on pairs of points, in lexicographic order.

    Args:
        group: the group on n points.
        ordered: whether (i, j) and (j, i) are different pairs; False gives the edges of an undirected graph.
        distinct: whether i and j have to differ; False adds the n pairs (i, i).  With ``ordered=True`` these are
            the n ** 2 entries of a matrix in C order, (i, j) the point i * n + j.

    Returns:
        The action on n (n-1), n ** 2, n (n-1) / 2 or n (n+1) / 2 points.

    Raises:
        ValueError: for distinct pairs of a single point, or too many pairs.

    >>> from equivariety.groups import symmetric
    >>> S4 = symmetric(4)
    >>> on_pairs(S4).degree, on_pairs(S4, distinct=False).degree, on_pairs(S4, ordered=False).degree
    (12, 16, 6)
    """
    base = as_group("group", group)
    n = base.degree
    if distinct and n < 2:
        raise invalid("group", "a group on at least 2 points, for pairs of distinct ones", f"{n} point", "add points")
    if ordered:
        return on_tuples(base, 2, distinct)
    if distinct:
        return on_subsets(base, 2)
    count = as_degree(n * (n + 1) // 2, "the number of pairs")
    check_room(base.n_generators + 2, count)
    return _induced(base, _combinations(n, 2, repeated=True), ordered=False)
