"""Checks of arguments that every module of this folder shares: integers, image lists, shapes."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from equivariety._typing import AnyArray, IntArray
from equivariety.errors import brief, invalid
from equivariety.tolerances import GENERATOR_ENTRIES_BUDGET, MAX_DEGREE

__all__ = ["as_degree", "as_images", "as_integer", "as_integer_array", "as_shape", "check_room"]

_MAX_AXES = 32


def as_integer(argument: str, value: object, required: str = "an integer") -> int:
    """Return ``value`` as an int; bools, floats and text raise a TypeError."""
    if not isinstance(value, (bool, np.bool_)):
        try:
            return operator.index(value)  # type: ignore[arg-type]
        except TypeError:
            pass
    raise invalid(argument, required, value, "pass a whole number without a decimal point", TypeError)


def as_degree(value: object, argument: str = "degree") -> int:
    """Return a number of points, 1 to MAX_DEGREE."""
    required = f"an integer from 1 to {MAX_DEGREE}"
    degree = as_integer(argument, value, required)
    if not 1 <= degree <= MAX_DEGREE:
        raise invalid(argument, required, degree, "pass the number of points that the group acts on")
    return degree


def check_room(n_generators: int, degree: int) -> None:
    """Raise a ValueError when the images of all generators would not fit into memory."""
    if n_generators * degree > GENERATOR_ENTRIES_BUDGET:
        required = f"so few that all generators have at most {GENERATOR_ENTRIES_BUDGET} images"
        got = f"{n_generators} generators of {degree} points"
        raise invalid("generators", required, got, "act on fewer points, or with fewer generators")


def as_shape(value: object, argument: str = "shape") -> tuple[int, ...]:
    """Return an array shape: an int p becomes (p,); 1 to 32 axes, all sizes >= 1, product at most MAX_DEGREE."""
    required = f"a positive integer or 1 to {_MAX_AXES} of them, with a product of at most {MAX_DEGREE}"
    several = value.ndim == 1 if isinstance(value, np.ndarray) else isinstance(value, Sequence)
    if several and not isinstance(value, (str, bytes)):
        sizes = tuple(as_integer(argument, size, required) for size in cast("Sequence[object]", value))
    else:
        sizes = (as_integer(argument, value, required),)
    if not 1 <= len(sizes) <= _MAX_AXES or min(sizes) < 1 or math.prod(sizes) > MAX_DEGREE:
        raise invalid(argument, required, value, "pass the shape of one sample, such as (28, 28)")
    return sizes


def as_integer_array(argument: str, value: Any, required: str) -> AnyArray:
    """Return ``value`` as a signed or unsigned integer array; floats, bools and ragged lists raise."""
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as problem:
        raise invalid(argument, required, value, "give all rows the same length") from problem
    if array.size and (array.dtype.kind not in "iu" or _holds_a_bool(value)):
        got = f"{brief(value)} (dtype {array.dtype})"
        raise invalid(argument, required, got, "convert it to integers, 0-based, first", TypeError)
    return array if array.size else array.astype(np.int64)


def _holds_a_bool(value: object) -> bool:
    # NumPy turns [True, 0] into integers silently; inside an array the dtype has told already.
    if isinstance(value, (list, tuple)):
        return any(map(_holds_a_bool, value))
    return isinstance(value, (bool, np.bool_))


def as_images(value: Any, argument: str = "images") -> IntArray:
    """Return a read-only int64 copy of the image list of a permutation of 0..n-1, n >= 1; shape (n,)."""
    required = "a 1-D list of the integers 0..n-1, each once, n >= 1"
    array = as_integer_array(argument, value, required)
    n = array.size
    if array.ndim != 1 or n == 0:
        fix = "pass one image per point" if n == 0 else "pass one row, or use PermutationGroup for several generators"
        raise invalid(argument, required, f"an array of shape {array.shape}", fix)
    low, high = int(array.min()), int(array.max())
    if low < 0 or high >= n:
        at = int(array.argmin() if low < 0 else array.argmax())
        shifted = low == 1 and high == n
        fix = "subtract 1: points are 0-based" if shifted else f"keep all images between 0 and {n - 1}"
        raise invalid(argument, required, f"{argument}[{at}] = {int(array[at])} for n = {n}", fix)
    images = array.astype(np.int64)
    counts = np.bincount(images, minlength=n)
    if counts.max() > 1:
        point = int(counts.argmax())
        first, second = np.flatnonzero(images == point)[:2].tolist()
        got = f"{argument}[{first}] = {argument}[{second}] = {point}"
        raise invalid(argument, required, got, f"use the missing point {int(counts.argmin())} in one of the two places")
    images.flags.writeable = False
    return images
