"""Weights of a linear network: checked once, and as one chain of matrices with or without biases.

With biases layer i takes x to ``W_i x + c_i``.  In homogeneous coordinates it is the matrix ``[[W_i, c_i], [0, 1]]``,
so that a network with biases is a product of matrices whose last rows are fixed, and needs no formulas of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property, reduce
from math import log10
from typing import TypeAlias

import numpy as np

from equivariety._typing import AnyArray, FloatArray, read_only
from equivariety.errors import as_nonnegative_int, brief, invalid
from equivariety.linalg import as_float_array, frobenius_norm
from equivariety.tolerances import MAX_DEGREE, SQUARE_RANGE

__all__ = ["Layers", "Weights", "above", "as_widths", "below", "product_of"]

#: One array per layer, or with biases one pair per layer.
Weights: TypeAlias = tuple[FloatArray, ...] | tuple[tuple[FloatArray, FloatArray], ...]


@dataclass(frozen=True, eq=False)
class Layers:
    """The layers of a linear network, input to output.

    Attributes:
        matrices: one (d_i, d_(i-1)) array per layer, float64, read-only.
        biases: one (d_i,) array per layer; None without biases.

    >>> Layers.of((2, 1), True, [([[1.0, 2.0]], [3.0])]).chain[0].tolist()
    [[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]]
    """

    matrices: tuple[FloatArray, ...]
    biases: tuple[FloatArray, ...] | None = None

    @classmethod
    def of(cls, widths: Sequence[int], bias: bool, weights: object, name: str = "weights") -> Layers:
        """Check weights against the widths (d_0, ..., d_H).

        Raises TypeError for what is no sequence of arrays (with biases, of pairs), ValueError for another number of
        layers, other shapes and entries that are not finite.
        """
        entry = "a pair (W_i, c_i)" if bias else "an array W_i"
        fix = f"give {entry} for each layer, input to output"
        if isinstance(weights, str | bytes | Mapping | AbstractSet) or not isinstance(weights, Iterable):
            raise invalid(name, f"a sequence of {len(widths) - 1} layers", brief(weights), fix, TypeError)
        given = list(weights)
        if len(given) != len(widths) - 1:
            raise invalid(name, f"a sequence of {len(widths) - 1} layers", f"{len(given)}", fix)
        matrices, biases = [], []
        for i, one in enumerate(given):
            shape = widths[i + 1], widths[i]
            if bias:
                if isinstance(one, np.ndarray) or not isinstance(one, Sequence) or len(one) != 2:
                    raise invalid(
                        f"{name}[{i}]", entry, brief(one), "a network with bias=True has a bias in each layer"
                    )
                matrices.append(_array(f"{name}[{i}][0]", one[0], shape))
                biases.append(_array(f"{name}[{i}][1]", one[1], shape[:1]))
            else:
                matrices.append(_array(f"{name}[{i}]", one, shape))
        return cls(tuple(matrices), tuple(biases) if bias else None)

    @classmethod
    def of_chain(cls, chain: Sequence[FloatArray], bias: bool) -> Layers:
        """Return the layers of a chain as :attr:`chain` has it, or of its derivatives, whose last rows vanish."""
        if not bias:
            return cls(tuple(_frozen(a) for a in chain))
        return cls(tuple(_frozen(a[:-1, :-1]) for a in chain), tuple(_frozen(a[:-1, -1]) for a in chain))

    def check_products(self) -> None:
        """Raise ValueError where products of neighbouring layers may be so large that squares are no floats."""
        largest = reached = 0.0  # logarithms
        for a in self.chain:
            norm = frobenius_norm(a)
            reached = max(reached, 0.0) + log10(norm) if norm else 0.0
            largest = max(largest, reached)
        most = SQUARE_RANGE[1]
        if largest > log10(most):
            required = f"layers whose products have norms of at most {most:g}"
            raise invalid("weights", required, f"up to 1e+{largest:.0f}", "give smaller layers")

    @cached_property
    def chain(self) -> tuple[FloatArray, ...]:
        """The matrices, in homogeneous coordinates if there are biases."""
        if self.biases is None:
            return self.matrices
        found = []
        for w, c in zip(self.matrices, self.biases, strict=True):
            a = np.zeros((len(w) + 1, w.shape[1] + 1))
            a[:-1, :-1], a[:-1, -1], a[-1, -1] = w, c, 1.0
            found.append(a)
        return tuple(found)

    @property
    def weights(self) -> Weights:
        """The layers in the form in which they are given."""
        return self.matrices if self.biases is None else tuple(zip(self.matrices, self.biases, strict=True))


def as_widths(widths: object) -> tuple[int, ...]:
    """Return widths (d_0, ..., d_H) as ints; ValueError unless they are at least two integers from 1 to MAX_DEGREE.

    TypeError for what is no sequence: the numbers of a set have no order.

    >>> as_widths([3, 2])
    (3, 2)
    """
    fix = "list the widths from input to output, as in LinearNetwork((4, 2, 3))"
    if isinstance(widths, str | bytes | Mapping | AbstractSet) or not isinstance(widths, Iterable):
        raise invalid("widths", "a sequence of integers", brief(widths), fix, TypeError)
    found = tuple(_as_width(i, d, fix) for i, d in enumerate(widths))
    if len(found) < 2:
        raise invalid("widths", "at least an input and an output width", brief(found), fix)
    return found


def product_of(chain: Sequence[AnyArray]) -> AnyArray:
    """Return the product of a chain, last factor first.

    >>> product_of([np.eye(2), np.array([[1.0, 2.0]])]).tolist()
    [[1.0, 2.0]]
    """
    return reduce(lambda before, a: np.asarray(a @ before), chain)


def below(chain: Sequence[AnyArray]) -> list[AnyArray]:
    """Return for every factor, and for the end, the product of those before it.

    >>> [a.shape for a in below([np.ones((2, 3)), np.ones((1, 2))])]
    [(3, 3), (2, 3), (1, 3)]
    """
    found = [np.eye(chain[0].shape[1], dtype=chain[0].dtype)]
    for a in chain:
        found.append(np.asarray(a @ found[-1]))
    return found


def above(chain: Sequence[AnyArray]) -> list[AnyArray]:
    """Return for every factor the product of those after it.

    >>> [a.shape for a in above([np.ones((2, 3)), np.ones((1, 2))])]
    [(1, 2), (1, 1)]
    """
    found = [np.eye(len(chain[-1]), dtype=chain[-1].dtype)]
    for a in reversed(chain[1:]):
        found.append(np.asarray(found[-1] @ a))
    return found[::-1]


def _as_width(position: int, value: object, fix: str) -> int:
    try:
        found = as_nonnegative_int("width", value)
    except ValueError:
        found = 0
    if not found:
        raise invalid(f"widths[{position}]", "an integer >= 1", brief(value), fix)
    if found > MAX_DEGREE:
        raise invalid(f"widths[{position}]", f"at most {MAX_DEGREE}", brief(value), "take narrower layers")
    return found


def _array(name: str, value: object, shape: tuple[int, ...]) -> FloatArray:
    found: FloatArray = as_float_array(name, value).astype(np.float64)
    if found.shape != shape:
        raise invalid(
            name, f"of shape {shape}", f"shape {found.shape}", "layers are (outputs, inputs), input to output"
        )
    return read_only(found)


def _frozen(array: FloatArray) -> FloatArray:
    return read_only(np.array(array))
