"""The geometry card, cold, and what it is made of, at two sizes: milliseconds, mostly medians of five runs."""

from __future__ import annotations

import statistics
import subprocess
import sys
from itertools import islice

from measure import medians, report, seconds

import equivariety as ev

CARD = """
import time
import equivariety as ev
import equivariety.varieties
start = time.perf_counter()
space = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)
text = str(space.describe([13, 10, 9, 8, 7, 5, 3, 1, 0, 0, 0, 0, 0, 0, 0]))
print(time.perf_counter() - start)
"""


def cold_card() -> float:
    """Milliseconds from the group to the text of the card of the talk, first call in a new process, after import."""
    runs = [subprocess.run([sys.executable, "-c", CARD], check=True, capture_output=True, text=True) for _ in range(5)]
    return statistics.median(float(run.stdout) for run in runs) * 1e3


def large() -> ev.varieties.RankBoundedMaps:
    return ev.equivariant_maps(ev.groups.shift((1024, 1024), axis=1), rank=10_000)


if __name__ == "__main__":
    small = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)
    wide = large()
    listing = medians(lambda: list(islice(small.components(order="dimension"), 1000)))[0]
    degree, over_r, over_c = medians(
        lambda: ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99).degree,
        lambda: wide.num_components(),
        lambda: wide.num_components(field="complex"),
    )
    rows = [
        {"what": "card, 28x28 shift, rank 99", "result": "cold, after import", "milliseconds": cold_card()},
        {"what": "first 1,000 components by dimension", "result": "28x28 shift", "milliseconds": listing * 1e3},
        {"what": "degree, 28x28 shift, rank 99", "result": "1,240 digits", "milliseconds": degree * 1e3},
        {
            "what": "components over R, 1024x1024 shift, rank 10,000",
            "result": "739 digits",
            "milliseconds": over_r * 1e3,
        },
        {"what": "components over C", "result": "1,478 digits", "milliseconds": over_c * 1e3},
        {"what": "card, 1024x1024", "result": "with group", "milliseconds": seconds(lambda: str(large())) * 1e3},
        {
            "what": "ED degree, 1024x1024",
            "result": "12,341 digits",
            "milliseconds": seconds(lambda: wide.ed_degree) * 1e3,
        },
    ]
    if "--degree" in sys.argv:  # minutes
        found = seconds(lambda: wide.degree) * 1e3
        rows.append({"what": "degree, 1024x1024", "result": "5,990,323 digits", "milliseconds": found})
    report("geometry", rows)
