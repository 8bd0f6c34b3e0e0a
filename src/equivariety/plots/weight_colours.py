"""Colours of shared weights, the same in every picture of a pattern."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

import numpy as np

__all__ = ["family_colours", "weight_colours"]

#: Okabe and Ito's colours and others that stay apart from them on white; the first ones are the easiest to tell apart.
_COLOURS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
    "#8B1A4F",
    "#8A9A1B",
    "#5E3FBE",
    "#8C6D4F",
    "#E4002B",
    "#7FD1B9",
    "#9A9A9A",
)


def weight_colours(count: int) -> list[str]:
    """Return ``count`` different colours as hexadecimal text; beyond fourteen they are no longer easy to tell apart.

    >>> weight_colours(2)
    ['#0072B2', '#D55E00']
    """
    out = list(_COLOURS[:count])
    for k in range(count - len(out)):
        # Hues by the golden ratio lie evenly on the circle for any number of them.
        red, green, blue = colorsys.hls_to_rgb((0.05 + 0.618034 * k) % 1.0, (0.38, 0.55, 0.7)[k % 3], 0.75)
        out.append(f"#{round(255 * red):02X}{round(255 * green):02X}{round(255 * blue):02X}")
    return out


def family_colours(families: Sequence[int]) -> tuple[list[tuple[float, ...]], list[str]]:
    """Return face and edge colours of weights in families: a hue for each family, a shade of it for each weight.

    ``families`` gives the number of the family of each weight, from 0 on.  All faces differ, the first weight of a
    family having the strongest; edges are the hues.

    >>> faces, edges = family_colours([0, 0, 1])
    >>> edges
    ['#0072B2', '#0072B2', '#D55E00']
    >>> len(set(faces))
    3
    """
    from matplotlib.colors import to_rgb

    numbers = np.asarray(families, dtype=np.int64)
    sizes = np.bincount(numbers) if numbers.size else numbers
    hues = weight_colours(len(sizes))
    faces: list[tuple[float, ...]] = [()] * len(numbers)
    for family, size in enumerate(sizes):
        shades = np.linspace(0.62, 0.2, size) if size > 1 else [0.45]
        for weight, shade in zip(np.flatnonzero(numbers == family), shades, strict=True):
            faces[weight] = tuple(float(shade * c + 1 - shade) for c in to_rgb(hues[family]))
    return faces, [hues[family] for family in numbers]
