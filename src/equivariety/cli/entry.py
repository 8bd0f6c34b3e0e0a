"""How the program starts and ends: one line for each mistake, the right exit code, no traceback for users."""

from __future__ import annotations

import errno
import io
import os
import re
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer

from equivariety.cli.app import app

__all__ = ["run"]

_LONGEST = 1000

#: The library speaks of arguments, a user of the program of options.
_OPTIONS = {
    "X": "DATA",
    "Y": "--targets",
    "alpha": "--alpha",
    "data": "--data",
    "directory": "--out",
    "dtype": "--dtype",
    "explained": "--explained",
    "group": "--group",
    "k_best": "--k-best",
    "matrix": "MATRIX",
    "max_shift": "--max-shift",
    "mnist_path": "--mnist-path",
    "outputs": "--outputs",
    "rank": "--rank",
    "ranks": "--ranks",
    "sample_weight": "--weights",
    "seed": "--seed",
    "target": "--target-group",
    "target_group": "--target-group",
    "x": "DATA",
}

#: Where a command has another word for it.
_OF_COMMAND = {
    "components": {"X": "--data", "field": "--field"},
    "describe": {"component": "--ranks", "path": "--out"},
    "info": {"path": "--out"},
    "lcn": {
        "X": "INPUTS",
        "filter_sizes": "--filters",
        "filters": "--layer",
        "inputs": "INPUTS",
        "samples": "--samples",
        "seconds": "--seconds",
        "seeds": "--seeds",
        "strides": "--strides",
        "tolerance": "--tolerance",
        "v": "--filter",
    },
    "plot": {
        "X": "INPUTS",
        "basis": "--basis",
        "box": "--box",
        "image_shape": "--shape",
        "inputs": "INPUTS",
        "order": "--order",
        "p": "--size",
        "pattern": "--group",
        "polynomials": "POLYNOMIAL",
        "shape": "--shape",
        "sharing": "--group",
        "sigma": "--group",
        "space": "--rank",
        "simplex": "--simplex",
        "strides": "--strides",
        "variety": "POLYNOMIAL",
        "view": "--view",
    },
}

#: Base of what typer raises for wrong arguments: click's class, which newer versions of typer carry inside.
_UsageProblem: type[Exception] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller; what would be printed there is lost, not the run
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    command = next(iter(sys.argv[1:] if arguments is None else arguments), "")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a table never fails for a character that a terminal lacks
    longest = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)  # exact counts can have more than 4,300 digits
    try:
        with _short_warnings(), _stopped_by_signals():
            code = app(None if arguments is None else list(arguments), prog_name="equivariety", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except typer.Exit as stop:
        return stop.exit_code
    except _Stopped as stop:
        return 128 + stop.signal
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except _UsageProblem as problem:
        message = getattr(problem, "format_message", problem.__str__)() or "wrong arguments"
        return _refuse(f"{message.rstrip('.')}. See 'equivariety --help'.")
    except OSError as problem:
        if problem.errno == errno.EPIPE:  # the reader of our output has gone
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        return _refuse(_about_file(problem))
    except (ValueError, TypeError) as problem:
        if not _is_ours(problem):
            raise
        return _refuse(_about_option(str(problem), command))
    except MemoryError:
        return _refuse("there is not enough memory for this size. Fix: choose a smaller group, rank or data set.")
    finally:
        sys.set_int_max_str_digits(longest)


class _Stopped(BaseException):
    """Raised where a signal that ends the process arrives, so that temporary files are removed on the way out."""

    def __init__(self, number: int) -> None:
        self.signal = number


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Context manager under which the signals that ask a process to end raise an exception."""
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():  # only there can signals be handled
        numbers = []

    def stop(number: int, _: object) -> None:
        raise _Stopped(number)

    before = {number: signal.signal(number, stop) for number in numbers if signal.getsignal(number) == signal.SIG_DFL}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _short_warnings() -> Iterator[None]:
    """Context manager under which a warning takes one line, too."""
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: _say(f"warning: {message}")
        yield


def _refuse(message: str) -> int:
    _say(f"error: {message}")
    return 2


def _say(message: str) -> None:
    line = " ".join("".join(c if c.isprintable() else " " for c in message).split())
    shown = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
    print(f"equivariety: {shown}", file=sys.stderr)


def _about_option(message: str, command: str) -> str:
    options = {**_OPTIONS, **_OF_COMMAND.get(command, {})}
    return re.sub(rf"^({'|'.join(options)})(?= must |[:\[])", lambda match: options[match[0]], message)


def _about_file(problem: OSError) -> str:
    reason = problem.strerror or str(problem) or type(problem).__name__
    return f"{problem.filename}: {reason}" if problem.filename is not None else reason


def _is_ours(problem: BaseException) -> bool:
    """Whether the library raised it on purpose, so that it speaks about an argument: others are bugs."""
    trace = problem.__traceback__
    last = None
    while trace is not None:
        last = trace.tb_frame.f_globals.get("__name__", "")
        trace = trace.tb_next
    return last is not None and last.split(".")[0] == "equivariety"
