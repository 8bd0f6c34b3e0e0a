"""Groups by listing all elements: slow, and independent of the library."""

from __future__ import annotations

from itertools import product
from typing import Any

__all__ = ["elements", "pair_orbits"]


def elements(generators: Any, degree: int) -> set[tuple[int, ...]]:
    """All elements as tuples of images, by multiplying until nothing new appears."""
    rows = [tuple(int(i) for i in g) for g in generators]
    found = {tuple(range(degree))}
    new = set(found)
    while new:
        new = {tuple(g[i] for i in x) for g in rows for x in new} - found
        found |= new
    return found


def pair_orbits(generators: Any, degree: int) -> set[frozenset[tuple[int, int]]]:
    """The orbits on ordered pairs of points."""
    group = elements(generators, degree)
    return {frozenset((x[i], x[j]) for x in group) for i, j in product(range(degree), repeat=2)}
