"""Blocks of the vectors in this folder, matched with those of the library."""

from __future__ import annotations

import numpy as np

import equivariety as ev

__all__ = ["group_of", "match"]

KIND = ("type", "delta", "d")


def group_of(vector):
    return ev.PermutationGroup(vector["generators"], degree=vector["n"])


def match(space, order, rvec, projectors=None):
    """The rank vector in the library's order; blocks of equal type, delta and d are told apart by their projectors."""
    left, found = list(range(len(order))), []
    for i, block in enumerate(space.blocks):
        same = [k for k in left if (block.field, block.irrep_dim, block.rows) == tuple(map(order[k].get, KIND))]
        if projectors is not None:
            own = projector(space.hom.source, i)
            same = [k for k in same if np.abs(own - exact(projectors[k])).max() < 1e-9]
        found.append(rvec[same[0]])
        left.remove(same[0])
    assert not left
    return found


def exact(vector):
    return np.array(vector["numerator"]) / vector["denominator"]


def projector(decomposition, block):
    parts = decomposition.split(np.eye(decomposition.degree))
    return decomposition.assemble([part * (i == block) for i, part in enumerate(parts)])
