"""A linear convolutional network written out: loops over outputs, chain rule over layers, complex steps.

Nothing here knows of end-to-end filters' moments or of Jacobian matrices in closed form.
"""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np

__all__ = [
    "derivative",
    "dimensions",
    "gradients",
    "hessian",
    "layer_output",
    "loss_terms",
    "merged",
    "network_output",
    "polynomial_product",
    "scales",
    "squared_error",
    "tensor",
]


def scales(strides):
    """Per layer the product of the strides before it."""
    found = [1]
    for stride in strides[:-1]:
        found.append(found[-1] * stride)
    return found


def dimensions(sizes, strides, outputs):
    found = [outputs]
    for k, s in zip(sizes[::-1], strides[::-1], strict=True):
        found.insert(0, (found[0] - 1) * s + k)
    return found


def layer_output(w, stride, x):
    """y_i = sum_j w_j x_{i stride + j}, for as many i as fit; x is a list, of numbers or of arrays."""
    outputs = (len(x) - len(w)) // stride + 1
    return [sum(w[j] * x[i * stride + j] for j in range(len(w))) for i in range(outputs)]


def network_output(filters, strides, x):
    for w, stride in zip(filters, strides, strict=True):
        x = layer_output(w, stride, x)
    return x


def polynomial_product(filters, strides):
    """The coefficients of the product of the polynomials sum_j w_j x^(S j), from its definition as a sum."""
    each = scales(strides)
    found = [0] * (1 + sum((len(w) - 1) * s for w, s in zip(filters, each, strict=True)))
    for index in product(*(range(len(w)) for w in filters)):
        term = 1
        for w, j in zip(filters, index, strict=True):
            term = term * w[j]
        found[sum(s * j for s, j in zip(each, index, strict=True))] += term
    return found


def loss_terms(filters, strides, X, Y):
    """All errors, (d_L, N)."""
    return np.array(network_output(filters, strides, list(np.asarray(X).T))) - np.asarray(Y).T


def squared_error(filters, strides, X, Y):
    """Sum of the squares of all errors, a polynomial of the weights: complex for complex ones."""
    return (loss_terms(filters, strides, X, Y) ** 2).sum()


def gradients(filters, strides, X, Y):
    """Derivatives of the squared error by the chain rule through the layers; polynomials, also of complex weights."""
    states = [list(np.asarray(X).T)]
    for w, stride in zip(filters, strides, strict=True):
        states.append(layer_output(w, stride, states[-1]))
    back = [2 * (y - t) for y, t in zip(states[-1], np.asarray(Y).T, strict=True)]
    found = []
    for w, stride, state in zip(filters[::-1], strides[::-1], states[-2::-1], strict=True):
        found.insert(
            0, np.array([sum((b * state[i * stride + j]).sum() for i, b in enumerate(back)) for j in range(len(w))])
        )
        before = [0 * state[0] for _ in state]
        for i, b in enumerate(back):
            for j in range(len(w)):
                before[i * stride + j] = before[i * stride + j] + w[j] * b
        back = before
    return found


def derivative(function, filters, step=1e-40):
    """Derivative of a real-analytic vector function of real filters by complex steps, one column for each weight."""
    sizes = [len(w) for w in filters]
    theta = np.concatenate([np.asarray(w, dtype=float) for w in filters])
    columns = []
    for i in range(len(theta)):
        moved = theta.astype(complex)
        moved[i] += 1j * step
        columns.append(np.asarray(function(np.split(moved, np.cumsum(sizes)[:-1]))).imag / step)
    return np.array(columns).T


def hessian(filters, strides, X, Y):
    """Second derivatives of the squared error at real filters."""
    return derivative(lambda w: np.concatenate(gradients(w, strides, X, Y)), filters)


def merged(filters, strides):
    """Filters and strides after the layers of equal scale have been multiplied, those of size 1 into the first."""
    constant, blocks = 1.0, {}
    for w, scale in zip(filters, scales(strides), strict=True):
        if len(w) == 1:
            constant = constant * w[0]
        else:
            blocks[scale] = np.convolve(blocks.get(scale, np.ones(1)), w)
    each = sorted(blocks)
    start = [np.array([constant])]
    total = int(np.prod(strides))
    steps = [1, *each, total]
    return start + [blocks[s] for s in each], [b // a for a, b in pairwise(steps)]


def tensor(filters):
    """All products of one weight of each layer, flat: filters agree up to scaling of the layers iff these do."""
    found = np.ones(1)
    for w in filters:
        found = np.kron(found, np.asarray(w))
    return found
