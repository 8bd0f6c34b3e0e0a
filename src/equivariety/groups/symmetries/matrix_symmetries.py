"""Symmetries of given data: the permutations of coordinates that leave a matrix, such as a covariance, unchanged."""

from __future__ import annotations

from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray, IntArray
from equivariety.errors import brief, invalid
from equivariety.groups.group import PermutationGroup
from equivariety.groups.symmetries.graph_symmetries import graph_automorphisms
from equivariety.tolerances import GENERATOR_ENTRIES_BUDGET, equivariance_tolerance

__all__ = ["symmetries_of"]

_REQUIRED = "a square matrix of finite real numbers, NumPy or SciPy sparse"


def symmetries_of(matrix: Any, tol: float | None = None) -> PermutationGroup:
    """Return the permutations sigma with ``matrix[sigma][:, sigma] == matrix`` up to ``tol``: P M = M P.

    These are the groups for which the matrix is equivariant.  For data X of shape (N, n) pass ``np.cov(X.T)``, the
    symmetries of the second moments; a sample covariance has symmetries only up to sampling errors, of about
    N^(-1/2) relative to the variances, and ``tol`` has to be larger.

    Values within ``tol`` of each other are put into one class, and so are chains of such values; the group is that of
    the graph whose edges are coloured by the classes (the extra ``graphs``; see :func:`graph_automorphisms`).  Hence
    every permutation that moves no entry by more than ``tol`` is found.  What can go wrong is the converse: a chain,
    such as 0, 0.9 tol, 1.8 tol, joins values that differ by more.  Each generator is therefore compared with the matrix
    itself, and a ValueError says so if one moves an entry by more than ``tol``.  Products of k generators may move
    entries by k times ``tol``; ``equivariance_error(matrix, group)`` measures all generators.

    Args:
        matrix: shape (n, n); not necessarily symmetric.
        tol: largest difference of equal entries relative to the largest absolute entry, at least 0 and below 1; None
            is 1e-10, and 5e-5 for float32 matrices.

    Raises:
        ValueError: for matrices that are not square or not finite, another ``tol``, and chains as above.
        ModuleNotFoundError: where igraph is needed and missing.

    >>> M = np.array([[2.0, 1, 0, 1], [1, 2, 1, 0], [0, 1, 2, 1], [1, 0, 1, 2]])
    >>> symmetries_of(M).order(), symmetries_of(np.diag([1.0, 1.0, 3.0])).cycle_text
    (8, ('(1 2)',))
    """
    rows, columns, values, n = _entries(matrix)
    if tol is None:
        relative = equivariance_tolerance(values.dtype)
    elif isinstance(tol, (int, float)) and not isinstance(tol, bool) and 0 <= tol < 1:
        relative = float(tol)
    else:
        raise invalid("tol", "a number from 0 to below 1", tol, "give a share of the largest absolute entry")
    bound = relative * float(np.abs(values).max(initial=0.0))
    group = graph_automorphisms(_coloured(rows, columns, values, n, bound))
    for i, generator in enumerate(group.generators):
        moved = _largest_move(rows, columns, values, n, generator.images)
        if moved > bound * (1 + 1e-9):
            far = "more" if not bound else f"{moved / bound:.3g} times that"
            got = f"{relative:g}, for which generator {i}, through a chain of entries, changes one by {far}"
            raise invalid("tol", "such that no chain of close entries joins distant ones", got, "pass a smaller tol")
    return group


def _entries(matrix: Any) -> tuple[IntArray, IntArray, FloatArray, int]:
    """Return rows, columns and values of the entries, zeros of a sparse matrix left out, and n."""
    from scipy.sparse import coo_array, issparse

    fix = "pass one row and one column for each coordinate"
    if issparse(matrix):
        sparse = coo_array(matrix)
        sparse.sum_duplicates()
        shape, values = sparse.shape, np.asarray(sparse.data)
        rows, columns = sparse.row.astype(np.int64), sparse.col.astype(np.int64)
    else:
        array = _dense(matrix)
        shape, values = array.shape, array.reshape(-1)
        rows, columns = (x.reshape(-1) for x in np.indices(shape)) if len(shape) == 2 else (values, values)
    if len(shape) != 2 or shape[0] != shape[1] or not shape[0]:
        raise invalid("matrix", _REQUIRED, f"shape {shape}", fix)
    if values.dtype.kind not in "biuf":
        raise invalid("matrix", _REQUIRED, f"dtype {values.dtype}", "use real numbers", TypeError)
    values = values if values.dtype.kind == "f" else values.astype(np.float64)
    wrong = np.flatnonzero(~np.isfinite(values))
    if wrong.size:
        got = f"{values[wrong[0]]} at ({rows[wrong[0]]}, {columns[wrong[0]]})"
        raise invalid("matrix", _REQUIRED, got, "remove or impute such coordinates first")
    return rows, columns, values, int(shape[0])


def _dense(matrix: Any) -> AnyArray:
    try:
        array = np.asarray(matrix)
    except (TypeError, ValueError) as problem:
        raise invalid("matrix", _REQUIRED, brief(matrix), "pass rows of equal length") from problem
    if array.size > GENERATOR_ENTRIES_BUDGET:
        raise invalid("matrix", f"of at most {GENERATOR_ENTRIES_BUDGET} entries", f"{array.size}", "pass it as sparse")
    return array


def _coloured(rows: IntArray, columns: IntArray, values: FloatArray, n: int, bound: float) -> Any:
    """Return a sparse matrix of positive integers, equal where values are joined by steps of at most ``bound``.

    The commonest value beside the diagonal is left out, 0 if the given matrix is sparse: joined pairs are then few.
    """
    from scipy.sparse import coo_array

    ordered, inverse = np.unique(np.append(values, 0.0), return_inverse=True)
    classes = np.concatenate([[0], np.cumsum(np.diff(ordered) > bound)])[inverse.reshape(-1)]
    colours, zero = classes[:-1], int(classes[-1])
    common = int(np.bincount(colours[rows != columns], minlength=1).argmax()) if len(values) == n * n else zero
    kept = colours != common
    return coo_array((1 + colours[kept], (rows[kept], columns[kept])), shape=(n, n))


def _largest_move(rows: IntArray, columns: IntArray, values: FloatArray, n: int, images: IntArray) -> float:
    from scipy.sparse import coo_array

    # Cancelled entries stay stored, and entries where only one side has a value count as differences to 0.
    there, moved = coo_array((values, (rows, columns)), shape=(n, n)), (values, (images[rows], images[columns]))
    return float(np.abs((there.tocsr() - coo_array(moved, shape=(n, n)).tocsr()).data).max(initial=0.0))
