"""Linear convolutional networks: function spaces, membership, critical points."""

from equivariety.convolution.architecture import Architecture, ScaleBlock
from equivariety.convolution.segre import generic_ed_degree, polar_degrees

__all__ = ["Architecture", "ScaleBlock", "generic_ed_degree", "polar_degrees"]
