"""Exact integers of any length in print: with separators, by their magnitude, or in full.

``str`` refuses integers of more than 4,300 digits; logarithms and ``decimal`` do not.
"""

from __future__ import annotations

import math
from decimal import Decimal

__all__ = ["digits", "is_long", "magnitude", "number_text"]

_LARGEST_SHOWN: int = 10**30 - 1


def magnitude(number: int) -> tuple[str, int, int]:
    """Return two leading digits, the power of ten that goes with them, and the number of digits of a positive integer.

    >>> magnitude(3249 * 10**5000), magnitude(10**850 - 1), magnitude(10**850)
    (('3.2', 5003, 5004), ('1.0', 850, 850), ('1.0', 850, 851))
    """
    log = math.log10(number)
    power = math.floor(log)
    nearest = round(log)
    if abs(log - nearest) < 1e-6:  # the logarithm cannot tell 99...9 from 100...0
        power = nearest if number >= 10**nearest else nearest - 1
    leading = f"{10 ** (log - power):.1f}"
    return ("1.0", power + 1, power + 1) if leading == "10.0" else (leading, power, power + 1)


def digits(number: int) -> str:
    """Return all digits of an integer of any length, with separators.

    >>> digits(72425986088826), len(digits(10**6000))
    ('72,425,986,088,826', 8001)
    """
    return format(Decimal(number), ",f")


def is_long(number: int) -> bool:
    """Whether an integer has more than 30 digits.

    >>> is_long(10**30 - 1), is_long(10**30)
    (False, True)
    """
    return abs(number) > _LARGEST_SHOWN


def number_text(number: int, *, full: bool = False) -> str:
    """Return an integer with separators, beyond 30 digits by its magnitude unless ``full``.

    >>> number_text(5187), number_text(7**1000)
    ('5,187', '≈ 1.3e845, 846 digits')
    """
    if full or not is_long(number):
        return digits(number)
    leading, power, count = magnitude(number)
    return f"≈ {leading}e{power}, {count:,} digits"
