"""``equivariety project``: the nearest map of a space to a matrix in a file."""

from __future__ import annotations

from typing import Any

from equivariety.cli.inputs import check_destination, check_space_options, read_table, space_of
from equivariety.cli.options import SpaceOptions
from equivariety.cli.output import print_facts, print_json, ranks_text, uniqueness_text

__all__ = ["project"]


def project(space: SpaceOptions, matrix: str, out: str | None, as_json: bool) -> None:
    """Project, write the nearest matrix to the file ``out`` where one is given, and print how near it is."""
    from equivariety import queries
    from equivariety.datasets.table_output import save_array
    from equivariety.linalg import frobenius_norm

    check_space_options(space, ranks_allowed=True)
    check_destination(out, None, matrix, space.group, space.target_group)
    given = read_table(matrix)
    found = space_of(space, given.shape[1], len(given))
    nearest = found.project(given)
    answer = {
        "group": space.group,
        "target_group": space.target_group,
        "invariant": space.invariant,
        **queries.projection_answer(found, nearest, frobenius_norm(given)),
        "out": out,
    }
    if out is not None:
        save_array(out, nearest.point)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _print(answer: dict[str, Any]) -> None:
    m, n = answer["shape"]
    print_facts(
        [
            ("matrix", f"{m:,} x {n:,}, norm {answer['norm']:.6g}"),
            ("distance", f"{answer['distance']:.6g} ({100 * answer['relative_distance']:.3g} % of the norm)"),
            ("ranks", ranks_text(answer["ranks"])),
            ("real rank", f"{answer['rank']:,}"),
            ("parameters", f"{answer['num_parameters']:,}, where the matrix has {m * n:,} entries"),
            ("unique", uniqueness_text(answer)),
            *([("written to", answer["out"])] if answer["out"] else []),
        ]
    )
