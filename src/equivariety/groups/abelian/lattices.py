"""Sublattices of Z^s of full rank, and the finite abelian groups Z^s / Lambda: exact integers.

An orbit of s commuting permutations is a torsor of Z^s / Lambda, Lambda the relations that hold on it.  The triangular
Hermite basis of Lambda is canonical; the Smith form straightens the quotient to a product of cyclic groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

__all__ = ["dual", "hermite_form", "index", "straightened"]

Rows = Sequence[Sequence[int]]


def hermite_form(rows: Rows, modulus: int = 0) -> tuple[tuple[int, ...], ...]:
    """Return the lower triangular basis of the lattice that ``rows`` span, of full rank in Z^s.

    Pivots are positive, and the entries below a pivot lie in 0..pivot-1: one basis for each lattice.  With a positive
    ``modulus`` m it is the lattice of ``rows`` and m Z^s, and no number on the way exceeds m^2.

    >>> hermite_form([[4, 0], [2, 2], [0, 4]])
    ((4, 0), (2, 2))
    >>> hermite_form([[2, 2]], modulus=4)
    ((4, 0), (2, 2))
    """
    work = [[int(a) % modulus if modulus else int(a) for a in row] for row in rows]
    size = len(work[0])
    basis: list[list[int]] = []
    for column in reversed(range(size)):
        if modulus:
            work.append([modulus * int(j == column) for j in range(size)])
        while True:
            live = [row for row in work if row[column]]
            if len(live) <= 1:
                break
            pivot = min(live, key=lambda row: abs(row[column]))
            for row in live:
                if row is not pivot:
                    factor = row[column] // pivot[column]
                    row[:] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
                    if modulus:
                        row[:column] = [a % modulus for a in row[:column]]
        row = live[0]
        work = [other for other in work if other is not row]
        basis.append([-a for a in row] if row[column] < 0 else row)
    basis.reverse()
    for i in range(size):
        for j in reversed(range(i)):
            factor = basis[i][j] // basis[j][j]
            basis[i] = [a - factor * b for a, b in zip(basis[i], basis[j], strict=True)]
    return tuple(tuple(row) for row in basis)


def index(rows: Rows, modulus: int = 0) -> int:
    """Return the number of elements of Z^s modulo the lattice of :func:`hermite_form`.

    >>> index([[4, 0], [0, 6], [2, 2]])
    4
    """
    return prod(row[i] for i, row in enumerate(hermite_form(rows, modulus)))


def dual(orders: Sequence[int], matrix: Rows, scale: int) -> list[list[int]]:
    """Return rows v, which with ``scale`` Z^s span all v with v . w in ``scale`` Z for every w of a lattice.

    The lattice is the kernel of k -> k ``matrix`` from Z^s to the product of Z/d over the ``orders`` d, all of which
    divide ``scale``.

    >>> dual((4,), [[2], [1]], 12)
    [[6, 3]]
    """
    return [[scale // d * row[i] % scale for row in matrix] for i, d in enumerate(orders)]


def straightened(basis: Rows) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """Return orders d_1 | d_2 | … and the matrix V of an isomorphism k -> k V from Z^s / Lambda to prod Z/d_i.

    ``basis`` is square.  Factors of order 1 are left out: V has shape (s, number of orders), its entries lie in
    0..d_i-1.  Coordinates with a unit pivot, as most have where s is large, cost O(s) each.

    >>> straightened([[2, 0], [1, 2]])
    ((4,), ((2,), (1,)))
    >>> straightened([[4, 0], [-3, 1]])
    ((4,), ((1,), (3,)))
    """
    size = len(basis)
    entries = [sum(map(bool, column)) for column in zip(*basis, strict=True)]
    # A row with a 1 that is alone in its column says how that coordinate depends on the others.
    free = [i for i in range(size) if basis[i][i] != 1 or entries[i] > 1]
    orders, inner = _smith([[int(basis[i][j]) for j in free] for i in free])
    matrix: list[tuple[int, ...]] = [()] * size
    for i, row in zip(free, inner, strict=True):
        matrix[i] = row
    for i in set(range(size)).difference(free):
        dependence = [(basis[i][j], matrix[j]) for j in free if basis[i][j]]
        matrix[i] = tuple(-sum(int(a) * row[f] for a, row in dependence) % d for f, d in enumerate(orders))
    return orders, tuple(matrix)


def _smith(work: list[list[int]]) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """Return what :func:`straightened` does, without looking for unit pivots; ``work`` is overwritten."""
    size = len(work)
    v = [[int(i == j) for j in range(size)] for i in range(size)]

    def add_column(target: int, source: int, factor: int) -> None:
        for row in (*work, *v):
            row[target] += factor * row[source]

    def swap_columns(i: int, j: int) -> None:
        for row in (*work, *v):
            row[i], row[j] = row[j], row[i]

    for k in range(size):
        while True:
            places = [(abs(work[i][j]), i, j) for i in range(k, size) for j in range(k, size) if work[i][j]]
            _, i, j = min(places)
            work[k], work[i] = work[i], work[k]
            swap_columns(k, j)
            pivot = work[k][k]
            for row in work[k + 1 :]:
                factor = row[k] // pivot
                row[:] = [a - factor * b for a, b in zip(row, work[k], strict=True)]
            for j in range(k + 1, size):
                add_column(j, k, -(work[k][j] // pivot))
            if any(row[k] for row in work[k + 1 :]) or any(work[k][k + 1 :]):
                continue
            rest = next((row for row in work[k + 1 :] if any(a % pivot for a in row)), None)
            if rest is None:
                break
            work[k] = [a + b for a, b in zip(work[k], rest, strict=True)]
    orders = [abs(work[k][k]) for k in range(size)]
    kept = [i for i, d in enumerate(orders) if d > 1]
    return tuple(orders[i] for i in kept), tuple(tuple(row[i] % orders[i] for i in kept) for row in v)
