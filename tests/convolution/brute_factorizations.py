"""All real factorizations of a small filter by trying every assignment of its roots to the layers."""

from __future__ import annotations

import numpy as np
import sympy

__all__ = ["brute_factorizations", "roots_with_multiplicity"]

_INFINITY = "infinity"


def roots_with_multiplicity(v):
    """Complex roots of the form ``sum v_j x^j y^(d-j)`` as (complex number or "infinity", multiplicity)."""
    x = sympy.Symbol("x")
    found = []
    top = max(i for i, c in enumerate(v) if c)
    if top < len(v) - 1:
        found.append((_INFINITY, len(v) - 1 - top))
    poly = sympy.Poly.from_list([sympy.Rational(c) for c in reversed(v[: top + 1])], x)
    for factor, m in poly.sqf_list()[1]:
        found += [(complex(r), m) for r in factor.nroots(n=30, maxsteps=500)]
    return found


def _form(roots, counts):
    values = np.ones(1, dtype=complex)
    infinite = 0
    for (root, _), m in zip(roots, counts, strict=True):
        if root == _INFINITY:
            infinite += m
        else:
            for _ in range(m):
                values = np.convolve(values, [-root, 1.0])
    return np.concatenate([values, np.zeros(infinite)])


def _choices(sizes, degree):
    if not sizes:
        if degree == 0:
            yield ()
        return
    for m in range(min(sizes[0], degree) + 1):
        for rest in _choices(sizes[1:], degree - m):
            yield (m, *rest)


def _is_layer(values, scale):
    size = np.max(np.abs(values))
    outside = np.delete(values, np.arange(0, len(values), scale))
    return np.max(np.abs(values.imag)) < 1e-9 * size and (not len(outside) or np.max(np.abs(outside)) < 1e-9 * size)


def brute_factorizations(filter_sizes, scales, v):
    """Number of different ways to write v as a product of real forms of degrees k_i - 1 in x^{S_i}."""
    roots = roots_with_multiplicity(v)
    assert sum(m for _, m in roots) == len(v) - 1

    def search(layers, left):
        if not layers:
            return 1 if not any(left) else 0
        (k, scale), *others = layers
        total = 0
        for counts in _choices(left, (k - 1) * scale):
            if _is_layer(_form(roots, counts), scale):
                total += search(others, tuple(a - b for a, b in zip(left, counts, strict=True)))
        return total

    return search(list(zip(filter_sizes, scales, strict=True)), tuple(m for _, m in roots))
