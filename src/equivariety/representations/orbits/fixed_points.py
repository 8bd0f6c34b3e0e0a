"""Points that no generator moves, beside orbits that a route decomposes: they add to the trivial irreducible only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from equivariety._typing import IntArray
from equivariety.groups.orbits.orbit_classes import OrbitClass
from equivariety.representations.orbits.adapted_orbits import AdaptedOrbits, DenseBasis

__all__ = ["beside_fixed_points"]


def beside_fixed_points(images: IntArray, adapt: Callable[[IntArray], AdaptedOrbits | None]) -> AdaptedOrbits | None:
    """Return the bases that ``adapt`` finds for the points that are moved, together with the points that are not.

    ``images`` holds generators, shape (g, n), not all of them identities.  The trivial irreducible found by ``adapt``
    has to be a batch of its own.  None where ``adapt`` finds nothing.

    >>> from equivariety.representations.routes.dense_orbits import dense_orbits
    >>> from equivariety.groups.orbits.orbit_classes import orbit_classes
    >>> images = np.array([[1, 2, 0, 3], [1, 0, 2, 3]])
    >>> system = beside_fixed_points(images, lambda rows: dense_orbits(orbit_classes(rows)))
    >>> [(b.dim, b.multiplicities) for b in system.batches]
    [(1, (1, 1)), (2, (1, 0))]
    """
    moves = (images != np.arange(images.shape[1])).any(axis=0)
    if moves.all():
        return adapt(images)
    moved = np.flatnonzero(moves)
    number = np.cumsum(moves) - 1
    found = adapt(number[images[:, moved]])
    if found is None:
        return None
    classes = [OrbitClass(c.table, moved[c.index]) for c in found.classes]
    fixed = OrbitClass(np.zeros((len(images), 1), dtype=np.int64), np.flatnonzero(~moves)[:, np.newaxis])
    batches = [replace(b, multiplicities=(*b.multiplicities, int(k == 0))) for k, b in enumerate(found.batches)]
    return AdaptedOrbits(
        (*classes, fixed),
        (*found.bases, DenseBasis(np.ones((1, 1)))),
        tuple(batches),
        partial(_num_orbitals, found.num_orbitals, len(classes)),
    )


def _num_orbitals(among: Callable[[int, int], int], fixed: int, t: int, u: int) -> int:
    """Those among the first ``fixed`` classes, and one for each pair with a fixed point."""
    return 1 if fixed in (t, u) else among(t, u)
