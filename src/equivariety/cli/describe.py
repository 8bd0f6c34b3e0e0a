"""``equivariety describe``: the geometry card of a space of maps, as text, LaTeX, HTML or JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from equivariety.cli.inputs import check_destination
from equivariety.cli.options import SpaceOptions, whole
from equivariety.cli.output import print_json
from equivariety.errors import brief, invalid

__all__ = ["describe"]

_FORMATS = ("text", "latex", "html")
_FORMAT_OF = {".txt": "text", ".tex": "latex", ".html": "html", ".json": "json"}


def describe(
    space: SpaceOptions, outputs: str | None, kind: str | None, full: bool, as_json: bool, out: str | None
) -> None:
    """Answer the question, print it, and write it to the file ``out`` where one is given."""
    from equivariety import queries

    if space.group is None:
        raise invalid("--group", "given", "nothing", "add --group rotation:3, or another group")
    if kind is not None and kind not in _FORMATS:
        raise invalid("--format", "text, latex or html", brief(kind), "leave it out for text")
    if kind is not None and as_json:
        raise invalid("--format", "left out where --json is given", brief(kind), "give one of the two")
    if outputs is not None and not space.invariant:
        raise invalid("--outputs", "left out without --invariant", brief(outputs), "use --invariant --outputs 10")
    rank = whole("--rank", space.rank)
    check_destination(out, tuple(_FORMAT_OF), space.group, space.target_group)
    card = queries.describe_geometry(
        space.group,
        target_group=space.target_group,
        invariant=space.invariant,
        outputs=whole("--outputs", outputs),
        rank=rank,
        ranks=space.ranks,
        full=full,
    )
    if out is not None:
        from equivariety.files import write_atomically

        path = Path(out)
        write_atomically(path, f"{_written(card, _FORMAT_OF[path.suffix.lower()], full)}\n".encode())
    if as_json:
        print_json(queries.geometry_answer(card, full=full))
    else:
        print(_written(card, kind or "text", full))


def _written(card: Any, kind: str, full: bool) -> str:
    from equivariety import queries

    if kind == "json":
        answer = queries.geometry_answer(card, full=full)
        return json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False)
    if kind == "latex":
        return f"\\[\n{card.to_latex()}\n\\]"
    return card.to_html() if kind == "html" else str(card)
