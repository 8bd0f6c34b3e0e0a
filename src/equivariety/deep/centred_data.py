"""The data of a network, whitened; centred first if it has biases."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from equivariety._typing import FloatArray
from equivariety.deep.layers import Layers, product_of
from equivariety.deep.squared_error import SquaredError
from equivariety.deep.whitening import WhitenedData
from equivariety.linalg import frobenius_norm
from equivariety.tolerances import product_rounding

__all__ = ["CentredData"]


@dataclass(frozen=True, eq=False)
class CentredData:
    """Data in whitened coordinates.

    Attributes:
        whitened: of the centred data if there are biases, else of the data.
        mean_x, mean_y: what was subtracted; None without biases.
        count: the number of samples.

    >>> data = CentredData.of(SquaredError.of((1, 1), [[1.0], [3.0]], [[0.0], [2.0]]), bias=True)
    >>> data.mean_x.tolist(), data.whitened.rest, bool(np.isclose(data.whitened.values[0], np.sqrt(2.0)))
    ([2.0], 0.0, True)
    """

    whitened: WhitenedData
    mean_x: FloatArray | None
    mean_y: FloatArray | None
    count: int

    @classmethod
    def of(cls, error: SquaredError, *, bias: bool) -> CentredData:
        """Centre and whiten."""
        x, y = error.inputs, error.targets
        if not bias:
            return cls(WhitenedData.of(x.T, y.T), None, None, len(x))
        mean_x, mean_y = x.mean(axis=0), y.mean(axis=0)
        centred = x - mean_x
        before, after = (np.sqrt((a**2).sum(axis=0)) for a in (x, centred))
        # A coordinate that is constant up to rounding is constant.
        constant = after <= product_rounding(1) * before
        centred[:, constant] = 0.0
        lost = float((before[~constant] / after[~constant]).max(initial=1.0))
        whitened = WhitenedData.of(centred.T, (y - mean_y).T, lost, frobenius_norm(y))
        return cls(whitened, mean_x, mean_y, len(x))

    def offset(self, matrix: FloatArray) -> FloatArray | None:
        """Return the best offset of a map, ``mean_y - M mean_x``; None without biases."""
        if self.mean_x is None or self.mean_y is None:
            return None
        return np.asarray(self.mean_y - matrix @ self.mean_x)

    def mean_error(self, layers: Layers) -> tuple[float, float]:
        """Return sqrt(N) times the error of the mean, and what of it rounding may explain; zeros without biases."""
        if self.mean_x is None or self.mean_y is None or layers.biases is None:
            return 0.0, 0.0
        total = product_of(layers.chain)
        gap = total[:-1, :-1] @ self.mean_x + total[:-1, -1] - self.mean_y
        # As large as the terms of the sum may be, layer by layer.
        reached = frobenius_norm(self.mean_x)
        for w, c in zip(layers.matrices, layers.biases, strict=True):
            reached = float(np.linalg.norm(w, 2)) * reached + frobenius_norm(c)
        terms = reached + frobenius_norm(self.mean_y)
        root = sqrt(self.count)
        return root * frobenius_norm(gap), root * terms * product_rounding(1)
