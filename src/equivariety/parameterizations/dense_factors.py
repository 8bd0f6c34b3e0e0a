"""Factors of the blocks from a dense encoder and decoder, which must have the weight sharing of the blocks."""

from __future__ import annotations

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import invalid
from equivariety.linalg import algebra, as_float_array, frobenius_norm
from equivariety.parameterizations.factorization import Factorization, latent_spans
from equivariety.representations import HomSpace, IsotypicDecomposition, MapBlock, RankVector
from equivariety.tolerances import equivariance_tolerance, sharing_slip

__all__ = ["factorization_of"]


def factorization_of(
    hom: HomSpace, ranks: RankVector, decoder: object, encoder: object, tolerance: float | None = None
) -> Factorization:
    """Return the factorization whose dense decoder (m, R) and encoder (R, n) are the given ones.

    Args:
        hom: the space of equivariant maps.
        ranks: number of latent copies of the irreducible of each block; they fix the latent action.
        decoder, encoder: arrays, real and finite; they intertwine the actions with the latent one.
        tolerance: how far from the weight sharing they may be, relative to their norms; None is rounding.  The factors
            are read off one copy of each latent irreducible, which determines them.

    Raises TypeError for other types and ValueError for other shapes and for factors without the weight sharing.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
    >>> F = C.factorize(C.sample(np.random.default_rng(0)))
    >>> G = factorization_of(C.space.hom, C.ranks, F.decoder, F.encoder)
    >>> bool(np.allclose(G.encoder, F.encoder)), bool(np.allclose(G.decoder, F.decoder))
    (True, True)
    """
    m, n = hom.shape
    spans = latent_spans(hom, ranks)
    size = max((span.stop for span in spans.values()), default=0)
    given = {"decoder": as_float_array("decoder", decoder), "encoder": as_float_array("encoder", encoder)}
    for name, shape in (("decoder", (m, size)), ("encoder", (size, n))):
        if given[name].shape != shape:
            fix = "see Factorization"
            if given["decoder"].shape == (size, n) and given["encoder"].shape == (m, size):
                fix = "the order is (decoder, encoder): exchange them"
            raise invalid(name, f"of shape {shape}", f"shape {given[name].shape}", fix)
    left, right = given["decoder"].T, given["encoder"]
    dtype = np.dtype(np.result_type(left.dtype, right.dtype))
    factors = {}
    for i, span in spans.items():
        block, source, target = hom.blocks[i], hom.source_index(i), hom.target_index(i)
        if source is not None and target is not None:  # always, since the rank is positive
            factors[i] = (
                _columns(left[span].astype(dtype), hom.target, target, block, ranks[i]),
                _columns(right[span].astype(dtype), hom.source, source, block, ranks[i]),
            )
    found = Factorization(hom, factors, dtype)
    for name, own in (("decoder", found.decoder), ("encoder", found.encoder)):
        gap, whole = frobenius_norm(own - given[name]), frobenius_norm(given[name])
        if gap > (equivariance_tolerance(dtype) if tolerance is None else tolerance) * whole:
            required = "equivariant, with the latent action of these ranks"
            fix = f"pass sharing_tolerance={2 * gap / whole:.0e} to take the equivariant one next to it"
            if gap > sharing_slip() * whole:
                fix = "see component.weight_sharing() for the order of the latent coordinates"
                if size == m == n:
                    fix += ", and pass (decoder, encoder) in this order"
            raise invalid(name, required, f"{gap / whole:.1e} of it that is not", fix)
    return found


def _columns(
    rows: AnyArray, decomposition: IsotypicDecomposition, position: int, block: MapBlock, rank: int
) -> AnyArray:
    """The matrix (d, rank) over the field whose images of unit vectors are the rows (rank * irrep_dim, n)."""
    over = algebra(block.field)
    part = decomposition._split(np.ascontiguousarray(rows))[position]
    copies = block.irrep_dim // over.dim
    # The image of the unit 1 in the first copy of the k-th latent irreducible is there the k-th column.
    first = part.reshape(rank, over.dim, copies, *part.shape[1:])[:, 0, 0, :, :, :1]
    return np.concatenate([over.from_real(column) for column in first], axis=-1)
