"""The talk's order of the pixels of an image, in which its rotation is a direct sum of 4-cycles."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.groups import relabelled, rotation, rotation_pixel_order

FOUR_CYCLE = [[0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
SIDES = [1, 2, 3, 4, 5, 6, 9]


def talk(p: int) -> list[tuple[int, int]]:
    """The list of the talk, 1-based, for even p, its pattern continued; its last two pixels swapped."""
    pixels = []
    for ring in range(1, p // 2 + 1):
        last = p + 1 - ring
        for step in range(last - ring):
            pixels += [(ring, ring + step), (ring + step, last), (last, last - step), (last - step, ring)]
    return pixels


def test_the_order_as_printed():
    # a_11, a_1p, a_pp, a_p1, a_12, a_2p, a_p,p-1, a_p-1,1, ..., a_1,p-1, a_p-1,p, a_p2, a_21, a_22, a_2,p-1, ...
    order = [(int(i) // 6 + 1, int(i) % 6 + 1) for i in rotation_pixel_order(6)]
    assert order[:8] == [(1, 1), (1, 6), (6, 6), (6, 1), (1, 2), (2, 6), (6, 5), (5, 1)]
    assert order[16:24] == [(1, 5), (5, 6), (6, 2), (2, 1), (2, 2), (2, 5), (5, 5), (5, 2)]
    # The talk ends with (3,3), (3,4), (4,3), (4,4).
    assert order[-4:] == [(3, 3), (3, 4), (4, 4), (4, 3)]
    assert order == talk(6)


@pytest.mark.parametrize("p", SIDES)
def test_every_pixel_comes_once(p):
    order = rotation_pixel_order(p)
    assert sorted(order.tolist()) == list(range(p * p))
    assert order.dtype == np.int64
    assert not order.flags.writeable
    if p % 2:
        assert order[-1] == p * p // 2
    else:
        assert [(int(i) // p + 1, int(i) % p + 1) for i in order] == talk(p)


@pytest.mark.parametrize("p", SIDES)
def test_the_rotation_is_a_direct_sum_of_4_cycles(p, rng):
    order = rotation_pixel_order(p)
    group = relabelled(rotation(p), np.argsort(order))
    expected = np.kron(np.eye(p * p // 4), FOUR_CYCLE)
    if p % 2:
        expected = np.block([[expected, np.zeros((p * p - 1, 1))], [np.zeros((1, p * p - 1)), np.ones((1, 1))]])
    P = group.matrix(0)
    np.testing.assert_array_equal(P, expected)
    image = rng.standard_normal((p, p))
    np.testing.assert_array_equal(P @ image.ravel()[order], np.rot90(image, -1).ravel()[order])


@pytest.mark.parametrize("p", SIDES)
def test_columns_of_invariant_matrices_coincide(p, rng):
    order = rotation_pixel_order(p)
    M = ev.expand(rng.standard_normal((3, ev.groups.rotation(p).n_orbits)), rotation(p))[:, order]
    for start in range(0, p * p - p % 2, 4):
        columns = M[:, start : start + 4]
        assert (columns == columns[:, :1]).all()
        assert start == 0 or (columns[:, 0] != M[:, start - 1]).any()


@pytest.mark.parametrize(("p", "kind"), [(0, ValueError), (-1, ValueError), (2.0, TypeError), (True, TypeError)])
def test_bad_sides(p, kind):
    with pytest.raises(kind, match="p must be an integer from 1"):
        rotation_pixel_order(p)


def test_images_beyond_any_group_are_refused():
    with pytest.raises(ValueError, match=r"p \* p must be an integer from 1"):
        rotation_pixel_order(10_000)
