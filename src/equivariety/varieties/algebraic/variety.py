"""A general affine variety, from polynomials with rational coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid
from equivariety.tolerances import GROEBNER_SECONDS
from equivariety.varieties.algebraic.affine_points import (
    AffineMembership,
    AffinePoint,
    AffineSingularity,
    gradient_frame,
    membership,
    read_point,
    read_weights,
    singularity,
)
from equivariety.varieties.algebraic.clock import Clock, checked_seconds
from equivariety.varieties.algebraic.distance_critical_points import DistanceCriticalPoint, distance_critical_points
from equivariety.varieties.algebraic.distance_degree import distance_degree
from equivariety.varieties.algebraic.groebner_facts import (
    elimination_basis,
    saturation,
    scheme_dimension_and_degree,
    set_degree,
)
from equivariety.varieties.algebraic.jacobian_minors import jacobian_minors
from equivariety.varieties.algebraic.polynomial_input import Polynomial, read_polynomials
from equivariety.varieties.algebraic.polynomial_output import to_sympy
from equivariety.varieties.algebraic.real_samples import real_point
from equivariety.varieties.algebraic.repeated_factors import squarefree_part
from equivariety.varieties.algebraic.univariate_roots import all_points
from equivariety.varieties.algebraic.variety_text import (
    html_table,
    latex_text,
    plain_repr,
    plain_text,
    short_text,
)
from equivariety.varieties.points.membership import check_tolerance

__all__ = ["AlgebraicVariety"]

#: Factors are looked for in lists of up to so many polynomials; longer ones are minors, which have none.
_MOST_FACTORED = 20


class AlgebraicVariety:
    """The common zeros in C^n of polynomials with rational coefficients, as a set.

    A set has no multiplicities: ``(x - y)^2`` gives a line of degree 1.  ``dim`` and ``degree`` (that of the projective
    closure) are those of the set and of its components of largest dimension, whatever the polynomials.  What is
    read off the Jacobian matrix, which is singular points, tangent spaces and the ED degree, takes for granted that the
    polynomials generate a radical ideal and that all components have the same dimension.  Repeated factors of single
    polynomials are removed before, and polynomials that vanish doubly along a component of largest dimension are
    noticed and refused.  Where the ideal fails to be radical at special points, these count as singular.

    Groebner bases are computed modulo primes near 2**31: a number counts when two primes give the same, a basis when
    one more prime confirms its coefficients.  A question takes at most ``seconds``.

    Args:
        polynomials: texts such as ``"y^2 = x^2 (x + 1)"``, or SymPy expressions; one, or a list.
        variables: names of the coordinates; None for those that are written, p2 before p10.
        seconds: time budget of each question.

    Raises ValueError or TypeError for anything that is not such a polynomial, and BudgetError when time is over.

    >>> import equivariety as ev
    >>> curve = ev.AlgebraicVariety("y^2 = x^2(x+1)")
    >>> curve.dim, curve.degree, curve.ed_degree
    (1, 3, 5)
    >>> curve.singular_locus().groebner_basis
    (Poly(x, x, y, domain='QQ'), Poly(y, x, y, domain='QQ'))
    """

    def __init__(self, polynomials: object, variables: object = None, *, seconds: float = GROEBNER_SECONDS) -> None:
        terms, names = read_polynomials(polynomials, variables)
        self._terms, self._names, self._seconds = terms, names, checked_seconds(seconds)

    @classmethod
    def _of(cls, terms: Sequence[Polynomial], names: tuple[str, ...], seconds: float) -> AlgebraicVariety:
        out = cls.__new__(cls)
        out._terms, out._names, out._seconds = tuple(terms) or ({},), names, seconds
        return out

    @property
    def polynomials(self) -> tuple[Any, ...]:
        """The polynomials as they were given, as ``sympy.Poly`` over QQ, equations as left minus right."""
        return tuple(to_sympy(one, self._names) for one in self._terms)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the coordinates of C^n."""
        return self._names

    @property
    def ambient_dim(self) -> int:
        """The number n of coordinates."""
        return len(self._names)

    def __eq__(self, other: object) -> bool:
        """Whether the same polynomials were given, in any order: not whether the sets are equal."""
        if not isinstance(other, AlgebraicVariety):
            return NotImplemented
        return self._names == other._names and self._key == other._key

    def __hash__(self) -> int:
        return hash((self._names, self._key))

    @property
    def _key(self) -> frozenset[frozenset[tuple[tuple[int, ...], Fraction]]]:
        return frozenset(frozenset(one.items()) for one in self._terms)

    def __and__(self, other: object) -> AlgebraicVariety:
        """The intersection with a variety in the same coordinates."""
        if not isinstance(other, AlgebraicVariety):
            return NotImplemented
        self._check_coordinates(other)
        return self._of([*self._terms, *other._terms], self._names, max(self._seconds, other._seconds))

    def _check_coordinates(self, other: AlgebraicVariety) -> None:
        if self._names != other._names:
            got, fix = ", ".join(other._names), f"construct both with variables={list(self._names)}"
            raise invalid("other", f"a variety in the coordinates {', '.join(self._names)}", got, fix)

    # ------------------------------------------------------------------------------------------ dimension, degree

    @cached_property
    def dim(self) -> int:
        """Complex dimension, the largest of its components; -1 for the empty set."""
        return self._scheme[0]

    @cached_property
    def degree(self) -> int:
        """How many points of the components of largest dimension a general affine subspace has; 0 if empty."""
        dim, degree = self._scheme
        return degree if degree <= 1 else set_degree(self._equations, self.ambient_dim, dim, self._clock("the degree"))

    @property
    def is_empty(self) -> bool:
        """Whether there are no complex points; without real points it need not be empty."""
        return self.dim < 0

    @cached_property
    def groebner_basis(self) -> tuple[Any, ...]:
        """The reduced Groebner basis over Q of the ideal of the polynomials, graded reverse lexicographic order."""
        found = elimination_basis(self._terms, self.ambient_dim, self._clock("the Groebner basis"))
        return tuple(to_sympy(one, self._names) for one in found) or (to_sympy({}, self._names),)

    def without(self, other: AlgebraicVariety) -> AlgebraicVariety:
        """Return the closure of the points that are not on ``other``: its components that ``other`` does not contain.

        The ideal is saturated by a random combination of the polynomials of ``other``, with a new variable
        t and the equation t g = 1.

        >>> import equivariety as ev
        >>> cross = ev.AlgebraicVariety("x*y")
        >>> cross.without(ev.AlgebraicVariety("x", ["x", "y"])).polynomials
        (Poly(y, x, y, domain='QQ'),)
        """
        if not isinstance(other, AlgebraicVariety):
            raise invalid("other", "an AlgebraicVariety", other, "construct it from its equations", TypeError)
        self._check_coordinates(other)
        found = saturation(self._terms, other._terms, self.ambient_dim, self._clock("the part outside of another"))
        return self._of(found, self._names, self._seconds)

    @cached_property
    def _equations(self) -> tuple[Polynomial, ...]:
        """The polynomials without repeated factors, which define the same set; each once.  Long lists stay."""
        out: list[Polynomial] = [one for one in self._terms if one]
        if len(out) <= _MOST_FACTORED:
            clock = self._clock("dimension and degree")
            out = [squarefree_part(one, self._names, clock) for one in out]
        return tuple({frozenset(one.items()): one for one in out}.values()) or ({},)

    @cached_property
    def _scheme(self) -> tuple[int, int]:
        return scheme_dimension_and_degree(self._equations, self.ambient_dim, self._clock("dimension and degree"))

    @cached_property
    def _codimension(self) -> int:
        return self.ambient_dim - self.dim

    def _clock(self, what: str) -> Clock:
        return Clock(self._seconds, f"{what} of {self._short}")

    def _check_reduced(self, what: str) -> None:
        if self._scheme[1] != self.degree:
            required = "polynomials that generate a radical ideal"
            got = f"multiplicity: {self._scheme[1]} points on a general subspace, {self.degree} different ones"
            raise invalid("polynomials", required, got, f"for {what}, add polynomials that vanish on the variety")

    # ------------------------------------------------------------------------------------------- singular points

    def singular_locus(self) -> AlgebraicVariety:
        """Return the points where the Jacobian matrix has a rank below the codimension c.

        By all its c x c minors, or ``dim`` + 1 random combinations of them where there are more than a thousand.
        For components of the same dimension and a radical ideal: the singular points, including
        those where components meet.  Singular points of components of smaller dimension may be missing.

        >>> import equivariety as ev
        >>> ev.AlgebraicVariety("x^2 y - y^3 - z^3").singular_locus().dim
        0
        >>> ev.AlgebraicVariety("x^2 + y^2 - 1").singular_locus().is_empty
        True
        """
        if self.is_empty:
            return self
        self._check_reduced("singular points")
        clock = self._clock("the singular locus")
        minors = jacobian_minors(self._equations, self.ambient_dim, self._codimension, self.dim, clock)
        return self._of([*self._equations, *minors], self._names, self._seconds)

    def is_singular_at(self, point: object, tolerance: float | None = None) -> AffineSingularity:
        """Whether the variety is singular at one of its points, with the rank of the Jacobian matrix there.

        Args:
            point: n numbers, a member; integers and fractions are treated exactly.
            tolerance: bound for equations and singular values that count as zero; None for exact answers where the
                point is rational, and the library's otherwise.

        Raises ValueError for points that are not on the variety, and as :meth:`singular_locus` does.
        """
        given = self._member(point, tolerance)
        self._check_reduced("singular points")
        return singularity(self._equations, given, self._codimension, tolerance)

    def contains(self, point: object, tolerance: float | None = None) -> AffineMembership:
        """Whether a point is on the variety, with an equation that fails if it is not.

        Args:
            point: n real or complex numbers; integers and fractions are treated exactly.
            tolerance: of each equation, relative to the sum of the sizes of its terms, or to its largest coefficient
                where that is more, so that it is an absolute one near 0; None for exact answers where the point is
                rational, and the library's otherwise.

        Raises ValueError or TypeError for anything else.
        """
        check_tolerance(tolerance)
        return membership(self._terms, self._names, read_point("point", point, self._names), tolerance)

    def _member(self, point: object, tolerance: float | None) -> AffinePoint:
        found = self.contains(point, tolerance)
        if not found:
            raise invalid("point", "on the variety", f"a point where {found.reason}", "take one with sample(rng)")
        return read_point("point", point, self._names)

    def tangent_space(self, point: object, tolerance: float | None = None) -> FloatArray:
        """Return an orthonormal basis, (d, n) rows, of the kernel of the Jacobian matrix at a real point.

        The tangent space, with d = ``dim``, at smooth points; Zariski's, of larger dimension, at singular ones.  Raises
        as :meth:`is_singular_at` does.

        >>> import equivariety as ev
        >>> abs(ev.AlgebraicVariety("x^2 + y^2 - 1").tangent_space([1, 0])).tolist()
        [[0.0, 1.0]]
        """
        rank, right = self._jacobian(point, tolerance)
        return right[rank:]

    def normal_space(self, point: object, tolerance: float | None = None) -> FloatArray:
        """Return an orthonormal basis, (n - d, n) rows, of the span of the gradients of the equations at a real point.

        The complement of :meth:`tangent_space`; raises as that does.

        >>> import equivariety as ev
        >>> abs(ev.AlgebraicVariety("x^2 + y^2 - 1").normal_space([1, 0])).tolist()
        [[1.0, 0.0]]
        """
        rank, right = self._jacobian(point, tolerance)
        return right[:rank]

    def _jacobian(self, point: object, tolerance: float | None) -> tuple[int, FloatArray]:
        given = self._member(point, tolerance)
        self._check_reduced("tangent spaces")
        return gradient_frame(self._equations, given, tolerance)

    def sample(self, rng: np.random.Generator) -> FloatArray:
        """Return a real point, (n,), found by Newton's method from random ones; of no particular distribution.

        Smooth points are preferred.  Raises ValueError if 60 starts find none: there may be no real points, as for
        x^2 + y^2 + 1.

        >>> import equivariety as ev
        >>> curve = ev.AlgebraicVariety("y^2 = x^2(x+1)")
        >>> bool(curve.contains(curve.sample(np.random.default_rng(0))))
        True
        """
        if not isinstance(rng, np.random.Generator):
            raise invalid("rng", "a numpy.random.Generator", rng, "pass numpy.random.default_rng(0)", TypeError)
        found = real_point(self._equations, self.ambient_dim, self._codimension, rng)
        if found is None:
            raise invalid("the variety", "one with real points", f"{self._short}, none found", "look at its equations")
        return found

    def points(self) -> tuple[AnyArray, ...]:
        """Return all points of a variety of dimension 0 or -1: real ones as (n,) float64, then complex ones.

        Exact up to the rounding of the coordinates to doubles.  Raises ValueError if there are infinitely many.

        >>> import equivariety as ev
        >>> [p.tolist() for p in ev.AlgebraicVariety(["x^2 = 4", "y = x + 1"]).points()]
        [[-2.0, -1.0], [2.0, 3.0]]
        """
        return all_points(self._equations, self.ambient_dim, self._clock("the points"))

    # -------------------------------------------------------------------------------------------------- distances

    @cached_property
    def ed_degree(self) -> int:
        """The ED degree for the sum of squares of the coordinates; :meth:`ed_degree_with` says what that is."""
        return self.ed_degree_with(None)

    def ed_degree_with(self, weights: object = None, *, seconds: float | None = None) -> int:
        """Return how many complex critical points ``sum(weights * (x - u)**2)`` has at smooth points for general u.

        Draisma, Horobet, Ottaviani, Sturmfels, Thomas, arXiv 1309.0049.  Of components of largest dimension.  Counted
        for random integers u modulo primes near 2**31; two of them must agree.  A variety whose equations have no
        common variables is a product, whose ED degree is the product.

        Args:
            weights: n positive rational numbers; None for ones.
            seconds: time budget; None for that of the variety.

        >>> import equivariety as ev
        >>> matrices = ev.AlgebraicVariety("a*d - b*c")
        >>> matrices.ed_degree_with(), matrices.ed_degree_with([1, 2, 5, 7])
        (2, 6)
        """
        numbers = read_weights(weights, self._names)
        if self.is_empty:
            return 0
        self._check_reduced("the ED degree")
        budget = self._seconds if seconds is None else checked_seconds(seconds)
        clock = Clock(budget, f"the ED degree of {self._short}")
        return distance_degree(self._equations, self._codimension, numbers, clock)

    def critical_points(
        self, u: object, weights: object = None, *, seconds: float | None = None
    ) -> tuple[DistanceCriticalPoint, ...]:
        """Return all complex critical points of ``sum(weights * (x - u)**2)`` at smooth points.

        Real ones come first, the nearest one at their head.

        Args:
            u: n real numbers.  Solved exactly for integers and fractions; floats are rounded to 20 bits first, and the
                solutions moved to the given ones by Newton's method.
            weights: n positive rational numbers; None for ones.
            seconds: time budget; None for that of the variety.

        Raises NonGenericDataError if there are infinitely many, as for the centre of a circle.

        >>> import equivariety as ev
        >>> ellipse = ev.AlgebraicVariety("x^2/4 + y^2 = 1")
        >>> [p.is_real for p in ellipse.critical_points([1, 2])]
        [True, True, False, False]
        """
        numbers = read_weights(weights, self._names)
        given = read_point("u", u, self._names, allow_complex=False)
        if self.is_empty:
            return ()
        self._check_reduced("critical points")
        budget = self._seconds if seconds is None else checked_seconds(seconds)
        clock = Clock(budget, f"the critical points of {self._short}")
        return distance_critical_points(self._equations, self._codimension, given, numbers, clock)

    # ---------------------------------------------------------------------------------------------------- display

    @property
    def _short(self) -> str:
        return short_text(self._terms, self._names)

    @property
    def _known(self) -> dict[str, int]:
        """What has been computed so far: a display computes nothing."""
        found = dict(vars(self))
        if "_scheme" in found:
            found["dim"] = found["_scheme"][0]
        return {name: found[name] for name in ("dim", "degree", "ed_degree") if name in found}

    def __repr__(self) -> str:
        return plain_repr(self._terms, self._names, self._known)

    def __str__(self) -> str:
        return plain_text(self._terms, self._names, self._known)

    def _repr_latex_(self) -> str:
        return latex_text(self._terms, self._names)

    def _repr_html_(self) -> str:
        return html_table(self._terms, self._names, self._known)
