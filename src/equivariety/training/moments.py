"""Second moments of the isotypic blocks, summed chunk by chunk and merged in any order.

Per block they are S_xx = sum w z z^* and S_yx = sum w y z^* over its field, z and y the coordinates of a sample in
the block, each of the copies of the irreducible counting as a sample.  They are all that an exact fit needs.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray, IntArray
from equivariety.errors import invalid
from equivariety.linalg import field_gram
from equivariety.linalg.threads import single_threaded_blas, worker_count
from equivariety.representations import HomSpace
from equivariety.representations.stacking import StackedTransform, Workspace
from equivariety.tolerances import MOMENT_BYTES_BUDGET
from equivariety.training.samples import Chunk, Samples, energy_of

__all__ = ["BlockMoments", "moment_bytes", "moment_dtype"]

_FEW_COORDINATES = 256
#: Sums of squares below this have lost digits to underflow.
_TINY = 1e-290
# Beyond this size of the accumulators BLAS works in parallel on one chunk instead of Python on several.
_SHARED_ACCUMULATORS = 2**25


def moment_bytes(hom: HomSpace, *, targets: bool) -> int:
    """Return the memory in bytes for the sums of products, one product of each, and the moments."""
    units = [(2 if b.field == "C" else 1, b.cols, b.rows if targets else 0) for b in hom.blocks]
    return sum(8 * (2 * e + 1) * e * a * (a + b) for e, a, b in units)


def moment_dtype(samples: Samples) -> np.dtype[Any]:
    """Return the dtype of the products: float32 for autoencoders of many float32 coordinates, else float64.

    In float64 large offsets keep their digits, and a regression can invert the moments.
    """
    single = samples.y is None and samples.dtype == np.float32 and samples.x.shape[1] > _FEW_COORDINATES
    return np.dtype(np.float32 if single else np.float64)


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


class _Plan:
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
        self.pairs = []
        for (x_batch, y_batch), found in members.items():
            positions, x_rows, y_rows = (np.array(column) for column in zip(*found, strict=True))
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


class _Sums:
    """What is summed: per pair of batches the Gram matrices of real coordinates, energies, and means."""

    def __init__(self, plan: _Plan, *, centered: bool) -> None:
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
        self.raw_x += raw if chunk.weights is None else _weighted_energy(chunk.x, chunk.weights)
        if chunk.y is not None:
            self.raw_y += of_y if chunk.weights is None else _weighted_energy(chunk.y, chunk.weights)
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

    def merge(self, other: _Sums) -> None:
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
        hom = self.plan.hom
        group, row = next((g, 0) for g, p in enumerate(self.plan.pairs) if p.blocks[0] == 0)
        z = hom.source._split(step_x)[0].reshape(-1)
        self.xx[group][row] += factor * np.outer(z, z)
        self.x_energy += factor * float(step_x @ step_x)
        if step_y is not None:
            w = hom.target._split(step_y)[0].reshape(-1)
            self.yx[group][row] += factor * np.outer(w, z)
            self.y_blocks[0] += factor * float(w @ w)
            self.y_energy += factor * float(step_y @ step_y)

    def around_zero(self) -> _Sums:
        """The same sums without centering."""
        out = _Sums(self.plan, centered=False)
        out.merge(self)
        if self.mean_x is not None and self.weight > 0:
            out._add_trivial(self.weight, self.mean_x, self.mean_y)
        return out


class BlockMoments:
    """Second moments of samples in the blocks of a space of maps: the sufficient statistics of every exact fit.

    Samples come in any order and in chunks of any size; the result does not depend on either, up to rounding.  Memory
    depends on the space alone.  Means are kept apart (Chan, Golub, LeVeque), so that large offsets cost no digits.

    Args:
        hom: the maps to fit, ``space.hom``.
        targets: whether the samples have targets; without, the moments are those of an autoencoder.
        centered: keep track of the means, which an intercept needs.
        within_budget: refuse moments that take more memory than ``tolerances.MOMENT_BYTES_BUDGET``.

    Raises ValueError beyond the budget, and without ``targets`` if source and target are different actions.

    >>> import equivariety as ev
    >>> space, rng = ev.equivariant_maps(ev.groups.cyclic(4), rank=2), np.random.default_rng(0)
    >>> X, moments = rng.standard_normal((100, 4)), BlockMoments(space.hom, targets=False)
    >>> for rows in np.array_split(X, 7):
    ...     moments.add(rows)
    >>> found = ev.training.fit_moments(space, moments)
    >>> moments.n_samples, round(found.loss - ev.fit(space, X).loss, 12)
    (100, 0.0)
    """

    def __init__(self, hom: HomSpace, *, targets: bool, centered: bool = True, within_budget: bool = True) -> None:
        if not isinstance(hom, HomSpace):
            raise invalid("hom", "a HomSpace", hom, "pass the .hom of a space of maps", TypeError)
        for name, value in (("targets", targets), ("centered", centered)):
            if not isinstance(value, bool):
                raise invalid(name, "True or False", value, "pass one of them", TypeError)
        if not targets and not hom.is_endomorphic:
            raise invalid("targets", "True for maps between different actions", targets, "pass targets=True")
        size = moment_bytes(hom, targets=targets)
        if within_budget and size > MOMENT_BYTES_BUDGET:
            required = f"with block moments of at most {MOMENT_BYTES_BUDGET:,} bytes"
            raise invalid("hom", required, f"{size:,} bytes", "fit all samples at once, which keeps them instead")
        self._hom, self._targets, self._centered = hom, targets, centered
        self._sums: _Sums | None = None

    @property
    def hom(self) -> HomSpace:
        """The maps to fit."""
        return self._hom

    @property
    def targets(self) -> bool:
        """Whether the samples have targets."""
        return self._targets

    @property
    def centered(self) -> bool:
        """Whether the means are kept apart."""
        return self._centered

    @property
    def n_samples(self) -> int:
        """Number of samples so far."""
        return self._sums.count if self._sums else 0

    @property
    def weight(self) -> float:
        """Sum of the weights of the samples so far."""
        return self._sums.weight if self._sums else 0.0

    def add(self, X: object, Y: object = None, sample_weight: object = None) -> None:
        """Add samples.

        Args:
            X: inputs (N, n), real and finite; a memory map is read in chunks.
            Y: targets (N, m); required with ``targets``, refused without.
            sample_weight: (N,) not negative; None weighs every sample 1.

        Raises TypeError or ValueError for anything else; the moments are then as before.
        """
        if (Y is None) == self._targets:
            required = "given, since there are targets" if self._targets else "None for an autoencoder"
            raise invalid("Y", required, "None" if Y is None else "an array", "build the moments with targets=...")
        self.absorb(Samples.of(self._hom.shape, X, Y, sample_weight))

    def merged(self, other: BlockMoments) -> BlockMoments:
        """Return the moments of the samples of both; neither changes.

        Raises ValueError or TypeError if ``other`` holds moments for something else.
        """
        if not isinstance(other, BlockMoments):
            raise invalid("other", "BlockMoments", other, "merge moments of the same maps", TypeError)
        mine, its = (
            (m._hom.source.generators, m._hom.target.generators, m._hom.only_trivial, m._targets, m._centered)
            for m in (self, other)
        )
        if mine != its:
            raise invalid("other", "moments for the same maps, targets and centering", "others", "build both alike")
        out = BlockMoments(self._hom, targets=self._targets, centered=self._centered)
        for part in (self._sums, other._sums):
            if part is not None:
                out._include(part)
        return out

    def absorb(self, samples: Samples) -> None:
        """Add checked samples; memory and processors as for any number of them."""
        plan = _Plan(self._hom, targets=self._targets, dtype=moment_dtype(samples))
        parts = samples.parts()
        workers = min(worker_count(), len(parts))
        sizes = (prod((len(p.blocks), p.x_size, p.x_size + p.y_size)) for p in plan.pairs)
        if sum(sizes) > _SHARED_ACCUMULATORS:
            workers = 1
        dtype = moment_dtype(samples)

        def work(own: list[slice]) -> _Sums:
            sums, memory = _Sums(plan, centered=self._centered), (Workspace(), Workspace())
            with np.errstate(over="ignore", invalid="ignore"):  # it is local to a thread
                for part in own:
                    sums.add(samples.read(part, dtype), memory)
                    samples.release(part)
            return sums

        shares = [parts[k::workers] for k in range(workers)]
        with single_threaded_blas() if workers > 1 else nullcontext():
            if workers == 1:
                results = [work(shares[0])]
            else:
                with ThreadPoolExecutor(workers) as pool:
                    results = list(pool.map(work, shares))
        new = results[0]
        for other in results[1:]:
            new.merge(other)
        check_energies(samples, new.raw_x, new.raw_y)
        self._include(new)

    def _include(self, new: _Sums) -> None:
        if self._sums is None:
            self._sums = _Sums(new.plan, centered=self._centered)
        self._sums.merge(new)

    def sums(self, *, intercept: bool) -> BlockSums:
        """Return the moments per block, around the means with ``intercept`` and around zero without.

        Raises ValueError if no weight has been added yet, or means are needed and were not kept.
        """
        if self._sums is None or self._sums.weight <= 0:
            raise invalid("moments", "of samples with a positive weight", "none", "add samples first")
        if intercept and not self._centered:
            raise invalid("moments", "centered for an intercept", "moments without means", "build with centered=True")
        found = self._sums if intercept else self._sums.around_zero() if self._centered else self._sums
        hom, plan = self._hom, found.plan
        xx: list[AnyArray | None] = [None] * len(hom.blocks)
        yx: list[AnyArray | None] = [None] * len(hom.blocks)
        for g, pair in enumerate(plan.pairs):
            field = hom.blocks[pair.blocks[0]].field
            for position, moment in zip(pair.blocks.tolist(), field_gram(found.xx[g], field), strict=True):
                xx[position] = moment
            if plan.targets:
                for position, moment in zip(pair.blocks.tolist(), field_gram(found.yx[g], field), strict=True):
                    yx[position] = moment
        places = [hom.target_index(i) for i in range(len(hom.blocks))]
        return BlockSums(
            xx,
            yx if plan.targets else None,
            np.array([0.0 if j is None else found.y_blocks[j] for j in places]) if plan.targets else None,
            found.y_energy if plan.targets else found.x_energy,
            found.raw_x,
            found.raw_y if plan.targets else found.raw_x,
            found.mean_x if intercept else None,
            (found.mean_y if plan.targets else found.mean_x) if intercept else None,
        )


@dataclass(frozen=True, slots=True)
class BlockSums:
    """Moments as the solver reads them, in the order of the blocks of maps.

    Attributes:
        xx, yx: S_xx (a, a) and S_yx (b, a) over the field of each block, None where source or target lack it.
        y_energies: weighted sum of squares of the targets in each block; None for an autoencoder.
        energy: weighted sum of squares of all targets (the inputs for an autoencoder), before any transform.
        raw_energy, raw_target_energy: the same of inputs and of targets as they came, uncentered: what their rounding is
            measured by.
        mean_x, mean_y: the group averages of the means that were subtracted; None without an intercept.
    """

    xx: list[AnyArray | None]
    yx: list[AnyArray | None] | None
    y_energies: FloatArray | None
    energy: float
    raw_energy: float
    raw_target_energy: float
    mean_x: FloatArray | None
    mean_y: FloatArray | None


def check_energies(samples: Samples, of_x: float, of_y: float) -> None:
    """Raise ValueError unless the sums of squares are finite, and tiny only for data that are zero."""
    if not np.isfinite([of_x, of_y]).all() or (min(of_x, of_y) < _TINY and samples.vanish(of_x < _TINY, of_y < _TINY)):
        samples.refuse_not_finite()


def _places(plan: StackedTransform) -> dict[int, tuple[int, int]]:
    """Position of a block -> (batch, row in it)."""
    return {b: (k, row) for k, batch in enumerate(plan.batches) for row, b in enumerate(batch.blocks.tolist())}


def _selection(rows: IntArray, size: int) -> IntArray | None:
    return None if np.array_equal(rows, np.arange(size)) else rows


def _chosen(z: AnyArray, rows: IntArray | None) -> AnyArray:
    return z if rows is None else z[rows]


def _weighted_energy(x: AnyArray, weights: FloatArray) -> float:
    return float(np.einsum("ij,ij->i", x, x, dtype=np.float64) @ weights)


def _mean(x: AnyArray, weights: FloatArray | None) -> FloatArray:
    mean: FloatArray = (
        np.average(x, axis=0, weights=weights) if weights is not None else x.mean(axis=0, dtype=np.float64)
    )
    return mean
