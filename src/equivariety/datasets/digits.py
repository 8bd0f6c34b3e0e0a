"""The 8x8 handwritten digits that scikit-learn carries with it: no download."""

from __future__ import annotations

import operator
from typing import SupportsIndex

import numpy as np
from numpy.typing import DTypeLike

from equivariety.datasets.images import ImageData, float_dtype
from equivariety.errors import invalid

__all__ = ["load_digits"]

_TRAIN = 1_500


def load_digits(dtype: DTypeLike = np.float64, seed: SupportsIndex = 0) -> ImageData:
    """Return the 1,797 digits of scikit-learn, 8x8 pixels, shuffled and split into 1,500 train and 297 test.

    Args:
        dtype: float32 or float64.
        seed: integer >= 0 that fixes the shuffle.

    Returns:
        ImageData: ``train`` (1500, 64), ``test`` (297, 64), values k / 16 for k = 0, ..., 16.

    Raises:
        ValueError: if dtype or seed is out of range.

    >>> data = load_digits()
    >>> data.train.shape, data.test.shape, data.shape
    ((1500, 64), (297, 64), (8, 8))
    """
    kind = float_dtype(dtype)
    try:
        start = -1 if isinstance(seed, bool) else operator.index(seed)
    except TypeError:
        start = -1
    if start < 0:
        raise invalid("seed", "an integer >= 0", seed, "pass seed=0")
    from sklearn import datasets

    images = (datasets.load_digits().data / 16).astype(kind)
    images = images[np.random.default_rng(start).permutation(len(images))]
    images.flags.writeable = False
    return ImageData("digits", images[:_TRAIN], images[_TRAIN:], (8, 8))
