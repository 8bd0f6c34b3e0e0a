"""From the options of ``equivariety lcn`` to networks, filters and data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf
from typing import Any

from equivariety.cli.inputs import read_table
from equivariety.cli.options import number
from equivariety.errors import brief, invalid

__all__ = ["layers_of", "moments_of", "network_of", "positive_number"]


def network_of(filters: str | None, strides: str | None) -> Any:
    """Return the network of two lists of sizes as texts; ValueError for others, and where one is missing."""
    from equivariety import queries

    for option, text in (("--filters", filters), ("--strides", strides)):
        if text is None:
            raise invalid(option, "given", "nothing", f"add {option} {'3,2' if option == '--filters' else '2,1'}")
    return queries.build_network(filters or "", strides or "")


def moments_of(net: Any, samples: str, targets: str | None) -> Any:
    """Return the second moments of the samples and targets in files."""
    if targets is None:
        raise invalid("--targets", "given", "nothing", "add --targets Y.npy, one row of outputs per sample")
    return net.moments(read_table(samples), read_table(targets))


def layers_of(texts: Sequence[str], filters: str | None, strides: str | None) -> tuple[Any, list[Any]]:
    """Return the network and its filters, each one as numbers or the name of a file.

    The filter sizes are those of the filters unless they are given.

    >>> layers_of(["1, 0, 1/2", "1,.5"], None, "2,1")
    (LinearConvolutionalNetwork(filter_sizes=(3, 2), strides=(2, 1)),
     [[Fraction(1, 1), Fraction(0, 1), Fraction(1, 2)], [1.0, 0.5]])
    """
    if not texts:
        raise invalid("--layer", "given once per layer", "nothing", "add --layer w.npy or --layer 1,2,3, input first")
    given = None if filters is None else network_of(filters, strides)
    if given is not None and len(texts) != given.depth:
        fix = "give one --layer for each layer, input to output"
        raise invalid("--layer", f"given {given.depth} times, once per layer", f"{len(texts)}", fix)
    found = [_filter(text) for text in texts]
    return given or network_of(",".join(str(len(w)) for w in found), strides), found


def positive_number(option: str, text: str | None) -> float | None:
    """Return the finite number above 0 that a text holds, None for None; ValueError for anything else.

    >>> positive_number("--seconds", "2.5")
    2.5
    """
    if text is None:
        return None
    value = number(option, text)
    if not 0 < value < inf:
        raise invalid(option, "a finite number > 0", brief(text), "leave it out for the default")
    return value


def _filter(text: str) -> Any:
    from equivariety import queries

    if re.fullmatch(r"[0-9eE+\-./,\s]+", text):
        return queries.parse_filter(text, "--layer")
    table = read_table(text)
    if min(table.shape) > 1:
        got = f"an array of shape {table.shape} in {brief(text)}"
        raise invalid("--layer", "one filter, a row or a column of numbers", got, "save each filter in a file")
    return table.ravel()
