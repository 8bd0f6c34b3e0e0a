"""The squared error of the factors of one component as a function of one vector of real parameters.

The parameters are the entries of a left (b, r) and a right (a, r) factor per block, over the block's field: with the
weight sharing of the component (Kohn, Sattelberger, Shahverdi, arXiv 2309.13736) exactly ``num_parameters`` real
numbers.  A complex entry is two neighbouring parameters, and the real gradient with respect to them is twice the
Wirtinger derivative by the conjugate.  A quaternion is two complex entries, the first column of its cell; the second
column says the same again, which doubles squares and gradients alike.

Inputs and targets are divided by their root mean squares, so that nothing here depends on the units of the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid
from equivariety.linalg import FIELD_DIM, DivisionAlgebra, algebra
from equivariety.representations import EquivariantMap, HomSpace, MapBlock
from equivariety.tolerances import DESCENT_BYTES_BUDGET, MOMENT_BYTES_BUDGET, noise_tolerance
from equivariety.training.moments import BlockMoments, moment_bytes, quick_dtype
from equivariety.training.problem import ridges
from equivariety.training.samples import Samples
from equivariety.varieties import Component

__all__ = ["FactoredProblem", "Rows"]

#: Transposes of inputs (a, k) and targets (b, k) of one block over its field, a column for each sample and copy.
Rows: TypeAlias = tuple[AnyArray, AnyArray]


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where the factors of one block lie in the vector of parameters."""

    position: int
    block: MapBlock
    rank: int
    start: int

    @property
    def over(self) -> DivisionAlgebra:
        """The algebra of the block."""
        return algebra(self.block.field)

    def views(self, parameters: FloatArray) -> tuple[AnyArray, AnyArray]:
        """Views of the left (b, r) and the right (a, r) factor: of the first columns of their cells."""
        unit = self.over.dim
        middle = self.start + unit * self.rank * self.block.rows
        left = parameters[self.start : middle]
        right = parameters[middle : middle + unit * self.rank * self.block.cols]
        kind = self.over.dtype(parameters.dtype)
        return left.view(kind).reshape(-1, self.rank), right.view(kind).reshape(-1, self.rank)

    def factors(self, parameters: FloatArray) -> tuple[AnyArray, AnyArray]:
        """The factors, as matrices over the field."""
        left, right = self.views(parameters)
        return self.over.completed(left), self.over.completed(right)


