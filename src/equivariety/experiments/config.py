"""The configuration of the talk's experiment: small, frozen, validated when made."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from equivariety.errors import as_nonnegative_int, brief, invalid

__all__ = ["ReproductionConfig"]

_DATA = ("digits", "mnist")
_DTYPES = ("float32", "float64")


@dataclass(frozen=True)
class ReproductionConfig:
    """What to run: data, rank bound, random shifts.  Immutable.

    Attributes:
        data: "digits" (8x8, part of scikit-learn) or "mnist".
        mnist_path: file or folder with MNIST, see :func:`equivariety.datasets.load_mnist`; None asks OpenML.
        rank: bound on the real rank of the maps, an int >= 1; None is ``99 n / 784`` rounded, n the number of pixels:
            99 for 28x28 images as in the talk, 8 for the digits.  Larger than n is clamped.
        seed: int >= 0, fixes the random shifts; train and test samples are the same for every seed.
        max_shift: largest shift as a fraction of the width, in [0, 1].
        dtype: "float64" or "float32", of data and maps.

    Raises ValueError or TypeError for anything else.

    >>> ReproductionConfig().rank_for(64), ReproductionConfig(data="mnist").rank_for(784)
    (8, 99)
    """

    data: str = "digits"
    mnist_path: str | None = None
    rank: int | None = None
    seed: int = 0
    max_shift: float = 0.2
    dtype: str = "float64"

    def __post_init__(self) -> None:
        for argument, allowed in (("data", _DATA), ("dtype", _DTYPES)):
            value = getattr(self, argument)
            if value not in allowed:
                raise invalid(argument, f"one of {', '.join(allowed)}", brief(value), f"choose {allowed[0]}")
        path: object = self.mnist_path
        if path is not None:
            if not isinstance(path, str | os.PathLike):
                raise invalid("mnist_path", "a path or None", path, "pass the name of a file or a folder", TypeError)
            if self.data != "mnist":
                raise invalid("mnist_path", 'None unless data is "mnist"', brief(str(path)), 'choose data "mnist"')
            object.__setattr__(self, "mnist_path", os.fspath(path))
        if self.rank is not None:
            rank = as_nonnegative_int("rank", self.rank, "give a whole number, or none for the default")
            if rank == 0:
                raise invalid("rank", "an integer >= 1", 0, "the zero map needs no experiment")
            object.__setattr__(self, "rank", rank)
        object.__setattr__(self, "seed", as_nonnegative_int("seed", self.seed))
        object.__setattr__(self, "max_shift", _fraction(self.max_shift))

    def rank_for(self, n: int) -> int:
        """Return the rank bound for images of ``n`` pixels."""
        return max(1, (2 * 99 * n + 784) // (2 * 784)) if self.rank is None else self.rank

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain data."""
        return asdict(self)


def _fraction(value: object) -> float:
    number = float("nan")
    if not isinstance(value, bool | str | bytes):
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            number = float("nan")
    if not (isfinite(number) and 0.0 <= number <= 1.0):
        raise invalid("max_shift", "a number in [0, 1]", brief(value), "pass 0.2 for the talk's protocol")
    return number
