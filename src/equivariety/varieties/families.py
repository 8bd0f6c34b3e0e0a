"""The three families of the talk, one construction: Hom_G(source, target) with a rank bound."""

from __future__ import annotations

from equivariety.errors import as_nonnegative_int, brief, check_flag, invalid
from equivariety.groups import PermutationGroup, trivial
from equivariety.groups.signed_group import AnyGroup, SignedPermutationGroup
from equivariety.representations import hom_space, invariant_hom_space
from equivariety.tolerances import MAX_DEGREE
from equivariety.varieties.rank_bounded import RankBoundedMaps

__all__ = ["equivariant_maps", "invariant_maps", "linear_maps"]


def equivariant_maps(
    group: AnyGroup,
    target: AnyGroup | None = None,
    *,
    rank: int | None = None,
    strict: bool = False,
    seed: int = 0,
) -> RankBoundedMaps:
    """Return the maps M with M P_sigma = P_tau M for all paired generators, of rank at most ``rank``.

    Args:
        group: acts on the n inputs.
        target: acts on the m outputs, generator by generator with ``group``; None means the same action.
        rank: bound on the real rank; larger values are clamped, None is no bound.
        strict: raise instead of warn when pairing the generators enlarges the acting group, and raise where that
            cannot be decided within ``tolerances.PAIRING_SECONDS``.
        seed: integer >= 0 that picks the bases of the blocks where there is a choice; nothing else depends on it.

    Raises TypeError for other types, ValueError for a bad rank or unpaired generators, and UnsupportedGroupError
    where orbits are too long for all routes.

    >>> import equivariety as ev
    >>> E = ev.equivariant_maps(ev.groups.rotation(3), rank=3)
    >>> E.shape, E.rank, [(b.label, b.field, b.rows) for b in E.blocks]
    ((9, 9), 3, [('(1,1)', 'R', 3), ('(4,3)', 'C', 2), ('(2,1)', 'R', 2)])
    """
    for name, value in (("group", group), ("target", group if target is None else target)):
        if not isinstance(value, PermutationGroup | SignedPermutationGroup):
            raise invalid(name, "a PermutationGroup", value, "build one with PermutationGroup(generators)", TypeError)
    check_flag("strict", strict, "leave it out to be warned only")
    return RankBoundedMaps(hom_space(group, group if target is None else target, strict=strict, seed=seed), rank)


def invariant_maps(group: AnyGroup, *, outputs: int, rank: int | None = None) -> RankBoundedMaps:
    """Return the (outputs, n) maps M with M P = M for all of ``group``, of rank at most ``rank``.

    One real block, outputs x k with k the number of orbits; any number of generators.  Isomorphic to the
    determinantal variety of outputs x k matrices (arXiv 2309.13736, proposition on I^G).  Raises TypeError or
    ValueError for bad arguments.

    >>> import equivariety as ev
    >>> I = ev.invariant_maps(ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5), outputs=2, rank=1)
    >>> I.shape, [(b.rows, b.cols) for b in I.blocks], I.dim
    ((2, 5), [(2, 2)], 3)
    """
    if not isinstance(group, PermutationGroup | SignedPermutationGroup):
        raise invalid("group", "a PermutationGroup", group, "build one with PermutationGroup(generators)", TypeError)
    return RankBoundedMaps(invariant_hom_space(group, _size("outputs", outputs)), rank)


def linear_maps(m: int, n: int, *, rank: int | None = None) -> RankBoundedMaps:
    """Return all (m, n) matrices of rank at most ``rank``: the determinantal variety, for the trivial group.

    Raises ValueError unless m and n are integers >= 1.

    >>> D = linear_maps(3, 4, rank=2)
    >>> D.dim, D.num_components()
    (10, 1)
    """
    return RankBoundedMaps(hom_space(trivial(_size("n", n)), trivial(_size("m", m))), rank)


def _size(name: str, value: int) -> int:
    size = as_nonnegative_int(name, value)
    if size == 0:
        raise invalid(name, "an integer >= 1", value, "give the number of coordinates")
    if size > MAX_DEGREE:
        raise invalid(name, f"at most {MAX_DEGREE}", brief(size), "take fewer coordinates")
    return size
