"""Real roots of a form with rounded coefficients: how many it has for sure, and how far others are from having more."""

from __future__ import annotations

import numpy as np

from equivariety._typing import AnyArray, ComplexArray, FloatArray

__all__ = [
    "discriminant_distance",
    "homogeneous_roots",
    "sure_real_roots",
    "with_equal_roots",
]

# Of the search for minima on the circle: a form has at most as many as its degree, and golden sections by 40 rounds
# find them to 1e-8 of the grid.
_POINTS_PER_DEGREE = 24
_REFINED_MINIMA = 8
_ROUNDS = 40
_GOLDEN_RATIO = (1 + 5**0.5) / 2
# Radii of circles of rounded multiple roots that are tried, not tolerances: what is found has to pass a tolerance.
_RADII = tuple(10.0 ** (-n / 2) for n in range(1, 17))


def homogeneous_roots(form: FloatArray) -> tuple[ComplexArray, FloatArray]:
    """Return the roots alpha / beta of a real form on the projective line, ``|alpha|^2 + beta^2 = 1``, beta >= 0.

    The eigenvalues of the companion pencil, by the QZ algorithm: backward stable, and roots near infinity are no worse
    than others.  Coefficients beyond the rounding of the largest count as roots at 0 and infinity.

    >>> alpha, beta = homogeneous_roots(np.array([0.0, -1.0, 1.0, 0.0]))
    >>> sorted((alpha / np.maximum(beta, 1e-300)).real.round(6).clip(-9, 9).tolist()), beta.round(3).tolist().count(0.0)
    ([0.0, 1.0, 9.0], 1)
    """
    from scipy.linalg import eig

    nonzero = np.flatnonzero(np.abs(form) > 0)
    low, high = int(nonzero[0]), int(nonzero[-1])
    core = form[low : high + 1] / np.max(np.abs(form))
    degree = len(core) - 1
    zeros, infinite = low, len(form) - 1 - high
    alpha, beta = np.zeros(0, dtype=complex), np.zeros(0)
    if degree:
        left, right = np.zeros((degree, degree)), np.eye(degree)
        left[0] = -core[-2::-1]
        left[np.arange(1, degree), np.arange(degree - 1)] = 1.0
        right[0, 0] = core[-1]
        a, b = eig(left, right, right=False, homogeneous_eigvals=True)
        norms = np.sqrt(np.abs(a) ** 2 + np.abs(b) ** 2)
        phases = np.where(np.abs(b) > 0, np.conj(b) / np.where(np.abs(b) > 0, np.abs(b), 1.0), 1.0)
        alpha, beta = a * phases / norms, np.abs(b) / norms
    alpha = np.concatenate([np.zeros(zeros), alpha, np.ones(infinite)])
    beta = np.concatenate([np.ones(zeros), beta, np.zeros(infinite)])
    return alpha, beta


def with_equal_roots(
    form: FloatArray, roots: tuple[ComplexArray, FloatArray], tolerance: float
) -> tuple[ComplexArray, FloatArray]:
    """Return roots of a form within a relative distance of the given one, as many equal as single linkage finds.

    Rounding spreads a root of multiplicity m over a circle of radius ``eps^(1/m)``, whose centre is accurate.

    >>> form = np.array([1.0, 4.0, 6.0, 4.0, 1.0])
    >>> alpha, beta = with_equal_roots(form, homogeneous_roots(form), 1e-12)
    >>> (alpha / beta).round(6).tolist()
    [(-1+0j), (-1+0j), (-1+0j), (-1+0j)]
    """
    alpha, beta = roots
    distances = np.abs(alpha[:, None] * beta - beta[:, None] * alpha)
    for radius in _RADII:
        labels = _labels(distances < radius)
        if labels.max(initial=-1) + 1 == len(alpha):
            break
        merged_alpha, merged_beta = alpha.astype(complex), beta.copy()
        for label in range(labels.max() + 1):
            chosen = labels == label
            if chosen.sum() > 1:
                merged_alpha[chosen], merged_beta[chosen] = _mean(alpha[chosen], beta[chosen])
        if _relative_distance(form, merged_alpha, merged_beta) <= tolerance:
            return merged_alpha, merged_beta
    return roots


