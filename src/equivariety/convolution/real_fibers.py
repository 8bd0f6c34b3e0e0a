"""Real filters with a given product: the ways to share out roots among layers."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from operator import index

from equivariety.errors import brief, invalid

__all__ = ["per_scale", "real_choices"]


def per_scale(name: str, given: int | Sequence[int], count: int) -> list[int]:
    """Return one integer >= 0 for each scale; ValueError or TypeError for anything else.

    >>> per_scale("num_real_roots", 3, 1)
    [3]
    """
    listed = list(given) if isinstance(given, Sequence) else [given]
    fix = "an int for one scale, else one number for each"
    if len(listed) != count:
        raise invalid(name, f"{count} numbers, one per scale", f"{len(listed)}", fix)
    try:
        found = [index(x) for x in listed]
    except TypeError as error:
        raise invalid(name, "integers >= 0", brief(given), fix, TypeError) from error
    if any(x < 0 for x in found):
        raise invalid(name, "integers >= 0", brief(given), fix)
    return found


def real_choices(degrees: Sequence[int], num_real: int, num_pairs: int) -> int:
    """Return in how many ways factors of these degrees share out different real roots and conjugate pairs.

    >>> real_choices((1, 1), 2, 0), real_choices((1, 1), 0, 1), real_choices((2, 2), 0, 2)
    (2, 0, 2)
    """
    ways = {num_real: 1}  # real roots left; pairs left follow from the degrees
    left = num_real + 2 * num_pairs
    for degree in degrees:
        following: dict[int, int] = {}
        for r, number in ways.items():
            c = (left - r) // 2
            for a in range(degree % 2, min(degree, r) + 1, 2):
                b = (degree - a) // 2
                if b <= c:
                    following[r - a] = following.get(r - a, 0) + number * comb(r, a) * comb(c, b)
        ways = following
        left -= degree
    return sum(ways.values())
