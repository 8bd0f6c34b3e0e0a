"""Symmetric PCA and regression as scikit-learn estimators, exactly optimal over all components."""

from equivariety.estimators.autoencoder import EquivariantAutoencoder
from equivariety.estimators.regression import EquivariantRegression, InvariantRegression

__all__ = ["EquivariantAutoencoder", "EquivariantRegression", "InvariantRegression"]
