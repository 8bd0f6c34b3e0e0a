"""Reduced-rank regression in each block over its field, from moments or from the samples.

The inputs are whitened: columns ``white`` (a, k) with ``white^* (S_xx + ridge) white = I`` span what the data reach,
and W = S_yx white has the gains as squared singular values.  Directions of the inputs that are zero up to rounding
are left out, so that the optimum is the smallest one.  (Izenman's reduced-rank regression, 1975, over R, C and H.)
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray, IntArray
from equivariety.linalg import DivisionAlgebra, algebra
from equivariety.linalg.threads import each_in_parallel, in_parallel, limited_blas
from equivariety.representations import MapBlock
from equivariety.tolerances import deficiency_tolerance, noise_tolerance, tie_tolerance
from equivariety.training.moments import BlockSums
from equivariety.training.statistics import SMALL_BLOCK, BlockStatistics

__all__ = ["RegressionMoments", "RegressionSamples"]

#: Squared scales of coordinates that differ by more are made equal first, which takes another orthonormal basis.
_UNEVEN = 1e4
#: Moments of a larger condition leave less than six digits.
_CERTAIN_CONDITION = 1e10


@dataclass(frozen=True, slots=True)
class _Solved:
    """A block: B_r = left[:, :r] @ right[:, :r]^*, the columns of ``left`` orthogonal; ``reach``: inputs' rank."""

    gains: FloatArray
    left: AnyArray
    right: AnyArray
    residual: float
    reach: int


class _Regression(BlockStatistics):
    def __init__(
        self, blocks: Sequence[MapBlock], energy: float, ridges: Sequence[float], dtype: np.dtype[Any]
    ) -> None:
        self.energy = energy
        self._dtype = dtype
        self._blocks = tuple(blocks)
        self._algebras = tuple(algebra(block.field) for block in blocks)
        self._ridges = tuple(ridges)

    @property
    @abstractmethod
    def _solved(self) -> tuple[_Solved, ...]:
        """The solutions of the blocks."""

    @abstractmethod
    def _input_moment_times(self, block: int, vectors: AnyArray) -> AnyArray:
        """S_xx times ``vectors``."""

    @abstractmethod
    def _cross_moment_times(self, block: int, vectors: AnyArray) -> AnyArray:
        """S_yx times ``vectors``."""

    @abstractmethod
    def _cross_adjoint_times(self, block: int, vectors: AnyArray) -> AnyArray:
        """S_yx^* times ``vectors``."""

    @abstractmethod
    def _input_sizes(self, block: int) -> FloatArray:
        """The diagonal of S_xx, one entry for each row of its array."""

    @cached_property
    def gains(self) -> tuple[FloatArray, ...]:
        """Squared singular values of W."""
        return tuple(one.gains for one in self._solved)

    @cached_property
    def residuals(self) -> FloatArray:
        """What no linear map of the inputs explains."""
        return np.array([one.residual for one in self._solved])

    @cached_property
    def penalties(self) -> tuple[FloatArray, ...]:
        """``ridge |left_k|^2 |right_k|^2``, since the columns of ``left`` are orthogonal."""
        return tuple(
            ridge * over.column_energies(one.left) * over.column_energies(one.right)
            for over, one, ridge in zip(self._algebras, self._solved, self._ridges, strict=True)
        )

    def factors(self, block: int, rank: int) -> tuple[AnyArray, AnyArray]:
        """Leading left and right columns."""
        one, over = self._solved[block], self._algebras[block]
        left, right = (over.columns(side, 0, rank) for side in (one.left, one.right))
        return np.ascontiguousarray(left), np.ascontiguousarray(right)

    def defect(self, block: int, left: AnyArray, right: AnyArray) -> float:
        """The gradient G = B (S_xx + ridge) - S_yx along the tangent space: ``G right`` and ``left^* G``.

        Columns of ``right`` are scaled to length 1 in the metric of the inputs, those of ``left`` in the plain one, and
        columns of G are divided by the size of their input, so that the result compares to the size of the targets.
        """
        ridge, over = self._ridges[block], self._algebras[block]
        image = self._input_moment_times(block, right) + ridge * right
        size = np.sqrt(np.maximum((right.conj() * image).sum(axis=0).real, 0.0))
        unit = np.where(size > 0, size, 1.0)
        along_right = left @ (image.conj().T @ (right / unit)) - self._cross_moment_times(block, right / unit)
        length = np.linalg.norm(left, axis=0)
        direction = left / np.where(length > 0, length, 1.0)
        along_left = image @ (left.conj().T @ direction) - self._cross_adjoint_times(block, direction)
        inputs = np.sqrt(self._input_sizes(block) + ridge)
        along_left /= np.where(inputs > 0, inputs, np.inf)[:, None]
        return float(np.hypot(over.norm(along_right), over.norm(along_left)))

    def input_ranks(self, zero: float) -> tuple[int, ...]:
        """The numbers of directions that were inverted; ``zero`` is not needed."""
        return tuple(one.reach for one in self._solved)

    @property
    def scale(self) -> float:
        """The norm of the targets."""
        return float(np.sqrt(self.energy))

    def _empty(self, block: MapBlock, energy: float) -> _Solved:
        over = algebra(block.field)
        return _Solved(np.zeros(0), over.zeros(block.rows, 0), over.zeros(block.cols, 0), energy, 0)


