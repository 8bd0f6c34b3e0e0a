"""How well the filters of the layers are recovered from an end-to-end filter with noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equivariety._typing import AnyArray, FloatArray, IntArray, read_only
from equivariety.convolution import Architecture, LinearConvolutionalNetwork
from equivariety.convolution.filters import compose
from equivariety.convolution.membership import membership, recover
from equivariety.errors import as_nonnegative_int, brief, invalid

__all__ = ["NOISE_LEVELS", "RecoveryStudy", "recovery_study"]

#: Sizes of the noise, relative to the end-to-end filter.
NOISE_LEVELS = tuple(10.0**n for n in range(-12, -2))


@dataclass(frozen=True, eq=False, repr=False)
class RecoveryStudy:
    """One row per trial: random filters, their end-to-end filter with noise, filters recovered from that.

    Attributes:
        architectures: the networks that were tried.
        architecture: (N,) position of the network in ``architectures``.
        noise: (N,) norm of the noise, relative to the end-to-end filter.
        conditioning: (N,) smallest over largest singular value of the Jacobian matrix without noise, norms being equal.
        residual: (N,) distance from the noisy end-to-end filter to that of the recovered filters, relative.
        factor_error: (N,) largest distance of a recovered to the true product of the layers of one scale, both of norm
            one.  The layers of equal scale themselves are not determined.
        verdict: (N,) "member", "not_member" or "undecided" for the noisy filter, with the default tolerance.

    >>> study = recovery_study(np.random.default_rng(1), [Architecture((2, 2), (2, 1))], [0.0], repeats=2)
    >>> study.noise.tolist(), bool(np.all(study.factor_error < 1e-14))
    ([0.0, 0.0], True)
    """

    architectures: tuple[Architecture, ...]
    architecture: IntArray
    noise: FloatArray
    conditioning: FloatArray
    residual: FloatArray
    factor_error: FloatArray
    verdict: AnyArray

    def __repr__(self) -> str:
        return f"RecoveryStudy({len(self.architectures)} networks, {len(self.noise)} trials)"


def recovery_study(
    rng: np.random.Generator,
    architectures: Sequence[Architecture | LinearConvolutionalNetwork],
    noise_levels: Sequence[float] = NOISE_LEVELS,
    repeats: int = 10,
) -> RecoveryStudy:
    """Return how far recovered filters are from the true ones, for independent normal filters and normal noise.

    Args:
        rng: generator of filters and noise.
        architectures: networks, or their architectures, with several scales, so that there is something to recover.
        noise_levels: norms of the noise relative to the end-to-end filter; 0 is allowed.
        repeats: number of trials per network and level.

    Returns plain arrays with one row per trial.  Raises ValueError for no network and for levels that are not finite
    and at least 0, TypeError for another rng and for what are not networks.

    >>> study = recovery_study(np.random.default_rng(0), [Architecture((3, 2), (2, 1))], [1e-12, 1e-3], repeats=3)
    >>> study.verdict.tolist()
    ['member', 'member', 'member', 'not_member', 'not_member', 'not_member']
    >>> bool(np.all(study.factor_error <= 10 * study.noise / study.conditioning))
    True
    """
    if not isinstance(rng, np.random.Generator):
        raise invalid("rng", "a numpy random Generator", brief(rng), "use np.random.default_rng(0)", TypeError)
    repeats = as_nonnegative_int("repeats", repeats)
    levels = np.asarray(noise_levels, dtype=float)
    if not np.isfinite(levels).all() or (levels < 0).any():
        raise invalid("noise_levels", "finite numbers >= 0", brief(noise_levels), "give such as [1e-12, 1e-6]")
    networks = _architectures(architectures)
    rows = [
        (i, level, *_trial(rng, one, level))
        for i, one in enumerate(networks)
        for level in levels.tolist()
        for _ in range(repeats)
    ]
    columns: list[list] = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(6)]
    kinds = (int, float, float, float, float, str)
    arrays = [read_only(np.array(column, dtype=kind)) for column, kind in zip(columns, kinds, strict=True)]
    return RecoveryStudy(networks, *arrays)


def _architectures(given: object) -> tuple[Architecture, ...]:
    fix = "give a list of networks, as in [ev.LinearConvolutionalNetwork((3, 2), (2, 1))]"
    if not isinstance(given, Sequence):
        raise invalid("architectures", "a list of networks", brief(given), fix, TypeError)
    if not given:
        raise invalid("architectures", "at least one network", "none", fix)
    found = [one.architecture if isinstance(one, LinearConvolutionalNetwork) else one for one in given]
    for one in found:
        if not isinstance(one, Architecture):
            raise invalid("architectures", "networks or architectures", brief(one), fix, TypeError)
    return tuple(found)


def _trial(rng: np.random.Generator, net: Architecture, noise: float) -> tuple[float, float, float, str]:
    filters = [rng.standard_normal(k) for k in net.filter_sizes]
    filters = [w / np.linalg.norm(w) for w in filters]
    v = np.asarray(compose(net, filters))
    v /= np.linalg.norm(v)
    change = rng.standard_normal(len(v))
    noisy = v + noise * change / np.linalg.norm(change)
    found, true = recover(net, noisy), recover(net, v)
    blocks = [_product([filters[i] for i in block.layers]) for block in net.blocks]
    error = max((_angle(a, b) for a, b in zip(found.block_filters, blocks, strict=True)), default=0.0)
    return true.conditioning, found.residual, error, membership(net, noisy).status


def _product(filters: Sequence[FloatArray]) -> FloatArray:
    total = np.ones(1)
    for w in filters:
        total = np.convolve(total, w)
    return total


def _angle(a: FloatArray, b: FloatArray) -> float:
    """Distance of the lines that two vectors span: that of unit vectors, the nearer of both signs."""
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    return float(min(np.linalg.norm(a - b), np.linalg.norm(a + b)))
