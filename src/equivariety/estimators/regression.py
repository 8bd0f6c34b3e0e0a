"""Reduced-rank regression on maps that respect a symmetry."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import MultiOutputMixin, RegressorMixin

from equivariety._typing import AnyArray
from equivariety.errors import invalid
from equivariety.estimators.base import EquivariantEstimator
from equivariety.estimators.inputs import as_inputs, as_targets, group_of
from equivariety.estimators.latent import Latent, fitted_axes
from equivariety.groups import trivial
from equivariety.training import Fit
from equivariety.varieties import RankBoundedMaps, equivariant_maps, invariant_maps

__all__ = ["EquivariantRegression", "InvariantRegression"]


class _Regression(MultiOutputMixin, RegressorMixin, EquivariantEstimator):
    """Targets of shape (N,) or (N, m), and the attributes of a linear regression."""

    _single_target = False

    def fit(self, X: object, y: object, sample_weight: object = None) -> Self:
        """Learn from samples ``X``, (N, n), targets ``y``, (N,) or (N, m), and weights (N,).  Returns self.

        Memory maps are read in chunks.  Raises TypeError or ValueError for bad parameters, data or weights.
        """
        self._forget()
        x = as_inputs(self, X, reset=True)
        targets, single = as_targets(self, y, len(x))
        self._learn(x, targets, sample_weight)
        self._single_target = single
        return self

    def partial_fit(self, X: object, y: object, sample_weight: object = None) -> Self:
        """Learn from further samples: exactly what ``fit`` gives for those of all calls, in any order.  Returns self.

        Memory is that of the second moments of the blocks; ValueError if that is more than the library's budget, for
        other groups or targets of another shape than in the first call.  Otherwise as ``fit``, of which nothing is
        kept: after it, the first call begins anew with a UserWarning.
        """
        self._forget_fit()
        first = self._moments is None
        x = as_inputs(self, X, reset=first)
        targets, single = as_targets(self, y, len(x))
        if not first and single != self._single_target:
            required = "of as many axes as in the first call of partial_fit"
            raise invalid("y", required, "one axis" if single else "two axes", "pass the same targets in all calls")
        self._learn_more(x, targets, sample_weight)
        self._single_target = single
        return self

    @property
    def coef_(self) -> AnyArray:
        """The matrix M, shape (m, n), or (n,) for targets of shape (N,); read-only."""
        return self._dense(lambda learned: learned.matrix[0] if self._single_target else learned.matrix)

    @property
    def intercept_(self) -> AnyArray | float:
        """What is added to ``X @ coef_.T``, shape (m,), or a float for targets of shape (N,); 0 without centering."""
        found = self._learned.fit
        intercept = np.zeros(found.map.shape[0], found.map.dtype) if found.intercept is None else found.intercept
        return float(intercept[0]) if self._single_target else intercept

    @staticmethod
    def _axes(found: Fit) -> Latent:
        return fitted_axes(found)

    def _shaped(self, outputs: AnyArray) -> AnyArray:
        return outputs[:, 0] if self._single_target else outputs


class EquivariantRegression(_Regression):
    """Linear regression that respects a symmetry of inputs and targets, of bounded rank.

    It is the global optimum of the squared error over all irreducible components of the equivariant maps of rank at
    most ``rank`` (Kohn, Sattelberger, Shahverdi, arXiv 2309.13736), or over one stratum given by ``ranks``: permuted
    inputs give permuted predictions.  With the trivial group it is ordinary reduced-rank regression; without a bound
    on the rank, least squares or ridge regression.

    Args:
        group: permutes the features: a :class:`~equivariety.groups.PermutationGroup` of any number of generators, its
            text such as ``"shift:8x8:axis=1"``, or None for no symmetry.  A SignedPermutationGroup changes signs too.
        target_group: permutes the targets, generator by generator with ``group``: a group, its text, None if the
            targets stay as they are, or "same" for the same permutations as those of the features (any number of
            targets if ``group`` is trivial).
        rank: bound on the rank of the coefficients; None is no bound.
        ranks: fixed ranks of the blocks instead, a mapping from block label to rank or a sequence in block order.
        center: "group" fits an intercept that the target group leaves fixed, "none" fits none.  Any other intercept
            would break the symmetry.
        alpha: ridge, >= 0, on the scale of sums over samples as in :class:`sklearn.linear_model.Ridge`.

    Parameters are checked by ``fit``, which raises TypeError or ValueError for bad ones and UnsupportedGroupError for
    groups whose orbits are too long to be decomposed.

    What it learns:

    - ``coef_`` (m, n) and ``intercept_`` (m,); (n,) and a float if the targets have shape (N,).
    - ``components_`` (R, n): rows of the encoder.  ``transform(X)``, the latent scores, are the coordinates of the
      predictions along orthonormal axes in the order of the variance of the targets that they explain;
      ``inverse_transform`` takes them to predictions.  ``component_labels_`` (R,) names their blocks.
    - ``mean_`` (n,): the group-averaged mean of the features, which ``transform`` subtracts; zeros without centering.
    - ``n_components_``, R, is the rank of ``component_``, whose ranks of blocks are ``rank_vector_``.
    - ``map_``: the linear part as a fast map.  ``loss_``: its mean squared error per sample and target.
    - ``fit_``: everything else, such as the second best component and the certificate.
    - ``n_features_in_`` and ``feature_names_in_``: as everywhere in scikit-learn.

    Targets of the left and the right side of bodies, from a few mirror-symmetric measurements:

    >>> import equivariety as ev
    >>> data = ev.datasets.make_mirror_symmetric(500, rng=np.random.default_rng(0))
    >>> model = ev.EquivariantRegression(data.group, target_group=data.side_group).fit(data.X[:20], data.sides[:20])
    >>> ordinary = ev.EquivariantRegression().fit(data.X[:20], data.sides[:20])
    >>> [round(m.score(data.X[20:], data.sides[20:]), 3) for m in (model, ordinary)]
    [0.773, 0.217]
    >>> mirrored = data.group.generators[0].apply(data.X)
    >>> bool(np.allclose(model.predict(mirrored), model.predict(data.X)[:, ::-1]))
    True
    """

    _actions: ClassVar[tuple[str, ...]] = ("group", "target_group")

    def __init__(
        self,
        group: Any = None,
        *,
        target_group: Any = "same",
        rank: Any = None,
        ranks: Any = None,
        center: str = "group",
        alpha: float = 0.0,
    ) -> None:
        self.group = group
        self.target_group = target_group
        self.rank = rank
        self.ranks = ranks
        self.center = center
        self.alpha = alpha

    def _maps(self, n_features: int, n_outputs: int) -> RankBoundedMaps:
        source = group_of("group", self.group, n_features, "the features of X")
        if not (isinstance(self.target_group, str) and self.target_group == "same"):
            target = group_of("target_group", self.target_group, n_outputs, "the columns of y")
            paired = source.n_generators == target.n_generators
            if not (paired or source.is_trivial or target.is_trivial):
                required = f"a group with {source.n_generators} generators, paired with those of group"
                got = f"{target.n_generators} generators"
                raise invalid("target_group", required, got, "list one for each generator of group, identities too")
        elif source.is_trivial:
            target = trivial(n_outputs)
        elif n_features == n_outputs:
            target = source
        else:
            required = f"a group on {n_outputs} points, the columns of y, where they are not as many as the features"
            fix = "pass None for targets that the group leaves as they are, or the group that permutes them"
            raise invalid("target_group", required, "'same'", fix)
        return equivariant_maps(source, target)


class InvariantRegression(_Regression):
    """Linear regression that does not change when the inputs are permuted by a group, of bounded rank.

    The coefficients agree on each orbit of the group, so that a single weight per orbit and target is learned (Kohn,
    Sattelberger, Shahverdi, arXiv 2309.13736); the fit is the global optimum of the squared error.  Any number of
    generators is possible.

    Args:
        group: permutes the features: a :class:`~equivariety.groups.PermutationGroup`, its text such as
            ``"rotation:8"``, or None for no symmetry.
        rank: bound on the rank of the coefficients; None is no bound.
        ranks: the rank as a mapping from the label of the only block, ``{"(1,1)": 2}``, or a sequence of one.
        center: "group" fits an intercept, "none" fits none.
        alpha: ridge, >= 0, on the scale of sums over samples as in :class:`sklearn.linear_model.Ridge`.

    Parameters are checked by ``fit``, which raises TypeError or ValueError for bad ones.

    It learns the same as :class:`EquivariantRegression`, with one block, "(1,1)".

    How much ink a digit takes does not depend on whether it stands upright:

    >>> import equivariety as ev
    >>> digits = ev.datasets.load_digits()
    >>> ink = digits.train.sum(axis=1)
    >>> model = ev.InvariantRegression("rotation:8").fit(digits.train[:30], ink[:30])
    >>> bool(np.allclose(model.predict(digits.train), ink)), model.coef_.shape
    (True, (64,))
    """

    def _maps(self, n_features: int, n_outputs: int) -> RankBoundedMaps:
        return invariant_maps(group_of("group", self.group, n_features, "the features of X"), outputs=n_outputs)
