"""The numerical route: irreducibles on one orbit of each class, repeated over the orbits of the class.

Any permutation group, as long as one orbit of each class together have few points.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from equivariety._typing import FloatArray, IntArray
from equivariety.groups.orbit_classes import OrbitClass
from equivariety.representations.adapted_orbits import AdaptedOrbits, DenseBasis, IrrepBatch
from equivariety.representations.commutant import Commutant
from equivariety.representations.irreducibles import Irreducible, irreducibles

__all__ = ["dense_orbits"]

#: Characters are compared on this many elements to order irreducibles.
_WORDS = 24
#: Decimals of characters that count in the comparison: algebraic numbers far apart, known to 1e-10.
_DECIMALS = 6


def dense_orbits(classes: Sequence[OrbitClass], seed: int = 0) -> AdaptedOrbits:
    """Return adapted bases of orbits with tables of few points in all; same classes and seed, same bases.

    Raises ArithmeticError where no decomposition passes its certificate.

    >>> from equivariety.groups.orbit_classes import orbit_classes
    >>> [(b.field, b.dim) for b in dense_orbits(orbit_classes(np.array([[1, 2, 0], [1, 0, 2]]))).batches]
    [('R', 1), ('R', 2)]
    """
    commutant = Commutant([c.table for c in classes])
    counts = commutant.num_orbitals
    batches: dict[tuple[int, str, tuple[int, ...]], list[Irreducible]] = {}
    for one in irreducibles(commutant, seed):
        batches.setdefault((one.dim, one.field, tuple(one.multiplicities.tolist())), []).append(one)
    for members in batches.values():
        members.sort(key=_is_nontrivial)
    order = sorted(batches.values(), key=lambda members: (_is_nontrivial(members[0]), members[0].dim))
    bases = tuple(
        DenseBasis(np.concatenate([frame for members in order for one in members for frame in one.frames[t]], axis=1))
        for t in range(len(classes))
    )
    return AdaptedOrbits(
        tuple(classes),
        bases,
        tuple(_batch(commutant, members) for members in order),
        partial(_entry, counts),
    )


def _batch(commutant: Commutant, members: list[Irreducible]) -> IrrepBatch:
    actions = np.stack([one.actions for one in members])  # (count, g, delta, delta)
    actions.flags.writeable = False
    first = members[0]
    return IrrepBatch(
        first.field,
        first.dim,
        tuple(first.multiplicities.tolist()),
        len(members),
        partial(_of_generator, actions),
        np.stack([_key(commutant, one) for one in members]),
    )


# Partial functions of the module, unlike local ones, can be pickled with the estimators that hold a decomposition.
def _entry(counts: IntArray, t: int, u: int) -> int:
    return int(counts[t, u])


def _of_generator(actions: FloatArray, g: int) -> FloatArray:
    return actions[:, g]


def _is_nontrivial(one: Irreducible) -> bool:
    return one.dim > 1 or not np.allclose(one.actions, 1.0)


def _key(commutant: Commutant, one: Irreducible) -> FloatArray:
    """Characters on words in the generators, negated: the irreducible with the larger character comes first."""
    t = int(np.flatnonzero(one.multiplicities)[0])
    start, frame = commutant.starts[t], one.frames[t][0]
    generators = commutant.images[:, commutant.points_of(t)] - start
    rng = np.random.default_rng(0)
    word, values = np.arange(len(frame)), []
    for k in range(len(generators) + _WORDS):
        word = generators[k] if k < len(generators) else word[generators[rng.integers(len(generators))]]
        values.append(np.vdot(frame, frame[word]))
    return 0.0 - np.round(values, _DECIMALS)
