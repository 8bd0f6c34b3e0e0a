"""Minors of matrices of polynomials, counted before they are built."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import comb, factorial
from typing import Any

from equivariety.errors import invalid
from equivariety.tolerances import EQUATION_MINORS_BUDGET, EQUATION_TERMS_BUDGET

__all__ = ["check_budget", "count_minors", "minors"]


def count_minors(rows: int, cols: int, size: int) -> int:
    """Return the number of minors of a size.

    >>> count_minors(3, 4, 3)
    4
    """
    return comb(rows, size) * comb(cols, size)


def check_budget(sizes: Sequence[tuple[int, int, int, float]]) -> None:
    """Raise ValueError if minors are too many, or have too many terms.

    ``sizes`` holds, for each matrix, its rows, columns, the size of the minors and the terms of an entry, on average.

    >>> check_budget([(3, 4, 3, 1)])
    """
    count = sum(count_minors(rows, cols, size) for rows, cols, size, _ in sizes)
    fix = "ask for fewer blocks or rows, or use contains(), which needs no equations"
    if count > EQUATION_MINORS_BUDGET:
        raise invalid("the equations", f"at most {EQUATION_MINORS_BUDGET} minors", f"{count} minors", fix)
    terms = sum(count_minors(rows, cols, size) * factorial(size) * each**size for rows, cols, size, each in sizes)
    if terms > EQUATION_TERMS_BUDGET:
        required = f"minors of at most about {EQUATION_TERMS_BUDGET} terms before like terms are collected"
        raise invalid("the equations", required, f"{count} minors of about {terms:.2g} terms in all", fix)


def minors(matrix: Sequence[Sequence[Any]], size: int) -> list[Any]:
    """Return all minors of a size of a matrix over a commutative ring, by expansion along rows; no divisions.

    Rows run slowest, in lexicographic order.  ``size`` is at least 1.

    >>> minors([[1, 2, 3], [4, 5, 6]], 2)
    [-3, -6, -3]
    """
    known: dict[tuple[tuple[int, ...], tuple[int, ...]], Any] = {}

    def minor(rows: tuple[int, ...], cols: tuple[int, ...]) -> Any:
        first = matrix[rows[0]]
        if len(rows) == 1:
            return first[cols[0]]
        key = rows, cols
        if key not in known:
            terms = [first[c] * minor(rows[1:], cols[:k] + cols[k + 1 :]) for k, c in enumerate(cols)]
            known[key] = sum(terms[2::2], start=terms[0]) - sum(terms[3::2], start=terms[1])
        return known[key]

    cols = list(combinations(range(len(matrix[0]) if matrix else 0), size))
    return [minor(rows, chosen) for rows in combinations(range(len(matrix)), size) for chosen in cols]
