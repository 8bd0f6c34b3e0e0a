"""All critical points of small convolutional networks: continuation, cold and warm, beside random starts.

Cold: new random data are solved first, by monodromy.  Warm: these are remembered, and only the given data are new.
Random starts (Levenberg and Marquardt's method on the gradient) find real points only, and do not know when they have
all.  Each row is over as many data sets; times are medians in seconds.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

import numpy as np
from measure import report

import equivariety as ev

NETWORKS = [
    ((3, 2), (2, 1)),
    ((3, 3), (2, 1)),
    ((2, 2, 2), (2, 2, 1)),
    ((3, 2, 2), (2, 2, 1)),
    ((4, 3), (2, 1)),
    ((2, 2), (1, 1)),
    ((2, 2, 2), (1, 1, 1)),
]
SEEDS = 25
STARTS = 100


def row(sizes: tuple[int, ...], strides: tuple[int, ...], seeds: int) -> dict[str, Any]:
    net = ev.LinearConvolutionalNetwork(sizes, strides)
    k = net.end_to_end_size
    times: dict[str, list[float]] = {"cold": [], "warm": [], "starts": []}
    complete = {"cold": 0, "warm": 0}
    real = found_real = all_found = 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        X, Y = rng.standard_normal((k + 4, k)), rng.standard_normal((k + 4, 1))
        if seed == 0:
            net.critical_points(X, Y)  # now the random data are remembered
        for name, given in (("cold", np.random.default_rng(1000 + seed)), ("warm", None)):
            begun = time.perf_counter()
            found = net.critical_points(X, Y, rng=given)
            times[name].append(time.perf_counter() - begun)
            complete[name] += found.complete
        begun = time.perf_counter()
        search = net.local_search(X, Y, rng=rng, starts=STARTS)
        times["starts"].append(time.perf_counter() - begun)
        real += len(found.real_points)
        found_real += len(search.points)
        all_found += len(search.points) == len(found.real_points)
    return {
        "filters": ",".join(map(str, sizes)),
        "strides": ",".join(map(str, strides)),
        "points": found.expected,
        "complete cold": f"{complete['cold']}/{seeds}",
        "complete warm": f"{complete['warm']}/{seeds}",
        "cold": statistics.median(times["cold"]),
        "cold max": max(times["cold"]),
        "warm": statistics.median(times["warm"]),
        "warm max": max(times["warm"]),
        f"{STARTS} starts": statistics.median(times["starts"]),
        "real": real,
        "real by starts": found_real,
        "all real by starts": f"{all_found}/{seeds}",
    }


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    report("critical_filters", [row(sizes, strides, count) for sizes, strides in NETWORKS])
