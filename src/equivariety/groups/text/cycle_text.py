"""Cycle notation, with points 1..n in the text and 0..n-1 in the arrays."""

from __future__ import annotations

import re

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import brief, invalid
from equivariety.groups._checks import as_degree
from equivariety.groups.cycles import CycleDecomposition, cycle_decomposition

__all__ = ["format_cycles", "format_decomposition", "parse_cycles"]

# Every alternative starts on another character and none backtracks over another token, so scanning is linear.
_TOKEN = re.compile(r"(?P<open>\()|(?P<close>\))|(?P<point>[0-9]+)|(?P<gap>\s*,\s*|\s+)|(?P<bad>.)", re.DOTALL)
_REQUIRED = "disjoint cycles of the points 1..{}, such as '(1 3 4)(2 5)'"


def parse_cycles(text: str, degree: int) -> IntArray:
    """Return the images, shape (degree,), 0-based, of a permutation written in 1-based cycle notation.

    Points are separated by blanks or single commas; blanks may stand between cycles; ``"()"``, one-point cycles
    and ``""`` move nothing.  A repeated point, a point outside 1..degree or malformed text raises a ValueError
    that says where; text that is not a str raises a TypeError.  The time is linear in the text and the degree.

    >>> parse_cycles("(1 3 4)(2, 5)", degree=5).tolist()
    [2, 4, 3, 0, 1]
    """
    degree = as_degree(degree)
    if not isinstance(text, str):
        raise invalid("text", _REQUIRED.format(degree), text, "pass a str in cycle notation", TypeError)
    images = np.arange(degree)
    moved: set[int] = set()
    for cycle in _split(text, degree):
        for point in cycle:
            if point in moved:
                raise _refuse(text, degree, f"point {point + 1} occurs twice", "multiply the cycles out first")
            moved.add(point)
        images[cycle] = cycle[1:] + cycle[:1]
    return images


def _split(text: str, degree: int) -> list[list[int]]:
    cycles: list[list[int]] = []
    before = "close"  # the last token that was not a blank between cycles
    for match in _TOKEN.finditer(text):
        kind, token = str(match.lastgroup), match.group()
        if before in ("close", "start") and kind == "gap" and "," not in token:
            continue
        if kind not in _MAY_FOLLOW[before]:
            where = f"{brief(token)} at character {match.start() + 1}"
            raise _refuse(text, degree, where, "write points between parentheses, separated by blanks or single commas")
        if kind == "open":
            cycles.append([])
        elif kind == "point":
            # Longer digit strings are out of range anyway, and int() of them is not linear.
            point = int(token) if len(token) <= 18 else 0
            if not 1 <= point <= degree:
                raise _refuse(text, degree, f"point {brief(token)[1:-1]}", "count points from 1, or raise the degree")
            cycles[-1].append(point - 1)
        # Blanks after "(" and before ")" are no separators of points.
        if kind == "gap" and "," not in token:
            kind = "blank"
        before = "start" if kind == "open" else kind
    if before != "close":
        raise _refuse(text, degree, "the last cycle is not closed", "add ')'")
    return cycles


_MAY_FOLLOW = {
    "close": {"open"},
    "start": {"point", "close"},
    "point": {"gap", "close"},
    "gap": {"point"},
    "blank": {"point", "close"},
}


def _refuse(text: str, degree: int, where: str, fix: str) -> ValueError:
    return invalid("text", _REQUIRED.format(degree), f"{brief(text)}: {where}", fix)


def format_decomposition(cycles: CycleDecomposition) -> str:
    """Return the 1-based text of a cycle decomposition; see :func:`format_cycles`."""
    moving = [row for block in cycles.index if block.shape[1] > 1 for row in (block + 1).tolist()]
    moving.sort(key=lambda row: row[0])
    return "".join("(" + " ".join(map(str, row)) + ")" for row in moving) or "()"


def format_cycles(images: IntArray) -> str:
    """Return the cycle notation, 1-based, of a permutation given by its 0-based images, shape (n,).

    Fixed points are left out and the identity is ``"()"``; each cycle starts at its smallest point, and cycles
    are ordered by it.  ``parse_cycles(format_cycles(p), len(p))`` is ``p``.

    >>> format_cycles(np.array([2, 4, 3, 0, 1]))
    '(1 3 4)(2 5)'
    """
    return format_decomposition(cycle_decomposition(images))
