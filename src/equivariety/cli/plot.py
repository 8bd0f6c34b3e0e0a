"""``equivariety plot``: pictures to files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equivariety.cli.inputs import check_destination, check_space_options, read_table, space_of
from equivariety.cli.options import SpaceOptions, number, whole
from equivariety.cli.output import print_facts, print_json
from equivariety.errors import brief, invalid

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "base_changes",
    "commutant",
    "cubics",
    "invariant_example",
    "landscape",
    "orbits",
    "pixel_order",
    "real_points",
    "shared_matrix",
    "strata",
    "weight_sharing",
]

# The talk's examples, drawn where no group or polynomial is given.
_PERMUTATION = "cycles:(1 3 4)(2 5):degree=5"
_IMAGE, _IMAGE_SHAPE = "rotation:3", "3x3"
_CURVE = "y^2 = x^2(x+1)"
# Samples and targets whose least squares filter (1, 0, 1) has no real roots: all critical points are spurious.
_NO_REAL_ROOTS = [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1], [0], [1]]
_VIEWS = ("pairs", "chart", "space")


def base_changes(group: str | None, out: str | None, as_json: bool) -> None:
    """Draw a permutation in the bases of the talk."""
    text = group or _PERMUTATION

    def draw() -> Figure:
        from equivariety import plots
        from equivariety.groups import parse_group

        return plots.plot_cyclic_bases(parse_group(text, "group"))

    _write("base-changes", {"group": text}, draw, out, as_json, group)


def commutant(group: str | None, target_group: str | None, order: str, out: str | None, as_json: bool) -> None:
    """Draw the pattern of the matrices that commute with a group."""
    if group is None and target_group is not None:
        raise invalid("--group", "given together with --target-group", "nothing", "add --group cyclic:6")
    options = SpaceOptions(group or _IMAGE, target_group, False, None)

    def draw() -> Figure:
        from equivariety import plots

        return plots.plot_commutant_pattern(space_of(options, None, None).hom, order=order)  # type: ignore[arg-type]

    answer = {"group": options.group, "target_group": target_group, "order": order}
    _write("commutant", answer, draw, out, as_json, group, target_group)


def pixel_order(size: str, out: str | None, as_json: bool) -> None:
    """Draw the rotation of images in the talk's pixel order."""
    side: Any = whole("--size", size)

    def draw() -> Figure:
        from equivariety import plots

        return plots.plot_pixel_order(side)

    _write("pixel-order", {"size": side}, draw, out, as_json)


def invariant_example(group: str | None, outputs: str | None, rank: str, out: str | None, as_json: bool) -> None:
    """Draw an invariant matrix and its image under psi."""
    if rank not in ("1", "any"):
        raise invalid("--rank", "1 or any", brief(rank), "other ranks are not one formula for each entry")
    text, rows = group or _PERMUTATION, whole("--outputs", outputs)
    count = 2 if rows is None else rows

    def draw() -> Figure:
        from equivariety import plots
        from equivariety.groups import parse_group

        return plots.plot_collapse(parse_group(text, "group"), outputs=count, rank=1 if rank == "1" else None)

    _write("invariant-example", {"group": text, "outputs": count, "rank": rank}, draw, out, as_json, group)


def orbits(group: str | None, shape: str | None, view: str, out: str | None, as_json: bool) -> None:
    """Draw the orbits of a group on an image or volume."""
    if group is None and shape is not None:
        raise invalid("--group", "given together with --shape", "nothing", f"add --group rotation:{shape}")
    if group is not None and shape is None:
        raise invalid("--shape", "given together with --group", "nothing", "add --shape 28x28")
    text, sizes = group or _IMAGE, _shape(shape or _IMAGE_SHAPE)

    def draw() -> Figure:
        from equivariety import plots
        from equivariety.groups import parse_group

        return plots.plot_orbits(parse_group(text, "group"), sizes, view=view)  # type: ignore[arg-type]

    answer = {"group": text, "shape": list(sizes), "view": view}
    _write("orbits", answer, draw, out, as_json, group)


def weight_sharing(space: SpaceOptions, outputs: str | None, basis: str, out: str | None, as_json: bool) -> None:
    """Draw the network of a component."""
    _check(space, outputs)

    def draw() -> Figure:
        from equivariety import plots

        return plots.plot_weight_sharing(_component(space, outputs).weight_sharing(basis))

    _write("weight-sharing", _about(space, basis), draw, out, as_json, space.group, space.target_group)


def shared_matrix(
    space: SpaceOptions, outputs: str | None, basis: str, factor: str, shape: str | None, out: str | None, as_json: bool
) -> None:
    """Draw the encoder or decoder of a component as a matrix, or as images."""
    _check(space, outputs)
    if factor not in ("encoder", "decoder"):
        raise invalid("--factor", "encoder or decoder", brief(factor), "choose one of the two")
    sizes: Any = None if shape is None else _shape(shape)

    def draw() -> Figure:
        from equivariety import plots

        pattern = getattr(_component(space, outputs).weight_sharing(basis), factor)
        return plots.plot_shared_matrix(pattern, image_shape=sizes)

    answer = {**_about(space, basis), "factor": factor, "shape": None if sizes is None else list(sizes)}
    _write("shared-matrix", answer, draw, out, as_json, space.group, space.target_group)


def strata(space: SpaceOptions, outputs: str | None, out: str | None, as_json: bool) -> None:
    """Draw the strata of a space as a Hasse diagram."""
    if space.group is None:
        space = replace(space, group=_IMAGE, rank="3" if space.rank is None else space.rank)
    _check(space, outputs)

    def draw() -> Figure:
        from equivariety import plots

        return plots.plot_hasse_diagram(space_of(space, None, whole("--outputs", outputs)))

    answer = {key: value for key, value in _about(space, "").items() if key not in ("basis", "ranks")}
    _write("strata", answer, draw, out, as_json, space.group, space.target_group)


