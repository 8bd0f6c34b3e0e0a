"""The result of projecting a matrix on a variety."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from equivariety._typing import AnyArray, FloatArray
from equivariety.linalg import FIELD_DIM, algebra, frobenius_norm, truncate
from equivariety.representations import HomSpace, MapBlock, RankVector
from equivariety.tolerances import tie_tolerance
from equivariety.varieties.points.genericity import multiplicities

__all__ = ["Projection", "family_dim", "nearest_of_ranks"]


@dataclass(frozen=True, eq=False)
class Projection:
    """A nearest point.

    Attributes:
        point: dense (m, n) matrix, read-only.
        distance: Frobenius distance from the given matrix to ``point``.
        ranks: rank vector of the component that holds ``point``.
        is_unique: whether it is the only nearest point, up to rounding.
        alternatives: rank vectors of components that hold other nearest points, at most eight.
        family_dim: real dimension of the nearest points in the component ``ranks``; 0 where they are finitely many.

    >>> import equivariety as ev
    >>> import numpy as np
    >>> nearest = ev.equivariant_maps(ev.groups.cyclic(2), rank=1).project(np.eye(2))
    >>> nearest.point.round(12).tolist(), round(nearest.distance, 12), nearest.is_unique, nearest.alternatives
    ([[0.5, 0.5], [0.5, 0.5]], 1.0, False, ((0, 1),))
    """

    point: AnyArray
    distance: float
    ranks: RankVector
    is_unique: bool
    alternatives: tuple[RankVector, ...] = ()
    family_dim: int = 0

    def __repr__(self) -> str:
        ranks = {label: r for label, r in self.ranks.by_label.items() if r}
        return f"Projection(distance={self.distance:.6g}, ranks={ranks}, unique={self.is_unique})"

    @classmethod
    def of(
        cls,
        hom: HomSpace,
        matrix: AnyArray,
        unit: float,
        factors: Mapping[int, tuple[AnyArray, AnyArray]],
        ranks: RankVector,
        *,
        is_unique: bool,
        alternatives: tuple[RankVector, ...] = (),
        family_dim: int = 0,
    ) -> Projection:
        """Build the point from its block factors and measure the distance in the original coordinates.

        The given matrix was ``unit * matrix``, and so is the point.
        """
        point = hom.dense(factors, matrix.dtype)
        distance = frobenius_norm(matrix - point)
        point *= point.dtype.type(unit)
        point.flags.writeable = False
        return cls(point, unit * distance, ranks, is_unique, alternatives, family_dim)


def nearest_of_ranks(
    hom: HomSpace,
    dense: AnyArray,
    unit: float,
    triples: Sequence[tuple[AnyArray, FloatArray, AnyArray]],
    ranks: RankVector,
) -> Projection:
    """Return the nearest map to ``unit * dense`` whose blocks have at most these ranks, from the blocks' thin SVDs.

    The largest singular triples of each block over its field are kept (Eckart-Young).

    >>> import equivariety as ev
    >>> import numpy as np
    >>> C = ev.linear_maps(2, 2, rank=1).component([1])
    >>> U = np.diag([3.0, 1.0])
    >>> nearest_of_ranks(C.space.hom, U, 1.0, C.space.singular_triples(U), C.ranks).distance
    1.0
    """
    scale = max((float(s[0]) for _, s, _ in triples if len(s)), default=0.0)
    cutoff = scale * tie_tolerance(dense.dtype)
    unique = all(
        r in (0, len(s)) or s[r] <= cutoff or s[r - 1] - s[r] > cutoff
        for (_, s, _), r in zip(triples, ranks, strict=True)
    )
    factors = {
        i: truncate(t, r, algebra(hom.blocks[i].field).order)
        for i, (t, r) in enumerate(zip(triples, ranks, strict=True))
        if r
    }
    family = family_dim(hom.blocks, [s for _, s, _ in triples], ranks, cutoff)
    return Projection.of(hom, dense, unit, factors, ranks, is_unique=unique, family_dim=family)


def family_dim(blocks: Sequence[MapBlock], values: Sequence[FloatArray], ranks: Sequence[int], cutoff: float) -> int:
    """Return the real dimension of the best approximations of these ranks.

    Of t singular values that are equal up to ``cutoff``, j of which are kept, any j-dimensional subspace of the
    singular vectors is as good: ``e j (t - j)`` dimensions.

    >>> import numpy as np
    >>> family_dim([MapBlock("C2", "C", 2, 3, 3)], [np.array([2.0, 1.0, 1.0])], [2], 1e-9)
    2
    """
    out = 0
    for block, s, r in zip(blocks, values, ranks, strict=True):
        kept = r
        for t in multiplicities(s, cutoff, cutoff):
            out += FIELD_DIM[block.field] * min(kept, t) * (t - min(kept, t))
            kept -= min(kept, t)
    return out
