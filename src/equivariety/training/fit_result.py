"""What a fit gives back: the map, what it achieves, and the evidence for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from equivariety._typing import AnyArray, FloatArray
from equivariety.representations import AffineMap, EquivariantMap, RankVector
from equivariety.tolerances import certificate_tolerance
from equivariety.training.rank_values import RankValues
from equivariety.training.ranked import RankedComponent, ranked_components
from equivariety.varieties import Component

__all__ = ["Fit", "FitCertificate"]


@dataclass(frozen=True, slots=True)
class FitCertificate:
    """Evidence that a fitted map is what it claims to be; all numbers are relative residuals.

    Attributes:
        equivariance: ``|M P - P' M| / |M|``, the largest over generators.
        stationarity: the gradient of the objective along the component at the optimum, relative to the data: for an
            autoencoder ``|(I - V V^*) S V| / |S|`` over all blocks (V spans an invariant subspace of the second moment
            S), for a regression the gradient in the metric of the inputs, relative to ``|Y|``.
        block_identity: ``| sum of block energies - |Y|^2 | / |Y|^2``: the blocks hold all of the data.
        tolerance: residuals up to this count as rounding.

    A regression from block moments squares the condition of the inputs.  Where its stationarity is not ok, the loss is
    less certain than the tolerance; ``route="samples"`` or a ridge helps.

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
        residuals = (self.equivariance, self.stationarity, self.block_identity)
        return all(residual <= self.tolerance for residual in residuals)  # false for NaN, unlike max


@dataclass(frozen=True, eq=False)
class Fit:
    """An optimal map for given data.

    Attributes:
        map: the optimal linear map, callable on rows; ``numpy.asarray(fit.map)`` is the dense (m, n) matrix.
        intercept: (m,), in the fixed space of the target's group; None where none was asked for.
        component: the irreducible component (or stratum) that holds the map.
        loss: mean squared error per sample and output coordinate on the training data, without the ridge penalty.
        objective: what was minimized, on the same scale: the loss plus ``alpha |M|^2`` over weights and outputs.
        losses_by_block: each block's part of ``loss``, by label.
        unreachable: the part of ``loss`` in blocks of the target that the source lacks: no map changes it.
        best_losses: ``best_losses[r]`` is the optimal objective at rank bound r, for r = 0..rank; None for a fit in
            one component.
        spectra: per block label what each further rank takes off the objective, descending; for an autoencoder without
            a ridge the eigenvalues of the block's second moment divided by N n.
        is_unique: whether the optimal predictions on the training data are the only ones: no ties, up to rounding.
            (Outside the span of the data any map is free; ``map`` is the smallest one.)
        alternatives: rank vectors of other components with an optimal map, at most eight.
        k_best: the best ``k_best`` components, best first.
        n_samples: number of samples N.
        route: how the moments were obtained.
        mean_x, mean_y: the means of inputs (n,) and targets (m,), averaged over the groups; None without an intercept.

    All arrays are read-only, and none holds the data.

    >>> import equivariety as ev
    >>> import numpy as np
    >>> X = np.array([[3.0, 0.0], [0.0, 1.0]])
    >>> found = ev.fit(ev.equivariant_maps(ev.groups.cyclic(2), rank=1), X)
    >>> found.loss, found.losses_by_block, found.is_unique, found.alternatives
    (1.25, {'(1,1)': 0.0, '(2,1)': 1.25}, False, ((0, 1),))
    """

    map: EquivariantMap
    intercept: FloatArray | None
    component: Component
    loss: float
    objective: float
    losses_by_block: dict[str, float]
    unreachable: float
    best_losses: FloatArray | None
    spectra: dict[str, FloatArray]
    is_unique: bool
    alternatives: tuple[RankVector, ...]
    k_best: tuple[RankedComponent, ...]
    n_samples: int
    route: str
    mean_x: FloatArray | None
    mean_y: FloatArray | None
    _values: RankValues
    _whole: bool
    _stationarity: float

    def __repr__(self) -> str:
        ranks = {label: r for label, r in self.ranks.by_label.items() if r}
        return f"Fit(loss={self.loss:.6g}, ranks={ranks}, shape={self.map.shape}, unique={self.is_unique})"

    @property
    def ranks(self) -> RankVector:
        """The rank vector of ``component``."""
        return self.component.ranks

    @property
    def predictor(self) -> EquivariantMap | AffineMap:
        """The function that was fitted, ``map`` or map and intercept together."""
        return self.map if self.intercept is None else AffineMap(self.map, self.intercept)

    def predict(self, X: object) -> AnyArray:
        """Return the predictions (..., m) for the rows of ``X``, shape (..., n).

        Raises TypeError or ValueError for input that is not real, finite and of n columns.
        """
        return self.predictor(X)

    def save(self, path: str | Path) -> None:
        """Write map and intercept to one safetensors file, which ``load_map`` reads."""
        self.predictor.save(path)

    def ranked_components(self, *, exact_rank: bool = False) -> Iterator[RankedComponent]:
        """Yield all irreducible components with their optimal losses, best first, lazily; ``component`` is the first.

        For a fit in one component that is the only one.

        Args:
            exact_rank: only those that contain a matrix of rank exactly the bound of the space; the gap is to
                ``component`` all the same.

        >>> import equivariety as ev
        >>> import numpy as np
        >>> X = np.random.default_rng(0).standard_normal((60_000, 784))[:200]
        >>> best = ev.fit(ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99), X)
        >>> first, second = (c for c, _ in zip(best.ranked_components(), range(2)))
        >>> first.component == best.component, 0 <= second.gap == second.objective - best.objective
        (True, True)
        """
        return ranked_components(self._values, self.component, self.objective, whole=self._whole, exact_rank=exact_rank)

    @cached_property
    def runner_up(self) -> RankedComponent | None:
        """The second best component, with its loss and gap; None if there is only one."""
        return next(islice(self.ranked_components(), 1, None), None)

    @cached_property
    def certificate(self) -> FitCertificate:
        """Equivariance, stationarity and block identity of the fit."""
        return FitCertificate(
            equivariance=self.map.equivariance_error(),
            stationarity=self._stationarity,
            block_identity=self._values.block_identity(),
            tolerance=certificate_tolerance(self.map.dtype),
        )
