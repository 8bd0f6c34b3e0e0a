"""The options that several commands share, and how their texts are read.

Numbers are read here and not by typer, so that every mistake is told in the words of the library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Optional

import typer

from equivariety.errors import brief, invalid

__all__ = ["DataOptions", "ListingOptions", "SpaceOptions", "number", "positive", "whole"]

# ruff: noqa: UP045  (older versions of typer read only Optional)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]

# ---------------------------------------------------------------------------------------------------- the space of maps

Group = Annotated[
    Optional[str],
    typer.Option(metavar="TEXT", help="Group that acts on the inputs, such as shift:28x28:axis=1 or rotation:28."),
]
TargetGroup = Annotated[
    Optional[str],
    typer.Option(metavar="TEXT", help="Group that acts on the outputs, paired with --group; default: the same action."),
]
Invariant = Annotated[bool, typer.Option("--invariant", help="Maps that are invariant: no action on the outputs.")]
Rank = Annotated[Optional[str], typer.Option(metavar="N", help="Bound on the rank of the maps.")]
Ranks = Annotated[
    Optional[str],
    typer.Option(metavar="TEXT", help='Ranks of the blocks instead: "(1,1)=2,(28,27)=3", or one per block: "2,3,0".'),
]

# ------------------------------------------------------------------------------------------------------------- the data

Samples = Annotated[str, typer.Argument(metavar="DATA", help="Samples, one per row: X.npy, X.npz[:name] or X.csv.")]
Targets = Annotated[
    Optional[str],
    typer.Option(metavar="FILE", help="Wanted outputs, one row per sample; default: the samples themselves."),
]
Weights = Annotated[Optional[str], typer.Option(metavar="FILE", help="One weight per sample; default: all 1.")]
Alpha = Annotated[str, typer.Option(metavar="F", help="Penalty on the squared norm of the map (ridge).")]
Intercept = Annotated[bool, typer.Option("--intercept", help="Fit a constant that the group leaves alone as well.")]


@dataclass(frozen=True)
class SpaceOptions:
    """Which maps, as the user said it."""

    group: str | None
    target_group: str | None
    invariant: bool
    rank: str | None
    ranks: str | None = None


@dataclass(frozen=True)
class DataOptions:
    """What to fit to the samples, as the user said it."""

    targets: str | None
    weights: str | None
    alpha: str
    intercept: bool


@dataclass(frozen=True)
class ListingOptions:
    """Which components to list, as the user said it."""

    count: str
    exact_rank: bool
    field: str
    order: str | None


def whole(option: str, text: str | None) -> int | None:
    """Return the whole number that a text holds, None for None; ValueError for anything else.

    >>> whole("--rank", "99")
    99
    """
    if text is None:
        return None
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise invalid(option, "a whole number of at most 18 digits", brief(text), "write it like 99")
    return int(text)


def positive(option: str, text: str, largest: int) -> int:
    """Return the whole number from 1 to ``largest`` that a text holds; ValueError for anything else.

    >>> positive("--count", "10", 100)
    10
    """
    value = whole(option, text)
    if value is None or not 1 <= value <= largest:
        raise invalid(option, f"a whole number from 1 to {largest:,}", brief(text), "write it like 10")
    return value


def number(option: str, text: str) -> float:
    """Return the number that a text holds; ValueError for anything else.

    >>> number("--alpha", "1e-3")
    0.001
    """
    try:
        return float(text)
    except ValueError:
        raise invalid(option, "a number", brief(text), "write it like 0.2") from None
