"""Equivariant reduced-rank regression against dense ones, in the same run: cleaning noisy, shifted images.

60,000 x 784 float32 inputs and targets (MNIST where present, else smooth random images), rank 99.  The dense peers:
reduced-rank regression from the moments X^T X and Y^T X by one BLAS product each (NumPy and SciPy, float64), and
scikit-learn's Ridge, which has no bound on the rank.  PLSRegression iterates over all samples for every component and
is compared on the first 1,000 samples only.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg
from measure import medians, memory_growth, mnist, report, seconds, smooth_images
from sklearn.cross_decomposition import PLSRegression
from sklearn.linear_model import Ridge

import equivariety as ev

RANK = 99
PLS_SAMPLES = 1_000


def noisy_images() -> tuple[str, np.ndarray, np.ndarray]:
    path = mnist()
    clean = smooth_images(60_000, 28) if path is None else ev.datasets.load_mnist(path, dtype=np.float32).train
    rng = np.random.default_rng(0)
    shifts = rng.integers(0, 28, len(clean))
    columns = (np.arange(28)[None, :] - shifts[:, None]) % 28
    y = np.take_along_axis(clean.reshape(-1, 28, 28), columns[:, None, :], axis=2).reshape(clean.shape)
    x = y + np.float32(0.3) * rng.standard_normal(y.shape, dtype=np.float32)
    return "smooth images" if path is None else "MNIST", x, y


def dense_reduced_rank(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The best matrix of rank RANK, from the moments."""
    xx, yx = np.zeros((2, x.shape[1], x.shape[1]))
    for start in range(0, len(x), 4096):
        a, b = (z[start : start + 4096].astype(np.float64) for z in (x, y))
        xx += a.T @ a
        yx += b.T @ a
    values, vectors = scipy.linalg.eigh(xx)
    kept = values > 1e-12 * values[-1]
    white = vectors[:, kept] / np.sqrt(values[kept])
    w = yx @ white
    _, u = scipy.linalg.eigh(w @ w.T, subset_by_index=(len(w) - RANK, len(w) - 1))
    return u @ (u.T @ w) @ white.T


def main() -> None:
    name, x, y = noisy_images()
    space = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=RANK)
    growth = memory_growth(lambda: ev.fit(space, x, y))
    best = ev.fit(space, x, y)
    ours, dense = medians(lambda: ev.fit(space, x, y), lambda: dense_reduced_rank(x, y), repeats=3)
    ridge = seconds(lambda: Ridge(1.0, fit_intercept=False).fit(x, y))
    few = slice(0, PLS_SAMPLES)
    pls = seconds(lambda: PLSRegression(RANK, scale=False, max_iter=50, tol=1e-3).fit(x[few], y[few]))
    ours_few = seconds(lambda: ev.fit(space, x[few], y[few]))
    dense_loss = float(np.mean((x @ dense_reduced_rank(x, y).T - y) ** 2))
    rows = [
        {"model": "equivariant, best of all components", "samples": len(x), "seconds": ours, "loss": best.loss},
        {"model": "dense reduced-rank regression", "samples": len(x), "seconds": dense, "loss": dense_loss},
        {"model": "sklearn Ridge, full rank", "samples": len(x), "seconds": ridge, "loss": ""},
        {"model": "equivariant, best of all components", "samples": PLS_SAMPLES, "seconds": ours_few, "loss": ""},
        {"model": "sklearn PLSRegression(99)", "samples": PLS_SAMPLES, "seconds": pls, "loss": ""},
    ]
    for row in rows:
        row["times_ours"] = row["seconds"] / (ours if row["samples"] == len(x) else ours_few)
    report("regression", rows)
    print(f"data {name}, ranks {tuple(best.ranks)}, memory growth of the fit {growth / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
