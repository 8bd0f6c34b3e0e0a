"""Equivariant maps on disk: one safetensors file, its header a JSON description; nothing is ever unpickled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import brief, invalid
from equivariety.files import read_tensors, write_atomically
from equivariety.groups import Permutation, PermutationGroup
from equivariety.linalg import from_real_coordinates
from equivariety.representations.affine_map import AffineMap
from equivariety.representations.equivariant_map import EquivariantMap
from equivariety.representations.hom import HomSpace
from equivariety.representations.pairing import hom_space_unchecked, invariant_hom_space

__all__ = ["load_map", "save_map"]

_FORMAT = "equivariety map"
_VERSION = 1
_OFFSET = "offset"


def save_map(mapping: EquivariantMap | AffineMap, path: str | Path) -> None:
    """Write ``mapping`` to ``path`` (safetensors); the old file stays whole until the new one is complete.

    Complex factors are stored as real pairs on a last axis of length 2.

    >>> import equivariety as ev, tempfile, pathlib
    >>> fit = ev.fit(ev.equivariant_maps(ev.groups.cyclic(3), rank=1), np.eye(3)[:1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_map(fit.map, pathlib.Path(folder) / "map.safetensors")
    ...     again = load_map(pathlib.Path(folder) / "map.safetensors")
    >>> bool((np.asarray(again) == np.asarray(fit.map)).all())
    True
    """
    from safetensors.numpy import save

    linear = mapping.linear if isinstance(mapping, AffineMap) else mapping
    hom = linear.hom
    tensors: dict[str, AnyArray] = {
        "source": np.stack([p.images for p in hom.source.generators]),
        "target": np.stack([p.images for p in hom.target.generators]),
    }
    if isinstance(mapping, AffineMap):
        tensors[_OFFSET] = mapping.offset
    for label, (left, right) in linear.factors.items():
        for side, factor in (("left", left), ("right", right)):
            real = np.stack([factor.real, factor.imag], axis=-1) if np.iscomplexobj(factor) else factor
            tensors[f"{label}.{side}"] = np.ascontiguousarray(real)
    description = {
        "format": _FORMAT,
        "version": _VERSION,
        "dtype": str(linear.dtype),
        "only_trivial": hom.only_trivial,
        "ranks": {label: left.shape[1] for label, (left, _) in linear.factors.items()},
    }
    write_atomically(path, save(tensors, metadata={"equivariety": json.dumps(description)}))


def load_map(path: str | Path) -> EquivariantMap | AffineMap:
    """Return the map written by :func:`save_map`, equal to it bit by bit; an AffineMap if it has an offset.

    Raises ValueError, naming the file, if it is missing, not safetensors, or its contents do not describe a map.

    >>> load_map("missing.safetensors")
    Traceback (most recent call last):
    ValueError: file 'missing.safetensors' must be an existing file; got no such file. Fix: pass a file written with ...
    """
    if not isinstance(path, str | Path):
        raise invalid("path", "a path", path, "pass the name of a file written with map.save(path)", TypeError)
    tensors, description = _read(Path(path))

    def refuse(required: str, got: object) -> ValueError:
        return invalid(f"file {str(path)!r}", required, got, "write it again with map.save(path)")

    if description.get("format") != _FORMAT or description.get("version") != _VERSION:
        found = {key: description.get(key) for key in ("format", "version")}
        raise refuse(f"of format {_FORMAT!r}, version {_VERSION}", found)
    only_trivial = description.get("only_trivial")
    if not isinstance(only_trivial, bool):
        raise refuse("with only_trivial true or false", brief(only_trivial))
    dtype_name = description.get("dtype")
    if dtype_name not in ("float32", "float64"):
        raise refuse("of dtype float32 or float64", dtype_name)
    dtype = np.dtype(dtype_name)
    sides: list[list[Permutation]] = []
    for name in ("source", "target"):
        images = tensors.get(name)
        if images is None or images.ndim != 2 or images.dtype != np.int64 or images.shape[0] != 1:
            raise refuse(f"one int64 generator under {name!r}", "none" if images is None else f"shape {images.shape}")
        try:
            sides.append([Permutation(row) for row in images])
        except ValueError as error:
            raise refuse(f"a permutation under {name!r}", brief(str(error))) from error
    hom = _space(sides[0][0], sides[1][0], only_trivial)
    ranks = description.get("ranks")
    if not isinstance(ranks, dict) or not set(ranks) <= set(hom.labels):
        raise refuse("with ranks of blocks of its group", brief(ranks))
    factors: dict[int, tuple[AnyArray, AnyArray]] = {}
    for label, rank in ranks.items():
        position = hom.labels.index(label)
        block = hom.blocks[position]
        if type(rank) is not int or not 0 < rank <= block.max_rank:
            raise refuse(f"with a rank of block {label} from 1 to {block.max_rank}", brief(rank))
        pair: list[AnyArray] = []
        for side, size in (("left", block.rows), ("right", block.cols)):
            stored = tensors.get(f"{label}.{side}")
            shape = (size, rank) if block.field == "R" else (size, rank, 2)
            if stored is None or stored.shape != shape or stored.dtype != dtype or not np.isfinite(stored).all():
                raise refuse(
                    f"with a finite {dtype} factor {label}.{side} of shape {shape}",
                    "none" if stored is None else f"shape {stored.shape}, dtype {stored.dtype}",
                )
            pair.append(stored if block.field == "R" else from_real_coordinates(np.moveaxis(stored, -1, -2), "C"))
        factors[position] = (pair[0], pair[1])
    linear = EquivariantMap(hom, factors, dtype)
    offset = tensors.get(_OFFSET)
    if offset is None:
        return linear
    if offset.shape != hom.shape[:1] or offset.dtype != dtype or not np.isfinite(offset).all():
        required = f"with a finite {dtype} offset of shape ({hom.shape[0]},)"
        raise refuse(required, f"shape {offset.shape}, dtype {offset.dtype}")
    return AffineMap(linear, offset)


def _space(source: Permutation, target: Permutation, only_trivial: bool) -> HomSpace:
    if only_trivial:
        return invariant_hom_space(PermutationGroup([source]), target.degree)
    return hom_space_unchecked(PermutationGroup([source]), PermutationGroup([target]))


def _read(path: Path) -> tuple[dict[str, AnyArray], dict[str, Any]]:
    fix = "pass a file written with map.save(path)"
    tensors, metadata = read_tensors(path, fix)
    try:
        description = json.loads(metadata.get("equivariety", "null"))
    except (ValueError, RecursionError):
        description = None
    if not isinstance(description, dict):
        raise invalid(f"file {str(path)!r}", "a safetensors file with an 'equivariety' header", "none", fix)
    return tensors, description
