"""Sums over samples, chunk by chunk: Gram matrices of the coordinates of matching blocks, energies, and means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray, IntArray
from equivariety.representations import HomSpace, IsotypicDecomposition
from equivariety.representations.stacking import StackedTransform, Workspace
from equivariety.training.samples import Chunk, energy_of, weighted_energy

__all__ = ["MomentPlan", "RunningSums"]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Blocks of maps whose coordinates lie in one batch of the source and one of the target.

    ``x_rows`` and ``y_rows`` select them in the batches; None selects all of a batch in order.
    """

    blocks: IntArray
    unit: int
    x_batch: int
    y_batch: int
    x_rows: IntArray | None
    y_rows: IntArray | None
    x_size: int
    y_size: int


class MomentPlan:
    """The transforms of inputs and targets, and which of their batches are multiplied."""

    def __init__(self, hom: HomSpace, *, targets: bool, dtype: np.dtype[Any]) -> None:
        self.hom, self.targets = hom, targets
        self.x: StackedTransform = hom.source.columns(dtype)
        self.y: StackedTransform | None = hom.target.columns(dtype) if targets else None
        in_x, in_y = _places(self.x), _places(self.y) if self.y else {}
        members: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        for position in range(len(hom.blocks)):
            i, j = hom.source_index(position), hom.target_index(position)
            if i is None or (targets and j is None):
                continue
            x_batch, x_row = in_x[i]
            y_batch, y_row = in_y[j] if targets and j is not None else (0, 0)
            members.setdefault((x_batch, y_batch), []).append((position, x_row, y_row))
        self.pairs: list[_Pair] = []
        #: The trivial block, which means lie in: number of its pair and its row there; None if a side lacks it.
        self.trivial: tuple[int, int] | None = None
        for (x_batch, y_batch), found in members.items():
            positions, x_rows, y_rows = (np.array(column) for column in zip(*found, strict=True))
            for row, position in enumerate(positions.tolist()):
                if hom.source_index(position) == hom.source.trivial_index:
                    self.trivial = len(self.pairs), row
            of_x, of_y = self.x.batches[x_batch], self.y.batches[y_batch] if self.y else None
            self.pairs.append(
                _Pair(
                    positions,
                    of_x.unit,
                    x_batch,
                    y_batch,
                    _selection(x_rows, len(of_x.blocks)),
                    _selection(y_rows, len(of_y.blocks)) if of_y else None,
                    of_x.unit * of_x.multiplicity,
                    of_y.unit * of_y.multiplicity if of_y else 0,
                )
            )


