"""Arrays of numbers from files that a user names: .npy, .npz and .csv.

Files are not trusted: nothing is unpickled, and no memory is taken for what a header promises before the file is known
to hold it.
"""

from __future__ import annotations

import math
import os
import re
import warnings
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from equivariety._typing import AnyArray
from equivariety.datasets._bounded import MAX_BYTES
from equivariety.datasets._npz import HEADER_BYTES, read_header, read_npz_array
from equivariety.errors import brief, invalid

__all__ = ["load_array"]

_READ = "X.npy, X.npz (or X.npz:name) or X.csv"

#: Largest table of text that is read; its numbers take at most four times as much memory.
_MOST_TEXT = 2**29


def load_array(path: str | os.PathLike[str], *, key: str | None = None) -> AnyArray:
    """Return the one- or two-dimensional real array that a file holds, read-only.

    - ``X.npy``: mapped into memory, whatever its size; only the entries that are used are read.
    - ``X.npz``: the array stored under ``key``, which may also be part of the name, ``X.npz:key``; without a key the
      only array of the file.  At most 2 GiB.
    - ``X.csv``: numbers separated by commas, one row per line, shape (N, columns) and float64; the first line may
      hold names instead, none of which is a number.  At most 512 MiB of text.

    NaN and inf are passed on; everything that computes refuses them.

    Args:
        path: the file.
        key: name of the array, for .npz files.

    Raises:
        ValueError: naming the file, if it is missing, corrupt, of another format, holds less or more than its header
            says, or an array that is not of real numbers, empty, or of none or more than two axes.
        TypeError: if ``path`` is not a path or ``key`` not a text.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(Path(folder) / "X.npz", a=np.eye(2), b=np.zeros(3))
    ...     load_array(f"{folder}/X.npz:a").tolist(), load_array(Path(folder) / "X.npz", key="b").shape
    ([[1.0, 0.0], [0.0, 1.0]], (3,))
    """
    if not isinstance(path, str | os.PathLike):
        raise invalid("path", "the name of a file", path, "pass a str or a pathlib.Path", TypeError)
    if key is not None and not isinstance(key, str):
        raise invalid("key", "the name of an array", key, "pass a str or None", TypeError)
    text = os.fspath(path)
    place = Path(text)
    inside = re.fullmatch(r"(?is)(.*\.npz):(.+)", text)
    if inside and key is None and not _is_file(place):
        place, key = Path(inside[1]), inside[2]
    suffix = place.suffix.lower()
    readers = {".npy": _read_npy, ".npz": lambda file: _read_npz(file, key), ".csv": _read_csv}
    if suffix not in readers:
        raise invalid(str(place), f"a file {_READ}", f"the suffix {brief(suffix)}", "convert it with numpy.save")
    if key is not None and suffix != ".npz":
        raise invalid("key", "None for other files than .npz", brief(key), "drop it")
    if not _is_file(place):  # devices and pipes could block or never end
        got = "a folder" if os.path.isdir(place) else "something else" if os.path.lexists(place) else "no such file"
        raise invalid(str(place), "an existing file", got, f"pass the name of a file {_READ}")
    try:
        array = readers[suffix](place)
    except OSError as error:
        raise invalid(str(place), "readable", error.strerror or str(error), "check its permissions") from error
    array.flags.writeable = False
    return array


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # names that are too long, or hold a zero byte
        return False


def _checker(path: Path) -> Any:
    def check(name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        got = f"{name} of shape {shape}, {dtype}"
        if dtype.kind not in "iufb":
            raise invalid(str(path), "an array of real numbers", got, "save it as float64")
        if len(shape) not in (1, 2) or min(shape) < 1:
            rows = "put one sample in each row"
            fix = f"{rows}, save array.reshape(len(array), -1)" if len(shape) > 2 else rows
            raise invalid(str(path), "a non-empty array of one or two axes", got, fix)
        if path.suffix.lower() == ".npz" and math.prod(shape) * dtype.itemsize > MAX_BYTES:
            fix = "save it with numpy.save: .npy files may have any size"
            raise invalid(str(path), f"an .npz file with an array of at most {MAX_BYTES:,} bytes", got, fix)

    return check


def _read_npy(path: Path) -> AnyArray:
    with open(path, "rb") as stream:
        head = stream.read(HEADER_BYTES)
        size = os.fstat(stream.fileno()).st_size
    start, shape, fortran, dtype = read_header(head, path, "a .npy file, as numpy.save writes it")
    _checker(path)("an array", shape, dtype)
    wanted = start + math.prod(shape) * dtype.itemsize
    if size != wanted:
        fix = "save or copy it again, it is truncated" if size < wanted else "save one array per file"
        raise invalid(str(path), f"a .npy file of {wanted:,} bytes, as its header says", f"{size:,} bytes", fix)
    return np.memmap(path, dtype, "r", start, shape, "F" if fortran else "C")


def _read_npz(path: Path, key: str | None) -> AnyArray:
    return read_npz_array(path, key, _checker(path))


def _read_csv(path: Path) -> AnyArray:
    size = path.stat().st_size
    if size > _MOST_TEXT:
        fix = "save it with numpy.save: .npy files may have any size"
        raise invalid(str(path), f"a .csv file of at most {_MOST_TEXT:,} bytes", f"{size:,} bytes", fix)
    try:
        with open(path, encoding="utf-8-sig") as stream:  # spreadsheets begin with a byte order mark
            lines = (line for line in stream if line.strip())
            first = next(lines, "")
            if any(_is_number(field) for field in first.split(",")):
                _warn_of_header(path, first)
            else:
                first = next(lines, "")
            if not first:
                raise invalid(str(path), "a .csv file with at least one row of numbers", "none", "save it again")
            array: AnyArray = np.loadtxt(chain([first], lines), delimiter=",", comments=None, ndmin=2)
    except UnicodeError as error:
        raise invalid(str(path), "a .csv file in UTF-8", brief(str(error)), "save it as plain text") from error
    except ValueError as error:
        if "Fix: " in str(error):
            raise
        fix = "give all rows the same number of columns, all numbers, with at most one line of names above them"
        raise invalid(str(path), "a .csv file of numbers separated by commas", brief(str(error)), fix) from error
    return array


def _warn_of_header(path: Path, first: str) -> None:
    """Column numbers, which some programs write above unnamed columns, cannot be told from a sample for certain."""
    fields = [field.strip() for field in first.split(",")]
    if len(fields) > 1 and fields == [str(i) for i in range(len(fields))]:
        message = (
            f"{path}: the first line 0,1,2,... looks like column numbers, but is read as a sample; delete it if so"
        )
        warnings.warn(message, UserWarning, stacklevel=4)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
