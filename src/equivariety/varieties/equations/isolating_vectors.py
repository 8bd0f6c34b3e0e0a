"""Exact vectors that single out one irreducible: eigenvectors of one group element in one isotypic component.

Let h be an element of the group and lam a root of unity that is an eigenvalue of h in one complex irreducible of the
target only, there with multiplicity one; or only in one of some blocks, the projector on which is rational.  Then the
columns of U, a basis of the image of that projector times ``sum_t lam^-t h^t``, have coordinates in Q(lam).  For an
equivariant M and suitable columns, ``U^* M[:, columns]`` is the block of that irreducible up to invertible constants on
both sides.  The ideal of minors does not see these constants.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from equivariety._typing import AnyArray, FloatArray, IntArray
from equivariety.groups.signed import SignedPermutation, as_signed
from equivariety.representations import HomSpace, IsotypicDecomposition
from equivariety.tolerances import (
    EQUATION_DENOMINATOR,
    EQUATION_WORDS,
    certificate_tolerance,
    independence_tolerance,
)

__all__ = ["IsolatingVectors", "isolating_vectors"]

#: How often a complex irreducible occurs in the complexified real one, times its conjugate for C not counted.
_EIGENVALUES = {"R": 1, "C": 1, "H": 2}


@dataclass(frozen=True, eq=False)
class IsolatingVectors:
    """Vectors U over Z[z], z = exp(2 pi i / order), and columns of M, such that ``U^* M[:, columns]`` is a block.

    Attributes:
        order: order N of the root of unity.
        conjugate: integers (N, m, k): the k columns of the conjugate of U are ``sum_p z^p conjugate[p]``.
        columns: numbers of the columns of M, shape (l,).
    """

    order: int
    conjugate: IntArray
    columns: IntArray


@dataclass(frozen=True)
class _Candidate:
    order: int  # of the eigenvalue
    exponent: int  # the eigenvalue is exp(2 pi i exponent / order)
    word: int
    members: tuple[int, ...]  # the blocks whose projector has to be rational; empty for all, where none is needed


@dataclass(frozen=True, eq=False)
class _Element:
    source: SignedPermutation
    target: SignedPermutation
    actions: tuple[FloatArray, ...]  # on the irreducible of each block

    @property
    def order(self) -> int:
        return lcm(*(_order(side) for side in (self.source, self.target)))

    def times(self, other: _Element) -> _Element:
        """The product of matrices, this one on the left."""
        actions = tuple(a @ b for a, b in zip(self.actions, other.actions, strict=True))
        return _Element(other.source * self.source, other.target * self.target, actions)


def isolating_vectors(hom: HomSpace, block: int) -> IsolatingVectors | None:
    """Return exact vectors for a block that both sides have, with a root of unity of least degree; None if none found.

    >>> import equivariety as ev
    >>> found = isolating_vectors(ev.equivariant_maps(ev.groups.cyclic(4)).hom, 1)
    >>> found.order, found.columns.tolist(), found.conjugate[:, :, 0].tolist()
    (4, [0], [[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0]])
    """
    words = _words(hom)
    candidates = sorted(_candidates(hom, block, words), key=lambda c: (_degree(c.order), bool(c.members), c.word))
    projectors: dict[tuple[int, ...], IntArray | None] = {}
    for candidate in candidates:
        if candidate.members not in projectors:
            projectors[candidate.members] = _rational_projector(hom, candidate.members)
        projector = projectors[candidate.members]
        if projector is not None:
            return _vectors(hom, block, words[candidate.word], candidate, projector)
    return None


def _words(hom: HomSpace) -> list[_Element]:
    """The identity, the generators and products of them, each once."""
    actions = [_actions(hom, g) for g in range(len(hom.source.generators))]
    generators = [
        _Element(as_signed(s), as_signed(t), a)
        for s, t, a in zip(hom.source.generators, hom.target.generators, actions, strict=True)
    ]
    one = [np.eye(block.irrep_dim) for block in hom.blocks]
    n, m = hom.source.degree, hom.target.degree
    none, nothing = (SignedPermutation(np.arange(k), np.ones(k, dtype=np.int64)) for k in (n, m))
    identity = _Element(none, nothing, tuple(one))
    found = {(w.source, w.target): w for w in (identity, *generators)}
    if len(generators) > 1:
        rng = np.random.default_rng(0)
        word = identity
        for k in range(EQUATION_WORDS):
            word = (identity if k % 8 == 0 else word).times(generators[rng.integers(len(generators))])
            word = word.times(generators[rng.integers(len(generators))])
            found.setdefault((word.source, word.target), word)
    return list(found.values())


def _actions(hom: HomSpace, generator: int) -> tuple[FloatArray, ...]:
    out = []
    for position in range(len(hom.blocks)):
        i, j = hom.source_index(position), hom.target_index(position)
        sides = ((hom.source, i), (hom.target, j))
        side, place = next((side, place) for side, place in sides if place is not None)
        out.append(side.block_action(place, generator))
    return tuple(out)


def _candidates(hom: HomSpace, block: int, words: Sequence[_Element]) -> Iterator[_Candidate]:
    """Eigenvalues of words that occur often enough in the block, and in no other of the target's that count."""
    blocks = hom.blocks
    present = [k for k in range(len(blocks)) if hom.target_index(k) is not None]
    mine = blocks[block]
    # Galois conjugates have the same type, dimension and multiplicities.
    alike = [k for k in present if (blocks[k].field, blocks[k].irrep_dim) == (mine.field, mine.irrep_dim)]
    alike = [k for k in alike if (blocks[k].rows, blocks[k].cols) == (mine.rows, mine.cols)]
    choices = {tuple(present): (), (block,): (block,), tuple(alike): tuple(alike)}
    for number, word in enumerate(words):
        order = word.order
        counts = [_exponents(word.actions[k], order) if k in present else Counter() for k in range(len(blocks))]
        for exponent, count in counts[block].items():
            if count != _EIGENVALUES[mine.field]:
                continue
            for considered, members in choices.items():
                if all(k == block or not counts[k][exponent] for k in considered):
                    common = gcd(order, exponent)
                    yield _Candidate(order // common, exponent // common, number, members)


def _exponents(action: FloatArray, order: int) -> Counter[int]:
    turns = np.angle(np.linalg.eigvals(action)) / (2.0 * np.pi)
    return Counter((np.round(turns * order).astype(int) % order).tolist())


def _rational_projector(hom: HomSpace, members: Sequence[int]) -> IntArray | None:
    """A positive multiple of the projector on some blocks of the target, exact; that on everything without members.

    A rational symmetric idempotent that commutes with the group and is close to a central one is that one: it is
    conjugate to it inside the algebra of all equivariant maps.
    """
    m = hom.target.degree
    if not members:
        return np.eye(m, dtype=np.int64)
    numerical = sum(_projector(hom.target, hom.target_index(k)) for k in members)
    fractions = [Fraction(float(v)).limit_denominator(EQUATION_DENOMINATOR) for v in np.asarray(numerical).reshape(-1)]
    common = lcm(*(f.denominator for f in fractions))
    if common > 2**20:
        return None
    scaled = np.array([int(f * common) for f in fractions], dtype=np.int64).reshape(m, m)
    exact = bool(np.abs(scaled / common - numerical).max() < certificate_tolerance(np.float64)) and np.array_equal(
        scaled @ scaled, common * scaled
    )
    if not exact or not np.array_equal(scaled, scaled.T):
        return None
    for generator in hom.target.generators:
        moved = as_signed(generator)
        if not np.array_equal(moved.apply(moved.apply(scaled).T).T, scaled):
            return None
    return scaled


def _projector(decomposition: IsotypicDecomposition, place: int | None) -> FloatArray:
    n = decomposition.degree
    parts: list[AnyArray | None] = [None] * len(decomposition.blocks)
    if place is not None:
        parts[place] = decomposition._split(np.eye(n))[place]
    return decomposition._assemble(parts, (n,), np.dtype(np.float64))


def _vectors(
    hom: HomSpace, block: int, element: _Element, candidate: _Candidate, projector: IntArray
) -> IsolatingVectors:
    order, shown = candidate.order, hom.blocks[block]
    target = _averaged(element.target, candidate, element.order, projector)
    source = _averaged(element.source, candidate, element.order, np.eye(hom.source.degree, dtype=np.int64))
    copies = _EIGENVALUES[shown.field]
    roots = np.exp(2j * np.pi * np.arange(order) / order)
    rows = _first_independent(np.tensordot(roots, target, 1), copies * shown.rows)
    at_source: AnyArray = _projector(hom.source, hom.source_index(block)) @ np.tensordot(roots, source, 1)
    columns = _first_independent(at_source, copies * shown.cols)
    chosen = target[:, :, rows]
    chosen = chosen // np.gcd.reduce(chosen, axis=(0, 1), keepdims=True)
    return IsolatingVectors(order, chosen[-np.arange(order) % order], columns)


def _averaged(h: SignedPermutation, candidate: _Candidate, period: int, vectors: IntArray) -> IntArray:
    """``sum_t lam^-t h^t`` times the columns of ``vectors``, in powers of z: integers (N, n, k)."""
    out = np.zeros((candidate.order, *vectors.shape), dtype=np.int64)
    moved = vectors
    for t in range(period):
        out[-candidate.exponent * t % candidate.order] += moved
        moved = h.apply(moved.T).T
    return out


def _first_independent(columns: AnyArray, count: int) -> IntArray:
    """Numbers of the first ``count`` linearly independent columns."""
    basis = np.zeros((len(columns), 0), dtype=np.complex128)
    chosen: list[int] = []
    scale = np.linalg.norm(columns, axis=0).max(initial=0.0)
    for k, column in enumerate(columns.T):
        rest = column - basis @ (basis.conj().T @ column)
        rest = rest - basis @ (basis.conj().T @ rest)
        norm = float(np.linalg.norm(rest))
        if norm > independence_tolerance() * scale:
            basis = np.concatenate([basis, rest[:, None] / norm], axis=1)
            chosen.append(k)
            if len(chosen) == count:
                break
    return np.array(chosen, dtype=np.int64)


def _order(h: SignedPermutation) -> int:
    return lcm(*h.points().cycles.lengths)


def _degree(order: int) -> int:
    return sum(gcd(k, order) == 1 for k in range(1, order + 1))
