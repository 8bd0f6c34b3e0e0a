"""How many rank vectors there are: generating functions over exact integers, never an enumeration.

The number of vectors (r_i), 0 <= r_i <= c_i, with sum delta_i r_i = s is the coefficient of t^s in
prod_i (1 + t^delta_i + ... + t^(delta_i c_i)).  Blocks of equal weight and cap form one class; the largest class is
expanded by a recurrence, the others multiply in.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate

__all__ = ["count_with_sum"]


def count_with_sum(weights: tuple[int, ...], caps: tuple[int, ...], total: int) -> int:
    """Return the number of integer vectors with ``0 <= r_i <= caps[i]`` and ``sum weights[i] * r_i == total``.

    >>> count_with_sum((1, 2, 2), (1, 1, 1), 2)
    2
    """
    largest = sum(w * c for w, c in zip(weights, caps, strict=True))
    if not 0 <= total <= largest:
        return 0
    total = min(total, largest - total)  # r -> caps - r exchanges the two
    classes = Counter((w, c) for w, c in zip(weights, caps, strict=True) if c > 0).most_common()
    if not classes:
        return int(total == 0)
    (weight, cap), power = classes[0]
    series = _class_series(weight, cap, power, total)
    for (weight, cap), power in classes[1:]:
        if power * weight <= total:
            for _ in range(power):
                series = _times_block(series, weight, cap)
        else:
            series = _times(series, _class_series(weight, cap, power, total), weight)
    return series[total]


def _class_series(weight: int, cap: int, power: int, total: int) -> list[int]:
    """Coefficients up to t^total of f = (1 + u + ... + u^c)^power, u = t^weight.

    The logarithmic derivative of f, cleared of denominators, is
    (1 - u)(1 - u^(c+1)) f' = power (1 - (c+1) u^c + c u^(c+1)) f: each coefficient follows from three earlier ones.
    """
    a = [1]
    for n in range(total // weight):
        value = (n + power) * a[n]
        if n >= cap:
            value += (n - cap - power * (cap + 1)) * a[n - cap]
        if n > cap:
            value += (power * cap - (n - cap - 1)) * a[n - cap - 1]
        a.append(value // (n + 1))
    series = [0] * (total + 1)
    series[::weight] = a
    return series


def _times_block(series: list[int], weight: int, cap: int) -> list[int]:
    """Multiply by 1 + t^w + ... + t^(w c): a running sum over a window of cap + 1 terms in each residue class."""
    out = series.copy()
    for residue in range(min(weight, len(series))):
        sums = list(accumulate(series[residue::weight]))
        window = sums[: cap + 1]
        window += [late - early for late, early in zip(sums[cap + 1 :], sums, strict=False)]
        out[residue::weight] = window
    return out


def _times(left: list[int], right: list[int], weight: int) -> list[int]:
    """Product of two series, the right one in powers of t^weight, truncated to the length of the left one."""
    out = [0] * len(left)
    for shift in range(0, len(right), weight):
        factor = right[shift]
        if factor:
            for j in range(shift, len(left)):
                out[j] += factor * left[j - shift]
    return out
