"""How well filters are recovered from a noisy end-to-end filter, and what the library says about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from equivariety.errors import brief, invalid
from equivariety.experiments import RecoveryStudy
from equivariety.plots.style import COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_factor_recovery"]

#: Verdicts as readers see them, with colour and marker.
_VERDICTS = {
    "member": ("member: filters are given", COLOURS["best"], "o"),
    "undecided": ("undecided", "0.45", "s"),
    "not_member": ("not a member: more noise than the tolerance", COLOURS["talk"], "v"),
}


def plot_factor_recovery(study: RecoveryStudy, *, title: str | None = None) -> Figure:
    """Return a figure of errors of recovered filters, against the noise and against the conditioning.

    On the left, errors against the size of the noise, one mark per trial, coloured by the verdict on the noisy filter.
    On the right how many times the noise has been enlarged, against the conditioning: the line is its inverse, which
    the errors stay below, up to a small factor, as long as the noise is small.

    Args:
        study: of :func:`equivariety.experiments.recovery_study`; trials without noise are left out.
        title: above the picture; None for the networks, "" for nothing.

    Raises TypeError for anything else, and ValueError for a study without noise.

    >>> from equivariety.convolution import Architecture
    >>> from equivariety.experiments import recovery_study
    >>> study = recovery_study(np.random.default_rng(0), [Architecture((2, 2), (2, 1))], [1e-9, 1e-6], repeats=3)
    >>> [axes.get_xscale() for axes in plot_factor_recovery(study).axes]
    ['log', 'log']
    """
    if not isinstance(study, RecoveryStudy):
        raise invalid("study", "a RecoveryStudy", brief(study), "pass experiments.recovery_study(...)", TypeError)
    if title is not None and not isinstance(title, str):
        raise invalid("title", "a text, or None", brief(title), 'give "" for no title', TypeError)
    shown = (study.noise > 0) & (study.factor_error > 0)
    if not shown.any():
        raise invalid("study", "one with noise", "none", "pass positive noise_levels")
    noise, error, conditioning = study.noise[shown], study.factor_error[shown], study.conditioning[shown]
    verdict = study.verdict[shown]
    figure = new_figure(9.0, 4.6)
    left, right = figure.subplots(1, 2)
    for axes in (left, right):
        quiet(axes)
        axes.set(xscale="log", yscale="log")
    # Trials of one level side by side.
    place = noise * 10 ** (0.5 * _ranks(noise))
    handles = _marks(left, place, error, verdict)
    levels = np.unique(noise)
    medians = [float(np.median(error[noise == level])) for level in levels]
    handles += left.plot(levels, medians, color="black", linewidth=1.3, label="median", zorder=4)
    left.set_xlabel("size of the noise, relative to the end-to-end filter")
    left.set_ylabel("error of the recovered filters")
    left.set_title("error against noise", fontsize=11)
    _marks(right, conditioning, error / noise, verdict)
    ends = np.array([conditioning.min() / 1.5, min(1.0, 1.5 * conditioning.max())])
    handles += right.plot(ends, 1 / ends, "--", color="black", linewidth=1.3, label="1 / conditioning", zorder=4)
    right.set_xlabel("conditioning of the filters (1: best)")
    right.set_ylabel("error / noise")
    right.set_title("how much the noise grows", fontsize=11)
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False, fontsize=9)
    names = ", ".join(f"{one.filter_sizes} / {one.strides}" for one in study.architectures)
    text = f"filters recovered from noisy end-to-end filters: sizes / strides {names}"
    if title != "":
        figure.suptitle(text if title is None else title, fontsize=11)
    return figure


def _marks(axes: Axes, x: np.ndarray, y: np.ndarray, verdict: np.ndarray) -> list[Any]:
    handles = []
    for name, (label, colour, marker) in _VERDICTS.items():
        these = verdict == name
        if these.any():
            style: dict[str, Any] = {"markersize": 4.5, "markeredgecolor": "white", "markeredgewidth": 0.4}
            handles += axes.plot(x[these], y[these], marker, color=colour, linestyle="none", label=label, **style)
    return handles


def _ranks(noise: np.ndarray) -> np.ndarray:
    """Numbers from -1/2 to 1/2, spread evenly over the trials of each level."""
    out = np.zeros(len(noise))
    for level in np.unique(noise):
        these = np.flatnonzero(noise == level)
        out[these] = (np.arange(len(these)) + 0.5) / len(these) - 0.5
    return out
