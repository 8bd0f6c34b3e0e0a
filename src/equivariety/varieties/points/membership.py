"""Is a matrix a point of a variety: a matrix, equivariant, of which ranks in its blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Real

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid
from equivariety.groups.signed import AnyPermutation
from equivariety.linalg import algebra, as_float_array, frobenius_norm, numerical_rank
from equivariety.representations import EquivariantMap, HomSpace, RankVector
from equivariety.tolerances import equivariance_tolerance, rank_tolerance
from equivariety.varieties.points.verdicts import Membership, Mismatch
from equivariety.varieties.ranks.rank_budget import RankBudget

__all__ = [
    "Measured",
    "as_map",
    "balanced",
    "check_generator",
    "check_matrix",
    "check_tolerance",
    "measured",
    "of_bounded_rank",
    "of_bounded_ranks",
    "within",
]

_MOST_SHOWN = 6


@dataclass(frozen=True, eq=False)
class Measured:
    """What decides whether a matrix is a point.

    Attributes:
        labels: of the blocks.
        matrix: the dense (m, n) matrix, divided by ``unit``, so that squares neither overflow nor underflow.
        unit: a power of two.
        generators: the pairs of generators, on outputs and on inputs.
        gap: Frobenius distance of ``matrix`` to the equivariant maps.
        allowed: distances up to this count as rounding.
        values: per block the descending singular values over its field.
        cutoff: singular values up to this count as zero.
    """

    labels: tuple[str, ...]
    matrix: AnyArray
    unit: float
    generators: Sequence[tuple[AnyPermutation, AnyPermutation]]
    gap: float
    allowed: float
    values: tuple[FloatArray, ...]
    cutoff: float

    @property
    def is_equivariant(self) -> bool:
        """Whether the matrix is equivariant up to rounding."""
        return self.gap <= self.allowed

    @property
    def largest(self) -> float:
        """The largest singular value of all blocks."""
        return max((float(s[0]) for s in self.values if len(s)), default=0.0)

    @cached_property
    def ranks(self) -> RankVector:
        """The numerical ranks of the blocks of the nearest equivariant map."""
        return RankVector((numerical_rank(s, self.cutoff) for s in self.values), self.labels)

    def excess(self, ranks: Sequence[int]) -> float:
        """The largest singular value that counts although it is beyond these ranks; 0 where there is none."""
        beyond = ((s[r], k > r) for s, k, r in zip(self.values, self.ranks, ranks, strict=True) if r < len(s))
        return max((float(value) for value, counts in beyond if counts), default=0.0)

    def verdict(self, block: int | None, rejection: str) -> Membership:
        """The verdict on an equivariant matrix: a member unless ``block`` names the reason against it."""
        member = block is None
        reason = f"equivariant, {_written(self.ranks)}" if member else rejection
        label = None if block is None else self.labels[block]
        return Membership(member, reason, self.unit * self.gap, self.ranks, label)

    def not_equivariant(self) -> Membership:
        """The verdict on a matrix that is not equivariant."""
        witness = _mismatch(self.matrix, self.unit, self.generators)
        distance, share = self.unit * self.gap, self.gap / frobenius_norm(self.matrix)
        away = f"its distance to the equivariant maps is {distance:.3g}, {share:.3g} of its norm"
        reason = f"not equivariant: {away}" + (f"; {witness}" if witness else "")
        return Membership(False, reason, distance, None, None, witness)

    def of_value(self, block: int, position: int) -> str:
        """One singular value in words."""
        value, largest = self.unit * float(self.values[block][position]), self.unit * self.largest
        return f"its singular value {value:.3g} (the largest of all blocks is {largest:.3g})"


def of_bounded_ranks(found: Measured, ranks: Sequence[int]) -> Membership:
    """Whether every block has at most its rank of ``ranks``."""
    if not found.is_equivariant:
        return found.not_equivariant()
    over = [i for i, (k, r) in enumerate(zip(found.ranks, ranks, strict=True)) if k > r]
    if not over:
        return found.verdict(None, "")
    worst = max(over, key=lambda i: float(found.values[i][ranks[i]]))
    rejection = f"block {found.labels[worst]} has rank {found.ranks[worst]}, at most {ranks[worst]} allowed"
    return found.verdict(worst, f"{rejection}: {found.of_value(worst, ranks[worst])}")


def of_bounded_rank(found: Measured, budget: RankBudget) -> Membership:
    """Whether the rank, the sum of those of the blocks times their weights, is within the budget."""
    if not found.is_equivariant:
        return found.not_equivariant()
    cost = budget.cost(found.ranks)
    if cost <= budget.rank:
        return found.verdict(None, "")
    weakest = min((i for i, k in enumerate(found.ranks) if k), key=lambda i: float(found.values[i][found.ranks[i] - 1]))
    rejection = (
        f"rank {cost}, at most {budget.rank} allowed; {_written(found.ranks)}; the block to lose a rank first is "
        f"{found.labels[weakest]}: {found.of_value(weakest, found.ranks[weakest] - 1)}"
    )
    return found.verdict(weakest, rejection)


def within(verdict: Membership) -> RankVector:
    """The block ranks of a member; ValueError with the reason for another matrix."""
    if not verdict or verdict.ranks is None:
        raise invalid("matrix", "a member", verdict.reason, "project it first")
    return verdict.ranks


def check_matrix(name: str, matrix: object, shape: tuple[int, int]) -> AnyArray:
    """Return ``matrix`` as a finite float array of exactly the given shape, or raise ValueError or TypeError."""
    array = as_float_array(name, matrix)
    if array.shape != shape:
        raise invalid(name, f"an array of shape {shape}", f"shape {array.shape}", "rows are outputs, columns inputs")
    return array


def check_generator(rng: object) -> None:
    """Raise TypeError unless ``rng`` is a NumPy random Generator."""
    if not isinstance(rng, np.random.Generator):
        raise invalid("rng", "a numpy.random.Generator", rng, "pass numpy.random.default_rng(0)", TypeError)


def check_tolerance(tolerance: object) -> None:
    """Raise ValueError unless ``tolerance`` is None or a number from 0 to 1."""
    is_number = isinstance(tolerance, Real) and not isinstance(tolerance, bool)
    if tolerance is not None and not (is_number and 0 <= tolerance < 1):  # type: ignore[operator]
        raise invalid("tolerance", "a number from 0 to 1, or None", tolerance, "pass None for the default")


def balanced(matrix: AnyArray) -> tuple[AnyArray, float]:
    """Return ``matrix / unit`` and ``unit``, the power of two next below its largest entry (1 for the zero matrix).

    Exact, and squares of entries then neither overflow nor underflow.
    """
    largest = float(np.abs(matrix).max(initial=0.0))
    unit = 2.0 ** max(int(np.frexp(largest)[1]) - 1, -1000) if largest > 0 else 1.0
    return (matrix / matrix.dtype.type(unit), unit) if not 1e-15 < largest < 1e15 else (matrix, 1.0)


def measured(hom: HomSpace, matrix: object, tolerance: float | None) -> Measured:
    """Measure a dense real (m, n) matrix.

    ``tolerance`` bounds both the relative distance to the equivariant maps and the singular values, relative to the
    largest of the whole matrix, that count as zero; None takes the library's tolerances for the dtype.  Raises
    ValueError or TypeError for anything that is not such a matrix, or no such tolerance.
    """
    dense, unit = balanced(check_matrix("matrix", matrix, hom.shape))
    check_tolerance(tolerance)
    blocks, gap = _blocks_and_gap(hom, dense)
    values = [algebra(block.field).svd(b)[1] for block, b in zip(hom.blocks, blocks, strict=True)]
    scale = max((float(s[0]) for s in values if len(s)), default=0.0)
    return Measured(
        hom.labels,
        dense,
        unit,
        list(zip(hom.target.generators, hom.source.generators, strict=True)),
        gap,
        frobenius_norm(dense) * (equivariance_tolerance(dense.dtype) if tolerance is None else tolerance),
        tuple(values),
        scale * (rank_tolerance(dense.dtype, max(hom.shape)) if tolerance is None else tolerance),
    )


def as_map(hom: HomSpace, mapping: object) -> EquivariantMap:
    """Return a dense (m, n) matrix that is equivariant up to rounding as a map; a map of the same space as it is.

    Raises ValueError for a matrix that is not equivariant and for a map of another space, and as
    :func:`check_matrix` does.
    """
    if isinstance(mapping, EquivariantMap):
        if mapping.hom != hom:
            required = "a map that respects the actions of the component"
            raise invalid(
                "mapping", required, "a map between other actions", "pass its dense matrix, np.asarray(mapping)"
            )
        return mapping
    dense, unit = balanced(check_matrix("matrix", mapping, hom.shape))
    blocks, distance = _blocks_and_gap(hom, dense)
    norm = frobenius_norm(dense)
    gap = distance / norm if norm else 0.0
    allowed = equivariance_tolerance(dense.dtype)
    if gap > allowed:
        raise invalid(
            "matrix",
            f"equivariant up to {allowed:.0e} of its norm",
            f"a relative distance of {gap:.3g} from the equivariant maps",
            "project it first",
        )
    factors = {}
    for i, b in enumerate(blocks):
        rows, cols = (np.eye(size, dtype=b.dtype) for size in b.shape)
        scaled = b * dense.dtype.type(unit)
        factors[i] = (rows, scaled.conj().T) if len(rows) < len(cols) else (scaled, cols)
    return EquivariantMap(hom, factors, dense.dtype)


def _blocks_and_gap(hom: HomSpace, dense: AnyArray) -> tuple[list[AnyArray], float]:
    """The blocks of the nearest equivariant map, and its distance."""
    blocks = hom.block_matrices(dense)
    nearest = hom.dense({i: (b, np.eye(b.shape[1], dtype=b.dtype)) for i, b in enumerate(blocks)}, dense.dtype)
    return blocks, frobenius_norm(dense - nearest)


def _mismatch(
    matrix: AnyArray, unit: float, generators: Sequence[tuple[AnyPermutation, AnyPermutation]]
) -> Mismatch | None:
    """The two entries that differ most although a generator takes one to the other; M[t(i), s(j)] = M[i, j]."""
    worst, found = 0.0, None
    for g, (t, s) in enumerate(generators):
        moved = s.apply(t.apply(matrix.T).T)
        apart = np.abs(matrix - moved)
        i, j = map(int, np.unravel_index(int(np.argmax(apart)), apart.shape))
        if apart[i, j] > worst:
            worst = float(apart[i, j])
            image = int(t.images[i]), int(s.images[j])
            found = Mismatch(g, (i, j), image, (unit * matrix[i, j].item(), unit * moved[i, j].item()))
    return found


def _written(ranks: RankVector) -> str:
    """Block ranks in words."""
    used = [f"{label}: {r}" for label, r in ranks.by_label.items() if r]
    rest = f" and {len(used) - _MOST_SHOWN} more" if len(used) > _MOST_SHOWN else ""
    return f"block ranks {', '.join(used[:_MOST_SHOWN])}{rest}" if used else "all block ranks 0"
