"""Plain-data answers to questions about spaces, fits, networks and the installation, for all fronts."""

from equivariety.queries.answers import (
    component_answer,
    components_answer,
    fit_answer,
    path_answer,
    projection_answer,
)
from equivariety.queries.convolutional import (
    build_network,
    critical_filters_answer,
    end_to_end_answer,
    equations_answer,
    filter_point_answer,
    function_space_answer,
    membership_answer,
    parse_filter,
    theorem_answer,
)
from equivariety.queries.geometry import describe_geometry, geometry_answer
from equivariety.queries.installation import environment
from equivariety.queries.spaces import build_space, describe_space, group_answer, parse_ranks

__all__ = [
    "build_network",
    "build_space",
    "component_answer",
    "components_answer",
    "critical_filters_answer",
    "describe_geometry",
    "describe_space",
    "end_to_end_answer",
    "environment",
    "equations_answer",
    "filter_point_answer",
    "fit_answer",
    "function_space_answer",
    "geometry_answer",
    "group_answer",
    "membership_answer",
    "parse_filter",
    "parse_ranks",
    "path_answer",
    "projection_answer",
    "theorem_answer",
]
