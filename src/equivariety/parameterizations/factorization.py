"""Encoder and decoder of an equivariant map: M = A B through a latent space of dimension rank M.

Block i of M is left_i @ right_i^* over its field D_i.  In isotypic coordinates the encoder takes z to right_i^* z and
the decoder takes w to left_i w; in between lie delta_i r_i real latent coordinates, on which the group acts as on r_i
copies of the irreducible.  If M has these ranks, all its factorizations that respect the actions are (A T^-1, T B) with
T invertible over D_i in each block (Kohn, Sattelberger, Shahverdi, arXiv 2309.13736, fibers of the multiplication map).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid
from equivariety.linalg import algebra, read_only
from equivariety.parameterizations.transforms import check_transforms, random_transforms
from equivariety.representations import EquivariantMap, HomSpace, MapBlock, RankVector
from equivariety.representations.decomposition import check_rows
from equivariety.tolerances import DENSE_ENTRIES_BUDGET

__all__ = ["Factorization", "latent_labels", "latent_spans"]

#: Rows are transformed in chunks of about this many numbers, which bounds the memory of the spectra.
_CHUNK_ENTRIES = 2**22


@dataclass(frozen=True, slots=True)
class _Piece:
    """One block of positive rank: its factors, its latent coordinates, its positions in maps, source and target."""

    position: int
    block: MapBlock
    left: AnyArray
    right: AnyArray
    span: slice
    source: int
    target: int

    def latent_part(self, z: AnyArray) -> AnyArray:
        """The coordinates of the block in latent rows, shape (N, r, e, m)."""
        over = algebra(self.block.field)
        return z[:, self.span].reshape(len(z), over.rank_of(self.left), over.dim, self.block.irrep_dim // over.dim)


class Factorization:
    """A decoder A (m, R) and an encoder B (R, n) with M = A B equivariant, R the number of latent coordinates.

    Latent coordinates: the blocks in order; within a block (rank index, e, m) as in the ``(d, e, m)`` layout of
    ``split``.  The encoder intertwines the action on the inputs with :meth:`latent_action`, and the decoder that one
    with the action on the outputs.  Made by :func:`factorize`.

    Args:
        hom: the space of equivariant maps.
        factors: block position -> matrices (left, right) of shapes (rows, r) and (cols, r) over the block's field, as
            ``linalg.algebra`` stores them; they are made read-only.  r may exceed rows and cols.
        dtype: float32 or float64, the dtype of the dense matrices.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
    >>> F = C.factorize(C.sample(np.random.default_rng(0)))
    >>> F.decoder.shape, F.encoder.shape, F.labels
    ((9, 3), (3, 9), ('(1,1)', '(4,3)', '(4,3)'))
    >>> bool(np.allclose(F.decoder @ F.encoder, np.asarray(F.map)))
    True
    """

    def __init__(self, hom: HomSpace, factors: Mapping[int, tuple[AnyArray, AnyArray]], dtype: np.dtype[Any]) -> None:
        self._map = EquivariantMap(hom, {i: _thin(hom.blocks[i], *pair) for i, pair in factors.items()}, dtype)
        own = {i: pair for i, pair in sorted(factors.items()) if pair[0].shape[1] > 0}
        self._factors = {hom.blocks[i].label: (read_only(left), read_only(right)) for i, (left, right) in own.items()}
        ranks = [algebra(block.field).rank_of(own[i][0]) if i in own else 0 for i, block in enumerate(hom.blocks)]
        self._ranks = RankVector(ranks, hom.labels)
        pieces = []
        for i, span in latent_spans(hom, self._ranks).items():
            source, target = hom.source_index(i), hom.target_index(i)
            if source is not None and target is not None:  # always, since the rank is positive
                pieces.append(_Piece(i, hom.blocks[i], *own[i], span, source, target))
        self._pieces = tuple(pieces)

    def __repr__(self) -> str:
        shown = {label: r for label, r in self.ranks.by_label.items() if r}
        return f"Factorization(shape={self.shape}, rank={self.rank}, ranks={shown})"

    @property
    def hom(self) -> HomSpace:
        """The space of all equivariant maps that the product lies in."""
        return self._map.hom

    @property
    def map(self) -> EquivariantMap:
        """The product, decoder after encoder."""
        return self._map

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers (m, n) of outputs and inputs."""
        return self._map.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64."""
        return self._map.dtype

    @property
    def factors(self) -> dict[str, tuple[AnyArray, AnyArray]]:
        """Per block label the matrices ``left`` (rows, r) and ``right`` (cols, r) over the block's field."""
        return dict(self._factors)

    @property
    def ranks(self) -> RankVector:
        """Number of latent copies of the irreducible of each block."""
        return self._ranks

    @property
    def rank(self) -> int:
        """Number R of real latent coordinates, the sum of ``irrep_dim * rank`` over blocks."""
        return sum(block.irrep_dim * r for block, r in zip(self.hom.blocks, self._ranks, strict=True))

    @property
    def labels(self) -> tuple[str, ...]:
        """The block of each latent coordinate."""
        return latent_labels(self.hom, self.ranks)

    @cached_property
    def decoder(self) -> AnyArray:
        """The dense decoder (m, R), read-only.  Raises ValueError beyond the dense budget."""
        self._check_budget("decoder", self.shape[0])
        return read_only(self._decode(np.eye(self.rank, dtype=self.dtype)).T)

    @cached_property
    def encoder(self) -> AnyArray:
        """The dense encoder (R, n), read-only.  Raises ValueError beyond the dense budget."""
        self._check_budget("encoder", self.shape[1])
        # Row j of the encoder is its adjoint applied to the j-th unit vector: w -> right w, assembled on the points.
        source, eye = self.hom.source, np.eye(self.rank, dtype=self.dtype)
        parts: list[AnyArray | None] = [None] * len(source.blocks)
        for piece in self._pieces:
            parts[piece.source] = _act(piece.right, piece.latent_part(eye), piece.block)
        return read_only(source._assemble(parts, (self.rank,), self.dtype))

    def encode(self, X: object) -> AnyArray:
        """Return the latent coordinates (..., R) of the rows of ``X``, shape (..., n), by the fast transform.

        O(n log n) per row plus thin products; float32 stays float32.  Raises TypeError or ValueError for input that is
        not real, finite and of n columns.
        """
        return _by_chunks(self._encode, check_rows("X", X, self.shape[1]), self.rank, self.shape[1])

    def decode(self, Z: object) -> AnyArray:
        """Return the outputs (..., m) of latent rows ``Z``, shape (..., R); otherwise as :meth:`encode`."""
        return _by_chunks(self._decode, check_rows("Z", Z, self.rank), self.shape[0], self.shape[0])

    def latent_action(self, generator: int = 0) -> FloatArray:
        """Return the orthogonal (R, R) matrix rho by which a generator acts on the latent space.

        ``encoder @ P == rho @ encoder`` and ``P' @ decoder == decoder @ rho`` for the matrices P, P' of that
        generator of ``hom.source`` and ``hom.target``.  Raises ValueError if there is no such generator.
        """
        count = len(self.hom.source.generators)
        if not isinstance(generator, int | np.integer) or not 0 <= generator < count:
            raise invalid(
                "generator", f"a generator number from 0 to {count - 1}", generator, "see hom.source.generators"
            )
        out = np.zeros((self.rank, self.rank))
        for piece in self._pieces:
            one = self.hom.source.block_action(piece.source, int(generator))
            out[piece.span, piece.span] = np.kron(np.eye(algebra(piece.block.field).rank_of(piece.left)), one)
        return out

    def moved(self, transforms: Mapping[object, object]) -> Factorization:
        """Return the factorization (A T^-1, T B) of the same map.

        Args:
            transforms: block label -> invertible (r, r) matrix over the block's field, over H its complex adjoint
                (2r, 2r) or its real components (r, r, 4); blocks that are not named keep their factors.

        Raises ValueError for unknown labels, other shapes, entries that are not finite, complex entries in a real
        block and matrices that are singular up to rounding; TypeError for anything that is not a matrix.

        >>> import equivariety as ev
        >>> E = ev.equivariant_maps(ev.groups.cyclic(2), rank=1)
        >>> F = ev.factorize(ev.fit(E, np.ones((1, 2))).map)
        >>> G = F.moved({(1, 1): [[2.0]]})
        >>> np.round(G.encoder / F.encoder, 12).tolist(), bool(np.allclose(G.decoder @ G.encoder, np.asarray(F.map)))
        ([[2.0, 2.0]], True)
        """
        changes = check_transforms(transforms, self.hom, self.ranks)
        factors = {}
        for piece in self._pieces:
            left, right, change = piece.left, piece.right, changes.get(piece.position)
            if change is not None:
                left = np.linalg.solve(change.T, left.T).T.astype(left.dtype)
                right = (right @ change.conj().T).astype(right.dtype)
            factors[piece.position] = left, right
        return Factorization(self.hom, factors, self.dtype)

    def moved_at_random(self, rng: np.random.Generator) -> Factorization:
        """Return :meth:`moved` by random transforms of condition number at most 4 in every block."""
        return self.moved(random_transforms(self.hom, self.ranks, rng))

    def _encode(self, x: AnyArray) -> AnyArray:
        parts = self.hom.source._split(x)
        out = np.empty((len(x), self.rank), x.dtype)
        for piece in self._pieces:
            image = _act(piece.right.conj().T, parts[piece.source], piece.block)
            out[:, piece.span] = image.reshape(len(x), -1)
        return out

    def _decode(self, z: AnyArray) -> AnyArray:
        parts: list[AnyArray | None] = [None] * len(self.hom.target.blocks)
        for piece in self._pieces:
            parts[piece.target] = _act(piece.left, piece.latent_part(z), piece.block)
        return self.hom.target._assemble(parts, (len(z),), z.dtype)

    def _check_budget(self, name: str, points: int) -> None:
        if points * self.rank > DENSE_ENTRIES_BUDGET:
            required = f"of at most {DENSE_ENTRIES_BUDGET} entries to be dense"
            raise invalid(name, required, f"{self.rank} times {points}", "use encode() and decode()")


