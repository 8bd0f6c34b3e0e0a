"""Products of fibers, one for each block of the maps: dimensions, strata and components of the whole."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from equivariety.errors import invalid
from equivariety.parameterizations.fibers.block_fibers import BlockFiber
from equivariety.parameterizations.fibers.fiber_strata import FiberStratum
from equivariety.representations import MapBlock, RankVector
from equivariety.representations.blocks import label_index

__all__ = ["ProductFiber"]


class ProductFiber:
    """The product over blocks of the fibers of (A_i, B_i) -> A_i B_i over the block's field: what ranks alone decide.

    ``BlockFiber`` has the combinatorics of one block, with the proofs.

    Args:
        blocks: the blocks of the maps, for their labels.
        fibers: the fiber of every block.

    >>> import equivariety as ev
    >>> blocks = ev.equivariant_maps(ev.groups.cyclic(2)).blocks
    >>> F = ProductFiber(blocks, [BlockFiber(1, 1, inner=1, rank=1), BlockFiber(1, 1, inner=1, rank=0)])
    >>> F.dim, F.num_strata, F.num_components, F.num_connected_components
    (2, 3, 2, 2)
    """

    def __init__(self, blocks: Sequence[MapBlock], fibers: Sequence[BlockFiber]) -> None:
        self._named = tuple(blocks)
        self._labels = tuple(block.label for block in blocks)
        self._blocks = tuple(fibers)

    @property
    def ranks(self) -> RankVector:
        """The inner dimension of every block."""
        return RankVector((block.inner for block in self._blocks), self._labels)

    @property
    def map_ranks(self) -> RankVector:
        """The rank of every block of M, decided with the library's tolerance."""
        return RankVector((block.rank for block in self._blocks), self._labels)

    @property
    def block_fibers(self) -> tuple[BlockFiber, ...]:
        """The combinatorics of every block, in the order of ``hom.blocks``; the fiber is their product."""
        return self._blocks

    @property
    def is_empty(self) -> bool:
        """Whether an inner dimension is smaller than the rank of M in its block."""
        return any(block.is_empty for block in self._blocks)

    @property
    def is_torsor(self) -> bool:
        """Whether GL acts simply transitively, which it does iff every inner dimension is the rank of M there."""
        return all(block.is_torsor for block in self._blocks)

    @property
    def is_smooth(self) -> bool:
        """Whether it has no singular point; True if empty."""
        return self.is_empty or all(block.is_smooth for block in self._blocks)

    @property
    def dim(self) -> int:
        """Real dimension; -1 if empty."""
        return -1 if self.is_empty else sum(block.dim for block in self._blocks)

    @property
    def generic_dim(self) -> int:
        """Real dimension of the fiber over a generic product with these inner dimensions, the smallest that occurs."""
        generic = (BlockFiber(b.rows, b.cols, b.inner, min(b.rows, b.cols, b.inner), b.field) for b in self._blocks)
        return sum(block.dim for block in generic)

    @property
    def num_strata(self) -> int:
        """Number of strata, an exact int."""
        return math.prod(block.num_strata for block in self._blocks)

    @property
    def num_components(self) -> int:
        """Number of irreducible components of the real points, an exact int; 0 if empty."""
        return math.prod(block.num_components for block in self._blocks)

    @property
    def num_connected_components(self) -> int:
        """Number of connected components, a factor 2 for each real block of inner dimension rank M > 0; 0 if empty."""
        return math.prod(block.num_connected_components for block in self._blocks)

    def check_not_empty(self) -> None:
        """Raise ValueError, naming the block, if the fiber is empty."""
        for label, block in zip(self._labels, self._blocks, strict=True):
            if block.is_empty:
                required = f"at least {block.rank}, the rank of the map there, or the fiber is empty"
                raise invalid(f"ranks[{label}]", required, block.inner, "raise it, or project the map")

    def strata(self) -> Iterator[FiberStratum]:
        """Yield the strata, by the ranks of decoder and encoder in the first block, then in the next, and so on."""
        for parts in product(*(block.strata() for block in self._blocks)):
            yield FiberStratum.of_blocks(parts, self._labels)

    def components(self) -> Iterator[FiberStratum]:
        """Yield the strata whose closures are the irreducible components, in the order of :meth:`strata`."""
        for parts in product(*(block.components() for block in self._blocks)):
            yield FiberStratum.of_blocks(parts, self._labels)

    def stratum(
        self, decoder_ranks: Mapping[object, int] | Sequence[int], encoder_ranks: Mapping[object, int] | Sequence[int]
    ) -> FiberStratum:
        """Return the stratum of given ranks of decoder and encoder.

        Args:
            decoder_ranks, encoder_ranks: by block label (missing ones are the rank of M) or in block order.

        Raises ValueError, naming the block, if no factorization in the fiber has these ranks, and as
        ``RankVector.parse`` does.

        >>> import equivariety as ev
        >>> F = ev.linear_maps(3, 3, rank=2).component([2]).fiber([[0.0] * 3] * 3)
        >>> F.stratum([1], [1]).dim
        7
        >>> F.stratum([2], [1])
        Traceback (most recent call last):
        ValueError: (decoder_rank, encoder_rank) of (1,1) must be ranks from 0 to 2 and 0 to 2 of sum at most 2; ...
        """
        self.check_not_empty()
        given = self._completed("decoder_ranks", decoder_ranks), self._completed("encoder_ranks", encoder_ranks)
        parts = [
            block.stratum(alpha, beta, f"(decoder_rank, encoder_rank) of {label}")
            for label, block, alpha, beta in zip(self._labels, self._blocks, *given, strict=True)
        ]
        return FiberStratum.of_blocks(parts, self._labels)

    def _completed(self, name: str, ranks: Mapping[object, int] | Sequence[int]) -> RankVector:
        # Larger than the block where it is not square: the rank of a decoder is bounded by its rows alone.
        parsed = RankVector.parse(ranks, self._named, name, capped=False)
        if not isinstance(ranks, Mapping):
            return parsed
        named = {label_index(self._labels, key) for key in ranks}
        values = (
            r if i in named else block.rank for i, (r, block) in enumerate(zip(parsed, self._blocks, strict=True))
        )
        return RankVector(values, self._labels)
