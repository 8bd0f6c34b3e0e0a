"""The fiber over an equivariant map: all its factorizations with given inner dimensions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import invalid
from equivariety.linalg import DivisionAlgebra, algebra, numerical_rank
from equivariety.parameterizations.factorization import Factorization
from equivariety.parameterizations.fibers.block_fibers import BlockFiber
from equivariety.parameterizations.fibers.block_points import SingularFactors, factors_of_ranks
from equivariety.parameterizations.fibers.fiber_strata import FiberStratum
from equivariety.parameterizations.fibers.product_fibers import ProductFiber
from equivariety.parameterizations.normal_forms import in_form, singular_factors
from equivariety.representations import EquivariantMap, HomSpace, RankVector
from equivariety.tolerances import DENSE_ENTRIES_BUDGET, equivariance_tolerance, rank_tolerance

__all__ = ["Fiber", "fiber"]


class Fiber(ProductFiber):
    """All decoders A and encoders B, of inner dimension ``ranks[i]`` in block i, whose product is a given map M.

    Where the inner dimensions are the ranks of M, the fiber is one orbit of the group GL of all blocks (Kohn,
    Sattelberger, Shahverdi, arXiv 2309.13736); where one is larger, it is a union of strata; where one is smaller, it
    is empty.  Made by :func:`fiber` and by ``component.fiber``.

    Args:
        mapping: the map M.
        ranks: the inner dimension of every block.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
    >>> F = C.fiber(C.sample(np.random.default_rng(0)))
    >>> F.dim, F.is_torsor, F.num_components, F.num_connected_components
    (3, True, 1, 2)
    >>> Z = C.fiber(np.zeros((9, 9)))
    >>> Z.dim, Z.generic_dim, Z.is_smooth, Z.num_components
    (7, 3, False, 4)
    """

    def __init__(self, mapping: EquivariantMap, ranks: RankVector) -> None:
        hom = mapping.hom
        self._map = mapping
        given = mapping.factors
        triples: list[SingularFactors] = []
        for block in hom.blocks:
            over = algebra(block.field)
            none = over.zeros(block.rows, 0, mapping.dtype), over.zeros(block.cols, 0, mapping.dtype)
            triples.append(singular_factors(over, *given.get(block.label, none)))
        self._scale = max((float(s[0]) for _, s, _ in triples if len(s)), default=0.0)
        cutoff = self._scale * rank_tolerance(mapping.dtype, max(hom.shape))
        self._parts: list[SingularFactors] = []
        fibers = []
        for block, (u, s, v), r in zip(hom.blocks, triples, ranks, strict=True):
            over, k = algebra(block.field), numerical_rank(s, cutoff)
            self._parts.append((over.columns(u, 0, k), s[:k], over.columns(v, 0, k)))
            fibers.append(BlockFiber(block.rows, block.cols, r, k, block.field))
        super().__init__(hom.blocks, fibers)

    def __repr__(self) -> str:
        shown = {label: r for label, r in self.ranks.by_label.items() if r}
        return f"Fiber(shape={self._map.shape}, ranks={shown}, dim={self.dim})"

    @property
    def hom(self) -> HomSpace:
        """The space of all equivariant maps that M lies in."""
        return self._map.hom

    @property
    def map(self) -> EquivariantMap:
        """The map M."""
        return self._map

    def stratum_of(self, factorization: Factorization) -> FiberStratum:
        """Return the stratum in which a factorization of M lies, by the numerical ranks of its factors.

        Singular values of the decoder (encoder) up to the square root of the rank tolerance times its largest one count
        as zero: where M has rounding, a balanced factorization has its root.

        Raises ValueError if the factorization is not in the fiber, or if its ranks are not clear to this tolerance.

        >>> import equivariety as ev
        >>> F = ev.linear_maps(2, 2).component([2]).fiber([[1.0, 0.0], [0.0, 0.0]])
        >>> F.stratum_of(F.balanced()).decoder_ranks, F.stratum_of(F.sample(np.random.default_rng(0))).decoder_ranks
        ((1,), (1,))
        """
        if not self.contains(factorization):
            raise invalid("factorization", "a point of the fiber", "another product", "see contains()")
        decoder, encoder = (self._side_ranks(factorization, side) for side in range(2))
        return self.stratum(decoder, encoder)

    def tangent_dim(self, factorization: Factorization) -> int:
        """Return the real dimension of the kernel of the differential of (A, B) -> A B at a point of the fiber.

        It is the dimension of the Zariski tangent space: larger than that of the fiber near the point iff the point is
        singular.  Raises ValueError as :meth:`stratum_of` does.
        """
        return self.stratum_of(factorization).tangent_dim

    def contains(self, factorization: Factorization) -> bool:
        """Whether a factorization has this fiber's inner dimensions and the product M, up to rounding of its factors.

        Raises TypeError for anything that is no Factorization, ValueError for one between other actions.
        """
        if not isinstance(factorization, Factorization):
            raise invalid(
                "factorization", "a Factorization", factorization, "take one from sample() or factorize()", TypeError
            )
        if factorization.hom != self.hom:
            raise invalid("factorization", "between the actions of the fiber", "other actions", "factorize the map M")
        if factorization.ranks != self.ranks:
            return False
        mine, other = self._map.factors, factorization.factors
        allowed = max(equivariance_tolerance(kind.dtype) for kind in (self._map, factorization))
        for block in self.hom.blocks:
            over = algebra(block.field)
            gap, size = over.zeros(block.rows, block.cols), self._scale
            if block.label in mine:
                left, right = mine[block.label]
                gap = gap + left @ right.conj().T
            if block.label in other:
                left, right = other[block.label]
                gap = gap - left @ right.conj().T
                size = max(size, over.norm(left) * over.norm(right))
            if over.norm(gap) > allowed * size:
                return False
        return True

    def sample(self, rng: np.random.Generator, stratum: FiberStratum | None = None) -> Factorization:
        """Return a random factorization of M from one stratum, its factors about as well conditioned as M allows.

        Args:
            rng: the source of randomness.
            stratum: from ``strata()`` or ``stratum()``; None takes the first one of largest dimension.

        Raises ValueError if the fiber is empty or has no such stratum, TypeError for other arguments, and ValueError
        where the factors would exceed the dense budget.

        >>> import equivariety as ev
        >>> F = ev.parameterizations.fiber(ev.fit(ev.linear_maps(2, 2, rank=1), np.eye(2)).map, [4])
        >>> G = F.sample(np.random.default_rng(0))
        >>> G.decoder.shape, G.encoder.shape, bool(np.allclose(G.decoder @ G.encoder, np.asarray(F.map)))
        ((2, 4), (4, 2), True)
        """
        if not isinstance(rng, np.random.Generator):
            raise invalid("rng", "a numpy.random.Generator", rng, "pass numpy.random.default_rng(0)", TypeError)
        if stratum is not None and not isinstance(stratum, FiberStratum):
            raise invalid("stratum", "a FiberStratum, or None", stratum, "take one from strata()", TypeError)
        self.check_not_empty()
        self._check_budget()
        if stratum is None:
            chosen = [block.largest() for block in self.block_fibers]
            pairs = [(part.decoder_rank, part.encoder_rank) for part in chosen]
        else:
            self.stratum(stratum.decoder_ranks, stratum.encoder_ranks)
            pairs = list(zip(stratum.decoder_ranks, stratum.encoder_ranks, strict=True))
        scale = self._scale or 1.0
        return self._factorization(
            lambda i, over, inner: factors_of_ranks(over, self._parts[i], inner, pairs[i], scale, rng)
        ).moved_at_random(rng)

    def balanced(self) -> Factorization:
        """Return the balanced factorization, ``left^* left == right^* right`` in every block, zero beyond rank M.

        The normal form of :func:`equivariety.parameterizations.factorize`, here with inner dimensions of any size; of
        all points of the fiber one of least norm.  Raises ValueError if the fiber is empty or over the dense budget.
        """
        self.check_not_empty()
        self._check_budget()
        return self._factorization(lambda i, over, inner: in_form(over, *self._parts[i], inner, "balanced"))

    def _factorization(
        self, factors_of: Callable[[int, DivisionAlgebra, int], tuple[AnyArray, AnyArray]]
    ) -> Factorization:
        """The factorization with the factors of each block, by its position, field and positive inner dimension."""
        factors = {}
        for i, block in enumerate(self.block_fibers):
            if block.inner:
                over = algebra(block.field)
                left, right = factors_of(i, over, block.inner)
                kind = over.dtype(self._map.dtype)
                factors[i] = left.astype(kind), right.astype(kind)
        return Factorization(self.hom, factors, self._map.dtype)

    def _side_ranks(self, factorization: Factorization, side: int) -> list[int]:
        """Ranks of the decoder (side 0) or the encoder (side 1) in every block, at least those of M."""
        given = factorization.factors
        values = [
            algebra(block.field).svd(given[block.label][side])[1] if block.label in given else np.zeros(0)
            for block in self.hom.blocks
        ]
        scale = max((float(s[0]) for s in values if len(s)), default=0.0)
        cutoff = scale * float(np.sqrt(rank_tolerance(factorization.dtype, max(self._map.shape))))
        return [max(b.rank, numerical_rank(s, cutoff)) for s, b in zip(values, self.block_fibers, strict=True)]

    def _check_budget(self) -> None:
        entries = sum(block.inner * (block.rows + block.cols + block.inner) for block in self.block_fibers)
        if entries > DENSE_ENTRIES_BUDGET:
            required = f"small enough for {DENSE_ENTRIES_BUDGET} entries of factors and transforms"
            raise invalid("ranks", required, f"{entries} entries", "lower the inner dimensions")


def fiber(mapping: EquivariantMap, ranks: Mapping[object, int] | Sequence[int] | None = None) -> Fiber:
    """Return the fiber of (A, B) -> A B over an equivariant map.

    Args:
        mapping: the map M, for example ``fit.map``.
        ranks: inner dimension of every block, by label (missing ones are 0) or in block order; smaller ones than the
            ranks of M give the empty fiber, larger ones than the size of the block are welcome.  None takes the inner
            dimensions that M is stored with.

    Raises TypeError if ``mapping`` is not an EquivariantMap, and ValueError for ranks that are not integers >= 0 and
    for positive ones in a block that source or target lacks.

    >>> import equivariety as ev
    >>> M = ev.fit(ev.linear_maps(3, 3, rank=1), np.eye(3)).map
    >>> [fiber(M, [r]).dim for r in range(6)], fiber(M).dim
    ([-1, 1, 5, 10, 15, 21], 1)
    """
    if not isinstance(mapping, EquivariantMap):
        raise invalid("mapping", "an EquivariantMap", mapping, "pass fit.map, or component.fiber(matrix)", TypeError)
    blocks = mapping.hom.blocks
    vector = mapping.ranks if ranks is None else RankVector.parse(ranks, blocks, capped=False)
    for block, r in zip(blocks, vector, strict=True):
        if r and not block.max_rank:
            side = "target" if block.cols else "source"
            raise invalid(f"ranks[{block.label}]", f"0, since the {side} lacks this irreducible", r, "leave it out")
    return Fiber(mapping, vector)
