"""Orbits that a normal abelian subgroup A makes regular: their points are elements of A, all generators affine maps.

Identify a point with the element of A that takes the base point there.  Then A acts by translations, and a permutation
k normalizes A exactly when it acts by x -> c + phi(x), phi an automorphism of A.  Translations of a torus with its
rotations and reflections, dihedral groups on polygons, affine groups, symmetries of hypercubes are of this kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from equivariety._typing import IntArray, read_only
from equivariety.groups.abelian.lattices import straightened
from equivariety.groups.abelian.normal_translations import layers_of, normal_translations, points_reached
from equivariety.groups.orbits.partitions import label_orbits

__all__ = ["AffineOrbits", "affine_images", "affine_orbits", "linear_parts"]


@dataclass(frozen=True, eq=False)
class AffineOrbits:
    """Isomorphic orbits whose points are the elements of a product A of cyclic groups.

    Attributes:
        shape: orders of the cyclic groups; elements are numbered in row-major order.
        index: the points of each orbit in the order of the elements, shape (N, l).
        shifts: per generator the image of 0, shape (g, s).
        matrices: per generator the automorphism, as an integer matrix, shape (g, s, s): x goes to shift + matrix x.
        table: images of the numbers 0..l-1 of elements under each generator, shape (g, l).
    """

    shape: tuple[int, ...]
    index: IntArray
    shifts: IntArray
    matrices: IntArray
    table: IntArray

    def __post_init__(self) -> None:
        for array in (self.index, self.shifts, self.matrices, self.table):
            read_only(array)

    @property
    def num_orbitals(self) -> int:
        """Number of orbitals of one orbit, exact: the automorphisms are the stabilizer of 0; their orbits on points."""
        return int(label_orbits(linear_parts(self.shape, self.matrices)).max()) + 1

    @property
    def duals(self) -> IntArray:
        """The automorphisms as they act on characters: the character matrix.eta is eta after x -> matrix x, (g, s, s).

        The character eta takes x to the sum of ``eta_i x_i / n_i`` turns.
        """
        orders = np.array(self.shape)
        return np.asarray(self.matrices.swapaxes(1, 2) * orders[:, None] // orders)


def linear_parts(shape: tuple[int, ...], matrices: IntArray) -> IntArray:
    """Return the different automorphisms with these matrices, as permutations of the elements, at least one.

    >>> linear_parts((4,), np.array([[[1]], [[3]], [[3]]])).tolist()
    [[0, 3, 2, 1]]
    """
    zero = np.zeros(len(shape), dtype=np.int64)
    different = np.unique(matrices.reshape(len(matrices), -1), axis=0).reshape(-1, *matrices.shape[1:])
    moving = [m for m in different if not np.array_equal(m, np.eye(len(shape)))] or [different[0]]
    return np.stack([affine_images(shape, m, zero) for m in moving])


def affine_images(shape: tuple[int, ...], matrix: IntArray, shift: IntArray) -> IntArray:
    """Return the numbers of ``shift + matrix x`` for all x of the product of cyclic groups, shape (l,).

    >>> affine_images((2, 3), np.array([[1, 0], [0, 2]]), np.array([0, 1])).tolist()
    [1, 0, 2, 4, 3, 5]
    """
    number = np.zeros(shape, dtype=np.int64)
    for row, start, order in zip(matrix.tolist(), shift.tolist(), shape, strict=True):
        digit = np.full((1,) * len(shape), start)
        for axis, (factor, size) in enumerate(zip(row, shape, strict=True)):
            if factor:
                along = [-1 if i == axis else 1 for i in range(len(shape))]
                digit = digit + (np.arange(size) * factor % order).reshape(along)
        number *= order
        number += digit % order
    return number.reshape(-1)


def affine_orbits(images: IntArray) -> AffineOrbits | None:
    """Return the orbits of generators, images of shape (g, n), as affine spaces; None where they are not found to be.

    A is looked for as the normal closure of commuting generators.  All orbits have to be isomorphic; everything is
    proved by comparison of integer arrays.

    >>> found = affine_orbits(np.array([[1, 2, 3, 4, 0], [0, 4, 3, 2, 1]]))
    >>> found.shape, found.matrices.tolist()
    ((5,), [[[1]], [[4]]])
    """
    families = normal_translations(images)
    return next((found for family in families if (found := _as_affine(images, family)) is not None), None)


def _as_affine(images: IntArray, translations: Sequence[IntArray]) -> AffineOrbits | None:
    length = len(points_reached(translations))
    bases = np.zeros(1, dtype=np.int64)
    if length < images.shape[1]:
        labels, first = np.unique(label_orbits(images), return_index=True)
        if len(labels) * length != images.shape[1]:
            return None
        bases = first
    straight = _straight_points(translations, bases)
    if straight is None:
        return None
    shape, index = straight
    number = np.full(images.shape[1], -1)
    number[index] = np.arange(index.shape[1])
    if index.shape[1] != length or (number < 0).any():
        return None
    unit = [prod(shape[i + 1 :]) for i in range(len(shape))]
    shifts, matrices, tables = [], [], []
    for row in images:
        values = np.array(np.unravel_index(number[row[index[0, [0, *unit]]]], shape))
        shifts.append(values[:, 0])
        matrices.append((values[:, 1:] - values[:, :1]) % np.array(shape)[:, None])
        tables.append(affine_images(shape, matrices[-1], shifts[-1]))
    table = np.stack(tables)
    for j, points in enumerate(index[1:], start=1):
        if np.array_equal(number[images[:, points[0]]], table[:, 0]):
            continue
        start = _same_start(shape, number[images[:, points]], shifts)
        if start is None:
            return None
        index[j] = points[affine_images(shape, np.eye(len(shape), dtype=np.int64), start)]
    if any(not np.array_equal(row[index], index[:, moved]) for row, moved in zip(images, table, strict=True)):
        return None
    return AffineOrbits(shape, index, np.stack(shifts), np.stack(matrices), table)


def _straight_points(translations: Sequence[IntArray], bases: IntArray) -> tuple[tuple[int, ...], IntArray] | None:
    """Return the orders of cyclic groups whose product the translations generate, and the points of each orbit.

    None where the orbits of the bases are not alike.
    """
    forward = []
    for x in translations:
        before = int(np.flatnonzero(x == bases[0])[0])
        if before < x[bases[0]]:
            inverse = np.empty_like(x)
            inverse[x] = np.arange(len(x))
            forward.append(inverse)
        else:
            forward.append(x)
    forward.sort(key=lambda x: int(x[bases[0]]))  # then the points of an image keep their order
    block, mask = bases[None, :], np.zeros(len(translations[0]), dtype=bool)
    mask[bases] = True
    orders: list[int] = []
    relations: list[IntArray] = []
    for x in forward:
        layers, returned = layers_of(x, block, mask)
        number = np.empty(len(mask), dtype=np.int64)
        number[block] = np.arange(len(block))[:, None]
        where = number[returned[0]] if mask[returned[0]].all() else np.arange(len(bases))
        if (where != where[0]).any():
            return None
        relations.append(np.array(np.unravel_index(where[0], orders[::-1] or (1,))[::-1]))
        block = np.concatenate(layers)
        orders.append(len(block) // prod(orders))
    if not any(row.any() for row in relations):
        return tuple(orders[::-1]), np.ascontiguousarray(block.T)
    return _straightened(orders, relations, block)


def _straightened(
    orders: Sequence[int], relations: Sequence[IntArray], block: IntArray
) -> tuple[tuple[int, ...], IntArray]:
    lattice = np.diag(orders)
    for i, row in enumerate(relations):
        lattice[i, :i] -= row[:i]
    shape, matrix = straightened(lattice.tolist())
    exponents = np.indices(tuple(orders[::-1])).reshape(len(orders), -1)[::-1]
    digits = np.array(matrix, dtype=np.int64).T @ exponents % np.array(shape)[:, None]
    index = np.empty(block.T.shape, dtype=np.int64)
    index[:, np.ravel_multi_index(tuple(digits), shape)] = block.T
    return shape, index


def _same_start(shape: tuple[int, ...], numbers: IntArray, shifts: Sequence[IntArray]) -> IntArray | None:
    """Return an element from which all generators, in numbers (g, l), shift as given, or None."""
    fits = np.ones(numbers.shape[1], dtype=bool)
    grid = np.unravel_index(np.arange(numbers.shape[1]), shape)
    for row, shift in zip(numbers, shifts, strict=True):
        for after, before, step, order in zip(np.unravel_index(row, shape), grid, shift.tolist(), shape, strict=True):
            fits &= (after - before - step) % order == 0
    found = np.flatnonzero(fits)
    return np.array(np.unravel_index(found[0], shape)) if found.size else None
