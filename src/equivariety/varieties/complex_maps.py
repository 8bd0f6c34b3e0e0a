"""The same rank-bounded maps over C: other blocks, and more irreducible components, than over R."""

from __future__ import annotations

from functools import cached_property
from math import comb

import numpy as np

from equivariety._typing import ComplexArray
from equivariety.errors import invalid
from equivariety.linalg import as_real_array, check_finite, frobenius_norm
from equivariety.representations import HomSpace, RankVector
from equivariety.representations.maps.complexification import (
    ComplexBlock,
    complex_blocks,
    complex_dense,
    complex_matrices,
)
from equivariety.tolerances import equivariance_tolerance, rank_tolerance
from equivariety.varieties.determinantal import DeterminantalVariety
from equivariety.varieties.points import singularity
from equivariety.varieties.points.membership import (
    Measured,
    balanced,
    check_generator,
    check_tolerance,
    of_bounded_ranks,
    within,
)
from equivariety.varieties.points.verdicts import Membership, Singularity
from equivariety.varieties.rank_family import RankFamily
from equivariety.varieties.ranks.rank_budget import RankBudget
from equivariety.varieties.ranks.rank_sums import binomial_coefficient
from equivariety.varieties.strata_union import StrataUnion, singular_strata
from equivariety.varieties.stratum import Stratum

__all__ = ["ComplexComponent", "ComplexRankBoundedMaps"]


