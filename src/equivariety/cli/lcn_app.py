"""``equivariety lcn``: its commands and their options."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from equivariety.cli.options import Json

__all__ = ["lcn_app"]

# ruff: noqa: UP045  (older versions of typer read only Optional)

lcn_app = typer.Typer(
    help="Linear convolutional networks: end-to-end filters, membership, all critical points of the squared error.",
    no_args_is_help=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Filters = Annotated[
    Optional[str], typer.Option(metavar="K1,K2,...", help="Filter sizes, input to output, such as 3,2.")
]
Strides = Annotated[Optional[str], typer.Option(metavar="S1,S2,...", help="Strides, one per layer, such as 2,1.")]
Inputs = Annotated[str, typer.Argument(metavar="INPUTS", help="Samples, one per row: X.npy, X.npz[:name] or X.csv.")]
Targets = Annotated[Optional[str], typer.Option(metavar="FILE", help="Wanted outputs, one row per sample.")]
Layers = Annotated[
    Optional[list[str]],
    typer.Option(
        metavar="W",
        help="Filter of a layer, 1,2,1/2 or a file w.npy, w.npz[:name], w.csv; once per layer, in order.",
    ),
]
OutJson = Annotated[Optional[str], typer.Option(metavar="FILE", help="Write the answer to this .json file as well.")]


@lcn_app.command()
def report(
    filters: Filters = None,
    strides: Strides = None,
    samples: Annotated[
        str,
        typer.Option(metavar="N|all", help="Number of samples; all: one below the end-to-end size, it, other bounds."),
    ] = "all",
    outputs: Annotated[str, typer.Option(metavar="M", help="Number of outputs.")] = "1",
    seeds: Annotated[str, typer.Option(metavar="K", help="Number of random data sets for each.")] = "1",
    seed: Annotated[str, typer.Option(metavar="S", help="Seed of the first.")] = "0",
    json: Json = False,
    out: OutJson = None,
) -> None:
    """Describe the function space, and try the theorem on critical points on random data."""
    from equivariety.cli.lcn import report as command

    command(filters, strides, samples, outputs, seeds, seed, json, out)


@lcn_app.command()
def critical(
    inputs: Inputs,
    filters: Filters = None,
    strides: Strides = None,
    targets: Targets = None,
    seconds: Annotated[
        Optional[str], typer.Option(metavar="F", help="End after this time with what was found; default: no limit.")
    ] = None,
    json: Json = False,
    out: OutJson = None,
) -> None:
    """Find all critical points of the squared error, complex ones included, up to scaling of the layers."""
    from equivariety.cli.lcn import critical as command

    command(filters, strides, inputs, targets, seconds, json, out)


@lcn_app.command()
def member(
    filters: Filters = None,
    strides: Strides = None,
    filter: Annotated[
        Optional[str],
        typer.Option(metavar="V", help="End-to-end filter: 1,0,-1/2 is decided exactly; decimals up to rounding."),
    ] = None,
    factorizations: Annotated[
        bool, typer.Option("--factorizations", help="List all choices of filters, up to scaling.")
    ] = False,
    tolerance: Annotated[
        Optional[str],
        typer.Option(metavar="T", help="Relative distance up to which decimals are members; default: 1e-10."),
    ] = None,
    json: Json = False,
    out: OutJson = None,
) -> None:
    """Tell whether a filter is the end-to-end filter of a network, and find filters of its layers."""
    from equivariety.cli.lcn import member as command

    command(filters, strides, filter, factorizations, tolerance, json, out)


@lcn_app.command()
def classify(
    inputs: Inputs,
    filters: Annotated[
        Optional[str], typer.Option(metavar="K1,K2,...", help="Filter sizes; default: those of the filters.")
    ] = None,
    strides: Strides = None,
    targets: Targets = None,
    layer: Layers = None,
    polish: Annotated[
        bool, typer.Option("--polish", help="Move to a critical point close by first, for weights not fully trained.")
    ] = False,
    tolerance: Annotated[
        Optional[str],
        typer.Option(metavar="T", help="Largest relative gradient that counts as zero; default: 1e-9."),
    ] = None,
    json: Json = False,
) -> None:
    """Tell whether trained filters are a critical point: pure, spurious, zero or none."""
    from equivariety.cli.lcn import classify as command

    command(filters, strides, inputs, targets, layer or [], polish, tolerance, json)


@lcn_app.command()
def compose(layer: Layers = None, strides: Strides = None, json: Json = False) -> None:
    """Multiply the filters of the layers to the end-to-end filter; exactly for whole numbers and fractions."""
    from equivariety.cli.lcn import compose as command

    command(strides, layer or [], json)


@lcn_app.command()
def equations(filters: Filters = None, strides: Strides = None, json: Json = False) -> None:
    """Print equations of the Zariski closure of the end-to-end filters, and inequalities in small cases."""
    from equivariety.cli.lcn import equations as command

    command(filters, strides, json)
