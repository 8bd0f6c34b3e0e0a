"""Pages of memory maps are given back, and nothing is ever lost by it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import equivariety as ev
from equivariety.linalg.memory_maps import release_pages

STATM = Path("/proc/self/statm")


def resident_bytes():
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def path(tmp_path, rng):
    np.save(tmp_path / "x.npy", rng.standard_normal((5000, 33)))
    return tmp_path / "x.npy"


@pytest.mark.parametrize("mode", ["r", "r+", "c"])
@pytest.mark.parametrize(
    "view", [np.s_[:], np.s_[7:9], np.s_[::-1], np.s_[10:4000:7, ::-2], np.s_[5:5], np.s_[3, 4:20]], ids=str
)
def test_values_stay(path, mode, view):
    expected = np.load(path)
    x = np.load(path, mmap_mode=mode)
    if mode != "r":
        x[100:200] += 1.0
        expected[100:200] += 1.0
    release_pages(x[view])
    assert np.array_equal(x, expected)
    release_pages(x.T[:, 5:])
    assert np.array_equal(x, expected)


def test_views_of_other_classes(path):
    x = np.load(path, mmap_mode="r")
    plain = np.asarray(x)[3:]
    release_pages(plain)
    assert np.array_equal(plain, np.load(path)[3:])
    release_pages(plain.view(np.int64))
    release_pages(np.array(5.0))
    assert np.array_equal(plain, np.load(path)[3:])


@pytest.mark.skipif(not STATM.exists(), reason="resident memory is read from /proc")
@pytest.mark.parametrize("intercept", [False, True])
def test_a_fit_does_not_keep_the_file_in_memory(tmp_path, rng, intercept):
    """134 MB on disk; the fit keeps chunks and moments, the loss chunks and their spectra."""
    file = np.lib.format.open_memmap(tmp_path / "x.npy", mode="w+", dtype=np.float32, shape=(131_072, 256))
    file[...] = rng.standard_normal((64, 1, 256)).repeat(2048, axis=1).reshape(131_072, 256)
    del file
    space = ev.equivariant_maps(ev.groups.shift((16, 16), axis=1), rank=5)
    ev.fit(space, np.load(tmp_path / "x.npy", mmap_mode="r")[:5000], intercept=intercept)
    before = resident_bytes()
    x = np.load(tmp_path / "x.npy", mmap_mode="r")
    fit = ev.fit(space, x, intercept=intercept)
    loss = ev.mean_squared_error(fit.predictor, x)
    assert resident_bytes() - before < 110e6
    assert loss == pytest.approx(fit.loss, rel=1e-5)
