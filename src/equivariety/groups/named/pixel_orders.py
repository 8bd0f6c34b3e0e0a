"""The order of the pixels of a square image in which its rotation is a direct sum of 4-cycles."""

from __future__ import annotations

import numpy as np

from equivariety._typing import IntArray, read_only
from equivariety.groups._checks import as_degree

__all__ = ["rotation_pixel_order"]


def rotation_pixel_order(p: int) -> IntArray:
    """Return the pixels of a p x p image orbit by orbit: the corners first, then ring by ring, the centre last.

    Each group of four is an orbit of the clockwise rotation, listed clockwise from the top side of its ring: (1,1),
    (1,p), (p,p), (p,1), then (1,2), (2,p), (p,p-1), (p-1,1), and so on (Kohn, Sattelberger, Shahverdi, arXiv
    2309.13736, talk, "rotation-invariance for p x p pictures").  The talk prints its last group as (p/2,p/2),
    (p/2,p/2+1), (p/2+1,p/2), (p/2+1,p/2+1); here its last two pixels are swapped, so that they are in rotation order
    like the others.

    Args:
        p: an integer >= 1, so small that p * p is the degree of a group.

    Returns:
        numpy.ndarray: integers of shape (p * p,), read-only; entry k is the position in the image, flattened in C
            order, of the pixel that comes k-th.  For odd p the last one is the centre, which the rotation fixes.

    Raises TypeError or ValueError for any other p.

    For p even the rotation is a direct sum of 4-cycle blocks in this order, and columns 1-4, 5-8, ... of an invariant
    matrix coincide:

    >>> order = rotation_pixel_order(4)
    >>> order[:8].tolist()
    [0, 3, 15, 12, 1, 7, 14, 8]
    >>> from equivariety.groups import relabelled, rotation
    >>> relabelled(rotation(4), np.argsort(order)).orbit_partition.tolist()
    [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]
    """
    side = as_degree(p, "p")
    positions = np.arange(as_degree(side * side, "p * p")).reshape(side, side)
    # The pixel that comes next, clockwise, stands in the same place of the array turned back by 90 degrees.
    turned = np.stack([np.rot90(positions, k) for k in range(4)], axis=-1)
    rings = [turned[k, k : side - 1 - k] for k in range(side // 2)]
    centre = positions[side // 2, side // 2 : side // 2 + side % 2]
    return read_only(np.concatenate([*(ring.ravel() for ring in rings), centre]))
