"""SymPy's Schreier-Sims algorithm within a time budget.

Nothing can interrupt SymPy from inside, so larger cases run in a process of their own, which ends with the budget.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import Any

from equivariety._typing import IntArray
from equivariety.errors import brief, invalid
from equivariety.tolerances import SYMPY_ENTRIES_BUDGET, SYMPY_QUICK_POINTS

__all__ = ["is_small", "order_by_sympy", "schreier_sims_order"]

_SMALL = 8

_PROGRAM = """
import json, sys
job = json.load(sys.stdin)
sys.path[:] = job["path"]
from equivariety.groups.orbits.schreier_sims import order_by_sympy
print(hex(order_by_sympy(job["images"])))
"""


def is_small(images: IntArray) -> bool:
    """Whether SymPy finds the order of the group in about a second at most, so that no process is worth its start."""
    return images.shape[1] <= SYMPY_QUICK_POINTS and images.size <= SYMPY_ENTRIES_BUDGET


def schreier_sims_order(images: IntArray, seconds: float) -> int:
    """Return the order of the group that the rows of ``images``, shape (s, n), generate.

    Raises TimeoutError when ``seconds`` are not enough, and a ValueError when memory is not.

    >>> import numpy as np
    >>> schreier_sims_order(np.array([[1, 2, 3, 0], [1, 0, 2, 3]]), seconds=10)
    24
    """
    rows: list[list[int]] = images.tolist()
    # In a frozen application the executable is not an interpreter.
    if is_small(images) or not sys.executable or getattr(sys, "frozen", False):
        return order_by_sympy(rows)
    job = json.dumps({"images": rows, "path": sys.path})
    command = [sys.executable, "-c", _PROGRAM]
    try:
        done = subprocess.run(command, input=job, capture_output=True, text=True, timeout=seconds, check=True)
    except subprocess.TimeoutExpired as problem:
        raise TimeoutError(f"no order within {seconds:g} seconds") from problem
    except subprocess.CalledProcessError as problem:
        got = f"a computation that ended with {brief(problem.stderr.strip()[-60:])}"
        raise invalid("generators", "a group whose order fits into memory", got, "act on fewer points") from problem
    except OSError:
        return order_by_sympy(rows)  # no process can be started here
    return int(done.stdout, 16)  # decimal digits are limited


def order_by_sympy(rows: list[list[int]]) -> int:
    """Return the order of the group with these rows of images, in this process and without a budget."""
    from sympy.combinatorics import Permutation as SympyPermutation
    from sympy.combinatorics import PermutationGroup as SympyGroup

    group: Any = SympyGroup([SympyPermutation(row) for row in rows])
    points = len(rows[0])
    # Symmetric and alternating groups, on which Schreier-Sims is slowest, are recognized by Jordan's theorem.
    if points > _SMALL and group.is_transitive() and group.is_alt_sym():
        return math.factorial(points) // (2 if all(g.is_even for g in group.generators) else 1)
    return int(group.order())