def _labels(adjacent: AnyArray) -> AnyArray:
    """Per vertex of a graph, given by a symmetric matrix, the number of its connected component."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    return np.asarray(connected_components(csr_array(adjacent), directed=False)[1])


def _mean(alpha: ComplexArray, beta: FloatArray) -> tuple[complex, float]:
    """Mean of nearby roots in the chart around 0 or around infinity; real if they are closed under conjugation."""
    near = np.sum(np.abs(alpha)) <= np.sum(beta)
    mean = complex(np.mean(alpha / beta if near else beta / alpha))
    if abs(np.sum(np.sign(alpha.imag))) < 0.5:
        mean = complex(mean.real)
    a, b = (mean, 1.0 + 0j) if near else (1.0 + 0j, mean)
    phase = np.conj(b) / abs(b) if b else 1.0
    norm = np.hypot(abs(a), abs(b))
    return complex(a * phase / norm), float(abs(b) / norm)


def _relative_distance(form: FloatArray, alpha: ComplexArray, beta: FloatArray) -> float:
    """Distance of a form to the nearest multiple of the product over given roots, spread evenly while multiplying."""
    total = np.ones(1, dtype=complex)
    order = sorted(range(len(alpha)), key=lambda i: i * _GOLDEN_RATIO % 1.0)
    by_angle = np.lexsort((np.abs(alpha), np.angle(alpha)))
    for i in order:
        total = np.convolve(total, [-alpha[by_angle[i]], beta[by_angle[i]]])
        total /= np.max(np.abs(total))
    product = total.real
    rest = form - product * (float(product @ form) / float(product @ product))
    return float(np.linalg.norm(rest) / np.linalg.norm(form))


def sure_real_roots(form: FloatArray, tolerance: float, roots: tuple[ComplexArray, FloatArray]) -> int:
    """Return a number of different real roots of odd multiplicity that all forms within a relative distance have.

    Signs at points where the value exceeds what such a change can do; each change of sign around the circle is a root.

    Args:
        form: coefficients.
        tolerance: distance, relative to the norm.
        roots: of the form, as :func:`homogeneous_roots` gives them; points between the real parts are tried.

    >>> form = np.array([1.0, 0.0, -1.0])
    >>> sure_real_roots(form, 1e-10, homogeneous_roots(form))
    2
    """
    alpha, beta = roots
    angles = np.sort(np.arctan2(beta, alpha.real) % np.pi)
    between = (angles + np.roll(angles, -1)) / 2
    if len(angles):
        between[-1] = (angles[-1] + angles[0] + np.pi) / 2
    n = _POINTS_PER_DEGREE * len(form)
    turned = np.sort(np.concatenate([np.arange(n) * (np.pi / n), between % np.pi]))
    values, sizes = _values(form, turned)
    signs = np.sign(values[np.abs(values) > tolerance * np.linalg.norm(form) * sizes])
    if not len(signs):
        return 0
    # Once around the circle, a form of odd degree comes back with the other sign.
    closing = signs[0] if len(form) % 2 else -signs[0]
    return int(np.sum(signs[1:] != signs[:-1]) + (signs[-1] != closing))


def _values(form: FloatArray, angles: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Values at (cos, sin), times a positive factor, and the norm of the vector of monomials times the same factor."""
    x, y = np.cos(angles), np.sin(angles)
    near = np.abs(x) <= np.abs(y)
    values, sizes = np.zeros(len(angles)), np.zeros(len(angles))
    for mask, ratio, sign, coefficients in (
        (near, x[near] / y[near], y[near], form),
        (~near, y[~near] / x[~near], x[~near], form[::-1]),
    ):
        table = np.vander(ratio, len(form), increasing=True)
        odd = np.sign(sign) if (len(form) - 1) % 2 else 1.0
        values[mask], sizes[mask] = (table @ coefficients) * odd, np.linalg.norm(table, axis=1)
    return values, sizes


def discriminant_distance(form: FloatArray) -> float:
    """Return the distance to the nearest form with a multiple real root, relative to the norm.

    At each point the nearest form with a multiple root there is a linear least-norm problem; the minimum over the
    circle is found on a fine grid and by golden sections.

    >>> [round(discriminant_distance(np.array(form)), 6) for form in ([1.0, 2.0, 1.0], [1.0, 0.0, 1.0])]
    [0.0, 0.707107]
    """
    if len(form) < 3:
        return float("inf")
    unit = form / np.linalg.norm(form)
    least = float("inf")
    n = _POINTS_PER_DEGREE * len(form)
    grid = np.sin(np.linspace(-np.pi / 2, np.pi / 2, n))
    for coefficients in (unit, unit[::-1]):
        values = _distances(coefficients, grid)
        inner = np.flatnonzero((values <= np.roll(values, 1)) & (values <= np.roll(values, -1)))
        best = inner[np.argsort(values[inner])][:_REFINED_MINIMA]
        low, high = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, n - 1)]
        for _ in range(_ROUNDS):
            third = (high - low) * 0.381966
            left, right = _distances(coefficients, low + third), _distances(coefficients, high - third)
            low, high = np.where(left < right, low, low + third), np.where(left < right, high - third, high)
        least = min([least, float(values.min()), *_distances(coefficients, (low + high) / 2).tolist()])
    return least


def _distances(form: FloatArray, x: FloatArray) -> FloatArray:
    """Norm of the least change that makes x in [-1, 1] a root of multiplicity two."""
    powers = np.arange(len(form))
    table = np.vander(x, len(form), increasing=True)
    slopes = np.zeros_like(table)
    slopes[:, 1:] = powers[1:] * table[:, :-1]
    value, slope = table @ form, slopes @ form
    size = np.sum(table * table, axis=1)
    overlap = np.sum(table * slopes, axis=1) / size
    rest = np.sum((slopes - overlap[:, None] * table) ** 2, axis=1)
    return np.asarray(np.sqrt(value**2 / size + (slope - overlap * value) ** 2 / rest))
