"""Decompositions and spaces of maps of which only types, dimensions and multiplicities are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import UnsupportedGroupError, invalid
from equivariety.groups import Permutation
from equivariety.groups.intersection_numbers import intersection_numbers
from equivariety.groups.orbit_classes import OrbitClass
from equivariety.representations.blocks import IsotypicBlock, MapBlock
from equivariety.representations.certificates import DecompositionCertificate
from equivariety.representations.collapsed import CollapsedIrreducible, collapsed_irreducibles
from equivariety.representations.decomposition import IsotypicDecomposition
from equivariety.representations.hom import HomSpace
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
        names = _names(irreducibles)
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

    def block_action(self, block: int, generator: int) -> FloatArray:
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

    >>> from equivariety.groups.orbit_classes import orbit_classes
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
    one: OrbitClass, generators: Sequence[Permutation], n: int, seed: int = 0
) -> CollapsedDecomposition | None:
    """Return the blocks of R^n, all of whose orbits are of one class; None where the rank is too large."""
    found = irreducibles_of(one, seed)
    return None if found is None else CollapsedDecomposition(generators, n, found, one.count)


def collapsed_hom_space(
    one: OrbitClass, pairs: Sequence[tuple[Permutation, Permutation]], n: int, m: int, seed: int = 0
) -> HomSpace | None:
    """Return the blocks of the maps R^n -> R^m; all orbits of the joint action are of one class.

    Where both actions are the same, ``one`` holds the n points of one alone.
    """
    found = irreducibles_of(one, seed)
    if found is None:
        return None
    left, right = [s for s, _ in pairs], [t for _, t in pairs]
    source = CollapsedDecomposition(left, n, found, n // one.length)
    target = source if n == m and left == right else CollapsedDecomposition(right, m, found, m // one.length)
    matches = [
        (MapBlock(a.label, a.field, a.irrep_dim, b.multiplicity, a.multiplicity), i, i)
        for i, (a, b) in enumerate(zip(source.blocks, target.blocks, strict=True))
    ]
    rank = source.num_orbitals // (n // one.length) ** 2
    return HomSpace(source, target, matches, rank * (n // one.length) * (m // one.length))


def _names(irreducibles: Sequence[CollapsedIrreducible]) -> list[str]:
    seen: Counter[str] = Counter()
    names = []
    for i in irreducibles:
        name = f"{i.field}{i.dim}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return names
