"""Fibers of (W_1, ..., W_H) -> W_H ... W_1 for any number of layers: rank patterns, dimensions, components, points."""

from equivariety.deep.fibers.rank_patterns import RankPattern

__all__ = ["RankPattern"]
