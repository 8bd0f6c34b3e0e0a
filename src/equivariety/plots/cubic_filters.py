"""Filters of size four as cubics: those with three real roots are products of three filters of size two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from equivariety.errors import brief, invalid
from equivariety.plots.style import COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["depressed", "plot_cubic_filters"]

_P, _Q = (-3.2, 1.4), (-2.4, 2.4)
#: The four examples: where they are, what they are called.
_EXAMPLES = (
    (-2.1, 0.35, "three real roots"),
    (-1.6, -2 * (1.6 / 3) ** 1.5, "a double root"),
    (0.0, 0.0, "a triple root"),
    (0.35, 1.35, "one real root"),
)


def depressed(v: object) -> np.ndarray:
    """Return the p and q (..., 2) for which filters (..., 4) are, up to scale and shift, x^3 + p x + q.

    The filter v stands for v0 + v1 x + v2 x^2 + v3 x^3.  Shifting x moves its roots and changes nothing else.

    Raises ValueError unless there are four numbers each, the last one not zero.

    >>> depressed([-6.0, 11.0, -6.0, 1.0]).tolist()      # the roots 1, 2, 3 move to -1, 0, 1
    [-1.0, 0.0]
    """
    given = np.asarray(v, dtype=float)
    if given.ndim == 0 or given.shape[-1] != 4 or not np.isfinite(given).all() or (given[..., 3] == 0).any():
        raise invalid("filters", "(..., 4) finite numbers with v3 != 0", brief(v), "give v0, v1, v2, v3")
    d, c, b = (given[..., i] / given[..., 3] for i in range(3))
    return np.stack([c - b**2 / 3, 2 * b**3 / 27 - b * c / 3 + d], axis=-1)


def plot_cubic_filters(filters: object = (), *, title: str | None = None) -> Figure:
    """Return a figure of the function space of three filters of size 2, a region of the plane of cubics x^3 + p x + q.

    The end-to-end filter has size 4, and is a product of three filters iff its cubic has three real roots: the
    discriminant ``-4 p^3 - 27 q^2`` is not negative.  On the boundary two roots are equal, at the cusp three.  The
    small graphs show one cubic of each kind, with its real roots.

    Args:
        filters: (N, 4) filters to mark at their p and q; those out of the picture are left out.
        title: above the picture; None for a default, "" for nothing.

    Raises ValueError and TypeError for anything else.

    >>> figure = plot_cubic_filters([[-6.0, 11.0, -6.0, 1.0]])
    >>> figure.axes[0].get_xlabel()
    '$p$'
    """
    if title is not None and not isinstance(title, str):
        raise invalid("title", "a text, or None", brief(title), 'give "" for no title', TypeError)
    marked = depressed(filters).reshape(-1, 2) if len(np.asarray(filters)) else np.zeros((0, 2))
    figure = new_figure(7.6, 5.4)
    letters = "ABCD"
    named = figure.subplot_mosaic([["main", letter] for letter in letters], width_ratios=[3.4, 1.0])
    axes = named["main"]
    quiet(axes)
    p = np.linspace(_P[0], 0.0, 400)
    q = 2 * np.sqrt((-p / 3) ** 3)
    axes.fill_between(
        p, -q, q, color=COLOURS["best"], alpha=0.22, linewidth=0, label="three real roots: in the function space"
    )
    for sign, label in ((1, "boundary: a double root"), (-1, None)):
        axes.plot(p, sign * q, color="black", linewidth=2, label=label)
    axes.set(xlim=_P, ylim=_Q)
    for letter, (x, y, name) in zip(letters, _EXAMPLES, strict=True):
        axes.plot(x, y, "o", markersize=6, color="black", zorder=5)
        axes.annotate(letter, (x, y), xytext=(-13, 7), textcoords="offset points", fontsize=11, fontweight="bold")
        _graph(named[letter], x, y, f"{letter}: {name}")
    if len(marked):
        style: dict[str, Any] = {"markersize": 7, "markerfacecolor": COLOURS["talk"], "markeredgecolor": "white"}
        axes.plot(*marked.T, "D", linestyle="none", label="given filters", zorder=6, **style)
    axes.set_xlabel("$p$", fontsize=12)
    axes.set_ylabel("$q$", fontsize=12, rotation=0, labelpad=10)
    text = "filters of size 4 as cubics $x^3 + p\\,x + q$, up to scale and shift of $x$"
    figure.suptitle(text if title is None else title, fontsize=11.5)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    return figure


def _graph(axes, p: float, q: float, name: str) -> None:
    """The graph of one cubic with its real roots."""
    x = np.linspace(-2.05, 2.05, 200)
    axes.axhline(0, color="0.6", linewidth=0.8)
    axes.plot(x, x**3 + p * x + q, color="0.15", linewidth=1.4)
    roots = np.roots([1.0, 0.0, p, q])
    real = roots.real[np.abs(roots.imag) < 1e-3]
    axes.plot(real, np.zeros_like(real), "o", markersize=5, color=COLOURS["talk"])
    axes.set(xlim=(-2.05, 2.05), ylim=(-3.2, 3.2), xticks=[], yticks=[])
    axes.set_title(name, fontsize=9.5, pad=4)
