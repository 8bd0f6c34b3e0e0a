"""Decompositions and spaces of maps of which only types, dimensions and multiplicities are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import UnsupportedGroupError, invalid
from equivariety.groups import Permutation
from equivariety.groups.orbits.intersection_numbers import intersection_numbers
from equivariety.groups.orbits.orbit_classes import OrbitClass
from equivariety.linalg import FIELD_DIM
from equivariety.representations.blocks import IsotypicBlock, MapBlock, numbered_labels
from equivariety.representations.certificates import DecompositionCertificate
from equivariety.representations.decomposition import IsotypicDecomposition
from equivariety.representations.maps.hom import HomSpace
from equivariety.representations.routes.collapsed import CollapsedIrreducible, collapsed_irreducibles
from equivariety.representations.stacking import StackedTransform
from equivariety.tolerances import COLLAPSED_RANK_BUDGET, DENSE_POINTS_BUDGET

__all__ = ["CollapsedDecomposition", "collapsed_decomposition", "collapsed_hom_space", "irreducibles_of"]

_ATTEMPTS = 5


class CollapsedDecomposition(IsotypicDecomposition):
    """An isotypic decomposition without a basis: ``blocks`` and ``num_orbitals`` answer, transforms raise.

    Args:
        generators: the action.
        degree: number of points n.
        irreducibles: those of one orbit.
        copies: number of orbits, all of them isomorphic.
    """

    def __init__(
        self, generators: Sequence[Permutation], degree: int, irreducibles: Sequence[CollapsedIrreducible], copies: int
    ) -> None:
        self._generators, self._degree, self._copies = tuple(generators), degree, copies
        names = numbered_labels(f"{i.field}{i.dim}" for i in irreducibles)
        self._blocks = tuple(
            IsotypicBlock(name, i.field, i.dim, i.multiplicity * copies)
            for name, i in zip(names, irreducibles, strict=True)
        )

    @property
    def degree(self) -> int:
        """Number of points n."""
        return self._degree

    @property
    def generators(self) -> tuple[Permutation, ...]:
        """Generators of the acting group."""
        return self._generators

    @property
    def blocks(self) -> tuple[IsotypicBlock, ...]:
        """The blocks: trivial, then by dimension, type and multiplicity."""
        return self._blocks

    @property
    def num_orbitals(self) -> int:
        """Number of orbits on pairs of points, by random elements of a stabilizer."""
        return self._commutant_dim()

    def certificate(self) -> DecompositionCertificate:
        """Raise UnsupportedGroupError: there is no basis whose residual could be measured."""
        self._refuse("a certificate")

    def _block_action(self, block: int, generator: int) -> FloatArray:
        """Raise UnsupportedGroupError."""
        self._refuse("the action on a block")

    def columns(self, dtype: np.dtype[Any]) -> StackedTransform:
        """Raise UnsupportedGroupError."""
        self._refuse("a change of basis")

    def _split(self, x: AnyArray) -> list[AnyArray]:
        self._refuse("a change of basis")

    def _assemble(self, parts: Sequence[AnyArray | None], leading: tuple[int, ...], dtype: np.dtype[Any]) -> AnyArray:
        self._refuse("a change of basis")

    def _refuse(self, what: str) -> NoReturn:
        raise invalid(
            "group",
            f"one with at most {DENSE_POINTS_BUDGET} points in one orbit of each isomorphism class, or abelian, "
            f"2-transitive, or with an abelian normal subgroup that is transitive on each orbit, for {what}",
            f"orbits of {self._degree // self._copies} points",
            "ask for blocks and counts only, or use a smaller action or an abelian subgroup",
            UnsupportedGroupError,
        )


def irreducibles_of(one: OrbitClass, seed: int = 0) -> tuple[CollapsedIrreducible, ...] | None:
    """Return the irreducibles of one orbit; None for more than ``tolerances.COLLAPSED_RANK_BUDGET`` orbitals.

    Raises ArithmeticError if five attempts with different random numbers contradict themselves.

    >>> from equivariety.groups.orbits.orbit_classes import orbit_classes
    >>> found = irreducibles_of(orbit_classes(np.array([[1, 2, 3, 0], [0, 3, 2, 1]]))[0])
    >>> [(i.field, i.dim, i.multiplicity) for i in found]
    [('R', 1, 1), ('R', 1, 1), ('R', 2, 1)]
    """
    reason = ""
    for attempt in range(_ATTEMPTS):
        rng = np.random.default_rng([seed, attempt])
        try:
            numbers = intersection_numbers(one.table, rng, COLLAPSED_RANK_BUDGET)
            return None if numbers is None else collapsed_irreducibles(numbers, rng)
        except (ArithmeticError, np.linalg.LinAlgError) as problem:
            reason = str(problem)
    raise ArithmeticError(f"no intersection numbers passed their checks in {_ATTEMPTS} attempts: {reason}")


def collapsed_decomposition(
    irreducibles: Sequence[CollapsedIrreducible], length: int, generators: Sequence[Permutation], n: int
) -> CollapsedDecomposition:
    """Return the blocks of R^n, a sum of isomorphic orbits of so many points with these irreducibles."""
    return CollapsedDecomposition(generators, n, irreducibles, n // length)


def collapsed_hom_space(
    irreducibles: Sequence[CollapsedIrreducible],
    length: int,
    pairs: Sequence[tuple[Permutation, Permutation]],
    n: int,
    m: int,
) -> HomSpace:
    """Return the blocks of the maps R^n -> R^m between sums of isomorphic orbits with these irreducibles."""
    left, right = [s for s, _ in pairs], [t for _, t in pairs]
    source = collapsed_decomposition(irreducibles, length, left, n)
    target = source if n == m and left == right else collapsed_decomposition(irreducibles, length, right, m)
    matches = [
        (MapBlock(a.label, a.field, a.irrep_dim, b.multiplicity, a.multiplicity), i, i)
        for i, (a, b) in enumerate(zip(source.blocks, target.blocks, strict=True))
    ]
    rank = sum(FIELD_DIM[i.field] * i.multiplicity**2 for i in irreducibles)
    return HomSpace(source, target, matches, rank * (n // length) * (m // length))
