"""The transform of many samples at once, with equal blocks stacked: the interface that second moments use."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from equivariety._typing import AnyArray, IntArray

__all__ = ["BlockBatch", "StackedTransform"]


@dataclass(frozen=True, slots=True)
class BlockBatch:
    """Blocks of one field and one multiplicity, treated together.

    Attributes:
        blocks: positions of the blocks in the decomposition.
        unit: real dimension e of the field.
        multiplicity: d.
    """

    blocks: IntArray
    unit: int
    multiplicity: int


class StackedTransform(ABC):
    """The coordinates of ``split``, laid out so that the Gram matrix of each block is one product.

    Attributes:
        batches: which blocks are stacked.
    """

    batches: tuple[BlockBatch, ...]

    @abstractmethod
    def transform(self, x: AnyArray) -> list[AnyArray]:
        """Return per batch the coordinates of the rows of ``x`` (N, n), shape (count, e * d, copies * N).

        ``x`` is C-contiguous and of the plan's dtype.

        Row ``e' * d + a`` holds real component e' of copy a of the block.  Arrays may be views of a common buffer.
        """
