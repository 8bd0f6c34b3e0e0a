"""Checks shared by all varieties of linear maps: a matrix, equivariant, of which ranks in its blocks."""

from __future__ import annotations

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import invalid
from equivariety.linalg import algebra, as_float_array, frobenius_norm, numerical_rank
from equivariety.representations import EquivariantMap, HomSpace
from equivariety.tolerances import equivariance_tolerance, rank_tolerance

__all__ = ["as_map", "balanced", "block_ranks", "check_generator", "check_matrix"]


def check_matrix(name: str, matrix: object, shape: tuple[int, int]) -> AnyArray:
    """Return ``matrix`` as a finite float array of exactly the given shape, or raise ValueError or TypeError."""
    array = as_float_array(name, matrix)
    if array.shape != shape:
        raise invalid(name, f"an array of shape {shape}", f"shape {array.shape}", "rows are outputs, columns inputs")
    return array


def check_generator(rng: object) -> None:
    """Raise TypeError unless ``rng`` is a NumPy random Generator."""
    if not isinstance(rng, np.random.Generator):
        raise invalid("rng", "a numpy.random.Generator", rng, "pass numpy.random.default_rng(0)", TypeError)


def balanced(matrix: AnyArray) -> tuple[AnyArray, float]:
    """Return ``matrix / unit`` and ``unit``, the power of two next below its largest entry (1 for the zero matrix).

    Exact, and squares of entries then neither overflow nor underflow.
    """
    largest = float(np.abs(matrix).max(initial=0.0))
    unit = 2.0 ** max(np.frexp(largest)[1] - 1, -1000) if largest > 0 else 1.0
    return (matrix / matrix.dtype.type(unit), unit) if not 1e-15 < largest < 1e15 else (matrix, 1.0)


def block_ranks(hom: HomSpace, matrix: object, tolerance: float | None) -> list[int] | None:
    """Return the numerical rank of each block of a dense matrix, or None if it is not equivariant.

    ``tolerance`` bounds both the relative distance to the equivariant maps and the singular values, relative to the
    largest of the whole matrix, that count as zero; None takes the library's tolerances for the dtype.
    """
    dense, _ = balanced(check_matrix("matrix", matrix, hom.shape))
    if tolerance is not None and not (isinstance(tolerance, int | float) and 0 <= tolerance < 1):
        raise invalid("tolerance", "a number from 0 to 1, or None", tolerance, "pass None for the default")
    blocks, gap = _blocks_and_gap(hom, dense)
    if gap > (equivariance_tolerance(dense.dtype) if tolerance is None else tolerance):
        return None
    values = [algebra(block.field).svd(b)[1] for block, b in zip(hom.blocks, blocks, strict=True)]
    scale = max((float(s[0]) for s in values if len(s)), default=0.0)
    cutoff = scale * (rank_tolerance(dense.dtype, max(hom.shape)) if tolerance is None else tolerance)
    return [numerical_rank(s, cutoff) for s in values]


def as_map(hom: HomSpace, mapping: object) -> EquivariantMap:
    """Return a dense (m, n) matrix that is equivariant up to rounding as a map; a map of the same space as it is.

    Raises ValueError for a matrix that is not equivariant and for a map of another space, and as
    :func:`check_matrix` does.
    """
    if isinstance(mapping, EquivariantMap):
        if mapping.hom != hom:
            required = "a map that respects the actions of the component"
            raise invalid(
                "mapping", required, "a map between other actions", "pass its dense matrix, np.asarray(mapping)"
            )
        return mapping
    dense, unit = balanced(check_matrix("matrix", mapping, hom.shape))
    blocks, gap = _blocks_and_gap(hom, dense)
    allowed = equivariance_tolerance(dense.dtype)
    if gap > allowed:
        raise invalid(
            "matrix",
            f"equivariant up to {allowed:.0e} of its norm",
            f"a relative distance of {gap:.3g} from the equivariant maps",
            "project it first",
        )
    factors = {}
    for i, b in enumerate(blocks):
        rows, cols = (np.eye(size, dtype=b.dtype) for size in b.shape)
        scaled = b * dense.dtype.type(unit)
        factors[i] = (rows, scaled.conj().T) if len(rows) < len(cols) else (scaled, cols)
    return EquivariantMap(hom, factors, dense.dtype)


def _blocks_and_gap(hom: HomSpace, dense: AnyArray) -> tuple[list[AnyArray], float]:
    """The blocks of the nearest equivariant map, and its distance relative to the norm."""
    blocks = hom.block_matrices(dense)
    nearest = hom.dense({i: (b, np.eye(b.shape[1], dtype=b.dtype)) for i, b in enumerate(blocks)}, dense.dtype)
    norm = frobenius_norm(dense)
    return blocks, frobenius_norm(dense - nearest) / norm if norm else 0.0
