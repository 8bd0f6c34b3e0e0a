"""Sublattices of Z^s of full rank, and the finite abelian groups Z^s / Lambda: exact integers, s small.

An orbit of s commuting permutations is a torsor of Z^s / Lambda, Lambda the relations that hold on it.  The triangular
Hermite basis of Lambda is canonical; the Smith form straightens the quotient to a product of cyclic groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

__all__ = ["hermite_form", "index", "straightened"]

Rows = Sequence[Sequence[int]]


def hermite_form(rows: Rows) -> tuple[tuple[int, ...], ...]:
    """Return the lower triangular basis of the lattice that ``rows`` span, of full rank in Z^s.

    Pivots are positive, and the entries below a pivot lie in 0..pivot-1: one basis for each lattice.

    >>> hermite_form([[4, 0], [2, 2], [0, 4]])
    ((4, 0), (2, 2))
    """
    work = [list(map(int, row)) for row in rows]
    size = len(work[0])
    basis: list[list[int]] = []
    for column in reversed(range(size)):
        while True:
            live = [row for row in work if row[column]]
            if len(live) <= 1:
                break
            pivot = min(live, key=lambda row: abs(row[column]))
            for row in live:
                if row is not pivot:
                    factor = row[column] // pivot[column]
                    row[:] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
        row = live[0]
        work = [other for other in work if other is not row]
        basis.append([-a for a in row] if row[column] < 0 else row)
    basis.reverse()
    for i in range(size):
        for j in reversed(range(i)):
            factor = basis[i][j] // basis[j][j]
            basis[i] = [a - factor * b for a, b in zip(basis[i], basis[j], strict=True)]
    return tuple(tuple(row) for row in basis)


def index(rows: Rows) -> int:
    """Return the number of elements of Z^s modulo the lattice that ``rows`` span, which has full rank.

    >>> index([[4, 0], [0, 6], [2, 2]])
    4
    """
    return prod(row[i] for i, row in enumerate(hermite_form(rows)))


def straightened(basis: Rows) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """Return orders d_1 | d_2 | … and the matrix V of an isomorphism k -> k V from Z^s / Lambda to prod Z/d_i.

    ``basis`` is square.  Factors of order 1 are left out: V has shape (s, number of orders), its entries lie in
    0..d_i-1.

    >>> straightened([[2, 0], [1, 2]])
    ((4,), ((2,), (1,)))
    """
    work = [list(map(int, row)) for row in basis]
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
