"""``equivariety lcn``: linear convolutional networks, their end-to-end filters and their critical points."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from equivariety.cli.inputs import check_destination
from equivariety.cli.lcn_inputs import layers_of, moments_of, network_of, positive_number
from equivariety.cli.options import positive, whole
from equivariety.cli.output import print_facts, print_json, print_table
from equivariety.errors import brief, invalid
from equivariety.progress import shown
from equivariety.tolerances import CRITICAL_FILTERS_BUDGET

__all__ = ["classify", "compose", "critical", "equations", "member", "report"]

_MOST_SEEDS, _MOST_OUTPUTS, _MOST_SAMPLES = 1000, 1000, 100_000
_POINTS_SHOWN = 40
# So many critical points take a minute or more.
_MANY_POINTS = 300

#: What a table shows of a run of the theorem's experiment, by heading.
_RUN_COLUMNS = {
    "samples": "samples",
    "seed": "seed",
    "rank of sigma": "sigma_rank",
    "dominant": "is_dominant",
    "found": "found",
    "of": "expected",
    "real": "real",
    "regular": "regular",
    "ramified": "ramified",
    "spurious": "spurious",
    "interior": "interior",
    "minima": "minima",
    "claimed": "claimed",
    "verdict": "verdict",
}


def report(
    filters: str | None,
    strides: str | None,
    samples: str,
    outputs: str,
    seeds: str,
    seed: str,
    as_json: bool,
    out: str | None,
) -> None:
    """Print the facts of the function space, and what random data say about the theorem."""
    from equivariety import queries
    from equivariety.experiments import run_theorem

    net = network_of(filters, strides)
    numbers = None if samples == "all" else [positive("--samples", samples, _MOST_SAMPLES)]
    count, first = positive("--seeds", seeds, _MOST_SEEDS), whole("--seed", seed) or 0
    if first < 0:
        raise invalid("--seed", "a whole number >= 0", brief(seed), "write it like 0")
    width = positive("--outputs", outputs, _MOST_OUTPUTS)
    check_destination(out, (".json",))
    space = queries.function_space_answer(net)
    with shown() as tell:
        found = run_theorem(net, samples=numbers, outputs=[width], seeds=range(first, first + count), tell=tell)
    theorem = queries.theorem_answer(found)
    answer = {"outputs": width, "space": space, "theorem": theorem}
    _write(answer, out)
    if as_json:
        print_json(answer)
        return
    print(space["text"])
    print(f"\n{theorem['claims'][0]['text']}\n")
    rows = [[_text(run[key]) for key in _RUN_COLUMNS.values()] for run in theorem["runs"]]
    print_table(list(_RUN_COLUMNS), rows, left=("verdict",))
    print(theorem["summary"])
    _say_written(out)


def critical(
    filters: str | None,
    strides: str | None,
    samples: str,
    targets: str | None,
    seconds: str | None,
    as_json: bool,
    out: str | None,
) -> None:
    """Find all critical points for samples and targets in files."""
    from equivariety import queries

    net = network_of(filters, strides)
    limit = positive_number("--seconds", seconds)
    check_destination(out, (".json",), samples, targets)
    moments = moments_of(net, samples, targets)
    _say_how_many(net.function_space.num_critical_points, limit)
    with shown() as tell:
        found = net.critical_points(moments, progress=tell, seconds=limit)
        tell("", 1.0)
    answer = {"num_targets": moments.size, **queries.critical_filters_answer(net, found)}
    _write(answer, out)
    if as_json:
        print_json(answer)
        return
    print_facts(
        [
            ("critical points", f"{answer['found']:,} of {answer['expected']:,}, up to scaling, complex ones included"),
            ("complete", f"{'yes' if answer['complete'] else 'no'}: {answer['reason']}"),
            ("real", f"{answer['num_real']:,}"),
            ("seconds", f"{answer['seconds']:.2f}"),
            *([("written to", out)] if out else []),
        ]
    )
    real = answer["points"][: answer["num_real"]]
    if real:
        _print_points(real)


def member(
    filters: str | None,
    strides: str | None,
    given: str | None,
    all_of_them: bool,
    tolerance: str | None,
    as_json: bool,
    out: str | None,
) -> None:
    """Tell whether a filter is an end-to-end filter, and of which layers."""
    from equivariety import queries

    net = network_of(filters, strides)
    if given is None:
        raise invalid("--filter", "given", "nothing", "add --filter 1,0,1/2, numbers separated by commas")
    check_destination(out, (".json",))
    answer = queries.membership_answer(
        net,
        queries.parse_filter(given),
        factorizations=all_of_them,
        tolerance=positive_number("--tolerance", tolerance),
    )
    _write(answer, out)
    if as_json:
        print_json(answer)
        return
    rows = [
        ("member", {"member": "yes", "not_member": "no", "undecided": "undecided"}[answer["status"]]),
        ("because", answer["reason"]),
        ("in the closure", _text(answer["in_closure"])),
        *([("position", answer["position"])] if answer["position"] else []),
        ("arithmetic", _arithmetic(answer)),
    ]
    exact = answer["exact"]
    rows += [(f"layer {i}", _numbers(w, exact)) for i, w in enumerate(answer["filters"] or [], start=1)]
    for position, found in enumerate(answer.get("factorizations", []), start=1):
        rows.append((f"choice {position}", "; ".join(_numbers(w, exact) for w in found)))
    print_facts(rows)
    _say_written(out)


def classify(
    filters: str | None,
    strides: str | None,
    samples: str,
    targets: str | None,
    layers: list[str],
    polish: bool,
    tolerance: str | None,
    as_json: bool,
) -> None:
    """Tell what kind of point given filters are for samples and targets in files."""
    from equivariety import queries

    bound = positive_number("--tolerance", tolerance)
    net, weights = layers_of(layers, filters, strides)
    found = net.classify(weights, moments_of(net, samples, targets), tolerance=bound, polish=polish)
    answer = queries.filter_point_answer(net, found)
    if as_json:
        print_json(answer)
        return
    hint = "; --polish moves to a critical point close by" if answer["kind"] == "ambiguous" and not polish else ""
    print_facts(
        [
            ("kind", answer["kind"].replace("_", " ")),
            ("because", f"{answer['reason']}{hint}"),
            ("loss", f"{_loss(answer['loss'])} (mean squared error per sample and output)"),
            ("relative gradient", f"{answer['gradient_norm']:.1e}"),
            *([] if answer["index"] is None else [("index", _text(answer["index"]))]),
            *([] if answer["rank"] is None else [("rank", f"{answer['rank']} of {answer['dim']}")]),
            ("end-to-end filter", _numbers(answer["end_to_end_filter"])),
        ]
    )


def compose(strides: str | None, layers: list[str], as_json: bool) -> None:
    """Print the end-to-end filter of given filters."""
    from equivariety import queries

    answer = queries.end_to_end_answer(*layers_of(layers, None, strides))
    if as_json:
        print_json(answer)
        return
    rows = [
        ("end-to-end filter", _numbers(answer["end_to_end_filter"])),
        ("stride", str(answer["end_to_end_stride"])),
        ("arithmetic", "exact" if answer["exact"] else "floating point"),
    ]
    print_facts(rows)


def equations(filters: str | None, strides: str | None, as_json: bool) -> None:
    """Print equations of the Zariski closure of the end-to-end filters, and inequalities in small cases."""
    from equivariety import queries

    answer = queries.equations_answer(network_of(filters, strides))
    if as_json:
        print_json(answer)
        return
    if answer["equations"]:
        how = "they generate a prime ideal" if answer["is_prime_ideal"] else "they cut it out as a set"
        print(f"Zariski closure, {how}:", *(f"{text} = 0" for text in answer["equations"]), sep="\n  ")
    else:
        print("Zariski closure: the whole space")
    real = answer["real_conditions"] or "not written out; 'equivariety lcn member' decides for one filter"
    print("filters of real layers:", *real.splitlines(), sep="\n  ")


def _write(answer: Mapping[str, Any], out: str | None) -> None:
    if out is not None:
        from equivariety.files import write_atomically

        text = json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        write_atomically(Path(out), text.encode())


def _say_written(out: str | None) -> None:
    if out is not None:
        print(f"written to {out}")


def _print_points(points: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        [
            _loss(point["loss"]),
            point["kind"],
            _text(point["is_regular"]),
            _text(point["index"]),
            _text(point["position"]),
            "; ".join(map(_numbers, point["filters"])),
        ]
        for point in points[:_POINTS_SHOWN]
    ]
    if len(points) > _POINTS_SHOWN:
        rows.append(["…", *[""] * 5])
    print_table(["loss", "kind", "regular", "index", "position", "filters"], rows, left=("kind", "position", "filters"))


def _say_how_many(expected: int, limit: float | None) -> None:
    if _MANY_POINTS < expected <= CRITICAL_FILTERS_BUDGET:
        hint = "; --seconds 60 ends it with what was found by then" if limit is None else ""
        line = f"up to {expected:,} critical points, which may take minutes{hint}"
        print(f"equivariety: {line}", file=sys.stderr, flush=True)


def _arithmetic(answer: Mapping[str, Any]) -> str:
    if answer["exact"]:
        rounded = answer["filters"] is not None and not answer["filters_exact"]
        return "exact; irrational filters are rounded (≈)" if rounded else "exact"
    if answer["residual"] is not None:
        return f"floating point, relative residual {answer['residual']:.1e}"
    if answer["distance_bound"] is not None:
        return f"floating point, relative distance at least {answer['distance_bound']:.1e}"
    return "floating point"


def _loss(value: float | None) -> str:
    return "too large for floats" if value is None else f"{value:.6g}"


def _numbers(values: Sequence[Any], exact: bool = False) -> str:
    """The numbers of a filter; a sign says that they are rounded where the others are exact."""
    rounded = exact and any(isinstance(x, float) for x in values)
    return ("≈ " if rounded else "") + ", ".join(f"{x:.6g}" if isinstance(x, float) else str(x) for x in values)


def _text(value: Any) -> str:
    if value is None:
        return "unknown"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
