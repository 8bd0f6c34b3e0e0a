"""What the commands print: JSON for programs, facts and tables for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = [
    "certificate_text",
    "console",
    "integer",
    "print_components",
    "print_facts",
    "print_json",
    "print_table",
    "ranks_text",
    "shortened",
    "uniqueness_text",
]

_RANKS_SHOWN = 8
_DIGITS_SHOWN = 60


def print_json(value: Any) -> None:
    """Print plain data as JSON on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def console() -> Console:
    """Return a console that prints texts as they are, in a terminal as wide as it is."""
    from rich.console import Console

    found = Console(highlight=False, markup=False)
    # A file has no width to fit into.
    return found if found.is_terminal else Console(highlight=False, markup=False, width=200)


def print_facts(rows: Iterable[tuple[str, str]]) -> None:
    """Print names and values in two columns."""
    from rich.table import Table

    facts = Table.grid(padding=(0, 2))
    for name, text in rows:
        facts.add_row(name, text)
    _print(facts)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], left: Sequence[str] = ()) -> None:
    """Print a table; the columns named in ``left`` hold texts, the others numbers."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="left" if heading in left else "right")
    for row in rows:
        table.add_row(*row)
    _print(table)


def _print(table: Table) -> None:
    """A file gets no blanks at the ends of lines, with which a table is filled up."""
    screen = console()
    if screen.is_terminal:
        screen.print(table)
        return
    with screen.capture() as captured:
        screen.print(table)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def print_components(components: Sequence[Mapping[str, Any]]) -> None:
    """Print components, at least one, with their losses where they have some."""
    columns = {"rank": "rank", "dim": "dimension", "num_parameters": "parameters"}
    if "num_parameters" not in components[0]:  # complex ones
        del columns["num_parameters"]
    ranked = "gap" in components[0]
    headings = ["", "ranks", *columns.values(), *(("loss", "gap") if ranked else ())]
    rows = []
    for position, found in enumerate(components, start=1):
        row = [str(position), ranks_text(found["ranks"]), *(f"{found[key]:,}" for key in columns)]
        rows.append([*row, f"{found['loss']:.6g}", f"{found['gap']:.3g}"] if ranked else row)
    print_table(headings, rows, left=("ranks",))


def integer(number: int) -> str:
    """Return the number with separators, or its leading digits and length where it is very long.

    >>> integer(72425986088826), integer(10**80)[:30]
    ('72,425,986,088,826', '10000000000000000000... (81 di')
    """
    digits = str(number)
    return f"{number:,}" if len(digits) <= _DIGITS_SHOWN else f"{digits[:20]}... ({len(digits):,} digits)"


def ranks_text(ranks: Mapping[str, int]) -> str:
    """Return the ranks above 0 as --ranks reads them, cut where there are many.

    >>> ranks_text({"(1,1)": 2, "(8,7)": 0, "(2,1)": 1}), ranks_text({"R1": 0})
    ('(1,1)=2,(2,1)=1', 'all 0')
    """
    texts = [f"{label}={rank}" for label, rank in ranks.items() if rank]
    if len(texts) > _RANKS_SHOWN + 1:
        texts = [*texts[:_RANKS_SHOWN], f"… ({len(texts) - _RANKS_SHOWN} more)"]
    return ",".join(texts) or "all 0"


def shortened(ranks: Sequence[int]) -> str:
    """Return the rank vector without its trailing zeros, or its beginning and end where it is long.

    >>> shortened([13, 10, 0, 0]), shortened([0] * 10 + [1, 2])
    ('13,10,0,…', '0,0,0,0,0,0,…,1,2')
    """
    texts = [str(r) for r in ranks]
    used = max((i + 1 for i, r in enumerate(ranks) if r), default=0)
    if used + 1 < len(ranks) and used <= _RANKS_SHOWN:
        return ",".join([*texts[: used + 1], "…"])
    if len(ranks) <= _RANKS_SHOWN + 1:
        return ",".join(texts)
    return ",".join([*texts[: _RANKS_SHOWN - 2], "…", *texts[-2:]])


def uniqueness_text(answer: Mapping[str, Any]) -> str:
    """Return whether an optimum is the only one, with the ranks of others.

    >>> uniqueness_text({"is_unique": False, "ranks": {"R1": 1, "R2": 0}, "alternatives": [[0, 1]]})
    'no: as good are R2=1'
    """
    if answer["is_unique"]:
        return "yes"
    others = [ranks_text(dict(zip(answer["ranks"], ranks, strict=True))) for ranks in answer["alternatives"]]
    return f"no: as good are {'; '.join(others)}" if others else "no: there are others with the same ranks"


def certificate_text(certificate: Mapping[str, Any]) -> str:
    """Return the residuals of a certificate on one line.

    >>> certificate_text({"equivariance": 1e-16, "tolerance": 1e-10, "ok": True})
    'ok: equivariance 1.0e-16'
    """
    residuals = (
        f"{name.replace('_', ' ')} {value:.1e}"
        for name, value in certificate.items()
        if name not in ("tolerance", "ok")
    )
    return f"{'ok' if certificate['ok'] else 'FAILED'}: {', '.join(residuals)}"
