"""One irreducible piece: the equivariant maps whose block i has rank at most r_i."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import invalid
from equivariety.linalg import algebra, truncate
from equivariety.parameterizations import Factorization, WeightSharing, factorize, weight_sharing
from equivariety.representations import EquivariantMap, MapBlock, RankVector
from equivariety.tolerances import tie_tolerance
from equivariety.varieties.points.membership import as_map, balanced, block_ranks, check_matrix
from equivariety.varieties.points.projection import Projection

if TYPE_CHECKING:
    from equivariety.varieties.rank_bounded import RankBoundedMaps

__all__ = ["Component"]


class Component:
    """A product of determinantal varieties over R, C and H: the maps whose block i has rank at most ``ranks[i]``.

    Closed and irreducible over R.  With a maximal rank vector it is an irreducible component of its space
    (``is_component``); otherwise a smaller stratum that answers the same questions.  One component is the function
    space of one network with weight sharing (Kohn, Sattelberger, Shahverdi, arXiv 2309.13736).

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (2, 1): 0, (4, 3): 1})
    >>> C.ranks, C.dim, C.num_parameters, C.rank
    ((1, 1, 0), 11, 14, 3)
    """

    __slots__ = ("_ranks", "_space")

    def __init__(self, space: RankBoundedMaps, ranks: RankVector) -> None:
        self._space = space
        self._ranks = ranks

    def __repr__(self) -> str:
        shown = {label: r for label, r in self._ranks.by_label.items() if r}
        return f"Component(shape={self.shape}, rank={self.rank}, ranks={shown})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Component):
            return NotImplemented
        return self._ranks == other._ranks and self._space.hom == other._space.hom

    def __hash__(self) -> int:
        return hash((self.shape, tuple(self._ranks)))

    @property
    def space(self) -> RankBoundedMaps:
        """The rank-bounded space it is a part of."""
        return self._space

    @property
    def ranks(self) -> RankVector:
        """The bound on the rank of each block, over the block's field."""
        return self._ranks

    @property
    def blocks(self) -> tuple[MapBlock, ...]:
        """The blocks of the maps."""
        return self._space.blocks

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers (m, n) of outputs and inputs."""
        return self._space.shape

    @property
    def rank(self) -> int:
        """Real rank of a generic member, the sum of ``irrep_dim * rank`` over blocks."""
        return self._space.budget.cost(self._ranks)

    @property
    def is_component(self) -> bool:
        """Whether the rank vector is maximal, so that this is an irreducible component."""
        return self._space.budget.is_maximal(self._ranks)

    @property
    def dim(self) -> int:
        """Real dimension, the sum of ``dim D * r (rows + cols - r)`` over blocks."""
        return sum(block.rank_variety_dim(r) for block, r in zip(self.blocks, self._ranks, strict=True))

    @property
    def num_parameters(self) -> int:
        """Real entries of encoder and decoder with this component's weight sharing.

        The sum of ``dim D * r (rows + cols)`` over blocks; 5,544 for the talk's ranks on 28x28 images.
        """
        return sum(block.num_parameters(r) for block, r in zip(self.blocks, self._ranks, strict=True))

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
        if not isinstance(rng, np.random.Generator):
            raise invalid("rng", "a numpy.random.Generator", rng, "pass numpy.random.default_rng(0)", TypeError)
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
