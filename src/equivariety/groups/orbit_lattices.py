"""The lattices of relations of a commuting family of permutations: orders and orbitals without listing elements.

Let g_1, ..., g_s commute.  On each orbit the stabilizer is the same for all points, so the orbit is Z^s / L for the
lattice L of exponents that fix it.  L has one basis in triangular (Hermite) form, with rows
o_i e_i - sum_{j<i} c_ij e_j, found one generator at a time: g_i permutes the orbits of its predecessors in cycles of
length o_i, and going once around such a cycle is the same as g_1^c_i1 ... g_{i-1}^c_i,i-1.
"""

from __future__ import annotations

import math

import numpy as np

from equivariety._typing import IntArray
from equivariety.groups.cycles import decompose
from equivariety.groups.lattices import index

__all__ = ["count_orbitals_of_abelian_group", "fits_lattices", "orbit_lattices", "order_of_abelian_group", "torsors"]

#: Most entries of a triangular basis for each point.
_ENTRIES_BUDGET = 2**26


def fits_lattices(images: IntArray) -> bool:
    """Whether the orbit lattices of these generators, shape (s, n), are found within memory."""
    s, n = images.shape
    return bool(s * s * n <= _ENTRIES_BUDGET)


def orbit_lattices(images: IntArray) -> tuple[IntArray, IntArray]:
    """Return the different lattices of relations of all orbits, and how many orbits have each.

    ``images``, shape (s, n), are permutations that commute.  The lattices have shape (T, s, s), each a triangular
    basis with o_i on the diagonal and -c_ij, 0 <= c_ij < o_j, to the left of it; the product of the diagonal is the
    number of points of an orbit.  The time is O(s^2 n).

    >>> lattices, counts = orbit_lattices(np.array([[1, 0, 3, 2], [2, 3, 1, 0]]))
    >>> lattices.tolist(), counts.tolist()
    ([[[2, 0], [-1, 2]]], [1])
    """
    lattices, counts = np.unique(torsors(images)[2].reshape(-1, len(images) ** 2), axis=0, return_counts=True)
    return lattices.reshape(-1, len(images), len(images)), counts


