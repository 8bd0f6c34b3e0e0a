"""Where the conclusion of the theorem on critical points fails: stride one, dense layers, whitened inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equivariety._typing import AnyArray, FloatArray, read_only
from equivariety.convolution import FilterMoments, LinearConvolutionalNetwork
from equivariety.deep import LinearNetwork

__all__ = [
    "SpuriousPoint",
    "WhitenedCount",
    "dense_saddles",
    "stride_one_minimum",
    "whitened_counts",
]


@dataclass(frozen=True, eq=False, repr=False)
class SpuriousPoint:
    """Weights that are critical for the squared error, while their function is not critical on the function space.

    Attributes:
        network: in words.
        weights: one filter or matrix per layer, input to output.
        X, Y: samples and targets, as rows.
        loss: mean squared error.
        kind: as the network classifies them: "spurious".
        type: "global_minimum", "strict_saddle" or "non_strict_saddle".
        reason: one line.

    >>> point = dense_saddles()[2]
    >>> point, [bool(w.any()) for w in point.weights]
    (SpuriousPoint('dense, widths (2, 2, 2, 2)', type='non_strict_saddle', loss=1.25), [False, False, False])
    """

    network: str
    weights: tuple[FloatArray, ...]
    X: FloatArray
    Y: FloatArray
    loss: float
    kind: str
    type: str
    reason: str

    def __repr__(self) -> str:
        return f"SpuriousPoint({self.network!r}, type={self.type!r}, loss={self.loss:.6g})"


@dataclass(frozen=True)
class WhitenedCount:
    """Numbers of complex critical points, up to scaling and with v != 0, for whitened inputs and general targets.

    Attributes:
        filter_sizes, strides: of the network.
        general: for general data.
        whitened: for second moments that are the identity and general cross moments, ramified points included; known
            from Groebner bases.
        found: what continuation found, for each of the random cross moments.

    >>> whitened_counts([])[0]
    WhitenedCount(filter_sizes=(2, 2), strides=(2, 1), general=6, whitened=2, found=())
    """

    filter_sizes: tuple[int, ...]
    strides: tuple[int, ...]
    general: int
    whitened: int
    found: tuple[int, ...]


def stride_one_minimum() -> SpuriousPoint:
    """Return a spurious global minimum of a convolutional network with stride 1.

    With inputs the identity and targets (1, 0, 1) the squared error is the squared distance of v to (1, 0, 1), and F
    is ``v_1^2 >= 4 v_0 v_2``.  If v_0 v_2 >= 0 it is at least ``(v_0 + v_2 - 1)^2 + 1 + 2 v_0 v_2``, else one of v_0
    and v_2 is not positive; so it is at least 1, its value at v = (1, 0, 0), where its gradient in v is (0, 0, -2).

    >>> point = stride_one_minimum()
    >>> point.kind, point.type, round(3 * point.loss, 12)
    ('spurious', 'global_minimum', 1.0)
    """
    net = LinearConvolutionalNetwork((2, 2), (1, 1))
    X, Y = np.eye(3), np.array([[1.0], [0.0], [1.0]])
    weights = _arrays([[1.0, 0.0], [1.0, 0.0]])
    point = net.classify(weights, X, Y)
    least = min(float(np.real(p.loss)) for p in net.critical_points(X, Y).real_points)
    is_least = point.index == 0 and float(np.real(point.loss)) <= least * (1 + 1e-12)
    name = "convolutional, filter sizes (2, 2), stride 1"
    type_ = "global_minimum" if is_least else "saddle"
    return SpuriousPoint(
        name, weights, read_only(X), read_only(Y), float(np.real(point.loss)), point.kind, type_, point.reason
    )


def dense_saddles() -> tuple[SpuriousPoint, ...]:
    """Return spurious saddles of fully connected networks: two strict ones, and one whose Hessian vanishes.

    The first network gives all matrices, the second those of rank 2, of which the map is a singular point; the third
    has three layers of zeros.

    >>> [(point.network, point.kind, point.type) for point in dense_saddles()]
    [('dense, widths (2, 2, 2)', 'spurious', 'strict_saddle'),
     ('dense, widths (3, 2, 3)', 'spurious', 'strict_saddle'),
     ('dense, widths (2, 2, 2, 2)', 'spurious', 'non_strict_saddle')]
    """
    one = np.array([[1.0, 0.0], [0.0, 0.0]])
    zero = np.zeros((2, 2))
    return (
        _dense((2, 2, 2), [one, 2 * one], [2.0, 1.0]),
        _dense((3, 2, 3), [3 * np.eye(2, 3) * [[1.0], [0.0]], np.eye(3, 2) * [1.0, 0.0]], [3.0, 2.0, 1.0]),
        _dense((2, 2, 2, 2), [zero, zero, zero], [2.0, 1.0]),
    )


def whitened_counts(seeds: Sequence[int] = (0, 1)) -> tuple[WhitenedCount, ...]:
    """Return numbers of critical points for inputs whose second moments are the identity.

    That is not general for strides larger than 1, and there may be fewer critical points; for the stride 1 networks
    listed here there are as many.

    Args:
        seeds: of random cross moments.

    >>> for count in whitened_counts([0]):
    ...     print(count.filter_sizes, count.strides, count.general, count.whitened, count.found)
    (2, 2) (2, 1) 6 2 (2,)
    (3, 2) (2, 1) 10 10 (10,)
    (2, 2) (1, 1) 6 6 (6,)
    (3, 2) (1, 1) 10 10 (10,)
    """
    known = {((2, 2), (2, 1)): 2, ((3, 2), (2, 1)): 10, ((2, 2), (1, 1)): 6, ((3, 2), (1, 1)): 10}
    found = []
    for (sizes, strides), whitened in known.items():
        net = LinearConvolutionalNetwork(sizes, strides)
        k = net.end_to_end_size
        numbers = []
        for seed in seeds:
            u = np.random.default_rng(seed).standard_normal(k)
            numbers.append(len(net.critical_points(FilterMoments(np.eye(k), u, float(u @ u)))))
        found.append(WhitenedCount(sizes, strides, net.function_space.num_critical_points, whitened, tuple(numbers)))
    return tuple(found)


def _dense(widths: tuple[int, ...], weights: Sequence[FloatArray], values: Sequence[float]) -> SpuriousPoint:
    deep = LinearNetwork(widths)
    X, Y = np.eye(widths[0]), np.diag(values)
    found = deep.classify(weights, X, Y)
    arrays = _arrays(weights)
    name = f"dense, widths {widths}"
    return SpuriousPoint(
        name, arrays, read_only(X), read_only(Y), found.loss, found.kind, str(found.type), found.reason
    )


def _arrays(weights: Sequence[AnyArray] | Sequence[Sequence[float]]) -> tuple[FloatArray, ...]:
    return tuple(read_only(np.array(w, dtype=np.float64)) for w in weights)
