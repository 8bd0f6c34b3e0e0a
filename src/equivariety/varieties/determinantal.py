"""One factor of a component: the matrices of bounded rank over R, C or H, and its exact facts."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, prod

from equivariety.errors import as_nonnegative_int, brief, invalid
from equivariety.linalg import FIELD_DIM, Field
from equivariety.representations import MapBlock

__all__ = ["DeterminantalVariety", "block_variety", "determinantal_degree"]


@dataclass(frozen=True, slots=True)
class DeterminantalVariety:
    """The (rows, cols) matrices over ``field`` of rank at most ``rank``, as a real variety.

    Dimensions are real ones.  Degrees are those of the complexification: of the (rows, cols) matrices of rank
    ``rank`` for R, of two conjugate copies of them for C, and of the (2 rows, 2 cols) matrices of rank ``2 rank``
    for H.  Read over C, the factor "R" is the complex determinantal variety, and its dimension the complex one.

    Attributes:
        field: "R", "C" or "H".
        rows, cols: size of the matrices over the field.
        rank: bound on the rank; larger values are clamped.

    Raises ValueError for another field and for numbers that are not integers >= 0.

    >>> M = DeterminantalVariety("R", 3, 4, rank=2)
    >>> M.dim, M.degree, M.ed_degree, M.num_parameters, M.fiber_dim
    (10, 6, 3, 14, 4)
    >>> DeterminantalVariety("C", 3, 3, rank=2).degree, DeterminantalVariety("H", 1, 2, rank=1).dim
    (9, 8)
    """

    field: Field
    rows: int
    cols: int
    rank: int

    def __post_init__(self) -> None:
        if self.field not in FIELD_DIM:
            raise invalid("field", "'R', 'C' or 'H'", brief(self.field), "name one of the division algebras")
        for name in ("rows", "cols", "rank"):
            object.__setattr__(self, name, as_nonnegative_int(name, getattr(self, name)))
        object.__setattr__(self, "rank", min(self.rank, self.rows, self.cols))

    @property
    def max_rank(self) -> int:
        """The largest rank of a matrix of this size."""
        return min(self.rows, self.cols)

    @property
    def dim(self) -> int:
        """Real dimension, ``e r (rows + cols - r)`` with e the real dimension of the field."""
        return FIELD_DIM[self.field] * self.rank * (self.rows + self.cols - self.rank)

    @property
    def ambient_dim(self) -> int:
        """Real dimension ``e rows cols`` of the space of all matrices."""
        return FIELD_DIM[self.field] * self.rows * self.cols

    @property
    def codim(self) -> int:
        """Real codimension in the space of all matrices."""
        return self.ambient_dim - self.dim

    @property
    def degree(self) -> int:
        """Degree of the complexification, an exact int."""
        if self.is_linear:
            return 1
        scale = 2 if self.field == "H" else 1
        one = determinantal_degree(scale * self.rows, scale * self.cols, scale * self.rank)
        return one**2 if self.field == "C" else one

    @property
    def ed_degree(self) -> int:
        """Number of critical points of the distance from a generic matrix, ``binomial(min(rows, cols), r)``.

        The same for R, C and H, and all critical points are real (Eckart-Young over the field).
        """
        return comb(self.max_rank, self.rank)

    @property
    def num_parameters(self) -> int:
        """Real entries of two factors of inner dimension r, ``e r (rows + cols)``."""
        return FIELD_DIM[self.field] * self.rank * (self.rows + self.cols)

    @property
    def fiber_dim(self) -> int:
        """Real dimension ``e r^2`` of the factorizations of a generic member: the group GL_r over the field."""
        return FIELD_DIM[self.field] * self.rank**2

    @property
    def is_linear(self) -> bool:
        """Whether it is a linear space, {0} or all matrices, and so without singular points."""
        return self.rank in (0, self.max_rank)

    @property
    def singular_rank(self) -> int | None:
        """The real singular points are the matrices of rank at most this, ``r - 1``; None where there are none."""
        return None if self.is_linear else self.rank - 1


def block_variety(block: MapBlock, rank: int) -> DeterminantalVariety:
    """Return the maps of one block of at most the given rank."""
    return DeterminantalVariety(block.field, block.rows, block.cols, rank)


def determinantal_degree(rows: int, cols: int, rank: int) -> int:
    """Return the degree of the complex (rows, cols) matrices of rank at most ``rank``, an exact int.

    ``prod_{i < cols - rank} binomial(rows + i, rank) / binomial(rank + i, rank)``, a determinant of binomials that
    Giambelli evaluated; clamped to the sizes.

    >>> determinantal_degree(3, 4, 2), determinantal_degree(3, 3, 2)
    (6, 3)
    """
    rank = min(rank, rows, cols)
    rows, cols = max(rows, cols), min(rows, cols)
    above = prod(comb(rows + i, rank) for i in range(cols - rank))
    below = prod(comb(rank + i, rank) for i in range(cols - rank))
    return above // below
