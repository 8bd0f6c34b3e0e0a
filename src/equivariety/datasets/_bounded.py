"""Reading exactly as many bytes as a header promises, from files that may lie about it."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import invalid

__all__ = ["MAX_BYTES", "MAX_DEFLATE_RATIO", "check_promise", "read_exactly"]

#: Largest array read from a file; 40 times the training images of MNIST.
MAX_BYTES = 2**31

#: No deflate stream (gzip, zip) expands to more than 1032 times its own length.
MAX_DEFLATE_RATIO = 1032

_CHUNK = 2**20


def check_promise(path: Path, what: str, promised: int, available: int) -> None:
    """Raise ValueError if ``promised`` bytes exceed the cap or the ``available`` bytes that the file can hold."""
    limit = min(MAX_BYTES, available)
    if promised > limit:
        required = f"a file whose {what} promises at most the {limit:,} bytes that it can hold"
        raise invalid(
            str(path), required, f"{promised:,} bytes", "save or download it again, it is truncated or corrupt"
        )


def read_exactly(stream: BinaryIO, count: int, path: Path) -> IntArray:
    """Return the next ``count`` bytes as a (count,) uint8 array; ValueError unless the stream ends right there.

    Memory grows with what has really been read, not with what the header says.
    """
    content = bytearray()
    while len(content) < count:
        chunk = stream.read(min(_CHUNK, count - len(content)))
        if not chunk:
            got = f"the end after {len(content):,} bytes"
            raise invalid(str(path), f"{count:,} bytes of data", got, "save or download it again, it is truncated")
        content += chunk
    if stream.read(1):  # the attempt also makes zip and gzip compare their checksums
        raise invalid(str(path), f"{count:,} bytes of data", "more", "save or download it again, it is corrupt")
    return cast(IntArray, np.frombuffer(content, dtype=np.uint8))
