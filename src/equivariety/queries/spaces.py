"""Spaces of maps from the words of a user, and what is known about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from equivariety.errors import brief, invalid

if TYPE_CHECKING:
    from equivariety.varieties import Component, RankBoundedMaps

__all__ = ["build_space", "describe_space", "group_answer", "parse_ranks"]

_MOST_GENERATORS = 8
_LONGEST_CYCLES = 80

#: Cycle notation of generators on more points than this is not written out.
_LARGEST_CYCLE_DEGREE = 10_000


def describe_space(group_text: str, rank: int | None = None) -> dict[str, Any]:
    """Return what is known about the maps that commute with a group and have bounded rank, as plain data.

    Args:
        group_text: a group in the notation of :func:`equivariety.groups.parse_group`, such as "shift:28x28:axis=1".
        rank: bound on the real rank, None for no bound; larger than possible is clamped.

    Returns a dict with ``group``, ``degree``, ``generators`` (1-based cycle notation, shortened; at most eight),
    ``num_generators``, ``num_orbits``, ``rank``, ``dim`` (real dimension of the union of all components),
    ``num_components``, ``num_components_exact_rank`` (those that contain a map of rank exactly ``rank``),
    ``num_blocks``, ``blocks`` (at most 64: ``label``, ``field``, ``irrep_dim``, ``multiplicity``, ``max_rank``) and
    ``certificate`` of the decomposition, None where only blocks are known.

    Raises ValueError or TypeError for a malformed group or rank and for groups without a decomposition route.

    >>> answer = describe_space("shift:28x28:axis=1", rank=99)
    >>> answer["num_components_exact_rank"], answer["num_blocks"], answer["certificate"]["ok"]
    (72425986088826, 15, True)
    """
    from equivariety.groups import parse_group
    from equivariety.varieties import equivariant_maps
    from equivariety.varieties.cards.facts import space_facts

    facts = space_facts(equivariant_maps(parse_group(group_text, "group"), rank=rank))
    group = group_answer(group_text)
    keys = ("rank", "dim", "num_components", "num_components_exact_rank", "num_blocks")
    about_blocks = ("label", "field", "irrep_dim", "multiplicity", "max_rank")
    return {
        "group": group["group"],
        "degree": group["num_points"],
        **{key: group[key] for key in ("generators", "num_generators", "num_orbits")},
        **{key: facts[key] for key in keys},
        "blocks": [{key: block[key] for key in about_blocks} for block in facts["blocks"]],
        "certificate": facts["certificate"],
    }


def group_answer(group_text: str) -> dict[str, Any]:
    """Return what is known about a group without its blocks.

    Keys: ``group``, the text; ``num_points``, ``generators`` (1-based cycle notation, shortened; at most eight),
    ``num_generators`` and ``num_orbits``.  Raises ValueError or TypeError for a malformed group.

    >>> group_answer("cycles:(1 3 4)(2 5):degree=6")["num_orbits"]
    3
    """
    from equivariety.groups import parse_group

    group = parse_group(group_text, "group")
    return {
        "group": group_text,
        "num_points": group.degree,
        "generators": [_cycles(sigma) for sigma in group.generators[:_MOST_GENERATORS]],
        "num_generators": group.n_generators,
        "num_orbits": group.n_orbits,
    }


def build_space(
    group_text: str,
    *,
    target_group: str | None = None,
    invariant: bool = False,
    inputs: int | None = None,
    outputs: int | None = None,
    rank: int | None = None,
    ranks: str | None = None,
) -> RankBoundedMaps | Component:
    """Return the maps that a user describes in words, as one family or, with ``ranks``, as one component.

    Args:
        group_text: the group on the inputs, in the notation of :func:`equivariety.groups.parse_group`.
        target_group: the group on the outputs, paired with it generator by generator; None is the same action.
        invariant: the group does nothing to the outputs.
        inputs: number of inputs, where data fix it: compared with the group.
        outputs: number of outputs, where data fix it: compared with the group, and needed for invariant maps.
        rank: bound on the real rank; None is no bound.
        ranks: ranks of the blocks, as :func:`parse_ranks` reads them, instead of ``rank``.

    Raises ValueError or TypeError for malformed or contradictory arguments and for groups without a decomposition
    route.

    >>> build_space("shift:28x28:axis=1", ranks="(1,1)=13,(28,27)=10")
    Component(shape=(784, 784), rank=33, ranks={'(1,1)': 13, '(28,27)': 10})
    >>> build_space("rotation:3", invariant=True, outputs=4, rank=2).shape
    (4, 9)
    """
    from equivariety.groups import parse_group
    from equivariety.varieties import equivariant_maps, invariant_maps

    if rank is not None and ranks is not None:
        raise invalid("ranks", "left out where a bound on the rank is given", brief(ranks), "give one of the two")
    if invariant and target_group is not None:
        raise invalid("target_group", "left out for invariant maps", brief(target_group), "give one of the two")
    given: Any = None if ranks is None else parse_ranks(ranks)
    group = parse_group(group_text, "group")
    if inputs not in (None, group.degree):
        got = f"{brief(group_text)}, on {group.degree} points"
        raise invalid("group", f"a group on the {inputs} inputs", got, "give it one point per column of the data")
    if invariant:
        if outputs is None:
            raise invalid("outputs", "given for invariant maps", "none", "say how many outputs the maps have")
        space = invariant_maps(group, outputs=outputs, rank=rank)
    else:
        target = group if target_group is None else parse_group(target_group, "target_group")
        if outputs not in (None, target.degree):
            if target_group is None:
                fix = f"name the group that acts on the {outputs} outputs, or ask for invariant maps"
                required = f"given where {group.degree} inputs go to {outputs} outputs"
                raise invalid("target_group", required, "none", fix)
            got = f"{brief(target_group)}, on {target.degree} points"
            raise invalid("target_group", f"a group on the {outputs} outputs", got, "give it one point per output")
        space = equivariant_maps(group, target, rank=rank)
    return space if given is None else space.stratum(given)


def parse_ranks(text: str) -> dict[str, int] | list[int]:
    """Return the ranks of blocks that a line of text names: a dict by label, or a list in the order of the blocks.

    Raises ValueError for anything else than "(1,1)=2,(28,27)=3", "R1=2,R1.2=1" or "2,3,0", and for labels that come
    twice.

    >>> parse_ranks("(1,1)=2, (28,27)=3"), parse_ranks("R1=2,R1.2=1"), parse_ranks("2,3,0")
    ({'(1,1)': 2, '(28,27)': 3}, {'R1': 2, 'R1.2': 1}, [2, 3, 0])
    """
    item = r"\s*(\([^()]*\)|[A-Za-z][\w.]*)\s*=\s*([0-9]{1,18})\s*"
    if re.fullmatch(rf"{item}(,{item})*", text):
        pairs = [(label.replace(" ", ""), int(rank)) for label, rank in re.findall(item, text)]
        named = [label for label, _ in pairs]
        for label in named:
            if named.count(label) > 1:
                raise invalid("ranks", "a list that names each block once", f"{label} twice", "drop one")
        return dict(pairs)
    if re.fullmatch(r"\s*[0-9]{1,18}\s*(,\s*[0-9]{1,18}\s*)*", text):
        return [int(part) for part in text.split(",")]
    required = "ranks of blocks, such as (1,1)=2,(28,27)=3, or one rank per block, such as 2,3,0"
    raise invalid("ranks", required, brief(text), "see `equivariety info --group ...` for the blocks")


def _cycles(sigma: Any) -> str:
    if sigma.degree > _LARGEST_CYCLE_DEGREE:
        return f"a permutation with {sigma.cycles.n_cycles} cycles"
    text: str = sigma.cycle_text
    return text if len(text) <= _LONGEST_CYCLES else text[: _LONGEST_CYCLES - 1] + "…"
