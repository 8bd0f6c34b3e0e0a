"""A card as LaTeX, for papers and notebooks: one array in mathematics, with the packages amsmath and amssymb."""

from __future__ import annotations

import re
from collections.abc import Iterable

from equivariety.varieties.cards.numbers import digits, is_long, magnitude
from equivariety.varieties.cards.sections import Cell, FieldName, Pattern, Row, Section, Table

__all__ = ["as_latex"]

#: Characters that mean something else in LaTeX text.
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "…": r"\dots{}",
    **{c: "\\" + c for c in "&%$#_{}"},
}


def as_latex(sections: Iterable[Section], *, full: bool = False) -> str:
    """Return the sections as one ``array``, to be put between dollars or ``\\[`` and ``\\]``.

    Titles stand above inner arrays, since browsers do not know cells across columns.
    """
    lines = []
    for section in sections:
        lines.append(_inline(section.title, full=full, style="textbf"))
        rows = " \\\\\n".join(f"{_words(item.name)} & {_content(item, full=full)}" for item in section.items)
        lines.append(f"\\begin{{array}}{{ll}}\n{rows}\n\\end{{array}}")
    return "\n".join([r"\begin{array}{l}", " \\\\\n".join(lines), r"\end{array}"])


def _content(item: Row | Table | Pattern, *, full: bool) -> str:
    if isinstance(item, Row):
        return _inline(item.parts, full=full)
    if isinstance(item, Pattern):
        cells = [[_weight(cell) for cell in row] for row in item.cells]
        return rf"\left(\begin{{array}}{{{'r' * len(cells[0])}}}{_rows(cells)}\end{{array}}\right)"
    cells = [[_words(heading) for heading in item.headings]]
    cells += [[_cell(cell, full=full, style="text") for cell in row] for row in item.cells]
    columns = "".join("r" if isinstance(cell, int) else "l" for cell in item.cells[0]) if item.cells else "l" * 6
    more = [[_words(item.more)]] if item.more else []
    return rf"\begin{{array}}{{{columns}}}{_rows([*cells, *more])}\end{{array}}"


def _rows(cells: Iterable[Iterable[str]]) -> str:
    return r" \\ ".join(" & ".join(row) for row in cells)


def _weight(cell: str) -> str:
    return r"\cdot" if cell == "." else cell


def _inline(parts: Iterable[Cell], *, full: bool, style: str = "text") -> str:
    cells: list[Cell] = []
    for part in parts:  # words that follow each other need no braces between them
        both = bool(cells) and type(part) is str and type(cells[-1]) is str
        cells.append(f"{cells.pop()}{part}" if both else part)
    return "".join(_cell(cell, full=full, style=style) for cell in cells)


def _cell(part: Cell, *, full: bool, style: str) -> str:
    if isinstance(part, FieldName):
        return rf"\mathbb{{{part}}}"
    if isinstance(part, str):
        return _words(part, style)
    if full or not is_long(part):
        return digits(part).replace(",", "{,}")
    leading, power, count = magnitude(part)
    return rf"\approx {leading} \cdot 10^{{{power}}}{_words(f', {count:,} digits', style)}"


def _words(text: str, style: str = "text") -> str:
    if not text:
        return ""
    arrow = r"}\to\%s{" % style  # noqa: UP031  (braces)
    escaped = re.sub(r"[\\~^…&%$#_{}]", lambda found: _SPECIAL[found[0]], text)
    return rf"\{style}{{{escaped.replace('->', arrow)}}}"
