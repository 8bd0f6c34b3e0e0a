"""Decompositions put together from symmetry-adapted bases of orbits."""
