"""The best map of bounded rank by another road: one least squares problem on the explicit orbit of the data.

The group is listed.  Every sample appears once for every element, moved on both sides; roots of weights multiply the
rows; a ridge is rows sqrt(alpha) I with target 0; an intercept is one more column, for all outputs alike.  On such
data plain least squares is equivariant by itself.  Fitted values are cut down to the isotypic pieces of the target,
and reduced-rank regression keeps their leading right singular vectors, in groups of the dimension of the irreducible.
No second moments, no complex numbers, no transforms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from laws.brute import BruteMaps, matrix_of, rank_vectors
from laws.brute_groups import GroupMaps, Pair, elements

Array = np.ndarray

#: Relative size of singular values of the data that count as zero; the tests use data far from it on both sides.
_ZERO = 1e-11


@dataclass(frozen=True, eq=False)
class BruteSpace:
    """Equivariant maps described by what is needed to recognize the optimum: a group and its isotypic projectors.

    Attributes:
        group: all elements as pairs (source, target) of image lists.
        labels, left, weights, caps: per block its name, the projector on the target's part, the dimension of its
            irreducible and the largest rank over its field.
    """

    group: list[Pair]
    labels: list[str]
    left: list[Array]
    weights: list[int]
    caps: list[int]

    @classmethod
    def equivariant(cls, source: Sequence[int] | Array, target: Sequence[int] | Array) -> BruteSpace:
        """For one generator on each side."""
        maps = BruteMaps(source, target)
        pair = tuple(int(i) for i in source), tuple(int(i) for i in target)
        return cls(elements([pair]), maps.names(), maps.left, maps.weights, maps.caps)

    @classmethod
    def of_group(cls, pairs: Sequence[Pair], hom: Any) -> BruteSpace:
        """For any number of paired generators; ``hom`` names the blocks."""
        maps = GroupMaps([tuple(matrix_of(side) for side in pair) for pair in pairs]).named(hom)
        return cls(elements(pairs), maps.names(), maps.left, maps.weights, maps.caps)

    @classmethod
    def invariant(cls, generators: Sequence[Sequence[int] | Array], outputs: int) -> BruteSpace:
        """For any number of generators that leave the outputs alone."""
        fixed = tuple(range(outputs))
        group = elements([(tuple(int(i) for i in g), fixed) for g in generators])
        # The number of orbits is the mean number of fixed points (Burnside).
        points = sum(i == s for moved, _ in group for i, s in enumerate(moved))
        return cls(group, ["(1,1)"], [np.eye(outputs)], [1], [min(points // len(group), outputs)])

    def average(self, matrix: Array) -> Array:
        """Orthogonal projection of an (m, n) matrix on the maps."""
        return sum(matrix[np.ix_(target, source)] for source, target in self.group) / len(self.group)

    def fixed(self, vector: Array) -> Array:
        """Orthogonal projection of m outputs on those that the group leaves alone."""
        return sum(vector[list(target)] for _, target in self.group) / len(self.group)

    def member(self, matrix: Array, vector: Sequence[int]) -> Array:
        """A map of the given ranks: the nearest one to ``matrix``, piece by piece."""
        inside = self.average(matrix)
        out = np.zeros(inside.shape)
        for piece, w, r in zip(self.left, self.weights, vector, strict=True):
            u, s, vh = np.linalg.svd(piece @ inside)
            out += (u[:, : w * r] * s[: w * r]) @ vh[: w * r]
        return out

    def vectors(self, rank: int) -> list[tuple[int, ...]]:
        """The rank vectors of all irreducible components."""
        return rank_vectors(self.weights, self.caps, rank)


class BruteRegression:
    """The optimum of ``sum_s w_s |y_s - M x_s - c|^2 + alpha |M|^2`` on every component of a space.

    >>> space = BruteSpace.equivariant([0, 1], [0])
    >>> best = BruteRegression(space, np.eye(2), np.array([[1.0], [3.0]]), intercept=True)
    >>> round(best.objective([0]), 12), round(best.objective([1]), 12), best.intercept(best.matrix([0])).round(12)
    (1.0, 0.0, array([2.]))
    """

    def __init__(
        self,
        space: BruteSpace,
        X: Array,
        Y: Array | None = None,
        *,
        sample_weight: Array | None = None,
        alpha: float = 0.0,
        intercept: bool = False,
    ) -> None:
        self.space = space
        self.X = np.asarray(X, dtype=float)
        self.Y = self.X if Y is None else np.asarray(Y, dtype=float)
        self.sample_weight = np.ones(len(X)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
        self.alpha, self.with_intercept = alpha, intercept

    @property
    def unit(self) -> float:
        """What a sum of squares is divided by to be a mean per output coordinate."""
        return float(self.sample_weight.sum()) * self.Y.shape[1]

    @cached_property
    def _rows(self) -> tuple[Array, Array, Array]:
        """Data of the least squares problem: inputs, the column of the intercept, targets; ridge rows last."""
        inputs = np.concatenate([self.X[:, list(source)] for source, _ in self.space.group])
        targets = np.concatenate([self.Y[:, list(target)] for _, target in self.space.group])
        n, m = inputs.shape[1], targets.shape[1]
        root = np.sqrt(np.tile(self.sample_weight, len(self.space.group)) / len(self.space.group))[:, None]
        return (
            np.concatenate([root * inputs, np.sqrt(self.alpha) * np.eye(n)]),
            np.concatenate([root, np.zeros((n, 1))]),
            np.concatenate([root * targets, np.zeros((n, m))]),
        )

    def _centered(self, rows: Array) -> Array:
        """What is left of the columns beside the column of the intercept."""
        one = self._rows[1]
        return rows - one @ (one.T @ rows) / np.vdot(one, one) if self.with_intercept else rows

    @cached_property
    def full(self) -> Array:
        """The (m, n) matrix of a least squares solution without a bound on the rank."""
        inputs, one, targets = self._rows
        # The intercept is fitted to centered data too: large offsets would hide the rest from the cutoff.
        design = np.hstack([self._centered(inputs), one])[:, : inputs.shape[1] + self.with_intercept]
        return np.linalg.lstsq(design, targets, rcond=_ZERO)[0][: inputs.shape[1]].T

    @cached_property
    def _pieces(self) -> list[tuple[Array, Array]]:
        """Per block the gain of each rank, and the right singular vectors of the fitted values, as rows."""
        fitted = self._centered(self._rows[0]) @ self.full.T
        rounding = 1e-9 * float(np.linalg.norm(self._rows[2]))
        out = []
        for piece, w, cap in zip(self.space.left, self.space.weights, self.space.caps, strict=True):
            _, s, vh = np.linalg.svd(fitted @ piece, full_matrices=False)
            s = np.pad(s, (0, max(0, w * cap - len(s))))
            grouped = s[: w * cap].reshape(cap, w)
            assert np.all(np.ptp(grouped, axis=1) <= rounding)
            assert np.all(s[w * cap :] <= rounding)
            out.append(((grouped**2).sum(axis=1), vh))
        return out

    @cached_property
    def gains(self) -> list[Array]:
        """Per block what each rank takes off the objective, descending."""
        return [gains / self.unit for gains, _ in self._pieces]

    @cached_property
    def energies(self) -> list[float]:
        """Per block the objective without any map."""
        targets = self._centered(self._rows[2])
        return [float(np.sum((targets @ piece) ** 2)) / self.unit for piece in self.space.left]

    @property
    def scale(self) -> float:
        """Mean square of the targets: the size of the numbers to be compared."""
        return float(np.mean(self.Y**2)) or 1.0

    @property
    def unreachable(self) -> float:
        """The part of the loss in blocks that the source lacks, and so in every map's loss."""
        return sum(e for e, cap in zip(self.energies, self.space.caps, strict=True) if cap == 0)

    def objective(self, vector: Sequence[int]) -> float:
        """The smallest objective among maps of the given ranks."""
        return sum(e - float(g[:r].sum()) for e, g, r in zip(self.energies, self.gains, vector, strict=True))

    def objectives(self, rank: int) -> dict[tuple[int, ...], float]:
        """The smallest objective on every component of the maps of at most this rank."""
        return {v: self.objective(v) for v in self.space.vectors(rank)}

    def matrix(self, vector: Sequence[int]) -> Array:
        """An optimal map of the given ranks; equivariant if the gains are separated there."""
        out = np.zeros(self.full.shape)
        for (_, vh), piece, w, r in zip(self._pieces, self.space.left, self.space.weights, vector, strict=True):
            kept = vh[: w * r] @ piece  # directions without fitted values may lie anywhere
            out += kept.T @ (kept @ self.full)
        return out

    def intercept(self, matrix: Array) -> Array:
        """The best intercept of a map: on the orbit of the data it is fixed by the group."""
        inputs, one, targets = self._rows
        residual = targets - inputs @ matrix.T
        return np.linalg.lstsq(one, residual, rcond=None)[0][0] if self.with_intercept else np.zeros(len(matrix))

    def loss_of(self, matrix: Array, intercept: Array | None = None) -> float:
        """Mean squared error of a map, from the definition."""
        gap = self.Y - self.X @ matrix.T - (0.0 if intercept is None else intercept)
        return float(np.sum(self.sample_weight[:, None] * gap**2)) / self.unit

    def objective_of(self, matrix: Array, intercept: Array | None = None) -> float:
        """Objective of a map, from the definition."""
        return self.loss_of(matrix, intercept) + self.alpha * float(np.sum(matrix**2)) / self.unit

    def losses(self, vector: Sequence[int]) -> list[float]:
        """Each block's part of the loss of :meth:`matrix`, from its residuals."""
        matrix = self.matrix(vector)
        inputs, one, targets = self._rows
        residual = targets - inputs @ matrix.T - one * self.intercept(matrix)
        data = residual[: len(residual) - inputs.shape[1]]
        return [float(np.sum((data @ piece) ** 2)) / self.unit for piece in self.space.left]

    def is_separated(self, vector: Sequence[int], gap: float = 1e-7) -> bool:
        """Whether the optimum of the given ranks is clearly the only one, up to maps that vanish on the data."""
        top = max((float(g[0]) for g in self.gains if len(g)), default=0.0)
        return all(
            r == 0 or r >= len(g) or g[r - 1] <= 1e-12 * top or g[r - 1] - g[r] > gap * top
            for g, r in zip(self.gains, vector, strict=True)
        )

    def optimal_ranks(self, rank: int, tie: float) -> set[tuple[int, ...]]:
        """The ranks that optimal maps really use: of all components within ``tie`` of the best, gains only."""
        found = self.objectives(rank)
        best = min(found.values())
        useful = [int(np.count_nonzero(g > tie)) for g in self.gains]
        return {
            tuple(min(r, k) for r, k in zip(v, useful, strict=True))
            for v, value in found.items()
            if value <= best + tie
        }


def divisors(k: int) -> list[int]:
    return [d for d in range(1, k + 1) if k % d == 0]


def random_permutation(rng: np.random.Generator, n: int, order: int) -> Array:
    """A permutation of n points whose cycle lengths divide ``order``, on shuffled points."""
    points, images, start = rng.permutation(n), np.empty(n, dtype=np.int64), 0
    while start < n:
        fitting = [d for d in divisors(order) if d <= n - start]
        cycle = points[start : start + int(rng.choice(fitting))]
        images[cycle] = np.roll(cycle, -1)
        start += len(cycle)
    return images
