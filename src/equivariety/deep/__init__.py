"""Deep fully connected linear networks: critical functions and points, fibers, gradient flow."""

from equivariety.deep.classification import Classification
from equivariety.deep.critical_functions import CriticalFunction
from equivariety.deep.fibers import DeepFiber, NumericalPattern, RankPattern, fiber_dim, numerical_pattern
from equivariety.deep.flows import gradient_descent, gradient_flow
from equivariety.deep.imbalances import layer_imbalance, norm_imbalance
from equivariety.deep.network import LinearNetwork
from equivariety.deep.trajectory import Trajectory

__all__ = [
    "Classification",
    "CriticalFunction",
    "DeepFiber",
    "LinearNetwork",
    "NumericalPattern",
    "RankPattern",
    "Trajectory",
    "fiber_dim",
    "gradient_descent",
    "gradient_flow",
    "layer_imbalance",
    "norm_imbalance",
    "numerical_pattern",
]
