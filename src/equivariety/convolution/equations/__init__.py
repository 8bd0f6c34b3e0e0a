"""Function spaces by equations and inequalities: Zariski closure, its real points, numbers of real roots."""

from equivariety.convolution.equations.closure import ClosureEquations, closure_equations
from equivariety.convolution.equations.real_closure import closure_only_filter, fills_real_closure
from equivariety.convolution.equations.real_conditions import RealConditions, RootCondition, real_conditions

__all__ = [
    "ClosureEquations",
    "RealConditions",
    "RootCondition",
    "closure_equations",
    "closure_only_filter",
    "fills_real_closure",
    "real_conditions",
]
