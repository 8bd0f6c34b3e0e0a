"""Who runs in parallel: Python threads over chunks of samples with one BLAS thread each, or BLAS alone.

Many small products on a busy machine lose more to BLAS's own threads than they gain; chunks of samples are
independent and NumPy's products release the interpreter lock.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

from equivariety._typing import AnyArray

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

S = TypeVar("S")
T = TypeVar("T")

__all__ = ["each_in_parallel", "in_parallel", "limited_blas", "single_threaded_blas", "worker_count"]

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


# The limit belongs to the process.  A second thread that entered meanwhile would take the lowered number for the
# original one and restore that, so it waits: the first one is using all processors anyway.
_LIMIT_LOCK = RLock()


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """Within the context BLAS calls run on one thread; may be nested, and other threads wait to enter."""
    with _LIMIT_LOCK, _controller().limit(limits=1, user_api="blas"):
        yield


def limited_blas(order: int) -> AbstractContextManager[None]:
    """Return a context for a dense eigenproblem of the given order: one BLAS thread unless it is large."""
    return nullcontext() if order >= _WORTH_THREADS else single_threaded_blas()


def in_parallel(solve: Callable[[AnyArray], T], stack: AnyArray) -> list[T]:
    """Return ``solve`` of consecutive parts of a stack of small dense problems, one BLAS thread each.

    ``solve`` takes stacks (k, d, d), as NumPy's linear algebra does; the parts are as many as processors.

    >>> import numpy as np
    >>> [w.tolist() for w in in_parallel(np.linalg.eigvalsh, np.eye(2)[None])]
    [[[1.0, 1.0]]]
    """
    workers = min(worker_count(), len(stack))
    size = -(-len(stack) // workers)
    parts = [stack[start : start + size] for start in range(0, len(stack), size)]
    with limited_blas(stack.shape[-1]):
        if len(parts) == 1:
            return [solve(parts[0])]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(solve, parts))


def each_in_parallel(solve: Callable[[S], T], problems: Sequence[S], order: int) -> list[T]:
    """Return ``solve`` of each of many dense problems of about the given order, on all processors.

    Small ones run side by side with one BLAS thread each, large ones one after the other with all of them.

    >>> each_in_parallel(lambda x: x + 1, [1, 2], order=1)
    [2, 3]
    """
    with limited_blas(order):
        if order >= _WORTH_THREADS or len(problems) <= 1:
            return [solve(problem) for problem in problems]
        with ThreadPoolExecutor(min(worker_count(), len(problems))) as pool:
            return list(pool.map(solve, problems))
