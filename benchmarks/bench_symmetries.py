"""Rank-50 autoencoders of MNIST under several groups, and of volumes under the rotations of the cube.

Each fit is the exact optimum over all components of its space; the floor in the same run is the group-averaged
covariance, one BLAS product and one dense eigenvalue problem, which knows nothing of blocks and gives a bound from
below: the best map of rank 50 for the averaged data without regard to symmetry.  Pictures go to benchmarks/out.
"""

from __future__ import annotations

import time

import matplotlib.pyplot as plt
import numpy as np
import scipy.linalg
from measure import OUT, memory_growth, mnist, report, seconds, smooth_images

import equivariety as ev

RANK = 50
VOLUME = 32


def images() -> tuple[str, np.ndarray]:
    path = mnist()
    if path is None:
        return "smooth images", smooth_images(60_000, 28)
    return "MNIST", ev.datasets.load_mnist(path, dtype=np.float32).train


def volumes(count: int = 200) -> np.ndarray:
    """Gaussian blobs of random place and width, (count, 32^3)."""
    rng = np.random.default_rng(0)
    grid = np.arange(VOLUME)
    out = np.empty((count, VOLUME, VOLUME, VOLUME), np.float32)
    for volume in out:
        centre, width = rng.uniform(5, VOLUME - 6, 3), rng.uniform(4, 40)
        x, y, z = (np.exp(-((grid - c) ** 2) / width) for c in centre)
        volume[...] = x[:, None, None] * y[None, :, None] * z[None, None, :]
    return out.reshape(count, -1)


def averaged_floor(group: ev.PermutationGroup, x: np.ndarray) -> float:
    """Loss of the best map of rank 50 for the orbit-averaged covariance, without blocks."""
    moment = np.asarray(x.T @ x, dtype=np.float64)
    moment = ev.equivariant_maps(group).hom.project(moment)
    values = scipy.linalg.eigvalsh(moment)
    return float(values[:-RANK].sum()) / x.size


def row(name: str, group: ev.PermutationGroup, x: np.ndarray, *, floor: bool) -> dict[str, object]:
    started = time.perf_counter()
    space = ev.equivariant_maps(group, rank=RANK)
    setup = time.perf_counter() - started
    found = ev.fit(space, x)
    growth = memory_growth(lambda: ev.fit(space, x))
    return {
        "data and group": name,
        "components": float(space.num_components()),
        "space_s": setup,
        "fit_s": seconds(lambda: ev.fit(space, x)),
        "MiB": growth / 2**20,
        "loss": found.loss,
        "averaged PCA": averaged_floor(group, x) if floor else "",
        "equivariance": found.map.equivariance_error(),
        "certificate": "ok" if found.certificate.ok else "FAILED",
    }


def picture(x: np.ndarray) -> None:
    """Digits, turned digits and their reconstructions under D4 and under D4 with translations."""
    some = x[:8]
    turned = ev.groups.rotation(28).generators[0].apply(some)
    rows = {"digits, turned": turned}
    for name, group in (("D4", ev.groups.dihedral(28)), ("torus with D4", ev.groups.torus(28))):
        rows[name] = ev.fit(ev.equivariant_maps(group, rank=RANK), x).map(turned)
    figure, axes = plt.subplots(len(rows), len(some), figsize=(8, 3.4))
    for line, (name, values) in zip(axes, rows.items(), strict=True):
        line[0].set_title(name, loc="left", fontsize=9)
        for axis, image in zip(line, values, strict=True):
            axis.imshow(image.reshape(28, 28), cmap="gray_r", vmin=0, vmax=1)
            axis.set_axis_off()
    OUT.mkdir(exist_ok=True)
    figure.savefig(OUT / "symmetries.png", dpi=150)


def main() -> None:
    name, x = images()
    groups = {
        "horizontal shifts": ev.groups.shift((28, 28), axis=1),
        "quarter turns": ev.groups.rotation(28),
        "D4": ev.groups.dihedral(28),
        "translations": ev.groups.translations((28, 28)),
        "torus with D4": ev.groups.torus(28),
    }
    rows = [row(f"{name}, {title}", group, x, floor=True) for title, group in groups.items()]
    cube = ev.groups.cube_rotations(VOLUME)
    rows.append(row(f"200 volumes {VOLUME}^3, cube rotations", cube, volumes(), floor=False))
    picture(x)
    report("symmetries", rows)


if __name__ == "__main__":
    main()
