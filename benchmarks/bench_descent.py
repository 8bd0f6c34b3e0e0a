"""The exact fit of the talk's component against gradient descent on its factors, default settings, random starts.

60,000 horizontally shifted MNIST images (smooth random images where MNIST is absent), float32, rank 99.  The gap is
the relative excess of the loss over the exact optimum.  Argument: the number of starts, 3 by default.
"""

from __future__ import annotations

import sys

import numpy as np
from measure import medians, mnist, report, smooth_images

import equivariety as ev
from equivariety.datasets import load_mnist, random_horizontal_shifts
from equivariety.experiments.rank_profiles import talk_ranks

SIDE, RANK, MAX_SHIFT = 28, 99, 0.2


def shifted_images() -> tuple[str, np.ndarray]:
    path = mnist()
    if path is None:
        return "smooth images", smooth_images(60_000, SIDE)
    train = load_mnist(path, dtype=np.float32).train
    return "MNIST, shifted", random_horizontal_shifts(train, (SIDE, SIDE), np.random.default_rng(0), MAX_SHIFT)


def compare(starts: int) -> list[dict[str, object]]:
    name, x = shifted_images()
    space = ev.equivariant_maps(ev.groups.shift((SIDE, SIDE), axis=1), rank=RANK)
    component = space.stratum(talk_ranks(space))
    best = ev.fit(component, x)
    (exact,) = medians(lambda: ev.fit(component, x))
    rows = []
    for start in range(starts):
        found = ev.gradient_descent(component, x, rng=np.random.default_rng(start))
        row = {"data": name, "parameters": component.num_parameters, "start": start, "epochs": found.epochs}
        row |= {"converged": found.converged, "exact_loss": best.loss, "descent_loss": found.loss}
        row |= {"gap": found.loss / best.loss - 1, "exact_seconds": exact, "descent_seconds": found.seconds}
        rows.append(row | {"ratio": found.seconds / exact})
    return rows


if __name__ == "__main__":
    report("descent", compare(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
