"""Orders of symmetric and alternating groups on many points, where Schreier-Sims alone would take minutes."""

from __future__ import annotations

import math

from equivariety.groups import PermutationGroup


def test_symmetric_group_of_120_points():
    n = 120
    cycle, swap = [*range(1, n), 0], [1, 0, *range(2, n)]
    assert PermutationGroup([cycle, swap]).order() == math.factorial(n)


def test_alternating_group_of_101_points():
    n = 101
    cycle, three = [*range(1, n), 0], [1, 2, 0, *range(3, n)]
    assert PermutationGroup([cycle, three]).order() == math.factorial(n) // 2
