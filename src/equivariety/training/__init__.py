"""Exact training: block moments, rank allocation, optimal maps, paths over the rank; gradient descent to compare."""

from equivariety.training.critical_factors import FactorsClassification, classify_factors
from equivariety.training.critical_maps import CriticalMap, critical_points
from equivariety.training.descent import Descent, gradient_descent
from equivariety.training.exact_fit import fit, fit_moments
from equivariety.training.fit_result import Fit, FitCertificate
from equivariety.training.losses import mean_squared_error
from equivariety.training.moments import BlockMoments
from equivariety.training.rank_path import FitPath, fit_path
from equivariety.training.ranked import RankedComponent

__all__ = [
    "BlockMoments",
    "CriticalMap",
    "Descent",
    "FactorsClassification",
    "Fit",
    "FitCertificate",
    "FitPath",
    "RankedComponent",
    "classify_factors",
    "critical_points",
    "fit",
    "fit_moments",
    "fit_path",
    "gradient_descent",
    "mean_squared_error",
]
