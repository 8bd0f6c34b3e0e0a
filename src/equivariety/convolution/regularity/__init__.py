"""Regular points of the map from filters to the end-to-end filter, and smooth points of its image."""

from equivariety.convolution.regularity.jacobian_ranks import (
    JacobianRank,
    block_filters,
    block_jacobian,
    jacobian_rank,
    merged_architecture,
    merged_jacobian,
)
from equivariety.convolution.regularity.smooth_points import FilterSingularity, block_forms, singularity

__all__ = [
    "FilterSingularity",
    "JacobianRank",
    "block_filters",
    "block_forms",
    "block_jacobian",
    "jacobian_rank",
    "merged_architecture",
    "merged_jacobian",
    "singularity",
]
