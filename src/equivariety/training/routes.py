"""Three routes to the statistics of the blocks, and the cost model that chooses.

(i)   "moment matrix": X^T X by one BLAS product, transformed to blocks once; for few coordinates.
(ii)  "block moments": each cache-sized chunk of samples is transformed and only block moments are kept.
(iii) "samples": fewer samples than the multiplicities; the transformed samples are kept, never a (d, d) matrix.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any, Literal, get_args

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid
from equivariety.linalg import from_real_coordinates
from equivariety.linalg.threads import single_threaded_blas, worker_count
from equivariety.representations import HomSpace
from equivariety.representations.stacking import StackedTransform, Workspace
from equivariety.tolerances import MOMENT_BYTES_BUDGET
from equivariety.training.statistics import BlockStatistics, MomentStatistics, SampleStatistics

__all__ = ["Route", "block_statistics", "choose_route"]

Route = Literal["moment matrix", "block moments", "samples"]

# Relative speed of the products of each route, measured against one large matrix product.
_LARGE_PRODUCT, _SMALL_PRODUCT = 1.0, 0.45
# Samples per chunk: many, so that the products are efficient, but at most 2^22 numbers where that leaves enough.
_CHUNK_ENTRIES, _FEWEST, _MOST = 2**22, 16, 1024
_FEW_COORDINATES = 256
_ENERGY_PIECE = 2**16
# Beyond this size of the accumulators BLAS works in parallel on one chunk instead of Python on several.
_SHARED_ACCUMULATORS = 2**25


def choose_route(hom: HomSpace, n_samples: int) -> Route:
    """Return the cheapest route that fits the memory budget, by counting operations.

    >>> import equivariety as ev
    >>> choose_route(ev.equivariant_maps(ev.groups.shift((28, 28), axis=1)).hom, 60_000)
    'block moments'
    >>> choose_route(ev.linear_maps(784, 784).hom, 60_000)
    'moment matrix'
    >>> choose_route(ev.equivariant_maps(ev.groups.shift((1024, 1024), axis=1)).hom, 64)
    'samples'
    """
    n = hom.shape[1]
    units = [(2 if b.field == "C" else 1, b.cols, b.irrep_dim) for b in hom.blocks]
    # The sums of products and one product of each, and the moments; the samples twice, and a Gram matrix per block.
    moment_bytes = sum(8 * (2 * e + 1) * e * d * d for e, d, _ in units)
    widest = max((d for _, d, _ in units), default=0)
    sample_bytes = 24 * n_samples * n + sum(24 * min(n_samples, d) ** 2 for _, d, _ in units)
    if 2 * n_samples <= widest or (moment_bytes > MOMENT_BYTES_BUDGET and sample_bytes < moment_bytes):
        return "samples"
    transform = sum(2.0 * d * (delta if e == 1 else e) * min(n / max(d, 1), 256.0) for e, d, delta in units)
    by_blocks = n_samples * (transform + sum(2.0 * (e * d) ** 2 for e, d, _ in units)) / _SMALL_PRODUCT
    at_once = n_samples * 1.0 * n * n / _LARGE_PRODUCT
    return "moment matrix" if at_once < by_blocks and 8 * n * n <= MOMENT_BYTES_BUDGET else "block moments"


def block_statistics(hom: HomSpace, x: AnyArray, route: Route | None = None) -> BlockStatistics:
    """Return the statistics of the samples ``x`` (N, n) in the blocks of the source of ``hom``.

    ``x`` may be a memory map; it is read chunk by chunk (route "samples" keeps its transform in memory).
    Raises ValueError if the data contain NaN or inf.
    """
    chosen = choose_route(hom, len(x)) if route is None else route
    if chosen not in get_args(Route):
        raise invalid("route", f"one of {', '.join(get_args(Route))}", chosen, "pass None to let the cost decide")
    build = {"moment matrix": _from_moment_matrix, "block moments": _from_chunks, "samples": _from_samples}[chosen]
    with np.errstate(over="ignore", invalid="ignore"):
        found = build(hom, x)
    if not np.isfinite(found.energy) or (found.energy == 0.0 and any(bool(chunk.any()) for chunk in _chunks(x))):
        finite = all(bool(np.isfinite(chunk).all()) for chunk in _chunks(x))
        got = "values whose squares leave the range of its dtype" if finite else "NaN or inf"
        fix = "rescale the data or convert them to float64" if finite else "remove or impute such entries first"
        raise invalid("X", "finite, of moderate size", got, fix)
    return found


def _chunks(x: AnyArray) -> list[AnyArray]:
    size = int(np.clip(_CHUNK_ENTRIES // x.shape[1], _FEWEST, _MOST))
    return [x[start : start + size] for start in range(0, len(x), size)]


def _moment_dtype(x: AnyArray) -> np.dtype[Any]:
    """Products of few float32 coordinates are formed in float64: it is cheap, and large offsets keep their digits."""
    return np.dtype(np.float32 if x.dtype == np.float32 and x.shape[1] > _FEW_COORDINATES else np.float64)


def _energy(chunk: AnyArray) -> float:
    """Sum of squares; float32 products are summed in float64 piece by piece, so that many entries lose nothing."""
    flat = chunk.reshape(-1)
    pieces = (flat[start : start + _ENERGY_PIECE] for start in range(0, len(flat), _ENERGY_PIECE))
    return sum(float(np.dot(piece, piece)) for piece in pieces)


def _from_moment_matrix(hom: HomSpace, x: AnyArray) -> BlockStatistics:
    n = x.shape[1]
    total = np.zeros((n, n))
    energy = 0.0
    dtype = _moment_dtype(x)
    # A large product is best left to BLAS's own threads; float32 products stay short, since they are summed in float64.
    step = 4 * _MOST if dtype == np.float32 else max(_MOST, 2**22 // n)
    for start in range(0, len(x), step):
        chunk = np.ascontiguousarray(x[start : start + step], dtype)
        total += chunk.T @ chunk
        with single_threaded_blas():
            energy += _energy(chunk)
    if not np.isfinite(energy):
        return MomentStatistics((), len(x), energy, "moment matrix")
    # The commutant block B of X^T X has trace |x_i|^2 / delta: the moment counts every copy.
    moments = [b.irrep_dim * s for b, s in zip(hom.blocks, hom.block_matrices(total), strict=True)]
    return MomentStatistics(moments, len(x), energy, "moment matrix")


def _from_chunks(hom: HomSpace, x: AnyArray) -> BlockStatistics:
    dtype = _moment_dtype(x)
    plan = hom.source.columns(dtype)
    sizes = [(len(b.blocks), b.unit * b.multiplicity, b.unit * b.multiplicity) for b in plan.batches]
    chunks = _chunks(x)
    workers = min(worker_count(), len(chunks))
    if sum(int(np.prod(size)) for size in sizes) > _SHARED_ACCUMULATORS:
        workers = 1

    def work(own: list[AnyArray]) -> tuple[list[FloatArray], float]:
        sums: list[FloatArray] = [np.zeros(size) for size in sizes]
        energy = 0.0
        memory = Workspace()
        with np.errstate(over="ignore", invalid="ignore"):  # it is local to a thread
            for part in own:
                chunk = np.ascontiguousarray(part, dtype)
                energy += _energy(chunk)
                _accumulate(plan, chunk, sums, memory)
        return sums, energy

    shares = [chunks[k::workers] for k in range(workers)]
    with single_threaded_blas() if workers > 1 else nullcontext():
        if workers == 1:
            results = [work(shares[0])]
        else:
            with ThreadPoolExecutor(workers) as pool:
                results = list(pool.map(work, shares))
    totals = [sum(parts[1:], parts[0]) for parts in zip(*(sums for sums, _ in results), strict=True)]
    moments: list[AnyArray | None] = [None] * len(hom.blocks)
    for batch, total in zip(plan.batches, totals, strict=True):
        for block, moment in zip(batch.blocks.tolist(), _fold(total, batch.unit), strict=True):
            moments[block] = moment
    return MomentStatistics(
        [m for m in moments if m is not None], len(x), sum(energy for _, energy in results), "block moments"
    )


def _accumulate(plan: StackedTransform, chunk: AnyArray, sums: list[FloatArray], memory: Workspace) -> None:
    for total, z in zip(sums, plan.transform(chunk, memory), strict=True):
        total += np.matmul(z, z.swapaxes(-1, -2))


def _fold(gram: FloatArray, unit: int) -> AnyArray:
    """Moments (count, d, d) over the field from Gram matrices (count, e d, e d) of its real components."""
    if unit == 1:
        return gram
    d = gram.shape[-1] // 2
    real = gram[:, :d, :d] + gram[:, d:, d:]
    imag = gram[:, d:, :d] - gram[:, :d, d:]
    return np.asarray(real + 1j * imag)


def _from_samples(hom: HomSpace, x: AnyArray) -> BlockStatistics:
    data = np.ascontiguousarray(x, np.float32 if x.dtype == np.float32 else np.float64)
    parts = hom.source._split(data)
    coordinates = []
    for part, block in zip(parts, hom.blocks, strict=True):
        z = np.swapaxes(from_real_coordinates(part, block.field), -1, -2)
        coordinates.append(np.ascontiguousarray(z.reshape(-1, block.cols)))
    with single_threaded_blas():
        energy = _energy(data)
    return SampleStatistics(coordinates, len(x), energy)
