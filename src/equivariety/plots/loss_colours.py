"""Colours of a loss: blue where it is small, and light enough for marks everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

__all__ = ["loss_colours"]


def loss_colours() -> Colormap:
    """Return a colour map from medium blue to almost white.

    >>> light, dark = (float(sum(loss_colours()(share)[:3])) for share in (1.0, 0.0))
    >>> light > 2.8 > 2 > dark
    True
    """
    from matplotlib import colormaps
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("loss", colormaps["Blues_r"](np.linspace(0.35, 1.0, 64)))
