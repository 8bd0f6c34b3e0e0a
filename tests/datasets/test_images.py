"""ImageData: what it accepts, and that nobody can change it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from equivariety.datasets import ImageData

SHAPE = (2, 3)


def images(count: int, value: float = 0.5) -> np.ndarray:
    return np.full((count, 6), value)


def test_is_immutable():
    mine = images(2)
    data = ImageData("some", mine, images(1), SHAPE)
    with pytest.raises(ValueError, match="read-only"):
        data.train[0, 0] = 0.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.train = mine  # type: ignore[misc]
    mine[0, 0] = 1.0
    assert data.train[0, 0] == 0.5
    assert mine.flags.writeable


def test_read_only_arrays_are_not_copied():
    mine = images(2)
    mine.flags.writeable = False
    assert ImageData("some", mine, images(1), SHAPE).train is mine


def test_repr_is_short():
    assert repr(ImageData("some", images(2), images(1), SHAPE)) == "ImageData(name='some', shape=(2, 3))"


@pytest.mark.parametrize(
    "train",
    [images(0), images(1)[0], images(1).astype(int), images(2)[:, :5], images(2)[None], "text", None],
    ids=["empty", "one row", "integers", "too short", "three axes", "text", "none"],
)
def test_wrong_arrays_are_refused(train):
    with pytest.raises(ValueError, match=r"train must be a non-empty \(samples, 6\) array of floats"):
        ImageData("some", train, images(1), SHAPE)


@pytest.mark.parametrize("value", [-0.1, 1.1, np.nan, np.inf, -np.inf])
def test_wrong_values_are_refused(value):
    bad = images(2)
    bad[1, 2] = value
    with pytest.raises(ValueError, match=r"test must be finite with values in \[0, 1\]"):
        ImageData("some", images(1), bad, SHAPE)


def test_two_dtypes_are_refused():
    with pytest.raises(ValueError, match="same dtype"):
        ImageData("some", images(1), images(1).astype(np.float32), SHAPE)


@pytest.mark.parametrize("shape", [(6,), (1, 2, 3), (-2, -3), (2.0, 3.0), (0, 6), (True, 6), 6, None, "23"])
def test_wrong_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="shape must be"):
        ImageData("some", images(1), images(1), shape)


@pytest.mark.parametrize("name", ["", None, 3])
def test_wrong_names_are_refused(name):
    with pytest.raises(ValueError, match="name must be"):
        ImageData(name, images(1), images(1), SHAPE)
