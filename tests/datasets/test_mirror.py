"""Mirror-symmetric bodies: shapes, the symmetry of their distribution, and bad arguments."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev

make = ev.datasets.make_mirror_symmetric


def test_shapes_and_groups(rng):
    data = make(7, pairs=2, midline=1, rng=rng)
    assert (data.X.shape, data.total.shape, data.sides.shape) == ((7, 5), (7,), (7, 2))
    assert data.names == ("left 1", "left 2", "right 1", "right 2", "midline 1")
    assert data.group == ev.PermutationGroup.from_cycles("(1 3)(2 4)", degree=5)
    assert data.side_group == ev.PermutationGroup.from_cycles("(1 2)", degree=2)
    assert [a.flags.writeable for a in (data.X, data.total, data.sides)] == [False] * 3


def test_no_midline_and_one_of_everything(rng):
    assert make(1, pairs=1, midline=0, noise=0, rng=rng).X.shape == (1, 2)


def test_the_same_generator_gives_the_same_data():
    one, other = (make(5, rng=np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one.X, other.X)
    assert np.array_equal(one.sides, other.sides)


def test_mirror_images_are_as_likely(rng):
    data = make(40_000, rng=rng)
    together = np.hstack([data.X, data.sides, data.total[:, None]])
    mirror = np.concatenate([data.group.generators[0].images, [16, 15], [17]])
    assert np.allclose(together.mean(axis=0), together.mean(axis=0)[mirror], atol=0.1)
    moments = np.cov(together.T)
    assert np.allclose(moments, moments[np.ix_(mirror, mirror)], atol=0.04 * np.abs(moments).max())


def test_without_noise_targets_are_functions_of_the_measurements(rng):
    data = make(50, noise=0.0, rng=rng)
    assert ev.InvariantRegression(data.group).fit(data.X, data.total).loss_ < 1e-20
    assert ev.EquivariantRegression(data.group, target_group=data.side_group).fit(data.X, data.sides).loss_ < 1e-20
    assert np.allclose(data.sides.sum(axis=1), data.total)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"n_samples": 0}, "n_samples must be at least 1"),
        ({"n_samples": -1}, "n_samples must be an integer >= 0"),
        ({"n_samples": 2.0}, "n_samples must be an integer >= 0"),
        ({"pairs": 0}, "pairs must be at least 1"),
        ({"midline": -1}, "midline must be an integer >= 0"),
        ({"noise": -0.1}, "noise must be a finite number >= 0"),
        ({"noise": np.nan}, "noise must be a finite number >= 0"),
        ({"noise": np.inf}, "noise must be a finite number >= 0"),
        ({"noise": "0"}, "noise must be a finite number >= 0"),
        ({"noise": True}, "noise must be a finite number >= 0"),
    ],
)
def test_bad_arguments(arguments, match, rng):
    with pytest.raises(ValueError, match=match):
        make(**({"n_samples": 3} | arguments), rng=rng)


def test_bad_generator():
    with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator"):
        make(3, rng=0)
