"""EMLP: the basis of the equivariant maps from raw generators.

It gets the generators as its own ``LazyPerm`` operators.  Its class ``RubiksCube`` is not used: with 6 orbitals instead
of 9, its moves do not generate the group of the cube.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from emlp.groups import Group
from emlp.reps import V
from emlp.reps.linear_operators import LazyPerm
from runner import main


class RawGenerators(Group):
    """A group given by arrays."""

    is_permutation = True
    made = 0

    def __init__(self, arrays: list[np.ndarray]) -> None:
        self.discrete_generators = [LazyPerm(array) for array in arrays]
        RawGenerators.made += 1  # EMLP keeps the bases it has found, by the arguments of the group
        super().__init__(RawGenerators.made)


def solve(_: str, arrays: list[np.ndarray]) -> dict[str, Any]:
    basis = (V >> V)(RawGenerators(arrays)).equivariant_basis()
    return {"dim": np.asarray(basis).shape[1]}


if __name__ == "__main__":
    main(solve, "emlp")
