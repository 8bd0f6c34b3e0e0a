"""What the files of the repository say: no machine paths, the two commands up front, one version."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from equivariety import __version__

ROOT = Path(__file__).resolve().parents[2]
MACHINE_PATHS = [f"/{folder}/" for folder in ("home", "opt", "root", "work")]


def repository_files() -> list[Path]:
    """Files that are tracked by git, or that would be by ``git add --all``."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is not a git checkout")
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_machine_paths():
    found = []
    for path in repository_files():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1):
            found += [f"{path.relative_to(ROOT)}:{number}: {word}" for word in MACHINE_PATHS if word in line]
    assert found == []


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_readme_begins_with_the_commands(command):
    first_lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:40]
    assert any(command in line for line in first_lines)


def test_changelog_mentions_the_version():
    assert __version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_version_is_written_once():
    assert f'"{__version__}"' not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "\nversion:" not in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
def test_ci_script_can_be_run():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
