"""Equations of the varieties: minors in block coordinates or in entries, and scripts for computer algebra."""

from equivariety.varieties.equations.equation_system import Coordinates, Equations
from equivariety.varieties.equations.homotopy_continuation import homotopy_continuation_script
from equivariety.varieties.equations.ideals import component_equations, space_equations
from equivariety.varieties.equations.macaulay2 import macaulay2_script
from equivariety.varieties.equations.singular import singular_script

__all__ = [
    "Coordinates",
    "Equations",
    "component_equations",
    "homotopy_continuation_script",
    "macaulay2_script",
    "singular_script",
    "space_equations",
]
