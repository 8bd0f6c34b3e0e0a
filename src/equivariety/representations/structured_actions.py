"""Actions on irreducibles of large dimension: applied to coordinates, without their matrices."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import UnsupportedGroupError, invalid
from equivariety.linalg import Field
from equivariety.representations.units import left_units
from equivariety.tolerances import DENSE_ENTRIES_BUDGET

__all__ = ["StructuredAction"]

_EVERY = slice(None)


class StructuredAction(ABC):
    """Generators as they act on the coordinates of several irreducibles of one type and dimension.

    Args:
        field: "R", "C" or "H".
        dim: real dimension delta of each irreducible.
        count: number of irreducibles.
    """

    def __init__(self, field: Field, dim: int, count: int) -> None:
        self.field, self.dim, self.count = field, dim, count

    @abstractmethod
    def moved(self, generator: int, values: AnyArray, members: slice = _EVERY) -> AnyArray:
        """Return the image of coordinates (..., count, d, delta) of the irreducibles in ``members``."""

    def __call__(self, generator: int) -> FloatArray:
        """Return the matrices (count, delta, delta); UnsupportedGroupError where these are beyond the dense budget."""
        return self.matrices(generator)

    def matrices(self, generator: int, members: slice = _EVERY) -> FloatArray:
        """Return the matrices of some of the irreducibles, otherwise as a call does."""
        count = len(range(*members.indices(self.count)))
        if count * self.dim**2 > DENSE_ENTRIES_BUDGET:
            raise invalid(
                "generator",
                f"one whose matrices have at most {DENSE_ENTRIES_BUDGET} entries",
                f"{count} irreducibles of dimension {self.dim}",
                "apply it to samples instead: split() of the samples that it has moved",
                UnsupportedGroupError,
            )
        columns = self.moved(generator, np.broadcast_to(np.eye(self.dim), (count, self.dim, self.dim)), members)
        return np.ascontiguousarray(columns.swapaxes(-1, -2))

    def unit_residual(self, generator: int) -> float:
        """Return the largest entry of a commutator with the left units of the field, on a random vector."""
        probe = np.random.default_rng(generator).standard_normal((self.count, 1, self.dim))
        image, worst = self.moved(generator, probe), 0.0
        for unit in left_units(self.field):
            difference = self.moved(generator, _times(unit, probe)) - _times(unit, image)
            worst = max(worst, float(np.abs(difference).max(initial=0.0)))
        return worst


def _times(unit: FloatArray, values: AnyArray) -> AnyArray:
    cells = values.reshape(*values.shape[:-1], len(unit), -1)
    return np.asarray((unit @ cells).reshape(values.shape))
