"""Groups written as one line of text, for the command line and configuration files; nothing is evaluated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from equivariety.errors import brief, invalid
from equivariety.groups.generator_file import load_generators
from equivariety.groups.group import PermutationGroup
from equivariety.groups.images import cyclic, reflection, rotation, shift, trivial
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


def _from_cycles(texts: tuple[str, ...], degree: int) -> PermutationGroup:
    if len(texts) * degree > MAX_DEGREE:
        raise ValueError(f"{len(texts)} generators of {degree} points exceed {MAX_DEGREE} images")
    return PermutationGroup.from_cycles(*texts, degree=degree)


@dataclass(frozen=True)
class _Form:
    """One form ``name:subject:option=value...`` and how its parts are read; without a reader of options the
    subject is the rest of the text, verbatim."""

    example: str
    build: Callable[..., PermutationGroup]
    subject: Callable[[str], Any]
    options: Mapping[str, Callable[[str], Any]] | None = field(default_factory=dict)
    required: frozenset[str] = frozenset()


_FORMS: dict[str, _Form] = {
    "shift": _Form(
        "shift:28x28:axis=1[:steps=2]", shift, _sizes, {"axis": _integer, "steps": _integer}, frozenset({"axis"})
    ),
    "rotation": _Form("rotation:28 or rotation:28x28x3[:axes=0,1]", rotation, _size_or_sizes, {"axes": _pair}),
    "reflection": _Form("reflection:28x28:axis=1", reflection, _sizes, {"axis": _integer}, frozenset({"axis"})),
    "cyclic": _Form("cyclic:12", cyclic, _integer),
    "trivial": _Form("trivial:784", trivial, _integer),
    "cycles": _Form(
        "cycles:(1 2);(3 4):degree=4", _from_cycles, _generators, {"degree": _integer}, frozenset({"degree"})
    ),
    "file": _Form("file:generators.npy", PermutationGroup, load_generators, None),
}


def parse_group(text: str, argument: str = "text") -> PermutationGroup:
    """Return the group that a line of text describes; messages call it ``argument``.

    Forms: ``shift:28x28:axis=1`` (optionally ``:steps=2``), ``rotation:28``, ``rotation:28x28x3:axes=0,1``,
    ``reflection:28x28:axis=1``, ``cyclic:12``, ``trivial:784``, ``cycles:(1 3 4)(2 5):degree=5`` (1-based,
    generators separated by ``;``) and ``file:gens.npy`` (an integer array (g, n) or (n,), 0-based; the rest of the
    text is the path).  Anything else raises a ValueError that quotes the text and lists the forms; a degree above
    ``tolerances.MAX_DEGREE`` is refused before memory is taken.

    >>> parse_group("cycles:(1 3 4)(2 5):degree=5").order()
    6
    >>> parse_group("shift:28x28:axis=1").n_orbits
    28
    """
    if not isinstance(text, str):
        raise _refuse(argument, text, "not a str", TypeError)
    name, colon, rest = text.partition(":")
    form = _FORMS.get(name.strip())
    if form is None or not colon:
        reason = f"no group is named {brief(name)}" if form is None else f"nothing follows {brief(name)}"
        raise _refuse(argument, text, reason)
    try:
        if form.options is None:
            return form.build(form.subject(rest))
        subject, *options = (part.strip() for part in rest.split(":"))
        return form.build(form.subject(subject), **_read_options(form, form.options, options))
    except (ValueError, TypeError) as problem:
        raise _refuse(argument, text, str(problem)) from problem


def _read_options(form: _Form, readers: Mapping[str, Callable[[str], Any]], texts: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for text in texts:
        key, _, value = text.partition("=")
        if key not in readers:
            raise ValueError(f"unknown option {brief(text)}")
        if key in values:
            raise ValueError(f"the option {key} is given twice")
        values[key] = readers[key](value)
    missing = sorted(form.required - values.keys())
    if missing:
        raise ValueError(f"the option {missing[0]}= is missing")
    return values


def _refuse(
    argument: str, text: object, reason: str, kind: type[ValueError] | type[TypeError] = ValueError
) -> Exception:
    forms = ", ".join(form.example for form in _FORMS.values())
    return invalid(argument, "a group", f"{brief(text)} ({reason})", f"use one of the forms {forms}", kind)
