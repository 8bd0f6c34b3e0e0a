"""Maps on disk: the same bits come back, and nothing else is accepted."""

from __future__ import annotations

import json
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import equivariety as ev
from equivariety.linalg import singular_triples, truncate


@pytest.fixture
def fitted(rng):
    return ev.fit(ev.equivariant_maps(ev.groups.rotation(3), rank=5), rng.standard_normal((20, 9))).map


@pytest.fixture
def saved(fitted, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = Path("map.safetensors")
    fitted.save(path)
    assert path.is_file()
    return path


def same(a, b):
    assert a.shape == b.shape
    assert a.dtype == b.dtype
    assert a.ranks == b.ranks
    assert a.factors.keys() == b.factors.keys()
    for label, pair in a.factors.items():
        for x, y in zip(pair, b.factors[label], strict=True):
            assert x.dtype == y.dtype
            assert x.tobytes() == y.tobytes()
    assert np.asarray(a).tobytes() == np.asarray(b).tobytes()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_fitted_map_comes_back_bit_by_bit(dtype, rng, tmp_path):
    for group in (ev.groups.rotation(3), ev.groups.cyclic(6), ev.groups.trivial(4), ev.groups.shift((3, 4), axis=0)):
        n = group.degree
        for rank in (0, 1, 3, None):
            mapping = ev.fit(ev.equivariant_maps(group, rank=rank), rng.standard_normal((15, n)).astype(dtype)).map
            path = tmp_path / "map.safetensors"
            mapping.save(path)
            again = ev.load_map(path)
            same(again, mapping)
            x = rng.standard_normal((3, n)).astype(dtype)
            assert again(x).tobytes() == mapping(x).tobytes()
            assert again.equivariance_error() == mapping.equivariance_error()


@pytest.mark.parametrize(
    "space",
    [
        ev.equivariant_maps(ev.groups.cyclic(6), ev.groups.cyclic(3), rank=3),
        ev.equivariant_maps(ev.groups.cyclic(4), ev.groups.trivial(2)),
        ev.equivariant_maps(ev.groups.trivial(2), ev.groups.cyclic(4)),
        ev.invariant_maps(ev.PermutationGroup.from_cycles("(1 3)", "(3 4)", degree=5), outputs=3, rank=2),
    ],
)
def test_maps_between_different_actions(space, rng, tmp_path):
    blocks = space.hom.block_matrices(rng.standard_normal(space.shape))
    factors = {i: truncate(singular_triples(b), min(b.shape)) for i, b in enumerate(blocks) if 0 not in b.shape}
    mapping = ev.EquivariantMap(space.hom, factors, np.float64)
    mapping.save(tmp_path / "map")
    again = ev.load_map(str(tmp_path / "map"))
    same(again, mapping)
    assert again.hom.labels == space.hom.labels


def test_a_pairing_that_was_warned_about_loads_quietly(rng, tmp_path):
    with pytest.warns(UserWarning, match="order 6"):
        space = ev.equivariant_maps(ev.groups.cyclic(2), ev.groups.cyclic(3))
    mapping = ev.EquivariantMap(space.hom, {0: (np.ones((1, 1)), np.ones((1, 1)))}, np.float64)
    mapping.save(tmp_path / "map")
    same(ev.load_map(tmp_path / "map"), mapping)


def test_factors_are_read_only(fitted, saved):
    for mapping in (fitted, ev.load_map(saved)):
        for pair in mapping.factors.values():
            for factor in pair:
                with pytest.raises(ValueError, match="read-only"):
                    factor[0, 0] = 1


def refused(path):
    with pytest.raises(ValueError, match="Fix:") as error:
        ev.load_map(path)
    assert path.name in str(error.value)


def rewrite(path, tensors=None, **changes):
    """Write the file again with some tensors or entries of its description replaced."""
    old = load_file(path)
    length = struct.unpack("<Q", path.read_bytes()[:8])[0]
    description = json.loads(json.loads(path.read_bytes()[8 : 8 + length])["__metadata__"]["equivariety"])
    new = {k: v for k, v in (old | (tensors or {})).items() if v is not None}
    save_file(new, path, metadata={"equivariety": json.dumps(description | changes)})


def test_rewriting_alone_changes_nothing(fitted, saved):
    rewrite(saved)
    same(ev.load_map(saved), fitted)


@pytest.mark.parametrize("content", [b"", b"{}", b"\x00" * 8, b"\xff" * 100, b"PK\x03\x04", b"not a map", b"\x93NUMPY"])
def test_other_files(content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = Path("map.safetensors")
    path.write_bytes(content)
    refused(path)


def test_missing_files_and_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused(Path("absent.safetensors"))
    Path("folder").mkdir()
    refused(Path("folder"))


def test_a_file_in_a_long_folder_is_named(tmp_path):
    folder = tmp_path / ("long" * 20) / ("name" * 20)
    folder.mkdir(parents=True)
    refused(folder / "absent.safetensors")
    (folder / "map.safetensors").write_bytes(b"not a map")
    refused(folder / "map.safetensors")


def test_truncated_files(saved):
    content = saved.read_bytes()
    for length in range(0, len(content), 37):
        saved.write_bytes(content[:length])
        refused(saved)
    saved.write_bytes(content[:-1])
    refused(saved)
    saved.write_bytes(content + b"\0")
    refused(saved)


def test_a_huge_claimed_header(saved):
    content = saved.read_bytes()
    for claimed in (2**63, 2**64 - 1, 2**40, 10**8, 10**8 + 1, len(content) + 1):
        saved.write_bytes(struct.pack("<Q", claimed) + content[8:])
        refused(saved)


def test_pickles(saved):
    class Bomb:
        def __reduce__(self):
            return pytest.fail, ("the file was unpickled",)

    saved.write_bytes(pickle.dumps(Bomb()))
    refused(saved)
    np.save(saved.with_suffix(".npy"), np.array([Bomb()], dtype=object), allow_pickle=True)
    refused(saved.with_suffix(".npy"))


def test_safetensors_without_a_description(saved):
    save_file({"a": np.zeros(3)}, saved)
    refused(saved)
    for text in ("", "[]", "null", "3", "{", '"x"', "[" * 100_000, "NaN"):
        save_file({"a": np.zeros(3)}, saved, metadata={"equivariety": text})
        refused(saved)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "other"},
        {"format": None},
        {"version": 2},  # says where the factors are
        {"version": 2, "coordinates": "elsewhere"},
        {"version": 2, "coordinates": "points"},
        {"version": 3},
        {"version": True},
        {"version": "1"},
        {"dtype": "float32"},
        {"dtype": "float16"},
        {"dtype": "O"},
        {"dtype": None},
        {"dtype": ["float64"]},
        {"dtype": {"a": 1}},
        {"ranks": None},
        {"ranks": []},
        {"ranks": "(1,1)"},
        {"ranks": {"(5,4)": 1}},
        {"ranks": {"(1,1)": 99}},
        {"ranks": {"(1,1)": -1}},
        {"ranks": {"(1,1)": 1.5}},
        {"ranks": {"(1,1)": "1"}},
        {"ranks": {"(1,1)": None}},
        {"ranks": {"(1,1)": [1]}},
        {"ranks": {"(1,1)": True}},
    ],
    ids=str,
)
def test_wrong_descriptions(saved, changes):
    rewrite(saved, **changes)
    refused(saved)


