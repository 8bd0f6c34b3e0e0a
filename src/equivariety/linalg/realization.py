"""The realization maps of complex (talk, "Realization map") and quaternionic matrices as real ones.

Entry by entry a number becomes the real matrix of its left multiplication: ``[[Re z, -Im z], [Im z, Re z]]`` over C, so
that a (b, a) matrix becomes a real (2b, 2a) one, and a 4x4 cell over H.  The map R is multiplicative and
``|R(B)|_F^2 = e |B|_F^2`` with e = 2 or 4.  A singular value of ``B`` appears e times in ``R(B)``, so a real SVD cut at
a rank that e does not divide leaves the image of R: truncate over C or H, then realize.
"""

from __future__ import annotations

from typing import get_args

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import brief, invalid
from equivariety.linalg.arrays import as_float_array, as_real_array, check_finite
from equivariety.linalg.division_algebras import DivisionAlgebra, Field, algebra
from equivariety.linalg.truncated_svd import frobenius_norm
from equivariety.tolerances import equivariance_tolerance

__all__ = ["realize", "unrealize"]


def realize(matrix: AnyArray, field: Field = "C") -> FloatArray:
    """Return the real matrix ``R(matrix)`` of shape ``(e b, e a)`` for a (b, a) matrix over the field.

    Args:
        matrix: over R and C an array (b, a); over H its complex adjoint (2b, 2a), or its real components (b, a, 4).
        field: "C" (e = 2), "H" (e = 4) or "R" (e = 1).

    Multiplicative, and isometric up to the factor sqrt(e) of the Frobenius norm.  Raises ValueError for another shape
    or field, for entries that are not finite and for arrays that are no adjoint, TypeError if ``matrix`` does not hold
    numbers.

    >>> realize(np.array([[2 + 1j]])).tolist()
    [[2.0, -1.0], [1.0, 2.0]]
    >>> realize(np.array([[[1.0, 2.0, 3.0, 4.0]]]), "H").tolist()
    [[1.0, -2.0, -3.0, -4.0], [2.0, 1.0, -4.0, 3.0], [3.0, 4.0, 1.0, -2.0], [4.0, -3.0, 2.0, 1.0]]
    """
    over = _algebra(field)
    z = as_real_array("matrix", matrix, kinds="iufb" if over.name == "R" else "iufbc")
    check_finite("matrix", z)
    z = z.astype(np.result_type(z.dtype, np.float32), copy=False)  # negating an unsigned integer would wrap around
    parts = _parts(z, over)
    part, sign = over.cells
    cells = np.moveaxis(parts, -2, 0)[part] * sign[:, :, None, None].astype(parts.dtype)  # (e', e, b, a)
    rows, cols = cells.shape[2:]
    return np.ascontiguousarray(cells.transpose(2, 0, 3, 1)).reshape(rows * over.dim, cols * over.dim)


def unrealize(matrix: AnyArray, tolerance: float | None = None, *, field: Field = "C") -> AnyArray:
    """Return the matrix ``B`` over the field with ``realize(B, field) == matrix``; over H its complex adjoint.

    ``matrix`` is real of shape ``(e b, e a)``.  Raises ValueError for another shape or field, and if it is farther from
    the image of R than ``tolerance`` times its norm (default: the equivariance tolerance of its dtype).

    >>> unrealize(np.array([[2.0, -1.0], [1.0, 2.0]]))
    array([[2.+1.j]])
    """
    over = _algebra(field)
    real = as_float_array("matrix", matrix)
    e = over.dim
    if real.ndim != 2 or real.shape[0] % e or real.shape[1] % e:
        required = f"a real ({e}b, {e}a) matrix" if e > 1 else "a real (b, a) matrix"
        raise invalid("matrix", required, f"shape {real.shape}", "pass a value of realize()")
    out = over.project_cells(real.reshape(real.shape[0] // e, e, real.shape[1] // e, e))
    allowed = equivariance_tolerance(real.dtype) if tolerance is None else tolerance
    gap = float(np.linalg.norm(realize(out, over.name) - real))
    if gap > allowed * float(np.linalg.norm(real)):
        cells = "2x2 blocks [[p, -q], [q, p]]" if e == 2 else f"{e}x{e} blocks of left multiplications"
        raise invalid("matrix", f"built of {cells}", f"a distance of {gap:.3g} from them", "project it first")
    return np.array(out)


def _algebra(field: object) -> DivisionAlgebra:
    if not isinstance(field, str) or field not in get_args(Field):
        raise invalid("field", '"R", "C" or "H"', brief(field), 'leave it out for "C"')
    return algebra(field)  # type: ignore[arg-type]


def _parts(z: AnyArray, over: DivisionAlgebra) -> AnyArray:
    """The real components (b, e, a) of a checked matrix."""
    if over.name != "H":
        if z.ndim != 2:
            raise invalid("matrix", "a (b, a) matrix", f"shape {z.shape}", "pass one matrix")
        return over.to_real(z)
    if z.ndim == 3 and z.shape[2] == 4 and z.dtype.kind != "c":
        return np.moveaxis(z, -1, -2)
    if z.ndim != 2 or z.shape[0] % 2 or z.shape[1] % 2:
        required = "a complex adjoint (2b, 2a) or real components (b, a, 4)"
        raise invalid("matrix", required, f"shape {z.shape}", "pass one quaternionic matrix")
    parts = over.to_real(z)
    gap = frobenius_norm(over.from_real(parts) - z)
    if gap > equivariance_tolerance(z.dtype) * frobenius_norm(z):
        required = "built of cells [[p, q], [-conj(q), conj(p)]]"
        raise invalid("matrix", required, f"a distance of {gap:.3g} from them", "see linalg.algebra")
    return parts
