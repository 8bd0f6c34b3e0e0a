"""Singular points: where a component drops rank, and where components meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import invalid
from equivariety.representations import RankVector
from equivariety.tolerances import SINGULAR_LOCUS_COMPONENTS_BUDGET
from equivariety.varieties.points.verdicts import Singularity
from equivariety.varieties.ranks.maximal_vectors import maximal_vectors

__all__ = ["of_family", "of_stratum", "singular_vectors"]


def of_stratum(stratum: Any, ranks: RankVector) -> Singularity:
    """Whether the points of a stratum with these block ranks are singular points of it.

    A product is singular where a factor is: where a block has less than its rank r, unless r is 0 or full.
    """
    dropped = _dropped(stratum, ranks)
    if dropped:
        reason = f"rank drops in {', '.join(dropped[:6])}" + (" and more" if len(dropped) > 6 else "")
    else:
        reason = "no rank drops below that of the component, but in blocks that are linear"
    number = stratum.space.num_components_through(ranks)
    return Singularity(bool(dropped), reason, dropped, number, ranks)


def of_family(family: Any, ranks: RankVector) -> Singularity:
    """Whether the points with these block ranks are singular points of the union of all components.

    They are where two or more components meet, and where the only component through them is singular.
    """
    number = family.num_components_through(ranks)
    if number > 1:
        return Singularity(True, f"{number:,} components meet there", (), number, ranks)
    return of_stratum(next(family.components_through(ranks)), ranks)


def singular_vectors(family: Any) -> list[tuple[int, ...]]:
    """Return the maximal rank vectors of singular points of the union of all components.

    Raises ValueError beyond ``tolerances.SINGULAR_LOCUS_COMPONENTS_BUDGET`` components.
    """
    count = family.num_components()
    if count > SINGULAR_LOCUS_COMPONENTS_BUDGET:
        raise invalid(
            "space",
            f"small enough to list its singular locus, at most {SINGULAR_LOCUS_COMPONENTS_BUDGET} components",
            f"{count:,} components" if count.bit_length() < 200 else "more than 2^199 components",
            "ask is_singular_at(matrix) about single points, or a component for its singular_locus()",
        )
    vectors = np.array([tuple(c.ranks) for c in family.components()], dtype=np.int64)
    caps = np.array(family.budget.caps, dtype=np.int64)
    found = [_lowered(v, caps) for v in vectors]
    for i in range(1, len(vectors)):
        found.append(np.minimum(vectors[:i], vectors[i]))
    return [tuple(v) for v in maximal_vectors(np.concatenate(found)).tolist()]


def _dropped(stratum: Any, ranks: Sequence[int]) -> tuple[str, ...]:
    rows = zip(stratum.factors, ranks, stratum.ranks.labels, strict=True)
    return tuple(label for factor, k, label in rows if not factor.is_linear and k < factor.rank)


def _lowered(vector: IntArray, caps: IntArray) -> IntArray:
    """The vectors with one rank less in a block that has neither rank 0 nor full rank."""
    blocks = np.flatnonzero((vector > 0) & (vector < caps))
    out = np.repeat(vector[None], len(blocks), axis=0)
    out[np.arange(len(blocks)), blocks] -= 1
    return out
