"""``equivariety lcn``: linear convolutional networks, their end-to-end filters and their critical points."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from equivariety.cli.inputs import check_destination, read_table
from equivariety.cli.options import number, positive, whole
from equivariety.cli.output import print_facts, print_json, print_table
from equivariety.errors import brief, invalid
from equivariety.progress import shown

__all__ = ["classify", "critical", "member", "report"]

_MOST_SEEDS, _MOST_OUTPUTS, _MOST_SAMPLES = 1000, 1000, 100_000
_POINTS_SHOWN = 40

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

    net = _network(filters, strides)
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
    print(f"\n{theorem['claim']['text']}\n")
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

    net = _network(filters, strides)
    limit = None if seconds is None else number("--seconds", seconds)
    check_destination(out, (".json",), samples, targets)
    moments = _moments(net, samples, targets)
    with shown() as tell:
        found = net.critical_points(moments, progress=tell, seconds=limit)
        tell("", 1.0)
    answer = {"num_outputs": moments.size, **queries.critical_filters_answer(net, found)}
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


def member(filters: str | None, strides: str | None, given: str | None, all_of_them: bool, as_json: bool) -> None:
    """Tell whether a filter is an end-to-end filter, and of which layers."""
    from equivariety import queries

    net = _network(filters, strides)
    if given is None:
        raise invalid("--filter", "given", "nothing", "add --filter 1,0,1/2, numbers separated by commas")
    answer = queries.membership_answer(net, queries.parse_filter(given), factorizations=all_of_them)
    if as_json:
        print_json(answer)
        return
    exact = "exact" if answer["exact"] else f"floating point, relative residual {answer['residual'] or 0.0:.1e}"
    rows = [
        ("member", {"member": "yes", "not_member": "no", "undecided": "undecided"}[answer["status"]]),
        ("because", answer["reason"]),
        ("in the closure", _text(answer["in_closure"])),
        *([("position", answer["position"])] if answer["position"] else []),
        ("arithmetic", exact),
    ]
    rows += [(f"layer {i}", _numbers(w)) for i, w in enumerate(answer["filters"] or [], start=1)]
    for position, found in enumerate(answer.get("factorizations", []), start=1):
        rows.append((f"choice {position}", "; ".join(map(_numbers, found))))
    print_facts(rows)


def classify(
    filters: str | None,
    strides: str | None,
    samples: str,
    targets: str | None,
    layers: list[str],
    polish: bool,
    as_json: bool,
) -> None:
    """Tell what kind of point the filters in files are for samples and targets in files."""
    from equivariety import queries

    net = _network(filters, strides)
    if len(layers) != net.depth:
        fix = "give one --layer w.npy for each layer, input to output"
        raise invalid("--layer", f"given {net.depth} times, once per layer", f"{len(layers)}", fix)
    moments = _moments(net, samples, targets)
    found = net.classify([read_table(path).ravel() for path in layers], moments, polish=polish)
    answer = queries.filter_point_answer(net, found)
    if as_json:
        print_json(answer)
        return
    print_facts(
        [
            ("kind", answer["kind"].replace("_", " ")),
            ("because", answer["reason"]),
            ("loss", f"{answer['loss']:.6g} (mean squared error per sample and output)"),
            ("relative gradient", f"{answer['gradient_norm']:.1e}"),
            *([] if answer["index"] is None else [("index", _text(answer["index"]))]),
            *([] if answer["rank"] is None else [("rank", f"{answer['rank']} of {answer['dim']}")]),
            ("end-to-end filter", _numbers(answer["end_to_end_filter"])),
        ]
    )


def _moments(net: Any, samples: str, targets: str | None) -> Any:
    if targets is None:
        raise invalid("--targets", "given", "nothing", "add --targets Y.npy, one row of outputs per sample")
    return net.moments(read_table(samples), read_table(targets))


def _network(filters: str | None, strides: str | None) -> Any:
    from equivariety import queries

    for option, text in (("--filters", filters), ("--strides", strides)):
        if text is None:
            raise invalid(option, "given", "nothing", f"add {option} {'3,2' if option == '--filters' else '2,1'}")
    return queries.build_network(filters or "", strides or "")


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
            f"{point['loss']:.6g}",
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


def _numbers(values: Sequence[Any]) -> str:
    return ", ".join(f"{x:.6g}" if isinstance(x, float) else str(x) for x in values)


def _text(value: Any) -> str:
    if value is None:
        return "unknown"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
