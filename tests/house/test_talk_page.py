"""The page that says where each claim of the talk is, and which test is about it: both exist."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import equivariety as ev

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "talk.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)+)`", PAGE))


@functools.cache
def names_of_tests(path: Path) -> frozenset[str]:
    """The tests of a file, as in ``pytest path::name`` or ``pytest path::Class::name``."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found.update(f"{prefix}{f.name}" for f in inside if isinstance(f, ast.FunctionDef) and "test" in f.name)
    return frozenset(found)


def test_every_named_test_exists():
    assert len(NAMED) > 50
    missing = []
    for name in sorted(NAMED):
        path, test = name.split("::", 1)
        if not (ROOT / path).is_file() or test not in names_of_tests(ROOT / path):
            missing.append(name)
    assert missing == []


def test_nothing_is_named_in_another_form():
    assert {name for name in re.findall(r"tests/[\w/.:]+", PAGE) if "test_" in name} == NAMED


def test_every_test_of_the_talk_is_named():
    folder = ROOT / "tests" / "talk"
    names = {f"tests/talk/{path.name}::{test}" for path in folder.glob("test_*.py") for test in names_of_tests(path)}
    assert len(names) > 30
    assert names - NAMED == set()


def test_every_named_object_exists():
    names = set(re.findall(r"`ev((?:\.\w+)+)", PAGE))
    assert len(names) > 25
    for name in sorted(names):
        functools.reduce(getattr, name.strip(".").split("."), ev)