def real_points(polynomials: list[str], box: str, simplex: bool, out: str | None, as_json: bool) -> None:
    """Draw the real points of polynomials."""
    texts, limits = polynomials or [_CURVE], _box(box)

    def draw() -> Figure:
        from equivariety import plots

        return plots.real_points(texts, box=limits, simplex=True if simplex else None)

    _write("real-points", {"polynomials": texts, "box": limits, "simplex": simplex}, draw, out, as_json)


def cubics(out: str | None, as_json: bool) -> None:
    """Draw the function space of three filters of size 2."""

    def draw() -> Figure:
        from equivariety import plots

        return plots.plot_cubic_filters()

    _write("cubics", {}, draw, out, as_json)


def landscape(
    samples: str | None, targets: str | None, strides: str, view: str, out: str | None, as_json: bool
) -> None:
    """Draw the loss of two filters of size 2 with its critical points."""
    from equivariety import queries

    if view not in _VIEWS:
        raise invalid("--view", " or ".join(_VIEWS), brief(view), "leave it out for all pairs of filters")
    if (samples is None) != (targets is None):
        missing, given = ("INPUTS", "--targets") if samples is None else ("--targets", "INPUTS")
        raise invalid(missing, f"given together with {given}", "nothing", "leave out both for the example of the talk")
    if len(strides.split(",")) != 2:
        raise invalid("--strides", "two whole numbers", brief(strides), "write it like 2,1")
    net = queries.build_network("2,2", strides)
    if net.end_to_end_size != 3 and (samples is None or view != "pairs"):
        required = "1,1" if view == "pairs" else f"1,1 for --view {view}"
        fix = "give INPUTS and --targets" if view == "pairs" else "use --view pairs"
        raise invalid("--strides", f"{required} without data" if view == "pairs" else required, brief(strides), fix)

    def draw() -> Figure:
        from equivariety import plots

        pictures = {
            "pairs": plots.plot_loss_landscape,
            "chart": plots.plot_filter_chart,
            "space": plots.plot_function_space,
        }
        if samples is None:
            return pictures[view](net, *_NO_REAL_ROOTS)
        return pictures[view](net, read_table(samples), read_table(str(targets)))

    answer = {"inputs": samples, "targets": targets, "strides": list(net.strides), "view": view}
    _write("landscape", answer, draw, out, as_json, samples, targets)


def _write(
    name: str, answer: dict[str, Any], draw: Callable[[], Figure], out: str | None, as_json: bool, *inputs: str | None
) -> None:
    """Draw the picture into its file, and print what it is."""
    path = f"{name}.png" if out is None else out
    # The formats, which the pictures know, without loading them.
    check_destination(path, (".png", ".pdf", ".svg"), *inputs)
    figure = draw()
    from equivariety.plots import save_figure

    save_figure(figure, path)
    width, height = (round(float(side), 3) for side in figure.get_size_inches())
    written = {"picture": name, **answer, "inches": [width, height], "bytes": Path(path).stat().st_size, "out": path}
    if as_json:
        print_json(written)
        return
    facts = [(key.replace("_", " "), _text(value)) for key, value in answer.items() if value is not None]
    print_facts([("picture", name), *facts, ("written to", path)])


def _text(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(part, int) for part in value):
        return "x".join(map(str, value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _shape(text: str) -> tuple[int, ...]:
    """Return the sizes that a text such as 28x28 holds; ValueError for anything else.

    >>> _shape("4x4x4")
    (4, 4, 4)
    """
    if not re.fullmatch(r"[0-9]{1,9}(x[0-9]{1,9}){1,2}", text):
        raise invalid("--shape", "two or three sizes", brief(text), "write it like 28x28 or 4x4x4")
    return tuple(map(int, text.split("x")))


def _box(text: str) -> float | list[list[float]]:
    """Return the half width, or the limits for each variable, that a text holds; ValueError for anything else.

    >>> _box("1.5"), _box("-1:1,0:2")
    (1.5, [[-1.0, 1.0], [0.0, 2.0]])
    """
    if ":" not in text:
        return number("--box", text)
    pairs = [pair.split(":") for pair in text.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        raise invalid("--box", "a number, or LOW:HIGH for each variable", brief(text), "write it like -1:1,0:2")
    return [[number("--box", side) for side in pair] for pair in pairs]


def _check(space: SpaceOptions, outputs: str | None) -> None:
    check_space_options(space, ranks_allowed=True)
    if (outputs is not None) != space.invariant:
        required, got = ("given", "nothing") if space.invariant else ("left out without --invariant", brief(outputs))
        raise invalid("--outputs", required, got, "use --invariant --outputs 10")
    whole("--outputs", outputs)


def _component(space: SpaceOptions, outputs: str | None) -> Any:
    found = space_of(space, None, whole("--outputs", outputs))
    if space.ranks is not None:
        return found
    if found.num_components() != 1:
        got = f"{found.num_components():,} components"
        raise invalid("--ranks", "given where there are several components", got, 'add --ranks "(1,1)=2" instead')
    return next(found.components())


def _about(space: SpaceOptions, basis: str) -> dict[str, Any]:
    return {
        "group": space.group,
        "target_group": space.target_group,
        "invariant": space.invariant,
        "rank": whole("--rank", space.rank),
        "ranks": space.ranks,
        "basis": basis,
    }
