"""An equivariant map followed by a constant that the target's group fixes: what a fit with an intercept gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import invalid
from equivariety.linalg import as_float_array
from equivariety.representations.maps.equivariant_map import EquivariantMap

__all__ = ["AffineMap"]


class AffineMap:
    """The function x -> M x + c on rows.

    It is equivariant iff M is and the target's group fixes c.

    Args:
        linear: M, of shape (m, n).
        offset: c, of shape (m,), real and finite.

    Raises TypeError or ValueError for other arguments.

    >>> import equivariety as ev
    >>> X = np.array([[1.0, 2.0], [3.0, 2.0]])
    >>> found = ev.fit(ev.equivariant_maps(ev.groups.cyclic(2), rank=0), X, intercept=True).predictor
    >>> found([[0.0, 0.0]]).tolist(), found.shape
    ([[2.0, 2.0]], (2, 2))
    """

    def __init__(self, linear: EquivariantMap, offset: object) -> None:
        if not isinstance(linear, EquivariantMap):
            raise invalid("linear", "an EquivariantMap", linear, "pass fit.map", TypeError)
        constant = as_float_array("offset", offset).astype(linear.dtype)
        if constant.shape != (linear.shape[0],):
            required = f"of shape ({linear.shape[0]},)"
            raise invalid("offset", required, f"shape {constant.shape}", "give one number per output")
        constant.flags.writeable = False
        self._linear, self._offset = linear, constant

    def __repr__(self) -> str:
        return f"AffineMap({self._linear!r})"

    @property
    def linear(self) -> EquivariantMap:
        """The linear part M."""
        return self._linear

    @property
    def offset(self) -> FloatArray:
        """The constant c, shape (m,), read-only."""
        return self._offset

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers (m, n) of outputs and inputs."""
        return self._linear.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64."""
        return self._linear.dtype

    def __call__(self, x: object) -> AnyArray:
        """Return ``M x + c`` for the rows of ``x``, shape (..., n); ValueError or TypeError as for the linear part."""
        image = self._linear(x)
        return np.asarray(image + self._offset.astype(image.dtype, copy=False))

    def equivariance_error(self) -> float:
        """Return the larger of the error of the linear part and ``|P' c - c| / |c|``, over generators."""
        size = float(np.linalg.norm(self._offset))
        moved = (float(np.linalg.norm(h.apply(self._offset) - self._offset)) for h in self.linear.hom.target.generators)
        return max(self._linear.equivariance_error(), max(moved, default=0.0) / size if size else 0.0)

    def save(self, path: str | Path) -> None:
        """Write the function to one safetensors file; see :func:`load_map`."""
        from equivariety.representations.maps.map_files import save_map

        save_map(self, path)
