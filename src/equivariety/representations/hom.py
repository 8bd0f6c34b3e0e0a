"""Equivariant linear maps between two permutation representations, block by block.

Hom_G(R^n, R^m) is the product over irreducibles of the (b_i, a_i) matrices over the irreducible's field, a_i and b_i
the multiplicities in source and target (Schur).  In the orthonormal bases of the two decompositions a map M is
block diagonal, |M|^2 = sum_i delta_i |B_i|^2 and rank M = sum_i delta_i rank B_i.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from equivariety._typing import AnyArray
from equivariety.linalg import FIELD_DIM, from_real_coordinates, to_real_coordinates
from equivariety.representations.blocks import MapBlock
from equivariety.representations.decomposition import IsotypicDecomposition

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
        return self.source.generators, self.target.generators, self.only_trivial

    def __eq__(self, other: object) -> bool:
        """Whether both are the maps between the same actions."""
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

        One (rows, cols) matrix over its field per block; ``matrix`` lies in the space iff nothing was lost.
        Costs O(m n log(mn)).
        """
        by_source = self.source._split(matrix)  # (m, a, e, M) per block: the coordinates of each row
        coordinates = np.concatenate([part.reshape(len(matrix), -1) for part in by_source], axis=1)
        by_target = self.target._split(np.ascontiguousarray(coordinates.T))  # (n, b, e, M): of each coordinate's column
        starts = np.cumsum([0, *(block.dim for block in self.source.blocks)]).tolist()
        out = []
        for block, i, j in self._matched:
            unit = FIELD_DIM[block.field]
            if i is None or j is None:
                dtype = np.result_type(matrix.dtype, np.complex64) if block.field == "C" else matrix.dtype
                out.append(np.zeros((block.rows, block.cols), dtype))
                continue
            rows = by_target[j][starts[i] : starts[i + 1]]
            cells = rows.reshape(*by_source[i].shape[1:], *rows.shape[1:])  # (a, e, M, b, e, M)
            if unit == 1:
                out.append(np.einsum("apqbpq->ba", cells) / block.irrep_dim)
            elif unit == 2:
                # Orthogonal projection of each 2x2 cell on the multiples of rotations [[p, -q], [q, p]].
                copies = block.irrep_dim // unit
                cell = np.einsum("aqxbpx->bpaq", cells) / copies
                real = 0.5 * (cell[:, 0, :, 0] + cell[:, 1, :, 1])
                imag = 0.5 * (cell[:, 1, :, 0] - cell[:, 0, :, 1])
                out.append(real + np.asarray(1j, np.result_type(cell.dtype, np.complex64)) * imag)
            else:
                raise NotImplementedError("blocks over H")
        return out

    def apply_factors(self, factors: Mapping[int, tuple[AnyArray, AnyArray]], x: AnyArray) -> AnyArray:
        """Apply the map with blocks ``left @ right^*`` to the rows of ``x``, shape (..., n); other blocks are zero."""
        parts = self.source._split(x)
        leading = x.shape[:-1]
        out: list[AnyArray | None] = [None] * len(self.target.blocks)
        for position, (left, right) in factors.items():
            block, i, j = self._matched[position]
            if i is None or j is None:
                continue
            z = np.swapaxes(from_real_coordinates(parts[i], block.field), -1, -2)  # (..., M, a)
            flat = z.reshape(-1, block.cols) @ right.conj() @ left.T
            image = np.swapaxes(flat.reshape(*z.shape[:-1], block.rows), -1, -2)
            out[j] = to_real_coordinates(image, block.field)
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
