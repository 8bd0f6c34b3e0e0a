"""The exact global optimum of the squared error of an autoencoder, over a component or over all of them.

In symmetry-adapted orthonormal coordinates the loss |X - M X|^2 is a sum over blocks for any data.  In block i the
optimum of rank r is the projector on the top r eigenvectors of the block's second moment over its field
(Eckart-Young), so a rank gains an eigenvalue and costs the dimension of the irreducible; the best component is an
exact knapsack.  Source: Kohn, Sattelberger, Shahverdi (arXiv 2309.13736) for the components.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid
from equivariety.linalg import as_real_array, frobenius_norm
from equivariety.representations import EquivariantMap, RankVector
from equivariety.tolerances import certificate_tolerance, noise_tolerance, tie_tolerance
from equivariety.training.routes import Route, block_statistics
from equivariety.varieties import Component, RankBoundedMaps
from equivariety.varieties.allocation import allocate

__all__ = ["Fit", "FitCertificate", "fit"]


@dataclass(frozen=True, slots=True)
class FitCertificate:
    """Evidence that a fitted map is what it claims to be; all numbers are relative residuals.

    Attributes:
        equivariance: ``|M P - P M| / |M|``, the largest over generators.
        stationarity: ``|(I - V V^*) S V| / |S|`` over all blocks: the span of each block's factor is invariant under
            the block's second moment S, so that the loss is critical along the component.
        block_identity: ``| sum of block energies - |X|^2 | / |X|^2``: the blocks hold all of the data.
        tolerance: residuals up to this count as rounding.

    >>> FitCertificate(1e-16, 1e-16, 1e-16, 1e-10).ok
    True
    """

    equivariance: float
    stationarity: float
    block_identity: float
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether all residuals are rounding."""
        return max(self.equivariance, self.stationarity, self.block_identity) <= self.tolerance


@dataclass(frozen=True, eq=False)
class Fit:
    """An optimal autoencoder.

    Attributes:
        map: the optimal map, callable on rows; ``numpy.asarray(fit.map)`` is the dense (n, n) matrix.
        component: the irreducible component (or stratum) that holds it.
        loss: mean squared error per sample and coordinate on the training data.
        losses_by_block: each block's part of ``loss``, by label.
        best_losses: ``best_losses[r]`` is the optimal loss at rank bound r, for r = 0..rank; None for a fit in one
            component.
        spectra: per block label the eigenvalues of its second moment divided by N n, descending: what each rank
            takes off the loss.
        is_unique: whether the optimal reconstruction of the training data is the only one: no ties, up to rounding.
            (Outside the span of the data any map is free; ``map`` is the smallest one, the projector.)
        alternatives: rank vectors of other components with an optimal map, at most eight.
        n_samples: number of samples N.
        route: how the moments were obtained.

    >>> import equivariety as ev
    >>> X = np.array([[3.0, 0.0], [0.0, 1.0]])
    >>> found = ev.fit(ev.equivariant_maps(ev.groups.cyclic(2), rank=1), X)
    >>> found.loss, found.losses_by_block, found.is_unique, found.alternatives
    (1.25, {'(1,1)': 0.0, '(2,1)': 1.25}, False, ((0, 1),))
    """

    map: EquivariantMap
    component: Component
    loss: float
    losses_by_block: dict[str, float]
    best_losses: FloatArray | None
    spectra: dict[str, FloatArray]
    is_unique: bool
    alternatives: tuple[RankVector, ...]
    n_samples: int
    route: str
    _stationarity: float = field(repr=False)
    _block_identity: float = field(repr=False)

    @property
    def ranks(self) -> RankVector:
        """The rank vector of ``component``."""
        return self.component.ranks

    @cached_property
    def certificate(self) -> FitCertificate:
        """Equivariance, stationarity and block identity of the fit."""
        return FitCertificate(
            equivariance=self.map.equivariance_error(),
            stationarity=self._stationarity,
            block_identity=self._block_identity,
            tolerance=certificate_tolerance(self.map.dtype),
        )


