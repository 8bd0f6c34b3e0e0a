"""The questions that every variety of real points answers, inside the family of equivariant maps or not."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np

__all__ = ["Variety"]


@runtime_checkable
class Variety(Protocol):
    """What components, unions of them, rank-bounded maps and general algebraic varieties have in common.

    Points are (m, n) matrices for varieties of maps, vectors for :class:`AlgebraicVariety`.

    >>> import equivariety as ev
    >>> E = ev.equivariant_maps(ev.groups.cyclic(3), rank=2)
    >>> C = next(E.components())
    >>> [isinstance(V, Variety) for V in (E, C, C.singular_locus(), ev.AlgebraicVariety(["x^2 + y^2 = 1"]))]
    [True, True, True, True]
    """

    @property
    def dim(self) -> int:
        """Dimension; -1 for the empty set."""

    @property
    def degree(self) -> int:
        """Degree, of the parts of largest dimension."""

    @property
    def ed_degree(self) -> int:
        """Number of complex critical points of the squared distance from a generic point."""

    def contains(self, point: Any, tolerance: float | None = None) -> Any:
        """Whether a point lies on it: a verdict with its reason."""

    def is_singular_at(self, point: Any, tolerance: float | None = None) -> Any:
        """Whether a point of it is singular: a verdict with its reason."""

    def singular_locus(self) -> Any:
        """The variety of its singular points."""

    def tangent_space(self, point: Any, tolerance: float | None = None) -> Any:
        """The Zariski tangent space at a point of it."""

    def normal_space(self, point: Any, tolerance: float | None = None) -> Any:
        """The orthogonal complement of the tangent space."""

    def critical_points(self, point: Any) -> Any:
        """The critical points of the squared distance to a generic point."""

    def sample(self, rng: np.random.Generator) -> Any:
        """A random point of it."""
