"""The route of a regular normal abelian subgroup A: Fourier transforms of orbits too long for matrices.

The generators permute the characters of A and multiply Fourier coefficients by phases.  A permutation representation
in which A is regular contains each character once, so each orbit O of characters is one irreducible: over R, of
dimension |O|, if O = -O, and else, with -O, over C, of dimension 2 |O|.  No random numbers; what is discrete is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from equivariety._typing import AnyArray, FloatArray, IntArray
from equivariety.groups.abelian.affine_orbits import AffineOrbits, affine_images, affine_orbits, linear_parts
from equivariety.groups.orbits.orbit_classes import OrbitClass
from equivariety.groups.orbits.partitions import label_orbits
from equivariety.linalg import Field
from equivariety.representations.orbits.adapted_orbits import AdaptedOrbits, IrrepBatch, entry
from equivariety.representations.orbits.irrep_actions import IrrepAction
from equivariety.representations.routes.spectral_basis import SpectralBasis

__all__ = ["MonomialAction", "semidirect_orbits"]


def semidirect_orbits(images: IntArray) -> AdaptedOrbits | None:
    """Return adapted bases of isomorphic orbits of generators, images of shape (g, n); None where A is not found.

    >>> pentagon = semidirect_orbits(np.array([[1, 2, 3, 4, 0], [0, 4, 3, 2, 1]]))
    >>> [(b.field, b.dim, b.count) for b in pentagon.batches]
    [('R', 1, 1), ('R', 2, 2)]
    """
    orbits = affine_orbits(images)
    if orbits is None:
        return None
    spectrum = _Spectrum.of(orbits)
    place = np.empty(len(spectrum.labels), dtype=np.int32)
    batches, characters, imaginary = [], [], []
    for field, parts, members in spectrum.irreducibles():
        count, size = members.shape
        place[members] = place[spectrum.negative[members]] = np.arange(size)
        action = MonomialAction(field, parts, members, orbits, place, spectrum.flipped)
        batches.append(IrrepBatch(action, (1,), spectrum.keys(members[:, 0])))
        shape = (count, parts, size)
        characters.append(np.broadcast_to(members[:, None], shape).reshape(-1))
        imaginary.append(np.broadcast_to((np.arange(parts) == 1)[:, None], shape).reshape(-1))
    basis = SpectralBasis(orbits.shape, np.concatenate(characters), np.concatenate(imaginary))
    rank = np.array([[orbits.num_orbitals]])
    one = OrbitClass(orbits.table, orbits.index)
    return AdaptedOrbits((one,), (basis,), tuple(batches), partial(entry, rank))


@dataclass(frozen=True, eq=False)
class _Spectrum:
    """The characters of A, numbered like its elements, and their orbits.

    Attributes:
        shape: orders of the cyclic groups.
        labels: number of the orbit of each character; orbits are numbered by their smallest characters.
        negative: number of the inverse of each character.
        flipped: per character whether its inverse, in the same orbit, stands for both.
    """

    shape: tuple[int, ...]
    labels: IntArray
    negative: IntArray
    flipped: AnyArray

    @classmethod
    def of(cls, orbits: AffineOrbits) -> _Spectrum:
        shape = orbits.shape
        labels = label_orbits(linear_parts(shape, orbits.duals))
        minus = np.diag(np.array(shape) - 1)
        negative = affine_images(shape, minus, np.zeros(len(shape), dtype=np.int64))
        flipped = (labels == labels[negative]) & (negative < np.arange(len(labels)))
        return cls(shape, labels, negative, flipped)

    def irreducibles(self) -> list[tuple[Field, int, IntArray]]:
        """Return per batch the field, the coordinates per character, and the characters (count, size) of irreducibles.

        The first batch is the trivial irreducible alone.
        """
        sizes = np.bincount(self.labels)
        numbers = np.arange(len(sizes))
        first = np.empty_like(numbers)
        first[self.labels[::-1]] = np.arange(len(self.labels))[::-1]
        opposite = self.labels[self.negative[first]]
        parts = np.where(self.negative[first] == first, 1, 2)
        is_complex = opposite != numbers
        dims = np.where(is_complex, 2 * sizes, sizes)
        kept = np.flatnonzero(opposite >= numbers)  # of two opposite orbits the second one is left out
        # Orbit 0 is that of the trivial character, which gets a batch of its own.
        features = np.stack([kept > 0, dims[kept], is_complex[kept], parts[kept]], axis=1)
        kinds, kind = np.unique(features, axis=0, return_inverse=True)
        kind_of = np.full(len(sizes), -1)
        kind_of[kept] = kind.reshape(-1)
        carriers = np.flatnonzero((kind_of[self.labels] >= 0) & ~self.flipped)
        of = self.labels[carriers]
        carriers = carriers[np.argsort(kind_of[of] * len(sizes) + of, kind="stable")]
        out: list[tuple[Field, int, IntArray]] = []
        start = 0
        for count, (_, dim, complex_type, part) in zip(
            np.bincount(kind.reshape(-1)).tolist(), kinds.tolist(), strict=True
        ):
            stop = start + count * dim // part
            out.append(("C" if complex_type else "R", part, carriers[start:stop].reshape(count, -1)))
            start = stop
        return out

    def keys(self, characters: IntArray) -> FloatArray:
        """Low frequencies first, then by number."""
        digits = np.unravel_index(characters, self.shape)
        turns = [np.minimum(d, n - d) / n for d, n in zip(digits, self.shape, strict=True)]
        return np.stack([np.round(np.square(turns).sum(axis=0), 12), characters], axis=1)


class MonomialAction(IrrepAction):
    """Generators that permute characters and multiply their coefficients by phases.

    Args:
        field: "R" or "C".
        parts: real coordinates per character.
        members: characters that carry the coordinates of each irreducible, (count, size).
        orbits: the generators as affine maps.
        place: per character the position of its coordinates in its irreducible.
        flipped: per character whether these are those of its inverse.
    """

    def __init__(
        self, field: Field, parts: int, members: IntArray, orbits: AffineOrbits, place: IntArray, flipped: AnyArray
    ) -> None:
        super().__init__(field, parts * members.shape[1], len(members))
        self._parts, self._members, self._orbits, self._place, self._flipped = parts, members, orbits, place, flipped

    def moved(self, generator: int, values: AnyArray, members: slice = slice(None)) -> AnyArray:
        """Return the image: the coefficient of eta, times the phase of eta at c, becomes that of eta after phi."""
        shape = self._orbits.shape
        sources = self._members[members]
        # NumPy 2.4 unravels long index arrays of shape (count, 1) wrongly, flat ones rightly.
        flat = np.stack(np.unravel_index(sources.reshape(-1), shape))
        digits = flat.reshape(len(shape), *sources.shape)
        orders = np.array(shape)[:, None, None]
        turns = (digits * self._orbits.shifts[generator][:, None, None] % orders / orders).sum(axis=0)
        image = np.tensordot(self._orbits.duals[generator], digits, axes=1) % orders
        target = np.ravel_multi_index(tuple(image), shape)
        flipped = self._flipped[target]
        back = np.argsort(self._place[target], axis=1)  # where the coefficient of each place comes from

        def gathered(x: AnyArray) -> AnyArray:
            return np.take_along_axis(x, back.reshape((1,) * (x.ndim - 3) + (len(back), 1, -1)), axis=-1)

        cells = values.reshape(*values.shape[:-1], self._parts, -1)
        if self._parts == 1:
            return gathered(cells[..., 0, :] * np.cos(2.0 * np.pi * turns).round()[:, None]).astype(values.dtype)
        phase = np.exp(2j * np.pi * turns)[:, None]
        z = (cells[..., 0, :] + 1j * cells[..., 1, :]) * phase
        z = gathered(np.where(flipped[:, None], z.conj(), z))
        return np.concatenate([z.real, z.imag], axis=-1).astype(values.dtype, copy=False)
