"""The matrix of a permutation in the bases of the talk ("Finding good bases").

P  --T1-->  block circulant  --T2-->  diagonal           P  --Q-->  I + (-I) + 2x2 rotations
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import invalid
from equivariety.groups import Permutation, PermutationGroup
from equivariety.plots.arrows import draw_arrow
from equivariety.plots.cells import MOST_NAMED, block_lines, frame
from equivariety.plots.perceptual_colours import phase_colours, text_colour
from equivariety.plots.style import new_figure
from equivariety.representations import (
    block_circulant_basis,
    complex_fourier_basis,
    isotypic_decomposition,
    real_orthogonal_basis,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_cyclic_bases"]

_MOST_POINTS = 128
_LONGEST_TITLE = 70

# Sizes in inches: the title, between two panels side by side, and between the two rows.
_TITLE, _GAP, _DOWN = 0.75, 0.95, 1.05

#: Values that are written as they are, with their text after the sign.
_EXACT = {1.0: "1", 0.5: "1/2", 0.5**0.5: r"\sqrt{2}/2", 0.75**0.5: r"\sqrt{3}/2"}


def plot_cyclic_bases(sigma: Permutation | PermutationGroup, *, title: str | None = None) -> Figure:
    """Return a figure of P_sigma, of its block circulant and diagonal form, and of its real form under Q_sigma.

    Args:
        sigma: a permutation of at most 128 points, or a group with one generator.
        title: above the picture; None writes sigma in cycle notation.

    The matrices are P, ``T1.T @ P @ T1``, ``T2^* T1.T @ P @ T1 T2`` and ``Q.T @ P @ Q`` of
    :func:`equivariety.representations.block_circulant_basis`, ``complex_fourier_basis`` and ``real_orthogonal_basis``.
    The colour of an entry is its phase, paler for a smaller modulus, and white is 0; the wheel shows the eigenvalues.
    Up to 16 points entries are written out, zeta_l being exp(2 pi i / l); lines bound the cycles, or the isotypic
    blocks of Q.

    Raises TypeError for anything else, ValueError for several generators and more points.

    >>> figure = plot_cyclic_bases(Permutation.from_cycles("(1 3 4)(2 5)", degree=5))
    >>> [axes.get_title() for axes in figure.axes]
    ['permutation matrix $P_σ$', 'block circulant', 'diagonal', 'real orthogonal basis', 'eigenvalues']
    >>> [text.get_text() for text in figure.axes[2].texts]
    ['$1$', '$ζ_{3}$', '$ζ_{3}^{2}$', '$1$', '$-1$']
    """
    if isinstance(sigma, Permutation | PermutationGroup) and sigma.degree > _MOST_POINTS:
        raise invalid("sigma", f"of at most {_MOST_POINTS} points", sigma.degree, "draw a smaller permutation")
    T1, T2, Q = block_circulant_basis(sigma), complex_fourier_basis(sigma), real_orthogonal_basis(sigma)
    one = _one(sigma)
    P = one.matrix()
    circulant = T1.T @ P @ T1
    diagonal = _rounded(T2.conj().T @ circulant @ T2)
    real = _rounded(Q.T @ P @ Q)
    order = T1.argmax(axis=0)
    lengths = [len(cycle) for cycle in _cycles(one)]
    found = isotypic_decomposition(PermutationGroup([one])).blocks
    blocks = [block.dim for block in sorted(found, key=lambda block: block.field != "R")]

    figure, side, corners = _layout(one.degree)
    width, height = figure.get_size_inches()
    places = [(x / width, y / height, side / width, side / height) for x, y in corners]
    names = ("permutation matrix $P_σ$", "block circulant", "diagonal", "real orthogonal basis")
    panels = []
    for place, name, matrix in zip(places, names, (P, circulant, diagonal, real), strict=False):
        axes = figure.add_axes(place)
        entry = _root_text if matrix is diagonal else _real_text
        _matrix(axes, matrix, [entry(value) for value in matrix[matrix != 0]])
        axes.set_title(name, fontsize=10)
        panels.append(axes)
    if one.degree <= MOST_NAMED:
        _points(panels[0], range(one.degree))
        _points(panels[1], order)
    for axes in panels[1:3]:
        block_lines(axes, lengths, lengths)
    block_lines(panels[3], blocks, blocks)
    (x, y), middle = corners[0], corners[0][1] + side / 2
    for k, text in enumerate(("$T_1$", "$T_2$")):
        draw_arrow(figure, (corners[k][0] + side + 0.13, middle), (corners[k + 1][0] - 0.27, middle), text)
    draw_arrow(figure, (x + side / 2, y - 0.25), (x + side / 2, corners[3][1] + side + 0.3), "$Q_σ$")
    _wheel(figure.add_axes(places[4]), diagonal.diagonal())
    text = f"σ = {one.cycle_text}"
    if len(text) > _LONGEST_TITLE:
        text = f"a permutation of {one.degree} points with {len(lengths)} cycle{'s' if len(lengths) > 1 else ''}"
    shown = text if title is None else title
    figure.text(0.5, 1 - 0.2 / height, shown, fontsize=11.5, ha="center", va="center")
    return figure


def _layout(n: int) -> tuple[Figure, float, list[tuple[float, float]]]:
    """The figure, the side of its panels and their corners: three in a row, one below the first, the wheel beside it.

    In inches.
    """
    side = float(np.clip(0.44 * n, 2.1, 3.1))
    figure = new_figure(3 * side + 2 * _GAP + 0.5, 2 * side + _TITLE + _DOWN + 0.2)
    figure.set_layout_engine("none")
    low, high = 0.2, side + _DOWN + 0.2
    step = side + _GAP
    return figure, side, [*((0.3 + k * step, high) for k in range(3)), (0.3, low), (0.3 + 1.5 * step, low)]


def _one(sigma: Permutation | PermutationGroup) -> Permutation:
    if isinstance(sigma, Permutation):
        return sigma
    return sigma.reduced_generators[0] if sigma.reduced_generators else Permutation.identity(sigma.degree)


def _cycles(sigma: Permutation) -> list[AnyArray]:
    return sorted((cycle for rows in sigma.cycles.index for cycle in rows), key=lambda cycle: int(cycle[0]))


def _rounded(matrix: AnyArray) -> AnyArray:
    """The matrix without its rounding errors of 1e-16, which would be drawn as entries."""
    return np.round(matrix, 12) + 0.0


def _matrix(axes: Axes, matrix: AnyArray, texts: Sequence[str]) -> None:
    colours = phase_colours(matrix)
    axes.imshow(colours, interpolation="nearest")
    n = len(matrix)
    if n <= MOST_NAMED:
        size = 10.0 if n <= 9 else 7.5
        for (i, j), text in zip(np.argwhere(matrix), texts, strict=True):
            scale = 0.6 if "." in text else 0.7 if "sqrt" in text else 0.85 if "/" in text else 1.0
            colour = text_colour(colours[i, j])
            axes.text(j, i, text, ha="center", va="center", fontsize=scale * size, color=colour)
    frame(axes, n, n)
    for line in axes.lines:
        line.set_color("0.88")


def _points(axes: Axes, order: Sequence[int] | AnyArray) -> None:
    """Write the points, from 1, beside their rows and columns."""
    labels = [str(point + 1) for point in order]
    axes.set_xticks(range(len(labels)), labels, fontsize=7.5)
    axes.set_yticks(range(len(labels)), labels, fontsize=7.5)
    axes.tick_params(length=0, colors="0.35", pad=1.5)


def _wheel(axes: Axes, eigenvalues: AnyArray) -> None:
    """The colours of the phases on a ring, with the eigenvalues around it."""
    steps = 120
    angles = 2 * np.pi * np.arange(steps) / steps
    axes.pie(
        np.ones(steps),
        colors=list(phase_colours(np.exp(1j * (angles + np.pi / steps)))),
        radius=1.0,
        wedgeprops={"width": 0.32, "linewidth": 0.0, "antialiased": False},
    )
    seen = {_root_text(value): value for value in eigenvalues}
    for text, value in seen.items():
        axes.plot(value.real * 0.84, value.imag * 0.84, "o", color="black", markersize=3.5)
        if len(seen) <= 12:
            axes.text(1.22 * value.real, 1.22 * value.imag, text, ha="center", va="center", fontsize=9.5)
    axes.set_xlim(-1.45, 1.45)
    axes.set_ylim(-1.45, 1.45)
    axes.set_title("eigenvalues", fontsize=10)


def _root_text(value: complex) -> str:
    """Return the root of unity as a formula, zeta_l^m in lowest terms.

    >>> [_root_text(np.exp(2j * np.pi * k / 8)) for k in range(5)]
    ['$1$', '$ζ_{8}$', '$i$', '$ζ_{8}^{3}$', '$-1$']
    """
    turn = float(np.angle(value)) / (2 * np.pi) % 1.0
    for length in range(1, _MOST_POINTS + 1):
        step = round(turn * length)
        if abs(turn * length - step) < 1e-6:  # the first length that fits gives lowest terms
            break
    known = {(1, 0): "1", (1, 1): "1", (2, 1): "-1", (4, 1): "i", (4, 3): "-i"}
    if (length, step) in known:
        return f"${known[length, step]}$"
    return f"$ζ_{{{length}}}$" if step == 1 else f"$ζ_{{{length}}}^{{{step}}}$"


def _real_text(value: float) -> str:
    r"""Return a real entry, exactly where a short root does it.

    >>> _real_text(-0.5), _real_text(0.75**0.5), _real_text(0.30902)
    ('$-1/2$', '$\\sqrt{3}/2$', '$0.31$')
    """
    minus = "-" if value < 0 else ""
    for exact, text in _EXACT.items():
        if abs(abs(value) - exact) < 1e-9:
            return f"${minus}{text}$"
    return f"${minus}{abs(value):.2f}$"
