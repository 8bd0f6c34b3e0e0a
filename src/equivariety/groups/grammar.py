"""Groups written as one line of text, for the command line and configuration files; nothing is evaluated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from equivariety.errors import brief, invalid
from equivariety.groups.constructions.induced_actions import on_pairs, on_subsets, on_tuples
from equivariety.groups.group import PermutationGroup
from equivariety.groups.named.classical_groups import alternating, polygon, psl27, rubik, symmetric
from equivariety.groups.named.images import cyclic, reflection, rotation, shift, trivial
from equivariety.groups.named.lattice_symmetries import (
    cube_rotations,
    cube_symmetries,
    dihedral,
    hypercube,
    torus,
    translations,
)
from equivariety.groups.named.sequences import reverse_complement
from equivariety.groups.text.generator_file import load_generators
from equivariety.tolerances import MAX_DEGREE

__all__ = ["parse_group"]


def _integer(text: str) -> int:
    # 18 digits are more than any size, axis or number of steps can use, and keep int() fast.
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise ValueError(f"{brief(text)} is not an integer of at most 18 digits")
    return int(text)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(map(_integer, text.split("x")))


def _size_or_sizes(text: str) -> int | tuple[int, ...]:
    sizes = _sizes(text)
    return sizes[0] if len(sizes) == 1 else sizes


def _pair(text: str) -> tuple[int, ...]:
    return tuple(map(_integer, text.split(",")))


def _generators(text: str) -> tuple[str, ...]:
    return tuple(text.split(";"))


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError(f"{brief(text)} is neither yes nor no")
    return text == "yes"


def _inner_group(text: str) -> PermutationGroup:
    """Return the group that an induced action starts from, which is not induced itself: no nesting without end."""
    name = text.partition(":")[0].strip()
    if name in _FORMS and _FORMS[name].is_induced:
        raise ValueError(f"{name} within an induced action")
    return _read(text)


def _size_and_group(text: str) -> tuple[int, PermutationGroup]:
    size, _, group = text.partition(":")
    return _integer(size.strip()), _inner_group(group)


def _from_cycles(texts: tuple[str, ...], degree: int) -> PermutationGroup:
    if len(texts) * degree > MAX_DEGREE:
        raise ValueError(f"{len(texts)} generators of {degree} points exceed {MAX_DEGREE} images")
    return PermutationGroup.from_cycles(*texts, degree=degree)


@dataclass(frozen=True)
class _Form:
    """One form ``name:subject:option=value...`` and how its parts are read; without a reader of options the
    subject is the rest of the text, verbatim, and without a reader of the subject the name is all there is."""

    example: str
    build: Callable[..., PermutationGroup]
    subject: Callable[[str], Any] | None
    options: Mapping[str, Callable[[str], Any]] | None = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    is_induced: bool = False


_AXIS = frozenset({"axis"})
_AXES = {"axes": _pair}

_FORMS: dict[str, _Form] = {
    "shift": _Form("shift:28x28:axis=1[:steps=2]", shift, _sizes, {"axis": _integer, "steps": _integer}, _AXIS),
    "rotation": _Form("rotation:28 or rotation:28x28x3[:axes=0,1]", rotation, _size_or_sizes, _AXES),
    "reflection": _Form("reflection:28x28:axis=1", reflection, _sizes, {"axis": _integer}, _AXIS),
    "translations": _Form("translations:28x28", translations, _sizes),
    "dihedral": _Form("dihedral:28 or dihedral:28x28x3[:axes=0,1]", dihedral, _size_or_sizes, _AXES),
    "torus": _Form("torus:28[:reflections=no]", torus, _integer, {"reflections": _yes_or_no}),
    "cube": _Form("cube:16", cube_rotations, _integer),
    "octahedral": _Form("octahedral:16", cube_symmetries, _integer),
    "cyclic": _Form("cyclic:12", cyclic, _integer),
    "polygon": _Form("polygon:12", polygon, _integer),
    "symmetric": _Form("symmetric:5", symmetric, _integer),
    "alternating": _Form("alternating:5", alternating, _integer),
    "hypercube": _Form("hypercube:6", hypercube, _integer),
    "psl27": _Form("psl27:7 or psl27:8", psl27, _integer),
    "rubik": _Form("rubik", rubik, None),
    "reverse-complement": _Form(
        "reverse-complement:3[:one-hot=yes]", reverse_complement, _integer, {"one-hot": _yes_or_no}
    ),
    "trivial": _Form("trivial:784", trivial, _integer),
    "pairs": _Form("pairs:GROUP", on_pairs, _inner_group, None, is_induced=True),
    "all-pairs": _Form(
        "all-pairs:GROUP", lambda group: on_pairs(group, distinct=False), _inner_group, None, is_induced=True
    ),
    "unordered-pairs": _Form(
        "unordered-pairs:GROUP", lambda group: on_pairs(group, ordered=False), _inner_group, None, is_induced=True
    ),
    "subsets": _Form("subsets:3:GROUP", lambda pair: on_subsets(*pair[::-1]), _size_and_group, None, is_induced=True),
    "tuples": _Form("tuples:3:GROUP", lambda pair: on_tuples(*pair[::-1]), _size_and_group, None, is_induced=True),
    "cycles": _Form(
        "cycles:(1 2);(3 4):degree=4", _from_cycles, _generators, {"degree": _integer}, frozenset({"degree"})
    ),
    "gap": _Form("gap:Group((1,2),(3,4))[:degree=4]", PermutationGroup.from_gap, str, {"degree": _integer}),
    "file": _Form("file:generators.npy", PermutationGroup, load_generators, None),
}


def parse_group(text: str, argument: str = "text") -> PermutationGroup:
    """Return the group that a line of text describes; messages call it ``argument``.

    Symmetries of images and volumes: ``shift:28x28:axis=1`` (optionally ``:steps=2``), ``translations:28x28``,
    ``rotation:28``, ``rotation:28x28x3:axes=0,1``, ``reflection:28x28:axis=1``, ``dihedral:28`` (with ``:axes=``),
    ``torus:28`` (p4m, or p4 with ``:reflections=no``), ``cube:16`` (24 rotations) and ``octahedral:16`` (all 48).
    Groups on points: ``cyclic:12``, ``polygon:12``, ``symmetric:5``, ``alternating:5``, ``hypercube:6``, ``psl27:8``,
    ``rubik``, ``reverse-complement:3`` (or ``:one-hot=yes``) and ``trivial:784``.
    Actions induced by any of the others: ``pairs:symmetric:5`` (ordered, distinct entries), ``all-pairs:...``,
    ``unordered-pairs:...``, ``subsets:3:...`` and ``tuples:3:...``.
    Any generators: ``cycles:(1 3 4)(2 5):degree=5`` (1-based, generators separated by ``;``),
    ``gap:Group((1,2),(3,4))`` and ``file:gens.npy`` (an integer array (g, n) or (n,), 0-based; the rest of the text is
    the path).

    Anything else raises a ValueError that quotes the text and lists the forms; a degree above
    ``tolerances.MAX_DEGREE`` is refused before memory is taken.

    >>> parse_group("cycles:(1 3 4)(2 5):degree=5").order()
    6
    >>> parse_group("shift:28x28:axis=1").n_orbits
    28
    >>> parse_group("unordered-pairs:symmetric:5").degree
    10
    """
    if not isinstance(text, str):
        raise _refuse(argument, text, "not a str", TypeError)
    try:
        return _read(text)
    except (ValueError, TypeError) as problem:
        raise _refuse(argument, text, str(problem)) from problem


def _read(text: str) -> PermutationGroup:
    """Return the group; a ValueError or TypeError gives the reason alone."""
    name, colon, rest = text.partition(":")
    form = _FORMS.get(name.strip())
    if form is None:
        raise ValueError(f"no group is named {brief(name)}")
    if form.subject is None:
        if colon:
            raise ValueError(f"something follows {brief(name)}")
        return form.build()
    if not colon:
        raise ValueError(f"nothing follows {brief(name)}")
    if form.options is None:
        return form.build(form.subject(rest))
    subject, *options = (part.strip() for part in rest.split(":"))
    return form.build(form.subject(subject), **_read_options(form, form.options, options))


def _read_options(form: _Form, readers: Mapping[str, Callable[[str], Any]], texts: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for text in texts:
        key, _, value = text.partition("=")
        if key not in readers:
            raise ValueError(f"unknown option {brief(text)}")
        if key.replace("-", "_") in values:
            raise ValueError(f"the option {key} is given twice")
        values[key.replace("-", "_")] = readers[key](value)
    missing = sorted(form.required - values.keys())
    if missing:
        raise ValueError(f"the option {missing[0]}= is missing")
    return values


def _refuse(
    argument: str, text: object, reason: str, kind: type[ValueError] | type[TypeError] = ValueError
) -> Exception:
    forms = ", ".join(form.example for form in _FORMS.values())
    return invalid(argument, "a group", f"{brief(text)} ({reason})", f"use one of the forms {forms}", kind)
