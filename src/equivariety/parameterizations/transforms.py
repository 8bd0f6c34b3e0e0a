"""Invertible matrices over the fields of the blocks: the group GL that moves along a fiber of (A, B) -> A B."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import invalid
from equivariety.linalg import as_real_array, check_finite
from equivariety.representations import HomSpace, RankVector
from equivariety.representations.blocks import label_index
from equivariety.tolerances import rank_tolerance

__all__ = ["check_transforms", "random_transforms"]

#: Random transforms stretch by factors from 1/2 to 2, so that a moved factorization loses no digits.
_LARGEST_STRETCH = 2.0


def check_transforms(transforms: object, hom: HomSpace, ranks: RankVector) -> dict[int, AnyArray]:
    """Return invertible matrices by block position; blocks of rank 0 are checked and left out.

    Raises ValueError for unknown or repeated labels, other shapes than (r, r), entries that are not finite, complex
    entries in a real block and matrices that are singular up to rounding, TypeError for other types.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.cyclic(2), rank=1).component([1, 0])
    >>> check_transforms({"(1,1)": [[0.0]]}, C.space.hom, C.ranks)
    Traceback (most recent call last):
    ValueError: transforms[(1,1)] must be invertible; got a matrix of rank 0. Fix: choose another matrix.
    """
    if not isinstance(transforms, Mapping):
        raise invalid("transforms", "a mapping from block label to matrix", transforms, "pass a dict", TypeError)
    out: dict[int, AnyArray] = {}
    for key, value in transforms.items():
        i = label_index(hom.labels, key, "transforms")
        if i in out:
            raise invalid("transforms", "a mapping that names each block once", f"{hom.labels[i]} twice", "drop one")
        out[i] = _invertible(f"transforms[{hom.labels[i]}]", value, ranks[i], real=hom.blocks[i].field == "R")
    return {i: matrix for i, matrix in out.items() if ranks[i]}


def random_transforms(hom: HomSpace, ranks: RankVector, rng: np.random.Generator) -> dict[object, AnyArray]:
    """Return a random invertible matrix of condition number at most 4 for each block of positive rank, by label.

    Orthogonal (unitary) times diagonal times orthogonal (unitary), the diagonal from 1/2 to 2.  Raises TypeError if
    ``rng`` is no Generator.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.cyclic(2), rank=1).component([1, 0])
    >>> list(random_transforms(C.space.hom, C.ranks, np.random.default_rng(0)))
    ['(1,1)']
    """
    if not isinstance(rng, np.random.Generator):
        raise invalid("rng", "a numpy.random.Generator", rng, "pass numpy.random.default_rng(0)", TypeError)
    out: dict[object, AnyArray] = {}
    for block, r in zip(hom.blocks, ranks, strict=True):
        if r:
            sides = []
            for _ in range(2):
                gaussian = rng.standard_normal((r, r))
                sides.append(
                    np.linalg.qr(gaussian if block.field == "R" else gaussian + 1j * rng.standard_normal((r, r)))[0]
                )
            stretch = _LARGEST_STRETCH ** rng.uniform(-1.0, 1.0, r)
            out[block.label] = (sides[0] * stretch) @ sides[1]
    return out


def _invertible(name: str, value: object, rank: int, *, real: bool) -> AnyArray:
    matrix = np.asarray(as_real_array(name, value, kinds="iufb" if real else "iufbc"))
    if matrix.shape != (rank, rank):
        raise invalid(name, f"of shape ({rank}, {rank})", f"shape {matrix.shape}", "see .ranks")
    check_finite(name, matrix)
    matrix = matrix.astype(np.float64 if real else np.complex128)
    values = np.linalg.svd(matrix, compute_uv=False)
    found = int(np.count_nonzero(values > rank_tolerance(np.float64, rank) * values.max(initial=0.0)))
    if found < rank:
        raise invalid(name, "invertible", f"a matrix of rank {found}", "choose another matrix")
    return matrix
