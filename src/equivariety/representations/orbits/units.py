"""Bases in which the units of C and H act by the fixed left multiplications on coordinates (e, m)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equivariety._typing import FloatArray
from equivariety.linalg import Field, algebra

__all__ = ["commutator", "left_units", "unit_basis"]


def left_units(field: Field) -> tuple[FloatArray, ...]:
    """Return the real (e, e) matrices of left multiplication by the units other than 1.

    >>> [u.tolist() for u in left_units("C")]
    [[[0.0, -1.0], [1.0, 0.0]]]
    """
    over = algebra(field)
    one = np.eye(over.dim)[:, None, :, None]  # (unit, d = 1, e, m = 1)
    units = [over.from_real(u) for u in one]
    return tuple(np.stack([over.to_real(p @ q)[0, :, 0] for q in units], axis=1) for p in units[1:])


def unit_basis(units: Sequence[FloatArray]) -> FloatArray:
    """Return an orthogonal (delta, delta) matrix that takes anticommuting complex structures to left multiplications.

    ``units`` holds no, one (C) or two (H) orthogonal skew matrices.  In the new coordinates, ordered (e, m), they
    are multiplication by i, and by i and j, from the left.

    >>> unit_basis([np.array([[0.0, -1.0], [1.0, 0.0]])]).shape
    (2, 2)
    """
    size = len(units[0])
    family = [np.eye(size), *units]
    if len(units) == 2:
        family.append(units[0] @ units[1])
    e = len(family)
    rng = np.random.default_rng(size)
    columns = np.zeros((size, e, 0))
    for _ in range(size // e):
        vector = rng.standard_normal(size)
        taken = columns.reshape(size, -1)
        for _ in range(2):  # once more, since rounding of the first pass is magnified where little is left
            vector = vector - taken @ (taken.T @ vector)
            vector = vector / np.linalg.norm(vector)
        columns = np.concatenate([columns, np.stack([u @ vector for u in family], axis=1)[:, :, None]], axis=2)
    return columns.reshape(size, size)


def commutator(field: Field, actions: FloatArray) -> float:
    """Return the largest entry of a commutator of matrices (count, delta, delta) with the left units of the field."""
    worst = 0.0
    for unit in left_units(field):
        whole = np.kron(unit, np.eye(actions.shape[-1] // len(unit)))
        worst = max(worst, float(np.abs(whole @ actions - actions @ whole).max(initial=0.0)))
    return worst
