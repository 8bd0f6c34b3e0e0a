"""Invariant matrices without their repeated columns: the map psi of the talk and its inverse.

M is invariant under a group iff its columns agree on each orbit A_1..A_k.  psi keeps one column per orbit, so
M = psi(M) E with E the (k, n) indicator of the orbits (Kohn, Sattelberger, Shahverdi, arXiv 2309.13736, proposition on
invariant linear autoencoders).  psi is linear and preserves rank but is not an isometry: column j of psi(M) stands for
|A_j| columns of M.  In an orthonormal basis of the invariants, as in the trivial isotypic block, column j of psi(M) is
multiplied by sqrt(|A_j|).
"""

from __future__ import annotations

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid
from equivariety.groups import PermutationGroup
from equivariety.linalg import as_float_array
from equivariety.tolerances import DENSE_ENTRIES_BUDGET, equivariance_tolerance

__all__ = ["collapse", "expand", "orbit_indicator"]


def orbit_indicator(group: PermutationGroup) -> FloatArray:
    """Return E, shape (k, n), with 1.0 in row i on the points of orbit i and 0.0 elsewhere.

    The orbits are numbered by their smallest points, as in ``group.orbits``; E is the talk's E_P(sigma).  Raises
    TypeError if ``group`` is not a PermutationGroup and ValueError beyond the dense budget.

    >>> G = PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)
    >>> orbit_indicator(G).astype(int).tolist()
    [[1, 0, 1, 1, 0], [0, 1, 0, 0, 1]]
    """
    _check_group(group)
    k, n = group.n_orbits, group.degree
    if k * n > DENSE_ENTRIES_BUDGET:
        fix = "use group.orbit_partition, the orbit number of each point"
        raise invalid("group", f"small enough for {DENSE_ENTRIES_BUDGET} entries", f"{k} orbits of {n} points", fix)
    out = np.zeros((k, n))
    out[group.orbit_partition, np.arange(n)] = 1.0
    return out


def collapse(matrix: object, group: PermutationGroup, tolerance: float | None = None) -> AnyArray:
    """Return psi(matrix), shape (m, k): of the columns of each orbit, which must agree, that of the smallest point.

    Args:
        matrix: real, finite, of shape (m, n), invariant under the group; integers become float64.
        group: acts on the n columns; any number of generators.
        tolerance: columns may differ by this times the largest entry; default: the library's for the dtype.

    Raises ValueError, naming two columns of one orbit, if the matrix is not invariant, and TypeError or ValueError for
    anything that is not such a matrix.

    >>> G = PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)
    >>> collapse([[1, 2, 1, 1, 2], [3, 4, 3, 3, 4]], G).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    >>> collapse([[1, 2, 1, 0, 2]], G)
    Traceback (most recent call last):
    ValueError: matrix must be invariant, its columns equal on each orbit; got columns 0 and 3, of one orbit, ...
    """
    _check_group(group)
    dense = as_float_array("matrix", matrix)
    if dense.ndim != 2 or dense.shape[1] != group.degree:
        required = f"of shape (m, {group.degree}), one column per point"
        raise invalid("matrix", required, f"shape {dense.shape}", "pass an invariant matrix of this group")
    if tolerance is not None and not (isinstance(tolerance, int | float) and 0 <= tolerance < 1):
        raise invalid("tolerance", "a number from 0 to 1, or None", tolerance, "pass None for the default")
    first = np.array([orbit[0] for orbit in group.orbits])
    kept = dense[:, first]
    allowed = equivariance_tolerance(dense.dtype) if tolerance is None else tolerance
    scale = float(np.abs(dense).max(initial=0.0)) or 1.0
    gaps = np.abs(dense / scale - (kept / scale)[:, group.orbit_partition])
    if gaps.size and float(gaps.max()) > allowed:
        row, column = np.unravel_index(int(gaps.argmax()), gaps.shape)
        mate = int(first[group.orbit_partition[column]])
        raise invalid(
            "matrix",
            "invariant, its columns equal on each orbit",
            f"columns {mate} and {column}, of one orbit, with {dense[row, mate]:.6g} and {dense[row, column]:.6g} "
            f"in row {row}",
            "project it first: invariant_maps(group, outputs=m).project(matrix).point",
        )
    return np.ascontiguousarray(kept)


def expand(collapsed: object, group: PermutationGroup) -> AnyArray:
    """Return the invariant (m, n) matrix ``collapsed @ orbit_indicator(group)``; inverse of :func:`collapse`.

    ``collapsed`` is real, finite, of shape (m, k) with k the number of orbits; its columns are repeated, so float32
    stays float32 and no digit changes.  Raises TypeError or ValueError for anything else.

    >>> G = PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)
    >>> expand([[1.0, 2.0]], G).tolist()
    [[1.0, 2.0, 1.0, 1.0, 2.0]]
    """
    _check_group(group)
    columns = as_float_array("collapsed", collapsed)
    if columns.ndim != 2 or columns.shape[1] != group.n_orbits:
        required = f"of shape (m, {group.n_orbits}), one column per orbit"
        raise invalid("collapsed", required, f"shape {columns.shape}", "pass what collapse() returned")
    return np.ascontiguousarray(columns[:, group.orbit_partition])


def _check_group(group: object) -> None:
    if not isinstance(group, PermutationGroup):
        raise invalid("group", "a PermutationGroup", group, "build one with PermutationGroup(generators)", TypeError)
