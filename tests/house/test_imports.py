"""Importing the library and asking for help load no heavy package before it is used (times: benchmarks)."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

import equivariety
from equivariety._version import __version__

HEAVY = ("matplotlib", "sympy", "sklearn", "torch")
HELP = """
import sys
sys.argv = ["equivariety", "--help"]
from equivariety.cli import main
try:
    code = main()
except SystemExit as stop:
    code = stop.code
assert not code, code
"""
REPORT = f"\nimport sys\nprint('loaded:', *(name for name in {HEAVY!r} if name in sys.modules))"


def in_fresh_interpreter(code: str, cwd: Path) -> str:
    """Run the code in a new process; return what it printed."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("COV_", "PYTHONPROFILE"))}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("code", ["import equivariety", HELP], ids=["import", "help"])
def test_starts_without_heavy_packages(code, tmp_path):
    printed = in_fresh_interpreter(code + REPORT, tmp_path)
    assert printed.splitlines()[-1].split() == ["loaded:"]


def test_help_names_the_program(tmp_path):
    assert "equivariety" in in_fresh_interpreter(HELP, tmp_path)


def test_public_names_resolve():
    missing = [name for name in equivariety.__all__ if not hasattr(equivariety, name)]
    assert missing == []


def test_public_names_are_listed_once_and_by_dir():
    assert len(set(equivariety.__all__)) == len(equivariety.__all__)
    assert set(equivariety.__all__) <= set(dir(equivariety))


def test_version_is_the_installed_one():
    assert equivariety.__version__ == __version__ == importlib.metadata.version("equivariety")
