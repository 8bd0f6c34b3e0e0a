"""Factorizations of equivariant maps through their latent space, and the weight sharing these impose."""

from equivariety.parameterizations.commutant_patterns import CommutantPattern, commutant_pattern
from equivariety.parameterizations.factorization import Factorization
from equivariety.parameterizations.fibers import BlockFiber, BlockStratum, Fiber, FiberStratum, ProductFiber, fiber
from equivariety.parameterizations.normal_forms import factorize
from equivariety.parameterizations.orbits import collapse, expand, orbit_indicator
from equivariety.parameterizations.shared_weights import SharedWeights
from equivariety.parameterizations.weight_sharing import WeightSharing, weight_sharing

__all__ = [
    "BlockFiber",
    "BlockStratum",
    "CommutantPattern",
    "Factorization",
    "Fiber",
    "FiberStratum",
    "ProductFiber",
    "SharedWeights",
    "WeightSharing",
    "collapse",
    "commutant_pattern",
    "expand",
    "factorize",
    "fiber",
    "orbit_indicator",
    "weight_sharing",
]
