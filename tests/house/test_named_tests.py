"""The tests that the pages name exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    if "`tests/" in path.read_text(encoding="utf-8")
)


def test_there_are_pages():
    assert ROOT / "docs" / "networks.md" in PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_named_tests_exist(page):
    named = set(re.findall(r"`(tests/[^`]*)`", page.read_text(encoding="utf-8")))
    missing = []
    for name in sorted(named):
        path, _, test = name.partition("::")
        if not (ROOT / path).is_file():
            missing.append(name)
        elif test:
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            if test.split("::")[-1] not in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}:
                missing.append(name)
    assert missing == []
