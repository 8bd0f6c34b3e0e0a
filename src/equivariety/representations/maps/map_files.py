"""Equivariant maps on disk: one safetensors file, its header a JSON description; nothing is ever unpickled."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import brief, invalid
from equivariety.files import read_tensors, write_atomically
from equivariety.groups import Permutation, PermutationGroup
from equivariety.groups.signed import SignedPermutation
from equivariety.groups.signed_group import AnyGroup, SignedPermutationGroup
from equivariety.linalg import algebra
from equivariety.representations.blocks import MapBlock
from equivariety.representations.maps.affine_map import AffineMap
from equivariety.representations.maps.equivariant_map import EquivariantMap
from equivariety.representations.maps.hom import HomSpace
from equivariety.representations.maps.point_factors import from_points, to_points
from equivariety.representations.pairing import hom_space_unchecked, invariant_hom_space

__all__ = ["load_map", "save_map"]

_FORMAT = "equivariety map"
#: Version 1 knows one generator without signs, and factors over R and C in isotypic coordinates.
_VERSIONS = (1, 2)
_OFFSET = "offset"

Refuse: TypeAlias = Callable[[str, object], ValueError]
Factors: TypeAlias = dict[int, tuple[AnyArray, AnyArray]]


def save_map(mapping: EquivariantMap | AffineMap, path: str | Path) -> None:
    """Write ``mapping`` to ``path`` (safetensors); the old file stays whole until the new one is complete.

    Factors over C and H are stored as real components on a last axis of length 2 or 4; where the isotypic basis was
    found numerically, and may differ elsewhere, as vectors of points.

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
    tensors: dict[str, AnyArray] = {}
    for name, generators in (("source", hom.source.generators), ("target", hom.target.generators)):
        tensors[name] = np.stack([p.images for p in generators])
        if any(isinstance(p, SignedPermutation) for p in generators):
            tensors[f"{name}.signs"] = np.stack([p.signs for p in generators if isinstance(p, SignedPermutation)])
    if isinstance(mapping, AffineMap):
        tensors[_OFFSET] = mapping.offset
    in_points = hom.source.is_numerical or hom.target.is_numerical
    for label, pair in linear.factors.items():
        position = hom.labels.index(label)
        stored = to_points(hom, position, *pair) if in_points else [_components(hom.blocks[position], f) for f in pair]
        for side, factor in zip(("left", "right"), stored, strict=True):
            tensors[f"{label}.{side}"] = np.ascontiguousarray(factor, linear.dtype)
    description = {
        "format": _FORMAT,
        "version": 1,
        "dtype": str(linear.dtype),
        "only_trivial": hom.only_trivial,
        "ranks": {label: linear.ranks[label] for label in linear.factors},
    }
    old = len(tensors["source"]) == 1 and not {"source.signs", "target.signs"} & set(tensors)
    if in_points or not old or any(hom.blocks[i].field == "H" for i, r in enumerate(linear.ranks) if r):
        description |= {"version": 2, "coordinates": "points" if in_points else "isotypic"}
    write_atomically(path, save(tensors, metadata={"equivariety": json.dumps(description)}))


