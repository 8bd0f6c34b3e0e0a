"""What groups of permutations and groups of signed permutations have in common: their list of generators."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from equivariety._typing import FloatArray
from equivariety.errors import invalid
from equivariety.groups._checks import as_integer
from equivariety.groups.permutation import Permutation
from equivariety.groups.signed import SignedPermutation

__all__ = ["GeneratedGroup"]

P = TypeVar("P", Permutation, SignedPermutation)


@dataclass(frozen=True, eq=False, repr=False, init=False)
class GeneratedGroup(Generic[P]):
    """A group given by generators of one kind, whose number and order are kept.

    Attributes:
        degree: number n of points or coordinates.
        generators: the generators, identities and repetitions included.

    Groups of one class are equal when degree and generators are.
    """

    degree: int
    generators: tuple[P, ...]

    def _set(self, degree: int, generators: tuple[P, ...]) -> None:
        object.__setattr__(self, "degree", degree)
        object.__setattr__(self, "generators", generators)

    @property
    def n_generators(self) -> int:
        """Number of generators, identities and repetitions included."""
        return len(self.generators)

    @cached_property
    def reduced_generators(self) -> tuple[P, ...]:
        """The generators in order, without identities and repetitions."""
        return tuple(dict.fromkeys(g for g in self.generators if not g.is_identity))

    @property
    def is_trivial(self) -> bool:
        """Whether the group has one element."""
        return not self.reduced_generators

    @property
    def cycle_text(self) -> tuple[str, ...]:
        """Cycle notation of each generator, 1-based, followed by the coordinates whose signs it changes, if any."""
        return tuple(g.cycle_text for g in self.generators)

    def matrix(self, i: int) -> FloatArray:
        """Return the matrix P of generator i, shape (n, n), with ``P @ x == generators[i].apply(x)``.

        Raises ValueError unless 0 <= i < n_generators.
        """
        required = f"a generator number from 0 to {self.n_generators - 1}"
        number = as_integer("i", i, required)
        if not 0 <= number < self.n_generators:
            raise invalid("i", required, number, "see n_generators")
        return self.generators[number].matrix()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self.degree == other.degree and self.generators == other.generators

    def __hash__(self) -> int:
        return hash((self.degree, self.generators))

    def __repr__(self) -> str:
        shown = ", ".join(self._summary(g) for g in self.generators[:3])
        more = f", … {self.n_generators} generators" if self.n_generators > 3 else ""
        return f"{type(self).__name__}({shown}{more}{', ' if shown else ''}degree={self.degree})"

    @staticmethod
    def _summary(generator: Any) -> str:
        """Return what stands for a generator in ``repr``."""
        raise NotImplementedError
