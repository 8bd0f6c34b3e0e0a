"""The transform of many samples at once, with equal blocks stacked: the interface that second moments use."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, IntArray

__all__ = ["BlockBatch", "StackedTransform", "Workspace"]


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


class Workspace:
    """Arrays that are used again: one per name, as long as shape and dtype stay the same.

    >>> w = Workspace()
    >>> w.array("z", (2, 3), np.dtype(float)) is w.array("z", (2, 3), np.dtype(float))
    True
    """

    def __init__(self) -> None:
        self._arrays: dict[object, AnyArray] = {}

    def array(self, name: object, shape: tuple[int, ...], dtype: np.dtype[Any]) -> AnyArray:
        """Return the array of that name; its content is arbitrary."""
        found = self._arrays.get(name)
        if found is None or found.shape != shape or found.dtype != dtype:
            found = self._arrays[name] = np.empty(shape, dtype)
        return found


class StackedTransform(ABC):
    """The coordinates of ``split``, laid out so that the Gram matrix of each block is one product.

    Attributes:
        batches: which blocks are stacked.
    """

    batches: tuple[BlockBatch, ...]

    @abstractmethod
    def transform(self, x: AnyArray, workspace: Workspace | None = None) -> list[AnyArray]:
        """Return per batch the coordinates of the rows of ``x`` (N, n), shape (count, e * d, copies * N).

        ``x`` is C-contiguous and of the plan's dtype.

        Row ``e' * d + a`` holds real component e' of copy a of the block.  Arrays may be views of a common buffer.
        A ``workspace`` is kept between calls of one thread, each of which then overwrites the arrays of the last:
        fresh memory for every chunk would cost as much as the arithmetic.
        """
