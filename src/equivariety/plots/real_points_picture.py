"""The real points of an algebraic variety: curves in the plane or in the triangle of probabilities, surfaces."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from equivariety.errors import BudgetError, brief, invalid
from equivariety.plots.implicit_curves import draw_curve, draw_points
from equivariety.plots.implicit_surfaces import draw_surface
from equivariety.plots.probability_triangle import draw_triangle, on_the_plane, sum_equation
from equivariety.plots.style import new_figure, quiet
from equivariety.varieties import AlgebraicVariety
from equivariety.varieties.algebraic.polynomial_input import Polynomial
from equivariety.varieties.algebraic.polynomial_output import from_sympy, latex_name, polynomial_latex, to_sympy
from equivariety.varieties.algebraic.repeated_factors import squarefree_part

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["real_points"]

#: Singular points are marked if they are found within so many seconds.
_SECONDS = 3.0
_LONGEST_TITLE = 90
#: Degrees up to this one are drawn within some seconds, in boxes in which powers of coordinates do not overflow.
_MOST_DEGREE = {2: 40, 3: 12}
_LARGEST_BOX = 1e4


def real_points(variety: object, *, box: object = 2.0, simplex: bool | None = None, title: str | None = None) -> Figure:
    """Return a figure of the real points of a variety, with its singular points if they are finitely many.

    A curve in the plane; a surface in space; with ``simplex`` a statistical model, the points with coordinates p >= 0
    of sum 1, in a triangle whose corners are the certain outcomes, the rest of the curve being dotted.  Singular points
    are not marked where there are infinitely many, or where finding them takes more than three seconds.

    Args:
        variety: an AlgebraicVariety, or what one is constructed from, in two or three variables: one equation, or
            several with finitely many points in the plane.
        box: what to draw, a pair for each variable, or a number b for -b..b in each of them; not used in the triangle.
        simplex: three variables are probabilities; None for yes where one equation is their sum minus 1.
        title: above the picture; None for the equations, "" for nothing.

    Raises ValueError or TypeError for anything else.

    >>> import equivariety as ev
    >>> figure = ev.plots.real_points("y^2 = x^2(x+1)", box=1.5)
    >>> figure.axes[0].get_xlabel(), len(figure.axes[0].collections)
    ('$x$', 1)
    """
    given = variety if isinstance(variety, AlgebraicVariety) else AlgebraicVariety(variety)
    n = given.ambient_dim
    if n not in (2, 3):
        raise invalid("variety", "in two or three variables", f"{n}", "fix the other coordinates by numbers")
    if title is not None and not isinstance(title, str):
        raise invalid("title", "a text, or None", title, 'give "" for no title', TypeError)
    if simplex not in (None, True, False):
        raise invalid("simplex", "True, False or None", simplex, "leave it out to decide by the equations")
    terms = [from_sympy(one) for one in given.polynomials]
    names = given.variables
    if simplex is None:
        simplex = n == 3 and sum_equation(terms) is not None
    if simplex and n != 3:
        raise invalid("simplex", "False in two variables", "True", "use three probabilities")
    degree = max((sum(e) for one in terms for e in one), default=0)
    if degree > _MOST_DEGREE[n]:
        raise invalid("variety", f"of degree at most {_MOST_DEGREE[n]} in {n} variables", f"{degree}", "lower it")
    limits = _limits(box, n)
    heading = _title(terms, names) if title is None else title
    if simplex:
        flat = AlgebraicVariety([to_sympy(one, ("s", "t")) for one in on_the_plane(terms)], ("s", "t"))
        return _triangle(flat, names, heading)
    if n == 2:
        return _plane(given, limits, heading)
    return _space(given, limits, heading)


def _plane(variety: AlgebraicVariety, limits: np.ndarray, title: str) -> Figure:
    figure = new_figure(5.2, 5.2 * min(1.6, max(0.6, (limits[1, 1] - limits[1, 0]) / (limits[0, 1] - limits[0, 0]))))
    axes = figure.subplots()
    quiet(axes)
    axes.set_aspect("equal")
    axes.set(xlim=limits[0], ylim=limits[1])
    for line in (axes.axhline, axes.axvline):
        line(0.0, color="0.6", linewidth=0.9, zorder=1)
    axes.set_xlabel(f"${latex_name(variety.variables[0])}$", fontsize=12)
    axes.set_ylabel(f"${latex_name(variety.variables[1])}$", fontsize=12, rotation=0, labelpad=10)
    grid = len(axes.lines)
    _draw_flat(axes, variety, limits)
    if len(axes.lines) == grid and not any(_shows(one) for one in axes.collections):
        where = axes.transAxes
        axes.text(0.5, 0.55, "no real points here", ha="center", color="0.4", fontsize=11, transform=where)
    if title:
        axes.set_title(title, fontsize=13, pad=10)
    return figure


def _shows(collection) -> bool:
    """Whether a collection of curves or of points has any."""
    from matplotlib.collections import PathCollection

    if isinstance(collection, PathCollection):
        return np.size(collection.get_offsets()) > 0
    return len(collection.get_paths()) > 0


def _triangle(flat: AlgebraicVariety, names: Sequence[str], title: str) -> Figure:
    figure = new_figure(5.6, 5.2)
    axes = figure.subplots()
    limits, to_picture, inside = draw_triangle(axes, [f"${latex_name(name)}$" for name in names])
    _draw_flat(axes, flat, limits, to_picture, inside)
    if title:
        axes.set_title(title, fontsize=13, pad=8)
    return figure


def _draw_flat(axes, variety: AlgebraicVariety, limits, to_picture=None, inside=None) -> None:
    """A curve with its singular points, or finitely many points."""
    terms = [one for one in map(from_sympy, variety.polynomials) if one]
    if len(terms) == 1 and not variety.is_empty:
        singular = _singular_points(variety)
        draw_curve(axes, squarefree_part(terms[0], variety.variables), limits, singular, to_picture, inside)
        draw_points(axes, singular, limits, to_picture, hollow=True)
    elif variety.dim <= 0:
        points = [one for one in variety.points() if one.dtype.kind == "f"]
        draw_points(axes, np.array(points).reshape(-1, 2), limits, to_picture)
    else:
        fix = "give a single equation, the product of the curves"
        raise invalid("variety", "one curve, or finitely many points", f"dimension {variety.dim}", fix)


def _space(variety: AlgebraicVariety, limits: np.ndarray, title: str) -> Figure:
    terms = [one for one in map(from_sympy, variety.polynomials) if one]
    if len(terms) != 1 or variety.is_empty:
        fix = "give one equation, or probabilities with simplex=True"
        raise invalid("variety", "a surface in three variables", f"{len(terms)} equations", fix)
    figure = new_figure(5.6, 5.4)
    axes = figure.subplots()
    labels = [f"${latex_name(name)}$" for name in variety.variables]
    draw_surface(axes, squarefree_part(terms[0], variety.variables), limits, _singular_points(variety), labels)
    if title:
        axes.set_title(title, fontsize=13, pad=8)
    return figure


def _singular_points(variety: AlgebraicVariety) -> np.ndarray:
    """The real singular points, (N, n); none if they are not finitely many, or not quickly found."""
    quick = AlgebraicVariety(variety.polynomials, variety.variables, seconds=_SECONDS)
    out = np.zeros((0, variety.ambient_dim))
    try:
        locus = quick.singular_locus()
        if locus.dim == 0:
            found = [one for one in locus.points() if one.dtype.kind == "f"]
            out = np.array(found).reshape(-1, variety.ambient_dim)
    except BudgetError:
        pass
    return out


def _limits(box: object, n: int) -> np.ndarray:
    fix = "give a number, or a pair of numbers (low, high) for each variable"
    try:
        array = np.asarray(box, dtype=float)
    except (TypeError, ValueError) as error:
        raise invalid("box", "numbers", brief(box), fix, TypeError) from error
    if array.ndim == 0:
        array = np.array([[-float(array), float(array)]] * n)
    if array.shape != (n, 2) or not np.isfinite(array).all() or not (array[:, 0] < array[:, 1]).all():
        raise invalid("box", f"{n} pairs (low, high), low < high", brief(box), fix)
    if np.abs(array).max() > _LARGEST_BOX:
        raise invalid("box", f"within {_LARGEST_BOX:g} of 0", brief(box), "rescale the variables")
    return array


def _title(terms: Sequence[Polynomial], names: Sequence[str]) -> str:
    texts = [polynomial_latex(_leading_positive(one), names) + " = 0" for one in terms[:3]]
    whole = r",\;\; ".join(texts)
    return f"${whole}$" if len(whole) <= _LONGEST_TITLE and len(terms) <= 3 else ""


def _leading_positive(polynomial: Polynomial) -> Polynomial:
    flip = bool(polynomial) and next(iter(polynomial.values())) < 0
    return {e: -v if flip else Fraction(v) for e, v in polynomial.items()}
