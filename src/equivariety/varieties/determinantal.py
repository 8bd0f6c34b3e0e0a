"""One factor of a component: the matrices of bounded rank over R, C or H, and its exact facts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from math import comb, prod

from equivariety.errors import as_nonnegative_int, brief, invalid
from equivariety.linalg import FIELD_DIM, Field
from equivariety.representations import MapBlock

__all__ = ["DeterminantalVariety", "block_variety", "determinantal_degree", "log10_degree"]


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
        """Degree of the complexification, an exact int.

        It has millions of digits, and takes minutes, for matrices of some thousand rows; ``log10_degree`` takes none.
        """
        if self.is_linear:
            return 1
        one = determinantal_degree(*self._complex_size)
        return one**2 if self.field == "C" else one

    @property
    def log10_degree(self) -> float:
        """Decimal logarithm of the degree, up to rounding, without the long integers."""
        return log10_degree(*self._complex_size) * (2 if self.field == "C" else 1)

    @property
    def _complex_size(self) -> tuple[int, int, int]:
        """Rows, columns and rank of the complex matrices."""
        scale = 2 if self.field == "H" else 1
        return scale * self.rows, scale * self.cols, scale * self.rank

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


@lru_cache(maxsize=256)
def determinantal_degree(rows: int, cols: int, rank: int) -> int:
    """Return the degree of the complex (rows, cols) matrices of rank at most ``rank``, an exact int.

    ``prod_{i < cols - rank} binomial(rows + i, rank) / binomial(rank + i, rank)``, a determinant of binomials that
    Giambelli evaluated; clamped to the sizes.

    >>> determinantal_degree(3, 4, 2), determinantal_degree(3, 3, 2)
    (6, 3)
    """
    rank = min(rank, rows, cols)
    # Symmetric in these three numbers, as MacMahon's count of plane partitions in a box is: the least makes the product
    # short, and the second its binomials.
    few, size, depth = sorted((rank, rows - rank, cols - rank))
    above = prod(comb(size + depth + i, size) for i in range(few))
    below = prod(comb(size + i, size) for i in range(few))
    return above // below


@lru_cache(maxsize=256)
def log10_degree(rows: int, cols: int, rank: int) -> float:
    """Return the decimal logarithm of :func:`determinantal_degree`, without its long integers.

    >>> round(log10_degree(28, 28, 13), 6) == round(math.log10(determinantal_degree(28, 28, 13)), 6)
    True
    """
    rank = min(rank, rows, cols)
    few, size, depth = sorted((rank, rows - rank, cols - rank))

    def log_factorials(first: int) -> float:
        return sum(math.lgamma(first + i + 1) for i in range(few))

    total = log_factorials(size + depth) + log_factorials(0) - log_factorials(size) - log_factorials(depth)
    return max(total, 0.0) / math.log(10)