def torsors(images: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return for each point its orbit (n,) and its exponents (n, s), and for each orbit its lattice (K, s, s).

    ``images``, shape (s, n), are permutations that commute.  A point is ``g_1^k_1 ... g_s^k_s`` of the base point of
    its orbit, k its exponents, and 0 <= k_i < o_i; the base point has exponents 0.

    >>> torsors(np.array([[1, 0, 3, 2], [2, 3, 1, 0]]))[1].tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    s, n = images.shape
    block: IntArray = np.arange(n)  # the block of each point: its orbit under the generators so far
    base: IntArray = np.arange(n)  # a point of each block
    # Each point is the product of the generators to its exponents, applied to the base of its block.
    exponents = np.zeros((n, s), dtype=np.int64)
    rows = np.zeros((n, 0, 0), dtype=np.int64)  # the triangular basis of each block, one row for each generator so far
    for i, row in enumerate(images):
        cycles = decompose(block[row[base]])
        step = exponents[row[base]]  # where g_i takes the base of each block, seen from the base of that block
        number = np.empty(base.size, dtype=np.int64)  # of the new block of each old one
        turn = np.empty(base.size, dtype=np.int64)  # its place in the cycle
        walked = np.empty((base.size, s), dtype=np.int64)  # exponents of g_i^turn (base of cycle), seen from its base
        new_base, new_rows, done = [], [], 0
        for length, cycle in zip(cycles.lengths, cycles.index, strict=True):
            sums = np.cumsum(step[cycle], axis=1)
            number[cycle] = np.arange(done, done + len(cycle))[:, np.newaxis]
            turn[cycle] = np.arange(length)
            walked[cycle[:, 0]] = 0
            walked[cycle[:, 1:]] = sums[:, :-1]
            lattice = np.pad(rows[cycle[:, 0]], ((0, 0), (0, 1), (0, 1)))
            lattice[:, i, :i] = -_reduced(sums[:, -1, :i], rows, cycle[:, 0])
            lattice[:, i, i] = length
            new_base.append(base[cycle[:, 0]])
            new_rows.append(lattice)
            done += len(cycle)
        base, rows = np.concatenate(new_base), np.concatenate(new_rows)
        exponents -= walked[block]
        exponents[:, i] = turn[block]
        block = number[block]
        exponents[:, :i] = _reduced(exponents[:, :i], rows, block)
    return block, exponents, rows


def _reduced(vectors: IntArray, lattices: IntArray, number: IntArray) -> IntArray:
    """Return the vectors, shape (N, i), with entries 0 <= v_j < o_j modulo the first i rows of their own lattices."""
    result = vectors.copy()
    for j in range(vectors.shape[1] - 1, -1, -1):
        times = result[:, j] // lattices[number, j, j]
        result[:, : j + 1] -= times[:, np.newaxis] * lattices[number, j, : j + 1]
    return result


def order_of_abelian_group(images: IntArray) -> int:
    """Return the order of the group that commuting permutations generate, images of shape (s, n), s >= 1.

    The relations of all orbits together are the intersection of the orbit lattices.  With M the exponent of the
    group, its dual times M is generated by M Z^s and the duals times M of the orbit lattices: all integers below M.

    >>> order_of_abelian_group(np.array([[1, 0, 2, 3, 4], [1, 0, 3, 4, 2]]))
    6
    """
    lattices, _ = orbit_lattices(images)
    s = len(images)
    exponent = math.lcm(*(decompose(row).order for row in images))
    basis = [[exponent if i == j else 0 for j in range(s)] for i in range(s)]
    for lattice in lattices.tolist():
        for vector in _dual(lattice, exponent):
            _insert(basis, vector, exponent)
    return int(exponent**s // math.prod(basis[i][i] for i in range(s)))


def _dual(lattice: list[list[int]], scale: int) -> list[list[int]]:
    """Return rows v with v . w in ``scale`` Z for all w of a lower triangular lattice that contains ``scale`` Z^s."""
    s = len(lattice)
    rows = []
    for i in range(s):
        # Row i is orthogonal to all basis vectors but number i, with which its product is `scale`.
        row = [0] * s
        for j in range(s):
            rest = (scale if i == j else 0) - sum(lattice[j][k] * row[k] for k in range(j))
            row[j] = rest // lattice[j][j]
        rows.append(row)
    return rows


def _insert(basis: list[list[int]], vector: list[int], modulus: int) -> None:
    """Add a vector to the lattice of an upper triangular basis, in place; ``modulus`` Z^s lies in the lattice."""
    for i in range(len(basis)):
        if vector[i] == 0:
            continue
        pivot = basis[i]
        a, b = pivot[i], vector[i]
        g, x, y = _bezout(a, b)
        mixed = [x * p + y * v for p, v in zip(pivot, vector, strict=True)]
        vector = [a // g * v - b // g * p for p, v in zip(pivot, vector, strict=True)]
        mixed[i + 1 :] = [entry % modulus for entry in mixed[i + 1 :]]
        vector = [entry % modulus for entry in vector]
        basis[i] = mixed


def _bezout(a: int, b: int) -> tuple[int, int, int]:
    """Return g = gcd(a, b) > 0, x and y with a x + b y = g, for a > 0."""
    x, y, u, v = 1, 0, 0, 1
    while b:
        quotient, a, b = a // b, b, a % b
        x, y, u, v = u, v, x - quotient * u, y - quotient * v
    return (a, x, y) if a > 0 else (-a, -x, -y)


def count_orbitals_of_abelian_group(images: IntArray, degree: int) -> int:
    """Return the number of orbits on pairs of points of commuting permutations, images of shape (s, n).

    Two orbits with lattices K and L have [Z^s : K + L] orbits of pairs.

    >>> count_orbitals_of_abelian_group(np.array([[1, 0, 3, 4, 2]]), 5)
    7
    """
    if not len(images):
        return degree**2
    lattices, counts = orbit_lattices(images)
    if len(images) == 1:
        sizes = lattices.reshape(-1)
        return sum(
            int(count) * int(np.sum(counts * np.gcd(size, sizes))) for size, count in zip(sizes, counts, strict=True)
        )
    total = 0
    sizes = lattices.diagonal(axis1=1, axis2=2).prod(axis=1).tolist()
    rows = lattices.tolist()
    for t, first in enumerate(rows):
        total += int(counts[t]) ** 2 * sizes[t]
        total += sum(2 * int(counts[t]) * int(counts[u]) * index([*first, *rows[u]]) for u in range(t))
    return total