def hostile_tensors():
    rotation = ev.groups.rotation(3).generators[0].images
    for name in ("source", "target"):
        for images in (
            None,
            np.zeros((1, 9), np.int64),
            np.arange(1, 10).reshape(1, 9),
            -np.arange(9).reshape(1, 9),
            np.full((1, 9), 2**62),
            rotation[None].astype(np.int32),
            rotation[None].astype(np.float64),
            rotation.copy(),
            np.stack([rotation, rotation]),
            np.zeros((0, 9), np.int64),
            np.zeros((1, 0), np.int64),
            np.zeros((1, 1, 9), np.int64),
            np.arange(8).reshape(1, 8),  # a permutation, of other points than the factors are for
        ):
            yield name, images


@pytest.mark.parametrize(("name", "images"), list(hostile_tensors()))
def test_generators_that_are_no_permutations(saved, name, images):
    rewrite(saved, {name: images})
    refused(saved)


@pytest.mark.parametrize("side", ["left", "right"])
def test_wrong_factors(fitted, saved, side):
    content = saved.read_bytes()
    for label, pair in fitted.factors.items():
        name = f"{label}.{side}"
        good = load_file(saved)[name]
        for bad in (
            None,
            good[:-1],
            np.concatenate([good, good], axis=1),
            good[..., None],
            good.astype(np.float32),
            good.astype(np.int64),
            np.where(np.arange(good.size).reshape(good.shape) == good.size - 1, np.nan, good),
            np.where(np.arange(good.size).reshape(good.shape) == 0, -np.inf, good),
            good.reshape(-1),
        ):
            if bad is not None and bad.shape == good.shape and bad.dtype == good.dtype and np.array_equal(bad, good):
                continue
            rewrite(saved, {name: None if bad is None else np.ascontiguousarray(bad)})
            refused(saved)
            saved.write_bytes(content)
        assert pair[0].shape[1] == fitted.ranks[label]


def test_ranks_beyond_the_size_of_a_block(fitted, saved):
    """Factors whose inner dimension exceeds the block claim a rank that no map has."""
    label = "(1,1)"
    wide = np.ones((3, 5))
    rewrite(
        saved,
        {f"{label}.left": wide, f"{label}.right": wide},
        ranks={key: 5 if key == label else pair[0].shape[1] for key, pair in fitted.factors.items()},
    )
    refused(saved)


def test_bad_path():
    with pytest.raises(TypeError, match=r"path.*Fix:"):
        ev.load_map(None)
