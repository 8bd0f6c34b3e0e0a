"""The normal forms of a factorization: one point of each fiber, from the singular value decomposition of the blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import brief, invalid
from equivariety.linalg import DivisionAlgebra, algebra, numerical_rank
from equivariety.parameterizations.factorization import Factorization
from equivariety.representations import EquivariantMap, RankVector
from equivariety.tolerances import rank_tolerance, tie_tolerance

__all__ = ["Form", "completed", "factorize", "fixed_phases", "in_form", "singular_factors"]

#: How the singular values are shared out between decoder and encoder.
Form: TypeAlias = Literal["balanced", "orthonormal"]


def factorize(
    mapping: EquivariantMap,
    *,
    ranks: Mapping[object, int] | Sequence[int] | None = None,
    form: Form = "balanced",
) -> Factorization:
    """Return an encoder and a decoder of an equivariant map, with singular values s and vectors U, V of each block.

    Args:
        mapping: the map M, for example ``fit.map``.
        ranks: latent copies per block, by label or in block order, at least the rank of M there; None takes the inner
            dimensions that M is stored with.  What a block lacks is padded: by zero columns in the decoder, and in the
            encoder by zero rows ("balanced") or by further orthonormal rows ("orthonormal").
        form: "balanced" is left = U sqrt(s), right = V sqrt(s), so that ``left^* left == right^* right == diag(s)``;
            "orthonormal" is left = U s, right = V, an encoder with orthonormal rows.

    The largest entry of each column of V, the first one if several are, is made real and positive; with distinct
    singular values the factors are then unique (in the basis of the decomposition).

    Raises TypeError if ``mapping`` is not an EquivariantMap, and ValueError for another form or for ranks below those
    of the map.

    >>> import equivariety as ev
    >>> E = ev.equivariant_maps(ev.groups.rotation(3), rank=3)
    >>> M = ev.fit(E, np.random.default_rng(0).standard_normal((50, 9))).map
    >>> F = factorize(M, form="orthonormal")
    >>> F.rank, bool(np.allclose(F.encoder @ F.encoder.T, np.eye(3)))
    (3, True)
    """
    if not isinstance(mapping, EquivariantMap):
        raise invalid(
            "mapping", "an EquivariantMap", mapping, "pass fit.map, or component.factorize(matrix)", TypeError
        )
    if not isinstance(form, str) or form not in get_args(Form):
        raise invalid("form", "'balanced' or 'orthonormal'", brief(form), "leave it out for 'balanced'")
    hom = mapping.hom
    own = mapping.ranks
    wanted = own if ranks is None else RankVector.parse(ranks, hom.blocks)
    given = mapping.factors
    algebras = [algebra(block.field) for block in hom.blocks]
    triples = {i: singular_factors(algebras[i], *given[hom.labels[i]]) for i, r in enumerate(own) if r}
    scale = max((float(s[0]) for _, s, _ in triples.values()), default=0.0)
    cutoff = scale * rank_tolerance(mapping.dtype, max(hom.shape))
    factors = {}
    for i, (block, r) in enumerate(zip(hom.blocks, wanted, strict=True)):
        over = algebras[i]
        if i not in triples:
            triples[i] = over.zeros(block.rows, 0), np.zeros(0), over.zeros(block.cols, 0)
        found = numerical_rank(triples[i][1], cutoff)
        if found > r:
            raise invalid(
                f"ranks[{block.label}]",
                f"at least {found}, the rank of the map there",
                r,
                "raise it, or project the map",
            )
        if r:
            left, right = in_form(over, *triples[i], r, form)
            kind = over.dtype(mapping.dtype)
            factors[i] = left.astype(kind), right.astype(kind)
    return Factorization(hom, factors, mapping.dtype)


def singular_factors(over: DivisionAlgebra, left: AnyArray, right: AnyArray) -> tuple[AnyArray, FloatArray, AnyArray]:
    """Return U, s, V with ``left @ right^* = U diag(s) V^*``, from thin factors alone.

    >>> from equivariety.linalg import algebra
    >>> singular_factors(algebra("R"), np.array([[3.0], [4.0]]), np.array([[0.0], [2.0]]))[1]
    array([10.])
    """
    (q, a), (p, b) = over.qr(left), over.qr(right)
    u, s, vh = over.svd(a @ b.conj().T)
    return q @ u, s, p @ vh.conj().T


def in_form(
    over: DivisionAlgebra, u: AnyArray, s: FloatArray, v: AnyArray, rank: int, form: Form
) -> tuple[AnyArray, AnyArray]:
    """Return left and right with ``rank`` columns and the phases fixed.

    >>> from equivariety.linalg import algebra
    >>> in_form(algebra("R"), np.eye(1), np.array([4.0]), np.array([[-1.0]]), 2, "balanced")
    (array([[-2.,  0.]]), array([[2., 0.]]))
    """
    kept = min(rank, len(s))
    u, v = over.columns(u, 0, kept), over.columns(v, 0, kept)
    phases, values = fixed_phases(over, v), over.spread(s[:kept])
    u, v = over.scaled(u, phases), over.scaled(v, phases)
    missing = rank - kept
    if form == "balanced":
        root = np.sqrt(values)
        return _padded(over, u * root, missing), _padded(over, v * root, missing)
    return _padded(over, u * values, missing), completed(over, v, missing)


def fixed_phases(over: DivisionAlgebra, columns: AnyArray) -> AnyArray:
    """Return the units, a (1, k) matrix, that make the largest entry of each column real and positive.

    They multiply columns from the right, as ``over.scaled`` does.
    """
    modulus = over.moduli(columns)
    # Entries that are as large up to rounding must not compete: the first of them is taken.
    large = modulus >= modulus.max(axis=0, initial=0.0) * (1.0 - tie_tolerance(columns.dtype))
    row, place, k = large.argmax(axis=0), np.arange(over.rank_of(columns)), over.order
    cells = columns.reshape(len(modulus), k, len(place), k)[row, :, place]  # the entries that are largest
    units = np.swapaxes(cells.conj(), -1, -2) / modulus[row, place][:, None, None]
    return np.asarray(np.moveaxis(units, 0, 1).reshape(k, k * len(place)), dtype=columns.dtype)


def _padded(over: DivisionAlgebra, columns: AnyArray, missing: int) -> AnyArray:
    return np.pad(columns, ((0, 0), (0, over.order * missing)))


def completed(over: DivisionAlgebra, columns: AnyArray, missing: int) -> AnyArray:
    """Append ``missing`` orthonormal columns to orthonormal ones, deterministically.

    Each is the part of a unit vector orthogonal to the columns before it, of the unit vector that keeps most.
    """
    out, k = columns, over.order
    for _ in range(missing):
        taken = np.sum(np.abs(out[::k]) ** 2, axis=1)
        first = k * int(taken.argmin())
        fresh = np.zeros((len(out), k), out.dtype)
        fresh[first : first + k] = np.eye(k)
        for _ in range(2):  # once more, since rounding of the first pass is magnified where little is kept
            fresh = fresh - out @ (out.conj().T @ fresh)
        out = np.concatenate([out, fresh / over.norm(fresh)], axis=1)
    return out