class ComplexRankBoundedMaps(RankFamily["ComplexComponent"]):
    """All complex maps in Hom_G(C^n, C^m) of rank at most r; ``complex_maps`` of the real ones.

    Its components are the maximal vectors of ranks of the complex blocks.  The Zariski closure of a real component is
    irreducible, but need not be one of them, and some of them have 0 as their only real point.

    >>> import equivariety as ev
    >>> E = ev.equivariant_maps(ev.groups.cyclic(3), rank=2).complex_maps
    >>> [(b.label, b.irrep_dim) for b in E.blocks], [tuple(C.ranks) for C in E.components()]
    ([('(1,1)', 1), ('(3,2)', 1), ('(3,1)', 1)], [(1, 1, 0), (1, 0, 1), (0, 1, 1)])
    """

    def __init__(self, hom: HomSpace, rank: int) -> None:
        self._blocks = complex_blocks(hom.blocks)
        caps = tuple(block.max_rank for block in self._blocks)
        super().__init__(hom, RankBudget(tuple(block.irrep_dim for block in self._blocks), caps, rank))

    def __repr__(self) -> str:
        return f"ComplexRankBoundedMaps(shape={self.shape}, rank={self.rank}, blocks={len(self.blocks)})"

    @property
    def blocks(self) -> tuple[ComplexBlock, ...]:
        """The complex blocks, each with ``label``, ``irrep_dim``, ``rows`` and ``cols``."""
        return self._blocks

    def _factor(self, block: int, rank: int) -> DeterminantalVariety:
        return DeterminantalVariety("R", self._blocks[block].rows, self._blocks[block].cols, rank)

    def _stratum(self, ranks: RankVector) -> ComplexComponent:
        return ComplexComponent(self, ranks)

    @cached_property
    def ed_degree(self) -> int:
        """Number of complex critical points of the squared Frobenius distance from a generic matrix, an exact int.

        The sum of the ED degrees of the components, most of which may be 0.
        """
        # Only equal ranks of conjugate blocks, and even ranks for type H, have critical points: the real rank vectors
        # whose complexification is maximal.  At each slack the blocks of larger complex dimension are free.
        blocks = [(b, b.irrep_dim if b.field == "R" else b.irrep_dim // 2) for b in self._hom.blocks]
        largest = max((own for block, own in blocks if block.max_rank), default=1)
        total = 0
        for slack in range(min(largest, self.rank + 1)):
            full = sum(block.irrep_dim * block.max_rank for block, own in blocks if own <= slack)
            free = [block for block, own in blocks if own > slack]
            weights, caps = [block.irrep_dim for block in free], [block.max_rank for block in free]
            total += binomial_coefficient(weights, caps, self.rank - slack - full)
        return total


class ComplexComponent(Stratum):
    """A product of complex determinantal varieties: the complex maps whose complex block i has rank at most r_i.

    Dimensions are complex.  ``factors`` are written with field "R", read over C.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1}).complexification
    >>> C.ranks.by_label, C.dim, C.degree, C.ed_degree
    ({'(1,1)': 1, '(4,3)': 1, '(4,1)': 1, '(2,1)': 0}, 11, 24, 6)
    """

    __slots__ = ()

    @property
    def space(self) -> ComplexRankBoundedMaps:
        """The complex rank-bounded maps it is a part of."""
        return self._space  # type: ignore[no-any-return]

    @property
    def blocks(self) -> tuple[ComplexBlock, ...]:
        """The complex blocks of the maps."""
        return self.space.blocks

    @property
    def factors(self) -> tuple[DeterminantalVariety, ...]:
        """The complex determinantal varieties of which it is the product, in the order of ``blocks``."""
        return tuple(self.space._factor(i, r) for i, r in enumerate(self._ranks))

    @property
    def ed_degree(self) -> int:
        """Number of complex critical points of the squared Frobenius distance, extended to complex matrices.

        The form pairs a block of type C with its conjugate, and a block of type H with itself alternatingly: without
        equal ranks of the two, and an even rank, there is no critical point for generic data, and the number is 0.
        """
        out = 1
        for i, (block, rank) in enumerate(zip(self.blocks, self._ranks, strict=True)):
            if block.field == "H":
                out *= 0 if rank % 2 else comb(block.max_rank // 2, rank // 2)
            elif block.field == "R":
                out *= comb(block.max_rank, rank)
            elif block.real_block == self.blocks[i - 1].real_block and i:  # the second of two conjugate ones
                out *= comb(block.max_rank, rank) if rank == self._ranks[i - 1] else 0
        return out

    @property
    def is_real(self) -> bool:
        """Whether its real points are dense in it, which takes equal ranks of conjugate blocks, and even ones for H."""
        pairs: dict[int, set[int]] = {}
        for block, rank in zip(self.blocks, self._ranks, strict=True):
            pairs.setdefault(block.real_block, set()).add(rank)
        parities = all(r % 2 == 0 for b, r in zip(self.blocks, self._ranks, strict=True) if b.field == "H")
        return parities and all(len(found) == 1 for found in pairs.values())

    def singular_locus(self) -> StrataUnion[ComplexComponent]:
        """Return the singular points: the union, over blocks with 0 < r < full rank, of where the block drops rank."""
        return singular_strata(self)

    def contains(self, matrix: object, tolerance: float | None = None) -> Membership:
        """Whether a dense real or complex (m, n) matrix lies in it, up to rounding: a verdict, true or false.

        Args:
            matrix: finite, of shape (m, n).
            tolerance: relative bound for the distance to the equivariant maps and for singular values that count as
                zero; default: the library's tolerances for float64.

        Raises ValueError or TypeError for anything that is not such a matrix.
        """
        return of_bounded_ranks(self._measured(matrix, tolerance), self._ranks)

    def is_singular_at(self, matrix: object, tolerance: float | None = None) -> Singularity:
        """Whether a complex member is a singular point: a verdict; ValueError for matrices that are not members."""
        return singularity.of_stratum(self, within(self.contains(matrix, tolerance)))

    def sample(self, rng: np.random.Generator) -> ComplexArray:
        """Return a random member, dense (m, n) and complex: every block a product of Gaussian factors of its rank.

        Raises TypeError if ``rng`` is no Generator.
        """
        check_generator(rng)
        matrices = []
        for block, r in zip(self.blocks, self._ranks, strict=True):
            left, right = (rng.standard_normal((2, size, r)) for size in (block.rows, block.cols))
            matrices.append((left[0] + 1j * left[1]) @ (right[0] + 1j * right[1]).T)
        return complex_dense(self._space.hom, matrices)

    def _measured(self, matrix: object, tolerance: float | None) -> Measured:
        check_tolerance(tolerance)
        dense, unit = balanced(_check_complex(matrix, self.shape))
        hom, kind = self._space.hom, np.dtype(np.float64)
        blocks = complex_matrices(hom, dense)
        values = [np.linalg.svd(b, compute_uv=False) for b in blocks]
        scale = max((float(s[0]) for s in values if len(s)), default=0.0)
        return Measured(
            self._ranks.labels,
            dense,
            unit,
            list(zip(hom.target.generators, hom.source.generators, strict=True)),
            frobenius_norm(dense - complex_dense(hom, blocks)),
            frobenius_norm(dense) * (equivariance_tolerance(kind) if tolerance is None else tolerance),
            tuple(values),
            scale * (rank_tolerance(kind, max(self.shape)) if tolerance is None else tolerance),
        )


def _check_complex(matrix: object, shape: tuple[int, int]) -> ComplexArray:
    """Return ``matrix`` as a finite complex array of exactly the given shape, or raise ValueError or TypeError."""
    array = as_real_array("matrix", matrix, kinds="iufbc")
    if array.shape != shape:
        raise invalid("matrix", f"an array of shape {shape}", f"shape {array.shape}", "rows are outputs")
    check_finite("matrix", array)
    return np.asarray(array, dtype=np.complex128)
