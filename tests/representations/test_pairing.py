"""Two actions paired generator by generator: when pairing makes a larger group, and when that cannot be known."""

from __future__ import annotations

import time
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import equivariety as ev
from equivariety import tolerances
from equivariety.groups.signed import SignedPermutation
from equivariety.representations import enlargement
from groups.brute import elements

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
    """Neither elements nor orders show anything: nothing is said, and strict=True refuses."""
    monkeypatch.setattr(enlargement, "orders_of_witnesses", lambda left, right: [])
    monkeypatch.setattr(enlargement, "faithful_side", lambda left, right: False)
    monkeypatch.setattr(enlargement, "quick_order", lambda images: None)
    budgets = []

    def out_of_time(self, seconds=None):
        budgets.append(seconds)
        raise ValueError("order took longer")

    monkeypatch.setattr(ev.PermutationGroup, "order", out_of_time)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        space = ev.equivariant_maps(S3, SWAPPED)
    assert space.dim == 1
    assert not budgets
    with pytest.raises(ValueError, match="which strict=True has to prove; got orders of groups that are not found"):
        ev.equivariant_maps(S3, SWAPPED, strict=True)
    assert 0 < budgets[0] <= tolerances.PAIRING_SECONDS


def test_one_budget_for_all_three_orders(monkeypatch):
    given = []

    def slow(self, seconds=None):
        given.append(seconds)
        time.sleep(0.02)
        return 6

    monkeypatch.setattr(ev.PermutationGroup, "order", slow)
    sides = enlargement.sides_of(list(zip(S3.generators, SWAPPED.generators, strict=True)))
    assert enlargement.orders_of_pairing(*sides, 10.0) == (6, 6, 6)
    assert given[0] <= 10.0
    assert given[2] <= given[1] - 0.02 <= given[0] - 0.04
    assert enlargement.orders_of_pairing(*sides, 0.03) is None


@pytest.mark.parametrize(
    ("group", "action"),
    [
        (ev.groups.symmetric(30), ev.groups.on_pairs),
        (ev.groups.symmetric(8), ev.groups.regular),
        (ev.groups.symmetric(40), lambda group: ev.groups.relabelled(group + group, np.roll(np.arange(80), 7))),
        (ev.groups.dihedral(30), lambda group: ev.groups.dihedral(15)),
    ],
    ids=["pairs", "regular", "copies", "square"],
)
def test_true_actions_are_proved(group, action):
    start = time.process_time()
    pairs = [*zip(group.generators, action(group).generators, strict=True)]
    for one in (pairs, [(t, s) for s, t in pairs]):
        enlargement.check_enlargement(one, strict=True)
    assert time.process_time() - start < 5


def test_rows_of_labels_prove_without_orders(monkeypatch):
    monkeypatch.setattr(ev.PermutationGroup, "order", None)
    S = ev.groups.symmetric(30)
    enlargement.check_enlargement(list(zip(S.generators, ev.groups.on_pairs(S).generators, strict=True)), strict=True)


@given(st.integers(2, 5).flatmap(lambda k: st.lists(st.permutations(range(k)), min_size=2, max_size=2)), st.data())
def test_proofs_and_witnesses_agree_with_orders(rows, data):
    m = data.draw(st.integers(2, 5))
    others = [data.draw(st.permutations(range(m))) for _ in rows]
    pairs = [(ev.Permutation(s), ev.Permutation(t)) for s, t in zip(rows, others, strict=True)]
    n = len(rows[0])
    joint = [np.concatenate([s.images, t.images + n]).tolist() for s, t in pairs]
    sides = enlargement.sides_of(pairs)
    orders = len(elements(joint, n + m)), len(elements(rows, n)), len(elements(others, m))
    assert enlargement.orders_of_pairing(*sides) == orders
    larger = orders[0] > max(orders[1:])
    if enlargement.faithful_side(*sides):
        assert not larger
    if enlargement.orders_of_witnesses(*sides):
        assert larger


def test_elements_show_what_orders_would_take_long_for(monkeypatch):
    """Two ways to pair the generators of a large group: random elements are enough, and are the same each time."""
    S = ev.groups.symmetric(60)
    target = ev.groups.on_pairs(ev.PermutationGroup(S.generators[::-1]))
    pairs = list(zip(S.generators, target.generators, strict=True))
    monkeypatch.setattr(ev.PermutationGroup, "order", None)
    sides = enlargement.sides_of(pairs)
    found = enlargement.orders_of_witnesses(*sides)
    assert found == enlargement.orders_of_witnesses(*sides)
    assert any(k % l for k, l in found)
    assert any(l % k for k, l in found)
    with pytest.warns(UserWarning, match="larger than its two actions, as products of generators with orders"):
        enlargement.check_enlargement(pairs, strict=False)
    with pytest.raises(ValueError, match="larger than its two actions, as products of generators with orders"):
        enlargement.check_enlargement(pairs, strict=True)


def test_orders_of_signed_actions():
    quarter = SignedPermutation([1, 0], [-1, 1])
    pairs = [(quarter, ev.Permutation([1, 0])), (SignedPermutation([0, 1], [1, -1]), ev.Permutation([1, 0]))]
    sides = enlargement.sides_of(pairs)
    assert enlargement.orders_of_pairing(*sides, 10.0) == enlargement.orders_of_pairing(*sides) == (8, 8, 2)
    assert enlargement.orders_of_witnesses(*sides) == []


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
