"""Reader of the IDX format for images, in which MNIST is distributed: a big-endian header, then bytes."""

from __future__ import annotations

import gzip
import os
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from equivariety._typing import IntArray
from equivariety.datasets._bounded import MAX_DEFLATE_RATIO, check_promise, read_exactly
from equivariety.errors import invalid

__all__ = ["find_idx", "read_idx_images"]

#: Two zero bytes, 0x08 for unsigned bytes, 3 dimensions.
_MAGIC = 0x00000803
_HEADER = struct.Struct(">IIII")


def find_idx(folder: Path, stem: str) -> Path:
    """Return the file of ``stem`` ("train-images" or "t10k-images") in ``folder``, in any of its usual spellings."""
    names = [f"{stem}{separator}idx3-ubyte{suffix}" for separator in "-." for suffix in ("", ".gz")]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise invalid("path", f"a folder with {names[0]} (or {', '.join(names[1:])})", str(folder), "add the file")


def read_idx_images(path: Path) -> IntArray:
    """Return the (N, height, width) uint8 images of an IDX file, plain or gzipped; ValueError if it is not one."""
    again = "download it again"
    try:
        with open(path, "rb") as plain:
            size = os.fstat(plain.fileno()).st_size
            gzipped = plain.read(2) == b"\x1f\x8b"  # by content: browsers unpack without renaming
            plain.seek(0)
            with gzip.GzipFile(fileobj=plain) if gzipped else plain as stream:
                header = stream.read(_HEADER.size)
                if len(header) < _HEADER.size:
                    raise invalid(str(path), "an IDX file of images", f"{len(header)} bytes", again)
                magic, *shape = _HEADER.unpack(header)
                if magic != _MAGIC:
                    required = f"an IDX file of images, magic number {_MAGIC:#010x}"
                    raise invalid(str(path), required, f"magic number {magic:#010x}", again)
                if min(shape) < 1:
                    raise invalid(str(path), "an IDX file with at least one pixel", f"shape {tuple(shape)}", again)
                count = shape[0] * shape[1] * shape[2]
                available = size * MAX_DEFLATE_RATIO if gzipped else size - _HEADER.size
                check_promise(path, "header", count, available)
                return read_exactly(cast(BinaryIO, stream), count, path).reshape(shape)
    except (OSError, EOFError, zlib.error) as error:  # gzip.BadGzipFile is an OSError
        raise invalid(str(path), "a readable IDX file", str(error), again) from error
