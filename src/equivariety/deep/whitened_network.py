"""A linear network at given weights in whitened coordinates, every layer divided by its norm.

Multiplying layers by positive numbers of product one changes neither criticality nor the type of a critical point, nor
does any invertible change of coordinates of inputs and outputs.  So the layers are N_i of spectral norm one (or zero),
the targets Z have largest singular value one, and the whole map is ``size * N_H ... N_1``.  What is compared with
rounding is then a pure number.

Over H all matrices are complex adjoints: ranks and multiplicities of singular values are ``order`` = 2 times those over
the algebra.  A point that is critical among the weights over C or H is critical among all (complex) weights, since the
gradient is over C or H itself (principle of symmetric criticality).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.deep.hessian import ChainHessian
from equivariety.deep.layers import above, below, product_of
from equivariety.deep.whitening import WhitenedData
from equivariety.linalg import frobenius_norm
from equivariety.tolerances import product_rounding, rank_tolerance, separation, whitening_rounding

__all__ = ["Kept", "WhitenedNetwork"]


@dataclass(frozen=True, slots=True)
class Kept:
    """The critical function next to a map.

    Attributes:
        counts: for every distinct singular value how many of its singular vectors are kept.
        distance: of the map to that function, whitened, in units of the largest singular value.
    """

    counts: tuple[int, ...]
    distance: float


@dataclass(frozen=True, eq=False)
class WhitenedNetwork:
    """Layers next to the data in whitened coordinates.

    Attributes:
        layers: N_1, ..., N_H, of spectral norm one or zero.
        norms: the norms of the whitened layers.
        data: the whitened data.
        unit: the largest singular value of Z; where Z vanishes the size of the weights.
        amplification: how much larger than the whitened first layer are the sums that it consists of; at least one.

    >>> data = WhitenedData.of(np.eye(2), np.diag([2.0, 1.0]))
    >>> net = WhitenedNetwork.of([np.diag([1.0, 0.0]), np.diag([2.0, 0.0])], data)
    >>> net.residual, net.kept().counts, net.block_ranks()
    (0.0, (1, 0), ((2, 1, 1), (2, 1), (2,)))
    """

    layers: tuple[AnyArray, ...]
    norms: tuple[float, ...]
    data: WhitenedData
    unit: float
    amplification: float

    @classmethod
    def of(cls, matrices: Sequence[AnyArray], data: WhitenedData) -> WhitenedNetwork:
        """Take layers W_1, ..., W_H of a network in given coordinates."""
        first = matrices[0] @ data.lift
        # What the sums of the product may be without cancellation, in whatever units the inputs are.
        possible = _norm(np.abs(matrices[0]) @ np.abs(data.lift))
        if _norm(first) <= rank_tolerance(np.float64, max(first.shape, default=1)) * possible:
            first = np.zeros_like(first)  # all of the layer acts on directions without inputs, up to rounding
        whitened = [first, *matrices[1:]]
        norms = [_norm(a) for a in whitened]
        amplification = max(possible / norms[0], 1.0) if norms[0] else 1.0
        layers = tuple(a / n if n else np.zeros_like(a) for a, n in zip(whitened, norms, strict=True))
        unit = float(data.values[0]) if len(data.values) else (prod(norms) or 1.0)
        return cls(layers, tuple(norms), data, unit, amplification)

    @property
    def size(self) -> float:
        """The product of the norms of the layers, in units of the largest singular value."""
        return prod(self.norms) / self.unit

    @property
    def widths(self) -> tuple[int, ...]:
        """Widths, those of the input being the independent directions of the inputs."""
        return (self.layers[0].shape[1], *(len(a) for a in self.layers))

    @property
    def target(self) -> AnyArray:
        """Z in units of its largest singular value."""
        return self.data.target / self.unit

    @cached_property
    def map(self) -> AnyArray:
        """The whole map, whitened, in units of the largest singular value."""
        return self.size * product_of(self.layers)

    @property
    def rounding(self) -> float:
        """Residuals and singular values up to this are rounding."""
        layers = self.block_rounding * (1.0 + self.size)
        return layers + self.data.rounding + whitening_rounding() * self.size * self.amplification

    @property
    def block_rounding(self) -> float:
        """Singular values of products of layers up to this are rounding."""
        return product_rounding(max(self.widths))

    @cached_property
    def residual(self) -> float:
        """The largest norm of a derivative ``N_(>i)^* (map - Z) N_(<i)^*`` of half the loss."""
        slope = self.map - self.target
        pairs = zip(above(self.layers), below(self.layers)[:-1], strict=True)
        return max(frobenius_norm(after.conj().T @ slope @ before.conj().T) for after, before in pairs)

    @property
    def vanishing(self) -> int | None:
        """The number of a layer that is zero up to rounding, and yet not zero.

        Compared with the other layers, and with the layers of a balanced global minimum.
        """
        smallest = min((n for n in self.norms if n), default=np.inf)
        if smallest <= self.block_rounding * max(*self.norms, self.natural_norm):
            return self.norms.index(smallest) + 1
        return None

    @property
    def natural_norm(self) -> float:
        """The norm of the layers of a balanced global minimum."""
        return float(self.unit ** (1.0 / len(self.layers)))

    def kept(self) -> Kept:
        """Return the nearest ``sum_g s_g U_g P_g V_g^*``, P_g projectors on parts of the singular spaces of Z."""
        u, s, v = self.data.triples
        nearest, counts, start = np.zeros_like(self.target), [], 0
        for size in self.data.equal:
            span = slice(start, start + size)
            left, right, value = u[:, span], v[:, span], s[span] / self.unit
            inner = left.conj().T @ self.map @ right / value
            weights, vectors = np.linalg.eigh((inner + inner.conj().T) / 2)
            part = vectors[:, weights > 0.5]
            counts.append(part.shape[1])
            projector = part @ part.conj().T
            nearest = nearest + (left * value) @ projector @ right.conj().T
            start += size
        return Kept(tuple(counts), frobenius_norm(self.map - nearest))

    def block_ranks(self) -> tuple[tuple[int, ...], ...] | str:
        """Return for every node a the ranks of the products of layers a+1..b, b = a..H, a rank being a width for b = a.

        Where the singular values of a product leave its rank open: a text that says so.
        """
        depth, rows = len(self.layers), []
        for a in range(depth):
            amplified = whitening_rounding() * self.amplification if a == 0 else 0.0
            row, total = [self.widths[a]], np.eye(self.widths[a])
            for b in range(a, depth):
                total = self.layers[b] @ total
                values = np.linalg.svd(total, compute_uv=False) if total.size else np.zeros(0)
                low = self.block_rounding * (b - a + 1) + amplified
                high = separation() * low
                unclear = values[(values > low) & (values < high)]
                if len(unclear):
                    which = f"layer {a + 1}" if a == b else f"the product of layers {a + 1} to {b + 1}"
                    return f"{which} has a singular value {unclear[0]:.1e} times the norms of the layers"
                row.append(int(np.count_nonzero(values >= high)))
            rows.append(tuple(row))
        return (*rows, (self.widths[-1],))

    def least_curvature(self) -> float:
        """Return the least eigenvalue of the Hessian of half the loss, over the largest modulus of one; real ones only.

        In coordinates in which all layers have the same norm.
        """
        norm = float(self.size ** (1.0 / len(self.layers))) if self.size else 1.0
        values = np.linalg.eigvalsh(self.hessian([norm * a for a in self.layers]).to_dense())
        largest = float(np.abs(values).max())
        return float(values[0]) / largest if largest > self.rounding else 0.0

    def hessian(self, chain: Sequence[FloatArray]) -> ChainHessian:
        """Return the Hessian of half the loss at other layers, in units of the largest singular value."""
        return ChainHessian(chain, product_of(chain) - self.target, np.eye(self.widths[0]), 1.0)


def _norm(matrix: AnyArray) -> float:
    return float(np.linalg.norm(matrix, 2)) if matrix.size else 0.0
