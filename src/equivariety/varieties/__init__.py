"""The rank-bounded varieties: spaces, components, counts, projections."""

from equivariety.varieties.complex_maps import ComplexComponent, ComplexRankBoundedMaps
from equivariety.varieties.component import Component
from equivariety.varieties.determinantal import DeterminantalVariety
from equivariety.varieties.families import equivariant_maps, invariant_maps, linear_maps
from equivariety.varieties.points.projection import Projection
from equivariety.varieties.rank_bounded import RankBoundedMaps
from equivariety.varieties.ranks.rank_budget import RankBudget
from equivariety.varieties.strata_union import StrataUnion

__all__ = [
    "ComplexComponent",
    "ComplexRankBoundedMaps",
    "Component",
    "DeterminantalVariety",
    "Projection",
    "RankBoundedMaps",
    "RankBudget",
    "StrataUnion",
    "equivariant_maps",
    "invariant_maps",
    "linear_maps",
]
