"""The division algebras R, C and H as coefficient fields of isotypic blocks."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import numpy as np

from equivariety._typing import AnyArray

__all__ = ["FIELD_DIM", "Field", "field_gram", "from_real_coordinates", "to_real_coordinates"]

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


def field_gram(gram: AnyArray, field: Field) -> AnyArray:
    """Return ``sum y x^*`` over the field, shape (..., b, a), from the same sum over real coordinates.

    ``gram`` has shape (..., e b, e a), e the real dimension of the field: rows are the real components of y, one
    component after the other, columns those of x.

    >>> y, x = np.array([[1.0], [2.0]]), np.array([[3.0], [4.0]])  # 1 + 2i and 3 + 4i
    >>> field_gram(y @ x.T, "C"), (1 + 2j) * (3 - 4j)
    (array([[11.+2.j]]), (11+2j))
    """
    if field == "R":
        return gram
    if field == "C":
        b, a = gram.shape[-2] // 2, gram.shape[-1] // 2
        real = gram[..., :b, :a] + gram[..., b:, a:]
        imag = gram[..., b:, :a] - gram[..., :b, a:]
        return np.asarray(real + 1j * imag)
    raise NotImplementedError(f"moments over {field}")
