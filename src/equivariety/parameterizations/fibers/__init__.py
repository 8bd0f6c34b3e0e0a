"""Fibers of (A, B) -> A B: all encoder-decoder pairs of one map, their strata, components, points and singularities."""

from equivariety.parameterizations.fibers.block_fibers import BlockFiber, BlockStratum
from equivariety.parameterizations.fibers.fiber_strata import FiberStratum
from equivariety.parameterizations.fibers.map_fibers import Fiber, fiber
from equivariety.parameterizations.fibers.product_fibers import ProductFiber

__all__ = ["BlockFiber", "BlockStratum", "Fiber", "FiberStratum", "ProductFiber", "fiber"]