def load_map(path: str | Path) -> EquivariantMap | AffineMap:
    """Return the map written by :func:`save_map`; an AffineMap if it has an offset.

    It equals the one that was saved bit by bit, and up to rounding where the isotypic basis was found numerically.

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

    version = description.get("version")
    if description.get("format") != _FORMAT or type(version) is not int or version not in _VERSIONS:
        found = {key: description.get(key) for key in ("format", "version")}
        raise refuse(f"of format {_FORMAT!r}, version {' or '.join(map(str, _VERSIONS))}", found)
    only_trivial = description.get("only_trivial")
    if not isinstance(only_trivial, bool):
        raise refuse("with only_trivial true or false", brief(only_trivial))
    dtype_name = description.get("dtype")
    if dtype_name not in ("float32", "float64"):
        raise refuse("of dtype float32 or float64", dtype_name)
    dtype = np.dtype(dtype_name)
    coordinates = description.get("coordinates") if version > 1 else "isotypic"
    if coordinates not in ("isotypic", "points"):
        raise refuse("with coordinates isotypic or points", brief(coordinates))
    hom = _space(tensors, only_trivial, version, refuse)
    if coordinates == "isotypic" and (hom.source.is_numerical or hom.target.is_numerical):
        raise refuse("with factors in points for this group", "isotypic coordinates")
    ranks = description.get("ranks")
    if not isinstance(ranks, dict):
        raise refuse("with ranks of blocks of its group", brief(ranks))
    read = _from_isotypic if coordinates == "isotypic" else _from_points
    factors = read(hom, tensors, ranks, dtype, refuse)
    linear = EquivariantMap(hom, factors, dtype)
    offset = tensors.get(_OFFSET)
    if offset is None:
        return linear
    if offset.shape != hom.shape[:1] or offset.dtype != dtype or not np.isfinite(offset).all():
        required = f"with a finite {dtype} offset of shape ({hom.shape[0]},)"
        raise refuse(required, f"shape {offset.shape}, dtype {offset.dtype}")
    return AffineMap(linear, offset)


def _components(block: MapBlock, factor: AnyArray) -> AnyArray:
    """The real components of a factor on a last axis, (size, r, e), which R does without."""
    parts = algebra(block.field).to_real(factor)
    return factor if block.field == "R" else np.moveaxis(parts, -2, -1)


def _factor(
    tensors: dict[str, AnyArray], name: str, shape: tuple[int, ...], dtype: np.dtype[Any], refuse: Refuse
) -> AnyArray:
    stored = tensors.get(name)
    if stored is None or stored.shape != shape or stored.dtype != dtype or not np.isfinite(stored).all():
        got = "none" if stored is None else f"shape {stored.shape}, dtype {stored.dtype}"
        raise refuse(f"with a finite {dtype} factor {name} of shape {shape}", got)
    return stored


def _from_isotypic(
    hom: HomSpace, tensors: dict[str, AnyArray], ranks: dict[str, Any], dtype: np.dtype[Any], refuse: Refuse
) -> Factors:
    factors: Factors = {}
    if not set(ranks) <= set(hom.labels):
        raise refuse("with ranks of blocks of its group", brief(ranks))
    for label, rank in ranks.items():
        position = hom.labels.index(label)
        block = hom.blocks[position]
        over = algebra(block.field)
        if type(rank) is not int or not 0 < rank <= block.max_rank:
            raise refuse(f"with a rank of block {label} from 1 to {block.max_rank}", brief(rank))
        pair: list[AnyArray] = []
        for side, size in (("left", block.rows), ("right", block.cols)):
            shape = (size, rank) if over.dim == 1 else (size, rank, over.dim)
            stored = _factor(tensors, f"{label}.{side}", shape, dtype, refuse)
            pair.append(stored if over.dim == 1 else over.from_real(np.moveaxis(stored, -1, -2)))
        factors[position] = (pair[0], pair[1])
    return factors


def _from_points(
    hom: HomSpace, tensors: dict[str, AnyArray], ranks: dict[str, Any], dtype: np.dtype[Any], refuse: Refuse
) -> Factors:
    factors: Factors = {}
    for label, rank in ranks.items():
        if type(rank) is not int or not 0 < rank <= min(hom.shape):
            raise refuse(f"with a rank of block {label} from 1 to {min(hom.shape)}", brief(rank))
        left, right = (
            _factor(tensors, f"{label}.{side}", (size, rank), dtype, refuse)
            for side, size in zip(("left", "right"), hom.shape, strict=True)
        )
        found = from_points(hom, left, right, hom.labels.index(label) if label in hom.labels else None)
        if found is None or found[0] in factors or rank > hom.blocks[found[0]].max_rank:
            raise refuse("with factors of one block of its group each", f"other ones under {label}")
        kind = algebra(hom.blocks[found[0]].field).dtype(dtype)
        factors[found[0]] = found[1].astype(kind), found[2].astype(kind)
    return factors


def _space(tensors: dict[str, AnyArray], only_trivial: bool, version: int, refuse: Refuse) -> HomSpace:
    sides: list[AnyGroup] = []
    for name in ("source", "target"):
        images, signs = tensors.get(name), tensors.get(f"{name}.signs")
        most = 1 if version == 1 else None
        required = f"{'one int64 generator' if most else 'int64 generators'} under {name!r}"
        if images is None or images.ndim != 2 or images.dtype != np.int64 or len(images) == 0:
            raise refuse(required, "none" if images is None else f"shape {images.shape}")
        if len(images) > (most or len(images)) or (sides and len(images) != sides[0].n_generators):
            raise refuse(required, f"{len(images)} of them")
        try:
            if signs is None or version == 1:
                sides.append(PermutationGroup([Permutation(row) for row in images]))
            else:
                sides.append(SignedPermutationGroup(images, signs))
        except (ValueError, TypeError) as error:
            raise refuse(f"a permutation under {name!r}", brief(str(error))) from error
    return invariant_hom_space(sides[0], sides[1].degree) if only_trivial else hom_space_unchecked(sides[0], sides[1])


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
