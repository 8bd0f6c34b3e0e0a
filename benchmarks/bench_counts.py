"""Counting components, and starting up: milliseconds, best of five."""

from __future__ import annotations

import subprocess
import sys

from measure import report, seconds

import equivariety as ev


def best(run: object) -> float:
    return min(seconds(run) for _ in range(5)) * 1e3  # type: ignore[arg-type]


if __name__ == "__main__":
    small = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)
    large = ev.equivariant_maps(ev.groups.shift((1024, 1024), axis=1), rank=10_000)
    rows = [
        {"what": "28x28 shift, rank 99, exact rank", "result": str(small.num_components(exact_rank=True))},
        {"what": "28x28 shift, rank 99", "result": str(small.num_components())},
        {"what": "1024x1024 shift, rank 10,000", "result": f"{len(str(large.num_components()))} digits"},
        {"what": "import equivariety", "result": "new process"},
        {"what": "equivariety --help", "result": "new process"},
    ]
    runs = [
        lambda: small.num_components(exact_rank=True),
        lambda: small.num_components(),
        lambda: large.num_components(),
        lambda: subprocess.run([sys.executable, "-c", "import equivariety"], check=True),
        lambda: subprocess.run([sys.executable, "-m", "equivariety", "--help"], check=True, capture_output=True),
    ]
    report("counts", [row | {"milliseconds": best(run)} for row, run in zip(rows, runs, strict=True)])
