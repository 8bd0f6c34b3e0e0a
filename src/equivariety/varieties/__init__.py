"""The rank-bounded varieties: spaces, components, counts, projections."""

from equivariety.varieties.component import Component
from equivariety.varieties.families import equivariant_maps, invariant_maps, linear_maps
from equivariety.varieties.points.projection import Projection
from equivariety.varieties.rank_bounded import RankBoundedMaps
from equivariety.varieties.ranks.rank_budget import RankBudget

__all__ = [
    "Component",
    "Projection",
    "RankBoundedMaps",
    "RankBudget",
    "equivariant_maps",
    "invariant_maps",
    "linear_maps",
]
