"""How the benchmarks measure: medians of alternating runs, memory above the start, one table, one JSON file."""

from __future__ import annotations

import json
import os
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

OUT = Path(__file__).parent / "out"


def seconds(run: Callable[[], Any]) -> float:
    """Wall time of one run, after a pause in which the BLAS threads of an earlier run stop waiting for more work."""
    time.sleep(0.2)
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def medians(*runs: Callable[[], Any], repeats: int = 5) -> list[float]:
    """Median wall time of each run; the runs take turns, so that a slow spell of the machine hits all of them."""
    for run in runs:
        run()
    times = [[seconds(run) for run in runs] for _ in range(repeats)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def resident_bytes() -> int:
    """Resident memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def memory_growth(run: Callable[[], Any]) -> int:
    """Largest resident memory during the run, minus that before it, in bytes; sampled every millisecond."""
    before = resident_bytes()
    highest, stop = before, threading.Event()

    def watch() -> None:
        nonlocal highest
        while not stop.is_set():
            highest = max(highest, resident_bytes())
            time.sleep(0.001)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        run()
    finally:
        stop.set()
        watcher.join()
    return max(highest, resident_bytes()) - before


def mnist() -> Path | None:
    """The MNIST file, from ``$EQUIVARIETY_MNIST`` or beside the repository; None where it is absent."""
    named = os.environ.get("EQUIVARIETY_MNIST")
    path = Path(named) if named else Path(__file__).parents[2] / "shared" / "data" / "mnist.npz"
    return path if path.is_file() else None


def smooth_images(samples: int, side: int, seed: int = 0) -> np.ndarray:
    """Random float32 images with a falling spectrum, shape (samples, side * side)."""
    rng = np.random.default_rng(seed)
    frequency = np.abs(np.fft.fftfreq(side)) * side
    decay = 1.0 / (1.0 + frequency[:, None] ** 2 + frequency[None, : side // 2 + 1] ** 2)
    out = np.empty((samples, side * side), np.float32)
    for start in range(0, samples, 256):
        count = min(256, samples - start)
        noise = np.fft.rfft2(rng.standard_normal((count, side, side)))
        out[start : start + count] = np.fft.irfft2(noise * decay, s=(side, side)).reshape(count, -1)
    return out


def report(name: str, rows: list[dict[str, Any]]) -> None:
    """Print the rows as a table and write them to ``out/<name>.json``."""
    keys = list(rows[0])
    cells = [keys, *([_text(row[key]) for key in keys] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(keys))]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    OUT.mkdir(exist_ok=True)
    (OUT / f"{name}.json").write_text(json.dumps(rows, indent=1))


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
