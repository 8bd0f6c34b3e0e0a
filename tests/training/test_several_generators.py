"""Fits, paths, projections, descent and estimators for groups with blocks over R, C and H, against brute force."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.groups.signed_group import SignedPermutationGroup
from equivariety.linalg import algebra
from equivariety.representations.maps.point_factors import from_points, to_points
from equivariety.training import BlockMoments, fit_moments
from laws import registry
from laws.brute_groups import brute_of

GROUPS = {
    "two quaternion groups": lambda: registry.twice(registry.known("Q8_regular")),
    "dicyclic": lambda: registry.known("Dic3_regular"),
    "two Frobenius groups": lambda: registry.twice(registry.known("F21_on_7")),
    "turns and mirrors": registry.square,
    "signed joints": registry.joints,
}
every_group = pytest.mark.parametrize("make", GROUPS.values(), ids=GROUPS.keys())
ROUTES = ("moment matrix", "block moments", "samples")


@every_group
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_autoencoder_is_the_best_of_all_components(make, dtype, rng):
    maps = ev.equivariant_maps(make())
    n = maps.shape[1]
    data = rng.standard_normal((2 * n, n)).astype(dtype)
    tolerance = 1e-12 if dtype == np.float64 else 1e-6
    for rank in range(0, maps.rank + 1, 2):
        space = ev.varieties.RankBoundedMaps(maps.hom, rank)
        losses = brute_of(space).losses(data.astype(float), rank)
        best = min(losses.values())
        for route in ROUTES:
            found = ev.fit(space, data, route=route)
            assert found.loss == pytest.approx(best, abs=tolerance)
            assert losses[tuple(found.ranks)] == pytest.approx(best, abs=tolerance)
            assert ev.training.mean_squared_error(found.map, data) == pytest.approx(best, abs=tolerance)
            assert found.certificate.ok
            assert found.map.dtype == dtype
            assert found.best_losses[-1] == pytest.approx(best, abs=tolerance)
            if dtype == np.float64:
                expected = brute_of(space).best_map(data, found.ranks)
                np.testing.assert_allclose(np.asarray(found.map), expected, atol=1e-9)


@every_group
def test_paths_moments_and_ranked_components(make, rng):
    space = ev.equivariant_maps(make(), rank=6)
    n = space.shape[1]
    data = rng.standard_normal((40, n))
    losses = brute_of(space).losses(data, space.rank)
    path = ev.fit_path(space, data)
    for rank in range(space.rank + 1):
        below = brute_of(ev.varieties.RankBoundedMaps(space.hom, rank)).losses(data, rank)
        assert path.losses[rank] == pytest.approx(min(below.values()), abs=1e-12)
    found = ev.fit(space, data, k_best=5)
    values = sorted(losses.values())[:5]
    assert [c.loss for c in found.k_best] == pytest.approx(values, abs=1e-12)
    pieces = []
    for rows in np.array_split(data, 3):
        moments = BlockMoments(space.hom, targets=False)
        moments.add(rows)
        pieces.append(moments)
    merged = pieces[0].merged(pieces[1]).merged(pieces[2])
    assert fit_moments(space, merged).loss == pytest.approx(found.loss, abs=1e-13)


@every_group
@pytest.mark.parametrize("route", ROUTES)
def test_a_ridge_shrinks_each_rank(make, route, rng):
    """Over the orbit of the data a ridge autoencoder is plain: B (S + alpha delta) = S."""
    maps = ev.equivariant_maps(make())
    n = maps.shape[1]
    data = rng.standard_normal((2 * n, n))
    moment = brute_of(maps).source_average(data.T @ data)
    matrix = np.linalg.solve(moment + 3.0 * np.eye(n), moment)
    for space in (maps, maps.stratum([b.max_rank for b in maps.blocks])):
        found = ev.fit(space, data, alpha=3.0, route=route)
        np.testing.assert_allclose(np.asarray(found.map), matrix, atol=1e-11)
        objective = np.sum((data - data @ matrix.T) ** 2) + 3.0 * np.sum(matrix**2)
        assert found.objective == pytest.approx(objective / data.size, rel=1e-12)
        assert found.loss == pytest.approx(np.mean((data - data @ matrix.T) ** 2), rel=1e-11)


def test_means_that_only_one_side_has(rng):
    """A side without a trivial block has mean zero; the mean of the other one is subtracted all the same."""
    source = ev.PermutationGroup.from_cycles("(1 2)", degree=3)
    target = SignedPermutationGroup([[0, 1]], [[-1, -1]])
    X, Y = rng.standard_normal((30, 3)) + 5.0, rng.standard_normal((30, 2)) + 5.0
    for first, second, x, y in ((source, target, X, Y), (target, source, Y, X)):
        space = ev.equivariant_maps(first, second)
        found = [ev.fit(space, x, y, intercept=True, route=route) for route in ROUTES[1:]]
        assert found[0].loss == pytest.approx(found[1].loss, rel=1e-12)
        np.testing.assert_allclose(np.asarray(found[0].map), np.asarray(found[1].map), atol=1e-12)
        residual = y - found[0].predict(x)
        assert found[0].loss == pytest.approx(np.mean(residual**2), rel=1e-12)
        flipped = np.concatenate([residual, np.stack([second.generators[0].apply(row) for row in residual])])
        np.testing.assert_allclose(flipped.mean(axis=0), 0.0, atol=1e-12)


@every_group
def test_vectors_of_points_say_which_block(make, rng):
    group = make()
    one, other = (ev.equivariant_maps(group, seed=seed).hom for seed in (0, 1))
    for position, block in enumerate(one.blocks):
        over = algebra(block.field)
        left, right = (over.gaussian(rng, size, block.max_rank) for size in (block.rows, block.cols))
        found = from_points(other, *to_points(one, position, left, right))
        assert found is not None
        assert other.blocks[found[0]].irrep_dim == block.irrep_dim
        dense = one.dense({position: (left, right)}, np.dtype(float))
        np.testing.assert_allclose(other.dense({found[0]: found[1:]}, np.dtype(float)), dense, atol=1e-10)


@every_group
def test_the_basis_does_not_matter(make, rng):
    """Other seeds give other bases of the blocks, and the same answers."""
    group = make()
    n = group.degree
    data, given = rng.standard_normal((30, n)) + 2.0, rng.standard_normal((n, n))
    answers = []
    for seed in (0, 1):
        space = ev.equivariant_maps(group, rank=5, seed=seed)
        found = ev.fit(space, data, data[:, ::-1], intercept=True)
        axes = ev.EquivariantAutoencoder(group, rank=4).fit(data)
        answers.append(
            [
                found.loss,
                np.asarray(found.map),
                found.intercept,
                space.project(given).point,
                axes.explained_variance_ratio_,
            ]
        )
    for one, other in zip(*answers, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)


@every_group
@pytest.mark.parametrize("optimizer", ["adam", "l-bfgs"])
def test_descent_comes_near_the_optimum_of_its_component(make, optimizer, rng):
    space = ev.equivariant_maps(make(), rank=7)
    component = next(c for c in space.components() if c.ranks[-1])  # the last block is the most special one
    n = space.shape[1]
    data = rng.standard_normal((60, n))
    targets = data @ component.sample(rng).T + 0.1 * rng.standard_normal((60, n))
    for Y in (None, targets):
        best = ev.fit(component, data, Y)
        found = ev.gradient_descent(
            component, data, Y, rng=rng, optimizer=optimizer, learning_rate=1e-2, alpha=0.0, max_epochs=400
        )
        assert found.loss >= best.loss * (1 - 1e-9)
        allowed = 1e-7 if optimizer == "l-bfgs" else 0.05
        assert found.loss - best.loss <= allowed * np.mean((data if Y is None else Y) ** 2)
        assert component.contains(np.asarray(found.map), 1e-8)


@every_group
def test_gradients_are_those_of_finite_differences(make, rng):
    from equivariety.training.descent_problem import FactoredProblem
    from equivariety.training.samples import Samples

    maps = ev.equivariant_maps(make())
    component = maps.stratum([min(2, block.max_rank) for block in maps.blocks])
    space = component.space
    data, targets = (rng.standard_normal((12, space.shape[1])) for _ in range(2))
    problem = FactoredProblem.of(component, Samples.of(space.shape, data, targets), 0.7)
    assert problem.num_parameters == component.num_parameters
    start = problem.random_start(rng, np.dtype(float))
    value, gradient = problem.value_and_gradient(start)
    for k in range(0, len(start), max(1, len(start) // 20)):
        ends = []
        for sign in (1, -1):
            moved = start.copy()
            moved[k] += sign * 1e-6
            ends.append(problem.value_and_gradient(moved)[0])
        assert gradient[k] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-7)
    mapping = problem.map(start, np.dtype(float))
    matrix = np.asarray(mapping)
    expected = np.sum((targets - data @ matrix.T) ** 2) + 0.7 * np.sum(matrix**2)
    assert problem.objective(start) == pytest.approx(expected / targets.size, rel=1e-12)
    assert value == pytest.approx(expected / targets.size / problem.y_unit**2, rel=1e-12)


@every_group
def test_random_starts_have_the_size_of_projectors(make, rng):
    from equivariety.training.descent_problem import FactoredProblem
    from equivariety.training.samples import Samples

    component = next(ev.equivariant_maps(make(), rank=6).components())
    n = component.shape[1]
    problem = FactoredProblem.of(component, Samples.of((n, n), rng.standard_normal((5, n))), 0.0)
    sizes = [np.sum(np.asarray(problem.map(problem.random_start(rng, np.dtype(float)), np.dtype(float))) ** 2)
             for _ in range(300)]  # fmt: skip
    unit = (problem.y_unit / problem.x_unit) ** 2
    assert np.mean(sizes) / unit == pytest.approx(component.rank, rel=0.3)


@every_group
def test_saved_maps_come_back(make, rng, tmp_path):
    group = make()
    n = group.degree
    for seed, kind, tolerance in ((0, np.float64, 1e-12), (3, np.float64, 1e-12), (0, np.float32, 1e-5)):
        space = ev.equivariant_maps(group, rank=6, seed=seed)  # a file is read with the first seed
        data = (rng.standard_normal((30, n)) + 1.0).astype(kind)
        for found in (ev.fit(space, data), ev.fit(space, data, 0.5 * data[:, ::-1] + kind(1.0), intercept=True)):
            path = tmp_path / "map.safetensors"
            found.save(path)
            again = ev.load_map(path)
            assert again.dtype == kind
            assert again.equivariance_error() <= 10 * tolerance
            np.testing.assert_allclose(again(data), found.predict(data), atol=10 * tolerance)
            linear = again.linear if isinstance(again, ev.AffineMap) else again
            assert sorted(linear.ranks) == sorted(found.map.ranks)
            assert linear.rank == found.map.rank


def test_saved_maps_of_other_groups_are_refused(rng, tmp_path):
    from safetensors.numpy import load_file, safe_open, save_file

    space = ev.equivariant_maps(registry.twice(registry.known("Q8_regular")), rank=8)
    ev.fit(space, rng.standard_normal((30, 16))).save(tmp_path / "map")
    with safe_open(tmp_path / "map", "np") as stream:
        header = stream.metadata()
    tensors = load_file(tmp_path / "map")
    label = next(name for name in tensors if name.endswith(".left"))
    changes = (
        {label: tensors[label] + 1e-3 * rng.standard_normal(tensors[label].shape)},
        {label: tensors[label][:, :-1]},
        {"source": tensors["source"][:-1]},
        {"source.signs": np.zeros_like(tensors["source"])},
        {"target.signs": np.ones(3, np.int64)},
    )
    for change in changes:
        save_file({k: np.ascontiguousarray(v) for k, v in (tensors | change).items()}, tmp_path / "bad", header)
        with pytest.raises(ValueError, match="Fix:"):
            ev.load_map(tmp_path / "bad")


@every_group
def test_estimators(make, rng):
    group = make()
    n = group.degree
    data = rng.standard_normal((50, n)) @ rng.standard_normal((n, n)) + 3.0
    space = ev.equivariant_maps(group, rank=5)
    expected = ev.fit(space, data, intercept=True)
    pca = ev.EquivariantAutoencoder(group, rank=5).fit(data)
    assert pca.loss_ == pytest.approx(expected.loss, rel=1e-12)
    np.testing.assert_allclose(pca.predict(data), expected.predict(data), atol=1e-9)
    B = pca.components_
    np.testing.assert_allclose(B @ B.T, np.eye(len(B)), atol=1e-11)
    np.testing.assert_allclose(pca.inverse_transform(pca.transform(data)), pca.predict(data), atol=1e-9)
    scores = pca.transform(data)
    assert np.all(np.diff(pca.explained_variance_ratio_) <= 1e-12)
    assert pca.explained_variance_ratio_.sum() == pytest.approx(pca.score(data), rel=1e-9)
    parts = ev.EquivariantAutoencoder(group, rank=5).partial_fit(data[:20]).partial_fit(data[20:])
    assert parts.loss_ == pytest.approx(pca.loss_, rel=1e-10)
    model = ev.EquivariantRegression(group, rank=4, alpha=0.5).fit(data, data[:, ::-1])
    moved = group.generators[0].apply(data)
    np.testing.assert_allclose(model.predict(moved), group.generators[0].apply(model.predict(data)), atol=1e-8)
    np.testing.assert_allclose(pca.predict(moved), group.generators[0].apply(pca.predict(data)), atol=1e-8)
    np.testing.assert_allclose(model.inverse_transform(model.transform(data)), model.predict(data), atol=1e-9)
    assert scores.shape == (50, pca.n_components_)
    sums = ev.InvariantRegression(group).fit(data, data[:, :2])
    np.testing.assert_allclose(sums.predict(moved), sums.predict(data), atol=1e-9)


def test_transforms_of_quaternionic_blocks(rng):
    space = ev.equivariant_maps(registry.twice(registry.known("Q8_regular")), rank=8)
    component = next(c for c in space.components() if c.ranks["H4"] == 2)
    F = component.factorize(component.sample(rng))
    over = algebra("H")
    parts = rng.standard_normal((2, 2, 4))
    adjoint = over.from_real(np.swapaxes(parts, -1, -2))
    for change in (parts, adjoint):
        G = F.moved({"H4": change})
        np.testing.assert_allclose(np.asarray(G.map), np.asarray(F.map), atol=1e-10)
        (_, before), (_, after) = F.factors["H4"], G.factors["H4"]
        np.testing.assert_allclose(after, before @ adjoint.conj().T, atol=1e-12)
    for bad, match in (
        (rng.standard_normal((4, 4)), "quaternionic matrix"),
        (np.eye(2), r"\(4, 4\) or \(2, 2, 4\)"),
        (np.zeros((2, 2, 4)), "rank 0"),
        (np.full((2, 2, 4), np.nan), "finite"),
        (parts * 1j, r"\(4, 4\) or"),
    ):
        with pytest.raises(ValueError, match=match):
            F.moved({"H4": bad})


def test_shapes_of_quaternionic_factors_are_checked(rng):
    hom = ev.equivariant_maps(registry.known("Q8_regular")).hom
    over = algebra("H")
    position = hom.labels.index("H4")
    good = over.gaussian(rng, 1, 1)
    assert ev.EquivariantMap(hom, {position: (good.copy(), good.copy())}, np.float64).rank == 4
    for bad in (good[:1], good[:, :1], np.concatenate([good, good], axis=1)):
        with pytest.raises(ValueError, match=r"of shapes \(2, 2r\) and \(2, 2r\) with r <= 1"):
            ev.EquivariantMap(hom, {position: (bad.copy(), bad.copy())}, np.float64)


def test_signed_groups_that_fix_nothing_have_no_intercept(rng):
    group = registry.joints()
    data = rng.standard_normal((20, 5)) + 100.0
    space = ev.equivariant_maps(group, rank=3)
    assert space.hom.source.trivial_index is None
    with_mean, without = (ev.fit(space, data, data[:, ::-1], intercept=flag) for flag in (True, False))
    assert with_mean.loss == pytest.approx(without.loss, rel=1e-12)
    np.testing.assert_array_equal(with_mean.intercept, np.zeros(5))
    assert not with_mean.mean_x.any()
