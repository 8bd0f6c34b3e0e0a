"""Convolutional layers written out, and arithmetic modulo a prime: nothing of the library."""

from __future__ import annotations

from itertools import combinations_with_replacement, product

import numpy as np

__all__ = ["end_to_end", "image_modulo", "layer_matrix", "random_architecture", "rank_modulo"]


def layer_matrix(w, stride, outputs):
    """The matrix of y_i = sum_j w_j x_{i stride + j}."""
    rows = [[0] * (stride * (outputs - 1) + len(w)) for _ in range(outputs)]
    for i, row in enumerate(rows):
        for j, weight in enumerate(w):
            row[i * stride + j] = weight
    return rows


def end_to_end(filters, strides):
    """The one row of the product of the layers' matrices for a single output."""
    outputs, row = 1, [1]
    for w, stride in zip(reversed(filters), reversed(strides), strict=True):
        matrix = layer_matrix(w, stride, outputs)
        row = [sum(row[i] * matrix[i][n] for i in range(outputs)) for n in range(len(matrix[0]))]
        outputs = len(row)
    return row


def random_architecture(rng, depth=4, size=4, stride=3):
    layers = int(rng.integers(1, depth + 1))
    sizes = tuple(int(k) for k in rng.integers(1, size + 1, layers))
    return sizes, tuple(int(s) for s in rng.integers(1, stride + 1, layers))


def rank_modulo(rows, p):
    rows = [[x % p for x in row] for row in rows]
    rank = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        inverse = pow(rows[rank][column], -1, p)
        rows[rank] = [x * inverse % p for x in rows[rank]]
        for i, row in enumerate(rows):
            if i != rank and row[column]:
                rows[i] = [(x - row[column] * y) % p for x, y in zip(row, rows[rank], strict=True)]
        rank += 1
    return rank


def image_modulo(blocks, p):
    """All products of split forms over a finite field, up to constants, each with the number of its factorizations.

    Blocks are pairs (degree, scale).  Roots are numbers and None, infinity.
    """
    points = [*range(p), None]
    choices = [
        [dilated(split_form(roots, p), scale) for roots in combinations_with_replacement(points, degree)]
        for degree, scale in blocks
    ]
    found = {}
    for factors in product(*choices):
        total = [1]
        for factor in factors:
            total = times(total, factor, p)
        key = normed(total, p)
        found[key] = found.get(key, 0) + 1
    return found


def split_form(roots, p):
    out = [1]
    for root in roots:
        out = times(out, [1, 0] if root is None else [-root % p, 1], p)
    return out


def normed(values, p):
    inverse = pow(next(x for x in values if x), -1, p)
    return tuple(x * inverse % p for x in values)


def times(a, b, p):
    return [int(x) % p for x in np.convolve(np.array(a, dtype=object), np.array(b, dtype=object))]


def dilated(values, scale):
    out = [0] * ((len(values) - 1) * scale + 1)
    out[::scale] = values
    return out
