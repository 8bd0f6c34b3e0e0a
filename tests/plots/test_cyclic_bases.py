"""A permutation in the bases of the talk: entries, their colours and their names."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import equivariety as ev
from equivariety.plots import plot_cyclic_bases
from equivariety.plots.perceptual_colours import phase_colours
from equivariety.representations import block_circulant_basis, complex_fourier_basis, real_orthogonal_basis
from laws import registry
from plots.drawn import names

TALK = ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)


@pytest.mark.parametrize(
    "group",
    [
        TALK,
        ev.groups.rotation(3),
        registry.scattered(),
        registry.mixed(),
        ev.groups.trivial(1),
        ev.groups.cyclic(128),
    ],
    ids=str,
)
def test_panels_are_the_matrices_in_their_bases(group):
    sigma = group.generators[0] if group.generators else ev.Permutation([0])
    P, T1, T2, Q = (
        sigma.matrix(),
        block_circulant_basis(sigma),
        complex_fourier_basis(sigma),
        real_orthogonal_basis(sigma),
    )
    circulant = T1.T @ P @ T1
    expected = P, circulant, T2.conj().T @ circulant @ T2, Q.T @ P @ Q
    panels = plot_cyclic_bases(group).axes[:4]
    for axes, matrix in zip(panels, expected, strict=True):
        drawn = np.asarray(axes.images[0].get_array())
        np.testing.assert_allclose(drawn, phase_colours(np.round(matrix, 12) + 0.0), atol=1e-7)
        # White is 0, and nothing else is white.
        np.testing.assert_array_equal((drawn == 1.0).all(axis=-1), np.abs(matrix) < 1e-9)
        if len(matrix) <= 16:
            assert {(i, j) for i, j in names(axes)} == set(map(tuple, np.argwhere(np.abs(matrix) > 1e-9).tolist()))


def test_the_diagonal_of_the_talk():
    _, circulant, diagonal, real, wheel = plot_cyclic_bases(TALK).axes
    assert [names(diagonal)[i, i] for i in range(5)] == ["$1$", "$ζ_{3}$", "$ζ_{3}^{2}$", "$1$", "$-1$"]
    assert [text.get_text() for text in circulant.get_xticklabels()] == ["1", "4", "3", "2", "5"]
    assert next(line.get_xdata()[0] for line in circulant.lines if line.get_color() == "0.35") == 2.5
    assert [names(real)[i, i] for i in range(5)] == ["$1$", "$1$", "$-1$", "$-1/2$", "$-1/2$"]
    assert {names(real)[3, 4], names(real)[4, 3]} == {r"$\sqrt{3}/2$", r"$-\sqrt{3}/2$"}
    assert {text.get_text() for text in wheel.texts if text.get_text()} == {"$1$", "$ζ_{3}$", "$ζ_{3}^{2}$", "$-1$"}


def test_the_rotation_of_the_talk():
    """I_3, -I_2 and two rotations by 90 degrees."""
    figure = plot_cyclic_bases(ev.groups.rotation(3))
    real = names(figure.axes[3])
    ones, minus = {(0, 0), (1, 1), (2, 2), (6, 5), (8, 7)}, {(3, 3), (4, 4), (5, 6), (7, 8)}
    assert real == {**dict.fromkeys(ones, "$1$"), **dict.fromkeys(minus, "$-1$")}
    assert [names(figure.axes[2])[i, i] for i in range(4)] == ["$1$", "$i$", "$-1$", "$-i$"]
    assert figure.texts[-1].get_text() == "σ = (1 7 9 3)(2 4 8 6)"
    assert [text.get_text() for text in figure.texts[:3]] == ["$T_1$", "$T_2$", "$Q_σ$"]


def test_titles():
    assert plot_cyclic_bases(TALK, title="mine").texts[-1].get_text() == "mine"
    long = plot_cyclic_bases(ev.groups.shift((2, 20), axis=1))
    assert long.texts[-1].get_text() == "a permutation of 40 points with 2 cycles"


def test_the_wheel_has_the_colours_of_the_entries():
    from matplotlib.patches import Wedge

    wedges = [p for p in plot_cyclic_bases(TALK).axes[4].patches if isinstance(p, Wedge)]
    for wedge in wedges[::7]:
        angle = np.deg2rad((wedge.theta1 + wedge.theta2) / 2)
        np.testing.assert_allclose(wedge.get_facecolor()[:3], phase_colours(np.array(np.exp(1j * angle))), atol=1e-6)


def test_phases_have_their_own_colours():
    roots = phase_colours(np.exp(2j * np.pi * np.arange(24) / 24))
    gaps = np.linalg.norm(roots[:, None] - roots[None], axis=-1) + np.eye(24)
    assert gaps.min() > 0.03
    assert ((phase_colours(0.5 * np.ones(1)) > phase_colours(np.ones(1))) | (phase_colours(np.ones(1)) > 0.99)).all()


@pytest.mark.parametrize(
    ("sigma", "kind", "words"),
    [
        (ev.groups.dihedral(3), ValueError, "sigma must be one permutation; got 2 generators"),
        (ev.groups.cyclic(129), ValueError, "sigma must be of at most 128 points; got 129"),
        (np.eye(3), TypeError, "sigma must be a Permutation"),
    ],
)
def test_base_changes_of_something_else(sigma, kind, words):
    with pytest.raises(kind, match=words):
        plot_cyclic_bases(sigma)


def test_pyplot_is_not_loaded():
    before = "matplotlib.pyplot" in sys.modules
    plot_cyclic_bases(TALK)
    assert ("matplotlib.pyplot" in sys.modules) == before
