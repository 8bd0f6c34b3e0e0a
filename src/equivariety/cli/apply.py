"""``equivariety apply``: a saved map, applied to samples that need not fit into memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from equivariety._typing import AnyArray
from equivariety.cli.inputs import check_destination, read_table
from equivariety.cli.output import print_facts, print_json
from equivariety.errors import invalid
from equivariety.linalg.memory_maps import release_pages

__all__ = ["apply"]

#: Rows are mapped in chunks of about this many numbers.
_CHUNK_ENTRIES = 2**20


def apply(model: str, samples: str, targets: str | None, out: str | None, as_json: bool) -> None:
    """Apply the map, write the outputs to the file ``out``, and compare them with the targets, where given."""
    from equivariety.datasets.table_output import save_rows
    from equivariety.representations import load_map

    if out is None and targets is None:
        raise invalid("--out", "given unless --targets is", "nothing", "add --out outputs.npy")
    check_destination(out, None, model, samples, targets)
    mapping: Any = load_map(model)
    m, n = mapping.shape
    inputs = read_table(samples)
    if inputs.shape[1] != n:
        raise invalid(
            "DATA", f"a table with {n} columns, the inputs of {model}", f"shape {inputs.shape}", "transpose it"
        )
    wanted = None if targets is None else read_table(targets)
    if wanted is not None and wanted.shape != (len(inputs), m):
        required = f"a table of shape {(len(inputs), m)}, one row per sample"
        raise invalid("--targets", required, f"shape {wanted.shape}", "save one row of outputs per sample")
    run = _Run(mapping, inputs, wanted)
    dtype = np.dtype(np.float32 if inputs.dtype == np.float32 else np.float64)
    if out is not None:
        save_rows(out, run.outputs(), (len(inputs), m), dtype)
    else:
        for _ in run.outputs():
            pass
    answer = {
        "model": model,
        "shape": [m, n],
        "rank": getattr(mapping, "linear", mapping).rank,
        "num_samples": len(inputs),
        "dtype": dtype.name,
        "mean_squared_error": run.mean_squared_error(),
        "out": out,
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer)


class _Run:
    """One pass over the samples, which sums the squared error on the way."""

    def __init__(self, mapping: Any, inputs: AnyArray, wanted: AnyArray | None) -> None:
        self._mapping, self._inputs, self._wanted = mapping, inputs, wanted
        self._total = 0.0

    def outputs(self) -> Iterator[AnyArray]:
        step = max(1, _CHUNK_ENTRIES // max(self._mapping.shape))
        for start in range(0, len(self._inputs), step):
            rows = slice(start, start + step)
            with np.errstate(over="ignore", invalid="ignore"):
                chunk = self._mapping(self._inputs[rows])
            if not np.isfinite(chunk).all():
                got = f"numbers that leave the range of {chunk.dtype} on the way"
                raise invalid("DATA", "of moderate size", got, "rescale it, or convert it to float64")
            if self._wanted is not None:
                gap = np.subtract(chunk, self._wanted[rows], dtype=np.float64)
                with np.errstate(over="ignore", invalid="ignore"):
                    self._total += float(np.vdot(gap, gap))
                if not np.isfinite(self._total):  # before the file is in place
                    got = "NaN or inf, or squared errors beyond float64"
                    raise invalid("--targets", "finite, of moderate size", got, "remove or impute such entries first")
            yield chunk
            for table in (self._inputs, self._wanted):
                if table is not None:
                    release_pages(table[rows])

    def mean_squared_error(self) -> float | None:
        return None if self._wanted is None else self._total / self._wanted.size


def _print(answer: dict[str, Any]) -> None:
    m, n = answer["shape"]
    error = answer["mean_squared_error"]
    print_facts(
        [
            ("map", f"{answer['model']}: {n:,} -> {m:,} coordinates, rank {answer['rank']:,}"),
            ("samples", f"{answer['num_samples']:,}"),
            *([("mean squared error", f"{error:.6g} per sample and coordinate")] if error is not None else []),
            *([("written to", answer["out"])] if answer["out"] else []),
        ]
    )
