"""The division algebras R, C and H as coefficient fields of isotypic blocks."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import numpy as np

from equivariety._typing import AnyArray

__all__ = ["FIELD_DIM", "Field", "from_real_coordinates", "to_real_coordinates"]

Field: TypeAlias = Literal["R", "C", "H"]

#: Real dimension of each field.
FIELD_DIM: Final[dict[str, int]] = {"R": 1, "C": 2, "H": 4}


def from_real_coordinates(part: AnyArray, field: Field) -> AnyArray:
    """Return the coordinates over the field of real coordinates ``part`` of shape ``(..., d, e, m)``.

    ``e`` is the real dimension of the field; the result has shape ``(..., d, m)``, real for R, complex for C.

    >>> from_real_coordinates(np.array([[[3.0], [4.0]]]), "C")
    array([[3.+4.j]])
    """
    if field == "R":
        return part[..., 0, :]
    if field == "C":
        out = np.empty((*part.shape[:-2], part.shape[-1]), dtype=np.result_type(part.dtype, np.complex64))
        out.real = part[..., 0, :]
        out.imag = part[..., 1, :]
        return out
    raise NotImplementedError(f"coordinates over {field}")


def to_real_coordinates(values: AnyArray, field: Field) -> AnyArray:
    """Return the real coordinates ``(..., d, e, m)`` of coordinates ``(..., d, m)`` over the field.

    >>> to_real_coordinates(np.array([[3.0 + 4.0j]]), "C").shape
    (1, 2, 1)
    """
    if field == "R":
        return values[..., None, :]
    if field == "C":
        return np.stack([values.real, values.imag], axis=-2)
    raise NotImplementedError(f"coordinates over {field}")
