"""The latent coordinates of a fitted map, in the order of what they explain.

A map M = A B of the blocks has the factors left_i and right_i over the field of block i; the choice made here is one
point of the fiber of factorizations (Kohn, Sattelberger, Shahverdi, arXiv 2309.13736).  Of an autoencoder the encoder
has orthonormal rows, principal axes; of a regression the decoder has orthonormal columns, so that the latent
coordinates are those of the predictions along their principal axes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from equivariety._typing import AnyArray, FloatArray, IntArray
from equivariety.linalg import DivisionAlgebra, algebra, read_only
from equivariety.parameterizations import Factorization
from equivariety.parameterizations.normal_forms import completed, fixed_phases
from equivariety.training import Fit

__all__ = ["Latent", "fitted_axes", "principal_axes"]


class Latent:
    """Encoder and decoder whose coordinates come in descending order of what one real dimension explains.

    The real coordinates of one copy of an irreducible explain equal shares and stay together.

    Args:
        factorization: decoder and encoder in the order of the blocks.
        explained: per block label what the copy of each rank explains, one number per rank.

    >>> import equivariety as ev
    >>> X = np.array([[1.0, 2.0, 6.0], [0.0, 1.0, 0.0]])
    >>> latent = principal_axes(ev.fit(ev.equivariant_maps(ev.groups.cyclic(3)), X))
    >>> latent.labels.tolist(), latent.explained.round(3).tolist()
    (['(1,1)', '(3,2)', '(3,2)'], [4.556, 1.222, 1.222])
    >>> latent.encode(X).shape, bool(np.allclose(latent.decode(latent.encode(X)), X))
    ((2, 3), True)
    """

    def __init__(self, factorization: Factorization, explained: Mapping[str, FloatArray]) -> None:
        self._factorization = factorization
        shares, sizes = [np.zeros(0)], [np.zeros(0, np.intp)]
        for block, rank in zip(factorization.hom.blocks, factorization.ranks, strict=True):
            shares.append(np.asarray(explained[block.label] if rank else np.zeros(0)) / block.irrep_dim)
            sizes.append(np.full(rank, block.irrep_dim))
        share, size = np.concatenate(shares), np.concatenate(sizes)
        start = np.cumsum(size) - size
        copies = np.argsort(-share, kind="stable")
        self._order: IntArray = np.concatenate(
            [np.zeros(0, np.intp), *(np.arange(start[c], start[c] + size[c]) for c in copies)]
        )
        self._explained = read_only(np.repeat(share[copies], size[copies]))

    @property
    def size(self) -> int:
        """Number R of real latent coordinates."""
        return self._factorization.rank

    @property
    def explained(self) -> FloatArray:
        """What each coordinate explains, shape (R,), descending, read-only."""
        return self._explained

    @property
    def labels(self) -> AnyArray:
        """The block of each coordinate, (R,) strings."""
        return np.array(self._factorization.labels, dtype=str)[self._order]

    @cached_property
    def encoder(self) -> AnyArray:
        """The dense encoder (R, n), read-only.  Raises ValueError beyond the dense budget."""
        return read_only(self._factorization.encoder[self._order])

    def encode(self, x: AnyArray) -> AnyArray:
        """Return the latent coordinates (N, R) of the rows of ``x``, shape (N, n), by the fast transform."""
        return self._factorization.encode(x)[:, self._order]

    def decode(self, z: AnyArray) -> AnyArray:
        """Return the outputs (N, m) of latent rows ``z``, shape (N, R), by the fast transform."""
        by_blocks = np.empty_like(z)
        by_blocks[:, self._order] = z
        return self._factorization.decode(by_blocks)


def principal_axes(fit: Fit) -> Latent:
    """Return the encoder with orthonormal rows of a fitted autoencoder, M = V diag(s) V^* in each block.

    Where the data have fewer dimensions than the component, V is completed to orthonormal columns with s = 0.  A copy
    explains its part of the fall of the loss from the zero map to the optimum.

    >>> import equivariety as ev
    >>> fit = ev.fit(ev.equivariant_maps(ev.groups.cyclic(4), rank=3), np.random.default_rng(0).random((9, 4)))
    >>> B = principal_axes(fit).encoder
    >>> bool(np.allclose(B @ B.T, np.eye(3)))
    True
    """
    factors, explained = {}, {}
    for i, over, left, right, missing in _stored(fit):
        shrinkage = np.sqrt(over.column_energies(left)).astype(np.float64)
        axes = completed(over, over.scaled(right, fixed_phases(over, right)), missing)
        factors[i] = axes * over.spread(np.pad(shrinkage, (0, missing))).astype(fit.map.dtype), axes
        label = fit.map.hom.labels[i]
        # An eigenvalue w shrunk to s w leaves (1 - s)^2 w of the loss, and the gain is s w.
        explained[label] = np.pad(fit.spectra[label][: len(shrinkage)] * (2.0 - shrinkage), (0, missing))
    return Latent(Factorization(fit.map.hom, factors, fit.map.dtype), explained)


def fitted_axes(fit: Fit) -> Latent:
    """Return the decoder with orthonormal columns of a fitted regression, M = U (U^* M) in each block.

    On the training data, and without a ridge, latent coordinates of different copies are uncorrelated, and what a copy
    explains is its part of the variance of the targets.  Where the optimum has a smaller rank than the component, the
    factors are padded by zeros.

    >>> import equivariety as ev
    >>> rng = np.random.default_rng(0)
    >>> X, Y = rng.random((9, 4)), rng.random((9, 3))
    >>> latent = fitted_axes(ev.fit(ev.linear_maps(3, 4), X, Y))
    >>> Z = latent.encode(X)
    >>> bool(np.allclose(Z.T @ Z, np.diag(latent.explained) * Y.size))
    True
    """
    factors, explained = {}, {}
    for i, over, left, right, missing in _stored(fit):
        length = np.sqrt(over.column_energies(left))
        phases, lengths = fixed_phases(over, right), over.spread(length)
        wide = ((0, 0), (0, over.order * missing))
        sides = over.scaled(left, phases / lengths), over.scaled(right, phases * lengths)
        factors[i] = np.pad(sides[0], wide), np.pad(sides[1], wide)
        label = fit.map.hom.labels[i]
        explained[label] = np.pad(fit.spectra[label][: len(length)], (0, missing))
    return Latent(Factorization(fit.map.hom, factors, fit.map.dtype), explained)


def _stored(fit: Fit) -> list[tuple[int, DivisionAlgebra, AnyArray, AnyArray, int]]:
    """Return per block of the component the factors of the map and how many ranks of the component they lack."""
    out = []
    stored = fit.map.factors
    for i, (block, rank) in enumerate(zip(fit.map.hom.blocks, fit.ranks, strict=True)):
        if not rank:
            continue
        over = algebra(block.field)
        if block.label in stored:
            left, right = stored[block.label]
        else:
            left, right = (over.zeros(size, 0, fit.map.dtype) for size in (block.rows, block.cols))
        out.append((i, over, left, right, rank - over.rank_of(left)))
    return out
