"""The realization map R of complex matrices as real ones (talk, "Realization map").

``R(z) = [[Re z, -Im z], [Im z, Re z]]``, entry by entry: a complex (b, a) matrix becomes a real (2b, 2a) one.
R is multiplicative and ``|R(B)|_F^2 = 2 |B|_F^2``.  A singular value of ``B`` appears twice in ``R(B)``, so a real
SVD cut at an odd rank leaves the image of R: truncate over C, then realize.
"""

from __future__ import annotations

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid
from equivariety.linalg.arrays import as_float_array, as_real_array, check_finite
from equivariety.tolerances import equivariance_tolerance

__all__ = ["realize", "unrealize"]


def realize(matrix: AnyArray) -> FloatArray:
    """Return the real matrix ``R(matrix)`` of shape ``(2b, 2a)`` for ``matrix`` of shape ``(b, a)``.

    Multiplicative, and isometric up to the factor sqrt(2) of the Frobenius norm.  Raises ValueError if ``matrix``
    does not have two axes or is not finite, TypeError if it does not hold numbers.

    >>> realize(np.array([[2 + 1j]])).tolist()
    [[2.0, -1.0], [1.0, 2.0]]
    """
    z = as_real_array("matrix", matrix, kinds="iufc")
    check_finite("matrix", z)
    if z.ndim != 2:
        raise invalid("matrix", "a (b, a) matrix", f"shape {z.shape}", "pass one matrix")
    rows, cols = z.shape
    out = np.empty((rows, 2, cols, 2), dtype=np.result_type(z.real.dtype, np.float32))
    z = z.astype(np.result_type(z.dtype, np.float32), copy=False)  # negating an unsigned integer would wrap around
    out[:, 0, :, 0] = out[:, 1, :, 1] = z.real
    out[:, 1, :, 0] = z.imag
    out[:, 0, :, 1] = -z.imag
    return out.reshape(2 * rows, 2 * cols)


def unrealize(matrix: AnyArray, tolerance: float | None = None) -> AnyArray:
    """Return the complex ``(b, a)`` matrix ``B`` with ``realize(B) == matrix``.

    ``matrix`` is real of shape ``(2b, 2a)``.  Raises ValueError if it is farther from the image of R than
    ``tolerance`` times its norm (default: the equivariance tolerance of its dtype).

    >>> unrealize(np.array([[2.0, -1.0], [1.0, 2.0]]))
    array([[2.+1.j]])
    """
    real = as_float_array("matrix", matrix)
    if real.ndim != 2 or real.shape[0] % 2 or real.shape[1] % 2:
        raise invalid("matrix", "a real (2b, 2a) matrix", f"shape {real.shape}", "pass a value of realize()")
    quads = real.reshape(real.shape[0] // 2, 2, real.shape[1] // 2, 2)
    out = 0.5 * ((quads[:, 0, :, 0] + quads[:, 1, :, 1]) + 1j * (quads[:, 1, :, 0] - quads[:, 0, :, 1]))
    allowed = equivariance_tolerance(real.dtype) if tolerance is None else tolerance
    gap = float(np.linalg.norm(realize(out) - real))
    if gap > allowed * float(np.linalg.norm(real)):
        raise invalid(
            "matrix", "built of 2x2 blocks [[p, -q], [q, p]]", f"a distance of {gap:.3g} from them", "project it first"
        )
    return np.asarray(out, dtype=np.result_type(real.dtype, np.complex64))
