"""The rank-bounded varieties: spaces, components, counts, projections."""

from equivariety.varieties.algebraic import (
    AffineMembership,
    AffineSingularity,
    AlgebraicVariety,
    DistanceCriticalPoint,
)
from equivariety.varieties.cards.card import GeometryCard
from equivariety.varieties.complex_maps import ComplexComponent, ComplexRankBoundedMaps
from equivariety.varieties.component import Component
from equivariety.varieties.determinantal import DeterminantalVariety
from equivariety.varieties.equations.equation_system import Equations
from equivariety.varieties.families import equivariant_maps, invariant_maps, linear_maps
from equivariety.varieties.points.critical_points import CriticalPoint, CriticalPoints
from equivariety.varieties.points.projection import Projection
from equivariety.varieties.points.tangent_spaces import LinearSubspace
from equivariety.varieties.points.verdicts import Membership, Mismatch, Singularity
from equivariety.varieties.rank_bounded import RankBoundedMaps
from equivariety.varieties.rank_family import RankFamily
from equivariety.varieties.ranks.rank_budget import RankBudget
from equivariety.varieties.strata_poset import StrataPoset
from equivariety.varieties.strata_union import StrataUnion
from equivariety.varieties.stratum import Stratum
from equivariety.varieties.variety import Variety

__all__ = [
    "AffineMembership",
    "AffineSingularity",
    "AlgebraicVariety",
    "ComplexComponent",
    "ComplexRankBoundedMaps",
    "Component",
    "CriticalPoint",
    "CriticalPoints",
    "DeterminantalVariety",
    "DistanceCriticalPoint",
    "Equations",
    "GeometryCard",
    "LinearSubspace",
    "Membership",
    "Mismatch",
    "Projection",
    "RankBoundedMaps",
    "RankBudget",
    "RankFamily",
    "Singularity",
    "StrataPoset",
    "StrataUnion",
    "Stratum",
    "Variety",
    "equivariant_maps",
    "invariant_maps",
    "linear_maps",
]
