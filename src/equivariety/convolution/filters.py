"""Filters of the layers, their product the end-to-end filter, and its derivative; exact numbers stay exact."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence, Set
from fractions import Fraction
from itertools import chain
from math import exp, inf, log
from numbers import Complex, Rational, Real
from typing import Any, TypeAlias

import numpy as np

from equivariety._typing import AnyArray
from equivariety.convolution.architecture import Architecture
from equivariety.errors import BudgetError, brief, invalid
from equivariety.tolerances import DENSE_ENTRIES_BUDGET

__all__ = [
    "AnyFilter",
    "AnyFilters",
    "as_filter",
    "as_filters",
    "as_floats",
    "as_fractions",
    "balanced_filters",
    "compose",
    "dilated",
    "filter_jacobian",
    "is_exact",
    "product_of",
    "unit_filters",
]

#: A list of exact numbers (ints, Fractions, SymPy expressions), or an array of floats or complex numbers.
AnyFilter: TypeAlias = "list[Any] | AnyArray"
AnyFilters: TypeAlias = "tuple[AnyFilter, ...]"


def is_exact(values: AnyFilter) -> bool:
    """Return whether a filter holds exact numbers.

    >>> is_exact(as_filter("v", [1, 2])), is_exact(as_filter("v", [1.0, 2]))
    (True, False)
    """
    return isinstance(values, list)


def as_filter(name: str, given: object, size: int | None = None) -> AnyFilter:
    """Return a filter as a list of exact numbers, or as a read-only array of float64 or complex128.

    Args:
        name: argument named in errors.
        given: numbers; if all are integers, Fractions or SymPy expressions they stay exact.
        size: wanted length; None for any.

    Raises TypeError for what are not numbers; ValueError for NaN, inf, no entry, another length.

    >>> as_filter("v", np.array([1, 2])), as_filter("v", [Fraction(1, 2), 0.5])
    ([1, 2], array([0.5, 0.5]))
    """
    fix = "list its coefficients, as in [1, 0, 2]"
    if not _is_listed(given):
        raise invalid(name, "a sequence of numbers", brief(given), fix, TypeError)
    values = [_number(name, x) for x in given]  # type: ignore[attr-defined]
    if not values:
        raise invalid(name, "a filter with at least one coefficient", "none", fix)
    if size is not None and len(values) != size:
        raise invalid(name, f"a filter of {size} coefficients", f"{len(values)}", "pad with zeros, or check the sizes")
    if any(_is_symbolic(x) and _is_infinite(x) for x in values):
        raise invalid(name, "finite", "NaN or infinity", "check where these come from")
    if all(isinstance(x, int | Fraction) or _is_symbolic(x) for x in values):
        return values
    if any(_is_symbolic(x) for x in values):
        raise invalid(name, "either exact or floating-point numbers", "both", "convert all to one kind", TypeError)
    return as_floats(name, values)


def as_floats(name: str, values: AnyFilter) -> AnyArray:
    """Return the numbers of a filter as a read-only array of float64, or of complex128 if any is not real.

    Raises TypeError for SymPy expressions with symbols, ValueError for NaN, inf and numbers beyond the largest float.

    >>> as_floats("v", [1, Fraction(1, 2)])
    array([1. , 0.5])
    """
    try:
        numbers = [_float(x) for x in values]
    except OverflowError:
        fix = "scale the filter, or keep all filters exact"
        raise invalid(name, "numbers that floats can hold", "larger ones", fix) from None
    except TypeError:
        fix = "substitute numbers for its symbols"
        raise invalid(name, "numbers", "an expression that has no value", fix, TypeError) from None
    kind = np.complex128 if any(isinstance(x, complex) for x in numbers) else np.float64
    found = np.array(numbers, dtype=kind)
    if not np.isfinite(found).all():
        raise invalid(name, "finite", "NaN or inf", "check where these come from")
    found.flags.writeable = False
    return found


def _float(value: Any) -> float | complex:
    if isinstance(value, complex):
        return value
    if not _is_symbolic(value):
        return float(value)
    number = complex(value)
    return number if number.imag or value.is_real is False else number.real


def _is_listed(given: object) -> bool:
    """Whether it lists numbers in an order."""
    if isinstance(given, np.ndarray):
        return given.ndim == 1
    return isinstance(given, Iterable) and not isinstance(given, str | bytes | Set | Mapping)


def _number(name: str, value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if not isinstance(value, bool):
        if isinstance(value, int | Fraction | float | complex) or _is_symbolic(value):
            return value
        if isinstance(value, Rational):
            return Fraction(int(value.numerator), int(value.denominator))
        if isinstance(value, Real):
            return float(value)
        if isinstance(value, Complex):
            return complex(value)
    raise invalid(name, "numbers", brief(value), "use int, Fraction, float, complex or SymPy numbers", TypeError)


def _is_symbolic(value: object) -> bool:
    """Whether it is a SymPy expression; without SymPy loaded it cannot be one."""
    sympy = sys.modules.get("sympy")
    return sympy is not None and isinstance(value, sympy.Expr)


def _is_infinite(value: Any) -> bool:
    from sympy import S

    return bool(value.has(S.NaN, S.Infinity, S.NegativeInfinity, S.ComplexInfinity))


def as_fractions(values: AnyFilter) -> list[Fraction] | None:
    """Return exact rational numbers as Fractions; None for floats and for SymPy numbers that are not rational.

    >>> as_fractions([1, Fraction(1, 2)]), as_fractions(np.array([0.5])) is None
    ([Fraction(1, 1), Fraction(1, 2)], True)
    """
    if not isinstance(values, list):
        return None
    found = []
    for x in values:
        if isinstance(x, int | Fraction):
            found.append(Fraction(x))
        elif x.is_Rational:
            found.append(Fraction(int(x.p), int(x.q)))
        else:
            return None
    return found


def as_filters(architecture: Architecture, given: object, name: str = "filters") -> AnyFilters:
    """Return one filter per layer, all exact or all float64 or complex128.

    Raises TypeError and ValueError as :func:`as_filter` does, and for another number of filters.

    >>> as_filters(Architecture((2, 1), (1, 1)), [[1, 2], [0.5]])
    (array([1., 2.]), array([0.5]))
    """
    fix = "list one filter per layer, from input to output"
    if isinstance(given, str | bytes | Set | Mapping) or not isinstance(given, Iterable):
        raise invalid(name, "a sequence of filters", brief(given), fix, TypeError)
    each = list(given)
    if len(each) != architecture.depth:
        raise invalid(name, f"{architecture.depth} filters, one per layer", f"{len(each)}", fix)
    found = [
        as_filter(f"{name}[{i}]", w, k) for i, (w, k) in enumerate(zip(each, architecture.filter_sizes, strict=True))
    ]
    if all(is_exact(w) for w in found):
        return tuple(found)
    arrays = [as_floats(f"{name}[{i}]", w) for i, w in enumerate(found)]
    kind = np.result_type(*arrays)
    return tuple(np.asarray(w, dtype=kind) for w in arrays)


def compose(architecture: Architecture, filters: object) -> AnyFilter:
    """Return the end-to-end filter ``v_n = sum over sum_i j_i S_i = n of prod_i w_{i, j_i}`` of size k.

    Args:
        architecture: of the network.
        filters: one filter per layer, exact numbers or floats.

    Returns a list of exact numbers if all filters are exact, else an array.

    >>> compose(Architecture((3, 2), (2, 1)), [[1, 2, 3], [1, -1]])
    [1, 2, 2, -2, -3]
    """
    checked = as_filters(architecture, filters)
    with np.errstate(over="ignore", invalid="ignore"):  # refused below
        found = product_of(checked, architecture.scales)
    if isinstance(found, np.ndarray) and not np.isfinite(found).all():
        required, fix = "filters whose product floats can hold", "scale them, or keep all filters exact"
        raise invalid("filters", required, "a product with inf or NaN", fix)
    return found


def _check_size(architecture: Architecture, columns: int) -> None:
    entries = architecture.end_to_end_size * columns
    if entries > DENSE_ENTRIES_BUDGET:
        required, got = f"such that results have at most {DENSE_ENTRIES_BUDGET} entries", f"{entries} of them"
        raise invalid("filter_sizes and strides", required, got, "use smaller strides", BudgetError)


def unit_filters(filters: AnyFilters) -> tuple[tuple[AnyArray, ...], float]:
    """Return the filters divided by their norms, and the logarithm of the product of these; zero filters stay.

    Norms are taken after division by the largest entry, whose square may overflow.  The logarithm is -inf if a filter
    is zero.

    >>> unit_filters((np.array([3e200, 4e200]), np.array([1e-200])))[0]
    (array([0.6, 0.8]), array([1.]))
    """
    units, size = [], 0.0
    for w in filters:
        layer = np.asarray(w, dtype=np.complex128 if np.iscomplexobj(w) else np.float64)
        largest = float(np.abs(layer).max())
        if not largest:
            units.append(layer)
            size = -inf
            continue
        scaled = layer / largest
        norm = float(np.linalg.norm(scaled))
        units.append(np.asarray(scaled / norm))
        size += log(largest) + log(norm)
    return tuple(units), size


def balanced_filters(filters: AnyFilters) -> tuple[AnyArray, ...]:
    """Return the filters rescaled to equal norms with the same product, all but the last with positive largest entry.

    A phase takes the place of the sign for complex filters.  If a filter is zero the others get norm one.

    >>> [w.tolist() for w in balanced_filters((np.array([-4.0]), np.array([1.0])))]
    [[2.0], [-2.0]]
    """
    units, size = unit_filters(filters)
    if size == -inf:
        return units
    mean = exp(size / len(units))
    largest = [w[np.argmax(np.abs(w))] for w in units[:-1]]
    turns = [x / abs(x) for x in largest]
    last = np.prod(turns) if turns else 1.0
    return (*(w * (mean / turn) for w, turn in zip(units[:-1], turns, strict=True)), units[-1] * (mean * last))


def product_of(filters: Sequence[AnyFilter], scales: Sequence[int]) -> AnyFilter:
    """Return the product of the forms of filters at their scales; for checked arguments.

    >>> product_of([[1, 1], [1, 1]], (1, 2))
    [1, 1, 1, 1]
    """
    exact = all(is_exact(w) for w in filters)
    total: Any = [1] if exact else np.ones(1)
    for w, s in zip(filters, scales, strict=True):
        factor: Any = dilated(w, s)
        total = _exact_product(total, factor) if exact else np.convolve(total, factor)
    return [x.expand() if _is_symbolic(x) else x for x in total] if exact else total


def dilated(values: AnyFilter, scale: int) -> AnyFilter:
    """Return the filter with ``scale - 1`` zeros between neighbours.

    >>> dilated([1, 2, 3], 2)
    [1, 0, 2, 0, 3]
    """
    if isinstance(values, list):
        zeros = [0] * (scale - 1)
        return list(chain.from_iterable([x, *zeros] for x in values))[: scale * (len(values) - 1) + 1]
    found = np.zeros(scale * (len(values) - 1) + 1, dtype=values.dtype)
    found[::scale] = values
    return found


def _exact_product(left: Sequence[Any], right: Sequence[Any]) -> list[Any]:
    found: list[Any] = [0] * (len(left) + len(right) - 1)
    for i, x in enumerate(left):
        if x != 0:
            for j, y in enumerate(right):
                if y != 0:
                    found[i + j] = found[i + j] + x * y
    return found


def filter_jacobian(architecture: Architecture, filters: object) -> AnyArray:
    """Return the Jacobian matrix of the end-to-end filter, shape (k, sum_i k_i), columns in the order of the weights.

    Column j of layer i is the product of the other layers' forms, shifted by ``j S_i``.  The matrix has dtype object
    for exact filters.

    >>> filter_jacobian(Architecture((2, 2), (1, 1)), [[1, 2], [3, 4]])
    array([[3, 0, 1, 0],
           [4, 3, 2, 1],
           [0, 4, 0, 2]], dtype=object)
    """
    checked, scales = as_filters(architecture, filters), architecture.scales
    _check_size(architecture, architecture.num_parameters)
    exact = all(is_exact(w) for w in checked)
    kind: Any = object if exact else np.asarray(checked[0]).dtype
    found = np.zeros((architecture.end_to_end_size, architecture.num_parameters), dtype=kind)
    column = 0
    for i, k in enumerate(architecture.filter_sizes):
        others = [w for j, w in enumerate(checked) if j != i]
        rest = product_of(others, [s for j, s in enumerate(scales) if j != i]) if others else [1]
        for j in range(k):
            start = j * scales[i]
            found[start : start + len(rest), column] = rest
            column += 1
    return found
