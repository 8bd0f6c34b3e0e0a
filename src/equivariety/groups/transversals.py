"""Transversals of stabilizers: for each point of an orbit, one group element that takes the base point there."""

from __future__ import annotations

import numpy as np

from equivariety._typing import IntArray

__all__ = ["schreier_generators", "transversal"]


def transversal(images: IntArray, base: int) -> tuple[IntArray, IntArray]:
    """Return the orbit of ``base``, in the order of a breadth-first search, and elements that take ``base`` to it.

    ``images`` holds the generators, shape (s, n).  The points have shape (l,), the elements (l, n), row k an element
    U_k with ``U_k[base] == points[k]``; row 0 is the identity.

    >>> points, elements = transversal(np.array([[1, 2, 0]]), 0)
    >>> points.tolist(), elements.tolist()
    ([0, 1, 2], [[0, 1, 2], [1, 2, 0], [2, 0, 1]])
    """
    seen = np.zeros(images.shape[1], dtype=bool)
    seen[base] = True
    layer = np.arange(images.shape[1], dtype=images.dtype)[np.newaxis]
    layers = [layer]
    while len(layer):
        new = []
        for row in images:
            # A generator is injective, so that it reaches no point twice from one layer.
            fresh = ~seen[row[layer[:, base]]]
            found = row[layer[fresh]]
            seen[found[:, base]] = True
            new.append(found)
        layer = np.concatenate([layer[:0], *new])
        layers.append(layer)
    elements = np.concatenate(layers)
    return elements[:, base], elements


def schreier_generators(images: IntArray, base: int) -> IntArray:
    """Return generators of the stabilizer of ``base``, shape (t, n), without the identity and repetitions.

    They are U_{g y}^-1 g U_y for all points y of the orbit and all generators g (Schreier's lemma); time and memory
    are O(s l n) for s generators and an orbit of l points.

    >>> schreier_generators(np.array([[1, 2, 3, 0], [3, 2, 1, 0]]), 0).tolist()
    [[0, 3, 2, 1]]
    """
    points, elements = transversal(images, base)
    n = images.shape[1]
    inverse = np.empty_like(elements)
    np.put_along_axis(inverse, elements, np.broadcast_to(np.arange(n, dtype=images.dtype), elements.shape), axis=1)
    position = np.empty(n, dtype=np.int64)
    position[points] = np.arange(points.size)
    found: dict[bytes, None] = {}  # as np.unique on rows, but without sorting them
    for row in images:
        products = np.take_along_axis(inverse[position[row[points]]], row[elements], axis=1)
        found.update(dict.fromkeys(map(bytes, products)))
    found.pop(np.arange(n, dtype=images.dtype).tobytes(), None)
    return np.frombuffer(b"".join(found), dtype=images.dtype).reshape(-1, n)
