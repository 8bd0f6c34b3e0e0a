"""`equivariety path`: every rank bound at once, the table cut for people and whole in files."""

from __future__ import annotations

import csv

import numpy as np
import pytest

import equivariety as ev

GROUP = "cycles:(1 2 3)(4 5 6)(7 8):degree=10"
G = ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)(7 8)", degree=10)


def check(answer: dict, path) -> None:
    assert [step["rank"] for step in answer["steps"]] == list(range(len(path)))
    assert [step["loss"] for step in answer["steps"]] == pytest.approx(path.losses.tolist(), rel=1e-12, abs=1e-14)
    assert [step["objective"] for step in answer["steps"]] == pytest.approx(path.objectives.tolist(), abs=1e-14)
    assert [step["ranks"] for step in answer["steps"]] == [list(ranks) for ranks in path.ranks]
    assert answer["labels"] == list(path.ranks[0].labels)
    assert answer["smallest_rank"] == path.smallest_rank(answer["explained"])


def test_autoencoder(program):
    answer = program.json("path", "X.npy", "--group", GROUP, "--rank", 10)
    check(answer, ev.fit_path(ev.equivariant_maps(G), np.load("X.npy")))
    assert (answer["num_samples"], answer["explained"], answer["out"]) == (40, 0.95, None)
    assert program.json("path", "X.npy", "--group", GROUP, "--rank", 10, "--explained", "0.5")["smallest_rank"] < 10


def test_regression_with_everything(program):
    options = ("--targets", "Y.npy", "--invariant", "--alpha", "2", "--intercept", "--weights", "w.npy")
    answer = program.json("path", "X.npy", "--group", GROUP, "--rank", 3, *options)
    space = ev.invariant_maps(G, outputs=3)
    arguments = {"alpha": 2.0, "intercept": True, "sample_weight": np.load("w.npy")}
    check(answer, ev.fit_path(space, np.load("X.npy"), np.load("Y.npy"), **arguments))
    assert answer["alpha"] == 2


def test_rank_zero(program):
    answer = program.json("path", "X.npy", "--group", GROUP, "--rank", 0)
    assert len(answer["steps"]) == 1
    assert answer["smallest_rank"] == 0
    assert "all 0" in program.text("path", "X.npy", "--group", GROUP, "--rank", 0)


def test_table_in_a_file(program):
    printed = program.text("path", "X.npy", "--group", GROUP, "--rank", 10, "--out", "path.csv")
    assert "path.csv" in printed
    steps = program.json("path", "X.npy", "--group", GROUP, "--rank", 10)
    with open("path.csv", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["rank", "loss", "objective", *steps["labels"]]
    table = [[step["rank"], step["loss"], step["objective"], *step["ranks"]] for step in steps["steps"]]
    assert [[float(entry) for entry in row] for row in rows[1:]] == table
    assert ev.datasets.load_array("path.csv").tolist() == table


def test_long_paths_are_cut_for_people(program):
    np.save("long.npy", np.random.default_rng(0).standard_normal((50, 200)))
    printed = program.text("path", "long.npy", "--group", "trivial:200", "--rank", 200)
    assert "of 201; --json and --out have all" in printed
    assert len(printed.splitlines()) < 60
    assert len(program.json("path", "long.npy", "--group", "trivial:200", "--rank", 200)["steps"]) == 201
    assert "rows shown" not in program.text("path", "X.npy", "--group", GROUP, "--rank", 10)


def test_what_people_read(program):
    printed = program.text("path", "X.npy", "--group", GROUP, "--rank", 10, "--alpha", 1)
    for word in ("rank bound", "loss", "objective", "smallest rank with 95 % of what rank 10 explains"):
        assert word in printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing argument 'DATA'"),
        (("X.npy",), "--group must be given"),
        (("X.npy", "--group", GROUP), "--rank must be given; got nothing"),
        (("X.npy", "--group", GROUP, "--ranks", "1,0,0"), "No such option: --ranks"),
        (("X.npy", "--group", GROUP, "--rank", -2), "--rank must be an integer >= 0"),
        (("X.npy", "--group", GROUP, "--rank", "two"), "--rank must be a whole number"),
        (("X.npy", "--group", "?", "--rank", 2), "--group must be a group"),
        (("X.npy", "--group", "cyclic:4", "--rank", 2), "--group must be a group on the 10 inputs"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--invariant"), "--targets must be given together with --invariant"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--targets", "Y.npy"), "--target-group must be given where"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--alpha", "-1"), "--alpha must be a finite number"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--alpha", "x"), "--alpha must be a number"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--weights", "X.npy"), "--weights must be a file with one number"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--explained", "2"), "--explained must be a number in [0, 1]"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--explained", "nan"), "--explained must be a number in [0, 1]"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--explained", "most"), "--explained must be a number"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--out", "path.npy"), "--out must be a name that ends in .csv"),
        (("X.npy", "--group", GROUP, "--rank", 2, "--out", "no/path.csv"), "--out must be in an existing folder"),
        (("nan.npy", "--group", GROUP, "--rank", 2), "DATA must be finite"),
        (("no.npy", "--group", GROUP, "--rank", 2), "no.npy must be an existing file"),
    ],
    ids=lambda value: " ".join(map(str, value))[:80] if isinstance(value, tuple) else None,
)
def test_mistakes_take_one_line(program, arguments, words):
    assert program.refusal("path", *arguments).startswith(words)


def test_failure_to_write_leaves_the_old_table(program, monkeypatch):
    (program.folder / "path.csv").write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device", "path.csv")

    monkeypatch.setattr("os.replace", full)
    line = program.refusal("path", "X.npy", "--group", GROUP, "--rank", 2, "--out", "path.csv")
    assert line == "path.csv: No space left on device"
