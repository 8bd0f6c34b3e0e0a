"""Shifted test images and what the models make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equivariety.experiments import ReproductionResult
from equivariety.plots.style import data_title, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_reconstructions"]

#: Rows of the picture: array, model, label.
_ROWS = (
    ("samples", None, "shifted\ntest image"),
    ("reconstructions.best", "best", "best\ncomponent"),
    ("reconstructions.talk", "talk", "talk's\ncomponent"),
    ("reconstructions.dense", "dense", "dense,\nno symmetry"),
)

# Sizes in inches.
_LABELS, _STRIP, _TITLE, _GAP, _MARGIN = 1.35, 8.0, 0.4, 0.09, 0.1
_LOWEST = 0.6


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
    columns = count * (width + gap) - gap
    tall = max(_LOWEST, _STRIP * height / columns) if count > 4 else 1.0
    total_width = _LABELS + _STRIP + _MARGIN
    total_height = _TITLE + len(_ROWS) * (tall + _GAP) + _MARGIN
    figure = new_figure(total_width, total_height)
    figure.set_layout_engine("none")
    for row, (key, model, label) in enumerate(_ROWS):
        images = np.clip(result.arrays[key], 0.0, 1.0).reshape(count, height, width)
        strip = np.full((height, columns), np.nan)
        for i, image in enumerate(images):
            strip[:, i * (width + gap) : i * (width + gap) + width] = image
        bottom = total_height - _TITLE - (row + 1) * (tall + _GAP) + _GAP
        place = (_LABELS / total_width, bottom / total_height, _STRIP / total_width, tall / total_height)
        axes = figure.add_axes(place, anchor="W")
        axes.imshow(strip, cmap="gray", vmin=0.0, vmax=1.0, interpolation="nearest")
        axes.set_axis_off()
        text = label + ("" if model is None else f"\nerror {result.model(model)['test_loss']:.4f}")
        middle = (bottom + tall / 2) / total_height
        figure.text((_LABELS - 0.15) / total_width, middle, text, ha="right", va="center", fontsize=10)
    title = f"Autoencoders of rank {result.report['space']['rank']} on horizontally shifted {data_title(data['name'])}"
    figure.text(
        (_LABELS + _STRIP / 2) / total_width,
        1 - _TITLE / 2 / total_height,
        title,
        ha="center",
        va="center",
        fontsize=12,
    )
    return figure
