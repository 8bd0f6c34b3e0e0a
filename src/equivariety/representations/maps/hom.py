"""Equivariant linear maps between two permutation representations, block by block.

Hom_G(R^n, R^m) is the product over irreducibles of the (b_i, a_i) matrices over the irreducible's field, a_i and b_i
the multiplicities in source and target (Schur).  In the orthonormal bases of the two decompositions a map M is
block diagonal, |M|^2 = sum_i delta_i |B_i|^2 and rank M = sum_i delta_i rank B_i.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import brief, invalid
from equivariety.linalg import algebra, as_float_array
from equivariety.representations.blocks import MapBlock
from equivariety.representations.decomposition import IsotypicDecomposition
from equivariety.representations.maps.orbital_basis import OrbitalBasis, orbital_basis

__all__ = ["BlockMatch", "HomSpace"]

#: A block of maps with its positions among the blocks of source and target; None where a side lacks it.
BlockMatch: TypeAlias = tuple[MapBlock, int | None, int | None]


class HomSpace:
    """All linear maps R^n -> R^m that intertwine paired generators: M P_sigma = P_tau M for every pair.

    Attributes:
        source, target: the isotypic decompositions of the two sides under the same acting group.
        num_orbitals: number of orbits of the acting group on [m] x [n], counted combinatorially; equals ``dim``.
        only_trivial: whether only the trivial block is kept, for invariant maps.

    >>> import equivariety as ev
    >>> hom = ev.equivariant_maps(ev.groups.cyclic(3)).hom
    >>> hom.shape, [block.label for block in hom.blocks]
    ((3, 3), ['(1,1)', '(3,2)'])
    """

    def __init__(
        self,
        source: IsotypicDecomposition,
        target: IsotypicDecomposition,
        matches: Sequence[BlockMatch],
        num_orbitals: int,
        *,
        only_trivial: bool = False,
    ) -> None:
        self.source = source
        self.target = target
        self.num_orbitals = num_orbitals
        self.only_trivial = only_trivial
        self._matched = tuple(matches)

    def _key(self) -> tuple[object, ...]:
        return (
            self.source.generators,
            self.target.generators,
            self.only_trivial,
            self.source.fingerprint,
            self.target.fingerprint,
        )

    def __eq__(self, other: object) -> bool:
        """Whether both are the maps between the same actions, in the same bases."""
        return self._key() == other._key() if isinstance(other, HomSpace) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.shape)

    @property
    def shape(self) -> tuple[int, int]:
        """Dimensions (m, n) of target and source."""
        return self.target.degree, self.source.degree

    @property
    def is_endomorphic(self) -> bool:
        """Whether source and target are the same action, so that an autoencoder makes sense."""
        return self.source.generators == self.target.generators and not self.only_trivial

    @cached_property
    def blocks(self) -> tuple[MapBlock, ...]:
        """The blocks of the maps, in the library's order; blocks with 0 rows or columns are kept."""
        return tuple(block for block, _, _ in self._matched)

    @property
    def matches(self) -> tuple[BlockMatch, ...]:
        """The blocks with their positions among the blocks of source and target."""
        return self._matched

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels of the blocks."""
        return tuple(block.label for block in self.blocks)

    @property
    def dim(self) -> int:
        """Real dimension of the space, the sum over blocks of ``dim D * rows * cols``."""
        return sum(block.dim for block in self.blocks)

    def source_index(self, block: int) -> int | None:
        """Position of a block in ``source.blocks``; None where the source lacks it."""
        return self._matched[block][1]

    def target_index(self, block: int) -> int | None:
        """Position of a block in ``target.blocks``; None where the target lacks it."""
        return self._matched[block][2]

    def block_matrices(self, matrix: AnyArray) -> list[AnyArray]:
        """Return the blocks of the orthogonal projection of a dense (m, n) matrix on the space.

        One matrix over its field per block, as ``linalg.algebra`` stores them; ``matrix`` lies in the space iff
        nothing was lost.
        Costs O(m n log(mn)).
        """
        by_source = self.source._split(matrix)  # (m, a, e, M) per block: the coordinates of each row
        coordinates = np.concatenate([part.reshape(len(matrix), -1) for part in by_source], axis=1)
        by_target = self.target._split(np.ascontiguousarray(coordinates.T))  # (n, b, e, M): of each coordinate's column
        starts = np.cumsum([0, *(block.dim for block in self.source.blocks)]).tolist()
        out = []
        for block, i, j in self._matched:
            if i is None or j is None:
                out.append(algebra(block.field).zeros(block.rows, block.cols, matrix.dtype))
                continue
            rows = by_target[j][starts[i] : starts[i + 1]]
            cells = rows.reshape(*by_source[i].shape[1:], *rows.shape[1:])  # (a, e, M, b, e, M)
            copies = cells.shape[2]
            cell = np.einsum("aqxbpx->bpaq", cells) / cells.dtype.type(copies)
            out.append(algebra(block.field).project_cells(cell))
        return out

    def basis(self) -> OrbitalBasis:
        """Return the basis by orbitals: labels of entries that share a weight, exact, found when first asked for.

        Raises ValueError where the labels are over ``tolerances.DENSE_ENTRIES_BUDGET``.

        >>> import equivariety as ev
        >>> ev.equivariant_maps(ev.groups.cyclic(3)).hom.basis().labels.tolist()
        [[0, 1, 2], [2, 0, 1], [1, 2, 0]]
        """
        return self._basis

    @cached_property
    def _basis(self) -> OrbitalBasis:
        m, n = self.shape
        return orbital_basis(self.source.generators, self.target.generators, n, m)

    def project(self, matrix: object, by: Literal["blocks", "orbitals"] = "blocks") -> AnyArray:
        """Return the nearest map of the space to a dense (m, n) matrix, in the Frobenius norm.

        ``by="blocks"`` goes through the isotypic blocks, ``by="orbitals"`` takes averages over the orbitals of
        :meth:`basis`; they agree up to rounding and share no computation.  float32 stays float32.  Raises ValueError or
        TypeError for other matrices and another ``by``.

        >>> import equivariety as ev
        >>> hom = ev.equivariant_maps(ev.groups.cyclic(2)).hom
        >>> hom.project([[1.0, 2.0], [4.0, 3.0]]).round(12).tolist()
        [[2.0, 3.0], [3.0, 2.0]]
        """
        if by == "orbitals":
            return self.basis().project(matrix)
        if by != "blocks":
            raise invalid("by", "'blocks' or 'orbitals'", brief(by), "leave it out for 'blocks'")
        dense = as_float_array("matrix", matrix)
        if dense.shape != self.shape:
            required = f"of shape {self.shape}"
            raise invalid("matrix", required, f"shape {dense.shape}", "rows are outputs, columns inputs")
        factors = {}
        for i, (block, found) in enumerate(zip(self.blocks, self.block_matrices(dense), strict=True)):
            factors[i] = (found, algebra(block.field).identity(block.cols, dense.dtype))
        return self.dense(factors, dense.dtype)

    def apply_factors(self, factors: Mapping[int, tuple[AnyArray, AnyArray]], x: AnyArray) -> AnyArray:
        """Apply the map with blocks ``left @ right^*`` to the rows of ``x``, shape (..., n); other blocks are zero."""
        parts = self.source._split(x)
        leading = x.shape[:-1]
        out: list[AnyArray | None] = [None] * len(self.target.blocks)
        for position, (left, right) in factors.items():
            block, i, j = self._matched[position]
            if i is None or j is None:
                continue
            over = algebra(block.field)
            z = over.from_real(parts[i])  # (..., order a, order M)
            # One product for all samples: their columns side by side.
            flat = np.moveaxis(z, -2, 0).reshape(z.shape[-2], -1)
            image = (left @ (right.conj().T @ flat)).reshape(left.shape[0], *leading, z.shape[-1])
            out[j] = over.to_real(np.moveaxis(image, 0, -2))
        return self.target._assemble(out, leading, x.dtype)

    def dense(self, factors: Mapping[int, tuple[AnyArray, AnyArray]], dtype: np.dtype[Any]) -> AnyArray:
        """Return the dense (m, n) matrix of the map with the given block factors."""
        return np.ascontiguousarray(self.apply_factors(factors, np.eye(self.shape[1], dtype=dtype)).T)

    def equivariance_error(self, apply: Callable[[AnyArray], AnyArray], probes: AnyArray) -> float:
        """Return the largest ``|M P x - P' M x| / |M x|`` over generators, on the rows of ``probes`` together.

        With the identity as probes this is the Frobenius ``|M P - P' M| / |M|``.  0 for the zero map.
        """
        images = apply(probes)
        scale = float(np.linalg.norm(images))
        worst = 0.0
        for g, h in zip(self.source.generators, self.target.generators, strict=True):
            worst = max(worst, float(np.linalg.norm(apply(g.apply(probes)) - h.apply(images))))
        return worst / scale if scale else 0.0
