"""Linear convolutional networks: function spaces, membership, critical points."""

from equivariety.convolution.architecture import Architecture, ScaleBlock
from equivariety.convolution.critical import CriticalFilter, CriticalFilters, FilterPoint, LocalSearch
from equivariety.convolution.filter_moments import FilterMoments
from equivariety.convolution.function_space import FunctionSpace
from equivariety.convolution.layers import ConvolutionalLayer
from equivariety.convolution.network import LinearConvolutionalNetwork
from equivariety.convolution.regularity import FilterSingularity, JacobianRank, jacobian_rank, singularity
from equivariety.convolution.segre import generic_ed_degree, polar_degrees, segre_degree

__all__ = [
    "Architecture",
    "ConvolutionalLayer",
    "CriticalFilter",
    "CriticalFilters",
    "FilterMoments",
    "FilterPoint",
    "FilterSingularity",
    "FunctionSpace",
    "JacobianRank",
    "LinearConvolutionalNetwork",
    "LocalSearch",
    "ScaleBlock",
    "generic_ed_degree",
    "jacobian_rank",
    "polar_degrees",
    "segre_degree",
    "singularity",
]
