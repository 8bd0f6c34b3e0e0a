"""Colours by lightness, chroma and hue as the eye sees them: for phases of complex numbers, and for many orbits.

OKLab (B. Ottosson, "A perceptual color space for image processing", 2020): distances between colours are roughly those
that are seen, and hues of one lightness and chroma look equally strong.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equivariety._typing import AnyArray, FloatArray, IntArray

__all__ = ["contrasting_colours", "hue_colours", "phase_colours", "text_colour"]

_TO_CONES = np.array(
    [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.2914855480]]
)
_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)

#: Lightness and chroma of the colours of many orbits, neighbours in the list far apart.
_LEVELS = (
    (0.62, 0.13),
    (0.86, 0.09),
    (0.46, 0.10),
    (0.74, 0.06),
    (0.94, 0.04),
    (0.55, 0.05),
    (0.80, 0.12),
    (0.68, 0.09),
)


def hue_colours(lightness: object, chroma: object, hue: object) -> FloatArray:
    """Return sRGB colours (..., 3) in [0, 1] of OKLCH coordinates, broadcast together; the hue is in radians.

    >>> hue_colours(1.0, 0.0, 0.0).round(3).tolist()
    [1.0, 1.0, 1.0]
    """
    level, strength, angle = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (lightness, chroma, hue)))
    return _from_lab(np.stack([level, strength * np.cos(angle), strength * np.sin(angle)], axis=-1))


def _from_lab(lab: FloatArray) -> FloatArray:
    linear = np.clip((lab @ _TO_CONES.T) ** 3 @ _TO_RGB.T, 0.0, 1.0)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def phase_colours(values: AnyArray) -> FloatArray:
    """Return a colour (..., 3) for each complex number: the hue is its phase, and 0 is white.

    A modulus from 0 to 1 makes the colour stronger.  Red is 1, blue-green -1.

    >>> phase_colours(np.array([0.0, 1.0])).round(2).tolist()
    [[1.0, 1.0, 1.0], [0.96, 0.53, 0.51]]
    """
    strength = np.clip(np.abs(values), 0.0, 1.0)
    strength = np.where(strength > 0, 0.15 + 0.85 * strength, 0.0)  # small numbers are not taken for 0
    full = hue_colours(0.74, 0.135, np.angle(values) + 0.4)
    return 1.0 + (full - 1.0) * strength[..., None]


def contrasting_colours(count: int, neighbours: IntArray) -> FloatArray:
    """Return ``count`` different colours (count, 3), neighbours as far apart as greedy choice and exchanges make them.

    ``neighbours`` has shape (pairs, 2): numbers of colours that stand side by side.

    >>> len(np.unique(contrasting_colours(5, np.array([[0, 1], [1, 2]])), axis=0))
    5
    """
    hues = -(-count // len(_LEVELS))
    angles = 2 * np.pi * np.arange(hues) / max(hues, 1)
    lab = np.concatenate(
        [
            # Each level's hues lie between those of the level before.
            np.stack([np.full(hues, level), *(chroma * f(angles + i * 2.4) for f in (np.cos, np.sin))], axis=-1)
            for i, (level, chroma) in enumerate(_LEVELS)
        ]
    )[:count]
    near: list[set[int]] = [set() for _ in range(count)]
    for i, j in neighbours.tolist():
        near[i].add(j)
        near[j].add(i)
    gaps = np.linalg.norm(lab[:, None] - lab[None], axis=-1)
    return _from_lab(lab[_swapped(_greedy(gaps, near), gaps, near)])


def _greedy(gaps: FloatArray, near: Sequence[set[int]]) -> IntArray:
    """Give one after the other the free colour that is farthest from those of its neighbours, busy places first."""
    chosen = np.full(len(near), -1)
    free = np.ones(len(near), dtype=bool)
    for i in sorted(range(len(near)), key=lambda k: (-len(near[k]), k)):
        done = [chosen[j] for j in near[i] if chosen[j] >= 0]
        candidates = np.flatnonzero(free)
        distances = gaps[np.ix_(candidates, done)].min(axis=1) if done else np.zeros(len(candidates))
        chosen[i] = candidates[int(distances.argmax())]
        free[chosen[i]] = False
    return chosen


def _swapped(chosen: IntArray, gaps: FloatArray, near: Sequence[set[int]]) -> IntArray:
    """Exchange colours while that parts the closest neighbours: the last places had little choice."""
    count = len(near)
    around = np.full((count, max(map(len, near), default=0)), -1)
    for i, others in enumerate(near):
        around[i, : len(others)] = sorted(others)
    if not around.size:
        return chosen
    for _ in range(count):
        distances = np.where(around >= 0, gaps[chosen[:, None], chosen[around]], np.inf).min(axis=1)
        i = int(distances.argmin())
        here = np.array(sorted(near[i]))
        after = np.minimum(
            gaps[np.ix_(chosen, chosen[here])].min(axis=1),  # i with the colour of k
            np.where(around >= 0, gaps[chosen[i], chosen[around]], np.inf).min(axis=1),  # k with the colour of i
        )
        after[[i, *here]] = -np.inf
        k = int(after.argmax())
        if after[k] <= distances[i]:
            break
        chosen[[i, k]] = chosen[[k, i]]
    return chosen


def text_colour(face: object) -> str:
    """Return black or white, whichever is easier to read on the colour (3,).

    >>> text_colour((1.0, 1.0, 1.0)), text_colour((0.1, 0.1, 0.4))
    ('black', 'white')
    """
    rgb = np.asarray(face, dtype=float)[:3]
    return "black" if float(rgb @ np.array([0.299, 0.587, 0.114])) > 0.5 else "white"
