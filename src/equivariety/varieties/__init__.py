"""The rank-bounded varieties: spaces, components, counts, projections."""

from equivariety.varieties.allocation import Allocation, allocate
from equivariety.varieties.component import Component
from equivariety.varieties.families import equivariant_maps, invariant_maps, linear_maps
from equivariety.varieties.projection import Projection
from equivariety.varieties.rank_bounded import RankBoundedMaps
from equivariety.varieties.rank_budget import RankBudget

__all__ = [
    "Allocation",
    "Component",
    "Projection",
    "RankBoundedMaps",
    "RankBudget",
    "allocate",
    "equivariant_maps",
    "invariant_maps",
    "linear_maps",
]
