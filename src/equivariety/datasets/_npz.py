"""Reader of integer arrays in .npz files that never unpickles and never trusts a size.

``numpy.load`` allocates what the header of a member promises before it reads; here the header is checked first.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import numpy as np
from numpy.lib import format as npy

from equivariety._typing import IntArray
from equivariety.datasets._bounded import MAX_DEFLATE_RATIO, check_promise, read_exactly
from equivariety.errors import brief, invalid

__all__ = ["read_npz_images"]

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
_HEADER_BYTES = 2**15


def read_npz_images(path: Path, keys: tuple[str, ...]) -> list[IntArray]:
    """Return the (N, height, width) integer arrays stored under ``keys``; or raise ValueError."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
            for key in keys:
                if f"{key}.npy" not in members:
                    got = brief([name.removesuffix(".npy") for name in members])
                    raise invalid(str(path), f"an .npz file with the arrays {', '.join(keys)}", got, f"add {key}")
            return [_read_member(archive, f"{key}.npy", path) for key in keys]
    except _BROKEN as error:
        raise invalid(str(path), "a readable .npz file", brief(str(error)), "download it again") from error


def _read_member(archive: zipfile.ZipFile, name: str, path: Path) -> IntArray:
    info = archive.getinfo(name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # the others have no bounded reader
        fix = "save it with numpy.savez_compressed"
        raise invalid(str(path), "stored or deflated", f"{name} with method {info.compress_type}", fix)
    with archive.open(info) as member:
        head = member.read(_HEADER_BYTES)
    start, shape, fortran, dtype = _header(head, name, path)
    if dtype.kind not in "iu" or len(shape) != 3 or min(shape) < 1:
        got = f"{name} of shape {shape}, {dtype}"
        raise invalid(str(path), "an .npz file of (N, height, width) integer images", got, "save uint8 images")
    count = math.prod(shape) * dtype.itemsize
    check_promise(path, f"array {name}", count, info.compress_size * MAX_DEFLATE_RATIO)
    with archive.open(info) as member:
        _skip(member, start)
        content = read_exactly(cast(BinaryIO, member), count, path)
    return content.view(dtype).reshape(shape, order="F" if fortran else "C")


def _header(head: bytes, name: str, path: Path) -> tuple[int, tuple[int, ...], bool, np.dtype[Any]]:
    """Return offset of the data, shape, whether in Fortran order, and dtype."""
    stream = io.BytesIO(head)  # a piece, so that a header that claims gigabytes ends here
    try:
        version = npy.read_magic(stream)
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
        shape, fortran, dtype = read(stream)
    except Exception as error:  # NumPy parses it as Python text, which fails in many ways
        raise invalid(str(path), f"an .npz file whose {name} is an array", brief(error), "save it again") from error
    return stream.tell(), shape, fortran, dtype


def _skip(member: IO[bytes], count: int) -> None:
    while count > 0 and (chunk := member.read(count)):
        count -= len(chunk)
