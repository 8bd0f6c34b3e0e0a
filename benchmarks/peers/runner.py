"""What the runners of all packages share: every case in a process of its own, with limits of time and memory.

The output of a runner is one JSON list; progress goes to stderr.
This file is imported in the environment of every package and needs NumPy only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from cases import CASES, LONG_CASES, generators

TIME_LIMIT, MEMORY_LIMIT = 320.0, 8.0  # seconds and GB for one case
REPEATS, ENOUGH = 5, 10.0  # a case is repeated until it has taken this many seconds in all

Solve = Callable[[str, list[np.ndarray]], dict[str, Any]]


def main(solve: Solve, peer: str | None = None) -> None:
    """Run the cases named on the command line, by default the peer's or all, and print what was measured.

    ``solve`` takes the name of a case and its generators; it returns at least ``{"dim": ...}``, the dimension of the
    space of equivariant maps.  Only this call is timed.
    """
    peers = [peer] if peer else list(CASES)
    usual, long = (list(dict.fromkeys(case for p in peers for case in cases[p])) for cases in (CASES, LONG_CASES))
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"by default {' '.join(usual)}")
    parser.add_argument("--long", action="store_true", help=f"also {' '.join(long)}")
    parser.add_argument("--limit", type=float, default=TIME_LIMIT, help="seconds for one case")
    parser.add_argument("--memory", type=float, default=MEMORY_LIMIT, help="GB for one case")
    parser.add_argument("--child", metavar="CASE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(timed(solve, options.child)))
        return
    names = options.cases or usual + long * options.long
    print(json.dumps([repeated(name, options.limit, options.memory) for name in names], indent=1))


def timed(solve: Solve, name: str) -> dict[str, Any]:
    """Solve a case in this process, after a small one of its kind: what is loaded on first use is loaded then."""
    small = "d4-4" if name == "rubik" else f"{name.partition('-')[0]}-4"
    solve(small, generators(small))
    arrays = generators(name)
    print("started", flush=True)
    start = time.perf_counter()
    found = solve(name, arrays)
    return {"seconds": time.perf_counter() - start} | found


def repeated(name: str, limit: float, memory: float) -> dict[str, Any]:
    """Run a case in new processes; return the run of median time, with the largest memory of all."""
    runs: list[dict[str, Any]] = []
    while len(runs) < REPEATS and sum(run["seconds"] for run in runs) < ENOUGH:
        print(f"{Path(sys.argv[0]).stem}: {name}", file=sys.stderr, flush=True)
        runs.append(limited([sys.executable, sys.argv[0], "--child", name], limit, memory))
        if runs[-1]["status"] != "ok":
            return {"case": name, "runs": len(runs)} | runs[-1]
    middle = sorted(runs, key=lambda run: run["seconds"])[(len(runs) - 1) // 2]
    return {"case": name, "runs": len(runs)} | middle | {"peak_mb": max(run["peak_mb"] for run in runs)}


def limited(command: list[str], limit: float, memory: float) -> dict[str, Any]:
    """Run a command that prints a JSON object last; end it beyond the limits of time (seconds) and memory (GB).

    Its time counts from the first line it prints.
    """
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=printed, stderr=errors)
        started, status = False, "ok"
        try:
            while True:
                pid, code, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    break
                if not started and os.fstat(printed.fileno()).st_size:
                    started, start = True, time.perf_counter()
                if time.perf_counter() - start > limit:
                    status = f"over {limit:g} s"
                elif resident_gb(process.pid) > memory:
                    status = f"over {memory:g} GB"
                if status != "ok":
                    process.kill()
                    _, code, usage = os.wait4(process.pid, 0)
                    break
                time.sleep(0.02)
            process.returncode = os.waitstatus_to_exitcode(code)  # it has been waited for here
        finally:
            if process.returncode is None:
                process.kill()
                process.wait()
        row = {"status": status, "seconds": time.perf_counter() - start, "peak_mb": usage.ru_maxrss / 1e3}
        if status != "ok":
            return row
        if process.returncode:
            return row | {"status": last_line(errors) or f"exit code {process.returncode}"}
        return row | json.loads(last_line(printed))


def resident_gb(pid: int) -> float:
    """Resident memory of a process now; 0 where it cannot be read."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e9


def last_line(file: Any) -> str:
    file.seek(0)
    lines = file.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
