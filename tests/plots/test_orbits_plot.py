"""Pictures of orbits: one colour for each, far from those beside it; volumes in slices and in space."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.plots import plot_orbits
from equivariety.plots.perceptual_colours import contrasting_colours, hue_colours, text_colour


def drawn(figure):
    """The colours of all pixels, shape (layers, height, width, 3)."""
    return np.stack([np.asarray(axes.images[0].get_array()) for axes in figure.axes])


CASES = [
    (ev.groups.rotation(4), (4, 4)),
    (ev.groups.rotation(28), (28, 28)),
    (ev.groups.dihedral(9), (9, 9)),
    (ev.groups.shift((5, 8), axis=1), (5, 8)),
    (ev.groups.translations((3, 4)), (3, 4)),
    (ev.groups.trivial(784), (28, 28)),
    (ev.groups.trivial(1), (1, 1)),
    (ev.groups.cube_rotations(4), (4, 4, 4)),
    (ev.groups.cube_symmetries(5), (5, 5, 5)),
    (ev.groups.rotation((4, 4, 3)), (4, 4, 3)),
]


@pytest.mark.parametrize(("group", "shape"), CASES, ids=str)
def test_colours_are_orbits(group, shape):
    colours = drawn(plot_orbits(group, shape)).reshape(-1, 3)
    assert len(colours) == group.degree
    # As colours of a PNG file, too.
    found, numbers = np.unique(np.round(255 * colours), axis=0, return_inverse=True)
    assert len(found) == group.n_orbits
    # The same partition of the pixels.
    pairs = set(zip(numbers.ravel().tolist(), group.orbit_partition.tolist(), strict=True))
    assert len(pairs) == group.n_orbits


@pytest.mark.parametrize("p", [9, 28])
def test_neighbours_stand_out(p):
    colours = drawn(plot_orbits(ev.groups.rotation(p), (p, p)))[0]
    orbit = ev.groups.rotation(p).orbit_partition.reshape(p, p)
    across = np.linalg.norm(np.diff(colours, axis=0), axis=-1)[np.diff(orbit, axis=0) != 0]
    along = np.linalg.norm(np.diff(colours, axis=1), axis=-1)[np.diff(orbit, axis=1) != 0]
    assert min(across.min(), along.min()) > 0.3


def test_numbers_of_orbits():
    axes = plot_orbits(ev.groups.rotation(4), (4, 4)).axes[0]
    numbers = {(t.get_position()[1], t.get_position()[0]): int(t.get_text()) for t in axes.texts}
    expected = ev.groups.rotation(4).orbit_partition.reshape(4, 4) + 1
    assert all(numbers[i, j] == expected[i, j] for i, j in np.ndindex(4, 4))
    assert not plot_orbits(ev.groups.rotation(13), (13, 13)).axes[0].texts
    layers = plot_orbits(ev.groups.cube_rotations(3), (3, 3, 3))
    assert [axes.get_title() for axes in layers.axes] == ["layer 1", "layer 2", "layer 3"]
    middle = [int(t.get_text()) for t in layers.axes[1].texts]
    assert middle == (ev.groups.cube_rotations(3).orbit_partition.reshape(3, 3, 3)[1].ravel() + 1).tolist()


def test_what_is_written():
    assert plot_orbits(ev.groups.cube_rotations(4), (4, 4, 4)).get_suptitle() == "4 orbits on 4×4×4 voxels"
    assert plot_orbits(ev.groups.translations((3, 4)), (3, 4)).get_suptitle() == "1 orbit on 3×4 pixels"
    assert plot_orbits(ev.groups.rotation(2), [2, 2], title="turns").get_suptitle() == "turns"


@pytest.mark.parametrize("p", [1, 2, 3, 4])
def test_the_outside_and_the_inside_of_a_cube(p):
    from matplotlib.collections import PolyCollection

    group = ev.groups.cube_symmetries(p)
    (polygons,) = (c for c in plot_orbits(group, (p, p, p), view="cube").axes[0].collections)
    assert isinstance(polygons, PolyCollection)
    faces = polygons.get_facecolors()[:, :3]
    # Three sides of the cube; the removed eighth shows as many faces as it hid.
    assert len(faces) == 3 * p * p
    flat = np.array([path.vertices[:4] for path in polygons.get_paths()])
    # Each face is seen once: the areas of the rhombi fill the outline of the cube.
    assert len(np.unique(flat.mean(axis=1).round(6), axis=0)) == len(faces)
    area = sum(
        0.5 * abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) for x, y in np.moveaxis(flat, -1, 1)
    )
    assert area == pytest.approx(3 * p * p * 0.75**0.5)
    # Top faces have the colours of the slices.
    slices = {tuple(c) for c in drawn(plot_orbits(group, (p, p, p))).reshape(-1, 3).round(9).tolist()}
    tops = faces[[np.ptp(path.vertices[:4, 0]) > 1.5 for path in polygons.get_paths()]]
    assert len(tops) == p * p
    assert {tuple(c) for c in tops.round(9).tolist()} <= slices


def test_the_cube_shows_the_right_voxels():
    """A volume whose 27 voxels are all different: layer 1 on top, its first row behind on the right."""
    figure = plot_orbits(ev.groups.trivial(27), (3, 3, 3), view="cube")
    colours = drawn(plot_orbits(ev.groups.trivial(27), (3, 3, 3)))
    (polygons,) = figure.axes[0].collections
    seen = {}
    for path, face in zip(polygons.get_paths(), polygons.get_facecolors(), strict=True):
        corners = path.vertices[:4]
        if np.ptp(corners[:, 0]) > 1.5:
            seen[tuple(corners.mean(axis=0).round(6))] = face[:3]
    for j, k in np.ndindex(3, 3):
        i = 1 if j == k == 2 else 0  # the eighth that is left out is one voxel
        place = (round(0.75**0.5 * (k - j), 6), round(-0.5 * (k + j + 1) - i, 6))
        np.testing.assert_allclose(seen[place], colours[i, j, k], atol=1e-9)


def test_contrasting_colours():
    for count in (1, 5, 6, 7, 100, 800):
        path = np.stack([np.arange(count - 1), np.arange(1, count)], axis=1)
        found = contrasting_colours(count, path)
        assert found.shape == (count, 3)
        assert len(np.unique(found.round(12), axis=0)) == count
        assert found.min() >= 0
        assert found.max() <= 1


def test_hues_and_text():
    np.testing.assert_allclose(hue_colours([0.0, 1.0], 0.0, 0.0), [[0, 0, 0], [1, 1, 1]], atol=1e-6)
    # OKLab of pure sRGB red: L 0.628, C 0.2577, h 29.23 degrees (Ottosson, 2020).
    np.testing.assert_allclose(hue_colours(0.62796, 0.25768, np.deg2rad(29.234)), [1, 0, 0], atol=2e-3)
    assert text_colour((0.9, 0.9, 0.2)) == "black"
    assert text_colour((0.2, 0.1, 0.4, 1.0)) == "white"


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda g: plot_orbits("rotation:4", (4, 4)), TypeError, "group must be a PermutationGroup"),
        (lambda g: plot_orbits(g, (4, 5)), ValueError, "shape must be .* with 16 pixels in all; got"),
        (lambda g: plot_orbits(g, (16,)), TypeError, "shape must be"),
        (lambda g: plot_orbits(g, 16), TypeError, "shape must be"),
        (lambda g: plot_orbits(g, (4, 4.0)), ValueError, "shape must be an integer"),
        (lambda g: plot_orbits(g, (-4, -4)), ValueError, "shape must be an integer"),
        (lambda g: plot_orbits(g, (4, 4), view="cube"), ValueError, "view must be 'slices' for an image"),
        (lambda g: plot_orbits(g, (4, 4), view="side"), ValueError, "view must be 'slices' or 'cube'"),
        (lambda g: plot_orbits(ev.groups.cyclic(65_792), (256, 257)), ValueError, "at most 65536 points"),
        (lambda g: plot_orbits(ev.groups.cube_rotations(17), (17,) * 3, view="cube"), ValueError, "at most 4096"),
        (lambda g: plot_orbits(ev.groups.trivial(1200), (30, 40)), ValueError, "at most 800 orbits"),
    ],
)
def test_mistakes_are_named(call, kind, words):
    with pytest.raises(kind, match=words):
        call(ev.groups.rotation(4))
