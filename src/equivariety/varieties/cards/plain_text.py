"""A card as aligned text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

from equivariety.varieties.cards.numbers import number_text
from equivariety.varieties.cards.sections import Cell, Pattern, Row, Section, Table

__all__ = ["as_text"]

_INDENT = "  "

#: Facts in longer lines are broken at spaces.
_WIDTH = 96


def as_text(sections: Iterable[Section], *, full: bool = False) -> str:
    """Return the sections as lines of text, without spaces at their ends."""
    found = list(sections)
    width = max(len(item.name) for section in found for item in section.items)
    lines: list[str] = []
    for section in found:
        lines += [*([""] if lines else []), _line(section.title, full=full)]
        for item in section.items:
            name = f"{_INDENT}{item.name:{width}}{_INDENT}"
            lines += [
                f"{name if i == 0 else ' ' * len(name)}{line}".rstrip()
                for i, line in enumerate(_lines(item, full=full))
            ]
    return "\n".join(lines)


def _lines(item: Row | Table | Pattern, *, full: bool) -> list[str]:
    if isinstance(item, Row):
        text = _line(item.parts, full=full)
        return wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
    if isinstance(item, Pattern):
        width = max(len(cell) for row in item.cells for cell in row) + 1
        return ["".join(cell.rjust(width) for cell in row)[1:] for row in item.cells]
    rows = [item.headings, *([_line([cell], full=full) for cell in row] for row in item.cells)]
    return [*_columns(rows, item.cells), *([item.more] if item.more else [])]


def _columns(rows: Sequence[Sequence[str]], cells: Sequence[Sequence[Cell]]) -> list[str]:
    """The rows with columns of equal width, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    right = [isinstance(cell, int) for cell in cells[0]] if cells else [False] * len(widths)
    return [
        _INDENT.join(text.rjust(w) if r else text.ljust(w) for text, w, r in zip(row, widths, right, strict=True))
        for row in rows
    ]


def _line(parts: Iterable[Cell], *, full: bool) -> str:
    return "".join(number_text(part, full=full) if isinstance(part, int) else part for part in parts)
