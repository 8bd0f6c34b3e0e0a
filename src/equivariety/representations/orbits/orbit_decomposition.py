"""The decomposition of an action by adapted bases of its orbits, whatever route found these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import compress
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray, IntArray, read_only
from equivariety.groups.signed import AnyPermutation
from equivariety.representations.blocks import IsotypicBlock
from equivariety.representations.decomposition import IsotypicDecomposition
from equivariety.representations.orbits.adapted_orbits import AdaptedOrbits, DenseBasis
from equivariety.representations.stacking import BlockBatch, StackedTransform, Workspace

__all__ = ["BlockOrder", "OrbitColumns", "OrbitDecomposition", "count_orbitals"]


@dataclass(frozen=True, eq=False)
class BlockOrder:
    """The irreducibles of an action as blocks.

    Attributes:
        order: numbers of the irreducibles, in the order of the batches, shape (k,).
        labels: their names.
        has_trivial: whether the first one is trivial.
    """

    order: IntArray
    labels: tuple[str, ...]
    has_trivial: bool

    def __post_init__(self) -> None:
        read_only(self.order)


def count_orbitals(system: AdaptedOrbits, source: Sequence[int], target: Sequence[int]) -> int:
    """Return the orbits on pairs of points of two sides with so many orbits of each class."""
    pairs = [(t, u) for t, a in enumerate(source) for u, b in enumerate(target) if a and b]
    return sum(source[t] * target[u] * system.num_orbitals(t, u) for t, u in pairs)


class OrbitDecomposition(IsotypicDecomposition):
    """An isotypic decomposition put together from adapted orbits: of an action, or of one side of two.

    Args:
        system: the orbits, those of both sides if there are two.
        generators: the action on the points of this side.
        degree: number of points of this side.
        order: the blocks of all sides.
        first: number of the first point of this side in ``system``.
    """

    def __init__(
        self,
        system: AdaptedOrbits,
        generators: Sequence[AnyPermutation],
        degree: int,
        order: BlockOrder,
        first: int = 0,
    ) -> None:
        self.system, self.order = system, order
        self._generators, self._points = tuple(generators), degree
        self._index: tuple[IntArray, ...] = tuple(c.within(first, degree) for c in system.classes)
        self.counts = tuple(len(index) for index in self._index)
        copies = [sum(n * d for n, d in zip(self.counts, b.multiplicities, strict=True)) for b in system.batches]
        self._copies = tuple(copies)
        self._occurring = np.repeat(copies, [b.count for b in system.batches])[order.order] > 0

    @property
    def degree(self) -> int:
        """Number of points n."""
        return self._points

    @property
    def generators(self) -> tuple[AnyPermutation, ...]:
        """Generators of the acting group."""
        return self._generators

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        """Per block its batch and its number there."""
        starts = np.cumsum([0, *(b.count for b in self.system.batches)])
        numbers = self.order.order[self._occurring]
        batch = np.searchsorted(starts, numbers, side="right") - 1
        return list(zip(batch.tolist(), (numbers - starts[batch]).tolist(), strict=True))

    @cached_property
    def blocks(self) -> tuple[IsotypicBlock, ...]:
        """The blocks: trivial, then by dimension, type and multiplicity."""
        batches = self.system.batches
        labels = compress(self.order.labels, self._occurring.tolist())
        return tuple(
            IsotypicBlock(label, batches[b].field, batches[b].dim, self._copies[b])
            for label, (b, _) in zip(labels, self._places, strict=True)
        )

    @property
    def trivial_index(self) -> int | None:
        """The first block, if the trivial irreducible occurs."""
        return 0 if self.order.has_trivial and self._occurring[0] else None

    @cached_property
    def num_orbitals(self) -> int:
        """Number of orbits on pairs of points."""
        return count_orbitals(self.system, self.counts, self.counts)

    @cached_property
    def fingerprint(self) -> str:
        """What tells apart two bases of the same action; empty where only one is ever used."""
        parts = [basis.fingerprint for basis in self.system.bases]
        return sha256(b"".join(parts)).hexdigest() if any(parts) else ""

    def _block_action(self, block: int, generator: int) -> FloatArray:
        """Return the (e*m, e*m) orthogonal matrix by which a generator acts on one copy in a block."""
        b, i = self._places[block]
        return np.asarray(self.system.batches[b].action.matrices(generator, slice(i, i + 1))[0])

    def stacked(self, x: AnyArray) -> list[AnyArray]:
        """Return the coordinates of ``x``, floats (..., n), per batch of irreducibles: (..., count, d, e, m)."""
        leading, x = x.shape[:-1], self.lifted(x)
        spectra = [
            basis.forward(np.take(x, index, axis=-1)) if len(index) else None
            for basis, index in zip(self.system.bases, self._index, strict=True)
        ]
        out = []
        for b, batch in enumerate(self.system.batches):
            pieces = []
            for t, z in enumerate(spectra):
                d = batch.multiplicities[t]
                if z is not None and d:
                    shape = (*leading, len(self._index[t]), batch.count, d, *batch.tail)
                    piece = z[..., self.system.span(t, b)].reshape(shape)
                    moved = np.moveaxis(piece, len(leading), len(leading) + 1)  # (..., count, N, d, e, m)
                    pieces.append(moved.reshape(*leading, batch.count, len(self._index[t]) * d, *batch.tail))
            if not pieces:
                pieces.append(np.zeros((*leading, batch.count, 0, *batch.tail), x.dtype))
            out.append(pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=-3))
        return out

    def unstacked(self, stacks: Sequence[AnyArray | None], leading: tuple[int, ...], dtype: np.dtype[Any]) -> AnyArray:
        """Inverse of :meth:`stacked`; a stack that is None is zero."""
        out = np.empty((*leading, self._points), dtype)
        before = [0] * len(self.system.batches)
        for t, (basis, index) in enumerate(zip(self.system.bases, self._index, strict=True)):
            if not len(index):
                continue
            z = np.zeros((*leading, *index.shape), dtype)
            for b, (batch, stack) in enumerate(zip(self.system.batches, stacks, strict=True)):
                d = batch.multiplicities[t]
                if d:
                    start, before[b] = before[b], before[b] + len(index) * d
                    if stack is not None:
                        piece = stack[..., start : before[b], :, :].reshape(
                            *leading, batch.count, len(index), d, *batch.tail
                        )
                        moved = np.moveaxis(piece, len(leading), len(leading) + 1)
                        z[..., self.system.span(t, b)] = moved.reshape(
                            *leading, len(index), batch.count * d * batch.dim
                        )
            out[..., index] = basis.inverse(z)
        return self.lowered(out)

    def lifted(self, x: AnyArray) -> AnyArray:
        """Return vectors (..., n) as functions on the points of the orbits; the same here."""
        return x

    def lowered(self, y: AnyArray) -> AnyArray:
        """Inverse of :meth:`lifted`."""
        return y

    def _split(self, x: AnyArray) -> list[AnyArray]:
        stacks = self.stacked(x)
        return [stacks[b][..., i, :, :, :] for b, i in self._places]

    def _assemble(self, parts: Sequence[AnyArray | None], leading: tuple[int, ...], dtype: np.dtype[Any]) -> AnyArray:
        stacks: list[AnyArray | None] = [None] * len(self.system.batches)
        for part, (b, i) in zip(parts, self._places, strict=True):
            if part is not None:
                stack = stacks[b]
                if stack is None:
                    batch = self.system.batches[b]
                    stack = stacks[b] = np.zeros((*leading, batch.count, self._copies[b], *batch.tail), dtype)
                stack[..., i, :, :, :] = part
        return self.unstacked(stacks, leading, dtype)

    def columns(self, dtype: np.dtype[Any]) -> StackedTransform:
        """Return the plan of the same transform for many samples of one dtype, with equal blocks stacked."""
        return OrbitColumns(self)

    def _equivariance_residual(self, x: AnyArray) -> float:
        before, worst = self.stacked(x), 0.0
        for g, generator in enumerate(self._generators):
            total = 0.0
            for stack, moved, batch in zip(before, self.stacked(generator.apply(x)), self.system.batches, strict=True):
                flat = stack.reshape(*stack.shape[:-2], batch.dim)
                image = batch.action.moved(g, flat)
                total += float(np.linalg.norm(image - moved.reshape(flat.shape))) ** 2
            worst = max(worst, total**0.5)
        return worst / float(np.linalg.norm(x))

    def _unit_residual(self) -> float:
        worst = 0.0
        for g in range(len(self._generators)):
            for batch in self.system.batches:
                worst = max(worst, batch.action.unit_residual(g))
        return worst

    def _commutant_dim(self) -> int:
        sizes = [batch.unit * copies**2 for batch, copies in zip(self.system.batches, self._copies, strict=True)]
        return sum(sizes[b] for b, _ in self._places)


class OrbitColumns(StackedTransform):
    """Plan of the stacked transform of an :class:`OrbitDecomposition`: samples last."""

    def __init__(self, decomposition: OrbitDecomposition) -> None:
        self._decomposition = decomposition
        blocks: dict[int, list[int]] = {}
        for block, (b, _) in enumerate(decomposition._places):
            blocks.setdefault(b, []).append(block)
        members = {b: [decomposition._places[block][1] for block in found] for b, found in blocks.items()}
        self._members = {b: np.array(found) for b, found in members.items()}
        self.batches = tuple(
            BlockBatch(np.array(found), decomposition.system.batches[b].unit, decomposition._copies[b])
            for b, found in blocks.items()
        )

    def transform(self, x: AnyArray, workspace: Workspace | None = None) -> list[AnyArray]:
        """Return per batch the coordinates of the rows of ``x``; see :class:`StackedTransform`."""
        system, samples = self._decomposition.system, len(x)
        lifted = self._decomposition.lifted(x)
        if any(isinstance(basis, DenseBasis) for basis in system.bases):
            lifted = np.asfortranarray(lifted)  # their rows of points are then contiguous
        pairs = zip(system.bases, self._decomposition._index, strict=True)
        spectra = [basis.samples_last(lifted, index) if len(index) else None for basis, index in pairs]
        out = []
        for b, members in self._members.items():
            batch = system.batches[b]
            pieces = []
            for t, z in enumerate(spectra):
                d = batch.multiplicities[t]
                if z is not None and d:
                    part = z[system.span(t, b)]
                    piece = part.reshape(batch.count, d, *batch.tail, *part.shape[1:])[members]
                    moved = piece.transpose(0, 2, 4, 1, 3, 5)  # (i, d, e, m, N, S) -> (i, e, N, d, m, S)
                    copies = part.shape[1] * d
                    pieces.append(moved.reshape(len(members), batch.unit, copies, batch.tail[1] * samples))
            joined = pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=2)
            out.append(joined.reshape(len(members), batch.unit * joined.shape[2], joined.shape[-1]))
        return out