@dataclass(frozen=True)
class FactoredProblem:
    """Data and component, prepared for gradient descent.

    Attributes:
        hom: the maps.
        num_parameters: length of the vectors of parameters.
        samples: the data.
        x_unit, y_unit: root mean squares of inputs (in the blocks of the maps) and targets, by which they are divided.
        rows: per trained block a few rows whose squared error is that of all samples, up to a constant; float64.
        constant: what no parameter changes: the targets of the other blocks, and those that no input predicts.
        ridge: per trained block the ridge on its matrix, in these units.
    """

    hom: HomSpace
    num_parameters: int
    samples: Samples
    x_unit: float
    y_unit: float
    rows: tuple[Rows, ...]
    constant: float
    ridge: tuple[float, ...]
    _slots: tuple[_Slot, ...]

    @classmethod
    def of(cls, component: Component, samples: Samples, alpha: float) -> FactoredProblem:
        """Sum the second moments of the samples and take per block what the objective depends on.

        Raises ValueError if the moments exceed the memory budget or the data are not finite.

        >>> import equivariety as ev
        >>> component = ev.equivariant_maps(ev.groups.cyclic(3), rank=1).component((1, 0))
        >>> problem = FactoredProblem.of(component, Samples.of((3, 3), np.eye(3)), 0.0)
        >>> problem.num_parameters, round(problem.objective(np.ones(2)), 12)
        (2, 0.222222222222)
        """
        hom, targets = component.space.hom, samples.y is not None
        size = moment_bytes(hom, targets=targets)
        if size > MOMENT_BYTES_BUDGET:
            required = f"with block moments of at most {MOMENT_BYTES_BUDGET:,} bytes"
            raise invalid("component", required, f"{size:,} bytes", "use fit, which can do without")
        moments = BlockMoments(hom, targets=targets, centered=False)
        moments.absorb(samples, quick_dtype(samples))
        sums = moments.sums(intercept=False)
        algebras = [algebra(block.field) for block in hom.blocks]
        of_x = sum(over.trace(s) for over, s in zip(algebras, sums.xx, strict=True) if s is not None)
        x_unit = _unit(sums.energy if samples.y is None else of_x, samples.x.size)
        y_unit = x_unit if samples.y is None else _unit(sums.energy, samples.y.size)
        slots, rows, start, constant = [], [], 0, 0.0
        for i, (block, rank) in enumerate(zip(hom.blocks, component.ranks, strict=True)):
            xx, over = sums.xx[i], algebras[i]
            of_inputs = 0.0 if xx is None else over.trace(xx)
            energy = of_inputs if sums.y_energies is None else float(sums.y_energies[i])
            if rank and xx is not None:
                x, y = _few_rows(over, xx, None if sums.yx is None else sums.yx[i])
                energy = max(energy - over.squared_norm(y), 0.0)
                rows.append((x / x_unit, y / y_unit))
                slots.append(_Slot(i, block, rank, start))
                start += block.num_parameters(rank)
            constant += energy / y_unit**2
        weights = ridges(hom, alpha)
        ridge = tuple(weights[slot.position] / x_unit**2 for slot in slots)
        return cls(hom, start, samples, x_unit, y_unit, tuple(rows), constant, ridge, tuple(slots))

    @property
    def _size(self) -> int:
        return len(self.samples) * self.hom.shape[0]

    def random_start(self, rng: np.random.Generator, dtype: np.dtype[Any]) -> FloatArray:
        """Return Gaussian parameters: the matrix of each block has expected squared norm r, as a projector of rank r.

        All entries of both factors have the same variance.  In the units of the problem an optimal autoencoder is a
        projector.
        """
        out = np.empty(self.num_parameters, dtype)
        for slot in self._slots:
            block = slot.block
            variance = 1.0 / (FIELD_DIM[block.field] * np.sqrt(block.rows * block.cols))
            count = block.num_parameters(slot.rank)
            out[slot.start : slot.start + count] = np.sqrt(variance) * rng.standard_normal(count)
        return out

    def value_and_gradient(self, parameters: FloatArray) -> tuple[float, FloatArray]:
        """Return the objective in the units of the problem, where it is 1 for the zero map, and its gradient."""
        gradient = np.empty_like(parameters)
        total = self.constant + self.add_batch(parameters, self.rows, gradient)
        total += self.add_penalty(parameters, gradient)
        return total / self._size, gradient / self._size

    def objective(self, parameters: FloatArray) -> float:
        """Return the mean over samples and outputs of the squared error plus penalty, in the units of the data."""
        return self.y_unit**2 * self.value_and_gradient(parameters.astype(np.float64))[0]

    def add_batch(self, parameters: FloatArray, rows: Sequence[Rows], gradient: FloatArray) -> float:
        """Return the sum of squares of the given rows and write its gradient."""
        total = 0.0
        for slot, (x, y) in zip(self._slots, rows, strict=True):
            over, (left, right) = slot.over, slot.factors(parameters)
            to_left, to_right = slot.views(gradient)
            latent = x @ right.conj()
            gap = latent @ left.T
            gap -= y
            # d|gap|^2 = 2 Re <gap, d gap>, and d gap = latent dL^T + x conj(dR) L^T.
            np.matmul(gap.T, over.leading(latent.conj()), out=to_left)
            np.matmul(x.T, gap.conj() @ over.leading(left), out=to_right)
            total += over.squared_norm(gap)
        gradient *= 2.0
        return total

    def add_penalty(self, parameters: FloatArray, gradient: FloatArray, share: float = 1.0) -> float:
        """Return a share of the ridge penalty and add its gradient."""
        total = 0.0
        for slot, ridge in zip(self._slots, self.ridge, strict=True):
            if ridge:
                over, (left, right) = slot.over, slot.factors(parameters)
                to_left, to_right = slot.views(gradient)
                of_left, of_right = left.conj().T @ left, right.conj().T @ right
                to_left += 2.0 * share * ridge * (left @ over.leading(of_right))
                to_right += 2.0 * share * ridge * (right @ over.leading(of_left))
                total += share * ridge * float(np.vdot(of_left, of_right).real) / over.order
        return total

    def coordinates(self, dtype: np.dtype[Any]) -> list[Rows]:
        """Return per trained block the transposed coordinates of all samples, inputs (N, copies, a), targets alike.

        Raises ValueError beyond the memory budget.
        """
        samples, hom = self.samples, self.hom
        autoencoder = samples.y is None
        sides = [(s.over.order * s.block.irrep_dim, s.block.cols, s.block.rows) for s in self._slots]
        widths = sum(unit * (cols + (0 if autoencoder else rows)) for unit, cols, rows in sides)
        size = len(samples) * widths * dtype.itemsize
        if size > DESCENT_BYTES_BUDGET:
            required = f"at most {DESCENT_BYTES_BUDGET:,} bytes in block coordinates"
            raise invalid("X", required, f"{size:,} bytes", 'use optimizer="l-bfgs", which keeps second moments only')
        out: list[Rows] = []
        for slot in self._slots:
            over, block = slot.over, slot.block
            leading = len(samples), over.order * block.irrep_dim // over.dim
            x = np.empty((*leading, over.order * block.cols), over.dtype(dtype))
            out.append((x, x if autoencoder else np.empty((*leading, over.order * block.rows), x.dtype)))
        for part in samples.parts():
            chunk = samples.read(part, dtype)
            of_x = hom.source._split(chunk.x)
            of_y = None if chunk.y is None else hom.target._split(chunk.y)
            for slot, (x, y) in zip(self._slots, out, strict=True):
                i, j = hom.source_index(slot.position), hom.target_index(slot.position)
                assert i is not None  # a block of positive rank is on both sides
                assert j is not None
                x[part] = np.swapaxes(slot.over.from_real(of_x[i]), -1, -2) / dtype.type(self.x_unit)
                if of_y is not None:
                    y[part] = np.swapaxes(slot.over.from_real(of_y[j]), -1, -2) / dtype.type(self.y_unit)
        return out

    def map(self, parameters: FloatArray, dtype: np.dtype[Any]) -> EquivariantMap:
        """Return the map with these factors, in the units of the data."""
        factors = {}
        for slot in self._slots:
            left, right = slot.factors(parameters)
            kind = slot.over.dtype(dtype)
            factors[slot.position] = ((left * (self.y_unit / self.x_unit)).astype(kind), right.astype(kind))
        return EquivariantMap(self.hom, factors, dtype)


def _unit(energy: float, entries: int) -> float:
    root = float(np.sqrt(energy / entries))
    return root if root > 0 else 1.0


def _few_rows(over: DivisionAlgebra, xx: AnyArray, yx: AnyArray | None) -> Rows:
    """Rows with the given moments ``xx`` = sum x x^* and ``yx`` = sum y x^*: at most as many as inputs.

    With them the squared error is a sum of squares again, which rounding cannot make negative.
    """
    values, vectors = over.eigh(xx)
    kept = values > noise_tolerance(np.float64) * float(values[-1])
    roots, directions = over.spread(np.sqrt(values[kept])), vectors[:, over.spread(kept)]
    x = (directions * roots).T
    return x, x if yx is None else (yx @ (directions / roots)).T
