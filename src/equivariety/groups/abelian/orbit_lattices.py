"""The lattices of relations of a commuting family of permutations: orders and orbitals without listing elements.

Let g_1, ..., g_s commute.  On each orbit the stabilizer is the same for all points, so the orbit is Z^s / L for the
lattice L of exponents that fix it.  It is found one generator at a time: g_i permutes the orbits of its predecessors in
cycles of some length o_i, and going once around such a cycle is the same as a product of its predecessors.  The
generators with o_i > 1 are a basis of the orbit, at most log2(l) of them for l points, however large s is; each other
generator acts there as a product of powers of these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

import numpy as np

from equivariety._typing import IntArray, read_only
from equivariety.errors import invalid
from equivariety.groups.abelian.lattices import dual, index, straightened
from equivariety.groups.abelian.subgroup_indices import indices_of_subgroups
from equivariety.groups.cycles import decompose
from equivariety.groups.orbits.partitions import distinct_rows
from equivariety.tolerances import LATTICE_ENTRIES_BUDGET, LATTICE_PAIR_ENTRIES_BUDGET, ORBITAL_ENTRIES_BUDGET

__all__ = [
    "OrbitLattice",
    "Torsors",
    "count_orbitals_of_abelian_group",
    "fits_lattices",
    "fits_sums",
    "orbit_lattices",
    "order_of_abelian_group",
    "sum_indices",
    "torsors",
]


def fits_lattices(images: IntArray) -> bool:
    """Whether the orbit lattices of these generators, shape (s, n), are found within seconds."""
    return images.size <= LATTICE_ENTRIES_BUDGET


@dataclass(frozen=True, eq=False)
class Torsors:
    """Coordinates on the orbits of s commuting permutations of n points.

    A point is b_1^k_1 b_2^k_2 … of the base point of its orbit, where b_1, b_2, … are those generators, in order,
    that are no product of their predecessors there, and 0 <= k_j < o_j; the base point has exponents 0.

    Attributes:
        orbit: the orbit of each point, (n,).
        base: the base point of each orbit, (K,).
        exponents: k of each point, (n, b); zeros where an orbit has fewer than b basis elements.
        relations: per orbit the triangular basis of the relations of its basis elements, (K, b, b): o_j on the
            diagonal and -c_ji, 0 <= c_ji < o_i, to the left of it; units where there is no basis element.
    """

    orbit: IntArray
    base: IntArray
    exponents: IntArray
    relations: IntArray

    def words(self, images: IntArray) -> IntArray:
        """Return the exponents (K, s, b) by which the generators, (s, n), act on each orbit."""
        return self.exponents[images[:, self.base]].transpose(1, 0, 2)


def torsors(images: IntArray) -> Torsors:
    """Return coordinates on all orbits of ``images``, shape (s, n), permutations that commute.

    The time is O(s n b^2), b the largest number of basis elements of an orbit, at most log2 of its length; the memory
    O(n b).

    >>> T = torsors(np.array([[1, 0, 3, 2], [2, 3, 1, 0]]))
    >>> T.exponents.tolist(), T.relations.tolist()
    ([[0, 0], [1, 0], [0, 1], [1, 1]], [[[2, 0], [-1, 2]]])
    """
    n = images.shape[1]
    block: IntArray = np.arange(n)  # the block of each point: its orbit under the generators so far
    base: IntArray = np.arange(n)  # a point of each block
    used: IntArray = np.zeros(n, dtype=np.int64)  # number of basis elements of each block
    exponents: IntArray = np.zeros((n, 1), dtype=np.int64)
    relations = np.ones((n, 1, 1), dtype=np.int64)
    for row in images:
        goes = row[base]
        after = block[goes]
        moving = after != np.arange(base.size)
        if not moving.any():
            continue
        if used[moving].max() == exponents.shape[1]:
            exponents = np.pad(exponents, ((0, 0), (0, 1)))
            relations = np.pad(relations, ((0, 0), (0, 1), (0, 1)))
            relations[:, -1, -1] = 1
        cycles = decompose(after)
        step = exponents[goes]  # where the generator takes the base of each block, seen from the base of that block
        number = np.empty(base.size, dtype=np.int64)  # of the new block of each old one
        turn = np.empty(base.size, dtype=np.int64)  # its place in the cycle
        walked = np.zeros_like(step)  # exponents of g^turn (base of cycle), seen from the base of the block it is in
        bases, lattices, counts, done = [], [], [], 0
        for length, cycle in zip(cycles.lengths, cycles.index, strict=True):
            first = cycle[:, 0]
            number[cycle] = np.arange(done, done + len(cycle))[:, np.newaxis]
            turn[cycle] = np.arange(length)
            lattice, slot = relations[first], used[first]
            if length > 1:
                sums = np.cumsum(step[cycle], axis=1)
                walked[cycle[:, 1:]] = sums[:, :-1]
                each = np.arange(len(cycle))
                lattice[each, slot] = -_reduced(sums[:, -1], relations, first)
                lattice[each, slot, slot] = length
                slot = slot + 1
            bases.append(base[first])
            lattices.append(lattice)
            counts.append(slot)
            done += len(cycle)
        # The new exponent of a block that stays as it is, is 0, in whichever column.
        column = np.minimum(used, exponents.shape[1] - 1)
        base, relations, used = np.concatenate(bases), np.concatenate(lattices), np.concatenate(counts)
        exponents -= walked[block]
        if column.min() == column.max():
            exponents[:, column[0]] += turn[block]
        else:
            exponents[np.arange(n), column[block]] += turn[block]
        block = number[block]
        exponents = _reduced(exponents, relations, block)
    return Torsors(block, base, exponents, relations)


def _reduced(vectors: IntArray, lattices: IntArray, number: IntArray) -> IntArray:
    """Return the vectors, shape (N, b), with entries 0 <= v_j < o_j modulo their own lattices, by ``number``."""
    result = vectors.copy()
    for j in range(vectors.shape[1] - 1, -1, -1):
        times = result[:, j] // lattices[number, j, j]
        if times.any():
            result[:, : j + 1] -= times[:, np.newaxis] * lattices[number, j, : j + 1]
    return result


@dataclass(frozen=True, eq=False)
class OrbitLattice:
    """The lattice L of relations of s commuting permutations on an orbit, as the kernel of a map to a torus.

    Attributes:
        shape: orders d_1 | d_2 | … of cyclic groups with the product Z^s / L, at least one; (1,) for a point.
        matrix: takes exponents of the generators to the torus, (s, k), modulo ``shape``.
        of_basis: takes exponents of the basis elements of :class:`Torsors` to the torus, (b, k).
    """

    shape: tuple[int, ...]
    matrix: IntArray
    of_basis: IntArray

    @property
    def index(self) -> int:
        """Number of points of an orbit."""
        return math.prod(self.shape)


def orbit_lattices(found: Torsors, images: IntArray) -> tuple[tuple[OrbitLattice, ...], IntArray]:
    """Return the different lattices of relations of all orbits, and which of them each orbit has, (K,).

    ``images``, shape (s, n), are the permutations of the torsors.  The lattices are ordered by the words of the
    generators and then by the relations of the basis elements, whatever the order of the points.

    >>> images = np.array([[1, 0, 3, 2], [2, 3, 1, 0]])
    >>> (one,), kind = orbit_lattices(torsors(images), images)
    >>> one.shape, one.matrix.tolist(), kind.tolist()
    ((4,), [[2], [1]], [0])
    """
    words, relations = found.words(images), found.relations
    count, _, b = words.shape
    flat = np.concatenate([words.reshape(count, -1), np.abs(relations).reshape(count, -1)], axis=1)
    first, kind = distinct_rows(flat)
    order = np.lexsort(flat[first].T[::-1])
    lattices = []
    for word, basis in zip(words[first[order]], relations[first[order]].tolist(), strict=True):
        orders, matrix = straightened(basis)
        shape = orders or (1,)
        of_basis = np.array(matrix, dtype=np.int64) if orders else np.zeros((b, 1), dtype=np.int64)
        lattices.append(OrbitLattice(shape, read_only(word @ of_basis % shape), read_only(of_basis)))
    return tuple(lattices), np.argsort(order)[kind]


def order_of_abelian_group(images: IntArray) -> int | None:
    """Return the order of the group that commuting permutations generate, images of shape (s, n), s >= 1.

    The relations of all orbits together are the intersection of the orbit lattices.  With M the exponent of the
    group, its dual times M is generated by M Z^s and the duals times M of the orbit lattices: all integers below M.
    None where these are too many.

    >>> order_of_abelian_group(np.array([[1, 0, 2, 3, 4], [1, 0, 3, 4, 2]]))
    6
    """
    s = len(images)
    lattices, _ = orbit_lattices(torsors(images), images)
    exponent = math.lcm(*(lattice.shape[-1] for lattice in lattices))
    rows = [row for lattice in lattices for row in dual(lattice.shape, lattice.matrix.tolist(), exponent)]
    if (len(rows) + s) * s**2 > LATTICE_ENTRIES_BUDGET:
        return None
    return int(exponent**s // index(rows, exponent))


def fits_sums(lattices: Sequence[OrbitLattice]) -> bool:
    """Whether :func:`sum_indices` of these lattices takes at most some seconds."""
    count, factors = len(lattices), sum(len(lattice.shape) for lattice in lattices)
    entries = count * factors * len(lattices[0].matrix)
    return count**2 <= ORBITAL_ENTRIES_BUDGET and entries <= LATTICE_PAIR_ENTRIES_BUDGET


def sum_indices(lattices: Sequence[OrbitLattice]) -> IntArray:
    """Return the index of K + L in Z^s for each two of these lattices, int32 of shape (T, T), read-only.

    Two orbits with lattices K and L have [Z^s : K + L] orbits of pairs.  Z^s / (K + L) is what the two tori have in
    common: the quotient of their product by the image of Z^s.  The time is O(T^2 s k log l) for tori of at most k
    factors and l points.

    >>> images = np.array([[1, 0, 3, 4, 5, 2]])
    >>> sum_indices(orbit_lattices(torsors(images), images)[0]).tolist()
    [[2, 2], [2, 4]]
    """
    table = np.zeros((len(lattices), len(lattices)), dtype=np.int32)
    by_width: dict[int, list[int]] = {}
    for t, lattice in enumerate(lattices):
        by_width.setdefault(len(lattice.shape), []).append(t)
    for members in by_width.values():
        shapes = np.array([lattices[t].shape for t in members], dtype=np.int64)
        maps = np.stack([lattices[t].matrix for t in members])
        for t, lattice in enumerate(lattices):
            if len(lattice.shape) > shapes.shape[1]:
                continue  # the index is symmetric
            start = members.index(t) if t in members else 0
            orders = np.broadcast_to(lattice.shape, (len(members) - start, len(lattice.shape)))
            words = np.broadcast_to(lattice.matrix, (len(orders), *lattice.matrix.shape))
            others = members[start:]
            table[t, others] = table[others, t] = indices_of_subgroups(
                np.concatenate([maps[start:], words], axis=2), np.concatenate([shapes[start:], orders], axis=1)
            )
    return read_only(table)


def count_orbitals_of_abelian_group(images: IntArray, degree: int) -> int:
    """Return the number of orbits on pairs of points of commuting permutations, images of shape (s, n).

    Raises a ValueError where orbits have too many different lattices to compare all of them.

    >>> count_orbitals_of_abelian_group(np.array([[1, 0, 3, 4, 2]]), 5)
    7
    """
    if not len(images):
        return degree**2
    lattices, kind = orbit_lattices(torsors(images), images)
    if not fits_sums(lattices):
        required = "a group with fewer generators, or fewer kinds of orbits"
        got = f"{len(images)} generators and {len(lattices)} kinds of orbits"
        raise invalid("group", required, got, "act on fewer points, such as some of the orbits")
    counts = np.bincount(kind).tolist()
    rows = zip(counts, sum_indices(lattices), strict=True)
    return sum(n * sum(map(mul, counts, row.tolist())) for n, row in rows)
