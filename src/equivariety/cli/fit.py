"""``equivariety fit``: the best map for samples in a file."""

from __future__ import annotations

import time
from typing import Any

from equivariety.cli.inputs import check_destination, check_space_options, pose
from equivariety.cli.options import DataOptions, SpaceOptions, positive
from equivariety.cli.output import (
    certificate_text,
    integer,
    print_components,
    print_facts,
    print_json,
    ranks_text,
    uniqueness_text,
)

__all__ = ["fit"]

_MOST_RANKED = 10_000


def fit(space: SpaceOptions, samples: str, data: DataOptions, k_best: str, out: str | None, as_json: bool) -> None:
    """Fit, write the map to the file ``out`` where one is given, and print what came out."""
    from equivariety import queries, training

    check_space_options(space, ranks_allowed=True)
    count = positive("--k-best", k_best, _MOST_RANKED)
    check_destination(out, (".safetensors",), samples, data.targets, data.weights, space.group, space.target_group)
    problem = pose(space, samples, data)
    start = time.perf_counter()
    found = training.fit(problem.space, problem.samples, problem.targets, k_best=count, **problem.arguments)
    answer = {
        "group": space.group,
        "target_group": space.target_group,
        "invariant": space.invariant,
        **queries.fit_answer(found),
        "alpha": problem.arguments["alpha"],
        "seconds": time.perf_counter() - start,
        "out": out,
    }
    if out is not None:
        found.save(out)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _print(answer: dict[str, Any]) -> None:
    m, n = answer["shape"]
    count, runner_up = answer["num_components"], answer["runner_up"]
    print_facts(
        [
            ("samples", f"{answer['num_samples']:,}, {n:,} -> {m:,} coordinates"),
            ("loss", f"{answer['loss']:.6g} (mean squared error per sample and coordinate)"),
            *([("objective", f"{answer['objective']:.6g} (with the penalty)")] if answer["alpha"] else []),
            *([("out of reach", f"{answer['unreachable']:.6g} of the loss")] if answer["unreachable"] else []),
            ("ranks", ranks_text(answer["ranks"])),
            ("real rank", f"{answer['rank']:,}"),
            ("parameters", f"{answer['num_parameters']:,}" + (" and an intercept" if answer["intercept"] else "")),
            ("components", f"the best of {integer(count)}" if count > 1 else "the only one"),
            ("unique", uniqueness_text(answer)),
            *([("runner-up", f"{ranks_text(runner_up['ranks'])}, {_worse(runner_up['gap'])}")] if runner_up else []),
            ("certificate", certificate_text(answer["certificate"])),
            ("seconds", f"{answer['seconds']:.2f}"),
            *([("written to", answer["out"])] if answer["out"] else []),
        ]
    )
    if len(answer["k_best"]) > 1:
        print_components(answer["k_best"])


def _worse(gap: float) -> str:
    return f"worse by {gap:.3g}" if gap > 0 else "as good"
