"""The ways to find symmetry-adapted bases of orbits."""
