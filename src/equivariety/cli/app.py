"""The commands and their options.  Everything heavy is imported when a command runs, so that help is quick."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from equivariety._version import __version__
from equivariety.cli.lcn_app import lcn_app
from equivariety.cli.options import (
    Alpha,
    DataOptions,
    Group,
    Intercept,
    Invariant,
    Json,
    ListingOptions,
    Rank,
    Ranks,
    Samples,
    SpaceOptions,
    TargetGroup,
    Targets,
    Weights,
    number,
    whole,
)
from equivariety.cli.plot_app import plot_app

__all__ = ["app"]

# ruff: noqa: UP045  (older versions of typer read only Optional)

app = typer.Typer(
    name="equivariety",
    help="Linear maps that respect a permutation symmetry and have bounded rank, trained exactly.",
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(plot_app, name="plot")
app.add_typer(lcn_app, name="lcn")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"equivariety {__version__}")
        raise typer.Exit


@app.callback(
    epilog="Groups: shift:28x28:axis=1, translations:28x28, rotation:28, reflection:28x28:axis=1, dihedral:28, "
    "torus:28, cube:16, cyclic:12, symmetric:5, pairs:symmetric:5, trivial:784, 'cycles:(1 3 4)(2 5):degree=5' "
    "(generators separated by ;), file:generators.npy; a group that is not understood is answered with all forms."
)
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
        Optional[str],
        typer.Option(metavar="PATH", help="mnist.npz or a folder with the IDX files; default: download from OpenML."),
    ] = None,
    out: Annotated[
        str, typer.Option(metavar="DIR", help="Folder for the report, the maps and the pictures.")
    ] = "results",
    rank: Annotated[
        Optional[str],
        typer.Option(metavar="N", help="Bound on the rank; default: 99 for 28x28 images, 8 for the digits."),
    ] = None,
    seed: Annotated[str, typer.Option(metavar="N", help="Seed of the random shifts.")] = "0",
    max_shift: Annotated[str, typer.Option(metavar="F", help="Largest shift, as a fraction of the width.")] = "0.2",
    dtype: Annotated[str, typer.Option(metavar="float64|float32", help="Precision of data and maps.")] = "float64",
    json: Json = False,
) -> None:
    """Fit the models of the talk on horizontally shifted images, and compare them."""
    from equivariety.cli.reproduce import reproduce as command

    settings = {
        "data": data,
        "mnist_path": mnist_path,
        "rank": whole("--rank", rank),
        "seed": whole("--seed", seed),
        "max_shift": number("--max-shift", max_shift),
        "dtype": dtype,
    }
    command(settings, out, json)


@app.command()
def info(
    group: Annotated[
        Optional[str],
        typer.Option(metavar="TEXT", help="A group, such as shift:28x28:axis=1, rotation:28, cycles:(1 2):degree=3."),
    ] = None,
    rank: Annotated[
        Optional[str],
        typer.Option(metavar="N", help="Bound on the rank of the maps; default: none."),
    ] = None,
    json: Json = False,
    out: Annotated[
        Optional[str],
        typer.Option(metavar="FILE", help="Write the JSON to this file as well."),
    ] = None,
) -> None:
    """Describe the maps that commute with a group; without a group, the installation."""
    from equivariety.cli.info import info as command

    command(group, whole("--rank", rank), json, out)


@app.command()
def describe(
    group: Group = None,
    target_group: TargetGroup = None,
    invariant: Invariant = False,
    outputs: Annotated[Optional[str], typer.Option(metavar="N", help="Number of outputs of invariant maps.")] = None,
    rank: Rank = None,
    ranks: Annotated[
        Optional[str],
        typer.Option(
            metavar="TEXT", help='Component to describe: "(1,1)=1,(4,3)=1", or one rank per block; default: the first.'
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="All digits of long integers, and all entries of lists.")
    ] = False,
    kind: Annotated[
        Optional[str], typer.Option("--format", metavar="text|latex|html", help="What to print; default: text.")
    ] = None,
    json: Json = False,
    out: Annotated[
        Optional[str], typer.Option(metavar="FILE", help="Write it to this file as well: .txt, .tex, .html or .json.")
    ] = None,
) -> None:
    """Describe the geometry of maps and of one component: dimensions, degrees, singular points, weight sharing."""
    from equivariety.cli.describe import describe as command

    command(SpaceOptions(group, target_group, invariant, rank, ranks), outputs, kind, full, json, out)


@app.command()
def fit(
    samples: Samples,
    group: Group = None,
    targets: Targets = None,
    target_group: TargetGroup = None,
    invariant: Invariant = False,
    rank: Rank = None,
    ranks: Ranks = None,
    alpha: Alpha = "0",
    intercept: Intercept = False,
    weights: Weights = None,
    k_best: Annotated[str, typer.Option(metavar="K", help="Number of best components to list.")] = "1",
    out: Annotated[
        Optional[str], typer.Option(metavar="FILE", help="Save the map: a .safetensors file, for apply.")
    ] = None,
    json: Json = False,
) -> None:
    """Find the best map for samples: the global optimum over all components, or in one (--ranks)."""
    from equivariety.cli.fit import fit as command

    space = SpaceOptions(group, target_group, invariant, rank, ranks)
    command(space, samples, DataOptions(targets, weights, alpha, intercept), k_best, out, json)


@app.command()
def apply(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A file written by fit --out.")],
    samples: Samples,
    out: Annotated[
        Optional[str], typer.Option(metavar="FILE", help="Write the outputs: .npy, .safetensors or .csv.")
    ] = None,
    targets: Annotated[
        Optional[str], typer.Option(metavar="FILE", help="Wanted outputs, to print the mean squared error.")
    ] = None,
    json: Json = False,
) -> None:
    """Apply a saved map to samples, which need not fit into memory."""
    from equivariety.cli.apply import apply as command

    command(model, samples, targets, out, json)


@app.command()
def components(
    group: Group = None,
    target_group: TargetGroup = None,
    invariant: Invariant = False,
    outputs: Annotated[
        Optional[str], typer.Option(metavar="N", help="Number of outputs of invariant maps, without --data.")
    ] = None,
    rank: Rank = None,
    count: Annotated[str, typer.Option(metavar="K", help="Number of components to list.")] = "10",
    exact_rank: Annotated[
        bool, typer.Option("--exact-rank", help="Only components with a map of rank exactly --rank.")
    ] = False,
    field: Annotated[
        str, typer.Option(metavar="real|complex", help="Components over the reals or the complex numbers.")
    ] = "real",
    order: Annotated[
        Optional[str], typer.Option(metavar="rank|dimension", help="Largest rank, or largest dimension first.")
    ] = None,
    data: Annotated[
        Optional[str], typer.Option(metavar="FILE", help="Samples: list the components that fit them best.")
    ] = None,
    targets: Targets = None,
    alpha: Alpha = "0",
    intercept: Intercept = False,
    weights: Weights = None,
    json: Json = False,
) -> None:
    """List irreducible components, or those that fit samples best."""
    from equivariety.cli.components import components as command

    space = SpaceOptions(group, target_group, invariant, rank)
    listing = ListingOptions(count, exact_rank, field, order)
    command(space, outputs, data, DataOptions(targets, weights, alpha, intercept), listing, json)


@app.command()
def project(
    matrix: Annotated[str, typer.Argument(metavar="MATRIX", help="Rows are outputs: M.npy, M.npz[:name] or M.csv.")],
    group: Group = None,
    target_group: TargetGroup = None,
    invariant: Invariant = False,
    rank: Rank = None,
    ranks: Ranks = None,
    out: Annotated[
        Optional[str], typer.Option(metavar="FILE", help="Write the nearest matrix: .npy, .safetensors or .csv.")
    ] = None,
    json: Json = False,
) -> None:
    """Find the nearest map of bounded rank that respects the group."""
    from equivariety.cli.project import project as command

    command(SpaceOptions(group, target_group, invariant, rank, ranks), matrix, out, json)


@app.command()
def path(
    samples: Samples,
    group: Group = None,
    targets: Targets = None,
    target_group: TargetGroup = None,
    invariant: Invariant = False,
    rank: Rank = None,
    alpha: Alpha = "0",
    intercept: Intercept = False,
    weights: Weights = None,
    explained: Annotated[str, typer.Option(metavar="F", help="Name the least rank that explains this share.")] = "0.95",
    out: Annotated[Optional[str], typer.Option(metavar="FILE", help="Write the table: a .csv file.")] = None,
    json: Json = False,
) -> None:
    """Find the best loss and ranks for every bound up to --rank."""
    from equivariety.cli.path import path as command

    space = SpaceOptions(group, target_group, invariant, rank)
    command(space, samples, DataOptions(targets, weights, alpha, intercept), explained, out, json)
