"""What the examples of the talk are about: (134)(25), the rotation of 3x3 images, the shift of 28x28 images."""

from __future__ import annotations

import pytest

import equivariety as ev


@pytest.fixture
def sigma():
    return ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)


@pytest.fixture
def rotation():
    """The talk's r = (1, 0, 1) for the rotation of 3x3 images."""
    return ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (2, 1): 0, (4, 3): 1})


@pytest.fixture
def shifts():
    return ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)
