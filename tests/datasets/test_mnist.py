"""MNIST from every kind of file, and from files that are damaged or hostile."""

from __future__ import annotations

import gzip
import io
import os
import struct
import tracemalloc
import urllib.error
import zipfile
from pathlib import Path

import numpy as np
import pytest
import sklearn.datasets

from equivariety.datasets import _bounded, load_mnist

TRAIN = np.random.default_rng(0).integers(0, 256, (5, 4, 3), dtype=np.uint8)
TEST = np.random.default_rng(1).integers(0, 256, (2, 4, 3), dtype=np.uint8)


def idx(images: np.ndarray, magic: int = 0x803, shape: tuple[int, ...] | None = None) -> bytes:
    return struct.pack(">IIII", magic, *(shape or images.shape)) + images.tobytes()


def folder_with(folder: Path, train: bytes, suffix: str = "", separator: str = "-") -> Path:
    (folder / f"train-images{separator}idx3-ubyte{suffix}").write_bytes(train)
    test = gzip.compress(idx(TEST)) if suffix else idx(TEST)
    (folder / f"t10k-images{separator}idx3-ubyte{suffix}").write_bytes(test)
    return folder


def check(data, dtype=np.float32) -> None:
    assert (data.name, data.shape) == ("mnist", (4, 3))
    assert data.train.dtype == data.test.dtype == dtype
    np.testing.assert_array_equal(data.train, TRAIN.reshape(5, 12).astype(dtype) / dtype(255))
    np.testing.assert_array_equal(data.test, TEST.reshape(2, 12).astype(dtype) / dtype(255))
    assert not data.train.flags.writeable


# --------------------------------------------------------------------------------------------------------- good files


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz(tmp_path, save, dtype):
    save(tmp_path / "m.npz", x_train=TRAIN, x_test=TEST, y_train=np.arange(5), y_test=np.arange(2))
    check(load_mnist(tmp_path / "m.npz", dtype), dtype)
    check(load_mnist(str(tmp_path / "m.npz"), dtype), dtype)


@pytest.mark.parametrize("kind", ["int64", ">u2", "<i4"])
def test_npz_of_other_integers_and_orders(tmp_path, kind):
    np.savez(tmp_path / "m.npz", x_train=np.asfortranarray(TRAIN.astype(kind)), x_test=TEST.astype(kind))
    check(load_mnist(tmp_path / "m.npz"))


@pytest.mark.parametrize("separator", ["-", "."])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx(tmp_path, suffix, separator):
    train = gzip.compress(idx(TRAIN)) if suffix else idx(TRAIN)
    check(load_mnist(folder_with(tmp_path, train, suffix, separator)))


def test_idx_gzipped_under_a_plain_name(tmp_path):
    check(load_mnist(folder_with(tmp_path, gzip.compress(idx(TRAIN)))))


def test_labels_are_accepted(tmp_path):
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(b"anything")
    check(load_mnist(folder_with(tmp_path, idx(TRAIN))))


def test_the_real_one(mnist_path):
    data = load_mnist(mnist_path)
    assert (data.train.shape, data.test.shape, data.shape) == ((60_000, 784), (10_000, 784), (28, 28))
    assert data.train.dtype == np.float32
    assert (data.train.min(), data.train.max()) == (0, 1)
    assert data.train.mean(dtype=np.float64) == pytest.approx(0.1307, abs=1e-4)


# -------------------------------------------------------------------------------------------------------- bad IDX files

COMPRESSED = gzip.compress(idx(TRAIN))
BAD_IDX = {
    "empty": b"",
    "short header": idx(TRAIN)[:10],
    "truncated": idx(TRAIN)[:-1],
    "too long": idx(TRAIN) + b"x",
    "labels": idx(TRAIN, 0x801),
    "floats": idx(TRAIN, 0xD03),
    "little endian": struct.pack("<IIII", 0x803, *TRAIN.shape) + TRAIN.tobytes(),
    "no images": idx(TRAIN[:0]),
    "no pixels": idx(TRAIN, shape=(5, 0, 3)),
    "larger than the file": idx(TRAIN, shape=(60_000, 28, 28)),
    "larger than memory": idx(TRAIN, shape=(2**32 - 1,) * 3),
    "gzip truncated": COMPRESSED[:-12],
    "gzip without end": COMPRESSED[:-4],
    "gzip with wrong checksum": COMPRESSED[:-8] + b"\0\0\0\0" + COMPRESSED[-4:],
    "gzip with wrong data": COMPRESSED[:20] + b"\xff\xff" + COMPRESSED[22:],
    "gzip header only": b"\x1f\x8b",
    "gzip with tail": COMPRESSED + b"not gzip",
    "gzip promises too much": gzip.compress(idx(TRAIN, shape=(60_000, 28, 28))),
    "gzip promises memory": gzip.compress(idx(TRAIN, shape=(2**32 - 1,) * 3)),
    "html": b"<html>404 not found</html>" * 10,
}


