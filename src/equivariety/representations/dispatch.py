"""Choice of the route that decomposes a group: the first one that applies.

A route decomposes R^n under generators, and R^n and R^m together under paired generators.  A new route is a new file
and one line in ``ROUTES``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import UnsupportedGroupError, as_nonnegative_int, invalid
from equivariety.groups import Permutation, PermutationGroup
from equivariety.groups.orbit_classes import OrbitClass, orbit_classes
from equivariety.groups.signed import SignedPermutation
from equivariety.groups.signed_group import SignedPermutationGroup
from equivariety.representations.abelian_orbits import abelian_orbits, commute
from equivariety.representations.adapted_orbits import AdaptedOrbits
from equivariety.representations.collapsed_spaces import collapsed_decomposition, collapsed_hom_space
from equivariety.representations.cyclic import CyclicDecomposition
from equivariety.representations.cyclic_hom import cyclic_hom_space
from equivariety.representations.decomposition import IsotypicDecomposition
from equivariety.representations.dense_orbits import dense_orbits
from equivariety.representations.fixed_points import beside_fixed_points
from equivariety.representations.hom import HomSpace
from equivariety.representations.orbit_spaces import decomposition_of, hom_space_of, joint_images
from equivariety.representations.semidirect_orbits import semidirect_orbits
from equivariety.representations.signed_decomposition import as_signed, signed_decomposition, signed_hom_space
from equivariety.representations.two_transitive_orbits import two_transitive_orbits
from equivariety.tolerances import DENSE_POINTS_BUDGET, SPECIAL_POINTS_MINIMUM

__all__ = ["ROUTES", "Route", "adapted_orbits", "decompose", "intertwine", "isotypic_decomposition"]


@dataclass(frozen=True, slots=True)
class Route:
    """One way to find adapted bases of the orbits of several generators.

    Attributes:
        name: what it is called in messages.
        adapt: takes images (g, n) of generators, none of them an identity or repeated, and a seed; returns None where
            the route does not apply.
    """

    name: str
    adapt: Callable[[IntArray, int], AdaptedOrbits | None]


def _fourier(images: IntArray, seed: int) -> AdaptedOrbits | None:
    return abelian_orbits(images) if commute(images) else None


def _semidirect(images: IntArray, seed: int) -> AdaptedOrbits | None:
    return beside_fixed_points(images, lambda rows: semidirect_orbits(rows) if _starts_long(rows) else None)


def _two_transitive(images: IntArray, seed: int) -> AdaptedOrbits | None:
    def adapt(rows: IntArray) -> AdaptedOrbits | None:
        classes = orbit_classes(rows) if _starts_long(rows) else ()
        return two_transitive_orbits(classes[0], seed) if len(classes) == 1 else None

    return beside_fixed_points(images, adapt)


def _starts_long(images: IntArray) -> bool:
    """Whether the orbit of point 0 is long; routes for long orbits need all orbits to be isomorphic."""
    seen, level = {0}, [0]
    while level and len(seen) <= SPECIAL_POINTS_MINIMUM:
        level = list(set(images[:, level].reshape(-1).tolist()) - seen)
        seen.update(level)
    return len(seen) > SPECIAL_POINTS_MINIMUM


def _numerical(images: IntArray, seed: int) -> AdaptedOrbits | None:
    classes = orbit_classes(images)
    points = sum(c.length for c in classes)
    return dense_orbits(classes, seed) if points <= DENSE_POINTS_BUDGET else None


ROUTES = (
    Route("Fourier transforms of commuting generators", _fourier),
    Route("Fourier transforms of a regular normal abelian subgroup", _semidirect),
    Route("one reflection for a 2-transitive action", _two_transitive),
    Route("one orbit of each class, numerically", _numerical),
)


def adapted_orbits(images: IntArray, seed: int) -> AdaptedOrbits:
    """Return the bases that the first route finds.

    Raises UnsupportedGroupError, which says the sizes and the budget, if no route applies.
    """
    found = _first_found(images, seed)
    if found is None:
        raise _refusal(orbit_classes(images))
    return found


def _first_found(images: IntArray, seed: int) -> AdaptedOrbits | None:
    return next((found for route in ROUTES if (found := route.adapt(images, seed)) is not None), None)


def _refusal(classes: Sequence[OrbitClass]) -> UnsupportedGroupError:
    reduced, longest = sum(c.length for c in classes), max(c.length for c in classes)
    return invalid(
        "group",
        f"abelian, or with at most {DENSE_POINTS_BUDGET} points in one orbit of each isomorphism class, or with "
        "isomorphic orbits and 2-transitive or with an abelian normal subgroup that is transitive on each orbit",
        f"{reduced} such points in {len(classes)} classes, the longest orbit of {longest}",
        "use a smaller action or an abelian subgroup; for invariant maps every group works",
        UnsupportedGroupError,
    )


def decompose(generators: Sequence[Any], n: int, seed: int = 0) -> IsotypicDecomposition:
    """Return the decomposition of R^n under generators, none of them an identity or repeated."""
    if any(isinstance(g, SignedPermutation) for g in generators):
        return signed_decomposition([as_signed(g) for g in generators], n, partial(adapted_orbits, seed=seed))
    if len(generators) <= 1:
        return CyclicDecomposition(generators[0] if generators else Permutation.identity(n))
    images = np.stack([g.images for g in generators])
    system = _first_found(images, seed)
    if system is not None:
        return decomposition_of(system, generators, n)
    classes = orbit_classes(images)
    collapsed = collapsed_decomposition(classes[0], generators, n, seed) if len(classes) == 1 else None
    if collapsed is None:
        raise _refusal(classes)
    return collapsed


def intertwine(pairs: Sequence[tuple[Any, Any]], n: int, m: int, seed: int = 0) -> HomSpace:
    """Return the maps R^n -> R^m that intertwine pairs of generators, none of them of two identities or repeated."""
    if any(isinstance(g, SignedPermutation) for pair in pairs for g in pair):
        signed = [(as_signed(s), as_signed(t)) for s, t in pairs]
        return signed_hom_space(signed, n, m, partial(adapted_orbits, seed=seed))
    if len(pairs) <= 1:
        return cyclic_hom_space(*(pairs[0] if pairs else (Permutation.identity(n), Permutation.identity(m))))
    same = n == m and all(s == t for s, t in pairs)
    images = np.stack([s.images for s, _ in pairs]) if same else joint_images(pairs, n, m)
    system = _first_found(images, seed)
    if system is not None:
        return hom_space_of(system, pairs, n, m)
    classes = orbit_classes(images)
    collapsed = collapsed_hom_space(classes[0], pairs, n, m, seed) if len(classes) == 1 else None
    if collapsed is None:
        raise _refusal(classes)
    return collapsed


def isotypic_decomposition(group: PermutationGroup | SignedPermutationGroup, *, seed: int = 0) -> IsotypicDecomposition:
    """Return the real isotypic decomposition of the permutation representation of ``group`` on R^n.

    R^n is the orthogonal sum of blocks V_i^{d_i}, V_i real irreducible with endomorphisms R, C or H.  For one
    generator the blocks are the characters (l, m) of the talk (Kohn, Sattelberger, Shahverdi, arXiv 2309.13736); for
    several they are named by field and dimension, "R1", "C2", "C2.2", ….  Random numbers of the ``seed`` pick a
    basis where there is a choice; blocks do not depend on them.

    Where orbits are too long for a basis but isomorphic and of low rank, the blocks are found all the same and the
    transforms of the result raise UnsupportedGroupError.

    Raises TypeError if ``group`` is not a PermutationGroup and UnsupportedGroupError (a ValueError) for groups whose
    orbits are too long for all routes.

    >>> import equivariety as ev
    >>> dec = ev.isotypic_decomposition(ev.groups.rotation(3))
    >>> [(b.label, b.multiplicity) for b in dec.blocks]
    [('(1,1)', 3), ('(4,3)', 2), ('(2,1)', 2)]
    >>> S3 = ev.PermutationGroup.from_cycles("(1 2 3)", "(1 2)", degree=3)
    >>> [(b.label, b.multiplicity) for b in ev.isotypic_decomposition(S3).blocks]
    [('R1', 1), ('R2', 1)]
    """
    if not isinstance(group, PermutationGroup | SignedPermutationGroup):
        raise invalid("group", "a PermutationGroup", group, "build one with PermutationGroup(generators)", TypeError)
    number = as_nonnegative_int("seed", seed)
    return decompose(group.reduced_generators, group.degree, number)
