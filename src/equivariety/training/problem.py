"""A fitting problem reduced to its blocks: statistics, what the objective counts, and the intercept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from equivariety._typing import FloatArray
from equivariety.linalg import algebra, frobenius_norm, read_only
from equivariety.representations import EquivariantMap, HomSpace
from equivariety.tolerances import leakage_tolerance
from equivariety.training.moments import BlockMoments
from equivariety.training.rank_values import RankValues
from equivariety.training.regression import RegressionMoments
from equivariety.training.statistics import BlockStatistics, MomentStatistics

__all__ = ["Problem", "Totals", "leakage", "ridges"]

#: What is left over shall be known to a hundredth.
_COARSE = 100.0


@dataclass(frozen=True, slots=True)
class Totals:
    """Of all samples.

    Attributes:
        n_samples: their number.
        weight: the sum of their weights.
        raw_energy: weighted sum of squares of the targets (the inputs for an autoencoder) as they came, uncentered.
        dtype: that of the map.
        route: how they were summarized.
    """

    n_samples: int
    weight: float
    raw_energy: float
    dtype: np.dtype[Any]
    route: str


@dataclass(frozen=True)
class Problem:
    """Everything a solver needs, and nothing of the size of the data (but for the route "samples").

    Attributes:
        hom: the maps to fit.
        statistics: gains and factors of every block.
        alpha: the ridge.
        totals: numbers of the samples.
        mean_x, mean_y: group averages of the means, subtracted from inputs and targets; None without an intercept.
    """

    hom: HomSpace
    statistics: BlockStatistics
    alpha: float
    totals: Totals
    mean_x: FloatArray | None = None
    mean_y: FloatArray | None = None

    @classmethod
    def from_moments(cls, moments: BlockMoments, alpha: float, *, intercept: bool, dtype: np.dtype[Any]) -> Problem:
        """Return the problem of moments that were summed before."""
        hom = moments.hom
        sums = moments.sums(intercept=intercept)
        weights = ridges(hom, alpha)
        statistics: BlockStatistics
        if moments.targets:
            statistics = RegressionMoments(hom.blocks, sums, weights, leakage(hom), np.dtype(dtype))
        else:
            found = [s for s in sums.xx if s is not None]
            statistics = MomentStatistics(hom.blocks, found, sums.energy, weights, sums.dtype)
        totals = Totals(moments.n_samples, moments.weight, sums.raw_target_energy, np.dtype(dtype), "block moments")
        return cls(hom, statistics, alpha, totals, sums.mean_x, sums.mean_y)

    @cached_property
    def values(self) -> RankValues:
        """Gains and losses of all ranks; they do not hold on to the data."""
        of = self.statistics
        gains = tuple(g[: b.max_rank] for g, b in zip(of.gains, self.hom.blocks, strict=True))
        size = self.totals.weight * self.hom.shape[0]
        return RankValues(gains, of.residuals, of.penalties, of.block_energies, of.energy, size)

    @property
    def zero(self) -> float:
        """Gains up to this number are rounding, of the largest gain or of what centering took away."""
        floor = leakage(self.hom) * self.totals.raw_energy
        return max(self.statistics.noise * self._largest, floor)

    @property
    def tie(self) -> float:
        """Gains that differ by at most this number are equal up to rounding."""
        return self.statistics.tie * self._largest

    @property
    def _largest(self) -> float:
        return max((float(g[0]) for g in self.values.gains if len(g)), default=0.0)

    @property
    def has_single_products(self) -> bool:
        """Whether the moments are sums of float32 products."""
        return isinstance(self.statistics, MomentStatistics) and self.statistics.dtype == np.float32

    def is_coarse(self, left_over: float) -> bool:
        """Whether rounding leaves a sum of squares of this size, or the choice of ranks that leads to it, uncertain.

        It does where one direction, such as a large mean, towers above what is left over.
        """
        return left_over < _COARSE * self.statistics.noise * self._largest

    def optimum(self, ranks: tuple[int, ...]) -> tuple[EquivariantMap, float]:
        """Return the optimal map with these ranks, and how far it is from critical, relative to the data."""
        dtype = self.totals.dtype
        factors, defects = {}, [0.0]
        for i, r in enumerate(ranks):
            if r:
                left, right = self.statistics.factors(i, r)
                kept = algebra(self.hom.blocks[i].field).dtype(dtype)
                factors[i] = (left.astype(kept), right.astype(kept))
                # Of the factors as they are stored: large ones lose in float32 what small inputs would have to show.
                stored = (f.astype(left.dtype) for f in factors[i])
                defects.append(self.statistics.defect(i, *stored))
        scale = self.statistics.scale
        return EquivariantMap(self.hom, factors, dtype), frobenius_norm(np.array(defects)) / scale if scale else 0.0

    def offset(self, mapping: EquivariantMap) -> FloatArray | None:
        """Return the intercept ``mean_y - M mean_x``, fixed by the target's group; None without an intercept."""
        if self.mean_x is None or self.mean_y is None:
            return None
        moved = self.mean_y - np.asarray(mapping(self.mean_x), dtype=np.float64)
        # The difference may be all rounding, of which the group fixes only the average.
        return read_only(np.asarray(self.hom.target.group_average(moved), dtype=self.totals.dtype))


def leakage(hom: HomSpace) -> float:
    """Return the share of the sum of squares of all data that rounding alone may put in a coordinate of a block."""
    return leakage_tolerance(numerical=hom.source.is_numerical or hom.target.is_numerical)


def ridges(hom: HomSpace, alpha: float) -> list[float]:
    """Return what ``alpha |M|^2`` adds to S_xx of each block: alpha times the dimension of the irreducible.

    S_xx sums over the copies of the irreducible, and |M|^2 counts a block once for each dimension.
    """
    return [alpha * block.irrep_dim for block in hom.blocks]
