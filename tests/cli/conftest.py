"""Small data in files, and runs of the program in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from equivariety.cli import main

GROUP = "cycles:(1 2 3)(4 5 6)(7 8):degree=10"


class Program:
    """The program, called in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._capsys, self.folder = capsys, folder

    def text(self, *arguments: object) -> str:
        """What it prints when all goes well."""
        self._capsys.readouterr()
        assert main([str(a) for a in arguments]) == 0
        printed = self._capsys.readouterr()
        assert printed.err == ""
        return printed.out

    def json(self, *arguments: object) -> Any:
        """What it answers under --json: standard JSON, and nothing else."""

        def refuse(constant: str) -> None:
            raise AssertionError(constant)

        return json.loads(self.text(*arguments, "--json"), parse_constant=refuse)

    def refusal(self, *arguments: object) -> str:
        """The line that it prints about a mistake; no file appears, changes or goes."""
        before = self._files()
        self._capsys.readouterr()
        assert main([str(a) for a in arguments]) == 2
        printed = self._capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith("equivariety: error: ")
        assert printed.err.count("\n") == 1
        assert self._files() == before
        return printed.err.removeprefix("equivariety: error: ").rstrip("\n")

    def _files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], files: Path) -> Program:
    """The program, in the folder of :func:`files`."""
    return Program(capsys, files)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with X.npy (40, 10), Y.npy (40, 3), w.npy (40,), M.npy (10, 10) and bad files."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    x = rng.standard_normal((40, 10)) @ np.diag(np.arange(1.0, 11.0))
    arrays = {
        "X": x,
        "Y": x[:, :3] ** 2,
        "w": rng.uniform(0.5, 2.0, 40),
        "M": rng.standard_normal((10, 10)),
        "few": x[:7],
        "nan": np.where(x > 15, np.nan, x),
        "complex": x.astype(complex),
        "cube": x.reshape(40, 2, 5),
        "none": x[:0],
    }
    for name, array in arrays.items():
        np.save(tmp_path / f"{name}.npy", array)
    np.savez(tmp_path / "both.npz", X=x, Y=arrays["Y"])
    np.save(tmp_path / "objects.npy", np.array([{}]), allow_pickle=True)
    np.savetxt(tmp_path / "X.csv", x, fmt="%.17g", delimiter=",", header=",".join("abcdefghij"), comments="")
    (tmp_path / "cut.npy").write_bytes((tmp_path / "X.npy").read_bytes()[:-8])
    (tmp_path / "words.csv").write_text("1,2\n3,four\n")
    (tmp_path / "text.txt").write_text("1 2\n")
    return tmp_path
