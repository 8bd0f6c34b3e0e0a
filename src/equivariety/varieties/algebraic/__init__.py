"""General small affine varieties by Groebner bases: an own reader of polynomials, F4 modulo primes, real points."""

from equivariety.varieties.algebraic.affine_points import AffineMembership, AffineSingularity
from equivariety.varieties.algebraic.distance_critical_points import DistanceCriticalPoint
from equivariety.varieties.algebraic.variety import AlgebraicVariety

__all__ = ["AffineMembership", "AffineSingularity", "AlgebraicVariety", "DistanceCriticalPoint"]
