"""The exact Hessian of the squared error of a linear network, as an operator or dense.

With P the product of the chain A_1, ..., A_H, the loss a quadratic function of P with slope G and second derivative
``E -> scale E S``, and ``A_(i..j)`` partial products, a direction V moves P by ``E = sum_j A_(>j) V_j A_(<j)``, and the
second derivative of the loss along V, W is

    <E(V), scale E(W) S> + sum over pairs of layers of <G, A_(>j) W_j A_(j>..>i) V_i A_(<i)>.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.deep.layers import Layers, Weights, above, below
from equivariety.deep.squared_error import SquaredError
from equivariety.errors import BudgetError
from equivariety.tolerances import DENSE_ENTRIES_BUDGET

__all__ = ["ChainHessian", "LossHessian"]


@dataclass(frozen=True, eq=False)
class ChainHessian:
    """The second derivative of a quadratic function of the product of a chain of matrices.

    Attributes:
        chain: A_1, ..., A_H.
        slope: the derivative G at the product, of its shape.
        moment: the symmetric matrix S of the second derivative ``E -> scale E S``.
        scale: a number.

    >>> one = np.ones((1, 1))
    >>> ChainHessian((one, one), 2 * one, one, 2.0).to_dense().tolist()  # of (a b)^2 at a = b = 1
    [[2.0, 4.0], [4.0, 2.0]]
    """

    chain: Sequence[FloatArray]
    slope: FloatArray
    moment: FloatArray
    scale: float

    @cached_property
    def _below(self) -> list[FloatArray]:
        return below(self.chain)

    @cached_property
    def _above(self) -> list[FloatArray]:
        return above(self.chain)

    @property
    def size(self) -> int:
        """The number of entries of the chain."""
        return sum(a.size for a in self.chain)

    def apply(self, direction: Sequence[FloatArray]) -> list[FloatArray]:
        """Return the Hessian times a direction, both given like the chain; O(depth) products of matrices."""
        before, after = self._below, self._above
        moved_below = [np.zeros_like(before[0])]
        for a, v, b in zip(self.chain, direction, before[:-1], strict=True):
            moved_below.append(a @ moved_below[-1] + v @ b)
        moved_above = [np.zeros_like(after[-1])]
        for a, v, b in zip(self.chain[:0:-1], direction[:0:-1], after[:0:-1], strict=True):
            moved_above.append(moved_above[-1] @ a + b @ v)
        moved_above.reverse()
        change = self.scale * moved_below[-1] @ self.moment
        return [
            after[i].T @ (change @ before[i].T + self.slope @ moved_below[i].T)
            + moved_above[i].T @ (self.slope @ before[i].T)
            for i in range(len(self.chain))
        ]

    def to_dense(self) -> FloatArray:
        """Return the symmetric matrix (size, size), entries of a chain in order, each matrix row by row.

        Raises BudgetError beyond the dense budget.
        """
        if self.size**2 > DENSE_ENTRIES_BUDGET:
            most = int(sqrt(DENSE_ENTRIES_BUDGET))
            raise BudgetError(f"a dense Hessian takes at most {most} weights; got {self.size}. Fix: use apply().")
        before, after = self._below, self._above
        ends = np.cumsum([0, *(a.size for a in self.chain)])
        out = np.empty((self.size, self.size))
        for i, a in enumerate(self.chain):
            between = np.eye(len(a))  # A_(j-1) ... A_(i+1)
            for j in range(i, len(self.chain)):
                block = self.scale * np.kron(after[i].T @ after[j], before[i] @ self.moment @ before[j].T)
                if j > i:
                    # Entry (a, b) of layer i and (p, q) of layer j: between[q, a] times what G leaves of p and b.
                    rest = after[j].T @ self.slope @ before[i].T
                    cross = np.einsum("qa,pb->abpq", between, rest)
                    block = block + cross.reshape(block.shape)
                    between = self.chain[j] @ between
                rows, cols = slice(ends[i], ends[i + 1]), slice(ends[j], ends[j + 1])
                out[rows, cols], out[cols, rows] = block, block.T
        return out


class LossHessian:
    """The Hessian of the mean squared error at given weights.

    Args:
        layers: the weights.
        error: the data.

    >>> import equivariety as ev
    >>> weights = [np.diag([1.0, 0.0]), np.diag([2.0, 0.0])]
    >>> H = ev.LinearNetwork((2, 2, 2)).hessian(weights, np.eye(2), np.diag([2.0, 1.0]))
    >>> H.size, float(np.linalg.eigvalsh(H.to_dense())[0])  # of the mean over four entries
    (8, -0.5)
    """

    def __init__(self, layers: Layers, error: SquaredError) -> None:
        self._bias = layers.biases is not None
        x = error.inputs
        if self._bias:
            x = np.column_stack([x, np.ones(len(x))])
        self._core = ChainHessian(layers.chain, error.slope(layers), x.T @ x, 2.0 / error.size)
        #: Which entries of the chain are weights: all but the fixed last rows.
        self._free = np.concatenate([self._is_weight(a).reshape(-1) for a in layers.chain])

    def __repr__(self) -> str:
        return f"LossHessian(size={self.size})"

    @property
    def size(self) -> int:
        """The number of weights, biases included."""
        return int(self._free.sum())

    def apply(self, direction: object) -> Weights:
        """Return the Hessian times a direction, both in the form of weights (with biases, of pairs).

        Takes a few products of matrices for each layer.  Raises TypeError and ValueError as for weights.
        """
        widths = [a.shape[1] - self._bias for a in self._core.chain] + [len(self._core.chain[-1]) - self._bias]
        given = Layers.of(widths, self._bias, direction, "direction")
        moves = [np.where(self._is_weight(a), a, 0.0) for a in given.chain]
        return Layers.of_chain(self._core.apply(moves), self._bias).weights

    def to_dense(self) -> FloatArray:
        """Return the symmetric (size, size) matrix: layers in order, in each the rows of ``[W_i, c_i]``.

        Raises BudgetError beyond the dense budget.
        """
        return np.asarray(self._core.to_dense()[np.ix_(self._free, self._free)])

    def _is_weight(self, a: FloatArray) -> AnyArray:
        found: AnyArray = np.ones(a.shape, dtype=bool)
        if self._bias:
            found[-1] = False
        return found
