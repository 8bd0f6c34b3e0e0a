"""Reader of arrays in .npz files that never unpickles and never trusts a size.

``numpy.load`` allocates what the header of a member promises before it reads; here the header is checked first.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, TypeAlias, cast

import numpy as np
from numpy.lib import format as npy

from equivariety._typing import AnyArray, IntArray
from equivariety.datasets._bounded import MAX_DEFLATE_RATIO, check_promise, read_exactly
from equivariety.errors import brief, invalid

__all__ = ["HEADER_BYTES", "read_header", "read_npz_array", "read_npz_images"]

#: What zipfile raises for damaged, encrypted or exotic archives.
_BROKEN = (
    OSError,
    EOFError,
    OverflowError,
    RuntimeError,
    UnicodeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)

#: A header is 128 bytes; NumPy itself refuses more than 10,000 characters.
HEADER_BYTES = 2**15

#: Raises ValueError unless an array of this name, shape and dtype is wanted.
Check: TypeAlias = "Callable[[str, tuple[int, ...], np.dtype[Any]], None]"


def read_npz_images(path: Path, keys: tuple[str, ...]) -> list[IntArray]:
    """Return the (N, height, width) integer arrays stored under ``keys``; or raise ValueError."""

    def check(name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        if dtype.kind not in "iu" or len(shape) != 3 or min(shape) < 1:
            got = f"{name} of shape {shape}, {dtype}"
            raise invalid(str(path), "an .npz file of (N, height, width) integer images", got, "save uint8 images")

    with _opened(path) as archive:
        members = archive.namelist()
        for key in keys:
            if f"{key}.npy" not in members:
                got = brief([name.removesuffix(".npy") for name in members])
                raise invalid(str(path), f"an .npz file with the arrays {', '.join(keys)}", got, f"add {key}")
        return [_read_member(archive, f"{key}.npy", path, check) for key in keys]


def read_npz_array(path: Path, key: str | None, check: Check) -> AnyArray:
    """Return the array stored under ``key``, None for the only one there is; or raise ValueError."""
    with _opened(path) as archive:
        names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
        if key is None and len(names) != 1:
            fix = f"name one of them, {path.name}:{names[0]}" if names else "save one with numpy.savez"
            raise invalid(str(path), "an .npz file with one array", brief(names), fix)
        wanted = names[0] if key is None else key
        if wanted not in names:
            raise invalid(str(path), f"an .npz file with the array {brief(wanted)}", brief(names), "name one of these")
        return _read_member(archive, f"{wanted}.npy", path, check)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _BROKEN as error:
        raise invalid(str(path), "a readable .npz file", brief(str(error)), "save or download it again") from error


def _read_member(archive: zipfile.ZipFile, name: str, path: Path, check: Check) -> AnyArray:
    info = archive.getinfo(name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # the others have no bounded reader
        fix = "save it with numpy.savez_compressed"
        raise invalid(str(path), "stored or deflated", f"{name} with method {info.compress_type}", fix)
    with archive.open(info) as member:
        head = member.read(HEADER_BYTES)
    start, shape, fortran, dtype = read_header(head, path, f"an .npz file whose {name} is an array")
    check(name, shape, dtype)
    count = math.prod(shape) * dtype.itemsize
    check_promise(path, f"array {name}", count, info.compress_size * MAX_DEFLATE_RATIO)
    with archive.open(info) as member:
        _skip(member, start)
        content = read_exactly(cast(BinaryIO, member), count, path)
    return content.view(dtype).reshape(shape, order="F" if fortran else "C")


def read_header(head: bytes, path: Path, required: str) -> tuple[int, tuple[int, ...], bool, np.dtype[Any]]:
    """Return offset of the data, shape, whether in Fortran order, and dtype from the first bytes of a .npy file.

    Raises ValueError, naming the file and what is required, if they are no header of an array.
    """
    stream = io.BytesIO(head)  # a piece, so that a header that claims gigabytes ends here
    try:
        version = npy.read_magic(stream)
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
        shape, fortran, dtype = read(stream)
    except Exception as error:  # NumPy parses it as Python text, which fails in many ways
        raise invalid(str(path), required, brief(error), "save it again") from error
    if not all(type(size) is int and size >= 0 for size in shape):  # True is an int for NumPy's reader
        raise invalid(str(path), required, f"the shape {brief(shape)}", "save it again")
    return stream.tell(), shape, fortran, dtype


def _skip(member: IO[bytes], count: int) -> None:
    while count > 0 and (chunk := member.read(count)):
        count -= len(chunk)
