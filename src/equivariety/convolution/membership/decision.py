"""The front door: is a filter the end-to-end filter of a network?"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from equivariety._typing import FloatArray
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.filters import as_filter, as_fractions
from equivariety.convolution.membership.exact_membership import exact_membership
from equivariety.convolution.membership.numerical_verdict import numerical_membership
from equivariety.convolution.membership.verdict import FilterMembership
from equivariety.errors import as_positive_number, brief, invalid
from equivariety.tolerances import filter_rounding, filter_tolerance

__all__ = ["as_real_filter", "membership", "tolerance_of"]


def membership(architecture: Architecture, v: object, tolerance: float | None = None) -> FilterMembership:
    """Return whether v is an end-to-end filter of the network, with real filters of the layers if it is.

    Layers of equal scale multiply to a form that needs a real root for each layer of even filter size; the forms of
    different scales come from greatest common divisors of the slices ``v[j::t]`` (Kohn, Montufar, Shahverdi, Trager,
    "Function space and critical points of linear convolutional networks", SIAM J. Appl. Algebra Geom. 8, 2024).

    Args:
        architecture: of the network.
        v: k real numbers.  Integers, Fractions and rational SymPy numbers are decided exactly.
        tolerance: of floats: a distance relative to the norm of v that is no difference; None for 1e-10, or 5e-5 for
            float32.  Not used for exact numbers.

    Returns the verdict; it is undecided only for floats, near the boundary or where singular values are too small to
    exclude a member within the tolerance.  Raises TypeError or ValueError for what are not k finite real numbers.

    >>> net = Architecture((3, 2), (2, 1))
    >>> membership(net, [8, 8, 14, 12, 3]).block_filters
    ((Fraction(4, 1), Fraction(4, 1), Fraction(1, 1)), (Fraction(2, 1), Fraction(3, 1)))
    >>> print(membership(net, [9, 8, 14, 12, 3]))
    no: the largest divisor in powers x^2 has degree 0, but the later layers need 1
    >>> print(membership(Architecture((2, 2), (1, 1)), [1.0, 0.5, 1.0]))
    no: the product of layers 0, 1 has 0 real roots, but 2 of them need one each
    """
    values = as_real_filter(architecture, v)
    if tolerance is None:
        tolerance = tolerance_of(v)
    tolerance = as_positive_number("tolerance", tolerance, "leave it out, or give such as 1e-8", below=1.0)
    if isinstance(values, list):
        return exact_membership(architecture, values)
    rounding = min(filter_rounding(_kind(v), architecture.end_to_end_size), tolerance)
    return numerical_membership(architecture, values, tolerance, rounding)


def tolerance_of(v: object) -> float:
    """Return the tolerance that is used for a filter unless another is given.

    >>> tolerance_of([1.0, 2.0]), tolerance_of(np.ones(2, dtype=np.float32)) > 1e-5
    (1e-10, True)
    """
    return filter_tolerance(_kind(v))


def _kind(v: object) -> type:
    return np.float32 if getattr(v, "dtype", None) in (np.float32, np.float16) else np.float64


def as_real_filter(architecture: Architecture, v: object) -> list[Fraction] | FloatArray:
    """Return an end-to-end filter as k Fractions or as (k,) float64; errors of :func:`membership`.

    >>> as_real_filter(Architecture((2,), (1,)), [1, 2])
    [Fraction(1, 1), Fraction(2, 1)]
    """
    values = as_filter("v", v, architecture.end_to_end_size)
    if isinstance(values, list):
        rational = as_fractions(values)
        if rational is None:
            got = next(brief(x) for x in values if as_fractions([x]) is None)
            raise invalid("v", "rational numbers or floats", got, "convert all with float", TypeError)
        return rational
    if values.dtype.kind == "c":
        raise invalid("v", "real", "complex numbers", "pass the real part if that is meant", TypeError)
    return values
