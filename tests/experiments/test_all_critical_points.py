"""Many random data sets: nearly always all critical points are found, and never a wrong one is counted."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from convolution.literal import layer_matrix

NETWORKS = [
    ((3, 2), (2, 1), 10),
    ((3, 3), (2, 1), 39),
    ((2, 2, 2), (2, 2, 1), 34),
    ((3, 2, 2), (2, 2, 1), 100),
    ((4, 3), (2, 1), 83),
    ((2, 2), (1, 1), 6),
    ((2, 2, 2), (1, 1, 1), 34),
]
SEEDS = 25


def matrices(filters, net, outputs):
    widths = net.architecture.widths(outputs)[1:]
    layers = zip(filters, net.strides, widths, strict=True)
    return [np.array(layer_matrix(w.tolist(), s, d)) for w, s, d in layers]


def slopes(filters, net, X, Y):
    """Derivatives of half the squared error of layers written out, relative to those of <Y, f(X)>."""
    whole = matrices(filters, net, Y.shape[1])
    total = X.T
    for M in whole:
        total = M @ total
    residual = total - Y.T
    found, scale = [], []
    for layer, w in enumerate(filters):
        for basis in np.eye(len(w)):
            moved = list(filters)
            moved[layer] = basis
            image = X.T
            for M in matrices(moved, net, Y.shape[1]):
                image = M @ image
            found.append((residual * image).sum())
            scale.append(np.linalg.norm(Y) * np.linalg.norm(image))
    return float(np.abs(found).max() / np.max(scale))


def up_to_scaling(filters):
    tensor = np.ones(1)
    for w in filters:
        tensor = np.multiply.outer(tensor, w).ravel()
    return tensor


def check(net, found, X, Y):
    """Every point is critical, and no two are the same: so a complete count is right."""
    tensors = np.array([up_to_scaling(p.filters) for p in found])
    sizes = np.linalg.norm(tensors, axis=1)
    for i in range(len(tensors)):
        assert slopes(found.points[i].filters, net, X, Y) < 1e-8
        gaps = np.linalg.norm(tensors - tensors[i], axis=1) / np.maximum(sizes, sizes[i])
        gaps[i] = 1.0
        assert gaps.min() > 1e-6
    assert sum(p.is_real for p in found) % 2 == len(found) % 2
    conjugate = [np.linalg.norm(tensors - t.conj(), axis=1).min() / np.linalg.norm(t) for t in tensors]
    assert max(conjugate, default=0.0) < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize(("sizes", "strides", "expected"), NETWORKS, ids=str)
def test_nearly_always_all_are_found(sizes, strides, expected):
    net = ev.LinearConvolutionalNetwork(sizes, strides)
    k, complete = net.end_to_end_size, 0
    for seed in range(SEEDS):
        rng = np.random.default_rng([seed, *sizes])
        outputs = 1 + seed % 2
        X = rng.standard_normal((k + 2, net.architecture.widths(outputs)[0]))
        Y = rng.standard_normal((k + 2, outputs))
        found = net.critical_points(X, Y, rng=rng)
        assert found.expected == expected
        assert found.complete == (len(found) == expected)
        complete += found.complete
        check(net, found, X, Y)
    assert complete >= SEEDS - 1


@pytest.mark.parametrize(("sizes", "strides", "count"), [((2, 2), (2, 1), 2), ((2, 2), (1, 1), 6)], ids=str)
def test_paths_to_infinity_are_not_counted(sizes, strides, count):
    # whitened inputs: with stride 2 end-to-end filters are 2 x 2 matrices of rank one, with two critical points
    net = ev.LinearConvolutionalNetwork(sizes, strides)
    X, Y = np.eye(net.end_to_end_size), np.random.default_rng(0).standard_normal((net.end_to_end_size, 1))
    found = net.critical_points(X, Y)
    assert (len(found), found.complete) == (count, count == 6)
    assert "multiple of the identity" in found.nongeneric_reason
    check(net, found, X, Y)
