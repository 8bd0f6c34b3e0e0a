"""Groebner bases over a prime field by Faugere's F4: many reductions at once, as one elimination in NumPy.

A monomial is a row of bytes, partial sums of its exponents, such that the lexicographic order of the bytes is the
monomial order, and the sum of rows the product of monomials.  A polynomial is a pair of arrays: monomials from the
largest to the smallest, and coefficients from 1 to p - 1, the first of them 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from equivariety._typing import AnyArray
from equivariety.varieties.algebraic.clock import Clock
from equivariety.varieties.algebraic.modular_elimination import reduce_columns, row_echelon
from equivariety.varieties.algebraic.s_pairs import PairQueue

__all__ = ["ModularBasis", "Terms", "groebner_modulo"]

#: A polynomial modulo p: from exponents to coefficients.
Terms = Mapping[tuple[int, ...], int]

#: Bytes hold partial sums of exponents up to 255; sums of two rows must not overflow.
_LARGEST_DEGREE = 127

_Polynomial = tuple[AnyArray, AnyArray]


class ModularBasis:
    """A reduced Groebner basis over GF(p), and reduction by it.

    The order is the graded reverse lexicographic one; with ``eliminated`` = k > 0 the first k variables form a block
    that is larger than all others, and the elements without them are a basis of the elimination ideal.

    Attributes:
        num_variables: n.
        prime: p.
        eliminated: size of the first block.
        leads: (s, n) exponents of the leading monomials, none of which divides another.
        polynomials: the elements, in the order of ``leads``, as mappings from exponents to coefficients.
    """

    def __init__(self, coding: _Coding, prime: int, basis: list[_Polynomial], clock: Clock) -> None:
        self.num_variables = coding.size
        self.prime = prime
        self.eliminated = coding.first
        self._coding = coding
        self._basis = basis
        self._clock = clock
        self.leads = coding.exponents(np.array([codes[0] for codes, _ in basis]).reshape(-1, coding.size))

    @property
    def polynomials(self) -> tuple[dict[tuple[int, ...], int], ...]:
        """The elements, from exponents to coefficients, leading terms first."""
        return tuple(
            {tuple(e): int(c) for e, c in zip(self._coding.exponents(codes).tolist(), values, strict=True)}
            for codes, values in self._basis
        )

    def normal_forms(self, monomials: AnyArray, onto: AnyArray) -> AnyArray:
        """Return the (len(onto), len(monomials)) coefficients of the normal forms of monomials.

        Both are (., n) exponents; ``onto`` must contain every monomial that occurs in a normal form.
        """
        rows = [(code[None], np.ones(1, dtype=np.int64)) for code in self._coding.codes(monomials)]
        reducers = _Reducers(self._coding, self._basis)
        columns, table = _reduced(rows, [], reducers, self.prime, self._clock, set())
        place = {key: i for i, key in enumerate(_keys(columns))}
        out = np.zeros((len(onto), len(rows)), dtype=np.int64)
        for i, key in enumerate(_keys(self._coding.codes(onto))):
            if key in place:
                out[i] = table[place[key]]
        return out


class _Coding:
    """From exponents to rows of bytes and back; the first block has ``first`` variables."""

    def __init__(self, size: int, first: int) -> None:
        self.size = size
        self.first = first
        self.blocks = [(a, b) for a, b in ((0, first), (first, size)) if a < b]

    def codes(self, exponents: AnyArray) -> AnyArray:
        exponents = np.asarray(exponents, dtype=np.int64).reshape(-1, self.size)
        out = np.zeros_like(exponents)
        for a, b in self.blocks:
            out[:, a:b] = np.cumsum(exponents[:, a:b], axis=1)[:, ::-1]
        return out.astype(np.uint8)

    def exponents(self, codes: AnyArray) -> AnyArray:
        out = np.zeros(codes.shape, dtype=np.int64)
        for a, b in self.blocks:
            out[:, a:b] = np.diff(codes[:, a:b][:, ::-1].astype(np.int64), axis=1, prepend=0)
        return out

    def degrees(self, codes: AnyArray) -> AnyArray:
        """Total degrees: the sum of the first byte of each block."""
        return sum(codes[..., a].astype(np.int64) for a, _ in self.blocks)  # type: ignore[return-value]


def _keys(codes: AnyArray) -> list[bytes]:
    size = codes.shape[1]
    data = np.ascontiguousarray(codes).tobytes()
    return [data[i : i + size] for i in range(0, len(data), size)]


def groebner_modulo(
    polynomials: Iterable[Terms], num_variables: int, prime: int, clock: Clock, *, eliminated: int = 0
) -> ModularBasis:
    """Return the reduced Groebner basis of the ideal that polynomials generate over GF(p).

    F4 (Faugere 1999) with Gebauer and Moeller's criteria, pairs in the order of their sugar degree.

    Args:
        polynomials: mappings from exponents (n integers >= 0) to integers, reduced modulo p here.
        num_variables: n >= 1.
        prime: p < 2**31.
        clock: raises BudgetError when its time is over, and where a degree exceeds 127.
        eliminated: the number of leading variables that form a larger block.

    >>> from equivariety.varieties.algebraic.clock import Clock
    >>> basis = groebner_modulo([{(2, 0): 1, (0, 2): 1, (0, 0): -2}, {(1, 0): 1, (0, 1): -1}], 2, 32003, Clock(9.0, ""))
    >>> basis.leads.tolist(), basis.polynomials[1]
    ([[0, 2], [1, 0]], {(1, 0): 1, (0, 1): 32002})
    """
    coding = _Coding(num_variables, eliminated)
    start = [found for terms in polynomials if (found := _polynomial(terms, coding, prime, clock)) is not None]
    reducers = _Reducers(coding, [])
    queue = PairQueue(num_variables)
    for codes, values in _interreduced(start, coding, prime, clock):
        _add(reducers, queue, (codes, values), int(coding.degrees(codes).max()))
    while queue:
        sugar, pairs = queue.pop_lowest()
        if sugar > _LARGEST_DEGREE:
            clock.give_up(f"polynomials of degree {sugar}")
        halves = {}
        for i, j, lcm in pairs:
            code = coding.codes(lcm)[0]
            for k in (i, j):
                halves[code.tobytes(), k] = code - reducers.polynomials[k][0][0]
        rows = [
            (reducers.polynomials[k][0] + multiplier, reducers.polynomials[k][1])
            for (_, k), multiplier in halves.items()
        ]
        for found in _new_elements(rows, reducers, prime, clock):
            _add(reducers, queue, found, sugar)
            if not found[0][0].any():
                return ModularBasis(coding, prime, [found], clock)
    minimal = [reducers.polynomials[i] for i in queue.active]
    return ModularBasis(coding, prime, _tails_reduced(minimal, coding, prime, clock), clock)


def _polynomial(terms: Terms, coding: _Coding, prime: int, clock: Clock) -> _Polynomial | None:
    kept = [(e, c % prime) for e, c in terms.items() if c % prime]
    if not kept:
        return None
    if max(sum(e) for e, _ in kept) > _LARGEST_DEGREE:
        clock.give_up(f"polynomials of degree {max(sum(e) for e, _ in kept)}")
    codes = coding.codes(np.array([e for e, _ in kept]))
    values = np.array([c for _, c in kept], dtype=np.int64)
    order = np.argsort(np.array(_keys(codes), dtype=f"V{coding.size}"))[::-1]
    return codes[order], values[order] * pow(int(values[order[0]]), -1, prime) % prime


class _Reducers:
    """The polynomials found so far, and for a monomial one of them whose leading monomial divides it."""

    def __init__(self, coding: _Coding, polynomials: Sequence[_Polynomial]) -> None:
        self.coding = coding
        self.polynomials: list[_Polynomial] = []
        self.leads = np.zeros((0, coding.size), dtype=np.int64)
        self._order: AnyArray = np.zeros(0, dtype=np.int64)
        for polynomial in polynomials:
            self.append(polynomial)

    def append(self, polynomial: _Polynomial) -> None:
        self.polynomials.append(polynomial)
        self.leads = np.vstack([self.leads, self.coding.exponents(polynomial[0][:1])])
        # Short polynomials fill the matrix the least.
        self._order = np.argsort([len(codes) for codes, _ in self.polynomials], kind="stable")

    def find(self, codes: AnyArray) -> AnyArray:
        """For each row of ``codes`` the index of a polynomial, or -1."""
        exponents = self.coding.exponents(codes)
        out = np.full(len(codes), -1)
        for first in range(0, len(codes), 1024):
            part = exponents[first : first + 1024]
            for index in self._order:
                hit = (self.leads[index] <= part).all(axis=1) & (out[first : first + 1024] < 0)
                out[first : first + 1024][hit] = index
        return out


def _new_elements(rows: list[_Polynomial], reducers: _Reducers, prime: int, clock: Clock) -> list[_Polynomial]:
    """Reduce rows by the polynomials found so far and by one another; return what is not zero."""
    known: dict[bytes, _Polynomial] = {}
    lower = []
    for row in sorted(rows, key=lambda row: len(row[0])):
        if known.setdefault(row[0][0].tobytes(), row) is not row:
            lower.append(row)
    columns, table = _reduced(lower, list(known.values()), reducers, prime, clock, set(known))
    return _as_polynomials(columns, row_echelon(table.T, prime, clock))


def _as_polynomials(columns: AnyArray, matrix: AnyArray) -> list[_Polynomial]:
    out = []
    for row in matrix:
        place = np.nonzero(row)[0]
        if len(place):
            out.append((columns[place], row[place]))
    return out


def _reduced(
    lower: list[_Polynomial],
    upper: list[_Polynomial],
    reducers: _Reducers,
    prime: int,
    clock: Clock,
    done: set[bytes],
) -> tuple[AnyArray, AnyArray]:
    """Reduce ``lower`` by ``upper`` (distinct leading monomials, whose bytes are ``done``) and by the reducers.

    Returns the irreducible monomials (c, n) in descending order and the (c, len(lower)) coefficients.
    """
    size = reducers.coding.size
    upper = list(upper)
    fresh = [*lower, *upper]
    seen = set(done)
    while fresh:
        clock.check()
        new = []
        for key in _keys(np.concatenate([codes for codes, _ in fresh])):
            if key not in seen:
                seen.add(key)
                new.append(key)
        codes = np.frombuffer(b"".join(new), dtype=np.uint8).reshape(-1, size)
        fresh = []
        for code, index in zip(codes, reducers.find(codes), strict=True):
            if index >= 0:
                found, values = reducers.polynomials[index]
                fresh.append((found + (code - found[0]), values))
        upper += fresh
    keys = sorted(seen, reverse=True)
    place = {key: i for i, key in enumerate(keys)}
    table = np.zeros((len(keys), len(lower)), dtype=np.int64)
    for j, (codes, values) in enumerate(lower):
        table[[place[key] for key in _keys(codes)], j] = values
    pivots = sorted((([place[key] for key in _keys(codes)], values) for codes, values in upper), key=lambda x: x[0][0])
    reduce_columns(table, pivots, prime, clock)
    irreducible = np.ones(len(keys), dtype=bool)
    irreducible[[where[0] for where, _ in pivots]] = False
    kept = [key for key, keep in zip(keys, irreducible, strict=True) if keep]
    return np.frombuffer(b"".join(kept), dtype=np.uint8).reshape(-1, size), table[irreducible]


def _interreduced(start: list[_Polynomial], coding: _Coding, prime: int, clock: Clock) -> list[_Polynomial]:
    """The same span in echelon form: other leading monomials, no multiples of one another."""
    if not start:
        return []
    columns, table = _reduced(start, [], _Reducers(coding, []), prime, clock, set())
    found = _as_polynomials(columns, row_echelon(table.T, prime, clock))
    return sorted(found, key=lambda row: int(coding.degrees(row[0]).max()))


def _add(reducers: _Reducers, queue: PairQueue, polynomial: _Polynomial, sugar: int) -> None:
    reducers.append(polynomial)
    queue.add(reducers.leads[-1], sugar)


def _tails_reduced(basis: list[_Polynomial], coding: _Coding, prime: int, clock: Clock) -> list[_Polynomial]:
    """The reduced basis from a minimal one, leading monomials in descending order."""
    basis = sorted(basis, key=lambda row: row[0][0].tobytes(), reverse=True)
    tails = [(codes[1:], values[1:]) for codes, values in basis]
    columns, table = _reduced(tails, [], _Reducers(coding, basis), prime, clock, set())
    out = []
    for (codes, values), column in zip(basis, table.T, strict=True):
        place = np.nonzero(column)[0]
        out.append((np.vstack([codes[:1], columns[place]]), np.concatenate([values[:1], column[place]])))
    return out
