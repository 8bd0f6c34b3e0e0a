"""``equivariety components``: the first irreducible components, or the best ones for samples in a file."""

from __future__ import annotations

from itertools import islice
from typing import Any

from equivariety.cli.inputs import check_space_options, pose, space_of
from equivariety.cli.options import DataOptions, SpaceOptions, positive, whole
from equivariety.cli.output import integer, print_components, print_facts, print_json
from equivariety.errors import brief, invalid

__all__ = ["components"]

_MOST_LISTED = 10_000

#: Components looked at for one of exact rank, each a few milliseconds.
_MOST_PASSED = 10_000


def components(
    space: SpaceOptions,
    outputs: str | None,
    samples: str | None,
    data: DataOptions,
    count: str,
    exact_rank: bool,
    as_json: bool,
) -> None:
    """List components and their facts."""
    from equivariety import queries, training

    check_space_options(space, ranks_allowed=False)
    limit = positive("--count", count, _MOST_LISTED)
    if samples is None:
        _refuse_data_options(data)
        if (outputs is not None) != space.invariant:
            required, got = ("given", "nothing") if space.invariant else ("left out without --invariant", outputs)
            raise invalid("--outputs", required, got, "use --invariant --outputs 10")
        whole_space = space_of(space, None, whole("--outputs", outputs))
        found: Any = islice(whole_space.components(exact_rank=exact_rank), limit)
    else:
        if outputs is not None:
            raise invalid("--outputs", "left out where --data is given", brief(outputs), "the targets say it")
        problem = pose(space, samples, data)
        fit = training.fit(problem.space, problem.samples, problem.targets, **problem.arguments)
        whole_space = fit.component.space
        ranked = islice(fit.ranked_components(), limit + _MOST_PASSED)
        wanted = (found for found in ranked if not exact_rank or found.component.rank == whole_space.rank)
        found = islice(wanted, limit)
    answer = {
        "group": space.group,
        "target_group": space.target_group,
        "invariant": space.invariant,
        **queries.components_answer(whole_space, found, exact_rank=exact_rank),
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer, limit)


def _refuse_data_options(data: DataOptions) -> None:
    given = {
        "--targets": data.targets is not None,
        "--weights": data.weights is not None,
        "--alpha": data.alpha != "0",
        "--intercept": data.intercept,
    }
    for option, is_given in given.items():
        if is_given:
            raise invalid(option, "left out without --data", "it", "add --data FILE")


def _print(answer: dict[str, Any], limit: int) -> None:
    m, n = answer["shape"]
    listed = answer["components"]
    kind = " of exact rank" if answer["exact_rank"] else ""
    facts = [
        ("maps", f"{n:,} -> {m:,} coordinates, rank at most {answer['rank']:,}, dimension {answer['dim']:,}"),
        ("components", f"{integer(answer['num_components'])}{kind}, {len(listed):,} listed"),
    ]
    if len(listed) < min(limit, answer["num_components"]):
        facts.append(("not listed", f"what comes after the best {limit + _MOST_PASSED:,} of any rank"))
    print_facts(facts)
    if listed:
        print_components(listed)
