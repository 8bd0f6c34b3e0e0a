"""`equivariety fit`: the answers of the Python function, one line per mistake, and files that are written whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import equivariety as ev
from equivariety.cli import main

GROUP = "cycles:(1 2 3)(4 5 6)(7 8):degree=10"
G = ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)(7 8)", degree=10)


def x() -> np.ndarray:
    return np.load("X.npy")


def check(answer: dict, fit: ev.training.Fit) -> None:
    assert answer["loss"] == pytest.approx(fit.loss, rel=1e-12)
    assert answer["objective"] == pytest.approx(fit.objective, rel=1e-12)
    assert answer["ranks"] == fit.ranks.by_label
    assert answer["num_parameters"] == fit.component.num_parameters
    assert answer["certificate"]["ok"] is True


def test_autoencoder(program):
    space = ev.equivariant_maps(G, rank=4)
    answer = program.json("fit", "X.npy", "--group", GROUP, "--rank", 4)
    check(answer, ev.fit(space, x()))
    assert answer["shape"] == [10, 10]
    assert answer["num_samples"] == 40
    assert answer["num_components"] == space.num_components() > 1
    assert answer["group"] == GROUP
    assert answer["is_unique"] is True
    assert answer["intercept"] is answer["out"] is answer["target_group"] is None
    second = ev.fit(space, x(), k_best=2).k_best[1]
    assert answer["runner_up"]["ranks"] == second.component.ranks.by_label
    assert answer["runner_up"]["gap"] == pytest.approx(second.gap, rel=1e-9)
    assert [found["gap"] for found in answer["k_best"]] == [0]
    assert sum(answer["losses_by_block"].values()) == pytest.approx(answer["loss"])


@pytest.mark.parametrize("data", ["X.csv", "both.npz:X"])
def test_other_files(program, data):
    answer = program.json("fit", data, "--group", GROUP, "--rank", 4)
    check(answer, ev.fit(ev.equivariant_maps(G, rank=4), x()))


def test_regression_with_everything(program):
    target = "cycles:(1 2 3):degree=3"
    options = ("--targets", "Y.npy", "--target-group", target, "--alpha", "2.5", "--intercept", "--weights", "w.npy")
    space = ev.equivariant_maps(G, ev.groups.parse_group(target), rank=2)
    answer = program.json("fit", "X.npy", "--group", GROUP, "--rank", 2, *options, "--k-best", 9)
    wanted = ev.fit(space, x(), np.load("Y.npy"), alpha=2.5, intercept=True, sample_weight=np.load("w.npy"), k_best=9)
    check(answer, wanted)
    assert answer["alpha"] == 2.5
    assert answer["intercept"] == pytest.approx(wanted.intercept.tolist())
    assert answer["unreachable"] == pytest.approx(wanted.unreachable, abs=1e-12)
    assert [found["ranks"] for found in answer["k_best"]] == [c.component.ranks.by_label for c in wanted.k_best]


def test_invariant_regression(program):
    answer = program.json("fit", "X.npy", "--group", GROUP, "--targets", "Y.npy", "--invariant", "--rank", 2)
    check(answer, ev.fit(ev.invariant_maps(G, outputs=3, rank=2), x(), np.load("Y.npy")))
    column = program.json("fit", "X.npy", "--group", GROUP, "--targets", "w.npy", "--invariant", "--rank", 2)
    assert column["shape"] == [1, 10]


@pytest.mark.parametrize("ranks", ["(1,1)=1, ( 3, 2 ) = 2", "1,2,0"])
def test_one_component(program, ranks):
    answer = program.json("fit", "X.npy", "--group", GROUP, "--ranks", ranks, "--k-best", 5)
    component = ev.equivariant_maps(G, rank=5).component({(1, 1): 1, (3, 2): 2})
    check(answer, ev.fit(component, x()))
    assert answer["num_components"] == len(answer["k_best"]) == 1
    assert answer["runner_up"] is None
    assert answer["rank"] == 5


def test_saved_map_is_the_map(program):
    (program.folder / "map.safetensors").write_text("old")
    answer = program.json("fit", "X.npy", "--group", GROUP, "--rank", 4, "--out", "map.safetensors")
    assert answer["out"] == "map.safetensors"
    saved = ev.load_map("map.safetensors")
    np.testing.assert_array_equal(saved.to_dense(), ev.fit(ev.equivariant_maps(G, rank=4), x()).map.to_dense())
    program.json("fit", "X.npy", "--group", GROUP, "--rank", 4, "--intercept", "--out", "map.safetensors")
    assert isinstance(ev.load_map("map.safetensors"), ev.AffineMap)


def test_float32_stays(program):
    np.save("X32.npy", x().astype(np.float32))
    program.json("fit", "X32.npy", "--group", GROUP, "--rank", 4, "--out", "map.safetensors")
    assert ev.load_map("map.safetensors").dtype == np.float32


def test_ties_are_told(program):
    np.save("tie.npy", np.eye(2))
    printed = program.text("fit", "tie.npy", "--group", "cyclic:2", "--rank", 1)
    assert "no: as good are (2,1)=1" in printed
    answer = program.json("fit", "tie.npy", "--group", "cyclic:2", "--rank", 1)
    assert (answer["is_unique"], answer["alternatives"]) == (False, [[0, 1]])


def test_what_people_read(program):
    options = ("--group", GROUP, "--rank", 4, "--alpha", 1, "--k-best", 3, "--out", "map.safetensors")
    printed = program.text("fit", "X.npy", *options)
    for word in ("samples", "40, 10 -> 10", "objective", "the best of", "runner-up", "certificate", "ok: ", "map.saf"):
        assert word in printed
    assert printed.count("(1,1)=") >= 3
    small = program.text("fit", "X.npy", "--group", "trivial:10", "--rank", 3, "--intercept")
    assert "the only one" in small
    assert "and an intercept" in small
    assert "runner-up" not in small


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing argument 'DATA'"),
        (("X.npy",), "--group must be given"),
        (("X.npy", "--group", GROUP), "--rank must be given unless --ranks is"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--ranks", "1,0,0"), "--ranks must be left out"),
        (("X.npy", "--group", "nonsense", "--rank", 2), "--group must be a group; got 'nonsense'"),
        (("X.npy", "--group", "cyclic:4", "--rank", 2), "--group must be a group on the 10 inputs; got 'cyclic:4'"),
        (("X.npy", "--group", GROUP, "--rank", -1), "--rank must be an integer >= 0; got -1"),
        (("X.npy", "--group", GROUP, "--rank", 1.5), "--rank must be a whole number"),
        (("X.npy", "--group", GROUP, "--rank", "9" * 400), "--rank must be a whole number"),
        (("X.npy", "--group", GROUP, "--ranks", ""), "--ranks must be ranks of blocks"),
        (("X.npy", "--group", GROUP, "--ranks", "(1,1)=-1"), "--ranks must be ranks of blocks"),
        (("X.npy", "--group", GROUP, "--ranks", "1,2"), "--ranks must be a sequence of 3 ranks"),
        (("X.npy", "--group", GROUP, "--ranks", "(1,1)=9"), "--ranks[(1,1)] must be at most 5"),
        (("X.npy", "--group", GROUP, "--ranks", "(5,4)=1"), "--ranks must be one of the block labels"),
        (("X.npy", "--group", GROUP, "--ranks", "(1,1)=1,(1, 1)=1"), "--ranks must be a list that names each"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--alpha", -1), "--alpha must be a finite number >= 0"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--alpha", "nan"), "--alpha must be a finite number >= 0"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--alpha", "much"), "--alpha must be a number; got 'much'"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--k-best", 0), "--k-best must be a whole number from 1"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--k-best", 10**9), "--k-best must be a whole number from 1"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--k-best", "few"), "--k-best must be a whole number"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--invariant"), "--targets must be given together with --invariant"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--target-group", "trivial:3"), "--targets must be given together"),
        (
            (
                "X.npy",
                "--group",
                GROUP,
                "--rank",
                2,
                "--targets",
                "Y.npy",
                "--target-group",
                "trivial:3",
                "--invariant",
            ),
            "--target-group must be left out",
        ),
        (
            ("X.npy", "--group", GROUP, "--rank", 2, "--targets", "Y.npy"),
            "--target-group must be given where 10 inputs",
        ),
        (
            ("X.npy", "--group", GROUP, "--rank", 2, "--targets", "Y.npy", "--target-group", "trivial:4"),
            "--target-group must be a group on the 3 outputs; got 'trivial:4', on 4 points",
        ),
        (
            ("X.npy", "--group", GROUP, "--rank", 2, "--targets", "Y.npy", "--target-group", "cycles:"),
            "--target-group must be a group",
        ),
        (("X.npy", "--group", GROUP, "--rank", 2, "--targets", "few.npy"), "--targets must be an array of shape"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--targets", "nan.npy"), "--targets must be finite"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--targets", "no.npy"), "no.npy must be an existing file"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--weights", "no.npy"), "no.npy must be an existing file"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--weights", "Y.npy"), "--weights must be a file with one number"),
        (("few.npy", "--group", GROUP, "--rank", 2, "--weights", "w.npy"), "--weights must be of shape (7,)"),
        (("nan.npy", "--group", GROUP, "--rank", 2), "DATA must be finite"),
        (("complex.npy", "--group", GROUP, "--rank", 2), "complex.npy must be an array of real numbers"),
        (("cube.npy", "--group", GROUP, "--rank", 2), "cube.npy must be a non-empty array"),
        (("none.npy", "--group", GROUP, "--rank", 2), "none.npy must be a non-empty array"),
        (("objects.npy", "--group", GROUP, "--rank", 2), "objects.npy must be an array of real numbers"),
        (("cut.npy", "--group", GROUP, "--rank", 2), "cut.npy must be a .npy file of 3,328 bytes"),
        (("words.csv", "--group", GROUP, "--rank", 2), "words.csv must be a .csv file of numbers"),
        (("text.txt", "--group", GROUP, "--rank", 2), "text.txt must be a file X.npy"),
        (("both.npz", "--group", GROUP, "--rank", 2), "both.npz must be an .npz file with one array"),
        (("both.npz:Z", "--group", GROUP, "--rank", 2), "both.npz must be an .npz file with the array 'Z'"),
        (
            ("X.npy", "--group", GROUP, "--rank", 2, "--out", "map.npy"),
            "--out must be a name that ends in .safetensors",
        ),
        (("X.npy", "--group", GROUP, "--rank", 2, "--out", "no/m.safetensors"), "--out must be in an existing folder"),
        (("X.npy", "--group", GROUP, "--rank", 2, "surplus"), "Got unexpected extra argument"),
    ],
    ids=lambda value: " ".join(map(str, value))[:80] if isinstance(value, tuple) else None,
)
def test_mistakes_take_one_line(program, arguments, words):
    line = program.refusal("fit", *arguments)
    assert line.startswith(words)
    assert "Fix: " in line or "See 'equivariety --help'" in line


def test_negative_weights(program):
    np.save("bad.npy", -np.load("w.npy"))
    assert program.refusal("fit", "X.npy", "--group", GROUP, "--rank", 2, "--weights", "bad.npy").startswith(
        "--weights"
    )


def test_a_mistake_in_the_output_is_told_before_the_data_are_read(program):
    line = program.refusal("fit", "no.npy", "--group", GROUP, "--rank", 2, "--out", "map.txt")
    assert line.startswith("--out")


def test_failure_to_write_leaves_the_old_map(program, monkeypatch):
    (program.folder / "map.safetensors").write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device", "map.safetensors")

    monkeypatch.setattr(os, "replace", full)
    arguments = ("fit", "X.npy", "--group", GROUP, "--rank", 2, "--out", "map.safetensors")
    assert program.refusal(*arguments) == "map.safetensors: No space left on device"


@pytest.mark.filterwarnings("default:pairing the generators")
def test_warnings_take_one_line(capsys, files):
    target = ("--targets", "Y.npy", "--target-group", "cycles:(1 2 3):degree=3")
    assert main(["fit", "X.npy", "--group", "cyclic:10", *target, "--rank", "1"]) == 0
    printed = capsys.readouterr().err
    assert printed.startswith("equivariety: warning: pairing the generators gives a group of order 30")
    assert printed.count("\n") == 1


def test_in_a_process_of_its_own(files):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "equivariety", "fit", "X.npy", "--group", GROUP, "--rank", "4", "--json"],
        env={**os.environ, "PYTHONPATH": str(Path(ev.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["rank"] == 4


def test_help_names_every_option(program):
    printed = program.text("fit", "--help")
    for option in ("group", "targets", "target-group", "invariant", "rank", "ranks", "alpha", "intercept", "weights"):
        assert f"--{option} " in printed
    for option in ("k-best", "out", "json"):
        assert f"--{option} " in printed


def test_groups_of_several_generators(program):
    group = "cycles:(1 2 3);(1 2)(4 5):degree=10"
    space = ev.equivariant_maps(ev.groups.parse_group(group), rank=3)
    answer = program.json("fit", "X.npy", "--group", group, "--rank", 3)
    check(answer, ev.fit(space, x()))
    labels = list(answer["ranks"])
    assert labels[:2] == ["R1", "R1.2"]
    chosen = program.json("fit", "X.npy", "--group", group, "--ranks", "R1=1,R1.2=1")
    assert chosen["ranks"] == {label: int(label in labels[:2]) for label in labels}
