"""Signed permutations of coordinates: a coordinate may move and change its sign.

With S the matrix of a signed permutation, ``S @ x == signs * x[images]``.  A signed permutation of n coordinates is
a permutation of the 2n points +e_1, ..., +e_n, -e_1, ..., -e_n that commutes with exchanging the signs; its matrix S is
what that permutation does to the antisymmetric vectors (v, -v).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from equivariety._typing import AnyArray, FloatArray, IntArray
from equivariety.errors import brief, invalid
from equivariety.groups._checks import as_degree, as_images, as_integer
from equivariety.groups.permutation import Permutation

__all__ = ["AnyPermutation", "SignedPermutation", "as_signed", "as_signs", "signed_points"]


def as_signs(value: Any, degree: int, argument: str = "signs") -> IntArray:
    """Return a read-only int64 copy of n signs, each 1 or -1; floats with these values are accepted."""
    required = f"{degree} numbers, each 1 or -1"
    array = np.asarray(value)
    if array.shape != (degree,) or array.dtype.kind not in "iuf":
        got = f"dtype {array.dtype} and shape {array.shape}"
        raise invalid(argument, required, got, "pass one sign per coordinate")
    wrong = np.flatnonzero(np.abs(array.astype(np.float64)) != 1.0)
    if wrong.size:
        at = int(wrong[0])
        raise invalid(argument, required, f"{argument}[{at}] = {array[at]}", "a coordinate keeps its size: use 1 or -1")
    signs = array.astype(np.int64)
    signs.flags.writeable = False
    return signs


@dataclass(frozen=True, eq=False, repr=False, init=False)
class SignedPermutation:
    """A signed permutation of n coordinates, ``x -> signs * x[images]``; immutable and hashable.

    Attributes:
        images: the coordinate that each new one is taken from, shape (n,), 0-based, read-only.
        signs: 1 or -1 for each new coordinate, shape (n,), read-only.

    Images that are no permutation, and signs other than 1 and -1, raise a ValueError or TypeError.

    >>> mirror = SignedPermutation([1, 0, 2], [1, 1, -1])      # left and right joints change places, the yaw its sign
    >>> mirror.apply(np.array([0.1, 0.2, 0.3])).tolist(), mirror.order
    ([0.2, 0.1, -0.3], 2)
    """

    images: IntArray
    signs: IntArray
    __array_ufunc__ = None  # as for Permutation: no arithmetic with the image list

    def __init__(self, images: Any, signs: Any) -> None:
        object.__setattr__(self, "images", as_images(images))
        object.__setattr__(self, "signs", as_signs(signs, self.images.size))

    @classmethod
    def identity(cls, n: int) -> SignedPermutation:
        """Return the identity of n coordinates."""
        points = as_degree(n, "n")
        return cls(np.arange(points), np.ones(points, dtype=np.int64))

    @classmethod
    def from_matrix(cls, matrix: Any) -> SignedPermutation:
        """Return the signed permutation with this matrix: one entry 1 or -1 in each row and column, zeros elsewhere.

        >>> SignedPermutation.from_matrix([[0, -1], [1, 0]])
        SignedPermutation([1, 0], signs=[-1, 1])
        """
        required = "a square matrix with one entry 1 or -1 in each row and column and zeros elsewhere"
        try:
            array = np.asarray(matrix, dtype=np.float64)
        except (TypeError, ValueError) as problem:
            raise invalid("matrix", required, brief(matrix), "pass an array of numbers") from problem
        if array.ndim != 2 or array.shape[0] != array.shape[1] or array.shape[0] == 0:
            raise invalid("matrix", required, f"shape {array.shape}", "pass an n x n array")
        used = array != 0
        if not (np.abs(array[used]) == 1).all() or not (used.sum(0) == 1).all() or not (used.sum(1) == 1).all():
            fix = "round it first, or write the action as images and signs"
            raise invalid("matrix", required, "another matrix", fix)
        images = used.argmax(axis=1)
        return cls(images, array[np.arange(len(array)), images])

    @property
    def degree(self) -> int:
        """Number of coordinates n."""
        return int(self.images.size)

    @cached_property
    def is_identity(self) -> bool:
        """Whether every coordinate stays as it is."""
        return bool((self.signs == 1).all() and (self.images == np.arange(self.degree)).all())

    def points(self) -> Permutation:
        """Return the permutation of the 2n points, i for +e_i and n + i for -e_i, whose antisymmetric part this is.

        >>> SignedPermutation([1, 0], [1, -1]).points().images.tolist()
        [1, 2, 3, 0]
        """
        n = self.degree
        plus = np.where(self.signs > 0, self.images, self.images + n)
        return Permutation(np.concatenate([plus, (plus + n) % (2 * n)]))

    @cached_property
    def order(self) -> int:
        """Smallest k >= 1 with the k-th power the identity, an exact int."""
        return self.points().order

    @cached_property
    def cycle_text(self) -> str:
        """Cycle notation of the unsigned permutation, 1-based, followed by the coordinates whose sign changes."""
        flipped = " ".join(str(i + 1) for i in np.flatnonzero(self.signs < 0).tolist())
        text = Permutation(self.images).cycle_text
        return f"{text} signs of {flipped}" if flipped else text

    def inverse(self) -> SignedPermutation:
        """Return the inverse, whose matrix is the transpose."""
        images, signs = np.empty_like(self.images), np.empty_like(self.signs)
        images[self.images] = np.arange(self.degree)
        signs[self.images] = self.signs
        return SignedPermutation(images, signs)

    def compose(self, other: SignedPermutation) -> SignedPermutation:
        """Return "self after other", as for permutations; also ``self * other``.  Matrices multiply in reverse.

        >>> p, q = SignedPermutation([1, 0], [1, -1]), SignedPermutation([0, 1], [-1, 1])
        >>> bool((p.matrix() @ q.matrix() == (q * p).matrix()).all())
        True
        """
        if not isinstance(other, SignedPermutation):
            raise invalid("other", "a SignedPermutation", other, "pass images and signs", TypeError)
        if other.degree != self.degree:
            required = f"a signed permutation of {self.degree} coordinates"
            raise invalid("other", required, f"one of {other.degree}", "let both act on the same coordinates")
        return SignedPermutation(self.images[other.images], other.signs * self.signs[other.images])

    def __mul__(self, other: SignedPermutation) -> SignedPermutation:
        return self.compose(other) if isinstance(other, SignedPermutation) else NotImplemented

    def power(self, k: int) -> SignedPermutation:
        """Return the k-th power for any integer k, negative ones included; the time does not depend on k."""
        points = self.points().power(as_integer("k", k)).images[: self.degree]
        return SignedPermutation(points % self.degree, np.where(points < self.degree, 1, -1))

    def apply(self, x: Any) -> AnyArray:
        """Return ``signs * x[..., images]``, the matrix times each row of x, shape (..., n); floats keep dtype."""
        array = np.asarray(x)
        if array.ndim == 0 or array.shape[-1] != self.degree:
            required = f"an array of shape (..., {self.degree})"
            raise invalid("x", required, f"shape {array.shape}", "put the permuted coordinates last")
        moved = np.take(array, self.images, axis=-1)
        flipped = self.signs < 0
        if array.dtype.kind in "bu":
            moved = moved.astype(np.int64)
        np.negative(moved, out=moved, where=flipped)
        return moved

    def matrix(self) -> FloatArray:
        """Return the dense float64 matrix S, shape (n, n), with ``S @ x == signs * x[images]``."""
        return self.signs[:, np.newaxis] * Permutation(self.images).matrix()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SignedPermutation):
            return NotImplemented
        return np.array_equal(self.images, other.images) and np.array_equal(self.signs, other.signs)

    def __hash__(self) -> int:
        return hash((self.images.tobytes(), self.signs.tobytes()))

    def __len__(self) -> int:
        return self.degree

    def __reduce__(self) -> tuple[Any, ...]:
        return SignedPermutation, (np.array(self.images), np.array(self.signs))

    def __repr__(self) -> str:
        return f"SignedPermutation({brief(self.images.tolist())}, signs={brief(self.signs.tolist())})"


#: What acts on coordinates, with signs or without.
AnyPermutation: TypeAlias = Permutation | SignedPermutation


def as_signed(generator: AnyPermutation) -> SignedPermutation:
    """Return a permutation as a signed one without changes of sign; a signed one as it is.

    >>> as_signed(Permutation([1, 0]))
    SignedPermutation([1, 0], signs=[1, 1])
    """
    if isinstance(generator, SignedPermutation):
        return generator
    return SignedPermutation(generator.images, np.ones(generator.degree, dtype=np.int64))


def signed_points(generators: Sequence[AnyPermutation], degree: int) -> IntArray:
    """Return the images of the points +e_i and -e_i under g generators and, last, the exchange of signs, (g + 1, 2n).

    >>> signed_points([SignedPermutation([1, 0], [1, -1])], 2).tolist()
    [[1, 2, 3, 0], [2, 3, 0, 1]]
    """
    exchange = np.roll(np.arange(2 * degree), degree)
    return np.stack([*(as_signed(g).points().images for g in generators), exchange])
