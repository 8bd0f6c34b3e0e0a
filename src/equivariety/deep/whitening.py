"""Whitened coordinates, in which the squared error is a squared distance between matrices.

With inputs x_s and targets y_s as columns, x = T P^* with orthonormal columns of P, and Z = y P,

    sum_s |y_s - M x_s|^2 = |M T - Z|^2 + (|y|^2 - |Z|^2),

so M enters only by M T, and the linear map M -> M T is invertible iff the inputs span their space.  Up to a rotation,
T = (x x^*)^(1/2) and Z = y x^* (x x^*)^(-1/2), but nothing is squared here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.linalg import frobenius_norm
from equivariety.linalg.truncated_svd import singular_triples
from equivariety.tolerances import deficiency_tolerance, rank_tolerance, whitening_rounding
from equivariety.varieties.points.genericity import multiplicities

__all__ = ["WhitenedData"]


@dataclass(frozen=True, eq=False)
class WhitenedData:
    """A least squares problem over matrices M (b, a), real or complex.

    Attributes:
        target: Z, shape (b, k), k the number of independent directions of the inputs.
        lift: T, shape (a, k); ``M @ lift`` is M in whitened coordinates.
        unlift: its pseudoinverse (k, a), the inverse if the inputs span their space.
        rest: what no M explains, the least sum of squares.
        rounding: how uncertain Z is, relative to its largest singular value.
        zero: singular values of Z up to this are rounding.

    >>> data = WhitenedData.of(np.array([[2.0, 0.0]]), np.array([[6.0, 1.0]]))
    >>> np.abs(data.target).tolist(), np.abs(data.lift).tolist(), data.rest, data.equal
    ([[6.0]], [[2.0]], 1.0, (1,))
    """

    target: AnyArray
    lift: AnyArray
    unlift: AnyArray
    rest: float
    rounding: float
    zero: float

    @classmethod
    def of(cls, inputs: AnyArray, targets: AnyArray, lost: float = 1.0, size: float = 0.0) -> WhitenedData:
        """Whiten inputs (a, N) and targets (b, N), samples being columns.

        If means were subtracted from them, whose rounding they keep, ``lost`` is how many times larger a coordinate
        of the inputs was before, and ``size`` the norm of the targets before.
        """
        a = len(inputs)
        # Equal scales first, so that small coordinates of the inputs are not taken for rounding.
        scale = np.sqrt((np.abs(inputs) ** 2).sum(axis=1))
        usable = scale > 0
        unit = np.where(usable, scale, 1.0)
        left, values, right = singular_triples(inputs / unit[:, None])
        largest = float(values[0]) if len(values) else 0.0
        k = int(np.count_nonzero(values > lost * deficiency_tolerance(max(inputs.shape), np.float64) * largest))
        condition = largest / float(values[k - 1]) if k else 1.0
        lift = unit[:, None] * left[:, :k] * values[:k]
        basis = right[:k].conj().T
        target = targets @ basis
        rest = frobenius_norm(targets - target @ basis.conj().T) ** 2
        unlift: AnyArray = (left.conj().T / values[:, None]) / unit if k == a else np.linalg.pinv(lift)
        size = max(size, frobenius_norm(targets))
        zero = rank_tolerance(np.float64, max(target.shape, default=1)) * size
        top = float(np.linalg.norm(target, 2)) if target.size else 0.0
        rounding = whitening_rounding() * (lost * condition + (size / top if top > zero else 0.0))
        return cls(target, lift, unlift, rest, rounding, zero)

    @cached_property
    def triples(self) -> tuple[AnyArray, FloatArray, AnyArray]:
        """The singular value decomposition U, s, V of Z, only nonzero values, descending; ``Z = U diag(s) V^*``."""
        u, s, vh = singular_triples(self.target)
        found = int(np.count_nonzero(s > self.zero))
        return u[:, :found], s[:found], vh[:found].conj().T

    @property
    def values(self) -> FloatArray:
        """The nonzero singular values of Z, descending."""
        return self.triples[1]

    @property
    def free(self) -> int:
        """Number of directions of the inputs that the samples leave free."""
        return int(self.lift.shape[0] - self.lift.shape[1])

    @property
    def tie(self) -> float:
        """Singular values of Z at most this far apart are equal up to rounding."""
        return self.zero

    @property
    def equal(self) -> tuple[int, ...]:
        """How often each nonzero singular value occurs."""
        return multiplicities(self.values, self.zero, self.tie)

    @property
    def gap(self) -> float:
        """The least difference of two different singular values, zero included: how well they are told apart."""
        firsts = np.cumsum([0, *self.equal])
        ends = [*(float(self.values[i]) for i in firsts[1:-1]), 0.0]
        lasts = [float(self.values[i - 1]) for i in firsts[1:]]
        return min((last - end for last, end in zip(lasts, ends, strict=True)), default=0.0) if lasts else 0.0
