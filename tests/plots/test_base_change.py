"""Pictures of a matrix before and after the base change."""

from __future__ import annotations

import sys
from itertools import pairwise

import numpy as np
import pytest

import equivariety as ev
from equivariety.plots import plot_base_change, save_png


def images(figure):
    return [np.asarray(axes.images[0].get_array()) for axes in figure.axes[:2]]


def test_both_sides_are_the_matrix_in_its_coordinates(rng):
    for group in (ev.groups.rotation(3), ev.groups.shift((4, 6), axis=1), ev.groups.trivial(1)):
        dec = ev.isotypic_decomposition(group)
        given = rng.standard_normal((group.degree,) * 2)
        before, after = images(plot_base_change(dec, given))
        Q = dec.matrix()
        np.testing.assert_array_equal(before, given)
        np.testing.assert_allclose(after, Q.T @ given @ Q, atol=1e-13)


def test_maps_between_two_actions(rng):
    space = ev.equivariant_maps(ev.groups.cyclic(6), ev.groups.cyclic(3))
    member = next(space.components()).sample(rng)
    figure = plot_base_change(space.hom, member, title="from 6 to 3 points")
    before, after = images(figure)
    assert before.shape == after.shape == (3, 6)
    np.testing.assert_allclose(after, space.hom.target.matrix().T @ member @ space.hom.source.matrix(), atol=1e-13)
    # Blocks of the target: (1,1), (3,2); of the source: (1,1), (6,5), (3,2), (2,1).
    assert [t.get_text() for t in figure.axes[1].get_yticklabels()] == ["(1,1)", "(3,2)"]
    assert [t.get_text() for t in figure.axes[1].get_xticklabels()] == ["(1,1)", "(6,5)", "(3,2)", "(2,1)"]
    assert len(figure.axes[1].lines) == 1 + 3
    assert figure.get_suptitle() == "from 6 to 3 points"


def test_block_boundaries_bound_the_blocks(rng):
    E = ev.equivariant_maps(ev.groups.rotation(4))
    member = next(E.components()).sample(rng)
    figure = plot_base_change(E.hom.source, member)
    after = images(figure)[1]
    ends = [0, *np.cumsum([b.dim for b in E.hom.source.blocks])]
    inside = np.zeros(after.shape, bool)
    for a, b in pairwise(ends):
        inside[a:b, a:b] = True
    assert np.abs(after[~inside]).max() <= 1e-12 * np.abs(after).max()
    horizontal = [line.get_ydata()[0] for line in figure.axes[1].lines if len(set(line.get_ydata())) == 1]
    assert horizontal == [end - 0.5 for end in ends[1:-1]]


def test_colours_are_centred_at_zero_and_shared(rng):
    dec = ev.isotypic_decomposition(ev.groups.rotation(3))
    figure = plot_base_change(dec, np.ones((9, 9)))  # one entry of size 9 on the right would be cut off otherwise
    norms = [axes.images[0].norm for axes in figure.axes[:2]]
    assert norms[0] is norms[1]
    assert norms[0].vcenter == 0
    largest = max(np.abs(image).max() for image in images(figure))
    assert (norms[0].vmin, norms[0].vmax) == pytest.approx((-largest, largest))


@pytest.mark.parametrize("scale", [0.0, 1e-300, 1e300])
def test_zero_and_extreme_matrices_are_drawn(scale, tmp_path):
    dec = ev.isotypic_decomposition(ev.groups.cyclic(4))
    figure = plot_base_change(dec, scale * np.eye(4))
    assert all(np.isfinite(image).all() for image in images(figure))
    save_png(figure, tmp_path / "a.png")


def test_many_blocks_have_lines_but_no_labels(tmp_path):
    dec = ev.isotypic_decomposition(ev.groups.cyclic(40))
    figure = plot_base_change(dec, np.eye(40, dtype=int))
    assert len(figure.axes[1].lines) == 2 * 20
    assert not [t for t in figure.axes[1].get_xticklabels() if t.get_text()]
    for name in ("a.png", "b.png"):
        save_png(plot_base_change(dec, np.eye(40)), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda d: plot_base_change(ev.groups.rotation(3), np.eye(9)), TypeError, "decomposition must be an Isotypic"),
        (lambda d: plot_base_change(d, np.eye(8)), ValueError, r"matrix must be of shape \(9, 9\)"),
        (lambda d: plot_base_change(d, np.ones(9)), ValueError, r"matrix must be of shape \(9, 9\)"),
        (lambda d: plot_base_change(d, np.full((9, 9), np.nan)), ValueError, "matrix must be finite"),
        (lambda d: plot_base_change(d, "M"), TypeError, "matrix must be an array of real numbers"),
        (
            lambda d: plot_base_change(ev.isotypic_decomposition(ev.groups.trivial(5000)), np.eye(2)),
            ValueError,
            "at most 4096 points",
        ),
    ],
)
def test_mistakes_are_named(call, kind, words):
    with pytest.raises(kind, match=words):
        call(ev.isotypic_decomposition(ev.groups.rotation(3)))


def test_pyplot_is_not_loaded():
    before = "matplotlib.pyplot" in sys.modules
    plot_base_change(ev.isotypic_decomposition(ev.groups.cyclic(3)), np.eye(3))
    assert ("matplotlib.pyplot" in sys.modules) == before
