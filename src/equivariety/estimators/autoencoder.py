"""Principal components that respect a symmetry exactly."""

from __future__ import annotations

import numpy as np

from equivariety._typing import FloatArray
from equivariety.estimators.base import EquivariantEstimator, outputs_of
from equivariety.estimators.inputs import as_inputs, group_of
from equivariety.estimators.latent import Latent, principal_axes
from equivariety.tolerances import tie_tolerance
from equivariety.training import Fit
from equivariety.training.samples import Samples
from equivariety.varieties import RankBoundedMaps, equivariant_maps

__all__ = ["EquivariantAutoencoder"]


class EquivariantAutoencoder(EquivariantEstimator):
    """PCA that respects a symmetry: the best autoencoder of bounded rank that commutes with a permutation group.

    It is the global optimum over all irreducible components of the equivariant maps of rank at most ``rank`` (Kohn,
    Sattelberger, Shahverdi, arXiv 2309.13736), or over one stratum given by ``ranks``.  The reconstruction of
    permuted samples is the permuted reconstruction.  With the trivial group it is ordinary PCA.

    Args:
        group: permutes the features: a :class:`~equivariety.groups.PermutationGroup` of any number of generators, its
            text such as ``"shift:8x8:axis=1"``, or None for no symmetry.  A SignedPermutationGroup changes signs too.
        rank: bound on the number of components; None is no bound.
        ranks: fixed ranks of the blocks instead, a mapping from block label to rank or a sequence in block order.
        center: "group" subtracts the mean of the samples averaged over the group, "none" nothing.  The plain mean is
            not on offer: subtracting it would break the symmetry.
        alpha: ridge, >= 0, on the scale of sums over samples: each component is shrunk.

    Parameters are checked by ``fit``, which raises TypeError or ValueError for bad ones and UnsupportedGroupError for
    groups whose orbits are too long to be decomposed.

    What it learns:

    - ``components_`` (R, n), orthonormal rows: the axes in the order of the variance that one real dimension explains;
      those of one copy of an irreducible are neighbours.  ``component_labels_`` (R,) names their blocks.
    - ``explained_variance_ratio_`` (R,): shares of the total variance around ``mean_`` (n,), equal within a copy of an
      irreducible; together with the share that is left as ``loss_`` they sum to 1.
    - ``n_components_``, R, is the rank of ``component_``, whose ranks of blocks are ``rank_vector_``.
    - ``map_``: the linear part as a fast map, ``numpy.asarray(map_)`` its (n, n) matrix.
    - ``fit_``: everything else, such as the second best component and the certificate.
    - ``n_features_in_`` and ``feature_names_in_``: as everywhere in scikit-learn.

    >>> import equivariety as ev
    >>> digits = ev.datasets.load_digits()
    >>> pca = ev.EquivariantAutoencoder("shift:8x8:axis=1", rank=8).fit(digits.train)
    >>> pca.components_.shape, pca.component_labels_.tolist()
    ((8, 64), ['(8,7)', '(8,7)', '(4,3)', '(4,3)', '(1,1)', '(4,3)', '(4,3)', '(1,1)'])
    >>> round(float(pca.explained_variance_ratio_.sum()), 3), round(pca.score(digits.test), 3)
    (0.66, 0.662)
    >>> images = digits.test.reshape(-1, 8, 8)
    >>> moved = pca.predict(np.roll(images, 1, axis=2).reshape(-1, 64))
    >>> bool(np.allclose(moved.reshape(-1, 8, 8), np.roll(pca.predict(digits.test).reshape(-1, 8, 8), 1, axis=2)))
    True
    """

    def fit(self, X: object, y: object = None, sample_weight: object = None) -> EquivariantAutoencoder:
        """Learn from samples ``X``, shape (N, n), with weights (N,); a memory map is read in chunks.  Returns self.

        ``y`` is ignored.  Raises TypeError or ValueError for bad parameters, data or weights.
        """
        self._forget()
        self._learn(as_inputs(self, X, reset=True), None, sample_weight)
        return self

    def partial_fit(self, X: object, y: object = None, sample_weight: object = None) -> EquivariantAutoencoder:
        """Learn from further samples: exactly what ``fit`` gives for those of all calls, in any order.  Returns self.

        Memory is that of the second moments of the blocks; ValueError if that is more than the library's budget, for
        another group than in the first call.  Otherwise as ``fit``, of which nothing is kept: after it, the first
        call begins anew with a UserWarning.
        """
        self._forget_fit()
        self._learn_more(as_inputs(self, X, reset=self._moments is None), None, sample_weight)
        return self

    def score(self, X: object, y: object = None, sample_weight: object = None) -> float:
        """Return the share of the variance of ``X`` that is explained, ``1 - |X - predict(X)|^2 / |X - mean_|^2``.

        It is at most 1; squares are summed with the weights (N,).  Samples that all equal ``mean_`` score 1, or 0
        if they are not reconstructed.
        """
        learned = self._learned
        x = as_inputs(self, X, reset=False)
        samples = Samples.of(learned.fit.map.shape, x, None, sample_weight)
        total = left = size = 0.0
        for part in samples.parts():
            rows = np.asarray(x[part], np.float64)
            weights = 1.0 if samples.weights is None else samples.weights[part, None]
            left += float(np.sum(weights * (rows - outputs_of(x[part], learned)) ** 2))
            total += float(np.sum(weights * (rows - (0.0 if learned.mean_x is None else learned.mean_x)) ** 2))
            size += float(np.sum(weights * rows**2))
            samples.release(part)
        if total > tie_tolerance(np.float64) ** 2 * size:
            return 1.0 - left / total
        return float(left <= tie_tolerance(x.dtype) ** 2 * size)

    @property
    def explained_variance_ratio_(self) -> FloatArray:
        """The share of the total variance that each component explains, shape (R,), descending."""
        learned = self._learned
        explained = learned.latent.explained
        total = float(explained.sum()) + learned.fit.loss
        return explained / total if total else np.zeros_like(explained)

    def _maps(self, n_features: int, n_outputs: int) -> RankBoundedMaps:
        return equivariant_maps(group_of("group", self.group, n_features, "the features of X"))

    @staticmethod
    def _axes(found: Fit) -> Latent:
        return principal_axes(found)
