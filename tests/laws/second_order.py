"""Hessians on a variety by finite differences, at a smooth point, in the chart that projects the tangent space."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["hessian_spectrum", "signature_of"]


def hessian_spectrum(function: Callable[[Any], float], component: Any, point: Any, step: float = 1e-3) -> Any:
    """Eigenvalues, ascending, of the Hessian of ``function`` on the component at a critical point."""
    directions = np.asarray(component.tangent_space(point))
    assert len(directions) == component.dim

    def along(*moves: Any) -> float:
        return function(component.project(point + step * sum(moves)).point)

    size = len(directions)
    hessian, here = np.zeros((size, size)), function(point)
    for i in range(size):
        for j in range(i):
            a, b = directions[i], directions[j]
            ends = along(a, b) - along(a, -b) - along(-a, b) + along(-a, -b)
            hessian[i, j] = hessian[j, i] = ends / (4 * step**2)
        a = directions[i]
        hessian[i, i] = (along(a) - 2 * here + along(-a)) / step**2
    return np.linalg.eigvalsh(hessian) if size else np.zeros(0)


def signature_of(spectrum: Any, tolerance: float = 1e-4) -> tuple[int, int]:
    """Numbers of negative and of vanishing eigenvalues."""
    scale = tolerance * max(np.abs(spectrum).max(initial=0.0), 1.0)
    return int((spectrum < -scale).sum()), int((np.abs(spectrum) <= scale).sum())