@pytest.mark.parametrize("name", BAD_IDX)
def test_bad_idx_is_refused_by_name(tmp_path, name):
    with pytest.raises(ValueError, match=r"train-images-idx3-ubyte must be .* Fix: "):
        load_mnist(folder_with(tmp_path, BAD_IDX[name]))


@pytest.mark.parametrize(
    "train",
    [idx(TRAIN) + bytes(50_000_000), idx(TRAIN[:1], shape=(2_000_000, 28, 28)) + bytes(1_000_000)],
    ids=["more than promised", "less than promised"],
)
def test_bombs_are_not_unpacked(tmp_path, train):
    folder = folder_with(tmp_path, gzip.compress(train))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="train-images-idx3-ubyte must be"):
            load_mnist(folder)
        assert tracemalloc.get_traced_memory()[1] < 10e6
    finally:
        tracemalloc.stop()


def test_size_is_capped(tmp_path, monkeypatch):
    monkeypatch.setattr(_bounded, "MAX_BYTES", TRAIN.nbytes - 1)
    np.savez(tmp_path / "m.npz", x_train=TRAIN, x_test=TEST)
    (tmp_path / "idx").mkdir()
    for path in (tmp_path / "m.npz", folder_with(tmp_path / "idx", idx(TRAIN))):
        with pytest.raises(ValueError, match="promises at most the 59 bytes"):
            load_mnist(path)


def test_missing_idx_is_named(tmp_path):
    folder_with(tmp_path, idx(TRAIN))
    (tmp_path / "t10k-images-idx3-ubyte").unlink()
    with pytest.raises(ValueError, match="t10k-images-idx3-ubyte"):
        load_mnist(tmp_path)


def test_train_and_test_of_two_sizes_are_refused(tmp_path):
    with pytest.raises(ValueError, match="images of one size"):
        load_mnist(folder_with(tmp_path, idx(TRAIN.reshape(5, 3, 4))))


# -------------------------------------------------------------------------------------------------------- bad npz files


def member(array: np.ndarray, shape: tuple[int, ...] | None = None, descr: str = "|u1") -> bytes:
    """The bytes of an .npy file whose header may lie."""
    stream = io.BytesIO()
    header = {"descr": descr, "fortran_order": False, "shape": array.shape if shape is None else shape}
    np.lib.format.write_array_header_1_0(stream, header)
    return stream.getvalue() + array.tobytes()


BAD_MEMBERS = {
    "empty": b"",
    "text": b"hello",
    "magic only": b"\x93NUMPY\x01\x00",
    "version 3": b"\x93NUMPY\x03\x00" + member(TRAIN)[8:],
    "header of gigabytes": b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + b" " * 1000,
    "header is no dictionary": b"\x93NUMPY\x01\x00\x76\x00" + b"(" * 117 + b"\n",
    "code in the header": b"\x93NUMPY\x01\x00\x76\x00" + b"__import__('os').abort()".ljust(117) + b"\n",
    "truncated": member(TRAIN)[:-1],
    "too long": member(TRAIN) + b"x",
    "promises too much": member(TRAIN, (60_000, 28, 28)),
    "promises memory": member(TRAIN, (2**40, 2**40, 2**40)),
    "negative": member(TRAIN, (-5, -4, 3)),
    "no images": member(TRAIN[:0]),
    "two axes": member(TRAIN.reshape(5, 12)),
    "no axes": member(TRAIN[:1, 0, 0], ()),
    "floats": member(TRAIN / 255, descr="<f8"),
    "booleans": member(TRAIN, descr="|b1"),
    "records": member(TRAIN, descr="|V1"),
    "objects": member(TRAIN, descr="|O"),
    "above 255": member(TRAIN.astype("<u2") + 200, descr="<u2"),
    "below 0": member(TRAIN.view("i1"), descr="|i1"),
}


@pytest.mark.parametrize("name", BAD_MEMBERS)
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_bad_npz_is_refused_by_name(tmp_path, name, method):
    with zipfile.ZipFile(tmp_path / "m.npz", "w", method) as archive:
        archive.writestr("x_train.npy", BAD_MEMBERS[name])
        archive.writestr("x_test.npy", member(TEST))
    with pytest.raises(ValueError, match=r"m\.npz must be .* Fix: "):
        load_mnist(tmp_path / "m.npz")


def test_good_member_of_the_same_making(tmp_path):
    """The counterpart of the bad ones: they are refused for what they say they are."""
    with zipfile.ZipFile(tmp_path / "m.npz", "w") as archive:
        archive.writestr("x_train.npy", member(TRAIN))
        archive.writestr("x_test.npy", member(TEST))
    check(load_mnist(tmp_path / "m.npz"))


