"""A time budget that long computations ask now and then."""

from __future__ import annotations

from time import monotonic
from typing import NoReturn

from equivariety.errors import BudgetError, invalid
from equivariety.tolerances import GROEBNER_SECONDS

__all__ = ["Clock", "checked_seconds"]

#: A century; comparison with it refuses NaN, infinity and integers beyond all floats.
_LONGEST = 3e9


class Clock:
    """Raises BudgetError when ``seconds`` have passed; ``what`` names what was tried.

    >>> Clock(60.0, "the dimension").check()
    """

    def __init__(self, seconds: float, what: str) -> None:
        self._seconds = seconds
        self._end = monotonic() + seconds
        self._what = what

    def check(self) -> None:
        """Raise BudgetError if the time is over."""
        if monotonic() > self._end:
            self.give_up(f"{self._seconds:g} seconds")

    def give_up(self, spent: str) -> NoReturn:
        """Raise BudgetError, saying what was tried and what it took."""
        raise BudgetError(
            f"{self._what} took more than {spent}. "
            "Fix: raise seconds=, or use fewer variables or polynomials of lower degree."
        )


def checked_seconds(seconds: object) -> float:
    """Return a time budget as a float; ValueError for anything but a positive finite number.

    >>> checked_seconds(2)
    2.0
    """
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 < seconds <= _LONGEST:
        return float(seconds)
    raise invalid("seconds", "a positive number, at most 3e9", seconds, f"leave it out for {GROEBNER_SECONDS:g}")
