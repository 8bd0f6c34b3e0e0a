"""The same answers by other means: explicit matrices, averages over the group, lists of all rank vectors.

Nothing here uses the library's transforms, blocks or counts.  Matrices are P[i, sigma(i)] = 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import gcd, lcm

import numpy as np

Array = np.ndarray
Label = tuple[int, int]


def matrix_of(images: Sequence[int] | Array) -> Array:
    """P with ``P @ x == x[images]``."""
    return np.eye(len(images))[np.asarray(images)]


def order_of(p: Array) -> int:
    power, k = p, 1
    while not np.array_equal(power, np.eye(len(p))):
        power, k = power @ p, k + 1
    return k


def average(matrix: Array, source: Array, target: Array) -> Array:
    """Orthogonal projection on the maps with ``M @ source == target @ M``."""
    n = lcm(order_of(source), order_of(target))
    total, moved = np.zeros(matrix.shape), np.asarray(matrix, dtype=float)
    for _ in range(n):
        total += moved
        moved = target.T @ moved @ source
    return total / n


def projectors(p: Array) -> dict[Label, Array]:
    """Real isotypic projectors of the cyclic group of a permutation matrix, by averages with characters."""
    n = order_of(p)
    powers = [np.linalg.matrix_power(p, k) for k in range(n)]
    out = {}
    for k in range(n // 2 + 1):
        l = n // gcd(k, n)
        m = (n - k) // gcd(k, n)
        # p acts with the eigenvalues exp(+-2 pi i k / n) on the image.
        weights = np.cos(2 * np.pi * k * np.arange(n) / n) * (1 if l <= 2 else 2)
        projector = sum(w * q for w, q in zip(weights, powers, strict=True)) / n
        if np.trace(projector) > 0.5:
            out[l, m] = projector
    return out


def rank_vectors(weights: Sequence[int], caps: Sequence[int], rank: int) -> list[tuple[int, ...]]:
    """All maximal vectors with ``0 <= r <= caps`` and ``weights . r <= rank``: from the definition, by enumeration."""
    feasible = {
        v for v in product(*(range(c + 1) for c in caps)) if sum(w * r for w, r in zip(weights, v, strict=True)) <= rank
    }
    return [v for v in feasible if not any((*v[:i], v[i] + 1, *v[i + 1 :]) in feasible for i in range(len(v)))]


def _groups(values: Array, size: int) -> list[float]:
    count = len(values) // size
    return [float(values[k * size : (k + 1) * size].sum()) for k in range(count)]


class BruteMaps:
    """Equivariant maps for one generator on each side, by dense linear algebra."""

    def __init__(self, source: Sequence[int] | Array, target: Sequence[int] | Array) -> None:
        self.source, self.target = matrix_of(source), matrix_of(target)
        left, right = projectors(self.target), projectors(self.source)
        self.labels = sorted(set(left) | set(right), key=lambda label: -label[1] / label[0])
        m, n = len(self.target), len(self.source)
        self.left = [left.get(label, np.zeros((m, m))) for label in self.labels]
        self.right = [right.get(label, np.zeros((n, n))) for label in self.labels]
        self.weights = [1 if l <= 2 else 2 for l, _ in self.labels]
        self.caps = [
            round(min(np.trace(a), np.trace(b)) / w)
            for a, b, w in zip(self.left, self.right, self.weights, strict=True)
        ]

    def names(self) -> list[str]:
        return [f"({l},{m})" for l, m in self.labels]

    def average(self, matrix: Array) -> Array:
        """Orthogonal projection of an (m, n) matrix on the maps."""
        return average(matrix, self.source, self.target)

    def source_average(self, matrix: Array) -> Array:
        """Orthogonal projection of an (n, n) matrix on the maps of the source to itself."""
        return average(matrix, self.source, self.source)

    def blocks(self, matrix: Array) -> list[tuple[Array, Array, Array]]:
        """SVD of each isotypic piece of the nearest equivariant matrix; values come in groups of the weight."""
        inside = self.average(matrix)
        return [np.linalg.svd(a @ inside @ b) for a, b in zip(self.left, self.right, strict=True)]

    def nearest(self, matrix: Array, rank: int) -> Iterator[tuple[float, dict[str, int], Array]]:
        """(distance, ranks, point) of the nearest point on every component, nearest component first."""
        pieces = self.blocks(matrix)
        found = []
        for vector in rank_vectors(self.weights, self.caps, rank):
            point = np.zeros(matrix.shape)
            for (u, s, vh), w, r in zip(pieces, self.weights, vector, strict=True):
                point += (u[:, : w * r] * s[: w * r]) @ vh[: w * r]
            ranks = dict(zip(self.names(), vector, strict=True))
            found.append((float(np.linalg.norm(matrix - point)), ranks, point))
        return iter(sorted(found, key=lambda item: item[0]))

    def spectra(self, data: Array) -> list[list[float]]:
        """What each rank of each block takes off the squared error of the rows of ``data``."""
        moment = self.source_average(data.T @ data)
        return [
            _groups(np.linalg.eigvalsh(e @ moment @ e)[::-1], w)[:cap]
            for e, w, cap in zip(self.right, self.weights, self.caps, strict=True)
        ]

    def losses(self, data: Array, rank: int) -> dict[tuple[int, ...], float]:
        """The smallest mean squared error on every component, from the eigenvalues of the averaged moment."""
        spectra = self.spectra(data)
        total = float(np.sum(data**2))
        return {
            v: (total - sum(sum(s[:r]) for s, r in zip(spectra, v, strict=True))) / data.size
            for v in rank_vectors(self.weights, self.caps, rank)
        }

    def best_map(self, data: Array, vector: Sequence[int]) -> Array:
        """A projector on leading eigenvectors of every block; equivariant if the eigenvalues are separated there."""
        moment = self.source_average(data.T @ data)
        out = np.zeros_like(moment)
        for e, w, r in zip(self.right, self.weights, vector, strict=True):
            # Push the kernel of the projector below all eigenvalues of a second moment.
            values, vectors = np.linalg.eigh(e @ moment @ e - (np.eye(len(e)) - e) * (1 + np.trace(moment)))
            top = vectors[:, np.argsort(-values)[: w * r]]
            out += top @ top.T
        return out
