"""Progress on standard error: a bar where a terminal can redraw it, one line per finished stage elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

__all__ = ["Tell", "shown"]

#: Called with a stage that goes on, or begins, and the fraction of all work done before.
Tell: TypeAlias = Callable[[str, float], object]


@contextmanager
def shown() -> Iterator[Tell]:
    """Context manager that gives a function to tell (stage that begins, fraction of all work done before it).

    >>> with shown() as tell:
    ...     tell("count", 0.0)
    """
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:<24}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda stage, fraction: bar.update(task, description=stage, completed=fraction)


class _Lines:
    """One line per stage, when the next one begins: a stage that fails leaves its error alone on the screen."""

    def __init__(self) -> None:
        self._stage = ""

    def __call__(self, stage: str, fraction: float) -> None:
        if self._stage and stage != self._stage:
            print(f"[{100 * fraction:3.0f}%] {self._stage}: done", file=sys.stderr, flush=True)
        self._stage = stage
