"""Critical points of the squared error of a convolutional network: all complex ones, and the kind of a given one."""

from equivariety.convolution.critical.continuation import critical_filters
from equivariety.convolution.critical.critical_filters import CriticalFilter, CriticalFilters
from equivariety.convolution.critical.filter_hessian import half_gradient
from equivariety.convolution.critical.local_search import LocalSearch, local_search
from equivariety.convolution.critical.point_kinds import FilterPoint, classified, polished

__all__ = [
    "CriticalFilter",
    "CriticalFilters",
    "FilterPoint",
    "LocalSearch",
    "classified",
    "critical_filters",
    "half_gradient",
    "local_search",
    "polished",
]
