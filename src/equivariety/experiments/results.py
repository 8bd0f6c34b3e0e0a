"""The result of the experiment: plain data, arrays and maps, saved and loaded as one set of files.

report.json             everything in numbers and words
arrays.safetensors      samples, reconstructions, losses against rank, spectra
models/NAME.safetensors the fitted maps, one file each
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import brief, invalid
from equivariety.experiments.report_schema import MODELS, check_arrays, check_report, read_report
from equivariety.files import read_tensors, recover, staged
from equivariety.representations import EquivariantMap, load_map

__all__ = ["ReproductionResult", "check_destination", "compare"]

_REPORT, _ARRAYS, _MAPS = "report.json", "arrays.safetensors", "models"
_FIX = "run `equivariety reproduce` again, or pass the folder of another run"


@dataclass(frozen=True, eq=False)
class ReproductionResult:
    """What :func:`equivariety.experiments.run` returns.  Equal when reports, arrays and maps are, bit by bit.

    Attributes:
        report: plain JSON data: configuration, data, space, models, notes, versions.  Losses are mean squared errors
            per image and pixel, times are seconds of the fit alone.
        arrays: "samples" and "reconstructions.NAME", (9, n); "best_losses.NAME", (rank + 1,), the optimal training
            loss for each rank bound; "spectrum.LABEL", the eigenvalues of each block divided by N n, descending.
        maps: the fitted maps by model name.

    Raises ValueError if the three do not fit together.

    >>> import equivariety as ev, tempfile
    >>> result = ev.experiments.run(ev.experiments.ReproductionConfig(rank=4))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = result.save(folder)
    ...     type(result).load(folder) == result
    True
    """

    report: Mapping[str, Any]
    arrays: Mapping[str, AnyArray]
    maps: Mapping[str, EquivariantMap]

    def __post_init__(self) -> None:
        check_report(self.report)
        check_arrays(self.arrays, self.report)
        _check_maps(self.maps, self.report, "maps")
        for array in self.arrays.values():
            array.flags.writeable = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ReproductionResult):
            return NotImplemented
        return (
            self.report == other.report
            and self.arrays.keys() == other.arrays.keys()
            and all(_same(a, other.arrays[name]) for name, a in self.arrays.items())
            and all(_same_map(m, other.maps[name]) for name, m in self.maps.items())
        )

    __hash__ = None  # type: ignore[assignment]

    def model(self, name: str) -> Mapping[str, Any]:
        """Return the row of one model in the report; ValueError for an unknown name."""
        for row in self.report["models"]:
            if row["name"] == name:
                return dict(row)
        raise invalid("name", f"one of {', '.join(MODELS)}", brief(name), "choose a model of the report")

    def save(
        self, directory: str | os.PathLike[str], extra: Mapping[str, Callable[[Path], object]] | None = None
    ) -> list[str]:
        """Write the result into ``directory``, all files or none: a kill at any moment leaves the old set whole.

        Args:
            directory: created if missing.  Files of an earlier result that are not written again are removed, files
                that were not written by this library stay.
            extra: further files of the set: relative names, and functions that write to the path they are given.

        Returns the names of all files.  Raises ValueError if ``directory`` is a file or a name leaves it, and
        OSError if it cannot be written.
        """
        from safetensors.numpy import save

        names = [_REPORT, _ARRAYS, *(f"{_MAPS}/{name}.safetensors" for name in self.maps)]
        with staged(directory, remove_previous=True) as new:
            text = json.dumps(self.report, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
            (new / _REPORT).write_text(text, encoding="utf-8")
            (new / _ARRAYS).write_bytes(save({k: np.ascontiguousarray(v) for k, v in self.arrays.items()}))
            (new / _MAPS).mkdir()
            for name, mapping in self.maps.items():
                mapping.save(new / _MAPS / f"{name}.safetensors")
            for name, write in (extra or {}).items():
                path = new / name
                if name in names or not path.resolve().is_relative_to(new.resolve()):
                    raise invalid("extra", "new names below the folder", brief(name), "choose another name")
                path.parent.mkdir(parents=True, exist_ok=True)
                write(path)
                names.append(name)
        return names

    @classmethod
    def load(cls, directory: str | os.PathLike[str]) -> ReproductionResult:
        """Return the result saved in ``directory``, equal to what was saved.

        Raises ValueError, naming the file and the fix, if a file is missing, damaged or does not fit the others.
        Nothing is ever unpickled.
        """
        folder = Path(directory)
        if not folder.is_dir():
            raise invalid("directory", "a folder with a saved result", brief(str(folder)), _FIX)
        recover(folder)
        report = read_report(folder / _REPORT)
        arrays, _ = read_tensors(folder / _ARRAYS, _FIX)
        check_arrays(arrays, report, f"file {str(folder / _ARRAYS)!r}")
        maps = {name: _read_map(folder / _MAPS / f"{name}.safetensors") for name in MODELS}
        _check_maps(maps, report, f"folder {str(folder / _MAPS)!r}")
        return cls(report, arrays, maps)


def compare(results: Iterable[ReproductionResult]) -> list[dict[str, Any]]:
    """Return one row of plain data per result and model, to compare runs side by side.

    ``result`` counts the results from 0; ``test_loss_over_best`` is the model's test loss divided by that of "best"
    of the same result, None if that is 0.

    >>> import equivariety as ev
    >>> runs = [ev.experiments.run(ev.experiments.ReproductionConfig(rank=rank)) for rank in (2, 8)]
    >>> [(row["rank"], row["model"]) for row in compare(runs)][4:6]
    [(2, 'high-pass'), (8, 'dense')]
    """
    rows = []
    for i, result in enumerate(results):
        report = result.report
        best = result.model("best")["test_loss"]
        common = {
            "result": i,
            "data": report["data"]["name"],
            "rank": report["space"]["rank"],
            **{key: report["config"][key] for key in ("seed", "max_shift", "dtype")},
        }
        for model in report["models"]:
            kept = {key: model[key] for key in ("train_loss", "test_loss", "num_parameters", "equivariance_error")}
            ratio = model["test_loss"] / best if best else None
            rows.append({**common, "model": model["name"], **kept, "test_loss_over_best": ratio})
    return rows


def check_destination(directory: str | os.PathLike[str]) -> None:
    """Raise ValueError if a result could not be saved in ``directory``: ask before a long run, not after.

    >>> check_destination("a/new/folder")
    """
    if not os.fspath(directory):
        raise invalid("directory", "a folder or a new name", brief(""), "pass . for the current folder")
    folder = Path(os.path.realpath(directory))
    places = (folder, *folder.parents)
    depth = next(i for i, place in enumerate(places) if os.path.lexists(place))
    existing = places[depth]
    fix = "choose another folder"
    if not existing.is_dir():
        raise invalid("directory", "a folder or a new name", f"the file {brief(str(existing))}", fix)
    try:
        if not os.access(existing, os.W_OK | os.X_OK):
            raise PermissionError(f"{existing} is not")
        if depth:
            places[depth - 1].mkdir()
            places[depth - 1].rmdir()
    except OSError as error:
        raise invalid("directory", "writable", f"{brief(str(folder))}: {error}", fix) from error


def _same(a: AnyArray, b: AnyArray) -> bool:
    return a.dtype == b.dtype and np.array_equal(a, b)


def _same_map(a: EquivariantMap, b: EquivariantMap) -> bool:
    left, right = a.factors, b.factors
    return (
        a.hom == b.hom
        and left.keys() == right.keys()
        and all(_same(x, y) for label, pair in left.items() for x, y in zip(pair, right[label], strict=True))
    )


def _check_maps(maps: Mapping[str, EquivariantMap], report: Mapping[str, Any], source: str) -> None:
    n = report["data"]["height"] * report["data"]["width"]
    if list(maps) != list(MODELS):
        raise invalid(source, f"the models {', '.join(MODELS)}", brief(list(maps)), _FIX)
    for name, mapping in maps.items():
        row = next(row for row in report["models"] if row["name"] == name)
        # A map may have lower ranks than its component, where the data have no energy left.
        fits = mapping.shape == (n, n) and list(mapping.ranks.labels) == row["labels"]
        if not (fits and all(r <= top for r, top in zip(mapping.ranks, row["ranks"], strict=True))):
            got = f"shape {mapping.shape}, ranks {brief(tuple(mapping.ranks))}"
            raise invalid(f"{source}: {name}", f"a map of shape ({n}, {n}) with the reported ranks", got, _FIX)


def _read_map(path: Path) -> EquivariantMap:
    source = f"file {str(path)!r}"
    try:
        found = load_map(path)
    except (ValueError, OSError) as error:
        raise invalid(source, "a whole saved map", str(error).rstrip("."), _FIX) from error
    if not isinstance(found, EquivariantMap):
        raise invalid(source, "a linear map", "one with an offset", _FIX)
    return found
