"""A card as an HTML fragment, for notebooks."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from equivariety.varieties.cards.numbers import digits, is_long, magnitude
from equivariety.varieties.cards.sections import Cell, FieldName, Pattern, Row, Section, Table

__all__ = ["as_html"]

_FIELDS = {"R": "ℝ", "C": "ℂ", "H": "ℍ"}


def as_html(sections: Iterable[Section], *, full: bool = False) -> str:
    """Return the sections as one ``div``; all words are escaped."""
    out = ['<div class="geometry-card">']
    for section in sections:
        out.append(f"<p><strong>{_inline(section.title, full=full)}</strong></p>")
        out.append("<table>")
        for item in section.items:
            out.append(
                f'<tr><th scope="row" style="text-align:left">{escape(item.name)}</th>'
                f'<td style="text-align:left">{_content(item, full=full)}</td></tr>'
            )
        out.append("</table>")
    return "\n".join([*out, "</div>"])


def _content(item: Row | Table | Pattern, *, full: bool) -> str:
    if isinstance(item, Row):
        return _inline(item.parts, full=full)
    if isinstance(item, Pattern):
        return _table([[escape(cell.replace("-", "−")) for cell in row] for row in item.cells])
    cells = [[_inline([cell], full=full) for cell in row] for row in item.cells]
    head = "".join(f"<th>{escape(heading)}</th>" for heading in item.headings)
    return _table(cells, head) + escape(item.more)


def _table(rows: Iterable[Iterable[str]], head: str = "") -> str:
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{f'<tr>{head}</tr>' if head else ''}{body}</table>"


def _inline(parts: Iterable[Cell], *, full: bool) -> str:
    return "".join(_cell(part, full=full) for part in parts)


def _cell(part: Cell, *, full: bool) -> str:
    if isinstance(part, FieldName):
        return _FIELDS[part]
    if isinstance(part, str):
        return escape(part)
    if full or not is_long(part):
        return digits(part)
    leading, power, count = magnitude(part)
    return f"≈ {leading} × 10<sup>{power}</sup>, {count:,} digits"
