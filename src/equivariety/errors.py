"""The one form in which a user's mistake is reported.

Every refusal says four things: the argument, what is required, what came, and the fix.  Use :func:`invalid`
to build the exception, so that messages read alike everywhere and the command line can print them on one line.
"""

from __future__ import annotations

from contextlib import suppress
from math import inf
from numbers import Real
from operator import index
from typing import SupportsIndex, TypeVar

__all__ = [
    "BudgetError",
    "NonGenericDataError",
    "UnsupportedGroupError",
    "as_nonnegative_int",
    "as_positive_number",
    "brief",
    "check_flag",
    "invalid",
]

_LONGEST_VALUE = 80

E = TypeVar("E", bound=Exception)


class NonGenericDataError(ValueError):
    """The critical points are not finitely many, or fewer than for generic data.

    Attributes:
        dimension: real dimension of the family of critical points that are smooth points; -1 if there are none.
    """

    def __init__(self, message: str, dimension: int) -> None:
        super().__init__(message)
        self.dimension = dimension

    def __reduce__(self) -> tuple[type[NonGenericDataError], tuple[str, int]]:
        return type(self), (str(self), self.dimension)


class BudgetError(ValueError):
    """The computation is well posed, but took more than the time or memory that it was given."""


class UnsupportedGroupError(ValueError):
    """The group is valid, but no decomposition route applies to it."""


def brief(value: object) -> str:
    """Return ``repr(value)`` on one line, cut to 80 characters.

    >>> brief("a\\nb")
    "'a\\\\nb'"
    """
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def invalid(argument: str, required: str, got: object, fix: str, kind: type[E] = ValueError) -> E:  # type: ignore[assignment]
    """Return (not raise) an exception that says argument, requirement, value and fix.

    ``got`` is shown by :func:`brief` unless it is a ``str`` that describes the value; pass ``brief(text)`` to
    quote a string that the user supplied.

    >>> str(invalid("rank", "an integer >= 0", -1, "pass rank=None for no bound"))
    'rank must be an integer >= 0; got -1. Fix: pass rank=None for no bound.'
    """
    shown = got if isinstance(got, str) else brief(got)
    return kind(f"{argument} must be {required}; got {shown}. Fix: {fix}.")


def check_flag(argument: str, value: object, fix: str) -> None:
    """Raise TypeError unless ``value`` is True or False; a number or a text is more likely a mistake than meant.

    >>> check_flag("strict", True, "leave it out to be warned only")
    """
    if not isinstance(value, bool):
        raise invalid(argument, "True or False", brief(value), fix, TypeError)


def as_positive_number(
    argument: str, value: object, fix: str = "leave it out for the default", below: float = inf, *, zero: bool = False
) -> float:
    """Return ``value`` as a float > 0, finite and less than ``below``; with ``zero`` it may be 0.

    Python's and NumPy's numbers are accepted.  Raises TypeError for a bool and for what is no real number, ValueError
    for any other number.

    >>> as_positive_number("tolerance", 1e-8, "leave it out"), as_positive_number("gradient_tolerance", 0, zero=True)
    (1e-08, 0.0)
    """
    sign = ">= 0" if zero else "> 0"
    required = f"a finite number {sign}" if below == inf else f"a number {sign} and < {below:g}"
    if not isinstance(value, Real) or isinstance(value, bool):  # NumPy's bool is no Real
        raise invalid(argument, required, brief(value), fix, TypeError)
    try:
        number = float(value)
    except OverflowError:
        number = inf
    if not (0 < number < below or (zero and number == 0)):
        raise invalid(argument, required, brief(value), fix)
    return number


def as_nonnegative_int(argument: str, value: object, fix: str = "give a whole number") -> int:
    """Return ``value`` as an int >= 0; bools, floats, NaN and negative numbers are a ValueError.

    >>> as_nonnegative_int("rank", 3)
    3
    """
    if type(value) is int and value >= 0:  # the usual case; the check of the protocol below is slow
        return value
    if isinstance(value, SupportsIndex) and not isinstance(value, bool):
        with suppress(TypeError):  # arrays have __index__ but most refuse it
            number = index(value)
            if number >= 0:
                return number
    raise invalid(argument, "an integer >= 0", brief(value), fix)
