"""Who runs in parallel: Python threads over chunks of samples with one BLAS thread each, or BLAS alone.

Many small products on a busy machine lose more to BLAS's own threads than they gain; chunks of samples are
independent and NumPy's products release the interpreter lock.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

__all__ = ["limited_blas", "single_threaded_blas", "worker_count"]

#: Dense eigenproblems below this order run slower on several BLAS threads, and far slower on a busy machine.
_WORTH_THREADS = 2048


def worker_count() -> int:
    """Number of processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this platform
        return os.cpu_count() or 1


@cache
def _controller() -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """Within the context every BLAS call runs on one thread."""
    with _controller().limit(limits=1, user_api="blas"):
        yield


def limited_blas(order: int) -> AbstractContextManager[None]:
    """Return a context for a dense eigenproblem of the given order: one BLAS thread unless it is large."""
    return nullcontext() if order >= _WORTH_THREADS else single_threaded_blas()
