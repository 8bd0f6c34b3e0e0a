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

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid
from equivariety.linalg import algebra, read_only
from equivariety.linalg.threads import single_threaded_blas, worker_count
from equivariety.representations import HomSpace
from equivariety.representations.stacking import Workspace
from equivariety.tolerances import MOMENT_BYTES_BUDGET
from equivariety.training.running_sums import MomentPlan, RunningSums
from equivariety.training.samples import Samples

__all__ = ["BlockMoments", "moment_bytes", "quick_dtype"]

_FEW_COORDINATES = 256
#: Mean squares below these have lost digits to underflow.
_TINY = {"float32": 1e-30, "float64": 1e-290}
# Beyond this size of the accumulators BLAS works in parallel on one chunk instead of Python on several.
_SHARED_ACCUMULATORS = 2**25


def moment_bytes(hom: HomSpace, *, targets: bool) -> int:
    """Return the memory in bytes for the sums of products, one product of each, and the moments."""
    units = [(algebra(b.field), b.cols, b.rows if targets else 0) for b in hom.blocks]
    return sum(8 * (2 * over.dim + over.order) * over.dim * a * (a + b) for over, a, b in units)


def quick_dtype(samples: Samples) -> np.dtype[Any]:
    """Return the quickest dtype for the products: float32 for autoencoders of many float32 coordinates, else float64.

    A regression inverts the moments, for which float32 is too coarse.
    """
    single = samples.y is None and samples.dtype == np.float32 and samples.x.shape[1] > _FEW_COORDINATES
    return np.dtype(np.float32 if single else np.float64)


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
        self._hom, self._targets, self._centered, self._within_budget = hom, targets, centered, within_budget
        self._sums: RunningSums | None = None
        self._dtype = np.dtype(np.float64)  # the least precise products so far

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
        self.absorb(Samples.of(self._hom.shape, X, Y, sample_weight), np.dtype(np.float64))

    def merged(self, other: BlockMoments) -> BlockMoments:
        """Return the moments of the samples of both; neither changes.

        Raises ValueError or TypeError if ``other`` holds moments for something else.
        """
        if not isinstance(other, BlockMoments):
            raise invalid("other", "BlockMoments", other, "merge moments of the same maps", TypeError)
        if other._hom != self._hom or (other._targets, other._centered) != (self._targets, self._centered):
            raise invalid("other", "moments for the same maps, targets and centering", "others", "build both alike")
        within_budget = self._within_budget and other._within_budget
        out = BlockMoments(self._hom, targets=self._targets, centered=self._centered, within_budget=within_budget)
        for one in (self, other):
            if one._sums is not None:
                out._include(one._sums, one._dtype)
        return out

    def absorb(self, samples: Samples, dtype: np.dtype[Any]) -> None:
        """Add checked samples, with products in ``dtype``."""
        plan = MomentPlan(self._hom, targets=self._targets, dtype=dtype)
        parts = samples.parts()
        workers = min(worker_count(), len(parts))
        sizes = (prod((len(p.blocks), p.x_size, p.x_size + p.y_size)) for p in plan.pairs)
        if sum(sizes) > _SHARED_ACCUMULATORS:
            workers = 1

        def work(own: list[slice]) -> RunningSums:
            sums, memory = RunningSums(plan, centered=self._centered), (Workspace(), Workspace())
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
        check_energies(samples, dtype, new.raw_x, new.raw_y)
        self._include(new, dtype)

    def _include(self, new: RunningSums, dtype: np.dtype[Any]) -> None:
        self._dtype = min(self._dtype, dtype, key=lambda kind: kind.itemsize)
        if self._sums is None:
            self._sums = RunningSums(new.plan, centered=self._centered)
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
            over = algebra(hom.blocks[pair.blocks[0]].field)
            for position, moment in zip(pair.blocks.tolist(), over.gram(found.xx[g]), strict=True):
                xx[position] = moment
            if plan.targets:
                for position, moment in zip(pair.blocks.tolist(), over.gram(found.yx[g]), strict=True):
                    yx[position] = moment
        places = [hom.target_index(i) for i in range(len(hom.blocks))]
        return BlockSums(
            xx,
            yx if plan.targets else None,
            np.array([0.0 if j is None else found.y_blocks[j] for j in places]) if plan.targets else None,
            found.y_energy if plan.targets else found.x_energy,
            found.raw_x,
            found.raw_y if plan.targets else found.raw_x,
            _kept(found.mean_x, intercept),
            _kept(found.mean_y if plan.targets else found.mean_x, intercept),
            self._dtype,
        )


@dataclass(frozen=True, slots=True)
class BlockSums:
    """Moments as the solver reads them, in the order of the blocks of maps.

    Attributes:
        xx, yx: matrices S_xx (a, a) and S_yx (b, a) over the field of each block, None where a side lacks it.
        y_energies: weighted sum of squares of the targets in each block; None for an autoencoder.
        energy: weighted sum of squares of all targets (the inputs for an autoencoder), before any transform.
        raw_energy, raw_target_energy: the same of inputs and of targets as they came, uncentered: what their rounding
            is measured by.
        mean_x, mean_y: the group averages of the means that were subtracted; None without an intercept.
        dtype: that of the products that were summed.
    """

    xx: list[AnyArray | None]
    yx: list[AnyArray | None] | None
    y_energies: FloatArray | None
    energy: float
    raw_energy: float
    raw_target_energy: float
    mean_x: FloatArray | None
    mean_y: FloatArray | None
    dtype: np.dtype[Any]


def check_energies(samples: Samples, dtype: np.dtype[Any], of_x: float, of_y: float) -> None:
    """Raise ValueError unless sums of squares in ``dtype`` are finite, and tiny only for data that are zero."""
    if not np.isfinite([of_x, of_y]).all():
        samples.refuse_not_finite()
    small_x = of_x < _TINY[dtype.name] * samples.x.size
    small_y = samples.y is not None and of_y < _TINY[dtype.name] * samples.y.size
    if (small_x or small_y) and samples.vanish(small_x, small_y):
        samples.refuse_not_finite()


def _kept(mean: FloatArray | None, wanted: bool) -> FloatArray | None:
    """A copy that nobody changes; the sums go on."""
    return read_only(mean.copy()) if wanted and mean is not None else None
