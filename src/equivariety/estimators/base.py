"""What the estimators have in common: learning at once or chunk by chunk, latent coordinates, predictions.

All of them learn a function x -> M (x - mean of X) + mean of Y with M in a space of equivariant maps and the means
averaged over the groups.  After ``partial_fit`` the map is solved for when it is first asked for, so that a call costs
no more than its chunk.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import brief, invalid
from equivariety.estimators.inputs import as_inputs, by_rows, is_centered, within
from equivariety.estimators.latent import Latent
from equivariety.linalg import as_float_array, as_real_array
from equivariety.representations import EquivariantMap, RankVector
from equivariety.training import BlockMoments, Fit, fit, fit_moments
from equivariety.training.exact_fit import check_options
from equivariety.varieties import Component, RankBoundedMaps

__all__ = ["EquivariantEstimator", "Solution", "outputs_of"]


class _TooLargeError(ValueError, AttributeError):
    """A dense array beyond the budget; as an AttributeError it does not keep a notebook from showing the estimator."""


class Solution:
    """What was learned: a fit, or how to solve for it when it is first asked for; and its latent coordinates."""

    def __init__(self, found: Fit | Callable[[], Fit], axes: Callable[[Fit], Latent]) -> None:
        self._found, self._axes = found, axes

    @property
    def fit(self) -> Fit:
        if not isinstance(self._found, Fit):
            self._found = self._found()
        return self._found

    @cached_property
    def latent(self) -> Latent:
        return self._axes(self.fit)

    @cached_property
    def matrix(self) -> AnyArray:
        dense = self.fit.map.to_dense()
        dense.flags.writeable = False
        return dense

    @property
    def mean_x(self) -> FloatArray | None:
        return self.fit.mean_x

    @property
    def mean_y(self) -> FloatArray | None:
        return self.fit.mean_y


class EquivariantEstimator(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Base of the estimators; subclasses give the space of maps and choose the latent coordinates.

    >>> import equivariety as ev
    >>> issubclass(ev.EquivariantAutoencoder, EquivariantEstimator)
    True
    """

    #: The parameters that say how groups act; they must stay the same between calls of ``partial_fit``.
    _actions: ClassVar[tuple[str, ...]] = ("group",)

    _solution: Solution | None = None
    _moments: BlockMoments | None = None

    def __init__(
        self, group: Any = None, *, rank: Any = None, ranks: Any = None, center: str = "group", alpha: float = 0.0
    ) -> None:
        self.group = group
        self.rank = rank
        self.ranks = ranks
        self.center = center
        self.alpha = alpha

    # ----------------------------------------------------------------------------------------------- for subclasses
    def _maps(self, n_features: int, n_outputs: int) -> RankBoundedMaps:
        """Return the maps of any rank from so many features to so many outputs."""
        raise NotImplementedError

    @staticmethod
    def _axes(found: Fit) -> Latent:
        """Return the latent coordinates of a fit."""
        raise NotImplementedError

    def _shaped(self, outputs: AnyArray) -> AnyArray:
        """Return outputs (N, m) in the shape in which the targets came."""
        return outputs

    def _learn(self, x: AnyArray, y: AnyArray | None, sample_weight: object) -> None:
        """Learn from all samples at once."""
        centered = is_centered(self.center)
        maps = self._maps(x.shape[1], x.shape[1] if y is None else y.shape[1])
        space = within(maps, self.rank, self.ranks)
        found = fit(space, x, y, alpha=self.alpha, intercept=centered, sample_weight=sample_weight)
        self._solution = Solution(found, self._axes)

    def _learn_more(self, x: AnyArray, y: AnyArray | None, sample_weight: object) -> None:
        """Learn from these samples and those of the calls before; nothing changes if an argument is refused."""
        centered = is_centered(self.center)
        check_options(self.alpha, centered)
        actions = {name: getattr(self, name) for name in self._actions}
        first = self._moments is None
        if self._moments is None:
            maps = self._maps(x.shape[1], x.shape[1] if y is None else y.shape[1])
            moments = BlockMoments(maps.hom, targets=y is not None)
        else:
            moments = self._moments
            self._refuse_changes(actions, moments, y)
            maps = RankBoundedMaps(moments.hom)
        space = within(maps, self.rank, self.ranks)
        moments.add(x, y, sample_weight)
        single = x.dtype == np.float32 and (y is None or y.dtype == np.float32)
        if first or not single:
            self._moments_dtype = np.dtype(np.float32 if single else np.float64)
        self._moments, self._moments_actions = moments, actions
        solve = partial(fit_moments, space, moments, alpha=self.alpha, intercept=centered, dtype=self._moments_dtype)
        self._solution = Solution(solve, self._axes)

    def _refuse_changes(self, actions: dict[str, Any], moments: BlockMoments, y: AnyArray | None) -> None:
        for name, value in actions.items():
            before = self._moments_actions[name]
            if type(value) is not type(before) or value != before:
                required = f"the same in all calls of partial_fit, {brief(before)}"
                raise invalid(name, required, brief(value), "call fit or clone the estimator to begin again")
        outputs = moments.hom.shape[0]
        if y is not None and y.shape[1] != outputs:
            required = f"of {outputs} columns as in the first call of partial_fit"
            raise invalid("y", required, f"{y.shape[1]} columns", "pass the same targets in all calls")

    def _forget(self) -> None:
        """Begin anew, so that a failure does not leave half of the old and half of the new."""
        self._solution = self._moments = None

    def _forget_fit(self) -> None:
        """Begin anew if the estimator has learned from ``fit``."""
        if self._solution is not None and self._moments is None:
            message = (
                "partial_fit begins anew: fit keeps no moments to which samples could be added. "
                "Fix: use partial_fit for all samples, or clone the estimator before."
            )
            warnings.warn(message, UserWarning, stacklevel=3)
            self._forget()

    # -------------------------------------------------------------------------------------------------- what it learned
    def __sklearn_is_fitted__(self) -> bool:
        return self._solution is not None and (self._moments is None or self._moments.weight > 0)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    @property
    def _learned(self) -> Solution:
        check_is_fitted(self)
        assert self._solution is not None
        return self._solution

    @property
    def fit_(self) -> Fit:
        """The fit with everything it knows, such as runner-up, certificate and spectra."""
        return self._learned.fit

    @property
    def map_(self) -> EquivariantMap:
        """The linear part M, a fast map of rows."""
        return self._learned.fit.map

    @property
    def component_(self) -> Component:
        """The irreducible component, or stratum, that holds the map."""
        return self._learned.fit.component

    @property
    def rank_vector_(self) -> RankVector:
        """The ranks of the blocks."""
        return self._learned.fit.ranks

    @property
    def loss_(self) -> float:
        """Mean squared error per sample and output on the training data, without the ridge penalty."""
        return self._learned.fit.loss

    @property
    def mean_(self) -> FloatArray:
        """The group-averaged mean of the samples that is subtracted, shape (n,); zeros without centering."""
        learned = self._learned
        mean = np.zeros(learned.fit.map.shape[1]) if learned.mean_x is None else learned.mean_x
        return mean.astype(learned.fit.map.dtype)

    @property
    def n_components_(self) -> int:
        """Number R of latent coordinates, the rank of the component."""
        return self._learned.latent.size

    @property
    def _n_features_out(self) -> int:
        return self.n_components_

    @property
    def components_(self) -> AnyArray:
        """The rows of the encoder, shape (R, n), read-only."""
        return self._dense(lambda learned: learned.latent.encoder)

    @property
    def component_labels_(self) -> AnyArray:
        """The block of each row of ``components_``, (R,) strings."""
        return self._learned.latent.labels

    def _dense(self, array: Callable[[Solution], AnyArray]) -> AnyArray:
        learned = self._learned
        try:
            return array(learned)
        except ValueError as error:
            raise _TooLargeError(str(error)) from error

    # ------------------------------------------------------------------------------------------------------ functions
    def transform(self, X: object) -> AnyArray:
        """Return the latent coordinates (N, R) of samples ``X``, shape (N, n): ``(X - mean_) @ components_.T``.

        By the fast transform; float32 stays float32.  Raises ValueError or TypeError for anything but N >= 1 rows of n
        finite real numbers.
        """
        learned = self._learned
        x = as_inputs(self, X, reset=False)
        return by_rows(lambda rows: learned.latent.encode(_centered(rows, learned)), x, learned.latent.size)

    def inverse_transform(self, X: object) -> AnyArray:
        """Return the outputs of latent coordinates ``X``, shape (N, R); ``predict`` is this after ``transform``.

        Raises ValueError or TypeError for anything but rows of R finite real numbers.
        """
        learned = self._learned
        z = as_real_array("X", X)
        if z.ndim != 2 or z.shape[1] != learned.latent.size:
            required = f"latent coordinates of shape (N, {learned.latent.size})"
            raise invalid("X", required, f"shape {z.shape}", "pass what transform returned")
        decode, m = learned.latent.decode, learned.fit.map.shape[0]
        return self._shaped(by_rows(lambda rows: _raised(decode(as_float_array("X", rows)), learned), z, m))

    def predict(self, X: object) -> AnyArray:
        """Return the outputs for samples ``X``, shape (N, n); errors as in ``transform``."""
        learned = self._learned
        x = as_inputs(self, X, reset=False)
        return self._shaped(outputs_of(x, learned))


def outputs_of(x: AnyArray, learned: Solution) -> AnyArray:
    """Return the outputs (N, m) of checked samples (N, n), of which the entries are checked here."""
    apply, m = learned.fit.map, learned.fit.map.shape[0]
    return by_rows(lambda rows: _raised(apply(_centered(rows, learned)), learned), x, m)


def _centered(rows: AnyArray, learned: Solution) -> AnyArray:
    x = as_float_array("X", rows)
    # In float64, so that a large offset in float32 data costs no digits of what is left.
    return x if learned.mean_x is None else np.subtract(x, learned.mean_x, dtype=np.float64).astype(x.dtype)


def _raised(outputs: AnyArray, learned: Solution) -> AnyArray:
    return outputs if learned.mean_y is None else outputs + learned.mean_y
