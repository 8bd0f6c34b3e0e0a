"""Figures in files: the format of the name, the same bytes every time, the old file where something fails."""

from __future__ import annotations

import pytest

from equivariety.groups import cyclic
from equivariety.plots import plot_collapse, save_figure

GROUP = cyclic(3)


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg", "PNG"])
def test_files_are_the_same_every_time(suffix, tmp_path):
    for name in "ab":
        save_figure(plot_collapse(GROUP, rank=1), tmp_path / f"{name}.{suffix}")
    first, second = ((tmp_path / f"{name}.{suffix}").read_bytes() for name in "ab")
    assert first == second
    assert first[:5] == {"png": b"\x89PNG\r", "pdf": b"%PDF-", "svg": b"<?xml"}[suffix.lower()]


def test_a_failed_picture_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        save_figure(plot_collapse(GROUP), path)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("a.jpg", ValueError, "path must be a name that ends in .png, .pdf, .svg; got 'a.jpg'"),
        ("no/a.png", ValueError, "path must be in an existing folder"),
        (3, TypeError, "path must be the name of a file"),
    ],
)
def test_bad_names_of_files(path, kind, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kind, match=words):
        save_figure(plot_collapse(GROUP), path)
    assert not list(tmp_path.iterdir())