class RegressionMoments(_Regression):
    """From the moments S_xx and S_yx of each block.

    Coordinates with at most the share ``leakage`` of the sum of squares of all inputs are rounding.
    """

    def __init__(
        self,
        blocks: Sequence[MapBlock],
        sums: BlockSums,
        ridges: Sequence[float],
        leakage: float,
        dtype: np.dtype[Any],
    ) -> None:
        super().__init__(blocks, sums.energy, ridges, dtype)
        self._sums, self._floor = sums, leakage * sums.raw_energy

    @property
    def noise(self) -> float:
        """Singular values are as uncertain as S_yx times the inverse root of what is inverted; gains, squared.

        Gains from a Gram matrix of W are as uncertain as its entries.
        """
        squared = noise_tolerance(np.float64) ** 2 * self._condition
        return max(squared, noise_tolerance(np.float64)) if self._has_large_blocks else squared

    @property
    def tie(self) -> float:
        """Gains inherit the rounding of the moments times the condition of what is inverted."""
        return tie_tolerance(np.float64) * self._condition

    @property
    def is_certain(self) -> bool:
        """Whether the condition of the inputs, which the moments square, leaves most digits of the gains."""
        return self._condition <= _CERTAIN_CONDITION

    @property
    def _has_large_blocks(self) -> bool:
        return any(b.max_rank and max(b.rows, b.cols) > SMALL_BLOCK for b in self._blocks)

    @property
    def _solved(self) -> tuple[_Solved, ...]:
        return self._solution[0]

    @property
    def _condition(self) -> float:
        return self._solution[1]

    @cached_property
    def _solution(self) -> tuple[tuple[_Solved, ...], float]:
        """The solutions of the blocks, and the largest condition of what was inverted for them."""
        assert self._sums.yx is not None
        largest = 1.0
        found = [self._empty(b, e) for b, e in zip(self._blocks, self.block_energies.tolist(), strict=True)]
        stacks: dict[tuple[str, int, int], list[int]] = {}
        for i, (block, moment) in enumerate(zip(self._blocks, self._sums.yx, strict=True)):
            if moment is not None:
                stacks.setdefault((block.field, block.rows, block.cols), []).append(i)
        for members in stacks.values():
            xx = np.stack([self._moment(self._sums.xx, i) for i in members])
            yx = np.stack([self._moment(self._sums.yx, i) for i in members])
            over = self._algebras[members[0]]
            white, conditions, reach = _whiten(over, xx, [self._ridges[i] for i in members], self._floor, self._dtype)
            largest = max(largest, float(conditions.max()))
            for i, solved in zip(members, self._solve(yx, white, reach, members), strict=True):
                found[i] = solved
        return tuple(found), largest

    def _solve(self, yx: AnyArray, white: AnyArray, reach: IntArray, members: Sequence[int]) -> list[_Solved]:
        over = self._algebras[members[0]]
        response = np.matmul(yx, white)
        if max(response.shape[1:]) <= SMALL_BLOCK:
            parts = in_parallel(over.svd, response)
            vectors = np.concatenate([vh for _, _, vh in parts]).conj().swapaxes(-1, -2)
            gains = np.concatenate([s for _, s, _ in parts]) ** 2
            left = np.concatenate([u * over.spread(s)[:, None, :] for u, s, _ in parts])
            right = np.matmul(white, vectors)
        else:
            # The squared singular values and one side of the singular vectors are all that is needed.
            solved = [_gram_factors(over, w, q) for w, q in zip(response, white, strict=True)]
            gains, left, right = (np.stack(column) for column in zip(*solved, strict=True))
        return [
            _Solved(g, u, v, max(float(self.block_energies[i]) - float(g.sum()), 0.0), k)
            for i, g, u, v, k in zip(members, gains, left, right, reach.tolist(), strict=True)
        ]

    @staticmethod
    def _moment(moments: Sequence[AnyArray | None], block: int) -> AnyArray:
        found = moments[block]
        assert found is not None
        return found

    @property
    def block_energies(self) -> FloatArray:
        """The traces of S_yy."""
        assert self._sums.y_energies is not None
        return self._sums.y_energies

    def _input_moment_times(self, block: int, vectors: AnyArray) -> AnyArray:
        return np.asarray(self._moment(self._sums.xx, block) @ vectors)

    def _cross_moment_times(self, block: int, vectors: AnyArray) -> AnyArray:
        assert self._sums.yx is not None
        return np.asarray(self._moment(self._sums.yx, block) @ vectors)

    def _cross_adjoint_times(self, block: int, vectors: AnyArray) -> AnyArray:
        assert self._sums.yx is not None
        return np.asarray(self._moment(self._sums.yx, block).conj().T @ vectors)

    def _input_sizes(self, block: int) -> FloatArray:
        return np.asarray(self._moment(self._sums.xx, block).diagonal().real)


