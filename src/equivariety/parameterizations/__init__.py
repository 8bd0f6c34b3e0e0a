"""Factorizations of equivariant maps through their latent space, and the weight sharing these impose."""

from equivariety.parameterizations.factorization import Factorization
from equivariety.parameterizations.normal_forms import factorize
from equivariety.parameterizations.orbits import collapse, expand, orbit_indicator
from equivariety.parameterizations.shared_weights import SharedWeights
from equivariety.parameterizations.weight_sharing import WeightSharing, weight_sharing

__all__ = [
    "Factorization",
    "SharedWeights",
    "WeightSharing",
    "collapse",
    "expand",
    "factorize",
    "orbit_indicator",
    "weight_sharing",
]
