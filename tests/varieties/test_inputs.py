"""Mistakes are refused with the name of the argument and a fix; edge cases of projection."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.representations import RankVector

ROTATION = ev.groups.rotation(3)
TWO = ev.PermutationGroup.from_cycles("(1 2)", "(2 3)", degree=3)
E = ev.equivariant_maps(ROTATION, rank=3)
C = next(E.components())
EYE = np.eye(9)

BAD_RANKS = [-1, 1.5, 2.0, True, np.True_, float("nan"), "3", np.array([3]), np.array(2.5), [1], 1j]
BAD_MATRICES = [
    (ValueError, np.eye(8)),
    (ValueError, np.ones(9)),
    (ValueError, np.ones((1, 9, 9))),
    (ValueError, []),
    (TypeError, None),
    (ValueError, EYE * np.nan),
    (ValueError, EYE + np.where(EYE > 0, np.inf, 0)),
    (TypeError, EYE * 1j),
    (TypeError, np.full((9, 9), "a")),
    (TypeError, np.full((9, 9), None)),
    (ValueError, [[1.0], [1.0, 2.0]]),
]
CASES = [
    *[("rank", ValueError, lambda r=r: ev.equivariant_maps(ROTATION, rank=r)) for r in BAD_RANKS],
    *[("rank", ValueError, lambda r=r: ev.invariant_maps(ROTATION, outputs=2, rank=r)) for r in BAD_RANKS],
    *[("rank", ValueError, lambda r=r: ev.linear_maps(2, 2, rank=r)) for r in BAD_RANKS],
    *[("outputs", ValueError, lambda r=r: ev.invariant_maps(ROTATION, outputs=r)) for r in (0, *BAD_RANKS, None)],
    *[("m", ValueError, lambda r=r: ev.linear_maps(r, 2)) for r in (0, *BAD_RANKS, None)],
    *[("n", ValueError, lambda r=r: ev.linear_maps(2, r)) for r in (0, *BAD_RANKS, None)],
    *[("matrix", kind, lambda m=m: E.project(m)) for kind, m in BAD_MATRICES],
    *[("matrix", kind, lambda m=m: E.contains(m)) for kind, m in BAD_MATRICES],
    *[("matrix", kind, lambda m=m: C.project(m)) for kind, m in BAD_MATRICES],
    *[("matrix", kind, lambda m=m: C.contains(m)) for kind, m in BAD_MATRICES],
    ("group", TypeError, lambda: ev.equivariant_maps([[1, 0]])),
    ("group", TypeError, lambda: ev.invariant_maps(None, outputs=2)),
    ("target", TypeError, lambda: ev.equivariant_maps(ROTATION, 3)),
    ("target", ValueError, lambda: ev.equivariant_maps(ROTATION, TWO)),
    ("target", ValueError, lambda: ev.equivariant_maps(TWO, ev.groups.cyclic(3))),
    ("target", ValueError, lambda: ev.equivariant_maps(ev.groups.cyclic(2), ev.groups.cyclic(3), strict=True)),
    *[
        (argument, kind, lambda r=r, method=method: getattr(E, method)(r))
        for method in ("component", "stratum")
        for argument, kind, r in [
            ("ranks", TypeError, None),
            ("ranks", TypeError, 3),
            ("ranks", TypeError, "111"),
            ("ranks", ValueError, [1, 1]),
            ("ranks", ValueError, [1, 1, 0, 0]),
            ("ranks", ValueError, []),
            ("ranks[(1,1)]", ValueError, [-1, 0, 0]),
            ("ranks[(1,1)]", ValueError, [1.0, 1, 0]),
            ("ranks[(1,1)]", ValueError, [True, 1, 0]),
            ("ranks[(4,3)]", ValueError, [1, float("nan"), 0]),
            ("ranks[(4,3)]", ValueError, [1, "1", 0]),
            ("ranks[(4,3)]", ValueError, [0, 3, 0]),
            ("ranks[(2,1)]", ValueError, {(2, 1): 3}),
            ("ranks", ValueError, {(3, 2): 1}),
            ("ranks", ValueError, {"(4,1)": 1}),
            ("ranks", ValueError, {"": 1}),
            ("ranks", ValueError, {0: 1}),
            ("ranks", ValueError, {None: 1}),
            ("ranks", ValueError, {(1, 1): 1, "(1,1)": 0}),
            ("ranks", ValueError, [3, 1, 0]),
            ("ranks", ValueError, [3, 2, 2]),
        ]
    ],
    ("ranks", ValueError, lambda: E.component([1, 0, 0])),
    ("ranks", ValueError, lambda: E.component({})),
    ("ranks", ValueError, lambda: E.component([0, 1, 0])),
]


@pytest.mark.parametrize(("argument", "kind", "call"), CASES)
def test_bad_input(argument, kind, call):
    with pytest.raises(kind) as error:
        call()
    assert str(error.value).startswith(f"{argument} must be ")
    assert "Fix:" in str(error.value)


def test_a_vector_that_is_not_maximal_is_shown_a_larger_one():
    with pytest.raises(ValueError, match=r"inside \(3, 0, 0\)"):
        E.component([1, 0, 0])
    assert not E.stratum([1, 0, 0]).is_component


def test_enlarged_pairings_warn_once_and_name_the_caller():
    with pytest.warns(UserWarning, match="order 6") as caught:
        space = ev.equivariant_maps(ev.groups.cyclic(2), ev.groups.cyclic(3))
    assert len(caught) == 1
    assert caught[0].filename == __file__
    # Only the constants respect both.
    assert space.hom.dim == 1
    assert ev.equivariant_maps(ev.groups.cyclic(6), ev.groups.cyclic(3), strict=True).hom.dim == 3


def test_rank_vectors_answer_by_label():
    ranks = E.component({"(1,1)": 1, (4, 3): 1}).ranks
    assert isinstance(ranks, RankVector)
    assert ranks == (1, 1, 0)
    assert (ranks["(4,3)"], ranks[4, 3], ranks["(4, 3)"], ranks[1], ranks[-1]) == (1, 1, 1, 1, 0)
    assert ranks.by_label == {"(1,1)": 1, "(4,3)": 1, "(2,1)": 0}
    for key in ("(3,2)", (3, 2), "nothing"):
        with pytest.raises(KeyError):
            ranks[key]
    with pytest.raises(IndexError):
        ranks[3]


def test_equal_components_are_equal():
    a, b = E.component([1, 1, 0]), ev.equivariant_maps(ROTATION, rank=3).component({(1, 1): 1, (4, 3): 1})
    assert a == b
    assert hash(a) == hash(b)
    assert a != E.component([3, 0, 0])
    assert a != (1, 1, 0)
    assert a != ev.equivariant_maps(ev.groups.rotation(3), ev.groups.trivial(9)).stratum({(1, 1): 1})


class TestProjection:
    def test_ties(self):
        space = ev.linear_maps(3, 3, rank=1)
        result = space.project(np.eye(3))
        assert not result.is_unique
        assert result.distance == pytest.approx(2**0.5)
        assert not space.stratum([1]).project(np.eye(3)).is_unique
        assert space.project(np.diag([2.0, 1.0, 1.0])).is_unique
        union = ev.equivariant_maps(ev.groups.cyclic(2), rank=1).project(np.eye(2))
        assert not union.is_unique
        assert {tuple(union.ranks), *map(tuple, union.alternatives)} == {(1, 0), (0, 1)}

    def test_members_with_small_singular_values_are_unique(self):
        for small in (1e-4, 1e-8, 1e-10):
            given = np.diag([1.0, small])
            for variety in (ev.linear_maps(2, 2), next(ev.linear_maps(2, 2).components())):
                result = variety.project(given)
                np.testing.assert_allclose(result.point, given, rtol=1e-4, atol=0)
                assert result.distance <= 1e-4 * small
                assert result.is_unique
            assert ev.linear_maps(2, 2, rank=1).project(given).is_unique

    @pytest.mark.parametrize(("big", "dtype"), [(1e8, np.float64), (1e4, np.float32)])
    def test_small_singular_values_beside_a_large_one(self, big, dtype):
        group = ev.PermutationGroup.from_cycles("(1 2 3 4 5 6)(7 8 9 10 11 12)", degree=12)
        space = ev.equivariant_maps(group, rank=3)
        q = space.hom.source.matrix()
        given = (q @ np.diag([big, 3, 1, 1, 0, 0, 0, 0, 0, 0, 3, 0]) @ q.T).astype(dtype)
        result = space.project(given)
        assert tuple(result.ranks) == (2, 0, 0, 1)
        assert result.distance == pytest.approx(2**0.5, rel=1e-2)
        assert result.is_unique

    @pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e-160, 1e160, 1e200, 1e300])
    def test_extreme_scales(self, scale, rng):
        given = rng.standard_normal((9, 9))
        unit, result = E.project(given), E.project(scale * given)
        assert result.ranks == unit.ranks
        np.testing.assert_allclose(result.point / scale, unit.point, atol=1e-12)
        assert result.distance / scale == pytest.approx(unit.distance, rel=1e-10)
        single = C.project(scale * given)
        assert single.distance / scale == pytest.approx(C.project(given).distance, rel=1e-10)

    def test_the_zero_matrix(self):
        for variety in (E, C, ev.equivariant_maps(ROTATION, rank=0)):
            assert variety.contains(np.zeros((9, 9)))
            result = variety.project(np.zeros((9, 9)))
            assert result.distance == 0.0
            assert not result.point.any()
            assert result.is_unique

    def test_integers_and_lists(self):
        given = np.arange(81).reshape(9, 9)
        assert E.project(given).distance == pytest.approx(E.project(given.astype(float).tolist()).distance)
        assert E.project(given.astype(np.uint8)).point.dtype == np.float64


def test_strict_is_true_or_false():
    with pytest.raises(TypeError, match="strict must be True or False; got 'yes'"):
        ev.equivariant_maps(ev.groups.cyclic(3), strict="yes")
