"""``equivariety info``: a space of maps, or the installation, as a table or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from equivariety.cli.inputs import check_destination
from equivariety.cli.output import integer, print_facts, print_json, print_table
from equivariety.errors import invalid

__all__ = ["info"]

_BLOCKS_SHOWN = 16


def info(group: str | None, rank: int | None, as_json: bool, out: str | None) -> None:
    """Answer the question, print it, and write it to the file ``out`` where one is given."""
    from equivariety import queries

    if group is None and rank is not None:
        raise invalid("--rank", "given together with --group", rank, "add --group shift:28x28:axis=1")
    check_destination(out, (".json",), group)
    answer = queries.environment() if group is None else queries.describe_space(group, rank)
    if out is not None:
        import json

        from equivariety.files import write_atomically

        text = json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        write_atomically(Path(out), text.encode())
    if as_json:
        print_json(answer)
    else:
        _print(_environment_rows(answer) if group is None else _space_rows(answer), answer.get("blocks"))


def _environment_rows(answer: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [(name, str(answer[name])) for name in ("equivariety", "python", "numpy", "scipy", "scikit-learn")]
    blas = (f"{found['library']} {found['version']}, {found['threads']} threads" for found in answer["blas"])
    return [*rows, ("BLAS", "; ".join(dict.fromkeys(blas)) or "unknown"), ("cores", str(answer["cores"]))]


def _space_rows(answer: dict[str, Any]) -> list[tuple[str, str]]:
    more = answer["num_generators"] - len(answer["generators"])
    generators = [*answer["generators"], *([f"and {more} more"] if more else [])] or ["none: the trivial group"]
    certificate = answer["certificate"]
    checks = "none: blocks were counted without a basis"
    if certificate is not None:
        checks = (
            f"{'ok' if certificate['ok'] else 'FAILED'}: orthogonality {certificate['orthogonality']:.1e}, "
            f"equivariance {certificate['equivariance']:.1e}, dimension of all maps "
            f"{certificate['commutant_dim']:,}, orbits on pairs {certificate['num_orbitals']:,}"
        )
    return [
        ("group", answer["group"]),
        ("degree", f"{answer['degree']:,}"),
        *(("generator", text) for text in generators),
        ("orbits", f"{answer['num_orbits']:,}"),
        ("rank bound", f"{answer['rank']:,}"),
        ("dimension", f"{answer['dim']:,}"),
        ("components", integer(answer["num_components"])),
        ("of exact rank", integer(answer["num_components_exact_rank"])),
        ("blocks", f"{answer['num_blocks']:,}"),
        ("certificate", checks),
    ]


def _print(rows: list[tuple[str, str]], blocks: list[dict[str, Any]] | None) -> None:
    print_facts(rows)
    if blocks:
        keys = ("label", "field", "irrep_dim", "multiplicity", "max_rank")
        table = [[str(block[key]) for key in keys] for block in blocks[:_BLOCKS_SHOWN]]
        if len(blocks) > _BLOCKS_SHOWN:
            table.append(["…"])
        print_table([key.replace("_", " ") for key in keys], table, left=("label", "field"))
