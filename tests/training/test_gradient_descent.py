"""Gradient descent on factors: gradients against differences, ends against the exact optimum."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.training import Descent, descent, descent_problem
from equivariety.training.descent import _StoppingRule
from equivariety.training.descent_problem import FactoredProblem
from equivariety.training.samples import Samples
from laws.registry import every_space, fourfold

DOUBLE = np.dtype(np.float64)


def mixed():
    return ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)(7 8)", degree=10)


def regression():
    """Between two actions: blocks of different sizes, some on one side only."""
    return ev.equivariant_maps(ev.groups.shift((3, 4), axis=1), fourfold(), rank=5)


def data(rng, space, count=30):
    m, n = space.shape
    return rng.standard_normal((count, n)), rng.standard_normal((count, m))


def mean_square(gap):
    return float(np.mean(np.abs(gap) ** 2))


@every_space
@pytest.mark.parametrize("alpha", [0.0, 0.7])
def test_the_objective_is_that_of_the_map(space, alpha, rng):
    x, y = data(rng, space)
    for component in list(space.components())[:2]:
        problem = FactoredProblem.of(component, Samples.of(space.shape, x, 3.0 * y), alpha)
        assert problem.num_parameters == component.num_parameters
        start = problem.random_start(rng, DOUBLE)
        dense = np.asarray(problem.map(start, DOUBLE))
        assert component.contains(dense)
        expected = mean_square(3.0 * y - x @ dense.T) + alpha * float(np.sum(dense**2)) / y.size
        assert problem.objective(start) == pytest.approx(expected, rel=1e-10)
        if space.hom.is_endomorphic:
            problem = FactoredProblem.of(component, Samples.of(space.shape, x), alpha)
            dense = np.asarray(problem.map(start, DOUBLE))
            expected = mean_square(x - x @ dense.T) + alpha * float(np.sum(dense**2)) / x.size
            assert problem.objective(start) == pytest.approx(expected, rel=1e-10)


@every_space
def test_the_gradient_is_that_of_finite_differences(space, rng):
    x, y = data(rng, space)
    component = next(space.components())
    problem = FactoredProblem.of(component, Samples.of(space.shape, x, y), 0.3)
    start = problem.random_start(rng, DOUBLE)
    value, gradient = problem.value_and_gradient(start)
    assert value == pytest.approx(problem.objective(start) / problem.y_unit**2)
    h = 1e-6
    for i in rng.permutation(len(start))[:20]:
        step = np.zeros_like(start)
        step[i] = h
        difference = problem.value_and_gradient(start + step)[0] - problem.value_and_gradient(start - step)[0]
        assert gradient[i] == pytest.approx(difference / (2 * h), rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("autoencoder", [True, False])
def test_minibatches_add_up_to_the_gradient_of_the_moments(autoencoder, rng):
    space = ev.equivariant_maps(mixed(), rank=5) if autoencoder else regression()
    x, y = data(rng, space)
    component = list(space.components())[-1]
    problem = FactoredProblem.of(component, Samples.of(space.shape, x, None if autoencoder else y), 0.3)
    start = problem.random_start(rng, DOUBLE)
    total, part = np.zeros_like(start), np.zeros_like(start)
    rows = [(z.reshape(-1, z.shape[-1]), t.reshape(-1, t.shape[-1])) for z, t in problem.coordinates(DOUBLE)]
    for chosen in np.array_split(rng.permutation(len(x)), 4):
        problem.add_batch(start, [(z[chosen], t[chosen]) for z, t in rows], part)
        problem.add_penalty(start, part, len(chosen) / len(x))
        total += part
    np.testing.assert_allclose(total / (len(x) * space.shape[0]), problem.value_and_gradient(start)[1], atol=1e-12)


@pytest.mark.parametrize("alpha", [0.0, 2.0])
@pytest.mark.parametrize("make", [lambda: ev.equivariant_maps(mixed(), rank=5), regression], ids=["auto", "regression"])
def test_quasi_newton_reaches_the_optimum_from_every_start_and_nothing_is_below(make, alpha, rng):
    space = make()
    x, y = data(rng, space)
    y = None if space.hom.is_endomorphic else y
    components = list(space.components())
    # With a ridge, factors near zero of a block that hardly gains anything are almost critical: it may stop there.
    close = 1e-4 if alpha else 1e-6
    for component in components[:: max(1, len(components) // 2)]:
        best = ev.fit(component, x, y, alpha=alpha)
        for seed in range(5 if alpha else 20):
            start = np.random.default_rng(seed)
            found = ev.gradient_descent(component, x, y, alpha=alpha, optimizer="l-bfgs", rng=start)
            assert found.converged
            assert found.losses[-1] >= best.objective - 1e-12
            assert found.losses[-1] == pytest.approx(best.objective, rel=close)
            assert found.loss == pytest.approx(best.loss, rel=10 * close if alpha else close)
            assert np.all(np.diff(found.losses) <= 0)
            if alpha == 0:
                assert found.loss >= best.loss - 1e-12
            assert component.contains(np.asarray(found.map), tolerance=1e-9)


@pytest.mark.parametrize("make", [lambda: ev.equivariant_maps(mixed(), rank=5), regression], ids=["auto", "regression"])
def test_adam_comes_near_the_optimum_and_not_below(make, rng):
    space = make()
    x, y = data(rng, space, 40)
    y = None if space.hom.is_endomorphic else y
    component = next(space.components())
    best = ev.fit(component, x, y).loss
    for seed in range(20):
        start = np.random.default_rng(seed)
        found = ev.gradient_descent(component, x, y, rng=start, learning_rate=0.02, batch_size=16, max_epochs=30)
        assert found.loss >= best - 1e-12
        assert found.loss <= 1.3 * best
        assert found.loss == pytest.approx(found.losses.min(), rel=1e-10)  # the best map, not the last


@pytest.mark.parametrize("optimizer", ["adam", "l-bfgs"])
def test_the_loss_is_the_mean_squared_error_of_the_map(optimizer, rng):
    space = regression()
    x, y = data(rng, space)
    component = list(space.components())[1]
    found = ev.gradient_descent(component, x, y, rng=rng, optimizer=optimizer, max_epochs=7)
    assert isinstance(found, Descent)
    assert found.component is component
    assert found.loss == pytest.approx(ev.mean_squared_error(found.map, x, y), rel=1e-9)
    assert found.loss == pytest.approx(mean_square(y - x @ np.asarray(found.map).T), rel=1e-9)
    assert found.losses.shape == (found.epochs,) == (7,)
    assert not found.losses.flags.writeable
    assert not found.converged
    assert found.seconds > 0
    assert found.map.dtype == np.float64
    assert found.map.equivariance_error() < 1e-12


@pytest.mark.parametrize("optimizer", ["adam", "l-bfgs"])
def test_units_of_the_data_do_not_matter(optimizer, rng):
    space = regression()
    x, y = data(rng, space)
    component = next(space.components())

    def run(of_x, of_y):
        start = np.random.default_rng(1)
        return ev.gradient_descent(component, of_x * x, of_y * y, rng=start, optimizer=optimizer, max_epochs=5)

    one, other = run(1.0, 1.0), run(2.0**20, 2.0**-30)
    np.testing.assert_allclose(np.asarray(other.map) * 2.0**50, np.asarray(one.map), rtol=1e-6, atol=1e-9)
    assert other.loss * 2.0**60 == pytest.approx(one.loss, rel=1e-9)
    np.testing.assert_allclose(other.losses * 2.0**60, one.losses, rtol=1e-9)


@pytest.mark.parametrize("optimizer", ["adam", "l-bfgs"])
def test_the_generator_decides_everything(optimizer, rng):
    component = next(ev.equivariant_maps(mixed(), rank=4).components())
    x = rng.standard_normal((25, 10))
    first, again, other = (
        ev.gradient_descent(component, x, rng=np.random.default_rng(s), optimizer=optimizer, batch_size=4, max_epochs=4)
        for s in (3, 3, 4)
    )
    np.testing.assert_array_equal(first.losses, again.losses)
    np.testing.assert_array_equal(np.asarray(first.map), np.asarray(again.map))
    assert not np.array_equal(first.losses, other.losses)


@pytest.mark.parametrize("optimizer", ["adam", "l-bfgs"])
def test_single_precision_in_and_out(optimizer, rng):
    component = next(ev.equivariant_maps(mixed(), rank=4).components())
    x = rng.standard_normal((25, 10)).astype(np.float32)
    narrow = ev.gradient_descent(component, x, rng=np.random.default_rng(0), optimizer=optimizer, max_epochs=5)
    wide = ev.gradient_descent(
        component, x.astype(float), rng=np.random.default_rng(0), optimizer=optimizer, max_epochs=5
    )
    assert (narrow.map.dtype, wide.map.dtype) == (np.float32, np.float64)
    assert narrow.loss == pytest.approx(wide.loss, rel=1e-3)
    assert narrow.loss == pytest.approx(ev.mean_squared_error(narrow.map, x), rel=1e-6)
    kinds = {a.dtype for pair in narrow.map.factors.values() for a in pair}
    assert kinds <= {np.dtype(np.float32), np.dtype(np.complex64)}


def test_memory_maps_and_integers(rng, tmp_path):
    component = next(ev.equivariant_maps(ev.groups.cyclic(6), rank=3).components())
    x = rng.integers(0, 255, (50, 6)).astype(np.uint8)
    np.save(tmp_path / "x.npy", x)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    found = [ev.gradient_descent(component, a, rng=np.random.default_rng(0), max_epochs=3) for a in (x, mapped)]
    assert found[0].loss == found[1].loss
    assert found[0].map.dtype == np.float64


@pytest.mark.parametrize("optimizer", ["adam", "l-bfgs"])
@pytest.mark.parametrize(
    "make",
    [
        lambda rng: np.zeros((5, 10)),
        lambda rng: rng.standard_normal((1, 10)),
        lambda rng: np.ones((4, 10)),
        lambda rng: rng.standard_normal((40, 2)) @ rng.standard_normal((2, 10)),
        lambda rng: np.repeat(np.eye(10)[:2], 3, axis=0),
    ],
    ids=["zero", "one sample", "constant", "deficient", "repeated"],
)
def test_degenerate_data(make, optimizer, rng):
    x = make(rng)
    component = next(ev.equivariant_maps(mixed(), rank=6).components())
    best = ev.fit(component, x).loss
    found = ev.gradient_descent(
        component, x, rng=rng, optimizer=optimizer, learning_rate=0.03, max_epochs=300, patience=20
    )
    scale = mean_square(x)
    assert best - 1e-12 * scale <= found.loss <= best + 0.02 * scale
    assert np.isfinite(np.asarray(found.map)).all()


@pytest.mark.parametrize("optimizer", ["adam", "l-bfgs"])
def test_a_component_of_rank_zero_has_nothing_to_train(optimizer, rng):
    x = rng.standard_normal((4, 3))
    component = ev.equivariant_maps(ev.groups.cyclic(3), rank=0).component((0, 0))
    found = ev.gradient_descent(component, x, rng=rng, optimizer=optimizer)
    assert (found.epochs, found.converged, found.losses.shape) == (0, True, (0,))
    assert found.loss == pytest.approx(mean_square(x))
    assert not np.asarray(found.map).any()


def test_outputs_out_of_reach_are_part_of_the_loss(rng):
    """The source lacks the sign character: its part of the targets stays."""
    space = ev.equivariant_maps(ev.groups.trivial(2), ev.groups.cyclic(2), rank=1)
    x, y = rng.standard_normal((30, 2)), rng.standard_normal((30, 2))
    component = next(space.components())
    found = ev.gradient_descent(component, x, y, rng=rng, optimizer="l-bfgs")
    best = ev.fit(component, x, y)
    assert best.unreachable > 0.1
    assert found.loss == pytest.approx(best.loss, rel=1e-6)
    assert found.losses[-1] == pytest.approx(best.loss, rel=1e-6)


def test_invariant_maps(rng):
    space = ev.invariant_maps(mixed(), outputs=3, rank=2)
    x, y = data(rng, space)
    component = next(space.components())
    found = ev.gradient_descent(component, x, y, rng=rng, optimizer="l-bfgs")
    assert found.loss == pytest.approx(ev.fit(component, x, y).loss, rel=1e-6)


def test_the_stopping_rule():
    rule = _StoppingRule(tolerance=0.1, patience=3)
    # 0.95 and 0.91 are no fall by a tenth, 0.89 is one against 1.0; then three epochs in vain.
    objectives = [1.0, 0.95, 0.91, 0.89, 0.85, 0.9, 0.81, 0.5]
    assert [rule.ends(v) for v in objectives[:7]] == [False] * 6 + [True]


def test_adam_stops_when_it_stalls_and_keeps_the_best(rng):
    x = rng.standard_normal((64, 6))
    component = next(ev.equivariant_maps(ev.groups.cyclic(6), rank=3).components())
    found = ev.gradient_descent(component, x, rng=rng, learning_rate=0.05, batch_size=8, patience=3, max_epochs=500)
    assert found.converged
    assert 3 <= found.epochs < 500
    assert found.loss == pytest.approx(found.losses.min(), rel=1e-10)
    assert found.losses[-1] >= found.losses.min()


def test_a_rate_that_is_too_large(rng):
    x = rng.standard_normal((20, 6))
    component = next(ev.equivariant_maps(ev.groups.cyclic(6), rank=3).components())
    with pytest.raises(ValueError, match="learning_rate must be small enough"):
        ev.gradient_descent(component, x, rng=rng, learning_rate=1e200)
    # Finite, but it only gets worse: the start is the best map.
    found = ev.gradient_descent(component, x, rng=np.random.default_rng(0), learning_rate=1e6, max_epochs=2)
    assert found.loss < found.losses.min()


def test_progress_is_told_after_each_epoch(rng):
    x = rng.standard_normal((20, 6))
    component = next(ev.equivariant_maps(ev.groups.cyclic(6), rank=3).components())
    for optimizer in ("adam", "l-bfgs"):
        told = []
        found = ev.gradient_descent(
            component,
            x,
            rng=rng,
            optimizer=optimizer,
            max_epochs=4,
            progress=lambda *pair, told=told: told.append(pair),
        )
        assert told == list(enumerate(found.losses.tolist(), start=1))


@pytest.mark.parametrize("optimizer", ["adam", "l-bfgs"])
def test_the_bar_goes_to_standard_error(optimizer, rng, capsys):
    x = rng.standard_normal((20, 6))
    component = next(ev.equivariant_maps(ev.groups.cyclic(6), rank=3).components())
    ev.gradient_descent(component, x, rng=rng, max_epochs=2, optimizer=optimizer, progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "objective" in err
    assert "2/2" in err
    ev.gradient_descent(component, x, rng=rng, max_epochs=2, optimizer=optimizer)
    assert capsys.readouterr() == ("", "")


def test_budgets(rng, monkeypatch):
    x = rng.standard_normal((20, 6))
    component = next(ev.equivariant_maps(ev.groups.cyclic(6), rank=3).components())
    monkeypatch.setattr(descent_problem, "DESCENT_BYTES_BUDGET", 20 * 8)
    with pytest.raises(ValueError, match=r"X must be at most 160 bytes .*l-bfgs"):
        ev.gradient_descent(component, x, rng=rng)
    assert ev.gradient_descent(component, x, rng=rng, optimizer="l-bfgs").converged
    monkeypatch.setattr(descent_problem, "MOMENT_BYTES_BUDGET", 10)
    for optimizer in ("adam", "l-bfgs"):
        with pytest.raises(ValueError, match="component must be with block moments of at most 10 bytes"):
            ev.gradient_descent(component, x, rng=rng, optimizer=optimizer)


@pytest.mark.parametrize(
    ("argument", "value", "kind"),
    [
        ("optimizer", "sgd", ValueError),
        ("optimizer", None, ValueError),
        ("learning_rate", 0.0, ValueError),
        ("learning_rate", -1.0, ValueError),
        ("learning_rate", float("nan"), ValueError),
        ("learning_rate", 10**400, ValueError),
        ("learning_rate", "fast", TypeError),
        ("learning_rate", True, TypeError),
        ("batch_size", 0, ValueError),
        ("batch_size", 2.5, ValueError),
        ("max_epochs", 0, ValueError),
        ("max_epochs", -3, ValueError),
        ("tolerance", -1e-3, ValueError),
        ("tolerance", float("inf"), ValueError),
        ("tolerance", None, TypeError),
        ("patience", 0, ValueError),
        ("alpha", -1.0, ValueError),
        ("alpha", "none", TypeError),
        ("rng", 0, TypeError),
        ("rng", np.random, TypeError),
        ("progress", "yes", TypeError),
        ("X", np.zeros((3, 5)), ValueError),
        ("X", np.zeros(6), ValueError),
        ("X", np.zeros((0, 6)), ValueError),
        ("X", np.full((3, 6), np.nan), ValueError),
        ("X", np.full((3, 6), 1e200), ValueError),
        ("X", [["a"] * 6], TypeError),
        ("Y", np.zeros((3, 5)), ValueError),
        ("Y", np.zeros((2, 6)), ValueError),
        ("Y", np.full((3, 6), np.inf), ValueError),
    ],
)
@pytest.mark.parametrize("optimizer", ["adam", "l-bfgs"])
def test_bad_arguments(argument, value, kind, optimizer):
    component = next(ev.equivariant_maps(ev.groups.cyclic(6), rank=3).components())
    options = {"X": np.eye(6)[:3], "Y": None, "rng": np.random.default_rng(0), "optimizer": optimizer}
    options[argument] = value
    with pytest.raises(kind, match=rf"^{argument} must be .*; got .*\. Fix: "):
        ev.gradient_descent(component, **options)


def test_spaces_are_refused(rng):
    space = ev.equivariant_maps(ev.groups.cyclic(6), rank=3)
    with pytest.raises(TypeError, match="component must be a Component"):
        ev.gradient_descent(space, np.eye(6), rng=rng)
    between = next(regression().components())
    with pytest.raises(ValueError, match="pass targets Y"):
        ev.gradient_descent(between, np.eye(12), rng=rng)


def test_the_module_names_do_not_hide_the_function():
    assert descent.gradient_descent is ev.gradient_descent is ev.training.gradient_descent
