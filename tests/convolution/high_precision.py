"""Critical points followed to 50 digits: Newton's method in charts, derivatives by differences with step 1e-40."""

from __future__ import annotations

import mpmath
import numpy as np

from convolution.literal_network import polynomial_product, scales

__all__ = ["CriticalPoint", "refined"]

DIGITS = 100
STEP = mpmath.mpf(10) ** -40


class CriticalPoint:
    """Where Newton's method ended.

    Attributes:
        tensor: products of one weight of each layer, to which the point is equivalent up to scaling.
        step: size of the last step relative to the filters.
        smallest: smallest over largest singular value of the derivative of the equations, columns scaled to norm one.
    """

    def __init__(self, tensor, step, smallest):
        self.tensor, self.step, self.smallest = tensor, step, smallest

    def distance(self, other):
        size = mpmath.norm(self.tensor)
        return mpmath.norm([a - b for a, b in zip(self.tensor, other.tensor, strict=True)]) / size


def gradient(filters, strides, sigma, cross):
    """Half the gradient of v' sigma v - 2 cross' v at v, the product of the filters; for matrices over mpmath."""
    v = polynomial_product(filters, strides)
    rho = [mpmath.fdot(row, v) - c for row, c in zip(sigma, cross, strict=True)]
    found = []
    for i, w in enumerate(filters):
        rest = polynomial_product([*filters[:i], [mpmath.mpf(1)], *filters[i + 1 :]], strides)
        shift = scales(strides)[i]
        found.append([mpmath.fdot(rest, rho[j * shift : j * shift + len(rest)]) for j in range(len(w))])
    return found


def refined(filters, strides, sigma, cross, rounds=12):
    """The point near given filters at which the exact gradient vanishes; all data floats, taken as exact numbers.

    The largest weight of each layer but the last is fixed to one.  The gradients for the others being zero, so are
    those for these by Euler's relation: w_i . grad_i is the same for all layers.
    """
    with mpmath.workdps(DIGITS):
        sigma = [[mpmath.mpf(float(x)) for x in row] for row in np.asarray(sigma)]
        cross = [mpmath.mpf(float(x)) for x in np.asarray(cross)]
        size = mpmath.mpf(1)
        layers = []
        for w in filters[:-1]:
            pivot = mpmath.mpmathify(complex(w[np.argmax(np.abs(w))]))
            size *= pivot
            layers.append([mpmath.mpmathify(complex(x)) / pivot for x in w])
        layers.append([mpmath.mpmathify(complex(x)) * size for x in filters[-1]])
        free = [
            (i, j)
            for i, w in enumerate(filters)
            for j in range(len(w))
            if i == len(filters) - 1 or j != int(np.argmax(np.abs(w)))
        ]
        unit = mpmath.norm(layers[-1])

        def equations(layers):
            g = gradient(layers, strides, sigma, cross)
            return mpmath.matrix([g[i][j] for i, j in free])

        for _ in range(rounds):
            value = equations(layers)
            matrix = mpmath.matrix(len(free), len(free))
            for column, (i, j) in enumerate(free):
                scale = unit if i == len(layers) - 1 else mpmath.mpf(1)
                moved = [list(w) for w in layers]
                moved[i][j] += STEP * scale
                matrix[:, column] = (equations(moved) - value) / STEP
            step = mpmath.lu_solve(matrix, -value)
            for (i, j), change in zip(free, step, strict=True):
                layers[i][j] += change * (unit if i == len(layers) - 1 else 1)
            unit = mpmath.norm(layers[-1])
            if mpmath.norm(step) < mpmath.mpf(10) ** -38:
                break
        tensor = [mpmath.mpf(1)]
        for w in layers:
            tensor = [a * b for a in tensor for b in w]
        numbers = np.array([[complex(x) for x in matrix[i, :]] for i in range(len(free))])
        sizes = np.linalg.svd(numbers / np.linalg.norm(numbers, axis=0), compute_uv=False)
        return CriticalPoint(tensor, mpmath.norm(step), float(sizes[-1] / sizes[0]))
