"""Directions of the symmetries of images, against the NumPy functions that move arrays."""

from __future__ import annotations

import numpy as np
import pytest

from equivariety.groups import cyclic, reflection, rotation, shift, trivial

SHAPES = [(4,), (1,), (3, 5), (4, 4), (2, 3, 4), (3, 3, 2), (2, 2, 2, 3)]
AXES = [(shape, axis) for shape in SHAPES for axis in range(-len(shape), len(shape))]


def moved(group, array):
    """The generator applied in both ways that the convention names."""
    (sigma,) = group.generators
    x = array.ravel()
    assert np.array_equal(group.matrix(0) @ x, x[sigma.images])
    return sigma.apply(x).reshape(array.shape)


@pytest.mark.parametrize(("shape", "axis"), AXES)
@pytest.mark.parametrize("steps", [1, -1, 2, 0, 7, 10**30 + 1])
def test_shift(shape, axis, steps, rng):
    array = rng.normal(size=shape)
    group = shift(shape, axis, steps)
    assert np.array_equal(moved(group, array), np.roll(array, steps % shape[axis], axis))
    size = shape[axis]
    assert group.order() == size // np.gcd(size, steps % size)


def test_shift_by_one_is_to_the_right():
    image = np.arange(6).reshape(2, 3)
    assert moved(shift((2, 3), axis=1), image).tolist() == [[2, 0, 1], [5, 3, 4]]


@pytest.mark.parametrize(("shape", "axis"), AXES)
def test_reflection(shape, axis, rng):
    array = rng.normal(size=shape)
    assert np.array_equal(moved(reflection(shape, axis), array), np.flip(array, axis))


@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((4, 4), (0, 1)),
        ((4, 4), (1, 0)),
        ((5, 5), (0, 1)),
        ((3, 3, 2), (0, 1)),
        ((2, 3, 3), (1, 2)),
        ((2, 3, 3), (-2, -1)),
        ((3, 2, 3), (2, 0)),
        ((1, 1), (0, 1)),
    ],
)
def test_rotation(shape, axes, rng):
    array = rng.normal(size=shape)
    group = rotation(shape, axes)
    assert np.array_equal(moved(group, array), np.rot90(array, -1, axes))
    assert group.order() == (4 if shape[axes[0]] > 1 else 1)


@pytest.mark.parametrize("p", [1, 2, 3, 8])
def test_rotation_of_a_number_is_of_the_square(p):
    assert rotation(p) == rotation((p, p)) == rotation(np.int64(p)) == rotation([p, p])


def test_rotation_is_clockwise():
    assert moved(rotation(2), np.array([[1, 2], [3, 4]])).tolist() == [[3, 1], [4, 2]]


def test_shape_may_be_a_number_or_an_array():
    assert shift(5, axis=0) == shift((5,), 0) == shift(np.array([5]), 0) == shift(np.array(5), 0)


@pytest.mark.parametrize("n", [1, 2, 7])
def test_cyclic(n):
    group = cyclic(n)
    assert group.generators[0].images.tolist() == [(i + 1) % n for i in range(n)]
    assert group.order() == n


def test_trivial():
    assert trivial(3).generators == ()
    assert trivial(3).degree == 3


BAD = {
    "shift without sizes": (lambda: shift((), 0), ValueError, "shape"),
    "shift zero size": (lambda: shift((3, 0), 0), ValueError, "shape"),
    "shift negative size": (lambda: shift((3, -1), 0), ValueError, "shape"),
    "shift float size": (lambda: shift((3.0, 3), 0), TypeError, "shape"),
    "shift bool size": (lambda: shift((True, 3), 0), TypeError, "shape"),
    "shift text": (lambda: shift("28x28", 0), TypeError, "shape"),
    "shift none": (lambda: shift(None, 0), TypeError, "shape"),
    "shift nested": (lambda: shift(((3, 3),), 0), TypeError, "shape"),
    "shift too large": (lambda: shift((10**5, 10**5), 0), ValueError, "shape"),
    "shift much too large": (lambda: shift((10**30, 2), 0), ValueError, "shape"),
    "shift many axes": (lambda: shift((1,) * 100, 0), ValueError, "shape"),
    "shift axis": (lambda: shift((3, 3), 2), ValueError, "axis"),
    "shift negative axis": (lambda: shift((3, 3), -3), ValueError, "axis"),
    "shift bool axis": (lambda: shift((3, 3), True), TypeError, "axis"),
    "shift float axis": (lambda: shift((3, 3), 1.0), TypeError, "axis"),
    "shift no axis": (lambda: shift((3, 3), None), TypeError, "axis"),
    "shift steps": (lambda: shift((3, 3), 1, 0.5), TypeError, "steps"),
    "reflection axis": (lambda: reflection((3, 3), 2), ValueError, "axis"),
    "reflection size": (lambda: reflection(0, 0), ValueError, "shape"),
    "rotation rectangle": (lambda: rotation((3, 4)), ValueError, "axes"),
    "rotation one axis": (lambda: rotation((4,)), ValueError, "axes"),
    "rotation same axis": (lambda: rotation((4, 4), (1, 1)), ValueError, "axes"),
    "rotation same axis twice": (lambda: rotation((4, 4), (1, -1)), ValueError, "axes"),
    "rotation three axes": (lambda: rotation((4, 4, 4), (0, 1, 2)), ValueError, "axes"),
    "rotation number": (lambda: rotation((4, 4), 1), ValueError, "axes"),
    "rotation beyond": (lambda: rotation((4, 4), (1, 2)), ValueError, "axes"),
    "rotation zero": (lambda: rotation(0), ValueError, "shape"),
    "rotation too large": (lambda: rotation(10**5), ValueError, "shape"),
    "cyclic zero": (lambda: cyclic(0), ValueError, "n"),
    "cyclic bool": (lambda: cyclic(True), TypeError, "n"),
    "cyclic shape": (lambda: cyclic((3, 3)), TypeError, "n"),
    "trivial negative": (lambda: trivial(-1), ValueError, "n"),
    "trivial too large": (lambda: trivial(10**9), ValueError, "n"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_arguments(name):
    call, kind, argument = BAD[name]
    with pytest.raises(kind, match=rf"^{argument} must be .*Fix: "):
        call()


def test_the_axis_has_to_be_named():
    with pytest.raises(TypeError, match="axis"):
        shift((3, 3))
