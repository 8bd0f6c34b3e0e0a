"""Resident memory of a fit on a memory-mapped file of 4 GB (--gigabytes), against the size of the file.

The file holds float32 images of 64 x 64 pixels and is written first, into the system's folder for temporary files.  The
fit runs in a fresh process, whose resident memory is sampled; the curve is drawn into out/memory.png.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from measure import OUT, report, resident_bytes, smooth_images

SIDE = 64


def fit_and_watch(path: str) -> None:
    """Fit the estimator in this process and print the samples of (seconds, resident bytes) as JSON."""
    import equivariety as ev

    group = ev.groups.shift((SIDE, SIDE), axis=1)
    space = ev.equivariant_maps(group, rank=50)
    ev.fit(space, np.ones((2, SIDE * SIDE), np.float32))  # loads what is loaded on first use
    curve: list[tuple[float, int]] = []
    start, stop = time.perf_counter(), threading.Event()

    def watch() -> None:
        while not stop.is_set():
            curve.append((time.perf_counter() - start, resident_bytes()))
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    found = ev.EquivariantAutoencoder(group, rank=50).fit(np.load(path, mmap_mode="r"))
    stop.set()
    watcher.join()
    print(json.dumps({"curve": curve, "samples": found.fit_.n_samples}))


def write(path: Path, gigabytes: float) -> int:
    """Write images of the given size in all; return the bytes of the file."""
    base = smooth_images(4096, SIDE)
    count = int(gigabytes * 1e9 / (4 * SIDE * SIDE))
    file = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(count, SIDE * SIDE))
    for start in range(0, count, len(base)):
        part = file[start : start + len(base)]
        part[...] = base[: len(part)]
        part *= 1.0 + start / count
    file.flush()
    return path.stat().st_size


def draw(curve: list[tuple[float, int]], size: int) -> None:
    from matplotlib.figure import Figure

    seconds, resident = np.array(curve).T
    figure = Figure(figsize=(6.4, 3.4), dpi=120, layout="constrained")
    axes = figure.subplots()
    axes.plot(seconds, resident / 1e6, color="#0072B2", label="resident memory")
    axes.axhline(1000.0, color="#D55E00", linestyle="--", linewidth=1.0, label="1 GB")
    axes.set_xlim(0, seconds[-1])
    axes.set_ylim(0, 1100)
    axes.set_xlabel("seconds")
    axes.set_ylabel("MB")
    axes.set_title(f"Fit on a memory-mapped file of {size / 1e9:.1f} GB", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="center right")
    OUT.mkdir(exist_ok=True)
    figure.savefig(OUT / "memory.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=4.0)
    parser.add_argument("--watch", metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.watch:
        fit_and_watch(options.watch)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npy"
        size = write(path, options.gigabytes)
        command = [sys.executable, __file__, "--watch", str(path)]
        printed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    curve = printed["curve"]
    draw(curve, size)
    row = {
        "file_gb": size / 1e9,
        "samples": printed["samples"],
        "seconds": curve[-1][0],
        "resident_mb_before": curve[0][1] / 1e6,
        "resident_mb_largest": max(resident for _, resident in curve) / 1e6,
    }
    report("memory", [row])


if __name__ == "__main__":
    main()
