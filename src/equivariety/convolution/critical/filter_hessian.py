"""First and second derivatives of the squared error in the filters, for networks of any size."""

from __future__ import annotations

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.convolution.architecture import Architecture
from equivariety.convolution.filters import AnyFilters, filter_jacobian, product_of
from equivariety.tolerances import inertia_tolerance

__all__ = ["half_gradient", "half_hessian", "inertia"]


def half_gradient(architecture: Architecture, filters: AnyFilters, sigma: AnyArray, cross: AnyArray) -> AnyArray:
    """Return ``J' (sigma v - cross)``, half the gradient of the squared error, (sum_i k_i,)."""
    v = np.asarray(product_of([np.asarray(w) for w in filters], architecture.scales))
    return np.asarray(filter_jacobian(architecture, filters).T @ (sigma @ v - cross))


def half_hessian(architecture: Architecture, filters: AnyFilters, sigma: AnyArray, cross: AnyArray) -> AnyArray:
    """Return half the Hessian of the squared error, (sum_i k_i, sum_i k_i).

    The second derivative of v for entry a of layer i and b of layer j is the product of the other layers' forms,
    shifted by ``a S_i + b S_j``.
    """
    jacobian = filter_jacobian(architecture, filters)
    layers = [np.asarray(w) for w in filters]
    rho = sigma @ np.asarray(product_of(layers, architecture.scales)) - cross
    found = jacobian.T @ sigma @ jacobian
    starts = np.cumsum([0, *architecture.filter_sizes])
    scales = architecture.scales
    for i in range(architecture.depth):
        for j in range(i + 1, architecture.depth):
            rest = [m for m in range(architecture.depth) if m not in (i, j)]
            others = np.asarray(product_of([layers[m] for m in rest], [scales[m] for m in rest]))
            sums = np.convolve(rho, others[::-1], mode="valid")
            shifts = np.add.outer(
                scales[i] * np.arange(architecture.filter_sizes[i]), scales[j] * np.arange(architecture.filter_sizes[j])
            )
            block = sums[shifts]
            found[starts[i] : starts[i + 1], starts[j] : starts[j + 1]] += block
            found[starts[j] : starts[j + 1], starts[i] : starts[i + 1]] += block.T
    return np.asarray(found)


def inertia(
    architecture: Architecture, filters: AnyFilters, sigma: AnyArray, cross: AnyArray, *, modulo_scaling: bool
) -> tuple[int, int]:
    """Return the numbers of negative and of zero eigenvalues of the Hessian at real filters of equal norms.

    Args:
        architecture, filters: a network and a critical point of it.
        sigma, cross: the moments of the data.
        modulo_scaling: leave out the L - 1 directions that rescale the layers, on which it vanishes.
    """
    hessian: FloatArray = half_hessian(architecture, filters, sigma, cross)
    if modulo_scaling and architecture.depth > 1:
        layers = [np.asarray(w) for w in filters]
        starts = np.cumsum([0, *architecture.filter_sizes])
        scalings = np.zeros((architecture.num_parameters, architecture.depth - 1))
        for i in range(architecture.depth - 1):
            scalings[starts[i] : starts[i + 1], i] = layers[i]
            scalings[starts[-2] :, i] = -layers[-1]
        basis = np.linalg.qr(scalings, mode="complete")[0][:, architecture.depth - 1 :]
        hessian = basis.T @ hessian @ basis
    values = np.linalg.eigvalsh(hessian)
    zero = inertia_tolerance() * float(np.abs(values).max(initial=0.0))
    return int((values < -zero).sum()), int((np.abs(values) <= zero).sum())
