"""The pairs (A, B) of matrices over R, C or H with a given product: combinatorics in exact integers.

Let A be (b, r), B (r, a) and A B = M of rank k.  Put s = r - k.  The pairs of rank A = k + i and rank B = k + j are one
orbit of GL_r times the stabilizer of M, so they form a manifold, the stratum (i, j).  It is not empty iff i, j >= 0,
k + i <= min(b, r), k + j <= min(a, r) and i + j <= s (Sylvester), and has dimension, over the field,

    2 r k - k^2 + i (b - k + s - i) + j (a - k + s - j) - i j:

i (b - k - i) for the image of A between that of M and the target, r (k + i) for A onto it, k (s - i) for B on a
complement of ker M, and j (a - k + s - i - j) for B from ker M to ker A with rank j.

Closures.  In coordinates that split off the part of rank k, the rest is a pair with product 0, and either member may
be scaled down; so the closure of (i, j) is the union of all (i', j') with i' <= i and j' <= j (over C a case of Abeasis
and Del Fra, Degenerations for the representations of an equioriented quiver of type A_m, 1980).  Irreducible components
are the closures of maximal strata: where min(b, r) + min(a, r) <= r + k the one of largest ranks, otherwise those with
i + j = s, as for the variety of complexes (De Concini and Strickland, On the variety of complexes, 1981).

Tangent spaces.  (X, Y) -> X B + A Y has corank (b - k - i)(a - k - j): modulo the image of A only X B is left, which is
arbitrary on D^a modulo ker B.  So its kernel has dimension r (a + b) - a b + (b - k - i)(a - k - j).  Near a point of
the stratum the fiber is a manifold times {(X, Y) : X Y = 0}, X of size (b - k - i, s - i - j), Y of size
(s - i - j, a - k - j): the point is smooth iff one of these three numbers is 0.

Connectedness.  k = r: the fiber is GL_r, acting simply transitively, with two connected components over R (if r > 0)
and one over C and H.  k < r: scaling down the pair with product 0 joins any point to one with i = j = 0; these are one
orbit of GL_r, whose stabilizers GL_(r-k) over R have elements of negative determinant, so it is connected (Trager, Kohn
and Bruna, Pure and spurious critical points, arXiv 1910.01671).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from equivariety.errors import as_nonnegative_int, brief, invalid
from equivariety.linalg import FIELD_DIM, Field

__all__ = ["BlockFiber", "BlockStratum"]


@dataclass(frozen=True, slots=True)
class BlockStratum:
    """The pairs (A, B) of given ranks in the fiber of one block, a manifold.

    Attributes:
        decoder_rank, encoder_rank: the ranks of A and B.
        dim: real dimension.
        tangent_dim: real dimension of the kernel of the differential of (A, B) -> A B, the same at all its points.
        is_component: whether its closure is an irreducible component of the fiber.
        is_smooth: whether its points are smooth points of the fiber.

    >>> small, large = BlockFiber(2, 2, inner=1, rank=0).strata()[0], BlockFiber(2, 2, inner=1, rank=0).strata()[-1]
    >>> (small.dim, small.tangent_dim), (large.dim, large.tangent_dim), small.is_in_closure_of(large)
    ((0, 4), (2, 2), True)
    """

    decoder_rank: int
    encoder_rank: int
    dim: int
    tangent_dim: int
    is_component: bool
    is_smooth: bool

    def is_in_closure_of(self, other: BlockStratum) -> bool:
        """Whether it lies in the closure of another stratum of the same fiber."""
        return self.decoder_rank <= other.decoder_rank and self.encoder_rank <= other.encoder_rank


@dataclass(frozen=True, slots=True)
class BlockFiber:
    """The fiber over a matrix M of rank k: all A of size (rows, inner) and B of size (inner, cols) with A B = M.

    Everything depends on the five numbers alone, not on M.  Dimensions are real ones, of the real points.

    Attributes:
        rows, cols: size of M over the field.
        inner: inner dimension r; larger than ``rows`` and ``cols`` if wanted.
        rank: rank k of M over the field.
        field: "R", "C" or "H".

    Raises ValueError for numbers that are not integers >= 0, a rank above the size and another field.

    >>> F = BlockFiber(3, 3, inner=2, rank=1)
    >>> F.dim, F.num_strata, F.num_components, [(s.decoder_rank, s.encoder_rank) for s in F.components()]
    (5, 3, 2, [(1, 2), (2, 1)])
    >>> BlockFiber(3, 3, inner=2, rank=2, field="C").dim, BlockFiber(3, 3, inner=1, rank=2).dim
    (8, -1)
    """

    rows: int
    cols: int
    inner: int
    rank: int
    field: Field = "R"

    def __post_init__(self) -> None:
        if self.field not in FIELD_DIM:
            raise invalid("field", "'R', 'C' or 'H'", brief(self.field), "name one of the division algebras")
        for name in ("rows", "cols", "inner", "rank"):
            object.__setattr__(self, name, as_nonnegative_int(name, getattr(self, name)))
        if self.rank > min(self.rows, self.cols):
            raise invalid(
                "rank", f"at most {min(self.rows, self.cols)}", self.rank, "lower it to the size of the matrix"
            )

    @property
    def is_empty(self) -> bool:
        """Whether the inner dimension is smaller than the rank of M."""
        return self.inner < self.rank

    @property
    def is_torsor(self) -> bool:
        """Whether GL_r acts simply transitively, by (A T^-1, T B), which it does iff r = k."""
        return self.inner == self.rank

    @property
    def is_smooth(self) -> bool:
        """Whether all points are smooth, which they are iff r = k or M has full rank; True if empty."""
        return self.inner <= self.rank or self.rank == min(self.rows, self.cols)

    @property
    def dim(self) -> int:
        """Real dimension, the largest of a stratum; -1 if empty."""
        return max((stratum.dim for stratum in self.components()), default=-1)

    @property
    def num_strata(self) -> int:
        """Number of pairs of ranks (rank A, rank B) that occur."""
        top, right, extra = self._bounds
        return sum(min(right, extra - i) + 1 for i in range(top + 1))

    @property
    def num_components(self) -> int:
        """Number of irreducible components of the real points; 0 if empty."""
        return len(self._maximal())

    @property
    def num_connected_components(self) -> int:
        """Number of connected components, 2 over R for r = k > 0, otherwise 1; 0 if empty."""
        if self.is_empty:
            return 0
        return 2 if self.field == "R" and self.inner == self.rank > 0 else 1

    def strata(self) -> tuple[BlockStratum, ...]:
        """Return all strata, by the rank of A, then of B."""
        return tuple(self._stratum(i, j) for i, j in self._pairs())

    def components(self) -> tuple[BlockStratum, ...]:
        """Return the strata whose closures are the irreducible components, by the rank of A."""
        return tuple(self._stratum(i, j) for i, j in self._maximal())

    def largest(self) -> BlockStratum:
        """Return the stratum of largest dimension, of several the one with the smallest rank of A.

        Raises ValueError if the fiber is empty.
        """
        if self.is_empty:
            raise self._nothing()
        return max(self.components(), key=lambda stratum: stratum.dim)

    def stratum(self, decoder_rank: int, encoder_rank: int, name: str = "(decoder_rank, encoder_rank)") -> BlockStratum:
        """Return the stratum of given ranks of A and B; ``name`` is what an error message calls them.

        Raises ValueError if no pair in the fiber has these ranks.

        >>> BlockFiber(3, 3, inner=2, rank=1).stratum(1, 1).is_smooth
        False
        """
        if self.is_empty:
            raise self._nothing()
        top, right, extra = self._bounds
        ranks = (as_nonnegative_int("decoder_rank", decoder_rank), as_nonnegative_int("encoder_rank", encoder_rank))
        i, j = (value - self.rank for value in ranks)
        if not (0 <= i <= top and 0 <= j <= right and i + j <= extra):
            required = (
                f"ranks from {self.rank} to {self.rank + top} and {self.rank} to {self.rank + right} "
                f"of sum at most {self.inner + self.rank}"
            )
            raise invalid(name, required, brief(ranks), "see strata()")
        return self._stratum(i, j)

    def _nothing(self) -> ValueError:
        return invalid("inner", f"at least {self.rank}, the rank of M", self.inner, "raise it: the fiber is empty")

    @property
    def _bounds(self) -> tuple[int, int, int]:
        """Largest i, largest j and largest i + j; the first is -1 for the empty fiber."""
        if self.is_empty:
            return -1, -1, -1
        k, r = self.rank, self.inner
        return min(self.rows, r) - k, min(self.cols, r) - k, r - k

    def _pairs(self) -> Iterator[tuple[int, int]]:
        top, right, extra = self._bounds
        return ((i, j) for i in range(top + 1) for j in range(min(right, extra - i) + 1))

    def _maximal(self) -> list[tuple[int, int]]:
        top, right, extra = self._bounds
        if self.is_empty:
            return []
        if top + right <= extra:
            return [(top, right)]
        return [(i, extra - i) for i in range(extra - right, top + 1)]

    def _stratum(self, i: int, j: int) -> BlockStratum:
        k, r, e = self.rank, self.inner, FIELD_DIM[self.field]
        top, right, extra = self._bounds
        rows, cols, free = self.rows - k - i, self.cols - k - j, extra - i - j
        dim = k * (2 * r - k) + i * (rows + extra) + j * (cols + extra) - i * j
        tangent = r * (self.rows + self.cols) - self.rows * self.cols + rows * cols
        maximal = free == 0 or (i, j) == (top, right)
        return BlockStratum(k + i, k + j, e * dim, e * tangent, maximal, 0 in (rows, cols, free))
