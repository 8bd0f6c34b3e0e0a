"""Homogeneous polynomials of which none is a combination of multiples of the others: exact linear algebra by degree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations_with_replacement
from math import comb

from equivariety.tolerances import INDEPENDENCE_ENTRIES_BUDGET
from equivariety.varieties.algebraic.polynomial_input import Polynomial

__all__ = ["independent"]


def independent(polynomials: Iterable[Polynomial], num_variables: int) -> list[Polynomial]:
    """Return homogeneous polynomials that generate the same ideal, none of which the others generate, by degree.

    Each is one of those given, up to its sign, reduced by those of degree one: variables that vanish are left out.
    Where the linear algebra would take more than some seconds, only multiples are removed.

    >>> from fractions import Fraction
    >>> x, y = {(1, 0): Fraction(1)}, {(0, 2): Fraction(1)}
    >>> independent([x, y, {(1, 1): Fraction(2)}, {(2, 0): Fraction(3), (0, 2): Fraction(1)}], 2)
    [{(1, 0): Fraction(1, 1)}, {(0, 2): Fraction(1, 1)}]
    """
    given = sorted(polynomials, key=_degree)
    zero = {p.index(1) for one in given for p in one if _degree(one) == 1 and len(one) == 1}
    by_degree: dict[int, list[Polynomial]] = {}
    seen = set()
    for one in given:
        degree = _degree(one)
        kept = one if degree == 1 else {e: c for e, c in one.items() if not any(e[i] for i in zero)}
        kept = _signed(kept)
        if kept and frozenset(kept.items()) not in seen:
            seen.add(frozenset(kept.items()))
            by_degree.setdefault(degree, []).append(kept)
    out: list[Polynomial] = []
    for degree, candidates in by_degree.items():
        # Sparse ones first: of all generators those are kept that are shortest.
        candidates.sort(key=lambda one: (len(one), [tuple(-a for a in e) for e in one]))
        if degree == 1 or _size(out, candidates, degree, num_variables - len(zero)) > INDEPENDENCE_ENTRIES_BUDGET:
            out += candidates
            continue
        rows = _Rows()
        for generator in out:
            if _degree(generator) > 1:
                for monomial in _monomials(degree - _degree(generator), num_variables, zero):
                    rows.add({tuple(map(sum, zip(e, monomial, strict=True))): c for e, c in generator.items()})
        out += [one for one in candidates if rows.add(one)]
    return out


class _Rows:
    """Sparse rows in echelon form."""

    def __init__(self) -> None:
        self._pivots: dict[tuple[int, ...], Polynomial] = {}

    def add(self, row: Polynomial) -> bool:
        """Add a row; return whether it is not a combination of those before."""
        rest = dict(row)
        while rest:
            lead = max(rest)
            if lead not in self._pivots:
                scale = rest[lead]
                self._pivots[lead] = {e: c / scale for e, c in rest.items()}
                return True
            factor = rest[lead]
            for e, c in self._pivots[lead].items():
                value = rest.get(e, 0) - factor * c
                if value:
                    rest[e] = value
                else:
                    rest.pop(e, None)
        return False


def _degree(one: Polynomial) -> int:
    return sum(next(iter(one)))


def _signed(one: Polynomial) -> Polynomial:
    return {e: -c for e, c in one.items()} if one and next(iter(one.values())) < 0 else one


def _size(out: Sequence[Polynomial], candidates: Sequence[Polynomial], degree: int, num_variables: int) -> int:
    """Rows times columns of the linear algebra in one degree."""
    multiples = sum(comb(degree - _degree(one) + num_variables - 1, num_variables - 1) for one in out)
    return (multiples + len(candidates)) * comb(degree + num_variables - 1, num_variables - 1)


def _monomials(degree: int, num_variables: int, zero: set[int]) -> Iterable[tuple[int, ...]]:
    used = [i for i in range(num_variables) if i not in zero]
    for chosen in combinations_with_replacement(used, degree):
        out = [0] * num_variables
        for i in chosen:
            out[i] += 1
        yield tuple(out)
