"""Exact training: second moments of blocks, rank allocation, optimal autoencoders."""

from equivariety.training.exact_fit import Fit, FitCertificate, fit
from equivariety.training.losses import mean_squared_error

__all__ = ["Fit", "FitCertificate", "fit", "mean_squared_error"]
