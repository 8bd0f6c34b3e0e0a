"""Fibers of (W_1, ..., W_H) -> W_H ... W_1 for any number of layers: rank patterns, dimensions, components, points."""

from equivariety.deep.fibers.deep_fibers import DeepFiber, fiber_dim
from equivariety.deep.fibers.numerical_patterns import NumericalPattern, numerical_pattern
from equivariety.deep.fibers.rank_patterns import RankPattern

__all__ = ["DeepFiber", "NumericalPattern", "RankPattern", "fiber_dim", "numerical_pattern"]
