"""Two groups that act together, generator by generator: which maps respect both actions."""

from __future__ import annotations

import warnings
from math import lcm

from equivariety.errors import invalid
from equivariety.groups import Permutation, PermutationGroup
from equivariety.representations.cyclic_hom import cyclic_hom_space
from equivariety.representations.dispatch import route_for
from equivariety.representations.hom import HomSpace

__all__ = ["hom_space", "invariant_hom_space"]


def hom_space(source: PermutationGroup, target: PermutationGroup, *, strict: bool = False) -> HomSpace:
    """Return the maps that intertwine the generators of ``source`` and ``target`` one by one.

    A trivial group pairs with anything.  If pairing makes a group larger than both, a map must respect relations
    that the user may not have meant: a UserWarning says the orders, or ValueError with ``strict=True``.

    >>> import equivariety as ev
    >>> hom_space(ev.groups.cyclic(3), ev.groups.trivial(2)).dim
    2
    """
    return _paired(source, target, strict=strict, check=True)


def hom_space_unchecked(source: PermutationGroup, target: PermutationGroup) -> HomSpace:
    """Return :func:`hom_space` without a word about the orders, for pairs that were accepted before."""
    return _paired(source, target, strict=False, check=False)


def _paired(source: PermutationGroup, target: PermutationGroup, *, strict: bool, check: bool) -> HomSpace:
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
    route = route_for(pairs)
    if check and len(pairs) == 1:
        _check_enlargement(*pairs[0], strict=strict)
    return route.intertwine(pairs, source.degree, target.degree)


def invariant_hom_space(source: PermutationGroup, outputs: int) -> HomSpace:
    """Return the maps R^n -> R^outputs with M P = M for all generators: the trivial block alone.

    Any list of generators has the invariants of one permutation whose cycles are the orbits.

    >>> import equivariety as ev
    >>> invariant_hom_space(ev.PermutationGroup.from_cycles("(1 2)", "(2 3)", degree=4), 5).dim
    10
    """
    return cyclic_hom_space(source.invariance_generator, Permutation.identity(outputs), only_trivial=True)


def _check_enlargement(s: Permutation, t: Permutation, *, strict: bool) -> None:
    """Warn, or raise, when the group of the pair is larger than the groups on both sides."""
    joint = lcm(s.order, t.order)
    if joint > max(s.order, t.order):
        message = (
            f"pairing the generators gives a group of order {joint}, larger than the orders {s.order} and {t.order} "
            "of its two actions: only maps that respect all of it are considered"
        )
        if strict:
            raise invalid("target", "an action of the source group", message, "pair generators of matching order")
        warnings.warn(message, UserWarning, stacklevel=5)


def _padded(group: PermutationGroup, count: int) -> list[Permutation]:
    if group.is_trivial:
        return [Permutation.identity(group.degree)] * count
    return list(group.generators)
