"""Points that a user supplies, and what the equations say at them: exact for rational coordinates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Rational, Real
from typing import Any

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import brief, invalid
from equivariety.tolerances import point_tolerance, rank_tolerance
from equivariety.varieties.algebraic.numeric_polynomials import (
    NumericPolynomials,
    as_float,
    derivative,
    exact_complex_value,
    exact_value,
    tame,
)
from equivariety.varieties.algebraic.polynomial_input import Polynomial
from equivariety.varieties.algebraic.polynomial_output import polynomial_text
from equivariety.varieties.algebraic.variety_text import shortened
from equivariety.varieties.points.verdicts import Verdict

__all__ = [
    "AffineMembership",
    "AffinePoint",
    "AffineSingularity",
    "failing_equation",
    "gradient_frame",
    "jacobian_rank",
    "membership",
    "read_point",
    "read_weights",
    "singularity",
]


@dataclass(frozen=True, eq=False)
class AffineMembership(Verdict):
    """Whether a point solves all equations of a variety, and which one fails; itself true or false.

    Attributes:
        is_member: the answer.
        reason: the answer in words.
        polynomial: the equation that fails by most, as text; None for members.
        value: its value there, a Fraction for rational points and where floats overflow; None for members.

    >>> import equivariety as ev
    >>> print(ev.AlgebraicVariety("x^2 + y^2 - 1").contains([1, 1]))
    no: x^2 + y^2 - 1 is 1 there
    """

    is_member: bool
    reason: str
    polynomial: str | None = None
    value: Fraction | complex | None = None

    def __bool__(self) -> bool:
        return self.is_member


@dataclass(frozen=True, eq=False)
class AffineSingularity(Verdict):
    """Whether a point of a variety is singular; itself true or false.

    Attributes:
        is_singular: the answer.
        reason: the answer in words.
        jacobian_rank: rank of the Jacobian matrix of the equations at the point.
        codimension: its rank at a general point of the components of largest dimension.

    >>> import equivariety as ev
    >>> print(ev.AlgebraicVariety("y^2 = x^2(x+1)").is_singular_at([0, 0]))
    yes: the Jacobian matrix has rank 0, below the codimension 1
    """

    is_singular: bool
    reason: str
    jacobian_rank: int
    codimension: int

    def __bool__(self) -> bool:
        return self.is_singular


@dataclass(frozen=True, eq=False)
class AffinePoint:
    """A point as it came.

    Attributes:
        values: (n,) float64, float32 or complex.
        exact: the same as fractions if all coordinates are integers or fractions, None otherwise.
    """

    values: AnyArray
    exact: tuple[Fraction, ...] | None


def read_point(argument: str, point: object, names: Sequence[str], *, allow_complex: bool = True) -> AffinePoint:
    """Return the coordinates of a point, one for each variable; ValueError or TypeError says what is wrong.

    Integers, fractions and SymPy rationals stay exact; floats and complex numbers have to be finite.

    >>> read_point("point", [1, Fraction(1, 2)], ["x", "y"]).exact
    (Fraction(1, 1), Fraction(1, 2))
    """
    given = point.tolist() if isinstance(point, np.ndarray) else point
    if isinstance(given, str | bytes) or not isinstance(given, Sequence):
        raise invalid(argument, f"{len(names)} numbers", point, f"list the values of {', '.join(names)}", TypeError)
    if len(given) != len(names):
        fix = f"list the values of {', '.join(names)}"
        raise invalid(argument, f"{len(names)} numbers", f"{len(given)}", fix)
    numbers = [_number(argument, one, allow_complex) for one in given]
    if all(isinstance(one, Fraction) for one in numbers):
        exact = tuple(one for one in numbers if isinstance(one, Fraction))
        return AffinePoint(np.array([as_float(one) for one in exact]), exact)
    mixed = [one if isinstance(one, complex) else as_float(one) for one in numbers]
    if not np.isfinite(mixed).all():
        fix = "give all coordinates as ints or fractions, or smaller ones"
        raise invalid(argument, "floats of at most 1.8e308 where one is a float", brief(point), fix)
    return AffinePoint(np.array(mixed, dtype=_precision(point, given)), None)


def _precision(point: object, given: Sequence[object]) -> np.dtype[Any] | None:
    """The type of an array of floats, or what NumPy's floats in a list have in common; None for other lists."""
    if isinstance(point, np.ndarray):
        return point.dtype if point.dtype.kind in "fc" else None
    inexact = [one for one in given if not isinstance(one, Rational)]
    if all(isinstance(one, np.inexact) for one in inexact):
        return np.result_type(*[one.dtype for one in inexact if isinstance(one, np.inexact)])
    return None