class RegressionSamples(_Regression):
    """From the samples, without squaring the condition of the inputs.

    ``x[i]`` and ``y[i]`` are the transposes of (a, N) and (b, N) matrices over the field of block i, whose columns are
    the samples, every copy of the irreducible counting as one; None where source or target lack the block.
    Coordinates whose sum of squares is at most ``floor`` are rounding.
    """

    def __init__(
        self,
        blocks: Sequence[MapBlock],
        x: Sequence[AnyArray | None],
        y: Sequence[AnyArray | None],
        energy: float,
        floor: float,
        ridges: Sequence[float],
        dtype: np.dtype[Any],
    ) -> None:
        super().__init__(blocks, energy, ridges, dtype)
        self._x, self._y, self._floor = x, y, floor

    @property
    def noise(self) -> float:
        """Singular values of the targets along orthonormal directions are certain up to rounding; gains, squared."""
        return noise_tolerance(np.float64) ** 2

    @property
    def tie(self) -> float:
        """A few roundings."""
        return tie_tolerance(np.float64)

    @cached_property
    def block_energies(self) -> FloatArray:
        """Sums of squares."""
        pairs = zip(self._algebras, self._y, strict=True)
        return np.array([0.0 if y is None else over.squared_norm(y) for over, y in pairs])

    @cached_property
    def _solved(self) -> tuple[_Solved, ...]:
        found = [self._empty(b, e) for b, e in zip(self._blocks, self.block_energies.tolist(), strict=True)]
        members = [i for i, (x, y) in enumerate(zip(self._x, self._y, strict=True)) if x is not None and y is not None]
        order = max((max(self._of(values, i).shape) for values in (self._x, self._y) for i in members), default=0)

        def solve(i: int) -> _Solved:
            x, y = self._of(self._x, i).T, self._of(self._y, i).T
            return _solved_from(self._algebras[i], x, y, self._ridges[i], self._floor, self._dtype)

        for i, one in zip(members, each_in_parallel(solve, members, order), strict=True):
            found[i] = one
        return tuple(found)

    def _input_moment_times(self, block: int, vectors: AnyArray) -> AnyArray:
        x = self._of(self._x, block)
        return np.asarray(x.T @ (x.conj() @ vectors))

    def _cross_moment_times(self, block: int, vectors: AnyArray) -> AnyArray:
        return np.asarray(self._of(self._y, block).T @ (self._of(self._x, block).conj() @ vectors))

    def _cross_adjoint_times(self, block: int, vectors: AnyArray) -> AnyArray:
        return np.asarray(self._of(self._x, block).T @ (self._of(self._y, block).conj() @ vectors))

    def _input_sizes(self, block: int) -> FloatArray:
        return np.asarray((np.abs(self._of(self._x, block)) ** 2).sum(axis=0))

    @staticmethod
    def _of(values: Sequence[AnyArray | None], block: int) -> AnyArray:
        found = values[block]
        assert found is not None
        return found


