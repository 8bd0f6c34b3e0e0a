"""Dimension, degree and standard monomials of a monomial ideal, from its Hilbert series."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from equivariety._typing import AnyArray
from equivariety.varieties.algebraic.clock import Clock

__all__ = ["dimension_and_degree", "standard_monomials"]

_Monomial = tuple[int, ...]


def dimension_and_degree(leads: AnyArray, clock: Clock) -> tuple[int, int]:
    """Return the dimension and the degree of the affine scheme of a monomial ideal; (-1, 0) for the ideal of 1.

    The Hilbert series is K(t) / (1 - t)^n; with K(t) = (1 - t)^c h(t) and h(1) not zero the dimension is n - c and the
    degree h(1).  For the leading monomials of a Groebner basis of a graded order both are those of the ideal.

    Args:
        leads: (s, n) exponents of generators.
        clock: raises BudgetError when its time is over; the recursion may branch exponentially often.

    >>> dimension_and_degree(np.array([[2, 0, 0], [1, 1, 0]]), Clock(9.0, ""))
    (2, 1)
    """
    n = leads.shape[1]
    numerator = _numerator(_minimal(map(tuple, leads.tolist()), clock), clock)
    if not any(numerator):
        return -1, 0
    codimension = 0
    while sum(numerator) == 0:
        # Division by 1 - t: the partial sums.
        numerator = np.cumsum(np.array(numerator, dtype=object)).tolist()[:-1]
        codimension += 1
    return n - codimension, int(sum(numerator))


def _minimal(monomials: Iterable[_Monomial], clock: Clock) -> list[_Monomial]:
    out: list[_Monomial] = []
    for one in sorted(set(monomials), key=sum):
        clock.check()
        if not any(all(a <= b for a, b in zip(other, one, strict=True)) for other in out):
            out.append(one)
    return out


def _numerator(ideal: list[_Monomial], clock: Clock) -> list[int]:
    """Coefficients of K(t), by Bigatti's recursion K(I) = K(I + x^e) + t^e K(I : x^e)."""
    if not ideal:
        return [1]
    counts = [sum(1 for m in ideal if m[i]) for i in range(len(ideal[0]))]
    pivot = max(range(len(counts)), key=counts.__getitem__)
    if counts[pivot] <= 1:  # no two share a variable: a complete intersection
        series = np.array([1], dtype=object)
        for monomial in ideal:
            factor = np.zeros(sum(monomial) + 1, dtype=object)
            factor[0] += 1
            factor[-1] -= 1
            series = np.convolve(series, factor)
        return [int(c) for c in series]
    exponents = sorted(m[pivot] for m in ideal if m[pivot])
    e = exponents[len(exponents) // 2]
    power = tuple(e if i == pivot else 0 for i in range(len(counts)))
    if power in ideal:  # then I + x^e would be I
        e = exponents[0] if exponents[0] < e else 1
        power = tuple(e if i == pivot else 0 for i in range(len(counts)))
    with_power = _numerator(_minimal([*ideal, power], clock), clock)
    divided = ((*m[:pivot], max(m[pivot] - e, 0), *m[pivot + 1 :]) for m in ideal)
    quotient = _numerator(_minimal(divided, clock), clock)
    out = [0] * max(len(with_power), len(quotient) + e)
    for i, c in enumerate(with_power):
        out[i] += c
    for i, c in enumerate(quotient):
        out[i + e] += c
    return out


def standard_monomials(leads: AnyArray, clock: Clock) -> AnyArray:
    """Return the (D, n) exponents of the monomials outside of a monomial ideal of dimension at most 0, 1 first.

    >>> standard_monomials(np.array([[2, 0], [0, 2], [1, 1]]), Clock(9.0, "")).tolist()
    [[0, 0], [0, 1], [1, 0]]
    """
    size = leads.shape[1]
    if (leads == 0).all(axis=1).any():
        return np.zeros((0, size), dtype=np.int64)
    found = layer = np.zeros((1, size), dtype=np.int64)
    while len(layer):
        clock.check()
        steps = (layer[:, None, :] + np.eye(size, dtype=np.int64)).reshape(-1, size)
        layer = np.unique(steps, axis=0)
        divisible = (leads[:, None, :] <= layer).all(axis=2).any(axis=0)
        layer = layer[~divisible]
        found = np.vstack([found, layer])
    return found
