"""``equivariety path``: the best loss for every rank bound up to the largest."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from equivariety.cli.inputs import check_destination, check_space_options, pose
from equivariety.cli.options import DataOptions, SpaceOptions, number
from equivariety.cli.output import print_facts, print_json, print_table, ranks_text

__all__ = ["path"]

_MOST_ROWS = 40


def path(space: SpaceOptions, samples: str, data: DataOptions, explained: str, out: str | None, as_json: bool) -> None:
    """Fit for all bounds at once, write the table to the .csv file ``out`` where one is given, and print it."""
    from equivariety import queries, training
    from equivariety.files import write_atomically

    check_space_options(space, ranks_allowed=False)
    share = number("--explained", explained)
    check_destination(out, (".csv",), samples, data.targets, data.weights, space.group, space.target_group)
    problem = pose(space, samples, data)
    found = training.fit_path(problem.space, problem.samples, problem.targets, **problem.arguments)
    answer = {
        "group": space.group,
        "target_group": space.target_group,
        "invariant": space.invariant,
        "num_samples": len(problem.samples),
        "alpha": problem.arguments["alpha"],
        **queries.path_answer(found, share),
        "out": out,
    }
    if out is not None:
        write_atomically(Path(out), _table(answer).encode())
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _table(answer: dict[str, Any]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["rank", "loss", "objective", *answer["labels"]])
    for step in answer["steps"]:
        writer.writerow([step["rank"], repr(step["loss"]), repr(step["objective"]), *step["ranks"]])
    return stream.getvalue()


def _print(answer: dict[str, Any]) -> None:
    steps = answer["steps"]
    # Long paths: the first and the last rows, and evenly spaced ones between them.
    shown = sorted(
        {round(i * (len(steps) - 1) / (_MOST_ROWS - 1)) for i in range(_MOST_ROWS)} | {answer["smallest_rank"]}
    )
    rows = []
    for position in shown if len(steps) > _MOST_ROWS else range(len(steps)):
        step = steps[position]
        penalized = [f"{step['objective']:.6g}"] if answer["alpha"] else []
        ranks = ranks_text(dict(zip(answer["labels"], step["ranks"], strict=True)))
        rows.append([f"{step['rank']:,}", f"{step['loss']:.6g}", *penalized, ranks])
    headings = ["rank bound", "loss", *(["objective"] if answer["alpha"] else []), "ranks"]
    print_table(headings, rows, left=("ranks",))
    explained = f"{100 * answer['explained']:g} % of what rank {steps[-1]['rank']:,} explains"
    print_facts([(f"smallest rank with {explained}", str(answer["smallest_rank"])), *_written(answer, len(rows))])


def _written(answer: dict[str, Any], shown: int) -> list[tuple[str, str]]:
    facts = []
    if shown < len(answer["steps"]):
        facts.append(("rows shown", f"{shown:,} of {len(answer['steps']):,}; --json and --out have all"))
    if answer["out"]:
        facts.append(("written to", answer["out"]))
    return facts
