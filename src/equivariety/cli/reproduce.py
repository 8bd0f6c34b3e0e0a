"""``equivariety reproduce``: run, save report, maps and pictures as one set, and say in a table what came out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equivariety.cli.output import console, print_json, shortened
from equivariety.progress import shown

if TYPE_CHECKING:
    from equivariety.experiments import ReproductionResult

__all__ = ["reproduce"]


def reproduce(settings: Mapping[str, Any], out: str, as_json: bool) -> None:
    """Run the experiment of these settings, write everything to the folder ``out``, and print the outcome."""
    from equivariety.experiments import ReproductionConfig, check_destination, run

    config = ReproductionConfig(**settings)
    check_destination(out)
    with shown() as tell:
        result = run(config, lambda stage, fraction: tell(stage, 0.95 * fraction))
        tell("drawing and writing", 0.95)
        _save(result, out)
        tell("", 1.0)
    if as_json:
        print_json(result.report)
    else:
        _print_table(result, out)


def _save(result: ReproductionResult, out: str) -> None:
    from equivariety import plots

    draw = {
        "reconstructions.png": plots.plot_reconstructions,
        "loss_against_rank.png": plots.plot_loss_against_rank,
        "spectrum.png": plots.plot_spectrum,
    }

    def writer(name: str) -> Any:
        return lambda path: plots.save_png(draw[name](result), path)

    result.save(out, {name: writer(name) for name in draw})


def _print_table(result: ReproductionResult, out: str) -> None:
    from rich import box
    from rich.table import Table

    report = result.report
    data, space = report["data"], report["space"]
    name = "MNIST" if data["name"] == "mnist" else data["name"]
    title = (
        f"Autoencoders of rank {space['rank']} on shifted {name} ({data['height']}x{data['width']}), mean squared error"
    )
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("model", no_wrap=True)
    table.add_column("ranks of blocks")
    for heading in ("train", "test", "params", "equiv. err", "seconds"):
        table.add_column(heading, justify="right", no_wrap=True)
    for model in report["models"]:
        table.add_row(
            model["name"],
            shortened(model["ranks"]),
            f"{model['train_loss']:.5f}",
            f"{model['test_loss']:.5f}",
            f"{model['num_parameters']:,}",
            f"{model['equivariance_error']:.1e}",
            f"{model['seconds']:.2f}",
        )
    screen = console()
    screen.print(title, style="bold", soft_wrap=True)
    screen.print(table)
    screen.print()
    screen.print(_conclusion(result), soft_wrap=True)
    if report["talk_losses"]:
        stated = ", ".join(f"{model} {loss:.4f}" for model, loss in report["talk_losses"].items())
        screen.print(f"The talk states {stated}.", soft_wrap=True)
    pictures = "reconstructions.png, loss_against_rank.png, spectrum.png"
    screen.print(
        f"Written to {os.fspath(Path(out))}: report.json, {pictures}, arrays.safetensors, models/.", soft_wrap=True
    )


def _conclusion(result: ReproductionResult) -> str:
    best, talk, dense = (result.model(name) for name in ("best", "talk", "dense"))
    count = result.report["space"]["num_components"]
    same = best["ranks"] == talk["ranks"]
    words = f"The best of the {count:,} components has test loss {best['test_loss']:.5f}"
    if count == 1:
        words = f"The one component has test loss {best['test_loss']:.5f}"
    if same:
        words += ": it is the talk's choice"
    else:
        words += f", {_relation(best['test_loss'], talk['test_loss'])} the talk's choice ({talk['test_loss']:.5f})"
    words += f"; {_relation(best['test_loss'], dense['test_loss'])} dense ({dense['test_loss']:.5f})"
    share = best["num_parameters"] / dense["num_parameters"] if dense["num_parameters"] else 1.0
    return f"{words}, with {100 * share:.1f} % of its parameters."


def _relation(value: float, other: float) -> str:
    if value == other or not other:
        return "equal to" if value == other else "above"
    change = 100 * (value / other - 1)
    return f"{abs(change):.1f} % {'above' if change > 0 else 'below'}"
