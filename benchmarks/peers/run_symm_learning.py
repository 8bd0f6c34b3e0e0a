"""symm-learning with escnn: isotypic decomposition and equivariant maps, from hand-made representations.

It gets no generators.  Its function for representations given by matrices, ``escnn_representation_form_mapping``, ends
with a TypeError in release 0.8.1, so a person has to find the group among escnn's, and the orbits with their
stabilizers; this is done for it here, off the clock, and the points are taken in the order of the orbits:

* shift-n: the regular representation of ``CyclicGroup(n)``, once for each of the n rows;
* d4-n, n even: ``DihedralGroup(4)``, the regular representation for each orbit of 8 pixels and the representation on
  the cosets of a diagonal reflection for each of the n/2 orbits of 4;
* torus-n: the regular representation of ``direct_product(CyclicGroup(n), CyclicGroup(n))``.

Timed are the construction of the group and of these representations, their sum, and the decomposition.
"""

from __future__ import annotations

import time
import warnings
from typing import Any

import numpy as np
from runner import main

warnings.simplefilter("ignore")  # escnn warns that py3nj is absent, which only SO(3) needs

from escnn.group import CyclicGroup, DihedralGroup, Representation, direct_product  # noqa: E402
from symm_learning.representation_theory import GroupHomomorphismBasis, direct_sum  # noqa: E402


def summands(kind: str, size: int) -> list[Representation]:
    """Return the representation on each orbit."""
    if kind == "shift":
        return [CyclicGroup(size).regular_representation] * size
    if kind == "torus":
        return [direct_product(CyclicGroup(size), CyclicGroup(size)).regular_representation]
    if kind == "d4" and size % 2 == 0:
        group = DihedralGroup(4)
        diagonal = group.quotient_representation((1, 1))
        return [diagonal] * (size // 2) + [group.regular_representation] * (size * (size - 2) // 8)
    raise ValueError(f"no representation has been made by hand for {kind}-{size}")


def solve(name: str, _: list[np.ndarray]) -> dict[str, Any]:
    start = time.perf_counter()
    kind, _, size = name.partition("-")
    representation = direct_sum(summands(kind, int(size)), name=name)
    built = time.perf_counter() - start
    maps = GroupHomomorphismBasis(representation, representation)  # decomposes first
    return {"dim": maps.dim, "note": f"peer: {built:.2g} s of it to build the representation"}


if __name__ == "__main__":
    main(solve, "symm_learning")
