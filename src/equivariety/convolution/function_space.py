"""The function space of a linear convolutional network: the set of its end-to-end filters, with its exact facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from equivariety._typing import FloatArray
from equivariety.convolution.architecture import Architecture, ScaleBlock
from equivariety.convolution.filters import compose
from equivariety.convolution.real_fibers import per_scale, real_choices
from equivariety.convolution.segre import generic_ed_degree, segre_degree
from equivariety.errors import brief, invalid

if TYPE_CHECKING:
    from equivariety.convolution.equations import ClosureEquations, RealConditions
    from equivariety.convolution.membership import FilterMembership
    from equivariety.convolution.membership.verdict import FixedFilters
    from equivariety.convolution.regularity import FilterSingularity

__all__ = ["FunctionSpace"]

#: Filters up to this size are shown in texts.
_SHOWN = 40


@dataclass(frozen=True)
class FunctionSpace:
    """The end-to-end filters v in R^k of a linear convolutional network, a semialgebraic cone F.

    V is the Zariski closure of F, a complex variety that complex filters of the layers fill, and V(R) its real points.
    Counts, degrees and dimensions are exact.  F answers most questions of a :class:`~equivariety.varieties.Variety`,
    about points for itself and about singularities for V, but has no ``ed_degree``: critical points are
    counted for general quadratic forms, by ``generic_ed_degree``; the sum of squares is not general, and
    ``equations().variety().ed_degree`` computes the number for it.

    Attributes:
        architecture: filter sizes and strides of the network.

    >>> F = FunctionSpace(Architecture((3, 2), (2, 1)))
    >>> F.dim, F.ambient_dim, F.degree, F.fiber_count, F.num_critical_points, F.is_zariski_closed
    (4, 5, 3, 1, 10, False)
    >>> F.closure_only_filter()
    [1, 0, 1, 0, 1]
    """

    architecture: Architecture

    def __post_init__(self) -> None:
        if not isinstance(self.architecture, Architecture):
            fix = "construct it from filter sizes and strides"
            raise invalid("architecture", "an Architecture", brief(self.architecture), fix, TypeError)

    @property
    def _blocks(self) -> tuple[ScaleBlock, ...]:
        return self.architecture.blocks

    # ------------------------------------------------------------------------------------------- dimension, topology

    @property
    def dim(self) -> int:
        """Dimension of F and of V, ``1 + sum_i (k_i - 1)``."""
        return self.architecture.dim

    @property
    def ambient_dim(self) -> int:
        """Size k of the end-to-end filter."""
        return self.architecture.end_to_end_size

    @property
    def codim(self) -> int:
        """``ambient_dim - dim``."""
        return self.ambient_dim - self.dim

    @property
    def is_thick(self) -> bool:
        """Whether F has interior points in R^k, that is, all layers of filter size > 1 have scale 1."""
        return self.architecture.is_thick

    @property
    def fills_ambient(self) -> bool:
        """Whether F is all of R^k, that is, thick and with at most one even filter size."""
        return self.is_thick and sum(block.num_odd for block in self._blocks) <= 1

    @property
    def is_euclidean_closed(self) -> bool:
        """Whether F contains its limits; always True, filters of norm one being a compact set."""
        return True

    @property
    def is_zariski_closed(self) -> bool:
        """Whether F is V(R), the set of real solutions of polynomial equations; decided for every architecture.

        :func:`equivariety.convolution.equations.fills_real_closure` says how.
        """
        from equivariety.convolution.equations import fills_real_closure

        return fills_real_closure(self.architecture)

    @property
    def is_linear(self) -> bool:
        """Whether V is a linear space, that is, there is one scale."""
        return len(self._blocks) <= 1

    @property
    def has_singular_filters(self) -> bool:
        """Whether V has singular points other than zero.

        It has none if each scale but the last has a degree below its ratio to the next one: then V is, up to
        zeros, the cone over a Segre variety.
        """
        return any(block.ratio is not None and block.degree >= block.ratio for block in self._blocks)

    # ------------------------------------------------------------------------------------------------------- counts

    @property
    def fiber_dim(self) -> int:
        """Dimension of the filters with a given product that is not zero, L - 1 for scalings of the L layers."""
        return self.architecture.depth - 1

    @property
    def fiber_count(self) -> int:
        """Number of complex choices of filters with a general product, up to scaling; ``prod_b D_b! / prod_i d_i!``."""
        return prod(segre_degree([d + 1 for d in block.degrees]) for block in self._blocks)

    @property
    def degree(self) -> int:
        """Degree of V as a projective variety, ``(sum_b D_b)! / prod_b D_b!``."""
        return segre_degree(self.architecture.merged_filter_sizes)

    @property
    def generic_ed_degree(self) -> int:
        """Number of complex critical points on V, smooth and not zero, of a general quadratic function of v.

        That is the squared error for general data.  The function ``|v - u|^2`` is not general, and may have fewer.
        """
        return generic_ed_degree(self.architecture.merged_filter_sizes)

    @property
    def num_critical_points(self) -> int:
        """Number of complex critical points in the filters, up to scaling, of the squared error for general data.

        Those with product zero are not counted.  It depends on the filter sizes only, not on the strides.
        """
        return generic_ed_degree(self.architecture.filter_sizes)

    @property
    def num_regular_critical_points(self) -> int:
        """How many of these are regular points of the map from filters to their product.

        They are the points above the critical points on V; the others are critical for the parametrization alone.
        """
        return self.fiber_count * self.generic_ed_degree

    def real_fiber_count(self, num_real_roots: int | Sequence[int], num_complex_pairs: int | Sequence[int]) -> int:
        """Return the number of real choices of filters, up to scaling, with a given product without multiple roots.

        Args:
            num_real_roots: of the form of each scale, 0 and infinity included; an int if there is one scale.
            num_complex_pairs: numbers of pairs of conjugate roots, likewise.

        For one scale with r real roots and c pairs it is the sum of ``r! / prod a_i! * c! / prod b_i!`` over
        a_i + 2 b_i = d_i with sum a_i = r.  Raises ValueError unless r + 2 c is the degree at each scale.

        >>> FunctionSpace(Architecture((3, 2), (1, 1))).real_fiber_count(3, 0)
        3
        """
        degrees: list[tuple[int, ...]] = [block.degrees for block in self._blocks] or [()]
        real = per_scale("num_real_roots", num_real_roots, len(degrees))
        pairs = per_scale("num_complex_pairs", num_complex_pairs, len(degrees))
        for each, r, c in zip(degrees, real, pairs, strict=True):
            if r + 2 * c != sum(each):
                got = f"{r} real roots and {c} pairs"
                required = f"such that r + 2 c is the degree, {sum(each)}, for each scale"
                raise invalid("num_real_roots", required, got, "count roots with multiplicity and those at infinity")
        return prod(real_choices(each, r, c) for each, r, c in zip(degrees, real, pairs, strict=True))

    # ------------------------------------------------------------------------------------- equations and inequalities

    def equations(self) -> ClosureEquations:
        """Return polynomials that cut out V: :class:`~equivariety.convolution.equations.ClosureEquations`.

        Raises ValueError if they are too many to be written out.

        >>> print(FunctionSpace(Architecture((2, 2), (2, 1))).equations())
        p0*p3 - p1*p2 = 0
        """
        from equivariety.convolution.equations import closure_equations

        return closure_equations(self.architecture)

    def inequalities(self) -> RealConditions:
        """Return F by equations and signs of polynomials: :class:`~equivariety.convolution.equations.RealConditions`.

        Raises ValueError where that is not written out; :meth:`membership` decides in all cases.

        >>> print(FunctionSpace(Architecture((2, 2), (1, 1))).inequalities())
        p1^2 - 4*p0*p2 >= 0
        """
        from equivariety.convolution.equations import real_conditions

        return real_conditions(self.architecture)

    def closure_only_filter(self) -> list[int] | None:
        """Return a filter of integers in V(R) that is not in F, nor a limit of points of F; None if F = V(R)."""
        from equivariety.convolution.equations import closure_only_filter

        return closure_only_filter(self.architecture)

    # ------------------------------------------------------------------------------------------------------- points

    def membership(self, v: object, tolerance: float | None = None) -> FilterMembership:
        """Return whether an end-to-end filter is in F, and filters of the layers that give it.

        Args:
            v: k numbers; exact for ints, Fractions and SymPy rationals.
            tolerance: relative backward error up to which floats are members; None for the library's.

        Returns a :class:`~equivariety.convolution.membership.FilterMembership`, true for members.
        """
        from equivariety.convolution.membership import membership

        return membership(self.architecture, v, tolerance)

    def contains(self, v: object, tolerance: float | None = None) -> FilterMembership:
        """Whether an end-to-end filter is in F; the same as :meth:`membership`."""
        return self.membership(v, tolerance)

    def factorizations(self, v: object) -> tuple[FixedFilters, ...]:
        """Return all real choices of filters with product v, up to scaling of the layers: a tuple of tuples."""
        from equivariety.convolution.membership import factorizations

        return factorizations(self.architecture, v)

    def sample(self, rng: np.random.Generator) -> FloatArray:
        """Return the end-to-end filter (k,) of random filters with independent normal weights.

        >>> F = FunctionSpace(Architecture((3, 2), (2, 1)))
        >>> v = F.sample(np.random.default_rng(0))
        >>> v.shape, bool(F.equations().contains(v))
        ((5,), True)
        """
        if not isinstance(rng, np.random.Generator):
            raise invalid("rng", "a numpy.random.Generator", rng, "pass numpy.random.default_rng(0)", TypeError)
        filters = [rng.standard_normal(k) for k in self.architecture.filter_sizes]
        return np.asarray(compose(self.architecture, filters))

    def is_singular_at(self, v: object, tolerance: float | None = None) -> FilterSingularity:
        """Whether V is singular at a filter on it: :class:`~equivariety.convolution.FilterSingularity`.

        Exact for rational filters.  Raises ValueError for filters that are not on V.

        >>> print(FunctionSpace(Architecture((3, 2), (2, 1))).is_singular_at([1, 2, 2, -2, -3]))
        no: at each scale the common factor has exactly the degree needed
        """
        from equivariety.convolution.regularity import singularity

        return singularity(self.architecture, v, tolerance)

    def tangent_space(self, v: object, tolerance: float | None = None) -> FloatArray:
        """Return an orthonormal basis, (dim, k) rows, of the tangent space of V at a real smooth point.

        Raises ValueError at singular points, where floats do not tell whether V is smooth, and for filters not on V.

        >>> F = FunctionSpace(Architecture((3, 2), (2, 1)))
        >>> v = [1, 2, 2, -2, -3]
        >>> T = F.tangent_space(v)
        >>> T.shape, bool(abs(F.equations().jacobian(v) @ T.T).max() < 1e-12)
        ((4, 5), True)
        """
        return self._frame(v, tolerance)[: self.dim]

    def normal_space(self, v: object, tolerance: float | None = None) -> FloatArray:
        """Return an orthonormal basis, (codim, k) rows, of the orthogonal complement of :meth:`tangent_space`."""
        return self._frame(v, tolerance)[self.dim :]

    def _frame(self, v: object, tolerance: float | None) -> FloatArray:
        from equivariety.convolution.regularity import block_forms, block_jacobian

        verdict = self.is_singular_at(v, tolerance)
        if self.is_linear:
            skipped = np.arange(self.ambient_dim) % self.architecture.step != 0
            return np.eye(self.ambient_dim)[np.argsort(skipped, kind="stable")]
        if verdict.is_singular is not False:
            raise invalid("v", "a smooth point of the closure", f"a filter where {verdict.reason}", "use sample(rng)")
        left: FloatArray = np.linalg.svd(block_jacobian(self.architecture, block_forms(self.architecture, v)))[0]
        return np.ascontiguousarray(left.T)

    # ------------------------------------------------------------------------------------------------------- display

    def __repr__(self) -> str:
        a = self.architecture
        return (
            f"FunctionSpace(filter_sizes={a.filter_sizes}, strides={a.strides}, dim={self.dim} of {self.ambient_dim})"
        )

    def __str__(self) -> str:
        return self.describe()

    def describe(self) -> str:
        """Return what is known of F as text, a fact per line; nothing in it is approximate.

        >>> print(FunctionSpace(Architecture((2, 2), (1, 1))).describe())
        end-to-end filters: size 3, stride 1; layers with filter sizes (2, 2) and strides (1, 1)
        scale 1: degree 2 = 1 + 1
        dimension: 3, the whole space has 3: thick
        F is closed, and a cone; it is not the whole space
        Zariski closure V: linear
        F is not all real points of V: (1, 1, 1) is one, and not in F
        filters of a general point of V, complex and up to scaling: 2
        critical points of the squared error for general data, complex and up to scaling, v = 0 aside: 6
        of these 2 are regular, above critical points on V
        """
        a = self.architecture
        lines = [
            f"end-to-end filters: size {self.ambient_dim}, stride {a.end_to_end_stride}; layers with filter sizes "
            f"{a.filter_sizes} and strides {a.strides}"
        ]
        for block in self._blocks:
            sums = " + ".join(map(str, block.degrees))
            lines.append(f"scale {block.scale}: degree {block.degree}" + (f" = {sums}" if "+" in sums else ""))
        whole = "is the whole space" if self.fills_ambient else "is not the whole space"
        vertex = "at 0 and where a factor has more roots than needed" if self.has_singular_filters else "only at 0"
        closure = "linear" if self.is_linear else f"degree {self.degree}, singular {vertex}"
        points = "all" if self.is_zariski_closed else "not all"
        outside = self.closure_only_filter() if self.ambient_dim <= _SHOWN else None
        witness = "" if outside is None else f": ({', '.join(map(str, outside))}) is one, and not in F"
        regular, total = self.num_regular_critical_points, self.num_critical_points
        share = "all of these" if regular == total else f"of these {regular}"
        lines += [
            f"dimension: {self.dim}, the whole space has {self.ambient_dim}: {'thick' if self.is_thick else 'thin'}",
            f"F is closed, and a cone; it {whole}",
            f"Zariski closure V: {closure}",
            f"F is {points} real points of V{witness}",
            f"filters of a general point of V, complex and up to scaling: {self.fiber_count}",
            f"critical points of the squared error for general data, complex and up to scaling, v = 0 aside: {total}",
            f"{share} are regular, above critical points on V",
        ]
        return "\n".join(lines)
