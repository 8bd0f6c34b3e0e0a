"""Two actions paired generator by generator: when pairing makes a larger group, and when that cannot be known."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import equivariety as ev
from equivariety.groups.signed import SignedPermutation
from equivariety.representations import enlargement

S3 = ev.PermutationGroup.from_cycles("(1 2 3)", "(1 2)", degree=3)
SWAPPED = ev.PermutationGroup.from_cycles("(1 2)", "(1 2 3)", degree=3)
SIGN = ev.PermutationGroup.from_cycles("()", "(1 2)", degree=2)


def test_misordered_generators_warn_with_the_orders():
    with pytest.warns(UserWarning, match="a group of order 36, larger than the orders 6 and 6") as caught:
        ev.equivariant_maps(S3, SWAPPED)
    assert caught[0].filename == __file__


def test_misordered_generators_raise_when_strict():
    with pytest.raises(ValueError, match="a group of order 36"):
        ev.equivariant_maps(S3, SWAPPED, strict=True)


@pytest.mark.parametrize(
    "target", [S3, SIGN, ev.groups.trivial(2), ev.PermutationGroup.from_cycles("(1 3 2)", "(1 2)", degree=4)]
)
def test_actions_of_the_group_say_nothing(target):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ev.equivariant_maps(S3, target, strict=True)
        ev.equivariant_maps(target, S3, strict=True)


def test_dihedral_images_of_two_sizes_are_one_group():
    assert ev.equivariant_maps(ev.groups.dihedral(4), ev.groups.dihedral(2), strict=True).shape == (4, 16)


def test_orders_out_of_time(monkeypatch):
    def out_of_time(self, seconds=None):
        assert seconds < 1.0
        raise ValueError("order took longer")

    monkeypatch.setattr(ev.PermutationGroup, "order", out_of_time)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        space = ev.equivariant_maps(S3, SWAPPED)
    assert space.dim == 1
    with pytest.raises(ValueError, match="which strict=True has to prove; got orders of groups that are not found"):
        ev.equivariant_maps(S3, SWAPPED, strict=True)


def test_orders_of_signed_actions():
    quarter = SignedPermutation([1, 0], [-1, 1])
    pairs = [(quarter, ev.Permutation([1, 0])), (SignedPermutation([0, 1], [1, -1]), ev.Permutation([1, 0]))]
    assert enlargement.orders_of_pairing(pairs, 1.0) == (8, 8, 2)


def test_seed_changes_bases_and_nothing_else(rng):
    S4 = ev.groups.symmetric(4)
    first, again, other = (ev.equivariant_maps(S4, rank=2, seed=seed) for seed in (3, 3, 4))
    A = rng.standard_normal((4, 4))
    np.testing.assert_array_equal(first.hom.source.matrix(), again.hom.source.matrix())
    assert not np.allclose(first.hom.source.matrix(), other.hom.source.matrix())
    assert [b.label for b in first.blocks] == [b.label for b in other.blocks]
    np.testing.assert_allclose(first.hom.project(A), other.hom.project(A), atol=1e-12)


@pytest.mark.parametrize("seed", [-1, 1.5, None, True])
def test_bad_seeds(seed):
    with pytest.raises(ValueError, match="seed must be an integer >= 0"):
        ev.equivariant_maps(S3, seed=seed)
