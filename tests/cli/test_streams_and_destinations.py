"""Closed streams and outputs that are inputs."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import equivariety as ev
from equivariety.cli import main

PROGRAM = f"{sys.executable} -m equivariety"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize(("closed", "code"), [(">&-", 0), ("2>&-", 0), (">&- 2>&-", 0)])
def test_closed_streams(closed, code, tmp_path):
    done = subprocess.run(f"{PROGRAM} info --group cyclic:3 {closed}", shell=True, capture_output=True, text=True)
    assert done.returncode == code
    assert "Traceback" not in done.stdout + done.stderr
    done = subprocess.run(f"{PROGRAM} info --group nonsense {closed}", shell=True, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stdout == ""


def test_an_output_is_not_an_input(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x = np.random.default_rng(0).standard_normal((20, 4))
    np.save("X.npy", x)
    np.savetxt("X.csv", x, delimiter=",")
    np.savez("X.npz", a=x)
    ev.fit(ev.equivariant_maps(ev.groups.cyclic(4), rank=2), x).save("m.safetensors")
    (tmp_path / "link.csv").symlink_to("X.csv")
    np.save("group.npy", [[1, 2, 3, 0]])
    np.save("M.npy", x[:4])
    space = ["--group", "cyclic:4", "--rank", "2"]
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for arguments in (
        ["path", "X.csv", *space, "--out", "X.csv"],
        ["path", "X.csv", *space, "--out", "link.csv"],
        ["path", "X.npy", *space, "--targets", "X.csv", "--out", "./X.csv"],
        ["apply", "m.safetensors", "X.npy", "--out", "X.npy"],
        ["apply", "m.safetensors", "X.npz:a", "--out", "m.safetensors"],
        ["project", "X.npy", "--group", "cyclic:4", "--rank", "1", "--out", "X.npy"],
        ["project", "M.npy", "--group", "file:group.npy", "--rank", "1", "--out", "group.npy"],
    ):
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "--out must be another file than the inputs" in error
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_outputs_out_of_range_are_not_written(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x = np.random.default_rng(0).standard_normal((20, 4))
    ev.fit(ev.equivariant_maps(ev.groups.cyclic(4), rank=4), x).save("m.safetensors")
    np.save("huge.npy", np.full((3, 4), 1.7e308))
    np.save("large.npy", np.full((3, 4), 1e180))
    assert main(["apply", "m.safetensors", "huge.npy", "--out", "o.npy"]) == 2
    assert capsys.readouterr().err.startswith("equivariety: error: DATA must be of moderate size")
    assert main(["apply", "m.safetensors", "large.npy", "--targets", "huge.npy"]) == 2
    assert "--targets must be finite, of moderate size" in capsys.readouterr().err
    assert not (tmp_path / "o.npy").exists()
