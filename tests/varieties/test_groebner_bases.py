"""Groebner bases modulo primes and over Q, against SymPy's."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
import sympy
from sympy import GF, QQ, ring
from sympy.polys.groebnertools import groebner
from sympy.polys.orderings import ProductOrder, grevlex

from equivariety.errors import BudgetError
from equivariety.varieties.algebraic.clock import Clock
from equivariety.varieties.algebraic.groebner_facts import elimination_basis, saturation, scheme_dimension_and_degree
from equivariety.varieties.algebraic.jacobian_minors import jacobian_minors, random_minor
from equivariety.varieties.algebraic.modular_elimination import row_echelon
from equivariety.varieties.algebraic.modular_groebner import groebner_modulo
from equivariety.varieties.algebraic.monomial_ideals import dimension_and_degree, standard_monomials
from equivariety.varieties.algebraic.polynomial_output import to_sympy
from equivariety.varieties.algebraic.quotient_algebra import QuotientAlgebra
from equivariety.varieties.algebraic.rational_reconstruction import agreed, large_primes, rational_numbers
from equivariety.varieties.algebraic.univariate_roots import real_root_count

PRIME = 32003


def clock() -> Clock:
    return Clock(60.0, "the test")


def random_system(rng, *, largest=PRIME):
    n, k = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    system = []
    for _ in range(k):
        terms = {}
        for _ in range(int(rng.integers(1, 5))):
            exponents = np.bincount(rng.integers(0, n, int(rng.integers(0, 4))), minlength=n)
            terms[tuple(int(e) for e in exponents)] = int(rng.integers(1, largest))
        system.append(terms)
    return system, n


def by_sympy(system, n, domain, eliminated=0):
    order = grevlex
    if eliminated:
        order = ProductOrder((grevlex, lambda m: m[:eliminated]), (grevlex, lambda m: m[eliminated:]))
    over, *_ = ring([f"x{i}" for i in range(n)], domain, order)
    return groebner([over.from_dict({e: domain(c) for e, c in one.items()}) for one in system], over)


@pytest.mark.parametrize("seed", range(8))
def test_bases_modulo_a_prime_are_those_of_sympy(seed):
    rng = np.random.default_rng(seed)
    for _ in range(6):
        system, n = random_system(rng)
        eliminated = int(rng.integers(0, n))
        expected = by_sympy(system, n, GF(PRIME), eliminated)
        found = groebner_modulo(system, n, PRIME, clock(), eliminated=eliminated)
        wanted = sorted(sorted((tuple(m), int(c) % PRIME) for m, c in one.monic().terms()) for one in expected)
        assert sorted(sorted(one.items()) for one in found.polynomials) == wanted


@pytest.mark.parametrize("seed", range(6))
def test_bases_of_binomials_are_those_of_sympy(seed):
    """Many pairs with equal least common multiples, which the criteria have to tell apart."""
    rng = np.random.default_rng(seed)
    for _ in range(12):
        n, k = int(rng.integers(2, 4)), int(rng.integers(3, 7))
        exponents = [
            [np.bincount(rng.integers(0, n, int(rng.integers(2, 5))), minlength=n) for _ in "ab"] for _ in range(k)
        ]
        system = [{tuple(e.tolist()): int(rng.integers(1, PRIME)) for e in pair} for pair in exponents]
        expected = sorted(tuple(one.LM) for one in by_sympy(system, n, GF(PRIME)))
        found = groebner_modulo(system, n, PRIME, clock())
        assert sorted(map(tuple, found.leads.tolist())) == expected


def test_minors_of_the_jacobian_matrix(rng):
    variables = sympy.symbols("x y z")
    x, y, z = variables
    polynomials = [x**2 * y - z, x * y * z + 3 * z**2, x + y**3 - 2 * z**2 * x]
    jacobian = sympy.Matrix(polynomials).jacobian(variables)
    given = [{m: Fraction(int(c)) for m, c in sympy.Poly(p, *variables).terms()} for p in polynomials]
    for size in (1, 2, 3):
        chosen = list(itertools.combinations(range(3), size))
        wanted = [sympy.Poly(jacobian[list(a), list(b)].det(), *variables, domain=QQ) for a in chosen for b in chosen]
        found = [to_sympy(one, "xyz") for one in jacobian_minors(given, 3, size, 2, clock())]
        assert {one.monic() for one in found} == {one.monic() for one in wanted if not one.is_zero}
        combined = to_sympy(random_minor(given, 3, size, rng, clock()), "xyz")
        span = sympy.Matrix([[one.coeff_monomial(m) for m in combined.monoms()] for one in [*wanted, combined]])
        support = {m for one in wanted for m in one.monoms()}
        assert set(combined.monoms()) <= support
        assert span.rank() == sympy.Matrix(span[:-1, :]).rank()


def test_bases_over_the_rationals_are_those_of_sympy(rng):
    for _ in range(12):
        system, n = random_system(rng, largest=9)
        expected = {frozenset(one.monic().terms()) for one in by_sympy(system, n, QQ)}
        found = elimination_basis([{e: Fraction(c) for e, c in one.items()} for one in system], n, clock())
        assert {frozenset((e, QQ(v.numerator, v.denominator)) for e, v in one.items()) for one in found} == expected


def test_standard_monomials_and_degree_are_counted_one_by_one(rng):
    for _ in range(40):
        n = int(rng.integers(1, 4))
        leads = rng.integers(0, 4, (int(rng.integers(1, 6)), n))
        dim, degree = dimension_and_degree(leads, clock())
        # The affine Hilbert function is a polynomial of degree dim, leading coefficient degree / dim!.
        counts = []
        for bound in range(24, 24 + n + 1):
            box = np.array([m for m in itertools.product(range(bound + 1), repeat=n) if sum(m) <= bound])
            counts.append(int((~(leads[:, None, :] <= box).all(axis=2).any(axis=0)).sum()))
        if dim < 0:
            assert counts[-1] == 0
            continue
        differences = np.diff(np.array(counts), n=dim)
        assert (differences == degree).all(), (leads, dim, degree)
        if dim == 0:
            assert len(standard_monomials(leads, clock())) == degree


def test_quotient_algebra_knows_the_solutions():
    # (x^2 - 1)(x - 5)^2 = 0, y = x + 2: three points, one of them double.
    x, y = sympy.symbols("x y")
    f = sympy.Poly(sympy.expand((x**2 - 1) * (x - 5) ** 2), x, y)
    system = [{m: int(c) for m, c in one.terms()} for one in (f, sympy.Poly(y - x - 2, x, y))]
    algebra = QuotientAlgebra(groebner_modulo(system, 2, PRIME, clock()), clock())
    assert algebra.size == 4
    assert algebra.num_values(np.array([1, 1])) == 3
    minimal, (bottom, xs, ys) = algebra.univariate(np.array([1, 0]))
    for root in (1, PRIME - 1, 5):
        value = [sum(c * pow(root, len(g) - 1 - i, PRIME) for i, c in enumerate(g)) for g in (minimal, bottom, xs, ys)]
        inverse = pow(value[1], -1, PRIME)
        assert [value[0] % PRIME, value[2] * inverse % PRIME] == [0, root]
        assert value[3] * inverse % PRIME == (root + 2) % PRIME


def test_row_echelon_keeps_the_span(rng):
    prime = 2**31 - 1
    for _ in range(20):
        a = rng.integers(0, prime, (5, 3)) @ np.zeros((3, 7), dtype=int) + rng.integers(0, prime, (5, 7))
        a[4] = (a[0] + 2 * a[1]) % prime
        found = row_echelon(a, prime, clock())
        assert len(found) == 4
        pivots = [int(np.flatnonzero(row)[0]) for row in found]
        assert pivots == sorted(pivots)
        for row in a:
            rest = row.copy()
            for pivot, one in zip(pivots, found, strict=True):
                rest = (rest - int(rest[pivot]) * one.astype(object)) % prime
            assert not rest.any()


def test_primes_divide_no_coefficient():
    first, second = itertools.islice(large_primes([7]), 2)
    # The start depends on the numbers: look among all that begin alike.
    for numbers in ([first * second, 0], [first], [-second]):
        for prime in itertools.islice(large_primes(numbers), 5):
            assert all(number % prime for number in numbers if number)
    start = next(large_primes([1, 2]))
    assert start == next(large_primes([1, 2])) != next(large_primes([2, 1]))


def test_real_roots_are_counted_as_by_sympy(rng):
    x = sympy.Symbol("x")
    for _ in range(60):
        numbers = [int(c) or 1 for c in rng.integers(-9, 10, int(rng.integers(2, 10)))]
        poly = sympy.Poly(numbers, x)
        if poly.is_sqf:
            assert real_root_count(numbers, clock()) == poly.count_roots(), numbers


def test_an_unlucky_prime_is_outvoted():
    first = []

    def compute(prime):
        first.append(prime)
        return 7 if len(first) == 1 else 5

    assert agreed(compute, [1]) == 5
    assert len(first) == 3


def test_rational_numbers_survive_primes_of_another_shape():
    calls = []
    wanted = [Fraction(-(10**30), 7), Fraction(1, 10**12 + 39), Fraction(0)]

    def compute(prime):
        calls.append(prime)
        if len(calls) == 2:
            return "other", [1]
        return "", [f.numerator * pow(f.denominator, -1, prime) % prime for f in wanted]

    assert rational_numbers(compute, [1], clock()) == ("", wanted)


def test_what_divides_the_coefficients_does_not_matter():
    # Modulo the first prime the two polynomials are equal.
    prime = 2**31 - 1
    system = [
        {(1, 0): Fraction(1), (0, 1): Fraction(1)},
        {(1, 0): Fraction(1), (0, 1): Fraction(1 + prime)},
    ]
    assert scheme_dimension_and_degree(system, 2, clock()) == (0, 1)


def test_saturation_removes_components():
    x, y = sympy.symbols("x y")
    circle, line = (sympy.Poly(p, x, y) for p in (x**2 + y**2 - 1, x - y))
    both, one, other = ([{m: Fraction(int(c)) for m, c in p.terms()}] for p in (circle * line, line, circle))
    assert [set(p.items()) for p in saturation(both, one, 2, clock())] == [set(other[0].items())]


def test_time_is_bounded():
    x = sympy.symbols("x:5")
    cyclic = [sum(sympy.prod([x[(i + j) % 5] for j in range(d)]) for i in range(5)) for d in range(1, 5)]
    system = [{m: int(c) for m, c in sympy.Poly(p + 1, *x).terms()} for p in cyclic]
    with pytest.raises(BudgetError, match=r"^the test took more than 0.01 seconds. Fix: raise seconds="):
        groebner_modulo(system, 5, PRIME, Clock(0.01, "the test"))


def test_degrees_that_bytes_do_not_hold_are_refused():
    with pytest.raises(BudgetError, match="degree 200"):
        groebner_modulo([{(200,): 1, (0,): 1}], 1, PRIME, clock())
    with pytest.raises(BudgetError, match="polynomials of degree"):
        groebner_modulo([{(120, 1): 1, (0, 0): 1}, {(1, 120): 1, (1, 0): 3}], 2, PRIME, clock())
