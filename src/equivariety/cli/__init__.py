"""The command line: ``equivariety fit``, ``apply``, ``components``, ``project``, ``path``, ``plot``, ``info``, ..."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line with these arguments, by default those of the process; return the exit code.

    0 success, 2 a mistake in the arguments or the data, told in one line on standard error, 130 interrupted, 128 +
    n ended by signal n.  Other exceptions are bugs and keep their traceback.

    >>> main(["--version"])
    equivariety 0.1.0
    0
    """
    try:
        from equivariety.cli.entry import run

        return run(arguments)
    except KeyboardInterrupt:
        return 130
