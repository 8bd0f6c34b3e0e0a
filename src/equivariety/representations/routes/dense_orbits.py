"""The numerical route: irreducibles on one orbit of each class, repeated over the orbits of the class.

Any permutation group, as long as one orbit of each class together have few points.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import islice

import numpy as np

from equivariety._typing import FloatArray
from equivariety.groups.orbits.orbit_classes import OrbitClass
from equivariety.groups.orbits.random_elements import random_elements
from equivariety.representations.orbits.adapted_orbits import AdaptedOrbits, DenseBasis, IrrepBatch, entry
from equivariety.representations.orbits.irrep_actions import MatrixAction
from equivariety.representations.routes.commutant import Commutant
from equivariety.representations.routes.irreducibles import Irreducible, irreducibles

__all__ = ["dense_orbits"]

#: Characters are compared on at most this many elements, always the same ones, to order irreducibles.
_MOST_WORDS = 1000
#: Decimals of characters that count in the comparison: algebraic numbers far apart, known to 1e-10.
_DECIMALS = 6


def dense_orbits(classes: Sequence[OrbitClass], seed: int = 0) -> AdaptedOrbits:
    """Return adapted bases of orbits with tables of few points in all; same classes and seed, same bases.

    Raises ArithmeticError where no decomposition passes its certificate.

    >>> from equivariety.groups.orbits.orbit_classes import orbit_classes
    >>> [(b.field, b.dim) for b in dense_orbits(orbit_classes(np.array([[1, 2, 0], [1, 0, 2]]))).batches]
    [('R', 1), ('R', 2)]
    """
    commutant = Commutant([c.table for c in classes])
    found = irreducibles(commutant, seed)
    keys = _keys(commutant, found)
    batches: dict[tuple[int, str, tuple[int, ...]], list[int]] = {}
    for i, one in enumerate(found):
        batches.setdefault((one.dim, one.field, tuple(one.multiplicities.tolist())), []).append(i)
    for numbers in batches.values():
        numbers.sort(key=lambda i: _is_nontrivial(found[i]))
    order = sorted(batches.values(), key=lambda numbers: (_is_nontrivial(found[numbers[0]]), found[numbers[0]].dim))
    along = [found[i] for numbers in order for i in numbers]
    bases = tuple(
        _with_exact_constants(np.concatenate([frame for one in along for frame in one.frames[t]], axis=1))
        for t in range(len(classes))
    )
    return AdaptedOrbits(
        tuple(classes),
        bases,
        tuple(_batch([found[i] for i in numbers], np.stack([keys[i] for i in numbers])) for numbers in order),
        partial(entry, commutant.num_orbitals),
    )


def _with_exact_constants(matrix: FloatArray) -> DenseBasis:
    """Make the first vector, the trivial one, exactly constant: large constants must not leak into other blocks."""
    constant = 1.0 / np.sqrt(len(matrix))
    rest = matrix[:, 1:]
    rest = rest - rest.mean(axis=0)
    return DenseBasis(np.concatenate([np.full((len(matrix), 1), constant), rest], axis=1))


def _batch(members: Sequence[Irreducible], keys: FloatArray) -> IrrepBatch:
    action = MatrixAction(members[0].field, np.stack([one.actions for one in members], axis=1))
    return IrrepBatch(action, tuple(members[0].multiplicities.tolist()), keys)


def _is_nontrivial(one: Irreducible) -> bool:
    return one.dim > 1 or bool((one.actions < 0).any())


def _keys(commutant: Commutant, found: Sequence[Irreducible]) -> list[FloatArray]:
    """Per irreducible its characters, negated, on elements that tell apart those of the same type and dimension.

    The irreducible with the larger character comes first.  Irreducibles that no other resembles need no characters.
    """
    names = Counter((one.dim, one.field) for one in found)
    alike = [i for i, one in enumerate(found) if names[one.dim, one.field] > 1]
    values: list[list[float]] = [[] for _ in found]
    for word in islice(random_elements(commutant.images, np.random.default_rng(0), skip=0), _MOST_WORDS):
        keys = {(found[i].dim, found[i].field, *values[i]) for i in alike}
        if len(keys) == len(alike):
            break
        for i in alike:
            t = int(np.flatnonzero(found[i].multiplicities)[0])
            points = commutant.points_of(t)
            frame = found[i].frames[t][0]
            character = np.vdot(frame, frame[word[points] - points.start])
            values[i].append(0.0 - round(float(character), _DECIMALS))
    longest = max(map(len, values), default=0)
    return [np.array(v or [0.0] * longest) for v in values]
