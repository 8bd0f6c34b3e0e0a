"""The geometry of maps that a user describes in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from equivariety.queries.spaces import build_space, group_answer, parse_ranks

if TYPE_CHECKING:
    from equivariety.varieties import GeometryCard

__all__ = ["describe_geometry", "geometry_answer"]

#: Python's own readers of JSON refuse longer numbers unless they are told otherwise.
_LONGEST_NUMBER = 4300


def describe_geometry(
    group_text: str,
    *,
    target_group: str | None = None,
    invariant: bool = False,
    outputs: int | None = None,
    rank: int | None = None,
    ranks: str | None = None,
    full: bool = False,
) -> GeometryCard:
    """Return what is known about a space of maps and one of its components, as text, LaTeX, HTML and plain data.

    Args:
        group_text, target_group, invariant, outputs: the maps, as :func:`build_space` reads them.
        rank: bound on the real rank; None is that of ``ranks``, or no bound.
        ranks: ranks of the blocks, as :func:`parse_ranks` reads them; None takes the first component by descending
            dimension.
        full: write long integers with all digits, and lists with all entries.

    Besides the keys of a card of maps the facts have those of the group: ``group``, ``target_group``, ``invariant``,
    ``num_points``, ``generators``, ``num_generators`` and ``num_orbits``.

    Raises ValueError or TypeError for malformed or contradictory arguments, infeasible ranks, and groups without a
    decomposition route.

    >>> card = describe_geometry("rotation:3", rank=3)
    >>> [card.facts[key] for key in ("num_components", "num_components_complex", "degree", "ed_degree")]
    [5, 17, 30, 20]
    >>> card.facts["component"]["ranks"]
    {'(1,1)': 1, '(4,3)': 1, '(2,1)': 0}
    """
    from equivariety.varieties import GeometryCard, RankBoundedMaps

    chosen: Any = None if ranks is None else parse_ranks(ranks)
    bound = {"ranks": ranks} if rank is None else {"rank": rank}
    space: Any = build_space(group_text, target_group=target_group, invariant=invariant, outputs=outputs, **bound)
    if rank is None and chosen is not None:
        space = RankBoundedMaps(space.space.hom, space.rank)
    card = space.describe(chosen, full=full)
    group = {**group_answer(group_text), "target_group": target_group, "invariant": invariant}
    return GeometryCard({**card.facts, **group}, full=full)


def geometry_answer(card: GeometryCard, *, full: bool = False) -> dict[str, Any]:
    """Return the facts of a card for JSON: integers of more than 4,300 digits are None, unless ``full``.

    ``left_out`` says for which keys, and how long the integers are.

    >>> import equivariety as ev
    >>> answer = geometry_answer(ev.linear_maps(240, 240, rank=120).describe())
    >>> answer["degree"], answer["left_out"]["degree"]
    (None, 'it is ≈ 1.8e4908, 4,909 digits; --full gives all of them')
    """
    facts = card.facts
    if not full:
        _shorten(facts)
        _shorten(facts.get("component", {}))
    return facts


def _shorten(facts: dict[str, Any]) -> None:
    from equivariety.varieties.cards.numbers import number_text

    for key, value in facts.items():
        if isinstance(value, int) and abs(value) >= 10**_LONGEST_NUMBER:
            facts[key] = None
            facts["left_out"][key] = f"it is {number_text(value)}; --full gives all of them"