def _number(argument: str, value: object, allow_complex: bool) -> Fraction | float | complex:
    if isinstance(value, bool | np.bool_):
        raise invalid(argument, "a list of numbers", value, "give 0 or 1", TypeError)
    if isinstance(value, Integral):
        return Fraction(int(value))
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    number: float | complex
    if isinstance(value, Real) or getattr(value, "is_Float", False):
        number = float(value)  # type: ignore[arg-type]
    elif allow_complex and isinstance(value, complex | np.complexfloating):
        number = complex(value)
    else:
        kinds = "numbers" if allow_complex else "real numbers"
        raise invalid(argument, f"a list of {kinds}", brief(value), "give ints, fractions or floats", TypeError)
    if not (math.isfinite(number.real) and math.isfinite(number.imag)):
        raise invalid(argument, "finite", brief(value), "remove NaN and infinities")
    return number


def failing_equation(
    polynomials: Sequence[Polynomial], point: AffinePoint, tolerance: float | None
) -> tuple[int, Fraction | complex] | None:
    """Return the position and the value of the equation that fails by most at a point, None if all hold.

    Args:
        polynomials: the equations.
        point: rational ones are tested exactly if ``tolerance`` is None.
        tolerance: bound relative to the sum of the sizes of the terms, or to the largest coefficient where that is
            more; None for the library's.

    Floats are computed with; where numbers beyond 1.8e308 come up, exactly.
    """
    if point.exact is not None and tolerance is None:
        exact = [exact_value(one, point.exact) for one in polynomials]
        worst = max(range(len(exact)), key=lambda k: abs(exact[k]))
        return (worst, exact[worst]) if exact[worst] else None
    allowed = point_tolerance(point.values.dtype) if tolerance is None else tolerance
    numeric = NumericPolynomials(polynomials, len(point.values))
    double = point.values.astype(np.result_type(point.values, np.float64))
    with np.errstate(all="ignore"):
        values, sizes = numeric.values(double), numeric.sizes(double)
        # Constants and powers of small coordinates: where all terms are tiny, a point is compared with the size of 1.
        shares = np.abs(values) / np.maximum(sizes, _floor(polynomials))
    if not (np.isfinite(shares).all() and np.isfinite(sizes).all()):
        return _failing_exactly(polynomials, point, allowed)
    worst = int(shares.argmax())
    return None if shares[worst] <= allowed else (worst, values[worst].item())


def _failing_exactly(
    polynomials: Sequence[Polynomial], point: AffinePoint, allowed: float
) -> tuple[int, Fraction | complex] | None:
    """The same where floats overflow: Fractions have no largest one."""
    real = point.exact or tuple(Fraction(float(x.real)) for x in point.values)
    imaginary = (Fraction(0),) * len(real) if point.exact else tuple(Fraction(float(x.imag)) for x in point.values)
    moduli = [max(abs(a), abs(b)) for a, b in zip(real, imaginary, strict=True)]
    worst: tuple[Fraction, int, Fraction | complex] | None = None
    for k, one in enumerate(polynomials):
        a, b = exact_complex_value(one, real, imaginary)
        terms = {e: abs(c) for e, c in one.items()}
        size = max(exact_value(terms, moduli), max(terms.values(), default=Fraction(1)))
        share = max(abs(a), abs(b)) / size
        if share > Fraction(allowed) and (worst is None or share > worst[0]):
            worst = share, k, complex(as_float(a), as_float(b)) if b else a
    return None if worst is None else worst[1:]


def _floor(polynomials: Sequence[Polynomial]) -> AnyArray:
    """The largest coefficient of each equation, the size of its terms at a point with coordinates 1."""
    return np.array([max((abs(as_float(c)) for c in one.values()), default=1.0) for one in polynomials])


