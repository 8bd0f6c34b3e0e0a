"""Arrays from and to files of users: every format, and files that are damaged, hostile or too large for memory."""

from __future__ import annotations

import errno
import gc
import io
import os
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from equivariety.datasets import _npz, load_array, save_array, table_output, tables
from equivariety.datasets.table_output import check_output, save_rows

X = np.arange(12.0).reshape(4, 3)


def header(shape: tuple[int, ...], descr: str = "<f8", fortran: bool = False) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": descr, "fortran_order": fortran, "shape": shape})
    return stream.getvalue()


def saved(path: Path, array: object, **options) -> Path:
    np.save(path, array, **options)
    return path


class Canary:
    """Unpickling it makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


# ----------------------------------------------------------------------------------------------------- good files


@pytest.mark.parametrize("dtype", ["f4", "f8", ">f8", "f2", "u1", "i8", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_is_mapped(tmp_path, dtype, order):
    values = np.asarray(X.astype(dtype), order=order)
    loaded = load_array(saved(tmp_path / "X.npy", values))
    assert isinstance(loaded, np.memmap)
    assert loaded.dtype == values.dtype
    np.testing.assert_array_equal(loaded, values)
    assert not loaded.flags.writeable
    np.testing.assert_array_equal(load_array(str(saved(tmp_path / "w.npy", values[:, 0]))), values[:, 0])


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz(tmp_path, save):
    save(tmp_path / "X.npz", a=X, b=X.astype("f4").T)
    for loaded in (load_array(f"{tmp_path}/X.npz:a"), load_array(tmp_path / "X.npz", key="a")):
        np.testing.assert_array_equal(loaded, X)
        assert not loaded.flags.writeable
    np.testing.assert_array_equal(load_array(f"{tmp_path}/X.npz:b"), X.T)
    save(tmp_path / "one.npz", X)
    np.testing.assert_array_equal(load_array(tmp_path / "one.npz"), X)
    np.testing.assert_array_equal(load_array(f"{tmp_path}/one.npz:arr_0"), X)


def test_a_file_whose_name_looks_like_a_key(tmp_path):
    saved(tmp_path / "a.npz:b.npy", X)
    np.testing.assert_array_equal(load_array(tmp_path / "a.npz:b.npy"), X)


@pytest.mark.parametrize(
    "text",
    [
        "0,1,2\n3,4,5\n6,7,8\n9,10,11\n",
        "a,b,c\n0,1,2\n3,4,5\n6,7,8\n9,10,11",
        '"first, one",b,c\n 0, 1.0 ,2e0\n\n3,4,5\n6,7,8\n9,10,11\n\n',
        "\ufeff0,1,2\r\n3,4,5\r\n6,7,8\r\n9,10,11\r\n",
        "\ufeffa,b,c\r\n0,1,2\r\n3,4,5\r\n6,7,8\r\n9,10,11\r\n",
    ],
    ids=["numbers", "names", "spaces", "spreadsheet", "spreadsheet with names"],
)
@pytest.mark.filterwarnings("ignore:.*looks like column numbers")
def test_csv(tmp_path, text):
    (tmp_path / "X.csv").write_bytes(text.encode())
    loaded = load_array(tmp_path / "X.csv")
    assert loaded.dtype == np.float64
    np.testing.assert_array_equal(loaded, X)


def test_column_numbers_are_pointed_out(tmp_path):
    (tmp_path / "X.csv").write_text("0,1,2\n0.5,0.25,1\n")
    with pytest.warns(UserWarning, match="looks like column numbers"):
        assert load_array(tmp_path / "X.csv").shape == (2, 3)
    (tmp_path / "X.csv").write_text("0.0,1.0,2.0\n0.5,0.25,1\n")
    assert load_array(tmp_path / "X.csv").shape == (2, 3)


def test_csv_of_one_column_and_of_one_row(tmp_path):
    (tmp_path / "X.CSV").write_text("weight\n1\n2\n")
    assert load_array(tmp_path / "X.CSV").shape == (2, 1)
    (tmp_path / "X.CSV").write_text("1,2")
    assert load_array(tmp_path / "X.CSV").tolist() == [[1.0, 2.0]]


def test_nan_is_left_to_those_who_compute(tmp_path):
    (tmp_path / "X.csv").write_text("nan,1\n2,inf\n")
    assert np.isnan(load_array(tmp_path / "X.csv")[0, 0])


# ------------------------------------------------------------------------------------------------------ bad files

BAD_NPY = {
    "empty file": b"",
    "text": b"hello",
    "magic only": b"\x93NUMPY\x01\x00",
    "version 3": b"\x93NUMPY\x03\x00" + header((4, 3))[8:] + X.tobytes(),
    "header of gigabytes": b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + b" " * 1000,
    "code in the header": b"\x93NUMPY\x01\x00\x76\x00" + b"__import__('os').abort()".ljust(117) + b"\n",
    "deep header": b"\x93NUMPY\x01\x00\x76\x00" + b"(" * 117 + b"\n",
    "truncated": (header((4, 3)) + X.tobytes())[:-1],
    "two arrays": 2 * (header((4, 3)) + X.tobytes()),
    "promises too much": header((4000, 3000)) + X.tobytes(),
    "promises memory": header((2**40, 2**40)) + X.tobytes(),
    "negative": header((-4, -3)) + X.tobytes(),
    "no rows": header((0, 3)),
    "no columns": header((4, 0)),
    "no axes": header(()) + X[0, :1].tobytes(),
    "three axes": header((2, 2, 3)) + X.tobytes(),
    "complex": header((2, 3), "<c16") + X.tobytes(),
    "records": header((4, 3), "|V8") + X.tobytes(),
    "objects": header((4, 3), "|O") + X.tobytes(),
    "dates": header((4, 3), "<M8[s]") + X.tobytes(),
    "characters": header((4, 3), "<U2") + X.tobytes(),
}


@pytest.mark.parametrize("name", BAD_NPY)
def test_bad_npy(tmp_path, name):
    (tmp_path / "X.npy").write_bytes(BAD_NPY[name])
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"X\.npy must be .* Fix: "):
            load_array(tmp_path / "X.npy")
        assert tracemalloc.get_traced_memory()[1] < 10e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", [n for n in BAD_NPY if n != "two arrays"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_bad_npz_members(tmp_path, name, method):
    with zipfile.ZipFile(tmp_path / "X.npz", "w", method) as archive:
        archive.writestr("x.npy", BAD_NPY[name])
    with pytest.raises(ValueError, match=r"X\.npz must be .* Fix: "):
        load_array(tmp_path / "X.npz")


def test_nothing_is_unpickled(tmp_path):
    objects = np.array([[Canary(tmp_path / "canary")]], dtype=object)
    saved(tmp_path / "X.npy", objects, allow_pickle=True)
    np.savez(tmp_path / "X.npz", x=objects)
    for name in ("X.npy", "X.npz"):
        with pytest.raises(ValueError, match=r"an array of real numbers; got .* object"):
            load_array(tmp_path / name)
    assert not (tmp_path / "canary").exists()


def test_keys(tmp_path):
    np.savez(tmp_path / "X.npz", a=X, b=X)
    saved(tmp_path / "X.npy", X)
    with pytest.raises(ValueError, match=r"X\.npz must be an \.npz file with one array; got .* Fix: name .*X\.npz:a"):
        load_array(tmp_path / "X.npz")
    with pytest.raises(ValueError, match=r"X\.npz must be an \.npz file with the array 'c'; got \['a', 'b'\]"):
        load_array(f"{tmp_path}/X.npz:c")
    with pytest.raises(ValueError, match=r"key must be None for other files"):
        load_array(tmp_path / "X.npy", key="a")
    with pytest.raises(TypeError, match="key must be"):
        load_array(tmp_path / "X.npz", key=3)
    np.savez(tmp_path / "none.npz")
    with zipfile.ZipFile(tmp_path / "text.npz", "w") as archive:
        archive.writestr("readme.txt", "hello")
    for name in ("none.npz", "text.npz"):
        with pytest.raises(ValueError, match="with one array"):
            load_array(tmp_path / name)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"text"])
def test_bad_npz(tmp_path, content):
    (tmp_path / "X.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"X\.npz must be a readable \.npz file"):
        load_array(tmp_path / "X.npz")


def test_npz_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "X.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", header((4, 3)) + X.tobytes() + bytes(50_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"X\.npz must be 96 bytes of data; got more"):
            load_array(tmp_path / "X.npz")
        assert tracemalloc.get_traced_memory()[1] < 10e6
    finally:
        tracemalloc.stop()


def test_large_npz_is_sent_to_npy(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_BYTES", X.nbytes - 1)
    np.savez(tmp_path / "X.npz", x=X)
    with pytest.raises(ValueError, match=r"X\.npz must be .* of at most 95 bytes; .* Fix: save it with numpy\.save"):
        load_array(tmp_path / "X.npz")
    assert load_array(saved(tmp_path / "X.npy", X)).shape == (4, 3)


def test_large_csv_is_sent_to_npy(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "_MOST_TEXT", 3)
    (tmp_path / "X.csv").write_text("1,2\n")
    with pytest.raises(ValueError, match=r"X\.csv must be .* of at most 3 bytes; .* Fix: save it with numpy\.save"):
        load_array(tmp_path / "X.csv")


BAD_CSV = {
    "empty": b"",
    "blank": b"\n  \n\n",
    "names only": b"a,b,c\n",
    "two lines of names": b"a,b\nc,d\n1,2\n",
    "names and numbers mixed": b"a,1\n1,2\n",
    "ragged": b"1,2\n3\n",
    "empty field": b"1,2\n3,\n",
    "words": b"1,2\n3,x\n",
    "semicolons": b"1;2\n3;4\n",
    "tabs": b"1\t2\n3\t4\n",
    "quoted numbers": b'1,2\n"3","4"\n',
    "comments": b"# 1,2\n1,2\n# 3\n",
    "complex": b"1,2\n3,4j\n",
    "UTF-16": "1,2\n3,4\n".encode("utf-16"),
    "latin": b"gr\xf6\xdfe\n1\n",
    "zero bytes": b"\0\0\0\0",
    "binary": bytes(range(256)),
    "html": b"<html>404, not found</html>",
}


@pytest.mark.parametrize("name", BAD_CSV)
def test_bad_csv(tmp_path, name):
    (tmp_path / "X.csv").write_bytes(BAD_CSV[name])
    with pytest.raises(ValueError, match=r"X\.csv must be a \.csv file .* Fix: "):
        load_array(tmp_path / "X.csv")


@pytest.mark.parametrize("name", ["X.txt", "X", "X.npy.gz", "X.safetensors", "X.pkl", "", ".", "X.npz:"])
def test_other_formats(tmp_path, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if name not in ("", "."):
        (tmp_path / name).write_bytes(b"1,2\n")
    with pytest.raises(ValueError, match=r"must be a file X\.npy, X\.npz \(or X\.npz:name\) or X\.csv; got the suffix"):
        load_array(name)


def test_what_is_no_file(tmp_path):
    (tmp_path / "folder.npy").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.npy")
    found = {"folder.npy": "a folder", "pipe.npy": "something else"}
    for name in ("missing.npy", "folder.npy", "pipe.npy", "missing.npz:a", "a" * 5000 + ".npy", "\0.npy"):
        if name != "pipe.npy" or hasattr(os, "mkfifo"):
            with pytest.raises(ValueError, match=f"must be an existing file; got {found.get(name, 'no such file')}"):
                load_array(f"{tmp_path}/{name}")
    for value in (5, b"X.npy", ["X.npy"], None):
        with pytest.raises(TypeError, match="path must be the name of a file"):
            load_array(value)


@pytest.mark.parametrize("name", ["X.npy", "X.npz", "X.csv"])
def test_files_that_may_not_be_read(tmp_path, name, monkeypatch):
    def denied(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", name)

    (tmp_path / name).write_bytes(b"x")
    monkeypatch.setattr("builtins.open", denied)
    monkeypatch.setattr(_npz.zipfile, "ZipFile", denied)
    with pytest.raises(ValueError, match=rf"{name} must be .*readable.*Permission denied"):
        load_array(tmp_path / name)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["X.npy", "X.npz", "X.csv"])
def test_every_damaged_byte_is_refused_or_harmless(tmp_path, name):
    if name == "X.csv":
        save_array(tmp_path / name, X)
    else:
        (np.save if name == "X.npy" else np.savez_compressed)(tmp_path / name, X)
    good = (tmp_path / name).read_bytes()
    messages = []
    for place in range(len(good)):
        (tmp_path / name).write_bytes(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
        try:
            assert load_array(tmp_path / name).ndim in (1, 2)
        except ValueError as problem:
            messages.append(str(problem))
    assert messages
    assert all(name in message for message in messages)


def test_large_files_are_not_read(tmp_path):
    """1 TB that is only a hole in the file: looking at some rows takes no memory."""
    with open(tmp_path / "X.npy", "wb") as stream:
        stream.write(header((2**27, 1000)))
        stream.truncate(stream.tell() + 2**27 * 8000)
    tracemalloc.start()
    try:
        assert load_array(tmp_path / "X.npy")[2**26].sum() == 0
        assert tracemalloc.get_traced_memory()[1] < 1e6
    finally:
        tracemalloc.stop()


# ---------------------------------------------------------------------------------------------------------- writing


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("suffix", [".npy", ".csv", ".safetensors", ".NPY"])
@pytest.mark.parametrize("shape", [(5, 3), (5, 1), (1, 5), (5,)])
def test_round_trip(tmp_path, rng, suffix, dtype, shape):
    values = (rng.standard_normal(shape) * 10.0 ** rng.integers(-30, 30, shape)).astype(dtype)
    path = tmp_path / f"X{suffix}"
    save_array(path, values)
    if suffix == ".safetensors":
        found = load_file(path)
        assert list(found) == ["array"]
        loaded = found["array"]
    else:
        loaded = load_array(path)
    if suffix == ".csv":
        loaded = loaded.astype(dtype).reshape(shape)
    assert loaded.dtype == values.dtype
    np.testing.assert_array_equal(loaded, values)
    if suffix == ".npy":
        np.testing.assert_array_equal(np.load(path), values)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_other_numbers_become_float64(tmp_path):
    for values in ([[1, 2]], X.astype(">f8"), X.T, X.astype(bool), X.astype("f2")):
        save_array(tmp_path / "X.npy", values)
        loaded = load_array(tmp_path / "X.npy")
        assert loaded.dtype == np.dtype("<f8")
        np.testing.assert_array_equal(loaded, np.asarray(values))


@pytest.mark.parametrize(
    ("array", "kind"),
    [
        (np.zeros((0, 3)), ValueError),
        (3.0, ValueError),
        (np.zeros((1, 1, 1)), ValueError),
        ([[1j]], TypeError),
        ("x", TypeError),
    ],
)
def test_arrays_that_are_not_written(tmp_path, array, kind):
    with pytest.raises(kind, match="array must be"):
        save_array(tmp_path / "X.npy", array)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".npy", ".csv", ".safetensors"])
@pytest.mark.parametrize("sizes", [(1,), (2, 1), (2, 3), (5,)])
def test_rows_that_do_not_fit_leave_the_old_file(tmp_path, suffix, sizes):
    path = tmp_path / f"X{suffix}"
    path.write_text("old")
    with pytest.raises(ValueError, match=r"chunks must be rows of an array of shape \(4, 3\)"):
        save_rows(path, (np.zeros((size, 3)) for size in sizes), (4, 3), np.dtype(float))
    with pytest.raises(ValueError, match="chunks must be"):
        save_rows(path, [np.zeros((4, 2))], (4, 3), np.dtype(float))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", [".npy", ".csv", ".safetensors"])
def test_failures_on_the_way_leave_the_old_file(tmp_path, suffix):
    path = tmp_path / f"X{suffix}"
    path.write_text("old")

    def chunks():
        yield np.zeros((2, 3))
        raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        save_rows(path, chunks(), (4, 3), np.dtype(float))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_full_disk_names_the_file(tmp_path, monkeypatch):
    path = tmp_path / "X.npy"
    path.write_text("old")
    real = open
    monkeypatch.setattr(table_output, "open", lambda name, mode: real("/dev/full", mode, buffering=0), raising=False)
    with pytest.raises(OSError, match=r"No space left on device: .*X\.npy"):
        save_array(path, X)
    assert path.read_text() == "old"


def test_unwritable_folder_names_the_file(tmp_path, monkeypatch):
    def denied(name, mode):
        raise PermissionError(errno.EACCES, "Permission denied", str(name))

    monkeypatch.setattr(table_output, "open", denied, raising=False)
    with pytest.raises(PermissionError, match=r"Permission denied: .*/X\.npy"):
        save_array(tmp_path / "X.npy", X)


def test_check_output(tmp_path, monkeypatch):
    for name in ("", "X", "X.txt", "X.npz", "\0.npy"):
        with pytest.raises(ValueError, match=r"--out must be a name that ends in \.npy, \.csv; .* Fix: write \w+\.npy"):
            check_output(name, (".npy", ".csv"), "--out")
    with pytest.raises(TypeError, match="path must be the name of a file"):
        check_output(3)
    with pytest.raises(ValueError, match="path must be in an existing folder"):
        check_output(tmp_path / "missing" / "X.npy")
    (tmp_path / "folder.npy").mkdir()
    with pytest.raises(ValueError, match="path must be a regular file or a new name"):
        check_output(tmp_path / "folder.npy")
    check_output(tmp_path / "X.npy")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ValueError, match="path must be in a writable folder"):
        check_output(tmp_path / "X.npy")


def test_more_than_memory_should_hold_is_written(tmp_path):
    """64 MB in chunks of 1 MB."""
    chunk = np.ones((128, 1024))
    gc.collect()
    tracemalloc.start()
    try:
        for suffix in (".npy", ".safetensors"):
            save_rows(tmp_path / f"X{suffix}", (chunk * i for i in range(64)), (64 * 128, 1024), np.dtype(float))
        assert tracemalloc.get_traced_memory()[1] < 4e6
    finally:
        tracemalloc.stop()
    assert load_array(tmp_path / "X.npy")[-1, -1] == 63
    (tmp_path / "X.npy").unlink()
    (tmp_path / "X.safetensors").unlink()
