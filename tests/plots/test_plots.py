"""The pictures: drawn from saved results, free of global state, with what a reader needs in them."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from equivariety.experiments import ReproductionConfig, ReproductionResult, run
from equivariety.plots import plot_loss_against_rank, plot_reconstructions, plot_spectrum, save_png
from equivariety.plots.loss_against_rank import _spread

PLOTS = (plot_reconstructions, plot_loss_against_rank, plot_spectrum)


@pytest.fixture(scope="module")
def result() -> ReproductionResult:
    return run(ReproductionConfig())


def texts(figure) -> str:
    from matplotlib.text import Text

    return " | ".join(t.get_text() for t in figure.findobj(Text))


@pytest.mark.parametrize("plot", PLOTS)
def test_pictures_are_reproducible_pngs(plot, result, tmp_path):
    for name in ("a.png", "b.png"):
        save_png(plot(result), tmp_path / name)
    first = (tmp_path / "a.png").read_bytes()
    assert first.startswith(b"\x89PNG")
    assert first == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("plot", PLOTS)
@pytest.mark.parametrize("rank", [1, 64])
def test_extreme_ranks_are_drawn(plot, rank, tmp_path):
    save_png(plot(run(ReproductionConfig(rank=rank))), tmp_path / "a.png")


@pytest.mark.parametrize("plot", PLOTS)
def test_few_images_of_unusual_shape_are_drawn(plot, tmp_path, rng):
    images = rng.integers(0, 256, (5, 3, 7), dtype=np.uint8)
    np.savez(tmp_path / "x.npz", x_train=images[:4], x_test=images[4:])
    small = run(ReproductionConfig(data="mnist", mnist_path=str(tmp_path / "x.npz"), rank=3))
    save_png(plot(small), tmp_path / "a.png")


def test_black_images_are_drawn(tmp_path):
    images = np.zeros((5, 4, 4), dtype=np.uint8)
    np.savez(tmp_path / "x.npz", x_train=images, x_test=images)
    black = run(ReproductionConfig(data="mnist", mnist_path=str(tmp_path / "x.npz"), rank=3))
    for plot in PLOTS:
        save_png(plot(black), tmp_path / "a.png")


def test_reconstructions_show_every_row(result):
    shown = texts(plot_reconstructions(result))
    for word in ("shifted\ntest image", "best\ncomponent", "talk's\ncomponent", "dense,\nno symmetry", "rank 8"):
        assert word in shown


def test_every_model_is_labelled(result):
    figure = plot_loss_against_rank(result)
    shown = texts(figure)
    for word in ("dense, no symmetry", "best component", "talk's component", "equal ranks", "high-pass"):
        assert word in shown
    curves = [line.get_ydata() for line in figure.axes[0].lines if len(line.get_ydata()) == 9]
    np.testing.assert_allclose(curves[0], result.arrays["best_losses.best"])
    np.testing.assert_allclose(curves[1], result.arrays["best_losses.dense"])


def test_spectrum_fills_the_chosen_ranks(result):
    axes = plot_spectrum(result).axes[0]
    filled = [line for line in axes.lines if line.get_marker() == "o" and line.get_markersize() == 5.5]
    assert sum(len(line.get_ydata()) for line in filled) == sum(result.model("best")["ranks"])


def test_labels_do_not_overlap():
    placed = _spread([0.0, 0.05, 0.1, 3.0, 0.05], 0.2)
    assert np.diff(sorted(placed)).min() >= 0.2 - 1e-12
    assert placed[3] == 3.0


def test_pyplot_is_not_loaded(result):
    before = "matplotlib.pyplot" in sys.modules
    plot_spectrum(result)
    assert ("matplotlib.pyplot" in sys.modules) == before
