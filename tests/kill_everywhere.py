"""Kill a writer before each of its file operations in turn, and check what the next reader finds.

    python kill_everywhere.py FOLDER once      kill the writer, then recover
    python kill_everywhere.py FOLDER twice     kill the writer, kill the recovery, then recover

Prints one JSON object with the number of kills for each outcome.  A process of its own, because it forks.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from equivariety.files import recover, staged

USER = {"notes.txt": "mine", "plots/mine.png": "mine too", "empty/mine.txt": "and mine"}
OLD = {"report.json": "old", "plots/a.png": "old a", "plots/gone.png": "old", "gone/deep/x.txt": "old x"}
NEW = {"report.json": "new", "plots/a.png": "new a", "plots/b.png": "new b", "fresh/deep/y.txt": "new y"}
OPERATIONS = ("rename", "replace", "unlink", "rmdir", "mkdir")
KILLED = 77


def fill(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def content(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    names = {path.relative_to(folder).as_posix(): path.read_text() for path in paths}
    return {name: text for name, text in names.items() if not name.startswith(".equivariety/")}


def write(folder: Path, files: dict[str, str]) -> None:
    with staged(folder, remove_previous=True) as new:
        fill(new, files)


def killed_before(step: int, operations: tuple[str, ...], work: Callable[[], None]) -> bool:
    """Run ``work`` in a child that ends before the operation number ``step``; False if there are fewer."""
    child = os.fork()
    if child == 0:
        steps = count()

        def dying(operation: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **kwargs: Any) -> Any:
                if next(steps) == step:
                    os._exit(KILLED)
                return operation(*args, **kwargs)

            return call

        for name in operations:
            setattr(os, name, dying(getattr(os, name)))
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, KILLED):
        raise AssertionError(f"the child failed with {code} before step {step}")
    return code == KILLED


def outcome(folder: Path) -> str:
    recover(folder)
    waste = [path.name for path in (folder / ".equivariety").glob("*") if path.name != "manifest.json"]
    empty = [path for path in folder.rglob("*") if path.is_dir() and not any(path.iterdir())]
    known = {"old": {**USER, **OLD}, "new": {**USER, **NEW}}
    names = [name for name, files in known.items() if content(folder) == files]
    return "waste" if waste or empty else names[0] if names else f"mixed: {content(folder)}"


def main(base: Path, times: str) -> None:
    template = base / "template"
    fill(template, USER)
    write(template, OLD)
    operations = (*OPERATIONS, "fsync") if times == "once" else OPERATIONS
    if times == "twice":
        os.fsync = lambda descriptor: None  # much slower than all the rest, and no help against a kill
    outcomes: Counter[str] = Counter()
    folder, again = base / "results", base / "again"
    for first in count():
        shutil.copytree(template, folder)
        alive = not killed_before(first, operations, lambda: write(folder, NEW))
        committed = (folder / ".equivariety" / "commit").exists()
        for second in count() if times == "twice" and committed else ():
            shutil.copytree(folder, again)
            finished = not killed_before(second, operations, lambda: recover(again))
            outcomes[outcome(again)] += 1
            shutil.rmtree(again)
            if finished:
                break
        result = outcome(folder)
        outcomes[result] += 1
        shutil.rmtree(folder)
        if alive:
            outcomes[f"unharmed: {result}"] += 1
            break
    print(json.dumps(outcomes))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
