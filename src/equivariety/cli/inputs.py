"""From options to spaces and arrays.  The cheap checks come first, so that a mistake does not cost a long read."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any

from equivariety._typing import AnyArray
from equivariety.cli.options import DataOptions, SpaceOptions, number, whole
from equivariety.errors import brief, invalid

__all__ = ["Problem", "check_destination", "check_space_options", "pose", "read_table", "space_of"]


@dataclass(frozen=True, eq=False)
class Problem:
    """What the training functions take: space (or component), samples, targets and keyword arguments."""

    space: Any
    samples: AnyArray
    targets: AnyArray | None
    arguments: dict[str, Any]


def check_space_options(options: SpaceOptions, *, ranks_allowed: bool) -> None:
    """Raise ValueError unless a group and exactly one bound are given, and at most one kind of outputs."""
    _group(options)
    if options.rank is None and options.ranks is None:
        unless, other = (" unless --ranks is", ', or --ranks "(1,1)=2"') if ranks_allowed else ("", "")
        raise invalid("--rank", f"given{unless}", "nothing", f"add --rank 8{other}")
    if options.rank is not None and options.ranks is not None:
        raise invalid("--ranks", "left out where --rank is given", brief(options.ranks), "give one of the two")
    if options.invariant and options.target_group is not None:
        got = brief(options.target_group)
        raise invalid("--target-group", "left out where --invariant is given", got, "give one of the two")
    whole("--rank", options.rank)


def check_destination(out: str | None, suffixes: tuple[str, ...] | None, *inputs: str | None) -> None:
    """Raise ValueError if the file ``out`` could not be written, or is one of the inputs: files, or groups in files."""
    from equivariety.datasets.table_output import check_output

    if out is None:
        return
    check_output(out, argument="--out", **({} if suffixes is None else {"suffixes": suffixes}))
    for given in inputs:
        name = None if given is None else re.sub(r"(?i)(\.npz):.+$", r"\1", given.removeprefix("file:"))
        if name is not None and os.path.exists(name) and os.path.exists(out) and os.path.samefile(name, out):
            raise invalid("--out", "another file than the inputs", brief(out), "choose another name")


def space_of(options: SpaceOptions, inputs: int | None, outputs: int | None) -> Any:
    """Return the space, or with --ranks the component, for data of these widths (None: unknown)."""
    from equivariety import queries

    return queries.build_space(
        _group(options),
        target_group=options.target_group,
        invariant=options.invariant,
        inputs=inputs,
        outputs=outputs,
        rank=whole("--rank", options.rank),
        ranks=options.ranks,
    )


def pose(space: SpaceOptions, samples: str, data: DataOptions) -> Problem:
    """Return the problem that the options describe; ValueError or TypeError where they contradict each other.

    The options of the space have been checked.
    """
    for option, given in (("--target-group", space.target_group is not None), ("--invariant", space.invariant)):
        if given and data.targets is None:
            fix = f"add --targets FILE, or drop {option} for an autoencoder"
            raise invalid("--targets", f"given together with {option}", "nothing", fix)
    alpha = number("--alpha", data.alpha)
    inputs = read_table(samples)
    targets = None if data.targets is None else read_table(data.targets)
    weights = None if data.weights is None else read_table(data.weights)
    if weights is not None and weights.shape[1] != 1:
        raise invalid("--weights", "a file with one number per sample", f"shape {weights.shape}", "save one column")
    found = space_of(space, inputs.shape[1], None if targets is None else targets.shape[1])
    arguments = {
        "alpha": alpha,
        "intercept": data.intercept,
        "sample_weight": None if weights is None else weights[:, 0],
    }
    return Problem(found, inputs, targets, arguments)


def read_table(path: str) -> AnyArray:
    """Return the (N, columns) array of a file; an array with one axis is a column."""
    from equivariety.datasets import load_array

    array = load_array(path)
    return array[:, None] if array.ndim == 1 else array


def _group(options: SpaceOptions) -> str:
    if options.group is None:
        raise invalid("--group", "given", "nothing", "add --group shift:28x28:axis=1, or another group")
    return options.group
