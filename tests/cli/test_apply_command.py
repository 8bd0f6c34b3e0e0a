"""`equivariety apply`: chunk by chunk, in memory that does not grow with the samples."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import equivariety as ev
from equivariety.cli import apply as module
from equivariety.cli import main

GROUP = "cycles:(1 2 3)(4 5 6)(7 8):degree=10"


@pytest.fixture
def model(program) -> str:
    program.text("fit", "X.npy", "--group", GROUP, "--rank", 4, "--out", "map.safetensors")
    return "map.safetensors"


@pytest.fixture
def affine(program) -> str:
    options = ("--targets", "Y.npy", "--invariant", "--rank", 2, "--intercept")
    program.text("fit", "X.npy", "--group", GROUP, *options, "--out", "affine.safetensors")
    return "affine.safetensors"


@pytest.mark.parametrize("chunk", [1, 70, 2**20])
@pytest.mark.parametrize("kind", ["model", "affine"])
@pytest.mark.parametrize("suffix", [".npy", ".safetensors", ".csv"])
def test_outputs(program, request, monkeypatch, chunk, kind, suffix):
    monkeypatch.setattr(module, "_CHUNK_ENTRIES", chunk)
    path = request.getfixturevalue(kind)
    wanted = ev.load_map(path)(np.load("X.npy"))
    answer = program.json("apply", path, "X.npy", "--out", f"out{suffix}")
    if suffix == ".safetensors":
        found = load_file("out.safetensors")["array"]
    else:
        found = ev.datasets.load_array(f"out{suffix}")
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12 * np.abs(wanted).max())
    assert answer == {
        "model": path,
        "shape": list(ev.load_map(path).shape),
        "rank": 4 if kind == "model" else 2,
        "num_samples": 40,
        "dtype": "float64",
        "mean_squared_error": None,
        "out": f"out{suffix}",
    }


@pytest.mark.parametrize("chunk", [7, 2**20])
def test_error_is_that_of_the_library(program, model, affine, monkeypatch, chunk):
    monkeypatch.setattr(module, "_CHUNK_ENTRIES", chunk)
    for path, targets in ((model, "X.npy"), (affine, "Y.npy")):
        wanted = ev.mean_squared_error(ev.load_map(path), np.load("X.npy"), np.load(targets))
        for options in ((), ("--out", "out.npy")):
            answer = program.json("apply", path, "X.csv", "--targets", targets, *options)
            assert answer["mean_squared_error"] == pytest.approx(wanted, rel=1e-12)


def test_what_people_read(program, model):
    printed = program.text("apply", model, "X.npy", "--targets", "X.npy", "--out", "out.npy")
    for word in ("map.safetensors: 10 -> 10 coordinates, rank 4", "40", "mean squared error", "out.npy"):
        assert word in printed


def test_float32_stays_and_integers_do_not(program, model):
    for dtype, wanted in (("float32", "float32"), ("int16", "float64"), ("float64", "float64")):
        np.save("data.npy", np.load("X.npy").astype(dtype))
        assert program.json("apply", model, "data.npy", "--out", "out.npy")["dtype"] == wanted
        assert np.load("out.npy").dtype == wanted


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing argument"),
        (("map.safetensors",), "Missing argument 'DATA'"),
        (("map.safetensors", "X.npy"), "--out must be given unless --targets is"),
        (("no.safetensors", "X.npy", "--out", "o.npy"), "file 'no.safetensors' must be an existing file"),
        (("X.npy", "X.npy", "--out", "o.npy"), "file 'X.npy' must be a whole safetensors file"),
        (("map.safetensors", "no.npy", "--out", "o.npy"), "no.npy must be an existing file"),
        (("map.safetensors", "cut.npy", "--out", "o.npy"), "cut.npy must be a .npy file of"),
        (("map.safetensors", "Y.npy", "--out", "o.npy"), "DATA must be a table with 10 columns"),
        (("map.safetensors", "nan.npy", "--out", "o.npy"), "DATA must be finite"),
        (("map.safetensors", "X.npy", "--out", "o.txt"), "--out must be a name that ends in"),
        (("map.safetensors", "X.npy", "--out", "no/o.npy"), "--out must be in an existing folder"),
        (("map.safetensors", "X.npy", "--targets", "Y.npy"), "--targets must be a table of shape (40, 10)"),
        (("map.safetensors", "X.npy", "--targets", "few.npy"), "--targets must be a table of shape (40, 10)"),
        (("map.safetensors", "X.npy", "--targets", "nan.npy"), "--targets must be finite"),
        (("map.safetensors", "X.npy", "--targets", "no.npy"), "no.npy must be an existing file"),
        (("map.safetensors", "X.npy", "--rank", 3), "No such option: --rank"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_mistakes_take_one_line(program, model, arguments, words):
    assert program.refusal("apply", *arguments).startswith(words)


@pytest.mark.parametrize("mistake", [("nan.npy",), ("X.npy", "--targets", "nan.npy")])
def test_mistakes_in_the_data_leave_the_old_outputs(program, model, monkeypatch, mistake):
    monkeypatch.setattr(module, "_CHUNK_ENTRIES", 10)  # it comes after some chunks have been written
    (program.folder / "out.npy").write_text("old")
    assert "must be finite" in program.refusal("apply", model, *mistake, "--out", "out.npy")
    assert (program.folder / "out.npy").read_text() == "old"


def test_full_disk(program, model, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("equivariety.datasets.table_output._write_npy", full)
    assert program.refusal("apply", model, "X.npy", "--out", "out.npy") == "out.npy: No space left on device"


def make_large(files: Path, rows: int) -> None:
    """Samples of 256 bytes each, and a map for them."""
    out = np.lib.format.open_memmap(files / "large.npy", "w+", np.float32, (rows, 64))
    for start in range(0, rows, 2**14):
        out[start : start + 2**14] = np.random.default_rng(start).standard_normal((2**14, 64), np.float32)
    out.flush()
    np.save(files / "small.npy", out[:1000])
    del out
    assert main(["fit", "small.npy", "--group", "shift:8x8:axis=1", "--rank", "8", "--out", "map.safetensors"]) == 0


def test_chunks_alone_are_in_memory(files, monkeypatch):
    make_large(files, 2**16)  # 16 MB
    monkeypatch.setattr(module, "_CHUNK_ENTRIES", 2**16)
    tracemalloc.start()
    try:
        assert main(["apply", "map.safetensors", "large.npy", "--out", "out.npy", "--targets", "large.npy"]) == 0
        assert tracemalloc.get_traced_memory()[1] < 6e6
    finally:
        tracemalloc.stop()
    assert np.load("out.npy", mmap_mode="r").shape == (2**16, 64)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the largest resident set from /proc")
@pytest.mark.parametrize("command", ["apply", "fit"])
def test_resident_memory_does_not_hold_the_samples(files, command):
    make_large(files, 2**19)  # 128 MB
    script = (
        "import re, sys; from equivariety.cli import main; assert main(sys.argv[1:]) == 0\n"
        "print(re.search(r'VmHWM:\\s*(\\d+) kB', open('/proc/self/status').read())[1])"
    )
    arguments = {
        "apply": ["map.safetensors", "{}", "--out", "out.npy"],
        "fit": ["{}", "--group", "shift:8x8:axis=1", "--rank", "8"],
    }[command]

    def peak(data: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", script, command, *(word.format(data) for word in arguments)],
            env={**os.environ, "PYTHONPATH": str(Path(ev.__file__).parents[1])},
            capture_output=True,
            text=True,
            check=True,
        )
        return 1024 * int(done.stdout.splitlines()[-1])

    np.save(files / "half.npy", np.load(files / "large.npy", mmap_mode="r")[: 2**18])
    assert peak("large.npy") - peak("half.npy") < 0.25 * 2**26  # of 64 MB more