class RunningSums:
    """What is summed: per pair of batches the Gram matrices of real coordinates, energies, and means."""

    def __init__(self, plan: MomentPlan, *, centered: bool) -> None:
        m, n = plan.hom.shape
        self.count, self.weight = 0, 0.0
        self.xx = [np.zeros((len(p.blocks), p.x_size, p.x_size)) for p in plan.pairs]
        self.yx = [np.zeros((len(p.blocks), p.y_size, p.x_size)) for p in plan.pairs] if plan.targets else []
        self.y_blocks = np.zeros(len(plan.hom.target.blocks) if plan.targets else 0)
        self.x_energy = self.y_energy = self.raw_x = self.raw_y = 0.0
        self.mean_x: FloatArray | None = np.zeros(n) if centered else None
        self.mean_y: FloatArray | None = np.zeros(m) if centered and plan.targets else None
        self.plan = plan

    def add(self, chunk: Chunk, memory: tuple[Workspace, Workspace]) -> None:
        weight = float(len(chunk.x)) if chunk.weights is None else float(chunk.weights.sum())
        self.count += len(chunk.x)
        # A weight of 0 must not hide an entry that is not finite, and the size of the data is that before centering.
        raw, of_y = energy_of(chunk.x), 0.0 if chunk.y is None else energy_of(chunk.y)
        if weight == 0.0 or not np.isfinite(raw + of_y):
            self.raw_x += 0.0 if np.isfinite(raw + of_y) else raw + of_y
            return
        self.raw_x += raw if chunk.weights is None else weighted_energy(chunk.x, chunk.weights)
        if chunk.y is not None:
            self.raw_y += of_y if chunk.weights is None else weighted_energy(chunk.y, chunk.weights)
        x, y = chunk.x, chunk.y
        if self.mean_x is not None:
            mean_x = self.plan.hom.source.group_average(_mean(x, chunk.weights))
            mean_y = None if y is None else self.plan.hom.target.group_average(_mean(y, chunk.weights))
            x = np.subtract(x, mean_x, dtype=np.float64).astype(x.dtype, copy=False)
            y = None if y is None or mean_y is None else y - mean_y
            self._shift(weight, mean_x, mean_y)
        if chunk.weights is not None:
            root = np.sqrt(chunk.weights)[:, None]
            x = np.multiply(x, root, dtype=x.dtype, casting="same_kind")
            y = None if y is None else y * root
        self.weight += weight
        self.x_energy += energy_of(x) if self.mean_x is not None or chunk.weights is not None else raw
        zx = self.plan.x.transform(x, memory[0])
        if y is None or self.plan.y is None:
            for xx, pair in zip(self.xx, self.plan.pairs, strict=True):
                z = _chosen(zx[pair.x_batch], pair.x_rows)
                xx += np.matmul(z, z.swapaxes(-1, -2))
            return
        self.y_energy += energy_of(y) if self.mean_y is not None or chunk.weights is not None else of_y
        zy = self.plan.y.transform(y, memory[1])
        for batch, z in zip(self.plan.y.batches, zy, strict=True):
            self.y_blocks[batch.blocks] += np.einsum("kij,kij->k", z, z)
        for xx, yx, pair in zip(self.xx, self.yx, self.plan.pairs, strict=True):
            z, w = _chosen(zx[pair.x_batch], pair.x_rows), _chosen(zy[pair.y_batch], pair.y_rows)
            xx += np.matmul(z, z.swapaxes(-1, -2))
            yx += np.matmul(w, z.swapaxes(-1, -2))

    def merge(self, other: RunningSums) -> None:
        if self.mean_x is not None and other.mean_x is not None and other.weight > 0:
            self._shift(other.weight, other.mean_x, other.mean_y)
        self.count += other.count
        self.weight += other.weight
        for mine, its in zip([*self.xx, *self.yx], [*other.xx, *other.yx], strict=True):
            mine += its
        self.y_blocks += other.y_blocks
        self.x_energy += other.x_energy
        self.y_energy += other.y_energy
        self.raw_x += other.raw_x
        self.raw_y += other.raw_y

    def _shift(self, weight: float, mean_x: FloatArray, mean_y: FloatArray | None) -> None:
        """Account for the distance of two means when samples of the given weight join (Chan, Golub, LeVeque).

        Both means are fixed by the group, so that only moments of the trivial block move.
        """
        assert self.mean_x is not None
        factor = self.weight * weight / (self.weight + weight)
        share = weight / (self.weight + weight)
        step_x = mean_x - self.mean_x
        step_y = None if mean_y is None or self.mean_y is None else mean_y - self.mean_y
        self._add_trivial(factor, step_x, step_y)
        self.mean_x = self.mean_x + share * step_x
        if self.mean_y is not None and step_y is not None:
            self.mean_y = self.mean_y + share * step_y

    def _add_trivial(self, factor: float, step_x: FloatArray, step_y: FloatArray | None) -> None:
        z, w = _trivial_part(self.plan.hom.source, step_x), None
        self.x_energy += factor * float(step_x @ step_x)
        if step_y is not None:
            w = _trivial_part(self.plan.hom.target, step_y)
            self.y_energy += factor * float(step_y @ step_y)
            if w is not None:
                self.y_blocks[self.plan.hom.target.trivial_index] += factor * float(w @ w)
        if self.plan.trivial is None or z is None:
            return
        group, row = self.plan.trivial
        self.xx[group][row] += factor * np.outer(z, z)
        if w is not None:
            self.yx[group][row] += factor * np.outer(w, z)

    def around_zero(self) -> RunningSums:
        """The same sums without centering."""
        out = RunningSums(self.plan, centered=False)
        out.merge(self)
        if self.mean_x is not None and self.weight > 0:
            out._add_trivial(self.weight, self.mean_x, self.mean_y)
        return out


def _places(plan: StackedTransform) -> dict[int, tuple[int, int]]:
    """Position of a block -> (batch, row in it)."""
    return {b: (k, row) for k, batch in enumerate(plan.batches) for row, b in enumerate(batch.blocks.tolist())}


def _trivial_part(decomposition: IsotypicDecomposition, mean: FloatArray) -> FloatArray | None:
    """The coordinates (d,) of a mean in the trivial block, which holds all of it; None where there is no such block."""
    place = decomposition.trivial_index
    return None if place is None else decomposition._split(mean)[place].reshape(-1)


def _selection(rows: IntArray, size: int) -> IntArray | None:
    return None if np.array_equal(rows, np.arange(size)) else rows


def _chosen(z: AnyArray, rows: IntArray | None) -> AnyArray:
    return z if rows is None else z[rows]


def _mean(x: AnyArray, weights: FloatArray | None) -> FloatArray:
    mean: FloatArray = (
        np.average(x, axis=0, weights=weights) if weights is not None else x.mean(axis=0, dtype=np.float64)
    )
    return mean
