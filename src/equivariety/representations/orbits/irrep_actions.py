"""How generators act on irreducibles: applied to coordinates, with or without their matrices."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import UnsupportedGroupError, invalid
from equivariety.linalg import Field, read_only
from equivariety.representations.orbits.units import commutator, left_units
from equivariety.tolerances import DENSE_ENTRIES_BUDGET

__all__ = ["CharacterAction", "IrrepAction", "MatrixAction"]

_EVERY = slice(None)


class IrrepAction(ABC):
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
        """Return the matrices (count, delta, delta) of a generator; see :meth:`matrices`."""
        return self.matrices(generator)

    def matrices(self, generator: int, members: slice = _EVERY) -> FloatArray:
        """Return the matrices (count, delta, delta) of a generator on the irreducibles in ``members``.

        Raises UnsupportedGroupError where they are beyond the dense budget.
        """
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
        """Return the largest entry of a commutator with the left units of the field: on a random vector, or of all."""
        probe = np.random.default_rng(generator).standard_normal((self.count, 1, self.dim))
        image, worst = self.moved(generator, probe), 0.0
        for unit in left_units(self.field):
            difference = self.moved(generator, _times(unit, probe)) - _times(unit, image)
            worst = max(worst, float(np.abs(difference).max(initial=0.0)))
        return worst


class MatrixAction(IrrepAction):
    """Generators given by their matrices, (g, count, delta, delta), orthogonal.

    >>> MatrixAction("R", np.full((1, 1, 1, 1), -1.0)).matrices(0).tolist()
    [[[-1.0]]]
    """

    def __init__(self, field: Field, matrices: FloatArray) -> None:
        super().__init__(field, matrices.shape[-1], matrices.shape[1])
        self._matrices = read_only(matrices)

    def moved(self, generator: int, values: AnyArray, members: slice = _EVERY) -> AnyArray:
        """Multiply."""
        return np.asarray(values @ self._matrices[generator, members].swapaxes(-1, -2))

    def matrices(self, generator: int, members: slice = _EVERY) -> FloatArray:
        """Return the given ones."""
        return self._matrices[generator, members]

    def unit_residual(self, generator: int) -> float:
        """Return the largest entry of a commutator with the left units of the field."""
        return commutator(self.field, self._matrices[generator])


class CharacterAction(IrrepAction):
    """Commuting generators that turn the coordinates of an irreducible by fractions of a full turn, (count, g).

    Over R, where all fractions are 0 or 1/2, they keep or change the sign.

    >>> CharacterAction("C", np.array([[0.25]])).matrices(0).round(12).tolist()
    [[[0.0, -1.0], [1.0, 0.0]]]
    """

    def __init__(self, field: Field, turns: FloatArray) -> None:
        super().__init__(field, 1 if field == "R" else 2, len(turns))
        self._turns = read_only(turns)

    def moved(self, generator: int, values: AnyArray, members: slice = _EVERY) -> AnyArray:
        """Turn."""
        turns = self._turns[members, generator, None]
        if self.field == "R":
            return np.asarray(values * np.where(turns == 0, 1.0, -1.0)[..., None])
        cosine, sine = np.cos(2.0 * np.pi * turns), np.sin(2.0 * np.pi * turns)
        x, y = values[..., 0], values[..., 1]
        return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1)


def _times(unit: FloatArray, values: AnyArray) -> AnyArray:
    cells = values.reshape(*values.shape[:-1], len(unit), -1)
    return np.asarray((unit @ cells).reshape(values.shape))
