"""The divisor of a form in powers, numerically: singular values that bound distances, and a first factorization."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.convolution.filters import dilated

__all__ = ["PowerRelations", "successive_blocks"]


@dataclass(frozen=True, eq=False)
class PowerRelations:
    """The linear relations between the slices of a cofactor: P = Q(x) R(x^t), so that ``p_i q_j = p_j q_i``.

    Here ``p_j = P[j::t]`` and ``q_j = Q[j::t]``, and the relations are linear in Q.  They have as many independent
    solutions as the divisor of P in powers x^t of largest degree exceeds the degree of R, and one more.

    Attributes:
        form: (d + 1,) coefficients of P, real or complex.
        ratio: t.
        degree: of R.
        values: singular values of the relations, ascending; their number is that of coefficients of Q.
        cofactor: unit vector of coefficients of Q, the solution up to the smallest singular value.

    >>> found = PowerRelations.of(np.array([8.0, 8, 14, 12, 3]), 2, 1)
    >>> (found.cofactor / found.cofactor[2]).round(6).tolist(), (found.divisor / found.divisor[1]).round(6).tolist()
    ([4.0, 4.0, 1.0], [0.666667, 1.0])
    """

    form: AnyArray
    ratio: int
    degree: int
    values: FloatArray
    cofactor: AnyArray

    @classmethod
    def of(cls, form: AnyArray, ratio: int, degree: int) -> PowerRelations:
        """Return the relations of a form of degree at least ``ratio * degree``."""
        matrix = _relations(form, ratio, degree)
        if matrix.shape[1] == 1:
            return cls(form, ratio, degree, np.linalg.norm(matrix, axis=0), np.ones(1))
        upper = np.linalg.qr(matrix, mode="r") if matrix.shape[0] > matrix.shape[1] else matrix
        _, values, rows = np.linalg.svd(upper)
        padded = np.zeros(matrix.shape[1])
        padded[: len(values)] = values
        return cls(form, ratio, degree, padded[::-1], rows[-1].conj())

    @property
    def lipschitz(self) -> float:
        """Bound c such that the relations of two forms differ by at most c times the norm of their difference."""
        return float(np.sqrt(max(len(self.cofactor) - min(self._sizes), 1)))

    @property
    def _sizes(self) -> list[int]:
        return [len(self.cofactor[j :: self.ratio]) for j in range(min(self.ratio, len(self.form)))]

    @property
    def distance_bound(self) -> float:
        """No form with a divisor R(x^t) of the degree is nearer: a change moves singular values by less."""
        return float(self.values[0]) / self.lipschitz

    def largest_excess(self, distance: float) -> int:
        """Return by how much the degree of the divisor of a form within a distance can exceed that of R; -1: none."""
        return int(np.sum(self.values <= self.lipschitz * distance)) - 1

    @property
    def gap(self) -> float:
        """Second smallest over smallest singular value; the latter at least the rounding of the largest."""
        if len(self.values) == 1:
            return float("inf")
        least = max(float(self.values[0]), float(np.finfo(float).eps * self.values[-1]))
        return float(self.values[1]) / least if least > 0 else 1.0

    @property
    def divisor(self) -> AnyArray:
        """Coefficients of R, (degree + 1,): least squares of ``Q(x) R(x^t) = P``."""
        columns = np.zeros((len(self.form), self.degree + 1), dtype=self.cofactor.dtype)
        for j in range(self.degree + 1):
            columns[j * self.ratio : j * self.ratio + len(self.cofactor), j] = self.cofactor
        return np.asarray(np.linalg.lstsq(columns, self.form, rcond=None)[0])


def _relations(form: AnyArray, ratio: int, degree: int) -> AnyArray:
    """Matrix of the relations, one block of rows per pair of slices; columns in the order of the coefficients of Q."""
    unknowns = np.arange(len(form) - ratio * degree)
    slices = [form[j::ratio] for j in range(min(ratio, len(form)))]
    columns = [unknowns[j::ratio] for j in range(len(slices))]
    blocks = []
    for i in range(len(slices)):
        for j in range(i + 1, len(slices)):
            rows = max(len(slices[i]) + len(columns[j]), len(slices[j]) + len(columns[i])) - 1
            block = np.zeros((rows, len(unknowns)), dtype=form.dtype)
            for values, places, sign in ((slices[i], columns[j], 1.0), (slices[j], columns[i], -1.0)):
                for shift, column in enumerate(places):
                    block[shift : shift + len(values), column] = sign * values
            blocks.append(block)
    return np.vstack(blocks) if blocks else np.zeros((1, len(unknowns)), dtype=form.dtype)


def successive_blocks(
    form: AnyArray, ratios: Sequence[int], degrees: Sequence[int], first: PowerRelations | None = None
) -> list[AnyArray]:
    """Return forms A_1, ..., A_B with ``A_1(x) A_2(x^{t_1}) A_3(x^{t_1 t_2}) ...`` near a form.

    Args:
        form: coefficients, real or complex.
        ratios: t_1, t_2, ...
        degrees: of the divisors in powers after each step.
        first: the relations of the form for the first ratio and degree, if they are known.

    >>> blocks = successive_blocks(np.array([8.0, 8, 14, 12, 3]), [2], [1])
    >>> np.convolve(blocks[0], dilated(blocks[1], 2)).round(6).tolist()
    [8.0, 8.0, 14.0, 12.0, 3.0]
    """
    found, rest = [], form
    for ratio, degree in zip(ratios, degrees, strict=True):
        relations = first or PowerRelations.of(rest / np.linalg.norm(rest), ratio, degree)
        first = None
        found.append(relations.cofactor)
        rest = relations.divisor
    total = found[0] if found else np.ones(1)
    scale = 1
    for ratio, one in zip(ratios, [*found[1:], rest] if found else [], strict=False):
        scale *= ratio
        total = np.convolve(total, np.asarray(dilated(one, scale)))
    if not found:
        return [form]
    factor = np.vdot(total, form) / np.vdot(total, total)
    return [found[0] * factor, *found[1:], rest]
