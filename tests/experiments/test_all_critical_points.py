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


def applied(filters, net, rows):
    """Outputs (P, N, d_L) of layers written out as matrices, for P points at a time; filters (P, k_i)."""
    total = np.broadcast_to(rows, (len(filters[0]), *rows.shape))
    for w, stride in zip(filters, net.strides, strict=True):
        width = (total.shape[2] - w.shape[1]) // stride + 1
        entries = np.array([layer_matrix(basis, stride, width) for basis in np.eye(w.shape[1]).tolist()])
        total = total @ np.einsum("pk,koi->pio", w, entries)
    return total


def slopes(filters, net, X, Y):
    """Derivatives (P,) of half the squared error of layers written out, relative to those of <Y, f(X)>."""
    residual = applied(filters, net, X) - Y
    found, scale = [], []
    for layer, w in enumerate(filters):
        for basis in np.eye(w.shape[1]):
            moved = [*filters[:layer], np.broadcast_to(basis, w.shape), *filters[layer + 1 :]]
            image = applied(moved, net, X)
            found.append(np.abs((residual * image).sum(axis=(1, 2))))
            scale.append(np.linalg.norm(Y) * np.linalg.norm(image, axis=(1, 2)))
    return np.max(found, axis=0) / np.max(scale, axis=0)


def up_to_scaling(filters):
    tensor = np.ones((len(filters[0]), 1))
    for w in filters:
        tensor = (tensor[:, :, None] * w[:, None]).reshape(len(w), -1)
    return tensor


def check(net, found, X, Y):
    """Every point is critical, and no two are the same: so a complete count is right."""
    filters = [np.array(layer) for layer in zip(*(p.filters for p in found), strict=True)]
    assert slopes(filters, net, X, Y).max() < 1e-8
    tensors = up_to_scaling(filters)
    sizes = np.linalg.norm(tensors, axis=1)
    gaps = np.linalg.norm(tensors - tensors[:, None], axis=2) / np.maximum(sizes, sizes[:, None])
    assert (gaps + np.eye(len(gaps))).min() > 1e-6
    assert sum(p.is_real for p in found) % 2 == len(found) % 2
    mirrored = np.linalg.norm(tensors - tensors.conj()[:, None], axis=2) / sizes[:, None]
    assert mirrored.min(axis=1).max() < 1e-6


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
        # random data of their own now and then: to solve them takes most of the time
        found = net.critical_points(X, Y, rng=rng if seed % 5 == 0 else None)
        assert found.expected == expected
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
