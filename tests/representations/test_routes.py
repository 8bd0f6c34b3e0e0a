"""What every route has to offer beside a right answer: values that can be sent to other processes, cheap questions."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import equivariety as ev


def _polygon(n: int) -> ev.PermutationGroup:
    return ev.groups.polygon(n)


ROUTES = {
    "one generator": lambda: ev.groups.shift((3, 4), axis=1),
    "Fourier": lambda: ev.groups.translations((3, 4)),
    "semidirect": lambda: ev.groups.torus(16),
    "semidirect beside fixed points": lambda: ev.groups.direct_sum(ev.groups.torus(16), ev.groups.trivial(2)),
    "two-transitive": lambda: ev.groups.symmetric(250),
    "numerical": lambda: ev.groups.dihedral(4),
    "signed": lambda: ev.SignedPermutationGroup([[1, 0, 2]], [[1, 1, -1]]),
    "collapsed": lambda: ev.groups.on_pairs(ev.groups.symmetric(60)),
}


@pytest.mark.parametrize("name", ROUTES)
def test_decompositions_and_spaces_of_maps_can_be_pickled(name):
    group = ROUTES[name]()
    space = ev.equivariant_maps(group, rank=2)
    again = pickle.loads(pickle.dumps(space))  # noqa: S301 -- our own bytes
    assert again.hom == space.hom
    assert again.blocks == space.blocks
    assert again.hom.num_orbitals == space.hom.num_orbitals
    if name != "collapsed":
        x = np.random.default_rng(0).standard_normal((2, group.degree))
        np.testing.assert_array_equal(again.hom.source.group_average(x), space.hom.source.group_average(x))
        assert again.hom.source.certificate().ok


def test_long_orbits_with_many_irreducibles_of_one_kind_pass_their_certificate():
    assert ev.isotypic_decomposition(_polygon(20_000)).certificate().ok


def test_the_action_on_one_block_does_not_need_those_on_all():
    decomposition = ev.isotypic_decomposition(ev.groups.translations((256, 256)))
    actions = [decomposition.block_action(i, 1) for i in range(0, 30_000, 10)]
    assert all(np.allclose(a @ a.T, np.eye(len(a))) for a in actions)
