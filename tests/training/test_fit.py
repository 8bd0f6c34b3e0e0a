"""Properties of ``fit``: routes, dtypes, uniqueness, certificates, bad input."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.training import moments, samples, statistics
from laws.brute import BruteMaps
from laws.registry import mixed

ROUTES = ("moment matrix", "block moments", "samples")
GROUPS = {
    "rows": lambda: ev.groups.shift((4, 6), axis=1),
    "columns": lambda: ev.groups.shift((6, 4), axis=0),
    "reversed": lambda: ev.groups.shift((4, 6), axis=1, steps=-1),
    "rotation": lambda: ev.groups.rotation(5),
    "channels": lambda: ev.groups.rotation((3, 3, 2)),
    "mixed": mixed,
    "long cycles": lambda: ev.groups.shift((2, 300), axis=1),
    "long columns": lambda: ev.groups.shift((260, 2), axis=0),
    "long shuffled": lambda: ev.PermutationGroup([shuffled_cycle(271)]),
    "long reversed": lambda: ev.groups.shift((2, 258), axis=1, steps=-1),
    "trivial": lambda: ev.groups.trivial(7),
}
every_group = pytest.mark.parametrize("group", [pytest.param(make, id=name) for name, make in GROUPS.items()])


def shuffled_cycle(n):
    order = np.random.default_rng(n).permutation(n)
    images = np.empty(n, dtype=np.int64)
    images[order] = np.roll(order, -1)
    return images


@every_group
@pytest.mark.parametrize("samples", [1, 7, 90])
def test_routes_agree(group, samples, rng):
    space = ev.equivariant_maps(group(), rank=5)
    data = rng.standard_normal((samples, space.shape[1]))
    fits = [ev.fit(space, data, route=route) for route in ROUTES]
    for route, fit in zip(ROUTES, fits, strict=True):
        assert fit.route == route
        assert fit.n_samples == samples
        assert fit.certificate.ok
        assert fit.ranks == fits[0].ranks
        assert fit.loss == pytest.approx(fits[0].loss, rel=1e-9, abs=1e-12)
        np.testing.assert_allclose(fit.best_losses, fits[0].best_losses, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(np.asarray(fit.map), np.asarray(fits[0].map), atol=1e-8)
        for label, values in fit.spectra.items():
            both = min(len(values), len(fits[0].spectra[label]))
            np.testing.assert_allclose(values[:both], fits[0].spectra[label][:both], rtol=1e-9, atol=1e-12)


@every_group
def test_spectra_agree_with_the_data(group, rng):
    """The leading eigenvalues of every block are those of explicit projections of the samples."""
    space = ev.equivariant_maps(group(), rank=3)
    data = rng.standard_normal((4, space.shape[1]))
    fit = ev.fit(space, data)
    pieces = dict(zip((b.label for b in space.blocks), space.hom.source.split(data), strict=True))
    for label, values in fit.spectra.items():
        assert values.sum() * data.size == pytest.approx(np.linalg.norm(pieces[label]) ** 2, rel=1e-10)
        assert (np.diff(values) <= 0).all()
        assert (values >= 0).all()
    assert sum(v.sum() for v in fit.spectra.values()) == pytest.approx(np.mean(data**2), rel=1e-12)


@every_group
def test_best_losses_are_those_of_separate_fits(group, rng):
    space = ev.equivariant_maps(group(), rank=8)
    data = rng.standard_normal((12, space.shape[1])) @ np.diag(rng.uniform(0.1, 3.0, space.shape[1]))
    fit = ev.fit(space, data)
    assert len(fit.best_losses) == space.rank + 1
    assert fit.best_losses[0] == pytest.approx(np.mean(data**2), rel=1e-12)
    assert fit.best_losses[-1] == pytest.approx(fit.loss, rel=1e-10)
    assert (np.diff(fit.best_losses) <= 0).all()
    for r in range(space.rank + 1):
        alone = ev.fit(ev.equivariant_maps(group(), rank=r), data)
        assert fit.best_losses[r] == pytest.approx(alone.loss, rel=1e-10)
    left = {label: v[r:].sum() for (label, v), r in zip(fit.spectra.items(), fit.ranks, strict=True)}
    assert fit.losses_by_block == pytest.approx(left, abs=1e-14)
    assert sum(fit.losses_by_block.values()) == pytest.approx(fit.loss, rel=1e-12)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("samples", [1, 3, 40])
def test_float32_stays_float32(route, samples, rng):
    space = ev.equivariant_maps(ev.groups.rotation(5), rank=6)
    data = rng.standard_normal((samples, 25)).astype(np.float32)
    fit, wide = (ev.fit(space, x, route=route) for x in (data, data.astype(np.float64)))
    assert fit.map.dtype == np.asarray(fit.map).dtype == fit.map(data).dtype == np.float32
    assert wide.map.dtype == np.float64
    assert fit.loss == pytest.approx(wide.loss, rel=1e-5, abs=1e-6)
    assert fit.map.equivariance_error() <= 1e-5
    assert wide.map.equivariance_error() <= 1e-12
    assert fit.certificate.ok
    assert ev.mean_squared_error(fit.map, data) == pytest.approx(fit.loss, rel=1e-4, abs=1e-6)
    assert fit.map.ranks == wide.map.ranks  # rounding of float32 is not taken for a direction of the data
    np.testing.assert_allclose(np.asarray(fit.map), np.asarray(wide.map), atol=1e-3)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int64, np.uint32, bool, np.float16, ">f8", ">f4"])
def test_other_numbers_become_float64(dtype, rng):
    data = rng.integers(0, 2 if dtype is bool else 200, (9, 9)).astype(dtype)
    space = ev.equivariant_maps(ev.groups.rotation(3), rank=3)
    for route in ROUTES:
        fit, wide = ev.fit(space, data, route=route), ev.fit(space, data.astype(np.float64), route=route)
        assert fit.map.dtype == np.float64
        assert fit.loss == pytest.approx(wide.loss, rel=1e-12)
        np.testing.assert_allclose(np.asarray(fit.map), np.asarray(wide.map), atol=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
@pytest.mark.parametrize("route", ROUTES)
def test_memory_maps_and_strides(route, dtype, rng, tmp_path):
    samples = 150 if route == "samples" else 3000
    data = (20 * rng.standard_normal((samples, 24)) + 100).astype(dtype)
    np.save(tmp_path / "x.npy", data)
    space = ev.equivariant_maps(ev.groups.shift((4, 6), axis=1), rank=4)
    expected = ev.fit(space, data, route=route)
    wide = np.zeros((samples, 49), dtype)
    wide[:, 1::2] = data
    others = [np.load(tmp_path / "x.npy", mmap_mode="r"), np.asfortranarray(data), wide[:, 1::2]]
    others += [data[:, ::-1].copy()[:, ::-1], np.repeat(data, 2, axis=0)[::2]]
    for other in others:
        fit = ev.fit(space, other, route=route)
        assert fit.loss == pytest.approx(expected.loss, rel=1e-5 if dtype == np.float32 else 1e-12)
        assert fit.ranks == expected.ranks
    assert others[0].flags.writeable is False


def test_data_are_not_changed(rng):
    for route in ROUTES:
        data = rng.standard_normal((5, 24))
        before = data.copy()
        data.flags.writeable = False
        ev.fit(ev.equivariant_maps(ev.groups.shift((4, 6), axis=1), rank=4), data, route=route)
        assert np.array_equal(data, before)


@pytest.mark.parametrize("chunk", [3, 64])
def test_chunks_and_threads_make_no_difference(chunk, rng, monkeypatch):
    space = ev.equivariant_maps(mixed(), rank=5)
    data = rng.standard_normal((130, 14))
    whole = ev.fit(space, data, route="block moments")
    monkeypatch.setattr(samples, "_FEWEST", 1)
    monkeypatch.setattr(samples, "_MOST", chunk)
    monkeypatch.setattr(samples, "_CHUNK_ENTRIES", chunk * 14)
    for workers in (1, 2, 5):
        monkeypatch.setattr(moments, "worker_count", lambda workers=workers: workers)
        for route in ROUTES:
            fit = ev.fit(space, data, route=route)
            assert fit.loss == pytest.approx(whole.loss, rel=1e-12)
            np.testing.assert_allclose(np.asarray(fit.map), np.asarray(whole.map), atol=1e-10)


def test_large_blocks_use_partial_eigenvectors(rng, monkeypatch):
    space = ev.equivariant_maps(ev.groups.shift((9, 4), axis=1), rank=11)
    data = rng.standard_normal((50, 36))
    expected = ev.fit(space, data)
    monkeypatch.setattr(statistics, "SMALL_BLOCK", 2)
    fit = ev.fit(space, data)
    assert fit.ranks == expected.ranks
    np.testing.assert_allclose(np.asarray(fit.map), np.asarray(expected.map), atol=1e-9)
    assert fit.certificate.ok


@pytest.mark.parametrize("route", ROUTES)
def test_ranks_beyond_those_of_the_data(route, rng):
    space = ev.equivariant_maps(ev.groups.shift((5, 4), axis=1))
    data = rng.standard_normal((2, 20))
    for ranks in ([5, 5, 5], [3, 5, 0], [0, 0, 4]):
        fit = ev.fit(space.stratum(ranks), data, route=route)
        assert list(fit.ranks) == ranks
        assert fit.certificate.ok
        assert fit.component.contains(np.asarray(fit.map))
        assert ev.mean_squared_error(fit.map, data) == pytest.approx(fit.loss, abs=1e-12)
        assert fit.is_unique
    assert ev.fit(space, data, route=route).loss == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("route", ROUTES)
def test_uniqueness(route):
    """Unique is meant on the training data; off their span the map is free, whatever the rank."""
    space = ev.linear_maps(3, 3, rank=1)
    fit = ev.fit(space, [[1.0, 0.0, 0.0]], route=route)
    other = np.array([[1.0, 5.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    assert space.contains(other)
    assert np.mean((np.array([1.0, 0, 0]) - other @ [1.0, 0, 0]) ** 2) == fit.loss == 0.0
    assert fit.is_unique
    assert np.linalg.norm(np.asarray(fit.map)) < np.linalg.norm(other)
    assert ev.fit(space.stratum([1]), [[1.0, 0.0, 0.0]], route=route).is_unique
    assert not ev.fit(space.stratum([1]), np.diag([3.0, 3.0, 1.0]), route=route).is_unique
    # Spanning data with distinct eigenvalues leave one optimum; with a tie at the cut, several.
    assert ev.fit(space, np.diag([3.0, 2.0, 1.0]), route=route).is_unique
    assert ev.fit(space, np.diag([3.0, 2.0, 2.0]), route=route).is_unique
    assert not ev.fit(space, np.diag([3.0, 3.0, 1.0]), route=route).is_unique
    assert ev.fit(ev.linear_maps(3, 3), np.diag([3.0, 3.0, 1.0]), route=route).is_unique
    assert ev.fit(ev.linear_maps(3, 3, rank=0), [[1.0, 0.0, 0.0]], route=route).is_unique
    assert ev.fit(ev.linear_maps(3, 3, rank=2), np.zeros((2, 3)), route=route).is_unique


def test_a_tie_between_components():
    space = ev.equivariant_maps(ev.groups.cyclic(2), rank=1)
    fit = ev.fit(space, np.eye(2))
    assert not fit.is_unique
    assert {tuple(fit.ranks), *map(tuple, fit.alternatives)} == {(1, 0), (0, 1)}
    assert fit.loss == pytest.approx(0.25)


def test_an_optimum_is_not_traded_for_a_near_tie():
    """Small eigenvalues beside a huge one still decide which component is best."""
    group = ev.PermutationGroup.from_cycles("(1 2 3 4 5 6)(7 8 9 10 11 12)", degree=12)
    space = ev.equivariant_maps(group, rank=3)
    basis = space.hom.source.matrix()
    spectrum = np.array([1e3, 1.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0])
    data = (spectrum[:, None] * basis.T).astype(np.float32)
    fit = ev.fit(space, data)
    best = min(BruteMaps(group.generators[0].images, group.generators[0].images).losses(data.astype(float), 3).values())
    assert fit.loss == pytest.approx(best, rel=1e-4)
    assert fit.loss == pytest.approx(fit.best_losses[-1], rel=1e-4)
    assert tuple(fit.ranks) == (2, 0, 0, 1)


@pytest.mark.parametrize("scale", [1e-120, 1e-60, 1e60, 1e120])
def test_scale_of_the_data(scale, rng):
    space = ev.equivariant_maps(ev.groups.rotation(3), rank=4)
    data = rng.standard_normal((8, 9))
    for route in ROUTES:
        unit, fit = ev.fit(space, data, route=route), ev.fit(space, scale * data, route=route)
        assert fit.ranks == unit.ranks
        assert fit.loss / scale**2 == pytest.approx(unit.loss, rel=1e-10)
        np.testing.assert_allclose(np.asarray(fit.map), np.asarray(unit.map), atol=1e-9)


class TestCertificate:
    @pytest.fixture
    def setting(self, rng):
        return ev.equivariant_maps(ev.groups.shift((4, 6), axis=1), rank=5), rng.standard_normal((60, 24))

    def test_wrong_vectors_are_noticed(self, setting, monkeypatch, rng):
        space, data = setting
        true = statistics.MomentStatistics.leading_vectors

        def tilted(self, block, rank):
            vectors = true(self, block, rank)
            return np.linalg.qr(vectors + 1e-3 * rng.standard_normal(vectors.shape))[0]

        monkeypatch.setattr(statistics.MomentStatistics, "leading_vectors", tilted)
        certificate = ev.fit(space, data, route="block moments").certificate
        assert certificate.stationarity > 1e-6
        assert not certificate.ok

    def test_lost_data_are_noticed(self, setting, monkeypatch):
        space, data = setting
        plan = type(space.hom.source.columns(np.float64))
        true = plan.transform
        monkeypatch.setattr(plan, "transform", lambda self, x, *rest: true(self, x[1:], *rest))
        certificate = ev.fit(space, data, route="block moments").certificate
        assert certificate.block_identity > 1e-4
        assert not certificate.ok

    def test_a_wrong_transform_is_noticed(self, setting, monkeypatch):
        space, data = setting
        fit = ev.fit(space, data)
        source = space.hom.source
        true = type(source)._split
        monkeypatch.setattr(type(source), "_split", lambda self, x: true(self, x * np.arange(1.0, 25.0)))
        assert fit.map.equivariance_error() > 1e-3
        assert not fit.certificate.ok


class TestLoss:
    def test_against_the_definition(self, rng):
        matrix, data, targets = rng.standard_normal((2, 3)), rng.standard_normal((5, 3)), rng.standard_normal((5, 2))
        expected = np.mean((data @ matrix.T - targets) ** 2)
        assert ev.mean_squared_error(lambda x: x @ matrix.T, data, targets) == pytest.approx(expected)
        assert ev.mean_squared_error(lambda x: x, data) == 0.0

    def test_chunks(self, rng, monkeypatch):
        from equivariety.training import losses

        data = rng.standard_normal((23, 3))
        monkeypatch.setattr(losses, "_CHUNK_ENTRIES", 7)
        assert ev.mean_squared_error(lambda x: 0 * x, data) == pytest.approx(np.mean(data**2))

    def test_sums_in_float64(self):
        data = np.full((1000, 100), 0.1, np.float32)
        data[0, 0] = 1e4
        expected = np.mean(data.astype(np.float64) ** 2)
        assert ev.mean_squared_error(lambda x: 0 * x, data) == pytest.approx(expected, rel=1e-9)


SPACE = ev.linear_maps(2, 2, rank=1)
BAD = [
    ("space", TypeError, lambda: ev.fit(np.eye(2), np.eye(2))),
    ("space", TypeError, lambda: ev.fit(ev.groups.cyclic(2), np.eye(2))),
    ("space", ValueError, lambda: ev.fit(ev.linear_maps(2, 3), np.ones((1, 3)))),
    ("space", ValueError, lambda: ev.fit(ev.invariant_maps(ev.groups.cyclic(2), outputs=2), np.eye(2))),
    ("space", ValueError, lambda: ev.fit(ev.equivariant_maps(ev.groups.cyclic(2), ev.groups.trivial(2)), np.eye(2))),
    ("X", ValueError, lambda: ev.fit(SPACE, np.ones(2))),
    ("X", ValueError, lambda: ev.fit(SPACE, np.ones((2, 3)))),
    ("X", ValueError, lambda: ev.fit(SPACE, np.ones((2, 2, 2)))),
    ("X", ValueError, lambda: ev.fit(SPACE, np.ones((0, 2)))),
    ("X", ValueError, lambda: ev.fit(SPACE, 3.0)),
    ("X", TypeError, lambda: ev.fit(SPACE, None)),
    ("X", TypeError, lambda: ev.fit(SPACE, [["a", "b"]])),
    ("X", TypeError, lambda: ev.fit(SPACE, np.eye(2) * 1j)),
    ("X", TypeError, lambda: ev.fit(SPACE, np.array([[1, None]]))),
    ("X", ValueError, lambda: ev.fit(SPACE, [[1.0, 2.0], [3.0]])),
    ("X", ValueError, lambda: ev.fit(SPACE, [[1e-200, 1e-200]])),
    ("X", ValueError, lambda: ev.fit(SPACE, [[1e200, 1e200]])),
    ("X", ValueError, lambda: ev.fit(SPACE, np.full((1, 2), 1e30, np.float32))),
    *[
        ("X", ValueError, lambda bad=bad, route=route: ev.fit(SPACE, [[0.0, 1.0], [bad, 1.0]], route=route))
        for bad in (np.nan, np.inf, -np.inf)
        for route in (None, *ROUTES)
    ],
    ("route", ValueError, lambda: ev.fit(SPACE, np.eye(2), route="fast")),
    ("X", ValueError, lambda: ev.mean_squared_error(lambda x: x, np.zeros((0, 2)))),
    ("Y", ValueError, lambda: ev.mean_squared_error(lambda x: x, np.zeros((3, 2)), np.zeros((2, 2)))),
    ("X", ValueError, lambda: ev.mean_squared_error(lambda x: x, np.zeros(3))),
    ("Y", ValueError, lambda: ev.mean_squared_error(lambda x: x, np.zeros((3, 3)), np.zeros((3, 1)))),
    ("Y", ValueError, lambda: ev.mean_squared_error(lambda x: x, np.zeros((3, 3)), np.zeros(3))),
]


@pytest.mark.parametrize(("argument", "kind", "call"), BAD)
def test_bad_input(argument, kind, call):
    with pytest.raises(kind) as error:
        call()
    assert str(error.value).startswith(argument)
    assert "Fix:" in str(error.value)


def test_lists_are_accepted():
    assert ev.mean_squared_error(lambda x: np.asarray(x) * 0, [[1.0, 3.0]]) == 5.0
    assert ev.fit(SPACE, [[1, 2], [2, 4]]).loss == pytest.approx(0.0, abs=1e-15)
