"""Groups in the notation of GAP, read strictly: the text is taken apart and never evaluated."""

from __future__ import annotations

import re
from collections.abc import Sequence

from equivariety._typing import IntArray
from equivariety.errors import brief, invalid
from equivariety.groups._checks import as_degree, check_room
from equivariety.groups.permutation import Permutation
from equivariety.groups.text.cycle_text import parse_cycles

__all__ = ["from_gap", "to_gap"]

_REQUIRED = "a permutation group as GAP prints it, such as 'Group([ (1,2,3)(4,5), (1,2) ])'"


def to_gap(generators: Sequence[Permutation]) -> str:
    """Return ``Group([...])`` with the generators in 1-based cycle notation, ``Group(())`` without any.

    >>> to_gap([Permutation([1, 0, 3, 2])])
    'Group([(1,2)(3,4)])'
    """
    texts = [p.cycle_text.replace(" ", ",") for p in generators]
    return f"Group([{', '.join(texts)}])" if texts else "Group(())"


def from_gap(text: str, degree: int | None = None) -> list[IntArray]:
    """Return the images of the generators in ``Group(...)`` or ``Group([...])``, each of shape (degree,), 0-based.

    The degree is the largest point unless given.  A line that GAP broke with a backslash is joined again.  Any other
    text raises a ValueError, text that is not a str a TypeError; the time is linear in the text and the images.

    >>> [images.tolist() for images in from_gap("Group((1,2)(3,4), (1,3))")]
    [[1, 0, 3, 2], [2, 1, 0, 3]]
    """
    if not isinstance(text, str):
        raise invalid("text", _REQUIRED, text, "pass the text that GAP prints", TypeError)
    # Blanks separate nothing in GAP; two numbers with only a blank between them would become another number.
    split = re.search(r"[0-9]\s+[0-9]", joined := text.replace("\\\n", ""))
    compact = "".join(joined.split())
    inner = compact.removeprefix("Group(").removesuffix(")")
    if split or not inner or len(inner) != len(compact) - len("Group()"):
        reason = "a blank between two numbers" if split else "no Group(...)"
        raise _refuse(text, reason)
    if inner.startswith("[") and inner.endswith("]"):
        inner = inner[1:-1]
    wrong = re.search(r"[^0-9(),]", inner)
    if wrong:
        raise _refuse(text, f"the character {brief(wrong.group())}")
    # 18 digits are more than any point has, and keep int() fast.
    largest = max((int(number[:18]) for number in re.findall("[0-9]+", inner)), default=1)
    points = as_degree(max(largest, 1) if degree is None else degree)
    generators = inner.replace("),(", ")\n(").split("\n") if inner else ["()"]
    check_room(len(generators), points)
    if not all(generator.startswith("(") and generator.endswith(")") for generator in generators):
        raise _refuse(text, "a generator that is no product of cycles")
    return [parse_cycles(generator, points) for generator in generators]


def _refuse(text: str, reason: str) -> ValueError:
    return invalid("text", _REQUIRED, f"{brief(text)} ({reason})", "print the group in GAP and pass that text")
