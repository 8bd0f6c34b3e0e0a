"""What a report and its arrays have to look like; everything read from files is checked here, nothing is trusted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import brief, invalid
from equivariety.experiments.config import ReproductionConfig

__all__ = ["FORMAT", "MODELS", "VERSION", "check_arrays", "check_report", "read_report"]

FORMAT = "equivariety reproduction"
VERSION = 1

#: The models of a report, in order.
MODELS = ("dense", "best", "talk", "equal-rank", "high-pass")

RECONSTRUCTED = ("dense", "best", "talk")
CURVES = ("dense", "best")

_LARGEST_REPORT = 2**26
_FIX = "run `equivariety reproduce` again, or pass the folder of another run"


@dataclass(frozen=True, slots=True)
class _Kind:
    required: str
    holds: Callable[[Any], bool]


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return (isinstance(value, float) and isfinite(value)) or (_is_int(value) and abs(value) < 2**63)


_COUNT = _Kind("an integer >= 0", lambda v: _is_int(v) and v >= 0)
_SIZE = _Kind("an integer >= 1", lambda v: _is_int(v) and 1 <= v < 2**31)
_NUMBER = _Kind("a finite number >= 0", lambda v: _is_number(v) and v >= 0)
_FLAG = _Kind("true or false", lambda v: isinstance(v, bool))
_TEXT = _Kind("a text", lambda v: isinstance(v, str))
_TEXTS = _Kind("an object of texts", lambda v: isinstance(v, dict) and all(isinstance(x, str) for x in v.values()))
_CONFIG = _Kind("an object", lambda v: isinstance(v, dict))
_LOSSES = _Kind(
    "null or an object of numbers", lambda v: v is None or (isinstance(v, dict) and all(map(_is_number, v.values())))
)

_MODEL = {
    "name": _TEXT,
    "train_loss": _NUMBER,
    "test_loss": _NUMBER,
    "ranks": [_COUNT],
    "labels": [_TEXT],
    "rank": _COUNT,
    "num_parameters": _COUNT,
    "equivariance_error": _NUMBER,
    "seconds": _NUMBER,
    "optimal_loss": _NUMBER,
    "is_unique": _FLAG,
    "certificate": {
        "equivariance": _NUMBER,
        "stationarity": _NUMBER,
        "block_identity": _NUMBER,
        "tolerance": _NUMBER,
        "ok": _FLAG,
    },
}
_REPORT = {
    "format": _Kind(repr(FORMAT), lambda v: v == FORMAT),
    "version": _Kind(str(VERSION), lambda v: _is_int(v) and v == VERSION),
    "config": _CONFIG,
    "data": {
        "name": _TEXT,
        "height": _SIZE,
        "width": _SIZE,
        "num_train": _SIZE,
        "num_test": _SIZE,
        "mean_squared_test_pixel": _NUMBER,
    },
    "space": {
        "group": _TEXT,
        "rank": _COUNT,
        "num_components": _COUNT,
        "num_components_exact_rank": _COUNT,
        "blocks": [
            {"label": _TEXT, "field": _TEXT, "irrep_dim": _SIZE, "multiplicity": _SIZE, "frequency": _NUMBER},
        ],
    },
    "models": [_MODEL],
    "talk_losses": _LOSSES,
    "rules": _TEXTS,
    "notes": [_TEXT],
    "versions": _TEXTS,
}


def read_report(path: Path) -> dict[str, Any]:
    """Return the checked report in a JSON file; ValueError if it is missing or not a whole report."""
    source = f"file {str(path)!r}"
    if not path.is_file():
        raise invalid(source, "an existing file", "no such file", _FIX)
    size = path.stat().st_size
    if size > _LARGEST_REPORT:
        raise invalid(source, f"at most {_LARGEST_REPORT} bytes", size, _FIX)
    try:
        report = json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError) as error:
        raise invalid(source, "readable JSON", brief(str(error)), _FIX) from error
    check_report(report, source)
    return report


def check_report(report: Any, source: str = "report") -> None:
    """Raise ValueError, naming ``source`` and the entry, unless ``report`` is a complete, consistent report."""
    _match(report, _REPORT, source)

    def demand(holds: bool, entry: str, required: str, got: object) -> None:
        if not holds:
            raise invalid(f"{source}: {entry}", required, brief(got), _FIX)

    try:
        same = ReproductionConfig(**report["config"]).as_dict() == report["config"]
    except (TypeError, ValueError):
        same = False
    demand(same, "config", "a valid configuration", report["config"])
    data, space, models = report["data"], report["space"], report["models"]
    blocks = space["blocks"]
    n = data["height"] * data["width"]
    total = sum(block["irrep_dim"] * block["multiplicity"] for block in blocks)
    demand(total == n, "space.blocks", f"blocks of {n} dimensions in all", total)
    names = [model["name"] for model in models]
    demand(names == list(MODELS), "models", f"the models {', '.join(MODELS)}", names)
    labels = [block["label"] for block in blocks]
    demand(len(set(labels)) == len(labels), "space.blocks", "blocks with different labels", labels)
    for model in models:
        dense = model["name"] == "dense"
        entry = f"models[{model['name']}]"
        demand(dense or model["labels"] == labels, f"{entry}.labels", "the labels of the blocks", model["labels"])
        caps = [n] if dense else [block["multiplicity"] for block in blocks]
        fits = len(model["ranks"]) == len(model["labels"]) == len(caps)
        fits = fits and all(r <= cap for r, cap in zip(model["ranks"], caps, strict=True))
        demand(fits, f"{entry}.ranks", "one feasible rank per block", model["ranks"])
        demand(model["rank"] <= space["rank"], f"{entry}.rank", f"at most {space['rank']}", model["rank"])


def _match(value: Any, spec: Any, where: str) -> None:
    if isinstance(spec, _Kind):
        if not spec.holds(value):
            raise invalid(where, spec.required, brief(value), _FIX)
    elif isinstance(spec, list):
        if not isinstance(value, list):
            raise invalid(where, "a list", brief(value), _FIX)
        for i, item in enumerate(value):
            _match(item, spec[0], f"{where}[{i}]")
    else:
        if not isinstance(value, dict) or set(value) != set(spec):
            got = sorted(value) if isinstance(value, dict) else value
            raise invalid(where, f"an object with the entries {', '.join(spec)}", brief(got), _FIX)
        for key, inner in spec.items():
            _match(value[key], inner, f"{where}: {key}" if " " in where or where == "report" else f"{where}.{key}")


def check_arrays(arrays: Mapping[str, AnyArray], report: Mapping[str, Any], source: str = "arrays") -> None:
    """Raise ValueError, naming ``source``, unless ``arrays`` are finite and of the shapes that ``report`` says."""
    data, space, dtype = report["data"], report["space"], report["config"]["dtype"]
    n = data["height"] * data["width"]
    count = min(9, data["num_test"])
    shapes: dict[str, tuple[tuple[int, ...], str]] = {"samples": ((count, n), dtype)}
    shapes |= {f"reconstructions.{name}": ((count, n), dtype) for name in RECONSTRUCTED}
    shapes |= {f"best_losses.{name}": ((space["rank"] + 1,), "float64") for name in CURVES}
    spectra = {f"spectrum.{block['label']}": block for block in space["blocks"]}
    if set(arrays) != set(shapes) | set(spectra):
        raise invalid(source, f"the arrays {', '.join([*shapes, *spectra])}", brief(sorted(arrays)), _FIX)
    for name, array in arrays.items():
        where = f"{source}: {name}"
        if name in shapes:
            shape, kind = shapes[name]
            if array.shape != shape or array.dtype != kind:
                raise invalid(where, f"of shape {shape} and {kind}", f"shape {array.shape}, {array.dtype}", _FIX)
        elif array.ndim != 1 or array.dtype != np.float64:
            raise invalid(where, "a list of float64", f"shape {array.shape}, {array.dtype}", _FIX)
        if not np.isfinite(array).all():
            raise invalid(where, "finite", "NaN or inf", _FIX)