def _solved_from(
    over: DivisionAlgebra, x: AnyArray, y: AnyArray, ridge: float, floor: float, dtype: np.dtype[Any]
) -> _Solved:
    """Solve one block from inputs x (a, N) and targets y (b, N); coordinates of energy up to ``floor`` are rounding."""
    if x.shape[1] > 2 * (len(x) + len(y)):  # a unitary change of the many samples leaves few that are not zero
        triangle = over.compressed(np.concatenate([x, y]))
        x, y = triangle[: len(x)], triangle[len(x) :]
    sizes = over.spread((np.abs(x[:: over.order]) ** 2).sum(axis=1))  # of the rows over the algebra
    # Without a ridge the scale of each input coordinate is free: equal scales make the rank decision fair.
    usable = sizes > floor
    uneven = sizes.max(initial=0.0) > _UNEVEN * sizes[usable].min(initial=np.inf)
    scaled = uneven and not ridge
    unit = np.where(usable, 1.0 / np.sqrt(np.where(usable, sizes, 1.0)) if scaled else 1.0, 0.0)
    p, s, qh = over.svd(unit[:, None] * x)
    noise = np.sqrt(floor * over.column_energies(unit[:, None] * p))
    kept = s > np.maximum(deficiency_tolerance(max(x.shape), dtype) * s.max(initial=0.0), noise)
    columns = over.spread(kept)
    p, s, q = p[:, columns], s[kept], qh[columns].conj().T
    shrink = s / np.sqrt(s**2 + ridge)
    seen = y @ q
    white = _on_span(unit, p, unit[:, None] * p / over.spread(np.sqrt(s**2 + ridge)))
    u, w, vh = over.svd(seen * over.spread(shrink))
    unseen = over.norm(y - seen @ q.conj().T) ** 2
    residual = unseen + float((over.column_energies(seen) * (ridge / (s**2 + ridge))).sum())
    return _Solved(w**2, u * over.spread(w), white @ vh.conj().T, residual, int(kept.sum()))


def _whiten(
    over: DivisionAlgebra, moments: AnyArray, ridges: Sequence[float], floor: float, dtype: np.dtype[Any]
) -> tuple[AnyArray, FloatArray, IntArray]:
    """Return stacked (a, a) matrices with columns that whiten ``moments + ridge``, the conditions and ranks of these.

    Columns of directions left out are zero; coordinates of energy up to ``floor`` are rounding.

    Coordinates are brought to equal scales first: rounding in a moment is relative to the sizes of its two coordinates.
    """
    size = moments.shape[-1]
    ridge = np.asarray(ridges)[:, None]
    diagonal = over.spread(np.einsum("kaa->ka", moments).real[:, :: over.order])
    usable = diagonal > floor
    unit = np.where(usable, 1.0 / np.sqrt(np.where(usable, diagonal + ridge, 1.0)), 0.0)
    scaled = unit[:, :, None] * moments * unit[:, None, :] + (ridge * unit**2)[:, :, None] * np.eye(size)
    with limited_blas(size):
        solved = in_parallel(over.eigh, scaled)
    values, vectors = (np.concatenate(column) for column in zip(*solved, strict=True))
    noise = floor * over.column_energies(unit[:, :, None] * vectors)
    kept = values > np.maximum(deficiency_tolerance(size, dtype, squared=True) * values[:, -1:], noise)
    root = np.where(kept, 1.0 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
    white = np.asarray(unit[:, :, None] * vectors * over.spread(root)[:, None, :])
    for i in np.flatnonzero(~kept.all(axis=1)):
        columns = over.spread(kept[i])
        white[i][:, columns] = _on_span(unit[i], vectors[i][:, columns], white[i][:, columns])
    smallest = np.where(kept, values, np.inf).min(axis=1)
    return white, np.where(kept.any(axis=1), values[:, -1] / smallest, 1.0), kept.sum(axis=1)


def _on_span(unit: FloatArray, scaled: AnyArray, white: AnyArray) -> AnyArray:
    """Project ``white`` orthogonally on the span of the inputs, given by a basis of the span of the scaled inputs.

    It whitens as before, and the optimum then vanishes off the inputs: it is the smallest one in the given coordinates,
    not in the scaled ones.
    """
    scales = np.unique(unit[unit > 0])
    if scaled.shape[0] == scaled.shape[1] or len(scales) <= 1:
        return white
    # A projector does not depend on the basis: any one of the columns of the arrays will do, over H too.
    basis = np.linalg.qr(scaled / np.where(unit > 0, unit, 1.0)[:, None])[0]
    return np.asarray(basis @ (basis.conj().T @ white))


def _gram_factors(over: DivisionAlgebra, response: AnyArray, white: AnyArray) -> tuple[FloatArray, AnyArray, AnyArray]:
    """Gains and factors from the smaller Gram matrix of a large block."""
    b, k = response.shape
    with limited_blas(min(b, k)):
        if b <= k:
            values, u = over.eigh(response @ response.conj().T)
            left = over.backwards(u)
            right = white @ (response.conj().T @ left)
        else:
            values, v = over.eigh(response.conj().T @ response)
            v = over.backwards(v)
            left, right = response @ v, white @ v
    return np.maximum(values[::-1], 0.0), left, right
