"""Exact training: second moments of blocks, rank allocation, optimal maps, paths over the rank."""

from equivariety.training.exact_fit import Fit, FitCertificate, fit, fit_moments
from equivariety.training.fit_path import FitPath, fit_path
from equivariety.training.losses import mean_squared_error
from equivariety.training.moments import BlockMoments
from equivariety.training.ranked import RankedComponent

__all__ = [
    "BlockMoments",
    "Fit",
    "FitCertificate",
    "FitPath",
    "RankedComponent",
    "fit",
    "fit_moments",
    "fit_path",
    "mean_squared_error",
]
