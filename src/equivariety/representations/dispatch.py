"""Choice of the route that decomposes a group: the first one that applies.

One generator has characters of its own; signed generators act on twice as many points.  For several generators a
route finds adapted bases of their orbits, for R^n alone or for R^n and R^m together: a new one is a new file, and a
function here with a place in ``ROUTES``.  Where no route applies, blocks may still be counted without a basis.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import UnsupportedGroupError, as_nonnegative_int, invalid
from equivariety.groups import Permutation, PermutationGroup
from equivariety.groups.orbits.orbit_classes import OrbitClass, orbit_classes
from equivariety.groups.orbits.partitions import commute
from equivariety.groups.signed import SignedPermutation, as_signed
from equivariety.groups.signed_group import SignedPermutationGroup
from equivariety.representations.cyclic.cyclic_decomposition import CyclicDecomposition
from equivariety.representations.cyclic.cyclic_hom import cyclic_hom_space
from equivariety.representations.decomposition import IsotypicDecomposition
from equivariety.representations.maps.hom import HomSpace
from equivariety.representations.orbits.adapted_orbits import AdaptedOrbits
from equivariety.representations.orbits.fixed_points import beside_fixed_points
from equivariety.representations.orbits.orbit_spaces import decomposition_of, hom_space_of, joint_images
from equivariety.representations.orbits.signed_decomposition import signed_decomposition, signed_hom_space
from equivariety.representations.routes.abelian_orbits import abelian_orbits
from equivariety.representations.routes.collapsed import CollapsedIrreducible
from equivariety.representations.routes.collapsed_spaces import (
    collapsed_decomposition,
    collapsed_hom_space,
    irreducibles_of,
)
from equivariety.representations.routes.dense_orbits import dense_orbits
from equivariety.representations.routes.semidirect_orbits import semidirect_orbits
from equivariety.representations.routes.two_transitive_orbits import two_transitive_orbits
from equivariety.tolerances import COLLAPSED_RANK_BUDGET, DENSE_POINTS_BUDGET, SPECIAL_POINTS_MINIMUM

__all__ = ["ROUTES", "Action", "adapted_orbits", "decompose", "intertwine", "isotypic_decomposition"]


@dataclass(frozen=True, eq=False)
class Action:
    """Several generators of an action on n points, and what more than one route asks about them.

    Attributes:
        images: their images, shape (g, n), none of them an identity or repeated.
        seed: for the random numbers of a route.
    """

    images: IntArray
    seed: int = 0

    @cached_property
    def classes(self) -> tuple[OrbitClass, ...]:
        """The classes of isomorphic orbits."""
        return orbit_classes(self.images)


def _fourier(action: Action) -> AdaptedOrbits | None:
    return abelian_orbits(action.images) if commute(action.images) else None


def _semidirect(action: Action) -> AdaptedOrbits | None:
    def adapt(images: IntArray) -> AdaptedOrbits | None:
        return semidirect_orbits(images) if _starts_long(images) else None

    return beside_fixed_points(action.images, adapt)


def _two_transitive(action: Action) -> AdaptedOrbits | None:
    def adapt(images: IntArray) -> AdaptedOrbits | None:
        classes = orbit_classes(images) if _starts_long(images) else ()
        return two_transitive_orbits(classes[0], action.seed) if len(classes) == 1 else None

    return beside_fixed_points(action.images, adapt)


def _starts_long(images: IntArray) -> bool:
    """Whether the orbit of point 0 is long; routes for long orbits need all orbits to be isomorphic."""
    seen, level = {0}, [0]
    while level and len(seen) <= SPECIAL_POINTS_MINIMUM:
        level = list(set(images[:, level].reshape(-1).tolist()) - seen)
        seen.update(level)
    return len(seen) > SPECIAL_POINTS_MINIMUM


def _numerical(action: Action) -> AdaptedOrbits | None:
    points = sum(c.length for c in action.classes)
    return dense_orbits(action.classes, action.seed) if points <= DENSE_POINTS_BUDGET else None


#: What finds adapted bases of the orbits of several generators: the first that does not return None is taken.
ROUTES: tuple[Callable[[Action], AdaptedOrbits | None], ...] = (_fourier, _semidirect, _two_transitive, _numerical)


def adapted_orbits(images: IntArray, seed: int) -> AdaptedOrbits:
    """Return the bases that the first route finds.

    Raises UnsupportedGroupError, which says the sizes and the budget, if no route applies.
    """
    action = Action(images, seed)
    found = _first_found(action)
    if found is None:
        raise _refusal(action)
    return found


def _first_found(action: Action) -> AdaptedOrbits | None:
    return next((found for route in ROUTES if (found := route(action)) is not None), None)


def _collapsed(action: Action) -> tuple[CollapsedIrreducible, ...]:
    """The irreducibles without a basis, where no route gives one; raises UnsupportedGroupError if these fail, too."""
    found = irreducibles_of(action.classes[0], action.seed) if len(action.classes) == 1 else None
    if found is None:
        raise _refusal(action)
    return found


def _refusal(action: Action) -> UnsupportedGroupError:
    reduced, longest = sum(c.length for c in action.classes), max(c.length for c in action.classes)
    return invalid(
        "group",
        f"abelian, or with at most {DENSE_POINTS_BUDGET} points in one orbit of each isomorphism class, or with "
        "isomorphic orbits and 2-transitive or with an abelian normal subgroup that is transitive on each orbit; for "
        f"blocks and counts alone also with one class of at most {COLLAPSED_RANK_BUDGET} orbitals",
        f"{reduced} such points in {len(action.classes)} classes, the longest orbit of {longest}",
        "use a smaller action or an abelian subgroup; for invariant maps every group works",
        UnsupportedGroupError,
    )


def decompose(generators: Sequence[Any], n: int, seed: int = 0) -> IsotypicDecomposition:
    """Return the decomposition of R^n under generators, none of them an identity or repeated."""
    if any(isinstance(g, SignedPermutation) for g in generators):
        return signed_decomposition([as_signed(g) for g in generators], n, partial(adapted_orbits, seed=seed))
    if len(generators) <= 1:
        return CyclicDecomposition(generators[0] if generators else Permutation.identity(n))
    action = Action(np.stack([g.images for g in generators]), seed)
    system = _first_found(action)
    if system is not None:
        return decomposition_of(system, generators, n)
    return collapsed_decomposition(_collapsed(action), action.classes[0].length, generators, n)


def intertwine(pairs: Sequence[tuple[Any, Any]], n: int, m: int, seed: int = 0) -> HomSpace:
    """Return the maps R^n -> R^m that intertwine pairs of generators, none of them of two identities or repeated."""
    if any(isinstance(g, SignedPermutation) for pair in pairs for g in pair):
        signed = [(as_signed(s), as_signed(t)) for s, t in pairs]
        return signed_hom_space(signed, n, m, partial(adapted_orbits, seed=seed))
    if len(pairs) <= 1:
        return cyclic_hom_space(*(pairs[0] if pairs else (Permutation.identity(n), Permutation.identity(m))))
    same = n == m and all(s == t for s, t in pairs)
    action = Action(np.stack([s.images for s, _ in pairs]) if same else joint_images(pairs, n, m), seed)
    system = _first_found(action)
    if system is not None:
        return hom_space_of(system, pairs, n, m)
    return collapsed_hom_space(_collapsed(action), action.classes[0].length, pairs, n, m)


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
