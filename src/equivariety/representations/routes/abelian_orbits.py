"""The route of commuting generators: Fourier transforms of the orbits, exact characters, no random numbers.

Every orbit is a torsor of a finite abelian group Z^s / Lambda, which is straightened to a product of cyclic groups.
Its characters are the vectors theta of s fractions of a turn, one for each generator; theta and -theta share a real
irreducible, over R of dimension 1 if they are equal and else over C of dimension 2.  Characters of different orbits
are compared as reduced fractions, never as floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import lcm, prod

import numpy as np

from equivariety._typing import AnyArray, IntArray
from equivariety.groups.abelian.orbit_lattices import (
    OrbitLattice,
    fits_lattices,
    fits_sums,
    orbit_lattices,
    sum_indices,
    torsors,
)
from equivariety.groups.orbits.orbit_classes import OrbitClass
from equivariety.groups.orbits.partitions import distinct_rows
from equivariety.representations.orbits.adapted_orbits import AdaptedOrbits, IrrepBatch
from equivariety.representations.orbits.irrep_actions import CharacterAction
from equivariety.representations.routes.spectral_basis import SpectralBasis

__all__ = ["FourierBasis", "abelian_orbits"]


def abelian_orbits(images: IntArray) -> AdaptedOrbits | None:
    """Return Fourier bases of the orbits of commuting generators, images of shape (g, n), g >= 1.

    None where there are too many generators for the points, or too many different orbits to compare all of them.

    >>> A = abelian_orbits(np.array([[1, 0, 3, 2], [2, 3, 0, 1]]))
    >>> [(b.field, b.count) for b in A.batches], A.num_orbitals(0, 0)
    ([('R', 4)], 4)
    """
    if not fits_lattices(images):
        return None
    found = torsors(images)
    lattices, number = orbit_lattices(found, images)
    if not fits_sums(lattices):
        return None
    kind = number[found.orbit]
    order = sorted(range(len(lattices)), key=lambda k: lattices[k].index)
    tori, classes = [_Torus(lattices[k]) for k in order], []
    members = np.split(np.argsort(kind, kind="stable"), np.cumsum(np.bincount(kind))[:-1])
    for k, torus in zip(order, tori, strict=True):
        points, length = members[k], torus.lattice.index
        coordinates = found.exponents[points] @ torus.lattice.of_basis % torus.shape
        place = np.ravel_multi_index(tuple(coordinates.T), torus.shape)
        names, row = np.unique(found.orbit[points], return_inverse=True)
        rows = np.empty((len(names), length), dtype=np.int64)
        rows[row, place] = points
        rows = rows[np.argsort(rows.min(axis=1), kind="stable")]
        classes.append(OrbitClass(np.empty((0, length), dtype=np.int64), rows))
    batches, positions = _batches(tori)
    return AdaptedOrbits(
        tuple(classes),
        tuple(FourierBasis(torus.shape, *where) for torus, where in zip(tori, positions, strict=True)),
        batches,
        _CommonOrbitals(tuple(torus.lattice for torus in tori)),
    )


class _CommonOrbitals:
    """The numbers of orbitals between orbits with given lattices; all are counted when one is first asked for."""

    def __init__(self, lattices: tuple[OrbitLattice, ...]) -> None:
        self._lattices = lattices

    @cached_property
    def _table(self) -> IntArray:
        return sum_indices(self._lattices)

    def __call__(self, t: int, u: int) -> int:
        return int(self._table[t, u])


@dataclass(frozen=True, eq=False)
class _Torus:
    """An orbit as a product of cyclic groups.

    Attributes:
        lattice: relations of the generators.
    """

    lattice: OrbitLattice

    @property
    def shape(self) -> tuple[int, ...]:
        """Orders of the cyclic groups, at least one."""
        return self.lattice.shape

    @cached_property
    def characters(self) -> tuple[IntArray, int]:
        """Numerators (h, s) of the fractions theta of all frequencies of the half spectrum, and their denominator."""
        half = (*self.shape[:-1], self.shape[-1] // 2 + 1)
        frequency = np.indices(half).reshape(len(half), -1)
        denominator = lcm(*self.shape)
        theta = np.zeros((frequency.shape[1], len(self.lattice.matrix)), dtype=np.int64)
        for f, order, column in zip(frequency, self.shape, self.lattice.matrix.T, strict=True):
            theta += (f[:, None] * column[None, :] % order) * (denominator // order)
        return theta % denominator, denominator

    @property
    def is_paired(self) -> AnyArray:
        """Whether the half spectrum holds the negative of each of its frequencies, (h,)."""
        last = np.arange(self.shape[-1] // 2 + 1)
        return np.tile(2 * last % self.shape[-1] == 0, prod(self.shape[:-1]))


def _batches(tori: list[_Torus]) -> tuple[tuple[IrrepBatch, ...], Sequence[tuple[IntArray, IntArray]]]:
    """Return the irreducibles of all orbits, and per orbit the frequencies that carry them, with the sign to conjugate.

    One of theta and -theta names both: the lexicographically larger one.
    """
    rows, places, signs = [], [], []
    for torus in tori:
        theta, denominator = torus.characters
        minus = -theta % denominator
        sign = _compare(theta, minus)
        named = np.where((sign >= 0)[:, None], theta, minus)
        # Where the half spectrum holds both theta and -theta, the named one is taken.
        first = np.flatnonzero((sign >= 0) | ~torus.is_paired)
        named, sign = named[first], sign[first]
        common = np.gcd(named, denominator)
        fractions = np.stack([named // common, denominator // common], axis=2).reshape(len(named), -1)
        rows.append(fractions)
        places.append(first)
        signs.append(sign)
    sizes = [len(r) for r in rows]
    merged = np.concatenate(rows)
    names, which = (np.arange(len(merged)),) * 2 if len(tori) == 1 else distinct_rows(merged)
    torus_of = np.repeat(np.arange(len(tori)), sizes)
    # Irreducibles in the same set of orbits form a batch; random 64-bit weights tell the sets apart.
    weights = np.random.default_rng(0).integers(1, 2**62, len(tori))
    sets = np.zeros(len(names), dtype=np.int64)
    np.add.at(sets, which, weights[torus_of])
    real = np.concatenate(signs)[names] == 0
    fractions = merged[names]
    turns = fractions[:, 0::2] / fractions[:, 1::2]
    keys = np.where(turns == 0, -1.0, -turns)
    trivial = ~turns.any(axis=1)
    order = np.lexsort((*keys.T[::-1], sets, sets != sets[trivial][0], ~real))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    new = np.flatnonzero(np.diff(sets[order], prepend=-1) | np.diff(real[order], prepend=2))
    batches = []
    for start, stop in zip(new.tolist(), [*new[1:].tolist(), len(order)], strict=True):
        members = order[start:stop]
        inside = np.zeros(len(tori), dtype=int)
        inside[torus_of[which == members[0]]] = 1
        action = CharacterAction("R" if real[members[0]] else "C", turns[members])
        batches.append(IrrepBatch(action, tuple(inside.tolist()), keys[members]))
    positions, begin = [], 0
    for size, place, sign in zip(sizes, places, signs, strict=True):
        along = np.argsort(rank[which[begin : begin + size]], kind="stable")
        positions.append((place[along], sign[along]))
        begin += size
    return tuple(batches), positions


def _compare(a: IntArray, b: IntArray) -> IntArray:
    """Return the lexicographic order of the rows of ``a`` and ``b``: 1, 0 or -1."""
    difference = np.sign(a - b)
    first = (difference != 0).argmax(axis=1)
    return np.asarray(difference[np.arange(len(a)), first])


class FourierBasis(SpectralBasis):
    """The characters of a product of cyclic groups, read from the half spectrum of a real Fourier transform.

    Args:
        shape: orders of the cyclic groups; points are in row-major order.
        places: positions in the half spectrum, one for each irreducible.
        signs: 0 for real characters; 1 where the coordinate is the Fourier coefficient, -1 where it is its conjugate.

    >>> basis = FourierBasis((3,), np.array([0, 1]), np.array([0, 1]))
    >>> basis.forward(np.array([[1.0, 1.0, 1.0]])).round(12).tolist()
    [[1.732050807569, 0.0, 0.0]]
    """

    def __init__(self, shape: tuple[int, ...], places: IntArray, signs: IntArray) -> None:
        width = np.where(signs == 0, 1, 2)
        of = np.repeat(np.arange(len(places)), width)  # coordinate -> irreducible
        imaginary = np.arange(len(of)) > (np.cumsum(width) - width)[of]
        frequency = np.stack(np.unravel_index(places, (*shape[:-1], shape[-1] // 2 + 1)))
        frequency *= np.where(signs < 0, -1, 1)
        characters = np.ravel_multi_index(tuple(frequency % np.array(shape)[:, None]), shape)
        super().__init__(shape, characters[of], imaginary)
