"""A linear map stored by its isotypic blocks, each as a product of two thin factors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import invalid
from equivariety.linalg import algebra
from equivariety.representations.blocks import RankVector
from equivariety.representations.decomposition import check_rows
from equivariety.tolerances import DENSE_ENTRIES_BUDGET

if TYPE_CHECKING:
    from equivariety.representations.maps.hom import HomSpace

__all__ = ["EquivariantMap"]

#: Up to this many columns the equivariance error is the exact Frobenius ratio; beyond, that on random probes.
_EXACT_COLUMNS = 1024

#: Rows are transformed in chunks of about this many numbers, which bounds the memory of the spectra.
_CHUNK_ENTRIES = 2**22


class EquivariantMap:
    """An equivariant linear map R^n -> R^m in factored block form: B_i = left_i @ right_i^*.

    Callable on rows: ``map(X)`` of shape (..., n) gives (..., m) in O(n log n) plus thin products, without the
    (m, n) matrix.  ``map.to_dense()`` and ``numpy.asarray(map)`` give that matrix.

    Args:
        hom: the space of all equivariant maps it lies in.
        factors: block position -> matrices (left, right) of shapes (rows, r) and (cols, r) over the block's field, as
            ``linalg.algebra`` stores them, which are made read-only; missing blocks are zero.  Raises ValueError for
            other shapes or r above the block's size.
        dtype: float32 or float64, the dtype of the dense matrix.

    >>> import equivariety as ev
    >>> E = ev.equivariant_maps(ev.groups.cyclic(4), rank=1)
    >>> M = ev.fit(E, np.ones((2, 4))).map
    >>> np.round(M(np.array([4.0, 0, 0, 0])), 12).tolist(), M.shape, M.rank
    ([1.0, 1.0, 1.0, 1.0], (4, 4), 1)
    """

    def __init__(self, hom: HomSpace, factors: Mapping[int, tuple[AnyArray, AnyArray]], dtype: np.dtype[Any]) -> None:
        self._hom = hom
        self._dtype = np.dtype(dtype)
        for i, (left, right) in factors.items():
            block, width = hom.blocks[i], left.shape[-1]
            k = algebra(block.field).order
            shapes = (k * block.rows, width), (k * block.cols, width)
            if (left.shape, right.shape) != shapes or width % k or width > k * block.max_rank:
                r = "r" if k == 1 else f"{k}r"
                raise invalid(
                    f"factors[{i}]",
                    f"of shapes ({k * block.rows}, {r}) and ({k * block.cols}, {r}) with r <= {block.max_rank}",
                    f"{left.shape} and {right.shape}",
                    "factor the block with a truncated SVD",
                )
        self._factors = {i: pair for i, pair in sorted(factors.items()) if pair[0].shape[1] > 0}
        for pair in self._factors.values():
            for array in pair:
                array.flags.writeable = False

    def __repr__(self) -> str:
        return f"EquivariantMap(shape={self.shape}, rank={self.rank}, dtype={self._dtype})"

    @property
    def hom(self) -> HomSpace:
        """The space of all equivariant maps it lies in."""
        return self._hom

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers (m, n) of outputs and inputs."""
        return self._hom.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64."""
        return self._dtype

    @property
    def factors(self) -> dict[str, tuple[AnyArray, AnyArray]]:
        """Per block label the matrices ``left`` (rows, r) and ``right`` (cols, r) over the block's field."""
        return {self._hom.blocks[i].label: pair for i, pair in self._factors.items()}

    @property
    def ranks(self) -> RankVector:
        """Inner dimension of the factors of each block."""
        values = [0] * len(self._hom.blocks)
        for i, (left, _) in self._factors.items():
            values[i] = algebra(self._hom.blocks[i].field).rank_of(left)
        return RankVector(values, self._hom.labels)

    @property
    def rank(self) -> int:
        """Real rank, the sum of block ranks weighted by the dimension of the irreducible."""
        return sum(block.irrep_dim * r for block, r in zip(self._hom.blocks, self.ranks, strict=True))

    def __call__(self, x: object) -> AnyArray:
        """Apply the map to the rows of ``x``, shape (..., n); returns (..., m).  Raises ValueError for other shapes."""
        return self._apply(check_rows("x", x, self.shape[1]))

    def _apply(self, x: AnyArray) -> AnyArray:
        flat = x.reshape(-1, x.shape[-1])
        step = max(1, _CHUNK_ENTRIES // flat.shape[1])
        if len(flat) <= step:
            return self._hom.apply_factors(self._factors, x)
        out = np.empty((len(flat), self.shape[0]), x.dtype)
        for start in range(0, len(flat), step):
            out[start : start + step] = self._hom.apply_factors(self._factors, flat[start : start + step])
        return out.reshape(*x.shape[:-1], self.shape[0])

    def to_dense(self) -> AnyArray:
        """Return the (m, n) matrix.  Raises ValueError beyond the dense budget."""
        m, n = self.shape
        if m * n > DENSE_ENTRIES_BUDGET:
            required = f"of at most {DENSE_ENTRIES_BUDGET} entries"
            raise invalid("map", required, f"shape {self.shape}", "apply it to rows")
        return self._hom.dense(self._factors, self._dtype)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> AnyArray:
        if copy is False:
            raise ValueError("the dense matrix of an EquivariantMap is always a new array; use copy=None")
        return np.asarray(self.to_dense(), dtype=dtype)

    def equivariance_error(self) -> float:
        """Return ``|M P - P' M|_F / |M|_F``, the largest over generators.

        Exact up to 1,024 columns; beyond that on three random vectors, ``|M P x - P' M x| / |M x|``.
        """
        n = self.shape[1]
        probes = np.eye(n) if n <= _EXACT_COLUMNS else np.random.default_rng(0).standard_normal((3, n))
        return self._hom.equivariance_error(self._apply, probes.astype(self._dtype))

    def save(self, path: str | Path) -> None:
        """Write the map to one safetensors file whose header holds its description as JSON; see :func:`load_map`."""
        from equivariety.representations.maps.map_files import save_map

        save_map(self, path)
