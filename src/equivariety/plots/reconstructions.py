"""Shifted test images and what the models make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equivariety.experiments import ReproductionResult
from equivariety.plots.style import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_reconstructions"]

_ROWS = (("samples", None), ("reconstructions.best", "best"), ("reconstructions.talk", "talk"))
_ROWS = (*_ROWS, ("reconstructions.dense", "dense"))
_LABELS = {None: "shifted\ntest image", "best": "best\ncomponent", "talk": "talk's\ncomponent", "dense": "dense,\nno symmetry"}


def plot_reconstructions(result: ReproductionResult) -> Figure:
    """Return a figure with the first nine shifted test images, and below them their reconstructions.

    Rows: the images, the best equivariant component, the talk's component, the dense model; under each label the
    mean squared error per pixel over all test images.  Grey values are cut to [0, 1].

    >>> import equivariety as ev
    >>> result = ev.experiments.run(ev.experiments.ReproductionConfig())
    >>> len(plot_reconstructions(result).axes)
    4
    """
    data = result.report["data"]
    height, width = data["height"], data["width"]
    count = len(result.arrays["samples"])
    gap = max(1, round(0.08 * width))
    figure = new_figure(9.0, 0.35 + len(_ROWS) * max(0.55, 0.85 * height / width * 9 / max(count, 1)))
    panels = figure.subplots(len(_ROWS), 1, squeeze=False)[:, 0]
    for axes, (key, model) in zip(panels, _ROWS, strict=True):
        images = np.clip(result.arrays[key], 0.0, 1.0).reshape(count, height, width)
        strip = np.full((height, count * (width + gap) - gap), np.nan)
        for i, image in enumerate(images):
            strip[:, i * (width + gap) : i * (width + gap) + width] = image
        axes.imshow(strip, cmap="gray", vmin=0.0, vmax=1.0, interpolation="nearest")
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
        label = _LABELS[model] + ("" if model is None else f"\nerror {result.model(model)['test_loss']:.4f}")
        axes.set_ylabel(label, rotation=0, ha="right", va="center", labelpad=10, fontsize=10)
    rank = result.report["space"]["rank"]
    figure.suptitle(f"Autoencoders of rank {rank} on horizontally shifted {data['name']}", fontsize=12)
    return figure
