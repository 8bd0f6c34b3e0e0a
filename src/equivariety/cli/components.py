"""``equivariety components``: the first irreducible components, or the best ones for samples in a file."""

from __future__ import annotations

from itertools import islice
from typing import Any

from equivariety.cli.inputs import check_space_options, pose, space_of
from equivariety.cli.options import DataOptions, ListingOptions, SpaceOptions, positive, whole
from equivariety.cli.output import integer, print_components, print_facts, print_json
from equivariety.errors import brief, invalid

__all__ = ["components"]

_MOST_LISTED = 10_000


def components(
    space: SpaceOptions,
    outputs: str | None,
    samples: str | None,
    data: DataOptions,
    listing: ListingOptions,
    as_json: bool,
) -> None:
    """List components and their facts."""
    from equivariety import queries, training
    from equivariety.varieties.ground_fields import as_ground

    check_space_options(space, ranks_allowed=False)
    limit = positive("--count", listing.count, _MOST_LISTED)
    exact_rank, field = listing.exact_rank, as_ground(listing.field)
    if listing.order not in (None, "rank", "dimension"):
        raise invalid("--order", "rank or dimension", brief(listing.order), "leave it out for rank")
    if samples is None:
        _refuse_data_options(data)
        if (outputs is not None) != space.invariant:
            required, got = ("given", "nothing") if space.invariant else ("left out without --invariant", outputs)
            raise invalid("--outputs", required, got, "use --invariant --outputs 10")
        whole_space = space_of(space, None, whole("--outputs", outputs))
        found: Any = whole_space.components(exact_rank=exact_rank, field=field, order=listing.order or "rank")
    else:
        if outputs is not None:
            raise invalid("--outputs", "left out where --data is given", brief(outputs), "the targets say it")
        if field != "real":
            raise invalid("--field", "left out where --data is given", brief(field), "real data have real components")
        if listing.order is not None:
            got = brief(listing.order)
            raise invalid("--order", "left out where --data is given", got, "they come by what they achieve")
        problem = pose(space, samples, data)
        fit = training.fit(problem.space, problem.samples, problem.targets, **problem.arguments)
        whole_space = fit.component.space
        found = fit.ranked_components(exact_rank=exact_rank)
    answer = {
        "group": space.group,
        "target_group": space.target_group,
        "invariant": space.invariant,
        **queries.components_answer(whole_space, islice(found, limit), exact_rank=exact_rank, field=field),
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer)


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


def _print(answer: dict[str, Any]) -> None:
    m, n = answer["shape"]
    listed = answer["components"]
    kind = " over C" if answer["field"] == "complex" else ""
    kind += " of exact rank" if answer["exact_rank"] else ""
    facts = [
        ("maps", f"{n:,} -> {m:,} coordinates, rank at most {answer['rank']:,}, dimension {answer['dim']:,}"),
        ("components", f"{integer(answer['num_components'])}{kind}, {len(listed):,} listed"),
    ]
    print_facts(facts)
    if listed:
        print_components(listed)
