"""What a picture of a matrix shows: the colours and names in its cells."""

from __future__ import annotations

import numpy as np

__all__ = ["cells", "names"]


def cells(axes):
    """Return (row, column) -> face colour, hatched or not."""
    out = {}
    for patch in axes.patches:
        column, row = np.add(patch.get_xy(), 0.5)
        out[int(row), int(column)] = tuple(patch.get_facecolor()), bool(patch.get_hatch())
    return out


def names(axes):
    """Return (row, column) -> text."""
    return {(text.get_position()[1], text.get_position()[0]): text.get_text() for text in axes.texts}
