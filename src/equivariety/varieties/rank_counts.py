"""How many rank vectors there are: generating functions over exact integers, never an enumeration.

The number of vectors (r_i), 0 <= r_i <= c_i, with sum delta_i r_i = s is the coefficient of t^s in
prod_i (1 + t^delta_i + ... + t^(delta_i c_i)).  Blocks of equal weight and cap form one class; the largest class is
expanded in closed form, the others multiply in.
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
    if total < 0:
        return 0
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
    """Coefficients up to t^total of (1 + t^w + ... + t^(w c))^power.

    ``1 / (1 - u)^power`` has the coefficients C(power - 1 + j, j), u = t^w; ``(1 - u^(c+1))^power`` is sparse.
    """
    terms = total // weight + 1
    free = [1] * terms
    for j in range(1, terms):
        free[j] = free[j - 1] * (power - 1 + j) // j
    capped = [0] * terms
    sign_binomial, shift, k = 1, 0, 0
    while shift < terms and k <= power:
        for j in range(shift, terms):
            capped[j] += sign_binomial * free[j - shift]
        sign_binomial = -sign_binomial * (power - k) // (k + 1)
        shift += cap + 1
        k += 1
    series = [0] * (total + 1)
    series[::weight] = capped
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
