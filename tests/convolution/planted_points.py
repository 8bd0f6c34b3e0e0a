"""Filters of convolutional networks with data for which they are a critical point of known kind.

At filters theta with product v the inputs are random, and the targets such that ``cross = sigma v - n`` for an n that
is orthogonal to the columns of the Jacobian matrix: theta is critical.  It is pure iff n is orthogonal to the columns
of that of the merged network too, v being a smooth point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from convolution.literal_network import merged, polynomial_product, scales

__all__ = ["Planted", "make", "random_network"]


@dataclass
class Planted:
    """A point, the data, and what it is: "pure", "spurious", "zero"."""

    sizes: tuple
    strides: tuple
    filters: list
    X: np.ndarray
    Y: np.ndarray
    kind: str
    rank: int | None


def jacobian(filters, strides):
    columns = []
    for i, w in enumerate(filters):
        for j in range(len(w)):
            unit = np.zeros(len(w))
            unit[j] = 1
            columns.append(polynomial_product([*filters[:i], unit, *filters[i + 1 :]], strides))
    return np.array(columns, dtype=float).T


def merged_jacobian(filters, strides):
    factors, steps = merged(filters, strides)
    return jacobian(factors, steps)[:, 1:] if len(factors) > 1 else jacobian(factors, steps)


def orthogonal(matrix, rank):
    """Orthonormal vectors orthogonal to the columns of a matrix of known rank, each scaled to norm one."""
    norms = np.linalg.norm(matrix, axis=0)
    return np.linalg.svd(matrix[:, norms > 0] / norms[norms > 0])[0][:, rank:]


def random_network(rng, depth, size=4, largest=48, blocks=None):
    """Sizes and strides; with ``blocks`` two layers of equal scale and degree one at least."""
    while True:
        sizes = tuple(int(k) for k in rng.integers(1, size + 1, depth))
        strides = tuple(int(s) for s in rng.choice([1, 1, 2, 3], depth))
        if not 1 < 1 + sum((k - 1) * s for k, s in zip(sizes, scales(strides), strict=True)) <= largest:
            continue
        pairs = equal_scales(sizes, strides)
        if not blocks or pairs:
            return sizes, strides


def equal_scales(sizes, strides):
    each = scales(strides)
    layers = [i for i, k in enumerate(sizes) if k > 1]
    return [(i, j) for i in layers for j in layers if i < j and each[i] == each[j]]


def rescaled(rng, filters):
    """Layers of very different norms; the product is of norm one up to a factor 1000."""
    factors = 10.0 ** rng.uniform(-3, 3, len(filters))
    factors[-1] *= 10.0 ** rng.uniform(-1.5, 1.5) / np.prod(factors)
    return [f * w for f, w in zip(factors, filters, strict=True)]


def unit(rng, size):
    w = rng.standard_normal(size)
    return w / np.linalg.norm(w)


def with_root(rng, size, pair):
    """A filter with a given real or a pair of complex roots."""
    rest = unit(rng, size - len(pair) + 1)
    w = np.convolve(pair, rest)
    return w / np.linalg.norm(w)


def data(rng, v, normal):
    """Inputs and targets of windows with ``cross = sigma v - n``, n given relative to sigma v."""
    k = len(v)
    X = rng.standard_normal((k + 2 + int(rng.integers(0, 4)), k))
    sigma = X.T @ X
    size = np.linalg.norm(sigma @ v)
    Y = X @ (v - np.linalg.solve(sigma, size * normal))
    rest = rng.standard_normal(len(X))
    rest -= X @ np.linalg.solve(sigma, X.T @ rest)
    return X, (Y + 0.3 * np.linalg.norm(Y) * rest / np.linalg.norm(rest))[:, None]


def combination(rng, basis):
    if not basis.shape[1]:
        return np.zeros(len(basis))
    n = basis @ rng.standard_normal(basis.shape[1])
    return n / np.linalg.norm(n)


def make(rng, kind, depth):
    """A point constructed in one of several ways; "shared roots": one root in all layers of a scale, twice in one."""
    if kind in ("two zeros", "one zero"):
        return _with_zeros(rng, depth, 2 if kind == "two zeros" else 1)
    if kind == "regular":
        sizes, strides = random_network(rng, depth)
        filters = rescaled(rng, [unit(rng, k) for k in sizes])
        rank = 1 + sum(k - 1 for k in sizes)
        basis, wanted = orthogonal(jacobian(filters, strides), rank), "pure"
    else:
        sizes, strides = random_network(rng, depth, blocks=True)
        pairs = equal_scales(sizes, strides)
        i, j = pairs[rng.integers(len(pairs))]
        shared = unit(rng, 2)
        if min(sizes[i], sizes[j]) > 2 and rng.random() < 0.5:
            shared = np.array([1, rng.uniform(-1, 1), 1 + rng.random()])  # a complex pair
        filters = [unit(rng, k) for k in sizes]
        filters[i], filters[j] = with_root(rng, sizes[i], shared), with_root(rng, sizes[j], shared)
        if kind == "shared roots":
            return _with_one_root(rng, sizes, strides, filters, {m for p in pairs for m in p if i in p}, shared)
        filters = rescaled(rng, filters)
        rank = 1 + sum(k - 1 for k in sizes) - (len(shared) - 1)
        tangent = merged_jacobian(filters, strides)
        dim = 1 + sum(k - 1 for k in sizes)
        if kind == "shared root":
            basis, wanted = orthogonal(jacobian(filters, strides), rank), "spurious"
        else:
            basis, wanted = orthogonal(tangent, dim), "pure"
    v = polynomial_product(filters, strides)
    return Planted(sizes, strides, filters, *data(rng, np.array(v), combination(rng, basis)), wanted, rank)


def _with_one_root(rng, sizes, strides, filters, layers, shared):
    shared = unit(rng, 2)
    for m in layers:
        filters[m] = with_root(rng, sizes[m], shared)
    largest = max(layers, key=lambda m: sizes[m])
    if sizes[largest] > 2:
        filters[largest] = with_root(rng, sizes[largest], np.convolve(shared, shared))
    filters = rescaled(rng, filters)
    own = jacobian(filters, strides)
    values = np.linalg.svd(own / np.linalg.norm(own, axis=0), compute_uv=False)
    rank = int((values > 1e-11 * values[0]).sum())
    v = np.array(polynomial_product(filters, strides))
    n = combination(rng, orthogonal(own, rank))
    return Planted(sizes, strides, filters, *data(rng, v, n), "spurious", rank)


def _with_zeros(rng, depth, number):
    while True:
        sizes, strides = random_network(rng, depth)
        filters = [unit(rng, k) for k in sizes]
        zeros = rng.choice(depth, number, replace=False)
        for i in zeros:
            filters[i] = np.zeros(sizes[i])
        filters = rescaled(rng, filters)
        k = len(polynomial_product(filters, strides))
        own = jacobian(filters, strides)
        rank = sizes[zeros[0]] if number == 1 else 0
        if rank < k:
            break
    X = rng.standard_normal((k + 2, k))
    cross = combination(rng, orthogonal(own, rank) if number == 1 else np.eye(k))
    Y = X @ np.linalg.solve(X.T @ X, cross) * 10.0 ** rng.uniform(-3, 3)
    return Planted(sizes, strides, filters, X, Y[:, None], "zero", None)
