"""Pictures of weight sharing: as many edges and cells as weights in place, colours and signs as in the pattern."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.parameterizations import SharedWeights
from equivariety.plots import plot_shared_matrix, plot_weight_sharing, save_png
from equivariety.plots.weight_colours import weight_colours


def rotation(basis="points"):
    component = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
    return component.weight_sharing(basis)


def edges(figure):
    """(input, output height) pairs with their colour, by dashed or not."""
    from matplotlib.colors import to_hex

    out = []
    for lines in figure.axes[0].collections:
        dashed = lines.get_linestyle()[0][1] is not None
        for segment, colour in zip(lines.get_segments(), lines.get_colors(), strict=True):
            out.append((tuple(map(tuple, np.round(segment, 9))), to_hex(colour).upper(), dashed))
    return out


@pytest.mark.parametrize("basis", ["points", "isotypic"])
def test_edges_are_the_entries_of_the_patterns(basis):
    sharing = rotation(basis)
    drawn = edges(plot_weight_sharing(sharing))
    patterns = (sharing.encoder, sharing.decoder)
    assert len(drawn) == sum(int(np.count_nonzero(p.sign)) for p in patterns)
    assert len({place for place, _, _ in drawn}) == len(drawn)
    assert sum(dashed for _, _, dashed in drawn) == sum(int(np.count_nonzero(p.sign < 0)) for p in patterns)
    # No colour is used in both layers, and each weight has its own.
    assert {colour for _, colour, _ in drawn} == set(weight_colours(14))
    for colour in weight_colours(14):
        assert len({place[0][0] for place, c, _ in drawn if c == colour}) == 1


def test_edges_join_the_right_nodes():
    pattern = rotation().encoder
    figure = plot_weight_sharing(pattern, layers=("input", "latent"))
    nodes = [line.get_xydata() for line in figure.axes[0].lines]
    inputs, latents = nodes
    assert (len(inputs), len(latents)) == (9, 3)
    assert np.all(np.diff(inputs[:, 1]) < 0)
    expected = set()
    for i, j in zip(*np.nonzero(pattern.sign), strict=True):
        ends = tuple(np.round(inputs[j], 9)), tuple(np.round(latents[i], 9))
        expected.add((ends, weight_colours(7)[pattern.index[i, j]], bool(pattern.sign[i, j] < 0)))
    assert set(edges(figure)) == expected


def test_words():
    def texts(figure):
        return [t.get_text() for t in figure.axes[0].texts]

    shown = texts(plot_weight_sharing(rotation()))
    assert shown.count("(4,3)") == 2
    assert {"input", "latent", "output"} <= set(shown)
    assert {"a", "b"} <= set(texts(plot_weight_sharing(rotation().encoder, layers=("a", "b"))))
    assert "dashed" in plot_weight_sharing(rotation()).axes[0].get_title()
    group = ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)
    encoder = ev.invariant_maps(group, outputs=5).component([2]).weight_sharing("points").encoder
    assert "dashed" not in plot_weight_sharing(encoder).axes[0].get_title()
    assert plot_weight_sharing(encoder, title="mine").axes[0].get_title() == "mine"


def test_cells_are_the_entries_of_the_pattern():
    pattern = rotation().encoder
    axes = plot_shared_matrix(pattern).axes[0]
    cells = {tuple(np.add(p.get_xy(), 0.5)): p for p in axes.patches}
    assert len(cells) == np.count_nonzero(pattern.sign)
    letters = {t.get_position(): t.get_text() for t in axes.texts}
    faces = {}
    for (x, y), patch in cells.items():
        i, j = int(y), int(x)
        minus = pattern.sign[i, j] < 0
        assert bool(patch.get_hatch()) == minus
        assert letters[x, y] == ("−" if minus else "") + pattern.names[pattern.index[i, j]]
        faces.setdefault(pattern.index[i, j], set()).add(patch.get_facecolor())
    assert all(len(colours) == 1 for colours in faces.values())
    assert len(set.union(*faces.values())) == pattern.num_weights


def test_rows_are_drawn_as_images():
    figure = plot_shared_matrix(rotation().encoder, image_shape=(3, 3))
    assert [axes.get_title() for axes in figure.axes] == ["row 1", "row 2", "row 3"]
    assert [len(axes.patches) for axes in figure.axes] == [9, 8, 8]
    assert [t.get_text() for t in figure.axes[0].texts] == list("ababcbaba")
    wide = ev.equivariant_maps(ev.groups.rotation(5)).stratum([7, 2, 0]).weight_sharing("points").encoder
    assert len(plot_shared_matrix(wide, image_shape=(5, 5)).axes) == 11


def test_no_letters_where_there_is_no_room(tmp_path):
    component = next(ev.equivariant_maps(ev.groups.shift((8, 8), axis=1), rank=8).components())
    figure = plot_shared_matrix(component.weight_sharing().encoder, title="rank 8")
    assert not figure.axes[0].texts
    save_png(figure, tmp_path / "a.png")


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot_weight_sharing(rotation()),
        lambda: plot_weight_sharing(rotation().decoder),
        lambda: plot_shared_matrix(rotation().encoder),
        lambda: plot_shared_matrix(rotation("isotypic").decoder),
        lambda: plot_shared_matrix(rotation().encoder, image_shape=(3, 3)),
        lambda: plot_weight_sharing(SharedWeights(np.zeros((1, 1), int), np.ones((1, 1), int))),
        lambda: plot_shared_matrix(SharedWeights(np.full((2, 2), -1), np.zeros((2, 2), int))),
        lambda: plot_weight_sharing(ev.linear_maps(2, 3, rank=0).component([0]).weight_sharing()),
    ],
)
def test_pictures_are_reproducible_and_small(draw, tmp_path):
    for name in ("a.png", "b.png"):
        save_png(draw(), tmp_path / name, colours=64)
    first = (tmp_path / "a.png").read_bytes()
    assert first.startswith(b"\x89PNG")
    assert first == (tmp_path / "b.png").read_bytes()
    assert len(first) < 80_000
    save_png(draw(), tmp_path / "c.png")


def test_few_colours_keep_the_size(tmp_path):
    from PIL import Image

    for colours in (None, 2, 256):
        save_png(plot_shared_matrix(rotation().encoder), tmp_path / f"{colours}.png", colours=colours)
    sizes = set()
    for colours in (None, 2, 256):
        with Image.open(tmp_path / f"{colours}.png") as picture:
            sizes.add(picture.size)
            used = picture.convert("RGB").getcolors(1 << 20)
            assert colours is None or len(used) <= colours
    assert len(sizes) == 1


def test_colours_differ():
    for count in (0, 1, 14, 15, 40):
        assert len(set(weight_colours(count))) == count


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: plot_weight_sharing(np.eye(3)), TypeError, "sharing must be a WeightSharing or SharedWeights"),
        (lambda: plot_weight_sharing(rotation(), layers=("a", "b")), ValueError, "layers must be a sequence of 3"),
        (lambda: plot_weight_sharing(rotation().encoder, layers="ab"), ValueError, "layers must be a sequence of 2"),
        (
            lambda: plot_weight_sharing(ev.linear_maps(65, 2).component([2]).weight_sharing()),
            ValueError,
            "at most 64 nodes .* use plot_shared_matrix",
        ),
        (lambda: plot_shared_matrix(rotation()), TypeError, "pattern must be a SharedWeights"),
        (lambda: plot_shared_matrix(rotation().encoder, image_shape=(3, 4)), ValueError, "with 9 pixels in all"),
        (lambda: plot_shared_matrix(rotation().encoder, image_shape=9), TypeError, "image_shape must be"),
        (lambda: plot_shared_matrix(rotation().encoder, image_shape=(-3, -3)), ValueError, "image_shape must be"),
        (
            lambda: plot_shared_matrix(ev.linear_maps(200, 200, rank=100).component([100]).weight_sharing().encoder),
            ValueError,
            "pattern must be of 1 to 10000 entries",
        ),
        (
            lambda: plot_shared_matrix(ev.linear_maps(2, 3, rank=0).component([0]).weight_sharing().encoder),
            ValueError,
            "pattern must be of 1 to 10000 entries",
        ),
        (lambda: save_png(plot_shared_matrix(rotation().encoder), "x.png", colours=1), ValueError, "colours must be"),
        (lambda: save_png(plot_shared_matrix(rotation().encoder), "x.png", colours=3.0), ValueError, "colours must be"),
    ],
)
def test_mistakes_are_named(call, kind, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kind, match=words):
        call()
    assert not list(tmp_path.iterdir())