class Canary:
    """Unpickling it makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_nothing_is_unpickled(tmp_path):
    np.savez(tmp_path / "m.npz", x_train=np.array([[[Canary(tmp_path / "canary")]]], dtype=object), x_test=TEST)
    with pytest.raises(ValueError, match=r"m\.npz must be .*integer images"):
        load_mnist(tmp_path / "m.npz")
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("key", ["x_train", "x_test"])
def test_missing_arrays_are_named(tmp_path, key):
    arrays = {"x_train": TRAIN, "x_test": TEST}
    del arrays[key]
    np.savez(tmp_path / "m.npz", **arrays)
    with pytest.raises(ValueError, match=f"m.npz must be .* Fix: add {key}"):
        load_mnist(tmp_path / "m.npz")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_without_bounded_reader_are_refused(tmp_path, method):
    with zipfile.ZipFile(tmp_path / "m.npz", "w", method) as archive:
        archive.writestr("x_train.npy", member(TRAIN))
        archive.writestr("x_test.npy", member(TEST))
    with pytest.raises(ValueError, match="savez_compressed"):
        load_mnist(tmp_path / "m.npz")


def test_npz_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "m.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x_train.npy", member(TRAIN) + bytes(50_000_000))
        archive.writestr("x_test.npy", member(TEST))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"m\.npz must be"):
            load_mnist(tmp_path / "m.npz")
        assert tracemalloc.get_traced_memory()[1] < 10e6
    finally:
        tracemalloc.stop()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_every_damaged_byte_is_refused_or_harmless(tmp_path):
    """Flip each byte in turn: an answer or a ValueError, nothing else."""
    np.savez_compressed(tmp_path / "m.npz", x_train=TRAIN, x_test=TEST)
    good = (tmp_path / "m.npz").read_bytes()
    refused = 0
    for place in range(len(good)):
        (tmp_path / "m.npz").write_bytes(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
        try:
            load_mnist(tmp_path / "m.npz")
        except ValueError:
            refused += 1
    assert refused > len(good) / 2


# ------------------------------------------------------------------------------------------------- other paths, OpenML


@pytest.mark.parametrize("name", ["missing.npz", "no.npz", "a\nb"])
def test_other_paths_are_refused(tmp_path, name):
    (tmp_path / "no.npz").write_bytes(b"no zip")
    with pytest.raises(ValueError, match=r"path must be an \.npz file or a folder with IDX files") as caught:
        load_mnist(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_empty_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="train-images-idx3-ubyte"):
        load_mnist(tmp_path)


@pytest.mark.parametrize("path", [5, b"m.npz", ["m.npz"], True])
def test_wrong_types_are_refused(path):
    with pytest.raises(TypeError, match="path must be a path or None"):
        load_mnist(path)


def test_wrong_dtype_is_refused_first(tmp_path):
    with pytest.raises(ValueError, match="dtype must be float32 or float64"):
        load_mnist(tmp_path / "missing", np.uint8)


class Answer:
    def __init__(self, data: np.ndarray) -> None:
        self.data = data


def test_openml(monkeypatch):
    pixels = np.zeros((70_000, 784), dtype=np.uint8)
    pixels[59_999] = 51
    pixels[60_000] = 255
    asked = {}

    def fetch(name, **options):
        asked.update(options, name=name)
        return Answer(pixels)

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fetch)
    data = load_mnist()
    assert asked == {"name": "mnist_784", "version": 1, "as_frame": False, "parser": "liac-arff"}
    assert (data.train.shape, data.test.shape, data.shape) == ((60_000, 784), (10_000, 784), (28, 28))
    assert data.train.dtype == np.float32
    assert data.train[-1, 0] == np.float32(0.2)
    assert data.test[0, 0] == 1


@pytest.mark.parametrize(
    "error",
    [urllib.error.URLError("no route"), ConnectionResetError("reset"), TimeoutError(), ValueError("md5 differs")],
    ids=lambda error: type(error).__name__,
)
def test_openml_offline_says_how_to_pass_a_file(monkeypatch, error):
    def fetch(*_, **__):
        raise error

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fetch)
    with pytest.raises(ValueError, match=r"OpenML .* Fix: pass path= with mnist\.npz"):
        load_mnist()


def test_openml_with_another_table_is_refused(monkeypatch):
    monkeypatch.setattr(sklearn.datasets, "fetch_openml", lambda *_, **__: Answer(np.zeros((10, 784))))
    with pytest.raises(ValueError, match=r"mnist_784 from OpenML must be a \(70000, 784\) array"):
        load_mnist()