def fit(space: RankBoundedMaps | Component, X: object, *, route: Route | None = None) -> Fit:
    """Return the autoencoder in ``space`` with the smallest squared error on the rows of ``X``: the global optimum.

    Args:
        space: equivariant maps of bounded rank (the best of all components is found), or one component.
        X: samples, shape (N, n), real and finite; a memory map is read in chunks.  float32 gives a float32 map,
            everything else float64; moments are summed in float64.  Data are not centered.
        route: how to compute the moments; None lets the cost model choose.

    Returns a :class:`Fit`.  Raises TypeError for other types and ValueError for empty, non-finite or misshaped data
    and for spaces whose source and target actions differ.

    >>> import equivariety as ev
    >>> X = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]])
    >>> best = ev.fit(ev.equivariant_maps(ev.groups.cyclic(3), rank=2), X)
    >>> best.ranks.by_label, round(best.loss, 6), best.certificate.ok
    ({'(1,1)': 1, '(3,2)': 0}, 0.444444, True)
    """
    if not isinstance(space, RankBoundedMaps | Component):
        raise invalid("space", "RankBoundedMaps or a Component", space, "pass ev.equivariant_maps(...)", TypeError)
    whole = space.space if isinstance(space, Component) else space
    hom = whole.hom
    if not hom.is_endomorphic:
        raise invalid(
            "space", "maps from an action to itself for an autoencoder", f"shape {hom.shape}", "use target=None"
        )
    data = _check_samples(X, hom.shape[1])
    statistics = block_statistics(hom, data, route)
    dtype = np.dtype(np.float32 if data.dtype == np.float32 else np.float64)
    size = len(data) * hom.shape[1]
    largest = max((float(values[0]) for values in statistics.spectra if len(values)), default=0.0)
    zero, tie = noise_tolerance(dtype) * largest, tie_tolerance(dtype) * largest
    if isinstance(space, Component):
        chosen, ranks = _within(statistics.spectra, space.ranks, zero, tie), space.ranks
    else:
        best = allocate(statistics.spectra, whole.budget.weights, whole.rank, zero=zero)
        ties = best.ties(tie)
        chosen = _Choice(best.ranks, ties.is_unique, ties.alternatives, best.best_left)
        ranks = RankVector(whole.budget.extended(best.ranks), hom.labels)
    factors: dict[int, tuple[AnyArray, AnyArray]] = {}
    defects = [0.0]
    for i, r in enumerate(chosen.ranks):
        if r:
            vectors = statistics.leading_vectors(i, r)
            defects.append(statistics.defect(i, vectors))
            kept = vectors.astype(np.result_type(dtype, np.complex64) if np.iscomplexobj(vectors) else dtype)
            factors[i] = (kept, kept)
    totals = np.array([float(values.sum()) for values in statistics.spectra])
    left = np.array([float(s[r:].sum()) for s, r in zip(statistics.spectra, chosen.ranks, strict=True)])
    scale = frobenius_norm(np.concatenate(statistics.spectra))
    energy = statistics.energy
    return Fit(
        map=EquivariantMap(hom, factors, dtype),
        component=Component(whole, ranks),
        loss=float(left.sum()) / size,
        losses_by_block=dict(zip(hom.labels, (left / size).tolist(), strict=True)),
        # Gains below the noise are nowhere taken, but they are part of every loss.
        best_losses=None
        if chosen.best_left is None
        else (chosen.best_left + max(float(left.sum()) - float(chosen.best_left[-1]), 0.0)) / size,
        spectra={label: values / size for label, values in zip(hom.labels, statistics.spectra, strict=True)},
        is_unique=chosen.is_unique,
        alternatives=tuple(RankVector(whole.budget.extended(v), hom.labels) for v in chosen.alternatives),
        n_samples=len(data),
        route=statistics.route,
        _stationarity=frobenius_norm(np.array(defects)) / scale if scale else 0.0,
        _block_identity=abs(float(totals.sum()) - energy) / energy if energy else 0.0,
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    """Ranks worth spending per block: directions without energy are left out."""

    ranks: tuple[int, ...]
    is_unique: bool
    alternatives: tuple[tuple[int, ...], ...] = ()
    best_left: FloatArray | None = None


def _within(spectra: Sequence[FloatArray], ranks: Sequence[int], zero: float, tie: float) -> _Choice:
    kept = tuple(min(r, int(np.count_nonzero(s > zero))) for s, r in zip(spectra, ranks, strict=True))
    unique = all(r == 0 or r >= len(s) or s[r - 1] - s[r] > tie for s, r in zip(spectra, kept, strict=True))
    return _Choice(kept, unique)


def _check_samples(X: object, width: int) -> AnyArray:
    data = as_real_array("X", X)
    if data.ndim != 2 or data.shape[1] != width or len(data) == 0:
        raise invalid(
            "X", f"an array of shape (N, {width}) with N >= 1", f"shape {data.shape}", "put one sample in each row"
        )
    return data
