"""Permutations of 0..n-1, and the one place where their matrices are defined.

The matrix of sigma is the talk's: ``P[i, sigma(i)] = 1``, so that ``P @ x == x[sigma]`` for a column x.  It reverses
products, ``P_sigma @ P_tau == P_(tau after sigma)``, where ``(p.compose(q))(i) = p(q(i))`` is "p after q".
A row of samples ``x`` of shape (..., n) is acted on by ``sigma.apply(x) == x[..., sigma] == x @ P.T``.
Points are 0-based in arrays and 1-based in cycle notation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray, IntArray
from equivariety.errors import brief, invalid
from equivariety.groups._checks import as_degree, as_images, as_integer
from equivariety.groups.cycles import CycleDecomposition, decompose
from equivariety.groups.text.cycle_text import format_decomposition, parse_cycles
from equivariety.tolerances import DENSE_ENTRIES_BUDGET

__all__ = ["Permutation"]

_LONGEST_REPR = 60
_LARGEST_REPR_DEGREE = 10_000


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Permutation:
    """A permutation sigma of the points 0..n-1, given by ``images[i] = sigma(i)``; immutable and hashable.

    ``images`` is an integer array-like of shape (n,), n >= 1.  Floats and bools raise a TypeError; another shape,
    a point out of range or a repeated one raises a ValueError that names the point.

    >>> sigma = Permutation([2, 4, 3, 0, 1])
    >>> sigma
    Permutation.from_cycles("(1 3 4)(2 5)", degree=5)
    >>> sigma(0), sigma.order, sigma.apply(np.array([10, 20, 30, 40, 50])).tolist()
    (2, 6, [30, 50, 40, 10, 20])
    """

    images: IntArray
    __array_ufunc__ = None  # sigma * array is a mistake, not arithmetic with the image list

    def __init__(self, images: Any) -> None:
        object.__setattr__(self, "images", as_images(images))

    @classmethod
    def from_cycles(cls, text: str, degree: int) -> Permutation:
        """Return the permutation written in 1-based cycle notation, such as ``"(1 3 4)(2 5)"``.

        >>> Permutation.from_cycles("(1 3 4)(2 5)", degree=5).images.tolist()
        [2, 4, 3, 0, 1]
        """
        return cls(parse_cycles(text, degree))

    @classmethod
    def identity(cls, n: int) -> Permutation:
        """Return the identity of n points."""
        return cls(np.arange(as_degree(n, "n")))

    @property
    def degree(self) -> int:
        """Number of points n."""
        return int(self.images.size)

    def __call__(self, i: int) -> int:
        """Return sigma(i) for a point 0 <= i < n."""
        required = f"a point from 0 to {self.degree - 1}"
        point = as_integer("i", i, required)
        if not 0 <= point < self.degree:
            raise invalid("i", required, point, "count points from 0")
        return int(self.images[point])

    @cached_property
    def cycles(self) -> CycleDecomposition:
        """The cycles, grouped by length, fixed points included."""
        return decompose(self.images)

    @cached_property
    def cycle_text(self) -> str:
        """Cycle notation, 1-based, ``"()"`` for the identity."""
        return format_decomposition(self.cycles)

    @property
    def order(self) -> int:
        """Smallest k >= 1 with sigma^k = 1, an exact int."""
        return self.cycles.order

    @cached_property
    def is_identity(self) -> bool:
        """Whether every point is fixed."""
        return bool((self.images == np.arange(self.degree)).all())

    def inverse(self) -> Permutation:
        """Return the inverse, whose matrix is the transpose."""
        images = np.empty_like(self.images)
        images[self.images] = np.arange(self.degree)
        return Permutation(images)

    def compose(self, other: Permutation) -> Permutation:
        """Return "self after other", ``i -> self(other(i))``; also ``self * other``.

        >>> p, q = Permutation([1, 0, 2]), Permutation([0, 2, 1])
        >>> bool((p.matrix() @ q.matrix() == (q * p).matrix()).all())
        True
        """
        if not isinstance(other, Permutation):
            raise invalid("other", "a Permutation", other, "wrap the images: Permutation(images)", TypeError)
        if other.degree != self.degree:
            required = f"a permutation of {self.degree} points"
            raise invalid("other", required, f"one of {other.degree} points", "let both act on the same points")
        return Permutation(self.images[other.images])

    def __mul__(self, other: Permutation) -> Permutation:
        return self.compose(other) if isinstance(other, Permutation) else NotImplemented

    def power(self, k: int) -> Permutation:
        """Return sigma^k for any integer k, negative ones included; the time does not depend on k."""
        exponent = as_integer("k", k)
        images = np.empty_like(self.images)
        for length, rows in zip(self.cycles.lengths, self.cycles.index, strict=True):
            images[rows] = np.roll(rows, -(exponent % length), axis=1)
        return Permutation(images)

    def apply(self, x: Any) -> AnyArray:
        """Return ``x[..., sigma]``, that is P @ row for each row of x, shape (..., n); dtype and shape are kept."""
        array = np.asarray(x)
        if array.ndim == 0 or array.shape[-1] != self.degree:
            required = f"an array of shape (..., {self.degree})"
            raise invalid("x", required, f"shape {array.shape}", "put the permuted coordinates last")
        return np.take(array, self.images, axis=-1)

    def matrix(self) -> FloatArray:
        """Return the dense float64 matrix P, shape (n, n), with P[i, sigma(i)] = 1, so that P @ x == x[sigma].

        Raises a ValueError when n * n exceeds ``tolerances.DENSE_ENTRIES_BUDGET``; ``apply`` needs no matrix.
        """
        n = self.degree
        if n * n > DENSE_ENTRIES_BUDGET:
            required = f"so small that degree * degree <= {DENSE_ENTRIES_BUDGET} for a dense matrix"
            raise invalid("degree", required, n, "use apply(x), which permutes without a matrix")
        dense = np.zeros((n, n))
        dense[np.arange(n), self.images] = 1.0
        return dense

    def __eq__(self, other: object) -> bool:
        return np.array_equal(self.images, other.images) if isinstance(other, Permutation) else NotImplemented

    @cached_property
    def _hash(self) -> int:
        return hash(self.images.tobytes())

    def __hash__(self) -> int:
        return self._hash

    def __len__(self) -> int:
        return self.degree

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> AnyArray:
        return np.array(self.images, dtype=dtype, copy=copy)

    def __reduce__(self) -> tuple[Any, ...]:
        return Permutation, (np.array(self.images),)  # copies are built anew, so that they stay read-only

    def __repr__(self) -> str:
        if self.degree > _LARGEST_REPR_DEGREE:
            return f"Permutation({brief(self.images.tolist()[:8])[:-1]}, …], degree={self.degree})"
        text = self.cycle_text
        shown = text if len(text) <= _LONGEST_REPR else text[: _LONGEST_REPR - 1] + "…"
        return f'Permutation.from_cycles("{shown}", degree={self.degree})'
