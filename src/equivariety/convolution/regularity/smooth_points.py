"""Smooth and singular points of the Zariski closure of a function space: where factors are unique."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.filters import AnyFilter, as_filter, as_fractions
from equivariety.convolution.membership.binary_forms import primitive
from equivariety.convolution.membership.decision import as_real_filter, tolerance_of
from equivariety.convolution.membership.recovery import NumericalForm
from equivariety.convolution.membership.scaled_form import ScaledForm, needed_degrees
from equivariety.errors import brief, invalid
from equivariety.varieties.points.membership import check_tolerance
from equivariety.varieties.points.verdicts import Verdict

__all__ = ["FilterSingularity", "block_forms", "singularity"]


@dataclass(frozen=True, eq=False, repr=False)
class FilterSingularity(Verdict):
    """Whether the Zariski closure of a function space is singular at one of its points; itself true or false.

    Attributes:
        is_singular: the answer; None if floats do not tell, and then the verdict is false as well.
        reason: the answer in words.
        factor_degrees: for each scale but the first the degree of the greatest common factor of the slices of the
            filter; for floats the largest of filters within the tolerance.
        required_degrees: the degrees that the factors need at these scales; at a smooth point they are the same.
        singular_values: for floats of several scales the smallest singular value, over all scales, that is zero at
            singular points only, and the largest that is zero on the closure, of the linear relations between the
            slices, the filter having norm one; None for exact numbers.

    >>> net = Architecture((3, 2), (2, 1))
    >>> print(singularity(net, [1, 0, 3, 0, 2]))
    yes: the common factor at scale 2 has degree 2, more than the 1 needed: factors can be chosen in several ways
    >>> bool(singularity(net, [1, 2, 2, -2, -3]))
    False
    """

    is_singular: bool | None
    reason: str
    factor_degrees: tuple[int, ...]
    required_degrees: tuple[int, ...]
    singular_values: tuple[float, float] | None = None

    def __bool__(self) -> bool:
        return self.is_singular is True


def singularity(architecture: Architecture, v: object, tolerance: float | None = None) -> FilterSingularity:
    """Return whether the Zariski closure V of the function space is singular at an end-to-end filter on it.

    The merged parametrization, one form for each scale, is finite and birational onto the projective V, so that V is
    smooth where it has one reduced point above: where at each scale the common factor of the slices has exactly the
    degree needed.  The zero filter is singular unless V is a linear space.

    Args:
        architecture: of the network.
        v: a filter on V, real or complex; exact for ints, Fractions and rational SymPy numbers.
        tolerance: of floats: a distance relative to the norm of v that is no difference; the default is that of
            :func:`~equivariety.convolution.membership.membership`.

    Returns the verdict.  Of floats, V is smooth at v if no point of V within the tolerance is singular, and singular if
    one was found; then ``membership`` has the position "singular" only where that one differs by mere rounding.  Raises
    ValueError for filters that are not on V, and ValueError or TypeError as other functions of filters do.

    >>> net = Architecture((3, 2), (2, 1))
    >>> bool(singularity(net, [1.0, 0.0, 3.0, 0.0, 2.0])), bool(singularity(net, [1.0, 1e-8, 3.0, 2e-8, 2.0]))
    (True, False)
    """
    check_tolerance(tolerance)
    given = as_filter("v", v, architecture.end_to_end_size)
    exact = as_fractions(given)
    required = needed_degrees(architecture.blocks)
    if not any(given):
        reason = "the zero filter is the vertex of a cone" if required else "the closure is a linear space"
        return FilterSingularity(bool(required), reason, (), required)
    if exact is not None:
        return _exactly(architecture, exact, required)
    return _numerically(architecture, _floats(given), required, tolerance_of(v) if tolerance is None else tolerance)


def _exactly(architecture: Architecture, v: list[Fraction], need: tuple[int, ...]) -> FilterSingularity:
    if any(c for n, c in enumerate(v) if n % architecture.step):
        raise _not_a_point(f"{brief(v)}, with coefficients between multiples of {architecture.step}")
    if not need:
        return FilterSingularity(False, _reason(architecture, (), ()), (), ())
    found = _scaled(architecture, v).gcd_degrees
    for block, degree, least in zip(architecture.blocks[1:], found, need, strict=True):
        if degree < least:
            raise _not_a_point(f"a common factor of degree {degree} at scale {block.scale}, {least} needed")
    return FilterSingularity(found != need, _reason(architecture, found, need), found, need)


def _numerically(architecture: Architecture, v: AnyArray, need: tuple[int, ...], tolerance: float) -> FilterSingularity:
    form = NumericalForm.scaled(architecture, v)[0]
    if form.outside > tolerance:
        raise _not_a_point(f"{brief(v)}, with coefficients between multiples of {architecture.step}")
    if not need:
        return FilterSingularity(False, _reason(architecture, (), ()), (), ())
    if form.distance_bound > tolerance:
        raise _not_a_point(f"one at a relative distance of at least {form.distance_bound:.2g} from all of them")
    second = min((float(one.values[1]) for one in form.relations if len(one.values) > 1), default=float("inf"))
    sizes = second, max(float(one.values[0]) for one in form.relations)
    found = form.gcd_degrees(tolerance)
    residual = form.divided(found).residual
    if residual <= tolerance:
        return FilterSingularity(found != need, _reason(architecture, found, need), found, need, sizes)
    what = "point of the closure" if found == need else "singular point"
    reason = f"the nearest {what} that was found is at a distance of {residual:.2g}, but nearer ones are not excluded"
    return FilterSingularity(None, reason, need, need, sizes)


def _reason(architecture: Architecture, degrees: tuple[int, ...], need: tuple[int, ...]) -> str:
    for block, degree, least in zip(architecture.blocks[1:], degrees, need, strict=False):
        if degree > least:
            shown = f"the common factor at scale {block.scale} has degree {degree}, more than the {least} needed"
            return f"{shown}: factors can be chosen in several ways"
    return "at each scale the common factor has exactly the degree needed" if need else "V is a linear space"


def _not_a_point(got: str) -> ValueError:
    return invalid("v", "a point of the closure of the function space", got, "take one with sample(rng)")


def _floats(values: AnyFilter) -> AnyArray:
    if isinstance(values, np.ndarray):
        return values
    found = np.array([complex(x) for x in values])  # SymPy numbers that are not rational
    return found if found.imag.any() else found.real


def _scaled(architecture: Architecture, v: list[Fraction]) -> ScaledForm:
    return ScaledForm(architecture, *primitive(v[:: architecture.step]))


def block_forms(architecture: Architecture, v: object) -> tuple[FloatArray, ...]:
    """Return the forms of the blocks, of norm one, at a real smooth point of V that is not zero.

    They are unique up to constants, and need not be products of real layers.

    >>> [form.round(6).tolist() for form in block_forms(Architecture((2, 2), (2, 1)), [3, 4, 6, 8])]
    [[0.6, 0.8], [0.447214, 0.894427]]
    """
    values = as_real_filter(architecture, v)
    if isinstance(values, list):
        forms: Sequence[Sequence[int] | FloatArray] = _scaled(architecture, values).parts
    else:
        form = NumericalForm.scaled(architecture, values)[0]
        forms = form.divided(needed_degrees(form.blocks)).parts
    # The signs are fixed; integers may be too large for floats.
    arrays = [np.array([float(Fraction(c) / max(map(abs, one))) for c in one]) for one in map(list, forms)]
    return tuple(one * (np.sign(one[np.argmax(np.abs(one))]) / np.linalg.norm(one)) for one in arrays)
