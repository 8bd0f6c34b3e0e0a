"""Two groups that act together, generator by generator: which maps respect both actions."""

from __future__ import annotations

from typing import Any

from equivariety.errors import as_nonnegative_int, invalid
from equivariety.groups import Permutation, PermutationGroup
from equivariety.groups.signed import SignedPermutation
from equivariety.groups.signed_group import AnyGroup, SignedPermutationGroup
from equivariety.representations.cyclic.cyclic_hom import cyclic_hom_space
from equivariety.representations.dispatch import intertwine
from equivariety.representations.enlargement import check_enlargement
from equivariety.representations.maps.hom import HomSpace

__all__ = ["hom_space", "invariant_hom_space"]


def hom_space(source: AnyGroup, target: AnyGroup, *, strict: bool = False, seed: int = 0) -> HomSpace:
    """Return the maps that intertwine the generators of ``source`` and ``target`` one by one.

    A trivial group pairs with anything.  If pairing makes a group larger than both, a map must respect relations
    that the user may not have meant: a UserWarning says the orders, or those of elements that show it.  With
    ``strict=True`` that is a ValueError, and so is a pairing that is not proved to be harmless, by orbital labels or
    by orders within ``tolerances.PAIRING_SECONDS``.  Random numbers of the ``seed`` pick bases where there is a choice.

    >>> import equivariety as ev
    >>> hom_space(ev.groups.cyclic(3), ev.groups.trivial(2)).dim
    2
    """
    return _paired(source, target, strict=strict, check=True, seed=as_nonnegative_int("seed", seed))


def hom_space_unchecked(source: AnyGroup, target: AnyGroup, seed: int = 0) -> HomSpace:
    """Return :func:`hom_space` without a word about the orders, for pairs that were accepted before."""
    return _paired(source, target, strict=False, check=False, seed=seed)


def _paired(source: AnyGroup, target: AnyGroup, *, strict: bool, check: bool, seed: int) -> HomSpace:
    count = max((g.n_generators for g in (source, target) if not g.is_trivial), default=0)
    left, right = _padded(source, count), _padded(target, count)
    if len(left) != len(right):
        raise invalid(
            "target",
            f"a group with {source.n_generators} generators, paired with those of the source",
            f"{target.n_generators} generators",
            "list one target generator for each source generator",
        )
    moving = ((s, t) for s, t in zip(left, right, strict=True) if not (s.is_identity and t.is_identity))
    pairs = list(dict.fromkeys(moving))
    if check:
        check_enlargement(pairs, strict=strict)
    return intertwine(pairs, source.degree, target.degree, seed)


def invariant_hom_space(source: AnyGroup, outputs: int) -> HomSpace:
    """Return the maps R^n -> R^outputs with M P = M for all generators: the trivial block alone.

    Any list of generators has the invariants of one permutation whose cycles are the orbits.

    >>> import equivariety as ev
    >>> invariant_hom_space(ev.PermutationGroup.from_cycles("(1 2)", "(2 3)", degree=4), 5).dim
    10
    """
    if isinstance(source, SignedPermutationGroup):
        both = _paired(source, SignedPermutationGroup([], degree=outputs), strict=False, check=False, seed=0)
        return HomSpace(both.source, both.target, both.matches[:1], outputs * both.blocks[0].cols, only_trivial=True)
    return cyclic_hom_space(source.invariance_generator, Permutation.identity(outputs), only_trivial=True)


def _padded(group: AnyGroup, count: int) -> list[Any]:
    if group.is_trivial:
        kind = Permutation if isinstance(group, PermutationGroup) else SignedPermutation
        return [kind.identity(group.degree)] * count
    return list(group.generators)
