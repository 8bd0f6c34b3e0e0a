"""Arrays of numbers to files that a user names: .npy, .safetensors and .csv.

Writing goes piece by piece to a temporary name, so that results larger than memory are possible and a full disk or a
kill leaves the old file whole.
"""

from __future__ import annotations

import json
import math
import os
import re
import struct
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy

from equivariety._typing import AnyArray
from equivariety.errors import brief, invalid
from equivariety.files import write_atomically
from equivariety.linalg import as_real_array

__all__ = ["check_output", "save_array", "save_rows"]

_SUFFIXES = (".npy", ".safetensors", ".csv")


def save_array(path: str | os.PathLike[str], array: object) -> None:
    """Write a real array of one or two axes to a ``.npy``, ``.safetensors`` or ``.csv`` file, completely or not at all.

    float32 stays, all other numbers become float64.  In a safetensors file the tensor is called "array".

    Raises TypeError or ValueError if ``array`` is no such array, ValueError for another suffix or a folder that does
    not exist, and OSError, naming ``path``, if it cannot be written.  The old file is untouched then.

    >>> import tempfile
    >>> from equivariety.datasets import load_array
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_array(f"{folder}/X.csv", [[0.1, 2], [3, 4]])
    ...     Path(folder, "X.csv").read_text(), load_array(f"{folder}/X.csv").tolist()
    ('0.1,2.0\\n3.0,4.0\\n', [[0.1, 2.0], [3.0, 4.0]])
    """
    values = as_real_array("array", array)
    if values.ndim not in (1, 2) or not values.size:
        raise invalid("array", "a non-empty array of one or two axes", f"shape {values.shape}", "reshape it")
    dtype = np.dtype(np.float32 if values.dtype == np.float32 else np.float64)
    save_rows(path, [values], values.shape, dtype)


def save_rows(
    path: str | os.PathLike[str], chunks: Iterable[AnyArray], shape: tuple[int, ...], dtype: np.dtype[Any]
) -> None:
    """Write an array that comes in pieces, of which only one is in memory at a time.

    Args:
        path: name of a .npy, .safetensors (tensor "array") or .csv file; replaced when the last piece is written.
        chunks: arrays that, one below the other, give an array of the announced shape.
        shape: (N,) or (N, columns).
        dtype: float32 or float64; the pieces are converted.

    Raises ValueError for another suffix, a folder that does not exist, or pieces that do not fit ``shape``, and
    OSError, naming ``path``, if it cannot be written.  The old file is untouched then, as it is if ``chunks`` raises.

    >>> import tempfile
    >>> from equivariety.datasets import load_array
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_rows(f"{folder}/X.npy", (np.full((2, 3), i) for i in range(2)), (4, 3), np.dtype(np.float32))
    ...     load_array(f"{folder}/X.npy")[:, 0].tolist()
    [0.0, 0.0, 1.0, 1.0]
    """
    check_output(path)
    kind = np.dtype(dtype).newbyteorder("<")
    write = {".npy": _write_npy, ".safetensors": _write_safetensors, ".csv": _write_csv}[_suffix(path)]

    def fitting() -> Iterator[AnyArray]:
        rows = 0
        for chunk in chunks:
            rows += len(chunk)
            if chunk.shape[1:] != shape[1:] or rows > shape[0]:
                break
            yield np.ascontiguousarray(chunk, kind)
        else:
            if rows == shape[0]:
                return
        raise invalid("chunks", f"rows of an array of shape {shape}", "others", "announce the shape that comes")

    def writer(temporary: Path) -> None:
        # Written in sequence and not into a memory map: a full disk is an error then, and not the end of the process.
        with open(temporary, "wb") as stream:
            write(stream, fitting(), shape, kind)

    try:
        write_atomically(path, writer)
    except OSError as error:
        if error.filename is None or os.path.basename(error.filename).startswith("."):  # not the temporary name
            raise OSError(error.errno, error.strerror or str(error), os.fspath(path)) from error
        raise


def check_output(path: object, suffixes: tuple[str, ...] = _SUFFIXES, argument: str = "path") -> None:
    """Raise ValueError if a file of this name could not be written: ask before a long computation, not after.

    Args:
        path: its folder must exist and be writable; its suffix, in any case, must be one of ``suffixes``.
        suffixes: such as (".npy",).
        argument: what the message calls it.

    Raises TypeError if ``path`` is no path.

    >>> check_output("X.txt")
    Traceback (most recent call last):
    ValueError: path must be a name that ends in .npy, .safetensors, .csv; got 'X.txt'. Fix: write X.npy.
    """
    if not isinstance(path, str | os.PathLike):
        raise invalid(argument, "the name of a file", path, "pass a str or a pathlib.Path", TypeError)
    text = os.fspath(path)
    if _suffix(text) not in suffixes or "\0" in text:
        stem = Path(text).stem if re.fullmatch(r"\w{1,40}", Path(text).stem) else "result"
        raise invalid(argument, f"a name that ends in {', '.join(suffixes)}", brief(text), f"write {stem}{suffixes[0]}")
    target = Path(os.path.realpath(text))
    if not target.parent.is_dir():
        raise invalid(argument, "in an existing folder", brief(text), f"create {target.parent} first")
    if target.exists() and not target.is_file():
        raise invalid(argument, "a regular file or a new name", brief(text), "choose another name")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise invalid(argument, "in a writable folder", brief(text), "choose another folder")


def _suffix(path: str | os.PathLike[str]) -> str:
    return Path(path).suffix.lower()


def _write_npy(stream: BinaryIO, chunks: Iterable[AnyArray], shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    header = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    npy.write_array_header_1_0(stream, header)
    for chunk in chunks:
        stream.write(chunk.data)


def _write_safetensors(
    stream: BinaryIO, chunks: Iterable[AnyArray], shape: tuple[int, ...], dtype: np.dtype[Any]
) -> None:
    # The format is the length of a JSON header, the header, and the bytes of the tensors; the library's own writer
    # takes the whole tensor at once.
    size = math.prod(shape) * dtype.itemsize
    entry = {"dtype": f"F{8 * dtype.itemsize}", "shape": list(shape), "data_offsets": [0, size]}
    header = json.dumps({"array": entry}).encode()
    header += b" " * (-len(header) % 8)
    stream.write(struct.pack("<Q", len(header)) + header)
    for chunk in chunks:
        stream.write(chunk.data)


def _write_csv(stream: BinaryIO, chunks: Iterable[AnyArray], shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    # Enough digits for the same number to be read again; repr gives the fewest for float64.
    shown: Callable[[float], str] = repr if dtype.itemsize == 8 else "{:.9g}".format
    for chunk in chunks:
        for row in chunk.reshape(len(chunk), -1).tolist():
            stream.write((",".join(map(shown, row)) + "\n").encode())
