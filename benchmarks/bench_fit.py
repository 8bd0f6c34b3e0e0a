"""The fit over all components against the fastest of scikit-learn's PCA(99) solvers, in the same run.

60,000 x 784 float32 (MNIST where present, else smooth random images) and 10,000 x 4,096 float32 (64 x 64 images).
"""

from __future__ import annotations

import numpy as np
from measure import medians, memory_growth, mnist, report, seconds, smooth_images
from sklearn.decomposition import PCA

import equivariety as ev

SOLVERS = ("auto", "covariance_eigh", "randomized")


def mnist_or_smooth() -> tuple[str, np.ndarray]:
    path = mnist()
    if path is None:
        return "smooth images", smooth_images(60_000, 28)
    return "MNIST", ev.datasets.load_mnist(path, dtype=np.float32).train


def compare(name: str, x: np.ndarray) -> dict[str, object]:
    side = int(x.shape[1] ** 0.5)
    space = ev.equivariant_maps(ev.groups.shift((side, side), axis=1), rank=99)
    growth = memory_growth(lambda: ev.fit(space, x))
    trial = {solver: seconds(lambda s=solver: PCA(99, svd_solver=s, random_state=0).fit(x)) for solver in SOLVERS}
    fastest = min(trial, key=trial.__getitem__)
    ours, peer = medians(lambda: ev.fit(space, x), lambda: PCA(99, svd_solver=fastest, random_state=0).fit(x))
    return {
        "data": name,
        "shape": f"{x.shape[0]}x{x.shape[1]}",
        "fit_seconds": ours,
        "fastest_pca": fastest,
        "pca_seconds": peer,
        "ratio": peer / ours,
        "fit_memory_growth_mb": growth / 1e6,
    }


if __name__ == "__main__":
    report("fit", [compare(*mnist_or_smooth()), compare("smooth images", smooth_images(10_000, 64))])
