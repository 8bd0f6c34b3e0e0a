"""The experiment: the numbers of the talk on MNIST, the laws that every run obeys on the digits."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

import equivariety as ev
from equivariety.datasets import load_digits, random_horizontal_shifts
from equivariety.experiments import ReproductionConfig, run

TALK = [13, 10, 9, 8, 7, 5, 3, 1, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.slow
def test_the_numbers_of_the_talk(mnist_path):
    start = time.perf_counter()
    result = run(ReproductionConfig(data="mnist", mnist_path=str(mnist_path)))
    assert time.perf_counter() - start <= 60
    dense, best, talk, equal, high = (
        result.model(name) for name in ("dense", "best", "talk", "equal-rank", "high-pass")
    )
    assert dense["test_loss"] == pytest.approx(0.0057, abs=1e-4)
    assert talk["test_loss"] <= 0.0078
    assert best["test_loss"] <= 0.0077
    assert best["test_loss"] < talk["test_loss"]
    assert best["train_loss"] < talk["train_loss"]
    assert equal["test_loss"] == pytest.approx(0.0188, abs=8e-4)
    assert high["test_loss"] == pytest.approx(0.1066, abs=2e-3)
    assert talk["ranks"] == TALK
    assert high["ranks"] == TALK[::-1]
    assert best["ranks"] == [9, 10, 10, 9, 7, 5, 3, 1, 0, 0, 0, 0, 0, 0, 0]
    assert [row["num_parameters"] for row in (dense, talk, best)] == [155_232, 5_544, 5_544]
    assert result.report["space"]["num_components"] == 72_426_340_906_146
    assert result.report["space"]["num_components_exact_rank"] == 72_425_986_088_826
    assert result.report["data"]["mean_squared_test_pixel"] == pytest.approx(0.1076, abs=5e-4)
    assert result.report["talk_losses"] == {"dense": 0.0057, "talk": 0.0082, "equal-rank": 0.0206, "high-pass": 0.1063}


def test_models_and_schema(digits):
    models = digits.report["models"]
    assert [row["name"] for row in models] == ["dense", "best", "talk", "equal-rank", "high-pass"]
    required = {"name", "train_loss", "test_loss", "ranks", "num_parameters", "equivariance_error", "seconds"}
    assert all(required <= row.keys() for row in models)
    assert json.loads(json.dumps(digits.report)) == digits.report
    assert digits.report["space"]["rank"] == 8
    assert digits.report["talk_losses"] is None
    assert any("up to six pixels" in note and "20%" in note for note in digits.report["notes"])


def test_losses_are_ordered_and_are_those_of_the_optimum(digits):
    loss = {row["name"]: row["train_loss"] for row in digits.report["models"]}
    assert loss["dense"] < loss["best"] <= min(loss["talk"], loss["equal-rank"], loss["high-pass"])
    for row in digits.report["models"]:
        assert row["train_loss"] == pytest.approx(row["optimal_loss"], rel=1e-9)
        assert row["certificate"]["ok"]
    for name in ("dense", "best"):
        curve = digits.arrays[f"best_losses.{name}"]
        assert curve[-1] == pytest.approx(loss[name], rel=1e-9)
        assert (np.diff(curve) <= 1e-15).all()


def test_losses_are_measured_on_the_shifted_images(digits):
    data = load_digits()
    rng = np.random.default_rng(0)
    train = random_horizontal_shifts(data.train, data.shape, rng, 0.2)
    test = random_horizontal_shifts(data.test, data.shape, rng, 0.2)
    for row in digits.report["models"]:
        dense = np.asarray(digits.maps[row["name"]])
        for images, key in ((train, "train_loss"), (test, "test_loss")):
            assert np.mean((images @ dense.T - images) ** 2) == pytest.approx(row[key], rel=1e-10)
    np.testing.assert_array_equal(digits.arrays["samples"], test[:9])


def test_equivariance_error_is_that_of_the_shift(digits):
    shift = ev.groups.shift((8, 8), axis=1).matrix(0)
    for row in digits.report["models"]:
        dense = np.asarray(digits.maps[row["name"]])
        expected = np.linalg.norm(dense @ shift - shift @ dense) / np.linalg.norm(dense)
        assert row["equivariance_error"] == pytest.approx(expected, abs=1e-12)
    assert digits.model("dense")["equivariance_error"] > 0.1


def test_runs_repeat_and_the_seed_matters(digits):
    again = run(ReproductionConfig())
    other = run(ReproductionConfig(seed=1))
    losses = [[row["test_loss"] for row in result.report["models"]] for result in (digits, again, other)]
    assert losses[0] == losses[1] != losses[2]


def test_float32_and_large_and_small_ranks():
    single = run(ReproductionConfig(dtype="float32", rank=5))
    assert {m.dtype for m in single.maps.values()} == {np.dtype(np.float32)}
    assert single.arrays["samples"].dtype == np.float32
    full = run(ReproductionConfig(rank=1000))
    assert full.report["space"]["rank"] == 64
    assert all(row["test_loss"] < 1e-20 for row in full.report["models"])
    one = run(ReproductionConfig(rank=1, max_shift=0))
    assert all(row["rank"] == 1 for row in one.report["models"])


def test_images_that_are_no_squares_and_few(tmp_path, rng):
    for shape in ((3, 5), (4, 1), (1, 6)):
        images = rng.integers(0, 256, (6, *shape), dtype=np.uint8)
        np.savez(tmp_path / "x.npz", x_train=images[:4], x_test=images[4:])
        result = run(ReproductionConfig(data="mnist", mnist_path=str(tmp_path / "x.npz"), rank=2))
        assert len(result.arrays["samples"]) == 2
        assert (result.report["data"]["height"], result.report["data"]["width"]) == shape


def test_progress_is_told():
    told: list[tuple[str, float]] = []
    run(ReproductionConfig(rank=2), lambda *stage: told.append(stage))
    fractions = [fraction for _, fraction in told]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0 < fractions[-1] <= 1
    assert {"fitting dense", "fitting best"} <= {stage for stage, _ in told}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"data": "cifar"}, "data must be one of"),
        ({"data": ["digits"]}, "data must be one of"),
        ({"mnist_path": "x"}, "mnist_path must be None"),
        ({"rank": 0}, "rank must be"),
        ({"rank": -1}, "rank must be"),
        ({"rank": 1.5}, "rank must be"),
        ({"rank": float("nan")}, "rank must be"),
        ({"rank": True}, "rank must be"),
        ({"seed": -1}, "seed must be"),
        ({"max_shift": float("nan")}, "max_shift must be"),
        ({"max_shift": 1.01}, "max_shift must be"),
        ({"max_shift": "0.2"}, "max_shift must be"),
        ({"dtype": "int8"}, "dtype must be one of"),
    ],
)
def test_bad_configurations(fields, message):
    with pytest.raises(ValueError, match=message):
        ReproductionConfig(**fields)


def test_default_ranks():
    assert [ReproductionConfig().rank_for(n) for n in (1, 64, 784, 4 * 784)] == [1, 8, 99, 396]
