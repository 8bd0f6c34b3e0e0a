"""Binary forms with integer coefficients: greatest common divisors, and the part that is a form in powers.

A form ``sum_j c_j x^j y^{d - j}`` is the tuple (c_0, ..., c_d); its degree d is its length minus one, so that zeros in
front are roots at 0 and zeros at the end are roots at infinity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any, TypeAlias

from equivariety.convolution.filters import dilated

__all__ = [
    "Form",
    "as_poly",
    "common_divisor",
    "divides",
    "multiplicity_at_ends",
    "power_part",
    "primitive",
    "quotient",
]

Form: TypeAlias = tuple[int, ...]


def primitive(values: Sequence[Fraction | int]) -> tuple[Fraction, Form]:
    """Return the content c, with the sign of the last nonzero coefficient, and the form of coprime integers values / c.

    >>> primitive([Fraction(1, 2), 0, Fraction(-3, 4)])
    (Fraction(-1, 4), (-2, 0, 3))
    """
    scale = lcm(*(Fraction(c).denominator for c in values))
    whole = [int(c * scale) for c in values]
    common = gcd(*whole) or 1
    if next((c for c in reversed(whole) if c), 1) < 0:
        common = -common
    return Fraction(common, scale), tuple(c // common for c in whole)


def multiplicity_at_ends(form: Sequence[int]) -> tuple[int, int]:
    """Return the multiplicities of the roots 0 and infinity of a nonzero form.

    >>> multiplicity_at_ends((0, 3, 1, 0, 0))
    (1, 2)
    """
    support = [i for i, c in enumerate(form) if c]
    return support[0], len(form) - 1 - support[-1]


def as_poly(form: Sequence[int]) -> Any:
    """Return a nonzero form without its roots at 0 and infinity, as a SymPy polynomial over the integers.

    >>> as_poly((0, 3, 1, 0)).all_coeffs()
    [1, 3]
    """
    from sympy import ZZ, Dummy, Poly

    zero, infinity = multiplicity_at_ends(form)
    return Poly.from_list([int(c) for c in reversed(form[zero : len(form) - infinity])], Dummy("x"), domain=ZZ)


def _joined(poly: Any, zero: int, infinity: int) -> Form:
    coefficients = [int(c) for c in reversed(poly.all_coeffs())]
    return (*[0] * zero, *coefficients, *[0] * infinity)


def common_divisor(forms: Iterable[Sequence[int]]) -> Form:
    """Return the greatest common divisor of forms of any degrees, primitive; zero forms are divisible by all.

    Raises ValueError if all forms vanish.

    >>> common_divisor([(0, 1, 1, 0), (0, 0, 2, 2), (0, 0)])
    (0, 1, 1)
    """
    rest = [form for form in forms if any(form)]
    ends = [multiplicity_at_ends(form) for form in rest]
    if not rest:
        raise ValueError("all forms vanish")
    found = as_poly(rest[0])
    for form in rest[1:]:
        if found.degree() == 0:
            break
        other = as_poly(form)
        found = found.gcd(other.replace(other.gen, found.gen))
    return primitive(_joined(found, min(z for z, _ in ends), min(i for _, i in ends)))[1]


def power_part(form: Sequence[int], ratio: int) -> Form:
    """Return the form G of largest degree with ``G(x^t, y^t)`` dividing a nonzero form, t being the ratio.

    G is the greatest common divisor of the slices ``form[j::t]``, forms of degree ``(d - j) // t``.

    >>> power_part((4, 0, 5, 0, 1), 2), power_part((1, 1, 1), 2)
    ((4, 5, 1), (1,))
    """
    return common_divisor(form[j::ratio] for j in range(min(ratio, len(form))))


def quotient(form: Sequence[int], divisor: Sequence[int], scale: int = 1) -> Form:
    """Return ``form / divisor(x^scale, y^scale)``, which must be a form; up to a factor: it is primitive.

    >>> quotient((4, 4, 5, 5, 1, 1), (4, 5, 1), 2)
    (1, 1)
    """
    wide = dilated(list(divisor), scale)
    upper, lower = multiplicity_at_ends(form), multiplicity_at_ends(wide)  # type: ignore[arg-type]
    numerator = as_poly(form)
    denominator = as_poly(wide)  # type: ignore[arg-type]
    found = numerator.to_field().exquo(denominator.replace(denominator.gen, numerator.gen).to_field())
    zero, infinity = upper[0] - lower[0], upper[1] - lower[1]
    coefficients = [Fraction(int(c.p), int(c.q)) for c in reversed(found.all_coeffs())]
    return primitive([*[Fraction(0)] * zero, *coefficients, *[Fraction(0)] * infinity])[1]


def divides(divisor: Sequence[int], form: Sequence[int], scale: int = 1) -> bool:
    """Return whether ``divisor(x^scale, y^scale)`` divides a nonzero form.

    >>> divides((1, 1), (1, 2, 1)), divides((0, 1), (1, 2, 1)), divides((1, 1), (1, 0, 1), 2)
    (True, False, True)
    """
    wide = dilated(list(divisor), scale)
    if len(wide) > len(form) or not any(wide):
        return False
    upper, lower = multiplicity_at_ends(form), multiplicity_at_ends(wide)  # type: ignore[arg-type]
    if lower[0] > upper[0] or lower[1] > upper[1]:
        return False
    numerator = as_poly(form).to_field()
    denominator = as_poly(wide).to_field()  # type: ignore[arg-type]
    return bool(numerator.rem(denominator.replace(denominator.gen, numerator.gen)).is_zero)