def jacobian_rank(polynomials: Sequence[Polynomial], point: AffinePoint, tolerance: float | None) -> int:
    """Return the rank of the Jacobian matrix at a point, exact for rational points.

    For floats, singular values below the square root of the membership tolerance count as zero, since near a singular
    point derivatives are as small as the distance while the polynomials are as small as its square.
    """
    n = len(point.values)
    if point.exact is not None and tolerance is None:
        from sympy import QQ
        from sympy.polys.matrices import DomainMatrix

        rows = [[exact_value(derivative(one, i), point.exact) for i in range(n)] for one in polynomials]
        entries = [[QQ(v.numerator, v.denominator) for v in row] for row in rows]
        return int(DomainMatrix(entries, (len(rows), n), QQ).rank())
    double = point.values.astype(np.result_type(point.values, np.float64))
    jacobian = _scaled_jacobian(tame(polynomials), double)
    allowed = math.sqrt(point_tolerance(point.values.dtype)) if tolerance is None else tolerance
    sizes = np.linalg.svd(jacobian, compute_uv=False)
    return int((sizes > max(allowed, rank_tolerance(np.float64, n))).sum())


def _scaled_jacobian(polynomials: Sequence[Polynomial], point: AnyArray) -> AnyArray:
    """Each row relative to the sum of the sizes of the terms of its derivatives, or to the largest coefficient."""
    terms = [{e: abs(c) for e, c in one.items()} for one in polynomials]
    sizes = _finite_jacobian(terms, np.abs(point)).max(axis=1)
    return np.asarray(_finite_jacobian(polynomials, point) / np.maximum(sizes, _floor(polynomials))[:, None])


def _finite_jacobian(polynomials: Sequence[Polynomial], point: AnyArray) -> AnyArray:
    with np.errstate(all="ignore"):
        jacobian = NumericPolynomials(polynomials, len(point)).jacobian(point)
    if np.isfinite(jacobian).all():
        return jacobian
    fix = "give ints or fractions and no tolerance, or a point nearer to 0"
    raise invalid("point", "one where all derivatives are at most 1.8e308", brief(point.tolist()), fix)


def gradient_frame(
    polynomials: Sequence[Polynomial], point: AffinePoint, tolerance: float | None
) -> tuple[int, AnyArray]:
    """Return the rank r of the Jacobian matrix at a real point, and an orthonormal basis: r rows span the gradients.

    >>> gradient_frame([{(0, 1): Fraction(2)}], AffinePoint(np.zeros(2), None), None)[0]
    1
    """
    if point.values.dtype.kind == "c":
        raise invalid("point", "real", "complex coordinates", "give a real point", TypeError)
    jacobian = _finite_jacobian(tame(polynomials), point.values.astype(np.float64))
    return jacobian_rank(polynomials, point, tolerance), np.linalg.svd(jacobian)[2]


def membership(
    polynomials: Sequence[Polynomial], names: Sequence[str], point: AffinePoint, tolerance: float | None
) -> AffineMembership:
    """Return whether the equations hold at a point, as :func:`failing_equation` tests them."""
    failing = failing_equation(polynomials, point, tolerance)
    if failing is None:
        return AffineMembership(True, "all equations hold")
    text = polynomial_text(polynomials[failing[0]], names)
    value = failing[1]
    shown = _shown(value) if isinstance(value, Fraction) else f"{value:.3g}"
    return AffineMembership(False, f"{shortened(text)} is {shown} there", text, value)


def _shown(value: Fraction) -> str:
    """The fraction, or three digits of a long one."""
    if max(abs(value.numerator), value.denominator) < 10**40:
        return str(value)
    return f"about {Decimal(value.numerator) / Decimal(value.denominator):.3g}"


def singularity(
    polynomials: Sequence[Polynomial], point: AffinePoint, codimension: int, tolerance: float | None
) -> AffineSingularity:
    """Return whether the Jacobian matrix has a rank below the codimension at a point of the variety."""
    rank = jacobian_rank(polynomials, point, tolerance)
    singular = rank < codimension
    reason = f"the Jacobian matrix has rank {rank}, {'below' if singular else 'at least'} the codimension {codimension}"
    return AffineSingularity(singular, reason, rank, codimension)


def read_weights(weights: object, names: Sequence[str]) -> tuple[Fraction, ...]:
    """Return one positive number for each variable, ones for None; ValueError or TypeError otherwise.

    >>> read_weights([1, Fraction(1, 2)], ["x", "y"])
    (Fraction(1, 1), Fraction(1, 2))
    """
    if weights is None:
        return (Fraction(1),) * len(names)
    given = read_point("weights", weights, names, allow_complex=False)
    numbers = given.exact or tuple(Fraction(float(w)) for w in given.values)
    if not 1e-100 <= min(numbers) <= max(numbers) <= 1e100:
        raise invalid("weights", "positive, from 1e-100 to 1e100", brief(weights), "give one for each variable")
    return numbers
