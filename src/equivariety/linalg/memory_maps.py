"""Reading a memory-mapped array once from front to back without keeping all of it resident."""

from __future__ import annotations

import mmap

import numpy as np

from equivariety._typing import AnyArray

__all__ = ["release_pages"]


def release_pages(array: AnyArray) -> None:
    """Tell the operating system that the pages of a memory-mapped array need not stay in memory.

    They are read again from the file when touched, so nothing is lost.  Does nothing for arrays in ordinary memory,
    for private maps (copy-on-write, or not made by ``numpy.memmap``) and where the system has no such call.

    >>> release_pages(np.zeros(3))
    """
    if not hasattr(mmap, "MADV_DONTNEED") or not array.size:  # pragma: no cover  (not on this platform)
        return
    base: object = array
    shared = False  # changes of a private mapping live in its pages alone
    while isinstance(base, np.ndarray):
        shared = shared or (isinstance(base, np.memmap) and base.mode in ("r", "r+", "w+"))
        base = base.base
    if not (shared and isinstance(base, mmap.mmap)):
        return
    start = array.ctypes.data + sum(min(0, (k - 1) * step) for k, step in zip(array.shape, array.strides, strict=True))
    extent = sum((k - 1) * abs(step) for k, step in zip(array.shape, array.strides, strict=True)) + array.itemsize
    offset = start - np.frombuffer(base, np.uint8).ctypes.data
    # Whole pages only; those shared with the neighbours are read again where needed.
    first = offset // mmap.PAGESIZE * mmap.PAGESIZE
    base.madvise(mmap.MADV_DONTNEED, first, offset + extent - first)
