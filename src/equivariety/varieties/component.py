"""One irreducible piece: the equivariant maps whose block i has rank at most r_i."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from equivariety._typing import AnyArray
from equivariety.linalg import algebra
from equivariety.parameterizations import Factorization, Fiber, WeightSharing, factorize, fiber, weight_sharing
from equivariety.representations import EquivariantMap, MapBlock, RankVector
from equivariety.varieties.cards.card import Described, GeometryCard, component_card
from equivariety.varieties.complex_maps import ComplexComponent
from equivariety.varieties.determinantal import DeterminantalVariety, block_variety
from equivariety.varieties.equations import (
    Coordinates,
    Equations,
    component_equations,
    homotopy_continuation_script,
    macaulay2_script,
    singular_script,
)
from equivariety.varieties.ground_fields import Ground, as_ground
from equivariety.varieties.points import critical_points, singularity
from equivariety.varieties.points.critical_points import CriticalPoint, CriticalPoints
from equivariety.varieties.points.membership import (
    Measured,
    as_map,
    balanced,
    check_generator,
    check_matrix,
    measured,
    of_bounded_ranks,
    within,
)
from equivariety.varieties.points.projection import Projection, nearest_of_ranks
from equivariety.varieties.points.tangent_spaces import LinearSubspace, tangent_space
from equivariety.varieties.points.verdicts import Membership, Singularity
from equivariety.varieties.strata_union import StrataUnion, singular_strata
from equivariety.varieties.stratum import Stratum

if TYPE_CHECKING:
    from equivariety.varieties.rank_bounded import RankBoundedMaps

__all__ = ["Component"]


class Component(Described, Stratum):
    """A product of determinantal varieties over R, C and H: the maps whose block i has rank at most ``ranks[i]``.

    Closed and irreducible over R.  With a maximal rank vector it is an irreducible component of its space
    (``is_component``); otherwise a smaller stratum that answers the same questions.  One component is the function
    space of one network with weight sharing (Kohn, Sattelberger, Shahverdi, arXiv 2309.13736).  ``C & D`` is the
    intersection with another one, ``C <= D`` inclusion.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (2, 1): 0, (4, 3): 1})
    >>> C.ranks, C.rank, C.dim, C.degree, C.ed_degree, C.num_parameters, C.fiber_dim
    ((1, 1, 0), 3, 11, 24, 6, 14, 3)
    """

    __slots__ = ()

    @property
    def space(self) -> RankBoundedMaps:
        """The rank-bounded space it is a part of."""
        return self._space  # type: ignore[no-any-return]

    @property
    def blocks(self) -> tuple[MapBlock, ...]:
        """The blocks of the maps."""
        return self.space.blocks

    @property
    def factors(self) -> tuple[DeterminantalVariety, ...]:
        """The determinantal varieties over R, C and H of which it is the product, in the order of ``blocks``."""
        return tuple(block_variety(block, r) for block, r in zip(self.blocks, self._ranks, strict=True))

    @property
    def ed_degree(self) -> int:
        """Number of critical points of the distance from a generic matrix, ``prod binomial(min(rows, cols), r)``.

        All of them are real.  For the Frobenius norm of the original entries, and so for any real orthogonal change of
        basis, but not for the unitary T2.
        """
        return prod(factor.ed_degree for factor in self.factors)

    @property
    def num_parameters(self) -> int:
        """Real entries of encoder and decoder with this component's weight sharing.

        The sum of ``dim D * r (rows + cols)`` over blocks; 5,544 for the talk's ranks on 28x28 images.
        """
        return sum(factor.num_parameters for factor in self.factors)

    @property
    def fiber_dim(self) -> int:
        """Real dimension of the pairs of encoder and decoder of a generic member, the sum of ``dim D * r^2``."""
        return sum(factor.fiber_dim for factor in self.factors)

    def describe(self, *, full: bool = False) -> GeometryCard:
        """Return what is known about the component on one page; ``print`` and notebooks show it.

        Args:
            full: write long integers with all digits, and lists with all entries.

        Raises TypeError unless ``full`` is True or False.

        >>> import equivariety as ev
        >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).stratum({(4, 3): 1})
        >>> card = C.describe()
        >>> card.facts["dim"], card.facts["contained_in"]
        (6, {'(1,1)': 1, '(4,3)': 1, '(2,1)': 0})
        >>> print(str(card).splitlines()[1].strip())
        note             not a component: contained in one of ranks (1,1)=1,(4,3)=1 and in 1 more
        """
        return component_card(self, full=full)

    @property
    def complexification(self) -> ComplexComponent:
        """The Zariski closure over C, irreducible; it need not be a component of the complex rank-bounded maps."""
        family = self.space.complex_maps
        ranks = (self._ranks[block.real_block] * (2 if block.field == "H" else 1) for block in family.blocks)
        return ComplexComponent(family, RankVector(ranks, family.labels))

    def singular_locus(self, field: Ground = "real") -> StrataUnion[Any]:
        """Return the singular points: the union, over blocks with 0 < r < full rank, of where the block drops rank.

        Args:
            field: "real" for the real singular points, a union of components of lower rank; "complex" for those of
                the complexification, whose real points are the same, but which is larger for blocks over C and H.

        Empty if every block has rank 0 or full rank.  Raises ValueError for another field.

        >>> import equivariety as ev
        >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
        >>> [(S.ranks.by_label, S.dim) for S in C.singular_locus()]
        [({'(1,1)': 0, '(4,3)': 1, '(2,1)': 0}, 6), ({'(1,1)': 1, '(4,3)': 0, '(2,1)': 0}, 5)]
        >>> C.singular_locus("complex").dim
        8
        """
        if as_ground(field) == "complex":
            return self.complexification.singular_locus()
        return singular_strata(self)

    def contains(self, matrix: object, tolerance: float | None = None) -> Membership:
        """Whether a dense (m, n) matrix lies in the component, up to rounding: a verdict, true or false, with reasons.

        Args:
            matrix: real, finite, of shape (m, n).
            tolerance: relative bound both for the distance to the equivariant maps and for singular values that
                count as zero; default: the library's tolerances for the dtype of ``matrix``.

        Raises ValueError or TypeError for anything that is not such a matrix.

        >>> import equivariety as ev
        >>> C = ev.equivariant_maps(ev.groups.cyclic(3), rank=2).component({(3, 2): 1})
        >>> print(C.contains(np.eye(3) - 1 / 3))
        yes: equivariant, block ranks (3,2): 1
        >>> print(C.contains(np.eye(3)))
        no: block (1,1) has rank 1, at most 0 allowed: its singular value 1 (the largest of all blocks is 1)
        """
        return of_bounded_ranks(self._measured(matrix, tolerance), self._ranks)

    def is_singular_at(self, matrix: object, tolerance: float | None = None) -> Singularity:
        """Whether a member is a singular point of the component: a verdict, true or false, with reasons.

        It is where the rank of a block drops below r_i, unless r_i is 0 or full.  Arguments as in :meth:`contains`;
        raises as it does, and ValueError with the reason for a matrix that is not a member.

        >>> import equivariety as ev
        >>> C = ev.linear_maps(3, 3, rank=2).component([2])
        >>> print(C.is_singular_at(np.diag([1.0, 0.0, 0.0])))
        yes: rank drops in (1,1)
        >>> bool(C.is_singular_at(np.diag([1.0, 2.0, 0.0])))
        False
        """
        return singularity.of_stratum(self, within(self.contains(matrix, tolerance)))

    def tangent_space(self, matrix: object, tolerance: float | None = None) -> LinearSubspace:
        """Return the Zariski tangent space of the component at a member, a space of (m, n) matrices.

        At a smooth point, block i of rank r_i, it is all matrices that map the kernel of M_i into its image, and the
        dimension is ``dim``.  Where the rank of a block with 0 < r_i < full rank drops, all (r_i + 1)-minors have
        differential zero (over C and H, those of the complex matrices that define it): the whole block is tangent.

        Arguments and errors as in :meth:`is_singular_at`.

        >>> import equivariety as ev
        >>> C = ev.linear_maps(3, 4, rank=2).component([2])
        >>> M = C.sample(np.random.default_rng(0))
        >>> C.tangent_space(M).dim, C.normal_space(M).dim, C.tangent_space(np.zeros((3, 4))).dim
        (10, 2, 12)
        """
        found = self._measured(matrix, tolerance)
        ranks = within(of_bounded_ranks(found, self._ranks))
        spare = [k < r for k, r in zip(ranks, self._ranks, strict=True)]
        return tangent_space(self._space.hom, found.matrix, ranks, spare)

    def normal_space(self, matrix: object, tolerance: float | None = None) -> LinearSubspace:
        """Return the orthogonal complement, in all (m, n) matrices, of the tangent space at a member.

        Arguments and errors as in :meth:`tangent_space`.  ``M - U`` lies in it for every critical point M of the
        distance to U.
        """
        return self.tangent_space(matrix, tolerance).complement

    def critical_points(self, matrix: object) -> CriticalPoints[CriticalPoint]:
        """Return all critical points of the squared Frobenius distance to a dense (m, n) matrix, nearest first.

        They are smooth points of the component, ``ed_degree`` of them, all real, and found one after the other, so that
        the first ones take no time however many there are.

        Raises NonGenericDataError (a ValueError) with the dimension of the critical points if, in a block with
        0 < r_i < full rank, singular values are equal or zero up to rounding; else as :meth:`project` does.

        >>> import equivariety as ev
        >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
        >>> found = C.critical_points(np.arange(81.0).reshape(9, 9) ** 2 % 17)
        >>> found.count, [p.index for p in found], next(iter(found)).kept
        (6, [0, 2, 1, 2, 3, 4], {'(1,1)': (0,), '(4,3)': (0,)})
        >>> ev.linear_maps(3, 3, rank=1).component([1]).critical_points(np.eye(3))
        Traceback (most recent call last):
            ...
        equivariety.errors.NonGenericDataError: the data must be generic ...
        """
        return critical_points.of_component(self, matrix)

    def _measured(self, matrix: object, tolerance: float | None) -> Measured:
        return measured(self._space.hom, matrix, tolerance)

    def project(self, matrix: object) -> Projection:
        """Return the point of the component nearest to a dense (m, n) matrix, in the Frobenius norm.

        Orthogonal projection on the equivariant maps, then the r_i largest singular triples of each block over its
        field (Eckart-Young).  Where singular values are equal across the cut the nearest points are a family of
        dimension ``family_dim``.  Raises as :meth:`contains` does.
        """
        dense, unit = balanced(check_matrix("matrix", matrix, self.shape))
        return nearest_of_ranks(self._space.hom, dense, unit, self._space.singular_triples(dense), self._ranks)

    def sample(self, rng: np.random.Generator) -> AnyArray:
        """Return a random member, dense (m, n): every block a product of Gaussian factors of its rank.

        Almost surely a smooth point, of the component's full rank.  Raises TypeError if ``rng`` is no Generator.
        """
        check_generator(rng)
        factors = {}
        for i, (block, r) in enumerate(zip(self.blocks, self._ranks, strict=True)):
            if r:
                over = algebra(block.field)
                factors[i] = over.gaussian(rng, block.rows, r), over.gaussian(rng, block.cols, r)
        return EquivariantMap(self._space.hom, factors, np.dtype(np.float64)).to_dense()

    def factorize(self, mapping: object, *, form: Literal["balanced", "orthonormal"] = "balanced") -> Factorization:
        """Return an encoder and a decoder of a member, with this component's weight sharing and latent dimensions.

        Args:
            mapping: a dense (m, n) matrix or an EquivariantMap of the same space, a member up to rounding.
            form: see :func:`equivariety.parameterizations.factorize`.

        Raises ValueError if the member is not equivariant or has a block of larger rank, saying which, and ValueError
        or TypeError for anything that is not such a matrix or map.

        >>> import equivariety as ev
        >>> C = ev.invariant_maps(ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5), outputs=5).component([2])
        >>> F = C.factorize(C.sample(np.random.default_rng(0)))
        >>> B = F.encoder
        >>> B.shape, bool(np.allclose(B[:, [0, 0, 1]], B[:, [2, 3, 4]]))
        ((2, 5), True)
        """
        return factorize(as_map(self._space.hom, mapping), ranks=self._ranks, form=form)

    def fiber(self, mapping: object) -> Fiber:
        """Return all factorizations of a member with this component's latent dimensions, as one geometric object.

        Arguments and errors as in :meth:`factorize`; ``parameterizations.fiber`` takes other latent dimensions.

        >>> import equivariety as ev
        >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
        >>> F = C.fiber(C.sample(np.random.default_rng(0)))
        >>> F.dim == C.fiber_dim, F.contains(F.sample(np.random.default_rng(1)))
        (True, True)
        """
        found = fiber(as_map(self._space.hom, mapping), self._ranks)
        found.check_not_empty()
        return found

    def weight_sharing(self, basis: Literal["isotypic", "points"] = "isotypic") -> WeightSharing:
        """Return the patterns of shared weights of encoder and decoder, ``num_parameters`` weights in all.

        Args:
            basis: "isotypic" for inputs and outputs in the coordinates of ``split``, "points" for the original ones,
                where a pattern exists for invariant maps, for the characters (l, m) with l in {1, 2, 4} and for all
                irreducibles of dimension one.

        Raises ValueError for another basis, and for "points" if a block of positive rank has no pattern there.

        >>> import equivariety as ev
        >>> C = ev.invariant_maps(ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5), outputs=5).component([2])
        >>> print(C.weight_sharing("points").encoder)
         a  b  a  a  b
         c  d  c  c  d
        """
        return weight_sharing(self._space.hom, self._ranks, basis)

    def equations(self, coordinates: Coordinates = "blocks") -> Equations:
        """Return polynomials that generate the prime ideal of the component's Zariski closure, for SymPy.

        Args:
            coordinates: "blocks" for the real coordinates of the block matrices, in the orthonormal bases of the
                decomposition, with integer coefficients; "entries" for the mn entries of the whole matrix, with the
                linear equations of equivariance first.  Entries have algebraic coefficients, exact wherever an
                element of the group has an eigenvalue that singles a block out.

        A block of rank at most r gives its minors of size r + 1; over C their real and imaginary parts, over H those
        of the minors of size 2r + 1 of the complex adjoint.  A block of full rank gives none.

        Raises ValueError for other coordinates, and where minors are over ``tolerances.EQUATION_MINORS_BUDGET`` or
        their terms over ``tolerances.EQUATION_TERMS_BUDGET``, before any is built.

        >>> import equivariety as ev
        >>> C = ev.invariant_maps(ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5), outputs=2, rank=1)
        >>> print(C.component([1]).equations())
        x1m1r1c1*x1m1r2c2 - x1m1r1c2*x1m1r2c1 = 0
        >>> print(str(C.component([1]).equations("entries")).splitlines()[-1])
        m1c1*m2c2 - m1c2*m2c1 = 0
        """
        return component_equations(self, coordinates)

    def to_macaulay2(self, *, whole: bool = False) -> str:
        """Return a Macaulay2 script that computes dimension, degree and ED degree anew and compares them with these.

        Args:
            whole: compute with one ideal of all blocks, instead of one for each block that is not linear.

        Run it by ``M2 --script``.  Ideals are over QQ in block coordinates, critical points over a finite field, in a
        chart.  Raises ValueError as :meth:`equations` does, TypeError unless ``whole`` is True or False.

        >>> import equivariety as ev
        >>> print(ev.linear_maps(3, 4, rank=2).component([2]).to_macaulay2().splitlines()[1])
        -- expected: dim 10, degree 6, ed_degree 3
        """
        return macaulay2_script(self, whole=whole)

    def to_singular(self, *, whole: bool = False) -> str:
        """Return the same script for Singular, run by ``Singular -q``; see :meth:`to_macaulay2`.

        >>> import equivariety as ev
        >>> print(ev.linear_maps(3, 4, rank=2).component([2]).to_singular().splitlines()[1])
        // expected: dim 10, degree 6, ed_degree 3
        """
        return singular_script(self, whole=whole)

    def to_homotopycontinuation(self, *, whole: bool = False) -> str:
        """Return a Julia script for HomotopyContinuation.jl that finds the same numbers by numerical monodromy.

        ``whole`` and errors as in :meth:`to_macaulay2`.

        >>> import equivariety as ev
        >>> print(ev.linear_maps(3, 4, rank=2).component([2]).to_homotopycontinuation().splitlines()[1])
        # expected: dim 10, degree 6, ed_degree 3
        """
        return homotopy_continuation_script(self, whole=whole)
