"""One irreducible piece: the equivariant maps whose block i has rank at most r_i."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from equivariety._typing import AnyArray
from equivariety.linalg import algebra, truncate
from equivariety.parameterizations import Factorization, WeightSharing, factorize, weight_sharing
from equivariety.representations import EquivariantMap, MapBlock, RankVector
from equivariety.tolerances import tie_tolerance
from equivariety.varieties.complex_maps import ComplexComponent
from equivariety.varieties.determinantal import DeterminantalVariety, block_variety
from equivariety.varieties.ground_fields import Ground, as_ground
from equivariety.varieties.points.membership import as_map, balanced, block_ranks, check_generator, check_matrix
from equivariety.varieties.points.projection import Projection
from equivariety.varieties.strata_union import StrataUnion, singular_strata
from equivariety.varieties.stratum import Stratum

if TYPE_CHECKING:
    from equivariety.varieties.rank_bounded import RankBoundedMaps

__all__ = ["Component"]


class Component(Stratum):
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

    def contains(self, matrix: object, tolerance: float | None = None) -> bool:
        """Whether a dense (m, n) matrix lies in the component, up to rounding.

        Args:
            matrix: real, finite, of shape (m, n).
            tolerance: relative bound both for the distance to the equivariant maps and for singular values that
                count as zero; default: the library's tolerances for the dtype of ``matrix``.

        Raises ValueError or TypeError for anything that is not such a matrix.
        """
        found = block_ranks(self._space.hom, matrix, tolerance)
        return found is not None and all(k <= r for k, r in zip(found, self._ranks, strict=True))

    def project(self, matrix: object) -> Projection:
        """Return the point of the component nearest to a dense (m, n) matrix, in the Frobenius norm.

        Orthogonal projection on the equivariant maps, then the r_i largest singular triples of each block over its
        field (Eckart-Young).  Raises as :meth:`contains` does.
        """
        dense, unit = balanced(check_matrix("matrix", matrix, self.shape))
        triples = self._space.singular_triples(dense)
        scale = max((float(s[0]) for _, s, _ in triples if len(s)), default=0.0)
        cutoff = scale * tie_tolerance(dense.dtype)
        unique = all(
            r in (0, len(s)) or s[r] <= cutoff or s[r - 1] - s[r] > cutoff
            for (_, s, _), r in zip(triples, self._ranks, strict=True)
        )
        factors = {
            i: truncate(t, r, algebra(self.blocks[i].field).order)
            for i, (t, r) in enumerate(zip(triples, self._ranks, strict=True))
            if r
        }
        return Projection.of(self._space.hom, dense, unit, factors, self._ranks, is_unique=unique)

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
