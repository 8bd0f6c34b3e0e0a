"""The permutation groups that are decomposed side by side, as integer arrays: every package gets the same ones.

This file is imported in the environment of every package and needs NumPy only.  A name is a kind and a size, such as
``d4-8``; ``rubik`` has no size.
"""

from __future__ import annotations

from itertools import product

import numpy as np

CASES = {
    "emlp": ("shift-8", "d4-8", "symmetric-50", "rubik"),
    "symm_learning": ("shift-28", "d4-28", "torus-16"),
}
LONG_CASES = {"emlp": ("shift-16", "torus-16"), "symm_learning": ("torus-28",)}  # they take the peer minutes


def generators(name: str) -> list[np.ndarray]:
    """Return the images of the points under each generator, integer arrays of shape (n,)."""
    kind, _, text = name.partition("-")
    if kind == "rubik":
        return rubik()
    size = int(text)
    if kind == "symmetric":  # all permutations of the points: a cycle through all and a swap
        points = np.arange(size)
        return [np.roll(points, 1), np.concatenate([[1, 0], points[2:]])]
    pixels = np.arange(size * size).reshape(size, size)
    images = {
        "shift": [np.roll(pixels, 1, axis=1)],  # of the columns of square images
        "d4": [np.rot90(pixels), pixels[:, ::-1]],  # rotations and reflections of square images
        "torus": [np.roll(pixels, 1, axis=0), np.roll(pixels, 1, axis=1)],  # all translations with wrap-around
    }
    return [image.ravel() for image in images[kind]]


def rubik() -> list[np.ndarray]:
    """Return the six quarter turns of Rubik's cube, acting on the 48 facelets that move."""
    places = [np.array(p) for p in product((-1, 0, 1), repeat=3) if np.count_nonzero(p) > 1]
    facelets = [(p, axis) for p in places for axis in range(3) if p[axis]]
    index = {(*p, axis): i for i, (p, axis) in enumerate(facelets)}

    def turned(p: np.ndarray, axis: int, about: int) -> tuple[int, ...]:
        u, v = (about + 1) % 3, (about + 2) % 3
        q = p.copy()
        q[u], q[v] = -p[v], p[u]
        return (*q, {u: v, v: u}.get(axis, axis))

    turns = [
        [index[turned(p, axis, about)] if p[about] == side else index[(*p, axis)] for p, axis in facelets]
        for about in range(3)
        for side in (-1, 1)
    ]
    return [np.array(turn) for turn in turns]
