"""The digits of scikit-learn: scale, split, shuffle."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import datasets

from equivariety.datasets import load_digits


def rows(images: np.ndarray) -> list[bytes]:
    return sorted(np.rint(16 * images).astype(np.uint8).tobytes() for images in images)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_digit_once(dtype):
    data = load_digits(dtype)
    assert (data.name, data.shape) == ("digits", (8, 8))
    assert data.train.shape == (1500, 64)
    assert data.test.shape == (297, 64)
    assert data.train.dtype == data.test.dtype == dtype
    assert rows(np.concatenate([data.train, data.test])) == rows(datasets.load_digits().data / 16)
    assert data.train.max() == 1


def test_the_split_is_shuffled_and_fixed_by_the_seed():
    first, again, other = load_digits(), load_digits(seed=0), load_digits(seed=1)
    np.testing.assert_array_equal(first.train, again.train)
    assert not np.array_equal(first.train, other.train)
    assert not np.array_equal(first.train, datasets.load_digits().data[:1500] / 16)


@pytest.mark.parametrize("dtype", [np.int64, np.float16, complex, None, "words", object()])
def test_wrong_dtypes_are_refused(dtype):
    with pytest.raises(ValueError, match="dtype must be float32 or float64"):
        load_digits(dtype)


@pytest.mark.parametrize("seed", [-1, 1.5, None, "0", True])
def test_wrong_seeds_are_refused(seed):
    with pytest.raises(ValueError, match="seed must be an integer >= 0"):
        load_digits(seed=seed)
