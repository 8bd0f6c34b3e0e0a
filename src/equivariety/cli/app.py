"""The commands and their options.  Everything heavy is imported when a command runs, so that help is quick."""

from __future__ import annotations

import re
from typing import Annotated, Optional

import typer

from equivariety._version import __version__
from equivariety.errors import brief, invalid

__all__ = ["app"]

app = typer.Typer(
    name="equivariety",
    help="Linear maps that respect a permutation symmetry and have bounded rank, trained exactly.",
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]


def _version(wanted: bool) -> None:
    if wanted:
        print(f"equivariety {__version__}")
        raise typer.Exit


# Numbers are read here and not by typer, so that every mistake is told in the words of the library.


def _whole(option: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise invalid(option, "a whole number of at most 18 digits", brief(text), "write it like 99")
    return int(text)


def _number(option: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise invalid(option, "a number", brief(text), "write it like 0.2") from None


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
def reproduce(
    data: Annotated[str, typer.Option(metavar="digits|mnist", help="The images.")] = "digits",
    mnist_path: Annotated[
        Optional[str],  # noqa: UP045  (older versions of typer read no other form)
        typer.Option(metavar="PATH", help="mnist.npz or a folder with the IDX files; default: download from OpenML."),
    ] = None,
    out: Annotated[
        str, typer.Option(metavar="DIR", help="Folder for the report, the maps and the pictures.")
    ] = "results",
    rank: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="N", help="Bound on the rank; default: 99 for 28x28 images, 8 for the digits."),
    ] = None,
    seed: Annotated[str, typer.Option(metavar="N", help="Seed of the random shifts.")] = "0",
    max_shift: Annotated[str, typer.Option(metavar="F", help="Largest shift, as a fraction of the width.")] = "0.2",
    dtype: Annotated[str, typer.Option(metavar="float64|float32", help="Precision of data and maps.")] = "float64",
    json: _Json = False,
) -> None:
    """Fit the models of the talk on horizontally shifted images, and compare them."""
    from equivariety.cli.reproduce import reproduce as command

    settings = {
        "data": data,
        "mnist_path": mnist_path,
        "rank": _whole("--rank", rank),
        "seed": _whole("--seed", seed),
        "max_shift": _number("--max-shift", max_shift),
        "dtype": dtype,
    }
    command(settings, out, json)


@app.command()
def info(
    group: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="TEXT", help="A group, such as shift:28x28:axis=1, rotation:28, cycles:(1 2):degree=3."),
    ] = None,
    rank: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="N", help="Bound on the rank of the maps; default: none."),
    ] = None,
    json: _Json = False,
    out: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="FILE", help="Write the JSON to this file as well."),
    ] = None,
) -> None:
    """Describe the maps that commute with a group; without a group, the installation."""
    from equivariety.cli.info import info as command

    command(group, _whole("--rank", rank), json, out)