def latent_spans(hom: HomSpace, ranks: RankVector) -> dict[int, slice]:
    """Return the latent coordinates of each block of positive rank, by its position.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
    >>> latent_spans(C.space.hom, C.ranks)
    {0: slice(0, 1, None), 1: slice(1, 3, None)}
    """
    out, start = {}, 0
    for i, (block, r) in enumerate(zip(hom.blocks, ranks, strict=True)):
        if r:
            out[i] = slice(start, start + block.irrep_dim * r)
            start = out[i].stop
    return out


def latent_labels(hom: HomSpace, ranks: RankVector) -> tuple[str, ...]:
    """Return the block label of each latent coordinate."""
    spans = latent_spans(hom, ranks)
    return tuple(hom.blocks[i].label for i, span in spans.items() for _ in range(span.stop - span.start))


def _thin(block: MapBlock, left: AnyArray, right: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Factors of the same product whose inner dimension fits the block; those that fit, or are no pair, as they are."""
    over = algebra(block.field)
    k, width = over.order, left.shape[-1]
    shapes = (k * block.rows, width), (k * block.cols, width)
    if width % k or width <= k * block.max_rank or not block.max_rank or (left.shape, right.shape) != shapes:
        return left, right
    one = over.identity(block.max_rank).astype(left.dtype)
    if block.rows < block.cols:
        return one, right @ left.conj().T
    return left @ right.conj().T, one


def _act(matrix: AnyArray, part: AnyArray, block: MapBlock) -> AnyArray:
    """Multiply the coordinates (N, d, e, m) of one block by a (d', d) matrix over its field."""
    over = algebra(block.field)
    z = np.swapaxes(over.from_real(part), -1, -2)  # (N, m, d): one product for all samples
    flat = z.reshape(-1, z.shape[-1]) @ matrix.T
    return over.to_real(np.swapaxes(flat.reshape(*z.shape[:-1], len(matrix)), -1, -2))


def _by_chunks(transform: Callable[[AnyArray], AnyArray], x: AnyArray, width: int, points: int) -> AnyArray:
    """Apply ``transform``, (N, ...) -> (N, width), to the rows of ``x``; ``points`` is the size of its spectra."""
    flat = x.reshape(math.prod(x.shape[:-1]), x.shape[-1])
    out = np.empty((len(flat), width), x.dtype)
    step = max(1, _CHUNK_ENTRIES // points)
    for start in range(0, len(flat), step):
        out[start : start + step] = transform(flat[start : start + step])
    return out.reshape(*x.shape[:-1], width)
