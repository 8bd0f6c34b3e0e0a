"""Growth of the cost of a fit with the number of pixels n at a fixed number of samples: a table and a plot."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from measure import OUT, medians, report, smooth_images

import equivariety as ev

SAMPLES, RANK, SIDES = 1_000, 50, (28, 64, 128, 256)


def measure(side: int) -> dict[str, object]:
    x = smooth_images(SAMPLES, side)
    space = ev.equivariant_maps(ev.groups.shift((side, side), axis=1), rank=RANK)
    fit = ev.fit(space, x)
    (cost,) = medians(lambda: ev.fit(space, x))
    return {"side": side, "n": side * side, "samples": SAMPLES, "route": fit.route, "fit_seconds": cost}


def draw(rows: list[dict[str, object]]) -> None:
    n = np.array([row["n"] for row in rows], dtype=float)
    cost = np.array([row["fit_seconds"] for row in rows], dtype=float)
    figure = Figure(figsize=(5, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.loglog(n, cost, "o-", color="#0072b2", label="fit over all components")
    for power, style in ((1, ":"), (1.5, "--"), (2, "-.")):
        axes.loglog(n, cost[0] * (n / n[0]) ** power, style, color="0.6", label=f"growth like $n^{{{power}}}$")
    axes.set_xlabel("pixels $n$")
    axes.set_ylabel("seconds")
    axes.set_title(f"{SAMPLES:,} images, rank {RANK}, horizontal shift")
    axes.legend(frameon=False)
    OUT.mkdir(exist_ok=True)
    figure.savefig(OUT / "growth.png", dpi=150)


if __name__ == "__main__":
    table = [measure(side) for side in SIDES]
    report("growth", table)
    draw(table)
