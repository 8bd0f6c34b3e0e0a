"""Arrays that a user supplies, checked once: numbers, finite, rectangular, unmasked."""

from __future__ import annotations

import numpy as np

from equivariety._typing import AnyArray, read_only
from equivariety.errors import invalid
from equivariety.tolerances import SQUARE_RANGE

__all__ = ["as_float_array", "as_real_array", "check_finite", "check_squares", "read_only"]


def as_real_array(argument: str, value: object, *, kinds: str = "iufb") -> AnyArray:
    """Return ``value`` as an array of real numbers; memory maps stay memory maps.

    Raises TypeError for entries that are not numbers and ValueError for ragged nested lists and masked entries.

    >>> as_real_array("x", [1, 2]).dtype.kind
    'i'
    """
    if np.ma.isMaskedArray(value) and np.ma.getmaskarray(value).any():
        raise invalid(argument, "an array without masked entries", "a masked array", "fill or impute them first")
    try:
        array = np.asanyarray(value)
    except ValueError as error:
        raise invalid(argument, "a rectangular array", "rows of different lengths", "make all rows equal") from error
    if np.ma.isMaskedArray(array) or isinstance(array, np.matrix):
        array = np.asarray(array)
    if array.dtype.kind not in kinds:
        raise invalid(argument, "an array of real numbers", f"dtype {array.dtype}", "convert it to float64", TypeError)
    return array


def as_float_array(argument: str, value: object) -> AnyArray:
    """Return ``value`` as a finite float32 or float64 array; integers and other floats become float64.

    Raises TypeError or ValueError as :func:`as_real_array` and :func:`check_finite` do.

    >>> as_float_array("x", [1, 2]).dtype
    dtype('float64')
    """
    array = np.asarray(as_real_array(argument, value))
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    check_finite(argument, array)
    return array


def check_finite(argument: str, array: AnyArray) -> None:
    """Raise ValueError if the array has NaN or inf.

    >>> check_finite("x", np.zeros(3))
    """
    if not np.isfinite(array).all():
        raise invalid(argument, "finite", "NaN or inf", "remove or impute such entries first")


def check_squares(argument: str, array: AnyArray) -> None:
    """Raise ValueError where the largest entry of a finite array is so large or small that squares are no good floats.

    An array of zeros is fine.

    >>> check_squares("X", np.array([1e100, 1e-300]))
    """
    least, most = SQUARE_RANGE
    largest = float(np.abs(array).max(initial=0.0))
    if largest and not least < largest < most:
        required = f"zero or with a largest entry between {least:g} and {most:g}"
        raise invalid(argument, required, f"{largest:.3g}", "change the units, so that squares are floats")
