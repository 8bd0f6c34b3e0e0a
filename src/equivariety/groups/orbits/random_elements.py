"""Random elements of a permutation group by product replacement."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from equivariety._typing import IntArray

__all__ = ["random_elements"]

#: How many permutations are multiplied with each other, at least.
_SLOTS = 10


def random_elements(images: IntArray, rng: np.random.Generator, skip: int) -> Iterator[IntArray]:
    """Yield the generators and then, without end, random elements of the group that they generate, each of shape (n,).

    ``images`` holds the generators, shape (s, n), at least one.  Two of the slots of a list, at first filled with
    generators, are multiplied at a time, and an accumulator with the product (Celler, Leedham-Green, Murray, Niemeyer,
    O'Brien 1995); the first ``skip`` results are left out, and 60 make the rest nearly uniform.

    >>> some = random_elements(np.array([[1, 2, 0]]), np.random.default_rng(0), skip=5)
    >>> [next(some).tolist() for _ in range(3)]
    [[1, 2, 0], [2, 0, 1], [2, 0, 1]]
    """
    yield from images
    yield from islice(_products(images, rng), skip, None)


def _products(images: IntArray, rng: np.random.Generator) -> Iterator[IntArray]:
    slots = [images[i % len(images)] for i in range(max(_SLOTS, len(images) + 1))]
    product: IntArray = images[0]
    while True:
        i, j = rng.choice(len(slots), 2, replace=False).tolist()
        slots[i] = slots[i][slots[j]] if rng.random() < 0.5 else slots[j][slots[i]]
        product = product[slots[i]]
        yield product
