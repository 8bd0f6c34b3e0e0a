"""``equivariety plot``: one command for each kind of picture, and its options."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from equivariety.cli.options import Group, Invariant, Json, Rank, Ranks, SpaceOptions, TargetGroup

__all__ = ["plot_app"]

# ruff: noqa: UP045  (older versions of typer read only Optional)

plot_app = typer.Typer(
    help="Draw a picture of the talk: PNG, PDF or SVG. Without --group the talk's own example is drawn.",
    no_args_is_help=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Out = Annotated[
    Optional[str],
    typer.Option(metavar="FILE", help="The picture: .png, .pdf or .svg; default: the name of the command, .png."),
]
Outputs = Annotated[Optional[str], typer.Option(metavar="N", help="Number of outputs of invariant maps.")]
Basis = Annotated[
    str, typer.Option(metavar="isotypic|points", help="Coordinates of inputs and outputs of the network.")
]


@plot_app.command("base-changes")
def base_changes(group: Group = None, out: Out = None, json: Json = False) -> None:
    """Draw the matrix of a permutation in the bases T1, T2 and Q_sigma: circulant, diagonal, rotations."""
    from equivariety.cli.plot import base_changes as command

    command(group, out, json)


@plot_app.command()
def commutant(
    group: Group = None,
    target_group: TargetGroup = None,
    order: Annotated[
        str, typer.Option(metavar="talk|library", help="Order of the blocks: real ones first, or as info lists them.")
    ] = "talk",
    out: Out = None,
    json: Json = False,
) -> None:
    """Draw the pattern of all matrices that commute with a group, in isotypic coordinates."""
    from equivariety.cli.plot import commutant as command

    command(group, target_group, order, out, json)


@plot_app.command("pixel-order")
def pixel_order(
    size: Annotated[str, typer.Option(metavar="P", help="Side of the image.")] = "4",
    out: Out = None,
    json: Json = False,
) -> None:
    """Draw the rotation of P x P images as a sum of 4-cycles, and the columns of an invariant matrix."""
    from equivariety.cli.plot import pixel_order as command

    command(size, out, json)


@plot_app.command("invariant-example")
def invariant_example(
    group: Group = None,
    outputs: Outputs = None,
    rank: Annotated[
        str, typer.Option(metavar="1|any", help="1: all columns are multiples of the first; any: no bound.")
    ] = "1",
    out: Out = None,
    json: Json = False,
) -> None:
    """Draw an invariant matrix, and what is left when repeated columns are deleted."""
    from equivariety.cli.plot import invariant_example as command

    command(group, outputs, rank, out, json)


@plot_app.command()
def orbits(
    group: Group = None,
    shape: Annotated[
        Optional[str], typer.Option(metavar="HxW|DxHxW", help="Shape of the image or volume, such as 28x28 or 4x4x4.")
    ] = None,
    view: Annotated[str, typer.Option(metavar="slices|cube", help="Volumes: layer by layer, or in space.")] = "slices",
    out: Out = None,
    json: Json = False,
) -> None:
    """Draw an image or volume with one colour for each orbit of a group."""
    from equivariety.cli.plot import orbits as command

    command(group, shape, view, out, json)


@plot_app.command("weight-sharing")
def weight_sharing(
    group: Group = None,
    target_group: TargetGroup = None,
    invariant: Invariant = False,
    outputs: Outputs = None,
    rank: Rank = None,
    ranks: Ranks = None,
    basis: Basis = "isotypic",
    out: Out = None,
    json: Json = False,
) -> None:
    """Draw the network of a component: edges of one colour share a weight."""
    from equivariety.cli.plot import weight_sharing as command

    command(SpaceOptions(group, target_group, invariant, rank, ranks), outputs, basis, out, json)


@plot_app.command("shared-matrix")
def shared_matrix(
    group: Group = None,
    target_group: TargetGroup = None,
    invariant: Invariant = False,
    outputs: Outputs = None,
    rank: Rank = None,
    ranks: Ranks = None,
    basis: Basis = "isotypic",
    factor: Annotated[str, typer.Option(metavar="encoder|decoder", help="Which of the two matrices.")] = "encoder",
    shape: Annotated[
        Optional[str], typer.Option(metavar="HxW", help="Draw each row of the matrix as an image of this shape.")
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Draw the encoder or decoder of a component as a matrix: one colour is one weight."""
    from equivariety.cli.plot import shared_matrix as command

    space = SpaceOptions(group, target_group, invariant, rank, ranks)
    command(space, outputs, basis, factor, shape, out, json)


@plot_app.command()
def strata(
    group: Group = None,
    target_group: TargetGroup = None,
    invariant: Invariant = False,
    outputs: Outputs = None,
    rank: Rank = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Draw the strata of all rank vectors by inclusion, a Hasse diagram, with irreducible components filled."""
    from equivariety.cli.plot import strata as command

    command(SpaceOptions(group, target_group, invariant, rank), outputs, out, json)


@plot_app.command("real-points")
def real_points(
    polynomials: Annotated[
        Optional[list[str]],
        typer.Argument(
            metavar="POLYNOMIAL...", help='Equations such as "y^2 = x^2(x+1)"; after -- if one begins with -.'
        ),
    ] = None,
    box: Annotated[
        str, typer.Option(metavar="B|LOW:HIGH,...", help="What to draw: -B to B, or limits for each variable.")
    ] = "2",
    simplex: Annotated[bool, typer.Option("--simplex", help="The three variables are probabilities.")] = False,
    out: Out = None,
    json: Json = False,
) -> None:
    """Draw the real points of a plane curve, a surface in space, or a statistical model in the triangle."""
    from equivariety.cli.plot import real_points as command

    command(polynomials or [], box, simplex, out, json)


@plot_app.command()
def cubics(out: Out = None, json: Json = False) -> None:
    """Draw which filters three convolutional filters of size 2 make: cubics with three real roots."""
    from equivariety.cli.plot import cubics as command

    command(out, json)


@plot_app.command()
def landscape(
    inputs: Annotated[
        Optional[str], typer.Argument(metavar="[INPUTS]", help="Samples, one per row: X.npy, X.npz[:name] or X.csv.")
    ] = None,
    targets: Annotated[Optional[str], typer.Option(metavar="FILE", help="Wanted outputs, one row per sample.")] = None,
    strides: Annotated[str, typer.Option(metavar="S1,S2", help="Strides of the two layers.")] = "1,1",
    view: Annotated[
        str,
        typer.Option(
            metavar="pairs|chart|space", help="All pairs of filters; the plane, or the space, of end-to-end filters."
        ),
    ] = "pairs",
    out: Out = None,
    json: Json = False,
) -> None:
    """Draw the loss of two convolutional filters of size 2, with all critical points, pure and spurious."""
    from equivariety.cli.plot import landscape as command

    command(inputs, targets, strides, view, out, json)
