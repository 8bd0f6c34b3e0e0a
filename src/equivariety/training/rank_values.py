"""What the ranks of the blocks are worth: enough to compare components, with neither data nor factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equivariety._typing import FloatArray
from equivariety.linalg import read_only

__all__ = ["RankValues"]


@dataclass(frozen=True, eq=False)
class RankValues:
    """Sums of squares of a fitting problem, block by block.

    Attributes:
        gains: per block what each of its ranks takes off the objective, descending.
        residuals: per block what is left of the objective at full rank.
        penalties: per block and rank the part of the ridge penalty that the rank adds.
        block_energies: per block the sum of squares of its targets.
        energy: the sum of squares of all targets, measured before any transform.
        size: what a sum is divided by to be a mean: outputs times the sum of weights.
    """

    gains: tuple[FloatArray, ...]
    residuals: FloatArray
    penalties: tuple[FloatArray, ...]
    block_energies: FloatArray
    energy: float
    size: float

    def objectives_by_block(self, ranks: Sequence[int]) -> FloatArray:
        """Per block the least sum of squares plus penalty at these ranks; sums of the gains not taken."""
        left = [float(g[r:].sum()) for g, r in zip(self.gains, ranks, strict=True)]
        return np.array(left) + self.residuals

    def penalties_by_block(self, ranks: Sequence[int]) -> FloatArray:
        """Per block ``alpha |M|^2`` of the optimum at these ranks."""
        return np.array([float(p[:r].sum()) for p, r in zip(self.penalties, ranks, strict=True)])

    def least_objectives(self, ranks: Sequence[int], best_left: FloatArray) -> FloatArray:
        """Return the least mean objective for every bound on the rank, read-only, from the knapsack's left-overs.

        ``ranks`` are the knapsack's at the largest bound.  Gains below the noise are nowhere taken by it, but they are
        part of every objective.
        """
        rest = float(self.objectives_by_block(ranks).sum()) - float(best_left[-1])
        return read_only((best_left + max(rest, 0.0)) / self.size)

    def block_identity(self) -> float:
        """Return how far the blocks are from holding all of the targets, relative to their size."""
        return abs(float(self.block_energies.sum()) - self.energy) / self.energy if self.energy else 0.0
