"""Strata of the fiber of a whole map: one stratum for each block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equivariety.parameterizations.fibers.block_fibers import BlockStratum
from equivariety.representations import RankVector

__all__ = ["FiberStratum"]


@dataclass(frozen=True, slots=True)
class FiberStratum:
    """The factorizations of a map whose decoder and encoder have given ranks in every block, a manifold.

    Attributes:
        decoder_ranks, encoder_ranks: ranks over the blocks' fields.
        dim: real dimension.
        tangent_dim: real dimension of the kernel of the differential of the multiplication, the same at all its points.
        is_component: whether its closure is an irreducible component of the fiber.
        is_smooth: whether its points are smooth points of the fiber.

    >>> import equivariety as ev
    >>> C = ev.linear_maps(3, 3, rank=2).component([2])
    >>> for stratum in C.fiber([[1, 0, 0], [0, 0, 0], [0, 0, 0]]).strata():
    ...     print(stratum.decoder_ranks, stratum.encoder_ranks, stratum.dim, stratum.is_component)
    (1,) (1,) 3 False
    (1,) (2,) 5 True
    (2,) (1,) 5 True
    """

    decoder_ranks: RankVector
    encoder_ranks: RankVector
    dim: int
    tangent_dim: int
    is_component: bool
    is_smooth: bool

    @classmethod
    def of_blocks(cls, parts: Sequence[BlockStratum], labels: Sequence[str]) -> FiberStratum:
        """Return the product of one stratum per block, in the order of ``labels``."""
        return cls(
            RankVector((part.decoder_rank for part in parts), labels),
            RankVector((part.encoder_rank for part in parts), labels),
            sum(part.dim for part in parts),
            sum(part.tangent_dim for part in parts),
            all(part.is_component for part in parts),
            all(part.is_smooth for part in parts),
        )

    def is_in_closure_of(self, other: FiberStratum) -> bool:
        """Whether it lies in the closure of another stratum of the same fiber: no rank is larger."""
        pairs = zip(self.decoder_ranks + self.encoder_ranks, other.decoder_ranks + other.encoder_ranks, strict=True)
        return all(mine <= theirs for mine, theirs in pairs)
