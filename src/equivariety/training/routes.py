"""Three routes from samples to the statistics of the blocks, and the cost model that chooses.

(i)   "moment matrix": X^T X by one BLAS product, transformed to blocks once; for autoencoders of few coordinates.
(ii)  "block moments": each cache-sized chunk of samples is transformed and only block moments are kept.
(iii) "samples": fewer samples than the multiplicities, or a small regression, whose condition is then not squared;
      the transformed samples are kept, never a (d, d) matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid
from equivariety.linalg import FIELD_DIM, algebra, read_only
from equivariety.linalg.threads import single_threaded_blas
from equivariety.representations import HomSpace, IsotypicDecomposition
from equivariety.tolerances import MOMENT_BYTES_BUDGET
from equivariety.training.moments import BlockMoments, check_energies, moment_bytes, quick_dtype
from equivariety.training.problem import Problem, Totals, leakage, ridges
from equivariety.training.regression import RegressionMoments, RegressionSamples
from equivariety.training.samples import Samples, energy_of, weighted_energy
from equivariety.training.statistics import MomentStatistics, SampleStatistics

__all__ = ["Route", "block_coordinates", "choose_route", "pose"]

Route = Literal["moment matrix", "block moments", "samples"]

# Relative speed of the products of each route, measured against one large matrix product.
_LARGE_PRODUCT, _SMALL_PRODUCT = 1.0, 0.45
_MOST_ROWS = 1024
#: Regressions with at most this many numbers are solved from the samples: slower, but accurate to the last digits.
_SMALL_REGRESSION = 2**20
#: Up to this many, they are also solved from the samples when their inputs turn out to be nearly dependent.
_REPEATED_REGRESSION = 2**24


def choose_route(hom: HomSpace, n_samples: int, *, targets: bool = False, intercept: bool = False) -> Route:
    """Return the cheapest route that fits the memory budget, by counting operations.

    >>> import equivariety as ev
    >>> choose_route(ev.equivariant_maps(ev.groups.shift((28, 28), axis=1)).hom, 60_000)
    'block moments'
    >>> choose_route(ev.linear_maps(784, 784).hom, 60_000)
    'moment matrix'
    >>> choose_route(ev.equivariant_maps(ev.groups.shift((1024, 1024), axis=1)).hom, 64)
    'samples'
    """
    m, n = hom.shape
    units = [(FIELD_DIM[b.field], b.cols, b.irrep_dim) for b in hom.blocks]
    size = moment_bytes(hom, targets=targets)
    widest = max((d for _, d, _ in units), default=0)
    # The samples twice, and a Gram matrix per block.
    sample_bytes = 24 * n_samples * (n + m * targets) + sum(24 * min(n_samples, d) ** 2 for _, d, _ in units)
    if 2 * n_samples <= widest or (size > MOMENT_BYTES_BUDGET and sample_bytes < size):
        return "samples"
    if targets:
        return "samples" if n_samples * (n + m) <= _SMALL_REGRESSION else "block moments"
    transform = sum(2.0 * d * delta * min(n / max(d, 1), 256.0) for _, d, delta in units)
    by_blocks = n_samples * (transform + sum(2.0 * e * delta * d**2 for e, d, delta in units)) / _SMALL_PRODUCT
    at_once = n_samples * 1.0 * n * n / _LARGE_PRODUCT
    fits = at_once < by_blocks and 8 * n * n <= MOMENT_BYTES_BUDGET and not intercept
    return "moment matrix" if fits else "block moments"


def pose(
    hom: HomSpace,
    samples: Samples,
    alpha: float,
    *,
    intercept: bool,
    route: Route | None = None,
    precise: bool = False,
) -> Problem:
    """Return the problem of fitting ``samples`` in ``hom``, as statistics of its blocks.

    With ``precise`` all products are formed in float64.

    The samples may be memory maps; they are read chunk by chunk (route "samples" keeps their transform in memory).
    Raises ValueError if they contain NaN or inf.
    """
    targets = samples.y is not None
    chosen = choose_route(hom, len(samples), targets=targets, intercept=intercept) if route is None else route
    if chosen not in get_args(Route):
        raise invalid("route", f"one of {', '.join(get_args(Route))}", chosen, "pass None to let the cost decide")
    if chosen == "moment matrix" and (targets or intercept):
        raise invalid("route", "another one for targets or an intercept", chosen, "pass None to let the cost decide")
    if samples.total_weight <= 0:
        raise invalid("sample_weight", "positive for at least one sample", "zeros", "weigh the samples that count")
    dtype = np.dtype(np.float64) if precise else quick_dtype(samples)
    with np.errstate(over="ignore", invalid="ignore"):
        if chosen == "moment matrix":
            return _from_moment_matrix(hom, samples, alpha, dtype)
        if chosen == "samples":
            return _from_samples(hom, samples, alpha, intercept=intercept)
        moments = BlockMoments(hom, targets=targets, centered=intercept, within_budget=False)
        moments.absorb(samples, dtype)
        problem = Problem.from_moments(moments, alpha, intercept=intercept, dtype=samples.dtype)
        solved = problem.statistics
        if route is None and isinstance(solved, RegressionMoments) and not solved.is_certain:
            size = len(samples) * sum(hom.shape)
            if size <= _REPEATED_REGRESSION:
                return _from_samples(hom, samples, alpha, intercept=intercept)
        return problem


def _totals(samples: Samples, raw_energy: float, route: str) -> Totals:
    return Totals(len(samples), samples.total_weight, raw_energy, samples.dtype, route)


def _from_moment_matrix(hom: HomSpace, samples: Samples, alpha: float, dtype: np.dtype[Any]) -> Problem:
    n = samples.x.shape[1]
    total = np.zeros((n, n))
    raw = energy = 0.0
    # A large product is best left to BLAS's own threads; float32 products stay short, since they are summed in float64.
    step = 4 * _MOST_ROWS if dtype == np.float32 else max(_MOST_ROWS, 2**22 // n)
    for start in range(0, len(samples), step):
        part = slice(start, start + step)
        chunk = samples.read(part, dtype)
        x = chunk.x
        with single_threaded_blas():
            raw += energy_of(x)
        if chunk.weights is not None:
            x = np.multiply(x, np.sqrt(chunk.weights)[:, None], dtype=x.dtype, casting="same_kind")
        with single_threaded_blas():
            energy += energy_of(x)
        total += x.T @ x
        samples.release(part)
    check_energies(samples, dtype, raw, 0.0)
    # The commutant block B of X^T X has trace |x_i|^2 / delta: the moment counts every copy.
    moments = [b.irrep_dim * s for b, s in zip(hom.blocks, hom.block_matrices(total), strict=True)]
    statistics = MomentStatistics(hom.blocks, moments, energy, ridges(hom, alpha), dtype)
    return Problem(hom, statistics, alpha, _totals(samples, energy, "moment matrix"))


def _from_samples(hom: HomSpace, samples: Samples, alpha: float, *, intercept: bool) -> Problem:
    dtype = np.dtype(np.float64) if samples.y is not None else samples.dtype
    chunk = samples.read(slice(None), dtype)
    x, y = chunk.x, chunk.y
    with single_threaded_blas():
        raw, raw_y = energy_of(x), 0.0 if y is None else energy_of(y)
    check_energies(samples, dtype, raw, raw_y)
    means: list[FloatArray | None] = [None, None]
    if intercept:
        x, means[0] = _centered(x, chunk.weights, hom.source)
        if y is not None:
            y, means[1] = _centered(y, chunk.weights, hom.target)
    if chunk.weights is not None:
        root = np.sqrt(chunk.weights)[:, None]
        raw = weighted_energy(chunk.x, chunk.weights)
        raw_y = 0.0 if chunk.y is None else weighted_energy(chunk.y, chunk.weights)
        x = np.multiply(x, root, dtype=x.dtype, casting="same_kind")
        y = None if y is None else y * root
    with single_threaded_blas():
        energy = energy_of(x if y is None else y)
    of_x = block_coordinates(hom.source, x)
    totals = _totals(samples, raw if y is None else raw_y, "samples")
    if y is None:
        statistics = SampleStatistics(hom.blocks, of_x, energy, ridges(hom, alpha), dtype)
        return Problem(hom, statistics, alpha, totals, means[0], means[0])
    of_y = block_coordinates(hom.target, y)
    inputs: list[AnyArray | None] = []
    outputs: list[AnyArray | None] = []
    for position in range(len(hom.blocks)):
        i, j = hom.source_index(position), hom.target_index(position)
        inputs.append(None if i is None else of_x[i])
        outputs.append(None if j is None else of_y[j])
    regression = RegressionSamples(
        hom.blocks, inputs, outputs, energy, leakage(hom) * raw, ridges(hom, alpha), samples.dtype
    )
    return Problem(hom, regression, alpha, totals, means[0], means[1])


def block_coordinates(decomposition: IsotypicDecomposition, x: AnyArray) -> Sequence[AnyArray]:
    """Return per block the transpose of a matrix (d, copies * N) over its field: its columns are samples and copies.

    >>> import equivariety as ev
    >>> [z.tolist() for z in block_coordinates(ev.isotypic_decomposition(ev.groups.cyclic(1)), np.ones((2, 1)))]
    [[[1.0], [1.0]]]
    """
    out = []
    for part, block in zip(decomposition._split(x), decomposition.blocks, strict=True):
        over = algebra(block.field)
        z = np.swapaxes(over.from_real(part), -1, -2)
        out.append(np.ascontiguousarray(z.reshape(-1, over.order * block.multiplicity)))
    return out


def _centered(
    x: AnyArray, weights: FloatArray | None, decomposition: IsotypicDecomposition
) -> tuple[AnyArray, FloatArray]:
    mean = decomposition.group_average(np.average(x.astype(np.float64, copy=False), axis=0, weights=weights))
    return np.subtract(x, mean, dtype=np.float64).astype(x.dtype, copy=False), read_only(mean)
