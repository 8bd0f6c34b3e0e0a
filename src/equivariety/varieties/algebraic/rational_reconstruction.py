"""From answers modulo several primes to the rational numbers behind them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator
from fractions import Fraction
from hashlib import sha256
from math import isqrt
from typing import TypeVar

from equivariety.varieties.algebraic.clock import Clock

__all__ = ["agreed", "large_primes", "rational_numbers"]

T = TypeVar("T", bound=Hashable)


def large_primes(numbers: Collection[int]) -> Iterator[int]:
    """Primes below 2**31 in descending order that divide none of the numbers, except for zeros.

    Where they start is a digest of the numbers: no primes are fixed beforehand for which a system could be special, and
    the same system meets the same primes.

    >>> next(large_primes([6])), next(large_primes([6])) == next(large_primes([7]))
    (2013872099, False)
    """
    from sympy import prevprime

    digest = sha256(",".join(f"{number:x}" for number in numbers).encode()).digest()
    prime = 2**31 - int.from_bytes(digest[:4], "big") % 2**29
    while True:
        prime = int(prevprime(prime))
        if all(number % prime for number in numbers if number):
            yield prime


def agreed(compute: Callable[[int], T], numbers: Collection[int]) -> T:
    """Return what ``compute(prime)`` gives for two large primes, after as few primes as that takes.

    All but finitely many primes give the answer over the rational numbers; an error needs two unlucky primes of nine
    digits with the same wrong answer.  ``numbers`` are the coefficients, none of which may vanish modulo a prime.

    >>> agreed(lambda prime: min(prime, 5), [1])
    5
    """
    seen: list[T] = []
    for prime in large_primes(numbers):
        answer = compute(prime)
        if answer in seen:
            return answer
        seen.append(answer)
    raise AssertionError  # pragma: no cover - there is always another prime


def rational_numbers(
    compute: Callable[[int], tuple[T, list[int]]], numbers: Collection[int], clock: Clock
) -> tuple[T, list[Fraction]]:
    """Return the shape, and the rational numbers whose residues ``compute(prime)`` gives.

    ``compute`` returns a shape, which all but finitely many primes share, and the residues; a prime that divides a
    denominator shows in the shape, or disagrees with the others and is outvoted.  The answer stands when one more
    prime confirms it.  ``numbers`` are the coefficients, none of which may vanish modulo a prime.

    >>> from equivariety.varieties.algebraic.clock import Clock
    >>> rational_numbers(lambda p: ("", [7 * pow(3, -1, p) % p]), [7, 3], Clock(9.0, ""))
    ('', [Fraction(7, 3)])
    """
    rows: dict[T, tuple[int, list[int], list[Fraction] | None]] = {}
    for prime in large_primes(numbers):
        clock.check()
        shape, residues = compute(prime)
        modulus, known, guess = rows.get(shape, (1, [0] * len(residues), None))
        if guess is not None and _agrees(guess, residues, prime):
            return shape, guess
        inverse = pow(modulus, -1, prime)
        combined = [a + modulus * ((b - a) * inverse % prime) for a, b in zip(known, residues, strict=True)]
        modulus *= prime
        rows[shape] = modulus, combined, _reconstructed(combined, modulus)
    raise AssertionError  # pragma: no cover - there is always another prime


def _agrees(guess: list[Fraction], residues: list[int], prime: int) -> bool:
    return all((f.numerator - r * f.denominator) % prime == 0 for f, r in zip(guess, residues, strict=True))


def _reconstructed(residues: list[int], modulus: int) -> list[Fraction] | None:
    """Fractions with numerator and denominator up to sqrt(modulus / 2), by Euclid's algorithm; None if one has none."""
    bound = isqrt(modulus // 2)
    out = []
    for residue in residues:
        (a, u), (b, v) = (modulus, 0), (residue, 1)
        while b > bound:
            q = a // b
            (a, u), (b, v) = (b, v), (a - q * b, u - q * v)
        if not 0 < abs(v) <= bound:
            return None
        out.append(Fraction(b, v))
    return out
